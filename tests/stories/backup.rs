//! An office that lost its machine comes back: from a stick, from a second disk, or from its neighbours alone. The program as an operator
//! uses it.

mod pair;

use std::{
    io::ErrorKind::NotFound,
    path::{Path, PathBuf},
};

use dutynet_tests::program::{Site, wait_for};
use serde_json::Value;

use self::pair::{Pair, code_in, enrol, filed, files, founded, revisions, status, warns, zero};

const BEFORE: &str = "2026-03-01";
const SINCE: &str = "2026-03-02";
const NEVER_SENT: &str = "2026-03-03";
const AFTER: &str = "2026-03-04";

#[test]
fn an_office_comes_back_on_an_empty_machine_with_its_past_and_what_had_left_it_since() {
    let mut pair = Pair::new();
    zero(&pair.child, BEFORE);
    pair.arrives(BEFORE);
    assert_eq!(pair.back_up()["number"], 1);
    zero(&pair.child, SINCE);
    pair.arrives(SINCE);
    pair.parent.stop();
    zero(&pair.child, NEVER_SENT);
    let epoch = status(&pair.child)["epoch"].clone();
    pair.lose_the_child();
    let mut machine = pair.empty_machine("new");
    let restored = pair.restore(&machine);
    assert_eq!(restored.status, 0, "{restored:?}");
    assert!(restored.out.contains("未送出的"), "it says what is lost: {}", restored.out);
    machine.serve();
    assert_eq!((filed(&machine, BEFORE), filed(&machine, SINCE)), ("zero".into(), "nothing".into()));
    assert_ne!(status(&machine)["epoch"], epoch);
    pair.parent.serve();
    wait_for("what had left it comes back", || filed(&machine, SINCE) == "zero");
    assert_eq!(filed(&machine, NEVER_SENT), "nothing");
    zero(&machine, AFTER);
    pair.arrives(AFTER);
    assert_eq!(filed(&pair.parent, NEVER_SENT), "nothing");
    for day in [BEFORE, SINCE, AFTER] {
        assert_eq!((revisions(&pair.parent, day), revisions(&machine, day)), (1, 1), "{day}");
    }
    assert!(machine.done(&["verify"]).out.contains("核对无误"));
}

#[test]
fn what_a_restored_office_makes_before_it_meets_anybody_takes_no_number_twice() {
    let mut pair = Pair::new();
    zero(&pair.child, BEFORE);
    pair.arrives(BEFORE);
    pair.back_up();
    zero(&pair.child, SINCE);
    pair.arrives(SINCE);
    pair.parent.stop();
    pair.lose_the_child();
    let mut machine = pair.empty_machine("new");
    assert_eq!(pair.restore(&machine).status, 0);
    machine.serve();
    // As many as were lost, and one more: in the old epoch these would be their numbers.
    zero(&machine, NEVER_SENT);
    zero(&machine, AFTER);
    pair.parent.serve();
    pair.arrives(NEVER_SENT);
    pair.arrives(AFTER);
    wait_for("what had left it comes back", || filed(&machine, SINCE) == "zero");
    for day in [BEFORE, SINCE, NEVER_SENT, AFTER] {
        assert_eq!((revisions(&pair.parent, day), revisions(&machine, day)), (1, 1), "{day}");
    }
    let counters = status(&machine)["counters"].clone();
    assert_eq!(counters["epochs_forked"], 1, "one new epoch was enough: {counters}");
    assert_eq!(counters["chain_differs"], Value::Null, "{counters}");
}

#[test]
fn a_restored_machine_beside_the_old_one_is_kept_out_until_the_old_one_is_off() {
    let mut pair = Pair::new();
    zero(&pair.child, BEFORE);
    pair.arrives(BEFORE);
    pair.back_up();
    zero(&pair.child, SINCE);
    pair.arrives(SINCE);
    let mut machine = pair.empty_machine("new");
    assert_eq!(pair.restore(&machine).status, 0);
    machine.serve();
    let reason = || machine.done(&["links", "--json"]).json()["links"][0]["reason"].as_str().unwrap_or_default().to_owned();
    wait_for("it is told why", || reason().contains("another machine shows this office"));
    zero(&machine, AFTER);
    zero(&pair.child, NEVER_SENT);
    pair.arrives(NEVER_SENT);
    assert_eq!(filed(&pair.parent, AFTER), "nothing", "the incumbent stays");
    // A person has decided: the old one is off for good.
    pair.child.stop();
    machine.stop();
    machine.serve();
    pair.arrives(AFTER);
    wait_for("it has its past", || filed(&machine, SINCE) == "zero" && filed(&machine, NEVER_SENT) == "zero");
    for day in [BEFORE, SINCE, NEVER_SENT, AFTER] {
        assert_eq!((revisions(&pair.parent, day), revisions(&machine, day)), (1, 1), "{day}");
    }
}

