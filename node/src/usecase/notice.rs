//! Notices (通知): sending them down, signing for them, and the list of who has.
//!
//! [`deliver_by_itself`] is the one thing here that no person asks for: the node of an addressed office says that it has the notice.

mod board;
mod deliver;
mod list;
mod send;
mod sign;

pub use board::NoticeBoard;
pub use deliver::deliver_by_itself;
pub use list::{NoticeHead, NoticeRow, Relation, ShownNotice};
pub use send::{SendNotice, SentNotice, To};
pub use sign::{SignNotice, SignedNotice};

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    journal::Place,
    writer::Stored,
};

use super::{Office, Refused, shown};
use crate::{
    body::notice::{NoticeBody, SignedBody},
    domain::{
        form::{Fault, FaultKind},
        notice::{Addressed, NotAddressable},
        number::{Number, parse_reference},
        sign_for::Signature,
    },
    projection::{Notice, SignedAnswer},
    text::refusal::Refusal,
};

/// A notice as it stands in the journal, with what the projection knows of it.
struct Held {
    notice: Notice,
    body: NoticeBody,
    addressed: Addressed,
    stored: Stored,
}

impl Office {
    /// The notice that is meant by a number or a reference.
    pub(super) async fn notice_named(&self, text: &str) -> Result<Notice, Refused> {
        self.caught_up().await?;
        let unknown = || Refused::about(Refusal::NoticeUnknown, shown(text));
        if let Some(reference) = parse_reference(text) {
            return self.inner.notices.get(&reference)?.ok_or_else(unknown);
        }
        let number = Number::parse(text).ok_or_else(|| Refused::about(Refusal::NoticeNumberInvalid, shown(text)))?;
        match &self.inner.notices.by_number(&number)?[..] {
            [] => Err(unknown()),
            [one] => self.inner.notices.get(one)?.ok_or_else(unknown),
            several => {
                let several: Vec<_> = several.iter().map(RecordRef::to_string).collect();
                Err(Refused::about(Refusal::NoticeNumberShared, several.join(", ")))
            }
        }
    }

    /// Its record, with what it says and whom it addresses.
    fn held_notice(&self, notice: Notice) -> Result<Held, Refused> {
        let stored = self.relay().store().stored(notice.moment.place)?;
        let header = stored.record.header();
        let addressed = Addressed::of(&header.audience, &header.origin).ok_or(Refusal::Internal)?;
        let body = match notice.removed {
            true => NoticeBody::removed(notice.number.clone(), notice.urgency),
            false => NoticeBody::decode(&stored.record.raw().body).map_err(|fault| Refused::because(Refusal::Internal, fault))?,
        };
        Ok(Held { notice, body, addressed, stored })
    }

    /// Everybody who signed, of one office alone when it is named; first one first.
    fn signatures(&self, notice: &RecordRef, office: Option<&OfficeId>) -> Result<Vec<(OfficeId, Signature)>, Refused> {
        let answers = self.inner.notices.signatures(notice, office)?.into_iter();
        let mut signatures: Vec<_> = answers.map(|answer| (answer.office.clone(), self.signature(answer))).collect();
        signatures.sort_by(|(_, a), (_, b)| (a.here, &a.reference).cmp(&(b.here, &b.reference)));
        Ok(signatures)
    }

    /// With what was said beside it, which stands in the journal. That this cannot be read any more takes nobody's signature away.
    fn signature(&self, answer: SignedAnswer) -> Signature {
        let said = if answer.has_words { self.said_with(answer.place) } else { None };
        let (told_by, remark) = said.map_or((None, String::new()), |body| (body.told_by, body.remark));
        Signature {
            entered_by: (answer.reference.origin != answer.office).then(|| answer.reference.origin.clone()),
            reference: answer.reference,
            by: answer.by,
            at: answer.signed_at.origin,
            here: answer.signed_at.here,
            known_at: answer.received_at,
            told_by,
            remark,
        }
    }

    fn said_with(&self, place: Place) -> Option<SignedBody> {
        let stored = self.relay().store().stored(place).ok()?;
        SignedBody::decode(&stored.record.raw().body).ok()
    }
}

/// Why offices cannot be addressed, for officers.
pub(super) fn not_addressable(fault: NotAddressable) -> Refused {
    match fault {
        NotAddressable::Nobody => Refusal::NothingBelow.into(),
        NotAddressable::Unknown(office) => Refused::about(Refusal::OfficeUnknown, office),
        NotAddressable::NotBelow(office) => Refused::about(Refusal::NotBelow, office),
        NotAddressable::TooMany => Refusal::AudienceTooLong.into(),
    }
}

/// What is wrong at one field.
fn faults_at(field: &str, label: &str, kinds: Vec<FaultKind>) -> Vec<Fault> {
    let fault = |kind| Fault { field: field.to_owned(), label: label.to_owned(), kind };
    kinds.into_iter().map(fault).collect()
}

fn faulty(faults: Vec<Fault>) -> Refused {
    Refused { faults, ..Refusal::NoticeFaults.into() }
}

#[cfg(test)]
mod tests;
