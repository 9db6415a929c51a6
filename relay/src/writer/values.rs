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

pub(super) fn wait_key(neighbour: &OfficeId, lane: Lane, through: LinkSeq) -> Vec<u8> {
    Key::new(b'w').office(neighbour).lane(lane).seq(through).done()
}

pub(super) fn wait_bytes(wait: &Wait) -> Vec<u8> {
    let parts = wait.on.iter().map(|((office, lane), seq)| Key::new(*lane as u8).seq(*seq).office(office).done());
    parts.flatten().collect()
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
