//! Matters, files, reports on behalf and the inbox, as a browser asks for them.

use super::*;
use crate::usecase::NewChild;
use dutynet_relay::registry::OfficeClass;
use tokio_stream::{Stream, StreamExt as _};

const HERE: &str = "http://127.0.0.1:7680";
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photograph";

impl Browser {
    /// A call about a flood is taken; where its matter is shown.
    pub(super) async fn called(&mut self) -> String {
        self.get("/matters/incident/call").await;
        let fields = [("f.place", "良垌村口"), ("f.what", "河水漫过公路"), ("f.caller_name", "李四"), ("rest_unknown", "1")];
        self.post("/matters/incident/call", &fields).await;
        assert_eq!(self.status, StatusCode::OK, "{}", self.page);
        self.matter()
    }

    /// The matter that is open, without what stands behind it.
    pub(super) fn matter(&self) -> String {
        let path = self.at.split(['?', '#']).next().unwrap().to_owned();
        assert!(path.starts_with("/matter/"), "{path}: {}", self.page);
        path
    }

    /// Sends the form of the page that is open as a browser sends one that has files.
    pub(super) async fn upload(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> &str {
        let body = self.with_files(fields, files);
        if let Some(next) = self.uploaded(path, Body::from(body)).await {
            self.get(&next).await;
        }
        &self.page
    }

    /// Such a form as it goes over the line.
    fn with_files(&mut self, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
        // Steps of one millisecond have no order of their own.
        self.advance(1);
        let mut body = Vec::new();
        let hidden = ["token", "id", "seen.steps", "seen.state", "seen.wanted"].map(|name| (name, self.hidden(name)));
        let fields = hidden.iter().map(|(name, value)| (*name, value.as_str())).chain(fields.iter().copied());
        for (name, value) in fields {
            body.extend(format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
        }
        for (name, content) in files {
            let head = format!(
                "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n"
            );
            body.extend(head.into_bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(b"--xx--\r\n");
        body
    }

    /// Where it sends to.
    async fn uploaded(&mut self, path: &str, body: Body) -> Option<String> {
        let mut request = self.request("POST", path, body);
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=xx".parse().unwrap());
        headers.insert(header::ORIGIN, HERE.parse().unwrap());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        self.took(path, answer).await
    }

    /// The console waits so long from now on.
    fn is_waited_for(&mut self, patience: Patience) {
        self.router = router(Console { patience, ..self.console.clone() });
    }

    pub(super) fn sees(&self, words: &[&str]) {
        for words in words {
            assert!(self.page.contains(words), "{words} is not on {}: {}", self.at, self.page);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_saved_with_what_is_known_and_the_next_step_has_it_already() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    browser.sees(&["已保存：接报", "良垌村口河水漫过公路", "不明，正在核实", "下一步", "其他步骤", "报告要素", "已报告领导"]);
    browser.get(&format!("{matter}/report")).await;
    browser.sees(&["value=\"良垌村口\"", "沿用自：接报 2026年07月01日 09:00", "自动填上，请核对", "附件", "明件声明"]);
    // The last that anybody wants at two in the morning is twenty-five buttons.
    browser.get(&matter).await;
    let first = browser.page.split("其他步骤").next().unwrap().matches("class=\"button").count();
    assert!(first <= 10, "{first} buttons before the others");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_is_not_entered_twice_unseen() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.called().await;
    browser.get("/matters/incident/call").await;
    browser.sees(&["先看一眼是不是同一件", "data-place=\"良垌村口\""]);
    browser.called().await;
    browser.sees(&["可能是同一件", "/join?link.joined=440000/"]);
    browser.get("/matters/incident/call").await;
    let fields = [("f.place", "客路镇东街"), ("f.what", "起火"), ("rest_unknown", "1")];
    browser.post("/matters/incident/call", &fields).await;
    assert!(!browser.page.contains("可能是同一件"), "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_with_a_step_and_come_out_to_be_saved_and_never_shown() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    let action = [("f.action", "封路"), ("f.done_at", "2026-07-01T09:00")];
    browser.get(&format!("{matter}/action")).await;
    browser.upload(&format!("{matter}/action"), &action, &[("现场.jpg", PHOTO)]).await;
    browser.sees(&["明件", "封路"]);
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody has stated that it is no secret");
    let stated = [action[0], action[1], ("plain_by", "张三")];
    browser.upload(&format!("{matter}/action"), &stated, &[("", b""), ("现场.jpg", PHOTO)]).await;
    browser.sees(&["已保存：处置", "现场.jpg", "在本机", "存到电脑"]);
    let link = browser.page.split("href=\"").find(|link| link.contains("/get/")).unwrap();
    let link = link.split('"').next().unwrap().to_owned();
    let answer = browser.router.clone().oneshot(browser.request("GET", &link, Body::empty())).await.unwrap();
    let said = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap().to_owned();
    assert!(said("content-disposition").starts_with("attachment; filename*=UTF-8''%E7%8E%B0"));
    assert_eq!((said("x-content-type-options").as_str(), said("content-type").as_str()), ("nosniff", "image/jpeg"));
    assert_eq!(axum::body::to_bytes(answer.into_body(), 1000).await.unwrap(), PHOTO);
}

/// Pieces as they come over a slow line.
fn slowly(body: &[u8]) -> impl Stream<Item = std::io::Result<bytes::Bytes>> + Send + use<> {
    let pieces: Vec<_> = body.chunks(64).map(bytes::Bytes::copy_from_slice).collect();
    tokio_stream::iter(pieces).then(async |piece| {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok(piece)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn files_take_as_long_as_they_take_and_where_they_break_off_the_step_stands_and_says_so() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    let path = format!("{matter}/action");
    let impatient = Patience { request: Duration::from_millis(1), piece: Duration::from_secs(30) };
    let fields = |what| [("f.action", what), ("f.done_at", "2026-07-01T09:00"), ("plain_by", "张三")];
    browser.get(&path).await;
    let body = browser.with_files(&fields("封路"), &[("路口.jpg", PHOTO)]);
    browser.is_waited_for(impatient);
    let next = browser.uploaded(&path, Body::from_stream(slowly(&body))).await;
    browser.is_waited_for(Patience::default());
    browser.get(&next.unwrap()).await;
    browser.sees(&["已保存：处置", "路口.jpg"]);

    browser.get(&path).await;
    let body = browser.with_files(&fields("转移群众"), &[("村口.jpg", PHOTO), ("村委会.jpg", PHOTO), ("学校.jpg", PHOTO)]);
    let until = body.windows(9).rposition(|part| part == "村委会".as_bytes()).unwrap() + 80;
    browser.is_waited_for(Patience { piece: Duration::from_millis(200), ..impatient });
    let stuck = slowly(&body[..until]).chain(tokio_stream::pending());
    let told = tokio::time::timeout(Duration::from_secs(30), browser.uploaded(&path, Body::from_stream(stuck)));
    assert_eq!(told.await.unwrap(), None);
    browser.is_waited_for(Patience::default());
    browser.sees(&["已经保存，不用再填", "附件没有加上（村口.jpg、村委会.jpg）"]);
    browser.get(&matter).await;
    browser.sees(&["转移群众", "路口.jpg"]);
    assert!(!browser.page.contains("村口.jpg"), "all of them, or none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_refused_never_takes_its_step_back() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    browser.get(&format!("{matter}/action")).await;
    let fields = [("f.action", "封路"), ("f.done_at", "2026-07-01T09:00"), ("plain_by", "张三")];
    browser.upload(&format!("{matter}/action"), &fields, &[("现场.jpg", b"MZ a program")]).await;
    browser.sees(&["这一步已经保存，不用再填；附件没有加上", "不加了，去看这件事项"]);
    assert_eq!(browser.took, format!("{matter}/action"), "what was typed is not offered again");
    let step = browser.hidden("record");
    let again = browser.page.split("action=\"/files/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    browser.upload(&format!("/files/{again}"), &[("plain_by", "张三"), ("record", &step)], &[("现场.jpg", PHOTO)]).await;
    assert_eq!(browser.matter(), matter);
    browser.sees(&["封路", "现场.jpg"]);
    assert_eq!(browser.page.matches("<strong>处置</strong>").count(), 1);
    let other = "440000/0190000000007000800000000000000f";
    browser.upload(&format!("/files/{other}"), &[("plain_by", "张三")], &[("a.jpg", PHOTO)]).await;
    assert_ne!(browser.status, StatusCode::OK, "there is no such record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_files_of_another_session_is_not_read() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    browser.page = browser.page.replace("name=\"token\" value=\"", "name=\"token\" value=\"0");
    let fields = [("f.action", "封路"), ("f.done_at", "2026-07-01T09:00"), ("plain_by", "张三")];
    browser.upload(&format!("{matter}/action"), &fields, &[("现场.jpg", PHOTO)]).await;
    browser.sees(&["PAGE_STALE"]);
    browser.get(&matter).await;
    assert!(!browser.page.contains("现场.jpg") && !browser.page.contains("封路"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_windows_is_told_what_changed_keeps_its_text_and_chooses() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    browser.get(&format!("{matter}/action")).await;
    let old = ["token", "id", "seen.steps", "seen.state", "seen.wanted"].map(|name| (name, browser.hidden(name)));
    browser.get(&format!("{matter}/action")).await;
    browser.upload(&format!("{matter}/action"), &[("f.action", "封路"), ("f.done_at", "2026-07-01T09:00")], &[]).await;
    browser.sees(&["已保存：处置"]);
    let mut fields: Vec<(&str, &str)> = old.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("f.action", "转移群众"), ("f.done_at", "2026-07-01T09:00")]);
    browser.send(&format!("{matter}/action"), &fields, HERE).await;
    assert_eq!(browser.status, StatusCode::CONFLICT);
    browser.sees(&["有了变化，还没有送出", "处置 张三", "转移群众", "看过了，仍然送出"]);
    let typed = [("f.action", "转移群众"), ("f.done_at", "2026-07-01T09:00")];
    browser.upload(&format!("{matter}/action"), &typed, &[]).await;
    browser.sees(&["已保存：处置", "转移群众", "封路"]);
    // Sent twice it is one, and no change.
    let again: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| if *name == "seen.steps" { (*name, "2") } else { (*name, *value) }).collect();
    browser.send(&format!("{matter}/action"), &again, HERE).await;
    assert_eq!(browser.page.matches("<strong>处置</strong>").count(), 2, "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_corrected_from_its_place_in_the_course() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    browser.get(&format!("{matter}/action")).await;
    browser.upload(&format!("{matter}/action"), &[("f.action", "封路"), ("f.done_at", "2026-07-01T09:00")], &[]).await;
    let correct = browser.page.split("href=\"").find(|link| link.contains("corrects=")).unwrap();
    let correct = correct.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    browser.get(&correct).await;
    browser.sees(&["更正 2026年07月01日 09:00 的“处置”", "封路</textarea>"]);
    let corrects = browser.hidden("corrects");
    browser
        .upload(
            &format!("{matter}/action"),
            &[("f.action", "封路改道"), ("f.done_at", "2026-07-01T09:00"), ("corrects", &corrects)],
            &[],
        )
        .await;
    browser.sees(&["封路改道", "更正第"]);
    browser.get(&format!("{matter}?only=real")).await;
    browser.sees(&["封路改道"]);
    assert!(!browser.page.contains("<strong>接报</strong>"), "only what was corrected or entered for others");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_approves_in_his_inbox_and_confirms_what_was_said_by_telephone() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    let asks = [("f.approver", "王书记"), ("f.next", "李县长"), ("f.what", "首报送审")];
    browser.get(&format!("{matter}/ask-approval")).await;
    browser.upload(&format!("{matter}/ask-approval"), &asks, &[]).await;
    browser.sees(&["送审", "王书记", "来电或当面答复的，记在这里"]);
    browser.advance(60);
    let asked = browser.hidden("link.asked");
    let telephone = [
        ("link.asked", asked.as_str()),
        ("f.approver", "王书记"),
        ("f.how", "telephone"),
        ("f.number", "0759-1"),
        ("f.said_at", "2026-07-01T09:00"),
        ("f.words", "同意上报"),
    ];
    browser.post(&format!("{matter}/approve"), &telephone).await;
    browser.sees(&["电话批准待本人确认", "请王书记本人登录确认"]);
    browser.get("/accounts").await;
    browser.post("/accounts", &[("id", "wang"), ("name", "王书记"), ("post", "leader"), ("password", "linshi-mima")]).await;
    let officer = std::mem::take(&mut browser.cookie);
    browser.post("/enter", &[("id", "wang"), ("password", "linshi-mima")]).await;
    browser.post("/password", &[("old", "linshi-mima"), ("password", "wode-mima-9"), ("again", "wode-mima-9")]).await;
    browser.get("/").await;
    browser.sees(&["href=\"/inbox\""]);
    browser.get("/inbox").await;
    browser.sees(&["请确认是不是您的原话", "同意上报", "作批示"]);
    browser.advance(60);
    let approved = browser.hidden("link.approved");
    browser.post(&format!("{matter}/confirm"), &[("link.approved", &approved), ("back", "/inbox")]).await;
    assert!(browser.at.starts_with("/inbox?saved="), "{}", browser.at);
    browser.sees(&["已记下"]);
    assert!(!browser.page.contains("请确认是不是您的原话"));
    // What is asked anew is approved here, with the moment of the tap.
    let leader = std::mem::replace(&mut browser.cookie, officer);
    browser.get(&format!("{matter}/ask-approval")).await;
    browser.upload(&format!("{matter}/ask-approval"), &asks, &[]).await;
    browser.cookie = leader;
    browser.get("/inbox").await;
    browser.sees(&["请您批"]);
    browser.advance(60);
    let asked = browser.hidden("link.asked");
    let at_node =
        [("link.asked", asked.as_str()), ("f.approver", "王书记"), ("f.how", "node"), ("said_now", "1"), ("back", "/inbox")];
    let seen = ["seen.steps", "seen.state", "seen.wanted"].map(|name| (name, browser.hidden(name)));
    browser.post(&format!("{matter}/approve"), &at_node).await;
    assert!(browser.at.starts_with("/inbox?saved="), "{}: {}", browser.at, browser.page);
    assert!(!browser.page.contains("请您批"));
    // Another window still shows it: whoever refuses there is told first.
    browser.get("/inbox").await;
    let other = seen.iter().map(|(name, value)| (*name, value.as_str())).chain(at_node);
    browser.post(&format!("{matter}/refuse"), &other.collect::<Vec<_>>()).await;
    assert_eq!(browser.status, StatusCode::CONFLICT, "{}", browser.page);
    browser.sees(&["有了变化，还没有送出", "批准 王书记"]);
    browser.get("/inbox").await;
    let order = [
        ("f.kind", "task"),
        ("f.title", "批示"),
        ("f.words", "全力搜救"),
        ("f.leader", "王书记"),
        ("f.owner", "当班值班员"),
        ("f.urgency", "urgent"),
        ("said_now", "1"),
        ("back", "/inbox"),
    ];
    browser.post("/matters/directive/order", &order).await;
    assert!(browser.at.starts_with("/inbox?saved="), "{}: {}", browser.at, browser.page);
    browser.get("/matters/directive").await;
    browser.sees(&["批示", "待办结"]);
    browser.get("/inbox").await;
    assert!(!browser.page.contains("等本单位定的"), "what he orders is not asked of him again: {}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_says_by_telephone_is_entered_from_the_board_and_names_who_said_it() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let (id, class) = ("440825204".to_owned(), Some(OfficeClass::Township));
    let child =
        NewChild { office: id, name: "角尾乡".into(), area_code: "440825204".into(), class, by: crate::usecase::tests::by() };
    browser._house.office.add_office(child).await.unwrap();
    browser.get("/reports").await;
    let path = "/reports/new/zero?day=2026-07-01&#38;office=440825204";
    assert!(browser.page.contains("office=440825204"), "{path}: {}", browser.page);
    browser.get("/reports/new/zero?day=2026-07-01&office=440825204").await;
    browser.sees(&["代 角尾乡 录入", "报告人"]);
    let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
    let day = [("day", "2026-07-01"), ("on_behalf_of", "440825204")];
    let fields: Vec<(&str, &str)> = nil.iter().map(|name| (name.as_str(), "1")).chain(day).collect();
    browser.post("/reports/new/zero", &fields).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody has said it");
    browser.sees(&["代 角尾乡 录入", "class=\"fault\""]);
    let told: Vec<_> = fields.iter().copied().chain([("told_by", "王五"), ("phone", "0759-4850001")]).collect();
    browser.post("/reports/new/zero", &told).await;
    assert_eq!(browser.at, "/reports/show/zero/440825204/2026-07-01", "{}", browser.page);
    browser.sees(&["角尾乡", "广东省代录（电话，王五 0759-4850001）"]);
    browser.get("/reports/new/daily?day=2026-07-01").await;
    browser.sees(&["已由下级的报告汇总"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_every_matter_opens_and_its_sign_for_list_names_everybody() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let class = Some(OfficeClass::Township);
    let child = NewChild {
        office: "440825204".into(),
        name: "角尾乡".into(),
        area_code: "440825204".into(),
        class,
        by: crate::usecase::tests::by(),
    };
    browser._house.office.add_office(child).await.unwrap();
    browser.get("/matters/directive/order").await;
    let order = [
        ("f.kind", "supervision"),
        ("f.title", "排查"),
        ("f.words", "立即排查。"),
        ("f.urgency", "flash"),
        ("to", "440825204"),
        ("f.due", "2026-07-02T09:00"),
    ];
    browser.upload("/matters/directive/order", &order, &[]).await;
    browser.sees(&["签收单", "角尾乡", "无终端，请电话通知", "待办结"]);
    let directive = browser.matter();
    let incident = browser.called().await;
    for (matter, kind) in
        [(directive, crate::domain::step::MatterKind::Directive), (incident, crate::domain::step::MatterKind::Incident)]
    {
        for form in crate::domain::step::StepForms::built_in().of(kind).filter(|form| !form.opens) {
            let path = format!("{matter}/{}", form.command);
            browser.get(&path).await;
            assert_eq!((browser.status, browser.at.as_str()), (StatusCode::OK, path.as_str()), "{}", browser.page);
            assert!(browser.page.contains(&form.title));
        }
        for only in ["own", "below", "up", "real"] {
            browser.get(&format!("{matter}?only={only}")).await;
            assert_eq!(browser.status, StatusCode::OK);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_between_versions_wants_a_version_and_what_was_typed_stands_as_text() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.get("/reports/show/daily/440000/2026-07-01").await;
    browser.sees(&["没有报过"]);
    browser.get("/reports/new/daily").await;
    let chosen = [("chosen", "440000/0190000000007000800000000000000f"), ("reason", "<i>核实</i>")];
    browser.post("/reports/choose/daily/440000/2026-07-01", &chosen).await;
    assert_eq!(browser.status, StatusCode::CONFLICT, "{}", browser.page);
    browser.get("/matters/incident/call").await;
    let fields = [("f.place", "<script>x</script>"), ("f.what", "\"><b>y</b>"), ("rest_unknown", "1")];
    browser.post("/matters/incident/call", &fields).await;
    let matter = browser.matter();
    for page in [matter.clone(), format!("{matter}/report"), "/inbox".to_owned(), "/matters/incident/call".to_owned()] {
        browser.get(&page).await;
        assert!(!browser.page.contains("<script>x") && !browser.page.contains("<b>y"), "{page}: {}", browser.page);
        assert!(browser.page.contains("&#60;script&#62;x"), "{page}: {}", browser.page);
    }
}
