//! What incidents and questions owe, by the built-in rules and a small tree.

use dutynet_relay::{
    ids::{Digest, RecordId, RecordRef, UnixMillis, Zone},
    registry::{Entry, Registry},
};

use super::*;
use crate::domain::{
    form::Answer,
    matter::{Times, in_order, tests::moment},
    rules::Limited,
};

const MINUTE: i64 = 60_000;
/// 2026-07-01, 09:00 in Beijing.
const NINE: i64 = 1_782_867_600_000;

fn id(text: &str) -> OfficeId {
    OfficeId::parse(text).unwrap()
}

/// Nobody else is known: whose rules apply is then for the general ones to say.
fn tree(own: &str) -> Registry {
    Registry::new(id(own), Digest::of("test", &[]))
}

fn step(n: u8, form: &str, office: &str, minutes: i64) -> Step {
    let at = UnixMillis(NINE + minutes * MINUTE);
    Step {
        reference: RecordRef { origin: id(office), id: RecordId([n; 16]) },
        digest: Digest([n; 32]),
        moment: moment(n, at),
        form: form.into(),
        mode: Mode::Real,
        office: id(office),
        entered: None,
        by: None,
        answers: Vec::new(),
        links: Vec::new(),
        to: Vec::new(),
        rules: Packs::built_in().in_force().stamp().0,
        corrects: None,
        times: Times { happened: None, learnt: None, recorded: Clocked::same(at), here: at },
        first: None,
        hollow: false,
    }
}

fn of(owed: &[Obligation], duty: Duty) -> Vec<&Obligation> {
    owed.iter().filter(|owed| owed.duty == duty).collect()
}

fn asked(minutes: i64) -> Step {
    Step { to: vec![id("c")], ..step(1, "verification.ask", "p", minutes) }
}

#[test]
fn a_question_is_answered_within_fifteen_minutes_of_its_receipt() {
    let mut question = asked(0);
    question.times.here = UnixMillis(NINE + 40 * MINUTE);
    let answer = step(2, "verification.answer", "c", 54);
    let owed = by_question(&[question.clone(), answer.clone()], Packs::built_in(), &tree("c"));
    assert_eq!(owed.len(), 1);
    assert_eq!((owed[0].limit, &owed[0].debtor), (Limited::Within(15 * MINUTE), &id("c")));
    assert_eq!(owed[0].due.here, UnixMillis(NINE + 55 * MINUTE), "it came forty minutes late");
    assert_eq!(owed[0].outcome.met.as_ref().map(|met| &met.record), Some(&answer.reference));
    assert!(owed[0].cited.article.contains("第九条(三)"), "{}", owed[0].cited.article);
    let elsewhere = by_question(&[question, answer], Packs::built_in(), &tree("p"));
    assert_eq!(elsewhere[0].due.here, UnixMillis(NINE + 15 * MINUTE), "nobody above knows when it came");
    assert_eq!(elsewhere[0].key, owed[0].key);
}

#[test]
fn a_reason_does_not_end_the_duty_and_an_answer_of_another_office_neither() {
    let steps = [asked(0), step(2, "verification.reason", "c", 10), step(3, "verification.answer", "d", 11)];
    let owed = by_question(&steps, Packs::built_in(), &tree("c"));
    assert!(owed[0].outcome.explained.is_some() && owed[0].outcome.met.is_none());
}

#[test]
fn after_an_oral_report_the_written_one_has_twenty_minutes() {
    let steps = [step(1, "incident.call", "c", 0), step(2, "incident.oral", "c", 5)];
    let owed = by_incident(&steps, Packs::built_in(), &with_parent());
    let after = of(&owed, Duty::WrittenAfterOral);
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].due.here, UnixMillis(NINE + 25 * MINUTE));
    assert!(after[0].outcome.met.is_none());
    let report = step(3, "incident.report", "c", 20);
    let owed = by_incident(&[&steps[..], &[report]].concat(), Packs::built_in(), &with_parent());
    assert!(of(&owed, Duty::WrittenAfterOral)[0].outcome.met.is_some());
}

/// p ← c, a county of Zhanjiang.
fn with_parent() -> Registry {
    let entry = |office: &str, parent: Option<&str>, class| Entry {
        office: id(office),
        name: office.into(),
        area_code: "440800".into(),
        class,
        zone: Zone::parse("gov").unwrap(),
        parent: parent.map(id),
        key: None,
        replaces: None,
        valid_from: UnixMillis(0),
        successor_hash: None,
    };
    tree("c").with(entry("p", None, OfficeClass::City)).with(entry("c", Some("p"), OfficeClass::County))
}

fn considerable(minutes: i64) -> Step {
    let grade = Answer { field: "grade".into(), value: Value::Choices(vec!["considerable".into()]) };
    Step { answers: vec![grade], ..step(7, "incident.assess", "c", minutes) }
}

#[test]
fn a_county_reports_what_is_considerable_within_the_hour_and_what_is_not_graded_has_no_such_clock() {
    let call = step(1, "incident.call", "c", 0);
    let ungraded = by_incident(std::slice::from_ref(&call), Packs::built_in(), &with_parent());
    let hour = |owed: &[Obligation]| {
        let written = of(owed, Duty::WrittenReport).into_iter();
        written
            .filter(|owed| owed.limit == Limited::Within(60 * MINUTE))
            .map(|owed| owed.cited.article.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(hour(&ungraded), Vec::<String>::new());
    let steps = in_order(&call.reference, vec![call.clone(), considerable(3)]);
    let graded = by_incident(&steps, Packs::built_in(), &with_parent());
    assert!(hour(&graded).iter().any(|article| article.contains("第九条(二)")), "{graded:?}");
}

#[test]
fn the_leader_is_told_and_an_exercise_owes_nothing() {
    let call = step(1, "incident.call", "c", 0);
    let owed = by_incident(std::slice::from_ref(&call), Packs::built_in(), &with_parent());
    let told = of(&owed, Duty::LeaderTold);
    assert!(
        !told.is_empty() && told.iter().all(|owed| owed.outcome.met.is_none() && matches!(owed.creditor, Creditor::Leader(_)))
    );
    let steps = [call.clone(), step(2, "incident.told", "c", 4)];
    let owed = by_incident(&steps, Packs::built_in(), &with_parent());
    assert!(of(&owed, Duty::LeaderTold).iter().all(|owed| owed.outcome.met.is_some()));
    let exercise = [Step { mode: Mode::Exercise, ..call }];
    assert_eq!(by_incident(&exercise, Packs::built_in(), &with_parent()), []);
}
