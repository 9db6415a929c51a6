//! Two offices of stories about backups: a parent that serves at a fixed port, a child that may lose its machine, and a stick.

use std::path::{Path, PathBuf};

use dutynet_tests::program::{Said, Site, wait_for};
use serde_json::Value;

const CLERK: [&str; 2] = ["--as", "z01:张三"];

pub(super) fn founded(folder: &Path) -> Site {
    let root = Site::new(folder);
    root.done(&["init", "440000", "--name", "广东省", "--class", "province", "--zone", "gov"]);
    root
}

/// A parent that serves at a fixed port, and a child with its recovery code and a stick.
pub(super) struct Pair {
    pub(super) folder: tempfile::TempDir,
    pub(super) parent: Site,
    pub(super) child: Site,
    pub(super) code: String,
}

impl Pair {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut parent = founded(&folder.path().join("parent"));
        parent.keeps_its_port();
        parent.serve();
        let mut child = Site::new(&folder.path().join("child"));
        let enrolled = enrol(&parent, &child, &["--name", "湛江市", "--class", "city"]);
        child.serve();
        std::fs::create_dir(folder.path().join("stick")).unwrap();
        Self { code: code_in(&enrolled), folder, parent, child }
    }

    /// Waits until the child has told the parent which rules it runs.
    pub(super) fn knows_the_rules(&self) {
        wait_for("the parent knows the child's rules", || {
            let offices = self.parent.done(&["rules", "list", "--children", "--json"]).json();
            offices[1]["packs"].as_array().is_some_and(|packs| !packs.is_empty())
        });
    }

    pub(super) fn stick(&self) -> String {
        self.folder.path().join("stick").to_str().unwrap().to_owned()
    }

    pub(super) fn empty_machine(&self, name: &str) -> Site {
        Site::new(&self.folder.path().join(name))
    }

    pub(super) fn back_up(&self) -> Value {
        self.child.done(&[["backup", "now", "--to", &self.stick(), "--json"].as_slice(), &CLERK].concat()).json()
    }

    pub(super) fn restore(&self, machine: &Site) -> Said {
        machine.run_with(&["restore", "--from", &self.stick()], &self.code)
    }

    /// The machine is gone, with everything on it.
    pub(super) fn lose_the_child(&mut self) {
        self.child.kill();
        std::fs::remove_dir_all(self.child.folder.join("data")).unwrap();
    }

    /// Waits until the child's report of a day is on the parent's disk.
    pub(super) fn arrives(&self, day: &str) {
        wait_for("the report is on the parent's board", || filed(&self.parent, day) == "zero");
    }
}

pub(super) fn enrol(parent: &Site, child: &Site, how: &[&str]) -> Said {
    let invite = [["invite", "440800", "--as", "z01:张三", "--json"].as_slice(), how].concat();
    let invitation = parent.done(&invite).json()["invitation"].as_str().unwrap().to_owned();
    let enrolled = child.run_with(&["enrol", "-"], &invitation);
    assert_eq!(enrolled.status, 0, "{enrolled:?}");
    enrolled
}

/// The recovery code as it was printed: six groups of five.
pub(super) fn code_in(said: &Said) -> String {
    let is_code = |line: &&str| line.len() == 35 && line.split('-').count() == 6;
    said.out.lines().map(str::trim).find(is_code).unwrap_or_else(|| panic!("no code: {}", said.out)).to_owned()
}

pub(super) fn zero(site: &Site, day: &str) -> Value {
    site.done(&[["report", "zero", "--period", day, "--json"].as_slice(), &CLERK].concat()).json()
}

/// What the city has filed for a day, as an office knows it.
pub(super) fn filed(site: &Site, day: &str) -> String {
    let board = site.done(&["report", "board", "--period", day, "--json"]).json();
    let row = board["rows"].as_array().unwrap().iter().find(|row| row["office"] == "440800").unwrap().clone();
    row["filed"].as_str().unwrap().to_owned()
}

pub(super) fn revisions(site: &Site, day: &str) -> usize {
    let shown = site.done(&["report", "show", "zero", "--office", "440800", "--period", day, "--json"]).json();
    shown["revisions"].as_array().unwrap().len()
}

pub(super) fn status(site: &Site) -> Value {
    site.done(&["status", "--json"]).json()
}

pub(super) fn warns(site: &Site, code: &str) -> bool {
    status(site)["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == code)
}

/// Every file below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
