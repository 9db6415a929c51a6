//! The program as officers and operators use it: real processes, real commands, real exit codes.

use dutynet_tests::{
    program::{Site, today, wait_for},
    search::files_with,
};

const CLERK: [&str; 2] = ["--as", "z01:张三"];

fn founded(folder: &std::path::Path) -> Site {
    let root = Site::new(folder);
    root.done(&["init", "440000", "--name", "广东省", "--class", "province", "--area", "440000", "--zone", "gov"]);
    root
}

/// A served parent with one enrolled child; the parent's link port is fixed so that it can come back.
fn parent_and_child(folder: &std::path::Path) -> (Site, Site) {
    let mut parent = founded(&folder.join("parent"));
    parent.keeps_its_port();
    parent.serve();
    let child = Site::new(&folder.join("child"));
    let invite = ["invite", "440800", "--name", "湛江市", "--class", "city", "--area", "440800", "--as", "z01:张三", "--json"];
    let invitation = parent.done(&invite).json()["invitation"].as_str().unwrap().to_owned();
    let enrolled = child.run_with(&["enrol", "-"], &invitation);
    assert_eq!(enrolled.status, 0, "{enrolled:?}");
    (parent, child)
}

#[test]
fn five_submissions_of_one_zero_report_while_offline_are_one_report() {
    let folder = tempfile::tempdir().unwrap();
    let (mut parent, mut child) = parent_and_child(folder.path());
    parent.stop();
    child.serve();
    let today = today();
    let zero = ["report", "zero", "--period", &today, "--as", "z01:张三", "--json"];
    let filed: Vec<_> = (0..5).map(|_| child.done(&zero).json()).collect();
    assert_eq!(filed[0]["folded"], false);
    assert_eq!(filed[0]["state"], "saved");
    for again in &filed[1..] {
        assert_eq!(again["folded"], true);
        assert_eq!(again["record"], filed[0]["record"]);
        assert_eq!(again["revision"], 1);
    }
    parent.serve();
    wait_for("the report is on the parent's board", || {
        let board = parent.done(&["report", "board", "--period", &today, "--json"]).json();
        board["rows"].as_array().unwrap().iter().any(|row| row["office"] == "440800" && row["filed"] == "zero")
    });
    let shown = parent.done(&["report", "show", "zero", "--period", &today, "--office", "440800", "--json"]).json();
    assert_eq!(shown["revisions"].as_array().unwrap().len(), 1, "{shown}");
    wait_for("its maker hears that it has arrived", || child.done(&zero).json()["state"] == "arrived");
}

