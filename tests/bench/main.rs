//! Figures: how fast records climb four tiers, and what that costs; how soon a province knows how all its offices are; how long an officer waits
//! for a page.
//! `cargo bench -p dutynet-tests --bench figures -- p1 p2 p5 p7 p8 att pages roll`
//!
//! Every figure is printed with the work it was measured on and with the limit of this machine's disk from the same run, and the whole as
//! one line of JSON at the end. Four processes in a row, mutual TLS, seals verified at each hop, a sync before every acknowledgement, and
//! every body compared at the top. Nothing here passes or fails.

mod attachment;
mod console;
mod desk;
mod disk;
mod forest;
mod node;
mod pull;
mod roll;
mod serve;
mod tower;
mod year;

use std::{process::ExitCode, time::Duration};

use serde_json::{Value, json};

/// Records of P1, unless `--records` says otherwise.
const RECORDS: u64 = 200_000;
/// Days of P8.
const DAYS: usize = 365;
/// Records of P2.
const LONE_RECORDS: u64 = 300;
/// Cities, counties of each, townships of each, of P5, unless `--shape 4x7x6` says otherwise.
const SHAPE: [usize; 3] = [4, 7, 6];
/// Questions of P5.
const QUESTIONS: usize = 30;
/// Roll calls, unless `--calls` says otherwise.
const CALLS: usize = 10;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    if let Some(config) = forest::configuration() {
        return forest::run(config).await;
    }
    if let Some(role) = node::Role::from_environment() {
        return node::run(role).await;
    }
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == name);
    let records = arguments.iter().skip_while(|argument| *argument != "--records").nth(1);
    let records = records.and_then(|text| text.parse().ok()).unwrap_or(RECORDS);
    let mut figures = Vec::new();
    if wanted("p1") {
        figures.push(("p1", p1(records).await));
    }
    if wanted("p2") {
        figures.push(("p2", p2().await));
    }
    let offices = arguments.iter().skip_while(|argument| *argument != "--shape").nth(1);
    let shape = offices.map(|text| text.split('x').filter_map(|part| part.parse().ok()).collect());
    let shape = shape.unwrap_or_else(|| SHAPE.to_vec());
    if wanted("p5") {
        figures.push(("p5", p5(&shape).await));
    }
    if wanted("roll") {
        let calls = arguments.iter().skip_while(|argument| *argument != "--calls").nth(1);
        figures.push(("roll", roll(&shape, calls.and_then(|text| text.parse().ok()).unwrap_or(CALLS)).await));
    }
    if wanted("p7") {
        figures.push(("p7", p7().await));
    }
    if wanted("att") {
        figures.push(("att", attachment::att().await));
    }
    if wanted("p8") {
        let days = arguments.iter().skip_while(|argument| *argument != "--days").nth(1);
        figures.push(("p8", year::measure(days.and_then(|text| text.parse().ok()).unwrap_or(DAYS)).await));
    }
    if wanted("pages") {
        let days = arguments.iter().skip_while(|argument| *argument != "--days").nth(1);
        let open = arguments.iter().any(|argument| argument == "--open");
        figures.push(("pages", console::measure(days.and_then(|text| text.parse().ok()).unwrap_or(DAYS), open).await));
    }
    let all: serde_json::Map<String, Value> = figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    println!("{}", Value::Object(all));
    ExitCode::SUCCESS
}

/// Records per second that arrive at the top, three hops, durable at each.
async fn p1(records: u64) -> Value {
    let tower = tower::Tower::build().await;
    let run = tower.stream(records).await;
    let seconds = run.seconds;
    println!("P1  {records} records of 512 B over 3 hops, 256 outstanding");
    println!("    arrived and compared at the top in {seconds:.1} s: {:.0} records/s", records as f64 / seconds);
    let mut tiers = Vec::new();
    for tier in &run.tiers {
        let groups = tier.groups.max(1);
        let floor = disk::append_and_sync(groups.min(2000), (tier.journal_bytes / groups) as usize);
        let per_record = |count: u64| count as f64 / records as f64;
        println!(
            "    {:9} {:.3} syncs/record, {:.2} index keys/record, {:.0} us processor/record, {:.0} B journal/record, {:.0} MiB resident; \
             the disk alone: {:.0} such records/s",
            tier.name,
            per_record(groups),
            per_record(tier.index_keys),
            per_record(tier.processor_us),
            per_record(tier.journal_bytes),
            tier.resident_kib as f64 / 1024.0,
            records as f64 / (floor.mean.as_secs_f64() * groups as f64),
        );
        tiers.push(json!({
            "tier": tier.name,
            "syncs_per_record": per_record(groups),
            "index_keys_per_record": per_record(tier.index_keys),
            "processor_us_per_record": per_record(tier.processor_us),
            "journal_bytes_per_record": per_record(tier.journal_bytes),
            "resident_kib": tier.resident_kib,
            "sync_mean_us": floor.mean.as_micros() as u64,
        }));
    }
    json!({ "records": records, "seconds": seconds, "per_second": records as f64 / seconds, "tiers": tiers })
}

