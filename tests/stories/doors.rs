//! Who may come in: keys, zones, certificates, tickets, invitations. Whoever may not is told why.

use std::{sync::Arc, time::Duration};

use dutynet_relay::{
    clock::SystemClock,
    folder::DataFolder,
    ids::{Lane, UnixMillis, Zone},
    invitation::{InvitationSecret, InvitationText},
    join,
    link::frame::RefusedReason,
    record::Audience,
    tls::leaf::{LeafSubject, make_leaf},
    writer::RecordState,
};
use dutynet_tests::{
    hostile::{Claims, Hostile},
    net::{Network, draft, office, until},
    running::Running,
};

async fn one_child() -> Network {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    until("it has kept its ticket", || !net.relay("c").store().tickets(&office("p")).is_empty()).await;
    net.stop("c").await;
    net
}

async fn refusal(net: &Network, zone: &str) -> (RefusedReason, String) {
    let claims = Claims { office: office("c"), zone: Zone::parse(zone).unwrap() };
    let knocked = Hostile::knock(&net.folder("c"), &net.line("c").address(), claims).await;
    let refused = knocked.err().expect("a refusal");
    (refused.reason, refused.detail)
}

/// A leaf for the child as its parent would sign it, but for the zone and the end.
fn replace_leaf(net: &Network, zone: &str, not_after: UnixMillis) {
    let child = DataFolder::at(net.folder("c"));
    let subject = LeafSubject {
        key: child.key().unwrap().public(),
        office: office("c"),
        zone: Zone::parse(zone).unwrap(),
        not_before: UnixMillis(0),
        not_after,
    };
    child.write_leaf(&make_leaf(&subject, &DataFolder::at(net.folder("p")).key().unwrap()).unwrap()).unwrap();
}

