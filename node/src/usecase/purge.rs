//! 清除: what should never have been in this system goes from every node that has it, and each says when nothing is left.
//!
//! Built on destruction, which keeps chains and seals whole: a purge is a destruction, and beside it a record that asks for answers. An office's
//! node answers by itself, once, when the body is off its disk, its index on fresh files and the files of the record are removed; a file that
//! another record names goes when that one does. Nobody is asked to believe that it is done before that.

use std::{collections::BTreeSet, time::Duration};

use dutynet_relay::{
    ids::{Digest, Lane, OfficeId, RecordId, RecordRef, UnixMillis},
    record::{Audience, Mode, Person},
    registry::Registry,
    writer::intent::Draft,
};
use tokio::sync::watch;

use super::{Destroy, Office, Refused, destroy::target, person};
use crate::{
    body::secrecy::{PURGE, PURGED, PurgeBody, PurgedBody},
    domain::number::made_at,
    projection::Purge,
    text::refusal::Refusal,
};

/// Answered in one go.
const AT_ONCE: usize = 64;
/// While something is still on the disk, or was refused, until it is looked at again.
const PAUSE: Duration = Duration::from_millis(500);

/// What is to be purged, as it was typed.
#[derive(Debug, Clone)]
pub struct PurgeRecord {
    /// Of the record that asks for it; made by the client before its first attempt.
    pub id: RecordId,
    /// What is to be destroyed, by whom and why.
    pub destroy: Destroy,
}

/// How far a purge has got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purged {
    /// What goes.
    pub record: RecordRef,
    /// Who asked for it.
    pub by: Option<Person>,
    /// When.
    pub asked_at: UnixMillis,
    /// Every office with a node that was to have it; where another office asked, this one alone.
    pub offices: Vec<PurgeOffice>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurgeOffice {
    /// Which.
    pub office: OfficeId,
    /// Its name.
    pub name: String,
    /// When it said that nothing is left, by its own clock.
    pub confirmed_at: Option<UnixMillis>,
}

/// Answers purges until it is told to stop.
pub async fn confirm_by_itself(office: Office, mut stop: watch::Receiver<bool>) {
    let mut caught_up = office.inner.caught_up.clone();
    loop {
        let waits = office.confirm().await;
        if let Err(refused) = &waits {
            tracing::warn!(%refused, "a purge could not be answered; it is tried again");
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(PAUSE), if !matches!(waits, Ok(0)) => {}
            () = caught_up.moved() => {}
        }
    }
}

impl Office {
    /// Destroys a record and asks everybody who has it to say when nothing of it is left.
    pub async fn purge(&self, asked: PurgeRecord) -> Result<Purged, Refused> {
        let (by, record) = (person(asked.destroy.by.clone())?, target(&asked.destroy.record)?);
        let destruction = self.destroy(asked.destroy).await?.destruction;
        if let Some(earlier) = self.purge_of(&record).await? {
            return self.purged(&earlier);
        }
        let stored = self.relay().store().record(&destruction)?;
        let audience = stored.map(|stored| stored.record.header().audience.clone()).unwrap_or_default();
        let body = PurgeBody { record: record.clone() }.encode();
        self.submit(asking((PURGE, &record), audience, (asked.id, Some(by)), body)).await?;
        let made = self.purge_of(&record).await?.ok_or(Refusal::Internal)?;
        self.purged(&made)
    }

    /// Every purge that this office knows of, newest first.
    pub async fn purges(&self) -> Result<Vec<Purged>, Refused> {
        self.caught_up().await?;
        let purges = self.inner.secrecy.purges()?;
        let mut purges = purges.iter().map(|purge| self.purged(purge)).collect::<Result<Vec<_>, _>>()?;
        purges.sort_by_key(|purge| std::cmp::Reverse(purge.asked_at));
        Ok(purges)
    }

    async fn purge_of(&self, record: &RecordRef) -> Result<Option<Purge>, Refused> {
        self.caught_up().await?;
        Ok(self.inner.secrecy.purges()?.into_iter().find(|purge| purge.target == *record))
    }

