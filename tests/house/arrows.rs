//! Dependencies run one way: proto ← relay ← node ← tests; each outside crate stands where its reason is.

use std::{collections::BTreeMap, fs};

use dutynet_tests::ground::repository;
use toml::Table;

use crate::{nothing_breaks, source::CRATES};

/// Which crates of ours each crate may use.
const ARROWS: [(&str, &[&str]); 4] = [
    ("proto", &[]),
    ("relay", &["dutynet-proto"]),
    ("node", &["dutynet-proto", "dutynet-relay"]),
    ("tests", &["dutynet-proto", "dutynet-relay", "dutynet-node", "dutynet-tests"]),
];

/// Outside crates that only these may use. Tests may look at anything.
const OWNERS: [(&str, &str); 7] = [
    ("sled", "relay"),
    ("backoff", "relay"),
    ("rustls", "relay"),
    ("tokio-rustls", "relay"),
    ("rcgen", "relay"),
    ("ed25519-dalek", "relay"),
    ("clap", "node"),
];

/// The manifest of a crate, or of the workspace for ``.
pub(crate) fn manifest(folder: &str) -> Table {
    let path = repository().join(folder).join("Cargo.toml");
    fs::read_to_string(path).expect("a manifest can be read").parse().expect("a manifest is TOML")
}

/// Names of all dependencies of a crate, with the table that they stand in.
pub(crate) fn dependencies(folder: &str) -> BTreeMap<String, &'static str> {
    let manifest = manifest(folder);
    let mut found = BTreeMap::new();
    for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for name in manifest.get(table).and_then(toml::Value::as_table).into_iter().flat_map(Table::keys) {
            found.insert(name.clone(), table);
        }
    }
    found
}

#[test]
fn crates_depend_one_way() {
    let mut faults = Vec::new();
    for (folder, allowed) in ARROWS {
        for (name, table) in dependencies(folder) {
            if name.starts_with("dutynet") && !allowed.contains(&name.as_str()) {
                faults.push(format!("{folder}/Cargo.toml: {name} in [{table}]"));
            }
        }
    }
    nothing_breaks("Dependencies run one way: proto <- relay <- node <- tests.", &faults);
}

#[test]
fn outside_crates_have_an_owner() {
    let mut faults = Vec::new();
    for folder in CRATES.into_iter().filter(|folder| *folder != "tests") {
        let found = dependencies(folder);
        for (name, owner) in OWNERS {
            if owner != folder && found.contains_key(name) {
                faults.push(format!("{folder}/Cargo.toml: {name} belongs to {owner}"));
            }
        }
    }
    nothing_breaks("What must stay replaceable is used by one crate.", &faults);
}

#[test]
fn versions_stand_in_one_place() {
    let mut faults = Vec::new();
    for folder in CRATES {
        let manifest = manifest(folder);
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, value) in manifest.get(table).and_then(toml::Value::as_table).into_iter().flatten() {
                if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                    faults.push(format!("{folder}/Cargo.toml: {name} in [{table}]"));
                }
            }
        }
    }
    nothing_breaks("Every dependency takes its version from [workspace.dependencies].", &faults);
}

#[test]
fn every_crate_keeps_the_lints_and_the_licence() {
    let mut faults = Vec::new();
    for folder in CRATES {
        let manifest = manifest(folder);
        let inherits = |value: Option<&toml::Value>| {
            value.and_then(|value| value.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
        };
        // Generated code fills proto; tests may unwrap, and list the other lints themselves.
        if !["proto", "tests"].contains(&folder) && !inherits(manifest.get("lints")) {
            faults.push(format!("{folder}/Cargo.toml: no `[lints] workspace = true`"));
        }
        if !inherits(manifest.get("package").and_then(|package| package.get("license"))) {
            faults.push(format!("{folder}/Cargo.toml: no `license.workspace = true`"));
        }
    }
    nothing_breaks("Lints and the licence come from the workspace.", &faults);
}
