//! Between the report of `dutynet.duty.v1` and the words of the domain. The generated types stop here.

use bytes::Bytes;
use dutynet_proto::{duty as wire, record};
use dutynet_relay::ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis};
use prost::Message as _;

use super::{Channel, Entered, NotABody, ReportBody};
use crate::domain::{
    draft::{Missing, Source, Why},
    form::{Answer, Filled, Row, Value},
    period::Period,
};

impl ReportBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        self.to_wire().encode_to_vec().into()
    }

    /// The message of the record's body.
    pub fn to_wire(&self) -> wire::FormAnswer {
        wire::FormAnswer {
            form: self.filled.form.clone(),
            form_version: self.filled.version,
            period: self.period.to_string(),
            office: self.office.as_str().to_owned(),
            answers: self.filled.answers.iter().map(answer_to_wire).collect(),
            reason: self.reason.clone(),
            revision: self.revision,
            entered: self.entered.as_ref().map(entered_to_wire),
            sources: self.sources.iter().map(|source| source_to_wire(source, &self.filled.form)).collect(),
            missing: self.missing.iter().map(missing_to_wire).collect(),
        }
    }

    /// Digest of what it says. Neither the revision nor its reason is part of it, so that equal words fold; nor how the words came here or
    /// what they were summed from, so that equal words of two offices are no difference.
    pub fn content(&self) -> Digest {
        let (sources, missing) = (Vec::new(), Vec::new());
        let said = wire::FormAnswer { reason: String::new(), revision: 0, entered: None, sources, missing, ..self.to_wire() };
        Digest::of("dutynet.form.content.1", &[&said.encode_to_vec()])
    }

    /// Reads a body that another office's program made; whether the answers fit the form is that office's concern.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from = wire::FormAnswer::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
        if from.form.is_empty() || from.form_version == 0 {
            return Err(NotABody::Field("form"));
        }
        if from.revision == 0 {
            return Err(NotABody::Field("revision"));
        }
        let form = from.form.clone();
        let answers = from.answers.into_iter().map(|a| answer_from_wire(a).ok_or(NotABody::Field("answers")));
        let sources = from.sources.into_iter().map(|source| source_from_wire(source, &form).ok_or(NotABody::Field("sources")));
        let missing = from.missing.into_iter().map(|missing| missing_from_wire(missing).ok_or(NotABody::Field("missing")));
        let entered = from.entered.map(|entered| entered_from_wire(entered).ok_or(NotABody::Field("entered")));
        Ok(Self {
            filled: Filled { form: from.form, version: from.form_version, answers: answers.collect::<Result<_, _>>()? },
            period: Period::parse(&from.period).map_err(|_| NotABody::Field("period"))?,
            office: OfficeId::parse(&from.office).map_err(|_| NotABody::Field("office"))?,
            reason: from.reason,
            revision: from.revision,
            entered: entered.transpose()?,
            sources: sources.collect::<Result<_, _>>()?,
            missing: missing.collect::<Result<_, _>>()?,
        })
    }
}

/// How words came, as the wire says it.
pub fn entered_to_wire(from: &Entered) -> wire::Entered {
    let channel = match from.channel {
        Channel::Telephone => wire::Channel::Telephone,
        Channel::Written => wire::Channel::Written,
    };
    wire::Entered { channel: channel.into(), told_by: from.told_by.clone(), phone: from.phone.clone() }
}

/// How words came; `None`: by no way that is known.
pub fn entered_from_wire(from: wire::Entered) -> Option<Entered> {
    let channel = match wire::Channel::try_from(from.channel) {
        Ok(wire::Channel::Telephone) => Channel::Telephone,
        Ok(wire::Channel::Written) => Channel::Written,
        Ok(wire::Channel::Unspecified) | Err(_) => return None,
    };
    Some(Entered { channel, told_by: from.told_by, phone: from.phone })
}

/// What is the same as elsewhere in the body is not said again: bodies are small, and children may be many.
pub(super) fn source_to_wire(from: &Source, form: &str) -> wire::Source {
    let own = from.reference.origin == from.office;
    let origin = if own { String::new() } else { from.reference.origin.as_str().to_owned() };
    wire::Source {
        office: from.office.as_str().to_owned(),
        record: Some(record::RecordRef { origin, id: Bytes::copy_from_slice(&from.reference.id.0) }),
        revision: from.revision,
        form: if from.form == form { String::new() } else { from.form.clone() },
    }
}

