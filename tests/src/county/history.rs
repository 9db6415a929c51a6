//! Random things that happen to a county's store, one commit at a time, as far as its picture says that they can happen.

use bytes::Bytes;
use dutynet_relay::{
    ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane, RecordId, UnixMillis},
    link::{
        frame::{Arrived, Custody, Position, Refusal, RefusalCode},
        spans::{Span, Spans},
    },
    record::{Audience, Mode, Person},
    writer::intent::{Draft, ForkReason, Incoming, Intent, ParkedAt},
};
use rand::{Rng as _, rngs::SmallRng, seq::IndexedRandom as _};

use super::{AT, County, Sendable, id, picture::Picture};

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Act {
    /// An officer makes a record that goes to these.
    Submit(Box<Draft>, Vec<OfficeId>),
    /// A neighbour sends a batch.
    Accept {
        /// Who.
        from: OfficeId,
        /// In which of its epochs.
        epoch: Epoch,
        /// In which lane.
        lane: Lane,
        /// From which position on.
        first: LinkSeq,
        /// What.
        items: Vec<Sendable>,
    },
    /// A neighbour gives custody, and refuses some positions.
    Custody(OfficeId, Lane, LinkSeq, Vec<LinkSeq>),
    /// A neighbour says how far records have come, what was refused on the way, and what is late.
    Arrived(OfficeId, Lane, LinkSeq, Vec<LinkSeq>, Spans),
    /// A person sends a parked record again.
    Retry(ParkedAt),
    /// A person gives a parked record up.
    Withdraw(ParkedAt),
    /// A neighbour holds less than it had said.
    Rewind(OfficeId, PerLane<LinkSeq>),
    /// A new epoch begins.
    Fork,
    /// A neighbour can show this of an earlier epoch.
    Rebase(OfficeId, Option<(Epoch, PerLane<LinkSeq>)>),
    /// A program above keeps something.
    Local(String, Bytes),
    /// A line went down.
    Line(OfficeId),
    /// A neighbour is off for too long.
    Sleep(OfficeId),
    /// It is back.
    Wake(OfficeId),
}

impl Act {
    /// As the writer is asked for it.
    pub fn intent(&self, current: Epoch) -> Intent {
        let by = || Person { id: "7".into(), name: "a person".into() };
        match self {
            Self::Submit(draft, _) => Intent::Submit(draft.clone()),
            Self::Accept { from, epoch, lane, first, items } => Intent::Accept(Incoming {
                neighbour: from.clone(),
                epoch: *epoch,
                lane: *lane,
                first: *first,
                items: items.iter().map(|sent| sent.item.clone()).collect(),
            }),
            Self::Custody(neighbour, lane, seq, refused) => {
                let refusal = |seq: &LinkSeq| Refusal { seq: *seq, code: RefusalCode::Conflict, detail: "no".into() };
                let at = Position { seq: *seq, ..Position::start(current) };
                let refusals = refused.iter().map(refusal).collect();
                Intent::Custody { neighbour: neighbour.clone(), custody: Custody { epoch: current, lane: *lane, at, refusals } }
            }
            Self::Arrived(neighbour, lane, seq, refused, late) => Intent::Arrived {
                neighbour: neighbour.clone(),
                arrived: Arrived { epoch: current, lane: *lane, seq: *seq, refused: refused.clone(), late: late.clone() },
            },
            Self::Retry(at) => Intent::RetryParked(at.clone(), by()),
            Self::Withdraw(at) => Intent::WithdrawParked(at.clone(), by()),
            Self::Rewind(neighbour, holds) => Intent::Rewind { neighbour: neighbour.clone(), holds: *holds },
            Self::Fork => Intent::Fork(ForkReason::ChainDiffers),
            Self::Rebase(neighbour, holds) => Intent::Rebase { neighbour: neighbour.clone(), holds: *holds },
            Self::Local(key, bytes) => Intent::Local { namespace: "test".into(), key: key.clone(), bytes: bytes.clone() },
            Self::Sleep(neighbour) => Intent::Sleep(neighbour.clone()),
            Self::Wake(neighbour) => Intent::Wake(neighbour.clone()),
            Self::Line(neighbour) => Intent::Line { neighbour: neighbour.clone(), up: false, at: AT.wall, reason: "cut".into() },
        }
    }
}

/// Draws what happens next.
pub struct Chooser<'a> {
    /// Who is around.
    pub county: &'a County,
    /// Longest body of an own record.
    pub body_bytes_max: usize,
}

