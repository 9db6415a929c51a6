//! Between the step of `dutynet.duty.v1` and the words of the domain.

use bytes::Bytes;
use dutynet_proto::{duty as wire, record};
use dutynet_relay::{ids::OfficeId, link::frame::Hop, record::Person, registry::Registry, writer::Stored};
use prost::Message as _;

use super::{
    NotABody,
    convert::{answer_from_wire, answer_to_wire, entered_from_wire, entered_to_wire},
    convert_form::{reference_from_wire, reference_to_wire},
    step::{LINKS_MAX, PACKS_MAX, StepBody},
};
use crate::domain::{
    matter::{FirstReceiver, Step, StepLink, Times},
    obligation::Clocked,
    then::Moment,
};

impl StepBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let link = |link: &StepLink| wire::StepLink { role: link.role.clone(), record: Some(reference_to_wire(&link.record)) };
        let body = wire::Step {
            form: self.form.clone(),
            form_version: self.version,
            answers: self.answers.iter().map(answer_to_wire).collect(),
            links: self.links.iter().map(link).collect(),
            office: self.office.as_str().to_owned(),
            entered: self.entered.as_ref().map(entered_to_wire),
            rules: self.rules.iter().map(|(pack, version)| wire::PackVersion { pack: pack.clone(), version: *version }).collect(),
            to: self.to.iter().map(|office| office.as_str().to_owned()).collect(),
            first_receiver: self.first.as_ref().map(|first| wire::FirstReceiver {
                office: first.office.as_str().to_owned(),
                by: first.by.as_ref().map(|by| record::Person { id: by.id.clone(), name: by.name.clone() }),
                call: Some(reference_to_wire(&first.call)),
            }),
            status_table: self.table.clone(),
        };
        body.encode_to_vec().into()
    }

    /// Reads a body that another office's program made; whether the answers fit the form is that office's concern.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from = wire::Step::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
        if from.form.is_empty() || from.form_version == 0 {
            return Err(NotABody::Field("form"));
        }
        if from.links.len() > LINKS_MAX {
            return Err(NotABody::Field("links"));
        }
        if from.rules.len() > PACKS_MAX {
            return Err(NotABody::Field("rules"));
        }
        let answers = from.answers.into_iter().map(|answer| answer_from_wire(answer).ok_or(NotABody::Field("answers")));
        let links = from.links.into_iter().map(|link| {
            let record = link.record.and_then(reference_from_wire).ok_or(NotABody::Field("links"))?;
            Ok(StepLink { role: link.role, record })
        });
        let to = from.to.iter().map(|office| OfficeId::parse(office).map_err(|_| NotABody::Field("to")));
        let entered = from.entered.map(|entered| entered_from_wire(entered).ok_or(NotABody::Field("entered")));
        let first = from.first_receiver.map(|first| {
            let wrong = || NotABody::Field("first_receiver");
            let office = OfficeId::parse(&first.office).map_err(|_| wrong())?;
            let call = first.call.and_then(reference_from_wire).ok_or_else(wrong)?;
            Ok(FirstReceiver { office, by: first.by.map(|by| Person { id: by.id, name: by.name }), call })
        });
        Ok(Self {
            form: from.form,
            version: from.form_version,
            answers: answers.collect::<Result<_, _>>()?,
            links: links.collect::<Result<_, _>>()?,
            office: OfficeId::parse(&from.office).map_err(|_| NotABody::Field("office"))?,
            entered: entered.transpose()?,
            rules: from.rules.into_iter().map(|pack| (pack.pack, pack.version)).collect(),
            to: to.collect::<Result<_, _>>()?,
            first: first.transpose()?,
            table: from.status_table,
        })
    }
}

