//! Where things are: the repository, and the programs that this build made.

use std::path::{Path, PathBuf};

/// The top folder of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests crate stands in the repository").to_path_buf()
}

/// A program of this workspace, built with the same profile as the test that asks: `tests/run` builds every target first.
///
/// # Panics
/// When it is not there: a test of the program cannot say anything without it.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a running test knows its own path");
    let profile = test.parent().and_then(Path::parent).expect("tests are built to target/<profile>/deps");
    let program = profile.join(name);
    let build = "run `cargo build --workspace --all-targets` first, or for figures `cargo build --release`";
    assert!(program.is_file(), "{} is missing: {build}", program.display());
    program
}
