//! Every form at its limits: each field full, past full, missing, of the wrong kind, and with what cannot be seen.

use dutynet_relay::ids::UnixMillis;

use super::*;

fn daily() -> &'static Form {
    Forms::built_in().get("daily").unwrap()
}

fn zero() -> &'static Form {
    Forms::built_in().get("zero").unwrap()
}

fn said(field: &str, value: Value) -> Answer {
    Answer { field: field.into(), value }
}

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

fn row(code: &str, number: i64) -> Row {
    Row { code: code.into(), number, text: String::new() }
}

/// A value at the upper limit of a field, of four-byte characters where it is words.
fn largest(field: &Field) -> Value {
    match &field.kind {
        FieldKind::Text { chars_max, .. } => text(&"𠮷".repeat(*chars_max)),
        FieldKind::Number(range) => Value::Number(range.max),
        FieldKind::Nil => Value::Nil,
        FieldKind::Time => Value::Time(UnixMillis(i64::MAX)),
        FieldKind::Choice { codes, most } => Value::Choices(codes.iter().take(*most).map(|code| code.key.clone()).collect()),
        FieldKind::Rows { codes, range, chars_max } => {
            let words = "𠮷".repeat(*chars_max);
            Value::Rows(codes.iter().map(|c| Row { code: c.key.clone(), number: range.max, text: words.clone() }).collect())
        }
    }
}

fn full(form: &Form) -> Vec<Answer> {
    form.fields.iter().map(|field| said(&field.key, largest(field))).collect()
}

fn replaced(form: &Form, key: &str, value: Value) -> Vec<Fault> {
    let mut answers = full(form);
    answers.iter_mut().find(|a| a.field == key).unwrap().value = value;
    form.fill(answers).err().unwrap_or_default()
}

#[test]
fn the_built_in_forms_are_the_three_of_the_regulation() {
    let names: Vec<_> = Forms::built_in().iter().map(|f| (f.id.as_str(), f.title.as_str(), f.cut_off.to_string())).collect();
    let wanted = [("daily", "日报告"), ("zero", "零报告"), ("holiday", "假期综合情况")];
    assert_eq!(names, wanted.map(|(id, title)| (id, title, "17:00".into())));
    let labels: Vec<_> = daily().fields.iter().map(|f| f.label.as_str()).collect();
    let wanted = ["带班领导", "值班员", "值班电话", "接报件数", "突发事件", "重要事项", "明日重点", "天气汛情", "备注"];
    assert_eq!(labels, wanted);
    for field in Forms::built_in().iter().flat_map(|f| &f.fields) {
        assert!(field.source.contains('('), "{} names no article", field.key);
    }
    let named = Forms::built_in().iter().filter_map(|form| form.nil_form.as_deref());
    assert!(named.into_iter().all(|form| Forms::built_in().get(form).is_some()));
}

#[test]
fn every_field_is_taken_at_its_limits() {
    for form in Forms::built_in().iter() {
        let filled = form.fill(full(form)).unwrap();
        assert_eq!(filled.answers, full(form));
    }
}

#[test]
fn every_field_is_refused_past_its_limits() {
    for field in &daily().fields {
        let past = match largest(field) {
            Value::Text(words) => text(&format!("{words}字")),
            Value::Number(number) => Value::Number(number + 1),
            Value::Rows(mut rows) => {
                rows[0].number += 1;
                Value::Rows(rows)
            }
            Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) => unreachable!("no such field in 日报告"),
        };
        let faults = replaced(daily(), &field.key, past);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!((faults[0].field.as_str(), &faults[0].label), (field.key.as_str(), &field.label));
        assert!(matches!(faults[0].kind, FaultKind::TooLong { .. } | FaultKind::OutOfRange { .. }), "{faults:?}");
    }
    let negative = replaced(daily(), "calls", Value::Number(-1));
    assert!(matches!(negative[0].kind, FaultKind::OutOfRange { number: -1, .. }));
}

#[test]
fn a_megabyte_of_text_is_one_plain_fault() {
    let faults = replaced(daily(), "important", text(&"报".repeat(349_526)));
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].kind, FaultKind::TooLong { chars_max: 1200, chars: 349_526 });
}

#[test]
fn every_required_field_that_is_missing_is_named_at_once() {
    let faults = daily().fill(Vec::new()).unwrap_err();
    let named: Vec<_> = faults.iter().map(|f| f.field.as_str()).collect();
    assert_eq!(named, ["leader", "officer", "phone", "calls", "incidents"]);
    assert!(faults.iter().all(|f| f.kind == FaultKind::Missing));
    let blank = ["leader", "officer", "phone", "calls", "incidents"].map(|key| said(key, text(" \n\t ")));
    assert_eq!(daily().fill(blank.to_vec()).unwrap_err(), faults);
    assert_eq!(replaced(daily(), "incidents", Value::Rows(Vec::new()))[0].kind, FaultKind::Missing);
}

