//! What the program costs as an office runs it: `dutynet serve`, console and all, on the store of a county that has worked for most of a year.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use dutynet_tests::{ground::program, program::Site};
use serde_json::{Value, json};

use crate::{
    desk::{Desk, PASSWORD, PERSON},
    node::costs_of,
    year::County,
};

/// Days that are past whenever this is measured.
const DAYS: usize = 320;
/// How long an idle node is watched.
const WATCHED: Duration = Duration::from_secs(60);
/// Pages that somebody opens.
const PAGES: [&str; 8] = ["/", "/reports", "/reports/month", "/matters/incident", "/notices", "/dues", "/stats", "/network"];

/// A running program.
struct Running {
    child: Child,
    started: Duration,
    console: String,
}

impl Running {
    fn start(site: &Path) -> Self {
        let serving = site.join("data/serving.json");
        let mut command = Command::new(program("dutynet"));
        command
            .args(["serve", "--until-stdin-closes"])
            .current_dir(site)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let begun = Instant::now();
        let child = command.spawn().expect("the program starts");
        while !serving.is_file() {
            std::thread::sleep(Duration::from_millis(1));
        }
        let started = begun.elapsed();
        let said: Value = serde_json::from_str(&fs::read_to_string(&serving).expect("a file")).expect("JSON");
        let console =
            said["console_url"].as_str().expect("a console").trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { child, started, console }
    }

    /// Share of a core that it takes when nobody does anything.
    async fn idle_share(&self) -> f64 {
        let before = costs_of(&self.child.id().to_string()).0;
        tokio::time::sleep(WATCHED).await;
        (costs_of(&self.child.id().to_string()).0 - before) as f64 / WATCHED.as_micros() as f64
    }

    fn resident_mib(&self) -> f64 {
        costs_of(&self.child.id().to_string()).1 as f64 / 1024.0
    }

    fn end(mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("it ends");
    }
}

/// Measures.
pub(crate) async fn measure() -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let site = Site::new(&folder.path().join("township"));
    site.configure("[node]\ndata = \"data\"\n\n[link]\nlisten = \"127.0.0.1:0\"\n\n[api]\nlisten = \"127.0.0.1:0\"\n\n[console]\nlisten = \"127.0.0.1:0\"\n");
    site.done(&["init", "440825103", "--name", "海安镇", "--class", "township", "--zone", "bench"]);
    let new = Running::start(&site.folder);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (idle, share) = (new.resident_mib(), new.idle_share().await);
    let new_started = new.started;
    new.end();

    let (county, counts, _) = County::of_days(DAYS).await;
    let store = county.close().await;
    fs::remove_dir_all(site.folder.join("data")).expect("a folder");
    fs::rename(store.path(), site.folder.join("data")).expect("the same disk");
    let add = ["account", "add", PERSON, "--name", "张三", "--post", "officer,leader,manager,operator", "--own"];
    let full = Running::start(&site.folder);
    assert_eq!(site.run_with(&add, &format!("{PASSWORD}\n")).status, 0);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let (full_idle, full_share) = (full.resident_mib(), full.idle_share().await);
    let desk = Desk::enter(full.console.clone()).await;
    for path in PAGES.iter().cycle().take(200) {
        desk.ask("GET", path, "").await;
    }
    let used = full.resident_mib();
    let full_started = full.started;
    full.end();
    let binary = fs::metadata(program("dutynet")).map_or(0, |file| file.len()) as f64 / 1e6;
    println!("P7  `dutynet serve` with its console; the program has {binary:.1} MB");
    println!("    new: {idle:.1} MiB resident, serving after {new_started:.0?}, {:.2} % of a core idle", share * 100.0);
    println!(
        "    a county with {DAYS} days ({} reports, {} incidents, {} directives): {full_idle:.1} MiB, {used:.1} MiB after 200 pages, serving after \
         {full_started:.0?}, {:.2} % of a core idle",
        counts[0],
        counts[1],
        counts[2],
        full_share * 100.0
    );
    json!({
        "binary_mb": binary,
        "new": { "resident_mib": idle, "start_us": new_started.as_micros() as u64, "idle_share": share },
        "year": {
            "resident_mib": full_idle, "used_mib": used, "start_us": full_started.as_micros() as u64, "idle_share": full_share,
        },
    })
}
