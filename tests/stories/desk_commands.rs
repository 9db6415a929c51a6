//! What an officer types about reports: on behalf, choices, cut-offs, holidays and drafts, and everything that can be typed wrongly.

use std::{fs, path::Path};

use dutynet_tests::program::{Site, today, wait_for};

const AS: [&str; 2] = ["--as", "z01:张三"];
const TOLD: [&str; 4] = ["--on-behalf-of", "440825204", "--told-by", "王五:0759-4850001"];
const SAID: [&str; 6] = ["--leader", "李四", "--officer", "张三", "--phone", "0759-4850000"];

fn words<'a>(parts: &[&[&'a str]]) -> Vec<&'a str> {
    parts.concat()
}

/// A served office with two children, of which one has no node.
fn served(folder: &Path) -> Site {
    let mut root = Site::new(folder);
    root.done(&["init", "440825", "--name", "徐闻县", "--class", "county", "--zone", "gov"]);
    root.serve();
    for (id, name) in [("440825204", "角尾乡"), ("440825205", "下洋镇")] {
        root.done(&words(&[&["office", "add", id, "--no-node", "--name", name, "--class", "township"], &AS]));
    }
    root
}

#[test]
fn a_report_is_entered_drafted_and_filed_at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut root = served(folder.path());
    let today = today();
    let on = ["--period", &today];
    let daily = ["report", "daily", "--calls", "3", "--incident", "自然灾害=1:台风"];
    let typed = root.done(&words(&[&daily, &on, &SAID, &TOLD, &AS]));
    assert!(typed.out.contains("代录 440825204"), "{}", typed.out);
    let zero = ["report", "zero", "--on-behalf-of", "440825205", "--told-by", "赵六", "--written", "--json"];
    assert_eq!(root.done(&words(&[&zero, &on, &AS])).json()["office"], "440825205");
    let board = root.done(&words(&[&["report", "board"], &on])).out;
    assert!(board.contains("代录（440825）"), "{board}");

    let draft = root.done(&words(&[&["report", "draft", "daily", "--calls", "2", "--json"], &on, &SAID, &AS])).json();
    let calls = draft["fields"].as_array().unwrap().iter().find(|field| field["field"] == "calls").unwrap();
    assert_eq!((&calls["value"], &calls["sum"], &calls["sums"]), (&5.into(), &5.into(), &true.into()));
    assert_eq!(draft["sources"].as_array().unwrap().len(), 2);
    root.kill();
    root.serve();
    let out = folder.path().join("draft.toml");
    let page = root.done(&words(&[&["report", "draft", "daily", "--out", out.to_str().unwrap()], &on])).out;
    for said in ["汇总草稿", "角尾乡", "代录（440825）", "下级都已计入", "自然灾害 1（角尾乡：台风）"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(fs::read_to_string(&out).unwrap().contains("calls = 5"));
    let file = ["report", "file", "daily", "--from-draft", "--file", out.to_str().unwrap(), "--weather", "晴"];
    root.done(&words(&[&file, &on, &AS]));
    let show = words(&[&["report", "show", "daily"], &on]);
    let shown = root.done(&show).out;
    for said in ["合计来源", "角尾乡（代录（440825），第 1 版", "下洋镇", "天气汛情：晴", "【现行】"]
    {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    root.done(&words(&[&["report", "correct", "daily", "--reason", "漏报一件", "--calls", "4"], &on, &TOLD, &AS]));
    let shown = root.done(&show).out;
    assert!(shown.contains("报送之后已改为第 2 版"), "{shown}");
    root.done(&words(&[&["report", "correct", "daily", "--reason", "角尾乡更正", "--from-draft"], &on, &AS]));
    let revisions = root.done(&words(&[&show, &["--json"]])).json()["revisions"].clone();
    assert_eq!(revisions[1]["sources"][0]["revision"], 2);
}

#[test]
fn both_sides_of_a_difference_choose_at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let root = served(&folder.path().join("county"));
    let child = Site::below(&root, &folder.path().join("town"), ["440825103", "海安镇", "township"]);
    let told = ["--on-behalf-of", "440825103", "--told-by", "王五:0759-4850001"];
    let today = today();
    let on = ["--period", &today];
    root.done(&words(&[&["report", "daily", "--calls", "3", "--incident", "无"], &on, &SAID, &told, &AS]));
    let of_child = ["report", "show", "daily", "--office", "440825103", "--period", &today, "--json"];
    wait_for("it comes down", || child.run(&of_child).status == 0 && child.done(&of_child).json()["revisions"][0].is_object());
    let own = child.done(&words(&[&["report", "daily", "--calls", "4", "--incident", "无"], &on, &SAID, &AS]));
    assert!(own.out.contains("有出入"), "{}", own.out);
    wait_for("the county sees the difference", || root.done(&of_child).json()["difference"] == "open");
    let shown = root.done(&of_child[..7]).out;
    assert!(shown.contains("接报件数：海安镇 报“4”") && shown.contains("徐闻县 报“3”"), "{shown}");
    assert!(root.done(&words(&[&["report", "board"], &on])).out.contains("有出入"));
    let choose = ["report", "choose", "daily", "--period", &today, "--office", "440825103", "--reason", "电话核实", "--keep"];
    root.run(&words(&[&choose, &["440800"], &AS])).is_refused(1, "CHOICE_UNKNOWN");
    root.run(&words(&[&choose, &["440825"]])).is_refused(1, "PERSON_MISSING");
    root.done(&words(&[&choose, &["440825"], &AS]));
    wait_for("the township sees the choice", || child.done(&of_child).json()["difference"] == "settled");
    let shown = child.done(&of_child[..7]).out;
    assert!(shown.contains("徐闻县 张三 选定 徐闻县 的一版，理由：电话核实"), "{shown}");
    let kept = child.done(&of_child).json();
    assert_eq!(kept["standing"]["origin"], "440825");
}

