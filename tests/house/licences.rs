//! What others wrote and we build: licences, sources, bans, and the advisories that we know of and accept.
//!
//! The rules stand in `deny.toml`, which cargo-deny reads too. This test needs neither cargo-deny nor a network: it reads `Cargo.lock`
//! (every platform) and `cargo metadata` (this one). Advisories need a live database: `tests/run` asks cargo-deny or cargo-audit where
//! they are at hand; here each accepted one must still have its crate in the tree, a reason and a date.

use std::{collections::BTreeMap, fs, process::Command};

use dutynet_tests::ground::repository;
use serde_json::Value;
use toml::Table;

use crate::nothing_breaks;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn read_toml(name: &str) -> Table {
    fs::read_to_string(repository().join(name)).expect("it is in the repository").parse().expect("it is TOML")
}

/// A list of strings, or of tables with such a key.
fn listed(table: &Table, section: &str, list: &str, key: &str) -> Vec<String> {
    let entries = table[section][list].as_array().expect("a list");
    entries.iter().map(|entry| entry.as_str().or_else(|| entry.get(key)?.as_str()).expect("a name").to_owned()).collect()
}

/// Every package of the lock file: name, version, source. Ours have no source.
fn locked() -> Vec<(String, String, Option<String>)> {
    let lock = read_toml("Cargo.lock");
    let text = |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let packages = lock["package"].as_array().expect("a lock file lists packages");
    packages
        .iter()
        .map(|p| (text(p, "name").unwrap_or_default(), text(p, "version").unwrap_or_default(), text(p, "source")))
        .collect()
}

/// What cargo says of every package that is built on this platform.
fn metadata() -> Value {
    let cargo = || {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(repository());
        command
    };
    let version = Command::new("rustc").arg("-vV").current_dir(repository()).output().expect("rustc runs").stdout;
    let version = String::from_utf8(version).expect("rustc speaks UTF-8");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    let asked = ["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", host];
    let answer = cargo().args(asked).output().expect("cargo runs");
    assert!(answer.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&answer.stderr));
    serde_json::from_slice(&answer.stdout).expect("cargo metadata is JSON")
}

#[test]
fn licences_are_ones_that_we_can_keep() {
    let deny = read_toml("deny.toml");
    let allowed = listed(&deny, "licenses", "allow", "name");
    let excepted = listed(&deny, "licenses", "exceptions", "crate");
    let exceptions = deny["licenses"]["exceptions"].as_array().into_iter().flatten();
    let also: BTreeMap<&str, Vec<String>> = exceptions.filter_map(|one| Some((one["crate"].as_str()?, licences(one)))).collect();
    let met = |package: &Value| {
        let (name, licence) = (package["name"].as_str().unwrap_or_default(), package["license"].as_str().unwrap_or_default());
        let known: Vec<String> = allowed.iter().chain(also.get(name).into_iter().flatten()).cloned().collect();
        Expression::of(licence).is_met(&known)
    };
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("cargo lists packages");
    let faults: Vec<String> = packages
        .iter()
        .filter(|package| !met(package))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .chain(
            excepted
                .iter()
                .filter(|name| !packages.iter().any(|package| package["name"] == name.as_str()))
                .map(|name| format!("{name}: excepted, and gone")),
        )
        .collect();
    assert!(packages.len() > 50, "the tree was read");
    nothing_breaks("Every licence is one of deny.toml's [licenses] allow.", &faults);
}

/// What an exception allows its crate beyond the others.
fn licences(exception: &toml::Value) -> Vec<String> {
    exception["allow"].as_array().into_iter().flatten().filter_map(toml::Value::as_str).map(str::to_owned).collect()
}

#[test]
fn every_source_is_the_registry_and_nothing_banned_is_built() {
    let banned = listed(&read_toml("deny.toml"), "bans", "deny", "crate");
    let mut faults = Vec::new();
    for (name, version, source) in locked() {
        match source {
            None if !name.starts_with("dutynet-") => faults.push(format!("{name} {version}: from a path")),
            Some(source) if source != CRATES_IO => faults.push(format!("{name} {version}: from {source}")),
            Some(_) | None => {}
        }
        if banned.contains(&name) {
            faults.push(format!("{name} {version}: banned"));
        }
    }
    nothing_breaks("Only crates.io, nothing that deny.toml bans.", &faults);
}

