//! Retention by rule (保管期限): which of this office's own records are due to lose their words, and the node that removes them by itself where
//! a rule says so.
//!
//! It goes the way of every destruction: a signed record of this office with rule and article as its reason, and no other way. Nothing goes
//! that somebody has not acknowledged to the end yet, or whose matter or period is still open; and nothing goes by a clock that may be wrong:
//! it must be possible, and, where there is a parent, agree with the parent's over a line that is up.

use std::{collections::BTreeMap, time::Duration};

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis},
    record::{Destruction, Header, Person},
    writer::{RecordState, Stored, intent::Destroying},
};
use tokio::sync::watch;

use super::{Office, Refused, clock};
use crate::{
    body::step::matter_of,
    domain::{
        form::Forms,
        matter::{Matter, is_over, kind_of, telling},
        number::made_at,
        period::Period,
        report::Window,
        retention::{About, Event, Rule, Rules},
    },
    text::{refusal::Refusal, retention as text},
};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(6 * 3600);
/// Records that are looked at in one go.
const PAGE: usize = 256;
/// Most due records of a rule that a list shows, and that one look removes.
const DUE_MAX: usize = 1000;

/// A record whose words are due to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRecord {
    /// Which.
    pub reference: RecordRef,
    /// Its kind.
    pub kind: String,
    /// When it was made, by the clock of then.
    pub recorded_at: UnixMillis,
    /// Since when it is due.
    pub due_at: UnixMillis,
}

/// A rule, and what it comes to now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleNow {
    /// The rule.
    pub rule: Rule,
    /// What is due, oldest first.
    pub due: Vec<DueRecord>,
    /// How many will be due later, or never.
    pub kept: u64,
    /// How many of these belong to something that still goes on.
    pub open: u64,
    /// Due, but not acknowledged to the end by everybody who is to have it.
    pub unacknowledged: u64,
    /// When the next one is due.
    pub next_at: Option<UnixMillis>,
}

/// Every rule, and whether the node may act now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// In the order of the file; none: nothing is ever removed.
    pub rules: Vec<RuleNow>,
    /// The clock may be wrong, or cannot be compared with the parent's: nothing is removed before it can.
    pub clock_doubtful: bool,
}

