//! 督查发现: what an office above finds fault with, or praises. Which steps may be taken, and what they come to.
//!
//! A finding is a person's: the machine only suggests ([`suggest`]), and what a person decides not to pursue is kept with the reason. The
//! office that it is about is heard before it is ruled; only the finder, or an office above it, rules, demands and closes; a ruling is changed
//! from above alone. Nothing closes before it is ruled, and while something that is to be put right has not been accepted as such.
//! Which kinds there are, each with the regulations that know it, is data: `steps/finding.toml`.

mod course;
mod owed;
mod suggest;
#[cfg(test)]
mod tests;

pub use owed::obligations;
pub use suggest::{Evidence, Suggested, contradicts, suggests};

use dutynet_relay::ids::OfficeId;

use self::course::{CHECK, CLOSE, Course, DISMISS, EXPLAIN, FEEDBACK, FOLLOW, OPEN, PRAISE, RECTIFY, RULE};
use super::{
    form::Value,
    matter::{
        Fact, FactValue, Inadmissible, Proposed, Step, Summary, Taker, Wanted, corrects_its_own, names_those_below, opening,
    },
    step::MatterKind,
};
use crate::text::refusal::Refusal;

/// Whether a step may be taken now.
pub fn admit(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let form = proposed.form.id.as_str();
    if proposed.form.opens {
        return may_begin(proposed, taker);
    }
    if steps.first().is_some_and(|step| [DISMISS, PRAISE].contains(&step.form.as_str())) {
        return Err(Refusal::MatterClosed.into());
    }
    let course = Course::of(steps, opening(steps, OPEN)?);
    if course.closed().is_some() {
        return Err(Refusal::MatterClosed.into());
    }
    corrects_its_own(steps, proposed, taker)?;
    match form {
        EXPLAIN => is_about_it(&course, taker),
        FEEDBACK => is_about_it(&course, taker).and_then(|()| names_a_demand(&course, proposed)),
        RULE => may_rule(&course, proposed, taker),
        FOLLOW => may_follow(&course, proposed),
        RECTIFY => upheld(&course).and_then(|()| is_to_come(proposed, taker, "due")),
        CHECK => names_feedback(&course, proposed),
        CLOSE => may_close(&course),
        _ => Ok(()),
    }
}

fn may_begin(proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if proposed.form.id != PRAISE && proposed.to.len() != 1 {
        return Err(Refusal::StepOneOffice.into());
    }
    names_those_below(proposed, taker)?;
    is_to_come(proposed, taker, "explain_by")
}

fn is_to_come(proposed: &Proposed<'_>, taker: &Taker<'_>, field: &str) -> Result<(), Inadmissible> {
    match proposed.value(field) {
        Some(Value::Time(due)) if *due <= taker.now => Err(Refusal::DirectiveDuePast.into()),
        Some(_) | None => Ok(()),
    }
}

fn is_about_it(course: &Course<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    match course.office() {
        Some(office) if office != taker.office => Err(Inadmissible::about(Refusal::FindingElsewhere, office)),
        Some(_) | None => Ok(()),
    }
}

fn names_a_demand(course: &Course<'_>, proposed: &Proposed<'_>) -> Result<(), Inadmissible> {
    let named = proposed.link("demand");
    if course.demands().any(|demand| Some(&demand.reference) == named) {
        return Ok(());
    }
    Err(Refusal::FindingDemandUnknown.into())
}

fn names_feedback(course: &Course<'_>, proposed: &Proposed<'_>) -> Result<(), Inadmissible> {
    let named = proposed.link("feedback");
    let done = course.demands().filter_map(|demand| course.done(&demand.reference));
    if done.into_iter().any(|said| Some(&said.reference) == named) {
        return Ok(());
    }
    Err(Refusal::FindingFeedbackUnknown.into())
}

/// The office is heard first, or had the time for it, or why not is said; and a ruling that stands is changed from above.
fn may_rule(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let had_time = course.open.time("explain_by").is_some_and(|by| by <= taker.now);
    if course.explanations().next().is_none() && !had_time && proposed.value("unheard").is_none() {
        return Err(Refusal::FindingUnheard.into());
    }
    if let Some(ruled) = course.ruling().filter(|ruled| proposed.corrects != Some(&ruled.reference)) {
        let above = taker.tree.is_ancestor(taker.office, &ruled.office);
        if !above || proposed.link("overrules") != Some(&ruled.reference) {
            return Err(Inadmissible::about(Refusal::FindingRuled, &ruled.office));
        }
    }
    if proposed.choice("ruling") == Some("upheld") && proposed.value("direct").is_none() {
        return Err(Refusal::FindingResponsibleMissing.into());
    }
    Ok(())
}

fn upheld(course: &Course<'_>) -> Result<(), Inadmissible> {
    if course.is_upheld() { Ok(()) } else { Err(Refusal::FindingNotUpheld.into()) }
}

/// A reminder, a talk or a letter may come before the ruling: they ask; the others draw conclusions.
fn may_follow(course: &Course<'_>, proposed: &Proposed<'_>) -> Result<(), Inadmissible> {
    let kind = proposed.choice("kind").unwrap_or_default();
    if !["reminder", "talk", "letter"].contains(&kind) {
        upheld(course)?;
    }
    if kind == "transfer" && proposed.value("transferred_to").is_none() {
        return Err(Refusal::FindingTransferWhere.into());
    }
    Ok(())
}

