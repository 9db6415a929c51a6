//! Between the bodies of directives in `dutynet.duty.v1` and the words of the domain. The generated types stop here.
//!
//! What another office's program made is held to the limits that the proto states: whoever breaks them is not read as a directive.

use bytes::Bytes;
use dutynet_proto::{duty as wire, record};
use dutynet_relay::ids::{OfficeId, RecordId, RecordRef, UnixMillis};
use prost::Message;

use super::notice::{DeliveredBody, GroupBody, NotADirective, NoticeBody, SignedBody};
use crate::domain::{
    form::Lines,
    notice::{
        GROUP_CHARS_MAX, NAME_CHARS_MAX, PHONE_CHARS_MAX, REMARK_CHARS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX, ToldBy, Urgency,
        said,
    },
    number::Number,
};

impl NoticeBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let message = wire::Notice {
            number: self.number.to_string(),
            title: self.title.clone(),
            text: self.text.clone(),
            urgency: urgency_to_wire(self.urgency).into(),
            sign_by_ms: self.sign_by.map_or(0, |at| at.0),
            group: self.group.clone(),
        };
        message.encode_to_vec().into()
    }

    /// Reads what another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotADirective> {
        let from: wire::Notice = read(bytes)?;
        Ok(Self {
            number: Number::parse(&from.number).ok_or(NotADirective::Field("number"))?,
            title: kept("title", &from.title, TITLE_CHARS_MAX, Lines::One)?,
            text: kept("text", &from.text, TEXT_CHARS_MAX, Lines::Many)?,
            urgency: urgency_from_wire(from.urgency).ok_or(NotADirective::Field("urgency"))?,
            sign_by: (from.sign_by_ms != 0).then_some(UnixMillis(from.sign_by_ms)),
            group: optional("group", &from.group, GROUP_CHARS_MAX)?,
        })
    }
}

impl DeliveredBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let matter = self.matter.as_ref().map(reference_to_wire);
        wire::Delivered { directive: Some(reference_to_wire(&self.directive)), matter }.encode_to_vec().into()
    }

    /// Reads what another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotADirective> {
        let from: wire::Delivered = read(bytes)?;
        let matter = from.matter.map(|matter| reference_from_wire(Some(matter))).transpose()?;
        Ok(Self { directive: reference_from_wire(from.directive)?, matter })
    }
}

impl SignedBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let message = wire::Signed {
            directive: Some(reference_to_wire(&self.directive)),
            remark: self.remark.clone(),
            told_by: self.told_by.as_ref().map(told_by_to_wire),
        };
        message.encode_to_vec().into()
    }

    /// Reads what another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotADirective> {
        let from: wire::Signed = read(bytes)?;
        let told_by = from.told_by.map(|from| {
            let name = kept("told_by.name", &from.name, NAME_CHARS_MAX, Lines::One)?;
            Ok(ToldBy { name, phone: kept("told_by.phone", &from.phone, PHONE_CHARS_MAX, Lines::One)? })
        });
        Ok(Self {
            directive: reference_from_wire(from.directive)?,
            remark: optional("remark", &from.remark, REMARK_CHARS_MAX)?,
            told_by: told_by.transpose()?,
        })
    }
}

impl GroupBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let members = self.members.iter().map(|office| office.as_str().to_owned()).collect();
        wire::Group { name: self.name.clone(), members }.encode_to_vec().into()
    }

    /// Reads one.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotADirective> {
        let from: wire::Group = read(bytes)?;
        let members = from.members.iter().map(|office| OfficeId::parse(office)).collect::<Result<_, _>>();
        Ok(Self {
            name: kept("name", &from.name, GROUP_CHARS_MAX, Lines::One)?,
            members: members.map_err(|_| NotADirective::Field("members"))?,
        })
    }
}

/// An urgency as the wire says it.
pub fn urgency_to_wire(from: Urgency) -> wire::Urgency {
    match from {
        Urgency::Flash => wire::Urgency::Flash,
        Urgency::Urgent => wire::Urgency::Urgent,
        Urgency::Routine => wire::Urgency::Routine,
    }
}

/// An urgency in the words of the domain; `None`: none was said.
pub fn urgency_from_wire(number: i32) -> Option<Urgency> {
    match wire::Urgency::try_from(number) {
        Ok(wire::Urgency::Flash) => Some(Urgency::Flash),
        Ok(wire::Urgency::Urgent) => Some(Urgency::Urgent),
        Ok(wire::Urgency::Routine) => Some(Urgency::Routine),
        Ok(wire::Urgency::Unspecified) | Err(_) => None,
    }
}

