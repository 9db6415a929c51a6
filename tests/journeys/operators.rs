//! Whoever looks after the machine: a new office joins with the sheet it was given, an account ends, a backup is made.

use super::{
    journey::walk,
    offices::{PASSWORD, Seat},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_office_joins_with_an_invitation_that_was_copied_from_a_sheet() {
    walk("first-run", async |journey| {
        let county = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let operator = journey.seated(&county, "wang").await;
        operator.open("/admin/invite").await;
        operator.fill("单位表", "海安镇 440825103 镇\n新寮镇 440825108 镇").await;
        operator.press("开出邀请单").await;
        operator.sees("共 2 张").await;
        let word = "const sheet = Array.from(document.querySelectorAll('.sheet')).find((sheet) => sheet.textContent.includes('海安镇')); \
                    const groups = Array.from(sheet.querySelectorAll('.token-table td')).map((td) => td.textContent); \
                    return sheet.querySelector('.token-word').textContent + groups.join(' ')";
        let word = operator.run(word, &[]).await.as_str().expect("a token").to_owned();

        let mut township = Seat::new_machine(journey, "440825103");
        township.site.set_up();
        let clerk = journey.window(&township, "new").await;
        clerk.open("/").await;
        clerk.fill("邀请", &word).await;
        clerk.press("入网").await;
        clerk.sees("恢复码").await;
        clerk.press("已抄好").await;
        clerk.sees("建立第一个帐号").await;
        for (label, words) in [("帐号", "chen"), ("姓名", "陈六"), ("密码", PASSWORD), ("再输一次", PASSWORD)] {
            clerk.fill(label, words).await;
        }
        clerk.press("建立帐号并进入").await;
        clerk.sees("上级线路：通").await;
        operator.comes("/network", "海安镇").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_ends_and_a_backup_is_made() {
    walk("operator", async |journey| {
        let county = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let operator = journey.seated(&county, "wang").await;
        let leaver = journey.seated(&county, "zhang").await;
        operator.open("/accounts").await;
        operator.fold("zhang", "经历").await;
        operator.fill("理由", "调离").await;
        operator.press("停用帐号").await;
        operator.sees("已停用").await;
        leaver.open("/dues").await;
        leaver.sees("登录值班台").await;

        operator.open("/admin/backup").await;
        let folder = journey.folder.path().join("stick");
        std::fs::create_dir(&folder).expect("a folder");
        operator.fill("备份目录", &folder.display().to_string()).await;
        operator.press("现在备份").await;
        operator.comes("/admin/backup", "正常").await;
        assert!(std::fs::read_dir(&folder).expect("a folder").next().is_some(), "something was kept");
    })
    .await;
}
