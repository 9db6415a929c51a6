//! The console (值班台): the pages that this node serves to the people of its own office, in Chinese.
//!
//! Plain pages made on the server: every one works by keyboard and without a script; a little script of our own rings, counts down and keeps
//! what is being typed. Nothing comes from another host. Pages reach state through the use cases and nothing else.
//!
//! - [`connections`]: taken, made secure, and never held for ever.
//! - [`desk`]: who sits here: sessions, the lock after idling, who may open a page; [`throttle`]: wrong passwords.
//! - [`posted`]: what a form brings, and how it is proven to come from a page of this session.
//! - [`upload`]: a form that brings files, too.
//! - [`choosing`]: offices to choose from.
//! - [`fields`]: a form of the domain as a part of a page, and back.
//! - [`ways`]: where records of this office are, in a sentence.
//! - [`page`]: the frame around every page; [`trouble`]: what is refused, as a page.
//! - [`live`]: what rings and what changes, as server-sent events.
//! - [`setup`]: the first run, before there is an office.
//! - [`pages`]: one file for each group of pages, with the templates of `node/templates`.
//!
//! A write is a form that is posted and answered by a redirection; the id of its record is made when the form is rendered, so that sending
//! it twice makes one record. What is refused comes back with everything that was typed, and a sentence at the field.

mod assets;
mod choosing;
mod connections;
mod desk;
mod fields;
mod live;
mod page;
mod pages;
mod posted;
pub mod setup;
mod throttle;
mod trouble;
mod upload;
mod ways;

use std::{io, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::Method,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use dutynet_relay::{clock::Clock, tls::front::FrontTls};
use tokio::{net::TcpListener, sync::watch};

use self::{connections::Limits, desk::Desks, pages::Jobs, trouble::Trouble};
use crate::{text::refusal::Refusal, usecase::Office};

/// Between two looks at the certificate of the pages.
const RENEWAL_LOOK: Duration = Duration::from_secs(3600);
/// Largest form that is taken, bytes.
const FORM_BYTES_MAX: usize = 256 * 1024;

/// How the console is served.
#[derive(Debug, Clone)]
pub struct Serving {
    /// After so long without a page or a click the desk is locked.
    pub lock_after: Duration,
    /// Names besides the loopback ones by which it may be opened, without port or brackets.
    pub names: Vec<String>,
    /// What browsers are shown; `None`: plain HTTP, on loopback alone.
    pub front: Option<FrontTls>,
}

/// How long the console waits for browsers.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// Until a request has its answer's head, its body read; one that brings files takes as long as they take.
    request: Duration,
    /// For the next piece of a form that brings files.
    piece: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { request: Duration::from_secs(300), piece: Duration::from_secs(60) }
    }
}

/// What every page has.
#[derive(Clone)]
struct Console {
    office: Office,
    desks: Arc<Desks>,
    pulls: Arc<pages::Pulls>,
    clock: Arc<dyn Clock>,
    names: Arc<[String]>,
    front: Option<FrontTls>,
    jobs: Arc<Jobs>,
    patience: Patience,
    stop: watch::Receiver<bool>,
}

/// Serves pages until it is told to stop; pages that were begun are finished, streams of events are ended.
pub async fn run(
    office: Office,
    listener: TcpListener,
    serving: Serving,
    clock: Arc<dyn Clock>,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    if serving.front.is_none() && !listener.local_addr()?.ip().is_loopback() {
        return Err(io::Error::other("nothing is served without TLS beyond loopback"));
    }
    let console = Console {
        office,
        desks: Arc::new(Desks::new(serving.lock_after)),
        pulls: Arc::default(),
        clock,
        names: serving.names.into(),
        front: serving.front.clone(),
        jobs: Arc::default(),
        patience: Patience::default(),
        stop: stop.clone(),
    };
    let renewing = serving.front.clone().map(|front| tokio::spawn(keep_renewed(front, Arc::clone(&console.clock), stop.clone())));
    connections::serve(listener, serving.front, router(console), Limits::default(), stop).await;
    if let Some(renewing) = renewing {
        renewing.await.map_err(io::Error::other)?;
    }
    Ok(())
}

/// Looks at the certificate now and then until it is told to stop.
async fn keep_renewed(front: FrontTls, clock: Arc<dyn Clock>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(RENEWAL_LOOK) => {}
        }
        match front.renew(clock.wall()) {
            Ok(true) => tracing::info!(fingerprint = front.trusted().fingerprint, "browsers are shown another certificate"),
            Ok(false) => {}
            Err(fault) => {
                tracing::warn!(%fault, "the certificate of the pages cannot be looked after; the old one is shown further")
            }
        }
    }
}

fn router(console: Console) -> Router {
    let pages = pages::router().merge(desk::router()).merge(live::router()).merge(assets::router());
    pages
        .fallback(|| async { Trouble::from(Refusal::PageUnknown) })
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn_with_state(console.clone(), guarded))
        .with_state(console)
}

/// What holds for every answer: it is made for one of the names of this console, kept by no cache, and may run and load nothing of others.
async fn guarded(State(console): State<Console>, request: Request, next: Next) -> Response {
    let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let known = page::is_known_host(host, &console.names);
    let posted = (request.method() == Method::POST).then(|| request.uri().path().to_owned());
    let mut answer = match known {
        false => Trouble::from(Refusal::PageUnknown).into_response(),
        // Slow lines and large files: as long as something comes, it is waited for.
        true if upload::boundary(request.headers()).is_some() => next.run(request).await,
        true => {
            let answered = tokio::time::timeout(console.patience.request, next.run(request)).await;
            answered.unwrap_or_else(|_| Trouble::from(Refusal::RequestUnreadable).into_response())
        }
    };
    if let Some(path) = posted.filter(|_| page::was_taken(&answer)) {
        page::tell_taken(answer.headers_mut(), &path);
    }
    page::guard(answer.headers_mut(), console.front.is_some());
    answer
}

#[cfg(test)]
mod tests;
