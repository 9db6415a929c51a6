//! Stores that have lost something, or are not what they should be: what opens, what is refused, and that nothing is hidden.

use std::sync::Arc;

use bytes::Bytes;
use dutynet_relay::{
    disk::{
        Disk as _,
        memory::{MemoryDisk, Op},
    },
    ids::{Lane, LinkSeq},
    index::{CUSTODY, fingerprint, map::MapIndex},
    journal::{Frame, FrameKind, Journal, JournalError, Options, Scan},
    link::frame::Item,
    record::Record,
    writer::{
        Identity, Opening, Store, StoreError, Writer,
        intent::{Answer, ForkReason, GoodRecord, Intent, Judged},
    },
};
use dutynet_tests::county::{AT, County, history::Chooser, id, key, picture::Picture};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

/// Bits that are flipped, one by one.
const FLIPS: u64 = 60;
/// Commits before the damage.
const COMMITS: usize = 40;
const NEIGHBOURS: [&str; 3] = ["p", "t1", "t2"];
const EVERYTHING: (usize, usize) = (usize::MAX, usize::MAX);

const SMALL: Options = Options {
    prealloc_bytes_min: 4 << 10,
    prealloc_bytes_max: 64 << 10,
    segment_bytes_max: 48 << 10,
    recent_bytes_max: 0,
    scan: Scan::EverythingAfterUnclean,
};

/// A store with a past.
struct Past {
    county: County,
    disk: Arc<MemoryDisk>,
    index: Arc<MapIndex>,
    picture: Picture,
}

impl Past {
    fn new(commits: usize) -> Self {
        let (disk, index) = (Arc::new(MemoryDisk::default()), Arc::new(MapIndex::default()));
        let county = County::new(900);
        let (mut writer, _) = county.open((disk.clone(), SMALL), index.clone(), 1).unwrap();
        writer.commit(county.beginning(), AT).unwrap();
        let picture = Picture::of(&writer.store()).unwrap();
        let mut past = Self { county, disk, index, picture };
        past.go_on(&mut writer, commits);
        past
    }

    /// Many things happen, but for what begins an epoch.
    fn go_on(&mut self, writer: &mut Writer, commits: usize) {
        let mut random = SmallRng::seed_from_u64(commits as u64);
        let chooser = Chooser { county: &self.county, body_bytes_max: 900 };
        for _ in 0..commits {
            let acts = chooser.usual_commit(&self.picture, &mut random);
            let intents = acts.iter().map(|act| act.intent(self.picture.epoch())).collect();
            self.picture.commit(&acts);
            writer.commit(intents, AT).unwrap();
            self.picture.learn(&writer.store()).unwrap();
        }
    }

    fn open(&self) -> Result<(Writer, Opening), StoreError> {
        self.county.open((self.disk.clone(), SMALL), self.index.clone(), 2)
    }
}

#[test]
fn a_journal_that_lost_what_the_index_has_seen_begins_a_new_epoch_and_says_so() {
    for deleted in [false, true] {
        let mut past = Past::new(10);
        let older = if deleted { MemoryDisk::default() } else { past.disk.fork() };
        let (mut writer, opening) = past.open().unwrap();
        assert!(!opening.forked);
        let epoch = writer.store().epoch();
        past.go_on(&mut writer, 5);
        drop(writer);
        past.disk = Arc::new(older);
        // The power goes between the two, too: it must not be forgotten that something was lost.
        past.disk.fail_nth(Op::Sync, if deleted { 3 } else { 2 });
        assert!(past.open().is_err());
        past.disk.power_cut(&mut SmallRng::seed_from_u64(3));
        let (writer, opening) = past.open().unwrap();
        let store = writer.store();
        assert!(opening.forked && opening.rebuilt, "{opening:?}");
        assert_ne!(store.epoch(), epoch);
        // Once more when the power went after the new epoch was on disk: it is not known then.
        assert!((1..=2).contains(&store.counter("epochs_forked")));
        past.county.equals_a_rebuild(&store).unwrap();
        drop(writer);
        let (writer, opening) = past.open().unwrap();
        assert!(!opening.forked, "it is answered once");
        assert_eq!(writer.store().epoch(), store.epoch());
    }
}

#[test]
fn the_store_of_another_office_is_refused() {
    let past = Past::new(1);
    let identity = Identity { office: id("t1"), key: key("t1"), ..past.county.identity() };
    let before = fingerprint(past.index.as_ref(), CUSTODY).unwrap();
    let opened = Writer::open((past.disk.clone(), SMALL), past.index.clone(), identity, AT, Box::new(|_| {}));
    assert!(matches!(opened.err(), Some(StoreError::AnotherOffice(office)) if office == "c"));
    assert_eq!(fingerprint(past.index.as_ref(), CUSTODY).unwrap(), before);
}

#[test]
fn a_frame_of_a_newer_program_is_refused_and_the_index_is_left_alone() {
    let past = Past::new(3);
    let (mut journal, _) = Journal::open(past.disk.clone(), SMALL).unwrap();
    journal.append(&[Frame { kind: FrameKind::Local, version: 2, header: Bytes::new(), body: Bytes::new().into() }]).unwrap();
    journal.close().unwrap();
    let before = fingerprint(past.index.as_ref(), CUSTODY).unwrap();
    let fault = past.open().err();
    assert!(matches!(fault, Some(StoreError::Frame(_) | StoreError::Append(JournalError::NewerFormat { .. }))), "{fault:?}");
    assert_eq!(fingerprint(past.index.as_ref(), CUSTODY).unwrap(), before);
}