const FAR: UnixMillis = UnixMillis(4_000_000_000_000);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_of_another_zone_is_refused_by_its_certificate_and_by_its_word() {
    let net = one_child().await;
    let (reason, words) = refusal(&net, "extranet").await;
    assert_eq!((reason, words.as_str()), (RefusedReason::Zone, "p is in zone intranet, not extranet"));
    replace_leaf(&net, "extranet", FAR);
    let (reason, words) = refusal(&net, "extranet").await;
    assert_eq!(reason, RefusedReason::Zone);
    assert!(words.contains("c with key"), "{words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_has_ended_is_refused_as_such() {
    let net = one_child().await;
    replace_leaf(&net, "intranet", UnixMillis(1_000_000_000_000));
    assert_eq!(refusal(&net, "intranet").await.0, RefusedReason::CertificateEnded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_nobody_registered_is_refused_whatever_office_it_names() {
    let net = one_child().await;
    let mut other = Network::found("other").await;
    other.join("other", "c").await;
    other.stop("c").await;
    let claims = Claims { office: office("c"), zone: net.zone() };
    let knocked = Hostile::knock(&other.folder("c"), &net.line("c").address(), claims).await;
    assert_eq!(knocked.err().unwrap().reason, RefusedReason::UnknownKey);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_was_replaced_is_told_so_and_keeps_what_it_has() {
    let mut net = one_child().await;
    let old = net.folder("c");
    net.replace("p", "c").await;
    net.is_linked("p", "c").await;
    let old = Running::beside(old).await;
    let reason = || old.relay.links()[0].state.reason.clone();
    until("told so", || reason().contains("Superseded")).await;
    let note = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], b"too late");
    let note = old.relay.submit(note).await.unwrap().reference;
    assert_eq!(old.relay.state_of(&note).unwrap(), Some(RecordState::Saved));
    let report = net.report("c", "p", "the new machine goes on").await;
    net.has_arrived(&report, "c").await;
    old.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_machine_beside_the_original_is_kept_out_and_the_original_stays() {
    let mut net = one_child().await;
    let copy = net.copy("c");
    net.start("c").await;
    let report = net.report("c", "p", "the original").await;
    net.has_arrived(&report, "c").await;
    let twin = Running::beside(copy.clone()).await;
    until("noticed above", || net.counter("p", "quarantined") > 0).await;
    let reason = || twin.relay.links()[0].state.reason.clone();
    until("told so", || reason().contains("another machine shows this office")).await;
    let of_twin = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], b"the copy");
    let of_twin = twin.relay.submit(of_twin).await.unwrap().reference;
    let report = net.report("c", "p", "the original again").await;
    net.has_arrived(&report, "c").await;
    assert_eq!(twin.relay.state_of(&of_twin).unwrap(), Some(RecordState::Saved));
    assert_eq!(net.body("p", &of_twin), None);
    let stale = net.counter("p", "ticket_stale");
    // The original goes; now the histories meet, and the copy finds that it is behind.
    twin.stop().await;
    net.stop("c").await;
    let twin = Running::beside(copy).await;
    until("the copy's record arrives", || net.body("p", &of_twin).is_some()).await;
    until("it has its past", || twin.relay.store().record(&report).unwrap().is_some()).await;
    assert_eq!(twin.relay.status().counters["epochs_forked"], 1);
    assert_eq!(net.counter("p", "ticket_stale"), stale + 1);
    assert_eq!(net.bodies("p"), ["the original", "the original again", "the copy"]);
    twin.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_comes_back_takes_the_place_of_its_own_ghost() {
    let mut net = one_child().await;
    let slow = |config: &mut dutynet_relay::relay::RelayConfig| config.limits.heartbeat = Duration::from_secs(20);
    net.stop("p").await;
    net.start_with("p", slow).await;
    net.start_with("c", slow).await;
    let before = net.report("c", "p", "before").await;
    net.has_arrived(&before, "c").await;
    net.line("c").cut();
    net.stop("c").await;
    assert!(net.link("p", "c").state.up, "it has heard nothing");
    net.line("c").heal_beside_ghosts();
    net.start_with("c", slow).await;
    let after = net.report("c", "p", "after").await;
    net.has_arrived(&after, "c").await;
    assert_eq!(net.counter("p", "ghost_replaced"), 1);
    assert_eq!(net.counter("p", "quarantined"), 0);
    assert_eq!(net.bodies("p"), ["before", "after"]);
}

async fn enrolled(net: &Network, folder: &str, invitation: &InvitationText) -> Result<(), String> {
    let data = DataFolder::at(net.spare_folder(folder));
    let done = join::enrol(&data, invitation, Arc::new(SystemClock::default())).await;
    done.map(|_| ()).map_err(|fault| fault.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_good_once_in_time_and_for_one_office() {
    let mut net = Network::found("p").await;
    let hour = Duration::from_secs(3600);
    let invitation = net.invitation("p", "c", hour).await;
    assert_eq!(enrolled(&net, "first", &invitation).await, Ok(()));
    let refused = |what: &str| Err(format!("the parent refused: {what}"));
    assert_eq!(enrolled(&net, "second", &invitation).await, refused("it was used already"));
    let late = net.invitation("p", "late", Duration::ZERO).await;
    assert_eq!(enrolled(&net, "late", &late).await, refused("it has expired"));
    let unknown = "it was not made there, or for another office";
    let invitation = net.invitation("p", "d", hour).await;
    let other = InvitationText { office: office("e"), ..invitation.clone() };
    assert_eq!(enrolled(&net, "other", &other).await, refused(unknown));
    let made_up = InvitationText { secret: InvitationSecret([7; 20]), ..invitation.clone() };
    assert_eq!(enrolled(&net, "made-up", &made_up).await, refused(unknown));
    // Whoever was refused left nothing behind that stands in the way.
    assert_eq!(enrolled(&net, "other", &invitation).await, Ok(()));
    let taken = enrolled(&net, "other", &invitation).await.unwrap_err();
    assert!(taken.ends_with("already belongs to office d"), "{taken}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_enrols_with_nobody_but_the_parent_of_its_invitation() {
    let mut net = Network::found("p").await;
    let other = Network::found("p").await;
    let hour = Duration::from_secs(3600);
    let invitation = net.invitation("p", "c", hour).await;
    net.line("c").aim(other.listening("p"));
    let fault = enrolled(&net, "c", &invitation).await.unwrap_err();
    assert!(fault.contains("another office or machine answers there"), "{fault}");
    let nobody = InvitationText { addresses: vec!["127.0.0.1:1".into()], ..invitation.clone() };
    let fault = enrolled(&net, "c", &nobody).await.unwrap_err();
    assert!(fault.contains("cannot connect"), "{fault}");
    net.line("c").aim(net.listening("p"));
    let other_root = InvitationText { root_pin: dutynet_relay::ids::Digest([1; 32]), ..invitation.clone() };
    let fault = enrolled(&net, "c", &other_root).await.unwrap_err();
    assert_eq!(fault, "the parent's answer cannot be believed: no chain of entries leads from the root to this office");
    // The answer was lost, as far as the parent knows: the same machine may ask again.
    assert_eq!(enrolled(&net, "c", &invitation).await, Ok(()));
}
