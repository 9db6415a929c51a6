//! G1: nothing is acknowledged before it would survive a power cut. G2: every hop delivers at least once, every office applies once.

use std::{path::PathBuf, sync::Arc, time::Duration};

use dutynet_relay::{
    clock::SystemClock,
    disk::recording::RecordingDisk,
    ids::{Lane, RecordRef},
    record::Audience,
    relay::Relay,
    writer::RecordState,
};
use dutynet_tests::{
    lying::{Lie, LyingDisk},
    net::{Network, draft, office, until},
    running::quick,
};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

/// An office whose disk is watched, and what a power cut at this moment would leave of it.
struct Watched {
    net: Network,
    disks: Vec<Arc<RecordingDisk>>,
    folder: PathBuf,
    random: SmallRng,
    cuts: usize,
}

impl Watched {
    /// Whether the disk of an office would hold a record after a power cut now.
    fn survives(&mut self, id: &str, disk: usize, record: &RecordRef) -> bool {
        let mut replay = self.disks[disk].replay();
        while replay.step().expect("a record that can be followed") {}
        let image = replay.power_cut(&mut self.random);
        let folder = self.folder.join(format!("cut-{}", self.cuts));
        self.cuts += 1;
        for file in ["office.toml", "keys/office.key", "keys/leaf.der"] {
            std::fs::create_dir_all(folder.join("keys")).expect("a folder is made");
            std::fs::copy(self.net.folder(id).join(file), folder.join(file)).expect("a file is copied");
        }
        std::fs::create_dir_all(folder.join("journal")).expect("a folder is made");
        image.write_to(&folder.join("journal")).expect("an image is written");
        let Ok(relay) = Relay::open(quick(folder), Arc::new(SystemClock::default())) else { return false };
        relay.store().record(record).expect("a store that can be read").is_some()
    }
}

async fn watched(lie: Option<Lie>) -> Watched {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    let mut disks = Vec::new();
    for id in ["c", "p"] {
        net.stop(id).await;
        net.start_on(id, |disk| {
            let recording = Arc::new(RecordingDisk::over(disk).expect("a disk that can be read"));
            disks.push(recording.clone());
            match lie {
                Some(lie) => Arc::new(LyingDisk { disk: recording, lie }),
                None => recording,
            }
        })
        .await;
    }
    let folder = net.spare_folder("cuts");
    Watched { net, disks, folder, random: SmallRng::seed_from_u64(11), cuts: 0 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g1_nothing_is_acknowledged_before_it_would_survive_a_power_cut() {
    let mut watched = watched(None).await;
    for n in 0..12 {
        let record = watched.net.report("c", "p", &format!("report {n}")).await;
        assert!(watched.survives("c", 0, &record), "saved, as it was said, {n}");
        let said = || watched.net.state("c", &record) != Some(RecordState::Saved);
        until("custody", said).await;
        assert!(watched.survives("p", 1, &record), "at the parent, as it was said, {n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g1_a_disk_that_lies_about_its_syncs_is_found_out() {
    let mut watched = watched(Some(Lie::AboutFiles)).await;
    let mut lost = 0;
    for n in 0..12 {
        let record = watched.net.report("c", "p", &format!("report {n}")).await;
        lost += usize::from(!watched.survives("c", 0, &record));
    }
    assert!(lost > 0, "otherwise the story above says nothing");
}

/// Breaks lines after random amounts of traffic, until it is told to stop.
fn saboteur(net: &Network, children: &[&str], seed: u64) -> tokio::task::JoinHandle<()> {
    let lines: Vec<_> = children.iter().map(|child| net.line(child).clone()).collect();
    tokio::spawn(async move {
        let mut random = SmallRng::seed_from_u64(seed);
        loop {
            let line = &lines[random.random_range(0..lines.len())];
            let enough = line.passed() + random.random_range(500..30_000);
            while line.passed() < enough {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            if random.random_bool(0.5) {
                line.break_off();
            } else {
                line.cut();
                tokio::time::sleep(Duration::from_millis(random.random_range(0..50))).await;
                line.heal();
            }
        }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g2_every_record_arrives_and_is_applied_once_however_often_the_lines_break() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    let saboteur = saboteur(&net, &["c", "t"], 2);
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for n in 0..300 {
        up.push(net.report("t", "p", &format!("up {n}")).await);
        let notice = draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], format!("down {n}").as_bytes());
        down.push(net.submit("p", notice).await.unwrap().reference);
    }
    for (records, at) in [(&up, "p"), (&down, "t")] {
        for record in records {
            net.arrives(record, at).await;
        }
    }
    saboteur.abort();
    net.line("c").heal();
    net.line("t").heal();
    net.has_arrived(&up[299], "t").await;
    net.has_arrived(&down[299], "p").await;
    for at in ["p", "c", "t"] {
        let told = net.bodies(at);
        let of = |word: &str| told.iter().filter(|body| body.starts_with(word)).cloned().collect::<Vec<_>>();
        assert_eq!(of("up"), (0..300).map(|n| format!("up {n}")).collect::<Vec<_>>(), "{at}: once, in order");
        assert_eq!(of("down"), (0..300).map(|n| format!("down {n}")).collect::<Vec<_>>(), "{at}: once, in order");
    }
    assert!(net.counter("p", "resumed") > 3, "the lines did break");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g2_a_retry_of_the_same_record_makes_one_and_another_text_under_its_id_is_refused() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.cut("c");
    let once = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], b"once");
    let made = net.submit("c", once.clone()).await.unwrap();
    assert!(!made.folded);
    for _ in 0..4 {
        let again = net.submit("c", once.clone()).await.unwrap();
        assert!(again.folded);
        assert_eq!(again.reference, made.reference);
    }
    let other = dutynet_relay::writer::intent::Draft { body: "twice".into(), ..once };
    let refused = net.submit("c", other).await.unwrap_err();
    assert_eq!(refused.to_string(), "another record with this id is held; make a correction");
    net.heal("c");
    net.has_arrived(&made.reference, "c").await;
    assert_eq!(net.bodies("p"), ["once"]);
}
