//! How an office comes into being in a data folder: the root founds the tree, everybody else shows an invitation.

use std::sync::Arc;

use dutynet_relay::{
    backup::code::RecoveryCode,
    clock::SystemClock,
    folder::{DataFolder, OfficeFile},
    ids::Zone,
    invitation::InvitationText,
    join::{self, InvitationRefusal, JoinError, NewRoot},
};

use super::{NewChild, Refused, new_recovery_code, person, shown, tree};
use crate::{config::Config, serve::opened, text::refusal::Refusal};

/// An office that has come into being.
#[derive(Debug)]
pub struct Joined {
    /// Who it is.
    pub office: OfficeFile,
    /// It takes the place of a machine that is gone.
    pub replaces: bool,
    /// To be printed, once. `None`: none could be made; it can be asked for later.
    pub code: Option<RecoveryCode>,
}

/// Founds a tree in the empty data folder.
pub fn found(config: &Config, root: &NewChild, zone: &str) -> Result<Joined, Refused> {
    let office = tree::checked(root)?;
    let zone = Zone::parse(zone).map_err(|_| Refused::about(Refusal::ZoneInvalid, shown(zone)))?;
    refuse_another(config, office.office.as_str(), Refusal::FolderOfAnother)?;
    let folder = DataFolder::at(&config.data);
    let root = NewRoot {
        office: office.office,
        name: office.name,
        area_code: office.area_code,
        class: office.class,
        zone,
        by: person(root.by.clone())?,
    };
    let office = join::found(&folder, root, &SystemClock::default()).map_err(|error| refused(error, &folder))?;
    Ok(joined(config, office))
}

/// Enrols the office of an invitation in the empty data folder.
pub async fn enrol(config: &Config, invitation: &str) -> Result<Joined, Refused> {
    let invitation = InvitationText::decode(invitation).map_err(|fault| Refused::about(Refusal::InvitationUnreadable, fault))?;
    refuse_another(config, invitation.office.as_str(), Refusal::InvitationForAnother)?;
    let folder = DataFolder::at(&config.data);
    let joined = join::enrol(&folder, &invitation, Arc::new(SystemClock::default())).await;
    let enrolled = joined.map_err(|error| refused(error, &folder))?;
    Ok(Joined { replaces: enrolled.replaces.is_some(), ..self::joined(config, enrolled.office) })
}

/// The office is there whatever becomes of its recovery code.
fn joined(config: &Config, office: OfficeFile) -> Joined {
    let code = new_recovery_code(config);
    let code = code.inspect_err(|refused| tracing::warn!(code = refused.refusal.code(), "no recovery code was made")).ok();
    Joined { office, replaces: false, code }
}

fn refuse_another(config: &Config, office: &str, refusal: Refusal) -> Result<(), Refused> {
    match &config.office {
        Some(wanted) if wanted.as_str() != office => Err(Refused::about(refusal, office)),
        Some(_) | None => Ok(()),
    }
}

fn refused(error: JoinError, folder: &DataFolder) -> Refused {
    match error {
        JoinError::Folder(error) => opened::folder_refused(error),
        JoinError::Open(error) => opened::refused(error, folder),
        JoinError::Refused(refusal) => refusal.into(),
        JoinError::NotReachable(reason) => Refused::about(Refusal::ParentUnreachable, shown(&reason)),
        JoinError::RefusedByParent(InvitationRefusal::Unknown) => Refusal::InvitationUnknown.into(),
        JoinError::RefusedByParent(InvitationRefusal::Used) => Refusal::InvitationUsed.into(),
        JoinError::RefusedByParent(InvitationRefusal::Expired) => Refusal::InvitationExpired.into(),
        JoinError::RefusedByParent(InvitationRefusal::Other(reason)) => {
            Refused::about(Refusal::ParentUnreachable, shown(&reason))
        }
        JoinError::NotBelievable(what) => Refused::about(Refusal::ParentNotBelieved, what),
        JoinError::Machine(reason) => Refused::because(Refusal::Internal, reason),
    }
}
