//! What a roll call has come to: who is called in which round, what each office has of it, and what each has said.
//!
//! All moments are by the clock of the office that reads; see [`Clocked`].

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    registry::Registry,
};

use super::draw::drawn;
use crate::domain::{
    matter::{Step, standing},
    obligation::Clocked,
};

/// The step that makes a call.
pub const CALL: &str = "rollcall.call";
/// One answer serves every call that is open at its office.
pub const ANSWER: &str = "rollcall.answer";
/// A second call.
pub const AGAIN: &str = "rollcall.again";
pub(super) const PHONE: &str = "rollcall.phone";
pub(super) const EXPLAIN: &str = "rollcall.explain";
pub(super) const RULE: &str = "rollcall.rule";
pub(super) const CLOSE: &str = "rollcall.close";

/// In what role an answer names the other calls that it serves.
pub const ALSO: &str = "also";

/// A call is over so long after its answering time: what says that it was delivered, or answered, is underway meanwhile.
pub const ARRIVAL_MS: i64 = 60_000;
/// After its end a call is still answered, late, for so long.
pub const LATE_MAX_MS: i64 = 24 * 3_600_000;

/// A roll call as its steps say it.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    pub(super) steps: &'a [Step],
    /// The step that makes the call.
    pub call: &'a Step,
}

/// Whether a round is the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// The call itself.
    First,
    /// 二次点名
    Again,
}

/// A round as one office has it.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// Which.
    pub round: Round,
    /// The step that begins it.
    pub begins: &'a Step,
    /// When the office's node had it; `None`: nobody here knows of that.
    pub received: Option<Clocked>,
}

/// One office's part in a call.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Every round in which it is called, the first one first.
    pub turns: Vec<Turn<'a>>,
    /// Its first answer.
    pub answered: Option<&'a Step>,
    /// What it says now.
    pub says: Option<&'a Step>,
    /// Calls to its telephone, in order.
    pub phoned: Vec<&'a Step>,
    /// Its explanation.
    pub explained: Option<&'a Step>,
    /// What was ruled last.
    pub ruled: Option<&'a Step>,
}

impl<'a> Course<'a> {
    /// The first step makes the call; `None`: it is here not, or is no call.
    pub fn of(steps: &'a [Step]) -> Option<Self> {
        let call = steps.first().filter(|step| step.form == CALL)?;
        Some(Self { steps, call })
    }

    /// Steps that still say something.
    pub(super) fn every(&self, form: &'static str) -> impl Iterator<Item = &'a Step> {
        standing(self.steps).filter(move |step| step.form == form)
    }

    /// How many are drawn; `None`: nobody is, all are called.
    pub fn draws(&self) -> Option<usize> {
        self.call.number("draw").and_then(|count| usize::try_from(count).ok())
    }

    /// Whether an office is called; `is_below` judges the tree of that time.
    pub fn calls(&self, office: &OfficeId, is_below: impl Fn(&OfficeId, &OfficeId) -> bool) -> bool {
        match self.draws() {
            Some(count) => drawn(&self.call.digest, &self.call.to, count).contains(office),
            None if self.call.to.is_empty() => is_below(office, &self.call.office),
            None => self.call.to.contains(office),
        }
    }

    /// Those of some offices that are called.
    pub fn called<'o>(
        &self,
        offices: impl Iterator<Item = &'o OfficeId>,
        is_below: impl Fn(&OfficeId, &OfficeId) -> bool,
    ) -> Vec<&'o OfficeId> {
        let drawn = self.draws().map(|count| drawn(&self.call.digest, &self.call.to, count));
        let is_called = |office: &&OfficeId| match &drawn {
            Some(drawn) => drawn.contains(*office),
            None if self.call.to.is_empty() => is_below(office, &self.call.office),
            None => self.call.to.contains(office),
        };
        offices.filter(is_called).collect()
    }

    /// The step with which its office ended it.
    pub fn closed(&self) -> Option<&'a Step> {
        self.every(CLOSE).find(|step| step.office == self.call.office)
    }

    /// The first round, as nobody has it yet.
    pub fn first(&self) -> Turn<'a> {
        Turn { round: Round::First, begins: self.call, received: None }
    }

    /// Second calls, in order.
    pub(super) fn again(&self) -> impl Iterator<Item = &'a Step> {
        self.every(AGAIN).filter(|step| step.office == self.call.office)
    }

    /// What an office has to do with it.
    pub fn part(&self, office: &OfficeId, tree: &Registry) -> Part<'a> {
        let own_words = |step: &&Step| step.office == *office;
        let about = |step: &&Step| step.to.first() == Some(office);
        let caller = &self.call.office;
        let first = (Round::First, self.call);
        let again = self.again().filter(|step| step.to.contains(office)).map(|step| (Round::Again, step));
        let turns = std::iter::once(first).chain(again).map(|(round, begins)| {
            let received = self.received(begins, office, tree.own());
            Turn { round, begins, received }
        });
        let answers = self.steps.iter().filter(|step| step.form == ANSWER && step.entered.is_none()).filter(own_words);
        let may_rule = |step: &&Step| tree.is_within(caller, &step.office);
        let may_phone = |step: &&Step| tree.is_ancestor(&step.office, office) && tree.is_within(&step.office, caller);
        Part {
            turns: turns.collect(),
            answered: answers.min_by_key(|step| step.times.recorded.here),
            says: self.every(ANSWER).filter(|step| step.entered.is_none()).filter(own_words).last(),
            phoned: self.every(PHONE).filter(about).filter(may_phone).collect(),
            explained: self.every(EXPLAIN).filter(own_words).last(),
            ruled: self.every(RULE).filter(about).filter(may_rule).last(),
        }
    }

    /// When an office's node had a round: as it says itself, or as we know of our own.
    fn received(&self, begins: &Step, office: &OfficeId, own: &OfficeId) -> Option<Clocked> {
        let said = begins.delivered.iter().find(|delivery| delivery.office == *office).map(|delivery| delivery.at);
        said.or_else(|| (office == own).then(|| Clocked::same(begins.times.here)))
    }
}

