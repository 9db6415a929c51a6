//! Special periods: one value for each record that declares one, and one for each change.
//!
//! Keys: `special/<period>` and `amend/<period>/<change>`, where both are references. They are few; whoever asks reads all of them.

use std::sync::Arc;

use dutynet_relay::{
    ids::{RecordRef, UnixMillis},
    index::{Batch, Index, scan_prefix},
    record::{Mode, Person},
    registry::Registry,
    writer::Stored,
};
use prost::Message;

use super::{
    ProjectionError, SPACE,
    value::{closed, damaged, opened},
};
use crate::{
    body::special::{SPECIAL, SpecialBody, SpecialSays},
    domain::{
        beijing::{Day, TimeOfDay},
        number::parse_reference,
        special::{Brings, Change, Declared, Special},
    },
};

/// Name of this module in `not interpreted` marks.
pub(super) const NAME: &str = "special";
const DECLARED: &str = "special/";
const CHANGED: &str = "amend/";

#[derive(Clone, PartialEq, Message)]
struct DeclaredValue {
    #[prost(int64, tag = "1")]
    recorded_at: i64,
    #[prost(string, tag = "2")]
    person_id: String,
    #[prost(string, tag = "3")]
    person_name: String,
    #[prost(int64, tag = "4")]
    from: i64,
    #[prost(int64, tag = "5")]
    to: i64,
    #[prost(string, tag = "6")]
    reason: String,
    /// Leaders, officers, roll calls, minutes of silence.
    #[prost(uint32, repeated, tag = "7")]
    numbers: Vec<u32>,
    #[prost(string, tag = "8")]
    daily: String,
    #[prost(string, tag = "9")]
    roster_by: String,
}

#[derive(Clone, PartialEq, Message)]
struct ChangeValue {
    #[prost(int64, tag = "1")]
    recorded_at: i64,
    #[prost(int64, tag = "2")]
    to: i64,
    #[prost(string, tag = "3")]
    reason: String,
}

/// Reads them. Cheap to clone.
#[derive(Clone)]
pub struct Specials {
    index: Arc<dyn Index>,
}

impl Specials {
    /// Reads from this index.
    pub fn new(index: Arc<dyn Index>) -> Self {
        Self { index }
    }

    /// Every period that is known, as it has become.
    pub fn all(&self) -> Result<Vec<Special>, ProjectionError> {
        let found = scan_prefix(self.index.as_ref(), SPACE, DECLARED.as_bytes(), usize::MAX)?;
        found.iter().map(|(key, value)| self.with_changes(key, value)).collect()
    }

    fn with_changes(&self, key: &[u8], value: &[u8]) -> Result<Special, ProjectionError> {
        let declared = read_declared(key, value).ok_or_else(|| damaged(key))?;
        let prefix = format!("{CHANGED}{}/", declared.reference);
        let found = scan_prefix(self.index.as_ref(), SPACE, prefix.as_bytes(), usize::MAX)?;
        let changes = found.iter().map(|(key, value)| read_change(key, &prefix, value).ok_or_else(|| damaged(key)));
        Ok(Special::of(declared, changes.collect::<Result<_, _>>()?))
    }
}

fn read_declared(key: &[u8], value: &[u8]) -> Option<Declared> {
    let reference = parse_reference(std::str::from_utf8(key).ok()?.strip_prefix(DECLARED)?)?;
    let from: DeclaredValue = opened(value)?;
    let [leaders, officers, roll_calls, silence_minutes] = from.numbers[..] else { return None };
    let daily = (!from.daily.is_empty()).then(|| TimeOfDay::parse(&from.daily)).transpose().ok()?;
    let roster_by = (!from.roster_by.is_empty()).then(|| Day::parse(&from.roster_by)).transpose().ok()?;
    Some(Declared {
        reference,
        recorded_at: UnixMillis(from.recorded_at),
        person: Person { id: from.person_id, name: from.person_name },
        from: UnixMillis(from.from),
        to: UnixMillis(from.to),
        reason: from.reason,
        brings: Brings { leaders, officers, daily, roll_calls, roster_by, silence_minutes },
    })
}

fn read_change(key: &[u8], prefix: &str, value: &[u8]) -> Option<Change> {
    let reference = parse_reference(std::str::from_utf8(key).ok()?.strip_prefix(prefix)?)?;
    let from: ChangeValue = opened(value)?;
    let (recorded_at, to) = (UnixMillis(from.recorded_at), UnixMillis(from.to));
    Some(Change { reference, recorded_at, to, reason: from.reason })
}

/// Whether records of a kind are special periods.
pub(super) fn reads(kind: &str) -> bool {
    kind == SPECIAL
}

/// Puts a period, or a change of one, into the batch.
pub(super) fn digest(tree: &Registry, from: &Stored, batch: &mut Batch) -> Result<(), String> {
    let header = from.record.header();
    let body = SpecialBody::decode(&from.record.raw().body).map_err(|fault| fault.to_string())?;
    if body.subject() != header.subject {
        return Err("subject and body do not name the same period".to_owned());
    }
    if header.mode != Mode::Real {
        return Ok(());
    }
    let person = header.person.clone().ok_or("nobody is named who declared it")?;
    match body.says {
        SpecialSays::Declares { from: first, brings } => {
            let kept = DeclaredValue {
                recorded_at: header.recorded_at.0,
                person_id: person.id,
                person_name: person.name,
                from: first.0,
                to: body.to.0,
                reason: body.reason,
                numbers: vec![brings.leaders, brings.officers, brings.roll_calls, brings.silence_minutes],
                daily: brings.daily.map(|time| time.to_string()).unwrap_or_default(),
                roster_by: brings.roster_by.map(|day| day.to_string()).unwrap_or_default(),
            };
            batch.put(format!("{DECLARED}{}", from.record.reference()), closed(&kept));
        }
        SpecialSays::Changes(period) => {
            if !may_change(tree, header.origin.as_str(), &period) {
                return Err(format!("{} may not change a period of {}", header.origin, period.origin));
            }
            let kept = ChangeValue { recorded_at: header.recorded_at.0, to: body.to.0, reason: body.reason };
            batch.put(format!("{CHANGED}{period}/{}", from.record.reference()), closed(&kept));
        }
    }
    Ok(())
}

/// Whoever declared it, or is above.
fn may_change(tree: &Registry, origin: &str, period: &RecordRef) -> bool {
    tree.path_up(&period.origin).any(|office| office.as_str() == origin)
}
