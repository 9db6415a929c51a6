//! Who may answer what was put before leaders, as a browser asks: every post, at this machine and for a leader who answered elsewhere.

use super::*;
use crate::domain::account::Post;

impl Browser {
    /// Something is put before leaders.
    async fn puts_before(&mut self, matter: &str, leaders: [&str; 2]) {
        self.get(&format!("{matter}/ask-approval")).await;
        let asks = [("f.approver", leaders[0]), ("f.next", leaders[1]), ("f.what", "首报送审")];
        self.post(&format!("{matter}/ask-approval"), &asks).await;
        assert!(self.page.contains("来电或当面答复的，记在这里"), "{}", self.page);
        self.advance(60);
    }

    /// An answer of whoever is logged in.
    async fn answers(&mut self, path: &str, who: &str, how: &str) -> StatusCode {
        self.get(path.rsplit_once('/').unwrap().0).await;
        self.post(path, &[("f.approver", who), ("f.how", how), ("f.number", "0759-1"), ("f.words", "同意"), ("said_now", "1")])
            .await;
        self.status
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_this_machine_nobody_answers_but_a_leader_before_whom_it_was_put() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    // Everybody who is seated here bears the same name, and it stands on the list.
    browser.puts_before(&matter, ["某人", "王书记"]).await;
    let manager = browser.cookie.clone();
    for post in Post::ALL.into_iter().filter(|post| *post != Post::Leader) {
        browser.cookie.clone_from(&manager);
        browser.seat(&[post.key()]).await;
        browser.get(&matter).await;
        assert!(!browser.page.contains("name=\"f.how\" value=\"node\""), "{post:?} is offered to write it down alone");
        for verb in ["approve", "refuse"] {
            let status = browser.answers(&format!("{matter}/{verb}"), "某人", "node").await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{post:?} {verb}: {}", browser.page);
            assert!(browser.page.contains("您的岗位没有这项权限") && browser.page.contains("value=\"某人\""), "{}", browser.page);
        }
    }
    browser.cookie.clone_from(&manager);
    browser.seat(&["leader"]).await;
    let approve = format!("{matter}/approve");
    for (who, how, why) in [
        ("钱局长", "node", "送审没有送给这位领导"),
        ("钱局长", "telephone", "送审没有送给这位领导"),
        ("钱局长", "in-person", "送审没有送给这位领导"),
        ("王书记", "node", "这须由本人办理"),
    ] {
        assert_eq!(browser.answers(&approve, who, how).await, StatusCode::FORBIDDEN, "{who} {how}: {}", browser.page);
        assert!(browser.page.contains(why), "{who} {how}: {}", browser.page);
    }
    browser.get(&matter).await;
    assert!(browser.page.contains("name=\"f.how\" value=\"node\""), "he answers himself: {}", browser.page);
    assert_eq!(browser.answers(&approve, "某人", "node").await, StatusCode::OK, "{}", browser.page);
    assert!(!browser.page.contains("待本人确认"), "it is his own word");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_officer_has_heard_of_a_leader_waits_until_he_confirms_it_himself() {
    let mut browser = Browser::new();
    browser.first_account().await;
    let matter = browser.called().await;
    browser.puts_before(&matter, ["某人", "王书记"]).await;
    let manager = browser.cookie.clone();
    browser.seat(&["officer"]).await;
    assert_eq!(browser.answers(&format!("{matter}/approve"), "某人", "in-person").await, StatusCode::OK, "{}", browser.page);
    assert!(browser.page.contains("当面批准待本人确认") && !browser.page.contains("是我的原话，确认"), "{}", browser.page);
    let officer = std::mem::replace(&mut browser.cookie, manager);
    browser.seat(&["leader"]).await;
    browser.get(&matter).await;
    let approved = browser.hidden("link.approved");
    assert!(!approved.is_empty(), "{}", browser.page);
    let leader = std::mem::replace(&mut browser.cookie, officer);
    browser.get(&matter).await;
    browser.post(&format!("{matter}/confirm"), &[("link.approved", &approved)]).await;
    assert_eq!(browser.status, StatusCode::FORBIDDEN, "of the same name, and no leader: {}", browser.page);
    browser.cookie = leader;
    browser.get(&matter).await;
    browser.advance(60);
    browser.post(&format!("{matter}/confirm"), &[("link.approved", &approved)]).await;
    assert!(browser.status == StatusCode::OK && !browser.page.contains("待本人确认"), "{}", browser.page);
}