#[test]
fn every_field_refuses_the_wrong_kind_of_answer() {
    let rows = Value::Rows(vec![row("natural", 1)]);
    for field in &daily().fields {
        let (wrong, kind) = match &field.kind {
            FieldKind::Text { .. } => ([Value::Number(1), rows.clone()], FaultKind::WantsText),
            FieldKind::Number(_) => ([text("三"), rows.clone()], FaultKind::WantsNumber),
            FieldKind::Rows { .. } => ([text("有"), Value::Number(1)], FaultKind::WantsRows),
            FieldKind::Nil | FieldKind::Time | FieldKind::Choice { .. } => unreachable!("no such field in 日报告"),
        };
        for value in wrong {
            assert_eq!(replaced(daily(), &field.key, value)[0].kind, kind, "{}", field.key);
        }
        let nil = replaced(daily(), &field.key, Value::Nil);
        assert_eq!(nil.is_empty(), field.nil_allowed, "{}", field.key);
    }
}

#[test]
fn what_cannot_be_seen_is_refused_and_its_place_is_said() {
    for bad in ['\0', '\t', '\u{1b}', '\u{7f}', '\u{85}', '\u{202e}', '\u{2028}', '\u{feff}', '\r'] {
        for field in daily().fields.iter().filter(|f| matches!(f.kind, FieldKind::Text { .. })) {
            let faults = replaced(daily(), &field.key, text(&format!("张{bad}三")));
            assert_eq!(faults[0].kind, FaultKind::ControlCharacter { code_point: bad.into(), at: 2 }, "{}", field.key);
        }
    }
    let in_row = Value::Rows(vec![Row { text: "台\u{7}风".into(), ..row("natural", 1) }]);
    assert!(matches!(replaced(daily(), "incidents", in_row)[0].kind, FaultKind::ControlCharacter { code_point: 7, at: 2 }));
}

#[test]
fn line_breaks_stand_only_where_lines_are_allowed() {
    assert_eq!(replaced(daily(), "leader", text("张三\n李四"))[0].kind, FaultKind::LineBreak);
    let mut answers = full(daily());
    answers.iter_mut().find(|a| a.field == "important").unwrap().value = text("  一、防汛\r\n二、森防 \n");
    let filled = daily().fill(answers).unwrap();
    assert_eq!(filled.value("important"), Some(&text("一、防汛\n二、森防")));
}

#[test]
fn a_zero_report_says_nil_to_each_kind_by_name() {
    let faults = zero().fill(Vec::new()).unwrap_err();
    assert_eq!(faults.len(), 5);
    assert!(faults.iter().all(|f| f.kind == FaultKind::NilMissing));
    let faults = replaced(zero(), "health", text("无"));
    assert_eq!((faults[0].field.as_str(), &faults[0].kind), ("health", &FaultKind::NilMissing));
}

#[test]
fn an_optional_field_left_out_is_left_out() {
    let answers = full(daily()).into_iter().filter(|a| a.field != "remark").collect();
    assert_eq!(daily().fill(answers).unwrap().value("remark"), None);
}

#[test]
fn strange_and_repeated_answers_are_faults_too() {
    let mut answers = full(daily());
    answers.push(said("salary", Value::Number(1)));
    answers.push(said("leader", text("王五")));
    let faults = daily().fill(answers).unwrap_err();
    let kinds: Vec<_> = faults.iter().map(|f| (f.field.as_str(), f.kind.clone())).collect();
    assert_eq!(kinds, [("leader", FaultKind::Twice), ("salary", FaultKind::UnknownField)]);
}

#[test]
fn table_lines_have_codes_of_the_list_once_each() {
    let strange = replaced(daily(), "incidents", Value::Rows(vec![row("flood", 1)]));
    assert!(matches!(&strange[0].kind, FaultKind::UnknownCode { code, allowed } if code == "flood" && allowed.len() == 4));
    let twice = replaced(daily(), "incidents", Value::Rows(vec![row("social", 1), row("social", 2)]));
    assert_eq!(twice[0].kind, FaultKind::CodeTwice { label: "社会安全事件".into() });
    let many = replaced(daily(), "incidents", Value::Rows(vec![row("social", 1); ROWS_MAX + 1]));
    assert_eq!(many[0].kind, FaultKind::TooManyRows);
}

