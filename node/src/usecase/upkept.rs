//! What the node has done for its store beside its work: how far it was read again, what came back, which bodies are gone.

use dutynet_relay::{upkeep::counts::Upkept as OfRelay, writer::Store};

use super::{Office, Refused};
use crate::projection::Secrecy;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upkept {
    /// The journal and the bodies in it.
    pub relay: OfRelay,
    /// Values that were made of bodies that are gone may still stand in old files of the index.
    pub index_pending: bool,
}

impl Office {
    /// As it is now.
    pub fn upkept(&self) -> Result<Upkept, Refused> {
        Upkept::of(self.relay().store())
    }
}

impl Upkept {
    /// The same for a store that no node serves from.
    pub fn of(store: &Store) -> Result<Self, Refused> {
        let index_pending = Secrecy::new(store.index()).awaits_fresh_files()?;
        Ok(Self { relay: OfRelay::of(store)?, index_pending })
    }
}
