//! G3: order within a lane; flash overtakes. G7: what a middle tier does not understand passes byte for byte.

use bytes::Bytes;
use dutynet_relay::{
    ids::{Lane, RecordRef},
    link::config::WINDOW_RECORDS_MAX,
    record::{Audience, RawRecord, Record},
};
use dutynet_tests::{
    hostile::{Claims, Hostile},
    net::{Network, draft, office, until},
};

const BACKLOG: usize = 20_000;

async fn backlog(net: &Network) {
    let relay = net.relay("c").clone();
    let mut making = tokio::task::JoinSet::new();
    for n in 0..BACKLOG {
        // Drafts are made in order and the writer takes them in order; only the waiting is shared.
        let note = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], n.to_string().as_bytes());
        let relay = relay.clone();
        making.spawn(async move { relay.submit(note).await.expect("a record is made") });
        if making.len() >= 512 {
            while making.join_next().await.is_some() {}
        }
    }
    while making.join_next().await.is_some() {}
}

async fn flash(net: &Network) -> RecordRef {
    let flash = draft(Lane::Flash, vec![Audience::UpTo(office("p"))], b"flash");
    net.submit("c", flash).await.unwrap().reference
}

/// Routine records that the parent had before that one, and all that it had.
fn before(net: &Network, flash: &RecordRef) -> (usize, usize) {
    let told = net.told("p");
    let routine = |of: &[dutynet_relay::writer::Stored]| of.iter().filter(|s| s.record.header().lane() == Lane::Routine).count();
    let at = told.iter().position(|stored| stored.record.reference() == *flash).expect("it has arrived");
    (routine(&told[..at]), routine(&told))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g3_a_flash_record_overtakes_a_backlog_of_20_000_and_order_holds_within_the_lane() {
    let window = usize::try_from(WINDOW_RECORDS_MAX).unwrap();
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.cut("c");
    backlog(&net).await;
    let first = flash(&net).await;
    net.heal("c");
    net.arrives(&first, "p").await;
    let held = || usize::try_from(net.link("c", "p").lanes[Lane::Routine].custody.0).unwrap();
    until("the backlog drains", || held() >= 2_000).await;
    let second = flash(&net).await;
    let acknowledged = held();
    net.arrives(&second, "p").await;
    until("all of it has arrived", || net.link("c", "p").lanes[Lane::Routine].arrived.0 == BACKLOG as u64).await;
    let (before_first, all) = before(&net, &first);
    let (before_second, _) = before(&net, &second);
    assert_eq!(all, BACKLOG);
    assert!(before_first <= window, "{before_first} went before the first flash record");
    assert!(acknowledged < BACKLOG, "the second one was made in the middle of the drain");
    assert!(before_second <= acknowledged + 2 * window, "{before_second} went before the second, {acknowledged} were there");
    let routine: Vec<_> = net.told("p").into_iter().filter(|s| s.record.header().lane() == Lane::Routine).collect();
    let places: Vec<u64> = routine.iter().map(|stored| stored.record.header().stream_seq).collect();
    assert!(places.iter().copied().eq(1..=BACKLOG as u64), "in the order in which they were made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g7_what_a_middle_tier_does_not_know_passes_it_byte_for_byte() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "x").await;
    net.enrol_only("x", "t").await;
    let claims = Claims { office: office("t"), zone: net.zone() };
    let mut newer = Hostile::knock(&net.folder("t"), &net.line("t").address(), claims).await.unwrap();
    let header = newer.header(&office("p"));
    let kind = dutynet_relay::record::Header { kind: "future.kind/9".into(), ..header };
    let record = Record::make(kind, [9; 16], Bytes::from_static(b"\xff\x00 not protobuf")).unwrap();
    // Field 999, which no version has yet.
    let header = [record.raw().header.as_ref(), &[0xba, 0x3e, 0x05], b"later"].concat();
    let raw = RawRecord { header: header.into(), ..record.raw().clone() };
    let record = Record::parse(raw.clone()).unwrap();
    newer.send(1, vec![newer.seal(&record)]);
    let custody = newer.custody(1).await;
    assert!(custody.iter().all(|custody| custody.refusals.is_empty()), "{custody:?}");
    net.arrives(&record.reference(), "p").await;
    for at in ["x", "c", "p"] {
        let held = net.relay(at).store().record(&record.reference()).unwrap().unwrap();
        assert_eq!(*held.record.raw(), raw, "{at}");
    }
}
