//! Saved groups of offices (编组): this office's own, kept at home as records with their person. What was sent to a group stays as it was sent.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId, UnixMillis},
    journal::Place,
    record::{Mode, Person},
    writer::intent::Draft,
};

use super::{Office, Refused, notice, office_ids, person, shown};
use crate::{
    body::notice::{GROUP, GroupBody},
    domain::{
        form::Lines,
        notice::{Addressed, GROUP_CHARS_MAX, said},
    },
    text::refusal::Refusal,
};

/// A group to be saved, as it was typed.
#[derive(Debug, Clone)]
pub struct SaveGroup {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// Ids of offices.
    pub members: Vec<String>,
    /// Who saves it.
    pub by: Option<Person>,
}

/// A saved group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Offices, each once.
    pub members: BTreeSet<OfficeId>,
    /// Who saved it last.
    pub by: Option<Person>,
    /// When.
    pub saved_at: UnixMillis,
}

impl Office {
    /// Saves a group under its name, in the place of an earlier one.
    pub async fn save_group(&self, asked: SaveGroup) -> Result<Group, Refused> {
        let (by, name) = (person(asked.by)?, name(&asked.name)?);
        let members = office_ids(&asked.members)?;
        if members.is_empty() {
            return Err(Refusal::GroupEmpty.into());
        }
        let addressed = Addressed::Offices(members.clone()).checked(&self.relay().registry());
        addressed.map_err(notice::not_addressable)?;
        self.keep_group(asked.id, GroupBody { name, members }, by).await
    }

    /// Drops a group.
    pub async fn drop_group(&self, id: RecordId, name: &str, by: Option<Person>) -> Result<Group, Refused> {
        let (by, dropped) = (person(by)?, self.group(name).await?);
        self.keep_group(id, GroupBody { name: dropped.name.clone(), members: BTreeSet::new() }, by).await?;
        Ok(dropped)
    }

    /// Every group, by name.
    pub async fn groups(&self) -> Result<Vec<Group>, Refused> {
        self.caught_up().await?;
        let groups = self.inner.groups.all()?.into_iter().map(|place| self.group_at(place));
        let mut groups = groups.collect::<Result<Vec<_>, _>>()?;
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(groups)
    }

    /// The group of that name.
    pub(super) async fn group(&self, name: &str) -> Result<Group, Refused> {
        self.caught_up().await?;
        let place = self.inner.groups.get(name.trim())?;
        self.group_at(place.ok_or_else(|| Refused::about(Refusal::GroupUnknown, shown(name)))?)
    }

    fn group_at(&self, place: Place) -> Result<Group, Refused> {
        let stored = self.relay().store().stored(place)?;
        let body = GroupBody::decode(&stored.record.raw().body).map_err(|fault| Refused::because(Refusal::Internal, fault))?;
        let header = stored.record.header();
        Ok(Group { name: body.name, members: body.members, by: header.person.clone(), saved_at: header.recorded_at })
    }

    async fn keep_group(&self, id: RecordId, body: GroupBody, by: Person) -> Result<Group, Refused> {
        let draft = Draft {
            id,
            kind: GROUP.to_owned(),
            subject: body.name.clone(),
            lane: Lane::Routine,
            audience: Vec::new(),
            mode: Mode::Real,
            happened_at: None,
            learnt_at: None,
            person: Some(by.clone()),
            corrects: None,
            on_behalf_of: None,
            body: body.encode(),
        };
        self.submit(draft).await?;
        self.read_what_was_written().await;
        Ok(Group { name: body.name, members: body.members, by: Some(by), saved_at: self.now() })
    }
}

fn name(text: &str) -> Result<String, Refused> {
    said(text, GROUP_CHARS_MAX, Lines::One).map_err(|_| Refusal::GroupNameInvalid.into())
}
