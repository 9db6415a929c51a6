//! A county's office in the middle of a small tree, for tests of its store alone: who is around it, and what they could send.
//!
//! ```text
//!   p  province, the root
//!   ├─ c  the county whose store is tested
//!   │  ├─ t1, t2  townships with nodes
//!   │  └─ d       a department without a node
//!   └─ x  another county; its entry comes late, or never
//! ```
//!
//! All records carry real seals by real keys. What the store must make of them is said beside each ([`Fate`]).

pub mod history;
pub mod picture;

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use dutynet_relay::{
    disk::Disk,
    ids::{Digest, Epoch, Lane, OfficeId, RecordId, UnixMillis, Zone},
    index::{CUSTODY, Index, Order, map::MapIndex},
    journal::Options,
    link::frame::{Carried, Hop, RefusalCode},
    record::{Audience, Header, Mode, OFFICE_KIND, OfficeKey, Record, SUITE, Seal, StreamId, entry_to_body},
    registry::{Entry, OfficeClass},
    writer::{
        Identity, Moment, Opening, Space, Store, StoreError, Writer,
        intent::{GoodRecord, Intent, Judged},
        rebuild,
    },
};
use rand::{RngCore as _, SeedableRng as _, rngs::SmallRng};

/// When everything happens.
pub const AT: Moment = Moment { wall: UnixMillis(1_700_000_000_000), offset_ms: 12, space: Space::Enough };

/// Names an office.
pub fn id(text: &str) -> OfficeId {
    OfficeId::parse(text).expect("a good id")
}

/// What the store must make of an item, the first time that it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Kept, and sent on to these.
    Kept(Vec<OfficeId>),
    /// Kept; registers the other county.
    Registers,
    /// Kept and sent to `t1`, which must be told who the other county is before that.
    FromStranger,
    /// Refused.
    Refused(RefusalCode),
    /// Says the same as the record with this id that was held before, or is the first to come: kept and sent on to these.
    SaysTheSame(Vec<OfficeId>),
    /// Says something else than the record with its id, if that is held; otherwise kept and sent on to these.
    SaysOther(Vec<OfficeId>),
    /// Nothing stands there.
    Tombstone,
}

/// Something that a neighbour can send, in a lane.
#[derive(Debug, Clone)]
pub struct Sendable {
    /// Who.
    pub from: OfficeId,
    /// In which lane.
    pub lane: Lane,
    /// What, as it comes out of the verifier.
    pub item: Judged,
    /// What must come of it.
    pub fate: Fate,
}

/// Everything around the county.
pub struct County {
    /// Things that neighbours can send.
    pub pool: Vec<Sendable>,
    root_pin: Digest,
    chain: Vec<GoodRecord>,
}

impl County {
    /// With bodies of up to so many bytes.
    pub fn new(body_bytes_max: usize) -> Self {
        let mut province = Author::new("p");
        let root = province.registers(entry("p", None, Some("p")), vec![Audience::Subtree(id("p"))]);
        let county = province.registers(entry("c", Some("p"), Some("c")), vec![Audience::Subtree(id("c"))]);
        let stranger = province.registers(entry("x", Some("p"), Some("x")), vec![Audience::Subtree(id("x"))]);
        let mut pool = Pool { items: Vec::new(), body_bytes_max, made: 0 };
        pool.add("p", stranger, Fate::Registers);
        pool.fill(province);
        Self { pool: pool.items, root_pin: key("p").public().pin(), chain: vec![root, county] }
    }

    /// Whose store it is.
    pub fn identity(&self) -> Identity {
        let zone = Zone::parse("z").expect("a good zone");
        Identity { key: key("c"), office: id("c"), zone, root_pin: self.root_pin }
    }

    /// Opens its store, whose randomness follows from the seed.
    pub fn open(
        &self,
        (disk, options): (Arc<dyn Disk>, Options),
        index: Arc<dyn Index>,
        seed: u64,
    ) -> Result<(Writer, Opening), StoreError> {
        let mut random = SmallRng::seed_from_u64(seed);
        Writer::open((disk, options), index, self.identity(), AT, Box::new(move |bytes| random.fill_bytes(bytes)))
    }

