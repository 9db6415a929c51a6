//! Decisions about a neighbour's positions: custody, arrival, parked records, forks, and everything that is only noted.

use bytes::Bytes;

use super::{
    StoreError,
    decide::Decision,
    frames::{
        Entry, EpochFrame, GroupPlace, LaneSeqFrame, LateFrame, LocalFrame, NotInterpretedFrame, ParkedFrame, ParkedState,
        PositionsFrame, PositionsOf, TicketsFrame,
    },
    intent::{Answer, ForkReason, Intent, ParkedAt, WriteRefusal},
    keys,
    lost::unless_lost,
};
use crate::{
    ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane},
    index::CUSTODY,
    journal::Place,
    link::frame::{Arrived, Custody},
    record::Person,
};

/// Namespace of what this crate keeps for itself: links on which own records are wanted back.
pub const WANTED_BACK: &str = "relay.wanted-back";

/// Longest text that is kept in the index, bytes.
pub(super) const TEXT_BYTES_MAX: usize = 512;
/// Longest name that is part of a key, bytes.
const NAME_BYTES_MAX: usize = 128;

impl Decision<'_> {
    pub(super) fn about_neighbour(&mut self, intent: Intent) -> Result<Answer, StoreError> {
        match intent {
            Intent::Custody { neighbour, custody } => self.custody(&neighbour, custody)?,
            Intent::Arrived { neighbour, arrived } => self.arrived(&neighbour, &arrived)?,
            Intent::Line { neighbour, up, at, reason } => return self.line(&neighbour, up, (at, &reason)),
            Intent::Started { alive_until } => self.started(alive_until),
            Intent::LinesTold { child, epoch, told } => return self.lines_told(&child, epoch, &told),
            Intent::Sleep(neighbour) => self.sleep(neighbour, self.at.wall),
            Intent::Wake(neighbour) => self.wake(&neighbour)?,
            Intent::Tickets { neighbour, tickets } => {
                let tickets = tickets.iter().map(|t| Bytes::copy_from_slice(&t.0)).collect();
                self.note(&neighbour, PositionsOf::Tickets(TicketsFrame { tickets }));
            }
            Intent::RetryParked(at, by) => return self.settle(&at, &by, ParkedState::Retried),
            Intent::WithdrawParked(at, by) => return self.settle(&at, &by, ParkedState::Withdrawn),
            Intent::Rewind { neighbour, holds } => self.rewind(&neighbour, holds),
            Intent::Count { neighbour, event } => self.note(&neighbour, PositionsOf::Counted(event.to_owned())),
            Intent::Fork(reason) => return self.fork(reason),
            Intent::Rebase { neighbour, holds } => self.rebase(&neighbour, holds)?,
            Intent::Local { namespace, key, .. } if !is_local_key(&namespace, &key) => {
                return Ok(Answer::Refused(WriteRefusal::Malformed("a namespace or key that is too long".into())));
            }
            Intent::Local { namespace, key, bytes } if namespace == WANTED_BACK && bytes.is_empty() => {
                self.select_again(&key)?;
                self.push(Entry::Local(LocalFrame { namespace, key }, bytes));
            }
            Intent::Local { namespace, key, bytes } => self.push(Entry::Local(LocalFrame { namespace, key }, bytes)),
            Intent::NotInterpreted { place, projection, reason } => self.not_interpreted(place, &projection, &reason)?,
            Intent::Submit(_)
            | Intent::SubmitWith(..)
            | Intent::Accept(_)
            | Intent::TakeBack { .. }
            | Intent::Salvage(_)
            | Intent::Invite(_)
            | Intent::Revoke(_)
            | Intent::Enrol(_)
            | Intent::Register(..)
            | Intent::Destroy(_)
            | Intent::Hollowed(_) => return Err(StoreError::Journal("an intent in the wrong place")),
        }
        Ok(Answer::Done)
    }

    /// Noted once: a projection that is made anew meets the same records again.
    fn not_interpreted(&mut self, place: Place, projection: &str, reason: &str) -> Result<(), StoreError> {
        let (projection, reason) = (shortened(projection, NAME_BYTES_MAX), shortened(reason, TEXT_BYTES_MAX));
        if self.store.index.get(CUSTODY, &keys::not_interpreted(place, &projection))?.is_none() {
            self.push(Entry::NotInterpreted(NotInterpretedFrame {
                group: Some(GroupPlace { segment: place.segment, offset: place.group }),
                frame: u32::from(place.frame),
                projection,
                reason,
            }));
        }
        Ok(())
    }

    pub(super) fn note(&mut self, neighbour: &OfficeId, of: PositionsOf) {
        self.push(Entry::Positions(PositionsFrame { neighbour: neighbour.as_str().to_owned(), of: Some(of) }));
    }

    fn custody(&mut self, neighbour: &OfficeId, custody: Custody) -> Result<(), StoreError> {
        let (lane, through) = (custody.lane, custody.at.seq);
        if custody.epoch != self.heads.epoch() || through > self.heads.sent(neighbour, lane).seq {
            return Ok(());
        }
        let known = self.heads.out_lane(neighbour, lane).cloned().unwrap_or_default();
        for refusal in custody.refusals {
            let now = self.parked.get(&(neighbour.clone(), lane, refusal.seq));
            if known.tombstones.contains(&refusal.seq) || refusal.seq > through || now == Some(&ParkedState::Parked) {
                continue;
            }
            let (code, detail) = (refusal.code.name(), refusal.detail);
            self.park(neighbour, (lane, refusal.seq), ParkedState::Parked, (code, detail))?;
        }
        if through > known.acked {
            self.note(neighbour, PositionsOf::Acked(LaneSeqFrame { lane: lane.number(), seq: through.0 }));
        }
        Ok(())
    }

    fn arrived(&mut self, neighbour: &OfficeId, arrived: &Arrived) -> Result<(), StoreError> {
        let lane = arrived.lane;
        if arrived.epoch != self.heads.epoch() || arrived.seq > self.heads.sent(neighbour, lane).seq {
            return Ok(());
        }
        for seq in &arrived.refused {
            let key = keys::parked(neighbour, self.heads.ordinal(), lane, *seq);
            let now = self.parked.contains_key(&(neighbour.clone(), lane, *seq));
            if *seq <= arrived.seq && !now && self.store.index.get(CUSTODY, &key)?.is_none() {
                let detail = "refused by an office further on".to_owned();
                self.park(neighbour, (lane, *seq), ParkedState::RefusedBelow, ("FURTHER_ON", detail))?;
            }
        }
        let known = self.heads.out_lane(neighbour, lane).map_or(LinkSeq(0), |out| out.arrived);
        if arrived.seq > known {
            self.note(neighbour, PositionsOf::Arrived(LaneSeqFrame { lane: lane.number(), seq: arrived.seq.0 }));
        }
        if arrived.late != self.heads.late_of(neighbour, lane) {
            self.note(neighbour, PositionsOf::Late(LateFrame::of(lane, &arrived.late)));
        }
        Ok(())
    }

    fn park(
        &mut self,
        neighbour: &OfficeId,
        (lane, seq): (Lane, LinkSeq),
        state: ParkedState,
        (code, detail): (&str, String),
    ) -> Result<(), StoreError> {
        let ordinal = self.heads.ordinal();
        let Some(place) = self.store.place_at(neighbour, ordinal, lane, seq)? else { return Ok(()) };
        // Of a record that cannot be read nobody knows any more who sent it.
        let head = unless_lost(self.store.accepted(place))?.map(|(head, _)| head).unwrap_or_default();
        // Positions of the sender's earlier epochs mean nothing to it now.
        let from = OfficeId::parse(&head.from).ok();
        let current = from.and_then(|from| self.heads.incoming.get(&from)).map(|link| link.epoch);
        let told = current.is_some_and(|epoch| head.in_epoch.as_ref() == epoch.0.as_slice());
        self.parked.insert((neighbour.clone(), lane, seq), state);
        self.push(Entry::Parked(ParkedFrame {
            neighbour: neighbour.as_str().to_owned(),
            lane: lane.number(),
            seq: seq.0,
            ordinal,
            state: state.into(),
            code: code.to_owned(),
            detail: shortened(&detail, TEXT_BYTES_MAX),
            at: self.at.wall.0,
            by: String::new(),
            in_from: head.from,
            in_lane: head.in_lane,
            in_seq: if told { head.in_seq } else { 0 },
        }));
        Ok(())
    }

    /// A person retries or withdraws what is parked.
    fn settle(&mut self, at: &ParkedAt, by: &Person, state: ParkedState) -> Result<Answer, StoreError> {
        let parked = self.store.parked()?.into_iter().find(|parked| parked.at == *at && !parked.below);
        let now = self.parked.insert((at.neighbour.clone(), at.lane, at.seq), state);
        let Some(parked) = parked.filter(|_| now.is_none()) else { return Ok(Answer::Refused(WriteRefusal::NotParked)) };
        let place = self.store.place_at(&at.neighbour, parked.ordinal, at.lane, at.seq)?;
        let place = place.ok_or(StoreError::Index("parked place"))?;
        if state == ParkedState::Retried {
            self.send_again((&at.neighbour, at.lane), place)?;
        }
        self.push(Entry::Parked(ParkedFrame {
            neighbour: at.neighbour.as_str().to_owned(),
            lane: at.lane.number(),
            seq: at.seq.0,
            ordinal: parked.ordinal,
            state: state.into(),
            code: parked.code,
            detail: parked.detail,
            at: self.at.wall.0,
            by: shortened(&format!("{} {}", by.id, by.name), TEXT_BYTES_MAX),
            in_from: String::new(),
            in_lane: 0,
            in_seq: 0,
        }));
        Ok(Answer::Done)
    }

    fn rewind(&mut self, neighbour: &OfficeId, holds: PerLane<LinkSeq>) {
        for lane in Lane::ALL {
            let acked = self.heads.out_lane(neighbour, lane).map_or(LinkSeq(0), |out| out.acked);
            if holds[lane] < acked {
                let seq = holds[lane].0;
                self.note(neighbour, PositionsOf::Rewound(LaneSeqFrame { lane: lane.number(), seq }));
            }
        }
    }

    /// Begins a new epoch: all that has not arrived is sent again in it, first and in order, and own records are wanted back.
    fn fork(&mut self, reason: ForkReason) -> Result<Answer, StoreError> {
        let epoch = Epoch(self.random());
        self.push(Entry::Epoch(EpochFrame {
            epoch: Bytes::copy_from_slice(&epoch.0),
            office: self.own().as_str().to_owned(),
            root_pin: Bytes::copy_from_slice(&self.identity.root_pin.0),
            reason: format!("{reason:?}"),
            at: self.at.wall.0,
        }));
        self.epoch = Some(epoch);
        let ordinal = self.heads.ordinal();
        let heads = self.heads;
        for (neighbour, lanes) in &heads.out {
            for lane in Lane::ALL {
                let (out, late) = (&lanes[lane], heads.late_of(neighbour, lane));
                let after = late.first().map_or(out.arrived, |first| LinkSeq(first.0 - 1).min(out.arrived));
                for (seq, place) in self.store.entries(neighbour, (ordinal, lane), after, usize::MAX)? {
                    if !out.tombstones.contains(&seq) && (seq > out.arrived || late.contains(seq)) {
                        self.send_again((neighbour, lane), place)?;
                    }
                }
            }
        }
        let tree = self.registry.clone();
        let children = tree.children(self.own()).map(|child| &child.office);
        for neighbour in children.chain(tree.own_parent()) {
            self.want_back(neighbour);
        }
        Ok(Answer::Forked(epoch))
    }

    pub(super) fn want_back(&mut self, neighbour: &OfficeId) {
        let key = neighbour.as_str().to_owned();
        self.push(Entry::Local(LocalFrame { namespace: WANTED_BACK.to_owned(), key }, Bytes::from_static(b"own")));
    }

    fn send_again(&mut self, to: (&OfficeId, Lane), place: Place) -> Result<(), StoreError> {
        let named = self.store.named(place)?;
        self.reroute(to, &named, String::new());
        Ok(())
    }

    /// A child that has lost something may have forgotten who is below it, and what is for them would go no further. It had told us itself.
    fn introduce_those_below(&mut self, neighbour: &OfficeId) -> Result<(), StoreError> {
        let tree = self.registry.clone();
        if tree.parent(neighbour) != Some(self.own()) {
            return Ok(());
        }
        tree.subtree(neighbour).into_iter().try_for_each(|(_, entry)| self.send_registration(neighbour, &entry.office))
    }

    /// Sends, in the current epoch, whatever earlier epochs had for the neighbour after what it holds, unless it is sent already.
    fn rebase(&mut self, neighbour: &OfficeId, holds: Option<(Epoch, PerLane<LinkSeq>)>) -> Result<(), StoreError> {
        self.introduce_those_below(neighbour)?;
        let current = self.heads.ordinal();
        let held = holds.and_then(|(epoch, seqs)| {
            let ordinal = self.heads.epochs.iter().position(|known| *known == epoch)?;
            Some((u32::try_from(ordinal).ok()?, seqs))
        });
        if held.is_none_or(|(ordinal, _)| ordinal < current) {
            self.give_back_again(neighbour)?;
        }
        for lane in Lane::ALL {
            let sent = self.store.entries(neighbour, (current, lane), LinkSeq(0), usize::MAX)?;
            let mut sent: std::collections::HashSet<Place> = sent.into_iter().map(|(_, place)| place).collect();
            for ordinal in held.map_or(0, |(ordinal, _)| ordinal)..current {
                let after = held.filter(|(at, _)| *at == ordinal).map_or(LinkSeq(0), |(_, seqs)| seqs[lane]);
                for (seq, place) in self.store.entries(neighbour, (ordinal, lane), after, usize::MAX)? {
                    let parked = keys::parked(neighbour, ordinal, lane, seq);
                    if self.store.index.get(CUSTODY, &parked)?.is_none() && sent.insert(place) {
                        self.send_again((neighbour, lane), place)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// What a value of the index has room for; a sentence that is cut is better than a store that stops.
pub(super) fn shortened(text: &str, max: usize) -> String {
    text[..text.floor_char_boundary(max)].to_owned()
}

fn is_local_key(namespace: &str, key: &str) -> bool {
    namespace.len() <= NAME_BYTES_MAX && key.len() <= 2 * NAME_BYTES_MAX && !namespace.contains('\0') && !key.contains('\0')
}
