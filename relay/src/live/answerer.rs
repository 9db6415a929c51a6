//! What a program above provides, so that its office can be asked.

use std::{collections::BTreeMap, pin::Pin, time::Duration};

use bytes::Bytes;

use super::question::Held;
use crate::ids::OfficeId;

/// A question, as the program that answers it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What is asked, with its version.
    pub kind: String,
    /// Who asks: this office or one above it.
    pub asker: OfficeId,
    /// Of that kind. It came from outside: to be checked like everything that does.
    pub body: Bytes,
    /// What comes later is of no use.
    pub within: Duration,
}

/// The program does not answer this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unable;

/// What is there soon.
pub type Soon<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Answers live questions from what is here now. Both calls are dropped when nobody waits for them any more.
pub trait Answerer: Send + Sync {
    /// For this office.
    fn answer<'a>(&'a self, asked: &'a Asked) -> Soon<'a, Result<Bytes, Unable>>;

    /// For offices below that cannot be asked or have not answered: what is held here of each, and of when that is. Absent ones: nothing.
    fn answer_for<'a>(&'a self, asked: &'a Asked, offices: &'a [OfficeId]) -> Soon<'a, BTreeMap<OfficeId, Held>>;
}
