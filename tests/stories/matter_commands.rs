//! What officers type about events, questions, warnings and instructions: commands alone, in an office and the one above it.

use std::collections::HashMap;

use dutynet_node::domain::number::Number;
use dutynet_relay::ids::{RecordId, RecordRef, UnixMillis};
use dutynet_tests::{
    net::office,
    program::{Site, wait_for},
};

const CLERK: [&str; 2] = ["--as", "l01:李四"];
const ABOVE: [&str; 2] = ["--as", "z01:张三"];
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

const ASK: [&str; 6] = ["question", "ask", "--title", "伤亡", "--question", "几人？"];
const ORDER: [&str; 10] = ["directive", "order", "--kind", "督办", "--title", "排查", "--words", "立即。", "--urgency", "特急"];

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
fn an_event_goes_from_the_call_to_the_final_report_by_commands_alone_and_nothing_is_typed_twice() {
    let pair = Pair::new();
    let (town, county) = (&pair.town, &pair.county);
    let called = taken(town, &words(&[&CALL, &["--category", "水旱灾害", "--channel", "电话"]]), &CLERK);
    let n = number(&called);
    assert_eq!(first_listed(town, "incident")["wanted"], "tell");
    let told = ["incident", "told", &n, "--leader", "王镇长", "--told-at", "00:00", "--how", "电话", "--said", "立即上报"];
    let said = town.done(&words(&[&told, &CLERK]));
    assert!(said.out.contains("只存本单位，没有报出"), "nobody may think that it went up: {}", said.out);
    let assess = ["incident", "assess", &n, "--conclusion", "村道中断", "--verification", "未核实", "--grade", "较大"];
    assert!(town.done(&words(&[&assess, &CLERK])).out.contains("请立即整理《突发公共事件呈报单》"));
    let report = ["incident", "report", &n];
    let bare = town.run(&words(&[&report, &["--blank", "--stage", "首报", "--title", "山洪"], &CLERK]));
    bare.is_refused(1, "INCIDENT_ELEMENTS_MISSING");
    assert!(bare.err.contains("  · 信息来源：必填"), "{}", bare.err);
    let preview = town.done(&words(&[&report, &["--preview"], &CLERK])).out;
    for line in
        ["预览，没有保存", "首报、续报或终报：首报", "标题：山洪　〔沿用〕", "基本过程：河水漫过公路　〔沿用〕", "死亡：—"]
    {
        assert!(preview.contains(line), "{line}: {preview}");
    }
    let first = town.done(&words(&[&report, &["--haste", "yes", "--dead", "1"], &CLERK])).out;
    assert!(first.contains("沿用：标题、事发时间、地点") && first.contains("（接报 "), "{first}");
    let above = shows(county, "incident", &n, "首报");
    for line in ["突发事件", "状态：已上报，较大", "地点：良垌村口", "尚缺要素：已造成的后果", "死亡：1 人", "本单位：待报告领导"]
    {
        assert!(above.contains(line), "{line}: {above}");
    }
    assert!(!above.contains("来电人姓名"), "the call itself stays where it was taken");
    let more = words(&[&report, &["--dead", "2", "--trend", "-"], &CLERK]);
    assert_eq!(town.run_with(&more, "水位仍在上涨\n").status, 0);
    let second = shows(county, "incident", &n, "发展趋势：水位仍在上涨");
    let follow_up = &second[second.find("续报 1").unwrap()..];
    assert!(follow_up.contains("标题：山洪") && !follow_up.contains("基本过程"), "only what is new: {follow_up}");
    let up = county.done(&words(&[&report, &["--preview", "--json"], &ABOVE])).json();
    assert!(up["carried"].as_array().unwrap().contains(&"course".into()), "the county begins with what came from below: {up}");
    let slip = town.done(&["incident", "form", "值班电话处理单", &n]).out;
    for line in ["海安镇　值班电话处理单", "来电人：李村长", "王镇长　立即上报", "拟办意见：\n____"]
    {
        assert!(slip.contains(line), "{line}: {slip}");
    }
    approve(town, &n);
    taken(town, &words(&[&report, &["--stage", "终报", "--haste", "yes"]]), &CLERK);
    let page = shows(county, "incident", &n, "终报");
    let order = ["首报", "续报 1", "终报"].map(|title| page.find(&format!("海安镇　{title}")).unwrap());
    assert!(order.is_sorted(), "{page}");
    assert_eq!(town.done(&["incident", "list"]).out.trim(), "没有未了的事项。");
    assert!(town.done(&["incident", "list", "--all"]).out.contains("已终报"));
    let again = town.run(&words(&[&report, &["--stage", "终报", "--haste", "yes"], &CLERK]));
    again.is_refused(1, "INCIDENT_FINAL_TWICE");
}

