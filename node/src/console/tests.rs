//! Pages over a real store, asked as a browser asks them, without one.

mod approvals;
mod faults;
mod matters;
mod papers;
mod rings;
mod routes;
mod seen;
mod set;
mod templates;
mod ways;
mod windows;

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use tower::ServiceExt as _;

use super::*;
use crate::usecase::tests::House;

mod look;

/// A browser that keeps its cookie.
struct Browser {
    router: Router,
    console: Console,
    cookie: String,
    /// On which machine it runs.
    from: IpAddr,
    /// Where it was sent last.
    at: String,
    /// Which form the last answer says was taken.
    took: String,
    page: String,
    status: StatusCode,
    _house: House,
    _stop: watch::Sender<bool>,
}

impl Browser {
    fn new() -> Self {
        Self::over(House::new())
    }

    fn over(house: House) -> Self {
        let (stopper, stop) = watch::channel(false);
        let console = Console {
            office: house.office.clone(),
            desks: Arc::new(Desks::new(Duration::from_secs(1800))),
            pulls: Arc::default(),
            clock: house.clock(),
            names: Arc::from([]),
            front: None,
            jobs: Arc::default(),
            patience: Patience::default(),
            stop,
        };
        Self {
            router: router(console.clone()),
            console,
            cookie: String::new(),
            from: Ipv4Addr::LOCALHOST.into(),
            at: String::new(),
            took: String::new(),
            page: String::new(),
            status: StatusCode::OK,
            _house: house,
            _stop: stopper,
        }
    }

