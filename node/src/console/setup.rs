//! The first run of a machine whose data folder is empty: one page on loopback that takes the invitation, enrols, and shows the recovery code
//! once. When its person has written that down, this page ends, and the console of the office takes its place at the same address.
//!
//! Nothing is there yet that could be protected: whoever sits at the machine and holds an invitation may use it, and that is who it is for.
//! No other machine reaches it, whatever the configuration says of the console.

use std::{io, sync::Arc};

use askama::Template;
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::get,
};
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
    usecase::{self, Joined},
};

/// Largest form that is taken, bytes: an invitation is a line.
const FORM_BYTES_MAX: usize = 64 * 1024;

#[derive(Clone)]
struct Setup {
    config: Arc<Config>,
    /// Holds what was made from the enrolment to the end, and lets one attempt go on at a time.
    joined: Arc<Mutex<Option<Joined>>>,
    done: Arc<watch::Sender<bool>>,
    /// Where the console will be.
    console: Arc<str>,
}

/// Serves the page until the office is enrolled and its code written down, or until it is told to stop. `console` is where the browser goes
/// on afterwards, with a slash at its end.
pub async fn run(config: Config, listener: TcpListener, console: &str, mut stop: watch::Receiver<bool>) -> io::Result<()> {
    let (done, mut is_done) = watch::channel(false);
    let (ending, ended) = watch::channel(false);
    let setup = Setup { config: Arc::new(config), joined: Arc::default(), done: Arc::new(done), console: console.into() };
    let pages = Router::new()
        .route("/", get(form).post(enrol))
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
    said: Option<Said>,
}

impl Page {
    fn of(step: Step) -> Self {
        Self { step, invitation: String::new(), said: None }
    }
}

enum Step {
    Invitation,
    /// Enrolled: as which office, under which, and the recovery code in its groups.
    Code {
        office: String,
        parent: String,
        replaces: bool,
        code: Vec<String>,
    },
    /// The console takes the place of this page, there.
    Starting(String),
}

#[derive(Deserialize)]
struct Pasted {
    invitation: String,
}

async fn form(State(setup): State<Setup>) -> Paged {
    match &*setup.joined.lock().await {
        Some(joined) => html(&code_page(joined)),
        None => html(&Page::of(Step::Invitation)),
    }
}

async fn enrol(State(setup): State<Setup>, Form(pasted): Form<Pasted>) -> Paged {
    let mut joined = setup.joined.lock().await;
    if joined.is_none() {
        match usecase::enrol(&setup.config, &pasted.invitation).await {
            Ok(made) => *joined = Some(made),
            Err(refused) => {
                let page = Page { step: Step::Invitation, invitation: pasted.invitation, said: Some(Said::of(&refused)) };
                return Ok((http_status(refused.refusal), html(&page)?).into_response());
            }
        }
    }
    then("/")
}

fn code_page(joined: &Joined) -> Page {
    let code = joined.code.as_ref().map(|code| code.text().split('-').map(str::to_owned).collect());
    let step = Step::Code {
        office: joined.office.office.to_string(),
        parent: joined.office.parent.as_ref().map_or_else(|| text::NO_PARENT.to_owned(), |parent| parent.office.to_string()),
        replaces: joined.replaces,
        code: code.unwrap_or_default(),
    };
    Page::of(step)
}

async fn done_page(State(setup): State<Setup>) -> Paged {
    html(&Page::of(Step::Starting(format!("{}first", setup.console))))
}

async fn finish(State(setup): State<Setup>) -> Paged {
    if setup.joined.lock().await.is_none() {
        return then("/");
    }
    setup.done.send_replace(true);
    done_page(State(setup)).await
}

#[cfg(test)]
mod tests;