fn may_close(course: &Course<'_>) -> Result<(), Inadmissible> {
    if course.ruling().is_none() {
        return Err(Refusal::FindingUnruled.into());
    }
    // What was ruled unfounded later on has nothing to put right.
    if course.is_upheld() && !course.outstanding().is_empty() {
        return Err(Refusal::FindingOpenDemands.into());
    }
    Ok(())
}

/// What lists show.
pub fn summary(steps: &[Step]) -> Summary {
    let first = &steps[0];
    let state = match first.form.as_str() {
        DISMISS => "dismissed",
        PRAISE => "praised",
        _ => state(&Course::of(steps, first)),
    };
    Summary {
        kind: MatterKind::Finding,
        open: !["dismissed", "praised", "closed"].contains(&state),
        state: state.into(),
        grade: first.choice("kind").unwrap_or_default().to_owned(),
        titled_by: first.reference.clone(),
        last_at: steps.iter().map(|step| step.times.here).max().unwrap_or_default(),
    }
}

fn state(course: &Course<'_>) -> &'static str {
    let ruling = course.ruling().and_then(|ruling| ruling.choice("ruling"));
    match (course.closed(), ruling) {
        (Some(_), _) => "closed",
        (None, Some("upheld")) if course.demands().next().is_none() => "upheld",
        (None, Some("upheld")) if course.outstanding().is_empty() => "rectified",
        (None, Some("upheld")) => "rectifying",
        (None, Some("excused")) => "excused",
        (None, Some(_)) => "unfounded",
        (None, None) if course.explanations().next().is_some() => "explained",
        (None, None) => "found",
    }
}

/// How a finding was ruled in the end; `None`: it was not, or is none.
pub fn ruled(steps: &[Step]) -> Option<&str> {
    let open = steps.first().filter(|step| step.form == OPEN)?;
    Course::of(steps, open).ruling()?.choice("ruling")
}

/// The obligation with which a finding, or the decision not to make one, began.
pub fn cites(steps: &[Step]) -> Option<&str> {
    steps.first().filter(|step| [OPEN, DISMISS].contains(&step.form.as_str()))?.text("due")
}

/// Whether it is praise.
pub fn is_praise(steps: &[Step]) -> bool {
    steps.first().is_some_and(|step| step.form == PRAISE)
}

/// What an office has to do next.
pub fn wanted(steps: &[Step], office: &OfficeId) -> Option<Wanted> {
    let course = Course::of(steps, steps.first().filter(|step| step.form == OPEN)?);
    if course.closed().is_some() {
        return None;
    }
    let (is_about, is_openers) = (course.office() == Some(office), course.open.office == *office);
    let heard = course.explanations().next().is_some();
    let done = course.outstanding().iter().any(|demand| course.done(&demand.reference).is_some());
    let undone = course.outstanding().iter().any(|demand| course.done(&demand.reference).is_none());
    let cases = [
        (course.ruling().is_none() && is_about && !heard, Wanted::Explain),
        (course.ruling().is_none() && is_openers && heard, Wanted::Rule),
        (course.is_upheld() && is_about && undone, Wanted::Rectify),
        (course.is_upheld() && is_openers && done, Wanted::Check),
        (is_openers && may_close(&course).is_ok(), Wanted::Close),
    ];
    cases.into_iter().find(|(holds, _)| *holds).map(|(_, wanted)| wanted)
}

/// What is known now.
pub fn facts(steps: &[Step]) -> Vec<Fact> {
    let open = &steps[0];
    let mut facts = open.said(&["title", "merit", "person", "says", "reason", "due", "rule", "article", "lines"]);
    facts.extend(open.coded(&["kind", "found_by", "standing"]));
    let times = ["happened_at", "explain_by", "start_origin", "start_here", "due_origin", "due_here", "met_origin", "met_here"];
    facts.extend(open.timed(&times));
    facts.extend(open.number("late_minutes").map(|late| Fact::of("late_minutes", FactValue::Number(late), &open.reference)));
    facts.push(Fact::of("found_by_office", FactValue::Office(open.office.clone()), &open.reference));
    let about = |office: &OfficeId| Fact::of("about", FactValue::Office(office.clone()), &open.reference);
    facts.extend(open.to.iter().map(about));
    if open.form == OPEN {
        facts.extend(of_course(&Course::of(steps, open)));
    }
    facts
}

fn of_course(course: &Course<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for step in course.explanations() {
        facts.extend(step.coded(&["stance"]).into_iter().chain(step.said(&["explanation"])));
    }
    if let Some(ruling) = course.ruling() {
        facts.push(Fact::of("ruled_by", FactValue::Office(ruling.office.clone()), &ruling.reference));
        facts.extend(ruling.coded(&["ruling"]));
        facts.extend(ruling.said(&["reason", "unheard", "body", "first", "leader", "direct"]));
    }
    for step in course.every(FOLLOW) {
        let follow = step.choice("kind").map(|code| Fact::of("follow", FactValue::Code(code.to_owned()), &step.reference));
        facts.extend(follow.into_iter().chain(step.said(&["transferred_to"])));
    }
    for demand in course.demands() {
        facts.extend(demand.said(&["what"]).into_iter().chain(demand.timed(&["due"])));
        for step in course.feedback(&demand.reference) {
            facts.extend(step.said(&["measures"]));
        }
    }
    for (key, demand) in course.demands().map(|demand| {
        let key = if course.is_accepted(&demand.reference) { "rectified" } else { "outstanding" };
        (key, demand)
    }) {
        facts.extend(course.office().map(|office| Fact::of(key, FactValue::Office(office.clone()), &demand.reference)));
    }
    facts.extend(course.closed().into_iter().flat_map(|step| step.said(&["outcome"])));
    facts
}
