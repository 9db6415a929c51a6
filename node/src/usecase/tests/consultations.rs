//! Consultations through the use cases: when one is suggested, and outcomes that become directives or nothing at all.

use dutynet_relay::ids::RecordRef;

use super::{behalf::with_child, *};
use crate::domain::{obligation::Standing, rules::Duty, special::Brings, status::Why};

fn text(field: &str, words: &str) -> Answer {
    Answer { field: field.into(), value: Value::Text(words.into()) }
}

fn code(field: &str, key: &str) -> Answer {
    Answer { field: field.into(), value: Value::Choices(vec![key.into()]) }
}

fn step(id: u8, form: &str, matter: &str, answers: Vec<Answer>, to: &[&str]) -> TakeStep {
    TakeStep {
        id: record_id(id),
        form: form.into(),
        matter: matter.into(),
        answers,
        links: Vec::new(),
        to: to.iter().map(|&office| office.to_owned()).collect(),
        by: by(),
        mode: None,
        on_behalf: None,
        corrects: String::new(),
    }
}

fn call(id: u8, trigger: &str) -> TakeStep {
    let time = |field: &str| Answer { field: field.into(), value: Value::Time(UnixMillis(1)) };
    let mut said = vec![text("title", "会商"), text("instructed_by", "王省长"), code("reason", "holiday"), code("way", "video")];
    said.extend([time("instructed_at"), time("held_at")]);
    said.extend((!trigger.is_empty()).then(|| text("trigger", trigger)));
    step(id, "consultation.call", "", said, &["jiaowei"])
}

async fn house() -> House {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    house
}

#[tokio::test]
async fn a_session_is_suggested_before_a_holiday_and_in_a_special_period_until_one_is_called() {
    let house = house().await;
    let suggested = async || {
        let found = house.office.suggest_consultations().await.unwrap();
        found.into_iter().map(|occasion| (occasion.trigger.key(), occasion.name)).collect::<Vec<_>>()
    };
    assert_eq!(suggested().await, []);
    house.clock.set_wall(at("2026-09-25", "09:00"));
    let holidays = suggested().await;
    assert!(holidays.iter().any(|(key, _)| key == "holiday.2026-10-01..2026-10-07"), "{holidays:?}");
    let declare = DeclarePeriod {
        id: record_id(1),
        from: None,
        to: at("2026-09-26", "10:00"),
        reason: "台风".into(),
        brings: Brings { leaders: 2, ..Brings::default() },
        by: by(),
    };
    house.office.declare_period(declare).await.unwrap();
    house.clock.set_wall(at("2026-09-25", "11:00"));
    let both = suggested().await;
    let special = both.iter().find(|(_, name)| name == "台风").expect("the special period is an occasion").0.clone();
    house.office.take_step(call(2, &special)).await.unwrap();
    assert_eq!(suggested().await, holidays, "what a session names is suggested no more");
}

#[tokio::test]
async fn what_may_not_be_ordered_leaves_no_directive_behind() {
    let house = house().await;
    let session = house.office.take_step(call(1, "")).await.unwrap().number().to_string();
    let outcome =
        house.office.take_step(step(2, "consultation.outcome", &session, vec![text("what", "巡查")], &[])).await.unwrap();
    let words = vec![code("kind", "supervision"), text("title", "巡查"), text("words", "立即。"), code("urgency", "urgent")];
    let order = |id| step(id, "directive.order", "", words.clone(), &["jiaowei"]);
    let before = house.records();
    let ask = async |outcome: String, directive| house.office.order_outcome(OrderOutcome { outcome, directive }).await;
    let stray = outcome.matter.to_string();
    assert_eq!(refusal(ask(stray, order(3)).await), Refusal::ConsultationOutcomeUnknown, "the call is no outcome");
    assert_eq!(refusal(ask("nothing".into(), order(3)).await), Refusal::ConsultationOutcomeUnknown);
    assert_eq!(refusal(ask(outcome.reference.to_string(), call(3, "")).await), Refusal::StepUnknown);
    let link = |role: &str, record: &RecordRef| NamedRecord { role: role.into(), record: record.to_string() };
    let by_hand = |directive: &RecordRef| TakeStep {
        links: vec![link("outcome", &outcome.reference), link("directive", directive)],
        ..step(4, "consultation.ordered", &session, Vec::new(), &[])
    };
    assert_eq!(refusal(house.office.take_step(by_hand(&outcome.matter)).await), Refusal::ConsultationNoDirective);
    let typed = step(5, "consultation.status", &session, Vec::new(), &[]);
    assert_eq!(refusal(house.office.take_step(typed).await), Refusal::ConsultationStatusTyped);
    assert_eq!(house.records(), before, "nothing was kept");
    let ordered = ask(outcome.reference.to_string(), order(3)).await.unwrap();
    assert!(house.office.take_step(by_hand(&ordered.directive.matter)).await.is_ok(), "a second directive of one outcome");
}

