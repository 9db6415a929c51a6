//! Incidents: from the telephone to the province's desk.

use super::{journey::walk, offices::Seat};

#[tokio::test(flavor = "multi_thread")]
async fn an_event_goes_from_the_telephone_to_the_desk_above_over_a_line_that_is_cut() {
    walk("incident", async |journey| {
        let county = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let township = county.below(journey, ["440825103", "海安镇", "township"]).await;
        let clerk = journey.seated(&township, "zhang").await;
        township.cut();
        clerk.open("/").await;
        clerk.alt('2').await;
        clerk.sees("接报").await;
        for (label, words) in
            [("标题", "海堤渗漏"), ("来电人姓名", "陈村长"), ("来电人单位", "东堤村"), ("联系电话", "0759-4800001")]
        {
            clerk.fill(label, words).await;
        }
        clerk.fill("地点", "海安镇东堤").await;
        clerk.fill("何事", "海堤渗漏，水位仍在上涨").await;
        clerk.unknown_otherwise().await;
        clerk.alt('s').await;
        clerk.sees("经过").await;
        let event = clerk.path().await;

        clerk.step("报告领导").await;
        clerk.fill("领导姓名", "李四").await;
        clerk.choose("哪一位领导", "带班领导").await;
        clerk.press("现在").await;
        clerk.choose("方式", "电话").await;
        clerk.fill("领导指示原话", "马上报县里，先转移人").await;
        clerk.alt('s').await;
        clerk.sees("马上报县里").await;

        clerk.step("送审").await;
        clerk.fill("送给谁审", "李四").await;
        clerk.fill("送审内容", "东堤渗漏，拟转移三十人").await;
        clerk.alt('s').await;
        clerk.sees("拟转移三十人").await;

        let leader = journey.seated(&township, "li").await;
        leader.open(&event).await;
        leader.step("批准").await;
        leader.fill("何人", "李四").await;
        leader.choose("方式", "在本机").await;
        leader.press("现在").await;
        leader.fill("原话", "同意，快报").await;
        leader.alt('s').await;
        leader.sees("同意，快报").await;

        clerk.open(&event).await;
        clerk.sees("同意，快报").await;
        clerk.step("书面报告").await;
        clerk.choose("首报、续报或终报", "首报").await;
        clerk.fill("标题", "海堤渗漏").await;
        clerk.fill("基本过程", "东堤渗漏，已转移三十人").await;
        clerk.unknown_otherwise().await;
        clerk.alt('s').await;
        clerk.sees("已转移三十人").await;

        let duty_officer = journey.seated(&county, "zhang").await;
        duty_officer.sees_not("海堤渗漏").await;
        township.heal();
        duty_officer.comes("/", "海堤渗漏").await;
        duty_officer.press("海堤渗漏").await;
        duty_officer.sees("已转移三十人").await;
        clerk.comes(&event, "已到达").await;
    })
    .await;
}
