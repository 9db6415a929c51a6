//! Values of the writer's space that hold more than a number: what arrival waits for, and the ends of incoming lanes.

use std::collections::BTreeMap;

use super::{
    heads::{InLane, InLink, Wait},
    keys::{self, Key},
};
use crate::{
    ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane},
    link::frame::Position,
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
        let value = of_part.flat_map(|((office, lane), seq)| Key::new(*lane as u8).seq(**seq).office(office).done()).collect();
        ([base.as_slice(), &part.to_be_bytes()].concat(), value)
    };
    let entries: Vec<_> = (0..parts).map(entry).collect();
    entries.into_iter()
}

pub(super) fn read_wait(through: LinkSeq, value: &[u8]) -> Option<Wait> {
    let (mut read, mut on) = (keys::Reader(value), BTreeMap::new());
    while !read.0.is_empty() {
        let (lane, seq) = (read.lane()?, read.seq()?);
        on.insert((read.office()?, lane), seq);
    }
    Some(Wait { through, on })
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
        for count in [0, 1, 64, 65, 300] {
            let on: BTreeMap<_, _> =
                (0..count).map(|number| ((office(number), Lane::Routine), LinkSeq(u64::from(number)))).collect();
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
