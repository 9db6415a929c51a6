//! How long an officer waits for a page, and how much it transfers: at a county with a year of records, and at a province over 1,901 offices.
//!
//! The pages come over HTTP from the console of a real office in this process. The province has twenty cities, each an office with a node and a
//! line of its own, and ninety-four offices without a node under each.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use dutynet_node::{
    console::{self, Serving},
    domain::account::Post,
    projection::Follower,
    usecase::{NewAccount, Office},
};
use dutynet_relay::clock::Clock;
use dutynet_tests::{browser::Browser, net::Network};
use serde_json::{Map, Value as Json, json};
use tokio::{io::AsyncReadExt as _, net::TcpListener, sync::watch};

use crate::{
    desk::{Desk, PASSWORD, PERSON},
    year::County,
};

const TIMES: usize = 9;
/// How much slower an old machine is.
const SLOWER: u32 = 4;
const CITIES: usize = 20;
const UNDER_EACH: usize = 94;

/// A console that is open, and somebody who is logged in.
struct Open {
    here: Desk,
    stop: watch::Sender<bool>,
}

impl Open {
    async fn of(office: &Office, clock: Arc<dyn Clock>) -> Self {
        let posts = [Post::Officer, Post::Leader, Post::Manager, Post::Operator, Post::Auditor].into();
        let new = NewAccount { id: PERSON.into(), name: "张三".into(), posts, password: PASSWORD.into(), own: true };
        office.make_first_account(new).await.expect("an account");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (stop, stopped) = watch::channel(false);
        let serving = Serving { lock_after: Duration::from_secs(86_400), names: Vec::new(), front: None };
        tokio::spawn(console::run(office.clone(), listener, serving, clock, stopped));
        Self { here: Desk::enter(address).await, stop }
    }

    /// Median and longest of several times, and bytes.
    async fn page(&self, path: &str) -> Json {
        let (mut took, mut bytes) = (Vec::new(), 0);
        for _ in 0..TIMES {
            let began = Instant::now();
            let (head, body) = self.here.ask("GET", path, "").await;
            took.push(began.elapsed());
            assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
            bytes = head.len() + body.len();
        }
        took.sort_unstable();
        let (median, most) = (took[TIMES / 2], took[TIMES - 1]);
        println!("    {path:34} median {median:>8.1?}, longest {most:>8.1?}, {:>6.1} KB", bytes as f64 / 1000.0);
        json!({ "median_us": median.as_micros() as u64, "longest_us": most.as_micros() as u64, "bytes": bytes })
    }

    async fn pages(&self, paths: &[&str]) -> Json {
        let mut all = Map::new();
        for path in paths {
            all.insert((*path).to_owned(), self.page(path).await);
        }
        Json::Object(all)
    }
}

/// Measures; with `open` the consoles stay open until Enter, to be looked at.
pub(crate) async fn measure(days: usize, open: bool) -> Json {
    let (county, _, _) = County::of_days(days).await;
    println!("PAGES  a county with {days} days of records");
    let county_desk = Open::of(county.office(), county.clock()).await;
    let at_county = [
        "/",
        "/reports",
        "/reports/month",
        "/reports/new/daily",
        "/matters/incident",
        "/matters/directive",
        "/notices",
        "/dues",
        "/rolls",
        "/consultations",
        "/status",
        "/stats",
        "/stats?month=2026",
        "/stats/findings",
        "/network",
        "/network/440825001",
        "/rules",
        "/rules?q=%E6%8A%A5%E5%91%8A",
        "/rules/ask",
        "/find?q=%E9%99%A9%E6%83%85",
    ];
    let of_county = county_desk.pages(&at_county).await;
    println!("PAGES  a province over {} offices", 1 + CITIES * (1 + UNDER_EACH));
    let (net, office) = province().await;
    let province_desk = Open::of(&office, net.relay("p").clock()).await;
    let called = call(&province_desk).await;
    let at_province =
        ["/", "/reports", "/reports/month", "/network", "/network?open=c01", "/rolls", &called, "/status", "/rules"];
    let of_province = province_desk.pages(&at_province).await;
    println!("PAGES  in a browser whose processor is {SLOWER} times slower");
    let in_browser = json!({
        "county": seen(&county_desk, &["/", "/matters/incident/call", "/reports", "/stats"]).await,
        "province": seen(&province_desk, &["/", "/reports", "/network", &called]).await,
    });
    if open {
        println!(
            "    county http://{}/  province http://{}/  zhangsan {PASSWORD}; Enter ends it",
            county_desk.here.address, province_desk.here.address
        );
        let _ = tokio::io::stdin().read(&mut [0]).await;
    }
    county_desk.stop.send_replace(true);
    province_desk.stop.send_replace(true);
    county.close().await;
    drop(net);
    json!({ "days": days, "county": of_county, "province": of_province, "slow_browser": in_browser })
}

/// How soon a page can be used in Chromium on an old machine, by the browser's own clock: from asking for it until its scripts have run.
async fn seen(at: &Open, paths: &[&str]) -> Json {
    let mut browser = Browser::start();
    let window = browser.window("slow", &format!("http://{}", at.here.address)).await;
    window.enter(PERSON, PASSWORD).await;
    window.slowed(SLOWER).await;
    let mut all = Map::new();
    for path in paths {
        let mut took = Vec::new();
        for _ in 0..TIMES {
            window.open(path).await;
            let ready = window.run("return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd", &[]).await;
            took.push(ready.as_f64().expect("a time"));
        }
        took.sort_by(f64::total_cmp);
        let (median, most) = (took[TIMES / 2], took[TIMES - 1]);
        println!("    {path:34} median {median:>6.0} ms, longest {most:>6.0} ms");
        all.insert((*path).to_owned(), json!({ "median_ms": median, "longest_ms": most }));
    }
    browser.close().await;
    Json::Object(all)
}

/// Everybody below is called, so that the grid has something to show.
async fn call(desk: &Open) -> String {
    let (_, form) = desk.here.ask("GET", "/rolls/new", "").await;
    let form = String::from_utf8_lossy(&form).into_owned();
    let hidden = |name: &str| {
        let marked = format!("type=\"hidden\" name=\"{name}\" value=\"");
        form.split(&marked).nth(1).and_then(|rest| rest.split('"').next()).expect("a hidden field").to_owned()
    };
    let body = format!("token={}&id={}&whom=all&kind=roll", hidden("token"), hidden("id"));
    let (head, _) = desk.here.ask("POST", "/rolls/new", &body).await;
    let at = head.lines().find_map(|line| line.strip_prefix("location: ")).expect("the page of the call");
    at.to_owned()
}

/// A province with its cities, and everything below them registered.
async fn province() -> (Network, Office) {
    let mut net = Network::found("p").await;
    for city in 0..CITIES {
        let city = format!("c{city:02}");
        net.join("p", &city).await;
        for n in 0..UNDER_EACH {
            net.add_without_node(&city, &format!("{city}-{n:03}")).await;
        }
    }
    let relay = net.relay("p").clone();
    while relay.registry().entries().count() < 1 + CITIES * (1 + UNDER_EACH) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // A quarter of the cities is cut off.
    for city in (0..CITIES).step_by(4) {
        net.line(&format!("c{city:02}")).cut();
    }
    let (follower, caught_up) = Follower::new(&relay).expect("a projection");
    let office = Office::new(relay, caught_up, Vec::new());
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        follower.run(stopped).await;
        drop(stop);
    });
    (net, office)
}
