//! From replies about reports to what is printed.

use dutynet_proto::{api, duty, record};

use super::{
    convert::{line_name, mode_name, person, reference, said, state_name, time, warning},
    json::{Hop, Record},
    json_report as json,
};
use crate::{
    body::Channel,
    domain::{
        board::{Differs, Filed, Timing},
        draft::Why,
    },
};

pub(super) fn filed(number: i32) -> Filed {
    match api::Filed::try_from(number) {
        Ok(api::Filed::Daily) => Filed::Daily,
        Ok(api::Filed::Zero) => Filed::Zero,
        Ok(api::Filed::Both) => Filed::Both,
        Ok(api::Filed::Form) => Filed::Form,
        Ok(api::Filed::Nothing | api::Filed::Unspecified) | Err(_) => Filed::Nothing,
    }
}

fn filed_name(number: i32) -> &'static str {
    match filed(number) {
        Filed::Nothing => "nothing",
        Filed::Daily => "daily",
        Filed::Zero => "zero",
        Filed::Both => "both",
        Filed::Form => "form",
    }
}

pub(super) fn timing(number: i32) -> Timing {
    match api::Timing::try_from(number) {
        Ok(api::Timing::InTime) => Timing::InTime,
        Ok(api::Timing::Late) => Timing::Late,
        Ok(api::Timing::NotDue) => Timing::NotDue,
        Ok(api::Timing::NotOwed) => Timing::NotOwed,
        Ok(api::Timing::CutOff) => Timing::CutOff,
        Ok(api::Timing::Missing | api::Timing::Unspecified) | Err(_) => Timing::Missing,
    }
}

fn timing_name(number: i32) -> &'static str {
    match timing(number) {
        Timing::InTime => "in_time",
        Timing::Late => "late",
        Timing::NotDue => "not_due",
        Timing::Missing => "missing",
        Timing::NotOwed => "not_owed",
        Timing::CutOff => "cut_off",
    }
}

pub(super) fn differs(number: i32) -> Differs {
    match api::Difference::try_from(number) {
        Ok(api::Difference::Open) => Differs::Open,
        Ok(api::Difference::Settled) => Differs::Settled,
        Ok(api::Difference::None | api::Difference::Unspecified) | Err(_) => Differs::No,
    }
}

fn differs_name(number: i32) -> &'static str {
    match differs(number) {
        Differs::No => "none",
        Differs::Open => "open",
        Differs::Settled => "settled",
    }
}

pub(super) fn channel(number: i32) -> Channel {
    match duty::Channel::try_from(number) {
        Ok(duty::Channel::Written) => Channel::Written,
        Ok(duty::Channel::Telephone | duty::Channel::Unspecified) | Err(_) => Channel::Telephone,
    }
}

pub(super) fn why(number: i32) -> Why {
    match duty::MissingWhy::try_from(number) {
        Ok(duty::MissingWhy::LineDown) => Why::LineDown,
        Ok(duty::MissingWhy::OtherForm) => Why::OtherForm,
        Ok(duty::MissingWhy::Removed) => Why::Removed,
        Ok(duty::MissingWhy::NotFiled | duty::MissingWhy::Unspecified) | Err(_) => Why::NotFiled,
    }
}

fn why_name(number: i32) -> &'static str {
    match why(number) {
        Why::NotFiled => "not_filed",
        Why::LineDown => "line_down",
        Why::OtherForm => "other_form",
        Why::Removed => "removed",
    }
}

/// `ORIGIN/ID`, as it is printed for people.
pub(super) fn record_text(from: Option<&record::RecordRef>) -> String {
    let Record { origin, id } = reference(from);
    format!("{origin}/{id}")
}

impl From<&api::BoardReply> for json::Board {
    fn from(from: &api::BoardReply) -> Self {
        Self {
            form: from.form.clone(),
            period: from.period.clone(),
            mode: mode_name(from.mode),
            cut_off: time(from.cut_off_ms),
            closes: time(from.closes_ms),
            as_of: time(from.as_of_ms),
            rows: from.rows.iter().map(board_row).collect(),
        }
    }
}

