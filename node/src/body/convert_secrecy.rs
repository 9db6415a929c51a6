//! Between `secrecy.proto` and the words of the domain. The generated types stop here.

use bytes::Bytes;
use dutynet_proto::{duty as wire, record};
use dutynet_relay::{
    ids::{OfficeId, RecordId, RecordRef, UnixMillis},
    record::BODY_BYTES_MAX,
};
use prost::Message;

use super::{
    NotABody,
    secrecy::{ClassifiedBody, PurgeBody, PurgedBody},
};
use crate::domain::form::{Lines, words};

/// Longest word of the register, characters.
pub const WORD_CHARS_MAX: usize = 64;

impl ClassifiedBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let message = wire::ClassifiedItem {
            number: self.number.clone(),
            channel: self.channel.clone(),
            receiver: self.receiver.clone(),
            received_at_ms: self.received_at.0,
        };
        message.encode_to_vec().into()
    }

    /// Reads one.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from: wire::ClassifiedItem = read(bytes)?;
        let word = |field, text: &str| words(text, WORD_CHARS_MAX, Lines::One).map_err(|_| NotABody::Field(field));
        Ok(Self {
            number: word("number", &from.number)?,
            channel: word("channel", &from.channel)?,
            receiver: word("receiver", &from.receiver)?,
            received_at: UnixMillis(from.received_at_ms),
        })
    }
}

impl PurgeBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        wire::Purge { record: Some(to_wire(&self.record)) }.encode_to_vec().into()
    }

    /// Reads what another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from: wire::Purge = read(bytes)?;
        Ok(Self { record: from_wire(from.record)? })
    }
}

impl PurgedBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        wire::Purged { record: Some(to_wire(&self.record)) }.encode_to_vec().into()
    }

    /// Reads what another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from: wire::Purged = read(bytes)?;
        Ok(Self { record: from_wire(from.record)? })
    }
}

fn read<T: Message + Default>(bytes: &Bytes) -> Result<T, NotABody> {
    if bytes.len() > BODY_BYTES_MAX {
        return Err(NotABody::Encoding);
    }
    T::decode(bytes.clone()).map_err(|_| NotABody::Encoding)
}

fn to_wire(from: &RecordRef) -> record::RecordRef {
    record::RecordRef { origin: from.origin.as_str().to_owned(), id: Bytes::copy_from_slice(&from.id.0) }
}

fn from_wire(from: Option<record::RecordRef>) -> Result<RecordRef, NotABody> {
    let wrong = || NotABody::Field("record");
    let from = from.ok_or_else(wrong)?;
    let origin = OfficeId::parse(&from.origin).map_err(|_| wrong())?;
    Ok(RecordRef { origin, id: RecordId::from_slice(&from.id).map_err(|_| wrong())? })
}
