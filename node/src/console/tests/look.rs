//! The pages by which an office looks down.

use dutynet_relay::registry::OfficeClass;

use super::*;
use crate::usecase::NewChild;

/// A browser at a province with a city that has no node, and two counties below it.
pub(super) async fn with_offices() -> Browser {
    let mut browser = Browser::new();
    browser.first_account().await;
    for (office, name, class) in [("440800", "湛江市", OfficeClass::City), ("440900", "茂名市", OfficeClass::City)] {
        let new = NewChild {
            office: office.into(),
            name: name.into(),
            area_code: office.into(),
            class: Some(class),
            by: crate::usecase::tests::by(),
        };
        browser._house.office.add_office(new).await.unwrap();
    }
    browser
}

/// A session that the city is called to.
pub(super) const SESSION: [(&str, &str); 8] = [
    ("f.title", "汛期会商"),
    ("f.reason", "other"),
    ("f.instructed_by", "王五"),
    ("f.instructed_at", "2026-07-01T08:00"),
    ("f.instruction", "抓紧会商"),
    ("f.held_at", "2026-07-01T15:00"),
    ("f.way", "telephone"),
    ("to", "440800"),
];

/// Where a form that is open is posted, as a browser would.
async fn posted(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) {
    browser.post(path, fields).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_is_called_and_whoever_has_no_node_stands_there_until_the_telephone_reaches_him() {
    let mut browser = with_offices().await;
    browser.get("/rolls").await;
    assert!(browser.page.contains("没有未结束的点名"), "{}", browser.page);
    browser.get("/rolls/new").await;
    posted(&mut browser, "/rolls/new", &[("minutes", "十分"), ("whom", "all"), ("title", "夜间点名")]).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", browser.page);
    assert!(browser.page.contains("value=\"夜间点名\"") && browser.page.contains("value=\"十分\""), "{}", browser.page);
    posted(&mut browser, "/rolls/new", &[("minutes", "10"), ("whom", "all"), ("title", "夜间点名")]).await;
    assert!(browser.at.starts_with("/roll/440000/"), "{}: {}", browser.at, browser.page);
    let path = browser.at.clone();
    assert!(browser.page.contains("无终端 <b>2</b>") && browser.page.contains("谁没到 <b>2</b>"), "{}", browser.page);
    browser.get(&format!("{path}?show=on_duty")).await;
    assert!(browser.page.contains("没有这样的单位"));
    let cell = format!("{path}?office=440800");
    browser.get(&cell).await;
    assert!(browser.page.contains("name=\"do\" value=\"phone\""), "the telephone comes first: {}", browser.page);
    let form = [("do", "phone"), ("office", "440800"), ("f.result", "reached")];
    posted(&mut browser, &cell, &form).await;
    assert!(browser.page.contains("id=\"e-phone\""), "a fault stands at its field: {}", browser.page);
    let form = [
        ("do", "phone"),
        ("office", "440800"),
        ("f.result", "reached"),
        ("f.phone", "0759-1"),
        ("f.rings", "5"),
        ("f.answered_by", "王五"),
    ];
    posted(&mut browser, &cell, &form).await;
    assert!(browser.page.contains("代录 <b>1</b>") && browser.page.contains("超过 3 声"), "{}", browser.page);
    browser.get(&format!("{path}?do=close")).await;
    posted(&mut browser, &format!("{path}?do=close"), &[("do", "close"), ("f.words", "<i>完</i>")]).await;
    assert!(browser.page.contains("结束") && !browser.page.contains("<i>完"), "{}", browser.page);
    browser.get("/rolls/answer").await;
    assert!(browser.page.contains("没有等本单位应答的点名"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_direct_calls_nobody_and_reads_the_table_all_the_same() {
    let mut browser = with_offices().await;
    browser.get("/rolls/new").await;
    posted(&mut browser, "/rolls/new", &[("minutes", "10"), ("whom", "list"), ("to", "440900")]).await;
    let path = browser.at.clone();
    browser.get("/accounts").await;
    browser.post("/accounts", &[("id", "lisi"), ("name", "李四"), ("post", "auditor"), ("password", "linshi-mima")]).await;
    let mut other = Browser { cookie: String::new(), ..browser };
    other.post("/enter", &[("id", "lisi"), ("password", "linshi-mima")]).await;
    other.post("/password", &[("old", "linshi-mima"), ("password", "wode-mima-9"), ("again", "wode-mima-9")]).await;
    other.get("/rolls/new").await;
    assert!(other.page.contains("RIGHT_MISSING"), "{}", other.page);
    other.get(&path).await;
    assert!(
        other.page.contains("茂名市") && !other.page.contains("湛江市") && !other.page.contains("结束点名"),
        "{}",
        other.page
    );
    other.post(&path, &[("do", "close")]).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_now_says_of_each_row_who_says_it_and_how_old_it_is() {
    let mut browser = with_offices().await;
    browser.get("/status").await;
    browser.post("/status", &[("office", ""), ("within", "2")]).await;
    assert!(browser.at.starts_with("/status/"), "{}: {}", browser.at, browser.page);
    let path = browser.at.clone();
    while browser.page.contains("data-live=\"1\"") {
        tokio::task::yield_now().await;
        browser.get(&path).await;
    }
    // Nothing answers questions here; so it is said of this office, too, why there is nothing of its own.
    assert!(browser.page.contains("不能应答，没有记录") && browser.page.contains("无终端，没有记录"), "{}", browser.page);
    assert!(browser.page.contains("id=\"r440800\"") && browser.page.contains("没有自行应答 <b>3</b>"), "{}", browser.page);
    assert!(browser.page.contains("程序和规则") && browser.page.contains("规则与本单位不同 <b>0</b>"), "{}", browser.page);
    browser.get(&format!("{path}?only=overdue")).await;
    assert!(browser.page.contains("有逾期 <b>0</b>") && !browser.page.contains("id=\"r440800\""), "{}", browser.page);
    browser.get("/status/nothing").await;
    assert_eq!(browser.at, "/status", "what was pushed out is asked anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_of_the_network_says_in_words_what_it_draws_and_each_office_opens() {
    let mut browser = with_offices().await;
    browser.get("/network").await;
    let page = &browser.page;
    assert!(page.contains("<svg class=\"net\"") && page.contains("<title>湛江市 线路无终端</title>"), "{page}");
    assert!(page.contains("同一张图的表") && page.contains("图例"), "{page}");
    browser.get("/network/440800").await;
    assert!(browser.page.contains("湛江市") && browser.page.contains("href=\"/network/440000\""), "{}", browser.page);
    browser.get("/network/440000").await;
    assert!(browser.page.contains("执行的规则包") && browser.page.contains("statute 第"), "{}", browser.page);
    browser.get("/network/999999").await;
    assert_eq!(browser.status, StatusCode::FORBIDDEN, "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_month_has_a_word_for_every_cell_and_each_opens_what_stands_behind_it() {
    let mut browser = with_offices().await;
    let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
    let fields: Vec<(&str, &str)> = nil.iter().map(|name| (name.as_str(), "1")).collect();
    browser.get("/reports/new/zero").await;
    browser.post("/reports/new/zero", &fields).await;
    browser.get("/reports/month").await;
    assert!(browser.page.contains("2026年07月") || browser.page.contains("2026年06月"), "{}", browser.page);
    let cell = browser.page.split("✓准</a>").next().and_then(|before| before.rsplit("href=\"").next()).unwrap();
    let cell = cell.trim_end_matches("\">").to_owned();
    browser.get(&cell).await;
    assert!(browser.at.starts_with("/reports/show/zero/440000/"), "{}", browser.at);
    browser.get("/reports/month?month=2026-13").await;
    assert!(browser.page.contains("MONTH_INVALID"), "{}", browser.page);
    browser.get("/reports/month?of=999999").await;
    assert_ne!(browser.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_of_the_statistics_opens_what_it_counts_and_a_suggestion_is_decided_by_a_person() {
    let mut browser = with_offices().await;
    browser.advance(3 * 86_400);
    browser.get("/enter").await;
    browser.post("/enter", &[("id", "zhangsan"), ("password", "shuideng-2026")]).await;
    browser.get("/stats").await;
    let month = if browser.page.contains("2026年07月统计") { "2026-07" } else { "2026-06" };
    assert!(browser.page.contains("<svg class=\"chart bars\"") && browser.page.contains("逾期未报"), "{}", browser.page);
    let numbers: Vec<String> = browser
        .page
        .split("href=\"/stats/dues?")
        .skip(1)
        .map(|rest| format!("/stats/dues?{}", rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&")))
        .collect();
    let figures: Vec<String> = browser
        .page
        .split("href=\"/stats/dues?")
        .skip(1)
        .map(|rest| rest.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned())
        .collect();
    assert!(numbers.len() > 4, "{}", browser.page);
    for (path, figure) in numbers.iter().zip(&figures) {
        browser.get(path).await;
        assert!(browser.page.contains(&format!("共 {figure} 项")), "{path} {figure}: {}", browser.page);
    }
    browser.get(&format!("/stats/findings?month={month}")).await;
    let key = browser.page.split("id=\"d").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let key = key.unwrap_or_else(|| panic!("nothing is suggested: {}", browser.page));
    let path = format!("/stats/findings?month={month}&key={key}&do=dismiss");
    browser.get(&path).await;
    let office = key.split('.').nth(1).unwrap().to_owned();
    browser.post(&path, &[("do", "dismiss"), ("office", &office), ("f.due", &key)]).await;
    assert!(browser.page.contains("id=\"e-reason\""), "{}", browser.page);
    browser.post(&path, &[("do", "dismiss"), ("office", &office), ("f.due", &key), ("f.reason", "电话核实，机器故障")]).await;
    assert!(browser.at.starts_with("/matter/440000/") && browser.page.contains("电话核实"), "{}: {}", browser.at, browser.page);
    browser.get(&format!("/stats/findings?month={month}")).await;
    assert!(!browser.page.contains(&format!("id=\"d{key}\"")), "what was decided is suggested no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_found_with_their_articles_and_asked_about_a_day_and_a_case() {
    let mut browser = with_offices().await;
    browser.get("/rules").await;
    assert!(browser.page.contains("尚未告知") && browser.page.contains("本单位执行的规则包"), "{}", browser.page);
    assert!(browser.page.contains("只列下一级") && browser.page.contains("<a href=\"/status\">即时状态</a>"), "{}", browser.page);
    browser.get("/rules?pack=statute").await;
    assert!(browser.page.contains("条"), "{}", browser.page);
    browser.get("/rules?q=%E7%AC%AC%E4%B9%9D%E6%9D%A1").await;
    assert!(browser.page.contains("第九条") && browser.page.contains(">时限</td>"), "{}", browser.page);
    browser.get("/rules?q=%3Cscript%3E").await;
    assert!(browser.page.contains("没有这样的条文") && !browser.page.contains("<script>"), "{}", browser.page);
    browser.get("/rules/ask?day=2026-10-01&category=accident.traffic.road&grade=major").await;
    assert!(browser.page.contains("2026-10-01：休息日") && browser.page.contains("报告领导"), "{}", browser.page);
    browser.get("/rules/ask?category=nonsense").await;
    assert!(browser.page.contains("role=\"alert\""), "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_for_is_found_by_a_piece_of_its_title_or_number() {
    let mut browser = with_offices().await;
    browser.get("/rolls/new").await;
    browser.post("/rolls/new", &[("minutes", "10"), ("whom", "all"), ("title", "台风夜点名")]).await;
    browser.get("/find?q=%E5%8F%B0%E9%A3%8E").await;
    assert!(browser.page.contains("台风夜点名"), "{}", browser.page);
    browser.get("/find?q=%E6%B9%9B%E6%B1%9F").await;
    assert!(browser.page.contains("/network/440800"), "{}", browser.page);
    browser.get("/find?q=2026-06-30").await;
    assert!(browser.page.contains("/reports?day=2026-06-30"), "{}", browser.page);
    browser.get("/find?q=x").await;
    assert!(browser.page.contains("两个字以上"));
    browser.get("/find?q=%22%3E%3Cb%3E").await;
    assert!(browser.page.contains("没有找到") && !browser.page.contains("\"><b>"), "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_one_page_and_its_outcome_becomes_a_directive_there() {
    let mut browser = with_offices().await;
    browser.get("/consultations").await;
    assert!(browser.page.contains("召集会商"), "{}", browser.page);
    browser.get("/matters/consultation/call").await;
    browser.post("/matters/consultation/call", &SESSION).await;
    assert!(browser.at.starts_with("/matter/440000/"), "{}: {}", browser.at, browser.page);
    let matter = browser.at.split('?').next().unwrap().to_owned();
    let session = matter.replacen("/matter/", "/consultation/", 1);
    browser.get(&session).await;
    assert!(browser.page.contains("还没有发言：湛江市") && browser.page.contains("还没有议题"), "{}", browser.page);
    browser.get(&format!("{matter}/outcome")).await;
    browser.post(&format!("{matter}/outcome"), &[("f.what", "排查堤防"), ("f.owner", "湛江市")]).await;
    browser.get(&session).await;
    let order = browser.page.split("/order?outcome=").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let order = format!("{session}/order?outcome={}", order.unwrap_or_else(|| panic!("no outcome: {}", browser.page)));
    browser.get(&order).await;
    browser.post(&order, &[("f.title", "排查堤防")]).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", browser.page);
    assert!(browser.page.contains("value=\"排查堤防\""), "{}", browser.page);
}
