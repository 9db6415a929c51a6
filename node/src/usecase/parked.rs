//! Records that a neighbour refused: seen, sent again, or given up by a person.

use dutynet_relay::{
    ids::{Lane, LinkSeq},
    record::Person,
    writer::{ParkedRecord, intent::ParkedAt},
};

use super::{Office, Refused, office_id, person};
use crate::text::refusal::Refusal;

impl Office {
    /// Everything that waits for a person.
    pub fn parked(&self) -> Result<Vec<ParkedRecord>, Refused> {
        Ok(self.relay().parked()?)
    }

    /// Puts a record at the end of its lane again.
    pub async fn retry_parked(&self, at: ParkedAt, by: Option<Person>) -> Result<(), Refused> {
        Ok(self.relay().retry_parked(at, person(by)?).await?)
    }

    /// Gives a record up for that neighbour, on the record.
    pub async fn withdraw_parked(&self, at: ParkedAt, by: Option<Person>) -> Result<(), Refused> {
        Ok(self.relay().withdraw_parked(at, person(by)?).await?)
    }
}

/// A parked record as it was named.
pub fn parked_at(neighbour: &str, lane: i32, seq: u64) -> Result<ParkedAt, Refused> {
    let lane = Lane::from_number(lane).ok_or(Refusal::ParkedUnknown)?;
    Ok(ParkedAt { neighbour: office_id(neighbour)?, lane, seq: LinkSeq(seq) })
}
