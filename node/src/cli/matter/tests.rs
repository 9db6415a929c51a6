//! One of each reply about matters, for what is compared with files and read by people; and that every step can be typed.

use dutynet_proto::{duty, record};

use super::*;
use crate::{
    cli::{args, json_status, statuses},
    domain::step::StepForms,
};

const AT: i64 = 1_782_867_600_000;

fn reference(n: u8) -> Option<record::RecordRef> {
    let id = (n..n + 16).collect::<Vec<u8>>().into();
    Some(record::RecordRef { origin: "440825103".into(), id })
}

fn person(name: &str) -> Option<record::Person> {
    Some(record::Person { id: "lisi".into(), name: name.into() })
}

fn head(kind: &str, number: &str, title: &str, state: &str) -> api::MatterHead {
    api::MatterHead {
        matter: reference(1),
        number: number.into(),
        kind: kind.into(),
        title: title.into(),
        open: true,
        state: state.into(),
        grade: "considerable".into(),
        mode: record::Mode::Exercise.into(),
        last_at_ms: AT,
        wanted: "follow_up".into(),
        due_ms: AT + 3_600_000,
        opener_name: "海安镇".into(),
    }
}

fn answer(field: &str, value: duty::answer::Value) -> duty::Answer {
    duty::Answer { field: field.into(), value: Some(value) }
}

fn step(n: u8, form: &str, answers: Vec<duty::Answer>) -> api::MatterStep {
    api::MatterStep {
        record: reference(n),
        form: form.into(),
        office: "440825103".into(),
        by: person("李四"),
        answers,
        recorded_at_ms: AT + i64::from(n) * 1000,
        here_at_ms: AT + i64::from(n) * 1000,
        mode: record::Mode::Exercise.into(),
        state: api::ReportState::Arrived.into(),
        ..api::MatterStep::default()
    }
}

fn facts() -> Vec<api::MatterFact> {
    use api::matter_fact::Value;
    let fact = |key: &str, value, sources: &[u8]| api::MatterFact {
        key: key.into(),
        value: Some(value),
        sources: sources.iter().filter_map(|n| reference(*n)).collect(),
    };
    let receiver = api::OfficePerson { office: "440825103".into(), person: person("李四") };
    vec![
        fact("first_receiver", Value::Person(receiver), &[1]),
        fact("handler", Value::Office("440825103".into()), &[1]),
        fact("title", Value::Text("山洪".into()), &[2]),
        fact("happened_at", Value::TimeMs(AT), &[1]),
        fact("report.followup", Value::Number(1), &[2]),
        fact("missing", Value::Code("place".into()), &[2]),
        fact("missing", Value::Code("cause".into()), &[2]),
        fact("total.dead", Value::Number(1), &[2]),
    ]
}

fn shown() -> api::ShowMatterReply {
    use duty::answer::Value;
    let channel = duty::Channel::Telephone.into();
    let entered = duty::Entered { channel, told_by: "王五".into(), phone: "0759-4850000".into() };
    let report = api::MatterStep {
        entered: Some(entered),
        links: vec![api::NamedRecord { role: "oral".into(), record: "440825103/0102030405060708090a0b0c0d0e0f10".into() }],
        to: vec!["440825".into()],
        corrects: reference(1),
        ..step(2, "incident.report", vec![answer("dead", Value::Number(1))])
    };
    let question = api::MatterStep {
        office: "440825".into(),
        state: 0,
        ahead_ms: 2000,
        ..step(3, "verification.ask", vec![answer("question", Value::Text("几人？".into()))])
    };
    api::ShowMatterReply {
        head: Some(head("incident", "0701-482137", "山洪", "reported")),
        facts: facts(),
        steps: vec![step(1, "incident.call", vec![answer("why", Value::Unknown(true))]), report],
        dues: Vec::new(),
        related: vec![api::RelatedMatter {
            head: Some(head("verification", "0701-100200", "伤亡", "asked")),
            steps: vec![question],
        }],
        as_of_ms: AT,
    }
}

fn slip() -> api::PaperReply {
    let row = |label: &str, value: &str, lines| api::PaperRow {
        label: label.into(),
        value: value.into(),
        lines,
        article: "某政府机关应急值班工作制度 一(五)".into(),
        sources: if value.is_empty() { Vec::new() } else { reference(1).into_iter().collect() },
    };
    api::PaperReply {
        paper: "handling-slip".into(),
        title: "值班电话处理单".into(),
        article: "某政府机关应急值班工作制度 一(五)、三(三)".into(),
        matter: Some(head("incident", "0701-482137", "山洪", "reported")),
        office_name: "海安镇".into(),
        rows: vec![row("来电人", "李村长", 1), row("领导批示", "", 3)],
        as_of_ms: AT,
    }
}

