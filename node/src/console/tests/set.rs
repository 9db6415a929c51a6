//! The pages by which an office sets what holds below, keeps groups and the register, and practises: asked as a browser asks them.

use super::*;

const DAY: u64 = 86_400;

impl Browser {
    /// Days later, seated again: no session lasts so long.
    async fn days_later(&mut self, days: u64) {
        self.advance(days * DAY);
        self.get("/enter").await;
        self.post("/enter", &[("id", "zhangsan"), ("password", "shuideng-2026")]).await;
    }

    fn sees_not(&self, words: &[&str]) {
        for words in words {
            assert!(!self.page.contains(words), "{words} is on {}: {}", self.at, self.page);
        }
    }

    /// A zero report by the form that is open.
    async fn zero(&mut self, path: &str, more: &[(&str, &str)]) {
        let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
        let fields = nil.iter().map(|name| (name.as_str(), "1")).chain(more.iter().copied());
        self.post(path, &fields.collect::<Vec<_>>()).await;
    }

    /// Where the first form of the page is posted whose path begins so.
    fn action(&self, begins: &str) -> String {
        let marked = format!("action=\"{begins}");
        let rest = self.page.split(&marked).nth(1).and_then(|rest| rest.split('"').next());
        format!("{begins}{}", rest.unwrap_or_else(|| panic!("no form to {begins}: {}", self.page)))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_special_period_is_declared_prolonged_and_ended_on_its_page_and_every_page_leads_there() {
    let mut browser = look::with_offices().await;
    browser.get("/dues").await;
    browser.sees(&["href=\"/periods\""]);
    browser.get("/periods").await;
    browser.sees(&["没有宣布过敏感特殊时期", "宣布敏感特殊时期"]);
    let period = [("reason", "国庆安保"), ("to", "2026-07-03T18:00")];
    browser.post("/periods", &period).await;
    browser.sees(&["请写明这个时期要求什么", "value=\"国庆安保\"", "value=\"2026-07-03T18:00\""]);
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
    for wrong in [("officers", "三人"), ("daily", "25:00"), ("roster_by", "明天"), ("officers", "100")] {
        browser.post("/periods", &[period[0], period[1], wrong]).await;
        browser.sees(&["请写明这个时期要求什么", &format!("value=\"{}\"", wrong.1)]);
    }
    browser.post("/periods", &[period[0], ("to", ""), ("silence", "30")]).await;
    browser.sees(&["时间应写成", "value=\"30\""]);
    browser.post("/periods", &[period[0], ("to", "2026-06-30T18:00"), ("silence", "30")]).await;
    browser.sees(&["结束时间应晚于"]);
    browser.post("/periods", &[period[0], period[1], ("double_leaders", "1"), ("officers", "3"), ("daily", "16:00")]).await;
    assert_eq!((browser.at.as_str(), browser.status), ("/periods", StatusCode::OK), "{}", browser.page);
    browser.sees(&["进行中", "双带班、值班员 3 人、每日 16:00 前报告", "2026年07月03日 18:00"]);
    browser.get("/").await;
    browser.sees(&["<a href=\"/periods\">敏感特殊时期：国庆安保"]);

    browser.get("/periods").await;
    let change = browser.action("/periods/440000/");
    browser.post(&change, &[("until", "后天"), ("why", "推迟撤岗")]).await;
    browser.sees(&["时间应写成", "value=\"后天\"", "value=\"推迟撤岗\"", "<details open>"]);
    browser.post(&change, &[("until", "2026-07-05T18:00"), ("why", "推迟撤岗")]).await;
    browser.sees(&["改为至 2026年07月05日 18:00：推迟撤岗"]);
    browser.advance(60);
    browser.get("/periods").await;
    browser.post(&change, &[("end", "1"), ("why", "提前结束")]).await;
    browser.sees(&["已结束", "提前结束"]);
    browser.sees_not(&["延长、结束", "class=\"in-force\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_that_is_to_come_stands_before_those_that_are_over_and_can_be_taken_back() {
    let mut browser = look::with_offices().await;
    browser.get("/periods").await;
    let coming = [("reason", "汛期"), ("from", "2026-07-10T00:00"), ("to", "2026-07-12T00:00"), ("roll_calls", "2")];
    browser.post("/periods", &coming).await;
    browser.sees(&["未开始", "撤回，不开始了"]);
    browser.sees_not(&["class=\"in-force\""]);
    let change = browser.action("/periods/440000/");
    browser.seat(&["auditor"]).await;
    browser.get("/periods").await;
    browser.sees(&["汛期"]);
    browser.sees_not(&["撤回，不开始了", "name=\"reason\""]);
    browser.cookie.clear();
    browser.days_later(0).await;
    browser.get("/periods").await;
    browser.post(&change, &[("end", "1"), ("why", "写错了")]).await;
    browser.sees(&["已撤回", "写错了"]);
    browser.post("/periods", &[("reason", "安保"), ("to", "2026-07-02T00:00"), ("silence", "60")]).await;
    let (holds, back) = (browser.page.find("进行中").unwrap(), browser.page.find("已撤回").unwrap());
    assert!(holds < back, "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_changed_and_dropped_and_offered_wherever_offices_are_chosen() {
    let mut browser = look::with_offices().await;
    browser.get("/notices").await;
    browser.sees(&["href=\"/groups\""]);
    browser.get("/groups").await;
    browser.post("/groups", &[("name", "沿海")]).await;
    browser.sees(&["编组里没有单位", "value=\"沿海\""]);
    browser.post("/groups", &[("name", "沿海"), ("to", "440800")]).await;
    assert_eq!((browser.at.as_str(), browser.status), ("/groups", StatusCode::OK), "{}", browser.page);
    browser.sees(&["沿海", "湛江市", "张三"]);
    for form in ["/notices/new", "/rolls/new"] {
        browser.get(form).await;
        browser.sees(&["<option >沿海</option>"]);
    }
    browser.get("/groups?edit=%E6%B2%BF%E6%B5%B7").await;
    browser.sees(&["value=\"沿海\" maxlength", "value=\"440800\" checked", "value=\"440900\" >"]);
    browser.post("/groups", &[("name", "沿海"), ("to", "440800"), ("to", "440900")]).await;
    browser.sees(&["湛江市、茂名市"]);
    browser.get("/groups?edit=%E5%B1%B1%E5%8C%BA").await;
    browser.sees(&["GROUP_UNKNOWN"]);
    browser.get("/groups").await;
    browser.post("/groups/drop", &[("drop", "沿海")]).await;
    browser.sees(&["还没有编组"]);
    browser.get("/notices/new").await;
    browser.sees_not(&["沿海"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holiday_is_reported_by_a_link_of_the_board_and_by_a_button_on_its_last_day() {
    let mut browser = look::with_offices().await;
    browser.get("/reports").await;
    browser.sees(&["端午节", "/reports/new/holiday?day=", "form=holiday"]);
    browser.days_later(97).await;
    browser.get("/").await;
    browser.sees_not(&["填假期综合情况"]);
    browser.get("/dues").await;
    browser.sees(&["href=\"/reports/new/holiday?day=2026-10-01..2026-10-07\""]);
    browser.days_later(1).await;
    browser.get("/").await;
    browser.sees(&["填假期综合情况"]);
    browser.get("/reports/new/holiday?day=2026-10-01..2026-10-07").await;
    let said = [("f.leader", "李四"), ("f.officer", "张三"), ("f.phone", "020-83135078"), ("f.duty", "在岗"), ("f.calls", "9")];
    let nil = [("f.incidents.nil", "1"), ("f.handling.nil", "1"), ("f.important.nil", "1"), ("f.next.nil", "1")];
    browser.post("/reports/new/holiday", &said.into_iter().chain(nil).collect::<Vec<_>>()).await;
    assert!(browser.at.starts_with("/reports/show/holiday/440000/2026-10-01..2026-10-07"), "{}: {}", browser.at, browser.page);
    browser.sees(&["/reports?day=2026-10-01..2026-10-07&amp;form=holiday"]);
    browser.get("/").await;
    browser.sees_not(&["填假期综合情况"]);
    browser.get("/reports?day=2026-10-01..2026-10-07&form=holiday").await;
    browser.sees(&["假期综合情况汇总表：国庆节", "/reports/show/holiday/440000/", "已报", "office=440800"]);
    browser.sees_not(&["接报件数", "前一天"]);
    browser.get("/reports?day=2026-10-05&form=holiday&only=missing").await;
    browser.sees_not(&["/reports/show/holiday/440000/"]);
    browser.get("/reports?day=2026-08-20&form=holiday").await;
    browser.sees(&["不在放假期间内"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_practised_is_marked_from_the_form_on_and_never_counts_as_real() {
    let mut browser = look::with_offices().await;
    browser.get("/reports/new/zero").await;
    browser.sees(&["&amp;exercise=1\">这是演练"]);
    browser.sees_not(&["class=\"drill\""]);
    browser.get("/reports/new/zero?day=2026-07-01&exercise=1").await;
    browser.sees(&["class=\"drill\"", "name=\"exercise\" value=\"1\"", "报出演练"]);
    browser.zero("/reports/new/zero?exercise=1", &[("exercise", "1"), ("day", "2026-07-01")]).await;
    assert_eq!(browser.at, "/reports/show/zero/440000/2026-07-01?exercise=1", "{}", browser.page);
    browser.sees(&["演练", "第 1 版", "&amp;exercise=1\">更正"]);
    browser.sees_not(&["/print/report/"]);
    browser.get("/reports/show/zero/440000/2026-07-01").await;
    browser.sees(&["没有报过"]);
    browser.get("/reports").await;
    browser.sees_not(&["/reports/show/zero/440000/"]);
    browser.get("/reports?exercise=1").await;
    browser.sees(&["class=\"drill\"", "/reports/show/zero/440000/2026-07-01?exercise=1"]);
    browser.sees_not(&["/print/board/"]);
    browser.get("/").await;
    browser.sees(&["未报"]);
    browser.get("/reports/new/zero?day=2026-07-01&exercise=1").await;
    browser.sees(&["报出更正演练"]);
    browser.post("/reports/new/daily?exercise=1", &[("exercise", "1"), ("f.leader", "李四")]).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.sees(&["class=\"drill\"", "name=\"exercise\" value=\"1\"", "value=\"李四\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_is_practised_says_so_and_what_it_makes_due_stands_on_a_list_of_its_own() {
    let mut browser = look::with_offices().await;
    browser.get("/notices/new").await;
    browser.sees(&["这是演练"]);
    let notice = [("title", "防台演练"), ("text", "请演练转移"), ("urgency", "flash"), ("whom", "all")];
    let when = [("exercise", "1"), ("sign_by", "2026-07-01T10:00")];
    browser.post("/notices/new", &[("title", ""), when[0], when[1]]).await;
    browser.sees(&["name=\"exercise\" value=\"1\" checked"]);
    browser.post("/notices/new", &notice.into_iter().chain(when).collect::<Vec<_>>()).await;
    assert!(browser.at.starts_with("/notices/show/440000/"), "{}: {}", browser.at, browser.page);
    browser.sees(&["演练"]);
    browser.advance(2 * 3600);
    browser.get("/enter").await;
    browser.post("/enter", &[("id", "zhangsan"), ("password", "shuideng-2026")]).await;
    browser.get("/dues").await;
    browser.sees(&["href=\"/dues?exercise=1\"", "/print/dues"]);
    browser.sees_not(&["签收</a>"]);
    browser.get("/dues?exercise=1").await;
    browser.sees(&["签收</a>", "只有演练的时限事项", "【演练】"]);
    browser.sees_not(&["/print/dues", "日报告</a></td>"]);
    browser.get("/dues?overdue=1&exercise=1").await;
    browser.sees(&["签收</a>", "href=\"/dues?exercise=1\"", "href=\"/dues?overdue=1\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_off_is_set_from_the_next_day_on_and_says_who_set_it() {
    let mut browser = look::with_offices().await;
    browser.get("/cut-offs").await;
    browser.sees(&["今天执行的", "报表本身的规定", "不填即明天（2026-07-02）"]);
    browser.post("/cut-offs", &[("form", "daily"), ("time", "16:00"), ("from", "2026-07-01")]).await;
    browser.sees(&["最早从明天起生效", "value=\"16:00\"", "value=\"daily\" selected"]);
    browser.post("/cut-offs", &[("form", "daily"), ("time", "16:00"), ("from", "")]).await;
    assert_eq!((browser.at.as_str(), browser.status), ("/cut-offs", StatusCode::OK), "{}", browser.page);
    browser.sees(&["2026-07-02", "还没到", "张三"]);
    assert_eq!(browser.page.matches("<td class=\"when\">16:00</td>").count(), 1, "not yet in force: {}", browser.page);
    browser.days_later(1).await;
    browser.get("/cut-offs").await;
    assert_eq!(browser.page.matches("<td class=\"when\">16:00</td>").count(), 2, "below, and as it was set: {}", browser.page);
    browser.sees_not(&["还没到"]);
    let mut alone = Browser::new();
    alone.first_account().await;
    alone.get("/cut-offs").await;
    alone.sees(&["本单位没有下级"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn that_something_classified_came_is_registered_by_anybody_with_nothing_of_what_it_says() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.get("/help").await;
    browser.sees(&["href=\"/classified\""]);
    browser.get("/classified").await;
    browser.sees(&["没有登记", "标题、内容、密级文件"]);
    browser.post("/classified", &[("receiver", "王五"), ("number", "粤机〔2026〕1号")]).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.sees(&["value=\"王五\"", "class=\"fault\""]);
    browser.post("/classified", &[("receiver", "王五"), ("channel", "机要交换"), ("received_at", "昨天")]).await;
    browser.sees(&["时间应写成", "value=\"昨天\""]);
    let item = [("receiver", "王五"), ("channel", "机要交换"), ("received_at", "2026-06-30T22:10")];
    browser.post("/classified", &item).await;
    assert_eq!((browser.at.as_str(), browser.status), ("/classified", StatusCode::OK), "{}", browser.page);
    browser.sees(&["2026年06月30日 22:10", "机要交换", "张三"]);
}

const PACK: &str = "pack = \"local\"\nversion = 1\ntitle = \"本地加严\"\nsource = \"值班工作规定\"\n\n[[limit]]\nid = \"report\"\n\
                    duty = \"written-report\"\nto = \"above\"\ntiers = [\"province\"]\ngrades = [\"considerable\"]\n\
                    basis = \"event\"\nlimit = \"20min\"\nsays = \"报告\"\narticle = \"第一条\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_is_checked_first_and_put_when_nothing_is_wrong_with_it() {
    let mut browser = look::with_offices().await;
    browser.get("/rules").await;
    browser.sees(&["href=\"/rules/put\""]);
    browser.get("/rules/put").await;
    browser.upload("/rules/put", &[("text", "")], &[("local.toml", PACK.replace("20min", "soon").as_bytes())]).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.sees(&["什么都没有保存", "limit = &#34;soon&#34;", "第13行"]);
    browser.sees_not(&["name=\"reach\""]);
    browser.upload("/rules/put", &[("text", "")], &[("local.toml", b"\xff\xfe\x00")]).await;
    browser.sees(&["读不懂指定的文件"]);
    browser.upload("/rules/put", &[("text", "")], &[("local.toml", "#".repeat(20_000).as_bytes())]).await;
    browser.sees(&["一次提交的内容过大"]);
    browser.upload("/rules/put", &[("text", "")], &[("local.toml", PACK.as_bytes())]).await;
    browser.sees(&["没有发现错误", "本地加严，第 1 版，共 1 条", "value=\"own\"", "value=\"below\""]);
    browser.post("/rules/put", &[("text", PACK), ("reach", "own")]).await;
    assert!(browser.at.starts_with("/rules?pack=") && browser.status == StatusCode::OK, "{}: {}", browser.at, browser.page);
    browser.sees(&["本地加严", "第一条"]);
    browser.get("/rules/put").await;
    let other = PACK.replace("20min", "15min");
    browser.post("/rules/put", &[("text", &other)]).await;
    browser.sees(&["没有发现错误"]);
    browser.post("/rules/put", &[("text", &other), ("reach", "below")]).await;
    browser.sees(&["请把 version 改大", "15min"]);
}
