//! What README promises about the code is so: each dependency has its reason, each word its row, each command its place.

use std::{collections::BTreeSet, fs};

use dutynet_tests::ground::repository;

use crate::{
    arrows::{dependencies, manifest},
    nothing_breaks,
    source::{CRATES, SourceFile, rust_files},
};

fn readme() -> String {
    fs::read_to_string(repository().join("README.md")).expect("there is a README")
}

/// The rows of tables under the heading that holds `heading`, cells trimmed, without the heading row and the rule below it.
fn rows(readme: &str, heading: &str) -> Vec<Vec<String>> {
    let from_heading = readme.lines().skip_while(|line| !(line.starts_with("## ") && line.contains(heading)));
    let section = from_heading.skip(1).take_while(|line| !line.starts_with("## "));
    let rows = section
        .filter(|line| line.starts_with('|') && !line.starts_with("| ---"))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    rows.skip(1).collect()
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = manifest("");
    let workspace = manifest["workspace"]["dependencies"].as_table().expect("versions stand in the workspace");
    let used: BTreeSet<String> = workspace.keys().filter(|name| !name.starts_with("dutynet")).cloned().collect();
    let mut explained = BTreeSet::new();
    let mut faults = Vec::new();
    for row in rows(&readme(), "Dependencies") {
        let names = row[0].split('`').skip(1).step_by(2).map(str::to_owned);
        if row.last().is_none_or(|reason| reason.chars().count() < 8) {
            faults.push(format!("{}: no reason", row[0]));
        }
        explained.extend(names);
    }
    faults.extend(used.difference(&explained).map(|name| format!("{name}: in Cargo.toml, not in README")));
    faults.extend(explained.difference(&used).map(|name| format!("{name}: in README, not in Cargo.toml")));
    nothing_breaks("README's table of dependencies names every one, with its reason.", &faults);
}

#[test]
fn every_dependency_stands_with_the_crates_that_use_it() {
    let needs = CRATES.map(|folder| (folder, dependencies(folder)));
    let mut faults = Vec::new();
    for row in rows(&readme(), "Dependencies") {
        for name in row[0].split('`').skip(1).step_by(2) {
            let users: Vec<&str> =
                needs.iter().filter(|(_, needs)| needs.contains_key(name)).map(|(folder, _)| *folder).collect();
            let users = if users.len() == CRATES.len() { "all".to_owned() } else { users.join(", ") };
            if row[1] != users {
                faults.push(format!("{name}: used by {users}, not by {}", row[1]));
            }
        }
    }
    nothing_breaks("README's table of dependencies says which crates use each.", &faults);
}

/// A promise whose stories bear other names, and the file that they stand in.
const TOLD_ELSEWHERE: (&str, &str) = ("g6_", "tests/stories/coming_back.rs");

#[test]
fn every_promise_has_a_story_that_bears_its_name() {
    let readme = readme();
    let promised: BTreeSet<&str> = readme.split("- **G").skip(1).filter_map(|rest| rest.get(..1)).collect();
    assert!(promised.len() >= 6, "README promises {promised:?}");
    let stories: Vec<SourceFile> = rust_files().into_iter().filter(|file| file.is_under(&["tests/stories/"])).collect();
    let told = |name: &str| stories.iter().any(|file| file.lines.iter().any(|line| line.code.contains(&format!("fn {name}"))));
    let mut faults = Vec::new();
    for number in promised {
        let name = format!("g{number}_");
        let elsewhere = name == TOLD_ELSEWHERE.0 && stories.iter().any(|file| file.path == TOLD_ELSEWHERE.1);
        if !told(&name) && !elsewhere {
            faults.push(format!("G{number}"));
        }
    }
    nothing_breaks("What README promises is told by a story in tests/stories whose name begins with it.", &faults);
}

#[test]
fn the_first_commands_are_the_ones_that_are_tested() {
    let readme = readme();
    let commands: Vec<&str> = readme.split("```sh\n").skip(1).filter_map(|block| block.lines().next()).take(2).collect();
    assert_eq!(commands, ["cargo run --release -- demo", "tests/run"], "what a newcomer types first");
    let run = fs::read_to_string(repository().join("tests/run")).expect("there is tests/run");
    assert!(run.contains("demo --once"), "the first command is run by CI");
}

#[test]
fn ci_runs_the_tests_and_nothing_else() {
    let ci = fs::read_to_string(repository().join(".ci/run")).expect("there is .ci/run");
    let commands: Vec<&str> = ci.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).collect();
    assert_eq!(commands, [r#"exec "$(dirname "$0")/../tests/run""#]);
}
