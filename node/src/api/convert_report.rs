//! Between the messages about reports of `dutynet.api.v1` and the words of the use cases.

use dutynet_proto::{api, duty};
use dutynet_relay::ids::RecordRef;

use super::convert::{
    hop_row, line, millis, mode, mode_to_wire, named, person, person_to_wire, record_id, reference, state, text, warning_row,
};
use crate::{
    body,
    domain::{
        board::{BoardRow, Differs, Filed, Timing},
        draft::{Drafted, Missing},
        form::{Answer, FieldKind, Form, Value},
    },
    text::refusal::Refusal,
    usecase::{
        Board, ChooseReport, ChosenReport, FieldDifference, FileReport, FiledReport, InForce, KnownCutOffs, OnBehalf, OpenDraft,
        Refused, RemovedVersion, Revision, Said, SaveDraft, SetAs, SetCutOff, ShownChoice, ShownReport, SourceNow, SummedChild,
    },
};

/// A reason makes it a correction, whatever the flag says: what was typed is never dropped.
pub(super) fn file_report(from: api::FileReportRequest) -> Result<FileReport, Refused> {
    let correction = (from.correction || !from.reason.trim().is_empty()).then_some(from.reason);
    let answers = from.answers.into_iter().filter_map(body::answer_from_wire).collect();
    let entered = from.entered.map(|entered| body::entered_from_wire(entered).ok_or(Refusal::RequestUnreadable)).transpose()?;
    let on_behalf = match (from.on_behalf_of.is_empty(), entered) {
        (true, None) => None,
        (true, Some(_)) => return Err(Refusal::ToldByAlone.into()),
        (false, entered) => Some(OnBehalf { office: from.on_behalf_of, entered: entered.unwrap_or_else(nobody) }),
    };
    Ok(FileReport {
        id: record_id(&from.id)?,
        form: from.form,
        period: from.period,
        said: if from.from_draft { Said::Draft(answers) } else { Said::Answers(answers) },
        correction,
        by: person(from.by),
        mode: mode(from.mode)?,
        on_behalf,
    })
}

/// Nothing was said of how it came: the use case says what is missing, at the fields.
fn nobody() -> body::Entered {
    body::Entered { channel: body::Channel::Telephone, told_by: String::new(), phone: String::new() }
}

pub(super) fn filed(from: &FiledReport) -> api::FileReportReply {
    api::FileReportReply {
        record: Some(reference(&from.reference)),
        revision: from.revision,
        folded: from.folded,
        state: state(from.state).into(),
        period: from.period.to_string(),
        office: from.office.to_string(),
        difference: difference(from.differs).into(),
        warnings: from.warnings.iter().map(warning_row).collect(),
    }
}

fn difference(from: Differs) -> api::Difference {
    match from {
        Differs::No => api::Difference::None,
        Differs::Open => api::Difference::Open,
        Differs::Settled => api::Difference::Settled,
    }
}

pub(super) fn shown(from: &ShownReport) -> api::ShowReportReply {
    api::ShowReportReply {
        revisions: from.revisions.iter().map(revision).collect(),
        standing: from.standing.as_ref().map(reference),
        difference: difference(from.differs.unwrap_or(Differs::No)).into(),
        fields: from.fields.iter().map(field_difference).collect(),
        choices: from.choices.iter().map(choice).collect(),
        removed: from.removed.iter().map(removed_row).collect(),
    }
}

fn revision(from: &Revision) -> api::Revision {
    api::Revision {
        record: Some(reference(&from.reference)),
        answer: Some(from.body.to_wire()),
        by: from.by.as_ref().map(person_to_wire),
        recorded_at_ms: from.recorded_at.0,
        received_at_ms: from.received_at.0,
        state: state(from.state).into(),
        hops: from.hops.iter().map(hop_row).collect(),
        sources: from.sources.iter().map(source).collect(),
        missing: from.missing.iter().map(|(missing, filed_since)| missing_row(missing, *filed_since)).collect(),
        origin_name: from.origin_name.clone(),
    }
}

