//! The duty screen: what needs me first comes first. Clocks that run, what is to be signed, what is open, who has not reported, lines.

use askama::Template;
use axum::{Router, extract::State, routing::get};
use dutynet_relay::{ids::UnixMillis, relay::LinkStatus};

use super::{
    super::{
        Console,
        desk::Desk,
        page::{Frame, Paged, Part, html},
    },
    dues::DueView,
    matters::MatterView,
    notices::NoticeView,
    reports::{self, TodayView},
};
use crate::{
    domain::{beijing::Day, rules::Duty, step::MatterKind},
    text::{console as text, line::length, matter},
    usecase::{Due, FirstDues, MatterRow},
};

/// Obligations that are shown; the rest is one click away.
const DUES_SHOWN: usize = 12;

pub(super) fn router() -> Router<Console> {
    Router::new().route("/", get(duty))
}

#[derive(Template)]
#[template(path = "duty.html")]
struct Page {
    frame: Frame,
    today: TodayView,
    /// Lines to offices below that are down: where they lead, and how long.
    down: Vec<(String, String, String)>,
    /// What this office owes.
    ours: Vec<DueView>,
    /// How much more that is than is shown.
    more_of_ours: usize,
    /// What others owe to it and is overdue.
    to_chase: Vec<DueView>,
    unsigned: Vec<NoticeView>,
    /// Where 假期综合情况 is filled in that this office owes today; empty: it owes none today.
    holiday: String,
    /// Open ones by kind.
    open: Vec<Kind>,
    /// An id for the zero report that one key press makes.
    id: String,
}

struct Kind {
    name: &'static str,
    key: &'static str,
    matters: Vec<MatterView>,
}

async fn duty(State(console): State<Console>, desk: Desk) -> Paged {
    let (office, now) = (&console.office, console.clock.wall());
    let dues = office.first_dues(DUES_SHOWN).await?;
    let kind = |(kind, matters): (MatterKind, Vec<MatterRow>)| {
        let view = |row| {
            let view = MatterView::of(row, now);
            MatterView { path: super::own_page(kind, &view.path), ..view }
        };
        Kind { name: matter::kind(kind), key: kind.key(), matters: matters.iter().map(view).collect() }
    };
    html(&Page {
        frame: console.frame(&desk, Part::Duty, text::DUTY)?,
        today: reports::today(&console).await?,
        down: office.links().iter().filter(|(link, _)| !link.is_parent && !link.state.up).map(|down| cut(down, now)).collect(),
        ours: dues.ours.iter().map(|due| DueView::of(due, now)).collect(),
        more_of_ours: dues.more_of_ours,
        to_chase: dues.to_chase.iter().map(|due| DueView::of(due, now)).collect(),
        unsigned: office.notices_to_sign().await?.iter().map(|row| NoticeView::of(row, now)).collect(),
        open: office.open_matters().await?.into_iter().map(kind).collect(),
        holiday: holiday_today(&dues, now),
        id: console.new_id()?,
    })
}

/// On its last day, and after it, 假期综合情况 has a button of its own.
fn holiday_today(dues: &FirstDues, now: UnixMillis) -> String {
    let is_it = |due: &&Due| due.obligation.duty == Duty::HolidaySummary && Day::of(due.obligation.due.here) <= Day::of(now);
    dues.ours.iter().find(is_it).map(|due| DueView::of(due, now).about_path).unwrap_or_default()
}

fn cut((link, name): &(LinkStatus, String), now: UnixMillis) -> (String, String, String) {
    let long = link.state.since.map(|since| length(now.0.abs_diff(since.0))).unwrap_or_default();
    (link.office.to_string(), name.clone(), long)
}

impl Page {
    fn nothing_open(&self) -> bool {
        self.open.iter().all(|kind| kind.matters.is_empty())
    }
}
