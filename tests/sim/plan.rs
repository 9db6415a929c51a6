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
            hostile: seed % 8 == 5,
            mutant,
        }
    }
}
