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
    page::{Paged, html, in_a_query},
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
    /// Who looks: what he has seen does not ring again here.
    person: String,
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
    let (paper, about) = named(&path).ok_or(Refusal::PageUnknown)?;
    if !asked.shape.is_empty() {
        let shape =
            Shape::from_key(&asked.shape).ok_or_else(|| Refused::about(Refusal::PaperShape, text::endings(&Shape::ALL)))?;
        let file = console.office.paper_file(&paper, shape).await?;
        console.saw(&desk, How::Exported, about.seen(&console).await?);
        return Ok(download(file, shape));
    }
    let paper = console.office.printed(&paper).await?;
    let seen = about.seen(&console).await?;
    let back = about.page(&seen);
    console.saw(&desk, How::Printed, seen);
    html(&Page {
        red: paper.head == Head::Red,
        across: paper.sheet == Sheet::Across,
        office: text::red_head(&paper.office),
        shapes: paper.shapes().iter().map(|shape| (shape.key(), text::keep_as(*shape))).collect(),
        back,
        person: desk.account.name.clone(),
        paper,
    })
}

fn download(file: PaperFile, shape: Shape) -> axum::response::Response {
    let name = in_a_query(&file.name);
    let said = [
        (header::CONTENT_TYPE, shape.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"paper.{}\"; filename*=UTF-8''{name}", shape.key())),
    ];
    (said, file.bytes).into_response()
}

/// What a paper is about.
enum About {
    /// A matter or a notice, as somebody wrote its reference.
    Record(String),
    /// A roll call, which is a matter with a page of its own.
    Roll(String),
    /// What stands on the page of that path.
    Page(String),
}

impl About {
    /// As access records name it, however it was written.
    async fn seen(&self, console: &Console) -> Result<Seen, Refused> {
        match self {
            Self::Record(named) | Self::Roll(named) => console.office.named_for_access(named).await,
            Self::Page(path) => Ok(Seen::at(path)),
        }
    }

    /// Where it is shown.
    fn page(self, seen: &Seen) -> String {
        match self {
            Self::Record(_) => seen.path(),
            Self::Roll(_) => seen.path().replacen("/matter/", "/roll/", 1),
            Self::Page(path) => path,
        }
    }
}

/// Which paper an address means, and what it is about.
fn named(path: &str) -> Option<(AskPaper, About)> {
    let parts: Vec<&str> = path.split('/').collect();
    let dues = |which| AskPaper::Dues(AskDues { which, ..AskDues::default() });
    Some(match parts[..] {
        ["form", paper, origin, id] => {
            let matter = format!("{origin}/{id}");
            (AskPaper::Form { paper: paper.to_owned(), matter: matter.clone() }, About::Record(matter))
        }
        ["report", form, office, period] => {
            let asked = ShowReport { form: form.to_owned(), period: period.to_owned(), office: office.to_owned() };
            (AskPaper::Report(asked), About::Page(format!("/reports/show/{form}/{office}/{period}")))
        }
        ["board", day] => {
            let asked = AskPaper::Board { form: String::new(), day: day.to_owned(), mode: Mode::Real };
            (asked, About::Page(format!("/reports?day={day}")))
        }
        ["duty", day] => (AskPaper::Duty(day.to_owned()), About::Page(format!("/reports?day={day}"))),
        ["sign-for", origin, id] => (AskPaper::SignFor(format!("{origin}/{id}")), About::Record(format!("{origin}/{id}"))),
        ["roll", origin, id] => (AskPaper::Roll(format!("{origin}/{id}")), About::Roll(format!("{origin}/{id}"))),
        ["dues"] => (dues(WhichDues::Open), About::Page("/dues".to_owned())),
        ["overdue"] => (dues(WhichDues::ToChase), About::Page("/dues?overdue=1".to_owned())),
        ["stats"] => (AskPaper::Stats(AskDueStats::default()), About::Page("/stats".to_owned())),
        ["stats", month] => {
            let asked = AskDueStats { month: month.to_owned(), ..AskDueStats::default() };
            (AskPaper::Stats(asked), About::Page(format!("/stats?month={month}")))
        }
        _ => return None,
    })
}
