//! Rings through a command of the operator's when nobody hears the pages: a siren, a lamp, a call to the officer's telephone.
//!
//! What has rung waits here. While somebody listens (an open page, `due watch`) the pages ring; where nobody has listened for so long, the
//! command is started, again and again, until what rings is done with, or somebody listens. A line to a page may be dead without a word, so
//! what rings is put off while somebody seems to listen, and dropped when that has lasted longer than a dead line can: then it was heard. What
//! must be answered stays until it is answered. However much has come together, it is one start. A command that fails is tried further, and stands among the warnings.

use std::{
    collections::BTreeMap,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use dutynet_relay::{ids::UnixMillis, record::Mode};
use serde::Serialize;
use tokio::{
    io::AsyncWriteExt as _,
    process::Command,
    sync::{broadcast::error::RecvError, watch},
};

use super::Rang;
use crate::{
    config::RingConfig,
    domain::{
        beijing,
        obligation::{Ring, Side, Stage},
    },
    text::{due as words, refusal::Refusal},
    usecase::{Office, Refused},
};

/// Between two looks at what waits.
const LOOK_MAX: Duration = Duration::from_secs(1);
/// A command that runs for longer is ended.
const RUN_MAX: Duration = Duration::from_secs(30);
/// Rings that are told to a command in one go.
const TOLD_MAX: usize = 100;

/// Whoever has listened for so long without a break is there: a dead connection is given up sooner, as `console/connections.rs` has it, and
/// its page with the next word to it.
const HEARD_MS: i64 = 120_000;

/// What rings while nobody listens.
#[derive(Debug)]
struct Unheard {
    after: i64,
    again: i64,
    rings: BTreeMap<Ring, Waits>,
}

/// A ring that waits for somebody to hear it.
#[derive(Debug)]
struct Waits {
    rang: Rang,
    /// The command is to be started for it then.
    at: UnixMillis,
    /// Since when somebody seems to listen to it.
    listened: Option<UnixMillis>,
}

impl Unheard {
    fn new(after: Duration, again: Duration) -> Self {
        let millis = |length: Duration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
        Self { after: millis(after), again: millis(again), rings: BTreeMap::new() }
    }

    fn add(&mut self, rang: Rang, now: UnixMillis) {
        let (key, due) = (rang.due.obligation.key.clone(), rang.due.obligation.due.here);
        let at = UnixMillis(now.0.saturating_add(self.after));
        self.rings.entry(Ring { key, stage: rang.stage, due }).or_insert(Waits { rang, at, listened: None });
    }

    /// Somebody seems to listen: the pages ring, and the command waits further, from now on. What was surely heard and must not be answered
    /// waits no more.
    fn heard(&mut self, now: UnixMillis) {
        let after = self.after;
        self.rings.retain(|_, waits| {
            waits.at = UnixMillis(now.0.saturating_add(after));
            let since = *waits.listened.get_or_insert(now);
            waits.rang.insists() || now.0.saturating_sub(since.0) < HEARD_MS
        });
    }

    /// Nobody listens.
    fn unheard(&mut self) {
        self.rings.values_mut().for_each(|waits| waits.listened = None);
    }

    /// Only what is open still rings.
    fn keep(&mut self, open: &[Rang]) {
        self.rings.retain(|ring, _| open.iter().any(|rang| rang.due.obligation.key == ring.key));
    }

    /// Whether the moment of something has come. A clock that was set back makes nobody wait.
    fn is_due(&self, now: UnixMillis) -> bool {
        let longest = self.after.max(self.again);
        self.rings.values().any(|Waits { at, .. }| *at <= now || at.0.saturating_sub(now.0) > longest)
    }

    /// Everything, most pressing first; its moment comes again after a while.
    fn told(&mut self, now: UnixMillis) -> Vec<Rang> {
        let next = UnixMillis(now.0.saturating_add(self.again));
        self.rings.values_mut().for_each(|waits| waits.at = next);
        let mut all: Vec<Rang> = self.rings.values().map(|waits| waits.rang.clone()).collect();
        all.sort_by_key(|rang| (!rang.insists(), rang.due.obligation.due.here));
        all.truncate(TOLD_MAX);
        all
    }
}

impl Rang {
    /// It is to be answered by whoever sits here, and rings until it is.
    pub fn insists(&self) -> bool {
        self.due.side == Side::ByUs && self.due.obligation.insists()
    }

    /// Somebody has to come now: it is over its time, or has just come as 特急.
    pub fn is_loud(&self) -> bool {
        let owed = &self.due.obligation;
        self.due.side == Side::ByUs && (owed.due.here <= self.at || (owed.flash && self.stage == Stage::Begun))
    }

    /// One sentence of what rings; what is practised says so first.
    pub fn sentence(&self) -> String {
        let (due, owed) = (&self.due, &self.due.obligation);
        let stands = words::stands(due.standing.place(), due.standing.late_ms());
        words::ring_sentence(owed.mode, &due.debtor_name, words::duty(owed.duty), (words::stage(self.stage), &stands))
    }
}

/// What the command reads.
#[derive(Serialize)]
struct Told {
    office: String,
    name: String,
    at: String,
    rings: Vec<ToldRing>,
}

#[derive(Serialize)]
struct ToldRing {
    key: String,
    stage: &'static str,
    sentence: String,
    due: String,
    must_be_answered: bool,
    /// It is practised: whoever has a siren may leave it silent.
    exercise: bool,
}

/// Rings through the command until it is told to stop; without one there is nothing to do.
pub async fn ring_by_itself(office: Office, config: RingConfig, mut stop: watch::Receiver<bool>) {
    if config.command.is_empty() {
        return;
    }
    let mut unheard = Unheard::new(config.after, config.again);
    while !*stop.borrow() {
        let watched = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            watched = office.watch_unheard(&config, &mut unheard) => watched,
        };
        match watched {
            Ok(()) => return,
            Err(refused) => tracing::warn!(%refused, "what rings could not be looked at; it is tried again"),
        }
        tokio::time::sleep(LOOK_MAX).await;
    }
}