#[test]
fn a_paper_has_what_is_known_and_lines_for_a_hand() {
    let page = paper::page(&slip());
    let lines: Vec<_> = page.lines().collect();
    assert_eq!(lines[..3], ["【演练】海安镇　值班电话处理单", "来电人：李村长", "领导批示："]);
    assert!(lines[3..6].iter().all(|line| !line.is_empty() && line.bytes().all(|b| b == b'_')), "{page}");
    assert_eq!(lines.len(), 7);
}

/// Every shape, by the heading under which it is documented.
pub(in crate::cli) fn shapes() -> Vec<(&'static str, String)> {
    let taken = api::TakeStepReply {
        record: reference(2),
        matter: reference(1),
        number: "0701-482137".into(),
        folded: false,
        state: api::ReportState::Saved.into(),
    };
    let list = api::ListMattersReply { matters: vec![head("incident", "0701-482137", "山洪", "reported")] };
    let carried = vec!["title".to_owned()];
    let said = duty::Answer { field: "title".into(), value: Some(duty::answer::Value::Text("山洪".into())) };
    let answers = convert_report::answered_all(&[said]);
    let preview = json::Preview { form: "incident.report".into(), answers, carried: carried.clone() };
    vec![
        ("incident report", printed(&json::Taken { carried, ..json::Taken::from(&taken) })),
        ("incident report --preview", printed(&preview)),
        ("incident form", printed(&json::Paper::from(&slip()))),
        ("incident list", printed(&json::List::from(&list))),
        ("incident show", printed(&json::Shown::from(&shown()))),
        ("incident timeline", printed(&json::Timeline::from(&shown()))),
        ("finding suggest", printed(&json::Suggestions::from(&suggested()))),
        ("finding circular", printed(&json::Circular::from(&circular()))),
        ("consultation suggest", printed(&json::Occasions::from(&occasions()))),
        ("consultation order", printed(&json::Ordered::from(&ordered()))),
        ("consultation analyse", printed(&json::Analysis::from(&analysis()))),
        ("consultation status", printed(&kept())),
        ("consultation table", printed(&json::KeptTables::of(&tables(), Some(&statuses::tests::table())))),
    ]
}

fn analysis() -> api::AnalyseReply {
    let due = "daily-report.440825103.2026-07-01".into();
    let at_fault = vec![api::DutyAtFault { office: "440825103".into(), name: "海安镇".into(), due }];
    let counts = vec![0, 0, 29, 1, 1, 0, 2, 0, 0];
    api::AnalyseReply {
        month: "2026-07".into(),
        offices: 33,
        duties: vec![api::DutyFigures { duty: "daily-report".into(), counts, at_fault }],
        incidents: vec![head("incident", "0701-482137", "山洪", "reported")],
        findings: Vec::new(),
        words: "日报告：共 33，准时 29，准时，线路不通迟到达 1，迟报 1，线路不通 2。".into(),
        records: reference(1).into_iter().collect(),
        as_of_ms: AT,
    }
}

fn kept() -> json::KeptStatus {
    let step = json::Taken::from(&ordered().ordered.unwrap_or_default());
    json::KeptStatus { step, table: json_status::StatusTable::from(&statuses::tests::table()) }
}

/// Two that were kept, of which the last is shown.
fn tables() -> api::ShowStatusReply {
    let by = Some(record::Person { id: "z01".into(), name: "张三".into() });
    let kept = |n: u8, at_ms: i64| api::KeptStatusTable {
        record: reference(n),
        asked_at_ms: at_ms,
        closed_at_ms: at_ms + 2_000,
        offices: 4,
        answered: 2,
        by: by.clone(),
    };
    api::ShowStatusReply {
        matter: reference(1),
        number: "0701-482137".into(),
        kept: vec![kept(2, AT), kept(3, AT + 3_600_000)],
        shown: reference(3),
        there: api::StatusTableThere::Whole.into(),
        ..api::ShowStatusReply::default()
    }
}

#[test]
fn a_table_that_was_kept_reads_as_it_was_shown_below_all_that_were() {
    let names = print::Names::given(&[("440800", "湛江市")]);
    let page = session::shown(&tables(), Some(&statuses::tests::table()), &names);
    assert!(page.ends_with(&statuses::in_words(&statuses::tests::table(), str::to_owned)), "{page}");
    assert!(page.lines().any(|line| line.starts_with('▸') && line.contains("张三") && line.contains("2/4 家")), "{page}");
    let coming = api::ShowStatusReply { there: api::StatusTableThere::Parts.into(), parts_here: 2, parts: 5, ..tables() };
    assert!(session::shown(&coming, None, &names).contains("共 5 份，已到 2 份"));
    assert_eq!(session::shown(&api::ShowStatusReply::default(), None, &names), "本次会商还没有存入即时状态表。");
}