fn board_row(from: &api::BoardRow) -> json::BoardRow {
    json::BoardRow {
        office: from.office.clone(),
        name: from.name.clone(),
        depth: from.depth,
        has_node: from.has_node,
        filed: filed_name(from.filed),
        timing: timing_name(from.timing),
        line: line_name(from.line),
        line_since: time(from.line_since_ms),
        revision: from.revision,
        recorded_at: time(from.recorded_at_ms),
        received_at: time(from.received_at_ms),
        calls: from.calls,
        incidents: from.incidents,
        entered_by: said(&from.entered_by),
        difference: differs_name(from.difference),
        cut_off: time(from.cut_off_ms),
        closes: time(from.closes_ms),
        removed: from.removed,
    }
}

/// A filed report, under the form that was asked for.
pub(super) fn filed_json(form: &str, from: &api::FileReportReply) -> json::Filed {
    json::Filed {
        record: reference(from.record.as_ref()),
        form: form.to_owned(),
        period: from.period.clone(),
        office: from.office.clone(),
        revision: from.revision,
        folded: from.folded,
        state: state_name(from.state),
        difference: differs_name(from.difference),
        warnings: from.warnings.iter().map(warning).collect(),
    }
}

impl From<&api::ShowReportReply> for json::Report {
    fn from(from: &api::ShowReportReply) -> Self {
        Self {
            revisions: from.revisions.iter().map(revision).collect(),
            standing: from.standing.as_ref().map(|standing| reference(Some(standing))),
            difference: differs_name(from.difference),
            fields: from.fields.iter().map(field_difference).collect(),
            choices: from.choices.iter().map(choice).collect(),
            removed: from.removed.iter().map(removed).collect(),
        }
    }
}

fn removed(from: &api::RemovedRow) -> json::Removed {
    json::Removed {
        record: reference(from.record.as_ref()),
        by: person(from.by.as_ref()),
        recorded_at: time(from.recorded_at_ms),
        received_at: time(from.received_at_ms),
        name: from.name.clone(),
    }
}

fn revision(from: &api::Revision) -> json::Revision {
    let answer = from.answer.clone().unwrap_or_default();
    let record = reference(from.record.as_ref());
    let entered = answer.entered.as_ref().map(|from| entered(&record.origin, from));
    json::Revision {
        revision: answer.revision,
        record,
        form: answer.form,
        form_version: answer.form_version,
        period: answer.period,
        office: answer.office,
        answers: answered_all(&answer.answers),
        reason: said(&answer.reason),
        by: person(from.by.as_ref()),
        recorded_at: time(from.recorded_at_ms),
        received_at: time(from.received_at_ms),
        state: state_name(from.state),
        hops: from
            .hops
            .iter()
            .map(|h| Hop { office: h.office.clone(), received_at: time(h.received_at_ms), offset_ms: h.offset_ms })
            .collect(),
        entered,
        sources: from.sources.iter().map(source).collect(),
        missing: from.missing.iter().map(missing).collect(),
    }
}

/// How the words came to the office that entered them.
pub(super) fn entered(by: &str, from: &duty::Entered) -> json::Entered {
    json::Entered {
        by: by.to_owned(),
        channel: match channel(from.channel) {
            Channel::Telephone => "telephone",
            Channel::Written => "written",
        },
        told_by: from.told_by.clone(),
        phone: said(&from.phone),
    }
}

fn source(from: &api::SourceRow) -> json::Source {
    let record = reference(from.record.as_ref());
    let now = from.now.as_ref().map(|now| json::Now {
        record: reference(Some(now)),
        revision: from.now_revision,
        answers: answered_all(&from.now_answers),
    });
    json::Source {
        office: from.office.clone(),
        name: from.name.clone(),
        entered_by: (record.origin != from.office).then(|| record.origin.clone()),
        record,
        revision: from.revision,
        form: from.form.clone(),
        answers: answered_all(&from.answers),
        changed: now.is_some(),
        now,
        removed: from.removed,
    }
}

fn missing(from: &api::MissingRow) -> json::Missing {
    json::Missing {
        office: from.office.clone(),
        name: from.name.clone(),
        why: why_name(from.why),
        line_since: time(from.line_since_ms),
        filed_since: from.filed_since,
    }
}

fn field_difference(from: &api::FieldDifference) -> json::FieldDifference {
    let value = |v: &api::VersionValue| json::VersionValue {
        record: reference(v.record.as_ref()),
        value: v.answer.clone().and_then(|answer| answered(answer).map(|answer| answer.value)),
    };
    let values = from.values.iter().map(value).collect();
    json::FieldDifference { field: from.field.clone(), label: from.label.clone(), values }
}

