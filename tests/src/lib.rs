//! The ground that every kind of test stands on: where the repository is, and where the program under test was built.
//!
//! One binary per kind: `house` (rules about the source itself), `model` (random action lists), `sim` (seeded networks), `crash`
//! (images and kills), `stories` (several real nodes), `papers` (files opened by other programs), `journeys` (people in a real browser); `bench`
//! measures and tests nothing. What two kinds share stands here; what one kind needs stays with it.

pub mod asking;
pub mod between;
pub mod browser;
pub mod county;
pub mod desk;
pub mod ground;
pub mod hostile;
pub mod hostile_parent;
pub mod lying;
pub mod net;
pub mod process;
pub mod program;
pub mod running;
pub mod search;
pub mod shifted;
pub mod steps;
