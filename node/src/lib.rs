//! The duty office (值班室): what officers say, when it counts, and who sees it, over a [`dutynet_relay`] that carries it.
//!
//! # What holds
//!
//! - 已保存 is said only after the record is on disk; 已送达上级 and 已到达 only after neighbours have said so.
//! - One row for each office, form, period and mode. Equal content folds, however often it is handed in; other content is a revision; after
//!   the period has closed only a correction with a reason is. Both stay visible.
//! - What an office says by telephone is entered by one above it (代录), and marked so. Every version is kept, the office's own stands, a
//!   difference is shown to both sides until a person chooses; every office that holds the same records says the same ([`domain::standing`]).
//! - Whether a report is in time is judged by the clock of whoever recorded it first, against the cut-off that the nearest office above has
//!   set; when it came stands beside it. No cut-off ever changes a day that had begun when it was set.
//! - A sum of the children's reports keeps what it was summed from and who was missing. 无 is summed only when everybody said it.
//! - A board has every office of the subtree, those without a node too, and three facts about each that are never mixed: what, when, and
//!   how the line is.
//! - A notice counts as one only when it comes from above. Its sign-for list has everybody who was addressed when it was sent, whatever
//!   happened to the tree or to a group since; that it was delivered and that somebody signed are two facts, and why one is missing is a third.
//! - That it was delivered is said by the node of the addressed office, by itself and exactly once; so it is of every order, part of one, question
//!   and warning that names an office.
//! - A file belongs to a record of the office that has looked at it and stated by name that it is no secret; whoever has the record sees it,
//!   and fetches it when it is needed. What is refused or breaks off leaves nothing on the disk.
//! - Every refusal has a stable code and one sentence that says what to do, and leaves nothing half done.
//! - A record that this program cannot read is noted and passed over. It stops neither boards nor carrying.
//!
//! # Where it ends
//!
//! One process, one data folder, one office. No authority of its own: who may say what is relay's to judge, on every hop. Pages
//! are for the people of this office, on this machine; nobody else is served.
//!
//! ```text
//!   cli ──┐ (a client, like any machine of the office)      console ──► usecase (pages, in the same process)
//!         ▼
//!        api ──► usecase ──► domain        decides; pure
//!                  │  ▲
//!                  │  └───── projection     read from the journal, with a cursor of its own
//!                  ▼              ▲
//!                relay ── journal ┘ ── links to parent and children
//! ```
//!
//! # The life of a report
//!
//! The command line makes the record's id before its first attempt, so that retries fold, and hands the answers to the node. [`usecase`]
//! checks them against the [`domain::form`] and gives every fault at once; takes the row's lock; waits until the projection holds what is
//! durable; asks [`domain::report`] whether it folds, is a revision or is refused; and submits the record. Relay signs, syncs and carries it.
//! Here and at every office above, [`projection`] meets it in the journal and puts one small value into the index. A board is a scan of
//! these values beside the registry and the lines.
//!
//! # Reading order
//!
//! [`domain`] (what a report is), [`body`] (how it stands in a record), [`usecase`] (what an office can do), [`projection`], [`api`], [`serve`] (a
//! node from start to stop), [`cli`], [`console`], [`export`] (what is printed or kept as a file), [`text`] (all Chinese), [`config`], [`demo`].

pub mod api;
pub mod body;
pub mod cli;
pub mod config;
pub mod console;
pub mod demo;
pub mod domain;
pub mod export;
pub mod projection;
pub mod serve;
pub mod text;
pub mod usecase;