fn suggested() -> api::SuggestFindingsReply {
    let span = api::LineSpan { from_ms: AT, until_ms: AT + 60_000, was: api::Line::Up.into(), ..api::LineSpan::default() };
    let hop = api::DueHop { office: "440825103".into(), name: "海安镇".into(), spans: vec![span] };
    let due = api::DueRow {
        key: "daily-report.440825103.2026-07-01".into(),
        duty: "daily-report".into(),
        debtor: "440825103".into(),
        debtor_name: "海安镇".into(),
        due_origin_ms: AT,
        due_ms: AT,
        standing: api::DueStanding::Overdue.into(),
        late_ms: 60_000,
        ..api::DueRow::default()
    };
    let row = api::FindingSuggestion { kind: "missing".into(), due: Some(due), hops: vec![hop] };
    api::SuggestFindingsReply { as_of_ms: AT + 60_000, suggestions: vec![row] }
}

fn circular() -> api::DraftCircularReply {
    let counted = api::CountedMatter { matter: reference(1), number: "0701-482137".into() };
    let (office, name) = ("440825103".into(), "海安镇".into());
    let figure = api::CircularFigure { office, name, kind: "late".into(), matters: vec![counted] };
    let words = "一、存在的问题\n海安镇：迟报 1 件（0701-482137）。".into();
    api::DraftCircularReply { title: "徐闻县关于值班工作情况的通报".into(), words, figures: vec![figure] }
}

fn occasions() -> api::SuggestConsultationsReply {
    let row = api::ConsultationOccasion {
        trigger: "holiday.2026-10-01..2026-10-07".into(),
        reason: "holiday".into(),
        name: "国庆节".into(),
        from_ms: AT,
        record: None,
    };
    api::SuggestConsultationsReply { occasions: vec![row] }
}

fn ordered() -> api::OrderOutcomeReply {
    let taken = |n| api::TakeStepReply {
        record: reference(n),
        matter: reference(n),
        number: "0701-482137".into(),
        folded: false,
        state: api::ReportState::Saved.into(),
    };
    api::OrderOutcomeReply { directive: Some(taken(1)), ordered: Some(taken(2)) }
}

#[test]
fn every_step_has_a_command_with_an_option_for_each_field_and_none_is_in_anothers_way() {
    let mut command = args::command();
    // It panics where two options or commands of one step have the same name.
    command.clone().debug_assert();
    command.build();
    // A roll call has commands of its own.
    for kind in MatterKind::ALL.into_iter().filter(|kind| *kind != MatterKind::RollCall) {
        let word = if kind == MatterKind::Verification { "question" } else { kind.key() };
        for form in StepForms::built_in().of(kind) {
            let group = command.find_subcommand(word).unwrap();
            let page = group.find_subcommand(&form.command).unwrap_or_else(|| panic!("{} cannot be typed", form.id));
            let options: Vec<_> = page.get_arguments().filter_map(clap::Arg::get_long).collect();
            for field in form.typed() {
                assert!(options.contains(&field.key.replace('_', "-").as_str()), "{} {}", form.id, field.key);
            }
            assert!(form.links.iter().all(|role| options.contains(&role.role.as_str())), "{}", form.id);
            assert_eq!(page.get_positionals().count(), usize::from(!form.opens), "{}", form.id);
        }
    }
}

#[test]
fn a_matter_reads_as_what_is_known_with_its_sources_and_everything_in_its_order() {
    let names = print::Names::given(&[("440825103", "海安镇"), ("440825", "徐闻县")]);
    let page = print::shown(&shown(), &names);
    for line in [
        "【演练】突发事件 0701-482137　山洪",
        "本单位：待续报或终报，最迟 07-01 10:00:00",
        "  首接人：海安镇 李四 [1]",
        "  尚缺要素：地点、起因和性质 [3]",
        "[1] 07-01 09:00:01　海安镇　【演练】接报",
        "    何因：不明，正在核实",
        "[2] 07-01 09:00:01　徐闻县　【演练】核报要求（核报 0701-100200）",
        "[3] 07-01 09:00:02　海安镇　【演练】续报 1",
        "    代录：海安镇 录入，电话报来，报告人 王五，号码 0759-4850000",
        "    死亡：1 人",
        "    所补的口头报告：[1]",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    assert_eq!(print::timeline(&shown(), &names).lines().filter(|line| line.starts_with('[')).count(), 3);
}
