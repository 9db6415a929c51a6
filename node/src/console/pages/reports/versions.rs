//! What one office has said in one period: every version, who entered it and how its words came, what a sum was made of and how that stands
//! now; and a person's choice where versions differ.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::IntoResponse as _,
};
use dutynet_relay::{ids::RecordRef, record::Mode};
use serde::Deserialize;

use super::{
    super::super::{
        Console,
        desk::Desk,
        fields,
        page::{Frame, Paged, Part, html, moment, then},
        posted::{Posted, Typed, record_id},
        trouble::{Said, http_status},
        ways::{Ways, Went},
    },
    known, mode,
};
use crate::{
    domain::{
        access::{How, Seen},
        board::Differs,
        form::{Answer, Form, Value},
        number::parse_reference,
    },
    text::{console_matter as text, matter, refusal::Refusal, report, words},
    usecase::{
        ChooseReport, FieldDifference, Refused, RemovedVersion, Revision, ShowReport, ShownChoice, ShownReport, SourceNow,
    },
};

#[derive(Template)]
#[template(path = "report.html")]
struct ShowPage {
    frame: Frame,
    own: bool,
    form: &'static Form,
    office: String,
    period: String,
    revisions: Vec<RevisionView>,
    differences: Vec<(String, Vec<(String, String)>)>,
    /// Versions between which a person may choose now: their records, and who entered each.
    open: Vec<(String, String)>,
    choices: Vec<String>,
    /// What was just sent was held already, and nothing was filed.
    already: bool,
    /// What this office has filed was summed from those below, and can be summed anew.
    sums: bool,
    /// Versions whose content was removed, one line each.
    removed: Vec<String>,
    typed: Typed,
    reason_fault: String,
    id: String,
    said: Option<Said>,
    /// It is practised, and nothing of it is real.
    exercise: bool,
}

struct RevisionView {
    number: u32,
    stands: bool,
    by: String,
    entered: String,
    recorded: String,
    received: String,
    /// Where it is; empty: another office's.
    went: Went,
    reason: String,
    answers: Vec<(String, String)>,
    record: String,
    /// What it was summed from: name, what it said, where that stands, and whether it says something else now.
    sources: Vec<SourceView>,
    missing: Vec<String>,
}

struct SourceView {
    name: String,
    said: String,
    path: String,
    changed: String,
}

type Which = (String, String, String);

/// How somebody came to the page.
#[derive(Deserialize, Default)]
pub(super) struct AskShow {
    /// Not empty: what was practised.
    #[serde(default)]
    exercise: String,
    /// Not empty: what he sent was held already.
    #[serde(default)]
    already: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    desk: Desk,
    Path(which): Path<Which>,
    Query(asked): Query<AskShow>,
) -> Paged {
    let (form, office, period) = &which;
    let page = page(&console, &desk, (&which, mode(&asked.exercise)), Typed::default()).await?;
    let page = ShowPage { already: !asked.already.is_empty(), ..page };
    console.saw(&desk, How::Opened, Seen::report(form, office, period));
    html(&page)
}

async fn page(console: &Console, desk: &Desk, (which, mode): (&Which, Mode), typed: Typed) -> Result<ShowPage, Refused> {
    let (form, office, period) = which;
    let form = known(form)?;
    let asked = ShowReport { form: form.id.clone(), period: period.clone(), office: office.clone() };
    let shown = console.office.show_of(mode, &asked).await?;
    let ways = Ways::now(console)?;
    let view = |revision: &Revision| {
        let went = ways.went((&revision.reference, revision.state), &[])?;
        Ok(RevisionView { went, ..revision_view(form, revision, (shown.standing.as_ref(), period)) })
    };
    let revisions = shown.revisions.iter().rev().map(view).collect::<Result<_, Refused>>()?;
    let name = console.office.offices().into_iter().find(|entry| entry.office.as_str() == office).map(|entry| entry.name);
    let title = format!("{} {} {period}", name.unwrap_or_else(|| office.clone()), form.title);
    let own = console.office.own().clone();
    let is_sum = |revision: &Revision| !revision.body.sources.is_empty() || !revision.body.missing.is_empty();
    Ok(ShowPage {
        frame: console.frame(desk, Part::Reports, words::marked(mode, title))?,
        own: own.as_str() == office,
        already: false,
        sums: own.as_str() == office
            && mode == Mode::Real
            && shown.revisions.iter().any(|revision| revision.reference.origin == own && is_sum(revision)),
        form,
        office: office.clone(),
        period: period.clone(),
        revisions,
        differences: shown.fields.iter().map(|difference| difference_view(form, difference, &shown)).collect(),
        // A choice is made between what is real.
        open: if mode == Mode::Real { to_choose(&shown) } else { Vec::new() },
        choices: shown.choices.iter().map(choice).collect(),
        removed: shown.removed.iter().map(removed_text).collect(),
        typed,
        reason_fault: String::new(),
        id: console.new_id()?,
        said: None,
        exercise: mode == Mode::Exercise,
    })
}

