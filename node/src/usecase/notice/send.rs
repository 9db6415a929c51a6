//! Sending a notice to offices below.
//!
//! A group is its members of this moment: they stand in the signed header, so that a later edit of the group changes nothing.

use dutynet_relay::{
    ids::{RecordId, RecordRef, UnixMillis},
    record::{Mode, Person},
    writer::{RecordState, intent::Draft},
};

use super::{faults_at, faulty, not_addressable};
use crate::{
    body::notice::{NOTICE, NoticeBody},
    domain::{
        form::{Fault, Lines},
        notice::{Addressed, TEXT_CHARS_MAX, TITLE_CHARS_MAX, Urgency, said},
        number::Number,
    },
    text::{refusal::Refusal, words},
    usecase::{Office, Refused, office_ids, person},
};

/// A notice as it was typed.
#[derive(Debug, Clone)]
pub struct SendNotice {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// One line.
    pub title: String,
    /// What there is to say.
    pub text: String,
    /// `None`: not said.
    pub urgency: Option<Urgency>,
    /// When everybody is to have signed.
    pub sign_by: Option<UnixMillis>,
    /// `None`: not said, or more than one.
    pub to: Option<To>,
    /// Who sends it.
    pub by: Option<Person>,
    /// Real, exercise or test.
    pub mode: Mode,
}

/// To whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// Everything below this office.
    EverybodyBelow,
    /// These.
    Offices(Vec<String>),
    /// The members that a saved group has now.
    Group(String),
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentNotice {
    /// Its record.
    pub reference: RecordRef,
    /// 事项编号
    pub number: Number,
    /// How many offices are addressed.
    pub addressed: usize,
    /// True: it had been sent already.
    pub folded: bool,
    /// How far it has got.
    pub state: RecordState,
}

impl Office {
    /// Sends a notice. It is on disk when this returns; lines carry it when they are up.
    pub async fn send_notice(&self, asked: SendNotice) -> Result<SentNotice, Refused> {
        let by = person(asked.by.clone())?;
        let (title, text) = words_of(&asked)?;
        let urgency = asked.urgency.ok_or(Refusal::UrgencyMissing)?;
        if asked.sign_by.is_some_and(|at| at <= self.now()) {
            return Err(Refusal::SignByPast.into());
        }
        let (addressed, group) = self.addressed(asked.to).await?;
        let addressed = addressed.checked(&self.relay().registry()).map_err(not_addressable)?;
        let reference = RecordRef { origin: self.own().clone(), id: asked.id };
        let number = Number::of(&reference);
        let body = NoticeBody { number: number.clone(), title, text, urgency, sign_by: asked.sign_by, group };
        let made = self.submit(draft(&body, &addressed, (asked.id, asked.mode, by))).await?;
        self.read_what_was_written().await;
        let state = self.relay().state_of(&made.reference)?.unwrap_or(RecordState::Saved);
        Ok(SentNotice { reference, number, addressed: self.how_many(&addressed), folded: made.folded, state })
    }

    async fn addressed(&self, to: Option<To>) -> Result<(Addressed, String), Refused> {
        match to.ok_or(Refusal::AudienceUnclear)? {
            To::EverybodyBelow => Ok((Addressed::Below(self.own().clone()), String::new())),
            To::Offices(offices) => Ok((Addressed::Offices(office_ids(&offices)?), String::new())),
            To::Group(name) => {
                let group = self.group(&name).await?;
                Ok((Addressed::Offices(group.members), group.name))
            }
        }
    }

    fn how_many(&self, addressed: &Addressed) -> usize {
        match addressed {
            Addressed::Below(top) => self.relay().registry().subtree(top).len() - 1,
            Addressed::Offices(offices) => offices.len(),
        }
    }
}

impl SendNotice {
    /// What is wrong with its title and its text.
    pub fn faults(&self) -> Vec<Fault> {
        words_of(self).err().map(|refused| refused.faults).unwrap_or_default()
    }
}

/// Title and text as they are kept, or every fault of both.
fn words_of(asked: &SendNotice) -> Result<(String, String), Refused> {
    let title = said(&asked.title, TITLE_CHARS_MAX, Lines::One);
    let text = said(&asked.text, TEXT_CHARS_MAX, Lines::Many);
    match (title, text) {
        (Ok(title), Ok(text)) => Ok((title, text)),
        (title, text) => {
            let mut faults = faults_at("title", words::TITLE, title.err().unwrap_or_default());
            faults.extend(faults_at("text", words::TEXT, text.err().unwrap_or_default()));
            Err(faulty(faults))
        }
    }
}

fn draft(body: &NoticeBody, addressed: &Addressed, (id, mode, by): (RecordId, Mode, Person)) -> Draft {
    Draft {
        id,
        kind: NOTICE.to_owned(),
        subject: body.number.to_string(),
        lane: body.urgency.lane(),
        audience: addressed.to_audience(),
        mode,
        happened_at: None,
        learnt_at: None,
        person: Some(by),
        corrects: None,
        on_behalf_of: None,
        body: body.encode(),
    }
}
