//! G4: one bad record never stops a queue, and never fells a node.

use dutynet_relay::{
    ids::{Lane, RecordId, RecordRef},
    record::{Audience, RawRecord},
    writer::{RecordState, intent::Draft},
};
use dutynet_tests::{
    hostile::{Claims, Hostile, with_broken_seal},
    net::{Network, clerk, draft, office, until},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g4_bad_records_are_refused_one_by_one_and_the_lane_goes_on() {
    let mut net = Network::found("p").await;
    net.join("p", "honest").await;
    net.enrol_only("p", "bad").await;
    let theirs = net.report("honest", "p", "honest").await;
    net.arrives(&theirs, "p").await;
    let place = net.relay("p").store().find(&theirs).unwrap().unwrap().0;
    let stolen = net.relay("p").store().carried_at(place).unwrap();
    let claims = Claims { office: office("bad"), zone: net.zone() };
    let mut bad = Hostile::knock(&net.folder("bad"), &net.line("bad").address(), claims).await.unwrap();
    let top = office("p");
    let first_header = bad.header(&top);
    let first = bad.sealed(first_header.clone(), b"first");
    let broken_header = bad.header(&top);
    let broken = with_broken_seal(bad.sealed(broken_header, b"broken seal"));
    let mut forged_header = bad.header(&top);
    forged_header.origin = office("honest");
    let forged = bad.sealed(forged_header, b"forged origin");
    let mut parents_header = bad.header(&top);
    parents_header.origin = office("p");
    let parents = bad.sealed(parents_header, b"in the name of the parent");
    let conflict = bad.sealed(first_header, b"other words under the same id");
    let garbled_header = bad.header(&top);
    let garbled = bad.sealed(garbled_header, b"garbled");
    let raw = RawRecord { header: "no header at all".into(), ..garbled.record.clone() };
    let garbled = dutynet_relay::link::frame::Carried { record: raw, ..garbled };
    let mut nowhere_header = bad.header(&top);
    nowhere_header.audience = vec![Audience::Offices(vec![office("nowhere")])];
    let nowhere = bad.sealed(nowhere_header, b"for an office that is not there");
    let last_header = bad.header(&top);
    let last = bad.sealed(last_header, b"last");
    bad.send(1, vec![first, broken, forged, parents, stolen_from(stolen), conflict, garbled, nowhere, last]);
    let custody = bad.custody(9).await;
    let refused: Vec<_> = custody.iter().flat_map(|custody| &custody.refusals).map(|r| (r.seq.0, r.code.name())).collect();
    let expected =
        [(2, "BAD_SEAL"), (3, "UNKNOWN_ORIGIN"), (4, "UNKNOWN_ORIGIN"), (6, "CONFLICT"), (7, "MALFORMED"), (8, "UNKNOWN_TARGET")];
    assert_eq!(refused, expected);
    assert!(custody.iter().flat_map(|c| &c.refusals).all(|refusal| !refusal.detail.is_empty()), "each with a sentence");
    assert_eq!(net.bodies("p"), ["honest", "first", "last"]);
    assert_eq!(net.counter("p", "refused"), 6);
    let after = net.report("honest", "p", "still there").await;
    net.has_arrived(&after, "honest").await;
}

/// Held already, so it folds: a copy does no harm.
fn stolen_from(carried: dutynet_relay::link::frame::Carried) -> dutynet_relay::link::frame::Carried {
    carried
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g4_a_record_of_an_office_elsewhere_is_not_taken_from_a_child() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "bad").await;
    net.join("p", "elsewhere").await;
    net.stop("bad").await;
    let theirs = net.report("elsewhere", "p", "elsewhere").await;
    net.arrives(&theirs, "p").await;
    let across = draft(Lane::Routine, vec![Audience::Offices(vec![office("bad")])], b"makes it known");
    let across = net.submit("elsewhere", across).await.unwrap().reference;
    net.arrives(&across, "c").await;
    let place = net.relay("p").store().find(&theirs).unwrap().unwrap().0;
    let stolen = net.relay("p").store().carried_at(place).unwrap();
    let claims = Claims { office: office("bad"), zone: net.zone() };
    let mut bad = Hostile::knock(&net.folder("bad"), &net.line("bad").address(), claims).await.unwrap();
    bad.send(1, vec![stolen]);
    let custody = bad.custody(1).await;
    assert_eq!(custody[0].refusals[0].code.name(), "NOT_YOURS_TO_SEND");
    assert_eq!(net.body("c", &theirs), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g4_a_refused_record_is_parked_on_its_way_with_a_reason_and_goes_on_when_it_is_retried() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    let to_new = draft(Lane::Routine, vec![Audience::Offices(vec![office("new")])], b"to an office that is not there yet");
    let to_new = net.submit("t", to_new).await.unwrap().reference;
    let given_up = draft(Lane::Routine, vec![Audience::Offices(vec![office("never")])], b"to nobody");
    let given_up = net.submit("t", given_up).await.unwrap().reference;
    let after = net.report("t", "p", "the lane goes on").await;
    net.arrives(&after, "p").await;
    until("parked at the county", || net.relay("c").parked().unwrap().len() == 2).await;
    let parked = net.relay("c").parked().unwrap();
    assert_eq!(parked[0].reference, to_new);
    assert_eq!((parked[0].code.as_str(), parked[0].below), ("UNKNOWN_TARGET", false));
    assert_eq!(parked[0].detail, "office new is not known at the root");
    assert_eq!(net.counter("p", "refused"), 2);
    until("its maker knows", || net.relay("t").parked().unwrap().len() == 2).await;
    assert!(net.relay("t").parked().unwrap().iter().all(|parked| parked.below));
    assert_eq!(net.state("t", &to_new), Some(RecordState::Parked), "never called arrived");
    net.has_arrived(&after, "t").await;
    net.join("p", "new").await;
    let at = |reference: &RecordRef| parked.iter().find(|parked| parked.reference == *reference).unwrap().at.clone();
    net.relay("c").retry_parked(at(&to_new), clerk()).await.unwrap();
    net.arrives(&to_new, "new").await;
    net.relay("c").withdraw_parked(at(&given_up), clerk()).await.unwrap();
    until("nothing is parked any more", || net.relay("c").parked().unwrap().is_empty()).await;
    let again = net.relay("c").retry_parked(at(&given_up), clerk()).await.unwrap_err();
    assert_eq!(again.to_string(), "no parked record at that place");
    assert_eq!(net.bodies("p").len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g4_other_words_under_one_id_are_parked_and_both_sides_keep_their_own() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.stop("c").await;
    let copy = net.copy("c");
    net.start("c").await;
    let words = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], b"first words");
    let first = net.submit("c", words.clone()).await.unwrap().reference;
    net.has_arrived(&first, "c").await;
    net.stop("c").await;
    net.put_back("c", &copy);
    net.cut("c");
    net.start("c").await;
    let other = Draft { body: "other words".into(), ..words };
    let id: RecordId = other.id;
    let second = net.submit("c", other).await.unwrap().reference;
    assert_eq!((second.id, &second), (id, &first));
    let after = net.report("c", "p", "the lane goes on").await;
    net.heal("c");
    net.has_arrived(&after, "c").await;
    until("parked", || net.relay("c").parked().unwrap().len() == 1).await;
    assert_eq!(net.relay("c").parked().unwrap()[0].code, "CONFLICT");
    assert_eq!(net.body("p", &first).unwrap(), "first words".as_bytes());
    assert_eq!(net.body("c", &first).unwrap(), "other words".as_bytes());
    let at = net.relay("c").parked().unwrap()[0].at.clone();
    net.relay("c").withdraw_parked(at, clerk()).await.unwrap();
    assert!(net.relay("c").parked().unwrap().is_empty());
}
