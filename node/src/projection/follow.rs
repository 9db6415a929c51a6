//! Follows the journal and keeps the projection up to date.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use dutynet_relay::{
    feed::{Feed, FeedGroup},
    index::{Batch, Index},
    journal::{Cursor, Place},
    registry::Registry,
    relay::{Relay, SubmitError},
    writer::{StoreError, Stored, thread::Stopped},
};
use tokio::{
    sync::watch,
    task::{JoinError, spawn_blocking},
};

use super::{
    ProjectionError,
    reports::SPACE,
    stored::{self, Entry},
};
use crate::{
    body::ReportBody,
    domain::form::{Column, Forms},
};

/// Journal read in one go, bytes.
const STRETCH_BYTES: usize = 1 << 20;
/// After a fault of the index or the journal, until it is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// Name of this projection in `not interpreted` marks.
const NAME: &str = "reports";

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
}

/// Keeps the projection up to date; see [`super`].
pub struct Follower {
    relay: Relay,
    feed: Feed,
    index: Arc<dyn Index>,
    cursor: Cursor,
    told: watch::Sender<Cursor>,
}

/// How a wait ended.
#[derive(PartialEq, Eq)]
enum Waited {
    Enough,
    Ended,
}

/// What a stretch of the journal comes to.
struct Stretch {
    batch: Batch,
    end: Cursor,
    strange: Vec<(Place, String)>,
}

impl Follower {
    /// Goes on where it stopped; from the beginning when the store was made anew or the values are another version's.
    pub fn new(relay: &Relay) -> Result<(Self, CaughtUp), ProjectionError> {
        let (feed, index) = (relay.feed(), relay.index());
        let held = index.get(SPACE, stored::CURSOR)?.and_then(|value| stored::read_cursor(&value));
        let made_anew = relay.opening().rebuilt || relay.opening().forked;
        let cursor = held.filter(|cursor| !made_anew && cursor.groups <= feed.end().groups);
        if cursor.is_none() {
            index.clear(SPACE)?;
        }
        let cursor = cursor.unwrap_or_default();
        let (told, hears) = watch::channel(cursor);
        Ok((Self { relay: relay.clone(), feed, index, cursor, told }, CaughtUp(hears)))
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
                        tracing::error!(error, projection = NAME, "the projection does not move");
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
        }
    }

    /// One stretch; false: there was none.
    async fn work(&mut self) -> Result<bool, FollowError> {
        let (relay, feed, after) = (self.relay.clone(), self.feed.clone(), self.cursor);
        // The registry is taken after the records, so that it knows everybody whom they name.
        let read = spawn_blocking(move || Ok(digest(&feed.after(after, STRETCH_BYTES)?, &relay.registry())));
        let Some(stretch) = read.await?.map_err(|error: StoreError| ProjectionError::from(error))? else { return Ok(false) };
        for (place, reason) in &stretch.strange {
            self.mark(*place, reason).await?;
        }
        let (index, batch) = (self.index.clone(), stretch.batch);
        spawn_blocking(move || index.apply(SPACE, &batch)).await?.map_err(ProjectionError::from)?;
        self.cursor = stretch.end;
        self.told.send_replace(stretch.end);
        Ok(true)
    }

    /// Notes a record that could not be digested. A note that is refused (a full disk) is only logged: carrying goes on.
    async fn mark(&self, place: Place, reason: &str) -> Result<(), Stopped> {
        tracing::warn!(?place, reason, projection = NAME, "a record was not interpreted");
        match self.relay.not_interpreted(place, NAME, reason).await {
            Err(SubmitError::Stopped(stopped)) => Err(stopped),
            Ok(()) | Err(SubmitError::Refused(_) | SubmitError::Invitation(_)) => Ok(()),
        }
    }
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

/// What a stretch adds to the projection, its cursor included; `None`: it is empty.
fn digest(groups: &[FeedGroup], registry: &Registry) -> Option<Stretch> {
    let end = groups.last()?.end;
    let mut stretch = Stretch { batch: Batch::default(), end, strange: Vec::new() };
    for record in groups.iter().flat_map(|group| &group.records) {
        // A fault of this program at one record must not stop the records after it.
        let read = catch_unwind(AssertUnwindSafe(|| read(registry, record)));
        match read.unwrap_or_else(|_| Err("reading it panicked".to_owned())) {
            Ok(Some((key, entry))) => stretch.batch.put(key, stored::value(&entry)),
            Ok(None) => {}
            Err(reason) => stretch.strange.push((record.place, reason)),
        }
    }
    stretch.batch.put(stored::CURSOR, stored::cursor_value(end));
    Some(stretch)
}

/// Key and value of a report; `None`: it is something else.
fn read(registry: &Registry, from: &Stored) -> Result<Option<(String, Entry)>, String> {
    let header = from.record.header();
    let Some(form) = Forms::built_in().of_record_kind(&header.kind) else { return Ok(None) };
    let body = ReportBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    if body.filled.form != form.id || body.subject() != header.subject {
        return Err("kind, subject and body do not name the same row".to_owned());
    }
    let speaks_for = header.on_behalf_of.as_ref().unwrap_or(&header.origin);
    let may_speak = *speaks_for == header.origin || registry.is_ancestor(&header.origin, speaks_for);
    if body.office != *speaks_for || !may_speak {
        return Err(format!("{} may not speak for {}", header.origin, body.office));
    }
    let entry = Entry {
        reference: from.record.reference(),
        place: from.place,
        revision: body.revision,
        recorded_at: header.recorded_at,
        received_at: from.received_at,
        content: body.content(),
        calls: body.filled.sum(form, Column::Calls),
        incidents: body.filled.sum(form, Column::Incidents),
    };
    let prefix = stored::row_prefix(header.mode, &body.period.to_string(), &form.id, &body.office);
    Ok(Some((stored::key(&prefix, entry.revision, &entry.reference), entry)))
}
