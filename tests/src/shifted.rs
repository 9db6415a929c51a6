//! A clock that runs as the machine's does and shows another time: a person has set it wrong, or nobody has set it at all.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use dutynet_relay::{
    clock::{Clock, SystemClock},
    ids::UnixMillis,
};

/// See the module. Right until it is moved.
#[derive(Default)]
pub struct ShiftedClock {
    machine: SystemClock,
    ahead_ms: AtomicI64,
}

impl ShiftedClock {
    /// Shows what the machine's clock does not: later by so much, or earlier if it is negative.
    pub fn set_ahead(&self, ms: i64) {
        self.ahead_ms.store(ms, Ordering::SeqCst);
    }

    /// How much later it shows.
    pub fn ahead(&self) -> i64 {
        self.ahead_ms.load(Ordering::SeqCst)
    }

    /// Shows that moment now, and runs on from there.
    pub fn set(&self, to: UnixMillis) {
        self.set_ahead(to.0 - self.machine.wall().0);
    }
}

impl Clock for ShiftedClock {
    fn wall(&self) -> UnixMillis {
        UnixMillis(self.machine.wall().0 + self.ahead())
    }

    fn monotonic(&self) -> Duration {
        self.machine.monotonic()
    }
}
