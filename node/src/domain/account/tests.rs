//! Accounts: what they may be called, who may do what, and what never happens to them.

use std::collections::BTreeSet;

use dutynet_relay::ids::UnixMillis;

use super::*;
use crate::domain::step::{MatterKind, StepForms};

fn account(id: &str, posts: &[Post]) -> Account {
    Account {
        id: id.into(),
        name: "李四".into(),
        posts: posts.iter().copied().collect(),
        secret: String::new(),
        must_change: false,
        ended: None,
        history: vec![happened(0, What::Made)],
    }
}

fn happened(at: i64, what: What) -> Happened {
    Happened { at: UnixMillis(at), by: String::new(), what, reason: String::new() }
}

fn posts(posts: &[Post]) -> BTreeSet<Post> {
    posts.iter().copied().collect()
}

#[test]
fn an_account_that_ended_may_do_nothing_and_its_id_is_never_given_again() {
    let gone = Account { ended: Some(UnixMillis(9)), ..account("lisi", &[Post::Leader]) };
    assert!(!gone.may(Right::Approve));
    assert_eq!(admit(&[gone], "lisi", "李四", &posts(&[Post::Officer])), Err(AccountFault::Taken));
}

#[test]
fn rights_follow_from_posts() {
    assert!(account("a", &[Post::Officer]).may(Right::Direct));
    assert!(!account("a", &[Post::Officer]).may(Right::Approve));
    assert!(account("a", &[Post::Officer, Post::Leader]).may(Right::Approve));
    assert!(!account("a", &[Post::Operator, Post::Leader, Post::Manager, Post::Officer]).may(Right::Audit));
    assert!(account("a", &[Post::Auditor]).may(Right::Audit));
}

#[test]
fn ids_names_posts_and_passwords_have_limits() {
    let one = posts(&[Post::Officer]);
    for id in ["", "9a", "Li", "李四", "a b", &"a".repeat(33)] {
        assert_eq!(admit(&[], id, "李四", &one), Err(AccountFault::Id), "{id}");
    }
    assert_eq!(admit(&[], &"a".repeat(32), "李四", &one), Ok(()));
    for name in ["", "李\u{7}四", &"李".repeat(33)] {
        assert_eq!(admit(&[], "lisi", name, &one), Err(AccountFault::Name), "{name}");
    }
    assert_eq!(admit(&[], "lisi", "李四", &posts(&[])), Err(AccountFault::Posts));
    for password in ["1234567", "lisi.wang", &"x".repeat(129)] {
        assert_eq!(admit_password("lisi.wang", password), Err(AccountFault::Password), "{password}");
    }
    assert_eq!(admit_password("lisi", "值班室的密码很长"), Ok(()));
}

#[test]
fn somebody_who_looks_after_accounts_always_stays() {
    let all = [account("wang", &[Post::Operator]), account("li", &[Post::Officer])];
    assert_eq!(admit_change(&all, "wang", None), Err(AccountFault::LastOperator));
    assert_eq!(admit_change(&all, "wang", Some(&posts(&[Post::Officer]))), Err(AccountFault::LastOperator));
    assert_eq!(admit_change(&all, "wang", Some(&posts(&[Post::Manager]))), Ok(()));
    assert_eq!(admit_change(&all, "li", None), Ok(()));
    let gone = Account { ended: Some(UnixMillis(1)), ..account("chen", &[Post::Operator]) };
    assert_eq!(admit_change(&[gone.clone(), all[0].clone()], "wang", None), Err(AccountFault::LastOperator));
    assert_eq!(admit_change(&[gone, all[0].clone()], "chen", Some(&posts(&[Post::Operator]))), Err(AccountFault::Ended));
}

#[test]
fn a_history_keeps_its_beginning_and_its_end() {
    let mut long = account("a", &[Post::Officer]);
    for at in 1..400 {
        long = long.having(happened(at, What::PasswordChanged));
    }
    assert_eq!(long.history.len(), 64);
    assert_eq!(long.made_at(), Some(UnixMillis(0)));
    assert_eq!(long.history.last().map(|last| last.at), Some(UnixMillis(399)));
}

/// Whoever may log in may say, receive and pass on.
const EVERYBODY: &[&str] = &[
    "incident.call",
    "incident.handover",
    "incident.accept",
    "incident.told",
    "incident.assess",
    "incident.figures",
    "incident.action",
    "incident.oral",
    "incident.report",
    "incident.approval-asked",
    "incident.approved",
    "incident.refused",
    "incident.skip",
    "incident.outside",
    "incident.received",
    "incident.paper-asked",
    "incident.paper",
    "incident.join",
    "incident.transfer",
    "incident.withdraw",
    "incident.revise",
    "incident.review",
    "incident.choose",
    "incident.same",
    "warning.take",
    "warning.told",
    "warning.pass",
    "warning.shown",
    "warning.signed",
    "warning.phoned",
    "warning.raise",
    "warning.response",
    "warning.choose",
    "verification.answer",
    "verification.reason",
    "verification.choose",
    "directive.relay",
    "directive.sign",
    "directive.read",
    "directive.feedback",
    "directive.done",
    "directive.phoned",
    "directive.choose",
    "rollcall.answer",
    "rollcall.phone",
    "rollcall.explain",
    "drill.leave",
    "drill.review",
    "consultation.status",
    "consultation.statement",
    "consultation.judgement",
    "consultation.minutes",
    "consultation.section",
    "finding.explain",
    "finding.feedback",
];