#[test]
fn a_holiday_is_named_by_a_day_of_it_and_its_board_is_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let root = served(folder.path());
    let file = ["report", "file", "holiday", "--calls", "9", "--incident", "无", "--field", "值班情况=领导在岗带班", "--period"];
    let filed = root.done(&words(&[&file, &["2024-10-03"], &SAID, &AS]));
    assert!(filed.out.contains("2024年国庆节 10-01 至 10-07"), "{}", filed.out);
    let board = root.done(&["report", "board", "--form", "holiday", "--period", "2024-10-07", "--json"]).json();
    assert_eq!((&board["period"], &board["rows"][0]["filed"]), (&"2024-10-01..2024-10-07".into(), &"form".into()));
    assert_eq!(board["rows"][1]["timing"], "not_owed", "it was registered later");
    assert!(root.done(&["report", "board", "--form", "holiday", "--period", "2024-10-07"]).out.contains("2024年国庆节"));
    root.run(&words(&[&file, &["2024-10-08"], &SAID, &AS])).is_refused(1, "PERIOD_NO_HOLIDAY");
    root.run(&words(&[&file, &["2199-10-01"], &SAID, &AS])).is_refused(1, "PERIOD_NOT_ANNOUNCED");
    root.run(&words(&[&file, &["国庆"], &SAID, &AS])).is_refused(1, "PERIOD_INVALID");
    root.run(&["report", "board", "--form", "holiday", "--period", "2199-10-01"]).is_refused(1, "PERIOD_NOT_ANNOUNCED");
    root.run(&["report", "show", "holiday", "--period", "2024-10-08"]).is_refused(1, "PERIOD_NO_HOLIDAY");
}

#[test]
fn a_cut_off_is_set_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    let root = served(folder.path());
    let set = root.done(&words(&[&["report", "cut-off", "set", "daily", "16:30", "--json"], &AS])).json();
    assert_eq!((&set["time"], &set["folded"]), (&"16:30".into(), &false.into()));
    let listed = root.done(&["report", "cut-off", "list", "--json"]).json();
    assert_eq!(
        (&listed["cut_offs"][0]["office"], &listed["today"][0]["set_by_below"]),
        (&"440825".into(), &serde_json::Value::Null)
    );
    assert!(root.done(&["report", "cut-off", "list"]).out.contains("16:30"));
    let refused = [
        (vec!["daily", "25:00"], "CUT_OFF_INVALID"),
        (vec!["daily", "half past four"], "CUT_OFF_INVALID"),
        (vec!["daily", "16:30", "--from", "2024-01-01"], "CUT_OFF_TOO_EARLY"),
        (vec!["daily", "16:30", "--from", "soon"], "PERIOD_INVALID"),
        (vec!["weekly", "16:30"], "FORM_UNKNOWN"),
    ];
    for (typed, code) in refused {
        root.run(&words(&[&["report", "cut-off", "set"], &typed, &AS])).is_refused(1, code);
    }
    root.run(&["report", "cut-off", "set", "daily", "16:30"]).is_refused(1, "PERSON_MISSING");
    assert_eq!(root.run(&["report", "cut-off"]).status, 2);
    assert_eq!(root.done(&["report", "cut-off", "list", "--json"]).json()["cut_offs"].as_array().unwrap().len(), 1);
}

