//! Whether a step may be taken now. What an office cannot know because a record is still underway never counts against it; what would be
//! wrong whatever is underway is refused, with one reason each.

use dutynet_relay::ids::{OfficeId, RecordRef};

use super::{
    asks, elements,
    facts::missing_elements,
    handling,
    handling::names_rightly,
    is_withdrawn,
    numbering::Stage,
    reports,
    state::{closing, grade_of, graded, unconfirmed},
    totals::joined,
};
use crate::{
    domain::{
        beijing::Day,
        form::{Fault, FaultKind, Value},
        matter::{
            Inadmissible, Proposed, Step, Taker, approvers, may_correct, names_those_below,
            owed::{EVER, case},
        },
        rules::{self, CategoryCode},
    },
    text::refusal::Refusal,
};

/// How far a moment may lie ahead of this office's clock: it is typed by a watch that is not quite the same.
const AHEAD_MAX_MS: i64 = 5 * 60_000;

/// What only the office may do that handles the incident.
const OF_THE_HANDLER: [&str; 4] = ["incident.handover", "incident.join", "incident.transfer", "incident.review"];

/// What may still be said by an office that is done with it: that something was wrong.
const AFTER_THE_END: [&str; 5] =
    ["incident.withdraw", "incident.revise", "incident.outside", "incident.received", "incident.confirmed"];

type Verdict = Result<(), Inadmissible>;

/// Whether a step may be taken now.
pub fn admit(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    times(proposed, taker)?;
    if steps.is_empty() {
        return Ok(());
    }
    let form = proposed.form.id.as_str();
    if closing(steps, taker.office).is_some() && !AFTER_THE_END.contains(&form) && proposed.corrects.is_none() {
        return Err(Refusal::MatterClosed.into());
    }
    corrects(steps, proposed, taker)?;
    if OF_THE_HANDLER.contains(&form) {
        handles(steps, taker.office)?;
    }
    not_lowered(steps, proposed, taker.office)?;
    match form {
        "incident.handover" => handover(steps, proposed, taker),
        "incident.accept" => accept(steps, proposed, taker),
        "incident.assess" => assess(proposed),
        "incident.oral" => not_after_final(steps, taker.office),
        "incident.report" => report(steps, proposed, taker),
        "incident.approved" | "incident.refused" => approval(steps, proposed, taker),
        "incident.skip" => skip(proposed, taker),
        "incident.received" => received(steps, proposed, taker),
        "incident.confirmed" => confirmed(steps, proposed, taker),
        "incident.join" => join(steps, proposed),
        "incident.same" => same(steps, proposed, taker),
        "incident.transfer" if proposed.to.is_empty() => wanted(proposed, &["body"]),
        "incident.withdraw" => withdraw(steps, proposed, taker.office),
        "incident.paper-asked" => paper_asked(proposed, taker),
        "incident.paper" => paper(steps, proposed, taker.office),
        _ => Ok(()),
    }
}

/// Nothing happened later than now, and nobody learnt of it before it happened.
fn times(proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    for answer in proposed.answers {
        // By when something is to come lies ahead.
        if let Value::Time(at) = answer.value
            && answer.field != "due"
            && at.0 > taker.now.0.saturating_add(AHEAD_MAX_MS)
        {
            let label = proposed.form.field(&answer.field).map_or(answer.field.as_str(), |field| field.label.as_str());
            return Err(Inadmissible::about(Refusal::IncidentTimeFuture, label));
        }
    }
    if let (Some(Value::Time(happened)), Some(Value::Time(learnt))) = (proposed.value("happened_at"), proposed.value("learnt_at"))
        && learnt < happened
    {
        return Err(Refusal::IncidentTimesCrossed.into());
    }
    Ok(())
}

/// A step corrects one of its own office and kind.
fn corrects(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    let Some(corrects) = proposed.corrects else { return Ok(()) };
    match steps.iter().find(|step| step.reference == *corrects && may_correct(step, proposed, taker)) {
        Some(_) => Ok(()),
        None => Err(Inadmissible::about(Refusal::IncidentCorrectsOther, corrects)),
    }
}

