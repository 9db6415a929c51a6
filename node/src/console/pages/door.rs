//! The door: the first account, logging in and out, the lock, and one's own password.

use std::convert::Infallible;

use askama::Template;
use axum::{
    Router,
    extract::{FromRequestParts, Query, State},
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse as _, Redirect},
    routing::{get, post},
};
use serde::Deserialize;

use super::super::{
    Console,
    connections::Peer,
    desk::{Lock, Seated, Tried, stood_on},
    page::{Paged, html, own_path, then},
    posted::{AtTheDoor, TOKEN, Typed},
    trouble::{Said, http_status},
};
use crate::{
    domain::account::{Account, Post},
    text::refusal::Refusal,
    usecase::{NewAccount, Refused},
};

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/first", get(first).post(make_first))
        .route("/enter", get(enter).post(log_in))
        .route("/leave", post(leave))
        .route("/lock", post(lock))
        .route("/locked", get(locked).post(unlock))
        .route("/password", get(password).post(change_password))
}

#[derive(Template)]
#[template(path = "door.html")]
struct Door {
    office: String,
    number: String,
    which: Which,
    /// What was typed before.
    id: String,
    name: String,
    /// Who sits here, where that is known.
    person: String,
    token: String,
    /// Where to go afterwards.
    to: String,
    said: Option<Said>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    First,
    Enter,
    Locked,
    Password,
}

#[derive(Deserialize, Default)]
struct To {
    #[serde(default)]
    to: String,
}

impl Door {
    fn of(console: &Console, which: Which) -> Self {
        let status = console.office.status();
        Self {
            office: status.name,
            number: status.office.to_string(),
            which,
            id: String::new(),
            name: String::new(),
            person: String::new(),
            token: String::new(),
            to: "/".to_owned(),
            said: None,
        }
    }

    fn refused(self, refused: &Refused) -> Paged {
        let page = html(&Self { said: Some(Said::of(refused)), ..self })?;
        Ok((http_status(refused.refusal), page).into_response())
    }
}

/// From where somebody asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AskedFrom {
    /// This machine itself.
    Here,
    /// Another one, or nobody knows.
    Elsewhere,
}

impl<S: Sync> FromRequestParts<S> for AskedFrom {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let is_here = parts.extensions.get().is_some_and(|Peer(peer)| peer.is_loopback());
        // Somebody at this machine passes on what others ask.
        let is_passed_on = ["forwarded", "x-forwarded-for", "via"].iter().any(|name| parts.headers.contains_key(*name));
        Ok(if is_here && !is_passed_on { Self::Here } else { Self::Elsewhere })
    }
}

/// Whoever makes the first account looks after the node: nobody does so from elsewhere.
async fn first(State(console): State<Console>, from: AskedFrom) -> Paged {
    match (console.office.accounts()?.is_empty(), from) {
        (true, AskedFrom::Here) => html(&Door::of(&console, Which::First)),
        (true, AskedFrom::Elsewhere) => Err(Refusal::AccountFirst.into()),
        (false, AskedFrom::Here | AskedFrom::Elsewhere) => then("/enter"),
    }
}

async fn make_first(State(console): State<Console>, from: AskedFrom, AtTheDoor(typed): AtTheDoor) -> Paged {
    if from == AskedFrom::Elsewhere {
        return Err(Refusal::AccountFirst.into());
    }
    let made = match twice(&typed) {
        Ok(password) => {
            let posts = [Post::Officer, Post::Manager].into();
            let (id, name) = (typed.text("id").trim().to_owned(), typed.text("name").to_owned());
            console.office.make_first_account(NewAccount { id, name, posts, password, own: true }).await
        }
        Err(refused) => Err(refused),
    };
    match made {
        Ok(account) => seat(&console, &account, "/"),
        Err(refused) => {
            let door = Door::of(&console, Which::First);
            Door { id: typed.text("id").to_owned(), name: typed.text("name").to_owned(), ..door }.refused(&refused)
        }
    }
}

async fn enter(State(console): State<Console>, Query(To { to }): Query<To>) -> Paged {
    if console.office.accounts()?.is_empty() {
        return then("/first");
    }
    html(&Door { to: own_path(&to).to_owned(), ..Door::of(&console, Which::Enter) })
}

