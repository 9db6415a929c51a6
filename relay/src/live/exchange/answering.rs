//! What becomes of answers: those of the program here, those that it gives for others, and those that do not come.

use super::{
    super::{
        ROW_BYTES_MAX,
        answerer::Unable,
        frame::LiveFrame,
        open::{Asker, Through},
        question::{Held, Row, Said, Why},
    },
    Action, Around, Exchange, answer_for,
};
use crate::ids::{OfficeId, QuestionId, UnixMillis};

impl Exchange {
    /// The program here has answered for this office.
    pub(super) fn answered(&mut self, id: QuestionId, answer: Result<Held, Unable>, out: &mut Vec<Action>) {
        let instead = |why| Said::Instead { why, line_since: None, held: None };
        let said = match answer {
            Ok(held) if held.body.len() > ROW_BYTES_MAX => instead(Why::TooMuch),
            Ok(held) => Said::Itself(held),
            Err(Unable) => instead(Why::Unable),
        };
        let row = Row { office: self.own.clone(), by: self.own.clone(), said };
        let Some(open) = self.open.get_mut(&id) else { return };
        let new = open.take(&Through::Here, vec![row]);
        self.pass_on(id, new, out);
    }

    /// The program here has answered for others.
    pub(super) fn answered_for(
        &mut self,
        id: QuestionId,
        answers: Vec<(OfficeId, Option<UnixMillis>, Option<Held>)>,
        out: &mut Vec<Action>,
    ) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let mut new = Vec::new();
        for (office, line_since, held) in answers {
            let Some(why) = open.why_records(&office) else { continue };
            let held = held.filter(|held| held.body.len() <= ROW_BYTES_MAX);
            let line_since = line_since.filter(|_| why == Why::LineDown);
            let row = Row { office, by: self.own.clone(), said: Said::Instead { why, line_since, held } };
            new.extend(open.take(&Through::Records(why), vec![row]));
        }
        self.pass_on(id, new, out);
    }

    /// Nothing more comes from that child.
    pub(super) fn give_up(&mut self, around: Around<'_>, (id, child): (QuestionId, &OfficeId), why: Why, out: &mut Vec<Action>) {
        let Some(open) = self.open.get_mut(&id) else { return };
        let offices = open.give_up(child).into_iter().map(|office| {
            let has_node = around.registry.entry(&office).is_some_and(|entry| entry.key.is_some());
            (office, if has_node { why } else { Why::NoNode })
        });
        let offices: Vec<_> = offices.map(|(office, why)| open.answer_from_records(office, why)).collect();
        answer_for(id, open, (around.now.since, offices), out);
        self.end_if_complete(id, out);
    }

    /// New rows, to whoever asked.
    pub(super) fn pass_on(&mut self, id: QuestionId, rows: Vec<Row>, out: &mut Vec<Action>) {
        let Some(open) = self.open.get(&id) else { return };
        if !rows.is_empty() {
            match &open.asker {
                Asker::Here => out.push(Action::Tell(id, rows)),
                Asker::Above(parent) => {
                    if let Some(parent) = self.neighbours.get_mut(parent) {
                        parent.outflow.rows(id, rows);
                    }
                }
            }
        }
        self.end_if_complete(id, out);
    }

    fn end_if_complete(&mut self, id: QuestionId, out: &mut Vec<Action>) {
        let Some(open) = self.open.get(&id).filter(|open| open.is_complete()) else { return };
        if let Asker::Above(parent) = &open.asker
            && let Some(parent) = self.neighbours.get_mut(parent)
        {
            parent.outflow.done(id);
        }
        self.open.remove(&id);
        out.push(Action::Over(id));
    }

    pub(super) fn tick(&mut self, around: Around<'_>, out: &mut Vec<Action>) {
        let ids: Vec<_> = self.open.keys().copied().collect();
        for id in ids {
            self.last_call(around, id, out);
            self.close_if_due(around, id, out);
        }
    }

    /// Who has not answered by now is answered for.
    fn last_call(&mut self, around: Around<'_>, id: QuestionId, out: &mut Vec<Action>) {
        let Some(open) = self.open.get_mut(&id).filter(|open| open.wakes_at() <= around.now.since) else { return };
        if !open.call_last(around.now.since) {
            return;
        }
        let late: Vec<_> = open.asked().iter().cloned().collect();
        for child in late {
            out.push(Action::Send(child.clone(), LiveFrame::Dropped(id)));
            self.give_up(around, (id, &child), Why::NoAnswer, out);
        }
    }

    fn close_if_due(&mut self, around: Around<'_>, id: QuestionId, out: &mut Vec<Action>) {
        let Some(open) = self.open.get_mut(&id).filter(|open| open.times.until <= around.now.since) else { return };
        let rows = open.close(&self.own);
        self.pass_on(id, rows, out);
    }
}
