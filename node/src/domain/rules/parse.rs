//! From the text of a pack to its rows, or to every fault in it at once, each with its line.

use std::collections::BTreeSet;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    answers::LeaderRole,
    fault::{Allowed, PackFault, PackFaultKind},
    pack::{PACK_BYTES_MAX, Pack},
    parse_rows::{approval, area, category, element, limit, row, special, threshold},
    reader::{Entry, Faults, id, number},
};
use crate::domain::holiday::{Holidays, HolidaysError};

impl Pack {
    /// Reads the text of a pack; every fault at once when it is none.
    pub fn parse(text: &str) -> Result<Self, Vec<PackFault>> {
        let mut faults = Faults::new(text);
        if text.len() > PACK_BYTES_MAX {
            faults.add(0, String::new(), PackFaultKind::TooLong);
        }
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            faults.add(at, String::new(), PackFaultKind::Syntax(error.message().to_owned()));
        }
        if !faults.found.is_empty() {
            return Err(faults.found);
        }
        let pack = read_pack(&mut faults, table.as_ref());
        faults.found.sort_by_key(|fault| fault.line);
        match pack {
            Some(pack) if faults.found.is_empty() => Ok(pack),
            Some(_) | None => Err(faults.found),
        }
    }
}

fn read_pack<'t>(faults: &mut Faults<'t>, table: &DeTable<'t>) -> Option<Pack> {
    let categories = rows(faults, table, "category", category);
    let limits = rows(faults, table, "limit", |entry| row(entry, limit));
    let thresholds = rows(faults, table, "grade", |entry| row(entry, threshold));
    let elements = rows(faults, table, "element", |entry| row(entry, element));
    let tells = rows(faults, table, "tell", |entry| row(entry, |e| e.one_of("role", &LeaderRole::ALL, LeaderRole::key)));
    let approvals = rows(faults, table, "approval", |entry| row(entry, approval));
    let specials = rows(faults, table, "special", |entry| row(entry, special));
    let calendar = calendar(faults, table);
    let mut head = Entry::new(faults, (table, 0), "pack");
    let id = head.required("pack", Allowed::Id, id);
    let version = head.required("version", Allowed::Number, |value| {
        number(value).and_then(|version| u32::try_from(version).ok()).filter(|version| *version > 0)
    });
    let title = head.text("title");
    let elsewhere = head.maybe_text("elsewhere");
    let source = head.text("source");
    let place = place(&mut head);
    for rows in ["category", "limit", "grade", "element", "tell", "approval", "special", "year"] {
        head.optional(rows, Allowed::Rows, is_rows);
    }
    head.done();
    let mut pack = Pack {
        key: id.clone()?,
        id: id?,
        version: version?,
        elsewhere: elsewhere.or_else(|| title.clone())?,
        title: title?,
        source: source?,
        categories,
        limits,
        thresholds,
        elements,
        tells,
        approvals,
        specials,
        calendar: calendar?,
    };
    pack.settle(&place);
    twice(faults, &pack);
    Some(pack)
}

/// Where a pack is in force, for every row that does not say it.
struct Place {
    areas: Vec<String>,
    by_reference: bool,
}

fn place(entry: &mut Entry<'_, '_, '_>) -> Place {
    let areas = entry.list("areas", Allowed::Area, area);
    let by_reference = entry.optional("by_reference", Allowed::YesNo, DeValue::as_bool).unwrap_or(false);
    Place { areas, by_reference }
}

impl Pack {
    /// Rows that do not say where they are in force are so where the pack is.
    fn settle(&mut self, place: &Place) {
        let limits = self.limits.iter_mut().map(|row| &mut row.scope);
        let thresholds = self.thresholds.iter_mut().map(|row| &mut row.scope);
        let elements = self.elements.iter_mut().map(|row| &mut row.scope);
        let tells = self.tells.iter_mut().map(|row| &mut row.scope);
        let approvals = self.approvals.iter_mut().map(|row| &mut row.scope);
        let specials = self.specials.iter_mut().map(|row| &mut row.scope);
        for scope in limits.chain(thresholds).chain(elements).chain(tells).chain(approvals).chain(specials) {
            if scope.areas.is_empty() {
                scope.areas.clone_from(&place.areas);
            }
            scope.by_reference |= place.by_reference;
        }
    }
}

fn rows<'t, T>(
    faults: &mut Faults<'t>,
    table: &DeTable<'t>,
    kind: &'static str,
    read: impl Fn(&mut Entry<'_, 't, '_>) -> Option<T>,
) -> Vec<T> {
    let items = table.get(kind).and_then(|value| value.as_ref().as_array());
    let mut found = Vec::new();
    for item in items.into_iter().flat_map(|items| items.iter()) {
        let Some(row) = item.as_ref().as_table() else { continue };
        let mut entry = Entry::new(faults, (row, item.span().start), kind);
        let read = read(&mut entry);
        entry.done();
        found.extend(read);
    }
    found
}

fn is_rows(value: &DeValue<'_>) -> Option<()> {
    value.as_array()?.iter().all(|row: &Spanned<DeValue<'_>>| row.as_ref().is_table()).then_some(())
}

fn calendar<'t>(faults: &mut Faults<'t>, table: &DeTable<'t>) -> Option<Holidays> {
    let Some(years) = table.get("year") else { return Some(Holidays::default()) };
    let read = Holidays::in_pack(faults.text());
    read.map_err(|error| {
        let at = match &error {
            HolidaysError::Syntax(error) => error.span().map(|span| span.start),
            HolidaysError::Days(_) => None,
        };
        let said = match &error {
            HolidaysError::Syntax(error) => error.message().to_owned(),
            HolidaysError::Days(days) => days.clone(),
        };
        faults.add(at.unwrap_or(years.span().start), "year".to_owned(), PackFaultKind::Calendar(said));
    })
    .ok()
}

fn twice(faults: &mut Faults<'_>, pack: &Pack) {
    let mut seen = BTreeSet::new();
    for (kind, id, line) in pack.row_ids() {
        if !seen.insert((kind, id)) {
            faults.found.push(PackFault { line, place: format!("{kind} {id}"), kind: PackFaultKind::Twice });
        }
    }
    let mut codes = BTreeSet::new();
    for category in &pack.categories {
        if !codes.insert(&category.code) {
            let place = format!("category {}", category.code);
            faults.found.push(PackFault { line: category.line, place, kind: PackFaultKind::Twice });
        }
    }
}
