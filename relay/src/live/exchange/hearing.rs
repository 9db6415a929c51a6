//! What a neighbour says, by the table of [`live`](crate::live).

use std::time::Duration;

use super::{
    super::{
        QUESTIONS_MAX,
        frame::{LiveFrame, Refusal},
        neighbour::{Side, Speaks},
        open::{Asker, Through},
        question::{Question, Row, Why},
        targets::asked_for,
    },
    Action, Around, Exchange,
};
use crate::{
    ids::{OfficeId, QuestionId},
    link::standing::Standing,
};

/// Whether a frame changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Some,
    None,
}

impl Exchange {
    pub(super) fn heard(
        &mut self,
        around: Around<'_>,
        peer: &OfficeId,
        (standing, frame): (Standing, LiveFrame),
        out: &mut Vec<Action>,
    ) {
        let Some(neighbour) = self.neighbours.get(peer) else { return };
        if neighbour.speaks == Speaks::RecordsAlone {
            return self.bear(peer, Use::None, out);
        }
        let of_use = match (frame, neighbour.side) {
            (LiveFrame::Question { question, within }, _) => self.question(around, (peer, standing), (question, within), out),
            (LiveFrame::Rows { id, rows }, Side::Below) => self.rows(around, peer, (id, rows), out),
            (LiveFrame::Done(id), Side::Below) => self.child_ends(around, (id, peer), Why::NoAnswer, out),
            (LiveFrame::Refused { id, why }, Side::Below) => {
                let why = if why == Refusal::Busy { Why::Busy } else { Why::NoAnswer };
                self.child_ends(around, (id, peer), why, out)
            }
            (LiveFrame::Dropped(id), Side::Above) => self.dropped_above(id, peer, out),
            (LiveFrame::Taken(frames), Side::Above) => {
                let possible = self.neighbours.get_mut(peer).is_some_and(|parent| parent.outflow.took(frames));
                if !possible {
                    out.push(Action::Fault(peer.clone(), "word of frames of rows that were never sent"));
                }
                Use::Some
            }
            (LiveFrame::Rows { .. } | LiveFrame::Done(_) | LiveFrame::Refused { .. }, Side::Above)
            | (LiveFrame::Dropped(_) | LiveFrame::Taken(_), Side::Below) => Use::None,
        };
        self.bear(peer, of_use, out);
    }

    fn bear(&mut self, peer: &OfficeId, of_use: Use, out: &mut Vec<Action>) {
        let Some(neighbour) = self.neighbours.get_mut(peer).filter(|_| of_use == Use::None) else { return };
        out.push(Action::Useless(peer.clone()));
        if neighbour.is_too_much() {
            out.push(Action::Fault(peer.clone(), "too many frames about questions that change nothing"));
        }
    }

    fn question(
        &mut self,
        around: Around<'_>,
        (peer, standing): (&OfficeId, Standing),
        (question, within): (Question, Duration),
        out: &mut Vec<Action>,
    ) -> Use {
        let above = Asker::Above(peer.clone());
        let under_way = self.under_way(&above);
        if under_way.contains(&question.id) {
            return Use::None;
        }
        let why = if !self.may_ask(around, (peer, standing), &question) {
            Refusal::NotYours
        } else if under_way.len() >= QUESTIONS_MAX {
            Refusal::Busy
        } else if asked_for(&question.targets, around.registry).is_empty() {
            Refusal::NotHere
        } else {
            self.begin(around, (question, above), within, out);
            return Use::Some;
        };
        out.push(Action::Send(peer.clone(), LiveFrame::Refused { id: question.id, why }));
        out.push(Action::Refused(peer.clone(), why));
        Use::None
    }

    /// Only the parent, for an office above us, under its registered key.
    fn may_ask(&self, around: Around<'_>, (peer, standing): (&OfficeId, Standing), question: &Question) -> bool {
        let registry = around.registry;
        let above = self.neighbours.get(peer).is_some_and(|neighbour| neighbour.side == Side::Above);
        let for_one_above = registry.is_ancestor(peer, &self.own) && registry.is_within(peer, &question.asker);
        above && standing == Standing::Full && for_one_above
    }

    /// Taken in any case: the sender's credit is not what is wrong with a row.
    fn rows(&mut self, around: Around<'_>, peer: &OfficeId, (id, rows): (QuestionId, Vec<Row>), out: &mut Vec<Action>) -> Use {
        let Some(child) = self.neighbours.get_mut(peer) else { return Use::None };
        out.push(Action::Send(peer.clone(), child.took_rows()));
        let registry = around.registry;
        let may_say = |row: &Row| registry.is_within(&row.by, peer) && registry.is_within(&row.office, &row.by);
        let rows = rows.into_iter().filter(may_say).collect();
        let Some(open) = self.open.get_mut(&id) else { return Use::None };
        let new = open.take(&Through::Child(peer.clone()), rows);
        if new.is_empty() {
            return Use::None;
        }
        child.calm();
        self.pass_on(id, new, out);
        Use::Some
    }

    fn child_ends(&mut self, around: Around<'_>, (id, peer): (QuestionId, &OfficeId), why: Why, out: &mut Vec<Action>) -> Use {
        if !self.open.get(&id).is_some_and(|open| open.asked().contains(peer)) {
            return Use::None;
        }
        self.give_up(around, (id, peer), why, out);
        Use::Some
    }

    fn dropped_above(&mut self, id: QuestionId, peer: &OfficeId, out: &mut Vec<Action>) -> Use {
        let theirs = Asker::Above(peer.clone());
        if let Some(parent) = self.neighbours.get_mut(peer) {
            // Rows of a question that is over may still wait for their turn.
            parent.outflow.forget(id);
        }
        if self.open.get(&id).is_some_and(|open| open.asker == theirs) {
            self.drop_question(id, out);
        }
        Use::Some
    }
}
