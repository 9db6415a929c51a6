//! What a form brings: its fields by name, and the proof that it comes from a page of this session.
//!
//! A form carries the session's token. The `Origin` that a browser names must be this console, so that even a page that has got hold of a
//! token cannot send one.

use axum::{
    Form,
    extract::{FromRequest, FromRequestParts as _, Request, rejection::FormRejection},
    http::{StatusCode, header},
};

use dutynet_relay::ids::RecordId;

use super::{Console, desk::Desk, trouble::Trouble};
use crate::{text::refusal::Refusal, usecase::Refused};

/// Name of the field with the token.
pub(super) const TOKEN: &str = "token";

/// Fields of a form as they were typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed(Vec<(String, String)>);

impl Typed {
    /// As they came.
    pub(super) fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The same with another field of that name, which nobody typed.
    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// The first of that name; empty: there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// All of that name that are not empty.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, value)| key == name && !value.trim().is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whether a box of that name was ticked.
    pub(super) fn ticked(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    #[cfg(test)]
    pub(super) fn of(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }
}

/// The id that a form brings for the record that it makes.
pub(super) fn record_id(typed: &Typed) -> Result<RecordId, Refused> {
    let id = uuid::Uuid::parse_str(typed.text("id")).map_err(|_| Refusal::RecordIdInvalid)?;
    Ok(RecordId(*id.as_bytes()))
}

/// Fields of a form that anybody may send: at the door, where there is no session yet.
pub(super) struct AtTheDoor(pub(super) Typed);

/// Fields of a form of somebody who sits at an open desk.
pub(super) struct Posted {
    /// Who.
    pub(super) desk: Desk,
    /// What.
    pub(super) typed: Typed,
}

impl FromRequest<Console> for AtTheDoor {
    type Rejection = Trouble;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Trouble> {
        comes_from_here(&request)?;
        let form = Form::<Vec<(String, String)>>::from_request(request, console).await;
        let Form(typed) = form.map_err(|error| Refused::because(refusal(&error), error))?;
        Ok(Self(Typed(typed)))
    }
}

impl FromRequest<Console> for Posted {
    type Rejection = Trouble;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Trouble> {
        let (mut parts, body) = request.into_parts();
        let desk = Desk::from_request_parts(&mut parts, console).await?;
        let AtTheDoor(typed) = AtTheDoor::from_request(Request::from_parts(parts, body), console).await?;
        desk.proves(typed.text(TOKEN))?;
        Ok(Self { desk, typed })
    }
}

/// A browser names where a form stood; whoever names nothing is no browser that could be tricked.
pub(super) fn comes_from_here(request: &Request) -> Result<(), Refused> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let (origin, host) = (header(header::ORIGIN), header(header::HOST).unwrap_or_default());
    let stood_at = origin.map(|origin| origin.split_once("://").map_or(origin, |(_, host)| host));
    match stood_at {
        Some(stood_at) if stood_at != host => Err(Refusal::PageStale.into()),
        Some(_) | None => Ok(()),
    }
}

fn refusal(error: &FormRejection) -> Refusal {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Refusal::RequestTooLarge } else { Refusal::RequestUnreadable }
}
