//! The one clock: it watches what is open, rings, and tells whoever listens.
//!
//! What has rung is kept in local frames of the journal, one for each day on which things are due, before anybody hears it: so a restart rings
//! nothing twice. Whoever begins to listen is first told what rang and is still open.

use std::{
    collections::BTreeSet,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use dutynet_relay::ids::UnixMillis;
use tokio::sync::{broadcast, watch};

use super::Due;
use crate::{
    domain::{
        beijing::Day,
        obligation::{Ring, Rung, Side, Stage},
    },
    projection::CaughtUp,
    text::refusal::Refusal,
    usecase::{Office, Refused, Warning, WarningKind, board::Reach},
};

/// Namespace of what has rung.
const RUNG: &str = "due.rung";
/// Nothing is looked at more often than that.
const PAUSE: Duration = Duration::from_secs(1);
/// Everything is looked at anew after so many pauses: lines change without a record.
const PAUSES_MAX: u32 = 15;
/// Rings that a listener may be behind.
const BEHIND_MAX: usize = 1024;

/// A ring as it sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rang {
    /// Of what.
    pub due: Due,
    /// At which stage.
    pub stage: Stage,
    /// When.
    pub at: UnixMillis,
}

/// Some of what rang and is still open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangFirst {
    /// These, in the order in which they rang.
    pub first: Vec<Rang>,
    /// How many more.
    pub more: usize,
}

/// What somebody hears to whom rings are shown; as long as it is held, somebody listens.
#[derive(Debug)]
pub struct Hears {
    rings: broadcast::Receiver<Rang>,
    listens: Listens,
}

/// Somebody listens as long as it is held.
#[derive(Debug)]
pub struct Listens {
    _counted: Arc<()>,
}

impl Hears {
    /// The rings, and what is to be held for as long as they are shown.
    pub fn into_parts(self) -> (broadcast::Receiver<Rang>, Listens) {
        (self.rings, self.listens)
    }
}

impl Deref for Hears {
    type Target = broadcast::Receiver<Rang>;

    fn deref(&self) -> &Self::Target {
        &self.rings
    }
}

impl DerefMut for Hears {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.rings
    }
}

/// What has rung, and who listens.
pub(in crate::usecase) struct Bell {
    rung: Mutex<Option<Arc<Rung>>>,
    /// `None`: nobody hears anything any more, and whoever listens is sent away.
    rings: Mutex<Option<broadcast::Sender<Rang>>>,
    /// Held once by the bell, and once more by everybody to whom rings are shown.
    listens: Arc<()>,
    /// Why the command that rings came to nothing last, and when.
    hook: Mutex<Option<(String, UnixMillis)>>,
}

impl Default for Bell {
    fn default() -> Self {
        let rings = Mutex::new(Some(broadcast::channel(BEHIND_MAX).0));
        Self { rung: Mutex::new(None), rings, listens: Arc::new(()), hook: Mutex::new(None) }
    }
}

impl Bell {
    /// Every ring, and that there will be none any more, for the node itself: whoever takes it shows it to nobody.
    pub(in crate::usecase) fn hear(&self) -> Option<broadcast::Receiver<Rang>> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(broadcast::Sender::subscribe)
    }

    /// The same for somebody who shows it to people.
    fn listen(&self) -> Option<Hears> {
        let listens = Listens { _counted: Arc::clone(&self.listens) };
        self.hear().map(|rings| Hears { rings, listens })
    }

    /// Whether rings are shown to anybody.
    pub(super) fn has_listeners(&self) -> bool {
        Arc::strong_count(&self.listens) > 1
    }

    /// How the command that rings went; nothing: well.
    pub(super) fn note_hook(&self, fault: Option<(String, UnixMillis)>) {
        let mut hook = self.hook.lock().unwrap_or_else(PoisonError::into_inner);
        // Since when stays, as long as it does not go well.
        *hook = fault.map(|(why, at)| (why, hook.as_ref().map_or(at, |(_, since)| *since)));
    }

    /// What a person should know of it.
    pub(in crate::usecase) fn warnings(&self) -> Vec<Warning> {
        let hook = self.hook.lock().unwrap_or_else(PoisonError::into_inner);
        let warning =
            |(why, at): &(String, UnixMillis)| Warning { kind: WarningKind::RingFailing, about: why.clone(), since: Some(*at) };
        hook.iter().map(warning).collect()
    }

    /// Nobody may be listening.
    fn sound(&self, rang: Rang) {
        if let Some(rings) = self.rings.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let _ = rings.send(rang);
        }
    }

    fn end(&self) {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// What a look at everything that is open has found.
struct Look {
    ringing: Vec<(Ring, Due)>,
    missed: Vec<Ring>,
    next: Option<UnixMillis>,
}

/// Watches until it is told to stop.
pub async fn keep_dues(office: Office, mut stop: watch::Receiver<bool>) {
    // What changes during a look is looked at again; nothing else is.
    let mut changes = office.watch_changes();
    loop {
        let next = office.ring().await.unwrap_or_else(|refused| {
            tracing::warn!(%refused, "what is due could not be looked at; it is tried again");
            None
        });
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return office.inner.bell.end(),
            () = office.something_may_ring(next, &mut changes) => {}
        }
    }
}

