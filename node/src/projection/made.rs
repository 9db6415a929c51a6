//! Which keys were made of a record, so that nothing of it is left here when its words are destroyed. Key: `made/<origin>/<id>`.

use dutynet_relay::{
    ids::RecordRef,
    index::{Batch, Index, IndexError},
};
use prost::Message;

use super::{
    SPACE,
    value::{checksum_of, closed, opened},
};

#[derive(Clone, PartialEq, Message)]
struct Made {
    #[prost(message, repeated, tag = "1")]
    entries: Vec<Entry>,
}

/// A key may be used again by a later record, as a group's name is; so it is told by its value, too.
#[derive(Clone, PartialEq, Message)]
struct Entry {
    #[prost(bytes = "vec", tag = "1")]
    key: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    checksum: Vec<u8>,
}

fn key(reference: &RecordRef) -> String {
    format!("made/{reference}")
}

/// Notes what a record has put into its batch.
pub(super) fn note(reference: &RecordRef, batch: &mut Batch) {
    let put = batch.changes.iter().filter_map(|(key, value)| Some((key.clone(), value.as_deref()?)));
    let entries: Vec<_> = put.map(|(key, value)| Entry { key, checksum: checksum_of(value).to_vec() }).collect();
    if !entries.is_empty() {
        batch.put(key(reference), closed(&Made { entries }));
    }
}

/// Takes away what was made of a record, here or earlier in the same batch; gives the keys that are gone.
pub(super) fn forget(index: &dyn Index, reference: &RecordRef, batch: &mut Batch) -> Result<Vec<Vec<u8>>, IndexError> {
    let made_key = key(reference).into_bytes();
    let Some(made) = latest(index, batch, &made_key)?.and_then(|value| opened::<Made>(&value)) else {
        return Ok(Vec::new());
    };
    let mut gone = Vec::new();
    for entry in made.entries {
        let value = latest(index, batch, &entry.key)?;
        if value.is_some_and(|value| checksum_of(&value) == entry.checksum) {
            batch.delete(entry.key.clone());
            gone.push(entry.key);
        }
    }
    batch.delete(made_key);
    Ok(gone)
}

/// The value that a key will have when the batch is applied.
fn latest(index: &dyn Index, batch: &Batch, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
    match batch.changes.iter().rev().find(|(changed, _)| changed == key) {
        Some((_, value)) => Ok(value.clone()),
        None => index.get(SPACE, key),
    }
}

#[cfg(test)]
mod tests {
    use dutynet_relay::{
        ids::{OfficeId, RecordId},
        index::map::MapIndex,
    };

    use super::*;

    fn reference(n: u8) -> RecordRef {
        RecordRef { origin: OfficeId::parse("a").unwrap(), id: RecordId([n; 16]) }
    }

    /// What a record of that number puts.
    fn put(n: u8, keys: &[&str]) -> Batch {
        let mut batch = Batch::default();
        for key in keys {
            batch.put(*key, closed(&Entry { key: vec![n], checksum: Vec::new() }));
        }
        note(&reference(n), &mut batch);
        batch
    }

    #[test]
    fn nothing_is_left_of_a_record_and_everything_of_the_others() {
        let index = MapIndex::default();
        index.apply(SPACE, &put(1, &["x", "shared"])).unwrap();
        index.apply(SPACE, &put(2, &["y", "shared"])).unwrap();
        let mut batch = put(3, &["z"]);
        for gone in [1, 3, 9] {
            forget(&index, &reference(gone), &mut batch).unwrap();
        }
        index.apply(SPACE, &batch).unwrap();
        let left = index.range(SPACE, b"", b"", dutynet_relay::index::Order::Forward, 100).unwrap();
        let left: Vec<_> = left.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect();
        assert_eq!(left, [key(&reference(2)), "shared".into(), "y".into()], "what a later record has put again stays");
    }
}