#[test]
fn what_an_office_has_filed_survives_a_kill_and_a_correction_keeps_both() {
    let folder = tempfile::tempdir().unwrap();
    let mut root = founded(folder.path());
    root.serve();
    let today = today();
    let on = ["--period", &today];
    let daily = ["report", "daily", "--as", "z01:张三", "--leader", "王五", "--officer", "李四", "--phone", "0759-3331234"];
    root.done(&[daily.as_slice(), &on, &["--calls", "3", "--incident", "自然灾害=1:台风"]].concat());
    root.kill();
    root.serve();
    let missing = root.run(&[["report", "correct", "daily", "--as", "z01:张三", "--calls", "4"].as_slice(), &on].concat());
    assert_eq!(missing.status, 2, "a correction without a reason is a wrong command: {missing:?}");
    let correct = ["report", "correct", "daily", "--as", "z01:张三", "--reason", "漏记一件", "--calls", "4"];
    root.done(&[correct.as_slice(), &on].concat());
    let shown = root.done(&["report", "show", "daily", "--period", &today, "--json"]).json();
    let revisions = shown["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 2, "{shown}");
    let verified = root.done(&["verify"]);
    assert!(verified.out.contains("核对无误"), "{verified:?}");
}

#[test]
fn what_is_destroyed_by_a_command_is_in_no_file_and_only_as_a_stub_on_boards_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let (mut parent, mut child) = parent_and_child(folder.path());
    child.serve();
    let (leader, remark) = ("金丝雀甲", "0759-7654321");
    let daily = ["report", "daily", "--as", "z01:张三", "--leader", leader, "--officer", "李四", "--phone", remark];
    let today = today();
    let on = ["--period", &today];
    let daily = [daily.as_slice(), &on, &["--calls", "3", "--incident", "自然灾害=1:台风", "--json"]].concat();
    let filed = child.done(&daily).json();
    let record = format!("{}/{}", filed["record"]["origin"].as_str().unwrap(), filed["record"]["id"].as_str().unwrap());
    let on_board = |site: &Site| {
        let board = site.done(&["report", "board", "--period", &today, "--json"]).json();
        let rows = board["rows"].as_array().unwrap().iter();
        rows.clone().find(|row| row["office"] == "440800" && row["filed"] == "daily").cloned()
    };
    wait_for("the report is on the parent's board", || on_board(&parent).is_some());
    let held = |site: &Site| {
        let found = [leader, remark].map(|words| files_with(&site.folder, words.as_bytes()));
        found.into_iter().flatten().collect::<Vec<_>>()
    };
    assert!(!held(&parent).is_empty() && !held(&child).is_empty());
    parent.run(&["destroy", &record, "--as", "z01:张三"]).is_refused(1, "DESTROY_REASON");
    child.run(&["destroy", "440000/00", "--as", "z01:张三", "--reason", "x"]).is_refused(1, "RECORD_UNKNOWN");
    let destroyed = parent.done(&["destroy", &record, "--as", "z01:张三", "--reason", "当事人申请删除"]);
    assert!(destroyed.out.contains("已销毁"), "{destroyed:?}");
    let again = parent.done(&["destroy", &record, "--as", "z01:张三", "--reason", "当事人申请删除"]);
    assert!(again.out.contains("先前已经销毁"), "{again:?}");
    for site in [&parent, &child] {
        wait_for("it is in no file", || held(site).is_empty());
        // That it was filed in time stays; what it said does not.
        wait_for("its figures are on no board", || on_board(site).is_some_and(|row| row["removed"] == true));
        assert_eq!(on_board(site).unwrap()["calls"], 0);
        let shown = site.done(&[["report", "show", "daily", "--office", "440800"].as_slice(), &on].concat());
        assert!(shown.out.contains("内容已按规定清除"), "{shown:?}");
        let board = site.done(&[["report", "board"].as_slice(), &on].concat());
        assert!(board.out.contains("内容已按规定清除"), "{board:?}");
        let verified = site.done(&["verify"]);
        assert!(verified.out.contains("核对无误"), "{verified:?}");
    }
    parent.stop();
    child.stop();
    for site in [&parent, &child] {
        let rebuilt = site.done(&["rebuild"]);
        assert_eq!(held(site), Vec::<std::path::PathBuf>::new(), "{rebuilt:?}");
    }
}

#[test]
fn a_node_that_is_not_running_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    let root = founded(folder.path());
    root.run(&["status"]).is_refused(3, "NOT_SERVING");
    root.run(&[["report", "zero"].as_slice(), &CLERK].concat()).is_refused(3, "NOT_SERVING");
    assert_eq!(root.run(&["report", "nonsense"]).status, 2);
}

#[test]
fn a_folder_that_cannot_be_worked_in_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut root = founded(&folder.path().join("a"));
    root.run(&["init", "440000", "--name", "广东省", "--class", "province", "--zone", "gov"]).is_refused(1, "FOLDER_TAKEN");
    root.serve();
    root.run(&["serve"]).is_refused(1, "FOLDER_LOCKED");
    root.run(&["rebuild"]).is_refused(1, "STOP_FIRST");
    root.stop();
    let config = std::fs::read_to_string(root.folder.join("node.toml")).unwrap();
    root.configure(&config.replace("data = \"data\"", "data = \"data\"\noffice = \"440800\""));
    root.run(&["serve"]).is_refused(1, "FOLDER_OF_ANOTHER");
    let empty = Site::new(&folder.path().join("b"));
    empty.run(&["serve"]).is_refused(1, "FOLDER_EMPTY");
}

#[test]
fn a_port_in_use_is_named_before_anything_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let mut root = founded(folder.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    let config = std::fs::read_to_string(root.folder.join("node.toml")).unwrap();
    for at in ["[link]\nlisten = ", "[api]\nlisten = "] {
        root.configure(&config.replace(&format!("{at}\"127.0.0.1:0\""), &format!("{at}\"{port}\"")));
        let said = root.run(&["serve"]);
        said.is_refused(1, "PORT_IN_USE");
        assert!(said.err.contains(&port), "{}", said.err);
    }
    root.configure(&config);
    root.serve();
    root.done(&["status"]);
}

