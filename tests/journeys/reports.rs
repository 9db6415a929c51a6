//! Reports: the zero report of a quiet night, and what a power cut does to a form that is being filled in.

use super::{journey::walk, offices::Seat};

#[tokio::test(flavor = "multi_thread")]
async fn a_zero_report_is_one_key_at_a_township_and_seen_at_the_province() {
    walk("zero-report", async |journey| {
        let province = Seat::first(journey, ["440000", "广东省", "province"]);
        let county = province.below(journey, ["440825", "徐闻县", "county"]).await;
        let township = county.below(journey, ["440825103", "海安镇", "township"]).await;
        let clerk = journey.seated(&township, "zhang").await;
        clerk.sees("未报").await;
        clerk.alt('0').await;
        clerk.sees("第 1 版").await;
        let duty_officer = journey.seated(&province, "zhang").await;
        duty_officer.comes("/reports", "零报告").await;
        duty_officer.sees("海安镇").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_being_typed_when_the_node_died_is_in_the_form_again() {
    walk("draft", async |journey| {
        let mut office = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let clerk = journey.seated(&office, "zhang").await;
        clerk.open("/reports/new/daily").await;
        clerk.fill("带班领导", "李四").await;
        clerk.fill("重要事项", "海堤有渗漏，已派人巡查").await;
        office.site.kill();
        clerk.press("报出").await;
        office.site.serve();
        clerk.enter("zhang", super::offices::PASSWORD).await;
        clerk.sees("本单位该办的").await;
        clerk.open("/reports/new/daily").await;
        clerk.sees("已找回").await;
        assert_eq!(clerk.typed("重要事项").await, "海堤有渗漏，已派人巡查");
        assert_eq!(clerk.typed("带班领导").await, "李四");
    })
    .await;
}
