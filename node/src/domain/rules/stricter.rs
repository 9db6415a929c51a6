//! A unit may lay stricter rules over those that bind it, never laxer ones: each that is laxer is named with the article that it breaks.
//!
//! Rules that are followed by reference only bind nobody here: a rule of the own place may say otherwise. What only adds (elements, leaders
//! to be told) is never laxer.

use super::{
    answers::{Brings, Goes},
    evaluate::Rules,
    fault::{PackFault, PackFaultKind},
    pack::{Force, Pack, Row},
};
use crate::domain::beijing::Day;

/// For whom a pack is to be in force: an area, and a day.
#[derive(Debug, Clone, Copy)]
pub struct Here<'a> {
    /// Area code; may be empty.
    pub jurisdiction: &'a str,
    /// The day.
    pub on: Day,
}

impl Rules {
    /// Rows of a pack that are laxer than what binds an office, and what they break.
    pub fn laxer(&self, pack: &Pack, here: Here<'_>) -> Vec<PackFault> {
        let mut faults = Vec::new();
        for bound in self.packs().filter(|bound| bound.key != pack.key) {
            let limits = broken(("limit", &pack.limits), (bound, &bound.limits), here, |row, base| {
                let one_debt = (row.duty, row.to, &row.slot) == (base.duty, base.to, &base.slot);
                one_debt && row.limit.strictness(base.limit).then(row.basis.cmp(&base.basis)).is_gt()
            });
            let grades = broken(("grade", &pack.thresholds), (bound, &bound.thresholds), here, |row, base| {
                let higher = |row: Option<u64>, base: Option<u64>| row.zip(base).is_some_and(|(row, base)| row > base);
                row.grade == base.grade
                    && (higher(row.dead, base.dead)
                        || higher(row.badly_hurt, base.badly_hurt)
                        || higher(row.missing, base.missing)
                        || higher(row.loss_yuan, base.loss_yuan))
            });
            let approvals = broken(("approval", &pack.approvals), (bound, &bound.approvals), here, |row, base| {
                row.within_ms > base.within_ms || (row.at_end == Goes::Waits && base.at_end != Goes::Waits)
            });
            let specials = broken(("special", &pack.specials), (bound, &bound.specials), here, |row, base| {
                let counted = matches!(row.brings, Brings::Leaders | Brings::Officers | Brings::RosterAhead);
                row.brings == base.brings && counted && row.number < base.number
            });
            faults.extend(limits.into_iter().chain(grades).chain(approvals).chain(specials));
        }
        faults.sort_by_key(|fault| fault.line);
        faults
    }
}

/// Rows that meet one of a pack that binds, and are laxer.
fn broken<T>(
    (kind, rows): (&str, &[Row<T>]),
    (bound, bases): (&Pack, &[Row<T>]),
    here: Here<'_>,
    is_laxer: impl Fn(&T, &T) -> bool,
) -> Vec<PackFault> {
    let bases = bases.iter().filter_map(|base| Some((base, binds(base, here)?)));
    let meets = |row: &&Row<T>, base: &Row<T>| row.scope.force_in(here.jurisdiction).is_some() && row.scope.overlaps(&base.scope);
    let broken = bases.flat_map(|(base, force)| {
        let laxer = rows.iter().filter(move |row| meets(row, base));
        let laxer = laxer.filter(|row| is_laxer(&row.rule, &base.rule)).collect::<Vec<_>>();
        laxer.into_iter().map(move |row| PackFault {
            line: row.line,
            place: format!("{kind} {}", row.id),
            kind: PackFaultKind::Laxer(bound.cite(base, force)),
        })
    });
    broken.collect()
}

fn binds<T>(base: &Row<T>, here: Here<'_>) -> Option<Force> {
    let force = base.scope.force_in(here.jurisdiction).filter(|_| base.scope.is_in_force(here.on))?;
    match force {
        Force::Local | Force::General => Some(force),
        Force::Reference => None,
    }
}
