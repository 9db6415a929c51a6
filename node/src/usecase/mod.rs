//! What an office can do: the only code that changes state. Pages call it, and so does the API, through which every command comes.
//!
//! Each call brings who does it; each refusal is a [`Refused`] with a code that has a sentence. What reads what was just written waits for
//! the projection.

mod access;
mod account;
mod attachment;
mod backup;
mod board;
mod choose;
mod classified;
mod clock;
mod consultation;
mod cut_off;
mod destroy;
mod draft;
mod due;
mod file;
mod finding;
mod group;
mod guard;
mod join;
mod lines;
mod machine;
mod matter;
mod node;
mod notice;
mod paper;
mod parked;
mod purge;
mod refused;
mod restore;
mod retention;
mod rollcall;
mod rules;
mod seen;
mod show;
mod special;
mod status;
mod tree;
mod upkept;
mod verify;
mod whereabouts;

pub use access::{AskAccesses, FoundAccesses, keep_accesses_by_itself};
pub use account::{AccountChange, ChangedBy, NewAccount};
pub use attachment::{
    AddAttachments, AddedAttachments, AttachmentRow, FilePlace, Incoming, SaidOfFile, SentFile, forget_unnamed_by_itself,
    incoming, not_taken, pieces,
};
pub use backup::{BackedUp, BackupFault, BackupFolder, LastBackup, backup_folder};
pub use board::{Board, Today};
pub use choose::{ChooseReport, ChosenReport};
pub use classified::{AddClassified, ClassifiedItem};
pub use clock::SKEW_MAX_MS;
pub use consultation::{
    Analysis, AskAnalysis, DutyFigures, KeepStatus, KeepingStatus, KeptStatus, KeptTable, KeptTables, OrderOutcome,
    OrderedOutcome, ShowStatus, TableThere,
};
pub use cut_off::{InForce, KnownCutOffs, SetAs, SetCutOff};
pub use destroy::{Destroy, Destroyed};
pub use draft::{OpenDraft, SaveDraft, SummedChild};
pub use due::{
    AskDueStats, AskDues, ChaseDue, ChasedDue, Due, DueStats, FirstDues, Hears, Listens, OpenDues, Rang, RangFirst, ShownChase,
    ShownDue, WhichDues, keep_dues, ring_by_itself,
};
pub use file::{FileReport, FiledReport, OnBehalf, Said};
pub use finding::{AskCircular, AskSuggestions, CircularDraft, Figure, Suggestion, Suggestions};
pub use group::{Group, SaveGroup};
pub use guard::Guard;
pub use join::{Joined, enrol, found};
pub use lines::{AskLineHistory, LineHistory};
pub use machine::{Below, Machine};
pub use matter::{
    AskPrefill, FieldPrefilled, FilledPaper, MatterBoard, MatterRow, MatterSeat, NamedRecord, PrefillSource, ShownMatter,
    ShownStep, TakeStep, TakenStep,
};
pub use node::{NodeStatus, Warning, WarningKind};
pub use notice::{
    NoticeBoard, NoticeHead, NoticeRow, Relation, SendNotice, SentNotice, ShownNotice, SignNotice, SignedNotice, To,
    deliver_by_itself,
};
pub use paper::{AskPaper, PaperFile};
pub use parked::parked_at;
pub use purge::{PurgeOffice, PurgeRecord, Purged, confirm_by_itself};
pub use refused::{Cause, Refused};
pub use restore::{
    BackupsThere, FromBackup, check_backup, list_backups, new_recovery_code, read_recovery_code, recovery_code, restore, salvage,
};
pub use retention::{DueRecord, Retention, RuleNow, retain_by_itself};
pub use rollcall::{
    ActOnRoll, AnswerRolls, AnsweredRolls, AskRolls, CallKind, CallRoll, CalledRoll, DrawProof, ExpectedDuty, FoundRolls,
    PhoneCall, PhoneResult, RollAct, RollCallRow, RollChange, RollRelation, RollTable, RollWords, RolledCall, Ruling, SaidAnswer,
};
pub use rules::{AnsweredRules, AskRules, OfficeRuns, PutAs, PutPack, Ruled, tell_rules_by_itself};
pub use seen::SeenReport;
pub use show::{FieldDifference, RemovedVersion, Revision, ShowReport, ShownChoice, ShownReport, SourceNow};
pub use special::{AmendPeriod, DeclarePeriod, KnownPeriod};
pub use status::{AnswersLive, AskStatus, PulledStatus, STATUS_KIND, STATUS_WITHIN};
pub use tree::{InvitationTerms, Invited, NewChild, Replacing};
pub use upkept::Upkept;
pub use verify::{Verified, Verifying, verify};

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher as _},
    sync::Arc,
    time::Duration,
};

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    link::frame::Hop,
    record::Person,
    relay::{Relay, SubmitError},
    writer::{StoreError, Stored, intent::WriteRefusal},
};
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    domain::{
        beijing::Day,
        board::About,
        form::{Form, Forms, Lines, PeriodKind, words},
        holiday::{Holidays, NoHoliday},
        period::Period,
    },
    projection::{
        Attachments, CaughtUp, Dues, Groups, Matters, Notices, Offices, ProjectionError, Reports, Row, RulePacks, Secrecy,
        Specials,
    },
    text::refusal::Refusal,
};

