//! 送达: the node of an addressed office says, by itself and once, that it has a directive on its disk: a notice, or a step of a matter that
//! names it (an order, a part of one, a question, a warning that is passed on, a roll call).
//!
//! What is still to be said stands in the projection, whose cursor moves with it; the record's id is made from the directive and the office.
//! So a node that is killed in between says it after its next start, and one that has forgotten that it did says the same record again,
//! which folds wherever it is held.

use std::time::Duration;

use dutynet_relay::{
    ids::{Digest, Lane, OfficeId, RecordId, RecordRef},
    record::Audience,
    writer::{Stored, intent::Draft},
};
use tokio::sync::watch;

use crate::{
    body::notice::{DELIVERED, DeliveredBody},
    domain::{
        number::made_at,
        step::{MatterKind, StepForms},
    },
    projection::Notice,
    usecase::{Office, Refused},
};

/// Said in one go.
const AT_ONCE: usize = 64;
/// After something was refused (a full disk), until it is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// Says so for every directive that comes, until it is told to stop.
pub async fn deliver_by_itself(office: Office, mut stop: watch::Receiver<bool>) {
    let mut caught_up = office.inner.caught_up.clone();
    loop {
        let more = office.deliver().await;
        if let Err(refused) = &more {
            tracing::warn!(%refused, "what was delivered could not be said; it is tried again");
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(PAUSE), if more.is_err() => {}
            () = caught_up.moved(), if matches!(more, Ok(false)) => {}
            () = std::future::ready(()), if matches!(more, Ok(true)) => {}
        }
    }
}

impl Office {
    /// Says it of some; true: there may be more.
    async fn deliver(&self) -> Result<bool, Refused> {
        let waiting = self.inner.notices.undelivered(AT_ONCE)?;
        for reference in &waiting {
            if let Some(notice) = self.inner.notices.get(reference)? {
                self.submit(delivered(&notice, self.own())).await?;
            }
            self.inner.notices.was_delivered(reference)?;
        }
        let steps = self.inner.matters.undelivered(AT_ONCE)?;
        for (step, matter) in &steps {
            if let Some(stored) = self.relay().store().record(step)? {
                self.submit(self.step_delivered(&stored, matter)).await?;
            }
            self.inner.matters.was_delivered(step)?;
        }
        Ok(waiting.len().max(steps.len()) == AT_ONCE)
    }

    /// The same of a step of a matter. Who began the matter is told, and everybody on the way there. The clock of a roll call runs from it, at
    /// every tier that sees the call: so it goes as far and as fast as the answer will.
    fn step_delivered(&self, stored: &Stored, matter: &RecordRef) -> Draft {
        let (header, step) = (stored.record.header(), stored.record.reference());
        let is_call = StepForms::built_in().of_record_kind(&header.kind).is_some_and(|form| form.matter == MatterKind::RollCall);
        let lane = match header.lane() {
            Lane::Flash if is_call => Lane::Flash,
            Lane::Control | Lane::Flash | Lane::Urgent => Lane::Urgent,
            Lane::Routine => Lane::Routine,
        };
        let audience = if is_call { self.upwards() } else { vec![Audience::UpTo(matter.origin.clone())] };
        Draft {
            id: delivered_id(&step, self.own()),
            kind: DELIVERED.to_owned(),
            subject: step.to_string(),
            lane,
            audience,
            mode: header.mode,
            happened_at: None,
            learnt_at: Some(stored.received_at),
            person: None,
            corrects: None,
            on_behalf_of: None,
            body: DeliveredBody { directive: step, matter: Some(matter.clone()) }.encode(),
        }
    }
}

fn delivered(notice: &Notice, own: &OfficeId) -> Draft {
    Draft {
        id: delivered_id(&notice.reference, own),
        kind: DELIVERED.to_owned(),
        subject: notice.reference.to_string(),
        lane: notice.urgency.answer_lane(),
        audience: vec![Audience::UpTo(notice.reference.origin.clone())],
        mode: notice.mode,
        happened_at: None,
        learnt_at: None,
        person: None,
        corrects: None,
        on_behalf_of: None,
        body: DeliveredBody { directive: notice.reference.clone(), matter: None }.encode(),
    }
}

/// The same for one directive and one office, whoever asks and how often.
fn delivered_id(directive: &RecordRef, office: &OfficeId) -> RecordId {
    let digest = Digest::of("dutynet.delivered.1", &[directive.to_string().as_bytes(), b"/", office.as_str().as_bytes()]);
    let mut random = [0; 10];
    random.copy_from_slice(&digest.0[..10]);
    RecordId::from_parts(made_at(&directive.id), random)
}

#[cfg(test)]
mod tests {
    use dutynet_relay::ids::UnixMillis;

    use super::*;

    #[test]
    fn an_office_says_the_same_record_of_a_directive_for_ever() {
        let id = |text: &str| OfficeId::parse(text).unwrap();
        let directive = |n| RecordRef { origin: id("p"), id: RecordId::from_parts(UnixMillis(7), [n; 10]) };
        let made = delivered_id(&directive(1), &id("a"));
        assert_eq!(made, delivered_id(&directive(1), &id("a")));
        assert_ne!(made, delivered_id(&directive(2), &id("a")));
        assert_ne!(made, delivered_id(&directive(1), &id("b")));
        assert_eq!(made_at(&made), UnixMillis(7));
    }
}