/// Removes what is due until it is told to stop.
pub async fn retain_by_itself(office: Office, mut stop: watch::Receiver<bool>) {
    if office.retention_rules().0.is_empty() {
        return;
    }
    loop {
        match office.retain().await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "records were destroyed because a rule of retention says so"),
            Err(refused) => tracing::warn!(%refused, "retention waits for the next time"),
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

impl Office {
    /// Keeps its records by these rules; before it serves, once.
    pub fn keeps_by(&self, rules: Rules) {
        // A second set is a fault of whoever wires a node, and changes nothing.
        let _ = self.inner.retention.set(rules);
    }

    fn retention_rules(&self) -> Rules {
        self.inner.retention.get().cloned().unwrap_or_default()
    }

    /// What every rule comes to now. Changes nothing.
    pub async fn retention(&self) -> Result<Retention, Refused> {
        self.caught_up().await?;
        let office = self.clone();
        let looked = tokio::task::spawn_blocking(move || office.look_at_own()).await;
        let rules = looked.map_err(|error| Refused::because(Refusal::Internal, error))??;
        Ok(Retention { rules, clock_doubtful: self.is_clock_doubtful() })
    }

    /// Destroys what is due by rules that act by themselves, oldest first; how many.
    pub async fn retain(&self) -> Result<usize, Refused> {
        let now = self.retention().await?;
        let mut removed = 0;
        if now.clock_doubtful {
            return Ok(removed);
        }
        for RuleNow { rule, due, .. } in now.rules.into_iter().filter(|now| now.rule.by_itself) {
            for record in due {
                let destruction = Destruction { target: record.reference, reason: text::reason(&rule) };
                let id = destruction_id(&destruction.target);
                let by = Person { id: text::BY_RULE_ID.to_owned(), name: text::BY_RULE.to_owned() };
                self.destroy_with_files(Destroying { id, destruction, by }).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn is_clock_doubtful(&self) -> bool {
        let links = self.relay().links();
        let unheard = links.iter().any(|link| link.is_parent && !link.state.up);
        unheard || !clock::warnings(self.now(), &links).is_empty()
    }

    fn look_at_own(&self) -> Result<Vec<RuleNow>, Refused> {
        let (store, now) = (self.relay().store(), self.now());
        let begin = |rule: Rule| RuleNow { rule, due: Vec::new(), kept: 0, open: 0, unacknowledged: 0, next_at: None };
        let mut rules: Vec<RuleNow> = self.retention_rules().0.into_iter().map(begin).collect();
        let (mut after, mut matters) = (None, BTreeMap::new());
        loop {
            let page = store.by_origin(self.own(), after, PAGE)?;
            for (reference, _) in &page {
                let Some(stored) = store.record(reference)?.filter(|stored| !stored.record.is_hollow()) else { continue };
                let Some(about) = About::of_kind(&stored.record.header().kind) else { continue };
                if let Some(rule) = rules.iter_mut().find(|now| now.rule.about.contains(&about)) {
                    let event = self.event_of(about, stored.record.header(), &mut matters)?;
                    self.put_under(rule, (&stored, event), now)?;
                }
            }
            let Some((last, _)) = page.last() else { break };
            after = Some(last.id);
        }
        rules.iter_mut().for_each(|now| now.due.sort_by_key(|due| (due.recorded_at, due.reference.clone())));
        Ok(rules)
    }

    fn put_under(&self, into: &mut RuleNow, (stored, event): (&Stored, Event), now: UnixMillis) -> Result<(), Refused> {
        let (header, reference) = (stored.record.header(), stored.record.reference());
        let due_at = into.rule.class.due(header.recorded_at, event);
        let Some(due_at) = due_at.filter(|due_at| *due_at <= now) else {
            into.kept += 1;
            into.open += u64::from(event == Event::Open);
            into.next_at = into.next_at.into_iter().chain(due_at).min();
            return Ok(());
        };
        if !self.is_acknowledged(&reference)? {
            into.unacknowledged += 1;
        } else if into.due.len() < DUE_MAX {
            into.due.push(DueRecord { reference, kind: header.kind.clone(), recorded_at: header.recorded_at, due_at });
        }
        Ok(())
    }

    /// By everybody who is to have it, to the end; and so is what says which files belong to it.
    fn is_acknowledged(&self, reference: &RecordRef) -> Result<bool, Refused> {
        let own = self.inner.attachments.of_record(reference)?.into_iter().filter(|attached| attached.origin == *self.own());
        for record in own.chain([reference.clone()]) {
            if self.relay().state_of(&record)? != Some(RecordState::Arrived) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What a record belongs to. What cannot be found out goes on.
    fn event_of(&self, about: About, header: &Header, matters: &mut BTreeMap<RecordRef, Event>) -> Result<Event, Refused> {
        match about {
            About::Notice => Ok(Event::None),
            About::Report => self.period_of(header),
            About::Matter(_) => {
                let Some(matter) = matter_of(&header.subject) else { return Ok(Event::Open) };
                if let Some(known) = matters.get(&matter) {
                    return Ok(*known);
                }
                let event = self.matter_event(&matter)?;
                matters.insert(matter, event);
                Ok(event)
            }
        }
    }

    fn period_of(&self, header: &Header) -> Result<Event, Refused> {
        let form = Forms::built_in().of_record_kind(&header.kind);
        let named = header.subject.split('/').collect::<Vec<_>>();
        let [_, office, period] = named[..] else { return Ok(Event::Open) };
        let (Some(form), Ok(office), Ok(period)) = (form, OfficeId::parse(office), Period::parse(period)) else {
            return Ok(Event::Open);
        };
        let Window { closes, .. } = self.window(form, &office, period)?;
        Ok(if closes <= self.now() { Event::Ended(closes) } else { Event::Open })
    }

    /// A matter ends with its last step, once nothing is to be done about it any more, and nothing that is owed because of it is still to come.
    fn matter_event(&self, matter: &RecordRef) -> Result<Event, Refused> {
        let steps = self.all_steps_of(matter)?;
        let Some(kind) = kind_of(matter, &steps) else { return Ok(Event::Open) };
        let telling = telling(kind, matter, &steps);
        let is_open = !is_over(&steps) && Matter { kind, steps: &telling }.summary().open;
        let owed = self.inner.dues.of_matter(matter)?.iter().any(|due| !due.is_closed() && due.due.here > self.now());
        let last = steps.iter().map(|step| step.times.here).max();
        Ok(last.filter(|_| !is_open && !owed).map_or(Event::Open, Event::Ended))
    }
}

/// The same for one record, however often it is tried.
fn destruction_id(target: &RecordRef) -> RecordId {
    let digest = Digest::of("dutynet.retained.1", &[target.to_string().as_bytes()]);
    let mut random = [0; 10];
    random.copy_from_slice(&digest.0[..10]);
    RecordId::from_parts(made_at(&target.id), random)
}
