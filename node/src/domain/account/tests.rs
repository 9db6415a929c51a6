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

#[test]
fn every_step_that_wants_a_right_is_a_step_and_nothing_urgent_does() {
    let forms = MatterKind::ALL.into_iter().flat_map(|kind| StepForms::built_in().of(kind));
    let all: Vec<_> = forms.map(|form| form.id.as_str()).collect();
    let wanting: Vec<_> = all.iter().filter(|id| Right::for_step(id).is_some()).collect();
    assert_eq!(wanting.len(), 25, "{wanting:?}");
    for id in all.iter().filter(|id| id.starts_with("incident.") || id.starts_with("warning.")) {
        assert!(Right::for_step(id).is_none() || *id == "incident.confirmed", "{id}");
    }
}
