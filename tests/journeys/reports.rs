//! Reports: the zero report of a quiet night, and what a power cut does to a form that is being filled in.

use super::{
    journey::walk,
    offices::{PASSWORD, Seat},
};

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
        clerk.enter("zhang", PASSWORD).await;
        clerk.sees("本单位该办的").await;
        clerk.open("/reports/new/daily").await;
        clerk.sees("已找回").await;
        assert_eq!(clerk.typed("重要事项").await, "海堤有渗漏，已派人巡查");
        assert_eq!(clerk.typed("带班领导").await, "李四");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_outlives_a_reload_a_refusal_a_lock_and_the_end_of_the_session_and_goes_when_it_was_taken() {
    walk("drafts", async |journey| {
        let mut office = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let clerk = journey.seated(&office, "zhang").await;
        let form = "/reports/new/daily";
        let told = "海堤有渗漏，已派人巡查";
        clerk.open(form).await;
        clerk.fill("重要事项", told).await;
        clerk.open(form).await;
        clerk.sees("已找回").await;
        clerk.press("报出").await;
        clerk.sees("必填").await;
        assert_eq!(clerk.typed("重要事项").await, told, "refused");
        clerk.press("锁定").await;
        clerk.sees("值班台已锁定").await;
        clerk.fill("密码", PASSWORD).await;
        clerk.press("继续值班").await;
        clerk.sees("已找回").await;
        assert_eq!(clerk.typed("重要事项").await, told, "locked");
        // The node starts anew: the page finds out by itself that nobody sits here any more, and leads back.
        office.site.kill();
        office.site.serve();
        clerk.sees("登录值班台").await;
        clerk.fill("帐号", "zhang").await;
        clerk.fill("密码", PASSWORD).await;
        clerk.press("登录").await;
        clerk.sees("已找回").await;
        assert_eq!(clerk.typed("重要事项").await, told, "logged out");
        // What stands for nothing gives way to what is typed, and comes back with the tick that took it away.
        for (label, words) in [("带班领导", "李四"), ("值班员", "张三"), ("值班电话", "0759-4800001"), ("接报件数", "1")]
        {
            clerk.fill(label, words).await;
        }
        clerk.unknown_otherwise().await;
        let nil = "for (const box of document.querySelectorAll('input[name$=\".nil\"]')) { \
                   const others = Array.from(box.closest('.field').querySelectorAll('input:not([type=checkbox]), textarea')); \
                   if (others.every((one) => one.value === '')) box.click(); }";
        clerk.run(nil, &[]).await;
        clerk.press("报出").await;
        clerk.sees("第 1 版").await;
        clerk.sees(told).await;
        clerk.open(form).await;
        clerk.sees("更正理由").await;
        clerk.sees_not("已找回").await;
    })
    .await;
}
