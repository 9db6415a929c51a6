//! Rule packs between two offices: sent to a child that is off, laid by a child, and seen by its parent. The program as an operator uses it.

use std::path::Path;

use dutynet_tests::program::{Site, wait_for};
use serde_json::Value;

const CLERK: [&str; 2] = ["--as", "z01:张三"];

/// A city that serves at a fixed port, and a county below it.
struct Pair {
    _folder: tempfile::TempDir,
    city: Site,
    county: Site,
}

impl Pair {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mut city, mut county) = (Site::new(&folder.path().join("city")), Site::new(&folder.path().join("county")));
        city.done(&["init", "440800", "--name", "湛江市", "--class", "city", "--area", "440800", "--zone", "gov"]);
        city.keeps_its_port();
        city.serve();
        let invite = ["invite", "440825", "--name", "徐闻县", "--class", "county", "--area", "440825", "--json"];
        let invitation = city.done(&[invite.as_slice(), &CLERK].concat()).json()["invitation"].as_str().unwrap().to_owned();
        let enrolled = county.run_with(&["enrol", "-"], &invitation);
        assert_eq!(enrolled.status, 0, "{enrolled:?}");
        county.serve();
        Self { _folder: folder, city, county }
    }

    /// Which packs the city knows that the county runs.
    fn seen(&self) -> Vec<String> {
        let list = self.city.done(&["rules", "list", "--children", "--json"]).json();
        let row = list.as_array().unwrap().iter().find(|row| row["office"] == "440825").unwrap().clone();
        row["packs"].as_array().unwrap().iter().map(|pack| pack.as_str().unwrap().to_owned()).collect()
    }

    fn sees(&self, pack: &str) {
        wait_for("the city sees what the county runs", || self.seen().iter().any(|seen| seen == pack));
    }
}

/// A pack that asks counties of this place for a report within so long, in the folder of an office.
fn write(folder: &Path, version: u32, limit: &str) -> String {
    let text = format!(
        "pack = \"local\"\nversion = {version}\ntitle = \"本地\"\nsource = \"值班工作规定\"\nareas = [\"4408\"]\n\n[[limit]]\nid = \"report\"\n\
         duty = \"written-report\"\nto = \"above\"\ntiers = [\"county\"]\ngrades = [\"considerable\"]\nbasis = \"event\"\n\
         limit = \"{limit}\"\nsays = \"报告\"\narticle = \"第一条\"\n"
    );
    let name = format!("local-{version}-{limit}.toml");
    std::fs::write(folder.join(&name), text).unwrap();
    name
}

fn put(site: &Site, verb: &str, file: &str) -> Value {
    site.done(&[["rules", verb, file, "--json"].as_slice(), &CLERK].concat()).json()
}

/// Row and pack of the strictest limit for a report of 较大.
fn strictest(site: &Site) -> (String, String) {
    let answer = site.done(&["rules", "ask", "--category", "natural", "--grade", "considerable", "--json"]).json();
    let rows = answer["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["key"] == "written-report").unwrap();
    (row["limit"].as_str().unwrap().to_owned(), row["article"].as_str().unwrap().to_owned())
}

#[test]
fn a_pack_reaches_a_child_that_was_off_and_its_parent_sees_that_it_runs_it() {
    let mut pair = Pair::new();
    pair.sees("statute@1");
    assert_eq!(strictest(&pair.county), ("1 小时".into(), "湛江 第九条(二)".into()));
    pair.county.stop();
    let file = write(&pair.city.folder, 1, "50min");
    assert_eq!(put(&pair.city, "send", &file)["pack"], "440800/local");
    assert!(!pair.seen().contains(&"440800/local@1".to_owned()), "it is off");
    pair.county.serve();
    pair.sees("440800/local@1");
    assert_eq!(strictest(&pair.county), ("50 分钟".into(), "本地 第一条".into()));
    let old = pair.city.run(&[["rules", "send", &write(&pair.city.folder, 1, "40min")].as_slice(), &CLERK].concat());
    old.is_refused(1, "PACK_VERSION");
    put(&pair.city, "send", &write(&pair.city.folder, 2, "40min"));
    pair.sees("440800/local@2");
    assert_eq!(strictest(&pair.county).0, "40 分钟");
}

#[test]
fn a_child_lays_a_stricter_pack_and_a_laxer_one_is_refused_with_the_article_that_it_breaks() {
    let pair = Pair::new();
    pair.sees("statute@1");
    let laxer = write(&pair.county.folder, 1, "90min");
    let refused = pair.county.run(&[["rules", "lay", &laxer].as_slice(), &CLERK].concat());
    refused.is_refused(1, "PACK_FAULTY");
    assert!(refused.err.contains("湛江 第九条(二)") && refused.err.contains("第7行"), "{}", refused.err);
    let checked = pair.county.run(&["rules", "check", &laxer]);
    assert!(checked.status == 1 && checked.out.contains("湛江 第九条(二)"), "{checked:?}");
    put(&pair.county, "lay", &write(&pair.county.folder, 1, "30min"));
    assert_eq!(strictest(&pair.county).0, "30 分钟");
    pair.sees("440825/local@1");
    assert!(!pair.city.done(&["rules", "list"]).out.contains("440825/local"), "it binds the county alone");
}