pub(super) fn source_from_wire(from: wire::Source, form: &str) -> Option<Source> {
    let office = OfficeId::parse(&from.office).ok()?;
    let record = from.record?;
    let origin = if record.origin.is_empty() { office.clone() } else { OfficeId::parse(&record.origin).ok()? };
    let id = RecordId::from_slice(&record.id).ok()?;
    let form = if from.form.is_empty() { form.to_owned() } else { from.form };
    Some(Source { office, form, reference: RecordRef { origin, id }, revision: from.revision })
}

fn missing_to_wire(from: &Missing) -> wire::MissingChild {
    wire::MissingChild {
        office: from.office.as_str().to_owned(),
        name: from.name.clone(),
        why: why_to_wire(from.why).into(),
        line_since_ms: from.since.map_or(0, |since| since.0),
    }
}

fn missing_from_wire(from: wire::MissingChild) -> Option<Missing> {
    let why = match wire::MissingWhy::try_from(from.why) {
        Ok(wire::MissingWhy::NotFiled) => Why::NotFiled,
        Ok(wire::MissingWhy::LineDown) => Why::LineDown,
        Ok(wire::MissingWhy::OtherForm) => Why::OtherForm,
        Ok(wire::MissingWhy::Removed) => Why::Removed,
        Ok(wire::MissingWhy::Unspecified) | Err(_) => return None,
    };
    let since = (from.line_since_ms != 0).then_some(UnixMillis(from.line_since_ms));
    Some(Missing { office: OfficeId::parse(&from.office).ok()?, name: from.name, why, since })
}

/// Why a child is missing, as the wire says it.
pub fn why_to_wire(from: Why) -> wire::MissingWhy {
    match from {
        Why::NotFiled => wire::MissingWhy::NotFiled,
        Why::LineDown => wire::MissingWhy::LineDown,
        Why::OtherForm => wire::MissingWhy::OtherForm,
        Why::Removed => wire::MissingWhy::Removed,
    }
}

/// An answer as the wire says it.
pub fn answer_to_wire(from: &Answer) -> wire::Answer {
    use wire::answer::Value as To;
    let value = match &from.value {
        Value::Text(text) => To::Text(text.clone()),
        Value::Number(number) => To::Number(*number),
        Value::Nil => To::Nil(true),
        Value::Unknown => To::Unknown(true),
        Value::Time(at) => To::TimeMs(at.0),
        Value::Choices(codes) => To::Choices(wire::Choices { codes: codes.clone() }),
        Value::Rows(rows) => To::Rows(wire::Rows { rows: rows.iter().map(row_to_wire).collect() }),
    };
    wire::Answer { field: from.field.clone(), value: Some(value) }
}

/// An answer in the words of the domain; `None`: nothing was said, or a nil that is not one.
pub fn answer_from_wire(from: wire::Answer) -> Option<Answer> {
    use wire::answer::Value as From;
    let value = match from.value? {
        From::Text(text) => Value::Text(text),
        From::Number(number) => Value::Number(number),
        From::Nil(true) => Value::Nil,
        From::Unknown(true) => Value::Unknown,
        From::Nil(false) | From::Unknown(false) => return None,
        From::TimeMs(at) => Value::Time(UnixMillis(at)),
        From::Choices(choices) => Value::Choices(choices.codes),
        From::Rows(rows) => Value::Rows(rows.rows.into_iter().map(row_from_wire).collect()),
    };
    Some(Answer { field: from.field, value })
}

fn row_to_wire(from: &Row) -> wire::Row {
    wire::Row { code: from.code.clone(), number: from.number, text: from.text.clone() }
}

