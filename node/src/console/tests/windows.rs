//! Two windows on one thing, and drafts that are summed: what a second person is told before anything of his stands over the first one's.

use super::*;

/// What a daily report says besides its figures.
const WHO: [(&str, &str); 3] = [("f.leader", "李四"), ("f.officer", "张三"), ("f.phone", "020-83135078")];
/// Figures of a quiet day.
const QUIET: [(&str, &str); 2] = [("f.calls", "3"), ("f.incidents.nil", "1")];
const DAILY: &str = "/reports/new/daily";

/// One after the other.
fn both<'a>(one: &[(&'a str, &'a str)], other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    one.iter().chain(other).copied().collect()
}

/// The fields of a form as it was opened, and what was typed into it.
type Sent<'a> = (&'a [(String, String)], &'a [(&'a str, &'a str)]);

impl Browser {
    /// The hidden fields of the form that is open, as a browser sends them with what was typed.
    fn opened(&self) -> Vec<(String, String)> {
        let names = ["token", "id", "day", "seen", "drafted", "corrects", "on_behalf_of", "key"];
        let is_there = |name: &&'static str| self.page.contains(&format!("type=\"hidden\" name=\"{name}\""));
        names.into_iter().filter(is_there).map(|name| (name.to_owned(), self.hidden(name))).collect()
    }

    /// Sends a form that was opened earlier.
    async fn send_opened(&mut self, path: &str, (opened, typed): Sent<'_>) {
        let opened: Vec<(&str, &str)> = opened.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.send(path, &both(&opened, typed), "http://127.0.0.1:7680").await;
    }

    /// Sends the form that is open.
    async fn fill(&mut self, path: &str, typed: &[(&str, &str)]) {
        let opened = self.opened();
        self.send_opened(path, (&opened, typed)).await;
    }

    fn has(&self, words: &[&str]) {
        for words in words {
            assert!(self.page.contains(words), "{words} is not on {}: {}", self.at, self.page);
        }
    }

    fn lacks(&self, words: &[&str]) {
        for words in words {
            assert!(!self.page.contains(words), "{words} is on {}: {}", self.at, self.page);
        }
    }

    /// What an office below says by telephone.
    async fn told(&mut self, office: &str, calls: &str) {
        let path = format!("{DAILY}?day=2026-07-01&office={office}");
        self.get(&path).await;
        let corrects = self.page.contains("name=\"corrects\"");
        let told = [("told_by", "王五"), ("phone", "0759-1"), ("f.calls", calls), ("f.incidents.nil", "1")];
        let reason: &[(&str, &str)] = if corrects { &[("reason", "少报")] } else { &[] };
        self.fill(DAILY, &both(&both(&WHO, &told), reason)).await;
        assert_eq!(self.at, format!("/reports/show/daily/{office}/2026-07-01"), "{}", self.page);
    }

