//! Between the bodies about forms of `dutynet.duty.v1` (choices, cut-offs, drafts) and the words of the domain.

use bytes::Bytes;
use dutynet_proto::{duty as wire, record};
use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis},
    record::Person,
};
use prost::Message as _;

use super::{
    ChoiceBody, CutOffBody, DraftBody, NotABody,
    convert::{answer_from_wire, answer_to_wire, source_from_wire, source_to_wire},
};
use crate::domain::{
    beijing::{Day, TimeOfDay},
    draft::{Edits, Replaced},
    form::{Answer, Value},
    period::Period,
    report,
    standing::COMPARED_MAX,
};

impl ChoiceBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let body = wire::ReportChoice {
            form: self.form.clone(),
            period: self.period.to_string(),
            office: self.office.as_str().to_owned(),
            chosen: Some(reference_to_wire(&self.chosen)),
            compared: self.compared.iter().map(reference_to_wire).collect(),
            replaces: self.replaces.iter().map(reference_to_wire).collect(),
            reason: self.reason.clone(),
        };
        body.encode_to_vec().into()
    }

    /// Reads a body that another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from = wire::ReportChoice::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
        let compared = references(from.compared).ok_or(NotABody::Field("compared"))?;
        let chosen = from.chosen.and_then(reference_from_wire).ok_or(NotABody::Field("chosen"))?;
        if compared.len() < 2 || !compared.contains(&chosen) {
            return Err(NotABody::Field("compared"));
        }
        Ok(Self {
            form: from.form,
            period: Period::parse(&from.period).map_err(|_| NotABody::Field("period"))?,
            office: OfficeId::parse(&from.office).map_err(|_| NotABody::Field("office"))?,
            chosen,
            compared,
            replaces: references(from.replaces).ok_or(NotABody::Field("replaces"))?,
            reason: report::reason(&from.reason).map_err(|_| NotABody::Field("reason"))?,
        })
    }
}

impl CutOffBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let body = wire::FormCutOff { form: self.form.clone(), time: self.time.to_string(), from: self.from.to_string() };
        body.encode_to_vec().into()
    }

    /// Reads a body that another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from = wire::FormCutOff::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
        if from.form.is_empty() || from.form.contains('/') {
            return Err(NotABody::Field("form"));
        }
        Ok(Self {
            form: from.form,
            time: TimeOfDay::parse(&from.time).map_err(|_| NotABody::Field("time"))?,
            from: Day::parse(&from.from).map_err(|_| NotABody::Field("from"))?,
        })
    }
}

impl DraftBody {
    /// The bytes that are kept.
    pub fn encode(&self) -> Bytes {
        let answer = |field: &str, value: &Value| answer_to_wire(&Answer { field: field.to_owned(), value: value.clone() });
        let replaced = |(field, r): (&String, &Replaced)| wire::ReplacedSum {
            answer: Some(answer(field, &r.value)),
            instead_of: Bytes::copy_from_slice(&r.instead_of.0),
        };
        let body = wire::ReportDraft {
            own: self.edits.own.iter().map(|(field, value)| answer(field, value)).collect(),
            replaced: self.edits.replaced.iter().map(replaced).collect(),
            seen: self.seen.iter().map(|source| source_to_wire(source, "")).collect(),
            saved_at_ms: self.saved_at.0,
            by: Some(record::Person { id: self.by.id.clone(), name: self.by.name.clone() }),
        };
        body.encode_to_vec().into()
    }

    /// Reads what was kept.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from = wire::ReportDraft::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
        let own = from.own.into_iter().map(|answer| answer_from_wire(answer).map(|a| (a.field, a.value)));
        let replaced = from.replaced.into_iter().map(|sum| {
            let answer = answer_from_wire(sum.answer?)?;
            let instead_of = Digest::from_slice(&sum.instead_of).ok()?;
            Some((answer.field, Replaced { value: answer.value, instead_of }))
        });
        let edits = Edits {
            own: own.collect::<Option<_>>().ok_or(NotABody::Field("own"))?,
            replaced: replaced.collect::<Option<_>>().ok_or(NotABody::Field("replaced"))?,
        };
        let seen = from.seen.into_iter().map(|source| source_from_wire(source, "").ok_or(NotABody::Field("seen")));
        let by = from.by.ok_or(NotABody::Field("by"))?;
        Ok(Self {
            edits,
            seen: seen.collect::<Result<_, _>>()?,
            saved_at: UnixMillis(from.saved_at_ms),
            by: Person { id: by.id, name: by.name },
        })
    }
}

