//! Attachments: added by an officer who states that they are no secret, seen wherever their record is, fetched by whoever needs them.

use std::{fs, path::Path, sync::Arc};

use dutynet_node::{
    body::attached::{Attached, AttachedBody, FILES_ATTACHED},
    domain::attachment::FileName,
    text::refusal::Refusal,
    usecase::{Destroy, FilePlace, Guard, PurgeRecord, To},
};
use dutynet_relay::{
    files::FilesHeld,
    ids::{FileRef, Lane, RecordRef},
    record::Audience,
};
use dutynet_tests::{
    desk::{Desk, new_id, notice},
    net::{Network, clerk, draft, office, until, until_seen},
    program::{Site, wait_for},
    steps::{call, report, take},
};
use rand::{RngCore as _, SeedableRng as _, rngs::SmallRng};

const AS: [&str; 2] = ["--as", "z01:张三"];
const PLAIN: [&str; 4] = ["--plain-by", "李四", "--as", "z01:张三"];

fn words<'a>(parts: &[&[&'a str]]) -> Vec<&'a str> {
    parts.concat()
}

/// A county that serves, and a township below it.
fn county_and_town(folder: &Path) -> (Site, Site) {
    let mut root = Site::new(&folder.join("county"));
    root.done(&["init", "440825", "--name", "徐闻县", "--class", "county", "--zone", "gov"]);
    root.serve();
    let mut town = Site::new(&folder.join("town"));
    let invite = ["invite", "440825103", "--name", "海安镇", "--class", "township", "--json", "--address"];
    let address = root.link();
    let invitation = root.done(&words(&[&invite, &[&address], &AS])).json()["invitation"].as_str().unwrap().to_owned();
    assert_eq!(town.run_with(&["enrol", "-"], &invitation).status, 0);
    town.serve();
    (root, town)
}

#[test]
fn files_of_a_notice_are_added_listed_fetched_and_saved_at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let (root, town) = county_and_town(folder.path());
    let send = ["notice", "send", "--title", "台风防御", "--text", "见附件", "--urgency", "urgent", "--all", "--json"];
    let number = root.done(&words(&[&send, &AS])).json()["number"].as_str().unwrap().to_owned();
    let photo = [b"\xff\xd8\xff\xe0".as_slice(), &vec![7; 700_000]].concat();
    fs::write(root.folder.join("路径图.jpg"), &photo).unwrap();
    fs::write(root.folder.join("a.exe"), b"MZ").unwrap();
    fs::write(root.folder.join("程序.jpg"), [b"MZ".as_slice(), &vec![0; 3_000_000]].concat()).unwrap();
    let add = ["attachment", "add", &number];
    root.run(&words(&[&add, &["路径图.jpg"], &AS])).is_refused(1, "ATTACHMENT_NOT_PLAIN");
    root.run(&words(&[&add, &["路径图.jpg", "--plain-by", "李四"]])).is_refused(1, "PERSON_MISSING");
    root.run(&words(&[&add, &["没有.jpg"], &PLAIN])).is_refused(1, "FILE_UNREADABLE");
    root.run(&words(&[&add, &["data"], &PLAIN])).is_refused(1, "FILE_UNREADABLE");
    root.run(&words(&[&add, &["a.exe"], &PLAIN])).is_refused(1, "ATTACHMENT_KIND");
    root.run(&words(&[&add, &["程序.jpg"], &PLAIN])).is_refused(1, "ATTACHMENT_RUNS");
    assert_eq!(root.run(&words(&[&add, &PLAIN])).status, 2, "no file");
    let id = ["--id", "0198a000-0000-7000-8000-000000000001", "--json"];
    let added = root.done(&words(&[&add, &["路径图.jpg"], &PLAIN, &id])).json();
    assert_eq!((&added["folded"], &added["files"][0]["place"]), (&false.into(), &"here".into()));
    assert_eq!(root.done(&words(&[&add, &["路径图.jpg"], &PLAIN, &id])).json()["folded"], true);
    let of_town = ["attachment", "list", &number, "--json"];
    wait_for("the township sees it", || town.run(&of_town).status == 0 && town.done(&of_town).json()["files"][0].is_object());
    let seen = town.done(&of_town).json()["files"][0].clone();
    assert_eq!((&seen["place"], &seen["stated_plain_by"]), (&"at_origin".into(), &"李四".into()));
    assert!(town.done(&of_town[..3]).out.contains("在产生它的单位"));
    let which = [number.as_str(), "路径图.jpg"];
    let to = folder.path().to_str().unwrap();
    town.run(&words(&[&["attachment", "save"], &which, &["--to", to]])).is_refused(1, "ATTACHMENT_NOT_HERE");
    town.run(&["attachment", "fetch", &number, "没有.jpg"]).is_refused(1, "ATTACHMENT_UNKNOWN");
    town.run(&["attachment", "list", "0000"]).is_refused(1, "MATTER_NUMBER_INVALID");
    wait_for("it comes", || town.done(&words(&[&["attachment", "fetch"], &which, &["--json"]])).json()["place"] == "here");
    let saved = town.done(&words(&[&["attachment", "save"], &which, &["--to", to]]));
    assert!(saved.out.contains("内容核对无误"), "{}", saved.out);
    assert_eq!(fs::read(folder.path().join("路径图.jpg")).unwrap(), photo);
    town.run(&words(&[&["attachment", "save"], &which, &["--to", to]])).is_refused(1, "FILE_EXISTS");
    let nowhere = folder.path().join("没有/a.jpg");
    town.run(&words(&[&["attachment", "save"], &which, &["--to", nowhere.to_str().unwrap()]])).is_refused(1, "FILE_UNREADABLE");
    let mine = folder.path().join("路径图.jpg");
    town.run(&words(&[&["attachment", "add", &number, mine.to_str().unwrap()], &PLAIN])).is_refused(1, "ATTACHMENT_NOT_OWN");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "the two offices and what was saved: {left:?}");
}

