//! Everything that was done about a matter, the latest first; and what is known of it, each with the steps that say so.

use dutynet_relay::ids::{OfficeId, RecordRef, UnixMillis};

use super::super::super::{
    Console, fields,
    page::moment,
    ways::{Ways, Went},
};
use crate::{
    domain::{
        form::{Answer, Value},
        matter::{Fact, FactValue},
        number::{Number, parse_reference},
        step::{MatterKind, StepForm, StepForms},
    },
    text::{console as common_text, console_matter as text, matter as words, whereabouts, words as common},
    usecase::{Refused, ShownMatter, ShownStep},
};

/// What is needed to say of a step what it is.
pub(super) struct Course<'a> {
    pub(super) ways: Ways,
    pub(super) own: OfficeId,
    pub(super) matter: &'a ShownMatter,
    now: UnixMillis,
}

/// A step on the timeline.
pub(super) struct StepView {
    /// Its place in the whole course, from 1.
    pub(super) place: usize,
    pub(super) title: String,
    pub(super) office: String,
    pub(super) by: String,
    /// 代录: who said it, and who entered it.
    pub(super) entered: String,
    pub(super) at: String,
    /// By the clock of its maker, where that was another.
    pub(super) its_clock: String,
    pub(super) came: String,
    /// How far it has got, in words, and how good that is.
    pub(super) went: String,
    pub(super) tone: &'static str,
    pub(super) answers: Vec<(String, String)>,
    pub(super) to: String,
    /// What it takes the place of.
    pub(super) corrects: String,
    pub(super) hollow: bool,
    pub(super) own: bool,
    /// Where it can be corrected, and where files are added to it; empty: nowhere.
    pub(super) correct: String,
    pub(super) add_files: String,
}

/// One thing that is known, with every value and the places of the steps that say it.
pub(super) type Known = (String, Vec<(String, Vec<usize>)>);

impl<'a> Course<'a> {
    pub(super) fn of(console: &Console, matter: &'a ShownMatter) -> Result<Self, Refused> {
        let own = console.office.own().clone();
        Ok(Self { ways: Ways::now(console)?, own, matter, now: console.clock.wall() })
    }

    fn kind(&self) -> MatterKind {
        self.matter.row.summary.kind
    }

    /// Where a step stands in the course, from 1.
    fn place(&self, record: &RecordRef) -> Option<usize> {
        self.matter.steps.iter().position(|step| step.step.reference == *record).map(|at| at + 1)
    }

    /// Steps that a filter lets through, the latest first.
    pub(super) fn steps(&self, only: &str) -> Result<Vec<StepView>, Refused> {
        let numbered = self.matter.steps.iter().enumerate().rev();
        numbered.filter(|(_, step)| self.lets(only, step)).map(|(at, step)| self.view(at + 1, step)).collect()
    }

    fn lets(&self, only: &str, shown: &ShownStep) -> bool {
        let step = &shown.step;
        let goes_up = || StepForms::built_in().get(&step.form).is_some_and(|form| !form.goes.is_empty() || form.opens);
        match only {
            "own" => step.office == self.own,
            "below" => step.office != self.own,
            "up" => goes_up(),
            "real" => step.corrects.is_some() || step.entered.is_some(),
            _ => true,
        }
    }

    fn view(&self, place: usize, shown: &ShownStep) -> Result<StepView, Refused> {
        let step = &shown.step;
        let form = StepForms::built_in().get(&step.form);
        let said = |answer: &Answer| {
            let field = form.and_then(|form| form.field(&answer.field))?;
            (!matches!(answer.value, Value::Text(ref text) if text.is_empty()))
                .then(|| (field.label.clone(), fields::for_reading(field, &answer.value)))
        };
        let entered = step.entered.as_ref().map(|entered| {
            let channel = common::channel(entered.channel);
            text::entered(&self.ways.name(&step.reference.origin), channel, &entered.told_by, &entered.phone)
        });
        let is_ours = step.reference.origin == self.own;
        let Went { words: went, tone } = self.went(shown)?;
        let recorded = step.times.recorded;
        let other_clock = recorded.origin.0.abs_diff(recorded.here.0) >= 60_000;
        let may_correct = is_ours && !step.hollow && form.is_some_and(|form| !form.opens) && self.kind() != MatterKind::RollCall;
        let back = format!("/matter/{}/{}", self.matter.row.matter.origin, self.matter.row.matter.id);
        let correct = form.filter(|_| may_correct).map(|form| {
            let behalf = if step.office == self.own { String::new() } else { format!("&on_behalf_of={}", step.office) };
            format!("{back}/{}?corrects={}{behalf}", form.command, step.reference)
        });
        Ok(StepView {
            place,
            title: self.title(shown, form),
            office: self.ways.name(&step.office),
            by: step.by.as_ref().map_or(words::BY_ITSELF, |by| by.name.as_str()).to_owned(),
            entered: entered.unwrap_or_default(),
            at: moment(recorded.here),
            its_clock: if other_clock { text::by_its_clock(&moment(recorded.origin)) } else { String::new() },
            came: if is_ours { String::new() } else { moment(step.times.here) },
            went,
            tone,
            answers: step.answers.iter().filter_map(said).collect(),
            to: common_text::listed(&step.to.iter().map(|office| self.ways.name(office)).collect::<Vec<_>>()),
            corrects: step.corrects.as_ref().and_then(|old| self.place(old)).map(|at| at.to_string()).unwrap_or_default(),
            hollow: step.hollow,
            own: is_ours,
            correct: correct.unwrap_or_default(),
            add_files: if is_ours && !step.hollow {
                format!("/files/{}?record={}", self.matter.row.matter, step.reference)
            } else {
                String::new()
            },
        })
    }

