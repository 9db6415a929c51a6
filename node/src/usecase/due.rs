//! Obligations (时限事项) as an office sees them: what it owes, what is owed to it, and how each stands. What they are is
//! [`crate::domain::obligation`]; where those of the calendar come from is the board, those of matters come from the projection.
//!
//! - `gather`: everything that is owed now, and the lines over which it would have come.
//! - `bell`: the one clock: rings, and remembers what has rung.
//! - `hook`: rings through a command where nobody listens.
//! - `overdue`: how much of it, by debtor.
//! - `chase`: chases on the record. `stats`: counts, each with what was counted.

mod bell;
mod chase;
mod gather;
mod hook;
mod overdue;
mod stats;

pub(super) use bell::Bell;
pub use bell::{Hears, Listens, Rang, RangFirst, keep_dues};
pub use chase::{ChaseDue, ChasedDue, ShownChase};
pub use hook::ring_by_itself;
pub use stats::{AskDueStats, DueStats};

use std::cmp::Ordering;

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Mode,
};

use super::{Office, Refused, board::Reach, shown};
use crate::{
    body::read_step,
    domain::{
        matter::{APPROVER, approvers},
        obligation::{Creditor, Key, Obligation, Side, Stage, Standing, WayHop},
        rules::Duty,
    },
    text::refusal::Refusal,
};

/// One obligation as it stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What is owed.
    pub obligation: Obligation,
    /// How it stands.
    pub standing: Standing,
    /// How this office stands to it.
    pub side: Side,
    /// Name of who owes it.
    pub debtor_name: String,
    /// Name of the office to which it is owed; empty: a leader of the debtor.
    pub creditor_name: String,
    /// Name of the leader before whom it lies; empty: it lies before nobody, or the words are gone.
    pub leader_name: String,
    /// How often its debtor was chased.
    pub chases: u32,
}

/// Which obligations are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskDues {
    /// Of this debtor alone; empty: what this office owes, and what is owed to it.
    pub office: String,
    /// All, or the chase list.
    pub which: WhichDues,
    /// What is real, or what is practised: they never stand on one list.
    pub mode: Mode,
}

impl Default for AskDues {
    fn default() -> Self {
        Self { office: String::new(), which: WhichDues::Open, mode: Mode::Real }
    }
}

/// All, or the chase list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WhichDues {
    /// Whatever is open.
    #[default]
    Open,
    /// What others owe to this office and is overdue (待催).
    ToChase,
}

/// What is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDues {
    /// Soonest first.
    pub dues: Vec<Due>,
    /// By the clock of this office.
    pub as_of: UnixMillis,
}

/// What stands on the screen of whoever is on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstDues {
    /// What this office owes.
    pub ours: Vec<Due>,
    /// How many more it owes.
    pub more_of_ours: usize,
    /// What others owe to it and is overdue.
    pub to_chase: Vec<Due>,
}

/// One obligation with all that shows why it stands as it does.
#[derive(Debug, Clone)]
pub struct ShownDue {
    /// The obligation.
    pub due: Due,
    /// The lines from the debtor up to here while it ran, each with the name of its office.
    pub way: Vec<(WayHop, String)>,
    /// What rang here, and when.
    pub rang: Vec<(Stage, UnixMillis)>,
    /// Every chase, oldest first.
    pub chases: Vec<ShownChase>,
    /// By the clock of this office.
    pub as_of: UnixMillis,
}

impl Office {
    /// What is open, soonest first.
    pub async fn dues(&self, asked: AskDues) -> Result<OpenDues, Refused> {
        let of = if asked.office.is_empty() { None } else { Some(self.within(&asked.office)?) };
        self.caught_up().await?;
        let (office, now) = (self.clone(), self.now());
        let made = tokio::task::spawn_blocking(move || office.open_dues(of.as_ref(), (asked.which, asked.mode), now)).await;
        let dues = made.map_err(|error| Refused::because(Refusal::Internal, error))??;
        Ok(OpenDues { dues, as_of: now })
    }

    /// One of them, also when it is closed.
    pub async fn show_due(&self, key: &str) -> Result<ShownDue, Refused> {
        let unknown = || Refused::about(Refusal::DueUnknown, shown(key));
        let key = Key::parse(key).ok_or_else(unknown)?;
        self.caught_up().await?;
        let (office, now) = (self.clone(), self.now());
        let made = tokio::task::spawn_blocking(move || {
            let Some(obligation) = office.due_named(&key, now)? else { return Ok(None) };
            office.with_evidence(obligation, now).map(Some)
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))??.ok_or_else(unknown)
    }