/// A photograph, as far as anybody can tell.
fn photo(len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    SmallRng::seed_from_u64(len as u64).fill_bytes(&mut bytes);
    bytes[..4].copy_from_slice(b"\xff\xd8\xff\xe0");
    bytes
}

/// Province, county, township.
async fn three_tiers() -> Network {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c"), ("c", "t")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    net
}

async fn close(desks: impl IntoIterator<Item = Desk>) {
    for desk in desks {
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_cut_five_times_costs_little_more_than_its_bytes_through_a_tier_that_had_not_asked() {
    let net = three_tiers().await;
    let (province, township) = (Desk::at(&net, "p"), Desk::at(&net, "t"));
    let map = photo(8 * 1024 * 1024);
    let number = province.send("台风防御", To::EverybodyBelow).await.number.to_string();
    province.attach(&number, &[("路径图.jpg", &map)]).await.unwrap();
    township.attachment_when(&number, "the township knows of it", |place| place == FilePlace::AtOrigin).await;
    assert_eq!((net.relay("c").status().files, net.relay("t").status().files), (FilesHeld::default(), FilesHeld::default()));
    let before = ["c", "t"].map(|child| net.line(child).passed());
    let part = map.len() as u64 / 5;
    net.line("c").cut_after(part);
    net.line("t").cut_after(part);
    township.office.fetch_attachment(&number, "路径图.jpg").await.unwrap();
    for (child, parent, cuts) in [("c", "p", 3), ("t", "c", 2)] {
        for cut in 1..=cuts {
            until("the line is cut", || net.line(child).is_cut()).await;
            until("both sides notice", || !net.link(parent, child).state.up && !net.link(child, parent).state.up).await;
            if cut < cuts {
                net.line(child).cut_after(part);
            }
            net.heal(child);
        }
    }
    township.attachment_when(&number, "it has come", |place| place == FilePlace::Here).await;
    let row = township.office.open_attachment(&number, "路径图.jpg").await.unwrap();
    for at in ["c", "t"] {
        assert_eq!(fs::read(net.relay(at).file(&row.file).unwrap()).unwrap(), map, "{at}");
    }
    for (child, before) in ["c", "t"].into_iter().zip(before) {
        let passed = net.line(child).passed() - before;
        assert!(passed <= row.file.bytes + row.file.bytes / 20, "line of {child}: {passed} bytes for {}", row.file.bytes);
        assert!(passed >= row.file.bytes, "it was counted");
    }
    close([province, township]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_nearly_full_takes_no_files_and_says_so_while_records_go_on() {
    let mut net = three_tiers().await;
    let province = Desk::at(&net, "p");
    let number = province.send("台风防御", To::EverybodyBelow).await.number.to_string();
    province.attach(&number, &[("路径图.jpg", &photo(100_000))]).await.unwrap();
    net.stop("c").await;
    let (free, _) = net.relay("p").status().disk;
    // Between four and eight times what must be free.
    net.start_with("c", |config| config.free_bytes_min = free / 6).await;
    let county = Desk::at(&net, "c");
    county.attachment_when(&number, "the county knows of it", |place| place == FilePlace::AtOrigin).await;
    let refused = county.office.fetch_attachment(&number, "路径图.jpg").await.unwrap_err();
    assert_eq!(refused.refusal, Refusal::AttachmentNoRoom);
    let own = county.send("转发", To::EverybodyBelow).await;
    let refused = county.attach(&own.number.to_string(), &[("a.jpg", &photo(1000))]).await.unwrap_err();
    assert_eq!(refused.refusal, Refusal::AttachmentNoRoom);
    net.arrives(&own.reference, "t").await;
    assert_eq!(net.relay("c").status().files, FilesHeld::default());
    county.close().await;
    net.stop("c").await;
    net.start("c").await;
    let county = Desk::at(&net, "c");
    county.office.fetch_attachment(&number, "路径图.jpg").await.unwrap();
    county.attachment_when(&number, "there is room", |place| place == FilePlace::Here).await;
    close([province, county]).await;
}

/// What a county whose program keeps no rule says of a file.
async fn said_of(net: &Network, record: &RecordRef, (name, bytes): (&str, Vec<u8>), stated_plain_by: &str) -> RecordRef {
    let county = net.relay("c");
    let file: FileRef = county.put_file(std::io::Cursor::new(bytes)).await.unwrap();
    let attached = Attached {
        file,
        name: FileName::parse(name).unwrap(),
        media_type: "image/jpeg".into(),
        stated_plain_by: stated_plain_by.into(),
    };
    let body = AttachedBody { record: record.clone(), files: vec![attached] }.encode();
    let mut said = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], &body);
    (said.kind, said.subject) = (FILES_ATTACHED.into(), "story".into());
    county.submit_with(said, vec![file]).await.unwrap().reference
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_neighbour_says_of_files_without_a_statement_or_under_a_marked_name_is_not_believed() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.stop("p").await;
    net.start_with("p", |config| config.inspector = Arc::new(Guard)).await;
    net.is_linked("p", "c").await;
    let mut note = draft(Lane::Routine, vec![Audience::UpTo(office("p"))], b"what files belong to");
    note.subject = "story".into();
    let record = net.submit("c", note).await.unwrap().reference;
    let marked = said_of(&net, &record, ("[机密]_现场.jpg", photo(1000)), "张三").await;
    let unstated = said_of(&net, &record, ("无人声明.jpg", photo(1000)), "").await;
    let own = net.submit("p", draft(Lane::Routine, Vec::new(), b"the province's own")).await.unwrap().reference;
    let elsewhere = said_of(&net, &own, ("别人的.jpg", photo(1000)), "张三").await;
    let fine = said_of(&net, &record, ("现场.jpg", photo(1000)), "张三").await;
    net.arrives(&fine, "p").await;
    until("it is parked at its maker", || net.relay("c").parked().unwrap().len() == 1).await;
    let parked = net.relay("c").parked().unwrap().remove(0);
    assert_eq!((&parked.reference, parked.code.as_str()), (&marked, "CONTENT"));
    let province = Desk::at(&net, "p");
    let row = province.attachment_when(&fine.to_string(), "one is known", |_| true).await;
    let program = [b"MZ\x90\0".as_slice(), &photo(1000)].concat();
    let disguised = said_of(&net, &record, ("程序.jpg", program), "张三").await;
    net.arrives(&disguised, "p").await;
    assert_eq!(row.record, fine, "and no other, neither {unstated} nor {elsewhere}");
    let named = disguised.to_string();
    province.office.fetch_attachment(&named, "程序.jpg").await.unwrap();
    let refusal = async || province.office.open_attachment(&named, "程序.jpg").await.unwrap_err().refusal;
    let came = until_seen("the file has come", refusal, |refusal| *refusal != Refusal::AttachmentNotHere).await;
    assert_eq!(came, Refusal::AttachmentUnsafe);
    province.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_go_with_the_record_that_they_belong_to_when_it_is_purged() {
    let net = three_tiers().await;
    let (province, township) = (Desk::at(&net, "p"), Desk::at(&net, "t"));
    let sent = province.send("台风防御", To::EverybodyBelow).await;
    let number = sent.number.to_string();
    province.attach(&number, &[("路径图.jpg", &photo(100_000))]).await.unwrap();
    let row = township.attachment_when(&number, "the township knows of it", |_| true).await;
    township.office.fetch_attachment(&number, "路径图.jpg").await.unwrap();
    township.attachment_when(&number, "it has come", |place| place == FilePlace::Here).await;
    let destroy = Destroy { id: new_id(), record: sent.reference.to_string(), reason: "误发".into(), by: Some(clerk()) };
    province.office.purge(PurgeRecord { id: new_id(), destroy }).await.unwrap();
    until("no file is left anywhere", || ["p", "c", "t"].iter().all(|at| net.relay(at).file(&row.file).is_none())).await;
    let named = row.record.to_string();
    township.attachment_when(&named, "its name is gone, too", |place| place == FilePlace::Gone).await;
    assert_eq!(township.office.attachments(&named).await.unwrap()[0].said, None);
    let other = notice("更正", To::EverybodyBelow);
    province.office.send_notice(other).await.unwrap();
    close([province, township]).await;
}

#[test]
fn files_go_with_a_step_that_is_typed_and_a_step_is_not_taken_for_files_that_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut county = Site::new(folder.path());
    county.done(&["init", "440825", "--name", "徐闻县", "--class", "county", "--zone", "gov"]);
    county.serve();
    fs::write(county.folder.join("现场.jpg"), photo(300_000)).unwrap();
    fs::write(county.folder.join("程序.jpg"), b"MZ").unwrap();
    let order = [
        "directive",
        "order",
        "--kind",
        "task",
        "--title",
        "排查堤防",
        "--words",
        "逐段查看",
        "--owner",
        "李四",
        "--urgency",
        "routine",
    ];
    let typed = |more: &[&str]| county.run(&words(&[&order, more, &AS]));
    typed(&["--attach", "现场.jpg"]).is_refused(1, "ATTACHMENT_NOT_PLAIN");
    typed(&["--attach", "程序.jpg", "--plain-by", "李四"]).is_refused(1, "ATTACHMENT_RUNS");
    fs::copy(county.folder.join("现场.jpg"), county.folder.join("机密★5年.jpg")).unwrap();
    typed(&["--attach", "机密★5年.jpg", "--plain-by", "李四"]).is_refused(1, "SECRECY_MARK");
    typed(&["--attach", "没有.jpg", "--plain-by", "李四"]).is_refused(1, "FILE_UNREADABLE");
    assert_eq!(county.done(&["directive", "list", "--all", "--json"]).json()["matters"], serde_json::json!([]));
    let id = ["--id", "0198a000-0000-7000-8000-000000000002", "--json"];
    let more = words(&[&["--attach", "现场.jpg", "--plain-by", "李四"], &id]);
    let number = typed(&more).json()["number"].as_str().unwrap().to_owned();
    assert_eq!(typed(&more).json()["folded"], true);
    let files = county.done(&["attachment", "list", &number, "--json"]).json()["files"].clone();
    assert_eq!((files.as_array().unwrap().len(), &files[0]["name"]), (1, &"现场.jpg".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photograph_climbs_with_the_report_of_each_tier_and_stands_on_each_disk_once() {
    let net = three_tiers().await;
    let (province, county, township) = (Desk::at(&net, "p"), Desk::at(&net, "c"), Desk::at(&net, "t"));
    let matter = take(&township, call("地震")).await.number().to_string();
    let first = take(&township, report(&matter, "initial", 2)).await.reference;
    township.attach(&matter, &[("现场.jpg", &photo(300_000))]).await.unwrap();
    let row = county.attachment_when(&matter, "the county knows of it", |place| place == FilePlace::AtOrigin).await;
    assert_eq!(row.said.unwrap().belongs_to, first, "the last step of the township");
    let second = take(&county, report(&matter, "initial", 2)).await.reference;
    assert_eq!(county.pass(&matter, "现场.jpg").await.unwrap_err().refusal, Refusal::AttachmentNotHere);
    county.office.fetch_attachment(&matter, "现场.jpg").await.unwrap();
    county.attachment_when(&matter, "it has come", |place| place == FilePlace::Here).await;
    let passed = county.pass(&matter, "现场.jpg").await.unwrap();
    assert_eq!(passed.files[0].said.as_ref().unwrap().belongs_to, second);
    let row = province.attachment_when(&matter, "the province knows of it", |place| place == FilePlace::AtOrigin).await;
    assert_eq!(row.record, passed.reference, "by the county's word alone");
    province.office.fetch_attachment(&matter, "现场.jpg").await.unwrap();
    province.attachment_when(&matter, "it has come", |place| place == FilePlace::Here).await;
    for at in ["p", "c", "t"] {
        assert_eq!(net.relay(at).status().files.held, 1, "{at}");
    }
    close([province, county, township]).await;
}
