//! Follows the journal and keeps the projection up to date.

use std::{sync::Arc, time::Duration};

use dutynet_relay::{
    feed::Feed,
    index::{Batch, Index},
    journal::Cursor,
    relay::{Relay, SubmitError},
    writer::{StoreError, thread::Stopped},
};
use tokio::{
    sync::watch,
    task::{JoinError, spawn_blocking},
};

use super::{
    FORMER_SPACE, ProjectionError, RENEWAL, SPACE, attachments,
    digest::{Strange, Stretch, digest},
    made, matters, notices, packs, stubs, value,
};
use crate::domain::beijing::Day;

/// Journal read in one go, bytes.
const STRETCH_BYTES: usize = 1 << 20;
/// How often it is looked whether a day has begun.
const LOOK: Duration = Duration::from_secs(1);
/// After a fault of the index or the journal, until it is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// How far the projection has got, for those who must read what they wrote.
#[derive(Clone)]
pub struct CaughtUp(watch::Receiver<Cursor>);

impl CaughtUp {
    /// Returns when the projection holds everything before this border.
    pub async fn through(&mut self, border: Cursor) {
        // The follower ends with the node; who still waits then is ended with it.
        if self.0.wait_for(|cursor| cursor.groups >= border.groups).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The same, for which nothing has moved yet.
    pub fn from_now(&self) -> Self {
        let mut from_now = self.0.clone();
        from_now.mark_unchanged();
        Self(from_now)
    }

    /// Returns when the projection has moved since the last time.
    pub async fn moved(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Keeps the projection up to date; see [`super`].
pub struct Follower {
    relay: Relay,
    feed: Feed,
    index: Arc<dyn Index>,
    cursor: Cursor,
    renewal: Renewal,
    told: watch::Sender<Cursor>,
    /// The day that was last begun.
    day: Option<Day>,
}

/// Whether the index is to be put on fresh files as soon as everything was read: what was taken away stands in old pages yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renewal {
    Due,
    NotDue,
}

/// How a wait ended.
#[derive(PartialEq, Eq)]
enum Waited {
    Enough,
    Ended,
}

impl Follower {
    /// Goes on where it stopped; from the beginning when the store was made anew or the values are another version's.
    pub fn new(relay: &Relay) -> Result<(Self, CaughtUp), ProjectionError> {
        let (feed, index) = (relay.feed(), relay.index());
        let held = index.get(SPACE, value::CURSOR)?.and_then(|value| value::read_cursor(&value));
        let made_anew = relay.opening().rebuilt || relay.opening().forked;
        let cursor = held.filter(|cursor| !made_anew && cursor.groups <= feed.end().groups);
        if cursor.is_none() {
            index.clear(SPACE)?;
            index.clear(FORMER_SPACE)?;
        }
        // An index that was set aside holds what was destroyed since.
        let set_aside = cursor.is_none() && relay.store().counter("hollowed") > 0;
        let due = set_aside || index.get(RENEWAL, value::CURSOR)?.is_some();
        let renewal = if due { Renewal::Due } else { Renewal::NotDue };
        let cursor = cursor.unwrap_or_default();
        let (told, hears) = watch::channel(cursor);
        Ok((Self { relay: relay.clone(), feed, index, cursor, renewal, told, day: None }, CaughtUp(hears)))
    }

    /// Follows until it is told to stop. A stretch that was begun is finished. What fails is tried again, and said once.
    pub async fn run(mut self, stop: watch::Receiver<bool>) {
        let mut said = None;
        loop {
            let pause = match self.work().await {
                Ok(true) => {
                    said = None;
                    continue;
                }
                Ok(false) => None,
                Err(error) => {
                    let error = error.to_string();
                    if said.as_ref() != Some(&error) {
                        tracing::error!(error, "the projection does not move");
                    }
                    said = Some(error);
                    Some(PAUSE)
                }
            };
            if self.wait(stop.clone(), pause).await == Waited::Ended {
                return;
            }
        }
    }

    /// Until there is something to read, or for a while.
    async fn wait(&mut self, mut stop: watch::Receiver<bool>, pause: Option<Duration>) -> Waited {
        let mut failed = self.relay.failed();
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => Waited::Ended,
            _ = failed.wait_for(Option::is_some) => Waited::Ended,
            () = tokio::time::sleep(pause.unwrap_or_default()), if pause.is_some() => Waited::Enough,
            () = self.feed.changed(), if pause.is_none() => Waited::Enough,
            () = tokio::time::sleep(LOOK), if pause.is_none() => Waited::Enough,
        }
    }

    /// One stretch; false: there was none.
    async fn work(&mut self) -> Result<bool, FollowError> {
        let (relay, feed, after) = (self.relay.clone(), self.feed.clone(), self.cursor);
        // The registry is taken after the records, so that it knows everybody whom they name.
        let read = spawn_blocking(move || Ok(digest(&feed.after(after, STRETCH_BYTES)?, &relay.registry())));
        let Some(stretch) = read.await?.map_err(|error: StoreError| ProjectionError::from(error))? else {
            self.begin_day_if_due().await?;
            return self.renew_if_due().await.map(|()| false);
        };
        for strange in &stretch.strange {
            self.mark(strange).await?;
        }
        if !stretch.hollowed.is_empty() {
            self.renewal = Renewal::Due;
        }
        let (index, end, relay) = (self.index.clone(), stretch.end, self.relay.clone());
        let written = spawn_blocking(move || {
            apply(index.as_ref(), &relay, stretch)?;
            matters::settle(index.as_ref(), relay.store(), &relay.registry(), relay.clock().wall())?;
            notices::settle(index.as_ref(), relay.store(), &relay.registry())
        });
        written.await??;
        self.cursor = end;
        self.told.send_replace(end);
        Ok(true)
    }

    /// What is owed day by day is derived for one day more.
    async fn begin_day_if_due(&mut self) -> Result<(), FollowError> {
        let (relay, index) = (self.relay.clone(), self.index.clone());
        let now = relay.clock().wall();
        let day = Day::of(now);
        if self.day == Some(day) {
            return Ok(());
        }
        let begun = spawn_blocking(move || {
            matters::begin_day(index.as_ref(), now)?;
            matters::settle(index.as_ref(), relay.store(), &relay.registry(), now)
        });
        begun.await??;
        self.day = Some(day);
        self.told.send_replace(self.cursor);
        Ok(())
    }

    /// Nothing of what was destroyed is in the values any more; afterwards it is in no file of the index.
    async fn renew_if_due(&mut self) -> Result<(), FollowError> {
        if self.renewal == Renewal::NotDue {
            return Ok(());
        }
        let relay = self.relay.clone();
        spawn_blocking(move || relay.renew_index()).await?.map_err(ProjectionError::from)?;
        self.index.clear(RENEWAL).map_err(ProjectionError::from)?;
        self.renewal = Renewal::NotDue;
        Ok(())
    }

    /// Notes a record that could not be digested. A note that is refused (a full disk) is only logged: carrying goes on.
    async fn mark(&self, strange: &Strange) -> Result<(), Stopped> {
        let Strange { place, module, reason } = strange;
        tracing::warn!(?place, reason, projection = module, "a record was not interpreted");
        match self.relay.not_interpreted(*place, module, reason).await {
            Err(SubmitError::Stopped(stopped)) => Err(stopped),
            Ok(()) | Err(SubmitError::Refused(_) | SubmitError::Invitation(_)) => Ok(()),
        }
    }
}

/// Puts what a stretch adds, and stubs in place of what was destroyed since.
fn apply(index: &dyn Index, relay: &Relay, mut stretch: Stretch) -> Result<(), ProjectionError> {
    if !stretch.hollowed.is_empty() {
        let mut due = Batch::default();
        due.put(value::CURSOR, value::cursor_value(stretch.end));
        index.apply(RENEWAL, &due)?;
    }
    for reference in &stretch.hollowed {
        let gone = made::forget(index, reference, &mut stretch.batch)?;
        matters::unsettle(&gone, &mut stretch.batch);
        notices::unsettle(&gone, &mut stretch.batch);
        attachments::gone(&gone, &mut stretch.batch);
        // One that came whole after all says what it says where it stands whole.
        if let Some(left) = relay.store().record(reference)?.filter(|left| left.record.is_hollow()) {
            stubs::stub(&relay.registry(), &left, &mut stretch.batch);
        }
    }
    if packs::adds_one(&stretch.batch) {
        matters::unsettle_waiting(index, &mut stretch.batch)?;
    }
    Ok(index.apply(SPACE, &stretch.batch)?)
}

/// Why a stretch was not done; it is tried again.
#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    #[error(transparent)]
    Stopped(#[from] Stopped),
    #[error(transparent)]
    Task(#[from] JoinError),
}
