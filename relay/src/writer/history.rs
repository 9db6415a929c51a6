//! The reading side of the history of lines: what is known of one line, and what there is to tell upwards.

use prost::Message as _;

use super::{
    StoreError,
    frames::{self, FactFrame, FactKind, FrameFault},
    heads::{Heads, Hearing},
    keys::{self, Key, Reader},
    store::Store,
};
use crate::{
    ids::{Epoch, OfficeId, UnixMillis},
    index::{CUSTODY, Order, after_prefix},
    lines::{HOUR_MS, LineFact, LineSeen, LinesTold, Seen, TOLD_FACTS_MAX, Track},
};

/// One is enough, unless an office was restored from a copy and its times of being blind overlap.
const BLIND_BEFORE: usize = 16;
/// Nobody has any earlier moment.
const ALWAYS: UnixMillis = UnixMillis(i64::MIN);
const TORN: StoreError = StoreError::Index("history of a line");

type Changes = Vec<(UnixMillis, LineSeen)>;

impl Store {
    /// Everything that an answer about that time needs. Seen from here this office's own line is the one to its parent.
    pub fn line_track(&self, office: &OfficeId, from: UnixMillis, to: UnixMillis) -> Result<Track, StoreError> {
        let tree = self.registry();
        let seer = if office == tree.own() { Some(office) } else { tree.parent(office) }.cloned();
        let heard_until = seer.as_ref().and_then(|seer| self.with_heads(|heads| heard_until(heads, seer)));
        let before = self.last_changes(office, from)?;
        let changes = before.into_iter().chain(self.line_changes(office, from, to, usize::MAX)?).collect();
        let blind = seer.as_ref().map(|seer| self.blind(seer, from, to)).transpose()?.unwrap_or_default();
        Ok(Track { changes, blind, seer, heard_until })
    }

    /// How many changes of a line are kept of the hour before a moment, up to `max`.
    pub(super) fn line_changes_before(&self, office: &OfficeId, at: UnixMillis, max: usize) -> Result<usize, StoreError> {
        Ok(self.line_changes(office, UnixMillis(at.0.saturating_sub(HOUR_MS)), at, max)?.len())
    }

    /// Changes of a line that are kept as later than a moment, up to `max`.
    pub(super) fn line_changes_after(&self, office: &OfficeId, at: UnixMillis, max: usize) -> Result<Changes, StoreError> {
        let first = UnixMillis(at.0.saturating_add(1));
        self.line_changes(office, first, UnixMillis(i64::MAX), max)
    }

    /// From the first moment to just before the second.
    fn line_changes(&self, office: &OfficeId, from: UnixMillis, to: UnixMillis, max: usize) -> Result<Changes, StoreError> {
        let (first, end) = (keys::line(office, from), keys::line(office, to.max(from)));
        let found = self.index.range(CUSTODY, &first, &end, Order::Forward, max)?;
        found.iter().map(|(key, value)| change(office, key, value)).collect()
    }

    fn last_changes(&self, office: &OfficeId, before: UnixMillis) -> Result<Changes, StoreError> {
        let (first, end) = (keys::line(office, ALWAYS), keys::line(office, before));
        let found = self.index.range(CUSTODY, &first, &end, Order::Backward, 1)?;
        found.iter().map(|(key, value)| change(office, key, value)).collect()
    }

    fn blind(&self, office: &OfficeId, from: UnixMillis, to: UnixMillis) -> Result<Vec<(UnixMillis, UnixMillis)>, StoreError> {
        let [always, begin, end] = [ALWAYS, from, to.max(from)].map(|at| keys::blind(office, at));
        let before = self.index.range(CUSTODY, &always, &begin, Order::Backward, BLIND_BEFORE)?;
        let within = self.index.range(CUSTODY, &begin, &end, Order::Forward, usize::MAX)?;
        let prefix = Key::new(b'B').office(office).done().len();
        let read = before.iter().chain(&within).map(|(key, value)| {
            let from = Reader(key.get(prefix..)?).moment()?;
            let until = i64::from_be_bytes(value.as_slice().try_into().ok()?);
            Some((from, UnixMillis(until)))
        });
        read.collect::<Option<Vec<_>>>().ok_or(TORN)
    }

