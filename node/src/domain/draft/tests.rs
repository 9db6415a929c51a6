//! A county's draft from its townships: what adds, what stands below each other, what nobody can say yet.

use super::*;
use crate::domain::form::Forms;

const MARKS: Marks = Marks { after_name: ":", between: ";", cut: "…" };

fn daily() -> &'static Form {
    Forms::built_in().get("daily").unwrap()
}

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

fn rows(list: &[(&str, i64, &str)]) -> Value {
    Value::Rows(
        list.iter().map(|(code, number, text)| Row { code: (*code).into(), number: *number, text: (*text).into() }).collect(),
    )
}

fn part(name: &str, answers: &[(&str, Value)]) -> Part {
    Part { name: name.into(), answers: answers.iter().map(|(field, value)| ((*field).to_owned(), value.clone())).collect() }
}

fn field(key: &str, parts: &[Part], edits: &Edits, coverage: Coverage) -> Drafted {
    let form = if key == "natural" { Forms::built_in().get("zero").unwrap() } else { daily() };
    drafted(form, parts, edits, coverage, MARKS).into_iter().find(|d| d.field == key).unwrap()
}

fn sum(key: &str, values: &[Option<Value>]) -> Option<Value> {
    let part =
        |(n, value): (usize, &Option<Value>)| part(&format!("T{n}"), &value.iter().map(|v| (key, v.clone())).collect::<Vec<_>>());
    let parts: Vec<_> = values.iter().enumerate().map(part).collect();
    field(key, &parts, &Edits::default(), Coverage::Whole).sum
}

#[test]
fn figures_add_and_tables_add_for_each_code() {
    assert_eq!(sum("calls", &[Some(Value::Number(2)), None, Some(Value::Number(5))]), Some(Value::Number(7)));
    assert_eq!(sum("calls", &[None]), None);
    assert_eq!(sum("calls", &[Some(Value::Number(i64::MAX)), Some(Value::Number(1))]), Some(Value::Number(i64::MAX)));
    let values = [Some(rows(&[("social", 1, "a"), ("natural", 2, "b")])), Some(Value::Nil), Some(rows(&[("natural", 3, "c")]))];
    assert_eq!(sum("incidents", &values), Some(rows(&[("natural", 5, "T0:b;T2:c"), ("social", 1, "T0:a")])));
}

#[test]
fn words_stand_below_each_other_under_their_offices_names() {
    let values = [Some(text("dyke\nguarded")), Some(Value::Nil), None, Some(text("calm"))];
    assert_eq!(sum("important", &values), Some(text("T0:dyke;guarded\nT3:calm")));
}

#[test]
fn words_past_their_limit_are_cut_and_marked() {
    let long = "字".repeat(299);
    let parts = [part("甲", &[("weather", text(&long))]), part("乙", &[("weather", text("晴"))])];
    let found = field("weather", &parts, &Edits::default(), Coverage::Whole);
    let Some(Value::Text(words)) = &found.sum else { panic!("{found:?}") };
    assert_eq!((words.chars().count(), words.chars().last(), found.cut), (300, Some('…'), Cut::Short));
    let in_row = [part("甲", &[("incidents", rows(&[("natural", 1, &"字".repeat(60))]))])];
    let found = field("incidents", &in_row, &Edits::default(), Coverage::Whole);
    assert_eq!(found.cut, Cut::Short);
    assert!(
        daily()
            .fill(vec![Answer { field: "incidents".into(), value: found.sum.unwrap() }])
            .unwrap_err()
            .iter()
            .all(|f| f.field != "incidents")
    );
}

#[test]
fn nil_is_drafted_only_when_everybody_says_it_and_nobody_is_missing() {
    let nil = || Some(Value::Nil);
    assert_eq!(sum("incidents", &[nil(), nil()]), nil());
    assert_eq!(sum("incidents", &[nil(), None]), None, "one does not say");
    assert_eq!(sum("natural", &[nil(), nil()]), nil());
    assert_eq!(sum("natural", &[nil(), None]), None);
    assert_eq!(sum("natural", &[]), None);
    let parts = [part("a", &[("incidents", Value::Nil)])];
    assert_eq!(field("incidents", &parts, &Edits::default(), Coverage::Partial).sum, None, "one is missing");
    let own = Edits { own: BTreeMap::from([("incidents".into(), rows(&[("health", 1, "")]))]), ..Edits::default() };
    assert_eq!(field("incidents", &parts, &own, Coverage::Partial).sum, Some(rows(&[("health", 1, "")])));
}

#[test]
fn what_the_office_itself_says_is_a_part_of_the_sum_and_all_of_what_does_not_sum() {
    let own = BTreeMap::from([
        ("calls".into(), Value::Number(1)),
        ("important".into(), text("drill\nheld")),
        ("leader".into(), text("张三")),
    ]);
    let edits = Edits { own, ..Edits::default() };
    let parts = [part("a", &[("calls", Value::Number(4)), ("important", text("calm")), ("leader", text("李四"))])];
    let value = |key: &str| field(key, &parts, &edits, Coverage::Whole).value;
    assert_eq!(value("calls"), Some(Value::Number(5)));
    assert_eq!(value("important"), Some(text("drill\nheld\na:calm")));
    assert_eq!(value("leader"), Some(text("张三")));
    assert_eq!(value("officer"), None);
}

#[test]
fn a_replaced_sum_stands_and_says_when_the_sum_has_changed_since() {
    let replaced = Replaced { value: text("short"), instead_of: digest(Some(&text("a:calm"))) };
    let edits = Edits { replaced: BTreeMap::from([("important".into(), replaced)]), ..Edits::default() };
    let at = |words: &str| field("important", &[part("a", &[("important", text(words))])], &edits, Coverage::Whole);
    assert_eq!((at("calm").value, at("calm").changed), (Some(text("short")), false));
    let changed = at("storm");
    assert_eq!((changed.value, changed.sum, changed.changed), (Some(text("short")), Some(text("a:storm")), true));
}

#[test]
fn every_sum_has_a_digest_of_its_own() {
    let sums = [
        None,
        Some(Value::Nil),
        Some(text("")),
        Some(text("5")),
        Some(Value::Number(5)),
        Some(rows(&[("a", 1, "bc")])),
        Some(rows(&[("a", 1, "b"), ("c", 1, "")])),
        Some(rows(&[("ab", 1, "c")])),
    ];
    let digests: std::collections::BTreeSet<_> = sums.iter().map(|sum| digest(sum.as_ref())).collect();
    assert_eq!(digests.len(), sums.len());
}

#[test]
fn the_answers_of_a_draft_are_those_that_it_has() {
    let parts = [part("a", &[("calls", Value::Number(4))])];
    let drafted = drafted(daily(), &parts, &Edits::default(), Coverage::Whole, MARKS);
    assert_eq!(answers(&drafted), [Answer { field: "calls".into(), value: Value::Number(4) }]);
}
