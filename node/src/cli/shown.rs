//! A report as people read it: every version with who entered it, where they differ, the choices, and what a sum was made of.

use dutynet_proto::{api, duty, record};
use dutynet_relay::ids::UnixMillis;

use super::{convert, convert_report as convert_to};
use crate::{
    domain::{
        beijing::minute,
        board::Differs,
        form::{Field, FieldKind, Form, Forms},
    },
    text::{draft, notice, report, words},
};

/// The whole of it.
pub(super) fn text(reply: &api::ShowReportReply, now: UnixMillis) -> String {
    if reply.revisions.is_empty() && reply.removed.is_empty() {
        return notice::NOTHING_FILED.to_owned();
    }
    let revision = |revision: &api::Revision| revision_text(revision, reply.standing.as_ref(), now);
    let mut parts: Vec<String> = reply.revisions.iter().map(revision).collect();
    parts.extend(reply.removed.iter().map(|gone| removed(gone, now)));
    let differs = convert_to::differs(reply.difference);
    if differs != Differs::No {
        let fields = reply.fields.iter().map(|field| difference(reply, field));
        let lines: Vec<_> = std::iter::once(report::difference(differs == Differs::Settled).to_owned()).chain(fields).collect();
        parts.push(lines.join("\n"));
    }
    if !reply.choices.is_empty() {
        let choices = reply.choices.iter().map(|made| choice(reply, made, now));
        parts.push(std::iter::once(report::CHOICES.to_owned()).chain(choices).collect::<Vec<_>>().join("\n"));
    }
    parts.join("\n\n")
}

fn revision_text(from: &api::Revision, standing: Option<&record::RecordRef>, now: UnixMillis) -> String {
    let time = |millis| notice::time(convert::moment(millis), now);
    let answer = from.answer.clone().unwrap_or_default();
    let by = from.by.as_ref().map_or(words::DASH, |person| person.name.as_str());
    let mut head = notice::revision(answer.revision, &time(from.recorded_at_ms), &time(from.received_at_ms), by);
    if from.record.as_ref() == standing {
        head.push_str(report::STANDS);
    }
    let mut lines = vec![head];
    lines.extend(answer.entered.as_ref().map(|entered| {
        let channel = words::channel(convert_to::channel(entered.channel));
        report::entered(&from.origin_name, channel, &entered.told_by, &entered.phone)
    }));
    let form = Forms::built_in().get(&answer.form);
    lines.extend(answer.answers.iter().map(|answer| notice::answer(&label(form, &answer.field), &value(form, answer))));
    if !answer.reason.is_empty() {
        lines.push(notice::reason(&answer.reason));
    }
    lines.extend(sum(form, from, now));
    if !from.hops.is_empty() {
        let hops: Vec<_> = from.hops.iter().map(|h| notice::hop(&h.office, &time(h.received_at_ms), h.offset_ms)).collect();
        lines.push(notice::hops(&hops));
    }
    lines.extend(convert::progress(from.state).map(|progress| notice::state(words::progress(progress))));
    lines.join("\n")
}

/// Where a version stood whose content was removed.
fn removed(from: &api::RemovedRow, now: UnixMillis) -> String {
    let time = |millis| notice::time(convert::moment(millis), now);
    let by = from.by.as_ref().map_or(words::DASH, |person| person.name.as_str());
    report::removed(&from.name, by, &time(from.recorded_at_ms), &time(from.received_at_ms))
}

/// What a sum was made of, and what has changed since.
fn sum(form: Option<&Form>, from: &api::Revision, now: UnixMillis) -> Vec<String> {
    let mut lines = Vec::new();
    if !from.sources.is_empty() {
        lines.push(report::SOURCES.to_owned());
    }
    for source in &from.sources {
        let record = convert_to::record_text(source.record.as_ref());
        let origin = source.record.as_ref().map(|record| record.origin.as_str()).unwrap_or_default();
        let entered = report::source(if origin == source.office { "" } else { origin });
        let here = match source.answers.is_empty() {
            true if source.removed => words::REMOVED.to_owned(),
            true => report::NOT_HERE.to_owned(),
            false => all(form, &source.answers),
        };
        lines.push(report::summed(&source.name, &entered, source.revision, &record, &here));
        if source.now.is_some() {
            lines.push(report::since(source.now_revision, &all(form, &source.now_answers)));
        }
    }
    if !from.missing.is_empty() {
        let missing = |missing: &api::MissingRow| {
            let since = convert::moment(missing.line_since_ms).map(|since| notice::time(Some(since), now));
            let why = words::why(convert_to::why(missing.why));
            let named = draft::missing_child(&missing.name, why, since.as_deref());
            if missing.filed_since { report::differing(&named, report::FILED_SINCE) } else { named }
        };
        lines.push(report::missing(&from.missing.iter().map(missing).collect::<Vec<_>>()));
    }
    lines
}

