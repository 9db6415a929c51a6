//! The first run of a machine whose data folder is empty: one page on loopback. It takes the invitation, enrols, and shows the recovery code
//! once; or it takes a backup and the recovery code, brings the office back that was on another machine, and shows meanwhile how far that is.
//! When its person has read what it says then, this page ends, and the console of the office takes its place at the same address.
//!
//! Nothing is there yet that could be protected: whoever sits at the machine and holds an invitation may use it, and that is who it is for; of
//! a backup the recovery code is asked.
//! No other machine reaches it, whatever the configuration says of the console.

mod restoring;

use std::{io, sync::Arc};

use askama::Template;
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::get,
};
use dutynet_relay::backup::{HowFar, Manifest};
use serde::Deserialize;
use tokio::{
    net::TcpListener,
    sync::{Mutex, watch},
};

use self::restoring::{FromWhere, Restoring};
use super::{
    connections::{self, Limits},
    page::{self, Paged, html, then},
    posted,
    trouble::{Said, Trouble, http_status},
};
use crate::{
    config::Config,
    text::{refusal::Refusal, setup as text},
    usecase::{self, Joined, Refused},
};

/// Largest form that is taken, bytes: an invitation is a line.
const FORM_BYTES_MAX: usize = 64 * 1024;

#[derive(Clone)]
struct Setup {
    config: Arc<Config>,
    /// Holds what was made until the end, and lets one attempt go on at a time.
    stand: Arc<Mutex<Stand>>,
    done: Arc<watch::Sender<bool>>,
    /// Where the console will be.
    console: Arc<str>,
}

/// How the office comes here.
#[derive(Default)]
enum Stand {
    /// Nobody has tried.
    #[default]
    Empty,
    Joined(Joined),
    Restoring(Restoring),
    /// It came to nothing: from where, without the code, and why. All can be tried again.
    NotRestored(FromWhere, Said),
    Restored(Manifest),
}

impl Stand {
    /// Whether somebody may try.
    fn is_open(&self) -> bool {
        match self {
            Self::Empty | Self::NotRestored(..) => true,
            Self::Joined(_) | Self::Restoring(_) | Self::Restored(_) => false,
        }
    }
}

/// Serves the page until the office is enrolled and its code written down, or until it is told to stop. `console` is where the browser goes
/// on afterwards, with a slash at its end.
pub async fn run(config: Config, listener: TcpListener, console: &str, mut stop: watch::Receiver<bool>) -> io::Result<()> {
    let (done, mut is_done) = watch::channel(false);
    let (ending, ended) = watch::channel(false);
    let setup = Setup { config: Arc::new(config), stand: Arc::default(), done: Arc::new(done), console: console.into() };
    let pages = Router::new()
        .route("/", get(form).post(enrol))
        .route("/restore", get(|| async { then("/") }).post(restore))
        .route("/done", get(done_page).post(finish))
        .merge(super::assets::router())
        .fallback(|| async { then("/") })
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn(guarded))
        .with_state(setup);
    let serving = connections::serve(listener, None, pages, Limits::default(), ended);
    let end = async {
        tokio::select! {
            // A sender that is gone wants the end too.
            _ = is_done.wait_for(|done| *done) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
        ending.send_replace(true);
    };
    tokio::join!(serving, end);
    Ok(())
}

