//! Decisions about the history of lines: what is kept of a line that flaps, what a child may say, and what a clock that was set back makes
//! void. See [`crate::lines`].

use bytes::Bytes;

use super::{
    StoreError,
    decide::Decision,
    frames::{FactFrame, FactKind, LineFrame, LinesFrame, PositionsFrame, PositionsOf},
    heads::Hearing,
    intent::Answer,
    neighbour::{TEXT_BYTES_MAX, shortened},
};
use crate::{
    ids::{Epoch, OfficeId, UnixMillis},
    lines::{CHANGES_AN_HOUR, HOUR_MS, LineFact, LineSeen, LinesTold, Seen},
    writer::frames::Entry,
};

/// A child's word is taken for up to twice as many changes as it should tell: it may tell some of them again by another clock.
const CHANGES_AN_HOUR_TOLD: usize = 2 * CHANGES_AN_HOUR;
/// Changes of one line that one change makes void; more are left to the next.
const VOIDS_MAX: usize = 256;

impl Decision<'_> {
    /// The line to a neighbour is up or down. Said again it is nothing new; of one that changes too often only that is kept.
    pub(super) fn line(
        &mut self,
        neighbour: &OfficeId,
        up: bool,
        (at, reason): (UnixMillis, &str),
    ) -> Result<Answer, StoreError> {
        let known = self.heads.lines.get(neighbour).map(|line| (line.up, line.unsteady));
        let known = self.lines.get(neighbour).copied().or(known);
        let office = if self.registry.own_parent() == Some(neighbour) { self.own().clone() } else { neighbour.clone() };
        let unsteady = self.store.line_changes_before(&office, at, CHANGES_AN_HOUR)? >= CHANGES_AN_HOUR - 1;
        let nothing_new = match known {
            Some((was, false)) => was == up,
            Some((_, true)) => unsteady,
            None => false,
        };
        if nothing_new {
            return Ok(Answer::Done);
        }
        let voids = self.voids(&office, at)?;
        let line = LineFrame { up, at: at.0, reason: shortened(reason, TEXT_BYTES_MAX), voids, unsteady };
        self.lines.insert(neighbour.clone(), (up, unsteady));
        self.note(neighbour, PositionsOf::Line(line));
        Ok(Answer::Done)
    }

    /// This node was off, since the last moment of which it knows that it was alive.
    pub(super) fn started(&mut self, alive_until: UnixMillis) {
        let now = self.at.wall;
        let noted = self.heads.lines.values().map(|line| line.at).filter(|at| *at <= now).max();
        let from = noted.map_or(alive_until, |noted| noted.max(alive_until)).min(now);
        if from == UnixMillis(i64::MIN) {
            // Never linked and never marked: there is no history to have a hole in.
            return;
        }
        let fact = LineFact { office: self.own().clone(), seen: Seen::Blind { from, until: now } };
        let facts = vec![frame_of(&fact, Vec::new())];
        self.note_lines(self.own().clone(), LinesFrame { facts, epoch: Bytes::new(), through: 0 });
    }

    /// A child tells what it saw. What it may not speak of, or what is still to come, is passed over.
    pub(super) fn lines_told(&mut self, child: &OfficeId, epoch: Epoch, told: &LinesTold) -> Result<Answer, StoreError> {
        let mut facts = Vec::new();
        for fact in told.facts.iter().filter(|fact| self.may_tell(child, fact)) {
            let fits = match fact.seen {
                Seen::Line(_, at) => {
                    self.store.line_changes_before(&fact.office, at, CHANGES_AN_HOUR_TOLD)? < CHANGES_AN_HOUR_TOLD
                }
                Seen::Blind { .. } | Seen::Heard(_) => true,
            };
            // It makes nothing void: what it told earlier was moved to this clock then, and what it tells again it may have forgotten in part.
            facts.extend(fits.then(|| frame_of(fact, Vec::new())));
        }
        let (through, is_all) = (told.through, told.through >= told.end);
        if is_all && self.heads.book.heard.get(child) != Some(&Hearing::Live) {
            facts.push(frame_of(&LineFact { office: child.clone(), seen: Seen::Heard(self.at.wall) }, Vec::new()));
        }
        if !facts.is_empty() || self.heads.book.told.get(child) != Some(&(epoch, through)) {
            let epoch = Bytes::copy_from_slice(&epoch.0);
            self.note_lines(child.clone(), LinesFrame { facts, epoch, through });
        }
        Ok(Answer::Done)
    }

    /// It may speak of the lines below it, and of when it, or an office below it, was not watching.
    fn may_tell(&self, child: &OfficeId, fact: &LineFact) -> bool {
        let tree = &self.registry;
        let is_child = tree.parent(child) == Some(self.own());
        let below = fact.office != *child && tree.is_within(&fact.office, child);
        let latest = self.at.wall.0.saturating_add(HOUR_MS);
        let (may, at) = match fact.seen {
            Seen::Line(_, at) | Seen::Heard(at) => (below, at),
            Seen::Blind { from, until } => ((below || fact.office == *child) && from <= until, until),
        };
        is_child && may && at.0 <= latest
    }

    /// Changes of that line which are kept as later than this one, and so cannot have been.
    fn voids(&self, office: &OfficeId, at: UnixMillis) -> Result<Vec<i64>, StoreError> {
        let later = self.store.line_changes_after(office, at, VOIDS_MAX)?;
        Ok(later.into_iter().map(|(at, _)| at.0).collect())
    }

    fn note_lines(&mut self, neighbour: OfficeId, frame: LinesFrame) {
        let neighbour = neighbour.as_str().to_owned();
        self.push(Entry::Positions(PositionsFrame { neighbour, of: Some(PositionsOf::Lines(frame)) }));
    }
}

fn frame_of(fact: &LineFact, voids: Vec<i64>) -> FactFrame {
    let (kind, at, until) = match fact.seen {
        Seen::Line(how, at) => (kind_of(how), at, UnixMillis(0)),
        Seen::Blind { from, until } => (FactKind::Blind, from, until),
        Seen::Heard(at) => (FactKind::Heard, at, UnixMillis(0)),
    };
    FactFrame { office: fact.office.as_str().to_owned(), kind: kind.into(), at: at.0, until: until.0, voids }
}

fn kind_of(how: LineSeen) -> FactKind {
    match how {
        LineSeen::Up => FactKind::Up,
        LineSeen::Down => FactKind::Down,
        LineSeen::Unsteady => FactKind::Unsteady,
    }
}
