//! Between two offices: the frames, the session machine, and what stands around it.

pub mod count;
pub mod event;
pub mod frame;
pub mod machine;
pub mod standing;