#[test]
fn every_fault_of_a_configuration_is_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(folder.path());
    site.configure("[node]\ndata = 3\n\n[link]\nheartbeat = \"x\"\nfoo = 1\n\n[api]\nlisten = \"0.0.0.0:7601\"\n\n[bar]\n");
    for words in [["check-config"], ["serve"]] {
        let said = site.run(&words);
        said.is_refused(1, "CONFIG_FAULTS");
        for fault in ["node.data", "link.heartbeat", "link.foo", "api.listen", "bar"] {
            assert!(said.err.contains(fault), "{fault} is not named: {}", said.err);
        }
    }
}

#[test]
fn invitations_are_good_once_for_one_office_and_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut parent = founded(&folder.path().join("parent"));
    parent.serve();
    let invite = |valid: &str| {
        let words =
            ["invite", "440800", "--name", "湛江市", "--class", "city", "--as", "z01:张三", "--valid-for", valid, "--json"];
        parent.done(&words).json()["invitation"].as_str().unwrap().to_owned()
    };
    let (first, late) = (invite("24h"), invite("1s"));
    let enrol = |name: &str, text: &str| Site::new(&folder.path().join(name)).run_with(&["enrol", "-"], text);
    enrol("torn", &first[..first.len() / 2]).is_refused(1, "INVITATION_UNREADABLE");
    enrol("mistyped", &first.replacen(&first[30..31], if &first[30..31] == "a" { "b" } else { "a" }, 1))
        .is_refused(1, "INVITATION_UNREADABLE");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    enrol("late", &late).is_refused(1, "INVITATION_EXPIRED");
    let good = enrol("good", &first);
    assert_eq!(good.status, 0, "{good:?}");
    enrol("second", &first).is_refused(1, "INVITATION_USED");
    parent.run(&["invite", "440800", "--name", "湛江市", "--class", "city", "--as", "z01:张三"]).is_refused(1, "OFFICE_EXISTS");
    parent.stop();
    enrol("alone", &first).is_refused(1, "PARENT_UNREACHABLE");
}

#[test]
fn a_notice_is_sent_signed_for_and_asked_about_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let (parent, mut child) = parent_and_child(folder.path());
    parent.done(&["office", "add", "440801", "--no-node", "--name", "坡头", "--class", "county", "--as", "z01:张三"]);
    child.serve();
    let send = [
        "notice",
        "send",
        "--title",
        "台风防御",
        "--text",
        "-",
        "--urgency",
        "flash",
        "--sign-by",
        "2199-01-01 17:00",
        "--as",
        "z01:张三",
    ];
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let words = [send.as_slice(), &["--all", "--id", id, "--json"]].concat();
    let sent = parent.run_with(&words, "各值班室做好准备。\n").json();
    assert_eq!((&sent["addressed"], &sent["folded"]), (&2.into(), &false.into()));
    assert_eq!(parent.run_with(&words, "各值班室做好准备。").json()["folded"], true, "a retry is the same notice");
    let number = sent["number"].as_str().unwrap();
    wait_for("it is to be signed for", || {
        let list = child.done(&["notice", "list", "--json"]).json();
        list["notices"][0]["relation"] == "to_sign" && list["notices"][0]["notice"]["urgency"] == "flash"
    });
    assert!(child.done(&["notice", "show", number]).out.contains("各值班室做好准备。"));
    let sign = ["notice", "sign", number, "--as", "z02:李四"];
    child.done(&sign);
    assert!(child.done(&sign).out.contains("没有重复签收"));
    let told = ["--on-behalf-of", "440801", "--told-by", "王五:0759-3331234", "--remark", "收悉"];
    parent.done(&[sign.as_slice(), &told].concat());
    let board = || parent.done(&["notice", "board", number, "--json"]).json();
    wait_for("the list is whole", || board()["counts"]["signed"] == 2 && board()["counts"]["delivered"] == 1);
    let rows = board()["rows"].clone();
    assert_eq!((&rows[0]["signatures"][0]["by"]["name"], &rows[0]["timing"]), (&"李四".into(), &"in_time".into()));
    assert_eq!((&rows[1]["undelivered"], &rows[1]["signatures"][0]["entered_by"]), (&"no_node".into(), &"440000".into()));
    parent.done(&["group", "save", "沿海", "440800", "440801", "--as", "z01:张三"]);
    assert!(parent.done(&["group", "list"]).out.contains("沿海"));
    parent.done(&["group", "drop", "沿海", "--as", "z01:张三"]);

    assert_eq!(parent.run(&send).status, 2, "to whom is not said");
    assert_eq!(parent.run(&[send.as_slice(), &["--all", "--group", "沿海"]].concat()).status, 2, "only one of the three");
    parent.run(&[send.as_slice(), &["--group", "沿海"]].concat()).is_refused(1, "NOTICE_FAULTS");
    let send = |more: &[&str]| parent.run(&[&["notice", "send", "--text", "字", "--as", "z01:张三"], more].concat());
    send(&["--title", "题", "--group", "沿海"]).is_refused(1, "GROUP_UNKNOWN");
    send(&["--title", "题", "--to", "440800,440899"]).is_refused(1, "OFFICE_UNKNOWN");
    send(&["--title", "", "--all"]).is_refused(1, "NOTICE_FAULTS");
    send(&["--title", "题", "--all", "--sign-by", "明天"]).is_refused(1, "SIGN_BY_INVALID");
    send(&["--title", "题", "--all", "--sign-by", "2020-01-01 08:00"]).is_refused(1, "SIGN_BY_PAST");
    parent.run(&["notice", "sign", number, "--as", "z01:张三"]).is_refused(1, "NOT_ADDRESSED");
    parent.run(&["notice", "sign", number, "--on-behalf-of", "440801", "--as", "z01:张三"]).is_refused(1, "TOLD_BY_MISSING");
    child.run(&["notice", "send", "--title", "题", "--text", "字", "--all", "--as", "z01:张三"]).is_refused(1, "NOTHING_BELOW");
    child.run(&["notice", "board", "0000-000000"]).is_refused(1, "NOTICE_UNKNOWN");
    child.run(&["notice", "board", "明天"]).is_refused(1, "NOTICE_NUMBER_INVALID");
    child.stop();
    child.run(&["notice", "list"]).is_refused(3, "NOT_SERVING");
}

