//! What comes from the printer when somebody presses 打印.

use std::{path::Path, process::Command};

use dutynet_tests::browser::Window;

use super::{journey::walk, offices::Seat};

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