fn source(from: &SourceNow) -> api::SourceRow {
    let (now, now_answers) = from.now.as_ref().map(|(now, answers)| (Some(now), answers.as_slice())).unwrap_or_default();
    api::SourceRow {
        office: from.source.office.to_string(),
        name: from.name.clone(),
        record: Some(reference(&from.source.reference)),
        revision: from.source.revision,
        form: from.source.form.clone(),
        answers: answers(from.answers.as_deref().unwrap_or_default()),
        now: now.map(|now| reference(&now.reference)),
        now_revision: now.map_or(0, |now| now.revision),
        now_answers: answers(now_answers),
        removed: from.removed,
    }
}

fn removed_row(from: &RemovedVersion) -> api::RemovedRow {
    api::RemovedRow {
        record: Some(reference(&from.reference)),
        by: from.by.as_ref().map(person_to_wire),
        recorded_at_ms: from.recorded_at.0,
        received_at_ms: from.received_at.0,
        name: from.name.clone(),
    }
}

fn missing_row(from: &Missing, filed_since: bool) -> api::MissingRow {
    api::MissingRow {
        office: from.office.to_string(),
        name: from.name.clone(),
        why: body::why_to_wire(from.why).into(),
        line_since_ms: millis(from.since),
        filed_since,
    }
}

fn field_difference(from: &FieldDifference) -> api::FieldDifference {
    let value = |(record, value): &(RecordRef, Option<Value>)| api::VersionValue {
        record: Some(reference(record)),
        answer: Some(answer(&from.field, value.as_ref())),
    };
    let values = from.values.iter().map(value).collect();
    api::FieldDifference { field: from.field.clone(), label: from.label.clone(), values }
}

fn choice(from: &ShownChoice) -> api::ChoiceRow {
    api::ChoiceRow {
        record: Some(reference(&from.reference)),
        chosen: Some(reference(&from.chosen)),
        reason: from.reason.clone(),
        by: from.by.as_ref().map(person_to_wire),
        recorded_at_ms: from.recorded_at.0,
        name: from.name.clone(),
        counts: from.counts,
    }
}

pub(super) fn choose(from: api::ChooseReportRequest) -> Result<ChooseReport, Refused> {
    Ok(ChooseReport {
        id: record_id(&from.id)?,
        form: from.form,
        period: from.period,
        office: from.office,
        chosen: named(from.chosen).ok_or(Refusal::ChoiceUnknown)?,
        reason: from.reason,
        by: person(from.by),
    })
}

pub(super) fn chosen(from: &ChosenReport) -> api::ChooseReportReply {
    api::ChooseReportReply {
        record: Some(reference(&from.reference)),
        folded: from.folded,
        difference: difference(from.differs).into(),
        period: from.period.to_string(),
        office: from.office.to_string(),
    }
}

pub(super) fn board(from: &Board) -> api::BoardReply {
    api::BoardReply {
        period: from.period.to_string(),
        cut_off_ms: from.window.cut_off.0,
        closes_ms: from.window.closes.0,
        as_of_ms: from.as_of.0,
        mode: mode_to_wire(from.mode).into(),
        rows: from.rows.iter().map(board_row).collect(),
        form: from.form.id.clone(),
    }
}

fn board_row(from: &BoardRow) -> api::BoardRow {
    let filing = from.filing.as_ref();
    api::BoardRow {
        office: from.seat.office.to_string(),
        name: from.seat.name.clone(),
        depth: from.seat.depth,
        filed: match from.filed {
            Filed::Nothing => api::Filed::Nothing,
            Filed::Daily => api::Filed::Daily,
            Filed::Zero => api::Filed::Zero,
            Filed::Both => api::Filed::Both,
            Filed::Form => api::Filed::Form,
        }
        .into(),
        timing: match from.timing {
            Timing::InTime => api::Timing::InTime,
            Timing::Late => api::Timing::Late,
            Timing::NotDue => api::Timing::NotDue,
            Timing::Missing => api::Timing::Missing,
            Timing::CutOff => api::Timing::CutOff,
            Timing::NotOwed => api::Timing::NotOwed,
        }
        .into(),
        line: line(from.line.line).into(),
        line_since_ms: millis(from.line.since),
        revision: filing.map_or(0, |filing| filing.revision),
        recorded_at_ms: millis(filing.map(|filing| filing.recorded_at)),
        received_at_ms: millis(filing.map(|filing| filing.received_at)),
        incidents: filing.map_or(0, |filing| filing.incidents),
        calls: filing.map_or(0, |filing| filing.calls),
        entered_by: text(filing.and_then(|filing| filing.entered_by.as_ref())),
        has_node: from.seat.has_node,
        cut_off_ms: from.seat.window.cut_off.0,
        closes_ms: from.seat.window.closes.0,
        difference: difference(filing.map_or(Differs::No, |filing| filing.differs)).into(),
        removed: filing.is_some_and(|filing| filing.removed),
    }
}

