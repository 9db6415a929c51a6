//! The pictures of the README, taken from the demonstration: what they show is walked to on every run, so that each can be taken anew, but
//! whether they have grown old is for people to see.
//! `DUTYNET_BLESS=1 cargo test --workspace --test journeys pictures` puts them in their place.

use std::path::Path;

use dutynet_tests::{
    browser::{Browser, Screen, Window},
    ground::repository,
};

use super::{
    demo::Demo,
    journey::{pictures, walk_with},
};

/// Where the README finds them.
const FOLDER: &str = "deploy/pictures";

/// Keeps a picture of the page that is open, and puts it in its place where that is wanted.
async fn taken(window: &Window, name: &str) {
    let picture = window.picture().await;
    let file = format!("{name}.png");
    std::fs::write(pictures().join(&file), &picture).expect("a picture is kept");
    let place = repository().join(FOLDER);
    if std::env::var_os("DUTYNET_BLESS").is_some() {
        std::fs::create_dir_all(&place).expect("a folder");
        std::fs::write(place.join(&file), &picture).expect("a picture is put in its place");
    }
    let kept =
        std::fs::read(place.join(&file)).unwrap_or_else(|error| panic!("{FOLDER}/{file}: {error}: DUTYNET_BLESS=1 makes it"));
    assert!(kept.starts_with(b"\x89PNG"), "{FOLDER}/{file} is no picture");
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("a README");
    assert!(readme.contains(&format!("({FOLDER}/{file})")), "the README does not show {file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_the_readme_are_taken_from_the_demonstration() {
    walk_with("pictures", async |folder: &Path, browser: &mut Browser| {
        let happens = [
            "notice 做好台风防御准备",
            "event 安铺镇",
            "event",
            "roll",
            "answer 安铺镇",
            "answer 廉江市",
            "answer 茂名市",
            "cut 徐闻县",
        ];
        let demo = Demo::start(folder, &happens);
        let county = demo.seated(browser, "廉江市", "zhiban").await;
        county.looked_at_on(Screen::DESK).await;
        county.comes("/", "海堤渗漏").await;
        taken(&county, "duty").await;
        let province = demo.seated(browser, "广东省", "zhiban").await;
        province.looked_at_on(Screen::DESK).await;
        province.comes("/rolls", "值班点名").await;
        province.press("值班点名").await;
        province.sees("应到 14").await;
        taken(&province, "roll").await;
        province.comes("/network", "断").await;
        taken(&province, "network").await;
        let leader = demo.seated(browser, "安铺镇", "lingdao").await;
        leader.looked_at_on(Screen::HAND).await;
        leader.comes("/inbox", "海堤渗漏").await;
        taken(&leader, "inbox").await;
    })
    .await;
}
