//! Whoever looks after the machine: a new office joins with the sheet it was given, a machine is replaced, an account ends, a backup is made and
//! brings an office back.

use std::path::PathBuf;

use dutynet_tests::browser::Window;

use super::{
    journey::{Journey, walk},
    offices::{PASSWORD, Seat},
};

/// The invitation that stands on the sheet of an office, as somebody copies it.
async fn on_the_sheet_of(operator: &Window, name: &str) -> String {
    let word = "const sheet = Array.from(document.querySelectorAll('.sheet')).find((sheet) => sheet.textContent.includes(arguments[0])); \
                const groups = Array.from(sheet.querySelectorAll('.token-table td')).map((td) => td.textContent); \
                return sheet.querySelector('.token-word').textContent + groups.join(' ')";
    operator.run(word, &[name]).await.as_str().expect("a token").to_owned()
}

/// Types an invitation into the page of a new machine, goes on to its console, and makes the first account.
async fn joins(journey: &mut Journey, machine: &mut Seat, invitation: &str) -> Window {
    machine.site.set_up();
    let clerk = journey.window(machine, "new").await;
    clerk.comes("/", "首次安装").await;
    clerk.fill("邀请", invitation).await;
    clerk.press("入网").await;
    clerk.sees("恢复码").await;
    clerk.press("已抄好").await;
    clerk.sees("正在启动").await;
    clerk.comes("/first", "建立第一个帐号").await;
    for (label, words) in [("帐号", "chen"), ("姓名", "陈六"), ("密码", PASSWORD), ("再输一次", PASSWORD)] {
        clerk.fill(label, words).await;
    }
    clerk.press("建立帐号并进入").await;
    clerk.sees("本单位该办的").await;
    clerk.comes("/", "上级线路：通").await;
    clerk
}

/// Makes a backup; where it stands.
async fn backs_up(journey: &Journey, operator: &Window) -> PathBuf {
    let folder = journey.folder.path().join("stick");
    std::fs::create_dir(&folder).expect("a folder");
    operator.open("/admin/backup").await;
    operator.fill("备份目录", &folder.display().to_string()).await;
    operator.press("现在备份").await;
    operator.sees("已备份").await;
    operator.comes("/admin/backup", "正常").await;
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_joins_with_an_invitation_that_was_copied_from_a_sheet() {
    walk("first-run", async |journey| {
        let county = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let operator = journey.seated(&county, "wang").await;
        operator.open("/admin/invite").await;
        operator.fill("单位表", "海安镇 440825103 镇\n新寮镇 440825108 镇").await;
        operator.press("开出邀请单").await;
        operator.sees("共 2 张").await;
        let word = on_the_sheet_of(&operator, "海安镇").await;
        let mut township = Seat::new_machine(journey, "440825103");
        joins(journey, &mut township, &word).await;
        operator.comes("/network", "海安镇").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_machine_takes_the_place_of_one_that_burnt_and_what_that_one_said_comes_back() {
    walk("replaced", async |journey| {
        let county = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let mut burnt = county.below(journey, ["440825103", "海安镇", "township"]).await;
        let clerk = journey.seated(&burnt, "zhang").await;
        clerk.alt('0').await;
        clerk.sees("第 1 版").await;
        let operator = journey.seated(&county, "wang").await;
        operator.comes("/reports", "零报告").await;
        burnt.site.kill();

        operator.open("/admin/offices").await;
        operator.fold("海安镇", "换机器").await;
        operator.press("开换机器的邀请单").await;
        operator.sees("共 1 张").await;
        let word = on_the_sheet_of(&operator, "海安镇").await;
        let mut machine = Seat::new_machine(journey, "440825103-new");
        let clerk = joins(journey, &mut machine, &word).await;
        clerk.comes("/reports", "零报告").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_brings_the_office_back_on_another_machine_with_its_people_and_what_it_sent_since() {
    walk("restored", async |journey| {
        let city = Seat::first(journey, ["440800", "湛江市", "city"]);
        let mut county = city.below(journey, ["440825", "徐闻县", "county"]).await;
        county.site.stop();
        let said = county.site.done(&["backup", "code", "--new"]).out;
        let is_code = |line: &&str| line.split('-').count() == 6 && line.split('-').all(|group| group.trim().len() == 5);
        let code = said.lines().map(str::trim).find(is_code).expect("a recovery code").to_owned();
        county.site.serve();
        let operator = journey.seated(&county, "wang").await;
        let folder = backs_up(journey, &operator).await;
        // After the backup, and on its way before the machine breaks.
        operator.open("/").await;
        operator.alt('0').await;
        operator.sees("第 1 版").await;
        let above = journey.seated(&city, "zhang").await;
        above.comes("/reports", "零报告").await;
        county.site.kill();

        let mut machine = Seat::new_machine(journey, "440825-new");
        machine.site.set_up();
        let person = journey.window(&machine, "restored").await;
        person.comes("/", "首次安装").await;
        person.press("从备份恢复").await;
        person.fill("备份目录", &folder.display().to_string()).await;
        person.fill("恢复码", &code.replace('-', " ").to_lowercase()).await;
        person.fill("您的工号或帐号", "wang").await;
        person.press("恢复").await;
        // The browser itself asks for what was left empty.
        person.fill("您的姓名", "王五").await;
        person.press("恢复").await;
        person.sees("已恢复：440825").await;
        person.press("知道了").await;
        person.sees("正在启动").await;
        person.comes("/enter", "登录值班台").await;
        person.enter("wang", PASSWORD).await;
        person.sees("本单位该办的").await;
        person.comes("/reports", "零报告").await;
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

        let folder = backs_up(journey, &operator).await;
        assert!(std::fs::read_dir(&folder).expect("a folder").next().is_some(), "something was kept");
    })
    .await;
}
