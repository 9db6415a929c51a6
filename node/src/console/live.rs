//! What rings and what changes, as server-sent events, for as long as a page is open; also while the desk is locked.
//!
//! - `state`: at the beginning, and when something of it is done with, what has rung and is still open, the most urgent of it and how much more there
//!   is, so that a page that slept or lost the line is right at once, and what was answered elsewhere rings no more;
//! - `ring`: one more;
//! - `clock`: what time it is, where nothing else was said for a while;
//! - `desk`: the desk was locked or opened again, or nobody sits there any more, which is the last that is said;
//! - `line`: how the line to the parent is, when that is another than the page says;
//! - `changed`: something was recorded or a line changed; pages offer to be loaded anew.
//!
//! Whoever reads slowly is told the state once more instead of every ring that he missed.

use std::{convert::Infallible, pin::Pin, time::Duration};

use axum::{
    Router,
    extract::State,
    response::{
        IntoResponse as _,
        sse::{Event, Sse},
    },
    routing::get,
};
use serde::Serialize;
use tokio::{
    sync::{broadcast::error::RecvError, mpsc, watch},
    time::{Sleep, sleep},
};
use tokio_stream::wrappers::ReceiverStream;

use super::{
    Console,
    desk::{DeskState, Seated},
    page::{LineNow, Paged},
};
use crate::{
    domain::{
        obligation::{About, Obligation, Side},
        rules::Duty,
    },
    projection::CaughtUp,
    text::due as words,
    usecase::{Rang, RangFirst, Refused},
};

/// Events that a page may be behind.
const BEHIND_MAX: usize = 64;
/// Rings of a state: nobody reads more, and the script counts the others.
const RINGS_MAX: usize = 100;
/// The time goes out after so long without an event, so that a line that is gone is noticed, and a clock is right after sleep.
const QUIET: Duration = Duration::from_secs(15);
/// Pages are told of changes no more often than that.
const PAUSE: Duration = Duration::from_secs(2);

pub(super) fn router() -> Router<Console> {
    Router::new().route("/live", get(live))
}

/// A ring as the script knows it.
#[derive(Serialize)]
struct RingNow {
    /// Names the ring: an officer who has seen it is not rung again by the same.
    id: String,
    sentence: String,
    path: String,
    /// It is overdue, the leader is to be told, or it has just come as 特急.
    loud: bool,
    due_ms: i64,
    /// What is owed, in one word: many rings are counted by it.
    kind: &'static str,
    /// It rings until it is answered, whoever has seen it.
    insists: bool,
}

/// Everything that rings, as the script knows it.
#[derive(Serialize)]
struct StateNow {
    rings: Vec<RingNow>,
    /// How many more there are.
    more: usize,
}

impl RingNow {
    fn of(rang: &Rang) -> Self {
        let due = &rang.due;
        let owed = &due.obligation;
        Self {
            id: format!("{} {}", rang.stage.key(), owed.key),
            sentence: rang.sentence(),
            path: path(owed, due.side),
            loud: rang.is_loud(),
            due_ms: owed.due.here.0,
            kind: words::duty(owed.duty),
            insists: rang.insists(),
        }
    }
}

/// Where it is done what is wanted, where that is one thing; or else where it says what is owed.
fn path(owed: &Obligation, side: Side) -> String {
    match (owed.duty, &owed.about, side) {
        (Duty::RollCallAnswer | Duty::SecondCallAnswer, _, Side::ByUs) => "/rolls/answer".to_owned(),
        (Duty::Receipt, About::Notice(notice), Side::ByUs) => format!("/notices/show/{}/{}", notice.origin, notice.id),
        (Duty::Receipt, About::Matter(matter), Side::ByUs) => format!("/matter/{}/{}", matter.origin, matter.id),
        (_, _, _) => format!("/dues/{}", owed.key),
    }
}

async fn live(State(console): State<Console>, seated: Seated) -> Paged {
    let (events, stream) = mpsc::channel(BEHIND_MAX);
    let desk = if seated.locked { DeskState::Locked } else { DeskState::Open };
    // How the line is is said once at the beginning: the page may be older than this connection.
    let around = Around { session: seated.session, desk, line: None };
    tokio::spawn(async move {
        // Nobody listens any more, or the node stops: either ends it.
        if let Err(refused) = tell(&console, &events, around).await {
            tracing::info!(%refused, "a page is told nothing more");
        }
    });
    let mut answer = Sse::new(ReceiverStream::new(stream)).into_response();
    answer.headers_mut().insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    Ok(answer)
}

type Events = mpsc::Sender<Result<Event, Infallible>>;

/// What stands around a page, as far as the page knows.
struct Around {
    session: String,
    desk: DeskState,
    line: Option<LineNow>,
}

impl Around {
    /// Says what the page does not know yet. False: nobody listens any more, or nobody sits here.
    async fn say_news(&mut self, console: &Console, events: &Events) -> bool {
        let now = console.clock.wall();
        let (desk, line) = (console.desks.state(&self.session, now), console.line(now));
        if desk != std::mem::replace(&mut self.desk, desk) && !(send(events, "desk", &desk).await && desk != DeskState::Ended) {
            return false;
        }
        let news = line != self.line;
        self.line = line;
        !news || send(events, "line", &self.line).await
    }
}

async fn tell(console: &Console, events: &Events, mut around: Around) -> Result<(), Refused> {
    let (rang, mut rings) = console.office.watch_first_dues(RINGS_MAX).await?;
    let mut moved = console.office.watch_changes();
    let mut stop = console.stop.clone();
    let mut ringing = !rang.first.is_empty();
    let mut rest = Box::pin(sleep(Duration::ZERO));
    let mut told = state(events, &rang).await;
    while told {
        if !around.say_news(console, events).await {
            return Ok(());
        }
        told = tokio::select! {
            () = stopped(&mut stop) => false,
            ring = rings.recv() => match ring {
                Ok(rang) => {
                    ringing = true;
                    send(events, "ring", &RingNow::of(&rang)).await
                }
                Err(RecvError::Lagged(_)) => {
                    let (rang, anew) = console.office.watch_first_dues(RINGS_MAX).await?;
                    rings = anew;
                    state(events, &rang).await
                }
                Err(RecvError::Closed) => false,
            },
            () = rested_and_moved(rest.as_mut(), &mut moved) => {
                rest.set(sleep(PAUSE));
                send(events, "changed", &console.clock.wall().0).await && (!ringing || {
                    let rang = console.office.rang_first(RINGS_MAX).await?;
                    ringing = !rang.first.is_empty();
                    state(events, &rang).await
                })
            }
            () = sleep(QUIET) => send(events, "clock", &console.clock.wall().0).await,
        };
    }
    Ok(())
}

/// Returns when something has changed and the pause is over. Meanwhile rings are heard; whoever stops waiting misses no change.
async fn rested_and_moved(rest: Pin<&mut Sleep>, moved: &mut CaughtUp) {
    if !rest.is_elapsed() {
        rest.await;
    }
    moved.moved().await;
}

/// Returns when the node stops; a sender that is gone wants the end too.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// What rings now. False: nobody listens any more.
async fn state(events: &Events, rang: &RangFirst) -> bool {
    send(events, "state", &StateNow { rings: rang.first.iter().map(RingNow::of).collect(), more: rang.more }).await
}

/// False: nobody listens any more.
async fn send(events: &Events, name: &str, what: &impl Serialize) -> bool {
    let data = serde_json::to_string(what).unwrap_or_default();
    events.send(Ok(Event::default().event(name).data(data))).await.is_ok()
}
