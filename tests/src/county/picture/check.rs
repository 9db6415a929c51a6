//! Holding a store against the picture of it.

use dutynet_relay::{
    ids::{Lane, LinkSeq, OfficeId},
    link::{
        event::Event,
        frame::{Item, Position},
    },
    record::{Record, Seal},
    writer::{RecordState, Store},
};

use super::{NEIGHBOURS, Out, Picture, ensure, id, text};

impl Picture {
    /// Reads what the store has chosen by itself: the epoch, salts and times.
    pub fn learn(&mut self, store: &Store) -> Result<(), String> {
        if let Some(last) = self.epochs.last_mut() {
            last.get_or_insert(store.epoch());
        }
        for (reference, known) in self.records.iter_mut().filter(|(_, known)| known.raw.is_none()) {
            let stored = store.record(reference).map_err(text)?;
            known.raw = stored.map(|stored| stored.record.raw().clone());
        }
        Ok(())
    }

    /// Holds the store against the picture. `Err` says where they differ.
    pub fn check(&mut self, store: &Store) -> Result<(), String> {
        let last = self.epochs.len() - 1;
        let epoch = *self.epochs[last].get_or_insert(store.epoch());
        ensure(store.epoch() == epoch, || format!("epoch {epoch} has become {}", store.epoch()))?;
        self.check_records(store)?;
        for name in NEIGHBOURS {
            for lane in Lane::ALL {
                self.check_out(store, &id(name), lane)?;
            }
            self.check_in(store, &id(name))?;
        }
        self.check_parked(store)?;
        self.check_states(store)?;
        for ((namespace, key), bytes) in &self.locals {
            let kept = store.local(namespace, key).map_err(text)?;
            ensure(kept.as_ref() == Some(bytes), || format!("local {namespace}/{key}: {kept:?}"))?;
        }
        Ok(())
    }

    fn check_records(&mut self, store: &Store) -> Result<(), String> {
        for (reference, known) in &mut self.records {
            let stored = store.record(reference).map_err(text)?;
            let Some(stored) = stored else { return Err(format!("{reference:?} is not there")) };
            let raw = known.raw.get_or_insert_with(|| stored.record.raw().clone());
            ensure(stored.record.raw() == raw, || format!("{reference:?} is not what it was"))?;
            ensure(known.body == raw.body, || format!("{reference:?} has another body"))?;
            let from = known.from.as_ref().map(|(from, ..)| from);
            ensure(from == stored.from.as_ref() || known.commit == 0, || format!("{reference:?} came from {:?}", stored.from))?;
        }
        Ok(())
    }

    fn check_out(&self, store: &Store, to: &OfficeId, lane: Lane) -> Result<(), String> {
        let empty = Out::default();
        let out = self.out.last().and_then(|out| out.get(&(to.clone(), lane))).unwrap_or(&empty);
        let place = || format!("lane {lane:?} to {to}");
        let loaded = store.load(to, lane, LinkSeq(0), (usize::MAX, usize::MAX)).map_err(text)?;
        ensure(loaded.len() == out.items.len(), || format!("{}: {} items, not {}", place(), loaded.len(), out.items.len()))?;
        let mut at = Position::start(self.epoch());
        for (item, reference) in loaded.iter().zip(&out.items) {
            let raw = self.records.get(reference).and_then(|known| known.raw.as_ref());
            let raw = raw.ok_or_else(|| format!("{}: {reference:?} was never acknowledged", place()))?;
            at = at.after(raw.digest());
            let wrong = || format!("{}, position {}: {:?}", place(), at.seq, item.item);
            ensure(item.digest == raw.digest(), wrong)?;
            match &item.item {
                Item::Tombstone { reference: of, digest } => {
                    ensure(out.is_tombstone(at.seq.0) && of == reference && *digest == raw.digest(), wrong)?;
                }
                Item::Record(carried) => {
                    ensure(!out.is_tombstone(at.seq.0) && carried.record == *raw, wrong)?;
                    if at.seq.0 % 4 == 1 {
                        let seal = Seal::parse((*carried.seal).clone()).map_err(text)?;
                        let record = Record::parse(raw.clone()).map_err(text)?;
                        ensure(seal.covers(&record, carried.place as usize), wrong)?;
                    }
                }
            }
            if at.seq.0 == 1 + self.commits % 7 {
                let chain = store.chain_at(to, lane, at.seq).map_err(text)?;
                ensure(chain == Some(at.hash), || format!("{}: chain at {}", place(), at.seq))?;
            }
        }
        ensure(store.sent(to)[lane] == at, || format!("{}: sent {:?}, not {at:?}", place(), store.sent(to)[lane]))?;
        let said = (store.acked(to)[lane].0, store.arrived_at(to)[lane].0);
        ensure(said == (out.acked, out.arrived), || format!("{}: {said:?}, not {:?}", place(), (out.acked, out.arrived)))
    }

