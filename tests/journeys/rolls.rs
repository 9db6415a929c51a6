//! A roll is called over a city whose counties answer, keep silent, and are cut off.

use super::{
    journey::walk,
    offices::{PASSWORD, Seat},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_city_calls_the_roll_and_sees_who_answered_who_is_silent_and_who_is_cut_off() {
    walk("rollcall", async |journey| {
        let city = Seat::first(journey, ["440800", "湛江市", "city"]);
        let answers = city.below(journey, ["440825", "徐闻县", "county"]).await;
        let silent = city.below(journey, ["440881", "廉江市", "county"]).await;
        let away = city.below(journey, ["440882", "雷州市", "county"]).await;
        let caller = journey.seated(&city, "wang").await;
        away.cut();
        caller.comes("/network", "断").await;
        caller.open("/rolls/new").await;
        caller.fill("标题", "夜间点名").await;
        caller.alt('s').await;
        caller.sees("应到 3").await;
        let call = caller.path().await;

        let clerk = journey.seated(&answers, "zhang").await;
        clerk.comes("/rolls", "等本单位应答").await;
        clerk.alt('9').await;
        clerk.sees("夜间点名").await;
        for (label, words) in [("带班领导", "李四"), ("值班员", "张三"), ("今日重点工作", "防汛巡查")] {
            clerk.fill(label, words).await;
        }
        clerk.alt('s').await;
        clerk.sees("李四").await;

        // The grid renews itself: nobody loads the page again.
        caller.sees("在岗 1").await;
        let other = journey.seated(&silent, "zhang").await;
        other.comes("/rolls", "夜间点名").await;
        caller.sees("雷州市线路断").await;
        caller.sees_not("廉江市线路断").await;
        caller.open(&format!("{call}?show=missing")).await;
        caller.sees("廉江市").await;
        caller.sees_not("徐闻县 在岗").await;
    })
    .await;
}

/// Whether the bar is there and red, and the title of the window calls.
const RINGS: &str = "const bar = document.querySelector('[data-ring]'); \
                     return !bar.hidden && !bar.classList.contains('soft') && /项提醒|请处理/.test(document.title) ? 1 : 0";
const IS_QUIET: &str = "return document.querySelector('[data-ring]').hidden ? 1 : 0";

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_call_rings_wherever_one_is_until_it_was_answered_and_a_node_that_is_gone_rings_too() {
    walk("ring", async |journey| {
        let city = Seat::first(journey, ["440800", "湛江市", "city"]);
        let mut county = city.below(journey, ["440825", "徐闻县", "county"]).await;
        let clerk = journey.seated(&county, "zhang").await;
        clerk.open("/help").await;
        clerk.says(IS_QUIET, 1).await;
        let caller = journey.seated(&city, "wang").await;
        caller.open("/rolls/new").await;
        caller.fill("标题", "夜间点名").await;
        caller.alt('s').await;
        caller.sees("应到 1").await;
        clerk.says(RINGS, 1).await;
        clerk.press("锁定").await;
        clerk.sees("值班台已锁定").await;
        clerk.says(RINGS, 1).await;
        clerk.fill("密码", PASSWORD).await;
        clerk.press("继续值班").await;
        clerk.sees("退出").await;
        assert_eq!(clerk.path().await, "/help", "where it was locked");
        clerk.says(RINGS, 1).await;
        clerk.open("/print/board/2026-11-30").await;
        clerk.says(RINGS, 1).await;
        clerk.press("知道了").await;
        clerk.says(IS_QUIET, 1).await;
        clerk.open("/rolls/answer").await;
        for (label, words) in [("带班领导", "李四"), ("值班员", "张三"), ("今日重点工作", "防汛巡查")] {
            clerk.fill(label, words).await;
        }
        clerk.alt('s').await;
        clerk.sees("李四").await;
        clerk.says(IS_QUIET, 1).await;

        county.site.kill();
        clerk.sees("和本机节点连不上").await;
        county.site.serve();
        clerk.sees("登录值班台").await;
    })
    .await;
}
