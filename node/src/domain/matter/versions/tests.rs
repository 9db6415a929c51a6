//! Two hands, one act: which words stand, at whichever office and in whichever order they came.

use super::*;
use crate::{
    body::{Channel, Entered},
    domain::matter::tests::{Told, id, text},
};

/// A question that the office asked answered, and that c1 was told the answer of by telephone.
fn answered_twice(own: &str, by_telephone: &str) -> Told {
    let mut told = Told::new();
    told.take("p", "verification.ask", &[("title", text("伤亡")), ("question", text("几人？"))], &["a"]).unwrap();
    told.forced("c1", "verification.answer", &[("answer", text(by_telephone))], &[]);
    let on_behalf = told.steps.last_mut().unwrap();
    on_behalf.office = id("a");
    on_behalf.entered = Some(Entered { channel: Channel::Telephone, told_by: "李四".into(), phone: "0759".into() });
    told.take("a", "verification.answer", &[("answer", text(own))], &[]).unwrap();
    told
}

fn choose(told: &mut Told, by: &str, kept: usize, others: &[usize]) -> Result<RecordRef, Refusal> {
    let records: Vec<_> = told.steps.iter().map(|step| step.reference.clone()).collect();
    let mut links = vec![("kept", &records[kept])];
    links.extend(others.iter().map(|at| ("other", &records[*at])));
    let replaced = replaced_by(&told.steps, &records[kept]);
    links.extend(replaced.iter().map(|record| ("replaces", record)));
    told.step((by, "verification.choose"), &[("reason", text("电话核实"))], &[], (&links, None))
}

fn answers(told: &Told) -> Vec<FactValue> {
    told.facts("answer").into_iter().map(|fact| fact.value).collect()
}

#[test]
fn the_own_words_stand_and_a_difference_is_shown_until_a_person_chooses() {
    let mut told = answered_twice("三人", "二人");
    assert_eq!(answers(&told), [FactValue::Text("三人".into())]);
    assert_eq!(told.offices("version.differs"), ["a"]);
    assert_eq!(told.facts("version.differs")[0].sources.len(), 2, "both versions can be opened");
    assert_eq!(choose(&mut told, "c2", 1, &[2]), Err(Refusal::OnBehalfElsewhere));
    assert_eq!(choose(&mut told, "c1", 1, &[]), Err(Refusal::ChoiceUnknown), "one that was not looked at");
    assert_eq!(choose(&mut told, "c1", 0, &[1, 2]), Err(Refusal::ChoiceUnknown), "no version at all");
    choose(&mut told, "c1", 1, &[2]).unwrap();
    assert_eq!(answers(&told), [FactValue::Text("二人".into())]);
    assert_eq!((told.offices("version.chosen"), told.offices("version.differs")), (vec!["c1".to_owned()], vec![]));
    choose(&mut told, "a", 2, &[1]).unwrap();
    assert_eq!(answers(&told), [FactValue::Text("三人".into())], "a later choice replaces the one that it knew");
    assert_eq!(told.offices("version.chosen"), ["a"]);
}

#[test]
fn the_same_words_are_no_difference_and_count_once() {
    let mut told = answered_twice("三人", "三人");
    assert_eq!((answers(&told).len(), told.offices("version.differs").len(), told.steps.len()), (1, 0, 3));
    assert_eq!(choose(&mut told, "a", 1, &[2]), Err(Refusal::ChoiceNoDifference));
}

#[test]
fn the_order_of_arrival_decides_nothing() {
    let told = answered_twice("三人", "二人");
    let mut turned = told.steps.clone();
    turned[1..].reverse();
    let stands = |steps: &[Step]| versions(steps)[0].standing.clone();
    assert_eq!(stands(&told.steps), stands(&turned));
}

#[test]
fn nobody_corrects_what_an_office_has_said_itself_in_its_name() {
    let mut told = answered_twice("三人", "二人");
    let own = told.steps[2].reference.clone();
    told.forced("c1", "verification.answer", &[("answer", text("四人"))], &[]);
    let other = told.steps.last_mut().unwrap();
    other.office = id("a");
    other.entered = Some(Entered { channel: Channel::Telephone, told_by: "李四".into(), phone: "0759".into() });
    other.corrects = Some(own);
    assert_eq!(answers(&told), [FactValue::Text("三人".into())]);
}
