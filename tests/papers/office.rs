//! A township at work, with a village that has no node: one of each thing that can be printed, said in words that a file could trip over.

use std::path::Path;

use dutynet_tests::program::Site;

use crate::ODD;

/// What a long text is made of, and how often: about as much as a field takes.
pub const LONG_PIECE: &str = "山洪漫过公路，群众正在转移；";
/// See there.
pub const LONG_TIMES: usize = 280;
/// Letters of it that nothing else says.
pub const LONG_LETTERS: [char; 6] = ['洪', '漫', '群', '众', '转', '移'];
const AS: [&str; 2] = ["--as", "l01:李四"];

/// What was given out.
pub struct Numbers {
    pub matter: String,
    pub notice: String,
    pub call: String,
    pub day: String,
}

/// It serves, and has done all of it.
pub fn at_work(folder: &Path) -> (Site, Numbers) {
    let mut site = Site::new(folder);
    site.done(&["init", "440825103", "--name", "海安镇", "--class", "township", "--zone", "gov"]);
    site.serve();
    let done = |words: &[&str]| site.done(&[words, &AS].concat());
    done(&["office", "add", "440825103001", "--no-node", "--name", "<角>尾&村", "--class", "other"]);
    let long = LONG_PIECE.repeat(LONG_TIMES);
    let event =
        ["--title", ODD, "--place", "良垌村口", "--happened-at", "不明", "--who", "村民三人", "--what", &long, "--why", "不明"];
    let caller = ["--caller-name", "李村长", "--caller-unit", "良垌村", "--caller-phone", "0759-4850001"];
    let called =
        done(&[&["incident", "call", "--category", "水旱灾害", "--channel", "电话", "--json"], &event[..], &caller[..]].concat());
    let matter = called.json()["number"].as_str().unwrap().to_owned();
    let told = ["--leader", "王镇长", "--told-at", "00:00", "--how", "电话", "--said", ODD];
    done(&[&["incident", "told", &matter], &told[..]].concat());
    let asked = ["--approver", "王镇长", "--next", "赵书记", "--what", "呈请审批：=2+2"];
    done(&[&["incident", "ask-approval", &matter], &asked[..]].concat());
    let said = ["--approver", "赵书记", "--how", "电话", "--number", "0759-4850002", "--said-at", "00:00", "--words", "同意"];
    done(&[&["incident", "approve", &matter], &said[..]].concat());
    done(&[
        "report",
        "daily",
        "--leader",
        "王镇长",
        "--officer",
        "王五",
        "--phone",
        "+86 0759-4850001",
        "--calls",
        "3",
        "--incident",
        "accident=1",
    ]);
    let sent = done(&[
        "notice",
        "send",
        "--title",
        "=1+1 通知",
        "--text",
        ODD,
        "--urgency",
        "urgent",
        "--sign-by",
        "2h",
        "--all",
        "--json",
    ]);
    let notice = sent.json()["number"].as_str().unwrap().to_owned();
    let call = done(&["rollcall", "call", "--all", "--minutes", "5", "--json"]).json()["number"].as_str().unwrap().to_owned();
    let day = site.done(&["report", "board", "--json"]).json()["period"].as_str().unwrap().to_owned();
    (site, Numbers { matter, notice, call, day })
}
