//! Which records say that files belong to something, and which of them are gone.
//!
//! - `attached/<subject>/<record>`: a record that names files of that subject; the names stay in the journal.
//! - `attached-gone/<subject>/<record>`: the same, after its words were removed.
//! - `attached-to/<earlier record>/<record>`: the same by what the files belong to.
//! - `names-file/<digest>/<record>`: a file that a record here names; one without such a key belongs to nothing.

use std::{collections::BTreeSet, sync::Arc};

use dutynet_relay::{
    ids::{Digest, FileRef, RecordRef},
    index::{Batch, Index, scan_prefix},
    registry::Registry,
    writer::Stored,
};
use prost::Message;

use super::{ProjectionError, SPACE, value::closed};
use crate::{
    body::attached::{AttachedBody, FILES_ATTACHED},
    domain::number::parse_reference,
};

/// Name of this module in `not interpreted` marks.
pub(super) const NAME: &str = "attachments";
const ATTACHED: &str = "attached/";
const GONE: &str = "attached-gone/";

#[derive(Clone, PartialEq, Message)]
struct Mark {}

/// Reads them. Cheap to clone.
#[derive(Clone)]
pub struct Attachments {
    index: Arc<dyn Index>,
}

impl Attachments {
    /// Reads from this index.
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// Records that say which files belong to a subject, those whose words are gone too.
    pub fn about(&self, subject: &str) -> Result<Vec<RecordRef>, ProjectionError> {
        let mut found = self.references(&format!("{ATTACHED}{subject}/"))?;
        found.extend(self.references(&format!("{GONE}{subject}/"))?);
        Ok(found)
    }

    /// Records that say which files belong to a record.
    pub fn of_record(&self, record: &RecordRef) -> Result<Vec<RecordRef>, ProjectionError> {
        self.references(&format!("attached-to/{record}/"))
    }

    /// Whether any record here says to what a file belongs.
    pub fn is_named(&self, file: &Digest) -> Result<bool, ProjectionError> {
        let prefix = format!("names-file/{file}/");
        Ok(!scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), 1)?.is_empty())
    }

    /// What stands behind a prefix and is a reference; a subject that only begins alike has more behind it.
    fn references(&self, prefix: &str) -> Result<Vec<RecordRef>, ProjectionError> {
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)?;
        let reference = |key: &Vec<u8>| parse_reference(std::str::from_utf8(key).ok()?.get(prefix.len()..)?);
        Ok(found.iter().filter_map(|(key, _)| reference(key)).collect())
    }
}

/// Whether records of a kind are read here.
pub(super) fn reads(kind: &str) -> bool {
    kind == FILES_ATTACHED
}

/// Puts one record into the batch.
pub(super) fn digest(_: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let (header, record) = (from.record.header(), from.record.reference());
    if header.subject.is_empty() {
        return Err("files belong to a record that is about something".to_owned());
    }
    if from.record.is_hollow() {
        batch.put(format!("{GONE}{}/{record}", header.subject), closed(&Mark {}));
        return Ok(());
    }
    let body = AttachedBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    if body.record.origin != header.origin {
        return Err("an office adds files to its own records alone".to_owned());
    }
    let named: BTreeSet<FileRef> = body.files.iter().map(|file| file.file).collect();
    if named != header.attachments.iter().copied().collect() {
        return Err("header and body name other files".to_owned());
    }
    batch.put(format!("{ATTACHED}{}/{record}", header.subject), closed(&Mark {}));
    batch.put(format!("attached-to/{}/{record}", body.record), closed(&Mark {}));
    for file in named {
        batch.put(format!("names-file/{}/{record}", file.digest), closed(&Mark {}));
    }
    Ok(())
}

/// Of keys that are gone because words were removed, what is still said of them.
pub(super) fn gone(keys: &[Vec<u8>], batch: &mut Batch) {
    let about = |key: &Vec<u8>| {
        let key = std::str::from_utf8(key).ok()?;
        key.strip_prefix(ATTACHED).or_else(|| key.strip_prefix(GONE)).map(str::to_owned)
    };
    for about in keys.iter().filter_map(about) {
        batch.put(format!("{GONE}{about}"), closed(&Mark {}));
    }
}