/// A step as an office holds it. One whose content was removed is a step all the same, with what its header says.
pub fn read_step(stored: &Stored, tree: &Registry) -> Result<Step, NotABody> {
    let header = stored.record.header();
    let form = header.kind.strip_suffix("/1").unwrap_or(&header.kind);
    let hollow = stored.record.is_hollow();
    let office = header.on_behalf_of.as_ref().unwrap_or(&header.origin);
    let body = if hollow { None } else { Some(StepBody::decode(&stored.record.raw().body)?) };
    if body.as_ref().is_some_and(|body| body.form != form) {
        return Err(NotABody::Field("form"));
    }
    if body.as_ref().is_some_and(|body| body.office != *office || body.entered.is_some() != header.on_behalf_of.is_some()) {
        return Err(NotABody::Field("office"));
    }
    let (answers, links, to, rules, entered, first) =
        body.map(|body| (body.answers, body.links, body.to, body.rules, body.entered, body.first)).unwrap_or_default();
    Ok(Step {
        reference: stored.record.reference(),
        digest: stored.record.digest(),
        moment: moment_of(stored),
        form: form.to_owned(),
        mode: header.mode,
        office: office.clone(),
        entered,
        by: header.person.clone(),
        answers,
        links,
        to,
        rules,
        corrects: header.corrects.clone(),
        first,
        times: times(stored, tree),
        hollow,
        delivered: Vec::new(),
    })
}

/// By which the tree of a record's time is judged.
pub fn moment_of(stored: &Stored) -> Moment {
    let came_at = stored.from.is_some().then_some(stored.received_at);
    Moment { place: stored.place, recorded_at: stored.record.header().recorded_at, came_at }
}

fn times(stored: &Stored, tree: &Registry) -> Times {
    let header = stored.record.header();
    let own = || Hop { office: tree.own().clone(), received_at: stored.received_at, offset_ms: stored.offset_ms };
    let way: Vec<Hop> = stored.trail.iter().cloned().chain(stored.from.is_some().then(own)).collect();
    Times {
        happened: header.happened_at,
        learnt: header.learnt_at,
        recorded: Clocked::moved(tree, header.recorded_at, &way),
        here: stored.received_at,
    }
}

#[cfg(test)]
mod tests {
    use dutynet_relay::ids::{RecordId, RecordRef, UnixMillis};

    use super::*;
    use crate::{
        body::{Channel, Entered},
        domain::form::{Answer, Value},
    };

    fn body() -> StepBody {
        let answer = |field: &str, value| Answer { field: field.into(), value };
        let office = |id: &str| OfficeId::parse(id).unwrap();
        StepBody {
            form: "incident.call".into(),
            version: 1,
            answers: vec![
                answer("place", Value::Text("良垌镇".into())),
                answer("dead", Value::Unknown),
                answer("happened_at", Value::Time(UnixMillis(5))),
                answer("flags", Value::Choices(vec!["sensitive_time".into(), "may_evolve".into()])),
            ],
            links: vec![StepLink { role: "draft".into(), record: RecordRef { origin: office("a"), id: RecordId([3; 16]) } }],
            office: office("440881"),
            entered: Some(Entered { channel: Channel::Telephone, told_by: "王五".into(), phone: "0759".into() }),
            rules: vec![("s1".into(), 2)],
            to: vec![office("b")],
            first: Some(FirstReceiver {
                office: office("a"),
                by: Some(Person { id: "z01".into(), name: "张三".into() }),
                call: RecordRef { origin: office("a"), id: RecordId([4; 16]) },
            }),
            table: Bytes::from_static(b"part"),
        }
    }

    #[test]
    fn a_step_comes_back_as_it_went_in() {
        assert_eq!(StepBody::decode(&body().encode()), Ok(body()));
    }

    #[test]
    fn what_is_no_step_is_said_to_be_none() {
        assert_eq!(StepBody::decode(&Bytes::from_static(b"\xff\xff")), Err(NotABody::Encoding));
        assert_eq!(StepBody::decode(&StepBody { form: String::new(), ..body() }.encode()), Err(NotABody::Field("form")));
        assert_eq!(StepBody::decode(&StepBody { version: 0, ..body() }.encode()), Err(NotABody::Field("form")));
        let many = StepBody { links: vec![body().links[0].clone(); LINKS_MAX + 1], ..body() };
        assert_eq!(StepBody::decode(&many.encode()), Err(NotABody::Field("links")));
        let many = StepBody { rules: vec![("p".into(), 1); PACKS_MAX + 1], ..body() };
        assert_eq!(StepBody::decode(&many.encode()), Err(NotABody::Field("rules")));
    }
}
