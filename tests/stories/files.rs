//! Files that travel beside records: they reach whoever wants them, cost little more than their bytes, and stand in nobody's way.

use std::path::PathBuf;

use dutynet_relay::{
    files::FileState,
    ids::{Digest, FileRef, Lane, RecordRef},
    link::frame::{Chunk, Frame, GoneReason, WantFile},
    record::Audience,
};
use dutynet_tests::{
    hostile::{Claims, Hostile},
    net::{Network, draft, office, until},
    process::Process,
};
use rand::{RngCore as _, SeedableRng as _, rngs::SmallRng};

const MIB: usize = 1024 * 1024;

fn content(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    SmallRng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}

/// Province, county, township.
async fn three_tiers() -> Network {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    net.is_linked("p", "c").await;
    net.is_linked("c", "t").await;
    net
}

/// A report of the township that a file belongs to.
async fn report_with(net: &Network, from: &str, top: &str, bytes: Vec<u8>) -> (RecordRef, FileRef) {
    let relay = net.relay(from);
    let file = relay.put_file(std::io::Cursor::new(bytes)).await.expect("a file is put");
    let note = draft(Lane::Routine, vec![Audience::UpTo(office(top))], b"with a photograph");
    let made = relay.submit_with(note, vec![file]).await.expect("a record is made");
    (made.reference, file)
}

fn has(net: &Network, at: &str, file: &FileRef) -> u64 {
    match net.relay(at).file_state(file) {
        FileState::Held => file.bytes,
        FileState::Wanted(bytes) => bytes,
        FileState::Unknown => 0,
    }
}

