//! What an operator wants to know of this machine: until when its certificate is good, where it dials, who is below it and what they run,
//! and which invitations are open.

use dutynet_relay::{
    ids::{Digest, OfficeId, UnixMillis},
    record::Person,
    tls::leaf::Proven,
    writer::OpenInvitation,
};

use super::{Office, Refused, person, restore, tree};
use crate::{serve::opened, text::refusal::Refusal};

/// What is known of this machine beside its store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Until when the certificate is good that neighbours are shown; `None`: it cannot be read.
    pub leaf_until: Option<UnixMillis>,
    /// Short name of this office's key, as it is compared over the telephone.
    pub key: String,
    /// Whom it dials, and where; `None`: it is the root.
    pub parent: Option<(OfficeId, Vec<String>)>,
    /// Where children dial; none: it takes no children.
    pub addresses: Vec<String>,
    /// The data folder.
    pub folder: String,
    /// Since when there is a recovery code; `None`: there is none.
    pub code_since: Option<UnixMillis>,
}

/// A child as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Below {
    /// Who.
    pub office: OfficeId,
    /// Its name.
    pub name: String,
    /// It has a node.
    pub has_node: bool,
    /// Its line is up; `None`: it has none.
    pub up: Option<bool>,
    /// Until when its certificate is good; `None`: it was not linked since the start.
    pub certificate_until: Option<UnixMillis>,
    /// Its program; empty: it was not linked since the start.
    pub software: String,
    /// Its rule packs with their versions; empty: it has not said yet.
    pub packs: String,
}

impl Office {
    /// See [`Machine`].
    pub fn machine(&self) -> Result<Machine, Refused> {
        let folder = self.relay().data_folder();
        let leaf = folder.read_leaf().ok().and_then(|leaf| Proven::read(&leaf).ok());
        let registry = self.relay().registry();
        let key = registry.entry(self.own()).and_then(|entry| entry.key.as_ref()).map(|key| key.id().to_string());
        Ok(Machine {
            leaf_until: leaf.map(|leaf| leaf.not_after),
            key: key.unwrap_or_default(),
            parent: self.parent_dialled(),
            addresses: self.inner.addresses.clone(),
            folder: folder.path().display().to_string(),
            code_since: restore::code_in(folder)?.map(|sealed| sealed.made_at),
        })
    }

    /// Whom this office dials, and where, in the order in which it is tried; `None`: it is the root.
    pub fn parent_dialled(&self) -> Option<(OfficeId, Vec<String>)> {
        self.relay().office().parent.as_ref().map(|parent| (parent.office.clone(), self.relay().parent_addresses()))
    }

    /// Dials the parent there from now on: it has moved, or its line has. The key that must answer stays what it is, so a wrong address harms
    /// nothing but the line.
    pub async fn dial_parent(&self, addresses: Vec<String>, by: Option<Person>) -> Result<(OfficeId, Vec<String>), Refused> {
        let by = person(by)?;
        if self.parent_dialled().is_none() {
            return Err(Refusal::NoParent.into());
        }
        let addresses = tree::dialled(addresses)?;
        let (relay, to) = (self.relay().clone(), addresses.clone());
        let set = tokio::task::spawn_blocking(move || relay.set_parent_addresses(to)).await;
        set.map_err(|error| Refused::because(Refusal::Internal, error))?.map_err(opened::folder_refused)?;
        tracing::info!(by = by.id, addresses = addresses.join(" "), "the parent is dialled elsewhere");
        self.parent_dialled().ok_or_else(|| Refusal::NoParent.into())
    }

    /// Every direct child: its program and its rules. Of whoever is further below [`Office::pull_status`] asks.
    pub async fn children(&self) -> Result<Vec<Below>, Refused> {
        let (runs, links) = (self.rules_in_force().await?, self.links());
        let registry = self.relay().registry();
        let mut children: Vec<_> = registry.children(self.own()).cloned().collect();
        children.sort_by(|a, b| a.office.cmp(&b.office));
        let below = |entry: dutynet_relay::registry::Entry| {
            let link = links.iter().map(|(link, _)| link).find(|link| link.office == entry.office);
            let packs = runs.iter().find(|row| row.office == entry.office).and_then(|row| row.runs.as_ref());
            Below {
                has_node: entry.key.is_some(),
                certificate_until: link.and_then(|link| link.state.certificate_until),
                up: link.map(|link| link.state.up),
                software: link.map(|link| link.state.software.clone()).unwrap_or_default(),
                packs: packs.map(|runs| runs.stamp.to_string()).unwrap_or_default(),
                office: entry.office,
                name: entry.name,
            }
        };
        Ok(children.into_iter().map(below).collect())
    }

    /// Invitations that nobody has used yet, soonest to expire first; those that have expired are left out.
    pub fn open_invitations(&self) -> Result<Vec<OpenInvitation>, Refused> {
        let now = self.now();
        let open = self.relay().invitations()?;
        Ok(open.into_iter().filter(|invitation| invitation.valid_until >= now).collect())
    }

    /// Takes an invitation back that nobody has used yet; `secret` is its name in the list.
    pub async fn revoke_invitation(&self, secret: &str) -> Result<(), Refused> {
        let secret = Digest::parse(secret).ok_or(Refusal::InvitationUnreadable)?;
        Ok(self.relay().revoke_invitation(secret).await?)
    }
}