/// Who directs orders others, judges them, decides a session, or calls a danger over.
const WHO_DIRECTS: &[&str] = &[
    "warning.lower",
    "warning.lift",
    "verification.ask",
    "verification.close",
    "directive.order",
    "directive.split",
    "directive.return",
    "directive.correct",
    "directive.recall",
    "directive.close",
    "rollcall.call",
    "rollcall.again",
    "rollcall.rule",
    "rollcall.close",
    "drill.start",
    "drill.suspend",
    "drill.resume",
    "drill.end",
    "consultation.call",
    "consultation.agenda",
    "consultation.outcome",
    "consultation.ordered",
    "consultation.none",
    "consultation.review",
    "consultation.publish",
    "consultation.close",
    "finding.open",
    "finding.dismiss",
    "finding.praise",
    "finding.rule",
    "finding.follow",
    "finding.rectify",
    "finding.check",
    "finding.close",
];

/// What is a leader's own word.
const LEADERS: &[&str] = &["incident.confirmed"];

/// Also, where it is given at this machine.
const LEADERS_AT_THE_MACHINE: &[&str] = &["incident.approved", "incident.refused"];

/// Which posts may take which steps, each kind of step once.
const TABLE: [(&[Post], &[&str]); 3] =
    [(&Post::ALL, EVERYBODY), (&[Post::Officer, Post::Leader, Post::Manager], WHO_DIRECTS), (&[Post::Leader], LEADERS)];

fn may_take(post: Post, form: &str, how: Option<&str>) -> bool {
    Right::for_step(form, how).is_none_or(|right| account("a", &[post]).may(right))
}

#[test]
fn every_kind_of_step_stands_in_the_table_once_with_the_posts_that_may_take_it() {
    let forms = MatterKind::ALL.into_iter().flat_map(|kind| StepForms::built_in().of(kind));
    let mut all: Vec<_> = forms.map(|form| form.id.as_str()).collect();
    let mut listed: Vec<_> = TABLE.iter().flat_map(|(_, forms)| forms.iter().copied()).collect();
    all.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, all, "a new kind of step is to be put where it belongs, or else everybody may take it");
    for (may, forms) in TABLE {
        for (form, post) in forms.iter().flat_map(|form| Post::ALL.map(|post| (form, post))) {
            assert_eq!(may_take(post, form, None), may.contains(&post), "{form} by {post:?}");
        }
    }
}

#[test]
fn a_leader_s_word_at_this_machine_is_given_by_leaders_alone_and_written_down_by_anybody() {
    for (form, post) in LEADERS_AT_THE_MACHINE.iter().flat_map(|form| Post::ALL.map(|post| (form, post))) {
        assert_eq!(may_take(post, form, Some("node")), post == Post::Leader, "{form} by {post:?}");
        for how in ["telephone", "in-person"] {
            assert!(may_take(post, form, Some(how)), "{form} {how} by {post:?}");
        }
    }
    let elsewhere = TABLE.iter().flat_map(|(_, forms)| forms.iter()).filter(|form| !LEADERS_AT_THE_MACHINE.contains(form));
    for form in elsewhere {
        assert_eq!(Right::for_step(form, Some("node")), Right::for_step(form, None), "{form}");
    }
}

#[test]
fn whomever_an_account_names_is_what_its_posts_say_also_at_the_command_line() {
    let leader = Account { name: "王书记".into(), ..account("wang", &[Post::Leader]) };
    let gone = Account { name: "赵主任".into(), ended: Some(UnixMillis(9)), ..account("zhao", &[Post::Leader]) };
    let all = [leader, gone, account("lisi", &[Post::Officer, Post::Operator])];
    assert!(may_approve(&all, "wang", "王书记"));
    assert!(!may_approve(&all, "lisi", "李四"), "no leader");
    assert!(!may_approve(&all, "lisi", "王书记") && !may_approve(&all, "wang", "李四"), "one person's id, another's name");
    assert!(!may_approve(&all, "w2", "王书记"), "he has an account of his own");
    assert!(!may_approve(&all, "zhao", "赵主任"), "he has left");
    assert!(may_approve(&all, "qian", "钱局长") && may_approve(&[], "wang", "王书记"), "where the command line alone is used");
}
