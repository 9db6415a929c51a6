//! A matter for pure tests: steps are admitted and kept as they would be, by a clock that goes a minute at each.

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis, Zone},
    journal::Place,
    record::{Mode, Person},
    registry::{Entry, OfficeClass, Registry},
};

use super::{Fact, FactValue, Known, Matter, Proposed, Step, StepLink, Taker, Times};
use crate::{
    domain::{
        form::{Answer, Value, fill},
        incident,
        obligation::{Clocked, Obligation},
        rules::{Packs, Rules},
        step::{MatterKind, StepForms},
        then::Moment,
    },
    text::refusal::Refusal,
};

/// What is typed into a step in a test.
pub(crate) type Said<'a> = &'a [(&'a str, Value)];

pub(crate) fn id(text: &str) -> OfficeId {
    OfficeId::parse(text).unwrap()
}

pub(crate) fn text(words: &str) -> Value {
    Value::Text(words.into())
}

pub(crate) fn code(key: &str) -> Value {
    Value::Choices(vec![key.into()])
}

pub(crate) fn time(at: i64) -> Value {
    Value::Time(UnixMillis(at))
}

/// Of a record that was made here, the n-th one.
pub(crate) fn moment(n: u8, at: UnixMillis) -> Moment {
    Moment { place: Place { segment: 1, group: n.into(), frame: 0 }, recorded_at: at, came_at: None }
}

/// p → c1, c2; c1 → a, b
pub(crate) fn tree() -> Registry {
    let rows = [("p", ""), ("c1", "p"), ("c2", "p"), ("a", "c1"), ("b", "c1")];
    rows.iter().fold(Registry::new(id("p"), Digest::ZERO), |tree, (office, parent)| {
        tree.with(Entry {
            office: id(office),
            name: (*office).into(),
            area_code: String::new(),
            class: OfficeClass::Other,
            zone: Zone::parse("z").unwrap(),
            parent: OfficeId::parse(parent).ok(),
            key: None,
            replaces: None,
            valid_from: UnixMillis(0),
            successor_hash: None,
        })
    })
}

/// A matter whose steps everybody has at once.
pub(crate) struct Told {
    pub(crate) steps: Vec<Step>,
    tree: Registry,
    made: u8,
    writer: &'static str,
    name: &'static str,
}

impl Told {
    pub(crate) fn new() -> Self {
        Self { steps: Vec::new(), tree: tree(), made: 0, writer: "z1", name: "张三" }
    }

    /// Whoever takes the steps from now on.
    pub(crate) fn writer(&mut self, id: &'static str) {
        self.writer = id;
    }

    /// Who takes the steps from now on, by his name.
    pub(crate) fn by(&mut self, name: &'static str) {
        self.name = name;
    }

    /// A step of an office, if it may be taken.
    pub(crate) fn take(&mut self, office: &str, form: &str, said: Said<'_>, to: &[&str]) -> Result<RecordRef, Refusal> {
        self.step((office, form), said, to, (&[], None))
    }

    /// What is owed because of it, by the rules that come with the program.
    pub(crate) fn owed(&self) -> Vec<Obligation> {
        let known = Known { matter: &self.steps[0].reference, packs: Packs::built_in(), tree: &self.tree, now: UnixMillis(0) };
        self.matter().obligations(&known)
    }

    /// One that names other records, or corrects one.
    pub(crate) fn step(
        &mut self,
        (office, form): (&str, &str),
        said: Said<'_>,
        to: &[&str],
        (links, corrects): (&[(&str, &RecordRef)], Option<&RecordRef>),
    ) -> Result<RecordRef, Refusal> {
        let step = self.made(office, form, (said, to), (links, corrects));
        let form = StepForms::built_in().get(form).unwrap();
        let proposed = Proposed {
            form,
            reference: &step.reference,
            mode: step.mode,
            answers: &step.answers,
            links: &step.links,
            to: &step.to,
            corrects: step.corrects.as_ref(),
        };
        let by = step.by.clone().unwrap();
        let (tree, now, rules) = (&self.tree, step.times.here, &Rules::default());
        let taker = Taker { own: &step.office, office: &step.office, by: &by, tree, now, rules };
        Matter { kind: form.matter, steps: &self.steps }.admit(&proposed, &taker).map_err(|no| no.why)?;
        Ok(self.arrives(step))
    }

    /// A step that nobody asked whether it may be taken: another office's program may not keep the rules.
    pub(crate) fn forced(&mut self, office: &str, form: &str, said: Said<'_>, to: &[&str]) -> RecordRef {
        let step = self.made(office, form, (said, to), (&[], None));
        self.arrives(step)
    }

    fn arrives(&mut self, step: Step) -> RecordRef {
        let reference = step.reference.clone();
        self.steps.push(step);
        reference
    }

    fn made(
        &mut self,
        office: &str,
        form: &str,
        (said, to): (Said<'_>, &[&str]),
        (links, corrects): (&[(&str, &RecordRef)], Option<&RecordRef>),
    ) -> Step {
        self.made += 1;
        let at = UnixMillis(i64::from(self.made) * 60_000);
        let form = StepForms::built_in().get(form).unwrap();
        let is_incident = form.matter == MatterKind::Incident;
        let by_itself = if is_incident { incident::names_by_itself(&self.steps, form) } else { Vec::new() };
        let typed = links.iter().map(|(role, record)| StepLink { role: (*role).into(), record: (*record).clone() });
        let answers: Vec<_> = said.iter().map(|(field, value)| Answer { field: (*field).into(), value: value.clone() }).collect();
        Step {
            reference: RecordRef { origin: id(office), id: RecordId::from_parts(at, [self.made; 10]) },
            digest: Digest([self.made; 32]),
            moment: moment(self.made, at),
            form: form.id.clone(),
            mode: Mode::Real,
            office: id(office),
            entered: None,
            by: Some(Person { id: self.writer.into(), name: self.name.into() }),
            answers: fill(&form.fields, &answers).unwrap(),
            links: typed.chain(by_itself).collect(),
            to: to.iter().map(|office| id(office)).collect(),
            rules: Vec::new(),
            corrects: corrects.cloned(),
            times: Times { happened: None, learnt: None, recorded: Clocked::same(at), here: at },
            first: incident::carried_on(&self.steps).filter(|_| is_incident),
            hollow: false,
            delivered: Vec::new(),
        }
    }

    pub(crate) fn matter(&self) -> Matter<'_> {
        let kind = StepForms::built_in().get(&self.steps[0].form).unwrap().matter;
        Matter { kind, steps: &self.steps }
    }

    pub(crate) fn state(&self) -> String {
        self.matter().summary().state
    }

    pub(crate) fn facts(&self, key: &str) -> Vec<Fact> {
        self.matter().facts().into_iter().filter(|fact| fact.key == key).collect()
    }

    /// Offices of which a fact is known.
    pub(crate) fn offices(&self, key: &str) -> Vec<String> {
        let office = |fact: Fact| match fact.value {
            FactValue::Office(office) | FactValue::Person(office, _) => Some(office.to_string()),
            FactValue::Text(_) | FactValue::Number(_) | FactValue::Time(_) | FactValue::Code(_) => None,
        };
        self.facts(key).into_iter().filter_map(office).collect()
    }
}