/// Rows are decided one at a time; different rows rarely share a lock.
const LOCKS: usize = 64;
/// How long a call waits for the projection; what it wrote is durable anyway.
const PROJECTION_WAIT: Duration = Duration::from_secs(20);

/// This office, as those see it who may do something here. Cheap to clone.
#[derive(Clone)]
pub struct Office {
    inner: Arc<Inner>,
}

struct Inner {
    relay: Relay,
    reports: Reports,
    notices: Notices,
    groups: Groups,
    matters: Matters,
    offices: Offices,
    secrecy: Secrecy,
    specials: Specials,
    rule_packs: RulePacks,
    attachments: Attachments,
    dues: Dues,
    bell: due::Bell,
    accesses: access::Accesses,
    caught_up: CaughtUp,
    locks: Vec<Mutex<()>>,
    since: UnixMillis,
    addresses: Vec<String>,
    backups: backup::Backups,
    retention: std::sync::OnceLock<crate::domain::retention::Rules>,
}

impl Office {
    /// Over a relay whose projection is followed. `addresses` is where children dial, `host:port`; none: it takes no children.
    pub fn new(relay: Relay, caught_up: CaughtUp, addresses: Vec<String>) -> Self {
        let (index, since) = (relay.index(), relay.clock().wall());
        let inner = Inner {
            reports: Reports::new(index.clone()),
            notices: Notices::new(index.clone()),
            groups: Groups::new(index.clone()),
            matters: Matters::new(index.clone()),
            secrecy: Secrecy::new(index.clone()),
            offices: Offices::new(index.clone()),
            specials: Specials::new(index.clone()),
            rule_packs: RulePacks::new(index.clone()),
            attachments: Attachments::new(index.clone()),
            dues: Dues::new(index),
            bell: due::Bell::default(),
            accesses: access::Accesses::default(),
            locks: (0..LOCKS).map(|_| Mutex::new(())).collect(),
            relay,
            caught_up,
            since,
            addresses,
            backups: backup::Backups::default(),
            retention: std::sync::OnceLock::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    fn relay(&self) -> &Relay {
        &self.inner.relay
    }

    /// Which office this is. Costs nothing, and waits for nothing.
    pub fn own(&self) -> &OfficeId {
        self.relay().own()
    }

    fn now(&self) -> UnixMillis {
        self.relay().clock().wall()
    }

    /// Which offices had a record when, each by its own clock; earlier first, this one last where it came from another.
    fn way_of(&self, stored: &Stored) -> Vec<Hop> {
        let own = || Hop { office: self.own().clone(), received_at: stored.received_at, offset_ms: stored.offset_ms };
        let here = stored.from.is_some().then(own);
        stored.trail.iter().cloned().chain(here).collect()
    }

    /// Whoever holds it decides on that row alone, and on what stands beside it: a day has one report, whatever its form.
    async fn lock(&self, row: &Row) -> MutexGuard<'_, ()> {
        self.lock_on(&(row.period, About::form(&row.form).forms(), &row.office)).await
    }

    /// The same for anything else that is decided one at a time.
    async fn lock_on(&self, what: &impl Hash) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        let at = usize::try_from(hasher.finish() % LOCKS as u64).unwrap_or(0);
        self.inner.locks[at].lock().await
    }

    /// Tells when something was recorded; see [`CaughtUp::moved`].
    pub fn watch_changes(&self) -> CaughtUp {
        self.inner.caught_up.from_now()
    }

    /// Waits until everything that is durable now can be read.
    async fn caught_up(&self) -> Result<(), Refused> {
        let border = self.relay().feed().end();
        let mut caught_up = self.inner.caught_up.clone();
        let waited = tokio::time::timeout(PROJECTION_WAIT, caught_up.through(border)).await;
        waited.map_err(|elapsed| Refused::because(Refusal::Behind, elapsed))
    }
}