#[test]
fn a_replaced_machine_without_a_backup_gets_back_what_had_left_it_and_says_what_is_lost() {
    let mut pair = Pair::new();
    for day in [BEFORE, SINCE] {
        zero(&pair.child, day);
        pair.arrives(day);
    }
    pair.parent.stop();
    zero(&pair.child, NEVER_SENT);
    pair.lose_the_child();
    pair.parent.serve();
    let mut machine = pair.empty_machine("new");
    let enrolled = enrol(&pair.parent, &machine, &["--replace"]);
    assert!(enrolled.out.contains("从未送出的"), "it says what is lost: {}", enrolled.out);
    machine.serve();
    wait_for("the boards are complete again", || [BEFORE, SINCE].iter().all(|day| filed(&machine, day) == "zero"));
    assert_eq!(filed(&machine, NEVER_SENT), "nothing");
    zero(&machine, AFTER);
    pair.arrives(AFTER);
    for day in [BEFORE, SINCE, AFTER] {
        assert_eq!((revisions(&pair.parent, day), revisions(&machine, day)), (1, 1), "{day}");
    }
    assert_ne!(code_in(&enrolled), pair.code, "its keys are others");
}

#[test]
fn backups_are_made_by_plan_and_a_stick_that_is_out_is_said_to_be_out_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let (stick, away) = (folder.path().join("stick"), folder.path().join("away"));
    std::fs::create_dir(&stick).unwrap();
    let mut root = founded(&folder.path().join("root"));
    let config = std::fs::read_to_string(root.folder.join("node.toml")).unwrap();
    root.serve();
    assert!(warns(&root, "BACKUP_NOT_PLANNED"));
    root.stop();
    root.configure(&format!("{config}\n[backup]\nfolders = [{stick:?}]\nevery = \"1s\"\nkeep = 2\n"));
    root.serve();
    // An empty folder may be the mount point of a stick that is not in: nothing is begun there by plan.
    wait_for("it is missed", || warns(&root, "BACKUP_FAILING") && warns(&root, "BACKUP_OLD"));
    assert_eq!(std::fs::read_dir(&stick).unwrap().count(), 0);
    root.done(&["backup", "now", "--to", stick.to_str().unwrap()]);
    let number = || {
        let folders = root.done(&["backup", "list", "--json"]).json();
        assert_eq!((folders["every_ms"].as_u64(), &folders["folders"][0]["planned"]), (Some(1000), &Value::Bool(true)));
        folders["folders"][0]["last"]["number"].as_u64().unwrap()
    };
    wait_for("the plan goes on", || number() >= 4);
    assert!(!warns(&root, "BACKUP_FAILING") && !warns(&root, "BACKUP_NOT_PLANNED"));
    assert!(warns(&root, "BACKUP_SAME_DISK"), "stick and data stand on one disk here");
    std::fs::rename(&stick, &away).unwrap();
    wait_for("it is missed", || warns(&root, "BACKUP_FAILING"));
    let planned = || root.done(&["backup", "list", "--json"]).json()["folders"][0].clone();
    // What was just being copied there is a failure of another kind.
    wait_for("it is said to be out", || planned()["code"] == "BACKUP_ABSENT");
    let since = planned()["since"].clone();
    wait_for("it is old", || warns(&root, "BACKUP_OLD"));
    assert_eq!(planned()["since"], since, "since when stays");
    std::fs::rename(&away, &stick).unwrap();
    wait_for("it is back", || !warns(&root, "BACKUP_FAILING") && !warns(&root, "BACKUP_OLD"));
    assert!(root.done(&["doctor"]).out.contains("恢复码制作于"));
    root.stop();
    let listed = root.done(&["backup", "list", stick.to_str().unwrap(), "--json"]).json();
    assert_eq!(listed["backups"].as_array().unwrap().len(), 2, "two stay: {listed}");
    assert!(root.done(&["backup", "check", stick.to_str().unwrap()]).out.contains("备份完整"));
}

