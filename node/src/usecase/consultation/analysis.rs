//! The second part of the agenda (通报分析) as the machine would draft it: how the offices of the area met what they owe in a month, what goes on
//! there, and what was found; each number with the records that it counts. A person reads it, changes it, and takes the step.

use std::collections::BTreeMap;

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Mode,
};

use super::status::status_form;
use crate::{
    body::step::LINKS_MAX,
    domain::{
        beijing::Day,
        finding,
        obligation::{
            Key, Standing,
            stats::{Counts, month_of},
        },
        rules::Duty,
        step::MatterKind,
    },
    projection::Openness,
    text::consultation as words,
    usecase::{AskDueStats, Due, MatterRow, Office, Refused, matter::of_its_kind},
};

/// Places of 迟报 and 逾期未报 in [`Standing::NAMES`].
const AT_FAULT: [Standing; 2] = [Standing::Late { by: 1 }, Standing::Overdue { by: 1 }];

/// What is to be analysed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskAnalysis {
    /// Number or reference of the session.
    pub matter: String,
    /// `YYYY-MM` or `YYYY`; empty: this month.
    pub month: String,
}

/// A draft, to be read and changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysis {
    /// The month or year.
    pub month: String,
    /// Offices in the area.
    pub offices: usize,
    /// How duties were met, in the order of the duties.
    pub duties: Vec<DutyFigures>,
    /// Open incidents in which offices of the area take part, gravest first.
    pub incidents: Vec<MatterRow>,
    /// Findings about offices of the area that were ruled to be so in that time.
    pub findings: Vec<MatterRow>,
    /// As words for the step.
    pub words: String,
    /// Records that its numbers stand on, as many as a step names; the step may name them.
    pub records: Vec<RecordRef>,
    /// By the clock of this office.
    pub as_of: UnixMillis,
}

/// How one duty was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyFigures {
    /// What was owed.
    pub duty: Duty,
    /// How many stood how, in the order of [`crate::domain::obligation::Standing::NAMES`].
    pub counts: [u32; 9],
    /// Those that were late or are overdue, by office, each with its key.
    pub at_fault: Vec<(OfficeId, String, Key)>,
}

impl Office {
    /// Drafts it.
    pub async fn analyse(&self, asked: AskAnalysis) -> Result<Analysis, Refused> {
        let matter = self.matter_named(&asked.matter).await?;
        let steps = self.steps_of(&matter)?;
        of_its_kind(status_form()?, &matter, &steps)?;
        let area = steps.first().map(|call| call.to.clone()).unwrap_or_default();
        let of = |standing: Option<Standing>| {
            let standing = standing.map(Standing::place);
            AskDueStats { month: asked.month.clone(), standing, ..AskDueStats::default() }
        };
        let stats = self.due_stats(of(None)).await?;
        let month = if asked.month.is_empty() { month_of(stats.as_of) } else { asked.month.clone() };
        let registry = self.relay().registry();
        let is_in = |office: &OfficeId| area.iter().any(|top| registry.is_within(office, top));
        let offices = registry.subtree(self.own()).into_iter().filter(|(_, entry)| is_in(&entry.office)).count();
        let mut at_fault = Vec::new();
        for standing in AT_FAULT {
            let dues = self.due_stats(of(Some(standing))).await?.dues;
            at_fault.extend(dues.into_iter().filter(|due| is_in(&due.obligation.debtor)));
        }
        let incidents = self.taking_part(MatterKind::Incident, &is_in).await?;
        let findings = self.upheld_in(&month, &is_in).await?;
        let records = records(&at_fault, &incidents, &findings);
        let counts = stats.counts.iter().filter(|(group, ..)| is_in(&group.office));
        let duties = self.figures(counts.map(|(group, counts, _)| (group.duty, *counts)), &at_fault);
        let words = words::analysis(&month, offices, &duties, (&incidents, &findings));
        Ok(Analysis { month, offices, duties, incidents, findings, words, records, as_of: stats.as_of })
    }

    fn figures(&self, counts: impl Iterator<Item = (Duty, Counts)>, at_fault: &[Due]) -> Vec<DutyFigures> {
        let mut figures: BTreeMap<Duty, DutyFigures> = BTreeMap::new();
        for (duty, counts) in counts {
            let of_duty = figures.entry(duty).or_insert_with(|| DutyFigures { duty, counts: [0; 9], at_fault: Vec::new() });
            of_duty.counts.iter_mut().zip(counts.by_place()).for_each(|(sum, count)| *sum += count);
        }
        for owed in at_fault.iter().map(|due| &due.obligation) {
            let one = (owed.debtor.clone(), self.name_of(&owed.debtor), owed.key.clone());
            figures.entry(owed.duty).and_modify(|figures| figures.at_fault.push(one));
        }
        figures.into_values().collect()
    }

    /// Open matters that are real, of which an office of the area has taken a step.
    async fn taking_part(&self, kind: MatterKind, is_in: &impl Fn(&OfficeId) -> bool) -> Result<Vec<MatterRow>, Refused> {
        let mut found = Vec::new();
        for row in self.matters(kind, Openness::Open).await? {
            if row.mode == Mode::Real && self.steps_of(&row.matter)?.iter().any(|step| is_in(&step.office)) {
                found.push(row);
            }
        }
        Ok(found)
    }

    async fn upheld_in(&self, month: &str, is_in: &impl Fn(&OfficeId) -> bool) -> Result<Vec<MatterRow>, Refused> {
        let mut found = Vec::new();
        for row in self.matters(MatterKind::Finding, Openness::Closed).await? {
            let steps = self.steps_of(&row.matter)?;
            let Some(open) = steps.first().filter(|step| step.mode == Mode::Real) else { continue };
            let then = Day::of(open.times.recorded.here).to_string().starts_with(month);
            if then && open.to.iter().any(is_in) && finding::ruled(&steps) == Some("upheld") {
                found.push(row);
            }
        }
        Ok(found)
    }
}

/// What a step may name: incidents, findings, and what was made late.
fn records(at_fault: &[Due], incidents: &[MatterRow], findings: &[MatterRow]) -> Vec<RecordRef> {
    let matters = incidents.iter().chain(findings).map(|row| row.matter.clone());
    let met = |due: &Due| due.obligation.outcome.met.as_ref().map(|met| met.record.clone());
    matters.chain(at_fault.iter().filter_map(met)).take(LINKS_MAX).collect()
}