#[test]
fn accepted_advisories_have_a_crate_a_reason_and_a_date() {
    let deny = read_toml("deny.toml");
    let present: Vec<String> = locked().into_iter().map(|(name, ..)| name).collect();
    let accepted = deny["advisories"]["ignore"].as_array().expect("a list");
    let mut faults = Vec::new();
    for advisory in accepted {
        let text = |key: &str| advisory.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        let (id, reason) = (text("id"), text("reason"));
        let (about, rest) = reason.split_once(": ").unwrap_or_default();
        let dated = rest.ends_with(')') && rest.rsplit_once("(20").is_some_and(|(_, date)| date.len() == "26-01-31)".len());
        if !id.starts_with("RUSTSEC-") || !dated {
            faults.push(format!("{id}: the reason is written `crate: why it is accepted (date)`"));
        }
        if !present.iter().any(|name| name == about) {
            faults.push(format!("{id}: {about} is no longer in the tree"));
        }
    }
    nothing_breaks("An accepted advisory names its crate, says why, since when, and goes when its crate goes.", &faults);
}

#[test]
fn crates_that_come_twice_are_known() {
    let known = listed(&read_toml("deny.toml"), "bans", "skip", "crate");
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    locked().into_iter().for_each(|(name, version, _)| versions.entry(name).or_default().push(version));
    let twice =
        versions.iter().filter(|(name, versions)| versions.len() > 1 && !known.contains(name) && !name.starts_with("windows"));
    for (name, versions) in twice {
        println!("warning: {name} is built in {} versions: {}", versions.len(), versions.join(", "));
    }
    let gone: Vec<String> =
        known.into_iter().filter(|name| versions.get(name).is_none_or(|versions| versions.len() < 2)).collect();
    nothing_breaks("deny.toml's [bans] skip lists only crates that do come twice.", &gone);
}

/// An SPDX licence expression, as far as crates use it: names, AND, OR, parentheses; `/` is an old OR.
enum Expression {
    Licence(String),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

impl Expression {
    fn of(text: &str) -> Self {
        let spaced = text.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "+WITH+");
        let tokens: Vec<&str> = spaced.split_whitespace().collect();
        Self::any(&mut tokens.as_slice())
    }

    fn any(rest: &mut &[&str]) -> Self {
        let mut parts = vec![Self::all(rest)];
        while rest.first() == Some(&"OR") {
            *rest = &rest[1..];
            parts.push(Self::all(rest));
        }
        Self::Any(parts)
    }

    fn all(rest: &mut &[&str]) -> Self {
        let mut parts = vec![Self::one(rest)];
        while rest.first() == Some(&"AND") {
            *rest = &rest[1..];
            parts.push(Self::one(rest));
        }
        Self::All(parts)
    }

    fn one(rest: &mut &[&str]) -> Self {
        let Some((first, tail)) = rest.split_first() else { return Self::Licence(String::new()) };
        *rest = tail;
        if *first != "(" {
            return Self::Licence(first.replace("+WITH+", " WITH "));
        }
        let inner = Self::any(rest);
        *rest = rest.get(1..).unwrap_or_default();
        inner
    }

    fn is_met(&self, allowed: &[String]) -> bool {
        match self {
            Self::Licence(name) => allowed.contains(name),
            Self::All(parts) => parts.iter().all(|part| part.is_met(allowed)),
            Self::Any(parts) => parts.iter().any(|part| part.is_met(allowed)),
        }
    }
}

#[test]
fn licence_expressions_are_read_as_they_are_meant() {
    let allowed = ["MIT".to_owned(), "ISC".to_owned()];
    let met = |text: &str| Expression::of(text).is_met(&allowed);
    assert!(
        met("MIT") && met("GPL-3.0 OR MIT") && met("MIT/Apache-2.0") && met("MIT AND ISC") && met("(GPL-3.0 OR ISC) AND MIT")
    );
    assert!(!met("GPL-3.0") && !met("MIT AND GPL-3.0") && !met("MIT AND (GPL-3.0 OR Apache-2.0)") && !met(""));
    assert!(!met("MIT WITH LLVM-exception"));
}
