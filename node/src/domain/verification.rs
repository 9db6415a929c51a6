//! 核报: a question from above about an incident. Which steps may be taken, and what they come to.
//!
//! Only an office above asks; only the office that was asked answers, or one above it in its name. Saying why there is no answer yet does
//! not end the duty to give it. A step of anybody else counts for nothing, whatever program let it pass.

use dutynet_relay::ids::OfficeId;

use super::{
    matter::{
        Fact, FactValue, Inadmissible, Proposed, Step, Summary, Taker, Wanted, corrects_its_own, names_those_below,
        only_the_opener, opening, standing,
    },
    step::MatterKind,
};
use crate::text::refusal::Refusal;

const ASK: &str = "verification.ask";
const ANSWER: &str = "verification.answer";
const REASON: &str = "verification.reason";
const CLOSE: &str = "verification.close";

/// What a question has come to.
#[derive(Debug)]
struct Question<'a> {
    ask: &'a Step,
    answers: Vec<&'a Step>,
    reasons: Vec<&'a Step>,
    closed: Option<&'a Step>,
}

impl<'a> Question<'a> {
    fn of(steps: &'a [Step], ask: &'a Step) -> Self {
        let asked = |form: &'static str| {
            standing(steps).filter(move |step| step.form == form && Some(&step.office) == ask.to.first()).collect()
        };
        let closed = standing(steps).find(|step| step.form == CLOSE && step.office == ask.office);
        Self { ask, answers: asked(ANSWER), reasons: asked(REASON), closed }
    }

    fn state(&self) -> &'static str {
        match (self.closed, &self.answers[..], &self.reasons[..]) {
            (Some(_), ..) => "closed",
            (None, [_, ..], _) => "answered",
            (None, [], [_, ..]) => "reasoned",
            (None, [], []) => "asked",
        }
    }
}

/// Whether a step may be taken now.
pub fn admit(steps: &[Step], proposed: &Proposed<'_>, taker: &Taker<'_>) -> Result<(), Inadmissible> {
    if proposed.form.opens {
        if proposed.to.len() != 1 {
            return Err(Refusal::VerificationOneOffice.into());
        }
        return names_those_below(proposed, taker);
    }
    let question = Question::of(steps, opening(steps, ASK)?);
    if question.closed.is_some() {
        return Err(Refusal::MatterClosed.into());
    }
    corrects_its_own(steps, proposed, taker)?;
    if proposed.form.id == CLOSE {
        only_the_opener(question.ask, taker)?;
        return if question.answers.is_empty() { Err(Refusal::VerificationUnanswered.into()) } else { Ok(()) };
    }
    if let Some(asked) = question.ask.to.first()
        && asked != taker.office
    {
        return Err(Inadmissible::about(Refusal::VerificationElsewhere, asked));
    }
    if proposed.form.id == REASON && !question.answers.is_empty() {
        return Err(Refusal::VerificationAnswered.into());
    }
    Ok(())
}

/// What lists show.
pub fn summary(steps: &[Step]) -> Summary {
    let question = Question::of(steps, &steps[0]);
    Summary {
        kind: MatterKind::Verification,
        open: question.closed.is_none(),
        state: question.state().into(),
        grade: String::new(),
        titled_by: question.ask.reference.clone(),
        last_at: steps.iter().map(|step| step.times.here).max().unwrap_or_default(),
    }
}

/// What an office has to do next.
pub fn wanted(steps: &[Step], office: &OfficeId) -> Option<Wanted> {
    let question = Question::of(steps, &steps[0]);
    let answered = !question.answers.is_empty();
    match question.closed {
        None if !answered && question.ask.to.contains(office) => Some(Wanted::Answer),
        None if answered && question.ask.office == *office => Some(Wanted::Close),
        Some(_) | None => None,
    }
}

