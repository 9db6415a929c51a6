//! A clock that runs as the machine's does and shows another time.
//!
//! Every story begins at ten in the morning in Beijing, whenever it is run and however long others have run before it: what is still to
//! be reported today, and what has closed, must not depend on the hour. From there an office's clock can be set wrong, or never set at all.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use dutynet_relay::{
    clock::{Clock, SystemClock},
    ids::UnixMillis,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Ten o'clock at UTC+8.
const MORNING_UTC_MS: i64 = 2 * 60 * 60 * 1000;

/// How much later than the machine's clock the right time of a story is that begins now; all stories of one run are of one day.
fn morning(machine: &SystemClock) -> i64 {
    static MORNING: OnceLock<i64> = OnceLock::new();
    let now = machine.wall().0;
    *MORNING.get_or_init(|| now - now.rem_euclid(DAY_MS) + MORNING_UTC_MS) - now
}

/// See the module. Right until it is moved.
pub struct ShiftedClock {
    machine: SystemClock,
    right_ms: i64,
    ahead_ms: AtomicI64,
}

impl Default for ShiftedClock {
    /// It is ten in the morning.
    fn default() -> Self {
        let machine = SystemClock::default();
        let right_ms = morning(&machine);
        Self { machine, right_ms, ahead_ms: AtomicI64::new(0) }
    }
}

impl ShiftedClock {
    /// Another clock of the same story.
    pub fn another(&self) -> Self {
        Self { machine: SystemClock::default(), right_ms: self.right_ms, ahead_ms: AtomicI64::new(0) }
    }

    /// Shows what a right clock does not: later by so much, or earlier if it is negative.
    pub fn set_ahead(&self, ms: i64) {
        self.ahead_ms.store(ms, Ordering::SeqCst);
    }

    /// How much later it shows.
    pub fn ahead(&self) -> i64 {
        self.ahead_ms.load(Ordering::SeqCst)
    }

    /// Shows that moment now, and runs on from there.
    pub fn set(&self, to: UnixMillis) {
        self.set_ahead(to.0 - self.machine.wall().0 - self.right_ms);
    }
}

impl Clock for ShiftedClock {
    fn wall(&self) -> UnixMillis {
        UnixMillis(self.machine.wall().0 + self.right_ms + self.ahead())
    }

    fn monotonic(&self) -> Duration {
        self.machine.monotonic()
    }
}