/// Everything that neighbours would be sent.
fn outboxes(store: &Store) -> Vec<(&'static str, Lane, Vec<Item>)> {
    let lanes = NEIGHBOURS.iter().flat_map(|name| Lane::ALL.map(|lane| (*name, lane)));
    let loaded = lanes.map(|(name, lane)| {
        let items = store.load(&id(name), lane, LinkSeq(0), EVERYTHING).unwrap();
        (name, lane, items.into_iter().map(|out| out.item).collect())
    });
    loaded.collect()
}

fn digest(item: &Item) -> dutynet_relay::ids::Digest {
    match item {
        Item::Record(carried) => carried.record.digest(),
        Item::Tombstone { digest, .. } => *digest,
    }
}

/// The same positions, some of them as tombstones. Returns the records that are lost.
fn lost_between(before: &Store, after: &Store) -> Vec<GoodRecord> {
    let mut lost = Vec::new();
    for ((name, lane, was), (_, _, is)) in outboxes(before).into_iter().zip(outboxes(after)) {
        assert_eq!(was.len(), is.len(), "{name} {lane:?}");
        for (was, is) in was.into_iter().zip(is) {
            assert_eq!(digest(&was), digest(&is), "the chain goes on");
            match (was, is) {
                (Item::Record(was), Item::Record(is)) => assert_eq!(was.record, is.record),
                (Item::Record(carried), Item::Tombstone { .. }) => {
                    lost.push(GoodRecord { record: Record::parse(carried.record.clone()).unwrap(), carried });
                }
                (Item::Tombstone { .. }, Item::Tombstone { .. }) => {}
                (Item::Tombstone { .. }, Item::Record(_)) => panic!("a tombstone came alive"),
            }
        }
    }
    lost
}

#[test]
fn damage_in_an_old_group_stops_nothing_and_the_record_comes_back() {
    let past = Past::new(COMMITS);
    let (writer, _) = past.open().unwrap();
    let (whole, last) = (writer.store(), writer.store().journal().end());
    writer.close().unwrap();
    let (mut tombstones, mut restored) = (0, 0);
    for flip in 0..FLIPS {
        let mut random = SmallRng::seed_from_u64(flip);
        let damaged = past.disk.fork();
        let segment = random.random_range(1..=last.segment);
        let name = format!("{segment:08}.seg");
        let used = if segment == last.segment { last.offset / 2 } else { damaged.len(&name).unwrap() };
        damaged.flip_bit(&name, random.random_range(0..8 * used)).unwrap();
        let index = Arc::new(past.index.crashed(usize::MAX));
        let (mut writer, opening) = past.county.open((Arc::new(damaged), SMALL), index, 4).unwrap();
        assert!(!opening.forked && !opening.rebuilt, "{opening:?}");
        let lost = lost_between(&whole, &writer.store());
        tombstones += lost.len();
        // Work goes on, in a new epoch too, where the tombstones stand in the same order.
        let more: Vec<_> = lost.iter().map(|good| Judged::Good(Box::new(good.clone()))).collect();
        let committed = writer.commit(vec![Intent::Fork(ForkReason::ChainDiffers)], AT).unwrap();
        assert!(matches!(committed.answers[..], [Answer::Forked(_)]));
        outboxes(&writer.store());
        writer.store().parked().unwrap();
        // A neighbour gives them again.
        writer.commit(vec![Intent::TakeBack { neighbour: id("p"), records: more.clone() }], AT).unwrap();
        writer.commit(vec![Intent::TakeBack { neighbour: id("t1"), records: more }], AT).unwrap();
        let store = writer.store();
        for good in &lost {
            if let Ok(Some(stored)) = store.record(&good.record.reference()) {
                assert_eq!(stored.record, good.record);
                restored += 1;
            }
        }
        drop(writer);
    }
    assert!(tombstones > 5 && restored > 5, "{tombstones} lost, {restored} restored: the flips hit nothing");
}

#[test]
fn an_index_is_not_made_anew_from_a_damaged_journal_and_the_error_says_where() {
    let past = Past::new(COMMITS);
    let (writer, _) = past.open().unwrap();
    let place = writer.store().by_origin(&id("c"), None, 99).unwrap()[3].1;
    writer.close().unwrap();
    past.disk.flip_bit(&format!("{:08}.seg", place.segment), (place.group + 40) * 8).unwrap();
    let anew = past.county.open((past.disk.clone(), SMALL), Arc::new(MapIndex::default()), 5);
    let Some(StoreError::Damaged(damage)) = anew.err() else { panic!("it must be refused") };
    assert_eq!((damage.segment, damage.offset), (place.segment, place.group));
    // An index that is behind the damage cannot be brought up, and is kept as it is.
    let behind = Arc::new(past.index.crashed(0));
    let before = fingerprint(behind.as_ref(), CUSTODY).unwrap();
    if past.county.open((past.disk.clone(), SMALL), behind.clone(), 6).is_err() {
        assert_eq!(fingerprint(behind.as_ref(), CUSTODY).unwrap(), before);
    }
    let (writer, opening) = past.open().unwrap();
    assert!(!opening.rebuilt);
    writer.close().unwrap();
}