    /// Whether the store's index equals one that is made anew from its journal.
    pub fn equals_a_rebuild(&self, store: &Store) -> Result<(), String> {
        let (identity, anew) = (self.identity(), MapIndex::default());
        rebuild(&anew, store.journal(), &identity.office, identity.root_pin)
            .map_err(|fault| format!("cannot rebuild: {fault}"))?;
        let all =
            |index: &dyn Index| index.range(CUSTODY, &[], &[], Order::Forward, usize::MAX).map_err(|fault| fault.to_string());
        let (living, rebuilt) = (all(store.index().as_ref())?, all(&anew)?);
        if living == rebuilt {
            return Ok(());
        }
        let other = living.iter().find(|entry| !rebuilt.contains(entry)).or(rebuilt.iter().find(|entry| !living.contains(entry)));
        let key = other.map(|(key, _)| String::from_utf8_lossy(key));
        Err(format!("a rebuild differs: {key:?} of {} and {}", living.len(), rebuilt.len()))
    }

    /// What enrolment and the founding of its own tree have written.
    pub fn beginning(&self) -> Vec<Intent> {
        let records = self.chain.iter().map(|good| Judged::Good(Box::new(good.clone()))).collect();
        let child = |office: &str, key: Option<&str>| Intent::Register(Box::new(entry(office, Some("c"), key)), None);
        vec![Intent::TakeBack { neighbour: id("p"), records }, child("t1", Some("t1")), child("t2", Some("t2")), child("d", None)]
    }
}

/// An office's key, the same in every run.
pub fn key(office: &str) -> OfficeKey {
    OfficeKey::from_secret(&Digest::of("dutynet.test.key", &[office.as_bytes()]).0)
}

fn entry(office: &str, parent: Option<&str>, with_key: Option<&str>) -> Entry {
    Entry {
        office: id(office),
        name: office.to_owned(),
        area_code: String::new(),
        class: OfficeClass::Other,
        zone: Zone::parse("z").expect("a good zone"),
        parent: parent.map(id),
        key: with_key.map(|of| key(of).public()),
        replaces: None,
        valid_from: UnixMillis(1),
        successor_hash: None,
    }
}

/// What is being collected.
struct Pool {
    items: Vec<Sendable>,
    body_bytes_max: usize,
    made: u32,
}

impl Pool {
    fn fill(&mut self, mut province: Author) {
        let (mut t1, mut t2, mut stranger) = (Author::new("t1"), Author::new("t2"), Author::new("x"));
        let up = vec![Audience::UpTo(id("p"))];
        let to = |names: &[&str]| names.iter().map(|name| id(name)).collect::<Vec<_>>();
        for round in 0..6 {
            let lane = [Lane::Routine, Lane::Flash, Lane::Urgent][round % 3];
            self.kept("p", &mut province, lane, vec![Audience::Subtree(id("c"))], &["t1", "t2"]);
            self.kept("p", &mut province, lane, vec![Audience::Offices(to(&["c", "d"]))], &[]);
            self.kept("p", &mut province, lane, vec![Audience::Offices(to(&["t2"]))], &["t2"]);
            self.kept("t1", &mut t1, lane, up.clone(), &["p"]);
            self.kept("t1", &mut t1, lane, vec![Audience::Offices(to(&["t2", "x"]))], &["p", "t2"]);
            self.kept("t2", &mut t2, lane, vec![Audience::UpTo(id("c"))], &[]);
            self.kept("t2", &mut t2, lane, up.clone(), &["p"]);
            for good in self.make(&mut stranger, lane, vec![Audience::Offices(to(&["t1"]))], 1) {
                self.add("p", good, Fate::FromStranger);
            }
        }
        self.not_good(&mut province, &mut t1, &up);
    }

    /// A group of three, of which one is said again by a store that has lost it, and one contradicted.
    #[expect(clippy::too_many_arguments, reason = "one sentence: from whom, by whom, how, for whom, and where it goes")]
    fn kept(&mut self, from: &str, author: &mut Author, lane: Lane, audience: Vec<Audience>, to: &[&str]) {
        let to: Vec<_> = to.iter().map(|name| id(name)).collect();
        let made = self.make(author, lane, audience.clone(), 3);
        let (again, other) = (made[0].record.clone(), made[1].record.clone());
        for good in made {
            self.add(from, good, Fate::SaysTheSame(to.clone()));
        }
        let again = author.seal(lane, vec![draft(&again, again.raw().body.clone())]);
        let other = author.seal(lane, vec![draft(&other, Bytes::from_static(b"other words"))]);
        again.into_iter().for_each(|good| self.add(from, good, Fate::SaysTheSame(to.clone())));
        other.into_iter().for_each(|good| self.add(from, good, Fate::SaysOther(to.clone())));
    }

