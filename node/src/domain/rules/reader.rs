//! Reads the TOML of a pack key by key, keeps every fault with its line, and knows which keys were asked for.

use std::collections::BTreeSet;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::fault::{Allowed, PackFault, PackFaultKind};

/// The text, and what was found wrong with it so far.
pub(super) struct Faults<'t> {
    text: &'t str,
    pub(super) found: Vec<PackFault>,
}

impl<'t> Faults<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// All of it.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Line of an offset, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    pub(super) fn add(&mut self, offset: usize, place: String, kind: PackFaultKind) {
        let line = self.line(offset);
        self.found.push(PackFault { line, place, kind });
    }
}

/// One table being read: the head of the pack, or a row.
pub(super) struct Entry<'f, 't, 'd> {
    faults: &'f mut Faults<'t>,
    table: &'d DeTable<'t>,
    at: usize,
    name: String,
    asked: BTreeSet<&'static str>,
}

impl<'f, 't, 'd> Entry<'f, 't, 'd> {
    /// A table that begins at an offset. Once its id is known, faults are named by it.
    pub(super) fn new(faults: &'f mut Faults<'t>, (table, at): (&'d DeTable<'t>, usize), kind: &str) -> Self {
        let id = table.get("id").or_else(|| table.get("code")).and_then(|id| id.as_ref().as_str());
        let name = id.map_or(kind.to_owned(), |id| format!("{kind} {id}"));
        Self { faults, table, at, name, asked: BTreeSet::new() }
    }

    /// Line on which it begins.
    pub(super) fn line(&self) -> usize {
        self.faults.line(self.at)
    }

    fn wrong(&mut self, key: &str, at: usize, kind: PackFaultKind) {
        self.faults.add(at, format!("{}: {key}", self.name), kind);
    }

    /// A value that may be left out; whatever stands there must be what is allowed.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        allowed: Allowed,
        read: impl FnOnce(&DeValue<'t>) -> Option<T>,
    ) -> Option<T> {
        self.asked.insert(key);
        let value: &Spanned<DeValue<'t>> = self.table.get(key)?;
        let read = read(value.as_ref());
        if read.is_none() {
            self.wrong(key, value.span().start, PackFaultKind::Wrong(allowed));
        }
        read
    }

    /// A value that must be there.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        allowed: Allowed,
        read: impl FnOnce(&DeValue<'t>) -> Option<T>,
    ) -> Option<T> {
        if !self.table.contains_key(key) {
            self.wrong(key, self.at, PackFaultKind::Missing);
        }
        self.optional(key, allowed, read)
    }

    /// Words that must be there.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        self.required(key, Allowed::Text, words)
    }

    /// Words that may be left out.
    pub(super) fn maybe_text(&mut self, key: &'static str) -> Option<String> {
        self.optional(key, Allowed::Text, words)
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&mut self, key: &'static str, all: &[T], name: fn(T) -> &'static str) -> Option<T> {
        let allowed = Allowed::OneOf(all.iter().map(|one| name(*one)).collect());
        self.required(key, allowed, |value| named(value, all, name))
    }

    /// One of a few words, or none.
    pub(super) fn maybe_one_of<T: Copy>(&mut self, key: &'static str, all: &[T], name: fn(T) -> &'static str) -> Option<T> {
        let allowed = Allowed::OneOf(all.iter().map(|one| name(*one)).collect());
        self.optional(key, allowed, |value| named(value, all, name))
    }

    /// A list of such words; empty where it is left out.
    pub(super) fn some_of<T: Copy>(&mut self, key: &'static str, all: &[T], name: fn(T) -> &'static str) -> Vec<T> {
        let allowed = Allowed::OneOf(all.iter().map(|one| name(*one)).collect());
        self.list(key, allowed, |value| named(value, all, name))
    }

    /// A list; empty where it is left out. Each fault in it stands at its own line.
    pub(super) fn list<T>(&mut self, key: &'static str, allowed: Allowed, read: impl Fn(&DeValue<'t>) -> Option<T>) -> Vec<T> {
        self.asked.insert(key);
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let Some(items) = value.as_ref().as_array() else {
            self.wrong(key, value.span().start, PackFaultKind::Wrong(Allowed::List));
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items.iter() {
            match read(item.as_ref()) {
                Some(item) => found.push(item),
                None => self.wrong(key, item.span().start, PackFaultKind::Wrong(allowed.clone())),
            }
        }
        found
    }

    /// Every key that was not asked for is a fault.
    pub(super) fn done(self) {
        for key in self.table.keys().filter(|key| !self.asked.contains(key.as_ref().as_ref())) {
            let place = format!("{}: {}", self.name, key.as_ref());
            self.faults.add(key.span().start, place, PackFaultKind::Unknown(self.asked.iter().copied().collect()));
        }
    }
}

/// Words, trimmed, not empty.
pub(super) fn words(value: &DeValue<'_>) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A number that is not negative.
pub(super) fn number(value: &DeValue<'_>) -> Option<u64> {
    let integer = value.as_integer()?;
    if integer.radix() == 10 { integer.as_str().parse().ok() } else { None }
}

/// A stable id.
pub(super) fn id(value: &DeValue<'_>) -> Option<String> {
    let text = value.as_str()?;
    let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let fits = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    (starts && fits && text.len() <= 64).then(|| text.to_owned())
}

fn named<T: Copy>(value: &DeValue<'_>, all: &[T], name: fn(T) -> &'static str) -> Option<T> {
    let text = value.as_str()?;
    all.iter().copied().find(|one| name(*one) == text)
}
