//! Papers: pages for the printer, and files, asked for as a browser asks.

use super::*;

impl Browser {
    /// A file: its kind, the head that names it, and its bytes.
    async fn file(&mut self, path: &str) -> (String, String, Vec<u8>) {
        let answer = self.router.clone().oneshot(self.request("GET", path, Body::empty())).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let head = |name| answer.headers()[name].to_str().unwrap().to_owned();
        let heads = (head(header::CONTENT_TYPE), head(header::CONTENT_DISPOSITION));
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (heads.0, heads.1, body.to_vec())
    }

    /// Takes a call; `origin/id` of the matter.
    async fn took_a_call(&mut self, title: &str) -> String {
        let time = [("rest_unknown", "1")];
        let words = [("f.title", title), ("f.place", "村口"), ("f.who", "三人"), ("f.what", "<script>漫水</script>")];
        let caller = [("f.caller_name", "李村长"), ("f.caller_unit", "良垌村"), ("f.caller_phone", "0759-1")];
        let chosen = [("f.category", "natural"), ("f.channel", "telephone")];
        self.get("/matters/incident/call").await;
        self.post("/matters/incident/call", &[&words[..], &caller, &time, &chosen].concat()).await;
        let path = self.at.split(['?', '#']).next().unwrap_or_default();
        path.strip_prefix("/matter/").unwrap_or_else(|| panic!("{} {}", self.at, self.page)).to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_a_matter_is_printed_and_kept_and_what_was_typed_is_only_words() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.took_a_call("<b>=山洪</b>").await;
    let page = browser.get(&format!("/matter/{matter}")).await.to_owned();
    for paper in ["handling-slip", "submission", "record-sheet", "approval-sheet"] {
        let path = format!("/print/form/{paper}/{matter}");
        assert!(page.contains(&path), "the matter leads to its papers");
        let page = browser.get(&path).await;
        // No line of the approval sheet is about who called.
        assert!(page.contains("李村长") || paper == "approval-sheet", "{page}");
        assert!(page.contains("=山洪") && !page.contains("<b>") && !page.contains("<script>漫"), "{page}");
        assert!(page.contains("?as=pdf") && page.contains("?as=docx"));
        assert!(!page.contains("?as=xlsx") && !page.contains("?as=csv"));
        let (kind, name, bytes) = browser.file(&format!("{path}?as=docx")).await;
        assert!(kind.ends_with("wordprocessingml.document") && bytes.starts_with(b"PK"));
        assert!(name.starts_with("attachment; filename=\"paper.docx\"; filename*=UTF-8''%"), "{name}");
    }
    browser.get(&format!("/print/form/handling-slip/{matter}?as=xlsx")).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY, "a form is no table");
    assert!(browser.page.contains(".pdf、.docx"), "{}", browser.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_reports_are_printed_also_when_they_are_empty() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let today = crate::domain::beijing::Day::of(browser._house.clock().wall());
    let office = browser._house.office.status().office;
    for path in
        ["/print/dues", "/print/overdue", "/print/stats", &format!("/print/board/{today}"), &format!("/print/duty/{today}")]
    {
        let page = browser.get(path).await;
        assert!(page.contains("<table>") && page.contains("?as=xlsx") && page.contains("?as=csv"), "{path}: {page}");
        let (kind, _, bytes) = browser.file(&format!("{path}?as=xlsx")).await;
        assert!(kind.ends_with("spreadsheetml.sheet") && bytes.starts_with(b"PK"), "{path}");
        let (kind, name, bytes) = browser.file(&format!("{path}?as=csv")).await;
        assert_eq!(kind, "text/csv; charset=utf-8", "{path}");
        assert!(name.starts_with("attachment; filename=\"paper.csv\""), "{name}");
        assert!(bytes.starts_with("\u{feff}".as_bytes()) && bytes.ends_with(b"\r\n"), "{path}");
    }
    let page = browser.get(&format!("/print/report/daily/{office}/{today}")).await;
    assert!(page.contains("没有报过"), "{page}");
    for path in ["/print", "/print/", "/print/form", "/print/form/submission/440000/x", "/print/board/x", "/print/roll/440000/x"]
    {
        browser.get(path).await;
        assert!(browser.status.is_client_error(), "{path}: {}", browser.status);
    }
    browser.get("/print/dues?as=exe").await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_audits_finds_what_was_printed_however_its_address_was_written() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.took_a_call("山洪").await;
    let (origin, id) = matter.split_once('/').unwrap();
    let other = format!("{origin}/{}-{}", id[..8].to_uppercase(), &id[8..]);
    browser.get(&format!("/print/form/handling-slip/{other}")).await;
    assert_eq!(browser.status, StatusCode::OK, "{}", browser.page);
    assert!(browser.page.contains(&format!("href=\"/matter/{matter}\"")), "{}", browser.page);
    browser.file(&format!("/print/form/handling-slip/{other}?as=docx")).await;
    let day = crate::domain::beijing::Day::of(browser._house.clock().wall());
    let asked = crate::usecase::AskAccesses { from: day, to: day, by: String::new(), matter };
    let found = browser._house.office.accesses(asked).await.unwrap().rows;
    let count = |how| found.iter().filter(|access| access.how == how).count();
    assert_eq!([crate::domain::access::How::Printed, crate::domain::access::How::Exported].map(count), [1, 1]);
}
