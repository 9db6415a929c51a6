//! Who is in the tree: offices without a node, and invitations for those with one.

use std::time::Duration;

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    invitation::{ADDRESSES_MAX, is_address},
    record::Person,
    registry::{Entry, OfficeClass},
    relay::{NewOffice, Terms},
};

use super::{Office, Refused, guard::refuse_marked, office_id, person, shown};
use crate::{
    domain::{
        form::{Lines, words},
        secrecy::Written,
    },
    text::refusal::Refusal,
};

const NAME_CHARS_MAX: usize = 64;
const VALID_FOR: Duration = Duration::from_secs(7 * 86_400);
const VALID_FOR_MAX: Duration = Duration::from_secs(30 * 86_400);

/// A child to be, as it was typed.
#[derive(Debug, Clone)]
pub struct NewChild {
    /// Its id.
    pub office: String,
    /// Its name.
    pub name: String,
    /// Empty: it is no area.
    pub area_code: String,
    /// `None`: not said.
    pub class: Option<OfficeClass>,
    /// Who registers it.
    pub by: Option<Person>,
}

/// Whether an invitation is for a new office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacing {
    /// The office is new.
    Nothing,
    /// The office exists; its machine is replaced.
    Machine,
}

/// How long an invitation is good for, and where the child dials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationTerms {
    /// Zero: 7 days. At most 30.
    pub valid_for: Duration,
    /// `host:port`, first choice first; none: those of the configuration.
    pub addresses: Vec<String>,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// One line. A secret.
    pub invitation: String,
    /// By the clock of this office.
    pub valid_until: UnixMillis,
}

impl Office {
    /// Every office that is known here, each directly followed by what is below it.
    pub fn offices(&self) -> Vec<Entry> {
        let registry = self.relay().registry();
        let root = registry.path_up(self.own()).last().cloned();
        let tree = root.map(|root| registry.subtree(&root)).unwrap_or_default();
        tree.into_iter().map(|(_, entry)| entry.clone()).collect()
    }

    /// Everything below this office, in the order of the tree, each with its depth from 1.
    pub fn offices_below(&self) -> Vec<(usize, Entry)> {
        let registry = self.relay().registry();
        let tree = registry.subtree(self.own()).into_iter().filter(|(depth, _)| *depth > 0);
        tree.map(|(depth, entry)| (depth, entry.clone())).collect()
    }

    /// Registers a child without a node (无终端).
    pub async fn add_office(&self, new: NewChild) -> Result<Entry, Refused> {
        let by = person(new.by.clone())?;
        let new = checked(&new)?;
        let office = new.office.clone();
        if self.relay().registry().entry(&office).is_some() {
            return Err(Refused::about(Refusal::OfficeExists, office));
        }
        self.relay().add_office(new, by).await?;
        let entry = self.relay().registry().entry(&office).cloned();
        entry.ok_or_else(|| Refused::about(Refusal::Internal, office))
    }

    /// Makes a one-time invitation for a child with a node.
    pub async fn invite(&self, new: NewChild, replacing: Replacing, asked: InvitationTerms) -> Result<Invited, Refused> {
        let valid_for = if asked.valid_for.is_zero() { VALID_FOR } else { asked.valid_for };
        if valid_for > VALID_FOR_MAX {
            return Err(Refusal::InvitationTooLong.into());
        }
        let terms = Terms { valid_for, by: person(new.by.clone())? };
        let addresses = self.addresses(asked.addresses)?;
        let (invitation, valid_until) = match replacing {
            Replacing::Nothing => {
                let new = checked(&new)?;
                if self.relay().registry().entry(&new.office).is_some() {
                    return Err(Refused::about(Refusal::OfficeExists, new.office));
                }
                self.relay().invite(new, addresses, terms).await?
            }
            Replacing::Machine => {
                let office = self.child(&new.office)?;
                self.relay().invite_again(&office, addresses, terms).await?
            }
        };
        Ok(Invited { invitation, valid_until })
    }

    fn addresses(&self, asked: Vec<String>) -> Result<Vec<String>, Refused> {
        let addresses = if asked.is_empty() { self.inner.addresses.clone() } else { asked };
        if addresses.is_empty() {
            return Err(Refusal::NotListening.into());
        }
        dialled(addresses)
    }

    /// A direct child that exists.
    fn child(&self, text: &str) -> Result<OfficeId, Refused> {
        let (office, registry) = (office_id(text)?, self.relay().registry());
        match registry.entry(&office) {
            None => Err(Refused::about(Refusal::OfficeUnknown, office)),
            Some(entry) if entry.parent.as_ref() != Some(self.own()) => Err(Refused::about(Refusal::OfficeNotYours, office)),
            Some(_) => Ok(office),
        }
    }
}

/// An office that can be registered, or what is wrong with it.
pub(super) fn checked(new: &NewChild) -> Result<NewOffice, Refused> {
    Ok(NewOffice {
        office: office_id(&new.office)?,
        name: name(&new.name)?,
        area_code: area_code(&new.area_code)?,
        class: new.class.ok_or(Refusal::ClassInvalid)?,
    })
}

/// Addresses that can be dialled.
pub(super) fn dialled(addresses: Vec<String>) -> Result<Vec<String>, Refused> {
    match addresses.iter().find(|address| !is_address(address)) {
        Some(wrong) => Err(Refused::about(Refusal::AddressInvalid, shown(wrong))),
        None if addresses.is_empty() || addresses.len() > ADDRESSES_MAX => Err(Refusal::AddressInvalid.into()),
        None => Ok(addresses),
    }
}

/// A name of 1 to 64 characters.
fn name(text: &str) -> Result<String, Refused> {
    let kept = words(text, NAME_CHARS_MAX, Lines::One).ok().filter(|name| !name.is_empty());
    let kept = kept.ok_or(Refusal::NameInvalid)?;
    refuse_marked(&kept, Written::Text).map(|()| kept)
}

/// GB/T 2260 (6 digits), GB/T 10114 (9 digits), or nothing.
fn area_code(text: &str) -> Result<String, Refused> {
    let fits = matches!(text.len(), 0 | 6 | 9) && text.bytes().all(|b| b.is_ascii_digit());
    if fits { Ok(text.to_owned()) } else { Err(Refused::about(Refusal::AreaCodeInvalid, shown(text))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child() -> NewChild {
        let class = Some(OfficeClass::Township);
        NewChild { office: "440825001".into(), name: "徐城街道".into(), area_code: "440825001".into(), class, by: None }
    }

    #[test]
    fn a_child_is_taken_as_it_was_typed_or_refused_by_name() {
        assert_eq!(checked(&child()).unwrap().name, "徐城街道");
        let refusal = |child: NewChild| checked(&child).unwrap_err().refusal;
        assert_eq!(refusal(NewChild { office: "徐城".into(), ..child() }), Refusal::OfficeInvalid);
        assert_eq!(refusal(NewChild { name: " ".into(), ..child() }), Refusal::NameInvalid);
        assert_eq!(refusal(NewChild { name: "长".repeat(65), ..child() }), Refusal::NameInvalid);
        assert_eq!(refusal(NewChild { name: "徐\n城".into(), ..child() }), Refusal::NameInvalid);
        assert_eq!(refusal(NewChild { area_code: "44".into(), ..child() }), Refusal::AreaCodeInvalid);
        assert_eq!(refusal(NewChild { area_code: "44082x".into(), ..child() }), Refusal::AreaCodeInvalid);
        assert_eq!(refusal(NewChild { class: None, ..child() }), Refusal::ClassInvalid);
        assert!(checked(&NewChild { area_code: String::new(), ..child() }).is_ok());
    }
}
