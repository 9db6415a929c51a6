//! Destroying the words of a record (销毁): of this office's own, or of an office below, by a person and for a reason that stays.

use dutynet_relay::{
    ids::{Digest, RecordId, RecordRef},
    record::{Destruction, Person},
    relay::Made,
    writer::intent::Destroying,
};

use super::{Office, Refused, guard::refuse_marked, person, shown};
use crate::{
    domain::{
        form::{Lines, words},
        number::{made_at, parse_reference},
        secrecy::Written,
    },
    text::refusal::Refusal,
};

/// Longest reason, characters.
const REASON_CHARS_MAX: usize = 160;

/// What is to be destroyed, as it was typed.
#[derive(Debug, Clone)]
pub struct Destroy {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// `<office>/<record id>`.
    pub record: String,
    /// Why.
    pub reason: String,
    /// Who has decided it.
    pub by: Option<Person>,
}

/// What was destroyed, and by which record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destroyed {
    /// What.
    pub record: RecordRef,
    /// The record that says so, with the reason.
    pub destruction: RecordRef,
    /// It had been destroyed before.
    pub folded: bool,
}

impl Office {
    /// Destroys a record. Nobody reads its words here from now on; the disks of all who have it are rid of them soon after.
    pub async fn destroy(&self, asked: Destroy) -> Result<Destroyed, Refused> {
        let target = target(&asked.record)?;
        let reason = words(&asked.reason, REASON_CHARS_MAX, Lines::One).ok().filter(|reason| !reason.is_empty());
        let reason = reason.ok_or(Refusal::DestroyReason)?;
        refuse_marked(&reason, Written::Text)?;
        let (record, by) = (target.clone(), person(asked.by)?);
        self.caught_up().await?;
        let destroying = Destroying { id: asked.id, destruction: Destruction { target, reason }, by };
        let Made { reference: destruction, folded } = self.destroy_with_files(destroying).await?;
        Ok(Destroyed { record, destruction, folded })
    }

    /// What its files are called, and the files, go with it.
    pub(super) async fn destroy_with_files(&self, destroying: Destroying) -> Result<Made, Refused> {
        let attached = self.inner.attachments.of_record(&destroying.destruction.target)?;
        let made = self.relay().destroy(destroying.clone()).await?;
        for target in attached {
            let id = beside(&destroying.id, &target);
            let destruction = Destruction { target, reason: destroying.destruction.reason.clone() };
            self.relay().destroy(Destroying { id, destruction, by: destroying.by.clone() }).await?;
        }
        Ok(made)
    }
}

/// Id of a further destruction that belongs to one: the same whenever it is tried again.
fn beside(id: &RecordId, target: &RecordRef) -> RecordId {
    let digest = Digest::of("dutynet.destroyed-beside.1", &[&id.0, target.to_string().as_bytes()]);
    let mut random = [0; 10];
    random.copy_from_slice(&digest.0[..10]);
    RecordId::from_parts(made_at(id), random)
}

/// The record that is meant.
pub(super) fn target(text: &str) -> Result<RecordRef, Refused> {
    parse_reference(text).ok_or_else(|| Refused::about(Refusal::RecordUnknown, shown(text)))
}
