//! Rules (规则) as data: what is owed by when, and why. Every answer shows the pack, row, article and source that it comes from.
//!
//! - [`cited`]: where an answer comes from; kept with whatever was derived from it.
//! - [`duty`]: what can be owed, from which moment its clock runs, and to whom it is owed.
//! - [`case`]: what a rule is asked about: whose it is, of which category and grade, on which day.
//! - [`limit`]: until when.

pub mod case;
pub mod cited;
pub mod duty;
pub mod limit;

pub use case::{Case, CategoryCode, Channel, Figures, Flag, Grade, Tier};
pub use cited::{Cited, Stamp};
pub use duty::{Basis, Duty, Receiver};
pub use limit::{Limit, Limited};
