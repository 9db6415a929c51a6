//! The sign-for list of a notice (签收单): every addressed office once, and about each of them facts that are never mixed.
//!
//! 送达 is that the office's node has it, 签收 that a person signed for it; why the one is missing, and whether the other was in time, stand
//! beside them. Who is on the list was settled when the notice was sent: see [`super::then`].

use std::collections::{BTreeMap, BTreeSet};

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Person,
    registry::{Entry, Registry},
};

use super::{
    board::{Line, LineFact},
    notice::ToldBy,
    then::Then,
};

/// An addressed office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Its id.
    pub office: OfficeId,
    /// Its name at the time when the notice was sent.
    pub name: String,
    /// Below the office whose list it is.
    pub depth: u32,
    /// Whether it has a node of its own now.
    pub has_node: bool,
    /// The offices on the way to it, from just below the office whose list it is down to itself.
    pub way: Vec<OfficeId>,
}

/// That an office's node has the notice (送达).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// By that office's clock.
    pub at: UnixMillis,
    /// When it had it, by ours, by which it is judged.
    pub here: UnixMillis,
    /// When this office knew.
    pub known_at: UnixMillis,
}

/// That a person signed (签收).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Its record; the origin is the office that recorded it.
    pub reference: RecordRef,
    /// 代录: the office above that entered it; `None`: 本单位.
    pub entered_by: Option<OfficeId>,
    /// Who signed, or who entered it.
    pub by: Person,
    /// By the clock of the office that recorded it.
    pub at: UnixMillis,
    /// The same moment by ours, by which it is judged.
    pub here: UnixMillis,
    /// When this office knew.
    pub known_at: UnixMillis,
    /// Who said so by telephone, when another office entered it; `None` also where that cannot be read any more.
    pub told_by: Option<ToldBy>,
    /// What was said with it.
    pub remark: String,
}

/// Why a notice has not been delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undelivered {
    /// 在途: every line on its way is up.
    Underway,
    /// 线路断: it waits above this office, whose line to its parent is down.
    LineDown(OfficeId, Option<UnixMillis>),
    /// 线路不明, from this office on.
    LineUnknown(OfficeId, Option<UnixMillis>),
    /// 拒收, by this neighbour or below it.
    Refused(OfficeId),
    /// 无终端
    NoNode,
}

/// Whether a notice was signed for in time, by the moment of the first signature, moved to our clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignTiming {
    /// No time was set.
    NoLimit,
    /// 按时
    InTime,
    /// 迟
    Late,
    /// 未到时
    NotDue,
    /// 逾期
    Overdue,
    /// 线路不通: it came only when the time was over, or waits behind a line that is down; that is nobody's fault.
    CutOff,
}

/// One office on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignForRow {
    /// Who.
    pub seat: Seat,
    /// Whether its node has it, or why not.
    pub delivery: Result<Delivery, Undelivered>,
    /// Everybody who signed, first one first.
    pub signatures: Vec<Signature>,
    /// Whether it was signed for in time.
    pub timing: SignTiming,
}

/// How many offices there are, counted once by delivery and once by signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// On the list.
    pub addressed: usize,
    /// Delivered.
    pub delivered: usize,
    /// Signed for.
    pub signed: usize,
    /// Of those, by an office above and by nobody of their own.
    pub on_behalf: usize,
    /// Not delivered, because there is no node.
    pub without_node: usize,
    /// Not signed for, and the time to sign is over.
    pub overdue: usize,
}

/// Signatures by office, in any order.
pub type Signatures = BTreeMap<OfficeId, Vec<Signature>>;

/// What a list is made of.
#[derive(Debug, Clone, Default)]
pub struct SignForFacts {
    /// By office.
    pub deliveries: BTreeMap<OfficeId, Delivery>,
    /// By office.
    pub signatures: Signatures,
    /// How the lines are.
    pub lines: BTreeMap<OfficeId, LineFact>,
    /// Neighbours at which the notice is parked.
    pub parked: BTreeSet<OfficeId>,
    /// When everybody is to have signed.
    pub sign_by: Option<UnixMillis>,
}

impl Seat {
    /// An office of the tree, so many tiers below the office whose list it is, under the name of that time.
    pub fn of((depth, entry): (usize, &Entry), tree: &Registry, then: &Then) -> Self {
        Self::named((depth, entry), tree, then.name(&entry.office).unwrap_or(&entry.name))
    }

    /// The same, under a name.
    pub fn named((depth, entry): (usize, &Entry), tree: &Registry, name: &str) -> Self {
        let mut way: Vec<_> = tree.path_up(&entry.office).take_while(|at| *at != tree.own()).cloned().collect();
        way.reverse();
        Self {
            office: entry.office.clone(),
            name: name.to_owned(),
            depth: u32::try_from(depth).unwrap_or(u32::MAX),
            has_node: entry.key.is_some(),
            way,
        }
    }
}

