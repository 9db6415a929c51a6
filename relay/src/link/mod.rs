//! Between two offices: the frames, the session machine, and what stands around it.
//!
//! - [`standing`]: what a neighbour may send.
//! - [`frame`]: what crosses, in the words of the domain.
//! - [`convert`]: between those and the wire.
//! - [`machine`]: one session as a pure state machine. [`config`] is what it is made with, [`event`] what goes in and out, [`position`] the
//!   table of what a cut line may have left behind, [`end`] why it ends, [`count`] what is counted.
//! - [`retry`]: when to try again.

pub mod config;
pub mod convert;
mod convert_body;
mod convert_file;
mod convert_hello;
mod convert_lines;
mod convert_live;
pub mod count;
mod credit;
mod dialogue;
pub mod end;
pub mod event;
mod fetching;
mod file_frame;
#[cfg(test)]
mod fixtures;
pub mod frame;
mod giving;
mod greeting;
pub mod machine;
mod offset;
pub mod position;
mod pulling;
mod pulse;
mod receiving;
pub mod retry;
mod sending;
pub mod spans;
pub mod standing;
pub(crate) mod telling;
