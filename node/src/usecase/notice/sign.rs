//! Signing for a notice (签收): an officer of the addressed office, or one above who enters what that office said by telephone (代录).
//!
//! The same person's second signature is the first one. Everybody else's is one more; all are kept.

use dutynet_relay::{
    ids::{OfficeId, RecordId, RecordRef},
    record::{Audience, Person},
    writer::{RecordState, intent::Draft},
};

use super::{Held, faults_at, faulty};
use crate::{
    body::notice::{SIGNED, SignedBody},
    domain::{
        form::{Lines, words as kept},
        notice::{NAME_CHARS_MAX, PHONE_CHARS_MAX, REMARK_CHARS_MAX, ToldBy, may_sign, said},
        number::Number,
        sign_for::Signature,
    },
    text::{refusal::Refusal, words},
    usecase::{Office, Refused, person},
};

/// A signature as it was typed.
#[derive(Debug, Clone)]
pub struct SignNotice {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Number or reference of the notice.
    pub notice: String,
    /// May be empty.
    pub remark: String,
    /// Who signs, or who enters it.
    pub by: Option<Person>,
    /// The office that has said it by telephone; empty: this office signs for itself.
    pub on_behalf_of: String,
    /// Who said so, with the number.
    pub told_by: Option<ToldBy>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNotice {
    /// Its record.
    pub reference: RecordRef,
    /// Number of the notice.
    pub number: Number,
    /// Which office has signed.
    pub office: OfficeId,
    /// True: that person had signed already.
    pub folded: bool,
    /// How far it has got.
    pub state: RecordState,
}

impl Office {
    /// Signs for a notice.
    pub async fn sign_notice(&self, asked: SignNotice) -> Result<SignedNotice, Refused> {
        let by = person(asked.by)?;
        let remark = kept(&asked.remark, REMARK_CHARS_MAX, Lines::One);
        let remark = remark.map_err(|kinds| faulty(faults_at("remark", words::REMARK, kinds)))?;
        let told_by = telephone(&asked.on_behalf_of, asked.told_by)?;
        let notice = self.notice_named(&asked.notice).await?;
        if notice.removed {
            return Err(Refused::about(Refusal::NoticeRemoved, &notice.number));
        }
        let held = self.held_notice(notice)?;
        let office = self.signs_for(&asked.on_behalf_of, &held)?;
        let body = SignedBody { directive: held.notice.reference.clone(), remark, told_by };

        let _one_at_a_time = self.lock_on(&(&body.directive, &office)).await;
        self.caught_up().await?;
        let earlier = self.signatures(&body.directive, Some(&office))?;
        let same = earlier.iter().map(|(_, signature)| signature).find(|signature| self.is_same(signature, &by, &body));
        let (reference, folded) = match same {
            Some(signature) => (signature.reference.clone(), true),
            None => {
                let made = self.submit(self.signed_draft(&held, (&office, &body), (asked.id, by))).await?;
                self.read_what_was_written().await;
                (made.reference, made.folded)
            }
        };
        let state = self.relay().state_of(&reference)?.unwrap_or(RecordState::Saved);
        Ok(SignedNotice { reference, number: held.notice.number, office, folded, state })
    }

    /// Whether the same person has signed the same way before.
    fn is_same(&self, earlier: &Signature, by: &Person, body: &SignedBody) -> bool {
        let name = |told_by: &Option<ToldBy>| told_by.as_ref().map(|told| told.name.clone());
        earlier.reference.origin == *self.own() && earlier.by.id == by.id && name(&earlier.told_by) == name(&body.told_by)
    }

    /// The office that is to have signed: addressed, and ours to speak for.
    fn signs_for(&self, on_behalf_of: &str, held: &Held) -> Result<OfficeId, Refused> {
        let office = if on_behalf_of.is_empty() { self.own().clone() } else { self.within(on_behalf_of)? };
        let tree = self.relay().registry();
        if !held.addressed.holds(&office, &tree) {
            return Err(Refused::about(Refusal::NotAddressed, office));
        }
        if !may_sign(&tree, self.own(), &office, &held.notice.reference.origin) {
            return Err(Refused::about(Refusal::OfficeElsewhere, office));
        }
        Ok(office)
    }

    /// An own signature goes up to the sender; one on behalf goes down to the office as well, which must see what was said in its name.
    fn signed_draft(&self, held: &Held, (office, body): (&OfficeId, &SignedBody), (id, by): (RecordId, Person)) -> Draft {
        let sender = &held.notice.reference.origin;
        let up = (sender != self.own()).then(|| Audience::UpTo(sender.clone()));
        let on_behalf_of = (office != self.own()).then(|| office.clone());
        let down = on_behalf_of.iter().map(|office| Audience::Offices(vec![office.clone()]));
        Draft {
            id,
            kind: SIGNED.to_owned(),
            subject: body.directive.to_string(),
            lane: held.notice.urgency.answer_lane(),
            audience: up.into_iter().chain(down).collect(),
            mode: held.notice.mode,
            happened_at: None,
            learnt_at: None,
            person: Some(by),
            corrects: None,
            on_behalf_of,
            body: body.encode(),
        }
    }
}

/// Who telephoned goes with an office that was spoken for, and with nothing else.
fn telephone(on_behalf_of: &str, told_by: Option<ToldBy>) -> Result<Option<ToldBy>, Refused> {
    match (on_behalf_of.is_empty(), told_by) {
        (true, None) => Ok(None),
        (true, Some(_)) => Err(Refusal::OnBehalfMissing.into()),
        (false, None) => Err(Refusal::ToldByMissing.into()),
        (false, Some(told_by)) => {
            let name = said(&told_by.name, NAME_CHARS_MAX, Lines::One).map_err(|_| Refusal::ToldByMissing)?;
            let phone = said(&told_by.phone, PHONE_CHARS_MAX, Lines::One).map_err(|_| Refusal::ToldByMissing)?;
            Ok(Some(ToldBy { name, phone }))
        }
    }
}
