//! The only code that changes state.

mod refused;

pub use refused::{Cause, Refused};
