//! Warnings: taken from a fax, passed on, and confirmed by whoever is on duty further down.

use super::{journey::walk, offices::Seat};

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_is_passed_on_and_confirmed_by_a_township() {
    walk("warning", async |journey| {
        let county = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let township = county.below(journey, ["440825103", "海安镇", "township"]).await;
        let officer = journey.seated(&county, "wang").await;
        officer.alt('3').await;
        officer.sees("接收预警").await;
        let words = [("标题", "台风橙色预警"), ("类别", "台风"), ("可能影响范围", "全县沿海"), ("警示事项", "阵风十二级")];
        for (label, words) in words.into_iter().chain([("应当采取的措施", "渔船回港"), ("发布单位", "县气象台")])
        {
            officer.fill(label, words).await;
        }
        officer.choose("级别", "橙色（二级）").await;
        officer.choose("收到渠道", "传真").await;
        for label in ["起始时间", "发布时间"] {
            officer.fill(label, "2026-11-29T08:00").await;
        }
        officer.alt('s').await;
        officer.sees("经过").await;
        let warning = officer.path().await;
        officer.step("转发").await;
        officer.tick("海安镇").await;
        officer.fill("本级要求", "两小时内落实").await;
        officer.alt('s').await;
        officer.sees("两小时内落实").await;

        let clerk = journey.seated(&township, "zhang").await;
        clerk.comes("/", "台风橙色预警").await;
        clerk.press("台风橙色预警").await;
        clerk.sees("渔船回港").await;
        clerk.step("签收").await;
        clerk.fill("备注", "渔船已全部回港").await;
        clerk.alt('s').await;
        clerk.sees("渔船已全部回港").await;
        officer.comes(&warning, "渔船已全部回港").await;
    })
    .await;
}
