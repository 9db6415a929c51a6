//! 演练: started by a record, for everything below an office or for parts of it, suspended, resumed and ended by it.
//!
//! Whatever belongs to a drill bears its mark on every step and names it; it is never counted with what is real. What is owed in it rings by
//! that mark and ends with it. Something real is entered
//! as always, drill or not: it is real unless somebody says otherwise. Whoever has it in hand leaves the drill at once and asks nobody.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    registry::Registry,
};

use super::{
    matter::{
        Fact, FactValue, Inadmissible, Proposed, Step, Summary, Taker, corrects_its_own, names_those_below, only_the_opener,
        opening, standing,
    },
    step::MatterKind,
};
use crate::text::refusal::Refusal;

const START: &str = "drill.start";
const SUSPEND: &str = "drill.suspend";
const RESUME: &str = "drill.resume";
const LEAVE: &str = "drill.leave";
const END: &str = "drill.end";
const REVIEW: &str = "drill.review";

/// Role in which every step of an exercise names its drill.
pub const DRILL: &str = "drill";

/// How a drill stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It goes on.
    Running,
    /// Nothing is practised until it is resumed.
    Suspended,
    /// It is over.
    Ended,
}

impl Course {
    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
        }
    }
}

/// How it stands. At least one step.
pub fn course(steps: &[Step]) -> Course {
    match last_said(steps).map(|step| step.form.as_str()) {
        Some(END) => Course::Ended,
        Some(SUSPEND) => Course::Suspended,
        Some(_) | None => Course::Running,
    }
}

/// The last word of whoever started it on whether it goes on.
fn last_said(steps: &[Step]) -> Option<&Step> {
    let opener = &steps[0].office;
    // One office says all three, so that its own clock orders them.
    let said = standing(steps).filter(|step| step.office == *opener);
    said.filter(|step| [SUSPEND, RESUME, END].contains(&step.form.as_str())).max_by_key(|step| {
        // The end is the end, whatever clock was set back.
        (step.form == END, step.times.recorded.origin, step.reference.clone())
    })
}

/// Since when nothing is awaited of an office in it, by our clock: it is over, or waits until it is resumed, or the office has left it with
/// everything below; `None`: it goes on. At least one step.
pub fn stopped(steps: &[Step], office: &OfficeId, tree: &Registry) -> Option<UnixMillis> {
    let of_all = last_said(steps).filter(|step| step.form != RESUME);
    let left = leavers(steps).filter(|(left, _)| tree.is_within(office, left)).map(|(_, step)| step);
    of_all.into_iter().chain(left).map(|step| step.times.recorded.here).min()
}

/// Whether an office may practise in it: it takes part, or stands above whoever does, and nobody that it stands below has left.
pub fn takes_part(steps: &[Step], office: &OfficeId, tree: &Registry) -> bool {
    let start = &steps[0];
    let within = |top: &OfficeId| tree.is_within(office, top);
    let named = if start.to.is_empty() { within(&start.office) } else { start.to.iter().any(within) || *office == start.office };
    let above = tree.is_ancestor(office, &start.office);
    (named || above) && !leavers(steps).any(|(left, _)| within(left))
}

fn leavers(steps: &[Step]) -> impl Iterator<Item = (&OfficeId, &Step)> {
    standing(steps).filter(|step| step.form == LEAVE).map(|step| (&step.office, step))
}

/// Whether a step may be taken now.
pub fn admit(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if proposed.form.opens {
        return names_those_below(proposed, taker);
    }
    let start = opening(steps, START)?;
    corrects_its_own(steps, proposed, taker)?;
    let form = proposed.form.id.as_str();
    match (form, course(steps)) {
        (REVIEW, _) => return Ok(()),
        (_, Course::Ended) => return Err(Refusal::MatterClosed.into()),
        (LEAVE, Course::Running | Course::Suspended) => return leaves(steps, taker),
        (_, Course::Running | Course::Suspended) => {}
    }
    only_the_opener(start, taker)?;
    match (form, course(steps)) {
        (SUSPEND, Course::Suspended) => Err(Refusal::DrillSuspended.into()),
        (RESUME, Course::Running) => Err(Refusal::DrillRuns.into()),
        (_, Course::Running | Course::Suspended | Course::Ended) => Ok(()),
    }
}

/// Whoever takes part, except the office whose drill it is: that one suspends or ends it.
fn leaves(steps: &[Step], taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let takes_part = takes_part(steps, taker.office, taker.tree) && !taker.tree.is_ancestor(taker.office, &steps[0].office);
    if takes_part && steps[0].office != *taker.office { Ok(()) } else { Err(Refusal::DrillNotIn.into()) }
}

/// What lists show.
pub fn summary(steps: &[Step]) -> Summary {
    let course = course(steps);
    Summary {
        kind: MatterKind::Drill,
        open: course != Course::Ended,
        state: course.key().to_owned(),
        grade: String::new(),
        titled_by: steps[0].reference.clone(),
        last_at: steps.iter().map(|step| step.times.here).max().unwrap_or_default(),
    }
}