impl Office {
    /// What rang and is still open, and from now on each ring as it happens, for somebody who is shown it: the command that rings where nobody
    /// listens is silent as long as what is heard is held.
    pub async fn watch_dues(&self) -> Result<(Vec<Rang>, Hears), Refused> {
        let (rang, hears) = self.watch_first_dues(usize::MAX).await?;
        Ok((rang.first, hears))
    }

    /// The same for somebody who can show so many.
    pub async fn watch_first_dues(&self, most: usize) -> Result<(RangFirst, Hears), Refused> {
        self.caught_up().await?;
        let hears = self.inner.bell.listen().ok_or(Refusal::Stopping)?;
        Ok((self.rang_first(most).await?, hears))
    }

    /// What rang and is still open.
    pub async fn rang_now(&self) -> Result<Vec<Rang>, Refused> {
        Ok(self.rang_first(usize::MAX).await?.first)
    }

    /// Of what rang and is still open, so much: what this office owes goes first, then what was due first. Whoever has called the roll of a
    /// province may hear a thousand at once.
    pub async fn rang_first(&self, most: usize) -> Result<RangFirst, Refused> {
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || office.rang_and_open(most)).await;
        made.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    fn rang_and_open(&self, most: usize) -> Result<RangFirst, Refused> {
        let (now, rung) = (self.now(), self.rung()?);
        let open = self.owed_now(Reach::Tier(self.own()), now)?.into_iter();
        let open = open.filter(|owed| owed.has_begun(now) && !owed.is_closed());
        let mut rang: Vec<_> = open
            .filter_map(|owed| {
                let latest = Stage::ALL.into_iter().rev().find_map(|stage| Some((stage, rung.at(&owed, stage)?)));
                latest.map(|(stage, at)| (owed, stage, at))
            })
            .collect();
        rang.sort_by_key(|(owed, ..)| (owed.side(self.own()) != Side::ByUs, owed.due.here));
        let more = rang.len().saturating_sub(most);
        rang.truncate(most);
        let judged = |(owed, stage, at)| Ok(Rang { due: self.judged(owed, now)?, stage, at });
        let mut first = rang.into_iter().map(judged).collect::<Result<Vec<_>, Refused>>()?;
        first.sort_by_key(|rang| rang.at);
        Ok(RangFirst { first, more })
    }

    /// Returns when the next moment has come, something was recorded, or a while has passed.
    async fn something_may_ring(&self, next: Option<UnixMillis>, changes: &mut CaughtUp) {
        tokio::time::sleep(PAUSE).await;
        for _ in 0..PAUSES_MAX {
            if next.is_some_and(|next| next <= self.now()) {
                return;
            }
            tokio::select! {
                () = changes.moved() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Rings what is to ring now. The moment at which something rings next.
    async fn ring(&self) -> Result<Option<UnixMillis>, Refused> {
        self.caught_up().await?;
        let (office, now) = (self.clone(), self.now());
        let look = tokio::task::spawn_blocking(move || office.look(now)).await;
        let Look { ringing, missed, next } = look.map_err(|error| Refused::because(Refusal::Internal, error))??;
        let all: Vec<Ring> = ringing.iter().map(|(ring, _)| ring.clone()).chain(missed).collect();
        self.keep_rung(all, now).await?;
        for (ring, due) in ringing {
            tracing::info!(key = %ring.key, stage = ring.stage.key(), "something is due");
            self.inner.bell.sound(Rang { due, stage: ring.stage, at: now });
        }
        Ok(next)
    }

    fn look(&self, now: UnixMillis) -> Result<Look, Refused> {
        let rung = self.rung()?;
        let mut look = Look { ringing: Vec::new(), missed: Vec::new(), next: None };
        for owed in self.owed_now(Reach::Tier(self.own()), now)? {
            let side = owed.side(self.own());
            if side == Side::Others {
                continue;
            }
            let (rings, missed) = owed.rings(side, &rung, now);
            let next = owed.next_moment(side, now);
            look.next = look.next.into_iter().chain(next).min();
            look.missed.extend(missed);
            if !rings.is_empty() {
                let due = self.judged(owed, now)?;
                look.ringing.extend(rings.into_iter().map(|ring| (ring, due.clone())));
            }
        }
        Ok(look)
    }

    /// Everything that has rung here.
    pub(super) fn rung(&self) -> Result<Arc<Rung>, Refused> {
        let mut held = self.inner.bell.rung.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            let kept = self.relay().store().locals(RUNG)?;
            let read = kept.iter().flat_map(|(_, bytes)| Rung::read(&String::from_utf8_lossy(bytes)).0);
            *held = Some(Arc::new(Rung(read.collect())));
        }
        Ok(held.clone().unwrap_or_default())
    }

    /// Keeps that they have rung, on disk before anybody hears it.
    async fn keep_rung(&self, rings: Vec<Ring>, now: UnixMillis) -> Result<(), Refused> {
        if rings.is_empty() {
            return Ok(());
        }
        let days: BTreeSet<Day> = rings.iter().map(|ring| Day::of(ring.due)).collect();
        let mut rung = Rung::clone(&*self.rung()?);
        rung.0.extend(rings.into_iter().map(|ring| (ring, now)));
        for day in days {
            let of_day = rung.0.iter().filter(|(ring, _)| Day::of(ring.due) == day);
            let of_day = Rung(of_day.map(|(ring, at)| (ring.clone(), *at)).collect());
            self.relay().put_local(RUNG, &day.to_string(), of_day.written().into()).await?;
        }
        *self.inner.bell.rung.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(rung));
        Ok(())
    }
}