fn handles(steps: &[Step], office: &OfficeId) -> Verdict {
    let now = handling(steps);
    match now.offer {
        Some(_) if now.handler == office => Err(Inadmissible::about(Refusal::IncidentOffered, now.side())),
        Some(_) | None if now.handler != office => Err(Inadmissible::about(Refusal::IncidentNotHandler, now.handler)),
        Some(_) | None => Ok(()),
    }
}

fn handover(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    in_its_own_name(taker)?;
    match proposed.to {
        [one] if one != taker.office && names_rightly(steps, proposed) => Ok(()),
        _ => Err(Refusal::IncidentOfferOne.into()),
    }
}

fn accept(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    in_its_own_name(taker)?;
    let now = handling(steps);
    let meant = now.offer.is_some() && now.side() == taker.office && names_rightly(steps, proposed);
    if meant { Ok(()) } else { Err(Refusal::IncidentOfferMissing.into()) }
}

/// Who handles it is for one node to say: that of the office itself, or of the parent of an office that has none. Two that could both speak
/// for it might say different things while a line is down.
pub(super) fn in_its_own_name(taker: &Taker<'_>) -> Verdict {
    let keeps =
        || taker.tree.parent(taker.office) == Some(taker.own) && taker.tree.entry(taker.office).is_some_and(|e| e.key.is_none());
    if taker.office == taker.own || keeps() {
        Ok(())
    } else {
        Err(Inadmissible::about(Refusal::IncidentHandoverBehalf, taker.office))
    }
}

/// Whoever says that it is verified, or false, says how.
fn assess(proposed: &Proposed<'_>) -> Verdict {
    match proposed.choice("verification") {
        Some("verified" | "false") => wanted(proposed, &["verified_how"]),
        Some(_) | None => Ok(()),
    }
}

/// A grade goes down by an assessment that says why, and by nothing else.
fn not_lowered(steps: &[Step], proposed: &Proposed<'_>, office: &OfficeId) -> Verdict {
    let Some(grade) = proposed.choice("grade").and_then(grade_of) else { return Ok(()) };
    match graded(steps, office) {
        Some((before, _)) if grade < before && proposed.value("lowered_why").is_none() => {
            Err(Refusal::IncidentGradeLowered.into())
        }
        Some(_) | None => Ok(()),
    }
}

fn not_after_final(steps: &[Step], office: &OfficeId) -> Verdict {
    let ended = |report: &super::Report<'_>| report.stage == Stage::Final && !report.withdrawn;
    if reports(steps, office).iter().any(ended) { Err(Refusal::IncidentAfterFinal.into()) } else { Ok(()) }
}

fn report(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    let office = taker.office;
    let Some(stage) = proposed.choice("stage").and_then(Stage::from_key) else { return wanted(proposed, &["stage"]) };
    let reports = reports(steps, office);
    if let Some(corrects) = proposed.corrects {
        // It takes the place of another, and so it is what that one was.
        let same = reports.iter().any(|report| report.has(corrects) && report.stage == stage && !report.withdrawn);
        return if same { Ok(()) } else { Err(Inadmissible::about(Refusal::IncidentCorrectsOther, corrects)) };
    }
    let stands = |wanted: Stage| reports.iter().any(|report| report.stage == wanted && !report.withdrawn);
    match stage {
        Stage::Final if stands(Stage::Final) => Err(Refusal::IncidentFinalTwice.into()),
        Stage::Initial | Stage::FollowUp if stands(Stage::Final) => Err(Refusal::IncidentAfterFinal.into()),
        Stage::Initial if stands(Stage::Initial) => Err(Refusal::IncidentInitialTwice.into()),
        Stage::FollowUp | Stage::Final if !stands(Stage::Initial) => Err(Refusal::IncidentInitialMissing.into()),
        // What is new, and nothing else.
        Stage::FollowUp => Ok(()),
        Stage::Initial | Stage::Final => whole(steps, proposed, taker),
    }
}