/// What is known now.
pub fn facts(steps: &[Step]) -> Vec<Fact> {
    let question = Question::of(steps, &steps[0]);
    let words = |step: &Step, field: &str, key: &str| {
        step.text(field).map(|words| Fact::of(key, FactValue::Text(words.to_owned()), &step.reference))
    };
    let mut facts: Vec<Fact> = words(question.ask, "title", "title").into_iter().collect();
    facts.extend(words(question.ask, "question", "question"));
    facts.push(Fact::of("asked_by", FactValue::Office(question.ask.office.clone()), &question.ask.reference));
    let asked = question.ask.to.iter();
    facts.extend(asked.map(|office| Fact::of("asked", FactValue::Office(office.clone()), &question.ask.reference)));
    let has = question.ask.delivered.iter();
    facts.extend(has.map(|has| Fact::of("delivered", FactValue::Office(has.office.clone()), &has.record)));
    if let Some(incident) = question.ask.link("incident") {
        facts.push(Fact::of("incident", FactValue::Text(incident.to_string()), &question.ask.reference));
    }
    facts.extend(question.reasons.iter().filter_map(|step| words(step, "reason", "reason")));
    let until = question.reasons.iter().filter_map(|step| Some((step, step.time("expected_at")?)));
    facts.extend(until.map(|(step, at)| Fact::of("expected_at", FactValue::Time(at), &step.reference)));
    facts.extend(question.answers.iter().filter_map(|step| words(step, "answer", "answer")));
    facts.extend(question.closed.and_then(|step| words(step, "outcome", "outcome")));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::matter::tests::{Told, text};

    fn asked() -> Told {
        let mut told = Told::new();
        told.take("p", ASK, &[("title", text("伤亡")), ("question", text("伤亡几人？"))], &["a"]).unwrap();
        told
    }

    #[test]
    fn only_an_office_above_asks_and_it_asks_one() {
        let said = [("title", text("伤亡")), ("question", text("几人？"))];
        for (office, to, why) in [
            ("a", "c1", Refusal::StepNotBelow),
            ("a", "b", Refusal::StepNotBelow),
            ("c2", "a", Refusal::StepNotBelow),
            ("a", "a", Refusal::StepNotBelow),
        ] {
            assert_eq!(Told::new().take(office, ASK, &said, &[to]), Err(why), "{office} asks {to}");
        }
        assert_eq!(Told::new().take("p", ASK, &said, &["a", "b"]), Err(Refusal::VerificationOneOffice));
        Told::new().take("c1", ASK, &said, &["a"]).unwrap();
    }

    #[test]
    fn only_the_office_that_was_asked_answers() {
        let mut told = asked();
        for office in ["b", "c1", "p"] {
            let answer = told.take(office, ANSWER, &[("answer", text("三人"))], &[]);
            assert_eq!(answer, Err(Refusal::VerificationElsewhere), "{office}");
            let reason = told.take(office, REASON, &[("reason", text("断电"))], &[]);
            assert_eq!(reason, Err(Refusal::VerificationElsewhere), "{office}");
        }
        told.forced("b", ANSWER, &[("answer", text("三人"))], &[]);
        assert_eq!(told.state(), "asked", "another office's answer is none");
        told.take("a", ANSWER, &[("answer", text("三人"))], &[]).unwrap();
        assert_eq!((told.state().as_str(), told.facts("answer").len()), ("answered", 1));
    }

    #[test]
    fn a_reason_does_not_end_the_duty_and_only_an_answer_closes() {
        let mut told = asked();
        let close = [("outcome", text("已核实"))];
        told.take("a", REASON, &[("reason", text("道路中断"))], &[]).unwrap();
        assert_eq!((told.state().as_str(), told.matter().summary().open), ("reasoned", true));
        assert_eq!(told.take("p", CLOSE, &close, &[]), Err(Refusal::VerificationUnanswered));
        told.take("a", ANSWER, &[("answer", text("三人"))], &[]).unwrap();
        assert_eq!(told.take("a", REASON, &[("reason", text("再等等"))], &[]), Err(Refusal::VerificationAnswered));
        assert_eq!(told.take("a", CLOSE, &close, &[]), Err(Refusal::MatterNotOpener));
        told.take("p", CLOSE, &close, &[]).unwrap();
        assert_eq!((told.state().as_str(), told.matter().summary().open), ("closed", false));
        assert_eq!(told.take("a", ANSWER, &[("answer", text("四人"))], &[]), Err(Refusal::MatterClosed));
    }

    #[test]
    fn a_corrected_answer_takes_the_place_of_the_first_and_only_its_office_may() {
        let mut told = asked();
        let first = told.take("a", ANSWER, &[("answer", text("三人"))], &[]).unwrap();
        let ask = told.steps[0].reference.clone();
        let corrects = |of| (&[] as &[_], Some(of));
        let others = told.step(("a", ANSWER), &[("answer", text("四人"))], &[], corrects(&ask));
        assert_eq!(others, Err(Refusal::StepCorrectsOther));
        told.step(("a", ANSWER), &[("answer", text("四人"))], &[], corrects(&first)).unwrap();
        let answers = told.facts("answer");
        assert_eq!((answers.len(), &answers[0].value), (1, &FactValue::Text("四人".into())));
    }
}
