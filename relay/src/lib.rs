//! Carries signed records between offices.

pub mod clock;
pub mod disk;
pub mod feed;
pub mod folder;
pub mod hub;
pub mod ids;
pub mod index;
pub mod invitation;
pub mod join;
pub mod journal;
pub mod link;
pub mod random;
pub mod record;
pub mod registry;
pub mod relay;
pub mod route;
mod session;
pub mod tls;
pub mod verify;
pub mod writer;