/// The form of that id.
fn form(id: &str) -> Result<&'static Form, Refused> {
    Forms::built_in().get(id).ok_or_else(|| Refused::about(Refusal::FormUnknown, shown(id)))
}

/// The period of a form that a day belongs to; empty: today. A period as records name it is taken too.
fn period(form: &Form, text: &str, now: UnixMillis) -> Result<Period, Refused> {
    let invalid = || Refused::about(Refusal::PeriodInvalid, shown(text));
    // Today by a clock of 1970 is no day of the calendar: the day must be named.
    let today = Day::of(now).to_string();
    let named = if text.is_empty() { today.as_str() } else { text };
    let period = Period::parse(named).map_err(|_| Refused::about(Refusal::PeriodInvalid, shown(named)))?;
    match form.period {
        PeriodKind::Day if period.first() == period.last() => Ok(period),
        PeriodKind::Day => Err(invalid()),
        PeriodKind::Holiday => {
            let holiday = Holidays::built_in().on(period.first()).map_err(|none| match none {
                NoHoliday::Ordinary => Refused::about(Refusal::PeriodNoHoliday, period),
                NoHoliday::NotAnnounced => Refused::about(Refusal::PeriodNotAnnounced, period.first().year()),
            })?;
            let named = period.first() == period.last() || period == holiday.period;
            if named { Ok(holiday.period) } else { Err(invalid()) }
        }
    }
}

/// A person who can stand in a record.
fn person(by: Option<Person>) -> Result<Person, Refused> {
    let by = by.filter(|by| !by.id.is_empty()).ok_or(Refusal::PersonMissing)?;
    let name = words(&by.name, 64, Lines::One).ok().filter(|name| !name.is_empty());
    let id_fits = by.id.len() <= 64 && !by.id.chars().any(|c| c.is_control() || c.is_whitespace());
    match name.filter(|_| id_fits) {
        Some(name) => Ok(Person { name, ..by }),
        None => Err(Refused::about(Refusal::PersonInvalid, shown(&by.id))),
    }
}

/// The offices that were named, each once; the same office twice is no fault.
fn office_ids(texts: &[String]) -> Result<BTreeSet<OfficeId>, Refused> {
    texts.iter().map(|text| office_id(text)).collect()
}

fn office_id(text: &str) -> Result<OfficeId, Refused> {
    OfficeId::parse(text).map_err(|_| Refused::about(Refusal::OfficeInvalid, shown(text)))
}

/// What came from outside, short and without anything invisible, so that it can stand in a sentence and a log.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

impl From<ProjectionError> for Refused {
    fn from(error: ProjectionError) -> Self {
        Self::because(Refusal::Internal, error)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::because(Refusal::StoreFailed, error)
    }
}

impl From<SubmitError> for Refused {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Refused(refusal) => refusal.into(),
            SubmitError::Stopped(stopped) => Self::because(Refusal::StoreFailed, stopped),
            SubmitError::Invitation(reason) => Self::about(Refusal::AddressInvalid, shown(&reason)),
        }
    }
}

impl From<WriteRefusal> for Refused {
    fn from(refusal: WriteRefusal) -> Self {
        match refusal {
            WriteRefusal::Conflict => Refusal::RecordIdUsed.into(),
            WriteRefusal::Malformed(reason) => Self::because(Refusal::RecordMalformed, reason),
            WriteRefusal::UnknownOffice(office) => Self::about(Refusal::OfficeUnknown, office),
            WriteRefusal::NoAudience => Refusal::NoAudience.into(),
            WriteRefusal::UnknownRecord(record) => Self::about(Refusal::RecordUnknown, record),
            WriteRefusal::NotYoursToDestroy(office) => Self::about(Refusal::DestroyElsewhere, office),
            WriteRefusal::NotDestroyable(record) => Self::about(Refusal::DestroyNever, record),
            WriteRefusal::NotYours(office) => Self::about(Refusal::OfficeNotYours, office),
            WriteRefusal::OfficeExists(office) => Self::about(Refusal::OfficeExists, office),
            WriteRefusal::InvitationUnknown => Refusal::InvitationUnknown.into(),
            WriteRefusal::InvitationUsed => Refusal::InvitationUsed.into(),
            WriteRefusal::InvitationExpired => Refusal::InvitationExpired.into(),
            WriteRefusal::InvitationForAnother => Refusal::InvitationForAnother.into(),
            WriteRefusal::NotParked => Refusal::ParkedUnknown.into(),
            WriteRefusal::NoSpace(_) => Refusal::NoSpace.into(),
            refusal @ WriteRefusal::OutOfOrder { .. } => Self::because(Refusal::Internal, refusal),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
