//! Every page that can be reached, in the demonstration's network: usable by everybody (axe-core), HTML (html-validate), small, and from
//! nowhere else. Pages are found by following links from the duty screen, so that a new one is looked at without being named here.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::{Path, PathBuf},
    process::Command,
};

use dutynet_tests::{
    browser::{Browser, Screen, Window},
    ground::repository,
};
use serde_json::Value;

use super::{demo::Demo, journey::walk_with};

/// Most bytes that one page may bring with it, style, script and picture included.
const PAGE_BYTES_MAX: u64 = 150 * 1024;
/// Pages of one shape that are looked at: the tenth report looks like the first.
const OF_ONE_SHAPE: usize = 2;

/// What was found wrong, by page.
#[derive(Default)]
struct Found(BTreeMap<String, BTreeSet<String>>);

impl Found {
    fn say(&mut self, page: &str, what: String) {
        self.0.entry(page.to_owned()).or_default().insert(what);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_used_by_everybody_is_html_is_small_and_asks_nobody_else() {
    walk_with("everywhere", async |folder: &Path, browser: &mut Browser| {
        let demo = Demo::start(
            folder,
            &["notice 做好台风防御准备", "sign 徐闻县", "event 安铺镇", "event", "roll", "answer 安铺镇", "answer 廉江市"],
        );
        let (sources, axe) = (folder.join("pages"), axe());
        std::fs::create_dir_all(&sources).expect("a folder");
        let (mut found, mut looked) = (Found::default(), 0);
        for (office, person) in [("廉江市", "zhiban"), ("广东省", "zhiban"), ("安铺镇", "lingdao")] {
            let window = browser.window(office, &demo.consoles[office]).await;
            window.open("/enter").await;
            look(&window, "/enter", (&axe, &sources), &mut found).await;
            window.enter(person, &demo.password).await;
            window.sees("本单位该办的").await;
            looked += walk_links(&window, (&axe, &sources), &mut found).await;
        }
        assert!(looked > 60, "only {looked} pages were found");
        validate(&sources, &mut found);
        assert!(found.0.is_empty(), "{:#?}", found.0);
    })
    .await;
}

/// Looks at every page that links lead to.
async fn walk_links(window: &Window, with: (&str, &Path), found: &mut Found) -> usize {
    let (mut shapes, mut next, mut looked) = (BTreeMap::<String, usize>::new(), VecDeque::from(["/".to_owned()]), 0);
    let mut known: BTreeSet<String> = next.iter().cloned().collect();
    while let Some(path) = next.pop_front() {
        let count = shapes.entry(shape(&path)).or_default();
        *count += 1;
        if *count > OF_ONE_SHAPE {
            continue;
        }
        let (status, is_page) = answer(window, &path).await;
        if status != 200 {
            found.say(&format!("{} {path}", window.name), format!("a link leads here, and it answers {status}"));
        }
        if !is_page {
            continue;
        }
        window.open(&path).await;
        look(window, &path, with, found).await;
        looked += 1;
        let links = "return Array.from(document.querySelectorAll('a[href]')).map((a) => a.getAttribute('href'))";
        for link in window.run(links, &[]).await.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let link = link.split('#').next().unwrap_or_default();
            if link.starts_with('/') && known.insert(link.to_owned()) {
                next.push_back(link.to_owned());
            }
        }
    }
    looked
}

/// A path without what differs from one matter, day or office to another.
fn shape(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let plain = |part: &str| if part.bytes().any(|byte| byte.is_ascii_digit()) { "*".to_owned() } else { part.to_owned() };
    let parts: Vec<String> = path.split('/').map(plain).collect();
    let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{}", parts.join("/"), names.join("&"))
}

/// What a path answers, and whether that is a page and not a file.
async fn answer(window: &Window, path: &str) -> (i64, bool) {
    let asked = format!(
        "const done = arguments[arguments.length - 1]; fetch({}, {{ headers: {{ 'dutynet-by-itself': '1' }} }})\
         .then((answer) => done([answer.status, answer.headers.get('content-type') || '']), () => done([0, '']))",
        Value::from(path)
    );
    let answered = window.run_until_done(&asked).await;
    (answered[0].as_i64().unwrap_or_default(), answered[1].as_str().is_some_and(|kind| kind.starts_with("text/html")))
}

/// Keeps pictures of the page that is open where `DUTYNET_PICTURES` names a folder: how a page looks no rule can say.
async fn keep_pictures(window: &Window, name: &str) {
    let Some(folder) = std::env::var_os("DUTYNET_PICTURES").map(PathBuf::from) else { return };
    for (how, screen) in [("desk", Screen::DESK), ("hand", Screen::HAND)] {
        let file = folder.join(how).join(format!("{name}.png"));
        std::fs::create_dir_all(folder.join(how)).expect("a folder");
        std::fs::write(file, window.whole_picture(screen).await).expect("a picture is kept");
    }
}

/// Looks at the page that is open.
async fn look(window: &Window, path: &str, (axe, sources): (&str, &Path), found: &mut Found) {
    let page = format!("{} {path}", window.name);
    window.run(axe, &[]).await;
    let check = "const done = arguments[arguments.length - 1]; \
                 axe.run(document, { resultTypes: ['violations'] }).then((result) => done(result.violations \
                 .filter((one) => one.impact === 'serious' || one.impact === 'critical') \
                 .map((one) => one.id + ': ' + one.nodes.slice(0, 2).map((node) => node.html.slice(0, 160)).join(' | '))), \
                 (error) => done(['axe: ' + error]))";
    for fault in window.run_until_done(check).await.as_array().into_iter().flatten() {
        found.say(&page, fault.to_string());
    }
    let loaded = "return performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation')) \
                  .filter((one) => one.initiatorType !== 'eventsource' && one.initiatorType !== 'fetch') \
                  .map((one) => [one.name, one.encodedBodySize])";
    let mut bytes = 0;
    for one in window.run(loaded, &[]).await.as_array().into_iter().flatten() {
        let (name, size) = (one[0].as_str().unwrap_or_default(), one[1].as_u64().unwrap_or_default());
        bytes += size;
        if !name.starts_with(window.base()) && !name.starts_with("data:") {
            found.say(&page, format!("asks somebody else: {name}"));
        }
    }
    if bytes > PAGE_BYTES_MAX {
        found.say(&page, format!("{bytes} bytes"));
    }
    let source = "const done = arguments[arguments.length - 1]; fetch(location.href, { headers: { 'dutynet-by-itself': '1' } })\
                  .then((answer) => answer.text()).then(done, (error) => done('' + error))";
    let source = window.run_until_done(source).await;
    let name: String = page.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).take(120).collect();
    std::fs::write(sources.join(format!("{name}.html")), source.as_str().unwrap_or_default()).expect("a page is kept");
    keep_pictures(window, &name).await;
}

