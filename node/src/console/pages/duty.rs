//! The duty screen: what needs me first comes first. Clocks that run, what is to be signed, what is open, who has not reported, lines.

use askama::Template;
use axum::{Router, extract::State, routing::get};

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
    domain::{obligation::Side, step::MatterKind},
    projection::Openness,
    text::{console as text, matter},
    usecase::{AskDues, Relation},
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
    /// What this office owes.
    ours: Vec<DueView>,
    /// What others owe to it and is overdue.
    to_chase: Vec<DueView>,
    unsigned: Vec<NoticeView>,
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
    let open = office.dues(AskDues::default()).await?;
    let ours = open.dues.iter().filter(|due| due.side == Side::ByUs);
    let to_chase = open.dues.iter().filter(|due| due.side == Side::ToUs && due.standing.late_ms() > 0);
    let unsigned = office.notices().await?.into_iter().filter(|row| row.relation == Relation::ToSign);
    let mut kinds = Vec::new();
    for kind in MatterKind::ALL {
        let matters = office.matters(kind, Openness::Open).await?;
        let view = |row| {
            let view = MatterView::of(row, now);
            MatterView { path: super::own_page(kind, &view.path), ..view }
        };
        let matters = matters.iter().map(view).collect();
        kinds.push(Kind { name: matter::kind(kind), key: kind.key(), matters });
    }
    html(&Page {
        frame: console.frame(&desk, Part::Duty, text::DUTY)?,
        today: reports::today(&console).await?,
        ours: ours.take(DUES_SHOWN).map(|due| DueView::of(due, now)).collect(),
        to_chase: to_chase.take(DUES_SHOWN).map(|due| DueView::of(due, now)).collect(),
        unsigned: unsigned.map(|row| NoticeView::of(&row, now)).collect(),
        open: kinds,
        id: console.new_id()?,
    })
}

impl Page {
    fn nothing_open(&self) -> bool {
        self.open.iter().all(|kind| kind.matters.is_empty())
    }
}
