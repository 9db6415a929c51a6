//! 通报 drafted from facts: what was ruled, and what was praised, in some days, each number with the matters that it counts.
//!
//! Nothing is sent: a person reads the draft, changes it, and sends it as a directive. Only what was ruled to be so is named: nobody is
//! circulated for what is still to be explained.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{OfficeId, RecordRef},
    record::Mode,
};

use crate::{
    domain::{
        beijing::Day,
        finding,
        matter::{Matter, Step, Summary},
        number::Number,
        step::MatterKind,
    },
    text::{finding as words, refusal::Refusal},
    usecase::{Office, Refused, office_ids, shown},
};

/// What a circular is to be about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskCircular {
    /// First and last day, `YYYY-MM-DD`.
    pub days: (String, String),
    /// Empty: every office below.
    pub offices: Vec<String>,
    /// Kinds of finding, and `praise`; empty: all.
    pub kinds: Vec<String>,
}

/// A circular to be read, changed and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircularDraft {
    /// A title.
    pub title: String,
    /// The words.
    pub words: String,
    /// Every number in it, with what it counts.
    pub figures: Vec<Figure>,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Of which office.
    pub office: OfficeId,
    /// Its name.
    pub name: String,
    /// Kind of finding, or `praise`.
    pub kind: String,
    /// What is counted; each opens.
    pub matters: Vec<(RecordRef, Number)>,
}

/// The kind under which praise is counted.
const PRAISE: &str = "praise";

impl Office {
    /// Drafts a circular.
    pub async fn draft_circular(&self, asked: AskCircular) -> Result<CircularDraft, Refused> {
        let day = |text: &str| Day::parse(text).map_err(|_| Refused::about(Refusal::PeriodInvalid, shown(text)));
        let days = (day(&asked.days.0)?, day(&asked.days.1)?);
        if days.0 > days.1 {
            return Err(Refused::about(Refusal::SpanInvalid, days.0));
        }
        let offices = office_ids(&asked.offices)?;
        for office in &offices {
            self.within(office.as_str())?;
        }
        self.caught_up().await?;
        let mut figures: Vec<Figure> = Vec::new();
        for matter in self.findings()? {
            let steps = self.steps_of(&matter)?;
            let Some((kind, about)) = counted(&steps, days) else { continue };
            if !asked.kinds.is_empty() && !asked.kinds.contains(&kind) {
                continue;
            }
            for office in about.iter().filter(|office| offices.is_empty() || offices.contains(office)) {
                self.count_figure(&mut figures, office, &kind, &matter);
            }
        }
        let place = self.places();
        figures.sort_by_key(|figure| (place.iter().position(|office| *office == figure.office), figure.kind.clone()));
        let title = words::circular_title(&self.name_of(self.own()));
        let words = words::circular((&days.0.to_string(), &days.1.to_string()), &figures);
        Ok(CircularDraft { title, words, figures })
    }

    fn count_figure(&self, figures: &mut Vec<Figure>, office: &OfficeId, kind: &str, matter: &RecordRef) {
        let one = (matter.clone(), Number::of(matter));
        match figures.iter_mut().find(|figure| figure.office == *office && figure.kind == kind) {
            Some(figure) => figure.matters.push(one),
            None => {
                let (office, name) = (office.clone(), self.name_of(office));
                figures.push(Figure { office, name, kind: kind.to_owned(), matters: vec![one] });
            }
        }
    }

    /// The offices of the subtree, in the order of the tree.
    fn places(&self) -> Vec<OfficeId> {
        let registry = self.relay().registry();
        registry.subtree(self.own()).into_iter().map(|(_, entry)| entry.office.clone()).collect()
    }
}

/// Of which kind, and about whom, a matter is counted in these days; `None`: it is not.
fn counted(steps: &[Step], (first, last): (Day, Day)) -> Option<(String, BTreeSet<OfficeId>)> {
    let open = steps.first().filter(|step| step.mode == Mode::Real)?;
    let day = Day::of(open.times.recorded.here);
    if day < first || last < day {
        return None;
    }
    let kind = if finding::is_praise(steps) {
        PRAISE.to_owned()
    } else {
        finding::ruled(steps).filter(|ruling| *ruling == "upheld")?;
        let Summary { grade, .. } = Matter { kind: MatterKind::Finding, steps }.summary();
        grade
    };
    Some((kind, open.to.iter().cloned().collect()))
}
