//! Decisions about who joins: invitations, registry entries of children, and the root's own.

use bytes::Bytes;
use prost::Message;

use super::{
    Store, StoreError,
    decide::Decision,
    frames::{Entry, LocalFrame},
    intent::{Answer, Draft, Enrolment, Intent, Invitation, WriteRefusal},
    lost::unless_lost,
};
use crate::{
    ids::{Digest, KeyId, Lane, OfficeId, RecordId, UnixMillis},
    record::{Audience, Mode, OFFICE_KIND, Person, PublicKey, entry_from_body, entry_to_body},
    registry::{self, EntryFault},
};

/// Namespace of what this crate keeps for itself: invitations, by the hash of their secret.
const INVITATIONS: &str = "relay.invitation";

/// Until when one was good that was taken back.
const REVOKED: i64 = i64::MIN;

/// An invitation that nobody has used yet and nobody has taken back, as its maker sees it. It may have expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// Hash of its secret, which is its name here.
    pub secret: Digest,
    /// The office, as it will be registered.
    pub entry: registry::Entry,
    /// By the clock of this office.
    pub valid_until: UnixMillis,
    /// It is for a new machine of an office that exists.
    pub replaces: bool,
    /// Who invited.
    pub by: Option<Person>,
}

/// Every invitation that is open, soonest to expire first.
pub(crate) fn open_invitations(store: &Store) -> Result<Vec<OpenInvitation>, StoreError> {
    let mut open = Vec::new();
    for (key, bytes) in store.locals(INVITATIONS)? {
        let frame = InvitationFrame::decode(bytes).map_err(|_| StoreError::Journal("invitation"))?;
        if !frame.used_by.is_empty() || frame.valid_until == REVOKED {
            continue;
        }
        open.push(OpenInvitation {
            secret: Digest::parse(&key).ok_or(StoreError::Journal("invitation"))?,
            entry: entry_from_body(&frame.entry).map_err(|_| StoreError::Journal("invitation"))?,
            valid_until: UnixMillis(frame.valid_until),
            replaces: !frame.replace.is_empty(),
            by: Some(frame.by_id).filter(|id| !id.is_empty()).map(|id| Person { id, name: frame.by_name }),
        });
    }
    open.sort_by_key(|invitation| invitation.valid_until);
    Ok(open)
}

/// An invitation on disk.
#[derive(Clone, PartialEq, Message)]
struct InvitationFrame {
    /// Body of the registry record to make, without a key.
    #[prost(bytes = "bytes", tag = "1")]
    entry: Bytes,
    #[prost(int64, tag = "2")]
    valid_until: i64,
    /// Key that is replaced; empty: a new office.
    #[prost(bytes = "bytes", tag = "3")]
    replace: Bytes,
    #[prost(string, tag = "4")]
    by_id: String,
    #[prost(string, tag = "5")]
    by_name: String,
    /// Key that used it up; empty: nobody yet.
    #[prost(bytes = "bytes", tag = "6")]
    used_by: Bytes,
    /// Record that came of it.
    #[prost(bytes = "bytes", tag = "7")]
    record: Bytes,
}