#[test]
fn a_special_period_stands_above_every_page_below_until_it_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (parent, mut child) = parent_and_child(folder.path());
    child.serve();
    let no_brings = ["period", "declare", "--to", "2099-01-01", "--reason", "国庆", "--as", "z01:张三"];
    parent.run(&no_brings).is_refused(1, "SPECIAL_SPAN");
    let declared = ["--from", "2098-12-01", "--double-leaders", "--daily", "16:30", "--silence", "30", "--json"];
    let later = parent.done(&[no_brings.as_slice(), &declared].concat()).json();
    assert_eq!((&later["holds"], &later["leaders"], &later["daily"]), (&false.into(), &2.into(), &"16:30".into()));
    let soon = beijing_day_after_tomorrow();
    let now = ["period", "declare", "--to", &soon, "--reason", "防台风", "--officers", "3", "--as", "z01:张三", "--json"];
    let number = parent.done(&now).json()["number"].as_str().unwrap().to_owned();
    let head = || child.done(&["report", "board"]).out.lines().next().unwrap_or_default().to_owned();
    wait_for("it stands above the child's pages", || {
        head().starts_with("【敏感特殊时期】防台风") && head().contains("值班员 3 人")
    });
    assert!(child.done(&["status"]).out.starts_with("【敏感特殊时期】"));
    assert!(child.done(&["due", "list"]).out.starts_with("【敏感特殊时期】"));
    child.run(&["period", "end", &number, "--reason", "解除", "--as", "z02:李四"]).is_refused(1, "OFFICE_ELSEWHERE");
    parent.run(&["period", "end", "0101-000000", "--reason", "解除", "--as", "z01:张三"]).is_refused(1, "SPECIAL_UNKNOWN");
    parent.done(&["period", "end", &number, "--reason", "解除", "--as", "z01:张三"]);
    wait_for("it is over below", || !head().starts_with("【"));
    let known = child.done(&["period", "list", "--json"]).json();
    assert_eq!(known["periods"].as_array().map(Vec::len), Some(2));
    parent.run(&["due", "show", "daily-report.x"]).is_refused(1, "DUE_UNKNOWN");
    parent.run(&["due", "stats", "--month", "2026-13"]).is_refused(1, "MONTH_INVALID");
    assert!(parent.done(&["due", "stats", "--json"]).json()["counts"].is_array());
}

/// In Beijing, as it is typed.
fn beijing_day_after_tomorrow() -> String {
    use dutynet_node::domain::beijing::Day;
    use dutynet_relay::clock::{Clock as _, SystemClock};
    Day::of(SystemClock::default().wall()).next().next().to_string()
}