/// What is known now.
pub fn facts(steps: &[Step]) -> Vec<Fact> {
    let start = &steps[0];
    let words = |step: &Step, field: &str| {
        step.text(field).map(|words| Fact::of(field, FactValue::Text(words.to_owned()), &step.reference))
    };
    let mut facts: Vec<Fact> = ["title", "content"].into_iter().filter_map(|field| words(start, field)).collect();
    facts.push(Fact::of("started_by", FactValue::Office(start.office.clone()), &start.reference));
    facts.extend(start.to.iter().map(|office| Fact::of("takes_part", FactValue::Office(office.clone()), &start.reference)));
    facts.extend(start.time("until").map(|at| Fact::of("until", FactValue::Time(at), &start.reference)));
    facts.extend(leavers(steps).map(|(office, step)| Fact::of("left", FactValue::Office(office.clone()), &step.reference)));
    for step in standing(steps).filter(|step| [SUSPEND, RESUME, LEAVE, END, REVIEW].contains(&step.form.as_str())) {
        facts.extend(["reason", "outcome", "review"].into_iter().filter_map(|field| words(step, field)));
        facts.extend(step.link("real").map(|real| real_fact(real, &step.reference)));
    }
    facts
}

/// Something real that happened while it ran.
pub fn real_fact(real: &RecordRef, source: &RecordRef) -> Fact {
    Fact::of("real", FactValue::Text(real.to_string()), source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::matter::tests::{Told, id, text, tree};

    fn started(to: &[&str]) -> Told {
        let mut told = Told::new();
        told.take("p", START, &[("title", text("防汛演练")), ("content", text("转移群众"))], to).unwrap();
        told
    }

    fn why() -> [(&'static str, crate::domain::form::Value); 1] {
        [("reason", text("真有险情"))]
    }

    #[test]
    fn only_who_started_it_suspends_resumes_and_ends_it() {
        let mut told = started(&[]);
        assert_eq!(told.take("p", RESUME, &why(), &[]), Err(Refusal::DrillRuns));
        assert_eq!(told.take("c1", SUSPEND, &why(), &[]), Err(Refusal::MatterNotOpener));
        told.take("p", SUSPEND, &why(), &[]).unwrap();
        assert_eq!((told.state().as_str(), told.take("p", SUSPEND, &why(), &[])), ("suspended", Err(Refusal::DrillSuspended)));
        told.take("p", RESUME, &why(), &[]).unwrap();
        assert_eq!(told.state(), "running");
        told.take("p", END, &[("outcome", text("达到目的"))], &[]).unwrap();
        assert_eq!((told.state().as_str(), told.matter().summary().open), ("ended", false));
        assert_eq!(told.take("p", SUSPEND, &why(), &[]), Err(Refusal::MatterClosed));
        assert_eq!(told.take("c1", LEAVE, &why(), &[]), Err(Refusal::MatterClosed));
        told.take("c1", REVIEW, &[("review", text("通信不畅"))], &[]).unwrap();
    }

    #[test]
    fn whoever_takes_part_may_leave_with_everything_below_it_and_nobody_else() {
        let mut told = started(&["c1"]);
        let part = |told: &Told| ["p", "c1", "c2", "a"].map(|office| takes_part(&told.steps, &id(office), &tree()));
        assert_eq!(part(&told), [true, true, false, true]);
        for outside in ["c2", "p"] {
            assert_eq!(told.take(outside, LEAVE, &why(), &[]), Err(Refusal::DrillNotIn), "{outside}");
        }
        told.take("c1", LEAVE, &why(), &[]).unwrap();
        assert_eq!((part(&told), told.offices("left")), ([true, false, false, false], vec!["c1".to_owned()]));
        assert_eq!(told.take("a", LEAVE, &why(), &[]), Err(Refusal::DrillNotIn), "it is out already");
    }

    #[test]
    fn what_is_owed_in_it_stands_still_while_it_waits_and_ends_with_it_or_with_who_left() {
        let mut told = started(&["c1"]);
        let stopped = |told: &Told, office: &str| stopped(&told.steps, &id(office), &tree()).is_some();
        assert!(!stopped(&told, "c1") && !stopped(&told, "a"));
        told.take("p", SUSPEND, &why(), &[]).unwrap();
        assert!(stopped(&told, "c1") && stopped(&told, "a"));
        told.take("p", RESUME, &why(), &[]).unwrap();
        assert!(!stopped(&told, "c1") && !stopped(&told, "a"));
        told.take("a", LEAVE, &why(), &[]).unwrap();
        assert!(!stopped(&told, "c1") && stopped(&told, "a"), "those below who left");
        told.take("p", END, &[("outcome", text("达到目的"))], &[]).unwrap();
        assert!(stopped(&told, "c1") && stopped(&told, "p"));
    }

    #[test]
    fn a_tier_above_may_practise_with_those_below_it_and_nobody_drills_his_superiors() {
        let mut told = Told::new();
        let said = [("title", text("演练")), ("content", text("转移"))];
        assert_eq!(told.take("c1", START, &said, &["p"]), Err(Refusal::StepNotBelow));
        assert_eq!(told.take("c1", START, &said, &["c2"]), Err(Refusal::StepNotBelow));
        told.take("c1", START, &said, &[]).unwrap();
        let part = |office| takes_part(&told.steps, &id(office), &tree());
        assert_eq!([part("p"), part("c1"), part("a"), part("c2")], [true, true, true, false]);
    }
}
