//! Help: how the console is used, key by key, and where rules and commands are found.

use askama::Template;
use axum::{Router, extract::State, routing::get};

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html},
};
use crate::text::console as text;

pub(super) fn router() -> Router<Console> {
    Router::new().route("/help", get(help))
}

#[derive(Template)]
#[template(path = "help.html")]
struct Page {
    frame: Frame,
}

async fn help(State(console): State<Console>, desk: Desk) -> Paged {
    html(&Page { frame: console.frame(&desk, Part::Help, text::HELP)? })
}
