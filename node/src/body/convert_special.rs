//! Between special periods and chases in `dutynet.duty.v1` and the words of the domain. The generated types stop here.

use bytes::Bytes;
use dutynet_proto::{duty as wire, record};
use dutynet_relay::ids::{OfficeId, RecordId, RecordRef, UnixMillis};
use prost::Message as _;

use super::{
    NotABody,
    special::{
        CHASED_PERSON_CHARS_MAX, CHASED_PHONE_CHARS_MAX, CHASED_RESULT_CHARS_MAX, ChaseBy, ChasedBody, SpecialBody, SpecialSays,
    },
};
use crate::domain::{
    beijing::{Day, TimeOfDay},
    form::{Lines, words},
    obligation::Key,
    special::{Brings, SPECIAL_REASON_CHARS_MAX},
};

impl SpecialBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let (from_ms, brings, amends) = match &self.says {
            SpecialSays::Declares { from, brings } => (from.0, Some(brings_to_wire(brings)), None),
            SpecialSays::Changes(period) => (0, None, Some(reference_to_wire(period))),
        };
        let message = wire::SpecialPeriod { from_ms, to_ms: self.to.0, reason: self.reason.clone(), brings, amends };
        message.encode_to_vec().into()
    }

    /// Reads what another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from = wire::SpecialPeriod::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
        let reason = words(&from.reason, SPECIAL_REASON_CHARS_MAX, Lines::Many).map_err(|_| NotABody::Field("reason"))?;
        if reason.is_empty() {
            return Err(NotABody::Field("reason"));
        }
        let (to, reason) = (UnixMillis(from.to_ms), reason);
        if let Some(period) = from.amends {
            let period = reference_from_wire(&period).ok_or(NotABody::Field("amends"))?;
            return Ok(Self { to, reason, says: SpecialSays::Changes(period) });
        }
        let brings = from.brings.and_then(|brings| brings_from_wire(&brings)).filter(Brings::is_sound);
        let brings = brings.ok_or(NotABody::Field("brings"))?;
        if from.from_ms >= from.to_ms {
            return Err(NotABody::Field("to"));
        }
        Ok(Self { to, reason, says: SpecialSays::Declares { from: UnixMillis(from.from_ms), brings } })
    }
}

impl ChasedBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        self.to_wire().encode_to_vec().into()
    }

    /// The message of the record's body.
    pub fn to_wire(&self) -> wire::Chased {
        wire::Chased {
            key: self.key.to_string(),
            debtor: self.debtor.to_string(),
            by: way_to_wire(self.way).into(),
            person: self.person.clone(),
            phone: self.phone.clone(),
            result: self.result.clone(),
        }
    }

    /// Reads what another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from = wire::Chased::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
        let said = |field, text: &str, max, lines| words(text, max, lines).map_err(|_| NotABody::Field(field));
        let body = Self {
            key: Key::parse(&from.key).ok_or(NotABody::Field("key"))?,
            debtor: OfficeId::parse(&from.debtor).map_err(|_| NotABody::Field("debtor"))?,
            way: way_from_wire(from.by).ok_or(NotABody::Field("by"))?,
            person: said("person", &from.person, CHASED_PERSON_CHARS_MAX, Lines::One)?,
            phone: said("phone", &from.phone, CHASED_PHONE_CHARS_MAX, Lines::One)?,
            result: said("result", &from.result, CHASED_RESULT_CHARS_MAX, Lines::Many)?,
        };
        let lacks = body.way == ChaseBy::Telephone && (body.person.is_empty() || body.result.is_empty());
        if lacks { Err(NotABody::Field("person")) } else { Ok(body) }
    }
}

/// By which way somebody was chased, as the wire says it.
pub fn way_to_wire(from: ChaseBy) -> wire::ChaseBy {
    match from {
        ChaseBy::Telephone => wire::ChaseBy::Telephone,
        ChaseBy::Network => wire::ChaseBy::Network,
    }
}

