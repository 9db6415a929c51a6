//! Style, script and icon: part of the program, the same for everybody, and kept by browsers for as long as the program is the same.

use axum::{
    Router,
    http::{HeaderName, header},
    routing::get,
};

const STYLE: &str = include_str!("../../assets/console.css");
const SCRIPT: &str = include_str!("../../assets/console.js");
const RING: &str = include_str!("../../assets/ring.js");
const MATTERS: &str = include_str!("../../assets/matters.js");
const PAPER: &str = include_str!("../../assets/paper.css");
const PAPER_ACROSS: &str = include_str!("../../assets/paper-across.css");
const ICON: &str = include_str!("../../assets/icon.svg");

/// Addresses name the program's version, so that a new one is fetched anew.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/{version}/console.css", get(|| async { file("text/css; charset=utf-8", STYLE) }))
        .route("/assets/{version}/paper.css", get(|| async { file("text/css; charset=utf-8", PAPER) }))
        .route("/assets/{version}/paper-across.css", get(|| async { file("text/css; charset=utf-8", PAPER_ACROSS) }))
        .route("/assets/{version}/console.js", get(|| async { file("text/javascript; charset=utf-8", SCRIPT) }))
        .route("/assets/{version}/ring.js", get(|| async { file("text/javascript; charset=utf-8", RING) }))
        .route("/assets/{version}/matters.js", get(|| async { file("text/javascript; charset=utf-8", MATTERS) }))
        .route("/favicon.ico", get(|| async { file("image/svg+xml", ICON) }))
        .route("/assets/{version}/icon.svg", get(|| async { file("image/svg+xml", ICON) }))
}

fn file(kind: &'static str, content: &'static str) -> ([(HeaderName, &'static str); 2], &'static str) {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600, private")], content)
}
