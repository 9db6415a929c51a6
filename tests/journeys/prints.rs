//! What comes from the printer when somebody presses 打印.

use std::{path::Path, process::Command};

use dutynet_tests::browser::Window;

use super::{incidents::takes_the_call, journey::walk, offices::Seat};

/// The words on the printed pages.
async fn on_paper(window: &Window, folder: &Path) -> String {
    let (pdf, text) = (folder.join("printed.pdf"), folder.join("printed.txt"));
    std::fs::write(&pdf, window.printed().await).expect("a file");
    let read = Command::new("pdftotext").arg("-layout").arg(&pdf).arg(&text).status();
    assert!(read.expect("pdftotext is installed: tests/run does it").success());
    std::fs::read_to_string(text).expect("words")
}

/// Presses 打印 and looks at what would come out.
async fn is_printed(window: &Window, link: &str, folder: &Path) {
    window.press(link).await;
    window.sees("A4").await;
    let paper = on_paper(window, folder).await;
    assert!(paper.contains("徐闻县"), "{paper}");
    assert!(!paper.contains("Ctrl+P") && !paper.contains("导出"), "{paper}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_and_a_report_are_printed_without_what_is_only_for_the_screen() {
    walk("printed", async |journey| {
        let office = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let clerk = journey.seated(&office, "zhang").await;
        clerk.alt('0').await;
        clerk.sees("第 1 版").await;
        is_printed(&clerk, "打印", journey.folder.path()).await;
        clerk.open("/reports").await;
        is_printed(&clerk, "汇总表", journey.folder.path()).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_form_of_an_event_is_printed_with_what_was_said() {
    walk("forms", async |journey| {
        let office = Seat::first(journey, ["440825", "徐闻县", "county"]);
        let clerk = journey.seated(&office, "zhang").await;
        takes_the_call(&clerk, "海堤渗漏").await;
        let event = clerk.path().await;
        for form in ["值班电话处理单", "突发公共事件呈报单", "应急值班信息记录单"] {
            clerk.open(&event).await;
            clerk.press(form).await;
            clerk.sees("A4").await;
            let paper = on_paper(&clerk, journey.folder.path()).await;
            let plain: String = paper.split_whitespace().collect();
            assert!(plain.contains(form) && plain.contains("海堤渗漏") && plain.contains("陈村长"), "{form}: {paper}");
            assert!(!plain.contains("Ctrl+P"), "{paper}");
        }
    })
    .await;
}
