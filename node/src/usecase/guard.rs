//! 明件 only: the three doors through which words come in, each with the same judge ([`secrecy`]).
//!
//! At save and at send: every record of this office goes through [`Office::submit`], every draft through [`Office::keep_for_itself`], whatever
//! use case makes it and whenever its words were written. At receipt: relay asks [`Guard`] before anything is kept. What is turned away is
//! on no disk of whoever turned it away, and stands in no log.
//!
//! Words are found in any body that is protobuf or plain text, also of a kind that this program does not know. Bytes in which no words can
//! be seen (packed, or enciphered by another program) are carried as bytes.

use bytes::Bytes;
use dutynet_relay::{
    ids::FileRef,
    inspect::Inspector,
    record::{Header, Person},
    relay::Made,
    writer::intent::Draft,
};

use super::{Office, Refused};
use crate::{
    body::attached::FILES_ATTACHED,
    domain::secrecy::{Mark, Written, mark_in, strings_of},
    text::{refusal::Refusal, secrecy},
};

/// The door for what neighbours send.
#[derive(Debug, Clone, Copy)]
pub struct Guard;

impl Inspector for Guard {
    fn inspect(&self, header: &Header, body: &Bytes) -> Result<(), String> {
        match marked(&header.kind, &header.subject, header.person.as_ref(), body) {
            None => Ok(()),
            Some(mark) => Err(secrecy::turned_away(mark.level)),
        }
    }
}

impl Office {
    /// Makes a record, unless its words bear a mark. No use case has another way.
    pub(super) async fn submit(&self, draft: Draft) -> Result<Made, Refused> {
        refuse(marked_draft(&draft))?;
        Ok(self.relay().submit(draft).await?)
    }

    /// The same for a record that files belong to; they are here.
    pub(super) async fn submit_with(&self, draft: Draft, files: Vec<FileRef>) -> Result<Made, Refused> {
        refuse(marked_draft(&draft))?;
        Ok(self.relay().submit_with(draft, files).await?)
    }

    /// Keeps what is no record yet, in the same way.
    pub(super) async fn keep_for_itself(&self, namespace: &str, key: &str, bytes: Bytes) -> Result<(), Refused> {
        refuse(marked("", "", None, &bytes))?;
        Ok(self.relay().put_local(namespace, key, bytes).await?)
    }
}

/// Words that go into no body of ours, such as the name of an office.
pub(super) fn refuse_marked(text: &str, written: Written) -> Result<(), Refused> {
    refuse(mark_in(text, written))
}

/// Whether words of a body bear a mark, whoever made it.
pub(super) fn bears_mark(body: &[u8]) -> bool {
    marked("", "", None, body).is_some()
}

fn refuse(mark: Option<Mark>) -> Result<(), Refused> {
    mark.map_or(Ok(()), |mark| Err(Refused::about(Refusal::SecrecyMark, mark.level)))
}

fn marked_draft(draft: &Draft) -> Option<Mark> {
    marked(&draft.kind, &draft.subject, draft.person.as_ref(), &draft.body)
}

fn marked(kind: &str, subject: &str, person: Option<&Person>, body: &[u8]) -> Option<Mark> {
    let name = person.map_or("", |person| person.name.as_str());
    let found = strings_of(body).0;
    // In names of files other separators stand between words.
    let written: &[Written] = if kind == FILES_ATTACHED { &[Written::Text, Written::Name] } else { &[Written::Text] };
    let texts = [subject, name].into_iter().chain(found);
    texts.flat_map(|text| written.iter().map(move |written| (text, *written))).find_map(|(text, written)| mark_in(text, written))
}
