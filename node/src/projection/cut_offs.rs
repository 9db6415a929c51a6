//! Cut-offs: one value for each record, as the office that made it may set it for everything below.
//!
//! Key: `f/<origin>/<record id>`. They are few; whoever asks reads all of them.

use std::sync::Arc;

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    index::{Batch, Index, scan_prefix},
    record::{Mode, Person},
    registry::Registry,
    writer::Stored,
};
use prost::Message;

use super::{ProjectionError, SPACE, value};
use crate::{
    body::{CUT_OFF_KIND, CutOffBody},
    domain::{
        beijing::{Day, TimeOfDay},
        cut_off::CutOff,
    },
};

/// Name of this module in `not interpreted` marks.
pub(super) const NAME: &str = "cut_offs";
const PREFIX: &str = "f/";

/// A cut-off, and who set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOffEntry {
    /// What is set.
    pub cut_off: CutOff,
    /// Who set it.
    pub person: Person,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    form: String,
    #[prost(string, tag = "2")]
    time: String,
    #[prost(string, tag = "3")]
    from: String,
    #[prost(int64, tag = "4")]
    recorded_at: i64,
    #[prost(string, tag = "5")]
    person_id: String,
    #[prost(string, tag = "6")]
    person_name: String,
}

/// Every cut-off that is known, by who set it.
pub(super) fn all(index: &Arc<dyn Index>) -> Result<Vec<CutOffEntry>, ProjectionError> {
    let found = scan_prefix(index.as_ref(), SPACE, PREFIX.as_bytes(), usize::MAX)?;
    found.iter().map(|(key, value)| read(key, value).ok_or_else(|| value::damaged(key))).collect()
}

/// Whether records of a kind are cut-offs.
pub(super) fn reads(kind: &str) -> bool {
    kind == CUT_OFF_KIND
}

/// Puts one cut-off into the batch. What would decide of a day that had begun when it was recorded is not taken.
pub(super) fn digest(_: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    let body = CutOffBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    if body.subject() != header.subject {
        return Err("subject and body do not name the same form".to_owned());
    }
    if header.mode != Mode::Real {
        return Ok(());
    }
    let person = header.person.clone().ok_or("nobody is named who set it")?;
    let set =
        CutOff { by: header.origin.clone(), form: body.form, time: body.time, from: body.from, recorded_at: header.recorded_at };
    if !set.is_ahead() {
        return Err(format!("decides from {}, and was recorded on {}", set.from, Day::of(set.recorded_at)));
    }
    let kept = Value {
        form: set.form,
        time: set.time.to_string(),
        from: set.from.to_string(),
        recorded_at: set.recorded_at.0,
        person_id: person.id,
        person_name: person.name,
    };
    batch.put(format!("{PREFIX}{}/{}", header.origin, header.id), value::closed(&kept));
    Ok(())
}

fn read(key: &[u8], value: &[u8]) -> Option<CutOffEntry> {
    let (by, _) = std::str::from_utf8(key).ok()?.strip_prefix(PREFIX)?.split_once('/')?;
    let from: Value = value::opened(value)?;
    let cut_off = CutOff {
        by: OfficeId::parse(by).ok()?,
        form: from.form,
        time: TimeOfDay::parse(&from.time).ok()?,
        from: Day::parse(&from.from).ok()?,
        recorded_at: UnixMillis(from.recorded_at),
    };
    Some(CutOffEntry { cut_off, person: Person { id: from.person_id, name: from.person_name } })
}
