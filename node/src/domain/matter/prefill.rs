//! Nothing is typed twice (一次录入): what was said in earlier steps of a matter fills a later one, as its form says; an officer types what is new.
//!
//! Of several words the newest counts. What the office has said by the same step is said again where the form wants that; elsewhere it bars
//! whatever is older, so that a follow-up report has only what is new. A step that corrects another begins as that one was.

use dutynet_relay::ids::{OfficeId, RecordRef};

use super::{Step, standing};
use crate::{
    domain::{
        beijing::minute,
        form::{Answer, Field, FieldKind, Lines, Value},
        incident,
        step::{Gathered, MatterKind, Prefill, SaidAt, StepForm, StepForms, Whose},
    },
    text::matter as text,
};

/// One field as it would be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefilled {
    /// What is said.
    pub answer: Answer,
    /// The steps that say it; none: it follows from what the matter has come to.
    pub sources: Vec<RecordRef>,
}

/// What an office need not type of a step.
pub fn prefill(form: &StepForm, steps: &[Step], office: &OfficeId) -> Vec<Prefilled> {
    if ["incident.approved", "incident.refused"].contains(&form.id.as_str()) && !is_asked_once(steps, office) {
        return Vec::new();
    }
    let mut stands: Vec<&Step> = match form.matter {
        MatterKind::Incident => incident::standing(steps).collect(),
        MatterKind::Warning
        | MatterKind::Verification
        | MatterKind::Directive
        | MatterKind::Drill
        | MatterKind::Finding
        | MatterKind::Consultation
        | MatterKind::RollCall => standing(steps).collect(),
    };
    stands.sort_by_key(|step| (step.times.recorded.here, step.reference.clone()));
    let from = Said { form, steps: &stands, office };
    let filled = form.prefill.iter().filter_map(|rule| from.filled(rule));
    let stage = (form.id == "incident.report").then(|| next_stage(steps, office));
    stage.into_iter().chain(filled).collect()
}

/// What a step begins with that takes the place of another.
pub fn as_before(form: &StepForm, corrected: &Step) -> Vec<Prefilled> {
    let still = corrected.answers.iter().filter(|answer| form.field(&answer.field).is_some());
    still.map(|answer| Prefilled { answer: answer.clone(), sources: vec![corrected.reference.clone()] }).collect()
}

/// Whose word it is follows from the question alone where one question is open.
fn is_asked_once(steps: &[Step], office: &OfficeId) -> bool {
    incident::asks(steps, office).iter().filter(|ask| ask.answers.is_empty()).count() == 1
}

/// 首报 first, then 续报: that a report is the last one is for a person to say.
fn next_stage(steps: &[Step], office: &OfficeId) -> Prefilled {
    let reported = incident::reports(steps, office).iter().any(|report| !report.withdrawn);
    let stage = if reported { incident::Stage::FollowUp } else { incident::Stage::Initial };
    let value = Value::Choices(vec![stage.key().to_owned()]);
    Prefilled { answer: Answer { field: "stage".to_owned(), value }, sources: Vec::new() }
}

/// What was said, oldest first.
struct Said<'a> {
    form: &'a StepForm,
    steps: &'a [&'a Step],
    office: &'a OfficeId,
}

impl<'a> Said<'a> {
    fn filled(&self, rule: &Prefill) -> Option<Prefilled> {
        let field = self.form.field(&rule.field)?;
        let (value, sources) = self.every(rule, field).or_else(|| self.newest(rule, field))?;
        Some(Prefilled { answer: Answer { field: field.key.clone(), value }, sources })
    }

    /// Steps after the one by which the office has answered the field already, if that bars older ones.
    fn open_to(&self, rule: &Prefill) -> &'a [&'a Step] {
        let answered = |step: &&Step| self.is_own_same(step) && step.value(&rule.field).is_some();
        let after = self.steps.iter().rposition(answered).filter(|_| !rule.again).map_or(0, |at| at + 1);
        &self.steps[after..]
    }

    fn is_own_same(&self, step: &Step) -> bool {
        step.form == self.form.id && step.office == *self.office
    }

    fn counts(&self, rule: &Prefill, step: &Step) -> bool {
        match rule.whose {
            Whose::Anybodys => true,
            Whose::Own => step.office == *self.office,
        }
    }

    fn newest(&self, rule: &Prefill, field: &Field) -> Option<(Value, Vec<RecordRef>)> {
        let said = |step: &&'a Step, at: &SaidAt| {
            let value = step.value(&at.field).filter(|_| step.form == at.step && self.counts(rule, step))?;
            Some((*step, value))
        };
        let all: Vec<(&Step, &Value)> =
            self.open_to(rule).iter().flat_map(|step| rule.from.iter().filter_map(move |at| said(step, at))).collect();
        let (step, value) = *all.last()?;
        // A figure that several others have said is their sum, which a person makes.
        let several = all.iter().any(|(other, _)| other.office != *self.office && other.office != step.office);
        if matches!(field.kind, FieldKind::Number(_)) && step.office != *self.office && several {
            return None;
        }
        fits(field, value).then(|| (value.clone(), vec![step.reference.clone()]))
    }

    /// A line of each; of too many the newest.
    fn every(&self, rule: &Prefill, field: &Field) -> Option<(Value, Vec<RecordRef>)> {
        let FieldKind::Text { chars_max, lines } = field.kind else { return None };
        let line = |step: &&Step| {
            let gathered = rule.every.iter().find(|gathered| gathered.step == step.form).filter(|_| self.counts(rule, step))?;
            Some((line_of(gathered, step)?, step.reference.clone()))
        };
        let mut said: Vec<(String, RecordRef)> = self.open_to(rule).iter().filter_map(line).collect();
        let joined =
            |said: &[(String, RecordRef)]| text::gathered(&said.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>(), lines);
        while joined(&said).chars().count() > chars_max {
            said.remove(0);
        }
        let words = joined(&said);
        (!said.is_empty()).then(|| (Value::Text(words), said.into_iter().map(|(_, source)| source).collect()))
    }
}

