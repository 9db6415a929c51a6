//! What a duty office knows about its own work, as pure code: no async, no I/O, no clock, no randomness.
//!
//! Whoever calls brings the time and the facts; what comes back is a decision. Officer-facing words are in [`crate::text`].
//!
//! - [`attachment`]: which files are taken, by what is in them and what they are called.
//! - [`account`]: who may use the console, and for what; [`access`]: who has seen what is about people.
//! - [`beijing`]: days and times of day, Asia/Shanghai whatever the machine says.
//! - [`form`]: reports as data, and what may be answered.
//! - [`period`], [`holiday`]: what a report is about: a day, or a statutory holiday.
//! - [`cut_off`]: until when it is in time, by the records of those above.
//! - [`report`]: when a filing folds, becomes a revision, or is refused.
//! - [`standing`]: which of several versions stands (代录), and a person's choice between them.
//! - [`special`]: special periods (敏感特殊时期), and what they bring.
//! - [`draft`]: an office's report as its children's sum (综报).
//! - [`board`]: facts about one period that combine and are never mixed.
//! - [`notice`]: what a notice says, whom it addresses, and who may sign for whom.
//! - [`rules`]: what is owed by when, and which article says so.
//! - [`sign_for`]: the list of a notice: who has it, who signed, and why one has not.
//! - [`secrecy`]: marks of state secrecy, which may not be kept or carried here.
//! - [`step`], [`matter`]: what may be done about a matter, as data; what the steps that were taken come to. The kinds of matter:
//!   [`incident`], [`warning`], [`verification`], [`directive`], [`drill`], [`finding`], [`consultation`], [`rollcall`].
//! - [`then`]: the tree as it was when a record was made.
//! - [`status`]: what an office is at this moment, and the table of a subtree.
//! - [`obligation`]: who owes what to whom by when, and how it stands.
//! - [`whereabouts`]: where a record of this office is, and what has to happen next.
//! - [`number`]: short numbers that can be said on the telephone.

pub mod access;
pub mod account;
pub mod attachment;
pub mod beijing;
pub mod board;
pub mod consultation;
pub mod cut_off;
pub mod directive;
pub mod draft;
pub mod drill;
pub mod finding;
pub mod form;
pub mod holiday;
pub mod incident;
pub mod matter;
pub mod notice;
pub mod number;
pub mod obligation;
pub mod paper;
pub mod period;
pub mod report;
pub mod retention;
pub mod rollcall;
pub mod rules;
pub mod secrecy;
pub mod sign_for;
pub mod special;
pub mod standing;
pub mod status;
pub mod step;
pub mod then;
pub mod verification;
pub mod warning;
pub mod whereabouts;