/// By which way somebody was chased; `None`: by none that is known.
pub fn way_from_wire(from: i32) -> Option<ChaseBy> {
    match wire::ChaseBy::try_from(from) {
        Ok(wire::ChaseBy::Telephone) => Some(ChaseBy::Telephone),
        Ok(wire::ChaseBy::Network) => Some(ChaseBy::Network),
        Ok(wire::ChaseBy::Unspecified) | Err(_) => None,
    }
}

/// What a special period brings, as the wire says it.
pub fn brings_to_wire(from: &Brings) -> wire::SpecialDuties {
    wire::SpecialDuties {
        leaders: from.leaders,
        officers: from.officers,
        daily: from.daily.map(|time| time.to_string()).unwrap_or_default(),
        roll_calls: from.roll_calls,
        roster_by: from.roster_by.map(|day| day.to_string()).unwrap_or_default(),
        silence_minutes: from.silence_minutes,
    }
}

/// What a special period brings; `None`: a time or day that is none.
pub fn brings_from_wire(from: &wire::SpecialDuties) -> Option<Brings> {
    let daily = (!from.daily.is_empty()).then(|| TimeOfDay::parse(&from.daily)).transpose().ok()?;
    let roster_by = (!from.roster_by.is_empty()).then(|| Day::parse(&from.roster_by)).transpose().ok()?;
    let (leaders, officers) = (from.leaders, from.officers);
    Some(Brings { leaders, officers, daily, roll_calls: from.roll_calls, roster_by, silence_minutes: from.silence_minutes })
}

fn reference_to_wire(from: &RecordRef) -> record::RecordRef {
    record::RecordRef { origin: from.origin.to_string(), id: Bytes::copy_from_slice(&from.id.0) }
}

fn reference_from_wire(from: &record::RecordRef) -> Option<RecordRef> {
    Some(RecordRef { origin: OfficeId::parse(&from.origin).ok()?, id: RecordId::from_slice(&from.id).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period() -> SpecialBody {
        let brings = Brings {
            leaders: 2,
            officers: 3,
            daily: TimeOfDay::parse("16:30").ok(),
            roll_calls: 4,
            roster_by: Day::parse("2026-09-28").ok(),
            silence_minutes: 30,
        };
        let says = SpecialSays::Declares { from: UnixMillis(5), brings };
        SpecialBody { to: UnixMillis(9), reason: "国庆安保".into(), says }
    }

    fn chase() -> ChasedBody {
        ChasedBody {
            key: Key::parse("daily-report.440825.2026-10-01").unwrap(),
            debtor: OfficeId::parse("440825").unwrap(),
            way: ChaseBy::Telephone,
            person: "王五".into(),
            phone: "0759-4850000".into(),
            result: "半小时内报".into(),
        }
    }

    #[test]
    fn bodies_come_back_as_they_went_in() {
        let named = RecordRef { origin: OfficeId::parse("440800").unwrap(), id: RecordId([7; 16]) };
        let change = SpecialBody { says: SpecialSays::Changes(named), ..period() };
        for body in [period(), change] {
            assert_eq!(SpecialBody::decode(&body.encode()), Ok(body));
        }
        assert_eq!(ChasedBody::decode(&chase().encode()), Ok(chase()));
        assert!(chase().subject().len() < 128);
    }

    #[test]
    fn what_is_beyond_its_limits_is_no_body() {
        let nothing = SpecialBody { says: SpecialSays::Declares { from: UnixMillis(5), brings: Brings::default() }, ..period() };
        let backwards = SpecialBody { to: UnixMillis(5), ..period() };
        let silent = SpecialBody { reason: " ".into(), ..period() };
        for bad in [nothing, backwards, silent, SpecialBody { reason: "长".repeat(201), ..period() }] {
            assert!(matches!(SpecialBody::decode(&bad.encode()), Err(NotABody::Field(_))), "{bad:?}");
        }
        for bad in [ChasedBody { person: String::new(), ..chase() }, ChasedBody { result: String::new(), ..chase() }] {
            assert_eq!(ChasedBody::decode(&bad.encode()), Err(NotABody::Field("person")));
        }
        let by_network = ChasedBody { way: ChaseBy::Network, person: String::new(), result: String::new(), ..chase() };
        assert!(ChasedBody::decode(&by_network.encode()).is_ok());
    }
}