/// Whether it can be an answer to the field: of a text that is too long nothing is cut off unseen.
fn fits(field: &Field, value: &Value) -> bool {
    match (&field.kind, value) {
        (FieldKind::Text { chars_max, lines }, Value::Text(words)) => {
            words.chars().count() <= *chars_max && (*lines == Lines::Many || !words.contains('\n'))
        }
        (_, Value::Unknown) => field.unknown_allowed,
        (_, Value::Nil) => field.nil_allowed,
        (_, Value::Text(_) | Value::Number(_) | Value::Time(_) | Value::Choices(_) | Value::Rows(_)) => true,
    }
}

/// What a step says to some of its fields, in words; `None`: nothing.
fn line_of(gathered: &Gathered, step: &Step) -> Option<String> {
    let form = StepForms::built_in().get(&step.form)?;
    let words = gathered.fields.iter().filter_map(|key| in_words(form.field(key)?, step.value(key)?));
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| text::in_a_line(&words))
}

/// A value in words; `None`: nothing that could be said again.
pub(in crate::domain) fn in_words(field: &Field, value: &Value) -> Option<String> {
    match (value, &field.kind) {
        (Value::Text(words), _) => Some(words.replace('\n', " ")),
        (Value::Number(number), FieldKind::Number(range)) => Some(text::with_unit(&number.to_string(), &range.unit)),
        (Value::Number(number), _) => Some(number.to_string()),
        (Value::Time(at), _) => Some(minute(*at)),
        (Value::Choices(chosen), FieldKind::Choice { codes, .. }) => {
            let named = codes.iter().filter(|code| chosen.contains(&code.key)).map(|code| code.label.clone());
            Some(text::values(&named.collect::<Vec<_>>()))
        }
        (Value::Choices(_) | Value::Rows(_) | Value::Nil | Value::Unknown, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::matter::tests::{Told, code, id, text, time};

    const HAPPENED: i64 = 1_000;

    /// Called in at `a`.
    fn called() -> Told {
        let mut told = Told::new();
        let caller = [("caller_name", text("李村长")), ("caller_unit", text("良垌村")), ("caller_phone", text("0759-1"))];
        let event = [("title", text("山洪")), ("place", text("村口")), ("happened_at", time(HAPPENED)), ("who", text("三人"))];
        let more = [("what", text("漫水")), ("why", Value::Unknown), ("category", code("natural"))];
        told.take("a", "incident.call", &[&caller[..], &event[..], &more[..]].concat(), &[]).unwrap();
        told
    }

    fn filled(told: &Told, form: &str, office: &str) -> Vec<(String, Value)> {
        let form = StepForms::built_in().get(form).unwrap();
        prefill(form, &told.steps, &id(office)).into_iter().map(|one| (one.answer.field, one.answer.value)).collect()
    }

    fn field(filled: &[(String, Value)], key: &str) -> Option<Value> {
        filled.iter().find(|(field, _)| field == key).map(|(_, value)| value.clone())
    }

    fn report(told: &mut Told, office: &str, said: &[(&str, Value)]) -> RecordRef {
        let form = StepForms::built_in().get("incident.report").unwrap();
        let mut all: Vec<(String, Value)> = filled(told, "incident.report", office);
        all.retain(|(key, _)| said.iter().all(|(typed, _)| typed != key));
        let carried = all.iter().map(|(key, value)| (form.field(key).unwrap().key.as_str(), value.clone()));
        let all: Vec<_> = carried.chain(said.iter().cloned()).collect();
        told.take(office, "incident.report", &all, &[]).unwrap()
    }

    #[test]
    fn what_was_said_on_the_telephone_is_not_typed_again_in_the_report() {
        let mut told = called();
        told.take("a", "incident.action", &[("action", text("封路")), ("done_at", time(0))], &[]).unwrap();
        let first = filled(&told, "incident.report", "a");
        for (key, value) in [
            ("stage", code("initial")),
            ("title", text("山洪")),
            ("happened_at", time(HAPPENED)),
            ("place", text("村口")),
            ("category", code("natural")),
            ("source", text("良垌村　李村长　0759-1")),
            ("cause", Value::Unknown),
            ("course", text("漫水")),
            ("handling", text("1970-01-01 08:00　封路")),
        ] {
            assert_eq!(field(&first, key), Some(value), "{key}");
        }
        assert_eq!(field(&first, "dead"), None);
        let form = StepForms::built_in().get("incident.report").unwrap();
        let of_action = prefill(form, &told.steps, &id("a")).into_iter().find(|one| one.answer.field == "handling").unwrap();
        assert_eq!(of_action.sources, [told.steps[1].reference.clone()]);
    }

    #[test]
    fn a_follow_up_has_what_the_event_is_and_only_what_is_new_of_its_course() {
        let mut told = called();
        report(&mut told, "a", &[("haste", code("yes")), ("dead", Value::Number(1))]);
        let next = filled(&told, "incident.report", "a");
        assert_eq!((field(&next, "stage"), field(&next, "title")), (Some(code("followup")), Some(text("山洪"))));
        for once in ["course", "cause", "source", "dead"] {
            assert_eq!(field(&next, once), None, "{once} was said, and nothing is new");
        }
        told.take("a", "incident.action", &[("action", text("转移群众")), ("done_at", time(0))], &[]).unwrap();
        let figures = [("dead", Value::Number(2)), ("source", text("现场")), ("as_of", time(0))];
        told.take("a", "incident.figures", &figures, &[]).unwrap();
        let next = filled(&told, "incident.report", "a");
        assert_eq!(field(&next, "handling"), Some(text("1970-01-01 08:00　转移群众")));
        assert_eq!((field(&next, "dead"), field(&next, "as_of")), (Some(Value::Number(2)), Some(time(0))));
        let again = filled(&told, "incident.figures", "a");
        assert_eq!(field(&again, "dead"), Some(Value::Number(2)), "figures stand until somebody says others");
    }

    #[test]
    fn the_tier_above_begins_with_what_came_from_below_but_never_adds_up_by_itself() {
        let mut told = called();
        let mut leader = vec![("leader", text("王镇长")), ("told_at", time(0)), ("how", code("telephone"))];
        leader.push(("said", Value::Nil));
        told.take("a", "incident.told", &leader, &[]).unwrap();
        report(&mut told, "a", &[("haste", code("yes")), ("dead", Value::Number(1))]);
        let above = filled(&told, "incident.report", "c1");
        assert_eq!((field(&above, "course"), field(&above, "dead")), (Some(text("漫水")), Some(Value::Number(1))));
        assert_eq!(field(&above, "told_leaders"), None, "whom the township told is not whom the county told");
        assert_eq!(field(&above, "source"), None);
        told.take(
            "b",
            "incident.report",
            &[("stage", code("initial")), ("title", text("山洪")), ("haste", code("yes")), ("dead", Value::Number(3))],
            &[],
        )
        .unwrap();
        assert_eq!(field(&filled(&told, "incident.report", "c1"), "dead"), None, "a person adds up what two have said");
    }

    #[test]
    fn a_correction_begins_as_the_step_was_and_what_does_not_fit_is_left_out_whole() {
        let mut told = called();
        let first = report(&mut told, "a", &[("haste", code("yes")), ("scope", text("全村"))]);
        let step = told.steps.iter().find(|step| step.reference == first).unwrap();
        let form = StepForms::built_in().get("incident.report").unwrap();
        let before: Vec<_> = as_before(form, step).into_iter().map(|one| one.answer).collect();
        assert_eq!(before, step.answers);
        let long = "字".repeat(4000);
        told.take("a", "incident.action", &[("action", text(&long)), ("done_at", time(0))], &[]).unwrap();
        assert_eq!(field(&filled(&told, "incident.report", "a"), "handling"), None, "with its time it is longer than the field");
    }

    #[test]
    fn nobodys_approval_is_filled_in_while_two_are_asked() {
        let mut told = called();
        for (leader, approvers) in [("王书记", Some(text("王书记"))), ("李县长", None)] {
            let asked = [("approver", text(leader)), ("what", text("上报"))];
            told.take("a", "incident.approval-asked", &asked, &[]).unwrap();
            assert_eq!(field(&filled(&told, "incident.approved", "a"), "approver"), approvers);
        }
    }

    #[test]
    fn what_was_withdrawn_fills_nothing() {
        let mut told = called();
        let sent = report(&mut told, "a", &[("haste", code("yes")), ("title", text("误报"))]);
        assert_eq!(field(&filled(&told, "incident.oral", "a"), "title"), Some(text("误报")));
        told.step(("a", "incident.withdraw"), &[("why", text("误报"))], &[], (&[("report", &sent)], None)).unwrap();
        let next = filled(&told, "incident.report", "a");
        assert_eq!((field(&next, "stage"), field(&next, "title")), (Some(code("initial")), Some(text("山洪"))));
    }
}