#[test]
fn whatever_is_typed_wrongly_is_refused_in_words_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let root = served(folder.path());
    let records = || root.done(&["status", "--json"]).json()["records"].clone();
    let before = records();
    let daily = words(&[&["report", "daily", "--calls", "3", "--incident", "无"], &SAID, &AS]);
    let behalf = |office, told: &'static [&'static str]| words(&[&daily, &["--on-behalf-of", office], told]);
    let refused = [
        (behalf("440825", &["--told-by", "王五:1"]), "ON_BEHALF_ELSEWHERE"),
        (behalf("440000", &["--told-by", "王五:1"]), "OFFICE_UNKNOWN"),
        (behalf("角尾", &["--told-by", "王五:1"]), "OFFICE_INVALID"),
        (behalf("440825204", &[]), "FORM_FAULTS"),
        (behalf("440825204", &["--told-by", "王五"]), "FORM_FAULTS"),
        (behalf("440825204", &["--told-by", ":0759", "--written"]), "FORM_FAULTS"),
        (words(&[&daily, &["--told-by", "王五:1"]]), "TOLD_BY_ALONE"),
        (words(&[&["report", "file", "weekly"], &AS]), "FORM_UNKNOWN"),
        (words(&[&["report", "draft", "weekly"]]), "FORM_UNKNOWN"),
        (words(&[&["report", "draft", "daily", "--period", "2199-01-01"]]), "PERIOD_FUTURE"),
        (words(&[&["report", "draft", "daily", "--period", "7-1"]]), "PERIOD_INVALID"),
        (words(&[&["report", "draft", "daily", "--calls", "三"], &AS]), "FORM_FAULTS"),
        (words(&[&["report", "draft", "daily", "--replace", "salary=1"], &AS]), "FORM_FAULTS"),
        (words(&[&["report", "draft", "daily", "--calls", "3"]]), "PERSON_MISSING"),
        (words(&[&["report", "file", "daily", "--from-draft"], &AS]), "FORM_FAULTS"),
        (words(&[&["report", "choose", "daily", "--keep", "440825", "--reason", "x"], &AS]), "CHOICE_UNKNOWN"),
        (words(&[&["report", "choose", "weekly", "--keep", "440825", "--reason", "x"], &AS]), "FORM_UNKNOWN"),
        (words(&[&["report", "choose", "daily", "--office", "1", "--keep", "2", "--reason", "x"], &AS]), "OFFICE_UNKNOWN"),
        (words(&[&["report", "board", "--form", "weekly"]]), "FORM_UNKNOWN"),
    ];
    for (typed, code) in refused {
        root.run(&typed).is_refused(1, code);
    }
    let usage = [
        words(&[&["report", "choose", "daily", "--reason", "x"], &AS]),
        words(&[&daily, &["--written"]]),
        words(&[&daily, &["--on-behalf-of", "440825204", "--from-draft"]]),
        words(&[&["report", "cut-off", "set", "daily"], &AS]),
    ];
    for typed in usage {
        assert_eq!(root.run(&typed).status, 2, "{typed:?}");
    }
    assert_eq!(records(), before);
    let alone = tempfile::tempdir().unwrap();
    let mut leaf = Site::new(alone.path());
    leaf.done(&["init", "440000", "--name", "广东省", "--class", "province", "--zone", "gov"]);
    leaf.serve();
    leaf.run(&["report", "draft", "daily"]).is_refused(1, "NO_CHILDREN");
    leaf.run(&words(&[&["report", "cut-off", "set", "daily", "16:00"], &AS])).is_refused(1, "NO_CHILDREN");
}
