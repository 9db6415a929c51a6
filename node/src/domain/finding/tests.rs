//! What may be done about a finding by whom, what it comes to, and what is suggested.

use super::*;
use crate::domain::{
    form::FieldKind,
    matter::tests::{Told, code, text, time},
    obligation::{Creditor, Obligation, Standing, tests::answer},
    rules::{Duty, Limited},
    step::StepForms,
};

const MINUTE: i64 = 60_000;

fn opened(by: &str, about: &str) -> Told {
    let mut told = Told::new();
    told.take(by, OPEN, &found("late"), &[about]).unwrap();
    told
}

fn found(kind: &str) -> Vec<(&'static str, Value)> {
    vec![("title", text("迟报")), ("kind", code(kind)), ("says", text("日报告迟报40分钟")), ("found_by", code("records"))]
}

fn explained() -> [(&'static str, Value); 2] {
    [("stance", code("accepted")), ("explanation", text("交接班疏漏"))]
}

fn ruled(ruling: &str) -> [(&'static str, Value); 3] {
    [("ruling", code(ruling)), ("reason", text("属实")), ("direct", text("李四"))]
}

fn upheld() -> Told {
    let mut told = opened("c1", "a");
    told.take("a", EXPLAIN, &explained(), &[]).unwrap();
    told.take("c1", RULE, &ruled("upheld"), &[]).unwrap();
    told
}

fn demand(due: i64) -> [(&'static str, Value); 2] {
    [("what", text("补齐制度")), ("due", time(due))]
}

fn feedback(state: &str) -> [(&'static str, Value); 2] {
    [("state", code(state)), ("measures", text("已制定交接班制度"))]
}

fn checked(result: &str) -> [(&'static str, Value); 2] {
    [("result", code(result)), ("reason", text("已核"))]
}

fn outcome() -> [(&'static str, Value); 1] {
    [("outcome", text("已整改到位"))]
}

#[test]
fn every_kind_names_the_regulations_that_know_it() {
    let kinds = StepForms::built_in().get(OPEN).and_then(|form| form.field("kind")).unwrap();
    let FieldKind::Choice { codes, .. } = &kinds.kind else { panic!("kinds are a choice") };
    assert!(codes.iter().all(|code| !code.source.is_empty()), "{codes:?}");
    let wanted = ["late", "missing", "mistaken", "false", "concealed", "absent", "no_show", "empty", "left", "shirking"];
    assert!(wanted.iter().all(|key| codes.iter().any(|code| code.key == *key)));
    assert!([Suggested::Late, Suggested::Missing].iter().all(|kind| codes.iter().any(|code| code.key == kind.key())));
}

#[test]
fn a_finding_is_about_one_office_below() {
    for (by, about) in [("a", "c1"), ("a", "b"), ("c2", "a"), ("a", "a")] {
        assert_eq!(Told::new().take(by, OPEN, &found("late"), &[about]), Err(Refusal::StepNotBelow), "{by} about {about}");
    }
    assert_eq!(Told::new().take("p", OPEN, &found("late"), &["a", "b"]), Err(Refusal::StepOneOffice));
    opened("p", "a");
}

#[test]
fn the_office_is_heard_before_it_is_ruled() {
    let mut told = opened("c1", "a");
    assert_eq!(told.take("c1", RULE, &ruled("upheld"), &[]), Err(Refusal::FindingUnheard));
    for other in ["b", "c1", "p"] {
        assert_eq!(told.take(other, EXPLAIN, &explained(), &[]), Err(Refusal::FindingElsewhere), "{other}");
    }
    told.forced("b", EXPLAIN, &explained(), &[]);
    assert_eq!(told.state(), "found", "another office's explanation is none");
    told.take("a", EXPLAIN, &explained(), &[]).unwrap();
    assert_eq!(told.state(), "explained");
    told.take("c1", RULE, &ruled("excused"), &[]).unwrap();
    assert_eq!(told.state(), "excused");
}

#[test]
fn it_is_ruled_without_an_explanation_when_the_time_for_it_is_over_or_with_the_reason_why() {
    let mut timed = Told::new();
    let said: Vec<_> = found("late").into_iter().chain([("explain_by", time(3 * MINUTE))]).collect();
    timed.take("c1", OPEN, &said, &["a"]).unwrap();
    assert_eq!(timed.take("c1", RULE, &ruled("upheld"), &[]), Err(Refusal::FindingUnheard), "a minute is left");
    timed.take("c1", RULE, &ruled("upheld"), &[]).unwrap();
    let mut told = opened("c1", "a");
    let said: Vec<_> = ruled("upheld").into_iter().chain([("unheard", text("该单位已撤销"))]).collect();
    told.take("c1", RULE, &said, &[]).unwrap();
}

#[test]
fn only_the_finder_or_one_above_rules_and_what_is_ruled_is_changed_from_above() {
    let mut told = opened("c1", "a");
    let first = told.take("a", EXPLAIN, &explained(), &[]).unwrap();
    for other in ["a", "b", "c2"] {
        assert_eq!(told.take(other, RULE, &ruled("unfounded"), &[]), Err(Refusal::MatterNotAbove), "{other}");
    }
    let bare = &ruled("upheld")[..2];
    assert_eq!(told.take("c1", RULE, bare, &[]), Err(Refusal::FindingResponsibleMissing));
    let ruling = told.take("c1", RULE, &ruled("upheld"), &[]).unwrap();
    assert_eq!(told.take("c1", RULE, &ruled("excused"), &[]), Err(Refusal::FindingRuled), "it corrects its own");
    assert_eq!(told.take("p", RULE, &ruled("excused"), &[]), Err(Refusal::FindingRuled), "which ruling is not said");
    let wrong = told.step(("p", RULE), &ruled("excused"), &[], (&[("overrules", &first)], None));
    assert_eq!(wrong, Err(Refusal::FindingRuled));
    told.step(("p", RULE), &ruled("excused"), &[], (&[("overrules", &ruling)], None)).unwrap();
    assert_eq!((told.state().as_str(), told.offices("ruled_by")), ("excused", vec!["p".to_owned()]));
    let again = told.step(("c1", RULE), &ruled("upheld"), &[], (&[], Some(&ruling)));
    assert_eq!(again, Err(Refusal::FindingRuled), "its own word no longer stands");
}

#[test]
fn conclusions_follow_a_ruling_and_questions_need_none() {
    let mut told = opened("c1", "a");
    let follow = |kind: &str| [("kind", code(kind)), ("words", text("请重视"))];
    for asks in ["reminder", "talk", "letter"] {
        told.take("c1", FOLLOW, &follow(asks), &[]).unwrap();
    }
    for concludes in ["admonition", "circular", "no_honours", "accountability", "transfer"] {
        assert_eq!(told.take("c1", FOLLOW, &follow(concludes), &[]), Err(Refusal::FindingNotUpheld), "{concludes}");
    }
    assert_eq!(told.take("c1", RECTIFY, &demand(99 * MINUTE), &[]), Err(Refusal::FindingNotUpheld));
    let mut told = upheld();
    assert_eq!(told.take("c1", FOLLOW, &follow("transfer"), &[]), Err(Refusal::FindingTransferWhere));
    let said: Vec<_> = follow("transfer").into_iter().chain([("transferred_to", text("县纪委监委"))]).collect();
    told.take("c1", FOLLOW, &said, &[]).unwrap();
    assert_eq!(told.take("a", FOLLOW, &follow("circular"), &[]), Err(Refusal::MatterNotAbove));
}

#[test]
fn what_is_to_be_put_right_closes_only_when_that_is_accepted() {
    let mut told = upheld();
    assert_eq!(told.take("c1", RECTIFY, &demand(MINUTE), &[]), Err(Refusal::DirectiveDuePast));
    let demanded = told.take("c1", RECTIFY, &demand(99 * MINUTE), &[]).unwrap();
    assert_eq!(told.state(), "rectifying");
    assert_eq!(told.take("c1", CLOSE, &outcome(), &[]), Err(Refusal::FindingOpenDemands));
    let open = told.steps[0].reference.clone();
    let stray = told.step(("a", FEEDBACK), &feedback("done"), &[], (&[("demand", &open)], None));
    assert_eq!(stray, Err(Refusal::FindingDemandUnknown));
    let underway = told.step(("a", FEEDBACK), &feedback("underway"), &[], (&[("demand", &demanded)], None)).unwrap();
    let early = told.step(("c1", CHECK), &checked("accepted"), &[], (&[("feedback", &underway)], None));
    assert_eq!(early, Err(Refusal::FindingFeedbackUnknown));
    let done = told.step(("a", FEEDBACK), &feedback("done"), &[], (&[("demand", &demanded)], None)).unwrap();
    told.step(("c1", CHECK), &checked("returned"), &[], (&[("feedback", &done)], None)).unwrap();
    assert_eq!(told.take("c1", CLOSE, &outcome(), &[]), Err(Refusal::FindingOpenDemands), "it was sent back");
    let done = told.step(("a", FEEDBACK), &feedback("done"), &[], (&[("demand", &demanded)], None)).unwrap();
    told.step(("p", CHECK), &checked("accepted"), &[], (&[("feedback", &done)], None)).unwrap();
    assert_eq!((told.state().as_str(), told.facts("rectified").len()), ("rectified", 1));
    told.take("c1", CLOSE, &outcome(), &[]).unwrap();
    assert_eq!((told.state().as_str(), told.matter().summary().open), ("closed", false));
    assert_eq!(told.take("a", EXPLAIN, &explained(), &[]), Err(Refusal::MatterClosed));
}

#[test]
fn nothing_closes_before_it_is_ruled_and_an_unfounded_one_has_nothing_to_put_right() {
    let mut told = opened("c1", "a");
    assert_eq!(told.take("c1", CLOSE, &outcome(), &[]), Err(Refusal::FindingUnruled));
    let mut told = upheld();
    let ruling = told.steps[2].reference.clone();
    told.take("c1", RECTIFY, &demand(99 * MINUTE), &[]).unwrap();
    told.step(("p", RULE), &ruled("unfounded"), &[], (&[("overrules", &ruling)], None)).unwrap();
    told.take("c1", CLOSE, &outcome(), &[]).unwrap();
}

#[test]
fn what_is_owed_has_the_clock_that_a_person_set_and_is_open_again_when_it_was_sent_back() {
    let mut told = Told::new();
    let said: Vec<_> = found("late").into_iter().chain([("explain_by", time(9 * MINUTE))]).collect();
    told.take("c1", OPEN, &said, &["a"]).unwrap();
    let owed = |told: &Told| -> Vec<_> {
        let all = obligations(&told.steps);
        all.iter().map(|owed| (owed.duty, owed.due.here.0 / MINUTE, owed.is_closed())).collect()
    };
    assert_eq!(owed(&told), [(Duty::Explanation, 9, false)]);
    told.take("a", EXPLAIN, &explained(), &[]).unwrap();
    told.take("c1", RULE, &ruled("upheld"), &[]).unwrap();
    let demanded = told.take("c1", RECTIFY, &demand(50 * MINUTE), &[]).unwrap();
    assert_eq!(owed(&told), [(Duty::Explanation, 9, true), (Duty::Rectification, 50, false)]);
    let done = told.step(("a", FEEDBACK), &feedback("done"), &[], (&[("demand", &demanded)], None)).unwrap();
    assert!(owed(&told)[1].2);
    told.step(("c1", CHECK), &checked("returned"), &[], (&[("feedback", &done)], None)).unwrap();
    let all = obligations(&told.steps);
    assert!(!all[1].is_closed());
    assert_eq!((all[1].debtor.as_str(), &all[1].creditor), ("a", &Creditor::Office(told.steps[0].office.clone())));
}

#[test]
fn a_suggestion_that_was_dismissed_and_praise_are_whole_with_one_step() {
    let mut told = Told::new();
    told.take("c1", DISMISS, &[("due", text("daily-report.a.2026-07-01")), ("reason", text("节假日值班调整"))], &["a"]).unwrap();
    assert_eq!((told.state().as_str(), told.matter().summary().open), ("dismissed", false));
    assert_eq!(cites(&told.steps), Some("daily-report.a.2026-07-01"));
    assert_eq!(told.take("a", EXPLAIN, &explained(), &[]), Err(Refusal::MatterClosed));
    let mut told = Told::new();
    let merit = [("title", text("处置得力")), ("merit", text("转移及时"))];
    told.take("c1", PRAISE, &merit, &["a", "b"]).unwrap();
    assert_eq!(
        (told.state().as_str(), is_praise(&told.steps), told.offices("about")),
        ("praised", true, vec!["a".into(), "b".into()])
    );
    assert_eq!(Told::new().take("a", PRAISE, &merit, &["b"]), Err(Refusal::StepNotBelow));
}

#[test]
fn only_late_and_missing_reports_are_suggested_and_never_of_an_office_that_was_cut_off() {
    let owed = answer(Limited::Within(15 * MINUTE), 1);
    let by = 1;
    assert_eq!(suggests(&owed, Standing::Late { by }), Some(Suggested::Late));
    assert_eq!(suggests(&owed, Standing::Overdue { by }), Some(Suggested::Missing));
    let no_fault = [
        Standing::NotDue,
        Standing::Soon,
        Standing::InTime,
        Standing::InTimeCutOff { after: 1 },
        Standing::CutOff { by },
        Standing::Explained { by },
        Standing::Withdrawn,
    ];
    for standing in no_fault {
        assert_eq!(suggests(&owed, standing), None, "{standing:?}");
    }
    let of = |duty| suggests(&Obligation { duty, ..answer(Limited::Within(MINUTE), 1) }, Standing::Overdue { by });
    assert_eq!((of(Duty::Outcome), of(Duty::Receipt), of(Duty::Rectification)), (None, None, None), "those a person finds");
    assert_eq!((of(Duty::RollCallAnswer), of(Duty::AbsenceInquiry)), (Some(Suggested::Unanswered), None));
    let call = Obligation { duty: Duty::RollCallAnswer, ..answer(Limited::Within(MINUTE), 1) };
    let said = [Standing::Late { by }, Standing::CutOff { by }, Standing::Explained { by }];
    assert!(said.into_iter().all(|standing| suggests(&call, standing).is_none()), "it answered, or could not, or has said why");
    let told = Obligation { creditor: Creditor::Leader("leader".into()), ..owed };
    assert_eq!(suggests(&told, Standing::Late { by }), None, "what stays inside an office");
}

#[test]
fn what_was_in_time_or_cut_off_is_no_evidence() {
    let by = 1;
    assert!([Standing::Late { by }, Standing::Overdue { by }, Standing::Explained { by }].into_iter().all(|at| !contradicts(at)));
    let none = [Standing::InTime, Standing::InTimeCutOff { after: 1 }, Standing::CutOff { by }, Standing::Explained { by: 0 }];
    assert!(none.into_iter().all(contradicts));
}