    fn not_good(&mut self, province: &mut Author, t1: &mut Author, up: &[Audience]) {
        for good in self.make(t1, Lane::Routine, up.to_vec(), 1) {
            self.add("t2", good, Fate::Refused(RefusalCode::NotYoursToSend));
        }
        for good in self.make(province, Lane::Routine, vec![Audience::Subtree(id("c"))], 2) {
            let (reference, digest) = (good.record.reference(), good.record.digest());
            let bad =
                Judged::Bad { reference: Some(reference.clone()), digest, code: RefusalCode::BadSeal, detail: "bad".into() };
            for item in [bad, Judged::Tombstone { reference, digest }] {
                let fate = match &item {
                    Judged::Bad { code, .. } => Fate::Refused(*code),
                    Judged::Good(_) | Judged::Tombstone { .. } => Fate::Tombstone,
                };
                self.items.push(Sendable { from: id("p"), lane: Lane::Routine, item, fate });
            }
        }
    }

    fn make(&mut self, author: &mut Author, lane: Lane, audience: Vec<Audience>, count: u32) -> Vec<GoodRecord> {
        let drafts = (0..count).map(|_| {
            self.made += 1;
            let len = self.made as usize * 389 % (self.body_bytes_max + 1);
            let body = Bytes::from(vec![self.made as u8; len]);
            let mut random = [0; 10];
            random[6..].copy_from_slice(&self.made.to_be_bytes());
            let (id, audience) = (RecordId::from_parts(UnixMillis(7), random), audience.clone());
            Draft { id, kind: "test/1".into(), subject: "s".into(), audience, body }
        });
        let drafts = drafts.collect();
        author.seal(lane, drafts)
    }

    fn add(&mut self, from: &str, good: GoodRecord, fate: Fate) {
        let lane = good.record.header().lane();
        self.items.push(Sendable { from: id(from), lane, item: Judged::Good(Box::new(good)), fate });
    }
}

struct Draft {
    id: RecordId,
    kind: String,
    subject: String,
    audience: Vec<Audience>,
    body: Bytes,
}

fn draft(of: &Record, body: Bytes) -> Draft {
    let header = of.header();
    let (kind, subject) = (header.kind.clone(), header.subject.clone());
    Draft { id: header.id, kind, subject, audience: header.audience.clone(), body }
}

/// Another office, as far as it makes records.
struct Author {
    office: OfficeId,
    key: OfficeKey,
    streams: HashMap<StreamId, (u64, Digest)>,
    salt: u8,
}

impl Author {
    fn new(office: &str) -> Self {
        Self { office: id(office), key: key(office), streams: HashMap::new(), salt: 0 }
    }

    fn registers(&mut self, entry: Entry, audience: Vec<Audience>) -> GoodRecord {
        let id = RecordId::from_parts(UnixMillis(1), [entry.office.as_str().as_bytes()[0]; 10]);
        let (kind, subject) = (OFFICE_KIND.to_owned(), entry.office.to_string());
        let draft = Draft { id, kind, subject, audience, body: entry_to_body(&entry) };
        self.seal(Lane::Control, vec![draft]).remove(0)
    }

    /// Puts records under one seal.
    fn seal(&mut self, lane: Lane, drafts: Vec<Draft>) -> Vec<GoodRecord> {
        let stream = StreamId { top: Some(id("p")), lane };
        let (mut seq, previous) = self.streams.get(&stream).copied().unwrap_or((0, Digest::ZERO));
        self.salt = self.salt.wrapping_add(1);
        let mut records = Vec::new();
        for draft in drafts {
            seq += 1;
            let header = self.header(&draft, stream.clone(), seq);
            records.push(Record::make(header, [self.salt; 16], draft.body).expect("a good record"));
        }
        let seal = Seal::make(&self.key, &records, previous).expect("1 to 64 records");
        self.streams.insert(stream, (seq, seal.hash()));
        let seal = Arc::new(seal.raw().clone());
        let trail = vec![Hop { office: self.office.clone(), received_at: UnixMillis(5), offset_ms: -3 }];
        let carried = records.into_iter().zip(0..).map(|(record, place)| GoodRecord {
            carried: Carried { record: record.raw().clone(), seal: seal.clone(), place, trail: trail.clone() },
            record,
        });
        carried.collect()
    }

    fn header(&self, draft: &Draft, stream: StreamId, stream_seq: u64) -> Header {
        Header {
            id: draft.id,
            origin: self.office.clone(),
            epoch: Epoch([9; 16]),
            stream,
            stream_seq,
            kind: draft.kind.clone(),
            subject: draft.subject.clone(),
            audience: draft.audience.clone(),
            mode: Mode::Test,
            happened_at: None,
            learnt_at: None,
            recorded_at: UnixMillis(5),
            person: None,
            suite: SUITE.to_owned(),
            corrects: None,
            on_behalf_of: None,
            attachments: Vec::new(),
        }
    }
}