/// Asked, approved by telephone, and confirmed by the leader himself.
fn approve(town: &Site, n: &str) {
    let asked = record(&taken(town, &["incident", "ask-approval", n, "--approver", "王书记", "--what", "终报"], &CLERK));
    let by_telephone = ["--how", "telephone", "--number", "13800000000", "--words", "同意"];
    let typed = words(&[&["incident", "approve", n, "--said-at", "00:00", "--asked", &asked], &by_telephone]);
    let approved = taken(town, &typed, &CLERK);
    assert_eq!(approved["carried"], serde_json::json!(["approver"]), "who was asked is known");
    let approved = record(&approved);
    assert_eq!(first_listed(town, "incident")["wanted"], "confirm");
    let confirm = ["incident", "confirm", n, "--approved", &approved];
    town.run(&words(&[&confirm, &CLERK])).is_refused(1, "INCIDENT_NOT_THE_PERSON");
    taken(town, &confirm, &["--as", "w01:王书记"]);
}

#[test]
fn a_question_a_warning_and_a_directive_are_typed_at_both_ends() {
    let pair = Pair::new();
    let (town, county) = (&pair.town, &pair.county);
    let drill = number(&taken(county, &["drill", "start", "--title", "防汛演练", "--content", "山洪"], &ABOVE));
    shows(town, "drill", &drill, "防汛演练");
    let n = number(&taken(town, &words(&[&CALL, &["--mode", "exercise"]]), &CLERK));
    taken(town, &["incident", "report", &n, "--haste", "yes"], &CLERK);
    assert!(shows(county, "incident", &n, "首报").starts_with("【演练】"));

    let ask = words(&[&ASK, &["--incident", &n, "--to", "440825103", "--mode", "exercise"]]);
    let q = number(&taken(county, &ask, &ABOVE));
    shows(town, "question", &q, "待回复");
    assert_eq!(first_listed(town, "question")["wanted"], "answer");
    let reason = ["question", "reason", &q, "--reason", "道路中断", "--expected-at", "不明"];
    taken(town, &reason, &CLERK);
    taken(town, &["question", "answer", &q, "--answer", "三人"], &CLERK);
    shows(county, "question", &q, "三人");
    taken(county, &["question", "close", &q, "--outcome", "已核实"], &ABOVE);
    let timeline = shows(town, "incident", &n, "核报办结");
    assert!(timeline.contains(&format!("相关事项：\n  核报 {q}　伤亡")), "{timeline}");
    let merged = town.done(&["incident", "timeline", &n, "--json"]).json();
    let forms: Vec<_> = merged["steps"].as_array().unwrap().iter().map(|placed| placed["step"]["form"].clone()).collect();
    assert_eq!(forms.len(), 6, "the call, the report, and four steps of the question: {forms:?}");

    let warning = ["warning", "take", "--title", "台风", "--category", "台风", "--level", "橙色（二级）", "--from", "00:00"];
    let rest = ["--area", "沿海", "--caution", "大风", "--measures", "回港", "--issuer", "省气象台", "--issued-at", "00:00"];
    let w = number(&taken(county, &words(&[&warning, &rest, &["--channel", "传真"]]), &ABOVE));
    taken(county, &["warning", "pass", &w, "--to", "440825103"], &ABOVE);
    shows(town, "warning", &w, "待签收");
    taken(town, &["warning", "signed", &w], &CLERK);
    shows(county, "warning", &w, "各单位均已确认");

    let d = number(&taken(county, &words(&[&ORDER, &["--to", "440825103"]]), &ABOVE));
    shows(town, "directive", &d, "待签收");
    county.run(&words(&[&["directive", "close", &d, "--outcome", "x"], &ABOVE])).is_refused(1, "DIRECTIVE_OPEN_PARTS");
    taken(town, &["directive", "sign", &d], &CLERK);
    taken(town, &["directive", "done", &d, "--outcome", "已排查"], &CLERK);
    shows(county, "directive", &d, "各单位均已回复");
    let board = county.done(&["directive", "board", &d, "--json"]).json();
    let seat = &board["rows"][0];
    assert_eq!((seat["name"].as_str(), seat["done"].as_array().map(Vec::len)), (Some("海安镇"), Some(1)), "{board}");
    assert!(seat["delivered_at"].is_string() && seat["signatures"][0].is_object() && seat["awaited"] == false, "{seat}");
    assert!(county.done(&["directive", "board", &d]).out.contains("海安镇"));
    taken(county, &["directive", "close", &d, "--outcome", "办结"], &ABOVE);
    assert_eq!(county.done(&["directive", "list"]).out.trim(), "没有未了的事项。");
}