/// Every element is answered, if only by 不明; or it is so urgent that the rest comes later (边报告、边核实). What the rules ask for beside, by
/// category and place, is answered too, where the form has a field for it.
fn whole(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    if proposed.choice("haste").is_some() {
        return Ok(());
    }
    let said = |key: &str| proposed.value(key).is_some();
    let asked = case_of(steps, proposed, taker).map(|case| taker.rules.elements(&case)).unwrap_or_default();
    let by_rules = elements::missing(steps, taker.office, &asked, (rules::Stage::First, &said));
    let has = |field: &str| proposed.form.field(field).is_some();
    let by_rules = by_rules.into_iter().filter_map(|element| elements::field_of(&element.key, &has));
    let mut missing = missing_elements(steps, taker.office, &said);
    for field in by_rules {
        if !missing.contains(&field) {
            missing.push(field);
        }
    }
    let faults: Vec<Fault> = missing.into_iter().map(|key| missing_fault(proposed, key)).collect();
    if faults.is_empty() { Ok(()) } else { Err(Inadmissible { why: Refusal::IncidentElementsMissing, about: None, faults }) }
}

/// One of those answers before whom it was put, and never whoever asked. At this machine he does it himself; what was said by telephone is
/// written down with the number and the words.
fn approval(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    let asks = asks(steps, taker.office);
    let named = proposed.link("asked");
    let meant = |ask: &&super::Ask<'_>| ask.answers.is_empty() && named.is_none_or(|asked| ask.step.reference == *asked);
    let ask = asks.iter().rev().find(meant).ok_or(Refusal::IncidentApprovalMissing)?;
    let approver = text(proposed, "approver").unwrap_or_default();
    let at_node = proposed.choice("how") == Some("node");
    let by_asker = |by: &dutynet_relay::record::Person| by.name == approver || (at_node && by.id == taker.by.id);
    if ask.step.by.as_ref().is_some_and(by_asker) {
        return Err(Refusal::IncidentApprovedByAsker.into());
    }
    let asked = approvers(ask.step);
    // Of an ask whose words were removed nobody knows any more before whom it was put.
    if !asked.is_empty() && !asked.contains(&approver.trim()) {
        return Err(Inadmissible::about(Refusal::IncidentApproverNotAsked, approver));
    }
    match proposed.choice("how") {
        Some("node") if !is_himself(taker, approver) => Err(Inadmissible::about(Refusal::IncidentNotThePerson, approver)),
        Some("telephone") => wanted(proposed, &["number", "words"]),
        Some(_) | None => Ok(()),
    }
}

/// The leader himself confirms what was written down of his words.
fn confirmed(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    let approved = proposed.link("approved");
    let open = unconfirmed(steps, taker.office);
    let found = open.iter().find(|step| Some(&step.reference) == approved).ok_or(Refusal::IncidentConfirmNothing)?;
    let approver = found.text("approver").unwrap_or_default();
    if is_himself(taker, approver) { Ok(()) } else { Err(Inadmissible::about(Refusal::IncidentNotThePerson, approver)) }
}

/// A leader of this office, at this machine: nobody is one for an office below.
fn is_himself(taker: &Taker<'_>, approver: &str) -> bool {
    taker.by.name == approver && taker.office == taker.own
}

/// Up, past the tiers between; nowhere else.
fn skip(proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    match proposed.to {
        [] => Ok(()),
        [one] if taker.tree.is_ancestor(one, taker.office) => Ok(()),
        [one, ..] => Err(Inadmissible::about(Refusal::IncidentSkipNotAbove, one)),
    }
}

/// Whoever was sent it says that he has it: by name, or because he stands above.
fn received(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    let named = proposed.link("report");
    let sent = steps.iter().find(|step| Some(&step.reference) == named);
    let to_us = |step: &Step| {
        let goes_out = matches!(step.form.as_str(), "incident.report" | "incident.oral" | "incident.skip" | "incident.transfer");
        let above = taker.tree.is_ancestor(taker.office, &step.office);
        goes_out && step.office != *taker.office && (step.to.contains(taker.office) || above)
    };
    if sent.is_some_and(to_us) { Ok(()) } else { Err(Refusal::IncidentNotAddressed.into()) }
}