#[test]
fn what_cannot_be_backed_up_or_restored_is_refused_in_words_and_nothing_is_half_done() {
    let pair = Pair::new();
    zero(&pair.child, BEFORE);
    let stick = pair.stick();
    let (nowhere, data) = (format!("{stick}/nowhere"), pair.child.folder.join("data"));
    pair.child.run(&["backup", "now", "--to", &nowhere]).is_refused(1, "BACKUP_ABSENT");
    pair.child.run(&["backup", "now", "--to", data.to_str().unwrap()]).is_refused(1, "BACKUP_INSIDE_DATA");
    pair.child.run(&["backup", "now", "--to", &stick, "--as", ":"]).is_refused(1, "PERSON_INVALID");
    pair.child.run(&["backup", "list", &stick]).is_refused(1, "BACKUP_EMPTY");
    pair.child.run(&["backup", "check", &nowhere]).is_refused(1, "BACKUP_ABSENT");
    assert_eq!(files(Path::new(&stick)), Vec::<PathBuf>::new());
    pair.back_up();
    pair.child.run(&["backup", "check", &stick, "--number", "9"]).is_refused(1, "BACKUP_EMPTY");
    let machine = pair.empty_machine("new");
    let restore = |words: &[&str], code: &str| machine.run_with(&[["restore", "--from"].as_slice(), words].concat(), code);
    restore(&[&nowhere], &pair.code).is_refused(1, "BACKUP_ABSENT");
    restore(&[&stick], "").is_refused(1, "RECOVERY_CODE_MISTYPED");
    restore(&[&stick], "密码").is_refused(1, "RECOVERY_CODE_MISTYPED");
    let slip = if pair.code.starts_with('A') { "B" } else { "A" };
    restore(&[&stick], &format!("{slip}{}", &pair.code[1..])).is_refused(1, "RECOVERY_CODE_MISTYPED");
    let newer = code_in(&pair.child.done(&["backup", "code", "--new"]));
    restore(&[&stick], &newer).is_refused(1, "RECOVERY_CODE_WRONG");
    restore(&[&stick, "--code-file", "nowhere"], "").is_refused(1, "FILE_UNREADABLE");
    restore(&[&stick, "--number", "9"], &pair.code).is_refused(1, "BACKUP_EMPTY");
    assert_eq!(machine.run(&["restore", "--from", &stick, "--code", &pair.code]).status, 2, "never on the command line");
    assert!(!machine.folder.join("data").exists(), "nothing is half done");
    pair.child.run_with(&["restore", "--from", &stick], &pair.code).is_refused(1, "FOLDER_TAKEN");
    let config = std::fs::read_to_string(machine.folder.join("node.toml")).unwrap();
    machine.configure(&config.replace("data = \"data\"", "data = \"data\"\noffice = \"440900\""));
    restore(&[&stick], &pair.code).is_refused(1, "BACKUP_OF_ANOTHER");
    machine.configure(&config);
    std::fs::create_dir(machine.folder.join("data")).unwrap();
    std::fs::write(machine.folder.join("data/letter.doc"), "mine").unwrap();
    restore(&[&stick], &pair.code).is_refused(1, "FOLDER_NOT_EMPTY");
    std::fs::remove_file(machine.folder.join("data/letter.doc")).unwrap();
    let home = Path::new(&stick).join("dutynet-440800");
    for file in files(&home) {
        let bytes = std::fs::read(&file).unwrap();
        std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        restore(&[&stick], &pair.code).is_refused(1, "BACKUP_DAMAGED");
        assert_eq!(pair.child.run(&["backup", "check", &stick]).status, 1, "{}", file.display());
        std::fs::write(&file, bytes).unwrap();
    }
    assert_eq!(files(&machine.folder.join("data")), Vec::<PathBuf>::new());
    // Another office's backup under this one's name.
    let other = founded(&pair.folder.path().join("other"));
    let mut other = other;
    other.serve();
    std::fs::rename(&home, home.with_file_name("dutynet-440000")).unwrap();
    other.run(&["backup", "now", "--to", &stick]).is_refused(1, "BACKUP_OF_ANOTHER");
    std::fs::rename(home.with_file_name("dutynet-440000"), &home).unwrap();
    other.done(&["backup", "now", "--to", &stick]);
    restore(&[&stick], &pair.code).is_refused(1, "BACKUP_SEVERAL");
    let spaced = pair.code.to_lowercase().replace('-', " ");
    let restored = restore(&[home.to_str().unwrap(), "--json"], &spaced);
    assert_eq!(restored.json()["office"], "440800");
    std::fs::remove_file(other.folder.join("data/keys/recovery.sealed")).unwrap();
    other.run(&["backup", "now", "--to", &stick]).is_refused(1, "RECOVERY_CODE_MISSING");
    other.run(&["backup", "code"]).is_refused(1, "RECOVERY_CODE_MISSING");
    assert!(other.run(&["doctor"]).out.contains("还没有恢复码"));
}

