//! One question while it is under way at this office: who has not been heard of yet, and through whom they would be.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    ANSWER_BYTES_MAX,
    answerer::Asked,
    question::{Question, Row, Said, Why},
};
use crate::ids::OfficeId;

/// Who wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asker {
    /// A program here.
    Here,
    /// The parent, for itself or for one above it.
    Above(OfficeId),
}

/// Through whom an office is heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Through {
    /// The program here answers for this office.
    Here,
    /// The child was asked.
    Child(OfficeId),
    /// The program here says what it holds.
    Records(Why),
}

/// When what is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    /// What children have.
    pub(super) children: Duration,
    /// From here on we answer for those who have not.
    pub(super) last_call: Duration,
    /// The end.
    pub(super) until: Duration,
}

/// Kept for ourselves, twice: of what children have, and of what comes after the last call.
const SHARE_OF_TIME: u32 = 10;
const SHARE_MAX: Duration = Duration::from_secs(1);

impl Times {
    pub(super) fn new(now: Duration, within: Duration) -> Self {
        let share = (within / SHARE_OF_TIME).min(SHARE_MAX);
        Self { children: within.saturating_sub(share * 2), last_call: now + within - share, until: now + within }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) question: Question,
    pub(super) asker: Asker,
    pub(super) times: Times,
    /// Those that there is no row of.
    waiting: BTreeMap<OfficeId, Through>,
    /// Children that have not said that they are done.
    asked: BTreeSet<OfficeId>,
    bytes: usize,
    called: LastCall,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LastCall {
    ToCome,
    Over,
}

impl Open {
    pub(super) fn new(question: Question, asker: Asker, times: Times, waiting: BTreeMap<OfficeId, Through>) -> Self {
        let through = waiting.values().filter_map(|through| match through {
            Through::Child(child) => Some(child.clone()),
            Through::Here | Through::Records(_) => None,
        });
        let asked = through.collect();
        Self { question, asker, times, waiting, asked, bytes: 0, called: LastCall::ToCome }
    }

    /// As the program here sees it, with the time until then.
    pub(super) fn seen(&self, now: Duration, by: Duration) -> Asked {
        let Question { kind, asker, body, .. } = self.question.clone();
        Asked { kind, asker, body, within: by.saturating_sub(now) }
    }

    /// Takes rows of those that wait through that one, each once. What is new is returned, as it is to be passed on.
    pub(super) fn take(&mut self, through: &Through, rows: Vec<Row>) -> Vec<Row> {
        let mut new = Vec::new();
        for row in rows {
            if self.waiting.get(&row.office) != Some(through) {
                continue;
            }
            self.waiting.remove(&row.office);
            new.push(self.within_bounds(row));
        }
        new
    }

    fn within_bounds(&mut self, row: Row) -> Row {
        let bytes = row.body_bytes();
        if self.bytes + bytes > ANSWER_BYTES_MAX {
            return row.without_body();
        }
        self.bytes += bytes;
        row
    }

    /// Nothing more comes from that child. Those that were waited for through it.
    pub(super) fn give_up(&mut self, child: &OfficeId) -> Vec<OfficeId> {
        self.asked.remove(child);
        let gone = Through::Child(child.clone());
        self.waiting.iter().filter(|(_, through)| **through == gone).map(|(office, _)| office.clone()).collect()
    }

    /// An office is answered for from the records here, for that reason.
    pub(super) fn answer_from_records(&mut self, office: OfficeId, why: Why) -> (OfficeId, Why) {
        self.waiting.insert(office.clone(), Through::Records(why));
        (office, why)
    }

    /// Children that have not said that they are done.
    pub(super) fn asked(&self) -> &BTreeSet<OfficeId> {
        &self.asked
    }

    /// Those that the records here are asked for, by reason.
    pub(super) fn for_records(&self) -> Vec<(OfficeId, Why)> {
        let records = self.waiting.iter().filter_map(|(office, through)| match through {
            Through::Records(why) => Some((office.clone(), *why)),
            Through::Here | Through::Child(_) => None,
        });
        records.collect()
    }

    /// Why an office is answered for from records; `None`: it is not, or is no more.
    pub(super) fn why_records(&self, office: &OfficeId) -> Option<Why> {
        match self.waiting.get(office)? {
            Through::Records(why) => Some(*why),
            Through::Here | Through::Child(_) => None,
        }
    }

    /// Whether the program here has still to answer for this office.
    pub(super) fn waits_for(&self, office: &OfficeId) -> bool {
        self.waiting.contains_key(office)
    }

    /// There is a row of everybody.
    pub(super) fn is_complete(&self) -> bool {
        self.waiting.is_empty()
    }

    /// When something is due next.
    pub(super) fn wakes_at(&self) -> Duration {
        match self.called {
            LastCall::ToCome => self.times.last_call,
            LastCall::Over => self.times.until,
        }
    }

    /// The last call is due. Once.
    pub(super) fn call_last(&mut self, now: Duration) -> bool {
        let due = self.called == LastCall::ToCome && now >= self.times.last_call;
        if due {
            self.called = LastCall::Over;
        }
        due
    }

    /// The end: a row of everybody that there is none of.
    pub(super) fn close(&mut self, by: &OfficeId) -> Vec<Row> {
        let left = std::mem::take(&mut self.waiting);
        let row = |(office, through)| {
            let why = match through {
                Through::Records(why) => why,
                Through::Here | Through::Child(_) => Why::NoAnswer,
            };
            Row { office, by: by.clone(), said: Said::Instead { why, line_since: None, held: None } }
        };
        left.into_iter().map(row).collect()
    }
}