impl Decision<'_> {
    pub(super) fn enrolment(&mut self, intent: Intent) -> Result<Answer, StoreError> {
        match intent {
            Intent::Invite(invitation) => self.invite(*invitation),
            Intent::Revoke(secret) => self.revoke(&secret.to_string()),
            Intent::Enrol(enrolment) => self.enrol(&enrolment),
            Intent::Register(entry, by) => self.register_office(*entry, by),
            Intent::Submit(_)
            | Intent::SubmitWith(..)
            | Intent::Accept(_)
            | Intent::TakeBack { .. }
            | Intent::Salvage(_)
            | Intent::Custody { .. }
            | Intent::Arrived { .. }
            | Intent::Line { .. }
            | Intent::Sleep(_)
            | Intent::Wake(_)
            | Intent::Started { .. }
            | Intent::LinesTold { .. }
            | Intent::Tickets { .. }
            | Intent::RetryParked(..)
            | Intent::WithdrawParked(..)
            | Intent::Rewind { .. }
            | Intent::Count { .. }
            | Intent::Fork(_)
            | Intent::Rebase { .. }
            | Intent::Local { .. }
            | Intent::Destroy(_)
            | Intent::Hollowed(_)
            | Intent::NotInterpreted { .. } => Err(StoreError::Journal("an intent in the wrong place")),
        }
    }

    fn invite(&mut self, invitation: Invitation) -> Result<Answer, StoreError> {
        let entry = &invitation.entry;
        if entry.parent.as_ref() != Some(self.own()) {
            return Ok(Answer::Refused(WriteRefusal::NotYours(entry.office.clone())));
        }
        let held = self.registry.entry(&entry.office);
        let replaces = held.and_then(|held| held.key.as_ref()).map(PublicKey::id);
        let fits = match held {
            None => invitation.replace.is_none(),
            Some(held) => held.parent == entry.parent && invitation.replace.is_some() && invitation.replace == replaces,
        };
        if !fits {
            return Ok(Answer::Refused(match held {
                Some(_) => WriteRefusal::OfficeExists(entry.office.clone()),
                None => WriteRefusal::UnknownOffice(entry.office.clone()),
            }));
        }
        let frame = InvitationFrame {
            entry: entry_to_body(&registry::Entry { key: None, ..entry.clone() }),
            valid_until: invitation.valid_until.0,
            replace: invitation.replace.map(|key| Bytes::copy_from_slice(&key.0)).unwrap_or_default(),
            by_id: invitation.by.as_ref().map(|p| p.id.clone()).unwrap_or_default(),
            by_name: invitation.by.map(|p| p.name).unwrap_or_default(),
            used_by: Bytes::new(),
            record: Bytes::new(),
        };
        self.keep_invitation(&invitation.secret.to_string(), &frame);
        Ok(Answer::Done)
    }

    fn keep_invitation(&mut self, key: &str, frame: &InvitationFrame) {
        let head = LocalFrame { namespace: INVITATIONS.to_owned(), key: key.to_owned() };
        self.push(Entry::Local(head, frame.encode_to_vec().into()));
    }

    /// From here on it counts as one that has expired. Whoever has used it up is not touched.
    fn revoke(&mut self, key: &str) -> Result<Answer, StoreError> {
        let Some(bytes) = unless_lost(self.store.local(INVITATIONS, key))?.flatten() else {
            return Ok(Answer::Refused(WriteRefusal::InvitationUnknown));
        };
        let frame = InvitationFrame::decode(bytes).map_err(|_| StoreError::Journal("invitation"))?;
        if !frame.used_by.is_empty() {
            return Ok(Answer::Refused(WriteRefusal::InvitationUsed));
        }
        self.keep_invitation(key, &InvitationFrame { valid_until: REVOKED, ..frame });
        Ok(Answer::Done)
    }

    fn enrol(&mut self, shown: &Enrolment) -> Result<Answer, StoreError> {
        let key = shown.secret.to_string();
        let Some(bytes) = unless_lost(self.store.local(INVITATIONS, &key))?.flatten() else {
            return Ok(Answer::Refused(WriteRefusal::InvitationUnknown));
        };
        let mut frame = InvitationFrame::decode(bytes).map_err(|_| StoreError::Journal("invitation"))?;
        let mut entry = entry_from_body(&frame.entry).map_err(|_| StoreError::Journal("invitation"))?;
        if entry.office != shown.office {
            return Ok(Answer::Refused(WriteRefusal::InvitationForAnother));
        }
        if !frame.used_by.is_empty() {
            // The reply was lost on the way: the same machine asks again.
            let same = frame.used_by.as_ref() == shown.key.as_bytes().as_slice();
            let id = RecordId::from_slice(&frame.record).map_err(|_| StoreError::Journal("invitation"))?;
            let reference = crate::ids::RecordRef { origin: self.own().clone(), id };
            let folded = Answer::Made { reference, folded: true };
            return Ok(if same { folded } else { Answer::Refused(WriteRefusal::InvitationUsed) });
        }
        if self.at.wall.0 > frame.valid_until {
            return Ok(Answer::Refused(WriteRefusal::InvitationExpired));
        }
        entry.key = Some(shown.key.clone());
        entry.replaces = Some(&frame.replace).filter(|k| !k.is_empty()).and_then(|k| KeyId::from_slice(k).ok());
        entry.valid_from = self.at.wall;
        let by = Some(&frame.by_id).filter(|id| !id.is_empty());
        let by = by.map(|id| Person { id: id.clone(), name: frame.by_name.clone() });
        let answer = self.register_office(entry, by)?;
        if let Answer::Made { reference, .. } = &answer {
            frame.used_by = Bytes::copy_from_slice(shown.key.as_bytes());
            frame.record = Bytes::copy_from_slice(&reference.id.0);
            self.keep_invitation(&key, &frame);
        }
        Ok(answer)
    }

    fn register_office(&mut self, entry: registry::Entry, by: Option<Person>) -> Result<Answer, StoreError> {
        if let Err(fault) = self.registry.judge(&entry, self.own()) {
            return Ok(Answer::Refused(match fault {
                EntryFault::Exists => WriteRefusal::OfficeExists(entry.office),
                EntryFault::NotByParent | EntryFault::NotTheRoot => WriteRefusal::NotYours(entry.office),
                EntryFault::UnknownParent => WriteRefusal::UnknownOffice(self.own().clone()),
                EntryFault::Zone | EntryFault::TooDeep => WriteRefusal::Malformed(fault.to_string()),
            }));
        }
        if self.registry.entry(&entry.office) == Some(&entry) {
            return Ok(Answer::Refused(WriteRefusal::OfficeExists(entry.office)));
        }
        let body = entry_to_body(&entry);
        if entry_from_body(&body).is_err() {
            return Ok(Answer::Refused(WriteRefusal::Malformed("registry entry: name, area code or class".into())));
        }
        if by.as_ref().is_some_and(|person| !person.fits()) {
            return Ok(Answer::Refused(WriteRefusal::Malformed("the person's id or name".into())));
        }
        let (office, has_node) = (entry.office.clone(), entry.key.is_some());
        self.registry = std::sync::Arc::new(self.registry.with(entry));
        if has_node && office != *self.own() {
            let tree = self.registry.clone();
            let path: Vec<&OfficeId> = tree.path_up(self.own()).collect();
            path.into_iter().rev().try_for_each(|above| self.send_registration(&office, above))?;
        }
        let id = RecordId::from_parts(self.at.wall, self.random());
        let draft = Draft {
            id,
            kind: OFFICE_KIND.to_owned(),
            subject: office.as_str().to_owned(),
            lane: Lane::Control,
            audience: self.registration_audience(&office),
            mode: Mode::Real,
            happened_at: None,
            learnt_at: None,
            person: by,
            corrects: None,
            on_behalf_of: None,
            body,
        };
        self.make(draft)
    }

    fn registration_audience(&self, office: &OfficeId) -> Vec<Audience> {
        let root = self.registry.path_up(self.own()).last().filter(|root| *root != self.own());
        root.cloned().map(Audience::UpTo).into_iter().chain([Audience::Subtree(office.clone())]).collect()
    }
}