pub(super) fn set_cut_off(from: api::SetCutOffRequest) -> Result<SetCutOff, Refused> {
    Ok(SetCutOff { id: record_id(&from.id)?, form: from.form, time: from.time, from: from.from, by: person(from.by) })
}

pub(super) fn set_as(from: &SetAs) -> api::SetCutOffReply {
    api::SetCutOffReply {
        record: Some(reference(&from.reference)),
        form: from.body.form.clone(),
        time: from.body.time.to_string(),
        from: from.body.from.to_string(),
        folded: from.folded,
    }
}

pub(super) fn cut_offs(from: &KnownCutOffs) -> api::ListCutOffsReply {
    let row = |(entry, name): &(crate::projection::CutOffEntry, String)| api::CutOffRow {
        form: entry.cut_off.form.clone(),
        time: entry.cut_off.time.to_string(),
        from: entry.cut_off.from.to_string(),
        office: entry.cut_off.by.to_string(),
        name: name.clone(),
        by: Some(person_to_wire(&entry.person)),
        recorded_at_ms: entry.cut_off.recorded_at.0,
    };
    let today = |now: &InForce| api::CutOffInForce {
        form: now.form.clone(),
        time: now.here.0.to_string(),
        set_by: text(now.here.1.as_ref()),
        time_below: now.below.0.to_string(),
        set_by_below: text(now.below.1.as_ref()),
    };
    api::ListCutOffsReply { cut_offs: from.cut_offs.iter().map(row).collect(), today: from.today.iter().map(today).collect() }
}

/// An answer without a value takes back what was said to its field.
pub(super) fn save_draft(from: api::SaveDraftRequest) -> SaveDraft {
    let edit = |answer: duty::Answer| (answer.field.clone(), body::answer_from_wire(answer).map(|answer| answer.value));
    SaveDraft {
        form: from.form,
        period: from.period,
        own: from.own.into_iter().map(edit).collect(),
        replace: from.replace.into_iter().map(edit).collect(),
        by: person(from.by),
    }
}

pub(super) fn draft(from: &OpenDraft) -> api::Draft {
    let saved = from.saved.as_ref();
    let replaced = |d: &Drafted| saved.is_some_and(|saved| saved.edits.replaced.contains_key(&d.field));
    let missing = |missing: &Missing| api::DraftMissing {
        office: missing.office.to_string(),
        name: missing.name.clone(),
        why: body::why_to_wire(missing.why).into(),
        line_since_ms: millis(missing.since),
    };
    api::Draft {
        form: from.form.id.clone(),
        period: from.period.to_string(),
        fields: from.fields.iter().map(|d| draft_field(from.form, d, replaced(d))).collect(),
        sources: from.sources.iter().map(draft_source).collect(),
        missing: from.missing.iter().map(missing).collect(),
        saved_at_ms: millis(saved.map(|saved| saved.saved_at)),
        saved_by: saved.map(|saved| person_to_wire(&saved.by)),
        as_of_ms: from.as_of.0,
    }
}

fn draft_field(form: &Form, from: &Drafted, replaced: bool) -> api::DraftField {
    let field = form.field(&from.field);
    let must = field.is_some_and(|field| field.required || field.kind == FieldKind::Nil);
    api::DraftField {
        field: from.field.clone(),
        label: field.map_or_else(|| from.field.clone(), |field| field.label.clone()),
        answer: Some(answer(&from.field, from.value.as_ref())),
        sum: Some(answer(&from.field, from.sum.as_ref())),
        sums: field.is_some_and(|field| field.sum.is_some()),
        cut: from.cut == crate::domain::draft::Cut::Short,
        replaced,
        changed: from.changed,
        wanting: must && from.value.is_none(),
    }
}

