//! Notices: sent down by one office, signed by a person at another, and seen by the first.

use super::{journey::walk, offices::Seat};

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_signed_by_a_person_and_the_sender_sees_who_it_was() {
    walk("notice", async |journey| {
        let county = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let township = county.below(journey, ["440825103", "海安镇", "township"]).await;
        let manager = journey.seated(&county, "wang").await;
        manager.open("/notices/new").await;
        manager.fill("标题", "做好台风防御准备").await;
        manager.fill("正文", "今晚有大风，请检查渔船回港情况。").await;
        manager.press("发出").await;
        manager.sees("未签收").await;
        let notice = manager.path().await;

        let clerk = journey.seated(&township, "zhang").await;
        clerk.comes("/", "做好台风防御准备").await;
        clerk.press("做好台风防御准备").await;
        clerk.sees("请检查渔船回港情况").await;
        clerk.alt('s').await;
        clerk.sees("张三").await;

        manager.comes(&notice, "张三").await;
        manager.sees("未签收 0").await;
    })
    .await;
}
