//! The first run of a machine whose data folder is empty: one page on loopback. It takes the invitation, enrols, and shows the recovery code
//! once; or it takes a backup and the recovery code, and brings the office back that was on another machine. When its person has read what it
//! says then, this page ends, and the console of the office takes its place at the same address.
//!
//! Nothing is there yet that could be protected: whoever sits at the machine and holds an invitation may use it, and that is who it is for; of
//! a backup the recovery code is asked.
//! No other machine reaches it, whatever the configuration says of the console.

use std::{io, path::Path, sync::Arc};

use askama::Template;
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::get,
};
use dutynet_relay::{backup::Manifest, record::Person};
use serde::Deserialize;
use tokio::{
    net::TcpListener,
    sync::{Mutex, watch},
};

use super::{
    connections::{self, Limits},
    page::{self, Paged, html, then},
    posted,
    trouble::{Said, Trouble, http_status},
};
use crate::{
    config::Config,
    text::{refusal::Refusal, setup as text},
    usecase::{self, FromBackup, Joined, Refused},
};

/// Largest form that is taken, bytes: an invitation is a line.
const FORM_BYTES_MAX: usize = 64 * 1024;

#[derive(Clone)]
struct Setup {
    config: Arc<Config>,
    /// Holds what was made until the end, and lets one attempt go on at a time.
    made: Arc<Mutex<Option<Made>>>,
    done: Arc<watch::Sender<bool>>,
    /// Where the console will be.
    console: Arc<str>,
}

/// How the office came here.
enum Made {
    Joined(Joined),
    Restored(Manifest),
}

/// Serves the page until the office is enrolled and its code written down, or until it is told to stop. `console` is where the browser goes
/// on afterwards, with a slash at its end.
pub async fn run(config: Config, listener: TcpListener, console: &str, mut stop: watch::Receiver<bool>) -> io::Result<()> {
    let (done, mut is_done) = watch::channel(false);
    let (ending, ended) = watch::channel(false);
    let setup = Setup { config: Arc::new(config), made: Arc::default(), done: Arc::new(done), console: console.into() };
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

/// A backup, and who brings it back.
#[derive(Deserialize, Default, Clone)]
struct FromWhere {
    folder: String,
    code: String,
    id: String,
    name: String,
}

async fn form(State(setup): State<Setup>) -> Paged {
    let step = match &*setup.made.lock().await {
        Some(Made::Joined(joined)) => code_step(joined),
        Some(Made::Restored(manifest)) => Step::Restored {
            office: manifest.office.to_string(),
            number: manifest.number,
            made_at: page::moment(manifest.made_at),
        },
        None => Step::Empty,
    };
    html(&Page::of(step))
}

async fn enrol(State(setup): State<Setup>, Form(pasted): Form<Pasted>) -> Paged {
    let mut made = setup.made.lock().await;
    if made.is_none() {
        match usecase::enrol(&setup.config, &pasted.invitation).await {
            Ok(joined) => *made = Some(Made::Joined(joined)),
            Err(refused) => {
                let said = Some(Said::of(&refused));
                return again(&refused, &Page { invitation: pasted.invitation, said, ..Page::of(Step::Empty) });
            }
        }
    }
    then("/")
}

async fn restore(State(setup): State<Setup>, Form(from): Form<FromWhere>) -> Paged {
    let mut made = setup.made.lock().await;
    if made.is_none() {
        let (config, asked) = (setup.config.clone(), from.clone());
        // Of a large backup it takes minutes; whoever asks meanwhile waits at the lock.
        let restored = tokio::task::spawn_blocking(move || asked.restore(&config)).await;
        match restored.map_err(|error| Refused::because(Refusal::Internal, error))? {
            Ok(manifest) => *made = Some(Made::Restored(manifest)),
            Err(refused) => {
                let not_restored = Some(Said::of(&refused));
                return again(&refused, &Page { from, not_restored, ..Page::of(Step::Empty) });
            }
        }
    }
    then("/")
}

impl FromWhere {
    fn restore(&self, config: &Config) -> Result<Manifest, Refused> {
        let folder = Path::new(self.folder.trim());
        let by = Person { id: self.id.trim().to_owned(), name: self.name.trim().to_owned() };
        // What can be refused without the code is.
        usecase::list_backups(folder)?;
        let code = usecase::read_recovery_code(&self.code)?;
        usecase::restore(config, FromBackup { folder, number: None }, &code, by)
    }
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
    if setup.made.lock().await.is_none() {
        return then("/");
    }
    setup.done.send_replace(true);
    done_page(State(setup)).await
}

#[cfg(test)]
mod tests;
