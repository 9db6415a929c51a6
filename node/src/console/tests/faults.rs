//! What is wrong stands at its field, with what was typed, and nothing that is wrong is folded away.

use super::*;

impl Browser {
    /// The fold whose summary has these words, with what is in it.
    fn fold(&self, summary: &str) -> &str {
        let mut folds = self.page.split("<details").skip(1).filter_map(|rest| rest.split("</details>").next());
        folds.find(|fold| fold.split("</summary>").next().is_some_and(|head| head.contains(summary))).unwrap_or_default()
    }

    /// That fold is open and says this at a field that names its sentence.
    fn open_at(&self, summary: &str, field: &str) {
        let fold = self.fold(summary);
        let is_open = fold.split('>').next().is_some_and(|head| head.contains("open"));
        assert!(is_open, "{summary} is shut: {}", self.page);
        let named = format!("aria-describedby=\"{field}\"");
        assert!(fold.contains(&named) && fold.contains(&format!("id=\"{field}\"")), "{field} in {fold}");
    }
}

const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photograph";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_the_statement_says_so_at_the_statement_in_an_open_fold() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    let path = format!("{matter}/action");
    browser.get(&path).await;
    assert!(!browser.fold("附件").split('>').next().unwrap().contains("open"), "nothing is wrong yet");
    browser.upload(&path, &[("f.action", "封路"), ("f.done_at", "2026-07-01T09:00")], &[("现场.jpg", PHOTO)]).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.open_at("附件", "b-plain_by");
    assert!(browser.page.contains("封路</textarea>") && browser.page.contains("附件重新选一次"), "{}", browser.page);
    let call = "/matters/incident/call";
    browser.get(call).await;
    browser.upload(call, &[("f.place", "村口"), ("f.what", "漫水"), ("rest_unknown", "1")], &[("现场.jpg", PHOTO)]).await;
    browser.open_at("获知时间", "b-plain_by");
    let files = matter.replacen("/matter/", "/files/", 1);
    browser.get(&files).await;
    browser.upload(&files, &[], &[("现场.jpg", PHOTO)]).await;
    assert!(browser.page.contains("aria-describedby=\"b-plain_by\""), "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_in_a_folded_part_opens_it() {
    let mut browser = look::with_offices().await;
    let call = "/matters/incident/call";
    browser.get(call).await;
    let fields = [("f.place", "村口"), ("f.what", "漫水"), ("rest_unknown", "1"), ("f.learnt_at", "昨天下午")];
    browser.post(call, &fields).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", browser.page);
    browser.open_at("获知时间", "e-learnt_at");
    assert!(browser.page.contains("昨天下午"), "{}", browser.page);
    let told = [("f.place", "村口"), ("f.what", "漫水"), ("rest_unknown", "1"), ("told_by", "王五")];
    browser.post(call, &told).await;
    browser.open_at("代下级录入", "b-on_behalf_of");
    assert!(browser.page.contains("value=\"王五\""), "it is not dropped: {}", browser.page);
    browser.post(call, &[&told[..3], &[("on_behalf_of", "440800")]].concat()).await;
    browser.open_at("代下级录入", "b-told_by");
    browser.open_at("代下级录入", "b-phone");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_offices_and_records_are_said_where_they_are_chosen() {
    let mut browser = look::with_offices().await;
    let order = "/matters/directive/order";
    browser.get(order).await;
    let fields = [
        ("f.kind", "supervision"),
        ("f.title", "排查"),
        ("f.words", "立即排查。"),
        ("f.urgency", "flash"),
        ("f.due", "2026-07-02T09:00"),
    ];
    browser.post(order, &fields).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", browser.page);
    assert!(browser.page.contains("<fieldset class=\"wrong\" aria-describedby=\"b-to\"><legend>单位"), "{}", browser.page);
    assert!(browser.page.contains("id=\"b-to\" role=\"alert\">请选出单位"), "{}", browser.page);
    let matter = browser.called().await;
    browser.seat(&["leader"]).await;
    let path = format!("{matter}/confirm");
    browser.get(&path).await;
    browser.post(&path, &[("f.words", "同意")]).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", browser.page);
    let at = "aria-describedby=\"b-link.approved\"";
    assert!(browser.page.contains(at) && browser.page.contains("同意</textarea>"), "{at}: {}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_to_sign_that_cannot_be_read_is_no_notice_without_one() {
    let mut browser = look::with_offices().await;
    browser.get("/notices/new").await;
    let notice = [("title", "台风"), ("text", ""), ("urgency", "routine"), ("whom", "all"), ("sign_by", "明天早上")];
    browser.post("/notices/new", &notice).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", browser.page);
    for kept in
        ["aria-describedby=\"b-sign_by\"", "id=\"b-sign_by\" role=\"alert\">应填时间", "value=\"明天早上\"", "id=\"b-text\""]
    {
        assert!(browser.page.contains(kept), "{kept}: {}", browser.page);
    }
    let late = [("title", "台风"), ("text", "请准备"), ("urgency", "routine"), ("whom", "all"), ("sign_by", "2026-06-01 09:00")];
    browser.post("/notices/new", &late).await;
    assert!(browser.page.contains("id=\"b-sign_by\" role=\"alert\">已经过去"), "{}", browser.page);
    browser.post("/notices/new", &[("title", "台风"), ("text", "请准备"), ("urgency", "routine")]).await;
    assert!(browser.page.contains("id=\"b-to\" role=\"alert\">请选定发给谁"), "{}", browser.page);
    browser.get("/notices").await;
    assert!(browser.page.contains("没有通知"), "{}", browser.page);
    browser.get("/rolls/new").await;
    browser.post("/rolls/new", &[("minutes", "10"), ("whom", "all"), ("opens_at", "三点")]).await;
    assert!(browser.page.contains("aria-describedby=\"b-opens_at\"") && browser.page.contains("三点"), "{}", browser.page);
}
