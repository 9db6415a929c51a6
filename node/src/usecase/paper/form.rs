//! Forms of a matter, and reports.

use dutynet_relay::{ids::OfficeId, record::Mode};

use super::{
    super::{FilledPaper, Office, Refused, Revision, ShowReport, form as known},
    file_name,
};
use crate::{
    domain::{
        beijing::minute,
        form::{Answer, FieldKind, Form, Lines},
    },
    export::{Body, Document, FormCell, Head, Sheet, beside},
    text::{console::moment, matter, notice, paper as text, report, words},
};

/// What goes to leaders has a red head.
const TO_LEADERS: [&str; 2] = ["submission", "approval-sheet"];
/// Answers up to this length may stand beside each other.
const SHORT: usize = 16;

/// A form of a matter.
pub(super) fn of_matter(filled: &FilledPaper) -> Document {
    let number = filled.row.number.to_string();
    let cells = filled.rows.iter().map(|row| {
        let cell = FormCell { label: row.label.clone(), value: row.value.clone(), lines: row.lines };
        (cell, usize::try_from(row.beside).unwrap_or(1))
    });
    let mark = match filled.row.mode {
        Mode::Real => String::new(),
        Mode::Exercise | Mode::Test => matter::mark(words::mode(filled.row.mode)),
    };
    Document {
        head: if TO_LEADERS.contains(&filled.paper.id.as_str()) { Head::Red } else { Head::Plain },
        office: filled.office_name.clone(),
        title: filled.paper.title.clone(),
        mark,
        above: (text::unit(&filled.office_name), text::printed_on(&minute(filled.as_of))),
        body: Body::Form(beside(cells)),
        notes: vec![text::asked_by(&filled.paper.source)],
        sheet: Sheet::Upright,
        file_name: file_name(&[&filled.paper.title, &number]),
    }
}

impl Office {
    /// What an office has said in a period: the version that stands.
    pub(super) async fn report_printed(&self, asked: &ShowReport) -> Result<Document, Refused> {
        let form = known(&asked.form)?;
        let shown = self.show(asked).await?;
        let stands = shown.revisions.iter().rfind(|revision| Some(&revision.reference) == shown.standing.as_ref());
        match stands {
            Some(stands) => Ok(of_report(form, stands, &self.name(&stands.body.office))),
            None => Ok(of_nothing(form, asked, self)),
        }
    }
}

/// Nothing was filed, or its content was removed: the paper says so.
fn of_nothing(form: &Form, asked: &ShowReport, office: &Office) -> Document {
    let name = OfficeId::parse(&asked.office).map_or_else(|_| office.own_name(), |id| office.name(&id));
    let said = FormCell { label: text::STATE.to_owned(), value: notice::NOTHING_FILED.to_owned(), lines: 1 };
    Document {
        head: Head::Plain,
        title: text::report_title(&name, &form.title),
        mark: String::new(),
        above: (text::period(form.period, &asked.period), String::new()),
        body: Body::Form(vec![vec![said]]),
        notes: vec![text::asked_by(&form.source)],
        sheet: Sheet::Upright,
        file_name: file_name(&[&name, &form.title, &asked.period]),
        office: name,
    }
}

fn of_report(form: &Form, stands: &Revision, office: &str) -> Document {
    let period = stands.body.period.to_string();
    let by = stands.by.as_ref().map_or(words::DASH, |by| by.name.as_str());
    let cell = |answer: &Answer| {
        let field = form.field(&answer.field)?;
        let value = report::in_words(field, &answer.value);
        let one_line = !matches!(field.kind, FieldKind::Text { lines: Lines::Many, .. });
        let short = one_line && value.chars().count() <= SHORT && !value.contains('\n');
        let share = if short { 2 } else { 1 };
        Some((FormCell { label: field.label.clone(), value, lines: if short { 1 } else { 3 } }, share))
    };
    let room = |label: &str| (FormCell { label: label.to_owned(), value: String::new(), lines: 2 }, 2);
    let answers = stands.body.filled.answers.iter().filter_map(cell);
    let cells = answers.chain([room(text::SIGNED_OFF), room(text::OFFICER_SIGNS)]);
    let (recorded, received) = (moment(&minute(stands.recorded_at)), moment(&minute(stands.received_at)));
    let entered = stands.body.entered.as_ref().map(|entered| text::entered(&stands.origin_name, &entered.told_by));
    let notes = [Some(text::recorded(by, &recorded, &received)), entered, Some(text::asked_by(&form.source))];
    Document {
        head: Head::Plain,
        office: office.to_owned(),
        title: text::report_title(office, &form.title),
        mark: String::new(),
        above: (text::period(form.period, &period), text::version(stands.body.revision, &stands.body.reason)),
        body: Body::Form(beside(cells)),
        notes: notes.into_iter().flatten().collect(),
        sheet: Sheet::Upright,
        file_name: file_name(&[office, &form.title, &period]),
    }
}