    /// The first of what this office owes and of what others owe to it and is overdue, each soonest first. A province to which a thousand
    /// answers are owed looks at the lines of those alone that are shown.
    pub async fn first_dues(&self, most: usize) -> Result<FirstDues, Refused> {
        self.caught_up().await?;
        let (office, now) = (self.clone(), self.now());
        let made = tokio::task::spawn_blocking(move || {
            let open = office.open_now(Reach::Tier(office.own()), Mode::Real, now)?;
            let (ours, others): (Vec<_>, Vec<_>) = open
                .into_iter()
                .filter(|owed| owed.side(office.own()) != Side::Others)
                .partition(|owed| owed.side(office.own()) == Side::ByUs);
            let (judge, late) = (office.judge(now)?, others.into_iter().filter(|owed| owed.due.here < now));
            Ok(FirstDues {
                more_of_ours: ours.len().saturating_sub(most),
                ours: ours.into_iter().take(most).map(&judge).collect::<Result<_, _>>()?,
                to_chase: late.map(&judge).filter(is_to_chase).take(most).collect::<Result<_, _>>()?,
            })
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    fn open_dues(&self, of: Option<&OfficeId>, (which, mode): (WhichDues, Mode), now: UnixMillis) -> Result<Vec<Due>, Refused> {
        let reach = if of.is_some() { Reach::Whole } else { Reach::Tier(self.own()) };
        let wanted = |owed: &Obligation| match (of, which) {
            (Some(of), _) => owed.debtor == *of,
            (None, WhichDues::Open) => owed.side(self.own()) != Side::Others,
            (None, WhichDues::ToChase) => owed.side(self.own()) == Side::ToUs,
        };
        let open = self.open_now(reach, mode, now)?.into_iter().filter(wanted);
        open.map(self.judge(now)?).filter(|due| which != WhichDues::ToChase || is_to_chase(due)).collect()
    }

    /// What is open, soonest first.
    fn open_now(&self, reach: Reach<'_>, mode: Mode, now: UnixMillis) -> Result<Vec<Obligation>, Refused> {
        let is_open = |owed: &Obligation| {
            // Whose turn it is not yet, and tomorrow's 续报, are nobody's concern now.
            let in_turns = [Duty::ApprovalAnswer, Duty::FollowUp].contains(&owed.duty);
            owed.mode == mode && !owed.is_closed() && owed.has_begun(now) && (owed.start.at.here <= now || !in_turns)
        };
        let mut open: Vec<_> = self.owed_now(reach, now)?.into_iter().filter(is_open).collect();
        open.sort_by(soonest_first);
        Ok(open)
    }

    /// Judges one after the other, each with how often its debtor was chased.
    fn judge(&self, now: UnixMillis) -> Result<impl Fn(Obligation) -> Result<Due, Refused>, Refused> {
        let counts = self.inner.dues.chase_counts()?;
        Ok(move |owed: Obligation| {
            let chases = counts.get(owed.key.as_str()).copied().unwrap_or(0);
            Ok(Due { chases, ..self.judged(owed, now)? })
        })
    }

    /// Everything that is owed because of a matter, closed ones too, soonest first.
    pub(super) fn dues_of(&self, matter: &RecordRef, now: UnixMillis) -> Result<Vec<Due>, Refused> {
        let mut found = self.inner.dues.of_matter(matter)?;
        found.sort_by(soonest_first);
        found.into_iter().map(self.judge(now)?).collect()
    }

    fn with_evidence(&self, obligation: Obligation, now: UnixMillis) -> Result<ShownDue, Refused> {
        let ran = obligation.ran(now);
        let way = self.way_from(&obligation.debtor, ran)?.into_iter().map(|hop| {
            let name = self.name_of(&hop.office);
            (hop, name)
        });
        let way = way.collect();
        let rung = self.rung()?;
        let rang = Stage::ALL.into_iter().filter_map(|stage| Some((stage, rung.at(&obligation, stage)?)));
        let rang = rang.collect();
        let chases = self.chases_of(&obligation.key)?;
        let count = u32::try_from(chases.len()).unwrap_or(u32::MAX);
        let due = Due { chases: count, ..self.judged(obligation, now)? };
        Ok(ShownDue { due, way, rang, chases, as_of: now })
    }

    /// How an obligation stands, by the lines as they are known here.
    pub(super) fn judged(&self, obligation: Obligation, now: UnixMillis) -> Result<Due, Refused> {
        let asks = obligation.asks(now).filter(|_| obligation.debtor != *self.own());
        let way = asks.map(|stretch| self.way_from(&obligation.debtor, stretch)).transpose()?.unwrap_or_default();
        let creditor_name = match &obligation.creditor {
            Creditor::Office(office) => self.name_of(office),
            Creditor::Leader(_) | Creditor::Outside(_) => String::new(),
        };
        Ok(Due {
            standing: obligation.judge(&way, now),
            side: obligation.side(self.own()),
            debtor_name: self.name_of(&obligation.debtor),
            creditor_name,
            leader_name: self.leader_of(&obligation)?,
            chases: 0,
            obligation,
        })
    }

    /// Before whom something lies, as the step says that asked: his name stands in no index.
    fn leader_of(&self, owed: &Obligation) -> Result<String, Refused> {
        let turn = match &owed.creditor {
            Creditor::Leader(leader) => leader.strip_prefix(APPROVER).and_then(|turn| turn.parse::<usize>().ok()),
            Creditor::Office(_) | Creditor::Outside(_) => None,
        };
        let (Some(turn), Some(asked)) = (turn, &owed.start.record) else { return Ok(String::new()) };
        let stored = self.relay().store().record(asked)?;
        let step = stored.and_then(|stored| read_step(&stored, &self.relay().registry()).ok());
        let named = step.and_then(|step| approvers(&step).into_iter().nth(turn.checked_sub(1)?).map(str::to_owned));
        Ok(named.unwrap_or_default())
    }

    pub(super) fn name_of(&self, office: &OfficeId) -> String {
        self.relay().registry().entry(office).map_or_else(|| office.to_string(), |entry| entry.name.clone())
    }
}

fn soonest_first(a: &Obligation, b: &Obligation) -> Ordering {
    (a.due.here, &a.key).cmp(&(b.due.here, &b.key))
}

/// Its time is over. A fault is not passed over.
fn is_to_chase(due: &Result<Due, Refused>) -> bool {
    due.as_ref().map_or(true, |due| due.standing.late_ms() > 0)
}
