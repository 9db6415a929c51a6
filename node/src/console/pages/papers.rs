//! Papers: a page for the browser's printer, and the same as a file. One address for each; `?as=pdf` makes it a file.

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::header,
    response::IntoResponse as _,
    routing::get,
};
use dutynet_relay::record::Mode;
use serde::Deserialize;

use super::super::{
    Console,
    desk::Desk,
    page::{Paged, html},
};
use crate::{
    domain::{
        access::{How, Seen},
        paper::Papers,
        step::MatterKind,
    },
    export::{Body, Document, Head, Kind, Shape, Sheet, Table},
    text::{paper as text, refusal::Refusal},
    usecase::{AskDueStats, AskDues, AskPaper, PaperFile, Refused, ShowReport, WhichDues},
};

pub(super) fn router() -> Router<Console> {
    Router::new().route("/print/{*paper}", get(print))
}

/// The forms of a kind of matter, for links: id and title.
pub(super) fn of(kind: MatterKind) -> Vec<(&'static str, &'static str)> {
    Papers::built_in().iter().filter(|paper| paper.of == kind).map(|paper| (paper.id.as_str(), paper.title.as_str())).collect()
}

#[derive(Template)]
#[template(path = "paper.html")]
struct Page {
    paper: Document,
    red: bool,
    across: bool,
    /// For the red head.
    office: String,
    /// Ending, and what it is called.
    shapes: Vec<(&'static str, &'static str)>,
    /// Where it was opened from.
    back: String,
}

impl Page {
    fn lines(&self) -> &[Vec<crate::export::FormCell>] {
        match &self.paper.body {
            Body::Form(lines) => lines,
            Body::Table(_) => &[],
        }
    }

    fn table(&self) -> Option<&Table> {
        match &self.paper.body {
            Body::Form(_) => None,
            Body::Table(table) => Some(table),
        }
    }

    /// How a cell of a column stands.
    fn class(&self, table: &Table, column: &usize) -> &'static str {
        match table.columns.get(*column).map(|column| column.kind) {
            Some(Kind::Short) => "short",
            Some(Kind::Number) => "number",
            Some(Kind::Words) | None => "words",
        }
    }
}

#[derive(Deserialize, Default)]
struct AskShape {
    /// `pdf`, `xlsx`, `csv` or `docx`; empty: a page.
    #[serde(default, rename = "as")]
    shape: String,
}

async fn print(State(console): State<Console>, desk: Desk, Path(path): Path<String>, Query(asked): Query<AskShape>) -> Paged {
    let (paper, back) = named(&path).ok_or(Refusal::PageUnknown)?;
    if !asked.shape.is_empty() {
        let shape =
            Shape::from_key(&asked.shape).ok_or_else(|| Refused::about(Refusal::PaperShape, text::endings(&Shape::ALL)))?;
        let file = console.office.paper_file(&paper, shape).await?;
        console.saw(&desk, How::Exported, Seen::at(&back));
        return Ok(download(file, shape));
    }
    let paper = console.office.printed(&paper).await?;
    console.saw(&desk, How::Printed, Seen::at(&back));
    html(&Page {
        red: paper.head == Head::Red,
        across: paper.sheet == Sheet::Across,
        office: text::red_head(&paper.office),
        shapes: paper.shapes().iter().map(|shape| (shape.key(), text::keep_as(*shape))).collect(),
        back,
        paper,
    })
}

fn download(file: PaperFile, shape: Shape) -> axum::response::Response {
    let name: String = file.name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let said = [
        (header::CONTENT_TYPE, shape.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"paper.{}\"; filename*=UTF-8''{name}", shape.key())),
    ];
    (said, file.bytes).into_response()
}

/// Which paper an address means, and the page that it belongs to.
fn named(path: &str) -> Option<(AskPaper, String)> {
    let parts: Vec<&str> = path.split('/').collect();
    let dues = |which| AskPaper::Dues(AskDues { which, ..AskDues::default() });
    Some(match parts[..] {
        ["form", paper, origin, id] => {
            let matter = format!("{origin}/{id}");
            (AskPaper::Form { paper: paper.to_owned(), matter: matter.clone() }, format!("/matter/{matter}"))
        }
        ["report", form, office, period] => {
            let asked = ShowReport { form: form.to_owned(), period: period.to_owned(), office: office.to_owned() };
            (AskPaper::Report(asked), format!("/reports/show/{form}/{office}/{period}"))
        }
        ["board", day] => {
            let asked = AskPaper::Board { form: String::new(), day: day.to_owned(), mode: Mode::Real };
            (asked, format!("/reports?day={day}"))
        }
        ["duty", day] => (AskPaper::Duty(day.to_owned()), format!("/reports?day={day}")),
        ["sign-for", origin, id] => (AskPaper::SignFor(format!("{origin}/{id}")), format!("/notices/show/{origin}/{id}")),
        ["roll", origin, id] => (AskPaper::Roll(format!("{origin}/{id}")), format!("/roll/{origin}/{id}")),
        ["dues"] => (dues(WhichDues::Open), "/dues".to_owned()),
        ["overdue"] => (dues(WhichDues::ToChase), "/dues?overdue=1".to_owned()),
        ["stats"] => (AskPaper::Stats(AskDueStats::default()), "/stats".to_owned()),
        ["stats", month] => {
            let asked = AskDueStats { month: month.to_owned(), ..AskDueStats::default() };
            (AskPaper::Stats(asked), format!("/stats?month={month}"))
        }
        _ => return None,
    })
}
