//! What `lines history --json` prints; see [`super::json`].

use serde::Serialize;

/// `lines history --json`.
#[derive(Debug, Serialize)]
pub(super) struct LineHistory {
    pub(super) office: String,
    pub(super) name: String,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    /// Without gaps, oldest first.
    pub(super) spans: Vec<Span>,
    pub(super) up_ms: u64,
    pub(super) down_ms: u64,
    pub(super) unknown_ms: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Span {
    pub(super) from: Option<String>,
    pub(super) until: Option<String>,
    /// `up`, `down`, `unknown`.
    pub(super) line: &'static str,
    /// `not_seen_yet`, `off`, `behind`, `unsteady`; null unless unknown.
    pub(super) why: Option<&'static str>,
    /// Which office was off, or whose line was in the way.
    pub(super) office: Option<String>,
}
