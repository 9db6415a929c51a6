//! G5: everything is bounded; what is beyond a bound is refused in words, and what was accepted stays safe.

use std::{fs::File, path::PathBuf};

use dutynet_relay::{
    ids::Lane,
    record::{Audience, BODY_BYTES_MAX},
    writer::{RecordState, Space, intent::Draft},
};
use dutynet_tests::net::{Network, draft, office, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g5_a_record_beyond_a_limit_of_the_format_is_refused_in_words_and_nothing_is_kept() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    let up = || vec![Audience::UpTo(office("p"))];
    let note = || draft(Lane::Routine, up(), b"");
    let offices = |count: usize| (0..count).map(|n| office(&format!("o{n}"))).collect::<Vec<_>>();
    let to = |audience| draft(Lane::Routine, audience, b"");
    let too_much = [
        (Draft { body: vec![0; BODY_BYTES_MAX + 1].into(), ..note() }, "body has 16385 bytes, at most 16384 are allowed"),
        (Draft { subject: "s".repeat(257), ..note() }, "subject has 257 bytes, at most 256 are allowed"),
        (Draft { kind: "No Kind".into(), ..note() }, "field kind: "),
        (to(vec![Audience::Offices(offices(257))]), "1 to 256"),
        (to(vec![Audience::Offices(Vec::new())]), "1 to 256"),
        (to(vec![Audience::UpTo(office("p")); 9]), "audience"),
        (to(vec![Audience::Offices((0..256).map(|n| office(&format!("{n:0>32}"))).collect())]), "header has "),
        (to(vec![Audience::UpTo(office("nobody"))]), "office nobody is not known here"),
    ];
    for (draft, words) in too_much {
        let refused = net.submit("c", draft).await.unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
    let largest = Draft { body: vec![7; BODY_BYTES_MAX].into(), ..note() };
    let largest = net.submit("c", largest).await.unwrap().reference;
    net.has_arrived(&largest, "c").await;
    assert_eq!(net.told("p").len(), 1);
    assert_eq!(net.told("c").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g5_many_of_the_largest_records_pass_and_come_back_to_an_empty_disk() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.cut("c");
    let mut made = Vec::new();
    for n in 0..100 {
        let largest =
            Draft { body: vec![n; BODY_BYTES_MAX].into(), ..draft(Lane::Routine, vec![Audience::UpTo(office("p"))], b"") };
        made.push(net.submit("c", largest).await.unwrap().reference);
    }
    net.heal("c");
    net.has_arrived(&made[99], "c").await;
    net.stop("c").await;
    net.replace("p", "c").await;
    for record in &made {
        net.arrives(record, "c").await;
    }
}

/// The machine has one disk: only one story at a time may fill it.
static THE_DISK: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A file that takes so much of the disk away, and gives it back when it is removed.
struct Ballast(PathBuf);

impl Ballast {
    fn of(net: &Network, bytes: u64) -> Self {
        let path = net.spare_folder("ballast");
        let file = File::create(&path).expect("a file is made");
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes).expect("space is taken");
        Self(path)
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).expect("space is given back");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g5_a_filling_disk_refuses_routine_work_first_and_takes_it_again_when_there_is_space() {
    let _alone = THE_DISK.lock().await;
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    let free = net.relay("c").status().disk.0;
    let tenth = free / 10;
    net.stop("c").await;
    // Four times this is a little less than what is free now.
    net.start_with("c", |config| config.free_bytes_min = (free - tenth) / 4).await;
    let note = |lane| draft(lane, vec![Audience::UpTo(office("p"))], b"note");
    let before = net.submit("c", note(Lane::Routine)).await.unwrap().reference;
    let ballast = Ballast::of(&net, 2 * tenth);
    until("noticed", || net.relay("c").status().space == Space::Low).await;
    let refused = net.submit("c", note(Lane::Routine)).await.unwrap_err();
    assert_eq!(refused.to_string(), "the disk is too full for Routine records");
    for lane in [Lane::Urgent, Lane::Flash] {
        let taken = net.submit("c", note(lane)).await.unwrap().reference;
        net.has_arrived(&taken, "c").await;
    }
    drop(ballast);
    until("noticed again", || net.relay("c").status().space == Space::Enough).await;
    let after = net.submit("c", note(Lane::Routine)).await.unwrap().reference;
    net.has_arrived(&after, "c").await;
    net.has_arrived(&before, "c").await;
    assert_eq!(net.told("p").len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g5_a_parent_with_a_full_disk_acknowledges_nothing_and_goes_on_when_there_is_space() {
    let _alone = THE_DISK.lock().await;
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    let free = net.relay("p").status().disk.0;
    let tenth = free / 10;
    net.stop("p").await;
    net.start_with("p", |config| config.free_bytes_min = free - tenth).await;
    net.is_linked("p", "c").await;
    let ballast = Ballast::of(&net, 2 * tenth);
    until("noticed", || net.relay("p").status().space == Space::None).await;
    let refused = draft(Lane::Flash, Vec::new(), b"here");
    assert_eq!(net.submit("p", refused).await.unwrap_err().to_string(), "the disk is too full for Flash records");
    let report = net.report("c", "p", "waits").await;
    until("the lane is shut", || net.counter("p", "lane_shut") == 1).await;
    assert_eq!(net.state("c", &report), Some(RecordState::Saved), "kept where it was made");
    assert!(net.link("c", "p").state.up, "the line is up all the same");
    drop(ballast);
    net.has_arrived(&report, "c").await;
    assert_eq!(net.bodies("p"), ["waits"]);
}
