//! Every command that README and deploy tell people to type is one that this program understands.

use std::{fs, path::Path};

use clap::error::ErrorKind;

use super::args;

const DOCUMENTS: [&str; 3] = ["README.md", "deploy/README.md", "deploy/dutynet.service"];

/// What stands after `dutynet` in code of a document: between backticks, or on a line of its own in a block or a unit.
fn commands(document: &str) -> Vec<String> {
    let inline = document.split('`').skip(1).step_by(2);
    let lines = document.lines().map(|line| line.trim_start_matches("ExecStart=").trim_start_matches("ExecStartPre="));
    let typed = inline.chain(lines).filter_map(|code| {
        let code = code.strip_prefix("runuser -u dutynet -- ").or(code.strip_prefix("/usr/bin/")).unwrap_or(code);
        let words = code.strip_prefix("dutynet ")?;
        Some(words.split('…').next().unwrap_or_default().trim().to_owned())
    });
    typed.filter(|words| words.starts_with(|c: char| c.is_ascii_lowercase() || c == '-')).collect()
}

#[test]
fn documented_commands_are_understood() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = 0;
    for name in DOCUMENTS {
        for words in commands(&fs::read_to_string(top.join(name)).unwrap()) {
            found += 1;
            let line = std::iter::once("dutynet").chain(words.split_whitespace());
            // A command that is only named, without what it needs, is no fault.
            if let Err(fault) = args::command().try_get_matches_from(line) {
                assert_eq!(fault.kind(), ErrorKind::MissingRequiredArgument, "{name}: dutynet {words}: {fault}");
            }
        }
    }
    assert!(found > 20, "only {found} commands were found");
}
