//! 涉密事项登记: that a classified item exists, and nothing of it. The records stay at home.

use dutynet_relay::{
    ids::{Lane, RecordId, RecordRef, UnixMillis},
    record::{Mode, Person},
    writer::intent::Draft,
};

use super::{Office, Refused, file::at, person};
use crate::{
    body::{
        WORD_CHARS_MAX,
        secrecy::{CLASSIFIED, ClassifiedBody},
    },
    domain::form::{Fault, FaultKind, Lines, words as kept},
    text::words,
};

/// An item as it was typed.
#[derive(Debug, Clone)]
pub struct AddClassified {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// May be empty.
    pub number: String,
    /// The approved channel.
    pub channel: String,
    /// Who received it.
    pub receiver: String,
    /// `None`: now.
    pub received_at: Option<UnixMillis>,
    /// Who enters it.
    pub by: Option<Person>,
}

/// An item of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassifiedItem {
    /// Its record.
    pub reference: RecordRef,
    /// What it says.
    pub body: ClassifiedBody,
    /// Who entered it.
    pub by: Option<Person>,
    /// When.
    pub recorded_at: UnixMillis,
}

impl Office {
    /// Registers one.
    pub async fn add_classified(&self, asked: AddClassified) -> Result<ClassifiedItem, Refused> {
        let (by, now) = (person(asked.by.clone())?, self.now());
        let body = checked(&asked, now)?;
        let draft = Draft {
            id: asked.id,
            kind: CLASSIFIED.to_owned(),
            subject: String::new(),
            lane: Lane::Routine,
            audience: Vec::new(),
            mode: Mode::Real,
            happened_at: Some(body.received_at),
            learnt_at: None,
            person: Some(by.clone()),
            corrects: None,
            on_behalf_of: None,
            body: body.encode(),
        };
        let made = self.submit(draft).await?;
        self.read_what_was_written().await;
        Ok(ClassifiedItem { reference: made.reference, body, by: Some(by), recorded_at: now })
    }

    /// All of them, newest first.
    pub async fn classified(&self) -> Result<Vec<ClassifiedItem>, Refused> {
        self.caught_up().await?;
        let mut items = Vec::new();
        for place in self.inner.secrecy.items()?.into_iter().rev() {
            let stored = self.relay().store().stored(place)?;
            // One whose words were destroyed is none any more.
            let Ok(body) = ClassifiedBody::decode(&stored.record.raw().body) else { continue };
            let header = stored.record.header();
            let (by, recorded_at) = (header.person.clone(), header.recorded_at);
            items.push(ClassifiedItem { reference: stored.record.reference(), body, by, recorded_at });
        }
        Ok(items)
    }
}

/// Every fault at once, each at its field.
fn checked(asked: &AddClassified, now: UnixMillis) -> Result<ClassifiedBody, Refused> {
    let mut faults: Vec<Fault> = Vec::new();
    let mut word = |field: &str, label: &str, text: &str, needed: Needed| {
        let kinds = match kept(text, WORD_CHARS_MAX, Lines::One) {
            Ok(word) if word.is_empty() && needed == Needed::Yes => vec![FaultKind::Missing],
            Ok(word) => return word,
            Err(kinds) => kinds,
        };
        faults.extend(at(field, label, kinds));
        String::new()
    };
    let body = ClassifiedBody {
        number: word("number", words::PAPER_NUMBER, &asked.number, Needed::No),
        channel: word("channel", words::SECURE_CHANNEL, &asked.channel, Needed::Yes),
        receiver: word("receiver", words::RECEIVER, &asked.receiver, Needed::Yes),
        received_at: asked.received_at.unwrap_or(now),
    };
    if faults.is_empty() { Ok(body) } else { Err(Refused::at_fields(faults)) }
}

#[derive(PartialEq, Eq)]
enum Needed {
    Yes,
    No,
}
