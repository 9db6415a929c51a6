//! Time as an argument. The only file of this crate that asks the machine for it.
//!
//! Wall time is for people and for the rules that people made; waiting and measuring use the monotonic clock. Nothing is ever ordered
//! by wall time.

use std::{
    sync::Mutex,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::ids::UnixMillis;

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// What the machine's wall clock says.
    fn wall(&self) -> UnixMillis;
    /// Time since some fixed moment; never goes back.
    fn monotonic(&self) -> Duration;
}

/// The machine's own clocks.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> UnixMillis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock that moves only when told to, for tests and the simulator.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<(UnixMillis, Duration)>,
}

impl ManualClock {
    /// Starts with the given wall time.
    pub fn at(wall: UnixMillis) -> Self {
        Self { now: Mutex::new((wall, Duration::ZERO)) }
    }

    /// Moves both clocks forward.
    pub fn advance(&self, by: Duration) {
        let mut now = self.lock();
        now.0 = UnixMillis(now.0.0 + i64::try_from(by.as_millis()).unwrap_or(0));
        now.1 += by;
    }

    /// Sets the wall clock alone, as a person would.
    pub fn set_wall(&self, wall: UnixMillis) {
        self.lock().0 = wall;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (UnixMillis, Duration)> {
        self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn wall(&self) -> UnixMillis {
        self.lock().0
    }

    fn monotonic(&self) -> Duration {
        self.lock().1
    }
}
