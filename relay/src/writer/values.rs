//! Values of the writer's space that hold more than a number: what arrival waits for, and the ends of incoming lanes.

use std::collections::BTreeMap;

use super::{
    heads::{InLane, InLink, SleepPhase, Sleeper, Wait},
    keys::{self, Key},
};
use crate::{
    ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane, UnixMillis},
    journal::Cursor,
    link::{
        frame::Position,
        spans::{Span, Spans},
    },
};

/// Most lanes in one value; keeps it well under 4 KiB.
const WAIT_LANES_MAX: usize = 64;

/// What a wait is kept as: a township waits for one lane, a province for one of each child.
pub(super) fn wait_entries(neighbour: &OfficeId, lane: Lane, wait: &Wait) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let on: Vec<_> = wait.on.iter().collect();
    let parts = u16::try_from(on.len().div_ceil(WAIT_LANES_MAX)).unwrap_or(u16::MAX).max(1);
    let base = Key::new(b'w').office(neighbour).lane(lane).seq(wait.through).done();
    let entry = move |part: u16| {
        let of_part = on.iter().skip(usize::from(part) * WAIT_LANES_MAX).take(WAIT_LANES_MAX);
        let value = |((office, lane), span): &(&(OfficeId, Lane), &Span)| {
            Key::new(*lane as u8).seq(span.first).seq(span.last).office(office).done()
        };
        let value = of_part.flat_map(value).collect();
        ([base.as_slice(), &part.to_be_bytes()].concat(), value)
    };
    let entries: Vec<_> = (0..parts).map(entry).collect();
    entries.into_iter()
}

pub(super) fn read_wait(through: LinkSeq, value: &[u8]) -> Option<Wait> {
    let (mut read, mut on) = (keys::Reader(value), BTreeMap::new());
    while !read.0.is_empty() {
        let (lane, first, last) = (read.lane()?, read.seq()?, read.seq()?);
        on.insert((read.office()?, lane), Span { first, last });
    }
    Some(Wait { through, on })
}

pub(super) fn spans_bytes(spans: &Spans) -> Vec<u8> {
    spans.list().iter().flat_map(|span| [span.first.0.to_be_bytes(), span.last.0.to_be_bytes()].concat()).collect()
}

pub(super) fn read_spans(value: &[u8]) -> Option<Spans> {
    let (mut read, mut spans) = (keys::Reader(value), Vec::new());
    while !read.0.is_empty() {
        spans.push(Span { first: read.seq()?, last: read.seq()? });
    }
    Spans::from_list(spans)
}

pub(super) fn sleeper_bytes(sleeper: &Sleeper) -> Vec<u8> {
    let head = [sleeper.since.0.to_be_bytes(), sleeper.withheld.to_be_bytes()].concat();
    let (tag, rest) = match sleeper.phase {
        SleepPhase::Asleep(through) => (0, keys::cursor_bytes(through)),
        SleepPhase::CatchingUp(through) => (1, through.0.iter().flat_map(|seq| seq.0.to_be_bytes()).collect()),
    };
    [head.as_slice(), &[tag], &rest].concat()
}

pub(super) fn read_sleeper(value: &[u8]) -> Option<Sleeper> {
    let mut read = keys::Reader(value);
    let since = UnixMillis(i64::from_be_bytes(read.take(8)?.try_into().ok()?));
    let withheld = read.u64()?;
    let phase = match read.u8()? {
        0 => {
            let cursor: Option<Cursor> = keys::read_cursor(read.0);
            SleepPhase::Asleep(cursor?)
        }
        1 => SleepPhase::CatchingUp(PerLane([read.seq()?, read.seq()?, read.seq()?, read.seq()?])),
        _ => return None,
    };
    Some(Sleeper { since, withheld, phase })
}

pub(super) fn in_link_bytes(link: &InLink) -> Vec<u8> {
    let mut bytes = link.epoch.0.to_vec();
    for lane in &link.lanes.0 {
        let at = lane.at.unwrap_or_else(|| Position::start(link.epoch));
        bytes.extend(at.seq.0.to_be_bytes());
        bytes.extend(at.hash.0);
        bytes.extend(lane.arrived.0.to_be_bytes());
        bytes.extend(u16::try_from(lane.refused.len()).unwrap_or(0).to_be_bytes());
        bytes.extend(lane.refused.iter().flat_map(|seq| seq.0.to_be_bytes()));
    }
    bytes
}

pub(super) fn read_in_link(value: &[u8]) -> Option<InLink> {
    let mut read = keys::Reader(value);
    let epoch = Epoch::from_slice(read.take(16)?).ok()?;
    let mut lanes = PerLane::<InLane>::default();
    for lane in Lane::ALL {
        let at = Position { seq: read.seq()?, hash: read.digest()? };
        let held = &mut lanes[lane];
        held.at = (at.seq.0 > 0).then_some(at);
        held.arrived = read.seq()?;
        for _ in 0..read.u16()? {
            held.refused.insert(read.seq()?);
        }
    }
    Some(InLink { epoch, lanes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::VALUE_BYTES_MAX;

    #[test]
    fn a_wait_for_very_many_children_fits_the_index() {
        let office = |number: u32| OfficeId::parse(&format!("an-office-with-a-long-name-{number:05}")).unwrap();
        let span = |last| Span { first: LinkSeq(1), last: LinkSeq(last) };
        for count in [0, 1, 64, 65, 300] {
            let on: BTreeMap<_, _> =
                (0..count).map(|number| ((office(number), Lane::Routine), span(u64::from(number)))).collect();
            let wait = Wait { through: LinkSeq(7), on };
            let mut read = Wait { through: LinkSeq(7), on: BTreeMap::new() };
            let mut keys = Vec::new();
            for (key, value) in wait_entries(&office(0), Lane::Flash, &wait) {
                assert!(value.len() <= VALUE_BYTES_MAX);
                read.on.extend(read_wait(LinkSeq(7), &value).unwrap().on);
                keys.push(key);
            }
            assert_eq!(read, wait);
            assert!(keys.is_sorted() && !keys.is_empty());
        }
    }
}
