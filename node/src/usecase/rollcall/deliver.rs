//! 送达 of a call: the node of a called office says, by itself and once, that it has it. From then on the answering time runs.
//!
//! As with notices, what is still to be said stands in the projection, and the record's id is made from the call and the office.

use bytes::Bytes;
use dutynet_relay::{ids::Lane, writer::intent::Draft};

use crate::{
    body::step::StepBody,
    domain::{
        matter::StepLink,
        rollcall::course::{DELIVERED, DELIVERED_CALL},
    },
    usecase::{Office, Refused, notice::delivered_id},
};

impl Office {
    /// Says it of some; true: there may be more.
    pub(in crate::usecase) async fn deliver_calls(&self, at_once: usize) -> Result<bool, Refused> {
        let waiting = self.inner.matters.unsaid(at_once)?;
        for (matter, step) in &waiting {
            if let Some(held) = self.relay().store().record(step)? {
                let body = StepBody {
                    form: DELIVERED.to_owned(),
                    version: 1,
                    answers: Vec::new(),
                    links: vec![StepLink { role: DELIVERED_CALL.to_owned(), record: step.clone() }],
                    office: self.own().clone(),
                    entered: None,
                    first: None,
                    rules: Vec::new(),
                    to: Vec::new(),
                    table: Bytes::new(),
                };
                let draft = Draft {
                    id: delivered_id(step, self.own()),
                    kind: format!("{DELIVERED}/1"),
                    subject: matter.to_string(),
                    lane: Lane::Flash,
                    audience: self.upwards(),
                    mode: held.record.header().mode,
                    happened_at: None,
                    learnt_at: None,
                    person: None,
                    corrects: None,
                    on_behalf_of: None,
                    body: body.encode(),
                };
                self.submit(draft).await?;
            }
            self.inner.matters.was_said((matter, step))?;
        }
        Ok(waiting.len() == at_once)
    }
}