async fn log_in(State(console): State<Console>, AtTheDoor(typed): AtTheDoor) -> Paged {
    let (id, to) = (typed.text("id").trim().to_owned(), own_path(typed.text("to")).to_owned());
    match proven(&console, &id, typed.text("password")).await {
        Ok(account) => seat(&console, &account, &to),
        Err(refused) => Door { id, to, ..Door::of(&console, Which::Enter) }.refused(&refused),
    }
}

/// Begins a session.
fn seat(console: &Console, account: &Account, to: &str) -> Paged {
    let session = console.desks.begin(&account.id, console.clock.wall())?;
    Ok(([(header::SET_COOKIE, console.cookie(&session))], Redirect::to(to)).into_response())
}

/// The account whose password this is; whoever tries too often waits.
async fn proven(console: &Console, id: &str, password: &str) -> Result<Account, Refused> {
    console.desks.tries(id, console.clock.wall())?;
    let proven = console.office.log_in(id, password.to_owned()).await;
    let tried = match &proven {
        Ok(_) => Tried::Right,
        Err(refused) if refused.refusal == Refusal::LogInWrong => Tried::Wrong,
        Err(_) => Tried::Unknown,
    };
    console.desks.tried(id, tried);
    proven
}

async fn leave(State(console): State<Console>, seated: Seated, AtTheDoor(typed): AtTheDoor) -> Paged {
    seated.proves(typed.text(TOKEN))?;
    console.desks.end(&seated.session);
    Ok(([(header::SET_COOKIE, console.cookie(""))], Redirect::to("/enter")).into_response())
}

async fn lock(State(console): State<Console>, seated: Seated, headers: HeaderMap, AtTheDoor(typed): AtTheDoor) -> Paged {
    seated.proves(typed.text(TOKEN))?;
    console.desks.lock(&seated.session, Lock::Shut, console.clock.wall());
    then(&format!("/locked?to={}", stood_on(&headers)))
}

async fn locked(State(console): State<Console>, seated: Seated, Query(To { to }): Query<To>) -> Paged {
    if seated.locked { html(&locked_door(&console, &seated, own_path(&to))) } else { then(own_path(&to)) }
}

fn locked_door(console: &Console, seated: &Seated, to: &str) -> Door {
    let (person, token) = (seated.account.name.clone(), seated.token.clone());
    Door { person, token, to: to.to_owned(), ..Door::of(console, Which::Locked) }
}

async fn unlock(State(console): State<Console>, seated: Seated, AtTheDoor(typed): AtTheDoor) -> Paged {
    let to = own_path(typed.text("to"));
    match proven(&console, &seated.account.id, typed.text("password")).await {
        Ok(_) => {
            console.desks.lock(&seated.session, Lock::Open, console.clock.wall());
            then(to)
        }
        Err(refused) => locked_door(&console, &seated, to).refused(&refused),
    }
}

async fn password(State(console): State<Console>, seated: Seated) -> Paged {
    html(&password_door(&console, &seated))
}

fn password_door(console: &Console, seated: &Seated) -> Door {
    let (person, token) = (seated.account.name.clone(), seated.token.clone());
    Door { person, token, ..Door::of(console, Which::Password) }
}

async fn change_password(State(console): State<Console>, seated: Seated, AtTheDoor(typed): AtTheDoor) -> Paged {
    seated.proves(typed.text(TOKEN))?;
    let changed = async {
        let new = twice(&typed)?;
        // Whoever tries it here waits like whoever tries it at the door.
        proven(&console, &seated.account.id, typed.text("old")).await?;
        console.office.change_password(&seated.account.id, typed.text("old").to_owned(), new).await
    };
    match changed.await {
        Ok(account) => {
            // Whoever knew the old password is out, wherever he sits.
            console.desks.end_all(&account.id);
            seat(&console, &account, "/")
        }
        Err(refused) => password_door(&console, &seated).refused(&refused),
    }
}

fn twice(typed: &Typed) -> Result<String, Refused> {
    let same = typed.text("password") == typed.text("again");
    if same { Ok(typed.text("password").to_owned()) } else { Err(Refusal::AccountPasswordTwice.into()) }
}
