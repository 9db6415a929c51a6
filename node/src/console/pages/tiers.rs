//! A tree that is larger than anybody reads at once: its parts, one for each office right below this one, and which of them are open.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_relay::ids::OfficeId;

use super::super::Console;

/// Offices that are shown without being asked for; further parts are folded.
pub(super) const SHOWN_MAX: usize = 300;

/// For every office below this one, the office right below this one in whose part it stands. One that stands alone, and this one, have none.
pub(super) fn tops(console: &Console) -> BTreeMap<OfficeId, OfficeId> {
    let mut tops = BTreeMap::new();
    let (mut top, mut alone) = (None, true);
    let below = console.office.offices_below();
    for (depth, entry) in &below {
        match depth {
            0 => {}
            1 => (top, alone) = (Some(entry.office.clone()), true),
            _ => {
                if let Some(top) = &top {
                    if std::mem::take(&mut alone) {
                        tops.insert(top.clone(), top.clone());
                    }
                    tops.insert(entry.office.clone(), top.clone());
                }
            }
        }
    }
    tops
}

/// Rows by their part, in their order; the first comes first.
pub(super) fn parts<'a, R>(rows: impl IntoIterator<Item = &'a R>, part: impl Fn(&R) -> String) -> Vec<(String, Vec<&'a R>)> {
    let mut parts: Vec<(String, Vec<&R>)> = Vec::new();
    let mut place: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let key = part(row);
        let at = *place.entry(key.clone()).or_insert(parts.len());
        match parts.get_mut(at) {
            Some((_, rows)) => rows.push(row),
            None => parts.push((key, vec![row])),
        }
    }
    parts
}

/// A part as a line that opens it.
pub(super) struct Folded {
    pub(super) name: String,
    pub(super) open: bool,
    /// What is asked for to open or shut it.
    pub(super) toggled: String,
    /// Rows in it.
    pub(super) all: usize,
    /// Those who are missing.
    pub(super) missing: usize,
}

/// Which parts are open.
pub(super) struct Open(BTreeSet<String>);

impl Open {
    /// Those that are asked for, `a,b`; nothing is asked for: as many as `most` rows have room for.
    pub(super) fn of<R>(parts: &[(String, Vec<&R>)], asked: &str, most: usize) -> Self {
        let asked: BTreeSet<&str> = asked.split(',').filter(|key| !key.is_empty()).collect();
        let mut shown = 0;
        let mut fits = |rows: usize| {
            shown += rows;
            shown <= most
        };
        let is_open = |key: &str, rows: usize| if asked.is_empty() { fits(rows) } else { asked.contains(part_key(key)) };
        let mut is_open = is_open;
        Self(parts.iter().filter(|(key, rows)| is_open(key, rows.len())).map(|(key, _)| part_key(key).to_owned()).collect())
    }

    /// Whether one is.
    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains(part_key(key))
    }

    /// What is asked for to open it, or to shut it.
    pub(super) fn toggled(&self, key: &str) -> String {
        let key = part_key(key);
        let mut keys: BTreeSet<&str> = self.0.iter().map(String::as_str).collect();
        if !keys.remove(key) {
            keys.insert(key);
        }
        if keys.is_empty() { "-".to_owned() } else { keys.into_iter().collect::<Vec<_>>().join(",") }
    }
}

/// As a query names a part; those that stand alone are one part without an office.
fn part_key(key: &str) -> &str {
    if key.is_empty() { "direct" } else { key }
}
