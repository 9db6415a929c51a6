//! A consultation: called, its status table asked live and kept, a statement from below, and an outcome that becomes an order.

use super::{journey::walk, offices::Seat};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_keeps_its_status_table_hears_a_county_and_orders_what_was_agreed() {
    walk("consultation", async |journey| {
        let city = Seat::first(journey, ["440800", "湛江市", "city"]);
        let county = city.below(journey, ["440825", "徐闻县", "county"]).await;
        let host = journey.seated(&city, "wang").await;
        host.open("/consultations").await;
        host.press("召集会商").await;
        host.fill("会商题目", "台风防御会商").await;
        host.choose("会商事由", "敏感特殊时期").await;
        host.fill("作出批示的领导", "李市长").await;
        host.choose("方式", "视频").await;
        for label in ["批示时间", "会商时间"] {
            host.fill(label, "2026-11-29T08:00").await;
        }
        host.tick("徐闻县").await;
        host.alt('s').await;
        host.sees("台风防御会商").await;
        host.open("/consultations").await;
        host.press("台风防御会商").await;
        let session = host.path().await;
        host.press("现在问参加范围内的单位").await;
        host.sees("徐闻县").await;

        let clerk = journey.seated(&county, "zhang").await;
        clerk.comes("/consultations", "台风防御会商").await;
        clerk.press("台风防御会商").await;
        clerk.press("发言").await;
        clerk.fill("内容", "渔船已全部回港").await;
        clerk.fill("发言人", "陈主任").await;
        clerk.alt('s').await;
        clerk.sees("渔船已全部回港").await;

        host.comes(&session, "渔船已全部回港").await;
        host.press("议定事项").await;
        host.fill("事项", "今晚八时前再查一遍渔港").await;
        host.alt('s').await;
        host.sees("今晚八时前再查一遍渔港").await;
        host.comes(&session, "没有着落").await;
        host.press("交办").await;
        assert_eq!(host.typed("原话原文").await, "今晚八时前再查一遍渔港");
        host.choose("类别", "督办").await;
        host.choose("紧急程度", "加急").await;
        host.tick("徐闻县").await;
        host.alt('s').await;
        host.sees("已交办").await;
        clerk.comes("/", "渔港").await;
    })
    .await;
}
