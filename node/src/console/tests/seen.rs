//! Who has seen what is about people: every page of the router leaves an access record, or says here why it need not.

use std::collections::BTreeMap;

use dutynet_relay::ids::RecordRef;

use super::*;
use crate::{domain::access::Access, domain::beijing::Day, usecase::AskAccesses};

/// Pages that show nothing about people, each because of something. A list has numbers, titles and states: who says what stands behind them.
const NOTHING_ABOUT_PEOPLE: [(&str, &str); 44] = [
    ("/", "numbers, titles and states; of people only who is on duty in this very room"),
    ("/first", "nobody has an account yet"),
    ("/enter", "the door"),
    ("/locked", "the door"),
    ("/password", "a blank form"),
    ("/trust", "the certificate of the pages"),
    ("/trust/certificate", "the certificate of the pages"),
    ("/favicon.ico", "a file of the program"),
    ("/assets/{version}/console.css", "a file of the program"),
    ("/assets/{version}/paper.css", "a file of the program"),
    ("/assets/{version}/paper-across.css", "a file of the program"),
    ("/assets/{version}/console.js", "a file of the program"),
    ("/assets/{version}/ring.js", "a file of the program"),
    ("/assets/{version}/matters.js", "a file of the program"),
    ("/assets/{version}/icon.svg", "a file of the program"),
    ("/live", "what is due, by office"),
    ("/help", "how pages are used"),
    ("/matters/{kind}", "a list"),
    ("/matters/{kind}/{verb}", "a blank form beside a list"),
    ("/notices", "a list"),
    ("/notices/new", "a blank form"),
    ("/reports", "who has reported, by office, in figures"),
    ("/reports/month", "who has reported, by office, as signs"),
    ("/reports/month/{office}/{day}", "leads to another page"),
    ("/rolls", "a list"),
    ("/rolls/new", "a blank form"),
    ("/consultations", "a list"),
    ("/status", "a blank form"),
    ("/stats", "figures by office"),
    ("/dues", "what is owed, by office"),
    ("/network", "lines, and a list"),
    ("/network/{office}", "a line, and the machine behind it"),
    ("/rules", "articles"),
    ("/rules/ask", "articles"),
    ("/rules/put", "a blank form"),
    ("/periods", "days, by office"),
    ("/groups", "offices"),
    ("/cut-offs", "times, by office"),
    ("/find", "a list"),
    ("/admin", "this machine"),
    ("/admin/backup", "this machine"),
    ("/admin/check", "this machine"),
    ("/admin/invite", "a blank form"),
    ("/admin/offices", "offices and their machines"),
];

impl Browser {
    /// What an account has seen today.
    async fn accesses(&self, by: &str) -> Vec<Access> {
        let day = Day::of(self._house.clock().wall());
        let ask = AskAccesses { from: day, to: day, by: by.to_owned(), matter: String::new() };
        self._house.office.accesses(ask).await.unwrap().rows
    }