fn choice(from: &api::ChoiceRow) -> json::Choice {
    json::Choice {
        record: reference(from.record.as_ref()),
        chosen: reference(from.chosen.as_ref()),
        reason: from.reason.clone(),
        by: person(from.by.as_ref()),
        at: time(from.recorded_at_ms),
        name: from.name.clone(),
        counts: from.counts,
    }
}

/// A choice, under the form that was asked for.
pub(super) fn chosen_json(form: &str, from: &api::ChooseReportReply) -> json::Chosen {
    json::Chosen {
        record: reference(from.record.as_ref()),
        form: form.to_owned(),
        period: from.period.clone(),
        office: from.office.clone(),
        folded: from.folded,
        difference: differs_name(from.difference),
    }
}

impl From<&api::Draft> for json::Draft {
    fn from(from: &api::Draft) -> Self {
        Self {
            form: from.form.clone(),
            period: from.period.clone(),
            fields: from.fields.iter().map(draft_field).collect(),
            sources: from.sources.iter().map(draft_source).collect(),
            missing: from.missing.iter().map(draft_missing).collect(),
            saved_at: time(from.saved_at_ms),
            saved_by: person(from.saved_by.as_ref()),
            as_of: time(from.as_of_ms),
        }
    }
}

fn draft_field(from: &api::DraftField) -> json::DraftField {
    let value = |answer: &Option<duty::Answer>| answer.clone().and_then(answered).map(|answer| answer.value);
    json::DraftField {
        field: from.field.clone(),
        label: from.label.clone(),
        value: value(&from.answer),
        sum: value(&from.sum),
        sums: from.sums,
        cut: from.cut,
        replaced: from.replaced,
        changed: from.changed,
        wanting: from.wanting,
    }
}

fn draft_source(from: &api::DraftSource) -> json::Source {
    json::Source {
        office: from.office.clone(),
        name: from.name.clone(),
        record: reference(from.record.as_ref()),
        revision: from.revision,
        form: from.form.clone(),
        entered_by: said(&from.entered_by),
        answers: answered_all(&from.answers),
        now: None,
        removed: false,
        changed: from.changed,
    }
}

fn draft_missing(from: &api::DraftMissing) -> json::Missing {
    json::Missing {
        office: from.office.clone(),
        name: from.name.clone(),
        why: why_name(from.why),
        line_since: time(from.line_since_ms),
        filed_since: false,
    }
}

impl From<&api::SetCutOffReply> for json::SetAs {
    fn from(from: &api::SetCutOffReply) -> Self {
        Self {
            record: reference(from.record.as_ref()),
            form: from.form.clone(),
            time: from.time.clone(),
            from: from.from.clone(),
            folded: from.folded,
        }
    }
}

impl From<&api::ListCutOffsReply> for json::CutOffs {
    fn from(from: &api::ListCutOffsReply) -> Self {
        let row = |row: &api::CutOffRow| json::CutOff {
            form: row.form.clone(),
            time: row.time.clone(),
            from: row.from.clone(),
            office: row.office.clone(),
            name: row.name.clone(),
            by: person(row.by.as_ref()),
            recorded_at: time(row.recorded_at_ms),
        };
        let today = |now: &api::CutOffInForce| json::Today {
            form: now.form.clone(),
            time: now.time.clone(),
            set_by: said(&now.set_by),
            time_below: now.time_below.clone(),
            set_by_below: said(&now.set_by_below),
        };
        Self { cut_offs: from.cut_offs.iter().map(row).collect(), today: from.today.iter().map(today).collect() }
    }
}

pub(super) fn answered_all(from: &[duty::Answer]) -> Vec<json::Answer> {
    from.iter().cloned().filter_map(answered).collect()
}

fn answered(from: duty::Answer) -> Option<json::Answer> {
    use duty::answer::Value as From;
    let value = match from.value? {
        From::Text(text) => json::Value::Text(text),
        From::Number(number) => json::Value::Number(number),
        From::Nil(nil) => json::Value::Nil { nil },
        From::Unknown(unknown) => json::Value::Unknown { unknown },
        From::TimeMs(at) => json::Value::Time { time: super::convert::time(at) },
        From::Choices(choices) => json::Value::Choices { choices: choices.codes },
        From::Rows(rows) => json::Value::Rows(rows.rows.into_iter().map(row).collect()),
    };
    Some(json::Answer { field: from.field, value })
}

fn row(from: duty::Row) -> json::Row {
    json::Row { code: from.code, number: from.number, text: from.text }
}
