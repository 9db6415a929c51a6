//! The pages. Each file has a group of them: what they show, and what their forms do.

mod accounts;
mod admin;
mod audit;
mod cut_offs;
mod door;
mod dues;
mod duty;
mod files;
mod find;
mod groups;
mod help;
mod inbox;
mod matters;
mod month;
mod network;
mod notices;
mod papers;
mod periods;
mod register;
mod reports;
mod rolls;
mod rules;
mod sitting;
mod stats;
mod status;
mod suggested;
mod tiers;
mod trust;

pub(super) use admin::Jobs;
use axum::Router;

pub(super) use self::status::Pulls;

use super::Console;
use crate::domain::step::MatterKind;

pub(super) fn router() -> Router<Console> {
    Router::new()
        .merge(door::router())
        .merge(duty::router())
        .merge(matters::router())
        .merge(files::router())
        .merge(inbox::router())
        .merge(reports::router())
        .merge(notices::router())
        .merge(month::router())
        .merge(stats::router())
        .merge(suggested::router())
        .merge(rules::router())
        .merge(find::router())
        .merge(rolls::router())
        .merge(status::router())
        .merge(sitting::router())
        .merge(papers::router())
        .merge(dues::router())
        .merge(periods::router())
        .merge(groups::router())
        .merge(cut_offs::router())
        .merge(register::router())
        .merge(network::router())
        .merge(accounts::router())
        .merge(audit::router())
        .merge(admin::router())
        .merge(trust::router())
        .merge(help::router())
}

/// Where a matter is shown: at its own page, where its kind has one, else at the general one, whose path is given.
fn own_page(kind: MatterKind, path: &str) -> String {
    match kind {
        MatterKind::RollCall => path.replacen("/matter/", "/roll/", 1),
        MatterKind::Consultation => path.replacen("/matter/", "/consultation/", 1),
        MatterKind::Incident
        | MatterKind::Warning
        | MatterKind::Verification
        | MatterKind::Directive
        | MatterKind::Drill
        | MatterKind::Finding => path.to_owned(),
    }
}