    fn purged(&self, purge: &Purge) -> Result<Purged, Refused> {
        let stored = self.relay().store().stored(purge.place)?;
        let (header, tree) = (stored.record.header(), self.relay().registry());
        let mut offices = Vec::new();
        for office in reached(&tree, &header.origin, &header.audience) {
            // Answers go to whoever asked: of the others nothing is known elsewhere.
            let told = header.origin == *self.own() || office == *self.own();
            let Some(entry) = tree.entry(&office).filter(|entry| told && entry.key.is_some()) else { continue };
            let confirmed_at = self.inner.secrecy.purged_at(&purge.target, &office)?;
            offices.push(PurgeOffice { name: entry.name.clone(), office, confirmed_at });
        }
        Ok(Purged { record: purge.target.clone(), by: header.person.clone(), asked_at: header.recorded_at, offices })
    }

    /// Answers what it can; how many still wait.
    async fn confirm(&self) -> Result<usize, Refused> {
        let mut waits = 0;
        for purge in self.inner.secrecy.unpurged(AT_ONCE)? {
            if !self.nothing_is_left(&purge.target)? {
                waits += 1;
                continue;
            }
            let asker = self.relay().store().stored(purge.place)?.record.header().origin.clone();
            self.submit(self.answer(&purge.target, &asker)).await?;
            self.inner.secrecy.was_purged(&purge.target)?;
        }
        Ok(waits)
    }

    /// Whether its words are gone, and the files that belonged to it and to no other record.
    fn nothing_is_left(&self, record: &RecordRef) -> Result<bool, Refused> {
        let store = self.relay().store();
        if store.destruction_of(record)?.is_none() || !store.hollowing().is_empty() {
            return Ok(false);
        }
        if store.record(record)?.is_some_and(|held| self.relay().holds_files_of(held.record.header())) {
            return Ok(false);
        }
        Ok(!self.inner.secrecy.awaits_fresh_files()?)
    }

    fn answer(&self, record: &RecordRef, asker: &OfficeId) -> Draft {
        let tree = self.relay().registry();
        let audience = match asker {
            own if own == self.own() => Vec::new(),
            above if tree.is_ancestor(above, self.own()) => vec![Audience::UpTo(above.clone())],
            elsewhere => vec![Audience::Offices(vec![elsewhere.clone()])],
        };
        let body = PurgedBody { record: record.clone() }.encode();
        asking((PURGED, record), audience, (purged_id(record, self.own()), None), body)
    }
}

fn asking(
    (kind, record): (&str, &RecordRef),
    audience: Vec<Audience>,
    (id, person): (RecordId, Option<Person>),
    body: bytes::Bytes,
) -> Draft {
    Draft {
        id,
        kind: kind.to_owned(),
        subject: record.to_string(),
        lane: Lane::Control,
        audience,
        mode: Mode::Real,
        happened_at: None,
        learnt_at: None,
        person,
        corrects: None,
        on_behalf_of: None,
        body,
    }
}

/// Every office that a record of that audience passes or reaches, its maker too.
fn reached(tree: &Registry, from: &OfficeId, audience: &[Audience]) -> BTreeSet<OfficeId> {
    let mut offices = BTreeSet::from([from.clone()]);
    for clause in audience {
        match clause {
            Audience::UpTo(top) => offices.extend(way(tree, from, top)),
            Audience::Subtree(top) => {
                offices.extend(way(tree, from, top));
                offices.extend(tree.subtree(top).into_iter().map(|(_, entry)| entry.office.clone()));
            }
            Audience::Offices(ids) => offices.extend(ids.iter().flat_map(|id| way(tree, from, id))),
        }
    }
    offices
}

/// Both ends and everybody between: up to where their ways to the root meet, and down.
fn way(tree: &Registry, from: &OfficeId, to: &OfficeId) -> Vec<OfficeId> {
    let (up, down): (Vec<_>, Vec<_>) = (tree.path_up(from).cloned().collect(), tree.path_up(to).cloned().collect());
    let meets = up.iter().find(|office| down.contains(office)).cloned();
    let through = |leg: Vec<OfficeId>| {
        let stops = leg.iter().position(|office| Some(office) == meets.as_ref()).map_or(0, |at| at + 1);
        leg.into_iter().take(stops)
    };
    through(up).chain(through(down)).collect()
}

/// The same for one record and one office, whoever asks and how often.
fn purged_id(record: &RecordRef, office: &OfficeId) -> RecordId {
    let digest = Digest::of("dutynet.purged.1", &[record.to_string().as_bytes(), b"/", office.as_str().as_bytes()]);
    let mut random = [0; 10];
    random.copy_from_slice(&digest.0[..10]);
    RecordId::from_parts(made_at(&record.id), random)
}