/// One record, bottom to top, in an idle network.
async fn p2() -> Value {
    let tower = tower::Tower::build().await;
    let mut took = tower.one_by_one(LONE_RECORDS).await;
    took.sort_unstable();
    let floor = disk::append_and_sync(500, 2048);
    let (p50, p99) = (disk::share(&took, 50), disk::share(&took, 99));
    let goal = |syncs: Duration, more: u64| syncs * 4 + Duration::from_millis(more);
    println!("P2  {LONE_RECORDS} records one at a time over 3 hops: p50 {p50:.2?}, p99 {p99:.2?}");
    println!(
        "    fdatasync of 2 KiB: p50 {:.2?}, p99 {:.2?}; goal p50 {:.2?}, p99 {:.2?}",
        floor.p50,
        floor.p99,
        goal(floor.p50, 3),
        goal(floor.p99, 20)
    );
    json!({
        "p50_us": p50.as_micros() as u64,
        "p99_us": p99.as_micros() as u64,
        "fdatasync_p50_us": floor.p50.as_micros() as u64,
        "fdatasync_p99_us": floor.p99.as_micros() as u64,
    })
}

/// A live status pull of a whole province, each office a process, over mutual TLS.
async fn p5(shape: &[usize]) -> Value {
    let pulled = pull::pull(shape, QUESTIONS).await;
    let spread =
        |took: &[Duration]| format!("median {:.1?} ({:.1?} to {:.1?})", disk::share(took, 50), took[0], took[took.len() - 1]);
    let floor = disk::append_and_sync(300, 2048);
    let hop = disk::share(&pulled.loopback, 50);
    println!("P5  status of {} offices over {} tiers, each a process, {QUESTIONS} times", pulled.offices, shape.len() + 1);
    println!("    all rows at the province: {}; the first: {}", spread(&pulled.whole), spread(&pulled.first));
    println!("    with {} townships off, their rows marked: {}", pulled.cut_off, spread(&pulled.cut));
    println!(
        "    resident: {:.1} MiB an office; the machine alone: 64 B over loopback and back {hop:.1?}, fdatasync of 2 KiB {:.1?} (none is needed)",
        pulled.resident_kib as f64 / 1024.0 / pulled.offices as f64,
        floor.p50,
    );
    let micros = |took: &[Duration]| took.iter().map(|time| time.as_micros() as u64).collect::<Vec<_>>();
    json!({
        "offices": pulled.offices,
        "whole_us": micros(&pulled.whole),
        "first_us": micros(&pulled.first),
        "cut_off": pulled.cut_off,
        "cut_off_us": micros(&pulled.cut),
        "resident_kib": pulled.resident_kib,
        "loopback_us": hop.as_micros() as u64,
        "fdatasync_p50_us": floor.p50.as_micros() as u64,
    })
}

/// A roll call of a whole province, each office a process.
async fn roll(shape: &[usize], calls: usize) -> Value {
    let called = roll::call(shape, calls).await;
    let spread =
        |took: &[Duration]| format!("median {:.1?} ({:.1?} to {:.1?})", disk::share(took, 50), took[0], took[took.len() - 1]);
    let floor = disk::append_and_sync(300, 2048);
    println!("ROLL  a roll call of {} offices over {} tiers, each a process, {calls} times", called.offices, shape.len() + 1);
    println!("    every node has it, as the province knows: {}", spread(&called.had));
    println!("    all answer at once, and the province has every answer: {}", spread(&called.answered));
    println!("    with {} townships off: {}, and {}", called.cut_off, spread(&called.had_cut), spread(&called.answered_cut));
    println!("    the disk alone: fdatasync of 2 KiB {:.1?}", floor.p50);
    let micros = |took: &[Duration]| took.iter().map(|time| time.as_micros() as u64).collect::<Vec<_>>();
    json!({
        "offices": called.offices,
        "had_us": micros(&called.had),
        "answered_us": micros(&called.answered),
        "cut_off": called.cut_off,
        "had_cut_off_us": micros(&called.had_cut),
        "answered_cut_off_us": micros(&called.answered_cut),
        "fdatasync_p50_us": floor.p50.as_micros() as u64,
    })
}

/// What one node costs when nothing happens, and with a year of records: relay alone, and the whole program.
async fn p7() -> Value {
    let idle = tower::footprint(0).await;
    let full = tower::footprint(20_000).await;
    println!(
        "P7  relay alone: idle {:.1} MiB resident, with 20,000 records {:.1} MiB; start to serving {:.0?} and {:.0?}; {:.2} % of a core idle",
        idle.resident_kib as f64 / 1024.0,
        full.resident_kib as f64 / 1024.0,
        idle.started,
        full.started,
        idle.idle_share * 100.0,
    );
    json!({
        "idle_resident_kib": idle.resident_kib,
        "full_resident_kib": full.resident_kib,
        "idle_start_us": idle.started.as_micros() as u64,
        "full_start_us": full.started.as_micros() as u64,
        "idle_processor_share": idle.idle_share,
        "serve": serve::measure().await,
    })
}