#[test]
fn equal_answers_in_any_order_are_filled_alike() {
    let mut backwards = full(daily());
    backwards.reverse();
    for answer in &mut backwards {
        if let Value::Rows(rows) = &mut answer.value {
            rows.reverse();
        }
    }
    assert_eq!(daily().fill(backwards), daily().fill(full(daily())));
}

#[test]
fn figures_are_summed_for_the_board_and_never_overflow() {
    let filled = daily().fill(full(daily())).unwrap();
    assert_eq!((filled.sum(daily(), Column::Calls), filled.sum(daily(), Column::Incidents)), (99_999, 4 * 9_999));
    let absurd = Filled { answers: vec![said("incidents", Value::Rows(vec![row("x", i64::MAX); 2]))], ..filled };
    assert_eq!(absurd.sum(daily(), Column::Incidents), i64::MAX);
}

#[test]
fn a_form_file_that_says_less_than_it_means_is_refused() {
    let good = include_str!("../../../forms/daily.toml");
    let spoilt = [
        ("version = 1", "version = 0"),
        ("cut_off = \"17:00\"", "cut_off = \"25:00\""),
        ("period = \"day\"", "period = \"week\""),
        ("key = \"officer\"", "key = \"leader\""),
        ("key = \"officer\"", "key = \"Officer\""),
        ("kind = \"number\"", "kind = \"text\""),
        ("kind = \"number\"", "kind = \"figure\""),
        ("chars_max = 64", "chars_max = 64\nmin = 1\nmax = 2\nunit = \"字\""),
        ("max = 99999", ""),
        ("unit = \"件\"", "colour = \"red\""),
        ("sum = \"add\"", "sum = \"lines\""),
        ("sum = \"lines\"", "sum = \"nil\""),
        ("sum = \"add\"", "sum = \"mean\""),
    ];
    for (from, to) in spoilt {
        assert!(good.contains(from));
        assert!(Form::parse(&good.replacen(from, to, 1)).is_err(), "{from} -> {to}");
    }
}

/// A time and a choice, which reports do not ask for and steps do.
fn step_fields() -> Vec<Field> {
    let text = r#"
        form = "x"
        version = 1
        title = "x"
        record_kind = "x/1"
        period = "day"
        cut_off = "17:00"
        source = "x"
        [[field]]
        key = "at"
        label = "时间"
        kind = "time"
        required = true
        unknown = true
        source = "x"
        [[field]]
        key = "flags"
        label = "标记"
        kind = "choice"
        most = 2
        source = "x"
        code = [{ key = "a", label = "甲" }, { key = "b", label = "乙" }, { key = "c", label = "丙" }]
    "#;
    Form::parse(text).unwrap().fields
}

fn kinds(answers: &[Answer]) -> Vec<FaultKind> {
    fill(&step_fields(), answers).err().unwrap_or_default().into_iter().map(|fault| fault.kind).collect()
}

#[test]
fn unknown_is_an_answer_where_the_field_allows_it_and_blank_never_is() {
    assert_eq!(fill(&step_fields(), &[said("at", Value::Unknown)]).unwrap(), [said("at", Value::Unknown)]);
    assert_eq!(kinds(&[]), [FaultKind::Missing]);
    let flags = said("flags", Value::Unknown);
    assert_eq!(kinds(&[said("at", Value::Unknown), flags]), [FaultKind::UnknownNotAllowed]);
    assert_eq!(replaced(daily(), "calls", Value::Unknown)[0].kind, FaultKind::UnknownNotAllowed);
}

#[test]
fn a_choice_is_of_the_list_in_its_order_and_no_more_than_allowed() {
    let chosen = |codes: &[&str]| said("flags", Value::Choices(codes.iter().map(|&code| code.to_owned()).collect()));
    let at = said("at", Value::Time(UnixMillis(5)));
    let kept = fill(&step_fields(), &[chosen(&["c", "a", "c"]), at.clone()]).unwrap();
    assert_eq!(kept, [at.clone(), chosen(&["a", "c"])]);
    assert_eq!(kinds(&[at.clone(), chosen(&["a", "b", "c"])]), [FaultKind::TooManyChoices { most: 2 }]);
    assert!(matches!(&kinds(&[at.clone(), chosen(&["z"])])[..], [FaultKind::UnknownCode { code, .. }] if code == "z"));
    assert_eq!(kinds(&[at, chosen(&[])]), []);
    assert_eq!(kinds(&[said("at", text("昨天"))]), [FaultKind::WantsTime]);
}