async fn guarded(request: Request, next: Next) -> Response {
    let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let known = page::is_known_host(host, &[]) && posted::comes_from_here(&request).is_ok();
    let mut answer = if known { next.run(request).await } else { Trouble::from(Refusal::PageStale).into_response() };
    page::guard(answer.headers_mut(), false);
    answer
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Page {
    step: Step,
    /// What was pasted before.
    invitation: String,
    /// Why that came to nothing.
    said: Option<Said>,
    /// What was typed of a backup before.
    from: FromWhere,
    /// Why that came to nothing.
    not_restored: Option<Said>,
}

impl Page {
    fn of(step: Step) -> Self {
        Self { step, invitation: String::new(), said: None, from: FromWhere::default(), not_restored: None }
    }
}

enum Step {
    Empty,
    /// Enrolled: as which office, under which, and the recovery code in its groups.
    Code {
        office: String,
        parent: String,
        replaces: bool,
        code: Vec<String>,
    },
    /// A backup is being restored: where that is, in words, and from 0 to 1000.
    Restoring {
        said: String,
        share: Option<u32>,
    },
    /// Restored: which office, from which backup, of when.
    Restored {
        office: String,
        number: u64,
        made_at: String,
    },
    /// The console takes the place of this page, there.
    Starting(String),
}

#[derive(Deserialize)]
struct Pasted {
    invitation: String,
}

async fn form(State(setup): State<Setup>) -> Paged {
    html(&shown(&*setup.stand.lock().await))
}

fn shown(stand: &Stand) -> Page {
    Page::of(match stand {
        Stand::Empty => Step::Empty,
        Stand::NotRestored(from, said) => {
            return Page { from: from.clone(), not_restored: Some(said.clone()), ..Page::of(Step::Empty) };
        }
        Stand::Joined(joined) => code_step(joined),
        Stand::Restoring(restoring) => {
            let (said, share) = restoring.shown();
            Step::Restoring { said, share }
        }
        Stand::Restored(manifest) => Step::Restored {
            office: manifest.office.to_string(),
            number: manifest.number,
            made_at: page::moment(manifest.made_at),
        },
    })
}

async fn enrol(State(setup): State<Setup>, Form(pasted): Form<Pasted>) -> Paged {
    let mut stand = setup.stand.lock().await;
    if stand.is_open() {
        match usecase::enrol(&setup.config, &pasted.invitation).await {
            Ok(joined) => *stand = Stand::Joined(joined),
            Err(refused) => {
                let said = Some(Said::of(&refused));
                return again(&refused, &Page { invitation: pasted.invitation, said, ..Page::of(Step::Empty) });
            }
        }
    }
    then("/")
}

async fn restore(State(setup): State<Setup>, Form(from): Form<FromWhere>) -> Paged {
    // Before the page is held: a folder on a network disk that is gone may not answer for long.
    let asked = from.clone();
    let looked = tokio::task::spawn_blocking(move || asked.look()).await;
    let looked = looked.unwrap_or_else(|error| Err(Refused::because(Refusal::Internal, error)));
    let mut stand = setup.stand.lock().await;
    if stand.is_open() {
        let code = match looked {
            Ok(code) => code,
            Err(refused) => {
                let not_restored = Some(Said::of(&refused));
                return again(&refused, &Page { from, not_restored, ..Page::of(Step::Empty) });
            }
        };
        let far = HowFar::default();
        *stand = Stand::Restoring(Restoring::begin(far.clone()));
        let (config, stand) = (setup.config.clone(), setup.stand.clone());
        tokio::spawn(async move {
            let asked = from.clone();
            let restored = tokio::task::spawn_blocking(move || asked.restore(&config, &code, &far)).await;
            let restored = restored.unwrap_or_else(|error| Err(Refused::because(Refusal::Internal, error)));
            *stand.lock().await = match restored {
                Ok(manifest) => Stand::Restored(manifest),
                Err(refused) => Stand::NotRestored(from.without_code(), Said::of(&refused)),
            };
        });
    }
    then("/")
}

/// The page again, with what was typed.
fn again(refused: &Refused, page: &Page) -> Paged {
    Ok((http_status(refused.refusal), html(page)?).into_response())
}

fn code_step(joined: &Joined) -> Step {
    let code = joined.code.as_ref().map(|code| code.text().split('-').map(str::to_owned).collect());
    Step::Code {
        office: joined.office.office.to_string(),
        parent: joined.office.parent.as_ref().map_or_else(|| text::NO_PARENT.to_owned(), |parent| parent.office.to_string()),
        replaces: joined.replaces,
        code: code.unwrap_or_default(),
    }
}

async fn done_page(State(setup): State<Setup>) -> Paged {
    html(&Page::of(Step::Starting(format!("{}first", setup.console))))
}

async fn finish(State(setup): State<Setup>) -> Paged {
    match *setup.stand.lock().await {
        Stand::Joined(_) | Stand::Restored(_) => {}
        Stand::Empty | Stand::Restoring(_) | Stand::NotRestored(..) => return then("/"),
    }
    setup.done.send_replace(true);
    done_page(State(setup)).await
}

#[cfg(test)]
mod tests;