fn draft_source(from: &SummedChild) -> api::DraftSource {
    let own = from.source.reference.origin == from.source.office;
    api::DraftSource {
        office: from.source.office.to_string(),
        name: from.name.clone(),
        record: Some(reference(&from.source.reference)),
        revision: from.source.revision,
        form: from.source.form.clone(),
        entered_by: if own { String::new() } else { from.source.reference.origin.to_string() },
        answers: answers(&from.answers),
        changed: from.changed,
    }
}

fn answers(from: &[Answer]) -> Vec<duty::Answer> {
    from.iter().map(body::answer_to_wire).collect()
}

fn answer(field: &str, value: Option<&Value>) -> duty::Answer {
    let said = |value: &Value| body::answer_to_wire(&Answer { field: field.to_owned(), value: value.clone() });
    value.map_or_else(|| duty::Answer { field: field.to_owned(), value: None }, said)
}

#[cfg(test)]
mod tests {
    use dutynet_proto::record as wire;
    use dutynet_relay::ids::RecordId;

    use super::*;

    fn request() -> api::FileReportRequest {
        let id = RecordId::from_parts(dutynet_relay::ids::UnixMillis(1_700_000_000_000), [3; 10]);
        api::FileReportRequest { id: id.0.to_vec().into(), form: "daily".into(), ..api::FileReportRequest::default() }
    }

    #[test]
    fn a_record_id_is_a_uuid_of_version_seven() {
        assert!(file_report(request()).is_ok());
        for bad in [vec![], vec![7; 15], vec![0; 16], uuid::Uuid::from_u128(1).as_bytes().to_vec()] {
            let refused = file_report(api::FileReportRequest { id: bad.into(), ..request() }).unwrap_err();
            assert_eq!(refused.refusal, Refusal::RecordIdInvalid);
        }
    }

    #[test]
    fn a_reason_makes_a_correction() {
        let with = |correction, reason: &str| api::FileReportRequest { correction, reason: reason.into(), ..request() };
        assert_eq!(file_report(with(false, " ")).unwrap().correction, None);
        assert_eq!(file_report(with(false, "误填")).unwrap().correction.as_deref(), Some("误填"));
        assert_eq!(file_report(with(true, "")).unwrap().correction.as_deref(), Some(""));
    }

    #[test]
    fn a_mode_that_does_not_exist_is_refused() {
        let refused = file_report(api::FileReportRequest { mode: 9, ..request() }).unwrap_err();
        assert_eq!(refused.refusal, Refusal::ModeInvalid);
    }

    #[test]
    fn whoever_telephoned_did_so_for_an_office() {
        let entered = || Some(duty::Entered { channel: duty::Channel::Telephone.into(), ..duty::Entered::default() });
        let with = |office: &str, entered| api::FileReportRequest { on_behalf_of: office.into(), entered, ..request() };
        assert_eq!(file_report(with("", entered())).unwrap_err().refusal, Refusal::ToldByAlone);
        let unreadable = Some(duty::Entered::default());
        assert_eq!(file_report(with("t", unreadable)).unwrap_err().refusal, Refusal::RequestUnreadable);
        assert_eq!(file_report(with("t", entered())).unwrap().on_behalf.unwrap().office, "t");
        assert_eq!(file_report(with("t", None)).unwrap().on_behalf.unwrap().entered, nobody());
        assert_eq!(file_report(with("", None)).unwrap().on_behalf, None);
    }

    #[test]
    fn a_choice_names_a_record() {
        let good = api::ChooseReportRequest { id: request().id, ..api::ChooseReportRequest::default() };
        assert_eq!(choose(good.clone()).unwrap_err().refusal, Refusal::ChoiceUnknown);
        let strange = wire::RecordRef { origin: "徐城".into(), id: vec![0; 16].into() };
        assert_eq!(
            choose(api::ChooseReportRequest { chosen: Some(strange), ..good }).unwrap_err().refusal,
            Refusal::ChoiceUnknown
        );
    }
}
