//! Whether a step of a roll call may be taken now.

use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::course::{AGAIN, ANSWER, CLOSE, Course, EXPLAIN, LATE_MAX_MS, NotOpen, PHONE, Part, RULE, after};
use crate::{
    domain::{
        form::Value,
        matter::{Inadmissible, Proposed, Step, Taker, corrects_its_own, names_those_below, only_the_opener},
    },
    text::refusal::Refusal,
};

/// A call is for no later than that, ms.
pub const AHEAD_MAX_MS: i64 = 31 * 24 * 3_600_000;
/// Whoever has not explained anything is ruled to have been off its post no earlier than so long after it should have answered, ms.
const HEARING_MS: i64 = LATE_MAX_MS;

/// Whether a step may be taken now.
pub fn admit(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if proposed.form.opens {
        return may_call(proposed, taker);
    }
    let course = Course::of(steps).ok_or(Refusal::MatterUnknown)?;
    corrects_its_own(steps, proposed, taker)?;
    match proposed.form.id.as_str() {
        ANSWER => may_answer(&course, proposed, taker),
        EXPLAIN => may_explain(&course, taker),
        RULE => may_rule(&course, proposed, taker),
        _ if course.closed().is_some() => Err(Refusal::RollOver.into()),
        AGAIN => only_the_opener(course.call, taker).and_then(|()| may_call_again(&course, proposed, taker)),
        PHONE => may_say_of_a_call(&course, proposed, taker),
        CLOSE => only_the_opener(course.call, taker),
        _ => Err(Refusal::StepUnknown.into()),
    }
}

fn may_call(proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    names_those_below(proposed, taker)?;
    match proposed.value("opens_at") {
        Some(Value::Time(at)) if *at <= taker.now => return Err(Refusal::RollTime.into()),
        Some(Value::Time(at)) if *at > after(taker.now, AHEAD_MAX_MS) => return Err(Refusal::RollTime.into()),
        Some(_) | None => {}
    }
    match proposed.value("draw") {
        Some(Value::Number(count)) if usize::try_from(*count).map_or(true, |count| count > proposed.to.len()) => {
            Err(Inadmissible::about(Refusal::RollDraw, proposed.to.len()))
        }
        Some(_) | None => Ok(()),
    }
}

fn may_answer(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if taker.office != taker.own {
        return Err(Refusal::RollByPhone.into());
    }
    let part = part_of(course, taker.office, taker)?;
    if proposed.corrects.is_some() {
        return Ok(());
    }
    if course.closed().is_some() {
        return Err(Refusal::RollOver.into());
    }
    part.takes_answers(taker.now).map_err(|no| not_open(no).into())
}

/// Why a call is not answered.
fn not_open(no: NotOpen) -> Refusal {
    match no {
        NotOpen::Answered => Refusal::RollAnswered,
        NotOpen::NotYet => Refusal::RollEarly,
        NotOpen::Missed => Refusal::RollMissed,
        NotOpen::Over => Refusal::RollOver,
    }
}

/// Whoever could not or did not answer in time says why, as long as it likes.
fn may_explain(course: &Course<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let part = part_of(course, taker.office, taker)?;
    something_to_rule(&part, (taker.office, taker.now))
}

fn may_rule(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let office = one(proposed)?;
    if !taker.tree.is_within(&course.call.office, taker.office) || taker.office != taker.own {
        return Err(Inadmissible::about(Refusal::RollRuler, &course.call.office));
    }
    let part = part_of(course, office, taker)?;
    something_to_rule(&part, (office, taker.now))?;
    let heard = part.explained.is_some() || taker.now > after(part.latest().due().here, HEARING_MS);
    let never_came = part.turns.iter().all(|turn| turn.is_missed());
    match proposed.choice("ruling") {
        Some("off-post") if never_came => Err(Inadmissible::about(Refusal::RollMissed, office)),
        Some("off-post") if !heard => Err(Inadmissible::about(Refusal::RollUnheard, office)),
        Some(_) | None => Ok(()),
    }
}

/// An office that has answered in time, or may yet, has nothing to explain.
fn something_to_rule(part: &Part<'_>, (office, now): (&OfficeId, UnixMillis)) -> Result<(), Inadmissible> {
    let missed = part.turns.iter().all(|turn| turn.is_missed());
    let waits = part.answered.is_none() && now <= part.judged_by().due().here && !missed;
    if part.is_in_time() || waits { Err(Inadmissible::about(Refusal::RollNoFault, office)) } else { Ok(()) }
}

fn may_call_again(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let first = course.first();
    if taker.now <= first.due().here {
        return Err(Refusal::RollEarly.into());
    }
    for office in proposed.to {
        if part_of(course, office, taker)?.answered.is_some() {
            return Err(Inadmissible::about(Refusal::RollAnswered, office));
        }
    }
    Ok(())
}

fn may_say_of_a_call(course: &Course<'_>, proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    let office = one(proposed)?;
    part_of(course, office, taker)?;
    let stands_between = taker.tree.is_ancestor(taker.own, office) && taker.tree.is_within(taker.own, &course.call.office);
    if !stands_between || taker.office != taker.own {
        return Err(Inadmissible::about(Refusal::OnBehalfElsewhere, office));
    }
    if taker.now < course.first().opens().here {
        return Err(Refusal::RollEarly.into());
    }
    let told = ["rings", "answered_by"].into_iter().all(|field| proposed.value(field).is_some());
    match proposed.choice("result") {
        Some("reached") if !told => Err(Refusal::RollRings.into()),
        Some(_) | None => Ok(()),
    }
}

fn one<'a>(proposed: &Proposed<'a>) -> Result<&'a OfficeId, Inadmissible> {
    let [office] = proposed.to else { return Err(Refusal::StepOneOffice.into()) };
    Ok(office)
}

/// What an office has to do with the call, if it is called.
fn part_of<'a>(course: &Course<'a>, office: &OfficeId, taker: &Taker<'_>) -> Result<Part<'a>, Inadmissible> {
    if !course.calls(office, |office, top| taker.tree.is_ancestor(top, office)) {
        return Err(Inadmissible::about(Refusal::StepNotAddressed, office));
    }
    Ok(course.part(office, taker.tree))
}
