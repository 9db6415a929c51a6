//! Carries signed records between offices.

pub mod clock;
pub mod disk;
pub mod ids;
pub mod index;
pub mod invitation;
pub mod journal;
pub mod link;
pub mod random;
pub mod record;
pub mod registry;
pub mod tls;
pub mod writer;
