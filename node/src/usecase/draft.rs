//! An office's own report as the sum of its children's (综报): opened anew each time, with what a person has done to it kept on disk.
//!
//! The sum itself is [`crate::domain::draft`]; this file gives it what stands of each child, and names the children that are missing.

use std::collections::BTreeMap;

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    record::{Mode, Person},
    registry::Entry as Registered,
};

use super::{Office, Refused, form, period, person};
use crate::{
    body::{DraftBody, ReportBody},
    domain::{
        board::{Line, LineFact},
        draft::{self, Coverage, Drafted, Edits, Missing, Part, Replaced, Source, Why},
        form::{Answer, Filled, Form, Forms, Value},
        period::Period,
    },
    projection::{Entry, Row},
    text::{draft as text, refusal::Refusal},
};

/// Where drafts are kept beside the journal's records.
const NAMESPACE: &str = "report.draft";

/// A draft as it is now.
#[derive(Debug, Clone)]
pub struct OpenDraft {
    /// Its form.
    pub form: &'static Form,
    /// What it is about.
    pub period: Period,
    /// In the form's order.
    pub fields: Vec<Drafted>,
    /// What the sum holds.
    pub sources: Vec<SummedChild>,
    /// What it does not.
    pub missing: Vec<Missing>,
    /// What was kept of it.
    pub saved: Option<DraftBody>,
    /// By the clock of this office.
    pub as_of: UnixMillis,
}

/// A child whose version is in the sum.
#[derive(Debug, Clone)]
pub struct SummedChild {
    /// Which version.
    pub source: Source,
    /// The child's name.
    pub name: String,
    /// What it says to the fields that sum.
    pub answers: Vec<Answer>,
    /// True: another version stood when the draft was saved.
    pub changed: bool,
}

/// What a person does to a draft; a value of `None` takes it back.
#[derive(Debug, Clone)]
pub struct SaveDraft {
    /// Id of the form.
    pub form: String,
    /// As in [`super::FileReport`].
    pub period: String,
    /// What the office itself has to say.
    pub own: Vec<(String, Option<Value>)>,
    /// What is to stand in place of a sum.
    pub replace: Vec<(String, Option<Value>)>,
    /// Who does it.
    pub by: Option<Person>,
}

struct Summed {
    parts: Vec<Part>,
    sources: Vec<SummedChild>,
    missing: Vec<Missing>,
}

impl Office {
    /// Sums anew. Changes nothing.
    pub async fn open_draft(&self, form_id: &str, day: &str) -> Result<OpenDraft, Refused> {
        let form = form(form_id)?;
        let period = period(form, day, self.now())?;
        self.draft_of(form, (Mode::Real, period)).await
    }

    /// Keeps what a person has done to a draft; durable when it returns.
    pub async fn save_draft(&self, asked: SaveDraft) -> Result<OpenDraft, Refused> {
        let by = person(asked.by.clone())?;
        let form = form(&asked.form)?;
        let now = self.now();
        let period = period(form, &asked.period, now)?;
        let key = key(form, (Mode::Real, period));
        let _one_at_a_time = self.lock(&self.own_row(form, (Mode::Real, period))).await;
        let open = self.draft_of(form, (Mode::Real, period)).await?;
        let mut edits = open.saved.map(|saved| saved.edits).unwrap_or_default();
        for (field, value) in asked.own {
            match value {
                Some(value) => edits.own.insert(field, value),
                None => edits.own.remove(&field),
            };
        }
        let sums: BTreeMap<_, _> = open.fields.into_iter().map(|drafted| (drafted.field, drafted.sum)).collect();
        for (field, value) in asked.replace {
            let instead_of = draft::digest(sums.get(&field).and_then(Option::as_ref));
            match value {
                Some(value) => edits.replaced.insert(field, Replaced { value, instead_of }),
                None => edits.replaced.remove(&field),
            };
        }
        checked(form, &edits)?;
        let seen = open.sources.into_iter().map(|child| child.source).collect();
        let kept = DraftBody { edits, seen, saved_at: now, by };
        self.keep_for_itself(NAMESPACE, &key, kept.encode()).await?;
        self.draft_of(form, (Mode::Real, period)).await
    }

