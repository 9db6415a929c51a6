//! Files that go with a step. They are looked at before the step is taken, as the node will look at them: a step is not taken for files that
//! would be refused. They belong to a record of their own, so that the step waits for none of them.

use bytes::Bytes;
use dutynet_proto::{api, record};

use super::{send, sent};
use crate::{
    cli::{
        args::{By, attachment::Attach},
        client::Node,
        convert, person,
        told::Told,
    },
    text::refusal::Refusal,
};

/// What is added once the step is taken.
pub(in crate::cli) struct Beside {
    head: api::AddAttachmentsHead,
    files: Vec<send::Local>,
}

/// Files of a step with that id; `None`: it has none.
pub(in crate::cli) fn beside(attach: &Attach, (step, by): (&Bytes, &By)) -> Result<Option<Beside>, Told> {
    if attach.files.is_empty() {
        return Ok(None);
    }
    if attach.plain.by.trim().is_empty() {
        return Err(Told::of(Refusal::AttachmentNotPlain));
    }
    let files = send::open(&attach.files)?;
    files.iter().try_for_each(send::Local::looked_at)?;
    let head = api::AddAttachmentsHead {
        id: next_to(step),
        record: String::new(),
        stated_plain_by: attach.plain.by.clone(),
        by: Some(person::named(by)?),
    };
    Ok(Some(Beside { head, files }))
}

/// The same for the same step, so that a retry of both folds; another one than the step's.
fn next_to(step: &Bytes) -> Bytes {
    let mut id = step.to_vec();
    if let Some(last) = id.last_mut() {
        *last ^= 1;
    }
    id.into()
}

impl Beside {
    /// Adds them to the step that was taken.
    pub(in crate::cli) async fn added_to(mut self, node: &Node, step: Option<&record::RecordRef>) -> Result<(), Told> {
        let step = convert::reference(step);
        self.head.record = format!("{}/{}", step.origin, step.id);
        let added = sent(node, &self.head, (&self.files[..], &[][..])).await;
        added.map(|_| ()).map_err(|told| told.about(crate::text::attachment::step_is_taken(&self.head.record)))
    }
}