impl Chooser<'_> {
    /// What one commit is asked for: several things, or one that stands alone.
    pub fn commit(&self, picture: &Picture, random: &mut SmallRng) -> Vec<Act> {
        if random.random_bool(0.12) {
            return self.rare(picture, random);
        }
        self.usual_commit(picture, random)
    }

    /// What one commit is asked for in the usual course of things: no new epoch, nobody who decides about parked records.
    pub fn usual_commit(&self, picture: &Picture, random: &mut SmallRng) -> Vec<Act> {
        let mut acts: Vec<Act> = Vec::new();
        for _ in 0..random.random_range(1..5) {
            acts.push(self.usual(&acts, picture, random));
        }
        acts
    }

    fn usual(&self, earlier: &[Act], picture: &Picture, random: &mut SmallRng) -> Act {
        match random.random_range(0..12) {
            0..4 => self.submit(random),
            4..8 => self.accept(earlier, picture, random),
            8 | 9 => custody(picture, random),
            10 => arrived(picture, random),
            _ => {
                let key = ["a", "b", "c"][random.random_range(0..3)];
                Act::Local(key.into(), vec![random.random(); random.random_range(0..40)].into())
            }
        }
    }

    fn rare(&self, picture: &Picture, random: &mut SmallRng) -> Vec<Act> {
        vec![match random.random_range(0..13) {
            0..4 => {
                let parked = picture.parked();
                let Some(at) = parked.choose(random).cloned() else { return vec![self.submit(random)] };
                // The same place may have been parked in two epochs.
                let once = parked.iter().filter(|also| **also == at).count() == 1;
                // Two persons, now and then, at the same moment.
                let act = if random.random_bool(0.7) { Act::Retry(at.clone()) } else { Act::Withdraw(at.clone()) };
                return if once && random.random_bool(0.2) { vec![act, Act::Withdraw(at)] } else { vec![act] };
            }
            4 => Act::Rewind(neighbour(random), PerLane(Lane::ALL.map(|_| LinkSeq(random.random_range(0..6))))),
            5 => Act::Fork,
            6 | 7 => Act::Rebase(neighbour(random), picture.shown(random)),
            8 => Act::Line(neighbour(random)),
            9 | 10 => return vec![self.submit(random), Act::Sleep(neighbour(random)), self.submit(random)],
            _ => Act::Wake(neighbour(random)),
        }]
    }

    fn submit(&self, random: &mut SmallRng) -> Act {
        let audiences = [
            (vec![Audience::UpTo(id("p"))], vec!["p"]),
            (vec![Audience::Subtree(id("c"))], vec!["t1", "t2"]),
            (vec![Audience::Offices(vec![id("t1"), id("x")])], vec!["t1", "p"]),
            (vec![Audience::UpTo(id("p")), Audience::Subtree(id("t2"))], vec!["p", "t2"]),
            (vec![], vec![]),
        ];
        let (audience, to) = audiences[random.random_range(0..audiences.len())].clone();
        // Ids come again now and then: a retry, or a client that makes a mistake.
        let number: u8 = random.random_range(0..40);
        let draft = Draft {
            id: RecordId::from_parts(UnixMillis(9), [number; 10]),
            kind: "test/1".into(),
            subject: "s".into(),
            lane: [Lane::Routine, Lane::Urgent, Lane::Flash][usize::from(number) % 3],
            audience,
            mode: Mode::Real,
            happened_at: None,
            learnt_at: None,
            person: None,
            corrects: None,
            on_behalf_of: None,
            body: vec![number; usize::from(number) * self.body_bytes_max / 40 + usize::from(random.random_bool(0.05))].into(),
        };
        Act::Submit(Box::new(draft), to.into_iter().map(id).collect())
    }

    fn accept(&self, earlier: &[Act], picture: &Picture, random: &mut SmallRng) -> Act {
        let from = neighbour(random);
        let mut ahead = None;
        if earlier.iter().any(|act| matches!(act, Act::Accept { from: also, .. } if *also == from)) {
            ahead.insert(picture.clone()).commit(earlier);
        }
        let picture = ahead.as_ref().unwrap_or(picture);
        let epoch = match picture.held_epoch(&from) {
            Some(epoch) if random.random_bool(0.95) => epoch,
            Some(_) | None => Epoch([random.random_range(1..4); 16]),
        };
        let lane = Lane::ALL[random.random_range(0..4)];
        let mut first = picture.held(&from, epoch, lane).seq.next();
        if random.random_bool(0.04) {
            first = LinkSeq(random.random_range(1..5));
        }
        let fitting: Vec<_> = self.county.pool.iter().filter(|sent| sent.from == from && sent.lane == lane).collect();
        let items = (0..random.random_range(1..7)).filter_map(|_| fitting.choose(random).map(|sent| (*sent).clone()));
        let items: Vec<_> = items.collect();
        if items.is_empty() { self.submit(random) } else { Act::Accept { from, epoch, lane, first, items } }
    }
}

fn neighbour(random: &mut SmallRng) -> OfficeId {
    id(["p", "t1", "t2"][random.random_range(0..3)])
}

/// Something between 0 and the end of a lane, and a few positions up to there.
fn through(picture: &Picture, random: &mut SmallRng) -> (OfficeId, Lane, LinkSeq, Vec<LinkSeq>) {
    let (to, lane) = (neighbour(random), Lane::ALL[random.random_range(0..4)]);
    let end = picture.sent(&to, lane);
    let seq = random.random_range(0..=end);
    let some = (1..=seq).filter(|_| random.random_bool(0.15)).map(LinkSeq).collect();
    (to, lane, LinkSeq(seq), some)
}

fn custody(picture: &Picture, random: &mut SmallRng) -> Act {
    let (to, lane, seq, refused) = through(picture, random);
    Act::Custody(to, lane, seq, refused)
}

fn arrived(picture: &Picture, random: &mut SmallRng) -> Act {
    let (to, lane, seq, refused) = through(picture, random);
    let mut late = Spans::default();
    if random.random_bool(0.3) && seq.0 > 0 {
        let first = random.random_range(1..=seq.0);
        late.add(Span { first: LinkSeq(first), last: LinkSeq(random.random_range(first..=seq.0)) });
    }
    Act::Arrived(to, lane, seq, refused, late)
}
