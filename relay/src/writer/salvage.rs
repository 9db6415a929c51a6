//! What can be got out of a journal that cannot be opened any more: records with their seals, and bytes of programs above. Positions are
//! left behind: they mean something only without holes.
//!
//! Everything is believed again only as far as its seal verifies; a store that takes it is a new one, which its neighbours fill up.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;

use super::{
    StoreError,
    decide::Decision,
    frames::{self, AcceptedFrame, Entry, FrameFault},
    intent::{Answer, Salvaged},
};
use crate::{
    ids::{OfficeId, UnixMillis},
    journal::{Body, FrameKind, Group, JournalReader, Lost, Place},
    link::frame::Carried,
    record::RawSeal,
};

/// Seals of earlier groups that are remembered.
const SEALS_REMEMBERED: usize = 4096;

/// One thing that a group held.
pub(crate) enum Piece {
    /// A record that can be read, and its seal.
    Record(Box<Recovered>),
    /// Bytes of a program above.
    Local { namespace: String, key: String, bytes: Bytes },
    /// A body is gone on purpose, and nothing is left by which its record verifies.
    Hollow,
    /// Bytes of a program above that are gone on purpose.
    LocalGone { namespace: String, key: String },
    /// A record, or another entry, of which a part cannot be read: where, and which part.
    Torn(String),
}

/// A record as the damaged journal kept it.
pub(crate) struct Recovered {
    pub(crate) carried: Carried,
    pub(crate) from: Option<OfficeId>,
    pub(crate) received_at: UnixMillis,
}

/// Reads a damaged journal, group by group.
pub(crate) struct Pieces {
    journal: JournalReader,
    seals: HashMap<Place, Arc<RawSeal>>,
    /// Where bodies are gone on purpose, whether they are off the disk yet or not, and the hash of each.
    gone: HashMap<Place, Bytes>,
}

impl Pieces {
    pub(crate) fn of(journal: JournalReader) -> Self {
        Self { journal, seals: HashMap::new(), gone: HashMap::new() }
    }

    /// Takes note of bodies that are gone on purpose. To be told of every group before the first is asked for.
    pub(crate) fn learn(&mut self, group: &Group) {
        for (_, frame) in group.frames.iter().filter(|(_, frame)| frame.kind == FrameKind::HollowIntent) {
            let Ok(Entry::HollowIntent(head)) = Entry::from_frame(frame) else { continue };
            let gone = head.items.into_iter().filter_map(|item| Some((frames::place(item.group?, item.frame), item.body_hash)));
            self.gone.extend(gone);
        }
    }

    /// What a group held, in order.
    pub(crate) fn in_group(&mut self, group: &Group) -> Vec<Piece> {
        let at = |place: &Place, what: &str| {
            Piece::Torn(format!("segment {} at {} entry {}: {what}", place.segment, place.group, place.frame))
        };
        let mut pieces = Vec::new();
        for (place, frame) in &group.frames {
            match Entry::from_frame(frame) {
                Ok(Entry::Accepted(head, body)) => pieces.push(match self.without_what_is_gone(*place, head, body) {
                    Some((head, body)) => match self.record(*place, (&head, &body)) {
                        Ok(record) => Piece::Record(Box::new(record)),
                        Err(what) => at(place, what),
                    },
                    None => Piece::Hollow,
                }),
                Ok(Entry::Local(..)) if frame.body == Body::Hollow || self.gone.contains_key(place) => {}
                Ok(Entry::Local(head, bytes)) => pieces.push(Piece::Local { namespace: head.namespace, key: head.key, bytes }),
                Ok(Entry::HollowIntent(head)) => {
                    let locals = head.items.into_iter().filter(|item| !item.namespace.is_empty());
                    pieces.extend(locals.map(|item| Piece::LocalGone { namespace: item.namespace, key: item.key }));
                }
                Ok(Entry::Seal(_) | Entry::Consumed(_) | Entry::Parked(_) | Entry::Positions(_) | Entry::Epoch(_)) => {}
                Ok(Entry::NotInterpreted(_) | Entry::Hollowed(_)) => {}
                Err(fault) => pieces.push(at(place, fault.0)),
            }
        }
        let torn = group.damaged.iter().filter_map(|damage| {
            let place = |frame: u16| Place { segment: damage.segment, group: damage.offset, frame };
            match &damage.lost {
                Lost::Body { frame, .. } => Some(at(&place(*frame), "its body")),
                Lost::Frame { frame } => Some(at(&place(*frame), "all of it")),
                Lost::Groups { .. } | Lost::Chain | Lost::HeaderCopy => None,
            }
        });
        pieces.extend(torn);
        pieces
    }

    /// A body that is to be gone is, though it may still stand there.
    fn without_what_is_gone(&self, place: Place, mut head: AcceptedFrame, body: Bytes) -> Option<(AcceptedFrame, Bytes)> {
        match self.gone.get(&place) {
            None if body.is_empty() && head.body_hash.is_empty() => None,
            None => Some((head, body)),
            Some(hash) if hash.is_empty() => None,
            Some(hash) => {
                head.body_hash = hash.clone();
                Some((head, Bytes::new()))
            }
        }
    }

    fn record(&mut self, place: Place, (head, body): (&AcceptedFrame, &Bytes)) -> Result<Recovered, &'static str> {
        let text = |fault: FrameFault| fault.0;
        let seal = self.seal(head.seal_at(place)).ok_or("its seal")?;
        let trail = head.hops().map_err(text)?;
        let carried = Carried { record: head.raw(body).map_err(text)?, seal, place: head.seal_place, trail };
        Ok(Recovered { carried, from: OfficeId::parse(&head.from).ok(), received_at: UnixMillis(head.received_at) })
    }

    fn seal(&mut self, place: Place) -> Option<Arc<RawSeal>> {
        if let Some(seal) = self.seals.get(&place) {
            return Some(seal.clone());
        }
        let Ok(Entry::Seal(seal)) = Entry::from_frame(&self.journal.frame(place).ok()?) else { return None };
        if self.seals.len() >= SEALS_REMEMBERED {
            self.seals.clear();
        }
        let seal = Arc::new(seal.raw());
        self.seals.insert(place, seal.clone());
        Some(seal)
    }
}

impl Decision<'_> {
    /// Takes in what verified. What is held already folds.
    pub(super) fn salvage(&mut self, records: Vec<Salvaged>) -> Result<Answer, StoreError> {
        for Salvaged { good, from, received_at } in records {
            self.keep_salvaged(*good, from.as_ref(), received_at)?;
        }
        Ok(Answer::Done)
    }
}