#[tokio::test]
async fn the_status_of_the_area_is_kept_as_it_was_shown_and_again_as_another_table() {
    let house = house().await;
    let session = house.office.take_step(call(1, "")).await.unwrap().number().to_string();
    let keep = |id: u8| KeepStatus { id: record_id(id), matter: session.clone(), within: Duration::ZERO, by: by() };
    let show = |record: &str| ShowStatus { matter: session.clone(), record: record.into() };
    assert_eq!(house.office.kept_status(&show("")).await.unwrap().shown, None);
    let before = house.records();
    assert_eq!(refusal(house.office.keep_status(KeepStatus { by: None, ..keep(2) }).await), Refusal::PersonMissing);
    let long = KeepStatus { within: Duration::from_secs(301), ..keep(2) };
    assert_eq!(refusal(house.office.keep_status(long).await), Refusal::StatusWithin);
    let nowhere = KeepStatus { matter: "0101-000001".into(), ..keep(2) };
    assert_eq!(refusal(house.office.keep_status(nowhere).await), Refusal::MatterUnknown);
    assert_eq!(house.records(), before, "nothing was kept");

    let first = house.office.keep_status(keep(2)).await.unwrap();
    let offices: Vec<_> = first.table.rows.iter().map(|row| (row.office.as_str(), row.why)).collect();
    assert_eq!((offices, first.step.folded), (vec![("jiaowei", Some(Why::NoNode))], false), "the area, and nobody else");
    let again = house.office.keep_status(keep(2)).await.unwrap();
    assert_eq!((&again.table, again.step.folded), (&first.table, true));
    house.clock.set_wall(at("2026-07-01", "18:00"));
    let second = house.office.keep_status(keep(3)).await.unwrap();
    assert_ne!(second.table.asked_at, first.table.asked_at);
    let there = |kept: KeptTables| kept.shown;
    let last = house.office.kept_status(&show("")).await.unwrap();
    assert_eq!((last.kept.len(), last.kept[0].offices, last.kept[0].answered), (2, 1, 0));
    assert_eq!(there(last), Some((1, TableThere::Whole(second.table))));
    let earlier = house.office.kept_status(&show(&first.step.reference.to_string())).await.unwrap();
    assert_eq!(there(earlier), Some((0, TableThere::Whole(first.table))), "what was shown then stays what it was");
    assert_eq!(refusal(house.office.kept_status(&show("zhuhai/nothing")).await), Refusal::RecordUnknown);
}

#[tokio::test]
async fn the_second_part_of_the_agenda_is_drafted_from_what_the_area_owed_and_names_what_it_counts() {
    let house = house().await;
    with_child(&house, "haian", "海安镇").await;
    let session = house.office.take_step(call(1, "")).await.unwrap().number().to_string();
    house.clock.set_wall(at("2026-07-03", "20:00"));
    let ask = |month: &str| AskAnalysis { matter: session.clone(), month: month.into() };
    let found = house.office.analyse(ask("2026-07")).await.unwrap();
    assert_eq!((found.offices, found.incidents.len(), found.findings.len()), (1, 0, 0), "the area alone");
    let daily = found.duties.iter().find(|figures| figures.duty == Duty::DailyReport).expect("daily reports are owed");
    let overdue = Standing::Overdue { by: 1 }.place();
    assert_eq!(daily.counts[overdue], 3, "{daily:?}");
    let keys: Vec<_> = daily.at_fault.iter().map(|(office, _, key)| (office.as_str(), key.to_string())).collect();
    let days = ["2026-07-01", "2026-07-02", "2026-07-03"];
    assert_eq!(keys, days.map(|day| ("jiaowei", format!("daily-report.jiaowei.{day}"))), "each opens");
    assert!(found.words.contains("日报告：共 3，逾期未报 3。") && found.words.contains("角尾乡 3"), "{}", found.words);
    let said = vec![code("part", "analyse"), text("words", &found.words)];
    house.office.take_step(step(2, "consultation.agenda", &session, said, &[])).await.expect("it fits the step");
    assert_eq!(refusal(house.office.analyse(ask("2026-13")).await), Refusal::MonthInvalid);
    assert_eq!(house.office.analyse(ask("2026-06")).await.unwrap().duties.iter().map(|d| d.at_fault.len()).sum::<usize>(), 0);
}

#[tokio::test]
async fn a_table_of_many_offices_is_kept_in_parts_and_without_one_of_them_it_is_no_table_any_more() {
    let house = House::new();
    let offices: Vec<String> = (0..200).map(|number| format!("n{number:03}")).collect();
    for office in &offices {
        with_child(&house, office, "某某市某某区某某街道办事处总值班室").await;
    }
    let named: Vec<&str> = offices.iter().map(String::as_str).collect();
    let called = TakeStep { to: offices.clone(), ..call(1, "") };
    let session = house.office.take_step(called).await.unwrap().number().to_string();
    let keep = KeepStatus { id: record_id(2), matter: session.clone(), within: Duration::ZERO, by: by() };
    let kept = house.office.keep_status(keep).await.unwrap();
    let rows: Vec<_> = kept.table.rows.iter().map(|row| row.office.as_str()).collect();
    assert_eq!(rows, named);
    let shown = house.office.matter(&session).await.unwrap();
    let facts = shown.facts.iter().filter(|fact| fact.key == "offices").count();
    let parts: Vec<_> = shown.steps.iter().filter(|held| held.step.form == "consultation.status").collect();
    assert!(parts.len() > 1 && facts == 1, "{} parts, of one table", parts.len());
    let asked = ShowStatus { matter: session, record: String::new() };
    let there = async || house.office.kept_status(&asked).await.unwrap().shown;
    assert_eq!(there().await, Some((0, TableThere::Whole(kept.table))));
    let second = parts.iter().find(|held| held.step.number("part") == Some(2)).expect("a second part");
    let record = second.step.reference.to_string();
    let destroy = Destroy { id: record_id(3), record, reason: "误录".into(), by: by() };
    house.office.destroy(destroy).await.unwrap();
    assert_eq!(there().await, Some((0, TableThere::Removed)));
}