pub(super) fn reference_to_wire(from: &RecordRef) -> record::RecordRef {
    record::RecordRef { origin: from.origin.as_str().to_owned(), id: Bytes::copy_from_slice(&from.id.0) }
}

pub(super) fn reference_from_wire(from: record::RecordRef) -> Option<RecordRef> {
    Some(RecordRef { origin: OfficeId::parse(&from.origin).ok()?, id: RecordId::from_slice(&from.id).ok()? })
}

fn references(from: Vec<record::RecordRef>) -> Option<Vec<RecordRef>> {
    if from.len() > COMPARED_MAX { None } else { from.into_iter().map(reference_from_wire).collect() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::draft::Source;

    fn reference(origin: &str, n: u8) -> RecordRef {
        RecordRef { origin: OfficeId::parse(origin).unwrap(), id: RecordId([n; 16]) }
    }

    fn choice() -> ChoiceBody {
        ChoiceBody {
            form: "holiday".into(),
            period: Period::parse("2026-10-01..2026-10-07").unwrap(),
            office: OfficeId::parse("440825103").unwrap(),
            chosen: reference("440825", 1),
            compared: vec![reference("440825103", 2), reference("440825", 1)],
            replaces: vec![reference("4408", 3)],
            reason: "电话核实".into(),
        }
    }

    #[test]
    fn a_choice_comes_back_as_it_went_in_or_is_none() {
        let good = choice();
        assert_eq!(ChoiceBody::decode(&good.encode()), Ok(good.clone()));
        assert_eq!(good.subject(), "choice/holiday/440825103/2026-10-01..2026-10-07");
        let many: Vec<_> = (0..=64).map(|n| reference("440825", n)).collect();
        for bad in [
            ChoiceBody { chosen: reference("x", 9), ..good.clone() },
            ChoiceBody { compared: vec![good.chosen.clone()], ..good.clone() },
            ChoiceBody { compared: many.clone(), ..good.clone() },
            ChoiceBody { replaces: many, ..good.clone() },
            ChoiceBody { reason: " ".into(), ..good },
        ] {
            assert!(matches!(ChoiceBody::decode(&bad.encode()), Err(NotABody::Field(_))), "{bad:?}");
        }
        assert_eq!(ChoiceBody::decode(&Bytes::from_static(b"\xff")), Err(NotABody::Encoding));
    }

    #[test]
    fn a_cut_off_comes_back_as_it_went_in_or_is_none() {
        let (time, from) = (TimeOfDay::parse("16:30").unwrap(), Day::parse("2026-07-02").unwrap());
        let good = CutOffBody { form: "daily".into(), time, from };
        assert_eq!(CutOffBody::decode(&good.encode()), Ok(good));
        let wire =
            |form: &str, time: &str, from: &str| wire::FormCutOff { form: form.into(), time: time.into(), from: from.into() };
        for bad in [wire("", "16:30", "2026-07-02"), wire("daily", "16:3", "2026-07-02"), wire("daily", "16:30", "7-2")] {
            assert!(matches!(CutOffBody::decode(&bad.encode_to_vec().into()), Err(NotABody::Field(_))), "{bad:?}");
        }
    }

    #[test]
    fn a_draft_comes_back_as_it_went_in() {
        let replaced = Replaced { value: Value::Text("简".into()), instead_of: Digest([1; 32]) };
        let again = Replaced { value: Value::Nil, instead_of: Digest([2; 32]) };
        let edits = Edits {
            own: BTreeMap::from([("calls".into(), Value::Number(1))]),
            replaced: BTreeMap::from([("important".into(), replaced), ("weather".into(), again)]),
        };
        let source = |form: &str| Source {
            office: OfficeId::parse("t").unwrap(),
            form: form.into(),
            reference: reference("county", 1),
            revision: 2,
        };
        let by = Person { id: "z1".into(), name: "张三".into() };
        let draft = DraftBody { edits, seen: vec![source("daily"), source("zero")], saved_at: UnixMillis(7), by };
        assert_eq!(DraftBody::decode(&draft.encode()), Ok(draft));
    }
}
