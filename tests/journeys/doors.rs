//! The door: the first account, the lock, and the keyboard alone.

use super::{
    journey::walk,
    offices::{PASSWORD, Seat},
};

/// What Tab is, to a driver.
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_begins_and_a_zero_report_is_filed_by_keyboard_alone() {
    walk("keyboard", async |journey| {
        let office = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let clerk = journey.seated(&office, "zhang").await;
        clerk.open("/").await;
        // The first stop of the keyboard leads past everything to the text.
        clerk.keys(TAB).await;
        clerk.keys(ENTER).await;
        let focused = clerk.run("return document.activeElement.id", &[]).await;
        assert_eq!(focused, "main");
        // On from there, every stop can be seen, and one of them files the report.
        let mut stops = 0;
        loop {
            clerk.keys(TAB).await;
            stops += 1;
            assert!(stops < 40, "the report is out of the keyboard's reach");
            let shows = "const at = document.activeElement, style = getComputedStyle(at); \
                         return [at.textContent, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]";
            let stop = clerk.run(shows, &[]).await;
            assert_eq!(stop[1], true, "the focus is not to be seen at {}", stop[0]);
            if stop[0].as_str().is_some_and(|words| words.contains("零报告")) {
                break;
            }
        }
        clerk.keys(ENTER).await;
        clerk.sees("第 1 版").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_was_locked_opens_at_the_page_that_was_asked_for() {
    walk("lock", async |journey| {
        let office = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let clerk = journey.seated(&office, "zhang").await;
        clerk.press("锁定").await;
        clerk.sees("值班台已锁定").await;
        clerk.open("/dues").await;
        clerk.sees("值班台已锁定").await;
        clerk.fill("密码", "bu-dui-de-mima").await;
        clerk.press("继续值班").await;
        clerk.sees("帐号或密码不对").await;
        clerk.fill("密码", PASSWORD).await;
        clerk.press("继续值班").await;
        clerk.sees("退出").await;
        assert_eq!(clerk.path().await, "/dues");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_slept_two_hours_shows_the_right_time_again_by_itself() {
    walk("asleep", async |journey| {
        let office = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let clerk = journey.seated(&office, "zhang").await;
        // How far the clock of the page is from the machine's, which the script below cannot move, in minutes.
        let off = "const said = document.querySelector('[data-clock]').textContent.match(/\\d+/g).map(Number); \
                   const shown = Date.UTC(said[0], said[1] - 1, said[2], said[3] - 8, said[4], said[5] || 0); \
                   return Math.round((shown - performance.timeOrigin - performance.now()) / 60000)";
        clerk.says(off, 0).await;
        // Whenever the node has said the time before the page has shown what it shows after its sleep, it sleeps once more.
        let sleeps = format!(
            "const off = () => {{ {off} }}, real = Date.now.bind(Date); let slept = 0; window.offs = new Set(); \
             Date.now = () => real() + slept; \
             new MutationObserver(() => {{ window.offs.add(off()); if (!window.offs.has(120) && off() === 0) slept += 7200000; }}) \
             .observe(document.querySelector('[data-clock]'), {{ childList: true, characterData: true, subtree: true }})"
        );
        clerk.run(&sleeps, &[]).await;
        clerk.says("return window.offs.has(120) ? 120 : 0", 120).await;
        clerk.says(off, 0).await;
    })
    .await;
}