impl Office {
    /// Returns when nothing rings any more: the node stops.
    async fn watch_unheard(&self, config: &RingConfig, unheard: &mut Unheard) -> Result<(), Refused> {
        // Before what is open is asked for, so that nothing rings between the two. It shows nothing to anybody, and is no listener.
        let mut rings = self.inner.bell.hear().ok_or(Refusal::Stopping)?;
        self.caught_up().await?;
        let open = self.rang_now().await?;
        open.into_iter().for_each(|rang| unheard.add(rang, self.now()));
        let look = LOOK_MAX.min(config.after / 2).max(Duration::from_millis(10));
        loop {
            tokio::select! {
                rang = rings.recv() => match rang {
                    Ok(rang) => unheard.add(rang, self.now()),
                    Err(RecvError::Lagged(_)) => {
                        let open = self.rang_now().await?;
                        open.into_iter().for_each(|rang| unheard.add(rang, self.now()));
                    }
                    Err(RecvError::Closed) => return Ok(()),
                },
                () = tokio::time::sleep(look) => self.ring_unheard(config, unheard).await?,
            }
        }
    }

    async fn ring_unheard(&self, config: &RingConfig, unheard: &mut Unheard) -> Result<(), Refused> {
        if self.inner.bell.has_listeners() {
            unheard.heard(self.now());
            return Ok(());
        }
        unheard.unheard();
        if !unheard.is_due(self.now()) {
            return Ok(());
        }
        unheard.keep(&self.rang_now().await?);
        let rings = unheard.told(self.now());
        if rings.is_empty() {
            return Ok(());
        }
        let rung = start(config, &self.told(&rings)).await;
        let fault = rung.err().map(|why| {
            tracing::warn!(why, "the command that rings has failed; it is tried again");
            (why, self.now())
        });
        self.inner.bell.note_hook(fault);
        Ok(())
    }

    fn told(&self, rings: &[Rang]) -> Told {
        let ring = |rang: &Rang| ToldRing {
            key: rang.due.obligation.key.to_string(),
            stage: rang.stage.key(),
            sentence: rang.sentence(),
            due: beijing::rfc3339(rang.due.obligation.due.here),
            must_be_answered: rang.insists(),
            exercise: rang.due.obligation.mode == Mode::Exercise,
        };
        let name = self.relay().registry().entry(self.own()).map(|entry| entry.name.clone()).unwrap_or_default();
        let rings = rings.iter().map(ring).collect();
        Told { office: self.own().to_string(), name, at: beijing::rfc3339(self.now()), rings }
    }
}

/// Starts the command without a shell, and waits for its end. Why it came to nothing, in English.
async fn start(config: &RingConfig, told: &Told) -> Result<(), String> {
    let [program, arguments @ ..] = &config.command[..] else { return Ok(()) };
    let json = serde_json::to_vec(told).map_err(|error| error.to_string())?;
    let first = told.rings.first().map(|ring| ring.sentence.as_str()).unwrap_or_default();
    let mut child = Command::new(program)
        .args(arguments)
        .env("DUTYNET_OFFICE", &told.office)
        .env("DUTYNET_RINGS", told.rings.len().to_string())
        .env("DUTYNET_RING", first)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let stdin = child.stdin.take();
    let run = async {
        if let Some(mut stdin) = stdin {
            // A command that does not want to know is right, too.
            let _ = stdin.write_all(&json).await;
        }
        child.wait().await
    };
    match tokio::time::timeout(RUN_MAX, run).await {
        Ok(Ok(status)) if ExitStatus::success(&status) => Ok(()),
        Ok(Ok(status)) => Err(format!("{program}: {status}")),
        Ok(Err(error)) => Err(format!("{program}: {error}")),
        Err(_) => Err(format!("{program}: no end within {} s", RUN_MAX.as_secs())),
    }
}

#[cfg(test)]
mod tests;