    /// What comes after that number, as much as one message tells. A parent that holds more than there is, or less than is still kept, is told
    /// from the beginning.
    pub(crate) fn lines_after(&self, number: u64) -> Result<LinesTold, StoreError> {
        let end = self.with_heads(|heads| heads.book.log_end);
        let after = if number > end { 0 } else { number };
        let found = self.index.range(CUSTODY, &keys::fact(after + 1), &after_prefix(b"F"), Order::Forward, TOLD_FACTS_MAX)?;
        let through = found.last().and_then(|(key, _)| Reader(key.get(1..)?).u64()).unwrap_or(after);
        let facts = found.iter().map(|(_, value)| {
            let frame = FactFrame::decode(value.as_slice()).map_err(|_| TORN)?;
            Ok(fact_of(&frame)?)
        });
        Ok(LinesTold { facts: facts.collect::<Result<_, StoreError>>()?, through, end })
    }

    /// Through which number the facts of a child are held, of that epoch of its store.
    pub(crate) fn lines_held(&self, child: &OfficeId, epoch: Epoch) -> u64 {
        let told = self.with_heads(|heads| heads.book.told.get(child).copied());
        told.filter(|(of, _)| *of == epoch).map_or(0, |(_, through)| through)
    }
}

/// The earliest moment from which on something on the way from an office to here was not told, and behind which line.
fn heard_until(heads: &Heads, from: &OfficeId) -> Option<(UnixMillis, OfficeId)> {
    let tree = &heads.registry;
    let on_the_way = tree.path_up(from).take_while(|office| *office != tree.own());
    let deaf = on_the_way.filter_map(|office| match heads.book.heard.get(office) {
        Some(Hearing::Live) => None,
        Some(Hearing::Until(at)) => Some((*at, office.clone())),
        None => Some((ALWAYS, office.clone())),
    });
    // Of equals the nearest to here: it comes last.
    deaf.reduce(|one, other| if other.0 <= one.0 { other } else { one })
}

fn change(office: &OfficeId, key: &[u8], value: &[u8]) -> Result<(UnixMillis, LineSeen), StoreError> {
    let prefix = Key::new(b'L').office(office).done().len();
    let at = key.get(prefix..).and_then(|rest| Reader(rest).moment()).ok_or(TORN)?;
    let kind = value.first().and_then(|kind| FactKind::try_from(i32::from(*kind)).ok()).ok_or(TORN)?;
    Ok((at, seen_of(kind).ok_or(TORN)?))
}

fn seen_of(kind: FactKind) -> Option<LineSeen> {
    match kind {
        FactKind::Up => Some(LineSeen::Up),
        FactKind::Down => Some(LineSeen::Down),
        FactKind::Unsteady => Some(LineSeen::Unsteady),
        FactKind::Blind | FactKind::Heard | FactKind::Unspecified => None,
    }
}

fn fact_of(frame: &FactFrame) -> Result<LineFact, FrameFault> {
    let (at, until) = (UnixMillis(frame.at), UnixMillis(frame.until));
    let seen = match (frame.kind(), seen_of(frame.kind())) {
        (_, Some(how)) => Seen::Line(how, at),
        (FactKind::Blind, None) => Seen::Blind { from: at, until },
        (FactKind::Heard, None) => Seen::Heard(at),
        (FactKind::Unspecified | FactKind::Up | FactKind::Down | FactKind::Unsteady, None) => {
            return Err(FrameFault("a fact about a line"));
        }
    };
    Ok(LineFact { office: frames::office(&frame.office)?, seen })
}
