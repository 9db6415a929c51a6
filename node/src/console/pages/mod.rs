//! The pages. Each file has a group of them: what they show, and what their forms do.

mod accounts;
mod admin;
mod audit;
mod door;
mod dues;
mod duty;
mod help;
mod matters;
mod network;
mod notices;
mod papers;
mod reports;
mod trust;

pub(super) use admin::Jobs;
use axum::Router;

use super::Console;

pub(super) fn router() -> Router<Console> {
    Router::new()
        .merge(door::router())
        .merge(duty::router())
        .merge(matters::router())
        .merge(reports::router())
        .merge(notices::router())
        .merge(papers::router())
        .merge(dues::router())
        .merge(network::router())
        .merge(accounts::router())
        .merge(audit::router())
        .merge(admin::router())
        .merge(trust::router())
        .merge(help::router())
}
