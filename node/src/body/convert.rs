//! Between the bodies of `dutynet.duty.v1` and the words of the domain. The generated types stop here.

use bytes::Bytes;
use dutynet_proto::duty as wire;
use dutynet_relay::ids::{Digest, OfficeId};
use prost::Message as _;

use super::{NotAReport, ReportBody};
use crate::domain::{
    beijing::Day,
    form::{Answer, Filled, Row, Value},
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
        }
    }

    /// Digest of what it says: neither the revision nor its reason is part of it, so that equal words fold.
    pub fn content(&self) -> Digest {
        let said = wire::FormAnswer { reason: String::new(), revision: 0, ..self.to_wire() };
        Digest::of("dutynet.form.content.1", &[&said.encode_to_vec()])
    }

    /// Reads a body that another office's program made; whether the answers fit the form is that office's concern.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotAReport> {
        let from = wire::FormAnswer::decode(bytes.clone()).map_err(|_| NotAReport::Encoding)?;
        if from.form.is_empty() || from.form_version == 0 {
            return Err(NotAReport::Field("form"));
        }
        if from.revision == 0 {
            return Err(NotAReport::Field("revision"));
        }
        let answers = from.answers.into_iter().map(|a| answer_from_wire(a).ok_or(NotAReport::Field("answers")));
        Ok(Self {
            filled: Filled { form: from.form, version: from.form_version, answers: answers.collect::<Result<_, _>>()? },
            period: Day::parse(&from.period).map_err(|_| NotAReport::Field("period"))?,
            office: OfficeId::parse(&from.office).map_err(|_| NotAReport::Field("office"))?,
            reason: from.reason,
            revision: from.revision,
        })
    }
}

/// An answer as the wire says it.
pub fn answer_to_wire(from: &Answer) -> wire::Answer {
    use wire::answer::Value as To;
    let value = match &from.value {
        Value::Text(text) => To::Text(text.clone()),
        Value::Number(number) => To::Number(*number),
        Value::Nil => To::Nil(true),
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
        From::Nil(false) => return None,
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
        report::REASON_CHARS_MAX,
    };
    use dutynet_relay::record::BODY_BYTES_MAX;

    fn body(answers: Vec<Answer>) -> ReportBody {
        ReportBody {
            filled: Filled { form: "daily".into(), version: 1, answers },
            period: Day::parse("2026-07-01").unwrap(),
            office: OfficeId::parse("440825001").unwrap(),
            reason: "误填".into(),
            revision: 2,
        }
    }

    fn answers() -> Vec<Answer> {
        let row = Row { code: "natural".into(), number: 2, text: "台风".into() };
        let values = [Value::Text("张三".into()), Value::Number(-3), Value::Nil, Value::Rows(vec![row])];
        values.into_iter().enumerate().map(|(n, value)| Answer { field: format!("f{n}"), value }).collect()
    }

    #[test]
    fn a_body_comes_back_as_it_went_in() {
        let body = body(answers());
        assert_eq!(ReportBody::decode(&body.encode()), Ok(body.clone()));
        assert_eq!(body.subject(), "daily/440825001/2026-07-01");
    }

    #[test]
    fn content_is_what_was_said_and_not_why_or_when() {
        let first = body(answers());
        let again = ReportBody { reason: String::new(), revision: 7, ..first.clone() };
        assert_eq!(first.content(), again.content());
        let other_day = ReportBody { period: first.period.next(), ..first.clone() };
        assert_ne!(first.content(), other_day.content());
        assert_ne!(first.content(), body(Vec::new()).content());
    }

    #[test]
    fn what_is_no_report_is_said_to_be_none() {
        assert_eq!(ReportBody::decode(&Bytes::from_static(b"\xff\xff")), Err(NotAReport::Encoding));
        let good = body(answers()).to_wire();
        let spoilt = [
            wire::FormAnswer { form: String::new(), ..good.clone() },
            wire::FormAnswer { form_version: 0, ..good.clone() },
            wire::FormAnswer { period: "2026-7-1".into(), ..good.clone() },
            wire::FormAnswer { office: "徐闻".into(), ..good.clone() },
            wire::FormAnswer { revision: 0, ..good.clone() },
            wire::FormAnswer { answers: vec![wire::Answer { field: "f".into(), value: None }], ..good },
        ];
        for bad in spoilt {
            assert!(matches!(ReportBody::decode(&bad.encode_to_vec().into()), Err(NotAReport::Field(_))), "{bad:?}");
        }
    }

    #[test]
    fn the_largest_answer_to_every_form_fits_one_record() {
        for form in Forms::built_in().iter() {
            let largest = |kind: &FieldKind| match kind {
                FieldKind::Text { chars_max, .. } => Value::Text("𠮷".repeat(*chars_max)),
                FieldKind::Number(range) => Value::Number(range.max),
                FieldKind::Nil => Value::Nil,
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
            assert!(body.encode().len() <= BODY_BYTES_MAX, "{}: {}", form.id, body.encode().len());
        }
    }
}
