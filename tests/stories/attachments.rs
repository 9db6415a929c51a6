//! Attachments: added by an officer who states that they are no secret, seen wherever their record is, fetched by whoever needs them.

use std::{fs, path::Path};

use dutynet_tests::program::{Site, wait_for};

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
    town.run(&words(&[&["attachment", "add", &number, "../路径图.jpg"], &PLAIN])).is_refused(1, "FILE_UNREADABLE");
    let nowhere = folder.path().join("没有/a.jpg");
    town.run(&words(&[&["attachment", "save"], &which, &["--to", nowhere.to_str().unwrap()]])).is_refused(1, "FILE_UNREADABLE");
    let mine = folder.path().join("路径图.jpg");
    town.run(&words(&[&["attachment", "add", &number, mine.to_str().unwrap()], &PLAIN])).is_refused(1, "ATTACHMENT_NOT_OWN");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "the two offices and what was saved: {left:?}");
}
