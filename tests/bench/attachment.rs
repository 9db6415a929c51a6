//! What a file costs on its way over two hops, on lines that are cut: bytes counted by the go-betweens, beside the bytes of the file.

use std::time::Instant;

use dutynet_relay::{
    ids::{FileRef, Lane},
    record::Audience,
};
use dutynet_tests::net::{Network, draft, office, until};
use serde_json::{Value, json};

use crate::disk;

/// Length of the file.
const BYTES: usize = 64 * 1024 * 1024;
/// What a receiver writes between two syncs.
const SYNC_EVERY: usize = 4 * 1024 * 1024;
/// How often each line is cut, the first hop first.
const CUTS: [u32; 2] = [3, 2];

/// One file, uncut, and cut five times.
pub async fn att() -> Value {
    let floor = disk::append_and_sync((BYTES / SYNC_EVERY) as u64, SYNC_EVERY);
    let floor = floor.mean.as_secs_f64() * (BYTES / SYNC_EVERY) as f64;
    println!(
        "ATT a file of {} MiB over 2 hops; writing it with a sync every 4 MiB takes this disk {floor:.2} s a tier",
        BYTES >> 20
    );
    let mut figures = Vec::new();
    for cuts in [[0, 0], CUTS] {
        let (seconds, passed) = carried(cuts).await;
        let shares = passed.map(|passed| passed as f64 / BYTES as f64);
        println!(
            "    {} cuts: {seconds:.2} s; bytes on the lines {:.4} and {:.4} of the file's, both ways (least possible: 1)",
            cuts.iter().sum::<u32>(),
            shares[0],
            shares[1],
        );
        figures.push(json!({ "cuts": cuts.iter().sum::<u32>(), "seconds": seconds, "bytes": passed, "share": shares }));
    }
    json!({ "file_bytes": BYTES, "disk_seconds_per_tier": floor, "runs": figures })
}

/// Seconds from the wish until it is at the top, and the bytes that passed on each line meanwhile.
async fn carried(cuts: [u32; 2]) -> (f64, [u64; 2]) {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c"), ("c", "t")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    let content: Vec<u8> = (0..BYTES as u32 / 4).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let file: FileRef = net.relay("t").put_file(std::io::Cursor::new(content)).await.expect("a file is put");
    let note = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], b"with a recording");
    let made = net.relay("t").submit_with(note, vec![file]).await.expect("a record is made");
    net.arrives(&made.reference, "p").await;
    let before = ["t", "c"].map(|child| net.line(child).passed());
    let part = |cuts: u32| file.bytes / u64::from(cuts + 1);
    for (child, cuts) in ["t", "c"].into_iter().zip(cuts).filter(|(_, cuts)| *cuts > 0) {
        net.line(child).cut_after(part(cuts));
    }
    let begun = Instant::now();
    net.relay("p").want_file(file).await.expect("it is wanted");
    for ((child, parent), cuts) in [("t", "c"), ("c", "p")].into_iter().zip(cuts) {
        for cut in 1..=cuts {
            until("the line is cut", || net.line(child).is_cut()).await;
            until("both sides notice", || !net.link(parent, child).state.up && !net.link(child, parent).state.up).await;
            if cut < cuts {
                net.line(child).cut_after(part(cuts));
            }
            net.heal(child);
        }
    }
    until("it is at the top", || net.relay("p").file(&file).is_some()).await;
    let seconds = begun.elapsed().as_secs_f64();
    let after = ["t", "c"].map(|child| net.line(child).passed());
    (seconds, [after[0] - before[0], after[1] - before[1]])
}