fn difference(reply: &api::ShowReportReply, from: &api::FieldDifference) -> String {
    let side = |value: &api::VersionValue| {
        let form = reply.revisions.iter().find_map(|revision| revision.answer.as_ref()).map(|answer| answer.form.as_str());
        let form = form.and_then(|form| Forms::built_in().get(form));
        let said = value.answer.as_ref().map_or_else(|| words::DASH.to_owned(), |answer| self::value(form, answer));
        report::side(&origin_name(reply, value.record.as_ref()), &said)
    };
    report::field(&from.label, &from.values.iter().map(side).collect::<Vec<_>>())
}

fn choice(reply: &api::ShowReportReply, from: &api::ChoiceRow, now: UnixMillis) -> String {
    let at = notice::time(convert::moment(from.recorded_at_ms), now);
    let by = from.by.as_ref().map_or(words::DASH, |person| person.name.as_str());
    let line = report::choice(&at, &from.name, by, &origin_name(reply, from.chosen.as_ref()), &from.reason);
    if from.counts { line } else { line + report::OVER }
}

fn origin_name(reply: &api::ShowReportReply, record: Option<&record::RecordRef>) -> String {
    let found = reply.revisions.iter().find(|revision| revision.record.as_ref() == record);
    let origin = || record.map(|record| record.origin.clone()).unwrap_or_default();
    found.map_or_else(origin, |revision| revision.origin_name.clone())
}

/// Answers in one line.
pub(super) fn all(form: Option<&Form>, answers: &[duty::Answer]) -> String {
    let one = |answer: &duty::Answer| report::said(&label(form, &answer.field), &value(form, answer));
    report::all_said(&answers.iter().map(one).collect::<Vec<_>>())
}

fn label(form: Option<&Form>, key: &str) -> String {
    form.and_then(|form| form.field(key)).map_or_else(|| key.to_owned(), |field| field.label.clone())
}

/// One answer.
pub(super) fn value(form: Option<&Form>, answer: &duty::Answer) -> String {
    value_of(form.and_then(|form| form.field(&answer.field)), answer)
}

/// The same of any field.
pub(super) fn value_of(field: Option<&Field>, answer: &duty::Answer) -> String {
    use duty::answer::Value;
    let code_label = |code: &str| match field.map(|field| &field.kind) {
        Some(FieldKind::Rows { codes, .. } | FieldKind::Choice { codes, .. }) => {
            codes.iter().find(|c| c.key == code).map(|c| c.label.clone())
        }
        Some(FieldKind::Text { .. } | FieldKind::Number(_) | FieldKind::Nil | FieldKind::Time) | None => None,
    };
    match &answer.value {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Nil(_)) => words::NONE.to_owned(),
        Some(Value::Unknown(_)) => words::UNKNOWN.to_owned(),
        Some(Value::TimeMs(at)) => minute(UnixMillis(*at)),
        Some(Value::Choices(choices)) => {
            let label = |code: &String| code_label(code).unwrap_or_else(|| code.clone());
            report::listed(&choices.codes.iter().map(label).collect::<Vec<_>>())
        }
        Some(Value::Rows(rows)) => {
            let row =
                |row: &duty::Row| notice::row(&code_label(&row.code).unwrap_or_else(|| row.code.clone()), row.number, &row.text);
            notice::rows(&rows.rows.iter().map(row).collect::<Vec<_>>())
        }
        None => words::DASH.to_owned(),
    }
}