impl SignForFacts {
    /// One row for every seat, in their order.
    pub fn rows(mut self, seats: Vec<Seat>, now: UnixMillis) -> Vec<SignForRow> {
        seats.into_iter().map(|seat| self.row(seat, now)).collect()
    }

    fn row(&mut self, seat: Seat, now: UnixMillis) -> SignForRow {
        let mut signatures = self.signatures.remove(&seat.office).unwrap_or_default();
        signatures.sort_by(|a, b| (a.here, &a.reference).cmp(&(b.here, &b.reference)));
        let delivery = self.deliveries.get(&seat.office).copied().ok_or_else(|| self.why_not(&seat));
        let timing = timing(self.sign_by, signatures.first().map(|first| first.here), now).beyond(self.sign_by, &delivery);
        SignForRow { seat, delivery, signatures, timing }
    }

    /// The first thing in its way, from here down.
    pub fn why_not(&self, seat: &Seat) -> Undelivered {
        if !seat.has_node {
            return Undelivered::NoNode;
        }
        if let Some(neighbour) = seat.way.first().filter(|neighbour| self.parked.contains(*neighbour)) {
            return Undelivered::Refused(neighbour.clone());
        }
        first_in_the_way(&seat.way, &self.lines).unwrap_or(Undelivered::Underway)
    }
}

/// The first line that is not up, on a way down through these offices.
pub fn first_in_the_way<'a>(
    way: impl IntoIterator<Item = &'a OfficeId>,
    lines: &BTreeMap<OfficeId, LineFact>,
) -> Option<Undelivered> {
    let on_the_way = way.into_iter().map(|office| (office, lines.get(office)));
    let mut in_the_way = on_the_way.filter_map(|(office, fact)| match fact.map(|fact| (fact.line, fact.since)) {
        Some((Line::Up, _)) => None,
        Some((Line::Down, since)) => Some(Undelivered::LineDown(office.clone(), since)),
        Some((Line::Unknown | Line::None, since)) => Some(Undelivered::LineUnknown(office.clone(), since)),
        None => Some(Undelivered::LineUnknown(office.clone(), None)),
    });
    in_the_way.next()
}

impl SignTiming {
    /// The same where the line may be why.
    #[must_use]
    pub fn beyond(self, sign_by: Option<UnixMillis>, delivery: &Result<Delivery, Undelivered>) -> Self {
        let too_late = match delivery {
            Ok(delivery) => sign_by.is_some_and(|limit| delivery.here > limit),
            Err(Undelivered::LineDown(..) | Undelivered::LineUnknown(..)) => true,
            Err(Undelivered::Underway | Undelivered::Refused(_) | Undelivered::NoNode) => false,
        };
        match self {
            Self::Late | Self::Overdue if too_late => Self::CutOff,
            Self::NoLimit | Self::InTime | Self::Late | Self::NotDue | Self::Overdue | Self::CutOff => self,
        }
    }
}

/// Whether a notice was signed for in time; `first` is when somebody first did.
pub fn timing(sign_by: Option<UnixMillis>, first: Option<UnixMillis>, now: UnixMillis) -> SignTiming {
    match (sign_by, first) {
        (None, _) => SignTiming::NoLimit,
        (Some(limit), Some(first)) if first <= limit => SignTiming::InTime,
        (Some(_), Some(_)) => SignTiming::Late,
        (Some(limit), None) if now <= limit => SignTiming::NotDue,
        (Some(_), None) => SignTiming::Overdue,
    }
}

impl Counts {
    /// Of these rows.
    pub fn of(rows: &[SignForRow]) -> Self {
        let count = |test: &dyn Fn(&SignForRow) -> bool| rows.iter().filter(|row| test(row)).count();
        let own = |row: &SignForRow| row.signatures.iter().any(|signature| signature.entered_by.is_none());
        Self {
            addressed: rows.len(),
            delivered: count(&|row| row.delivery.is_ok()),
            signed: count(&|row| !row.signatures.is_empty()),
            on_behalf: count(&|row| !row.signatures.is_empty() && !own(row)),
            without_node: count(&|row| row.delivery == Err(Undelivered::NoNode)),
            overdue: count(&|row| row.timing == SignTiming::Overdue),
        }
    }
}

#[cfg(test)]
mod tests {
    use dutynet_relay::ids::RecordId;

    use super::*;

    fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    /// c → t
    fn township() -> Seat {
        Seat { office: id("t"), name: "t".into(), depth: 2, has_node: true, way: vec![id("c"), id("t")] }
    }

    fn signature(n: u8, at: i64, entered_by: Option<OfficeId>) -> Signature {
        let reference = RecordRef { origin: id("t"), id: RecordId([n; 16]) };
        let by = Person { id: format!("z{n}"), name: String::new() };
        let told_by = entered_by.is_some().then(|| ToldBy { name: "李四".into(), phone: "1".into() });
        Signature {
            reference,
            entered_by,
            by,
            at: UnixMillis(at),
            here: UnixMillis(at),
            known_at: UnixMillis(at),
            told_by,
            remark: String::new(),
        }
    }

