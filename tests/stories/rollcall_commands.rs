//! What an officer types about roll calls, with the calling node killed in between, and everything that can be typed wrongly.

use std::path::Path;

use dutynet_tests::{
    between::GoBetween,
    program::{Site, wait_for},
};

const AS: [&str; 2] = ["--as", "z01:张三"];
const DUTY: [&str; 6] = ["--leader", "李四", "--officer", "王五", "--work", "防汛巡查"];

fn words<'a>(parts: &[&[&'a str]]) -> Vec<&'a str> {
    parts.concat()
}

/// A county with a township that has a node, and one that has none.
fn county(folder: &Path) -> (Site, Site) {
    let mut county = Site::new(&folder.join("county"));
    county.done(&["init", "440825", "--name", "徐闻县", "--class", "county", "--zone", "gov"]);
    county.keeps_its_port();
    county.serve();
    let village = ["office", "add", "440825204", "--no-node", "--name", "角尾乡", "--class", "township"];
    county.done(&words(&[&village, &AS]));
    let town = Site::below(&county, &folder.join("town"), ["440825103", "海安镇", "township"]);
    (county, town)
}

/// `kill -9`; those below dial where it was.
fn is_killed_and_starts_again(site: &mut Site) {
    site.kill();
    site.serve();
}

/// How each office stands in the table of a call: its outcome, or, while it is waited for and has not the call, why not, and whose line it is.
fn stand(at: &Site, call: &str) -> Vec<(String, String)> {
    let said = at.run(&["rollcall", "board", call, "--json"]);
    if said.status != 0 {
        return Vec::new();
    }
    let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let stands = |row: &serde_json::Value| {
        let outcome = word(&row["outcome"]).unwrap_or_default();
        let why = word(&row["undelivered"]).filter(|_| outcome == "waiting");
        (
            word(&row["office"]).unwrap_or_default(),
            why.map_or(outcome, |why| format!("{why} {}", word(&row["at"]).unwrap_or_default())),
        )
    };
    said.json()["rows"].as_array().map(|rows| rows.iter().map(stands).collect()).unwrap_or_default()
}

