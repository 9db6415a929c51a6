//! The local API (`dutynet.api.v1`).

pub mod key;
pub mod status;