fn join(steps: &[Step], proposed: &Proposed<'_>) -> Verdict {
    let Some(other) = proposed.link("joined") else { return Err(Refusal::IncidentJoinItself.into()) };
    let in_it = steps.iter().any(|step| step.reference == *other) || joined(steps).contains(other);
    if in_it { Err(Inadmissible::about(Refusal::IncidentJoinItself, other)) } else { Ok(()) }
}

/// What was entered in an office's name is the same event as one that the office has entered itself.
fn same(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    let opening = steps.first().filter(|step| step.form == "incident.call" && step.entered.is_some());
    let (Some(opening), Some(own)) = (opening, proposed.link("own")) else { return Err(Refusal::IncidentSameNothing.into()) };
    let of_that_office = own.origin == opening.office && steps.iter().all(|step| step.form != "incident.same");
    let by_one_of_both = *taker.own == opening.office || *taker.own == opening.reference.origin;
    if of_that_office && by_one_of_both { Ok(()) } else { Err(Inadmissible::about(Refusal::IncidentSameNothing, own)) }
}

fn withdraw(steps: &[Step], proposed: &Proposed<'_>, office: &OfficeId) -> Verdict {
    let nothing = |about: Option<&RecordRef>| match about {
        Some(record) => Inadmissible::about(Refusal::IncidentWithdrawNothing, record),
        None => Refusal::IncidentWithdrawNothing.into(),
    };
    let named = proposed.link("report");
    let report = steps.iter().find(|step| Some(&step.reference) == named).ok_or_else(|| nothing(named))?;
    if report.office != *office {
        return Err(Inadmissible::about(Refusal::IncidentWithdrawOther, &report.office));
    }
    let goes_up = matches!(report.form.as_str(), "incident.report" | "incident.oral" | "incident.skip" | "incident.figures");
    if goes_up && !is_withdrawn(steps, report) { Ok(()) } else { Err(nothing(named)) }
}

fn paper_asked(proposed: &Proposed<'_>, taker: &Taker<'_>) -> Verdict {
    match proposed.value("due") {
        Some(Value::Time(due)) if *due <= taker.now => Err(Refusal::DirectiveDuePast.into()),
        Some(_) | None => names_those_below(proposed, taker),
    }
}

/// It comes from an office that was asked for it, or was taken in by whoever asked.
fn paper(steps: &[Step], proposed: &Proposed<'_>, office: &OfficeId) -> Verdict {
    let named = proposed.link("asked");
    let asked = steps.iter().find(|step| Some(&step.reference) == named && step.form == "incident.paper-asked");
    let asked = asked.ok_or(Refusal::IncidentPaperUnasked)?;
    if asked.office == *office || asked.to.contains(office) {
        Ok(())
    } else {
        Err(Inadmissible::about(Refusal::StepNotAddressed, office))
    }
}

fn text<'a>(proposed: &'a Proposed<'_>, field: &str) -> Option<&'a str> {
    match proposed.value(field)? {
        Value::Text(text) => Some(text),
        Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_) => None,
    }
}

/// These fields must be answered here.
fn wanted(proposed: &Proposed<'_>, fields: &[&str]) -> Verdict {
    let blank = fields.iter().filter(|field| proposed.value(field).is_none());
    let faults: Vec<Fault> = blank.map(|field| missing_fault(proposed, field)).collect();
    if faults.is_empty() { Ok(()) } else { Err(Inadmissible { why: Refusal::FormFaults, about: None, faults }) }
}

/// What the rules are asked about: what the step itself says of the event, or else what the office has said before.
fn case_of(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Option<rules::Case> {
    let before = case(steps, taker.office, steps.first()?, (taker.tree, EVER));
    let category = proposed.choice("category").and_then(|code| CategoryCode::parse(code).ok());
    let grade = proposed.choice("grade").and_then(grade_of).or(before.grade);
    Some(rules::Case { category: category.or(before.category), grade, on: Day::of(taker.now), ..before })
}

fn missing_fault(proposed: &Proposed<'_>, key: &str) -> Fault {
    let label = proposed.form.field(key).map_or(key, |field| field.label.as_str());
    Fault { field: key.to_owned(), label: label.to_owned(), kind: FaultKind::Missing }
}