    /// The draft's answers with others in their place, what they were summed from, and what is missing.
    pub(super) async fn drafted_answers(
        &self,
        form: &'static Form,
        at: (Mode, Period),
        instead: &[Answer],
    ) -> Result<(Vec<Answer>, Vec<Source>, Vec<Missing>), Refused> {
        let open = self.draft_of(form, at).await?;
        let mut answers = draft::answers(&open.fields);
        answers.retain(|answer| instead.iter().all(|other| other.field != answer.field));
        answers.extend(instead.iter().cloned());
        Ok((answers, open.sources.into_iter().map(|child| child.source).collect(), open.missing))
    }

    /// What the office itself has said in a draft that it keeps.
    pub(super) fn own_words_in_draft(&self, form: &Form, at: (Mode, Period)) -> Result<Vec<Answer>, Refused> {
        let saved = self.relay().store().local(NAMESPACE, &key(form, at))?;
        let saved = saved.and_then(|bytes| DraftBody::decode(&bytes).ok());
        let own = saved.into_iter().flat_map(|saved| saved.edits.own);
        Ok(own.map(|(field, value)| Answer { field, value }).collect())
    }

    async fn draft_of(&self, form: &'static Form, at: (Mode, Period)) -> Result<OpenDraft, Refused> {
        let as_of = self.now();
        let (_, period) = at;
        if period.first() > crate::domain::beijing::Day::of(as_of) {
            return Err(Refused::about(Refusal::PeriodFuture, period));
        }
        self.caught_up().await?;
        let saved = self.saved_draft(form, at)?;
        let seen = saved.as_ref().map(|saved| saved.seen.as_slice());
        let Summed { parts, sources, missing } = self.children_of(form, at, seen)?;
        let coverage = if missing.is_empty() { Coverage::Whole } else { Coverage::Partial };
        let edits = saved.as_ref().map(|saved| saved.edits.clone()).unwrap_or_default();
        let fields = draft::drafted(form, &parts, &edits, coverage, text::MARKS);
        Ok(OpenDraft { form, period, fields, sources, missing, saved, as_of })
    }

    /// What was kept of a draft.
    pub(super) fn saved_draft(&self, form: &Form, at: (Mode, Period)) -> Result<Option<DraftBody>, Refused> {
        let saved = self.relay().store().local(NAMESPACE, &key(form, at))?;
        let saved = saved.map(|bytes| DraftBody::decode(&bytes)).transpose();
        saved.map_err(|fault| Refused::because(Refusal::Internal, fault))
    }

    /// What stands of each direct child that owed the period.
    fn children_of(&self, form: &Form, at: (Mode, Period), seen: Option<&[Source]>) -> Result<Summed, Refused> {
        let (registry, lines, since) = (self.relay().registry(), self.line_facts(), self.since()?);
        let mut children: Vec<&Registered> = registry.children(self.own()).collect();
        if children.is_empty() {
            return Err(Refusal::NoChildren.into());
        }
        children.sort_by(|a, b| a.office.cmp(&b.office));
        let mut summed = Summed { parts: Vec::new(), sources: Vec::new(), missing: Vec::new() };
        for child in children {
            match self.standing_of(form, at, &child.office)? {
                Some((source, filled)) => {
                    let answers = answers_to(form, &filled);
                    let changed = seen.is_some_and(|seen| !seen.contains(&source));
                    let listed = answers.iter().map(|(field, value)| Answer { field: field.clone(), value: value.clone() });
                    let listed = listed.collect();
                    summed.parts.push(Part { name: child.name.clone(), answers });
                    summed.sources.push(SummedChild { source, name: child.name.clone(), answers: listed, changed });
                }
                None => {
                    let window = self.window(form, &child.office, at.1)?;
                    let registered = since.get(&child.office).copied().unwrap_or(child.valid_from);
                    if window.in_time(registered) {
                        summed.missing.push(self.missing(form, at, child, lines.get(&child.office))?);
                    }
                }
            }
        }
        Ok(summed)
    }

    /// The version that stands of an office, of this form or of the one that says 无 in its place.
    pub(super) fn standing_of(
        &self,
        form: &Form,
        (mode, period): (Mode, Period),
        office: &OfficeId,
    ) -> Result<Option<(Source, Filled)>, Refused> {
        for form in std::iter::once(form.id.as_str()).chain(form.nil_form.as_deref()) {
            let row = Row { mode, period, form: form.to_owned(), office: office.clone() };
            let versions = self.versions(&row)?;
            let Some(entry) = versions.stands() else { continue };
            let (reference, revision) = (entry.reference.clone(), entry.revision);
            let source = Source { office: office.clone(), form: form.to_owned(), reference, revision };
            return Ok(Some((source, self.body_at(entry)?.filled)));
        }
        Ok(None)
    }

