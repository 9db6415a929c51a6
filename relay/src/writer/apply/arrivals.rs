//! What incoming positions wait for before they can be called arrived, and when they can.
//!
//! Of each incoming lane only the first thing that it still lacks is watched: a commit looks at the lanes that got something, and at those
//! whose watched lane has moved, however many neighbours there are.

use std::collections::BTreeMap;

use super::{
    super::{
        frames::{self, FrameFault, RouteFrame},
        heads::{Heads, InLink, Wait},
        values::wait_entries,
    },
    Applier,
};
use crate::{
    ids::{Digest, Epoch, Lane, LinkSeq, OfficeId, PerLane},
    link::{
        frame::Position,
        spans::{Span, Spans},
    },
};

/// One lane of one neighbour.
pub(super) type At = (OfficeId, Lane);

impl Applier<'_> {
    /// One more position of an incoming lane, and what its arrival waits for.
    pub(super) fn consume(
        &mut self,
        from: &str,
        lane: i32,
        (seq, digest): (u64, Digest),
        routes: &[RouteFrame],
    ) -> Result<(), FrameFault> {
        let (from, lane) = (frames::office(from)?, frames::lane(lane)?);
        let link = self.heads.incoming.get_mut(&from).ok_or(FrameFault("position of an unknown epoch"))?;
        let before = link.lanes[lane].at.unwrap_or_else(|| Position::start(link.epoch));
        let after = before.after(digest);
        if after.seq.0 != seq {
            return Err(FrameFault("incoming positions with a hole"));
        }
        link.lanes[lane].at = Some(after);
        self.touched.incoming.insert(from.clone());
        self.touched.links.insert(from.clone());
        let at = (from, lane);
        let wait = self.waits.entry(at.clone()).or_insert(Wait { through: after.seq, on: BTreeMap::new() });
        wait.through = after.seq;
        for route in routes {
            let (neighbour, lane, seq) = route.read()?;
            if seq.0 == 0 {
                self.be_late(&at, neighbour, Span { first: after.seq, last: after.seq });
                continue;
            }
            let Some(wait) = self.waits.get_mut(&at) else { continue };
            let on = wait.on.entry((neighbour, lane)).or_insert(Span { first: seq, last: seq });
            on.first = seq.min(on.first);
            on.last = seq.max(on.last);
        }
        Ok(())
    }

    /// The neighbour's store begins another epoch: incoming lanes begin again.
    pub(super) fn peer_epoch(&mut self, neighbour: OfficeId, epoch: Epoch) {
        self.waits.retain(|(from, _), _| *from != neighbour);
        let old = self.heads.incoming.insert(neighbour.clone(), InLink { epoch, lanes: PerLane::default() });
        for (lane, held) in old.iter().flat_map(|link| Lane::ALL.map(|lane| (lane, &link.lanes[lane]))) {
            for wait in &held.waits {
                wait_entries(&neighbour, lane, wait).for_each(|(key, _)| self.batch.delete(key));
            }
            for of in held.late.keys() {
                self.touched.late.insert(((neighbour.clone(), lane), of.clone()));
            }
        }
        self.watch_no_more(&neighbour);
        self.touched.incoming.insert(neighbour);
    }

    /// What its lanes lacked in the earlier epoch says nothing of what they lack first in this one.
    fn watch_no_more(&mut self, neighbour: &OfficeId) {
        self.heads.blocked.retain(|_, watched| {
            watched.retain(|(from, _)| from != neighbour);
            !watched.is_empty()
        });
    }

    /// What this group has brought is waited for.
    pub(super) fn push_waits(&mut self) {
        for (at, wait) in std::mem::take(&mut self.waits) {
            let Some(link) = self.heads.incoming.get_mut(&at.0) else { continue };
            wait_entries(&at.0, at.1, &wait).for_each(|(key, value)| self.batch.put(key, value));
            link.lanes[at.1].waits.push_back(wait);
            self.look_at.insert(at);
        }
    }

    /// An outgoing lane has come further.
    pub(super) fn has_moved(&mut self, out: At) {
        self.moved.insert(out);
    }

    /// Everything may have to wait for something else now.
    pub(super) fn look_at_all(&mut self) {
        self.heads.blocked.clear();
        let all = self.heads.incoming.keys().flat_map(|from| Lane::ALL.map(|lane| (from.clone(), lane)));
        self.look_at.extend(all);
    }

    /// Moves incoming lanes on as far as what they wait for has arrived. First those that are watched: what is looked at from its beginning
    /// may come to wait for something else, and would be watched twice.
    pub(super) fn settle_arrivals(&mut self) {
        for out in std::mem::take(&mut self.moved) {
            for at in self.heads.blocked.remove(&out).unwrap_or_default() {
                self.settle(&at, Some(out.clone()));
            }
        }
        for at in std::mem::take(&mut self.look_at) {
            self.settle(&at, None);
        }
    }

    /// The first wait is known to lack nothing of what comes before `after`.
    fn settle(&mut self, at: &At, mut after: Option<At>) {
        loop {
            let Heads { incoming, out, blocked, .. } = &mut *self.heads;
            let Some(held) = incoming.get_mut(&at.0).map(|link| &mut link.lanes[at.1]) else { return };
            let Some(wait) = held.waits.front() else { return };
            if let Some(lacking) = lacking(wait, out, after.take()) {
                blocked.entry(lacking).or_default().insert(at.clone());
                return;
            }
            let Some(wait) = held.waits.pop_front() else { return };
            let span = Span { first: held.arrived.next(), last: wait.through };
            held.arrived = wait.through;
            wait_entries(&at.0, at.1, &wait).for_each(|(key, _)| self.batch.delete(key));
            self.touched.incoming.insert(at.0.clone());
            self.touched.links.insert(at.0.clone());
            for (on, positions) in wait.on {
                if self.heads.late.get(&on).is_some_and(|late| late.meets(positions)) {
                    self.be_late(at, on.0, span);
                }
            }
        }
    }

    /// Positions of an incoming lane have not arrived because of an office that is, or is behind, that neighbour.
    pub(super) fn be_late(&mut self, at: &At, of: OfficeId, span: Span) {
        if let Some(link) = self.heads.incoming.get_mut(&at.0) {
            link.lanes[at.1].late.entry(of.clone()).or_default().add(span);
            self.touched.late.insert((at.clone(), of));
            self.touched.links.insert(at.0.clone());
        }
    }

    /// What incoming positions wait for keeps its place in the order in which a new epoch sends again what had not arrived.
    pub(super) fn wait_anew(&mut self, before: &BTreeMap<OfficeId, PerLane<super::OutLane>>, late: &BTreeMap<At, Spans>) {
        let none = Spans::default();
        for (neighbour, link) in &mut self.heads.incoming {
            for lane in Lane::ALL {
                for wait in &mut link.lanes[lane].waits {
                    for (out, span) in &mut wait.on {
                        let lanes = before.get(&out.0);
                        let late = late.get(out).unwrap_or(&none);
                        let now = |seq| lanes.map_or(LinkSeq(0), |lanes| lanes[out.1].place_after_fork(seq, late));
                        let last = now(span.last);
                        *span = Span { first: now(LinkSeq(span.first.0.saturating_sub(1))).next().min(last), last };
                    }
                    wait_entries(neighbour, lane, wait).for_each(|(key, value)| self.batch.put(key, value));
                }
            }
            self.touched.incoming.insert(neighbour.clone());
        }
        self.look_at_all();
    }
}

/// The first lane that has not come as far as the wait needs, from that one on.
fn lacking(wait: &Wait, out: &BTreeMap<OfficeId, PerLane<super::OutLane>>, from: Option<At>) -> Option<At> {
    let lacks = |(on, span): &(&At, &Span)| out.get(&on.0).map_or(LinkSeq(0), |lanes| lanes[on.1].arrived) < span.last;
    match from {
        Some(from) => wait.on.range(from..).find(lacks),
        None => wait.on.iter().find(lacks),
    }
    .map(|(on, _)| on.clone())
}

/// Of heads that were read back: what each incoming lane lacks first.
pub(in crate::writer) fn watch_all(heads: &mut Heads) {
    let Heads { incoming, out, blocked, .. } = heads;
    for (from, link) in incoming.iter() {
        for lane in Lane::ALL {
            if let Some(lacking) = link.lanes[lane].waits.front().and_then(|wait| lacking(wait, out, None)) {
                blocked.entry(lacking).or_default().insert((from.clone(), lane));
            }
        }
    }
}