fn comes_to_stand(at: &Site, call: &str, wanted: &[(&str, &str)]) {
    let wanted: Vec<_> = wanted.iter().map(|(office, how)| ((*office).to_owned(), (*how).to_owned())).collect();
    let mut last = Vec::new();
    for _ in 0..600 {
        last = stand(at, call);
        if last == wanted {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{wanted:?}: {last:?}");
}

fn answers(site: &Site) {
    wait_for("the call is there", || site.run(&words(&[&["rollcall", "answer"], &DUTY, &AS])).status == 0);
}

#[test]
fn a_city_of_real_programs_is_called_while_a_third_of_it_is_cut_off_and_the_caller_is_killed() {
    let (folder, lines) = (tempfile::tempdir().unwrap(), tokio::runtime::Runtime::new().unwrap());
    let at = |name: &str| folder.path().join(name);
    let mut city = Site::new(&at("city"));
    city.done(&["init", "440800", "--name", "湛江市", "--class", "city", "--zone", "gov"]);
    city.keeps_its_port();
    city.serve();
    let line = lines.block_on(GoBetween::reserve());
    line.aim(city.link().parse().unwrap());
    let east = Site::below(&city, &at("east"), ["440825", "徐闻县", "county"]);
    let west = Site::below_by(&city, &line.address(), &at("west"), ["440881", "廉江市", "county"]);
    let east_town = Site::below(&east, &at("east-town"), ["440825103", "海安镇", "township"]);
    let west_town = Site::below(&west, &at("west-town"), ["440881108", "安铺镇", "township"]);
    east.done(&words(&[&["office", "add", "440825204", "--no-node", "--name", "角尾乡", "--class", "township"], &AS]));
    let known = || city.done(&["office", "list", "--json"]).json()["offices"].as_array().map_or(0, Vec::len) == 6;
    wait_for("the city knows everybody", known);
    line.cut();
    let down = || {
        let links = city.done(&["links", "--json"]).json();
        links["links"].as_array().unwrap().iter().any(|link| link["office"] == "440881" && link["line"] == "down")
    };
    wait_for("the cut is seen", down);
    let called = city.done(&words(&[&["rollcall", "call", "--all", "--minutes", "30", "--json"], &AS])).json();
    let call = called["number"].as_str().unwrap().to_owned();
    is_killed_and_starts_again(&mut city);
    answers(&east);
    answers(&east_town);
    let of_east = [("440825", "on_duty"), ("440825103", "on_duty"), ("440825204", "no_node")];
    let cut_off = [("440881", "line_down 440881"), ("440881108", "line_down 440881")];
    comes_to_stand(&city, &call, &[&of_east[..], &cut_off].concat());
    comes_to_stand(&east, &call, &of_east);
    comes_to_stand(&east_town, &call, &[("440825103", "on_duty")]);
    assert_eq!(stand(&west, &call), [], "it is cut off");
    line.heal();
    answers(&west);
    answers(&west_town);
    let of_west = [("440881", "on_duty"), ("440881108", "on_duty")];
    comes_to_stand(&west, &call, &of_west);
    comes_to_stand(&city, &call, &[&of_east[..], &of_west].concat());
}

#[test]
fn a_roll_is_called_answered_telephoned_and_drawn_at_the_command_line_though_the_caller_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut county, town) = county(folder.path());
    let called = county.done(&words(&[&["rollcall", "call", "--all", "--minutes", "5", "--json"], &AS])).json();
    let number = called["number"].as_str().unwrap().to_owned();
    assert_eq!(called["called"].as_array().unwrap().len(), 2);
    is_killed_and_starts_again(&mut county);
    let open = || town.run(&["rollcall", "list", "--json"]);
    wait_for("the call is at the township", || open().status == 0 && open().json()["calls"][0]["relation"] == "to_answer");
    assert!(town.done(&["rollcall", "list"]).out.contains("待应答"));
    let answered = town.done(&words(&[&["rollcall", "answer", "--json"], &DUTY, &AS])).json();
    assert_eq!(answered["calls"].as_array().unwrap().len(), 1);
    town.run(&words(&[&["rollcall", "answer"], &DUTY, &AS])).is_refused(1, "ROLL_NONE_OPEN");
    let board = || county.done(&["rollcall", "board", &number, "--json"]).json();
    wait_for("the answer is at the county", || board()["rows"][0]["outcome"] == "on_duty");
    assert_eq!(board()["rows"][1]["outcome"], "no_node");
    let phone = ["rollcall", "phone", &number, "--office", "440825204", "--phone", "0759-4850000", "--result"];
    county.run(&words(&[&phone, &["reached"], &AS])).is_refused(1, "ROLL_RINGS");
    county.run(&words(&[&phone, &["asleep"], &AS])).is_refused(1, "FORM_FAULTS");
    county.done(&words(&[&phone, &["reached", "--rings", "4", "--answered-by", "赵六"], &AS]));
    let page = county.done(&["rollcall", "board", &number, "--watch"]).out;
    for said in ["已收齐", "在岗 1", "代录 1", "响铃 4 声（超过 3 声）", "防汛巡查", "未报备"] {
        assert!(page.contains(said), "{said}: {page}");
    }

    let spot = county.done(&words(&[&["rollcall", "call", "--spot", "--all", "--draw", "1", "--json"], &AS])).json();
    let spot = spot["number"].as_str().unwrap();
    let drawn = county.done(&["rollcall", "draw", spot, "--json"]).json();
    assert_eq!((drawn["eligible"].as_array().unwrap().len(), drawn["drawn"].as_array().unwrap().len()), (2, 1));
    assert_eq!(county.done(&["rollcall", "verify", spot, "--json"]).json()["agrees"], true);
    county.run(&["rollcall", "verify", &number]).is_refused(1, "ROLL_NO_DRAW");

    county.run(&words(&[&["rollcall", "call", "--all", "--at", "明天"], &AS])).is_refused(1, "ROLL_TIME");
    county.run(&words(&[&["rollcall", "call", "--all", "--at", "2020-01-01 08:00"], &AS])).is_refused(1, "ROLL_TIME");
    county.run(&words(&[&["rollcall", "call", "--group", "沿海"], &AS])).is_refused(1, "GROUP_UNKNOWN");
    county.run(&words(&[&["rollcall", "call", "--to", "999999"], &AS])).is_refused(1, "OFFICE_UNKNOWN");
    county.run(&words(&[&["rollcall", "call", "--all", "--draw", "3"], &AS])).is_refused(1, "ROLL_DRAW");
    county.run(&words(&[&["rollcall", "again", &number], &AS])).is_refused(1, "ROLL_ANSWERED");
    let explain = ["rollcall", "explain", &number, "--reason", "停电"];
    town.run(&words(&[&explain, &AS])).is_refused(1, "ROLL_NO_FAULT");
    let rule = ["rollcall", "rule", &number, "--office", "440825103", "--ruling", "off-post", "--words", "脱岗"];
    town.run(&words(&[&rule, &AS])).is_refused(1, "ROLL_RULER");
    county.done(&words(&[&["rollcall", "close", &number, "--words", "齐"], &AS]));
    assert!(county.done(&["rollcall", "list", "--closed"]).out.contains(&number));
}
