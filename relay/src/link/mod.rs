//! Between two offices: the frames, the session machine, and what stands around it.
//!
//! - [`standing`]: what a neighbour may send.
//! - [`frame`]: what crosses, in the words of the domain.
//! - [`machine`]: one session as a pure state machine; [`event`] is what goes in and out, [`position`] the table of what a cut line may
//!   have left behind, [`count`] what is counted.

pub mod count;
mod credit;
pub mod event;
mod fetching;
pub mod frame;
mod greeting;
pub mod machine;
mod offset;
pub mod position;
mod pulse;
mod receiving;
mod sending;
mod session;
pub mod standing;
