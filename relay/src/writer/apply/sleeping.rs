//! Neighbours that sleep (沉睡): what is routed to them gets no position, and nothing waits for them.
//!
//! What had a position when it fell asleep keeps it: the neighbour may hold some of it, and chains must go on. That much is bounded by the
//! quota. Of everything after that only a number grows, and the routes in the journal's own frames.

use super::{
    super::{
        frames::{self, FrameFault, LateFrame, WokenFrame},
        heads::{SleepPhase, Sleeper, Wait},
        keys,
        values::{sleeper_bytes, spans_bytes, wait_entries},
    },
    Applier,
};
use crate::{
    ids::{Lane, LinkSeq, OfficeId, PerLane, UnixMillis},
    journal::{Cursor, Place},
    link::spans::{Span, Spans},
};

impl Applier<'_> {
    /// It is off for too long. What comes after this group's beginning is looked through when it wakes.
    pub(super) fn falls_asleep(&mut self, place: Place, neighbour: OfficeId, since: UnixMillis) {
        let groups = self.heads.applied.groups;
        let through = Cursor { segment: place.segment, offset: place.group, groups };
        let before = self.heads.sleepers.get(&neighbour).copied();
        let (since, withheld) = before.map_or((since, 0), |before| (before.since, before.withheld));
        self.heads.sleepers.insert(neighbour.clone(), Sleeper { since, withheld, phase: SleepPhase::Asleep(through) });
        self.count("neighbours_asleep");
        self.wait_no_more_for(&neighbour);
        self.touched.sleepers.insert(neighbour);
    }

    /// Nothing waits for it any more: what did is late because of it.
    fn wait_no_more_for(&mut self, neighbour: &OfficeId) {
        let arrived = self.heads.out.get(neighbour).map(|lanes| PerLane(Lane::ALL.map(|lane| lanes[lane].arrived)));
        let arrived = arrived.unwrap_or_default();
        let mut late = Vec::new();
        let mut ease = |at: &(OfficeId, Lane), first: LinkSeq, wait: &mut Wait| {
            let lacks = Lane::ALL.into_iter().any(|lane| {
                let on = wait.on.get(&(neighbour.clone(), lane));
                on.is_some_and(|span| span.last > arrived[lane])
            });
            if lacks {
                late.push((at.clone(), Span { first, last: wait.through }));
                wait.on.retain(|(office, _), _| office != neighbour);
            }
            lacks
        };
        for (from, link) in &mut self.heads.incoming {
            for lane in Lane::ALL {
                let at = (from.clone(), lane);
                let mut first = link.lanes[lane].arrived.next();
                for wait in &mut link.lanes[lane].waits {
                    let before = wait.clone();
                    if ease(&at, first, wait) {
                        wait_entries(from, lane, &before).for_each(|(key, _)| self.batch.delete(key));
                        wait_entries(from, lane, wait).for_each(|(key, value)| self.batch.put(key, value));
                    }
                    first = wait.through.next();
                }
                if let Some(wait) = self.waits.get_mut(&at) {
                    ease(&at, first, wait);
                }
            }
        }
        late.into_iter().for_each(|(at, span)| self.be_late(&at, neighbour.clone(), span));
        self.look_at_all();
    }

    /// A record was routed to it while it sleeps.
    pub(super) fn withhold(&mut self, neighbour: OfficeId) {
        if let Some(sleeper) = self.heads.sleepers.get_mut(&neighbour) {
            sleeper.withheld += 1;
            self.touched.sleepers.insert(neighbour);
        }
    }

    /// A part of what it had missed has positions now, or all of it.
    pub(super) fn woken(&mut self, neighbour: OfficeId, frame: &WokenFrame) -> Result<(), FrameFault> {
        let Some(sleeper) = self.heads.sleepers.get_mut(&neighbour) else { return Ok(()) };
        sleeper.withheld = sleeper.withheld.saturating_sub(frame.selected);
        sleeper.phase = match <[u64; 4]>::try_from(frame.through.as_slice()) {
            Ok(through) => SleepPhase::CatchingUp(PerLane(through.map(LinkSeq))),
            Err(_) if frame.through.is_empty() => {
                SleepPhase::Asleep(Cursor { segment: frame.segment, offset: frame.offset, groups: frame.groups })
            }
            Err(_) => return Err(FrameFault("lanes of a neighbour that woke")),
        };
        self.touched.sleepers.insert(neighbour.clone());
        self.touched.links.insert(neighbour);
        Ok(())
    }

    /// The neighbour says what has not arrived further on.
    pub(super) fn late(&mut self, neighbour: OfficeId, frame: &LateFrame) -> Result<(), FrameFault> {
        let at = (neighbour, frames::lane(frame.lane)?);
        let spans = frame.spans()?;
        self.batch_late_out(&at, &spans);
        if spans.is_empty() {
            self.heads.late.remove(&at);
        } else {
            self.heads.late.insert(at.clone(), spans);
        }
        self.awaited.insert(at.0);
        Ok(())
    }

    fn batch_late_out(&mut self, at: &(OfficeId, Lane), spans: &Spans) {
        let key = keys::late_out(&at.0, at.1);
        if spans.is_empty() { self.batch.delete(key) } else { self.batch.put(key, spans_bytes(spans)) }
    }

    /// Outgoing lanes begin again. What was late is sent again, and late until that has arrived.
    pub(super) fn sleep_on(&mut self, before: &std::collections::BTreeMap<OfficeId, PerLane<super::OutLane>>, at: UnixMillis) {
        let late = std::mem::take(&mut self.heads.late);
        for key in late.keys() {
            self.batch_late_out(key, &Spans::default());
        }
        let none = Spans::default();
        let late_of = |neighbour: &OfficeId, lane| late.get(&(neighbour.clone(), lane)).unwrap_or(&none);
        for (neighbour, lanes) in before {
            let catching_up = match self.heads.sleepers.get(neighbour).map(|sleeper| sleeper.phase) {
                Some(SleepPhase::Asleep(_)) => continue,
                Some(SleepPhase::CatchingUp(through)) => Some(through),
                None => Lane::ALL.into_iter().any(|lane| !late_of(neighbour, lane).is_empty()).then(PerLane::default),
            };
            let Some(through) = catching_up else { continue };
            let now = |lane: Lane| {
                let last = late_of(neighbour, lane).last().unwrap_or_default().max(through[lane]);
                lanes[lane].place_after_fork(last, late_of(neighbour, lane))
            };
            let phase = SleepPhase::CatchingUp(PerLane(Lane::ALL.map(now)));
            let since = self.heads.sleepers.get(neighbour).map_or(at, |sleeper| sleeper.since);
            self.heads.sleepers.insert(neighbour.clone(), Sleeper { since, withheld: 0, phase });
            self.touched.sleepers.insert(neighbour.clone());
            self.awaited.insert(neighbour.clone());
        }
        self.wait_anew(before, &late);
    }

    /// Neighbours that are quite back: nothing is late because of them any more.
    pub(super) fn settle_sleepers(&mut self) {
        for neighbour in std::mem::take(&mut self.awaited) {
            let phase = self.heads.sleepers.get(&neighbour).map(|sleeper| sleeper.phase);
            let arrived = |lane| self.heads.out_lane(&neighbour, lane).map_or(LinkSeq(0), |out| out.arrived);
            let is_back = match phase {
                Some(SleepPhase::Asleep(_)) => false,
                Some(SleepPhase::CatchingUp(through)) => Lane::ALL.into_iter().all(|lane| arrived(lane) >= through[lane]),
                None => true,
            };
            if !is_back {
                continue;
            }
            if self.heads.sleepers.remove(&neighbour).is_some() {
                self.touched.sleepers.insert(neighbour.clone());
            }
            if Lane::ALL.into_iter().all(|lane| !self.heads.late.contains_key(&(neighbour.clone(), lane))) {
                self.late_no_more(&neighbour);
            }
        }
    }

    fn late_no_more(&mut self, of: &OfficeId) {
        for (from, link) in &mut self.heads.incoming {
            for lane in Lane::ALL {
                if link.lanes[lane].late.remove(of).is_some() {
                    self.touched.late.insert(((from.clone(), lane), of.clone()));
                    self.touched.links.insert(from.clone());
                }
            }
        }
    }

    pub(super) fn write_sleepers(&mut self) {
        for neighbour in &self.touched.sleepers {
            let key = keys::sleeper(neighbour);
            match self.heads.sleepers.get(neighbour) {
                Some(sleeper) => self.batch.put(key, sleeper_bytes(sleeper)),
                None => self.batch.delete(key),
            }
        }
        for ((from, lane), of) in &self.touched.late {
            let spans = self.heads.incoming.get(from).and_then(|link| link.lanes[*lane].late.get(of));
            let key = keys::late_in(from, *lane, of);
            match spans {
                Some(spans) => self.batch.put(key, spans_bytes(spans)),
                None => self.batch.delete(key),
            }
        }
    }
}