    /// An office with something behind every page about people: by its route, where one of them is, and as what it is noted.
    async fn with_everything(&mut self) -> BTreeMap<&'static str, (String, String)> {
        let matter = self.called().await;
        let action = [("f.action", "封路"), ("f.done_at", "2026-07-01T09:00"), ("plain_by", "张三")];
        self.get(&format!("{matter}/action")).await;
        self.upload(&format!("{matter}/action"), &action, &[("现场.jpg", b"\xff\xd8\xff\xe0 a photograph")]).await;
        let file = self.page.split("href=\"").find(|link| link.contains("/get/")).unwrap().split('"').next().unwrap().to_owned();
        self.get("/notices/new").await;
        let notice = [("title", "台风"), ("text", "请准备"), ("urgency", "routine"), ("whom", "all")];
        self.post("/notices/new", &notice).await;
        let notice = self.at.clone();
        self.get("/rolls/new").await;
        self.post("/rolls/new", &[("whom", "all"), ("minutes", "10")]).await;
        let roll = self.at.clone();
        self.get("/matters/consultation/call").await;
        self.post("/matters/consultation/call", &look::SESSION).await;
        let session = self.matter();
        let sitting = session.replacen("/matter/", "/consultation/", 1);
        self.get(&sitting).await;
        self.post(&format!("{sitting}/status"), &[]).await;
        assert!(self.at.starts_with("/status/"), "{}: {}", self.at, self.page);
        let table = self.at.clone();
        while !self.get(&sitting).await.contains("status?record=") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.get("/dues").await;
        let due = self.page.split("href=\"/dues/").nth(1).unwrap_or_else(|| panic!("nothing is due: {}", self.page));
        let due = format!("/dues/{}", due.split('"').next().unwrap());
        let page = |path: &str| (path.to_owned(), path.to_owned());
        let of = |path: &str, seen: &str| (path.to_owned(), seen.to_owned());
        BTreeMap::from([
            ("/matter/{origin}/{id}", page(&matter)),
            ("/matter/{origin}/{id}/{verb}", of(&format!("{matter}/report"), &matter)),
            ("/files/{origin}/{id}", of(&matter.replacen("/matter/", "/files/", 1), &matter)),
            ("/files/{origin}/{id}/get/{digest}", of(&file, &matter)),
            ("/notices/show/{origin}/{id}", page(&notice)),
            ("/roll/{origin}/{id}", of(&roll, &roll.replacen("/roll/", "/matter/", 1))),
            ("/rolls/answer", page("/rolls/answer")),
            ("/consultation/{origin}/{id}", of(&sitting, &session)),
            ("/consultation/{origin}/{id}/status", of(&format!("{sitting}/status"), &session)),
            ("/consultation/{origin}/{id}/order", of(&format!("{sitting}/order?outcome=x"), &session)),
            ("/status/{id}", of(&table, "/status")),
            ("/inbox", page("/inbox")),
            (
                "/reports/new/{form}",
                of("/reports/new/daily?day=2026-07-01&office=440800", "/reports/show/daily/440800/2026-07-01"),
            ),
            ("/reports/show/{form}/{office}/{period}", page("/reports/show/daily/440800/2026-07-01")),
            ("/print/{*paper}", of(&format!("/print{}", notice.replacen("/notices/show/", "/sign-for/", 1)), &notice)),
            ("/dues/{*key}", page(&due)),
            ("/stats/dues", of("/stats/dues?month=2026-07", "/stats/dues")),
            ("/stats/findings", page("/stats/findings")),
            ("/accounts", page("/accounts")),
            ("/classified", page("/classified")),
            ("/audit", page("/audit")),
        ])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_about_people_leaves_an_access_record() {
    const WHO: &str = "with-leader-operator-auditor";
    let mut browser = look::with_offices().await;
    let about_people = browser.with_everything().await;
    browser.seat(&["leader", "operator", "auditor"]).await;
    let mut reading = 0;
    for route in routes::routes() {
        if !browser.methods(&routes::filled(&route)).await.contains(&"GET") {
            continue;
        }
        reading += 1;
        let nothing = NOTHING_ABOUT_PEOPLE.iter().any(|(open, because)| *open == route && !because.is_empty());
        let Some((path, seen)) = about_people.get(route.as_str()) else {
            assert!(nothing, "{route}: either it leaves an access record, or it shows nothing about people because ...");
            continue;
        };
        assert!(!nothing, "{route} is about people");
        let before = browser.accesses(WHO).await.len();
        let (status, to, page) = browser.ask("GET", path, "").await;
        assert_eq!(status, StatusCode::OK, "{path}: {to} {page}");
        let rows = browser.accesses(WHO).await;
        let noted: Vec<_> = rows.iter().map(|access| access.what.path()).collect();
        assert!(rows.len() > before && noted.contains(seen), "{path} leaves {seen}: {noted:?}");
    }
    assert!(reading > 50, "{reading}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_noted_as_one_and_a_matter_read_another_way_is_found_by_its_number() {
    let mut browser = look::with_offices().await;
    let pages = browser.with_everything().await;
    let (session, matter) = &pages["/consultation/{origin}/{id}"];
    let (print, notice) = &pages["/print/{*paper}"];
    browser.seat(&["officer", "auditor"]).await;
    browser.get(session).await;
    browser.ask("GET", &format!("{print}?as=xlsx"), "").await;
    let exported = |access: &Access| access.how == crate::domain::access::How::Exported && access.what.path() == *notice;
    assert!(browser.accesses("with-officer-auditor").await.iter().any(exported), "{notice}");
    let reference = RecordRef::parse(matter.trim_start_matches("/matter/")).unwrap();
    let number = crate::domain::number::Number::of(&reference).to_string();
    browser.get(&format!("/audit?matter={number}&by=with-officer-auditor")).await;
    assert!(browser.page.contains(&format!("href=\"{matter}\"")), "{}", browser.page);
}
