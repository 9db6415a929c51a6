//! The demonstration: a real four-tier network of Guangdong offices on this machine.
//!
//! Every office is a process of its own (this program again, `serve`), with its own store, certificate and port. Between a child and its
//! parent stands a [`go_between`] in this process, which a person may cut and heal. Nothing here knows a node from the inside: offices
//! are founded, enrolled, reported for and asked with the same command line that an operator has, and everything that is shown comes from
//! the nodes.

pub mod consoles;
pub mod consultations;
pub mod day;
pub mod event;
pub mod go_between;
pub mod network;
pub mod notices;
pub mod offices;
pub mod operator;
pub mod process;
pub mod prompt;
pub mod province;
pub mod rollcalls;
pub mod script;
pub mod session;
pub mod show;
pub mod text;
