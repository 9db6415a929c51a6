//! Who stands when several have spoken, in every order in which it can come to be known.

use super::*;
use dutynet_relay::ids::RecordId;

/// Township, county, city, province.
fn path() -> Vec<OfficeId> {
    ["t", "county", "city", "province"].map(|id| OfficeId::parse(id).unwrap()).to_vec()
}

fn reference(origin: &str, n: u8) -> RecordRef {
    RecordRef { origin: OfficeId::parse(origin).unwrap(), id: RecordId([n; 16]) }
}

fn held(origin: &str, revision: u8, content: u8) -> Held {
    Held { reference: reference(origin, revision), revision: revision.into(), content: Digest([content; 32]) }
}

/// A choice made at an office of the chain of another, having compared these.
fn choice(at: (&str, u8), chosen: (&str, u8), compared: &[(&str, u8)], replaces: &[(&str, u8)]) -> Choice {
    let all = |list: &[(&str, u8)]| list.iter().map(|(origin, n)| reference(origin, *n)).collect();
    Choice {
        reference: reference(at.0, at.1),
        chosen: reference(chosen.0, chosen.1),
        compared: all(compared),
        replaces: all(replaces),
    }
}

/// Decides, and decides again with everything in the opposite order.
fn decide(held: &[Held], choices: &[Choice]) -> (String, Difference) {
    let found = standing(&path(), held, choices).unwrap();
    let (mut held, mut choices) = (held.to_vec(), choices.to_vec());
    held.reverse();
    choices.reverse();
    assert_eq!(standing(&path(), &held, &choices).unwrap(), found, "the order in which it came decides nothing");
    (found.stands.origin.to_string(), found.difference)
}

const BOTH: [(&str, u8); 2] = [("t", 1), ("county", 1)];

#[test]
fn nothing_stands_where_nothing_was_filed() {
    assert_eq!(standing(&path(), &[], &[]), None);
}

#[test]
fn one_version_stands_whoever_entered_it() {
    assert_eq!(decide(&[held("t", 1, 1)], &[]), ("t".into(), Difference::None));
    assert_eq!(decide(&[held("city", 1, 1)], &[]), ("city".into(), Difference::None));
    assert_eq!(decide(&[held("t", 1, 1), held("t", 2, 2)], &[]), ("t".into(), Difference::None));
}

#[test]
fn equal_content_is_no_difference_and_the_own_one_stands() {
    assert_eq!(decide(&[held("county", 1, 1), held("t", 1, 1)], &[]), ("t".into(), Difference::None));
    let caught_up = [held("county", 1, 1), held("county", 2, 2), held("t", 1, 2)];
    assert_eq!(decide(&caught_up, &[]), ("t".into(), Difference::None));
}

#[test]
fn of_different_versions_the_own_one_stands_and_else_the_nearest() {
    assert_eq!(decide(&[held("county", 1, 1), held("t", 1, 2)], &[]), ("t".into(), Difference::Open));
    assert_eq!(decide(&[held("city", 1, 1), held("county", 1, 2)], &[]), ("county".into(), Difference::Open));
    let stranger = [held("elsewhere", 1, 1), held("province", 1, 2)];
    assert_eq!(decide(&stranger, &[]), ("province".into(), Difference::Open), "who is no ancestor any more comes last");
}

#[test]
fn a_choice_decides_until_a_new_version_says_something_else() {
    let versions = [held("t", 1, 1), held("county", 1, 2)];
    let by_county = choice(("county", 9), ("county", 1), &BOTH, &[]);
    let settled = Difference::Settled(reference("county", 9));
    assert_eq!(decide(&versions, std::slice::from_ref(&by_county)), ("county".into(), settled.clone()));
    let own_again = [versions.as_slice(), &[held("t", 2, 3)]].concat();
    assert_eq!(
        decide(&own_again, std::slice::from_ref(&by_county)),
        ("t".into(), Difference::Open),
        "a new version of the other side"
    );
    let chosen_again = [versions.as_slice(), &[held("county", 2, 3)]].concat();
    assert_eq!(
        decide(&chosen_again, std::slice::from_ref(&by_county)),
        ("t".into(), Difference::Open),
        "a new version of what was chosen"
    );
    let third = [versions.as_slice(), &[held("city", 1, 3)]].concat();
    assert_eq!(decide(&third, std::slice::from_ref(&by_county)), ("t".into(), Difference::Open), "a third version");
    let third_agrees = [versions.as_slice(), &[held("city", 1, 2)]].concat();
    assert_eq!(decide(&third_agrees, std::slice::from_ref(&by_county)), ("county".into(), settled), "which says what was chosen");
    let agreed = [versions.as_slice(), &[held("t", 2, 2)]].concat();
    assert_eq!(decide(&agreed, &[by_county]), ("t".into(), Difference::None), "the office comes round");
}

#[test]
fn a_choice_that_did_not_see_a_version_does_not_count() {
    let versions = [held("t", 1, 1), held("county", 1, 2)];
    let blind = choice(("county", 9), ("county", 1), &[("county", 1)], &[]);
    assert_eq!(decide(&versions, &[blind]), ("t".into(), Difference::Open));
}

#[test]
fn a_later_choice_replaces_those_that_it_knew() {
    let versions = [held("t", 1, 1), held("county", 1, 2)];
    let first = choice(("county", 9), ("county", 1), &BOTH, &[]);
    let second = choice(("t", 8), ("t", 1), &BOTH, &[("county", 9)]);
    let third = choice(("city", 7), ("county", 1), &BOTH, &[("t", 8)]);
    let after = |choices: &[Choice]| decide(&versions, choices);
    assert_eq!(after(&[first.clone(), second.clone()]), ("t".into(), Difference::Settled(reference("t", 8))));
    let wanted = ("county".into(), Difference::Settled(reference("city", 7)));
    assert_eq!(after(&[first, second, third]), wanted, "a choice that was replaced does not come back");
}

#[test]
fn when_both_sides_chose_apart_the_offices_own_choice_goes_first_and_the_difference_is_open() {
    let versions = [held("t", 1, 1), held("county", 1, 2)];
    let above = choice(("county", 9), ("county", 1), &BOTH, &[]);
    let below = choice(("t", 8), ("t", 1), &BOTH, &[]);
    assert_eq!(decide(&versions, &[above.clone(), below.clone()]), ("t".into(), Difference::Open));
    let farther = choice(("city", 7), ("t", 1), &BOTH, &[]);
    assert_eq!(decide(&versions, &[above.clone(), farther.clone()]), ("county".into(), Difference::Open));
    let agreeing = choice(("t", 8), ("county", 1), &BOTH, &[]);
    let both = decide(&versions, &[above.clone(), agreeing]);
    assert_eq!(both, ("county".into(), Difference::Settled(reference("t", 8))), "apart, and of one mind");
    let anew = choice(("county", 6), ("county", 1), &BOTH, &[("county", 9), ("t", 8)]);
    assert_eq!(decide(&versions, &[above, below, anew]), ("county".into(), Difference::Settled(reference("county", 6))));
}

#[test]
fn heads_are_the_latest_of_each_chain_nearest_first() {
    let versions = [held("province", 1, 1), held("t", 1, 2), held("city", 3, 4), held("t", 2, 3), held("city", 2, 4)];
    let found = standing(&path(), &versions, &[]).unwrap();
    let heads: Vec<_> = found.heads.iter().map(|h| (h.reference.origin.to_string(), h.revision)).collect();
    assert_eq!(heads, [("t".into(), 2), ("city".into(), 3), ("province".into(), 1)]);
}
