//! The pages. Each file has a group of them: what they show, and what their forms do.

mod accounts;
mod door;
mod dues;
mod duty;
mod files;
mod help;
mod inbox;
mod matters;
mod network;
mod notices;
mod papers;
mod reports;

use axum::Router;

use super::Console;

pub(super) fn router() -> Router<Console> {
    Router::new()
        .merge(door::router())
        .merge(duty::router())
        .merge(matters::router())
        .merge(files::router())
        .merge(inbox::router())
        .merge(reports::router())
        .merge(notices::router())
        .merge(papers::router())
        .merge(dues::router())
        .merge(network::router())
        .merge(accounts::router())
        .merge(help::router())
}