/// A line that is typed, and the code of its refusal.
type Wrong<'a> = (Vec<&'a str>, &'static str);

fn call<'a>(more: &[&'a str]) -> Vec<&'a str> {
    words(&[&CALL, more, &CLERK])
}

fn wrong_calls() -> Vec<Wrong<'static>> {
    vec![
        (words(&[&["incident", "call"], &CLERK]), "FORM_FAULTS"),
        (call(&["--area", "4408251030001"]), "FORM_FAULTS"),
        (call(&["--category", "flood"]), "FORM_FAULTS"),
        (call(&["--learnt-at", "昨天"]), "FORM_FAULTS"),
        (call(&["--field", "salary=1"]), "FORM_FAULTS"),
        (call(&["--on-behalf-of", "440825204"]), "FORM_FAULTS"),
        (call(&["--learnt-at", "2199-01-01 08:00"]), "INCIDENT_TIME_FUTURE"),
        (call(&["--link", "oral=x"]), "STEP_LINK_UNKNOWN"),
        (call(&["--told-by", "王五:1"]), "TOLD_BY_ALONE"),
        (call(&["--on-behalf-of", "440000", "--told-by", "王五:1"]), "OFFICE_UNKNOWN"),
        (call(&["--area", "机密★"]), "SECRECY_MARK"),
        (call(&["--file", "nowhere.toml"]), "FILE_UNREADABLE"),
        (words(&[&CALL]), "PERSON_MISSING"),
    ]
}

/// Steps of an incident whose number and opening record these are; `d` is the number of a directive.
fn wrong_steps<'a>([n, first, d, long]: [&'a str; 4]) -> Vec<Wrong<'a>> {
    let step = |verb: &'a str, more: &[&'a str]| words(&[&["incident", verb, n], more, &CLERK]);
    let told = ["--leader", "王", "--how", "电话", "--said", "无", "--told-at", "2199-01-01 08:00"];
    let approve = ["--approver", "王", "--how", "node", "--said-at", "00:00"];
    vec![
        (step("action", &["--done-at", "00:00", "--action", "机密★1年"]), "SECRECY_MARK"),
        (step("told", &told), "INCIDENT_TIME_FUTURE"),
        (words(&[&["incident", "report", "0701-48213"], &CLERK]), "MATTER_NUMBER_INVALID"),
        (words(&[&["incident", "report", "0701-482137", "--stage", "续报"], &CLERK]), "MATTER_UNKNOWN"),
        (words(&[&["incident", "report", d], &CLERK]), "MATTER_OTHER_KIND"),
        (step("report", &["--stage", "续报"]), "INCIDENT_INITIAL_MISSING"),
        (step("report", &[]), "INCIDENT_ELEMENTS_MISSING"),
        (step("report", &["--haste", "yes", "--dead", "-1"]), "FORM_FAULTS"),
        (step("report", &["--haste", "yes", "--dead", "三"]), "FORM_FAULTS"),
        (step("report", &["--haste", "yes", "--title", long]), "FORM_FAULTS"),
        (step("report", &["--corrects", "x"]), "STEP_CORRECTS_UNKNOWN"),
        (step("report", &["--corrects", first, "--stage", "首报"]), "INCIDENT_CORRECTS_OTHER"),
        (step("approve", &approve), "INCIDENT_APPROVAL_MISSING"),
        (step("handover", &["--situation", "x", "--open-items", "无"]), "STEP_OFFICES_MISSING"),
        (step("join", &["--why", "x"]), "STEP_LINK_MISSING"),
        (step("join", &["--why", "x", "--joined", "0701-482137"]), "MATTER_UNKNOWN"),
        (words(&[&["incident", "show", "0701"]]), "MATTER_NUMBER_INVALID"),
        (words(&[&["incident", "form", "diary", n]]), "PAPER_UNKNOWN"),
        (words(&[&["incident", "form", "submission", d]]), "PAPER_UNKNOWN"),
    ]
}

/// Steps of a question about an incident, and of a directive.
fn wrong_orders<'a>([n, q, d]: [&'a str; 3]) -> Vec<Wrong<'a>> {
    let ask = |to: &'a str| words(&[&ASK, &["--incident", n, "--to", to], &ABOVE]);
    let order = |more: &[&'a str]| words(&[&ORDER, more, &ABOVE]);
    vec![
        (words(&[&["question", "answer", q, "--answer", "三人"], &CLERK]), "VERIFICATION_ELSEWHERE"),
        (ask("440825204,440825"), "VERIFICATION_ONE_OFFICE"),
        (words(&[&["question", "close", q, "--outcome", "x"], &ABOVE]), "VERIFICATION_UNANSWERED"),
        (order(&["--to", "440000"]), "OFFICE_UNKNOWN"),
        (order(&["--to", "440825204", "--due", "2020-01-01 08:00"]), "DIRECTIVE_DUE_PAST"),
        (order(&["--to", "440825204", "--said-at", "2199-01-01 08:00"]), "STEP_TIME_FUTURE"),
        (words(&[&["directive", "close", d, "--outcome", "x"], &ABOVE]), "DIRECTIVE_OPEN_PARTS"),
    ]
}

