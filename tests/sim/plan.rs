//! What one seed stands for: the shape of the tree, how rough the weather is, which mutant stands in for the real thing.

use std::time::Duration;

use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

/// Something wrong on purpose, that the checks must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// The real thing.
    None,
    /// Syncs of the disk do nothing.
    LyingDisk,
    /// The driver says that a batch is on disk before the writer has seen it.
    EarlyCustody,
    /// The driver verifies a batch before the registry entries that came before it are written.
    HastyVerifier,
    /// A store that was restored goes on under its old numbers.
    ForkForgotten,
    /// What a machine that lost its disk is given back goes nowhere.
    PastForgotten,
    /// What a neighbour on a new disk never had is not put into the lanes again.
    RebaseForgotten,
    /// A parent lets everybody in who knows the key, whatever ticket is shown.
    TicketsIgnored,
}

/// What may happen to machines, beyond weather. Every seed has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Disasters {
    /// Disks are set back to older images, with and without being told.
    pub set_back: u32,
    /// Machines are replaced by new ones with empty disks.
    pub replaced: u32,
    /// A machine runs twice.
    pub copied: u32,
}

impl Disasters {
    /// Whether there are any.
    pub fn are_possible(self) -> bool {
        self.set_back + self.replaced + self.copied > 0
    }

    fn of(seed: u64) -> Self {
        let none = Self::default();
        match seed % 6 {
            1 => Self { set_back: 2, ..none },
            2 => Self { replaced: 1, ..none },
            3 => Self { copied: 1, ..none },
            4 => Self { set_back: 2, replaced: 1, copied: 1 },
            5 if seed % 12 == 11 => Self { set_back: 3, replaced: 1, copied: 0 },
            _ => none,
        }
    }
}

/// The run of one seed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Replays it.
    pub seed: u64,
    /// Parent of each office; parents come first.
    pub parents: Vec<Option<usize>>,
    /// How long bad weather lasts.
    pub storm: Duration,
    /// Longest pause between two things that happen.
    pub pause_max: Duration,
    /// Share of happenings that are drafts, of 100.
    pub drafts: u32,
    /// Longest way of a frame.
    pub frame_delay_max: Duration,
    /// Somebody on a line spoils seals.
    pub hostile: bool,
    /// What may happen to machines.
    pub disasters: Disasters,
    /// What is wrong on purpose.
    pub mutant: Mutant,
}

/// Parents by position: a chain, and trees with two and three children.
const SHAPES: [[Option<usize>; 4]; 4] = [
    [None, Some(0), Some(1), Some(2)],
    [None, Some(0), Some(0), Some(1)],
    [None, Some(0), Some(1), Some(1)],
    [None, Some(0), Some(0), Some(0)],
];

impl Plan {
    /// Everything follows from the seed.
    pub fn of(seed: u64, mutant: Mutant) -> Self {
        let mut random = SmallRng::seed_from_u64(seed ^ 0x5eed);
        // Half of them are chains: most tiers, most hops.
        let shape = if random.random_bool(0.5) { 0 } else { random.random_range(1..SHAPES.len()) };
        Self {
            seed,
            parents: SHAPES[shape].to_vec(),
            storm: Duration::from_millis(random.random_range(3_000..9_000)),
            pause_max: Duration::from_millis(random.random_range(60..220)),
            drafts: random.random_range(45..80),
            frame_delay_max: Duration::from_millis(random.random_range(2..120)),
            hostile: seed % 12 == 5,
            disasters: Disasters::of(seed),
            mutant,
        }
    }
}