    /// What a version says to the fields of a form that sum; `None`: its record is not here.
    pub(super) fn summed_answers(&self, form: &Form, source: &Source) -> Result<Option<Vec<Answer>>, Refused> {
        let stored = self.relay().store().record(&source.reference)?;
        let body = stored.and_then(|stored| ReportBody::decode(&stored.record.raw().body).ok());
        let answer = |(field, value)| Answer { field, value };
        Ok(body.map(|body| answers_to(form, &body.filled).into_iter().map(answer).collect()))
    }

    pub(super) fn body_at(&self, entry: &Entry) -> Result<ReportBody, Refused> {
        let stored = self.relay().store().stored(entry.place)?;
        ReportBody::decode(&stored.record.raw().body).map_err(|fault| Refused::because(Refusal::Internal, fault))
    }

    fn missing(
        &self,
        form: &Form,
        (mode, period): (Mode, Period),
        child: &Registered,
        line: Option<&LineFact>,
    ) -> Result<Missing, Refused> {
        let others = Forms::built_in().iter().filter(|other| other.period == form.period && other.id != form.id);
        let mut filed_another = false;
        for other in others {
            let row = Row { mode, period, form: other.id.clone(), office: child.office.clone() };
            filed_another |= self.versions(&row)?.standing.is_some();
        }
        let removed = self.was_removed(form, (mode, period), &child.office)?;
        let down = line.filter(|fact| matches!(fact.line, Line::Down | Line::Unknown) && child.key.is_some());
        let (why, since) = match down {
            _ if removed => (Why::Removed, None),
            _ if filed_another => (Why::OtherForm, None),
            Some(fact) => (Why::LineDown, fact.since),
            None => (Why::NotFiled, None),
        };
        Ok(Missing { office: child.office.clone(), name: child.name.clone(), why, since })
    }

    /// Whether something was filed that would be in the sum, had its content not been removed.
    fn was_removed(&self, form: &Form, (mode, period): (Mode, Period), office: &OfficeId) -> Result<bool, Refused> {
        let mut removed = false;
        for form in std::iter::once(form.id.as_str()).chain(form.nil_form.as_deref()) {
            let row = Row { mode, period, form: form.to_owned(), office: office.clone() };
            removed |= !self.versions(&row)?.removed.is_empty();
        }
        Ok(removed)
    }

    fn own_row(&self, form: &Form, (mode, period): (Mode, Period)) -> Row {
        Row { mode, period, form: form.id.clone(), office: self.own().clone() }
    }
}

/// What a child's report says to the fields of a form that sum. A form that stands in its place says 无 to each that may be 无.
fn answers_to(form: &Form, filled: &Filled) -> BTreeMap<String, Value> {
    let sums = form.fields.iter().filter(|field| field.sum.is_some());
    let answered = sums.filter_map(|field| {
        let value =
            if filled.form == form.id { filled.value(&field.key).cloned() } else { field.nil_allowed.then_some(Value::Nil) };
        value.map(|value| (field.key.clone(), value))
    });
    answered.collect()
}

/// Every fault of what a person has said, each at its field. What is still empty is no fault of a draft.
fn checked(form: &Form, edits: &Edits) -> Result<(), Refused> {
    let replaced = edits.replaced.iter().map(|(field, replaced)| (field, &replaced.value));
    let mut faults = Vec::new();
    for (field, value) in edits.own.iter().chain(replaced) {
        let answer = Answer { field: field.clone(), value: value.clone() };
        let found = form.fill(vec![answer]).err().unwrap_or_default();
        faults.extend(found.into_iter().filter(|fault| fault.field == *field));
    }
    if faults.is_empty() { Ok(()) } else { Err(Refused::at_fields(faults)) }
}

fn key(form: &Form, (mode, period): (Mode, Period)) -> String {
    let mode = match mode {
        Mode::Real => "real",
        Mode::Exercise => "exercise",
        Mode::Test => "test",
    };
    format!("{mode}/{}/{period}", form.id)
}
