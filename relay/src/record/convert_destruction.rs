//! What makes offices remove the body of a record: the body of `net.destroy/1` (销毁).

use bytes::Bytes;
use dutynet_proto::record as wire;
use prost::Message as _;

use super::Malformed;
use crate::ids::{OfficeId, RecordId, RecordRef};

/// Kind of a record that destroys another.
pub const DESTROY_KIND: &str = "net.destroy/1";
/// Longest reason, bytes.
const REASON_BYTES_MAX: usize = 512;

/// Which record loses its body, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destruction {
    /// The record.
    pub target: RecordRef,
    /// For people; 1 to 512 bytes.
    pub reason: String,
}

impl Destruction {
    /// Whether it is within its limits.
    pub fn fits(&self) -> bool {
        (1..=REASON_BYTES_MAX).contains(&self.reason.len()) && !self.reason.chars().any(char::is_control)
    }

    /// Subject of the record that carries it.
    pub fn subject(&self) -> String {
        self.target.to_string()
    }

    /// Reads a body.
    pub fn from_body(body: &Bytes) -> Result<Self, Malformed> {
        let fault = |field, allowed| Malformed::Field { field, allowed };
        let from = wire::Destruction::decode(body.clone()).map_err(|_| Malformed::Encoding("destruction"))?;
        let target = from.target.ok_or(fault("target", "always set"))?;
        let origin = OfficeId::parse(&target.origin).map_err(|_| fault("target.origin", "an office id"))?;
        let id = RecordId::from_slice(&target.id).map_err(|_| fault("target.id", "16 bytes"))?;
        let read = Self { target: RecordRef { origin, id }, reason: from.reason };
        if read.fits() { Ok(read) } else { Err(fault("reason", "1 to 512 bytes")) }
    }

    /// Encodes it.
    pub fn to_body(&self) -> Bytes {
        let target =
            wire::RecordRef { origin: self.target.origin.as_str().to_owned(), id: Bytes::copy_from_slice(&self.target.id.0) };
        wire::Destruction { target: Some(target), reason: self.reason.clone() }.encode_to_vec().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destruction_comes_back_as_it_went_in_and_names_its_target_in_the_subject() {
        let target = RecordRef { origin: OfficeId::parse("440825001").unwrap(), id: RecordId([7; 16]) };
        let destruction = Destruction { target: target.clone(), reason: "asked for by whom it names".to_owned() };
        assert_eq!(Destruction::from_body(&destruction.to_body()).unwrap(), destruction);
        assert_eq!(RecordRef::parse(&destruction.subject()), Some(target));
        for bad in [String::new(), "x".repeat(513), "a\nb".to_owned()] {
            assert!(Destruction::from_body(&Destruction { reason: bad, ..destruction.clone() }.to_body()).is_err());
        }
        assert!(Destruction::from_body(&Bytes::from_static(b"\xff")).is_err());
    }
}