#[test]
fn whatever_is_typed_wrongly_of_a_matter_is_said_in_one_sentence_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut root = Site::new(folder.path());
    root.done(&["init", "440825", "--name", "徐闻县", "--class", "county", "--zone", "gov"]);
    root.run(&["incident", "list"]).is_refused(3, "NOT_SERVING");
    root.run(&call(&[])).is_refused(3, "NOT_SERVING");
    root.serve();
    root.done(&words(&[&["office", "add", "440825204", "--no-node", "--name", "角尾乡", "--class", "township"], &ABOVE]));
    let called = taken(&root, &CALL, &CLERK);
    let (n, first, long) = (number(&called), record(&called), "字".repeat(101));
    let d = number(&taken(&root, &words(&[&ORDER, &["--to", "440825204"]]), &ABOVE));
    let q = number(&taken(&root, &words(&[&ASK, &["--incident", &n, "--to", "440825204"]]), &ABOVE));
    let records = || root.done(&["status", "--json"]).json()["records"].clone();
    let before = records();
    let wrong = [wrong_calls(), wrong_steps([&n, &first, &d, &long]), wrong_orders([&n, &q, &d])];
    for (typed, code) in wrong.into_iter().flatten() {
        root.run(&typed).is_refused(1, code);
    }
    let usage = [
        words(&[&["incident", "dance"]]),
        words(&[&["incident", "report"], &CLERK]),
        words(&[&["incident", "call", "--dead", "1"], &CLERK]),
        call(&["--mode", "war"]),
        call(&["--title", "x"]),
        words(&[&["incident", "list", "0701-482137"]]),
    ];
    for typed in usage {
        assert_eq!(root.run(&typed).status, 2, "{typed:?}");
    }
    assert_eq!(records(), before, "nothing was half saved");
    assert_eq!(root.done(&["incident", "show", &n, "--json"]).json()["steps"].as_array().unwrap().len(), 1);
}

/// Two records of an office that have one number, which one day in a thousand has.
fn of_one_number(id: &str) -> [RecordRef; 2] {
    let mut made: HashMap<Number, RecordRef> = HashMap::new();
    for n in 0_u32.. {
        let mut random = [0; 10];
        random[..4].copy_from_slice(&n.to_be_bytes());
        let record = RecordRef { origin: office(id), id: RecordId::from_parts(UnixMillis(1_782_837_000_000), random) };
        if let Some(other) = made.insert(Number::of(&record), record.clone()) {
            return [other, record];
        }
    }
    unreachable!("there are only a million numbers a day")
}

#[test]
fn a_number_that_names_two_matters_is_asked_again_and_each_is_found_by_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let mut root = Site::new(folder.path());
    root.done(&["init", "440825", "--name", "徐闻县", "--class", "county", "--zone", "gov"]);
    root.serve();
    let records = of_one_number("440825").map(|record| record.to_string());
    let id = |record: &str| record.split_once('/').unwrap().1.to_owned();
    let [first, second] = records.each_ref().map(|record| taken(&root, &words(&[&CALL, &["--id", &id(record)]]), &CLERK));
    assert_eq!(number(&first), number(&second));
    let n = number(&first);
    let shared = root.run(&["incident", "show", &n]);
    shared.is_refused(1, "MATTER_NUMBER_SHARED");
    root.run(&words(&[&["incident", "report", &n, "--haste", "yes"], &CLERK])).is_refused(1, "MATTER_NUMBER_SHARED");
    for record in &records {
        let shown = root.done(&["incident", "show", record, "--json"]).json();
        assert_eq!(shown["steps"][0]["record"]["id"], *id(record));
    }
    let again = taken(&root, &words(&[&CALL, &["--id", &id(&records[0])]]), &CLERK);
    assert_eq!(again["folded"], true, "the same step sent again is one");
    let report = ["incident", "report", &records[0], "--haste", "yes", "--id", "019f1bd5-0000-7000-8000-000000000001"];
    let [sent, again] = [(); 2].map(|()| taken(&root, &report, &CLERK));
    assert_eq!((&sent["folded"], &again["folded"]), (&false.into(), &true.into()), "also where most of it was not typed");
}
