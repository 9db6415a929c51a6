//! What officers type about events, questions, warnings and instructions: commands alone, in an office and the one above it.

use dutynet_tests::program::{Site, wait_for};

const CLERK: [&str; 2] = ["--as", "l01:李四"];
const CALL: [&str; 20] = [
    "incident",
    "call",
    "--title",
    "山洪",
    "--caller-name",
    "李村长",
    "--caller-unit",
    "良垌村",
    "--caller-phone",
    "0759-4850001",
    "--place",
    "良垌村口",
    "--happened-at",
    "不明",
    "--who",
    "村民三人",
    "--what",
    "河水漫过公路",
    "--why",
    "不明",
];

fn words<'a>(parts: &[&[&'a str]]) -> Vec<&'a str> {
    parts.concat()
}

/// A county that serves, and a township below it.
struct Pair {
    _folder: tempfile::TempDir,
    county: Site,
    town: Site,
}

impl Pair {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut county = Site::new(&folder.path().join("county"));
        county.done(&["init", "440825", "--name", "徐闻县", "--class", "county", "--zone", "gov"]);
        county.serve();
        let town = Site::below(&county, &folder.path().join("town"), ["440825103", "海安镇", "township"]);
        Self { _folder: folder, county, town }
    }
}

/// A step that must be taken, with `--json`.
fn taken(site: &Site, typed: &[&str], by: &[&str]) -> serde_json::Value {
    site.done(&words(&[typed, by, &["--json"]])).json()
}

fn number(taken: &serde_json::Value) -> String {
    taken["number"].as_str().unwrap().to_owned()
}

/// `ORIGIN/ID` of a step that was taken.
fn record(taken: &serde_json::Value) -> String {
    let part = |key: &str| taken["record"][key].as_str().unwrap().to_owned();
    format!("{}/{}", part("origin"), part("id"))
}

/// The page of a matter, once it says so.
fn shows(site: &Site, noun: &str, number: &str, says: &str) -> String {
    let page = || site.run(&[noun, "show", number]);
    wait_for(says, || page().out.contains(says));
    page().out
}

fn first_listed(site: &Site, noun: &str) -> serde_json::Value {
    site.done(&[noun, "list", "--json"]).json()["matters"][0].clone()
}

#[test]
fn an_event_goes_from_the_call_to_the_final_report_by_commands_alone() {
    let pair = Pair::new();
    let (town, county) = (&pair.town, &pair.county);
    let called = taken(town, &words(&[&CALL, &["--category", "水旱灾害", "--channel", "电话"]]), &CLERK);
    let n = number(&called);
    assert_eq!(first_listed(town, "incident")["wanted"], "tell");
    let said = town.done(&words(&[
        &["incident", "told", &n, "--leader", "王镇长", "--told-at", "00:00", "--how", "电话", "--said", "立即上报"],
        &CLERK,
    ]));
    assert!(said.out.contains("只存本单位，没有报出"), "nobody may think that it went up: {}", said.out);
    let report = ["incident", "report", &n, "--title", "山洪"];
    let bare = town.run(&words(&[&report, &["--stage", "首报"], &CLERK]));
    bare.is_refused(1, "INCIDENT_ELEMENTS_MISSING");
    assert!(bare.err.contains("  · 信息来源：必填"), "{}", bare.err);
    town.done(&words(&[&report, &["--stage", "首报", "--haste", "yes", "--dead", "1"], &CLERK]));
    let above = shows(county, "incident", &n, "首报");
    for line in ["突发事件", "尚缺要素：事发时间、地点", "死亡：1 人", "本单位：待报告领导"] {
        assert!(above.contains(line), "{line}: {above}");
    }
    assert!(!above.contains("李村长"), "the caller stays where the call was taken");
    let more = words(&[&report, &["--stage", "续报", "--dead", "2", "--cause", "-"], &CLERK]);
    assert_eq!(town.run_with(&more, "连日暴雨\n").status, 0);
    shows(county, "incident", &n, "起因和性质：连日暴雨");
    let ask = taken(town, &["incident", "ask-approval", &n, "--approver", "王书记", "--what", "终报"], &CLERK);
    let by_telephone = ["--approver", "王书记", "--how", "telephone", "--number", "13800000000", "--words", "同意"];
    let asked = record(&ask);
    let approve = words(&[&["incident", "approve", &n, "--said-at", "00:00", "--asked", &asked], &by_telephone]);
    let approved = taken(town, &approve, &CLERK);
    assert_eq!(first_listed(town, "incident")["wanted"], "confirm");
    let approved = record(&approved);
    let confirm = ["incident", "confirm", &n, "--approved", &approved];
    town.run(&words(&[&confirm, &CLERK])).is_refused(1, "INCIDENT_NOT_THE_PERSON");
    taken(town, &confirm, &["--as", "w01:王书记"]);
    taken(town, &words(&[&report, &["--stage", "终报", "--haste", "yes"]]), &CLERK);
    let page = shows(county, "incident", &n, "终报");
    let order = ["首报", "续报 1", "终报"].map(|title| page.find(&format!("海安镇　{title}")).unwrap());
    assert!(order.is_sorted(), "{page}");
    assert_eq!(town.done(&["incident", "list"]).out.trim(), "没有未了的事项。");
    assert!(town.done(&["incident", "list", "--all"]).out.contains("已终报"));
    let again = town.run(&words(&[&report, &["--stage", "终报", "--haste", "yes"], &CLERK]));
    again.is_refused(1, "INCIDENT_FINAL_TWICE");
}