    fn check_in(&self, store: &Store, from: &OfficeId) -> Result<(), String> {
        let held = store.held(from);
        let Some(link) = self.incoming.get(from) else {
            return ensure(held.is_none(), || format!("{from} has sent nothing: {held:?}"));
        };
        let Some(held) = held else { return Err(format!("nothing is held of {from}")) };
        ensure(held.epoch == link.epoch, || format!("{from}: epoch {}", held.epoch))?;
        for lane in Lane::ALL {
            let expected = self.held(from, link.epoch, lane);
            ensure(held.lanes[lane] == expected, || format!("{lane:?} from {from}: {:?}, not {expected:?}", held.lanes[lane]))?;
            let known = &link.lanes[lane];
            let refused: Vec<_> = known.refused.range(..=known.arrived).map(|seq| LinkSeq(*seq)).collect();
            let said = store.arrived_event(from, lane, None);
            let late = known.late();
            let expected = Event::ArrivedBelow { epoch: link.epoch, lane, seq: LinkSeq(known.arrived), refused, late };
            ensure(said.as_ref() == Some(&expected), || format!("from {from}: {said:?}, not {expected:?}"))?;
        }
        Ok(())
    }

    /// How far own records have got, as long as there was one epoch only.
    fn check_states(&self, store: &Store) -> Result<(), String> {
        let own = self.records.iter().filter(|(_, known)| self.epochs.len() == 1 && known.from.is_none() && known.commit > 0);
        for (reference, known) in own {
            let states = known.routes.keys().map(|(to, lane)| {
                let Some(out) = self.out[0].get(&(to.clone(), *lane)) else { return RecordState::Saved };
                let seq = out.items.iter().rposition(|item| item == reference).map_or(0, |at| at as u64 + 1);
                match seq {
                    _ if out.parked.contains(&seq) || out.below.contains(&seq) => RecordState::Parked,
                    _ if out.settled.contains(&seq) || seq > out.acked.max(out.arrived) => RecordState::Saved,
                    0 => RecordState::Saved,
                    _ if seq > out.arrived || out.late.contains(&seq) => RecordState::Custody,
                    _ => RecordState::Arrived,
                }
            });
            let order = [RecordState::Parked, RecordState::Saved, RecordState::Custody, RecordState::Arrived];
            let least = states.min_by_key(|state| order.iter().position(|known| known == state));
            let said = store.state_of(reference).map_err(text)?;
            let expected = Some(least.unwrap_or(RecordState::Arrived));
            ensure(said == expected, || format!("{reference:?} is {said:?}, not {expected:?}"))?;
        }
        Ok(())
    }

    fn check_parked(&self, store: &Store) -> Result<(), String> {
        let mut said = Vec::new();
        for parked in store.parked().map_err(text)? {
            said.push((parked.at.neighbour, parked.at.lane, parked.at.seq.0, parked.reference, parked.below));
        }
        let mut expected = Vec::new();
        for ((to, lane), out) in self.out.iter().flatten() {
            let rows = out.parked.iter().map(|seq| (*seq, false)).chain(out.below.iter().map(|seq| (*seq, true)));
            expected.extend(rows.map(|(seq, below)| (to.clone(), *lane, seq, out.items[seq as usize - 1].clone(), below)));
        }
        said.sort();
        expected.sort();
        ensure(said == expected, || format!("parked {said:?}, not {expected:?}"))
    }
}