fn path_of(net: &Network, at: &str, file: &FileRef) -> PathBuf {
    net.folder(at).join("files").join(file.digest.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_64_mib_that_is_cut_five_times_costs_little_more_than_its_bytes_and_holds_up_no_flash_record() {
    let net = three_tiers().await;
    let bytes = content(1, 64 * MIB);
    let (report, file) = report_with(&net, "t", "p", bytes.clone()).await;
    net.arrives(&report, "p").await;
    assert_eq!((has(&net, "c", &file), has(&net, "p", &file)), (0, 0), "nobody has asked for it");
    let before = [net.line("t").passed(), net.line("c").passed()];
    for child in ["t", "c"] {
        net.line(child).cut_after(file.bytes / 8);
    }
    net.relay("p").want_file(file).await.unwrap();
    for (child, at, cuts) in [("t", "c", 3), ("c", "p", 2)] {
        for cut in 1..=cuts {
            until("a part of it has come", || net.line(child).is_cut()).await;
            assert!(net.relay(at).file(&file).is_none(), "it was cut in the middle");
            until("the cut is noticed", || !net.link(at, child).state.up).await;
            if cut == cuts {
                net.heal(child);
                break;
            }
            let flash = draft(Lane::Flash, vec![Audience::UpTo(office("p"))], b"flash");
            let flash = net.submit("t", flash).await.unwrap().reference;
            net.line(child).cut_after(file.bytes / 8);
            net.heal(child);
            // It overtakes the file: before all of that has come, the line is cut again.
            net.arrives(&flash, "p").await;
        }
        until("all of it has come", || net.relay(at).file(&file).is_some()).await;
    }
    for at in ["c", "p"] {
        assert_eq!(std::fs::read(net.relay(at).file(&file).unwrap()).unwrap(), bytes);
    }
    for (child, before) in ["t", "c"].into_iter().zip(before) {
        let passed = net.line(child).passed() - before;
        let most = file.bytes + file.bytes / 20;
        eprintln!("line of {child}: {passed} bytes for a file of {}", file.bytes);
        assert!(passed <= most, "{passed} bytes passed for a file of {}", file.bytes);
    }
    assert_eq!(net.relay("p").status().files.held, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_that_is_killed_while_a_file_comes_goes_on_where_it_was() {
    let mut net = three_tiers().await;
    let bytes = content(2, 24 * MIB);
    let (report, file) = report_with(&net, "t", "p", bytes.clone()).await;
    net.arrives(&report, "p").await;
    net.stop("c").await;
    net.relay("p").want_file(file).await.unwrap();
    let before = net.line("t").passed();
    let part = net.folder("c").join("files").join(format!("{}.part", file.digest));
    let have = || std::fs::metadata(&part).map_or(0, |known| known.len());
    for kill in 1..=3 {
        net.line("t").cut_after(file.bytes / 5);
        let mut county = Process::serve(&net.folder("c")).await;
        net.line("t").aim(county.link());
        until("a part of it has come", || net.line("t").is_cut() && have() >= kill * file.bytes / 6).await;
        county.kill();
        assert!(have() > 0, "it was killed in the middle");
        net.heal("t");
    }
    net.start("c").await;
    until("the province has it", || net.relay("p").file(&file).is_some()).await;
    assert_eq!(std::fs::read(net.relay("p").file(&file).unwrap()).unwrap(), bytes);
    let passed = net.line("t").passed() - before;
    assert!(passed <= file.bytes * 115 / 100, "{passed} bytes passed for a file of {}", file.bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_what_its_name_says_is_thrown_away_and_counted() {
    let net = three_tiers().await;
    let bytes = content(3, MIB);
    let (report, file) = report_with(&net, "t", "c", bytes.clone()).await;
    net.arrives(&report, "c").await;
    let mut other = bytes.clone();
    other[MIB / 2] ^= 1;
    std::fs::write(path_of(&net, "t", &file), &other).unwrap();
    net.relay("c").want_file(file).await.unwrap();
    until("it is thrown away", || net.counter("c", "file_discarded") > 0).await;
    assert!(net.relay("c").file(&file).is_none() && !path_of(&net, "c", &file).exists());
    std::fs::write(path_of(&net, "t", &file), &bytes).unwrap();
    until("the right one comes", || net.relay("c").file(&file).is_some()).await;
    net.relay("c").forget_file(file.digest).await.unwrap();
    assert_eq!((net.relay("c").file_state(&file), path_of(&net, "c", &file).exists()), (FileState::Unknown, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_too_full_takes_records_and_no_files_until_there_is_room() {
    let mut net = three_tiers().await;
    let (report, file) = report_with(&net, "t", "c", content(4, MIB)).await;
    net.arrives(&report, "c").await;
    net.stop("c").await;
    let stat = net.relay("t").status();
    // Between four and eight times what must be free.
    net.start_with("c", |config| config.free_bytes_min = stat.disk.0 / 6).await;
    let wanted = net.relay("c").want_file(file).await;
    assert!(matches!(wanted, Err(dutynet_relay::files::FileFault::NoRoom)), "{wanted:?}");
    let own = net.relay("c").put_file(std::io::Cursor::new(vec![1])).await;
    assert!(matches!(own, Err(dutynet_relay::files::FileFault::NoRoom)), "{own:?}");
    let note = net.report("t", "c", "a record").await;
    net.arrives(&note, "c").await;
    net.stop("c").await;
    net.start("c").await;
    net.relay("c").want_file(file).await.unwrap();
    until("the file comes", || net.relay("c").file(&file).is_some()).await;
}

/// A child that keeps to no rule, below a county that holds a file which is none of its business, and one that is.
async fn beside_a_hostile_child() -> (Network, Hostile, FileRef, FileRef) {
    let mut net = three_tiers().await;
    net.enrol_only("c", "h").await;
    let (report, secret) = report_with(&net, "t", "c", content(5, 200_000)).await;
    net.arrives(&report, "c").await;
    net.relay("c").want_file(secret).await.unwrap();
    until("the county has it", || net.relay("c").file(&secret).is_some()).await;
    let relay = net.relay("c");
    let shared = relay.put_file(std::io::Cursor::new(content(6, 100_000))).await.unwrap();
    let note = draft(Lane::Routine, vec![Audience::Offices(vec![office("h")])], b"for you");
    relay.submit_with(note, vec![shared]).await.unwrap();
    let claims = Claims { office: office("h"), zone: net.zone() };
    let hostile = Hostile::knock(&net.folder("h"), &net.line("h").address(), claims).await.unwrap();
    (net, hostile, secret, shared)
}

/// The next word about files; `None`: the link was ended.
async fn word(hostile: &mut Hostile) -> Option<Frame> {
    loop {
        match hostile.hear().await? {
            frame @ (Frame::Chunk(_) | Frame::FileGone(_) | Frame::WantFile(_) | Frame::StopFile(_)) => return Some(frame),
            Frame::Hello(_)
            | Frame::Refused(_)
            | Frame::Batch(_)
            | Frame::Custody(_)
            | Frame::Arrived(_)
            | Frame::Heartbeat(_)
            | Frame::Drain { .. }
            | Frame::Fetch(_)
            | Frame::Fetched(_) => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_given_only_to_whom_a_record_that_names_it_went_or_from_whom_it_came() {
    let (net, mut hostile, secret, shared) = beside_a_hostile_child().await;
    for (file, length) in [(secret, secret.bytes), (FileRef { digest: Digest([7; 32]), bytes: 9 }, 9)] {
        hostile.say(&Frame::WantFile(WantFile { digest: file.digest, offset: 0, length }));
        match word(&mut hostile).await {
            Some(Frame::FileGone(gone)) => assert_eq!((gone.digest, gone.reason), (file.digest, GoneReason::NotYours)),
            other => panic!("not refused: {other:?}"),
        }
    }
    hostile.say(&Frame::WantFile(WantFile { digest: shared.digest, offset: 1, length: shared.bytes }));
    assert!(matches!(word(&mut hostile).await, Some(Frame::FileGone(gone)) if gone.reason == GoneReason::AnotherLength));
    hostile.say(&Frame::WantFile(WantFile { digest: shared.digest, offset: 0, length: shared.bytes }));
    let mut came = Vec::new();
    while (came.len() as u64) < shared.bytes {
        let Some(Frame::Chunk(chunk)) = word(&mut hostile).await else { panic!("a part of the file") };
        assert_eq!(chunk.offset, came.len() as u64);
        came.extend_from_slice(&chunk.bytes);
        let offset = came.len() as u64;
        hostile.say(&Frame::WantFile(WantFile { digest: shared.digest, offset, length: shared.bytes - offset }));
    }
    assert_eq!(Digest::of(FileRef::TAG, &[&came]), shared.digest);
    assert!(net.link("c", "h").state.up);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_that_nobody_asked_for_end_the_link_and_leave_nothing() {
    let digest = Digest([9; 32]);
    let far = Chunk { digest, offset: 0, bytes: vec![1; 10].into(), total: 10 };
    let beyond = Chunk { digest, offset: u64::MAX - 3, bytes: vec![1; 10].into(), total: u64::MAX };
    let large = Chunk { digest, offset: 0, bytes: vec![1; 65 * 1024].into(), total: 1 << 20 };
    let empty = Chunk { digest, offset: 0, bytes: Vec::new().into(), total: 10 };
    let (net, first, _, _) = beside_a_hostile_child().await;
    drop(first);
    let held = net.relay("c").status().files;
    for chunk in [far, beyond, large, empty] {
        let claims = Claims { office: office("h"), zone: net.zone() };
        let mut hostile = Hostile::knock(&net.folder("h"), &net.line("h").address(), claims).await.unwrap();
        hostile.say(&Frame::Chunk(chunk));
        assert!(word(&mut hostile).await.is_none(), "the link is ended");
    }
    assert_eq!(net.relay("c").status().files, held);
    assert_eq!(std::fs::read_dir(net.folder("c").join("files")).unwrap().count() as u64, held.held);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_wishes_end_the_link_and_stand_in_nobodys_way() {
    let (net, mut hostile, _, _) = beside_a_hostile_child().await;
    let held = net.relay("c").status().files;
    for n in 0..5_000_u32 {
        let digest = Digest::of("story", &[&n.to_be_bytes()]);
        hostile.say(&Frame::WantFile(WantFile { digest, offset: 0, length: 10 }));
    }
    while let Some(said) = word(&mut hostile).await {
        assert!(matches!(said, Frame::FileGone(gone) if gone.reason == GoneReason::NotYours), "nothing is given");
    }
    until("the link is ended", || !net.link("c", "h").state.up).await;
    assert_eq!(net.relay("c").status().files, held, "nothing is wanted on its behalf");
    let note = net.report("t", "p", "goes on").await;
    net.arrives(&note, "p").await;
}

/// A record of the hostile child that names this file, and the county's wish for it.
async fn wanted_of(net: &Network, hostile: &mut Hostile, (seq, file): (u64, FileRef)) {
    let mut header = hostile.header(&office("c"));
    header.attachments = vec![file];
    let carried = hostile.sealed(header, b"with a photograph");
    hostile.send(seq, vec![carried]);
    hostile.custody(seq).await;
    net.relay("c").want_file(file).await.unwrap();
    let asked = word(hostile).await;
    assert!(matches!(&asked, Some(Frame::WantFile(want)) if want.digest == file.digest), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_neighbour_that_gives_something_else_or_more_than_it_said_leaves_nothing() {
    let (net, mut hostile, _, _) = beside_a_hostile_child().await;
    let held = net.relay("c").status().files.held;
    let bytes = content(11, 100_000);
    let file = FileRef { digest: Digest::of(FileRef::TAG, &[&bytes]), bytes: bytes.len() as u64 };
    wanted_of(&net, &mut hostile, (1, file)).await;
    for (n, half) in vec![9_u8; bytes.len()].chunks(50_000).enumerate() {
        let (offset, half) = (n as u64 * 50_000, half.to_vec().into());
        hostile.say(&Frame::Chunk(Chunk { digest: file.digest, offset, bytes: half, total: file.bytes }));
    }
    until("it is thrown away", || net.counter("c", "file_discarded") == 1).await;
    assert!(net.link("c", "h").state.up, "that may be a bad disk");
    assert_eq!(net.relay("c").status().files.wanted_bytes, 0);
    // It never ends.
    let longer = Chunk { digest: file.digest, offset: 0, bytes: bytes[..50_000].to_vec().into(), total: u64::MAX };
    loop {
        match word(&mut hostile).await {
            Some(Frame::WantFile(want)) if want.length > 0 => break hostile.say(&Frame::Chunk(longer)),
            Some(_) => {}
            None => panic!("the link was up"),
        }
    }
    while word(&mut hostile).await.is_some() {}
    until("the link is ended", || !net.link("c", "h").state.up).await;
    let files = net.relay("c").status().files;
    assert_eq!((files.held, files.wanted, files.wanted_bytes), (held, 1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_township_that_is_killed_while_it_gives_a_file_goes_on_where_it_was() {
    let mut net = three_tiers().await;
    let bytes = content(12, 24 * MIB);
    let (report, file) = report_with(&net, "t", "c", bytes.clone()).await;
    net.arrives(&report, "c").await;
    net.stop("t").await;
    net.relay("c").want_file(file).await.unwrap();
    let before = net.line("t").passed();
    for _ in 1..=3 {
        net.line("t").cut_after(file.bytes / 5);
        let township = Process::serve(&net.folder("t")).await;
        until("a part of it has come", || net.line("t").is_cut()).await;
        township.kill();
        assert!(net.relay("c").file(&file).is_none(), "it was killed in the middle");
        net.heal("t");
    }
    net.start("t").await;
    until("the county has it", || net.relay("c").file(&file).is_some()).await;
    assert_eq!(std::fs::read(net.relay("c").file(&file).unwrap()).unwrap(), bytes);
    let passed = net.line("t").passed() - before;
    assert!(passed <= file.bytes * 115 / 100, "{passed} bytes passed for a file of {}", file.bytes);
}
