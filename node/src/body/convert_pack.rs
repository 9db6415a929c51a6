//! Bodies of `rules.pack/1` and `rules.in-force/1`. The generated types stop here.

use bytes::Bytes;
use dutynet_proto::duty as wire;
use prost::Message as _;

use super::NotABody;
use crate::domain::rules::{PACK_BYTES_MAX, Reach, Stamp};

/// Kind of a pack that is sent or laid.
pub const PACK: &str = "rules.pack/1";
/// Kind of what a node says that it runs.
pub const IN_FORCE: &str = "rules.in-force/1";
/// Subject of what a node says that it runs.
pub const IN_FORCE_SUBJECT: &str = "rules";

/// Packs of one stamp.
const PACKS_MAX: usize = 64;
/// Bytes of a pack's key.
const KEY_BYTES_MAX: usize = 128;

/// A pack that an office sends or lays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackBody {
    /// TOML.
    pub text: String,
    /// For whom.
    pub reach: Reach,
}

impl PackBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let reach = match self.reach {
            Reach::Subtree => wire::PackReach::Subtree,
            Reach::Own => wire::PackReach::Own,
        };
        wire::RulePack { text: self.text.clone(), reach: reach.into() }.encode_to_vec().into()
    }

    /// Reads what another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from = wire::RulePack::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
        if from.text.is_empty() || from.text.len() > PACK_BYTES_MAX {
            return Err(NotABody::Field("text"));
        }
        Ok(Self { text: from.text, reach: reach_from_wire(from.reach).ok_or(NotABody::Field("reach"))? })
    }
}

/// For whom a pack is; `None`: nobody says.
pub fn reach_from_wire(from: i32) -> Option<Reach> {
    match wire::PackReach::try_from(from) {
        Ok(wire::PackReach::Subtree) => Some(Reach::Subtree),
        Ok(wire::PackReach::Own) => Some(Reach::Own),
        Ok(wire::PackReach::Unspecified) | Err(_) => None,
    }
}

/// The bytes of what a node says that it runs.
pub fn in_force_encode(stamp: &Stamp) -> Bytes {
    wire::RulesInForce { packs: stamp_to_wire(stamp) }.encode_to_vec().into()
}

/// Reads it.
pub fn in_force_decode(bytes: &Bytes) -> Result<Stamp, NotABody> {
    let from = wire::RulesInForce::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
    let sound = |pack: &wire::PackVersion| pack.version > 0 && !pack.pack.is_empty() && pack.pack.len() <= KEY_BYTES_MAX;
    if from.packs.is_empty() || from.packs.len() > PACKS_MAX || !from.packs.iter().all(sound) {
        return Err(NotABody::Field("packs"));
    }
    Ok(Stamp(from.packs.into_iter().map(|pack| (pack.pack, pack.version)).collect()))
}

/// A stamp as the wire says it.
pub fn stamp_to_wire(from: &Stamp) -> Vec<wire::PackVersion> {
    from.0.iter().map(|(pack, version)| wire::PackVersion { pack: pack.clone(), version: *version }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_come_back_as_they_went_in() {
        for reach in [Reach::Subtree, Reach::Own] {
            let body = PackBody { text: "pack = \"a\"".into(), reach };
            assert_eq!(PackBody::decode(&body.encode()), Ok(body));
        }
        let stamp = Stamp(vec![("statute".into(), 1), ("440800/a".into(), 2)]);
        assert_eq!(in_force_decode(&in_force_encode(&stamp)), Ok(stamp));
        assert!(in_force_decode(&in_force_encode(&Stamp::default())).is_err());
        let long = PackBody { text: "x".repeat(PACK_BYTES_MAX + 1), reach: Reach::Own };
        assert!(PackBody::decode(&long.encode()).is_err());
    }
}
