//! What happened, line by line: the last lines for people, a running hash for the promise that a seed replays exactly.

use std::{
    collections::VecDeque,
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

/// Lines that a failure shows.
const KEPT: usize = 120;

/// Whether lines are printed as they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Only when something fails.
    Quiet,
    /// All of them.
    Loud,
}

/// See the module.
#[derive(Debug)]
pub struct Trace {
    hash: DefaultHasher,
    last: VecDeque<String>,
    voice: Voice,
}

impl Trace {
    /// Nothing has happened yet.
    pub fn new(voice: Voice) -> Self {
        Self { hash: DefaultHasher::new(), last: VecDeque::new(), voice }
    }

    /// Something happened.
    pub fn note(&mut self, at: Duration, what: &dyn fmt::Display) {
        let line = format!("{:>9.3} {what}", at.as_secs_f64());
        line.hash(&mut self.hash);
        if self.voice == Voice::Loud {
            println!("{line}");
        }
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    /// Equal for equal runs.
    pub fn hash(&self) -> u64 {
        self.hash.finish()
    }

    /// The last lines.
    pub fn last_lines(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }
}