/// What axe-core's package brings, as a script.
fn axe() -> String {
    let file = modules().join("axe-core/axe.min.js");
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}: tests/run installs it", file.display()))
}

fn modules() -> PathBuf {
    repository().join("tests/journeys/node_modules")
}

/// Whether the pages are HTML, by a checker that is not ours.
fn validate(sources: &Path, found: &mut Found) {
    let mut command = Command::new("node");
    command.arg(modules().join("html-validate/bin/html-validate.mjs")).args(["--formatter", "json", "--config"]);
    command.arg(repository().join("tests/journeys/htmlvalidate.json")).arg(sources);
    // A file, not a pipe: it ends before a full pipe is read.
    let said = sources.with_extension("json");
    command.stdout(std::fs::File::create(&said).expect("a file"));
    command.status().expect("node is installed: tests/run does it");
    let said = std::fs::read_to_string(&said).expect("what it said");
    let pages: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    for page in pages.as_array().into_iter().flatten() {
        let name = page["filePath"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        for fault in page["messages"].as_array().into_iter().flatten() {
            found.say(name, format!("{} at {}: {}", fault["ruleId"], fault["line"], fault["message"]));
        }
    }
    // What stands in no page was looked at by nobody.
    let kept = std::fs::read_dir(sources).expect("a folder").count();
    assert!(kept > 0, "no page was kept in {}", sources.display());
}
