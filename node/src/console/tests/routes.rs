//! Every route × every post, and every form × the ways of sending it that are no form. Which routes there are is asked of the router itself.

use std::collections::BTreeSet;

use super::*;
use crate::domain::{
    account::{Account, Post, Right},
    step::{MatterKind, StepForms},
};

/// For nobody in particular: whoever stands at the door.
const DOOR: [&str; 9] =
    ["/first", "/enter", "/trust", "/trust/certificate", "/favicon.ico", "/assets/", "/leave", "/lock", "/locked"];

/// What a path wants beside a seat, for reading and for writing. A path stands for everything below it; the longest counts.
const WANTS: [(&str, Option<Right>, Option<Right>); 13] = [
    ("/accounts", Some(Right::Operate), Some(Right::Operate)),
    ("/admin", Some(Right::Operate), Some(Right::Operate)),
    ("/audit", Some(Right::Audit), Some(Right::Audit)),
    ("/notices/new", Some(Right::Direct), Some(Right::Direct)),
    ("/periods", None, Some(Right::Direct)),
    ("/groups", None, Some(Right::Direct)),
    ("/cut-offs", None, Some(Right::Direct)),
    ("/rules/put", Some(Right::Direct), Some(Right::Direct)),
    ("/rolls/new", Some(Right::Direct), Some(Right::Direct)),
    ("/stats/findings", None, Some(Right::Direct)),
    ("/consultation/440000/0190a5e0d3f07000800000000000abcd/order", Some(Right::Direct), Some(Right::Direct)),
    ("/network/retry", None, Some(Right::Operate)),
    ("/network/withdraw", None, Some(Right::Operate)),
];

/// Every path that the router knows, as it stands there.
pub(super) fn routes() -> BTreeSet<String> {
    let router = format!("{:?}", pages::router().merge(live::router()).merge(assets::router()));
    let named = router.split("RouteId(").skip(1).filter_map(|rest| rest.split_once("): \"")?.1.split('"').next());
    let named: BTreeSet<&str> = named.filter(|path| path.starts_with('/') && !path.contains("__private__")).collect();
    assert!(named.len() > 30 && named.contains("/accounts/end/{id}"), "the router says its paths in another way: {router}");
    named.into_iter().map(str::to_owned).collect()
}

/// The same with something in the place of their parameters.
fn paths() -> BTreeSet<String> {
    let routes = routes();
    let mut paths: BTreeSet<String> =
        routes.iter().filter(|path| !path.starts_with("/matters/{kind}")).map(|path| filled(path)).collect();
    for kind in MatterKind::ALL {
        paths.insert(format!("/matters/{}", kind.key()));
        paths.extend(
            StepForms::built_in()
                .of(kind)
                .filter(|form| form.opens)
                .map(|form| format!("/matters/{}/{}", kind.key(), form.command)),
        );
    }
    paths
}

