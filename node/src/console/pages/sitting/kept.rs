//! The status tables of a session: asked over its area, shown while they fill, and kept with it as they were shown.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::super::{
    super::{
        Console,
        desk::Desk,
        page::{Paged, moment, plain, then},
        posted::{Posted, record_id},
        trouble::Said,
    },
    status::{self, Pull},
};
use crate::{
    domain::status::StatusTable,
    text::{console_look as look, refusal::Refusal},
    usecase::{KeepStatus, KeptTable, Refused, ShowStatus, ShownMatter, TableThere},
};

/// The status tables that were kept with a session, the first first.
pub(super) async fn tables(console: &Console, session: &ShownMatter) -> Result<Vec<(String, String)>, Refused> {
    let matter = session.row.matter.to_string();
    let kept = console.office.kept_status(&ShowStatus { matter: matter.clone(), record: String::new() }).await?.kept;
    let said = |table: &KeptTable| {
        let by = table.by.as_ref().map(|by| by.name.as_str()).unwrap_or_default();
        let path = format!("/consultation/{matter}/status?record={}", table.record);
        (path, look::kept(&moment(table.asked_at), by, table.offices, table.answered))
    };
    Ok(kept.iter().map(said).collect())
}

#[derive(Deserialize, Default)]
pub(super) struct AskTable {
    /// The step by which it goes.
    #[serde(default)]
    record: String,
    #[serde(default)]
    only: String,
    #[serde(default)]
    open: String,
}

/// A table that was kept, as it was shown.
pub(super) async fn show(
    State(console): State<Console>,
    desk: Desk,
    Path((origin, id)): Path<(String, String)>,
    Query(asked): Query<AskTable>,
) -> Paged {
    let matter = format!("{origin}/{id}");
    let found = console.office.kept_status(&ShowStatus { matter: matter.clone(), record: asked.record.clone() }).await?;
    let record = plain(&asked.record);
    let path = format!("/consultation/{matter}/status?record={record}");
    match found.shown {
        Some((_, TableThere::Whole(table))) => {
            console.saw_matter(&desk, &found.matter);
            let offices = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
            let pull = Pull { table, offices, ended: true, said: None };
            status::page(&console, &desk, (&path, &pull), status::Asked { only: asked.only, open: asked.open })
        }
        Some((_, TableThere::Parts { here, of })) => Err(Refused::about(Refusal::RecordUnknown, format!("{here}/{of}")).into()),
        Some((_, TableThere::Removed | TableThere::Unreadable)) | None => Err(Refusal::RecordUnknown.into()),
    }
}

/// Asks every office of the area; the table is shown while it fills, and kept with the session when it is whole.
pub(super) async fn keep(State(console): State<Console>, Path((origin, id)): Path<(String, String)>, posted: Posted) -> Paged {
    let (Posted { desk, typed }, matter) = (posted, format!("{origin}/{id}"));
    let record = record_id(&typed)?;
    let (pulls, of) = (console.pulls.clone(), record.to_string());
    if pulls.get(&of).is_some() {
        return then(&format!("/status/{of}"));
    }
    let asked = KeepStatus { id: record, matter: matter.clone(), within: Duration::ZERO, by: desk.person() };
    let mut keeping = console.office.open_status(asked).await?;
    let (offices, now) = (keeping.offices(), console.clock.wall());
    let asker = console.office.own().clone();
    let mut table = StatusTable { asker, asked_at: now, closed_at: now, within_ms: 0, rows: Vec::new() };
    pulls.keep(&of, Pull { table: table.clone(), offices, ended: false, said: None });
    tokio::spawn(async move {
        while let Some(rows) = keeping.next().await {
            table.rows.extend(rows);
            table.closed_at = console.clock.wall();
            pulls.keep(&of, Pull { table: table.clone(), offices, ended: false, said: None });
        }
        let pull = match keeping.keep().await {
            Ok(kept) => Pull { table: kept.table, offices, ended: true, said: None },
            Err(refused) => Pull { table, offices, ended: true, said: Some(Said::of(&refused)) },
        };
        pulls.keep(&of, pull);
    });
    then(&format!("/status/{record}"))
}
