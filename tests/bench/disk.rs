//! What this machine's disk can do by itself: the limit that stands beside every figure.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

/// Times of an append with its sync.
pub struct Floor {
    pub p50: Duration,
    pub p99: Duration,
    pub mean: Duration,
}

/// Appends and syncs one file so many times.
pub fn append_and_sync(times: u64, bytes: usize) -> Floor {
    let mut file = tempfile::tempfile_in(std::env::temp_dir()).expect("a temporary file");
    let block = vec![0x5a; bytes.max(1)];
    let mut took = Vec::new();
    for _ in 0..times.max(1) {
        let begun = Instant::now();
        file.write_all(&block).expect("a write");
        file.sync_data().expect("a sync");
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    let mean = took.iter().sum::<Duration>() / u32::try_from(took.len()).expect("few enough");
    Floor { p50: share(&took, 50), p99: share(&took, 99), mean }
}

/// The value below which so many hundredths of sorted values lie.
pub fn share(sorted: &[Duration], hundredths: usize) -> Duration {
    sorted[(sorted.len() - 1) * hundredths / 100]
}