    /// 首报, 续报 n, 终报: what its number among the reports of its office makes of it.
    fn title(&self, shown: &ShownStep, form: Option<&StepForm>) -> String {
        let says_so = |fact: &&Fact| fact.key.starts_with("report.") && fact.sources.first() == Some(&shown.step.reference);
        let numbered = self.matter.facts.iter().find(says_so).and_then(|fact| match fact.value {
            FactValue::Number(number) => words::label(MatterKind::Incident, &fact.key)
                .map(|label| if fact.key == "report.followup" { words::report(label, number) } else { label.to_owned() }),
            FactValue::Text(_) | FactValue::Time(_) | FactValue::Code(_) | FactValue::Office(_) | FactValue::Person(..) => None,
        });
        numbered.unwrap_or_else(|| form.map_or_else(|| shown.step.form.clone(), |form| form.title.clone()))
    }

    /// Where a record of this office is now, in words.
    pub(super) fn went(&self, shown: &ShownStep) -> Result<Went, Refused> {
        let step = &shown.step;
        let stays = StepForms::built_in().get(&step.form).is_some_and(|form| form.goes.is_empty());
        if stays && step.entered.is_none() && shown.state.is_some() {
            return Ok(Went { words: whereabouts::STAYS.to_owned(), tone: "dim" });
        }
        self.ways.went((&step.reference, shown.state), &step.to)
    }

    /// Facts of one name together, in the order in which they are known; without those that stand elsewhere on the page.
    pub(super) fn facts(&self, elsewhere: &[&str]) -> Vec<Known> {
        let mut known: Vec<Known> = Vec::new();
        for fact in self.matter.facts.iter().filter(|fact| !elsewhere.contains(&fact.key.as_str())) {
            let label = words::label(self.kind(), &fact.key).map_or_else(|| fact.key.clone(), str::to_owned);
            let places = fact.sources.iter().filter_map(|source| self.place(source)).collect();
            let value = match &fact.value {
                FactValue::Number(number) if fact.key.starts_with("report.") => text::nth(*number, &self.office_of(fact)),
                FactValue::Text(_)
                | FactValue::Number(_)
                | FactValue::Time(_)
                | FactValue::Code(_)
                | FactValue::Office(_)
                | FactValue::Person(..) => self.value(&fact.value),
            };
            let value = (value, places);
            match known.iter_mut().find(|(name, _)| *name == label) {
                Some((_, values)) => values.push(value),
                None => known.push((label, vec![value])),
            }
        }
        known
    }

    /// Whose record a fact comes from; empty: it comes from none.
    fn office_of(&self, fact: &Fact) -> String {
        let step = self.matter.steps.iter().find(|shown| fact.sources.first() == Some(&shown.step.reference));
        step.map(|shown| self.ways.name(&shown.step.office)).unwrap_or_default()
    }

    fn value(&self, value: &FactValue) -> String {
        match value {
            FactValue::Text(said) => parse_reference(said).map_or_else(|| said.clone(), |other| Number::of(&other).to_string()),
            FactValue::Number(number) => number.to_string(),
            FactValue::Time(at) => moment(*at),
            FactValue::Code(code) => words::word(self.kind(), code).map_or_else(|| code.clone(), str::to_owned),
            FactValue::Office(office) => self.ways.name(office),
            FactValue::Person(office, person) => words::person(&self.ways.name(office), &person.name),
        }
    }

    /// Steps by their records, as `14:05 张三`.
    pub(super) fn who_when(&self, records: &[RecordRef]) -> Vec<String> {
        let step = |record: &RecordRef| self.matter.steps.iter().find(|step| step.step.reference == *record);
        let said = |shown: &ShownStep| {
            let by = shown.step.by.as_ref().map(|by| by.name.as_str()).unwrap_or_default();
            format!("{} {by}", text::short(shown.step.times.recorded.here, self.now))
        };
        records.iter().filter_map(step).map(said).collect()
    }
}
