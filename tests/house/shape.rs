//! The shape of a file: a head that says what it is, one idea, no way round the lints.

use crate::{
    nothing_breaks,
    source::{names, rust_files},
};

/// Lines of one file without its tests.
const LINES_MAX: usize = 400;
/// Lists of one thing, a line or two each: they are as long as what they list, and cut in two they would be harder to read.
const LISTS: [&str; 2] = ["node/src/text/refusal.rs", "node/src/text/refusal/sentences.rs"];

#[test]
fn every_file_says_what_it_is() {
    let faults: Vec<String> = rust_files()
        .iter()
        .filter(|file| {
            let head = file
                .lines
                .iter()
                .take_while(|line| line.comment.starts_with("//!"))
                .map(|line| line.comment.len())
                .sum::<usize>();
            head < "//! A head says more.".len()
        })
        .map(|file| file.path.clone())
        .collect();
    nothing_breaks("Every file opens with `//!`: what it is, what it promises, what it leaves to others.", &faults);
}

#[test]
fn no_file_holds_two_ideas() {
    let faults: Vec<String> = rust_files()
        .iter()
        .filter(|file| file.product_length() > LINES_MAX && !LISTS.contains(&file.path.as_str()))
        .map(|file| format!("{}: {} lines", file.path, file.product_length()))
        .collect();
    nothing_breaks("Past 400 lines, tests apart, a file holds two ideas.", &faults);
}

#[test]
fn nothing_goes_round_the_lints() {
    /// Attributes and words that no file needs, with what to do instead.
    const NEVER: [(&str, &str); 5] = [
        ("macro_rules", "write a function"),
        ("unsafe", "use rustix or std"),
        ("#[ignore]", "a test that does not run says nothing"),
        ("todo", "leave the place free"),
        ("unimplemented", "leave the place free"),
    ];
    /// Exceptions: file and word, each for a reason.
    const UNLESS: [(&str, &str); 1] = [
        // Kinds of opaque bytes must be different types with the same verbs; no function can declare a type.
        ("relay/src/ids.rs", "macro_rules"),
    ];
    let mut faults = Vec::new();
    for file in rust_files() {
        for (number, line) in file.all() {
            for (never, instead) in NEVER.into_iter().filter(|(never, _)| !UNLESS.contains(&(file.path.as_str(), never))) {
                let found = if never.starts_with('#') { line.code.contains(never) } else { names(&line.code, never) };
                if found {
                    faults.push(format!("{}:{number}: {never}: {instead}", file.path));
                }
            }
        }
    }
    nothing_breaks("No macros of our own, no unsafe, no test that does not run.", &faults);
}

#[test]
fn whoever_silences_a_lint_says_why() {
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| file.path != "proto/src/lib.rs") {
        for (number, line) in file.product() {
            let code = line.code.trim_start();
            let silences = ["#[allow(", "#![allow(", "#[expect(", "#![expect("].iter().any(|start| code.starts_with(start));
            let explained = code.contains("reason") || line.comment.len() > 4 || {
                number > 1 && file.lines[number - 2].comment.trim_start_matches('/').len() > 4
            };
            if silences && !explained {
                faults.push(format!("{}:{number}: {code}", file.path));
            }
        }
    }
    nothing_breaks("An exception from a lint carries `reason = \"…\"` or a comment.", &faults);
}