    /// Another person sits down, and this one's seat is handed back.
    async fn another(&mut self) -> String {
        let mine = self.cookie.clone();
        self.seat(&["manager", "operator"]).await;
        std::mem::replace(&mut self.cookie, mine)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_was_refused_once_is_filed_with_what_it_was_summed_from() {
    let mut browser = look::with_offices().await;
    browser.told("440800", "4").await;
    browser.get(DAILY).await;
    browser.has(&["已由下级的报告汇总：湛江市", "未计入 1 家", "value=\"4\""]);
    browser.fill(DAILY, &[("f.calls", "4"), ("f.incidents.nil", "1"), ("f.remark", "平稳")]).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.has(&["id=\"e-leader\"", "已由下级的报告汇总：湛江市", "未计入 1 家", "平稳</textarea>"]);
    browser.fill(DAILY, &both(&WHO, &[("f.calls", "4"), ("f.incidents.nil", "1")])).await;
    assert_eq!(browser.at, "/reports/show/daily/440000/2026-07-01", "{}", browser.page);
    browser.has(&["由 1 家汇总", "没有计入：", "茂名市", "重新汇总"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cleared_in_a_draft_is_not_filled_in_again_unseen() {
    let mut browser = look::with_offices().await;
    browser.told("440800", "4").await;
    browser.get(DAILY).await;
    browser.fill(DAILY, &both(&WHO, &[("f.calls", ""), ("f.incidents.nil", "1")])).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "the sum of those below does not stand in for it");
    browser.has(&["id=\"e-calls\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_draws_the_sum_anew_beside_what_stands() {
    let mut browser = look::with_offices().await;
    browser.told("440800", "4").await;
    browser.get(DAILY).await;
    browser.fill(DAILY, &both(&WHO, &[("f.calls", "4"), ("f.incidents.nil", "1")])).await;
    browser.told("440900", "2").await;
    browser.get("/reports/show/daily/440000/2026-07-01").await;
    browser.has(&["茂名市（未报；现在已报，可更正综报）", "day=2026-07-01&amp;sum=1"]);
    browser.get(&format!("{DAILY}?day=2026-07-01")).await;
    browser.has(&["value=\"4\"", ">重新汇总</a>"]);
    browser.lacks(&["已由下级的报告汇总"]);
    browser.get(&format!("{DAILY}?day=2026-07-01&sum=1")).await;
    browser.has(&["已由下级的报告汇总：湛江市、茂名市", "value=\"6\"", "现行的一版：4 件", "value=\"李四\"", "更正理由"]);
    browser.lacks(&["现行的一版：李四"]);
    let typed = both(&WHO, &[("f.calls", "6"), ("f.incidents.nil", "1")]);
    browser.fill(DAILY, &typed).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "it has no reason");
    browser.has(&["已由下级的报告汇总：湛江市、茂名市", "value=\"6\""]);
    browser.fill(DAILY, &both(&typed, &[("reason", "茂名市补报")])).await;
    assert_eq!(browser.at, "/reports/show/daily/440000/2026-07-01", "{}", browser.page);
    browser.has(&["第 2 版【现行】", "由 2 家汇总", "更正理由：茂名市补报"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sum_that_is_another_by_now_is_not_filed_as_if_it_held_the_later_report() {
    let mut browser = look::with_offices().await;
    browser.told("440800", "4").await;
    browser.get(DAILY).await;
    let opened = browser.opened();
    browser.told("440900", "2").await;
    let typed = both(&WHO, &[("f.calls", "4"), ("f.incidents.nil", "1")]);
    browser.send_opened(DAILY, (&opened, &typed)).await;
    assert_eq!(browser.status, StatusCode::CONFLICT, "{}", browser.page);
    browser.has(&["下级又有新报", "<td class=\"text\">6 件</td><td class=\"text\">4 件</td>", "value=\"4\"", "看过了，仍然报出"]);
    browser.fill(DAILY, &both(&WHO, &[("f.calls", "6"), ("f.incidents.nil", "1")])).await;
    assert_eq!(browser.at, "/reports/show/daily/440000/2026-07-01", "{}", browser.page);
    browser.has(&["由 2 家汇总"]);
    // The first form again, whose id was not used: nothing is said over what stands.
    browser.send_opened(DAILY, (&opened, &typed)).await;
    assert_eq!(browser.status, StatusCode::CONFLICT, "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_who_files_a_report_is_told_what_stands_keeps_his_text_and_chooses() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.get(DAILY).await;
    let opened = browser.opened();
    browser.get(DAILY).await;
    let first = browser.opened();
    browser.fill(DAILY, &both(&WHO, &QUIET)).await;
    browser.has(&["第 1 版【现行】"]);
    let typed = both(&WHO, &[("f.calls", "5"), ("f.incidents.nil", "1"), ("f.remark", "另一个人写的")]);
    browser.send_opened(DAILY, (&opened, &typed)).await;
    assert_eq!(browser.status, StatusCode::CONFLICT, "{}", browser.page);
    let differs = "<th scope=\"row\">接报件数</th><td class=\"text\">3 件</td><td class=\"text\">5 件</td>";
    browser.has(&["还没有报出", "日报告第 1 版", "张三 报于 2026年07月01日 09:00", differs, "另一个人写的</textarea>"]);
    browser.has(&["看过了，仍然报出更正", "看现行的一版", "更正理由"]);
    browser.lacks(&["<th scope=\"row\">带班领导"]);
    // What he has seen now is what he saw; a reason that is missing does not ask him again.
    browser.fill(DAILY, &typed).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", browser.page);
    browser.fill(DAILY, &both(&typed, &[("reason", "漏记两件")])).await;
    assert_eq!(browser.at, "/reports/show/daily/440000/2026-07-01", "{}", browser.page);
    browser.has(&["第 2 版【现行】", "更正理由：漏记两件"]);
    // The first form sent twice is the first report, and no news.
    browser.send_opened(DAILY, (&first, &both(&WHO, &QUIET))).await;
    assert_eq!(browser.at, "/reports/show/daily/440000/2026-07-01", "{}", browser.page);
    browser.lacks(&["第 3 版", "没有再报"]);
    // The same words by another form make nothing.
    browser.get(&format!("{DAILY}?day=2026-07-01")).await;
    browser.fill(DAILY, &both(&typed, &[("reason", "再来一次")])).await;
    browser.has(&["这一次没有再报"]);
    browser.lacks(&["第 3 版"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_entered_for_an_office_meanwhile_is_told_to_the_second_too() {
    let mut browser = look::with_offices().await;
    browser.get(&format!("{DAILY}?day=2026-07-01&office=440800")).await;
    let opened = browser.opened();
    browser.told("440800", "4").await;
    let told = [("told_by", "赵六"), ("phone", "0759-2"), ("f.calls", "7"), ("f.incidents.nil", "1")];
    browser.send_opened(DAILY, (&opened, &both(&WHO, &told))).await;
    assert_eq!(browser.status, StatusCode::CONFLICT, "{}", browser.page);
    browser.has(&["代 湛江市 录入", "广东省代录（电话，王五 0759-1）", "<td class=\"text\">4 件</td>", "value=\"赵六\""]);
    browser.fill(DAILY, &both(&both(&WHO, &told), &[("reason", "来电更正")])).await;
    assert_eq!(browser.at, "/reports/show/daily/440800/2026-07-01", "{}", browser.page);
    browser.has(&["第 2 版【现行】", "赵六"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_for_nothing_leads_to_what_somebody_else_has_filed_today() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.get("/").await;
    let opened = browser.opened();
    let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
    let nil: Vec<(&str, &str)> = nil.iter().map(|name| (name.as_str(), "1")).collect();
    browser.get(DAILY).await;
    browser.fill(DAILY, &both(&WHO, &QUIET)).await;
    browser.send_opened("/reports/new/zero", (&opened, &nil)).await;
    assert_eq!(browser.at, "/reports/show/daily/440000/2026-07-01?already=1", "{}", browser.page);
    browser.has(&["这一次没有再报", "第 1 版【现行】"]);
    browser.get("/reports/show/zero/440000/2026-07-01").await;
    browser.has(&["没有报过"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_for_nothing_pressed_in_two_windows_makes_one_report() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.get("/").await;
    let opened = browser.opened();
    let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
    let nil: Vec<(&str, &str)> = nil.iter().map(|name| (name.as_str(), "1")).collect();
    browser.get("/").await;
    browser.fill("/reports/new/zero", &both(&nil, &[("f.remark", "补一句")])).await;
    browser.send_opened("/reports/new/zero", (&opened, &nil)).await;
    assert_eq!(browser.at, "/reports/show/zero/440000/2026-07-01?already=1", "{}", browser.page);
    browser.has(&["补一句"]);
    browser.lacks(&["第 2 版"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_an_account_after_another_person_did_is_told_and_keeps_his_ticks() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.get("/accounts").await;
    browser.post("/accounts", &[("id", "lisi"), ("name", "李四"), ("post", "officer"), ("password", "linshi-mima")]).await;
    let other = browser.another().await;
    browser.get("/accounts").await;
    let seen = |browser: &Browser| {
        let form = browser.page.split("action=\"/accounts/posts/lisi\"").nth(1).unwrap();
        form.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
    };
    let (old, token) = (seen(&browser), browser.hidden("token"));
    browser.advance(60);
    let mine = std::mem::replace(&mut browser.cookie, other);
    browser.get("/accounts").await;
    let now = seen(&browser);
    browser.post("/accounts/posts/lisi", &[("seen", &now), ("post", "leader")]).await;
    assert_eq!(browser.status, StatusCode::OK, "{}", browser.page);
    browser.cookie = mine;
    for (path, typed) in
        [("posts", ("post", "auditor")), ("password", ("password", "linshi-mima-2")), ("end", ("reason", "调离"))]
    {
        let fields = [("token", token.as_str()), ("seen", old.as_str()), typed];
        browser.send(&format!("/accounts/{path}/lisi"), &fields, "http://127.0.0.1:7680").await;
        assert_eq!(browser.status, StatusCode::CONFLICT, "{path}: {}", browser.page);
        browser.has(&["刚由另一个人改过", "调整岗位（某人）"]);
    }
    browser.has(&["value=\"调离\""]);
    let fields = [("token", token.as_str()), ("seen", old.as_str()), ("post", "auditor")];
    browser.send("/accounts/posts/lisi", &fields, "http://127.0.0.1:7680").await;
    browser.has(&["<td>带班领导</td>", "value=\"auditor\" checked"]);
    let now = seen(&browser);
    browser.post("/accounts/posts/lisi", &[("seen", &now), ("post", "auditor")]).await;
    assert_eq!(browser.status, StatusCode::OK, "{}", browser.page);
    browser.has(&["<td>审计员</td>"]);
    // Sent twice it is one's own change.
    browser.post("/accounts/posts/lisi", &[("seen", &now), ("post", "auditor")]).await;
    assert_eq!(browser.status, StatusCode::OK, "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_records_something_of_a_roll_call_after_another_did_sees_it_first() {
    let mut browser = look::with_offices().await;
    browser.get("/rolls/new").await;
    browser.post("/rolls/new", &[("minutes", "10"), ("whom", "all"), ("title", "夜间点名")]).await;
    let call = browser.at.clone();
    let cell = format!("{call}?office=440800");
    browser.get(&cell).await;
    let opened = browser.opened();
    let phoned = |result, by| {
        let about = [("do", "phone"), ("office", "440800"), ("f.result", result), ("f.phone", "0759-1"), ("f.rings", "2")];
        both(&about, &[("f.answered_by", by)])
    };
    browser.get(&cell).await;
    browser.fill(&cell, &phoned("reached", "王五")).await;
    browser.has(&["代录 <b>1</b>"]);
    let second = phoned("reached", "赵六");
    browser.send_opened(&cell, (&opened, &second)).await;
    assert_eq!(browser.status, StatusCode::CONFLICT, "{}", browser.page);
    browser.has(&["点名的情况在您填写的时候有了变化", "王五", "value=\"赵六\""]);
    browser.fill(&cell, &second).await;
    assert_eq!(browser.status, StatusCode::OK, "{}", browser.page);
    browser.has(&["赵六"]);
    // The end of a call by two: the second is told that it has ended, the first may press twice.
    let closing = format!("{call}?do=close");
    browser.get(&closing).await;
    let second = browser.opened();
    browser.get(&closing).await;
    let first = browser.opened();
    browser.advance(60);
    for _ in 0..2 {
        browser.send_opened(&closing, (&first, &[("do", "close"), ("office", ""), ("f.words", "完")])).await;
        assert_eq!(browser.status, StatusCode::OK, "{}", browser.page);
    }
    browser.send_opened(&closing, (&second, &[("do", "close"), ("office", ""), ("f.words", "也完")])).await;
    assert_eq!(browser.status, StatusCode::CONFLICT, "{}", browser.page);
    browser.has(&["点名的情况在您填写的时候有了变化", "结束"]);
}