impl Turn<'_> {
    /// From when on it is to be answered, whoever has it by then.
    pub fn opens(&self) -> Clocked {
        let made = self.begins.times.recorded;
        let ahead = made.origin.0.saturating_sub(made.here.0);
        match self.begins.time("opens_at") {
            Some(at) if at > made.origin => Clocked { origin: at, here: UnixMillis(at.0.saturating_sub(ahead)) },
            Some(_) | None => made,
        }
    }

    /// The answering time, ms.
    pub fn within_ms(&self) -> i64 {
        self.begins.number("minutes").unwrap_or_default().max(0).saturating_mul(60_000)
    }

    /// When it is over, and its table complete.
    pub fn closes(&self) -> UnixMillis {
        after(self.opens().here, self.within_ms().saturating_add(ARRIVAL_MS))
    }

    /// When the answering time begins: with the receipt, and not before the call opens.
    pub fn start(&self) -> Clocked {
        let opens = self.opens();
        self.received.filter(|received| received.here > opens.here).unwrap_or(opens)
    }

    /// Until when an answer is in time.
    pub fn due(&self) -> Clocked {
        let (start, within) = (self.start(), self.within_ms());
        Clocked { origin: after(start.origin, within), here: after(start.here, within) }
    }

    /// It was over before the office had it: 线路不通, and nothing rings.
    pub fn is_missed(&self) -> bool {
        self.received.is_some_and(|received| received.here > self.closes())
    }
}

impl<'a> Part<'a> {
    /// The round by which it is judged: the first that it could have answered, or else the last.
    pub fn judged_by(&self) -> &Turn<'a> {
        let could = self.turns.iter().find(|turn| !turn.is_missed());
        could.unwrap_or_else(|| self.turns.last().expect("everybody who is called has the first round"))
    }

    /// The round that runs, or ran last.
    pub fn latest(&self) -> &Turn<'a> {
        self.turns.last().expect("everybody who is called has the first round")
    }

    /// The first call to its telephone that reached it.
    pub fn reached(&self) -> Option<&'a Step> {
        self.phoned.iter().copied().find(|step| step.choice("result") == Some("reached"))
    }

    /// Whether it has answered in time.
    pub fn is_in_time(&self) -> bool {
        self.answered.is_some_and(|answer| answer.times.recorded.here <= self.judged_by().due().here)
    }

    /// Whether an answer may be given now.
    pub fn takes_answers(&self, now: UnixMillis) -> Result<(), NotOpen> {
        let latest = self.latest();
        match now {
            _ if self.answered.is_some() => Err(NotOpen::Answered),
            now if now < latest.opens().here => Err(NotOpen::NotYet),
            _ if latest.is_missed() => Err(NotOpen::Missed),
            now if now > after(latest.due().here, LATE_MAX_MS) => Err(NotOpen::Over),
            _ => Ok(()),
        }
    }
}

/// Why an office does not answer a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOpen {
    /// It has.
    Answered,
    /// The call is for later.
    NotYet,
    /// It was over before it came here.
    Missed,
    /// It was over long ago.
    Over,
}

pub(super) fn after(at: UnixMillis, millis: i64) -> UnixMillis {
    UnixMillis(at.0.saturating_add(millis))
}
