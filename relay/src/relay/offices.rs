//! Who joins below this office: invitations, and children without a node.

use std::time::Duration;

use super::{Made, Relay, SubmitError};
use crate::{
    ids::{Digest, KeyId, OfficeId, UnixMillis},
    invitation::{InvitationFault, InvitationSecret, InvitationText},
    random,
    record::{Person, PublicKey},
    registry::{Entry, OfficeClass},
    writer::{
        OpenInvitation, StoreError,
        intent::{Intent, Invitation, WriteRefusal},
        open_invitations,
    },
};

/// An office to be registered as a child of this one.
#[derive(Debug, Clone)]
pub struct NewOffice {
    /// Its id.
    pub office: OfficeId,
    /// Its name.
    pub name: String,
    /// Empty: no area.
    pub area_code: String,
    /// For people.
    pub class: OfficeClass,
}

/// Terms of an invitation.
#[derive(Debug, Clone)]
pub struct Terms {
    /// How long it is good for.
    pub valid_for: Duration,
    /// Who invites.
    pub by: Person,
}

impl Relay {
    /// Registers a child without a node.
    pub async fn add_office(&self, new: NewOffice, by: Person) -> Result<Made, SubmitError> {
        let entry = self.entry(new);
        self.made(Intent::Register(Box::new(entry), Some(by))).await
    }

    /// Invites a child with a node. The text is a secret until it is used.
    pub async fn invite(
        &self,
        new: NewOffice,
        addresses: Vec<String>,
        terms: Terms,
    ) -> Result<(String, UnixMillis), SubmitError> {
        let entry = self.entry(new);
        self.invite_as(entry, addresses, terms, None).await
    }

    /// Invites a new machine for a child that exists.
    pub async fn invite_again(
        &self,
        office: &OfficeId,
        addresses: Vec<String>,
        terms: Terms,
    ) -> Result<(String, UnixMillis), SubmitError> {
        let registry = self.registry();
        let held = registry.entry(office).ok_or_else(|| WriteRefusal::UnknownOffice(office.clone()))?;
        let replaced = held.key.as_ref().map(PublicKey::id);
        self.invite_as(held.clone(), addresses, terms, replaced).await
    }

    /// Invitations that nobody has used yet and nobody has taken back; those that have expired too.
    pub fn invitations(&self) -> Result<Vec<OpenInvitation>, StoreError> {
        open_invitations(self.store())
    }

    /// Takes an invitation back: whoever shows it is told that it has expired.
    pub async fn revoke_invitation(&self, secret: Digest) -> Result<(), SubmitError> {
        self.done(Intent::Revoke(secret)).await
    }

    async fn invite_as(
        &self,
        entry: Entry,
        addresses: Vec<String>,
        terms: Terms,
        replace: Option<KeyId>,
    ) -> Result<(String, UnixMillis), SubmitError> {
        let invalid = |fault: InvitationFault| SubmitError::Invitation(fault.to_string());
        let secret = random::bytes().map_err(|fault| SubmitError::Invitation(fault.to_string()))?;
        let millis = i64::try_from(terms.valid_for.as_millis()).unwrap_or(i64::MAX);
        let valid_until = UnixMillis(self.inner.clock.wall().0.saturating_add(millis));
        let text = InvitationText {
            zone: self.inner.office.zone.clone(),
            office: entry.office.clone(),
            parent: self.own().clone(),
            parent_pin: self.inner.key.public().pin(),
            root_pin: self.inner.office.root_pin,
            addresses,
            secret: InvitationSecret(secret),
            valid_until,
        };
        let line = text.encode().map_err(invalid)?;
        let invitation = Invitation { secret: text.secret.hash(), entry, valid_until, replace, by: Some(terms.by) };
        self.done(Intent::Invite(Box::new(invitation))).await?;
        Ok((line, valid_until))
    }

    fn entry(&self, new: NewOffice) -> Entry {
        Entry {
            office: new.office,
            name: new.name,
            area_code: new.area_code,
            class: new.class,
            zone: self.inner.office.zone.clone(),
            parent: Some(self.own().clone()),
            key: None,
            replaces: None,
            valid_from: self.inner.clock.wall(),
            successor_hash: None,
        }
    }
}