/// The latest of each who has spoken, where they differ; a choice that was made may be made again.
fn to_choose(shown: &ShownReport) -> Vec<(String, String)> {
    match shown.differs {
        Some(Differs::Open | Differs::Settled) => {}
        Some(Differs::No) | None => return Vec::new(),
    }
    let heads = shown.fields.first().map(|field| field.values.iter().map(|(record, _)| record).collect::<Vec<_>>());
    heads.unwrap_or_default().into_iter().map(|record| (record.to_string(), who(record, shown))).collect()
}

/// Who entered a version, and how its words came.
fn who(record: &RecordRef, shown: &ShownReport) -> String {
    let revision = shown.revisions.iter().find(|revision| revision.reference == *record);
    revision.map_or_else(
        || record.origin.to_string(),
        |revision| {
            let entered = entered(revision);
            if entered.is_empty() { format!("{} {}", words::OWN, revision.origin_name) } else { entered }
        },
    )
}

/// Who entered it and how its words came; empty: they are the office's own.
pub(super) fn entered(revision: &Revision) -> String {
    let said = revision.body.entered.as_ref();
    let words = said.map(|said| text::entered(&revision.origin_name, words::channel(said.channel), &said.told_by, &said.phone));
    words.unwrap_or_default()
}

fn choice(choice: &ShownChoice) -> String {
    let by = choice.by.as_ref().map_or(words::DASH, |by| by.name.as_str());
    text::chosen(&moment(choice.recorded_at), by, &choice.name, &choice.reason, choice.counts)
}

/// Where a version stood whose content was removed.
fn removed_text(gone: &RemovedVersion) -> String {
    let by = gone.by.as_ref().map_or(words::DASH, |by| by.name.as_str());
    report::removed(&gone.name, by, &moment(gone.recorded_at), &moment(gone.received_at))
}

/// What each side says to a field on which they differ.
fn difference_view(form: &Form, difference: &FieldDifference, shown: &ShownReport) -> (String, Vec<(String, String)>) {
    let said = |value: &Value| form.field(&difference.field).map_or_else(String::new, |field| fields::for_reading(field, value));
    let side = |(record, value): &(RecordRef, Option<Value>)| {
        (who(record, shown), value.as_ref().map_or_else(|| words::DASH.to_owned(), said))
    };
    (difference.label.clone(), difference.values.iter().map(side).collect())
}

fn revision_view(form: &Form, revision: &Revision, (standing, period): (Option<&RecordRef>, &str)) -> RevisionView {
    let missing =
        revision.missing.iter().map(|(missing, since)| text::missed_then(&missing.name, words::why(missing.why), *since));
    RevisionView {
        number: revision.body.revision,
        stands: standing == Some(&revision.reference),
        by: revision.by.as_ref().map(|by| by.name.clone()).unwrap_or_default(),
        entered: entered(revision),
        recorded: moment(revision.recorded_at),
        received: moment(revision.received_at),
        went: Went::default(),
        reason: revision.body.reason.clone(),
        answers: in_words(form, &revision.body.filled.answers),
        record: revision.reference.to_string(),
        sources: revision.sources.iter().map(|source| source_view(form, source, period)).collect(),
        missing: missing.collect(),
    }
}

fn in_words(form: &Form, answers: &[Answer]) -> Vec<(String, String)> {
    let said = |answer: &Answer| {
        let field = form.field(&answer.field)?;
        Some((field.label.clone(), fields::for_reading(field, &answer.value)))
    };
    answers.iter().filter_map(said).collect()
}

fn source_view(form: &Form, source: &SourceNow, period: &str) -> SourceView {
    let joined = |answers: &[Answer]| {
        let said = in_words(form, answers).into_iter().map(|(label, value)| matter::named(&label, &value));
        matter::values(&said.collect::<Vec<_>>())
    };
    let said = match &source.answers {
        Some(answers) => joined(answers),
        None if source.removed => words::REMOVED.to_owned(),
        None => words::DASH.to_owned(),
    };
    let changed = source.now.as_ref().map(|(_, now)| matter::named(&text::source_changed(&source.name), &joined(now)));
    SourceView {
        name: source.name.clone(),
        said,
        path: format!("/reports/show/{}/{}/{period}", source.source.form, source.source.office),
        changed: changed.unwrap_or_default(),
    }
}

pub(super) async fn choose(State(console): State<Console>, Path(which): Path<Which>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    let chosen = parse_reference(typed.text("chosen")).ok_or(Refusal::ChoiceUnknown);
    let (form, office, period) = &which;
    let made = match chosen {
        Ok(chosen) => {
            let asked = ChooseReport {
                id: record_id(&typed)?,
                form: form.clone(),
                period: period.clone(),
                office: office.clone(),
                chosen,
                reason: typed.text("reason").to_owned(),
                by: desk.person(),
            };
            console.office.choose(asked).await.map(|_| ())
        }
        Err(refusal) => Err(refusal.into()),
    };
    match made {
        Ok(()) => then(&format!("/reports/show/{form}/{office}/{period}")),
        Err(refused) => {
            let fault = fields::fault_at(&refused.faults, "reason");
            let page = ShowPage {
                said: Some(Said::of(&refused)),
                reason_fault: fault,
                ..page(&console, &desk, (&which, Mode::Real), typed).await?
            };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}