fn row_from_wire(from: wire::Row) -> Row {
    Row { code: from.code, number: from.number, text: from.text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        form::{FieldKind, Forms, ROWS_MAX},
        report::{PHONE_CHARS_MAX, REASON_CHARS_MAX, TELLER_CHARS_MAX},
    };
    use dutynet_relay::record::BODY_BYTES_MAX;

    fn body(answers: Vec<Answer>) -> ReportBody {
        ReportBody {
            filled: Filled { form: "daily".into(), version: 1, answers },
            period: Period::parse("2026-07-01").unwrap(),
            office: office("440825001"),
            reason: "误填".into(),
            revision: 2,
            entered: None,
            sources: Vec::new(),
            missing: Vec::new(),
        }
    }

    fn office(id: &str) -> OfficeId {
        OfficeId::parse(id).unwrap()
    }

    fn source(at: &str, origin: &str, form: &str) -> Source {
        let reference = RecordRef { origin: office(origin), id: RecordId([7; 16]) };
        Source { office: office(at), form: form.into(), reference, revision: 3 }
    }

    /// Entered on behalf, and a sum of others: more than any one body says.
    fn laden() -> ReportBody {
        let entered = Entered { channel: Channel::Telephone, told_by: "王五".into(), phone: "0759-4850000".into() };
        let child = |n: &str, why, since| Missing { office: office(n), name: format!("{n}镇"), why, since };
        let missing = vec![
            child("a", Why::LineDown, Some(UnixMillis(5))),
            child("b", Why::NotFiled, None),
            child("c", Why::OtherForm, None),
            child("d", Why::Removed, None),
        ];
        let sources = vec![source("x", "x", "daily"), source("y", "440825", "zero")];
        ReportBody { entered: Some(entered), sources, missing, ..body(answers()) }
    }

    fn answers() -> Vec<Answer> {
        let row = Row { code: "natural".into(), number: 2, text: "台风".into() };
        let values = [Value::Text("张三".into()), Value::Number(-3), Value::Nil, Value::Rows(vec![row])];
        values.into_iter().enumerate().map(|(n, value)| Answer { field: format!("f{n}"), value }).collect()
    }

    #[test]
    fn a_body_comes_back_as_it_went_in() {
        for body in [body(answers()), laden()] {
            assert_eq!(ReportBody::decode(&body.encode()), Ok(body.clone()));
            assert_eq!(body.subject(), "daily/440825001/2026-07-01");
        }
        let holiday = ReportBody { period: Period::parse("2026-10-01..2026-10-07").unwrap(), ..body(answers()) };
        assert_eq!(ReportBody::decode(&holiday.encode()).unwrap().period, holiday.period);
    }

    #[test]
    fn content_is_what_was_said_and_not_why_or_when_or_how_it_came() {
        let first = body(answers());
        let again = ReportBody { reason: String::new(), revision: 7, ..laden() };
        assert_eq!(first.content(), again.content());
        let other_day = ReportBody { period: first.period.first().next().into(), ..first.clone() };
        assert_ne!(first.content(), other_day.content());
        assert_ne!(first.content(), body(Vec::new()).content());
    }

    #[test]
    fn what_is_no_report_is_said_to_be_none() {
        assert_eq!(ReportBody::decode(&Bytes::from_static(b"\xff\xff")), Err(NotABody::Encoding));
        let good = body(answers()).to_wire();
        let spoilt = [
            wire::FormAnswer { form: String::new(), ..good.clone() },
            wire::FormAnswer { form_version: 0, ..good.clone() },
            wire::FormAnswer { period: "2026-7-1".into(), ..good.clone() },
            wire::FormAnswer { office: "徐闻".into(), ..good.clone() },
            wire::FormAnswer { revision: 0, ..good.clone() },
            wire::FormAnswer { answers: vec![wire::Answer { field: "f".into(), value: None }], ..good.clone() },
            wire::FormAnswer { entered: Some(wire::Entered::default()), ..good.clone() },
            wire::FormAnswer { sources: vec![wire::Source::default()], ..good.clone() },
            wire::FormAnswer {
                missing: vec![wire::MissingChild { office: "a".into(), ..wire::MissingChild::default() }],
                ..good
            },
        ];
        for bad in spoilt {
            assert!(matches!(ReportBody::decode(&bad.encode_to_vec().into()), Err(NotABody::Field(_))), "{bad:?}");
        }
    }

    #[test]
    fn the_largest_answer_to_every_form_fits_one_record() {
        for form in Forms::built_in().iter() {
            let largest = |kind: &FieldKind| match kind {
                FieldKind::Text { chars_max, .. } => Value::Text("𠮷".repeat(*chars_max)),
                FieldKind::Number(range) => Value::Number(range.max),
                FieldKind::Nil => Value::Nil,
                FieldKind::Time => Value::Time(UnixMillis(i64::MAX)),
                FieldKind::Choice { codes, .. } => Value::Choices(codes.iter().map(|code| code.key.clone()).collect()),
                FieldKind::Rows { codes, range, chars_max } => Value::Rows(
                    codes
                        .iter()
                        .map(|c| Row { code: c.key.clone(), number: range.max, text: "𠮷".repeat(*chars_max) })
                        .take(ROWS_MAX)
                        .collect(),
                ),
            };
            let answers = form.fields.iter().map(|f| Answer { field: f.key.clone(), value: largest(&f.kind) }).collect();
            let mut body = body(answers);
            body.reason = "𠮷".repeat(REASON_CHARS_MAX);
            let (told_by, phone) = ("𠮷".repeat(TELLER_CHARS_MAX), "𠮷".repeat(PHONE_CHARS_MAX));
            body.entered = Some(Entered { channel: Channel::Telephone, told_by, phone });
            assert!(body.encode().len() <= BODY_BYTES_MAX, "{}: {}", form.id, body.encode().len());
        }
    }
}
