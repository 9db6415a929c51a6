//! Where a record is and what happens next, on every page that shows one; and what a neighbour refused.

use super::*;

impl Browser {
    /// Opens a page until it says something: a line comes and goes when it likes.
    async fn comes(&mut self, path: &str, words: &str) {
        for _ in 0..3_000 {
            if self.get(path).await.contains(words) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{words} does not come: {}", self.page);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_to_a_county_whose_line_is_down_says_so_on_every_page_and_what_happens_next() {
    let (house, _off) = House::with_county().await;
    let mut browser = Browser::over(house);
    browser.first_account().await;
    const WAITS: [&str; 3] = ["已存在本机，徐闻县线路断", "接通后自动送出，不用再填", "急事请同时打电话"];
    let waits = |browser: &Browser| {
        for words in WAITS {
            assert!(browser.page.contains(words), "{words} on {}: {}", browser.at, browser.page);
        }
        assert!(!browser.page.contains("上级线路断") && !browser.page.contains("滞留清单"), "{}", browser.page);
    };
    browser.get("/matters/directive/order").await;
    let order = [
        ("f.kind", "supervision"),
        ("f.title", "排查"),
        ("f.words", "立即排查。"),
        ("f.urgency", "flash"),
        ("f.due", "2026-07-02T09:00"),
        ("to", "440825"),
    ];
    browser.post("/matters/directive/order", &order).await;
    assert!(browser.at.starts_with("/matter/"), "{}", browser.page);
    waits(&browser);
    browser.get("/notices/new").await;
    let notice = [("title", "台风"), ("text", "请准备"), ("urgency", "routine"), ("whom", "list"), ("to", "440825")];
    browser.post("/notices/new", &notice).await;
    assert!(browser.at.starts_with("/notices/show/"), "{}", browser.page);
    waits(&browser);
    browser.get("/matters/consultation/call").await;
    let session: Vec<_> = look::SESSION.into_iter().filter(|(name, _)| *name != "to").chain([("to", "440825")]).collect();
    browser.post("/matters/consultation/call", &session).await;
    let session = browser.matter().replacen("/matter/", "/consultation/", 1);
    browser.get(&session).await;
    waits(&browser);
    browser.get("/").await;
    let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
    let fields: Vec<(&str, &str)> = nil.iter().map(|name| (name.as_str(), "1")).collect();
    browser.post("/reports/new/zero", &fields).await;
    assert!(browser.page.contains("只存本单位，没有报出"), "nobody is above: {}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_parent_refused_says_why_and_is_handled_by_whoever_may_and_a_report_waits_for_the_own_uplink() {
    let (above, folder) = House::with_county().await;
    let house = House::enrolled(folder);
    house.send_to_nobody().await;
    let mut browser = Browser::over(house);
    browser.first_account().await;
    browser.comes("/network", "id=\"parked\"").await;
    let said = ["广东省", "收件单位不在名录里：请核对收件单位", "UNKNOWN_TARGET", "日报告 徐闻县 2026-07-01", "重发</button>"];
    for words in said.iter().chain(&["href=\"/reports/show/daily/440825/2026-07-01\"", "撤回</button>"]) {
        assert!(browser.page.contains(words), "{words}: {}", browser.page);
    }
    let manager = browser.cookie.clone();
    browser.seat(&["officer"]).await;
    browser.get("/network").await;
    assert!(browser.page.contains("请找张三重发或撤回") && !browser.page.contains("重发</button>"), "{}", browser.page);
    browser.cookie = manager;
    above.close().await;
    browser.get("/").await;
    let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
    let fields: Vec<(&str, &str)> = nil.iter().map(|name| (name.as_str(), "1")).collect();
    browser.post("/reports/new/zero", &fields).await;
    browser.comes("/reports/show/zero/440825/2026-07-01", "已存在本机，上级线路断").await;
    assert!(browser.page.contains("接通后自动送出，不用再填"), "{}", browser.page);
}
