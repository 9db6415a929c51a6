//! Incidents: from the telephone to the province's desk.

use dutynet_tests::browser::Window;

use super::{journey::walk, offices::Seat};

/// Takes the call, as far as the caller knows anything.
pub async fn takes_the_call(clerk: &Window, what: &str) {
    clerk.open("/").await;
    clerk.alt('2').await;
    clerk.sees("接报").await;
    let caller = [("标题", what), ("来电人姓名", "陈村长"), ("来电人单位", "东堤村"), ("联系电话", "0759-4800001")];
    for (label, words) in caller.into_iter().chain([("地点", "海安镇东堤"), ("何事", what)]) {
        clerk.fill(label, words).await;
    }
    clerk.unknown_otherwise().await;
    clerk.alt('s').await;
    clerk.sees("经过").await;
}

/// Asks a leader to approve.
async fn asks(clerk: &Window, what: &str) {
    clerk.step("送审").await;
    clerk.fill("送给谁审", "李四").await;
    clerk.fill("送审内容", what).await;
    clerk.alt('s').await;
    clerk.sees(what).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_goes_from_the_telephone_to_the_desk_above_over_a_line_that_is_cut() {
    walk("incident", async |journey| {
        let county = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let township = county.below(journey, ["440825103", "海安镇", "township"]).await;
        let clerk = journey.seated(&township, "zhang").await;
        township.cut();
        takes_the_call(&clerk, "海堤渗漏").await;
        let event = clerk.path().await;

        // The short form stands open on the page as long as no leader has been told.
        clerk.fill("领导姓名", "李四").await;
        clerk.choose("哪一位领导", "带班领导").await;
        clerk.press("现在").await;
        clerk.choose("方式", "电话").await;
        clerk.fill("领导指示原话", "马上报县里，先转移人").await;
        clerk.press("记下").await;
        clerk.sees("马上报县里").await;

        asks(&clerk, "东堤渗漏，拟转移三十人").await;

        let leader = journey.seated(&township, "li").await;
        leader.open(&event).await;
        leader.fill("批示", "同意，快报").await;
        leader.press("批准").await;
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
        clerk.comes(&event, "已送到全部收件单位").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_by_telephone_stands_unconfirmed_until_the_leader_logs_in() {
    walk("telephone", async |journey| {
        let county = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let clerk = journey.seated(&county, "zhang").await;
        takes_the_call(&clerk, "码头起火").await;
        let event = clerk.path().await;
        asks(&clerk, "码头起火，拟请消防支援").await;
        clerk.press("来电或当面答复的").await;
        clerk.fill("电话号码", "0759-4800002").await;
        clerk.press("现在").await;
        clerk.fill("原话", "马上请，我在路上").await;
        clerk.press("记下：批准").await;
        clerk.sees("电话批准待本人确认").await;

        let leader = journey.seated(&county, "li").await;
        leader.open("/inbox").await;
        leader.sees("马上请，我在路上").await;
        leader.press("是我的原话，确认").await;
        leader.sees("已记下").await;
        leader.sees_not("请确认是不是您的原话").await;
        clerk.open(&event).await;
        clerk.sees_not("电话批准待本人确认").await;
    })
    .await;
}
