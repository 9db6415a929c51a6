//! The rules of this house, as tests: a rule that nothing checks is not a rule.
//!
//! Each rule reads the repository as it stands and lists every place that breaks it, with the reason for the rule. An exception is a
//! line in a list here, with its own reason; there is no other way round a rule.

mod arrows;
mod licences;
mod places;
mod readme;
mod schema;
mod shape;
mod source;
mod words;

/// Fails with every place that breaks a rule, and why the rule is there.
#[track_caller]
fn nothing_breaks(rule: &str, faults: &[String]) {
    assert!(faults.is_empty(), "\n{rule}\n  {}\n", faults.join("\n  "));
}