    async fn get(&mut self, path: &str) -> &str {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let request = self.request("GET", &path, Body::empty());
            let answer = self.router.clone().oneshot(request).await.unwrap();
            match self.took(&path, answer).await {
                Some(next) => path = next,
                None => return &self.page,
            }
        }
        panic!("sent round in circles at {path}");
    }

    /// Posts the form of the page that is open, with these fields typed; token and id come from the page.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> &str {
        let hidden = ["token", "id"].map(|name| (name, self.hidden(name)));
        let all = hidden
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .filter(|(name, value)| !value.is_empty() && fields.iter().all(|(typed, _)| typed != name));
        let all: Vec<(&str, &str)> = all.chain(fields.iter().copied()).collect();
        self.send(path, &all, "http://127.0.0.1:7680").await
    }

    async fn send(&mut self, path: &str, fields: &[(&str, &str)], origin: &str) -> &str {
        let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
        let mut request = self.request("POST", path, Body::from(pairs.join("&")));
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        if let Some(next) = self.took(path, answer).await {
            let took = self.took.clone();
            self.get(&next).await;
            self.took = took;
        }
        &self.page
    }

    fn request(&self, method: &str, path: &str, body: Body) -> Request<Body> {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:7680");
        request.header(header::COOKIE, &self.cookie).extension(connections::Peer(self.from)).body(body).unwrap()
    }

    /// Keeps what an answer says; where it sends to.
    async fn took(&mut self, path: &str, answer: Response) -> Option<String> {
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
        self.took.clear();
        for cookie in cookies.map(|cookie| cookie.split(';').next().unwrap()) {
            match cookie.strip_prefix("dutynet_took=") {
                Some(path) => path.clone_into(&mut self.took),
                None => cookie.clone_into(&mut self.cookie),
            }
        }
        (self.at, self.status) = (path.to_owned(), answer.status());
        let next = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        self.page = String::from_utf8(body.to_vec()).unwrap();
        next
    }

    fn hidden(&self, name: &str) -> String {
        let marked = format!("type=\"hidden\" name=\"{name}\" value=\"");
        let value = self.page.split(&marked).nth(1).and_then(|rest| rest.split('"').next());
        value.unwrap_or_default().to_owned()
    }

    async fn first_account(&mut self) {
        let fields = [("id", "zhangsan"), ("name", "张三"), ("password", "shuideng-2026"), ("again", "shuideng-2026")];
        self.get("/first").await;
        self.post("/first", &fields).await;
        assert_eq!((self.at.as_str(), self.status), ("/", StatusCode::OK), "{}", self.page);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_account_is_made_once_and_everything_else_asks_for_a_log_in() {
    let mut browser = Browser::new();
    browser.get("/reports").await;
    assert_eq!(browser.at, "/first");
    browser.post("/first", &[("id", "Li Si"), ("name", "李四"), ("password", "12345678"), ("again", "12345678")]).await;
    assert!(browser.page.contains("帐号应为") && browser.page.contains("value=\"李四\""), "{}", browser.page);
    browser.post("/first", &[("id", "lisi"), ("name", "李四"), ("password", "12345678"), ("again", "87654321")]).await;
    assert!(browser.page.contains("不一致"));
    browser.first_account().await;
    assert!(browser.page.contains("张三") && browser.page.contains("零报告"));
    let mut other = Browser { cookie: String::new(), ..browser };
    other.post("/first", &[("id", "lisi"), ("name", "李四"), ("password", "12345678"), ("again", "12345678")]).await;
    assert!(other.page.contains("本机已有帐号"), "{}", other.page);
    for page in ["/", "/dues", "/network", "/accounts", "/notices/new", "/matters/incident", "/matter/440000/x"] {
        other.get(page).await;
        assert_eq!(other.at.split('?').next(), Some("/enter"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zero_report_is_one_key_and_sending_it_twice_makes_one() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
    let fields: Vec<(&str, &str)> = nil.iter().map(|name| (name.as_str(), "1")).collect();
    let (token, id) = (browser.hidden("token"), browser.hidden("id"));
    let again: Vec<(&str, &str)> = [("token", token.as_str()), ("id", id.as_str())].into_iter().chain(fields.clone()).collect();
    browser.send("/reports/new/zero", &again, "http://127.0.0.1:7680").await;
    assert!(browser.at.starts_with("/reports/show/zero/440000/2026-07-01"), "{}: {}", browser.at, browser.page);
    browser.send("/reports/new/zero", &again, "http://127.0.0.1:7680").await;
    assert_eq!(browser.page.matches("第 1 版").count(), 1);
    assert!(!browser.page.contains("第 2 版"));
    browser.get("/").await;
    assert!(browser.page.contains("零报告") && browser.page.contains("准时"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_comes_back_with_what_was_typed_and_a_sentence_at_the_field() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.get("/reports/new/daily").await;
    let fields = [("f.leader", "李四"), ("f.officer", "张三"), ("f.calls", "三件"), ("f.important.nil", "1")];
    browser.post("/reports/new/daily", &fields).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["value=\"李四\"", "value=\"三件\"", "id=\"e-calls\"", "id=\"e-phone\""] {
        assert!(browser.page.contains(kept), "{kept}: {}", browser.page);
    }
    browser.get("/matters/incident/call").await;
    browser.post("/matters/incident/call", &[("f.title", "<b>山体滑坡</b>")]).await;
    assert!(browser.page.contains("&#60;b&#62;山体滑坡") && !browser.page.contains("<b>山体滑坡"), "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_another_session_or_another_name_does_nothing() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.get("/notices/new").await;
    let (token, id) = (browser.hidden("token"), browser.hidden("id"));
    let fields = [("title", "x"), ("text", "y"), ("urgency", "routine"), ("whom", "all"), ("id", id.as_str())];
    let with = |token| [("token", token)].into_iter().chain(fields).collect::<Vec<_>>();
    browser.send("/notices/new", &with(&token), "http://evil.example").await;
    assert!(browser.page.contains("PAGE_STALE"));
    browser.send("/notices/new", &with("0000"), "http://127.0.0.1:7680").await;
    assert!(browser.page.contains("PAGE_STALE"));
    let mut request = browser.request("GET", "/", Body::empty());
    request.headers_mut().insert(header::HOST, "evil.example".parse().unwrap());
    let answer = browser.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let policy = answer.headers().get(header::CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_can_be_tried_five_times_and_somebody_elses_must_be_changed() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.get("/accounts").await;
    let new = [("id", "lisi"), ("name", "李四"), ("post", "officer"), ("password", "linshi-mima")];
    browser.post("/accounts", &new).await;
    assert!(browser.page.contains("待本人改密码"), "{}", browser.page);
    let mut other = Browser { cookie: String::new(), ..browser };
    for _ in 0..5 {
        other.post("/enter", &[("id", "lisi"), ("password", "xxxxxxxx")]).await;
        assert!(other.page.contains("LOG_IN_WRONG") || other.page.contains("帐号或密码不对"), "{}", other.page);
    }
    other.post("/enter", &[("id", "lisi"), ("password", "linshi-mima")]).await;
    assert!(other.page.contains("请稍等片刻"), "{}", other.page);
    other.post("/enter", &[("id", "nobody"), ("password", "linshi-mima")]).await;
    assert!(other.page.contains("帐号或密码不对"), "another name does not wait");
    other.advance(6);
    other.post("/enter", &[("id", "lisi"), ("password", "linshi-mima")]).await;
    assert_eq!(other.at, "/password");
    other.get("/reports").await;
    assert_eq!(other.at, "/password", "nothing else opens before it is changed");
    let change = [("old", "linshi-mima"), ("password", "wode-mima-9"), ("again", "wode-mima-9")];
    other.post("/password", &change).await;
    assert_eq!(other.at, "/");
    other.get("/accounts").await;
    assert!(other.page.contains("RIGHT_MISSING"), "an officer looks after no accounts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_was_left_is_locked_and_the_form_that_was_open_is_not_lost() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.advance(1801);
    browser.get("/dues?overdue=1").await;
    assert_eq!(browser.at, "/locked?to=/dues%3Foverdue%3D1");
    assert_eq!(browser.hidden("to"), "/dues?overdue=1");
    browser.post("/locked", &[("password", "wrong-password"), ("to", "/dues?overdue=1")]).await;
    assert!(browser.page.contains("帐号或密码不对"));
    browser.post("/locked", &[("password", "shuideng-2026"), ("to", "/dues?overdue=1")]).await;
    assert_eq!((browser.at.as_str(), browser.status), ("/dues?overdue=1", StatusCode::OK));
    // What is sent from a desk that is locked by then leads back to the page that it stood on.
    browser.advance(1801);
    let mut request = browser.request("POST", "/matters/incident/call", Body::empty());
    request.headers_mut().insert(header::REFERER, "http://127.0.0.1:7680/matters/incident/call?place=x".parse().unwrap());
    let answer = browser.router.clone().oneshot(request).await.unwrap();
    let to = answer.headers().get(header::LOCATION).unwrap().to_str().unwrap();
    assert_eq!(to, "/locked?to=/matters/incident/call%3Fplace%3Dx");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_types_is_there_and_whoever_is_not_is_told_so() {
    let mut browser = Browser::new();
    browser.first_account().await;
    for _ in 0..3 {
        browser.advance(1700);
        let (status, ..) = browser.ask("GET", "/here", "").await;
        assert_eq!(status, StatusCode::NO_CONTENT, "typing for an hour and a half");
    }
    browser.advance(1801);
    let (status, ..) = browser.ask("GET", "/here", "").await;
    assert_eq!(status, StatusCode::LOCKED);
    browser.cookie.clear();
    let (status, to, _) = browser.ask("GET", "/here", "").await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/enter?to="));
    let (_, to, _) = browser.ask("GET", "/locked?to=/dues%3Foverdue%3D1", "").await;
    assert_eq!(to, "/enter?to=/dues%3Foverdue%3D1", "from a page that did not know that its session has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_is_told_which_form_was_taken_and_nothing_of_one_that_was_not() {
    let mut browser = Browser::new();
    browser.first_account().await;
    assert_eq!(browser.took, "/first");
    let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
    let fields: Vec<(&str, &str)> = nil.iter().map(|name| (name.as_str(), "1")).collect();
    browser.post("/reports/new/daily", &fields).await;
    assert_eq!((browser.status, browser.took.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, ""), "refused");
    let token = browser.hidden("token");
    browser.advance(1801);
    browser.send("/reports/new/zero", &[("token", &token)], "http://127.0.0.1:7680").await;
    assert_eq!((browser.at.as_str(), browser.took.as_str()), ("/locked?to=", ""), "locked");
    browser.post("/locked", &[("password", "shuideng-2026"), ("to", "/")]).await;
    let old = [("token", "0000")];
    browser.send("/reports/new/zero", &old, "http://127.0.0.1:7680").await;
    assert!(browser.page.contains("PAGE_STALE") && browser.took.is_empty(), "a page of an earlier session");
    browser.get("/").await;
    browser.post("/reports/new/zero", &fields).await;
    assert_eq!(browser.took, "/reports/new/zero");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zero_report_pressed_after_midnight_is_of_the_day_that_the_page_shows() {
    let mut browser = Browser::new();
    browser.first_account().await;
    assert!(browser.page.contains("name=\"day\" value=\"2026-07-01\""), "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_opens_for_somebody_who_may_do_everything() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let steps = crate::domain::step::StepForms::built_in();
    let opening = crate::domain::step::MatterKind::ALL.into_iter().flat_map(|kind| steps.of(kind).filter(|form| form.opens));
    let opening = opening.map(|form| format!("/matters/{}/{}", form.matter.key(), form.command));
    let lists = crate::domain::step::MatterKind::ALL.map(|kind| format!("/matters/{}", kind.key()));
    let plain = ["/", "/reports", "/reports/new/daily", "/reports/new/zero", "/notices", "/notices/new", "/dues", "/network"];
    let look =
        ["/rolls", "/rolls?closed=1", "/rolls/new", "/rolls/answer", "/status", "/consultations", "/reports/month", "/stats"];
    let look =
        look.into_iter().chain(["/stats?month=2026", "/stats/findings", "/rules", "/rules/ask", "/find", "/network/440000"]);
    let more = ["/inbox", "/accounts", "/help", "/password", "/reports?day=2026-06-30&only=missing", "/dues?overdue=1"];
    for path in plain.into_iter().chain(look).chain(more).map(str::to_owned).chain(lists).chain(opening) {
        browser.get(&path).await;
        assert_eq!((browser.status, browser.at.as_str()), (StatusCode::OK, path.as_str()), "{}", browser.page);
        for link in browser.page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(link.is_empty() || link.starts_with(['/', '#', '?']), "{path} leads out: {link}");
        }
        assert!(!browser.page.contains("<script>") && !browser.page.contains("style=\""), "{path}: the policy forbids it");
    }
}

impl Browser {
    fn advance(&self, seconds: u64) {
        self._house.clock().advance(Duration::from_secs(seconds));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opens_a_report_leaves_an_access_record_that_the_auditor_alone_reads() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let (token, id) = (browser.hidden("token"), browser.hidden("id"));
    let nil = ["natural", "accident", "health", "social", "other"].map(|key| format!("f.{key}.nil"));
    let fields = nil.iter().map(|name| (name.as_str(), "1")).chain([("token", token.as_str()), ("id", id.as_str())]);
    browser.send("/reports/new/zero", &fields.collect::<Vec<_>>(), "http://127.0.0.1:7680").await;
    browser.get("/audit").await;
    assert!(browser.status == StatusCode::FORBIDDEN && browser.page.contains("RIGHT_MISSING"), "{}", browser.page);
    browser.seat(&["auditor"]).await;
    browser.get("/audit?from=2026-07-01&by=zhangsan").await;
    assert!(browser.page.contains("/reports/show/zero/440000/2026-07-01"), "{}", browser.page);
    assert!(!browser.page.contains("href=\"/audit\">页面"), "other people are left out");
    browser.get("/audit?matter=0701-482137").await;
    assert!(browser.page.contains("没有") && browser.page.contains("value=\"0701-482137\""), "{}", browser.page);
    browser.get("/audit?from=2026-06-01&to=2026-06-30").await;
    assert!(!browser.page.contains("/reports/show/"), "another month");
}

impl Browser {
    /// Makes an account with these posts and sits down with it.
    async fn seat(&mut self, posts: &[&str]) {
        let id = format!("with-{}", posts.join("-"));
        self.get("/accounts").await;
        let name = [("id", id.as_str()), ("name", "某人"), ("password", "linshi-mima")];
        let fields: Vec<_> = name.into_iter().chain(posts.iter().map(|post| ("post", *post))).collect();
        self.post("/accounts", &fields).await;
        self.cookie.clear();
        self.post("/enter", &[("id", id.as_str()), ("password", "linshi-mima")]).await;
        let change = [("old", "linshi-mima"), ("password", "wode-mima-9"), ("again", "wode-mima-9")];
        self.post("/password", &change).await;
        assert_eq!(self.at, "/", "{}", self.page);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_account_is_made_at_the_machine_and_nowhere_else() {
    let mut browser = Browser::new();
    let fields = [("id", "mallory"), ("name", "路人"), ("password", "shuideng-2026"), ("again", "shuideng-2026")];
    browser.from = Ipv4Addr::new(192, 168, 1, 20).into();
    for path in ["/first", "/enter", "/"] {
        browser.get(path).await;
        assert_eq!((browser.status, browser.at.as_str()), (StatusCode::FORBIDDEN, "/first"));
        assert!(browser.page.contains("dutynet account add") && !browser.page.contains("<form"), "{}", browser.page);
    }
    browser.post("/first", &fields).await;
    assert_eq!(browser.status, StatusCode::FORBIDDEN);
    browser.from = Ipv4Addr::LOCALHOST.into();
    let mut passed_on = browser.request("GET", "/first", Body::empty());
    passed_on.headers_mut().insert("x-forwarded-for", "192.168.1.20".parse().unwrap());
    assert_eq!(browser.router.clone().oneshot(passed_on).await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(browser._house.office.accounts().unwrap(), []);
    browser.first_account().await;
    browser.from = Ipv4Addr::new(192, 168, 1, 20).into();
    browser.cookie.clear();
    browser.get("/first").await;
    assert_eq!(browser.at, "/enter", "others log in");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tries_at_once_are_few_tries_and_a_name_that_is_none_waits_like_one_that_is() {
    let mut browser = Browser::new();
    browser.first_account().await;
    for id in ["zhangsan", "nobody"] {
        let tries = (0..40).map(|_| {
            let body = Body::from(format!("id={id}&password=wrong-password"));
            let mut request = browser.request("POST", "/enter", body);
            request.headers_mut().insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
            tokio::spawn(browser.router.clone().oneshot(request))
        });
        let (mut wrong, mut waits) = (0, 0);
        for answer in tries.collect::<Vec<_>>() {
            match answer.await.unwrap().unwrap().status() {
                StatusCode::UNAUTHORIZED => wrong += 1,
                StatusCode::TOO_MANY_REQUESTS => waits += 1,
                other => panic!("{other}"),
            }
        }
        assert_eq!((wrong, waits), (5, 35), "{id}");
    }
}