#[test]
fn neither_key_nor_api_key_nor_code_ever_stands_in_a_backup() {
    let pair = Pair::new();
    pair.back_up();
    let data = pair.child.folder.join("data");
    let key = std::fs::read_to_string(data.join("keys/office.key")).unwrap();
    let secret = key.split('.').nth(2).unwrap().to_owned();
    let api_key = std::fs::read_to_string(data.join("api.key")).unwrap().trim().to_owned();
    assert!(secret.len() == 64 && api_key.len() > 16);
    let here = files(Path::new(&pair.stick()));
    assert_eq!(here.len(), 5, "{here:?}");
    for file in here {
        let bytes = std::fs::read(&file).unwrap();
        for secret in [&secret, &api_key, &pair.code] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{}", file.display());
        }
    }
    let stored = files(&data).into_iter().filter(|file| !file.ends_with("lock"));
    let code = pair.code.as_bytes();
    for file in stored {
        // The node is on, and removes files that it needs no more.
        let bytes = std::fs::read(&file).or_else(|fault| if fault.kind() == NotFound { Ok(Vec::new()) } else { Err(fault) });
        assert!(!bytes.unwrap().windows(code.len()).any(|window| window == code), "{}", file.display());
    }
}

/// Breaks a record that the child has filed for a day: its header in the journal, so that no index can be made anew over it.
fn break_record(data: &Path, day: &str) {
    let subject = format!("zero/440800/{day}");
    for file in files(&data.join("journal")) {
        let mut bytes = std::fs::read(&file).unwrap();
        let broken: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(subject.as_bytes())).collect();
        broken.iter().for_each(|at| bytes[*at] ^= 0x20);
        if !broken.is_empty() {
            std::fs::write(&file, bytes).unwrap();
            return;
        }
    }
    panic!("no record of {day} stands in the journal");
}

#[test]
fn an_office_with_a_damaged_journal_salvages_what_never_left_it_and_gets_the_rest_back() {
    let mut pair = Pair::new();
    // What it says by itself of its rules is one of its own records, too.
    pair.knows_the_rules();
    zero(&pair.child, BEFORE);
    pair.arrives(BEFORE);
    zero(&pair.child, SINCE);
    pair.arrives(SINCE);
    pair.parent.stop();
    zero(&pair.child, NEVER_SENT);
    let data = pair.child.folder.join("data");
    let salvage = |site: &Site, to: &str| site.run(&["salvage", "--from", "data", "--to", to, "--json"]);
    assert!(salvage(&pair.child, "new").out.contains("FOLDER_LOCKED"));
    pair.child.stop();
    break_record(&data, SINCE);
    std::fs::remove_dir_all(data.join("index")).unwrap();
    assert!(pair.child.run(&["serve"]).err.contains("代码 FOLDER_DAMAGED"));
    let before: Vec<_> = files(&data.join("journal")).iter().map(|file| std::fs::read(file).unwrap()).collect();
    let found = salvage(&pair.child, "new").json();
    assert_eq!((&found["office"], &found["own"], &found["entries_lost"]), (&"440800".into(), &3.into(), &1.into()), "{found}");
    let after: Vec<_> = files(&data.join("journal")).iter().map(|file| std::fs::read(file).unwrap()).collect();
    assert_eq!(before, after, "nothing is written to what is damaged");
    let config = std::fs::read_to_string(pair.child.folder.join("node.toml")).unwrap();
    std::fs::rename(&data, pair.child.folder.join("damaged")).unwrap();
    std::fs::rename(pair.child.folder.join("new"), &data).unwrap();
    pair.child.configure(&config);
    pair.child.serve();
    let filed_here = [BEFORE, SINCE, NEVER_SENT].map(|day| filed(&pair.child, day));
    assert_eq!(filed_here, ["zero", "nothing", "zero"]);
    pair.parent.serve();
    pair.arrives(NEVER_SENT);
    wait_for("what had left it comes back", || filed(&pair.child, SINCE) == "zero");
    for day in [BEFORE, SINCE, NEVER_SENT] {
        assert_eq!((revisions(&pair.parent, day), revisions(&pair.child, day)), (1, 1), "{day}");
    }
    assert!(pair.child.done(&["verify"]).out.contains("核对无误"));
    let nothing = pair.child.run(&["salvage", "--from", "nowhere", "--to", "newer"]);
    nothing.is_refused(1, "BACKUP_ABSENT");
    let stick = pair.stick();
    pair.back_up();
    let from_stick = |code: &str| pair.child.run_with(&["salvage", "--from", &stick, "--to", "newer"], code);
    from_stick("slip").is_refused(1, "RECOVERY_CODE_MISTYPED");
    assert!(!pair.child.folder.join("newer").exists());
    let done = from_stick(&pair.code);
    assert!(done.status == 0 && done.out.contains("已抢救"), "{done:?}");
}
