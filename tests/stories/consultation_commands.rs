//! What an officer types about a session: the status of everybody asked and kept, read again at the office below, and the second part of the
//! agenda drafted, piped into its step.

use dutynet_tests::program::{Site, wait_for};

const AS: [&str; 2] = ["--as", "z01:张三"];

fn words<'a>(parts: &[&[&'a str]]) -> Vec<&'a str> {
    parts.concat()
}

#[test]
fn the_status_of_a_session_is_asked_kept_and_read_again_below_and_its_analysis_goes_into_the_agenda() {
    let folder = tempfile::tempdir().unwrap();
    let mut county = Site::new(&folder.path().join("county"));
    county.done(&["init", "440825", "--name", "徐闻县", "--class", "county", "--zone", "gov"]);
    county.serve();
    county.done(&words(&[&["office", "add", "440825204", "--no-node", "--name", "角尾乡", "--class", "township"], &AS]));
    let town = Site::below(&county, &folder.path().join("town"), ["440825103", "海安镇", "township"]);
    wait_for("the line is up", || county.is_linked("440825103"));
    let call =
        ["consultation", "call", "--to", "440825103,440825204", "--title", "台风防御", "--reason", "special", "--way", "video"];
    let instructed = ["--instructed-by", "王县长", "--instructed-at", "00:01", "--held-at", "23:58", "--json"];
    let called = county.done(&words(&[&call, &instructed, &AS])).json();
    let number = called["number"].as_str().unwrap().to_owned();
    assert!(county.done(&["consultation", "table", &number]).out.contains("还没有存入"));

    let status = ["consultation", "status", &number];
    let kept = county.done(&words(&[&status, &["--json"], &AS])).json();
    let rows = kept["table"]["offices"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["office"].as_str().unwrap()).collect::<Vec<_>>(), ["440825103", "440825204"]);
    assert!(rows[0]["why"].is_null() && rows[1]["why"] == "no_node" && rows[1]["by"] == "440825", "{kept}");
    let below = || town.run(&["consultation", "table", &number, "--json"]);
    wait_for("the table is below", || below().status == 0 && below().json()["there"] == "whole");
    assert_eq!(below().json()["table"], kept["table"], "what was shown is what is read");
    let page = county.done(&words(&[&status, &AS])).out;
    assert!(page.contains("角尾乡") && page.contains("无终端") && page.contains("已保存：即时状态表"), "{page}");
    let first = below().json()["kept"][0]["record"].clone();
    let first = format!("{}/{}", first["origin"].as_str().unwrap(), first["id"].as_str().unwrap());
    let both = county.done(&["consultation", "table", &number, "--record", &first]).out;
    assert_eq!((both.matches("z01").count(), both.matches("张三").count()), (0, 2), "{both}");
    town.run(&words(&[&status, &AS])).is_refused(1, "MATTER_NOT_OPENER");
    county.run(&status).is_refused(1, "PERSON_MISSING");
    county.run(&words(&[&status, &["--within", "soon"], &AS])).is_refused(1, "STATUS_WITHIN");
    county.run(&["consultation", "table", &number, "--record", "440825/1"]).is_refused(1, "RECORD_UNKNOWN");

    let drafted = county.done(&["consultation", "analyse", &number]).out;
    assert!(drafted.contains("参加范围内 2 个单位") && drafted.contains("在办突发事件：无"), "{drafted}");
    let agenda = ["consultation", "agenda", &number, "--part", "analyse", "--words", "-"];
    assert_eq!(county.run_with(&words(&[&agenda, &AS]), &drafted).status, 0);
    let shown = || town.done(&["consultation", "show", &number]).out;
    wait_for("the agenda is below", || shown().contains("参加范围内 2 个单位"));
}
