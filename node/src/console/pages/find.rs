//! Looking for something by a piece of its title or number: matters of every kind, notices, offices; a day opens its reports.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use serde::Deserialize;

use super::{
    super::{
        Console,
        desk::Desk,
        page::{Frame, Paged, Part, html, moment},
    },
    matters::MatterView,
};
use crate::{
    domain::{beijing::Day, step::MatterKind},
    projection::Openness,
    text::{console_look as look, matter, words},
};

/// Hits of one kind that are listed.
const HITS_MAX: usize = 50;
/// Shortest piece that is looked for, characters.
const CHARS_MIN: usize = 2;

pub(super) fn router() -> Router<Console> {
    Router::new().route("/find", get(find))
}

#[derive(Template)]
#[template(path = "find.html")]
struct Page {
    frame: Frame,
    q: String,
    too_short: bool,
    groups: Vec<Group>,
}

/// Hits of one kind.
struct Group {
    name: String,
    hits: Vec<Hit>,
    all: usize,
}

struct Hit {
    path: String,
    title: String,
    beside: String,
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    q: String,
}

async fn find(State(console): State<Console>, desk: Desk, Query(asked): Query<Asked>) -> Paged {
    let q = asked.q.trim().to_lowercase();
    let too_short = !q.is_empty() && q.chars().count() < CHARS_MIN;
    let mut groups = Vec::new();
    if !q.is_empty() && !too_short {
        groups.extend(day(&q));
        for kind in MatterKind::ALL {
            let rows = console.office.matters(kind, Openness::Closed).await?;
            let found = rows
                .iter()
                .filter(|row| holds(&q, row.number.as_str()) || row.title.as_deref().is_some_and(|title| holds(&q, title)));
            let hit = |row| {
                let view = MatterView::of(row, console.clock.wall());
                Hit {
                    title: format!("{} {}", view.number, view.title),
                    beside: look::beside(&view.state, &view.last),
                    path: super::own_page(kind, &view.path),
                }
            };
            groups.push(group(matter::kind(kind), found.map(hit).collect()));
        }
        let notices = console.office.notices().await?;
        let found =
            notices.iter().map(|row| &row.head).filter(|head| holds(&q, head.notice.number.as_str()) || holds(&q, &head.title));
        let hit = |head: &crate::usecase::NoticeHead| Hit {
            path: format!("/notices/show/{}/{}", head.notice.reference.origin, head.notice.reference.id),
            title: format!("{} {}", head.notice.number, head.title),
            beside: format!("{} {}", head.from, moment(head.notice.moment.recorded_at)),
        };
        groups.push(group(crate::text::console::NOTICES, found.map(hit).collect()));
        let below = console.office.offices_below();
        let found = below.iter().filter(|(_, entry)| holds(&q, &entry.name) || holds(&q, entry.office.as_str()));
        let hit = |(_, entry): &(usize, dutynet_relay::registry::Entry)| Hit {
            path: format!("/network/{}", entry.office),
            title: entry.name.clone(),
            beside: format!("{} {}", entry.office, words::class(entry.class)),
        };
        groups.push(group(words::UNIT, found.map(hit).collect()));
        groups.retain(|group| group.all > 0);
    }
    html(&Page { frame: console.frame(&desk, Part::Find, look::FIND)?, q: asked.q, too_short, groups })
}

fn holds(q: &str, text: &str) -> bool {
    text.to_lowercase().contains(q)
}

fn group(name: &str, mut hits: Vec<Hit>) -> Group {
    let all = hits.len();
    hits.truncate(HITS_MAX);
    Group { name: name.to_owned(), hits, all }
}

/// A day, `2026-07-01`, opens its board.
fn day(q: &str) -> Option<Group> {
    let day = Day::parse(q).ok()?;
    let hit =
        Hit { path: format!("/reports?day={day}"), title: crate::text::console::board(&day.to_string()), beside: String::new() };
    Some(group(crate::text::console::REPORTS, vec![hit]))
}