pub(super) fn filled(path: &str) -> String {
    let part = |part: &str| match part {
        "{form}" => "daily".to_owned(),
        "{office}" | "{origin}" => "440000".to_owned(),
        "{period}" => "2026-07-01".to_owned(),
        "{*paper}" => "board/2026-07-01".to_owned(),
        "{kind}" => "incident".to_owned(),
        "{verb}" => "call".to_owned(),
        "{id}" => "0190a5e0d3f07000800000000000abcd".to_owned(),
        part if part.starts_with('{') => "x".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn wants(path: &str, method: &str) -> Option<Right> {
    let named = WANTS.iter().filter(|(prefix, ..)| path == *prefix || path.starts_with(&format!("{prefix}/")));
    let (_, read, write) = named.max_by_key(|(prefix, ..)| prefix.len())?;
    if method == "GET" { *read } else { *write }
}

impl Browser {
    /// Which of reading and writing a path takes.
    pub(super) async fn methods(&self, path: &str) -> Vec<&'static str> {
        let request = self.request("TRACE", path, Body::empty());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allowed = answer.headers().get(header::ALLOW).unwrap().to_str().unwrap().to_owned();
        ["GET", "POST"].into_iter().filter(|method| allowed.split(',').any(|one| one == *method)).collect()
    }

    /// What comes of asking once; nothing is followed.
    pub(super) async fn ask(&self, method: &str, path: &str, body: &str) -> (StatusCode, String, String) {
        let mut request = self.request(method, path, Body::from(body.to_owned()));
        request.headers_mut().insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = answer.status();
        // A stream of events has no end.
        let page = match path {
            "/live" => Vec::new(),
            _ => axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec(),
        };
        (status, to, String::from_utf8_lossy(&page).into_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_for_whoever_may_and_says_so_to_everybody_else() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let mut seats: Vec<(String, String, Account)> = Vec::new();
    for post in Post::ALL {
        let manager = browser.cookie.clone();
        browser.seat(&[post.key()]).await;
        let account = browser._house.office.account(&format!("with-{}", post.key())).unwrap();
        browser.get("/help").await;
        seats.push((browser.cookie.clone(), browser.hidden("token"), account));
        browser.cookie = manager;
    }
    let mut asked = 0;
    for path in paths().into_iter().filter(|path| !DOOR.iter().any(|door| path.starts_with(door))) {
        for method in browser.methods(&path).await {
            browser.cookie.clear();
            let (_, to, page) = browser.ask(method, &path, "").await;
            assert!(to.starts_with("/enter"), "{method} {path} without a seat: {to} {page}");
            for (cookie, token, account) in &seats {
                browser.cookie = cookie.clone();
                let (status, to, page) = browser.ask(method, &path, &format!("token={token}")).await;
                let may = wants(&path, method).is_none_or(|right| account.may(right));
                let refused = status == StatusCode::FORBIDDEN && page.contains("RIGHT_MISSING");
                let right = step_right(&path);
                let may = may && (method == "GET" || right.is_none_or(|right| account.may(right)));
                assert_eq!(refused, !may, "{method} {path} as {}: {status} {to} {page}", account.id);
                assert!(!status.is_server_error(), "{method} {path} as {}: {status} {page}", account.id);
                asked += 1;
            }
        }
    }
    assert!(asked > 200, "{asked}");
}

/// What taking a step wants that a path begins a matter with.
fn step_right(path: &str) -> Option<Right> {
    let (kind, verb) = path.strip_prefix("/matters/")?.split_once('/')?;
    let form = StepForms::built_in().of(MatterKind::from_key(kind)?).find(|form| form.command == verb)?;
    Right::for_step(&form.id, None)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_wants_the_token_of_its_session_this_origin_and_no_more_than_it_can_hold() {
    let mut browser = Browser::new();
    browser.first_account().await;
    browser.get("/help").await;
    let token = browser.hidden("token");
    let before = browser._house.records();
    let mut forms = 0;
    for path in paths() {
        if !browser.methods(&path).await.contains(&"POST") {
            continue;
        }
        forms += 1;
        let at_the_door = ["/first", "/enter", "/locked"].contains(&path.as_str());
        if !at_the_door {
            let (_, _, page) = browser.ask("POST", &path, "token=0000").await;
            assert!(page.contains("PAGE_STALE"), "{path} without its token: {page}");
        }
        let mut request = browser.request("POST", &path, Body::from(format!("token={token}")));
        request.headers_mut().insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
        request.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
        let answer = browser.router.clone().oneshot(request).await.unwrap();
        let page = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert!(String::from_utf8_lossy(&page).contains("PAGE_STALE"), "{path} from elsewhere");
        let (status, _, page) = browser.ask("POST", &path, &format!("token={token}&x={}", "x".repeat(FORM_BYTES_MAX))).await;
        assert!(status.is_client_error() || status == StatusCode::INSUFFICIENT_STORAGE, "{path}: {status} {page}");
        let (status, _, page) = browser.ask("POST", &path, "token=%ff%zz&&=&").await;
        assert!(status.is_client_error(), "{path}: {status} {page}");
    }
    assert!(forms > 15, "{forms}");
    assert_eq!(browser._house.records(), before, "nothing of it was kept");
    assert_eq!(browser._house.office.accounts().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_in_any_text_comes_back_as_text() {
    let mut browser = Browser::new();
    browser.first_account().await;
    const SCRIPT: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let mut shown = 0;
    for path in paths() {
        let methods = browser.methods(&path).await;
        if methods != ["GET", "POST"] || DOOR.iter().any(|door| path.starts_with(door)) {
            continue;
        }
        browser.get(&path).await;
        if browser.status != StatusCode::OK {
            continue;
        }
        let names: BTreeSet<String> =
            browser.page.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
        let fields: Vec<_> = names
            .iter()
            .filter(|name| !["token", "id", "viewport"].contains(&name.as_str()))
            .map(|name| (name.as_str(), SCRIPT))
            .collect();
        browser.post(&path, &fields).await;
        assert!(!browser.page.contains("<script>alert") && !browser.page.contains("<img src=x"), "{path}: {}", browser.page);
        shown += usize::from(browser.page.contains("alert(1)"));
    }
    assert!(shown > 10, "{shown} pages bring back what was typed");
}
