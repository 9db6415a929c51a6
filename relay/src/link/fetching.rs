//! Records that are wanted back: after a restore, or with a new disk. One origin after the other, one answer at a time, so that it stands
//! in nobody's way; and only once the neighbour's registry entries are here, since without them no seal can be judged.

use std::collections::VecDeque;

use super::{
    end::PeerFault,
    event::Action,
    frame::{Fetch, Fetched, Frame},
};
use crate::{
    ids::{OfficeId, RecordId, RecordRef},
    record::Record,
};

/// Lost records that wait to be asked for.
const LOST_MAX: usize = 1024;

/// Both directions of one session.
#[derive(Debug, Default)]
pub(super) struct Fetching {
    wanted: VecDeque<OfficeId>,
    /// Single records that were lost here.
    lost: VecDeque<RecordRef>,
    asking: Asking,
    giving: Giving,
}

#[derive(Debug, Default)]
enum Asking {
    #[default]
    Nothing,
    /// Fetch was sent.
    Asked(Fetch, Extent),
    /// Fetched came and goes into the store.
    Taking { origin: OfficeId, last: Option<RecordId>, then: Then },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    AskOn,
    Finish,
    /// It was about single records.
    Leave,
}

/// How much is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Everything,
    /// What one answer holds.
    OneAnswer,
}

/// Whether an answer was of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Yes,
    No,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Giving {
    #[default]
    Nothing,
    Loading,
}

impl Fetching {
    /// More origins.
    pub(super) fn want(&mut self, origins: Vec<OfficeId>) {
        for origin in origins {
            if !self.wanted.contains(&origin) {
                self.wanted.push_back(origin);
            }
        }
    }

    /// A record that cannot be read here any more. Where too many wait, it will be asked for another time.
    pub(super) fn want_lost(&mut self, record: RecordRef) {
        if self.lost.len() < LOST_MAX && !self.lost.contains(&record) {
            self.lost.push_back(record);
        }
    }

    /// Asks for the next origin, if none is being asked for.
    pub(super) fn pump(&mut self, out: &mut Vec<Action>) {
        if !matches!(self.asking, Asking::Nothing) {
            return;
        }
        if let Some(origin) = self.wanted.pop_front() {
            self.ask(Fetch { origin, after: None }, Extent::Everything, out);
        } else if let Some(RecordRef { origin, id }) = self.lost.pop_front() {
            // The answer begins with the first id after the one before it.
            let after = u128::from_be_bytes(id.0).checked_sub(1).map(|before| RecordId(before.to_be_bytes()));
            self.ask(Fetch { origin, after }, Extent::OneAnswer, out);
        }
    }

    /// An answer. What is no use to ask on after it is given up: one bad record must not cost the link.
    pub(super) fn fetched(&mut self, fetched: Fetched, out: &mut Vec<Action>) -> Result<Use, PeerFault> {
        let Asking::Asked(fetch, extent) = &self.asking else { return Err(PeerFault::Unexpected("fetched")) };
        if fetch.origin != fetched.origin || (fetched.records.is_empty() && !fetched.done) {
            return Err(PeerFault::Unexpected("fetched"));
        }
        let last = match fetched.records.last() {
            Some(carried) => {
                Record::parse(carried.record.clone()).ok().map(|read| read.header().id).filter(|id| Some(*id) > fetch.after)
            }
            None => None,
        };
        if last.is_none() && !fetched.records.is_empty() {
            self.asking = Asking::Nothing;
            return Ok(Use::No);
        }
        let then = match extent {
            Extent::OneAnswer => Then::Leave,
            Extent::Everything if fetched.done => Then::Finish,
            Extent::Everything => Then::AskOn,
        };
        self.asking = Asking::Taking { origin: fetched.origin.clone(), last, then };
        out.push(Action::TakeBack(fetched));
        Ok(Use::Yes)
    }

    /// It is durable: on with the next part. Which origin is complete now, if one is.
    pub(super) fn took_back(&mut self, out: &mut Vec<Action>) -> Option<OfficeId> {
        let Asking::Taking { origin, last, then } = std::mem::take(&mut self.asking) else { return None };
        match then {
            Then::AskOn => {
                self.ask(Fetch { origin, after: last }, Extent::Everything, out);
                None
            }
            Then::Finish => Some(origin),
            Then::Leave => None,
        }
    }

    /// It was not taken: the rest of this origin waits for another session.
    pub(super) fn take_back_failed(&mut self) {
        self.asking = Asking::Nothing;
    }

    /// The neighbour wants records back. It waits for each answer.
    pub(super) fn asked(&mut self, fetch: Fetch, out: &mut Vec<Action>) -> Result<(), PeerFault> {
        if self.giving == Giving::Loading {
            return Err(PeerFault::Unexpected("fetch"));
        }
        self.giving = Giving::Loading;
        out.push(Action::LoadFetch(fetch));
        Ok(())
    }

    /// They are read.
    pub(super) fn loaded(&mut self, fetched: Fetched, out: &mut Vec<Action>) {
        self.giving = Giving::Nothing;
        out.push(Action::Send(Frame::Fetched(fetched)));
    }

    fn ask(&mut self, fetch: Fetch, extent: Extent, out: &mut Vec<Action>) {
        self.asking = Asking::Asked(fetch.clone(), extent);
        out.push(Action::Send(Frame::Fetch(fetch)));
    }
}
