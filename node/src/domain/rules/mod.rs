//! Rules (规则) as data: what is owed by when, and why. Every answer shows the pack, row, article and source that it comes from.
//!
//! - [`cited`]: where an answer comes from; kept with whatever was derived from it.
//! - [`duty`]: what can be owed, from which moment its clock runs, and to whom it is owed.
//! - [`case`]: what a rule is asked about: whose it is, of which category and grade, on which day.
//! - [`limit`]: until when. [`answers`]: everything else that rules say.
//! - [`pack`]: rows of one regulation; [`parse`](Pack::parse) reads them, with every [`fault`] and its line.
//! - [`Packs`]: every pack of every version, and [`Rules`]: those of one moment, which answer.
//! - [`stricter`]: a unit may lay stricter rules, never laxer ones.

pub mod answers;
pub mod case;
pub mod cited;
pub mod duty;
mod evaluate;
pub mod fault;
pub mod limit;
pub mod pack;
mod packs;
mod parse;
mod parse_rows;
mod reader;
pub mod stricter;

pub use answers::{Approval, Brings, Category, Element, Goes, LeaderRole, Special, Stage, Suggested, Told};
pub use case::{Case, CategoryCode, Channel, Figures, Flag, Grade, Tier};
pub use cited::{Cited, Stamp};
pub use duty::{Basis, Duty, Receiver};
pub use evaluate::{Rules, lowers};
pub use fault::{PackFault, PackFaultKind};
pub use limit::{Limit, Limited};
pub use pack::{Force, PACK_BYTES_MAX, Pack, Row, Scope};
pub use packs::{Packs, Reach, Spread};
pub use stricter::Here;

#[cfg(test)]
mod tests;