    fn line(line: Line, since: i64) -> LineFact {
        LineFact { line, since: Some(UnixMillis(since)) }
    }

    fn one(facts: SignForFacts, seat: Seat, now: i64) -> SignForRow {
        facts.rows(vec![seat], UnixMillis(now)).remove(0)
    }

    #[test]
    fn what_is_in_the_way_is_the_first_thing_from_here_down() {
        let why = |c: LineFact, t: LineFact| {
            let lines = BTreeMap::from([(id("c"), c), (id("t"), t)]);
            one(SignForFacts { lines, ..SignForFacts::default() }, township(), 9).delivery.unwrap_err()
        };
        let (up, down, unknown) = (line(Line::Up, 1), line(Line::Down, 2), line(Line::Unknown, 3));
        assert_eq!(why(up, up), Undelivered::Underway);
        assert_eq!(why(up, down), Undelivered::LineDown(id("t"), Some(UnixMillis(2))));
        assert_eq!(why(down, unknown), Undelivered::LineDown(id("c"), Some(UnixMillis(2))));
        assert_eq!(why(up, unknown), Undelivered::LineUnknown(id("t"), Some(UnixMillis(3))));
        let nothing_heard = one(SignForFacts::default(), township(), 9).delivery.unwrap_err();
        assert_eq!(nothing_heard, Undelivered::LineUnknown(id("c"), None));
        let parked = SignForFacts { parked: BTreeSet::from([id("c")]), ..SignForFacts::default() };
        assert_eq!(one(parked, township(), 9).delivery.unwrap_err(), Undelivered::Refused(id("c")));
        let no_node = Seat { has_node: false, ..township() };
        assert_eq!(one(SignForFacts::default(), no_node, 9).delivery.unwrap_err(), Undelivered::NoNode);
    }

    #[test]
    fn delivered_and_signed_stand_apart() {
        let delivery = Delivery { at: UnixMillis(5), here: UnixMillis(5), known_at: UnixMillis(6) };
        let county = Some(id("c"));
        let facts = SignForFacts {
            deliveries: BTreeMap::from([(id("t"), delivery)]),
            signatures: Signatures::from([(id("s"), vec![signature(2, 8, county.clone()), signature(1, 7, county)])]),
            sign_by: Some(UnixMillis(7)),
            ..SignForFacts::default()
        };
        let phone = Seat { office: id("s"), has_node: false, ..township() };
        let rows = facts.rows(vec![township(), phone], UnixMillis(10));
        assert_eq!((rows[0].delivery.clone(), rows[0].signatures.len(), rows[0].timing), (Ok(delivery), 0, SignTiming::Overdue));
        assert_eq!(rows[1].signatures.iter().map(|s| s.at.0).collect::<Vec<_>>(), [7, 8], "first one first");
        assert_eq!((rows[1].delivery.clone(), rows[1].timing), (Err(Undelivered::NoNode), SignTiming::InTime));
        let counts = Counts { addressed: 2, delivered: 1, signed: 1, on_behalf: 1, without_node: 1, overdue: 1 };
        assert_eq!(Counts::of(&rows), counts);
    }

    #[test]
    fn what_the_line_kept_is_nobodys_fault() {
        let limit = Some(UnixMillis(7));
        // A clock that is an hour fast says nothing of the line.
        let came = |at: i64| Ok(Delivery { at: UnixMillis(at + 3_600_000), here: UnixMillis(at), known_at: UnixMillis(at) });
        let down = || Err(Undelivered::LineDown(id("c"), None));
        for late in [SignTiming::Late, SignTiming::Overdue] {
            assert_eq!((late.beyond(limit, &came(7)), late.beyond(limit, &came(8))), (late, SignTiming::CutOff));
            assert_eq!((late.beyond(limit, &down()), late.beyond(limit, &Err(Undelivered::NoNode))), (SignTiming::CutOff, late));
        }
        assert_eq!(SignTiming::InTime.beyond(limit, &came(9)), SignTiming::InTime, "who signed by telephone in time has signed");
        let facts = SignForFacts { sign_by: limit, ..SignForFacts::default() };
        assert_eq!(one(facts, township(), 10).timing, SignTiming::CutOff, "of a line of which nothing is known");
    }

    #[test]
    fn the_first_signature_decides_whether_it_was_in_time() {
        let at = |first: Option<i64>, now| timing(Some(UnixMillis(7)), first.map(UnixMillis), UnixMillis(now));
        assert_eq!(at(Some(7), 100), SignTiming::InTime);
        assert_eq!(at(Some(8), 100), SignTiming::Late);
        assert_eq!((at(None, 7), at(None, 8)), (SignTiming::NotDue, SignTiming::Overdue));
        assert_eq!(timing(None, None, UnixMillis(8)), SignTiming::NoLimit);
    }
}
