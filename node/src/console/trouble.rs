//! What is refused, as a page: one sentence that says what to do, and a number that stands in the log too.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use tonic::Code;

use super::page::made;
use crate::{
    api::{codes, status},
    text::refusal::Refusal,
    usecase::Refused,
};

/// Why there is no page, or another one.
pub(super) enum Trouble {
    /// It stands elsewhere.
    Elsewhere(String),
    /// Nothing was done.
    Refused(Box<Refused>),
}

impl Trouble {
    /// To another page.
    pub(super) fn to(path: &str) -> Self {
        Self::Elsewhere(path.to_owned())
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Self::Refused(Box::new(refused))
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Refused::from(refusal).into()
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct Page {
    said: Said,
}

/// A refusal in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// The sentence, with what it is about.
    pub(super) sentence: String,
    /// Stable code.
    pub(super) code: &'static str,
    /// Number that stands in the log.
    pub(super) reference: String,
}

impl Said {
    /// In words; the log has it under the same number.
    pub(super) fn of(refused: &Refused) -> Self {
        let about = refused.about.as_deref().map(crate::text::notice::in_brackets).unwrap_or_default();
        let sentence = format!("{}{about}", refused.refusal.sentence());
        let reference = status::reference();
        status::log(refused, &reference);
        Self { sentence, code: refused.refusal.code(), reference }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let refused = match self {
            Self::Elsewhere(path) => return Redirect::to(&path).into_response(),
            Self::Refused(refused) => refused,
        };
        let page = Page { said: Said::of(&refused) };
        let html = made(&page).unwrap_or_else(|_| page.said.sentence.clone());
        (http_status(refused.refusal), Html(html)).into_response()
    }
}

/// As browsers and tools that look at numbers understand it.
pub(super) fn http_status(refusal: Refusal) -> StatusCode {
    if refusal == Refusal::LogInWait {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    match codes::grpc_code(refusal) {
        Code::InvalidArgument | Code::OutOfRange => StatusCode::UNPROCESSABLE_ENTITY,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::FailedPrecondition | Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::INSUFFICIENT_STORAGE,
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
        Code::Ok | Code::Unknown | Code::Internal | Code::DataLoss | Code::Unimplemented => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
