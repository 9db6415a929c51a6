//! 催办: whoever waits for something chases its debtor, on the record. The record goes down to the debtor, which sees each chase.

use dutynet_relay::{
    ids::{Lane, RecordId, RecordRef, UnixMillis},
    record::{Audience, Person},
    writer::intent::Draft,
};

use crate::{
    body::special::{CHASED, CHASED_PERSON_CHARS_MAX, CHASED_PHONE_CHARS_MAX, CHASED_RESULT_CHARS_MAX, ChaseBy, ChasedBody},
    domain::{
        form::{Lines, words},
        obligation::Key,
    },
    text::refusal::Refusal,
    usecase::{Office, Refused, person, shown},
};

/// A chase to be recorded.
#[derive(Debug, Clone)]
pub struct ChaseDue {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// For what.
    pub key: String,
    /// By which way.
    pub way: ChaseBy,
    /// Who was spoken to; may be empty unless by telephone.
    pub person: String,
    /// At which number; may be empty.
    pub phone: String,
    /// What was answered; may be empty unless by telephone.
    pub result: String,
    /// Who chased.
    pub by: Option<Person>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChasedDue {
    /// Its record.
    pub reference: RecordRef,
    /// True: it was held already.
    pub folded: bool,
}

/// A chase as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownChase {
    /// Its record.
    pub reference: RecordRef,
    /// Name of the office that chased.
    pub name: String,
    /// Who.
    pub by: Option<Person>,
    /// When, by that office's clock.
    pub recorded_at: UnixMillis,
    /// What it says.
    pub body: ChasedBody,
}

impl Office {
    /// Records that a debtor was chased.
    pub async fn chase_due(&self, asked: ChaseDue) -> Result<ChasedDue, Refused> {
        let by = person(asked.by.clone())?;
        let unknown = || Refused::about(Refusal::DueUnknown, shown(&asked.key));
        let key = Key::parse(&asked.key).ok_or_else(unknown)?;
        self.caught_up().await?;
        let owed = self.due_named(&key, self.now())?.ok_or_else(unknown)?;
        if owed.debtor == *self.own() || !self.relay().registry().is_within(&owed.debtor, self.own()) {
            return Err(Refused::about(Refusal::NotBelow, &owed.debtor));
        }
        if owed.is_closed() {
            return Err(Refused::about(Refusal::ChaseClosed, &key));
        }
        let said = |text: &str, max, lines| words(text, max, lines).map_err(|_| Refused::from(Refusal::ChaseFaults));
        let body = ChasedBody {
            key,
            debtor: owed.debtor.clone(),
            way: asked.way,
            person: said(&asked.person, CHASED_PERSON_CHARS_MAX, Lines::One)?,
            phone: said(&asked.phone, CHASED_PHONE_CHARS_MAX, Lines::One)?,
            result: said(&asked.result, CHASED_RESULT_CHARS_MAX, Lines::Many)?,
        };
        if body.way == ChaseBy::Telephone && (body.person.is_empty() || body.result.is_empty()) {
            return Err(Refusal::ChaseFaults.into());
        }
        let (mode, below) = (owed.mode, Audience::Offices(vec![owed.debtor]));
        let draft = Draft {
            id: asked.id,
            kind: CHASED.to_owned(),
            subject: body.subject(),
            lane: Lane::Urgent,
            audience: self.upwards().into_iter().chain([below]).collect(),
            mode,
            happened_at: None,
            learnt_at: None,
            person: Some(by),
            corrects: None,
            on_behalf_of: None,
            body: body.encode(),
        };
        let made = self.submit(draft).await?;
        self.read_what_was_written().await;
        Ok(ChasedDue { reference: made.reference, folded: made.folded })
    }

    /// Every chase for an obligation, oldest first.
    pub(super) fn chases_of(&self, key: &Key) -> Result<Vec<ShownChase>, Refused> {
        let mut chases = Vec::new();
        for place in self.inner.dues.chases(key)? {
            let stored = self.relay().store().stored(place)?;
            let header = stored.record.header();
            // One whose words were destroyed says nothing any more.
            let Ok(body) = ChasedBody::decode(&stored.record.raw().body) else { continue };
            chases.push(ShownChase {
                reference: stored.record.reference(),
                name: self.name_of(&header.origin),
                by: header.person.clone(),
                recorded_at: header.recorded_at,
                body,
            });
        }
        chases.sort_by_key(|chase| chase.recorded_at);
        Ok(chases)
    }
}