/// Who telephoned, as the wire says it.
pub fn told_by_to_wire(from: &ToldBy) -> wire::ToldBy {
    wire::ToldBy { name: from.name.clone(), phone: from.phone.clone() }
}

fn read<T: Message + Default>(bytes: &Bytes) -> Result<T, NotADirective> {
    T::decode(bytes.clone()).map_err(|_| NotADirective::Encoding)
}

fn kept(field: &'static str, text: &str, chars_max: usize, lines: Lines) -> Result<String, NotADirective> {
    said(text, chars_max, lines).map_err(|_| NotADirective::Field(field))
}

fn optional(field: &'static str, text: &str, chars_max: usize) -> Result<String, NotADirective> {
    if text.is_empty() { Ok(String::new()) } else { kept(field, text, chars_max, Lines::One) }
}

fn reference_to_wire(from: &RecordRef) -> record::RecordRef {
    record::RecordRef { origin: from.origin.as_str().to_owned(), id: Bytes::copy_from_slice(&from.id.0) }
}

fn reference_from_wire(from: Option<record::RecordRef>) -> Result<RecordRef, NotADirective> {
    let wrong = NotADirective::Field("directive");
    let from = from.ok_or(wrong.clone())?;
    let origin = OfficeId::parse(&from.origin).map_err(|_| wrong.clone())?;
    Ok(RecordRef { origin, id: RecordId::from_slice(&from.id).map_err(|_| wrong)? })
}

#[cfg(test)]
mod tests {
    use dutynet_relay::record::BODY_BYTES_MAX;

    use super::*;

    fn reference() -> RecordRef {
        RecordRef { origin: OfficeId::parse("440000").unwrap(), id: RecordId([7; 16]) }
    }

    fn notice() -> NoticeBody {
        NoticeBody {
            number: Number::of(&reference()),
            title: "𠮷".repeat(TITLE_CHARS_MAX),
            text: "𠮷".repeat(TEXT_CHARS_MAX),
            urgency: Urgency::Urgent,
            sign_by: Some(UnixMillis(5)),
            group: "𠮷".repeat(GROUP_CHARS_MAX),
        }
    }

    #[test]
    fn bodies_come_back_as_they_went_in_and_the_largest_fits_one_record() {
        assert_eq!(NoticeBody::decode(&notice().encode()), Ok(notice()));
        assert!(notice().encode().len() <= BODY_BYTES_MAX, "{}", notice().encode().len());
        for matter in [None, Some(reference())] {
            let delivered = DeliveredBody { directive: reference(), matter };
            assert_eq!(DeliveredBody::decode(&delivered.encode()), Ok(delivered));
        }
        let told_by = Some(ToldBy { name: "李四".into(), phone: "0759-1".into() });
        let signed = SignedBody { directive: reference(), remark: String::new(), told_by };
        assert_eq!(SignedBody::decode(&signed.encode()), Ok(signed));
        let group = GroupBody { name: "沿海".into(), members: [reference().origin].into() };
        assert_eq!(GroupBody::decode(&group.encode()), Ok(group));
    }

    #[test]
    fn what_breaks_a_limit_is_no_directive() {
        let good = wire::Notice::decode(notice().encode()).unwrap();
        let spoilt = [
            wire::Notice { number: "1".into(), ..good.clone() },
            wire::Notice { title: String::new(), ..good.clone() },
            wire::Notice { title: "一\n二".into(), ..good.clone() },
            wire::Notice { text: "字".repeat(TEXT_CHARS_MAX + 1), ..good.clone() },
            wire::Notice { urgency: 0, ..good.clone() },
            wire::Notice { group: "一\u{202e}二".into(), ..good },
        ];
        for bad in spoilt {
            assert!(matches!(NoticeBody::decode(&bad.encode_to_vec().into()), Err(NotADirective::Field(_))), "{bad:?}");
        }
        assert_eq!(NoticeBody::decode(&Bytes::from_static(b"\xff")), Err(NotADirective::Encoding));
        let nothing = wire::Delivered { directive: None, matter: None }.encode_to_vec().into();
        assert_eq!(DeliveredBody::decode(&nothing), Err(NotADirective::Field("directive")));
        let nameless = wire::Signed { told_by: Some(wire::ToldBy::default()), ..signed_by_wire() }.encode_to_vec().into();
        assert_eq!(SignedBody::decode(&nameless), Err(NotADirective::Field("told_by.name")));
    }

    fn signed_by_wire() -> wire::Signed {
        wire::Signed { directive: Some(reference_to_wire(&reference())), remark: String::new(), told_by: None }
    }
}
