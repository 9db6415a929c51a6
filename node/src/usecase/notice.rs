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

use dutynet_relay::ids::RecordRef;

use super::{Office, Refused, shown};
use crate::{
    body::notice::NoticeBody,
    domain::{
        form::{Fault, FaultKind},
        notice::{Addressed, NotAddressable},
        number::{Number, parse_reference},
    },
    projection::Notice,
    text::refusal::Refusal,
};

/// A notice as it stands in the journal, with what the projection knows of it.
struct Held {
    notice: Notice,
    body: NoticeBody,
    addressed: Addressed,
    stored: dutynet_relay::writer::Stored,
}

impl Office {
    /// The notice that is meant by a number or a reference.
    async fn notice_named(&self, text: &str) -> Result<Notice, Refused> {
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
        let body = NoticeBody::decode(&stored.record.raw().body);
        let body = body.map_err(|fault| Refused::because(Refusal::Internal, fault))?;
        Ok(Held { notice, body, addressed, stored })
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
