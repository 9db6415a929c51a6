//! What every journey begins and ends with: a folder, a browser, and pictures when it fails.

use std::{
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
};

use dutynet_tests::{
    browser::{Browser, Window},
    ground::repository,
};
use futures_util::FutureExt as _;
use tempfile::TempDir;

use super::offices::{PASSWORD, Seat};

/// A journey under way.
pub struct Journey {
    /// Its offices' folders.
    pub folder: TempDir,
    browser: Browser,
}

impl Journey {
    /// A window at an office's console, logged in as somebody.
    pub async fn seated(&mut self, seat: &Seat, person: &str) -> Window {
        let window = self.window(seat, person).await;
        window.enter(person, PASSWORD).await;
        window.sees("本单位该办的").await;
        window
    }

    /// A window at an office's console.
    pub async fn window(&mut self, seat: &Seat, name: &str) -> Window {
        self.browser.window(&format!("{}-{name}", seat.id), &seat.console()).await
    }
}

/// Walks a journey; pictures of all windows are kept when it fails.
pub async fn walk(name: &str, journey: impl AsyncFnOnce(&mut Journey)) {
    let mut under_way = Journey { folder: tempfile::tempdir().expect("a folder"), browser: Browser::start() };
    let walked = AssertUnwindSafe(journey(&mut under_way)).catch_unwind().await;
    ended(name, under_way.browser, walked).await;
}

/// As [`walk`], for a journey that has no offices of its own.
pub async fn walk_with(name: &str, journey: impl AsyncFnOnce(&Path, &mut Browser)) {
    let (folder, mut browser) = (tempfile::tempdir().expect("a folder"), Browser::start());
    let walked = AssertUnwindSafe(journey(folder.path(), &mut browser)).catch_unwind().await;
    ended(name, browser, walked).await;
}

async fn ended(name: &str, browser: Browser, walked: std::thread::Result<()>) {
    if walked.is_err() {
        for window in browser.windows() {
            // A window that broke is not there to be looked at; the others are.
            let looked = AssertUnwindSafe(kept(name, window)).catch_unwind().await;
            if looked.is_err() {
                eprintln!("no picture of {}", window.name);
            }
        }
    }
    browser.close().await;
    if let Err(failed) = walked {
        std::panic::resume_unwind(failed);
    }
}

/// Keeps a picture of a window and its source.
async fn kept(name: &str, window: &Window) {
    let folder = pictures();
    let file = |ending: &str| folder.join(format!("{name}-{}.{ending}", window.name));
    std::fs::write(file("png"), window.picture().await).expect("a picture is kept");
    std::fs::write(file("html"), window.source().await).expect("a source is kept");
    eprintln!("kept {}", file("png").display());
}

/// Where pictures are kept.
pub fn pictures() -> PathBuf {
    let folder = repository().join("target/journeys");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
