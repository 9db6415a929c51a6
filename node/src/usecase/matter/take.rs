//! Taking a step: of this office, or on behalf of one below it (代录).

use bytes::Bytes;
use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId, RecordRef},
    record::{Mode, Person},
    writer::{RecordState, intent::Draft},
};

use super::prefill::of_its_kind;
use crate::{
    body::{
        Entered,
        step::{LINKS_MAX, OFFICES_MAX, StepBody},
    },
    domain::{
        account::Right,
        drill::DRILL,
        form::{Answer, Field, Value, fill, said_to},
        incident,
        matter::{Inadmissible, Matter, Proposed, Sending, Step, StepLink, Taker, audience, chooses, replaced_by},
        number::{Number, parse_reference},
        step::{Goes, LaneRule, MatterKind, Naming, StepForm, StepForms},
    },
    text::refusal::Refusal,
    usecase::{Office, OnBehalf, Refused, file::teller_of, finding::cited, office_ids, person, shown},
};

/// Room for the offices that a step names when it goes to everybody below, bytes.
const NAMED_BYTES_MAX: usize = 10 * 1024;

/// A step as it was typed.
#[derive(Debug, Clone)]
pub struct TakeStep {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Id of the form.
    pub form: String,
    /// Number or reference of the matter; empty: the step begins one.
    pub matter: String,
    /// What is said.
    pub answers: Vec<Answer>,
    /// Records that it names.
    pub links: Vec<NamedRecord>,
    /// Offices that it names.
    pub to: Vec<String>,
    /// Who takes it, or enters it.
    pub by: Option<Person>,
    /// `None`: that of the matter; real where the step begins one.
    pub mode: Option<Mode>,
    /// `Some`: the words are those of an office below.
    pub on_behalf: Option<OnBehalf>,
    /// Reference of the step whose place it takes; empty: of none.
    pub corrects: String,
}

/// What the node says in a step, where it has it from elsewhere than the matter.
#[derive(Debug, Default)]
pub(in crate::usecase) struct SaidByNode {
    /// In fields that nobody types.
    pub(in crate::usecase) answers: Vec<Answer>,
    /// A part of a status table.
    pub(in crate::usecase) table: Bytes,
}

/// A record that is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRecord {
    /// As the form names it.
    pub role: String,
    /// Reference, or number of a matter.
    pub record: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenStep {
    /// Its record.
    pub reference: RecordRef,
    /// Its matter.
    pub matter: RecordRef,
    /// True: it had been taken already.
    pub folded: bool,
    /// How far it has got.
    pub state: RecordState,
}

/// A step that fits its form, and everything that it names.
pub(super) struct Checked {
    pub(super) form: &'static StepForm,
    reference: RecordRef,
    matter: RecordRef,
    pub(super) office: OfficeId,
    by: Person,
    pub(super) body: StepBody,
    corrects: Option<RecordRef>,
}

impl Checked {
    /// What the program adds to what was typed.
    fn says_of_itself(&mut self, steps: &[Step]) {
        if chooses(&self.form.id)
            && let Some(kept) = self.body.links.iter().find(|link| link.role == "kept")
        {
            let replaced = replaced_by(steps, &kept.record).into_iter();
            self.links_by_itself(replaced.map(|record| StepLink { role: "replaces".to_owned(), record }).collect());
        }
        if self.form.matter == MatterKind::Incident {
            self.body.first = incident::carried_on(steps);
            self.links_by_itself(incident::names_by_itself(steps, self.form));
        }
    }

    /// The same as when it was taken.
    fn says_of_itself_what(&mut self, taken: &Step) {
        self.body.rules.clone_from(&taken.rules);
        self.body.first.clone_from(&taken.first);
        let roles = [&incident::BY_ITSELF[..], &[DRILL, "replaces"]].concat();
        let by_itself = taken.links.iter().filter(|link| roles.contains(&link.role.as_str()));
        self.links_by_itself(by_itself.cloned().collect());
    }

    fn links_by_itself(&mut self, by_itself: Vec<StepLink>) {
        let links = &mut self.body.links;
        let new: Vec<_> = by_itself.into_iter().filter(|link| !links.contains(link)).collect();
        links.extend(new);
    }
}

impl Office {
    /// Takes a step. The same id with the same words is the same step.
    pub async fn take_step(&self, asked: TakeStep) -> Result<TakenStep, Refused> {
        self.take_knowing(asked, SaidByNode::default()).await
    }

    /// The same, with what the node says in it, which it has from elsewhere.
    pub(in crate::usecase) async fn take_knowing(&self, asked: TakeStep, known: SaidByNode) -> Result<TakenStep, Refused> {
        let mut checked = self.checked_step(&asked).await?;
        checked.body.table = known.table;
        let _one_at_a_time = self.lock_on(&checked.decides_on()).await;
        self.caught_up().await?;
        let (held, steps) = (self.all_steps_of(&checked.matter)?, self.steps_of(&checked.matter)?);
        of_its_kind(checked.form, &checked.matter, &steps)?;
        let mode = self.mode_of(&checked, &steps, asked.mode)?;
        match held.iter().find(|step| step.reference == checked.reference) {
            // A retry: other rules may have come since, what the node knows may have changed, and the step itself is here.
            Some(taken) => {
                checked.says_of_itself_what(taken);
                checked.adds(taken.answers.iter().filter(|answer| is_by_node(checked.form, answer)).cloned().collect())?;
            }
            None => {
                // A roll call that is an exercise is one by itself: it has an end of its own.
                let by_itself = [MatterKind::Drill, MatterKind::RollCall].contains(&checked.form.matter);
                if mode == Mode::Exercise && !by_itself {
                    let drill = self.drill_of(&checked, &steps)?;
                    checked.body.links.push(drill);
                }
                checked.says_of_itself(&self.known_of(&checked, &steps)?);
                self.admitted(&checked, &steps, mode)?;
                let typed_alone = known.answers.is_empty();
                let known = if typed_alone { self.said_by_node(&checked, &steps).await? } else { known.answers };
                checked.adds(known)?;
            }
        }
        let draft = self.step_record(&checked, &steps, mode)?;
        let made = self.submit(draft).await?;
        self.read_what_was_written().await;
        let state = self.relay().state_of(&made.reference)?.unwrap_or(RecordState::Saved);
        Ok(TakenStep { reference: made.reference, matter: checked.matter, folded: made.folded, state })
    }

    async fn checked_step(&self, asked: &TakeStep) -> Result<Checked, Refused> {
        let form = StepForms::built_in().get(&asked.form);
        let form = form.ok_or_else(|| Refused::about(Refusal::StepUnknown, shown(&asked.form)))?;
        let by = person(asked.by.clone())?;
        let (office, entered) = self.speaks_in(asked.on_behalf.as_ref())?;
        let typed: Vec<Field> = form.typed().cloned().collect();
        let answers = fill(&typed, &asked.answers).map_err(Refused::at_fields)?;
        let reference = RecordRef { origin: self.own().clone(), id: asked.id };
        let matter = match (form.opens, asked.matter.is_empty()) {
            (true, true) => reference.clone(),
            (true, false) => return Err(Refused::about(Refusal::StepOpens, &form.title)),
            (false, true) => return Err(Refused::about(Refusal::StepMatterMissing, &form.title)),
            (false, false) => self.matter_named(&asked.matter).await?,
        };
        let links = self.links_of(form, &asked.links).await?;
        let to = self.offices_of(form, &asked.to)?;
        let corrects = (!asked.corrects.is_empty()).then(|| named_step(&asked.corrects)).transpose()?;
        let body = StepBody {
            form: form.id.clone(),
            version: form.version,
            answers,
            links,
            office: office.clone(),
            entered,
            rules: self.packs()?.in_force().stamp().0,
            to,
            first: None,
            table: Bytes::new(),
        };
        Ok(Checked { form, reference, matter, office, by, body, corrects })
    }

    /// Whose words they are, and how they came; only an office below this one may be spoken for.
    fn speaks_in(&self, on_behalf: Option<&OnBehalf>) -> Result<(OfficeId, Option<Entered>), Refused> {
        let Some(on_behalf) = on_behalf else { return Ok((self.own().clone(), None)) };
        Ok((self.spoken_for(&on_behalf.office)?, Some(teller_of(&on_behalf.entered)?)))
    }

    async fn links_of(&self, form: &StepForm, named: &[NamedRecord]) -> Result<Vec<StepLink>, Refused> {
        if named.len() > LINKS_MAX {
            return Err(Refused::about(Refusal::StepLinksTooMany, LINKS_MAX));
        }
        let mut links = Vec::new();
        for link in named {
            if form.links.iter().all(|known| known.role != link.role) {
                return Err(Refused::about(Refusal::StepLinkUnknown, shown(&link.role)));
            }
            links.push(StepLink { role: link.role.clone(), record: self.record_named(&link.record).await? });
        }
        let missing =
            form.links.iter().find(|role| role.naming == Naming::Must && links.iter().all(|link| link.role != role.role));
        match missing {
            Some(role) => Err(Refused::about(Refusal::StepLinkMissing, &role.label)),
            None => Ok(links),
        }
    }

    /// A record that this office holds: by its reference, or the opening one of a matter by its number.
    async fn record_named(&self, text: &str) -> Result<RecordRef, Refused> {
        let Some(reference) = parse_reference(text) else { return self.matter_named(text).await };
        match self.relay().store().find(&reference)? {
            Some(_) => Ok(reference),
            // A matter may be known here by its later steps alone.
            None if !self.inner.matters.steps(&reference)?.is_empty() => Ok(reference),
            None => Err(Refused::about(Refusal::RecordUnknown, reference)),
        }
    }

    fn offices_of(&self, form: &StepForm, named: &[String]) -> Result<Vec<OfficeId>, Refused> {
        let offices = office_ids(named)?;
        match form.names_offices {
            None if !offices.is_empty() => return Err(Refused::about(Refusal::StepNamesNobody, &form.title)),
            Some(Naming::Must) if offices.is_empty() => return Err(Refused::about(Refusal::StepOfficesMissing, &form.title)),
            None | Some(Naming::Must | Naming::May) => {}
        }
        let bytes: usize = offices.iter().map(|office| office.as_str().len() + 2).sum();
        let most = if form.goes.contains(&Goes::Below) { NAMED_BYTES_MAX } else { usize::MAX };
        if (most == usize::MAX && offices.len() > OFFICES_MAX) || bytes > most {
            return Err(Refusal::AudienceTooLong.into());
        }
        let registry = self.relay().registry();
        match offices.iter().find(|office| registry.entry(office).is_none()) {
            Some(unknown) => Err(Refused::about(Refusal::OfficeUnknown, unknown)),
            None => Ok(offices.into_iter().collect()),
        }
    }

    /// The steps of a matter, and of the one that is said to be the same event.
    fn known_of(&self, checked: &Checked, steps: &[Step]) -> Result<Vec<Step>, Refused> {
        let own = checked.body.links.iter().find(|link| checked.form.id == "incident.same" && link.role == "own");
        let of_own = own.map(|own| self.steps_of(&own.record)).transpose()?;
        Ok(steps.iter().cloned().chain(of_own.into_iter().flatten()).collect())
    }

    /// What this node knows of what the step is about, for the fields that nobody types.
    async fn said_by_node(&self, checked: &Checked, steps: &[Step]) -> Result<Vec<Answer>, Refused> {
        let (form, body) = (checked.form, &checked.body);
        match form.matter {
            MatterKind::Finding => self.finding_evidence(form, &body.answers, &body.to).await,
            MatterKind::Consultation => self.session_says(form, &body.links, steps),
            MatterKind::Incident
            | MatterKind::Warning
            | MatterKind::Verification
            | MatterKind::Directive
            | MatterKind::Drill
            | MatterKind::RollCall => Ok(Vec::new()),
        }
    }

    fn admitted(&self, checked: &Checked, steps: &[Step], mode: Mode) -> Result<(), Refused> {
        if let Some(corrects) = &checked.corrects
            && steps.iter().all(|step| step.reference != *corrects)
        {
            return Err(Refused::about(Refusal::StepCorrectsUnknown, corrects));
        }
        let (registry, own) = (self.relay().registry(), self.own());
        let proposed = Proposed {
            form: checked.form,
            reference: &checked.reference,
            mode,
            answers: &checked.body.answers,
            links: &checked.body.links,
            to: &checked.body.to,
            corrects: checked.corrects.as_ref(),
        };
        let (packs, now) = (self.packs()?, self.now());
        let rules = packs.in_force();
        let taker = Taker { own, office: &checked.office, by: &checked.by, tree: &registry, now, rules };
        Matter { kind: checked.form.matter, steps }.admit(&proposed, &taker).map_err(refused)?;
        match Right::for_step(&checked.form.id, proposed.choice("how")) {
            // Whoever sits at the command line may direct; nobody may be a leader but a leader.
            Some(Right::Approve) => self.must_approve(&checked.by),
            Some(Right::Direct | Right::Operate | Right::Audit) | None => Ok(()),
        }
    }

    fn step_record(&self, checked: &Checked, steps: &[Step], mode: Mode) -> Result<Draft, Refused> {
        let moment = |field: &str| match said_to(&checked.body.answers, field) {
            Some(Value::Time(at)) => Some(*at),
            Some(Value::Text(_) | Value::Number(_) | Value::Nil | Value::Unknown | Value::Choices(_) | Value::Rows(_)) | None => {
                None
            }
        };
        let sending =
            Sending { form: checked.form, office: &checked.office, matter: &checked.matter, to: &checked.body.to, steps };
        Ok(Draft {
            id: checked.reference.id,
            kind: checked.form.record_kind(),
            subject: checked.matter.to_string(),
            lane: lane(checked),
            audience: audience(&sending, &self.relay().registry()),
            mode,
            happened_at: moment("happened_at"),
            learnt_at: moment("learnt_at"),
            person: Some(checked.by.clone()),
            corrects: checked.corrects.clone(),
            on_behalf_of: (checked.office != *self.own()).then(|| checked.office.clone()),
            body: checked.body.encode(),
        })
    }
}

impl Checked {
    /// Whoever takes a step decides on this alone: the matter, or, where it begins, the obligation that only one may begin from.
    fn decides_on(&self) -> String {
        match cited(self.form, &self.body.answers) {
            Some(key) => key.to_owned(),
            None => self.matter.to_string(),
        }
    }

    /// Answers that the node gives, among those of the person, in the order of the form.
    fn adds(&mut self, known: Vec<Answer>) -> Result<(), Refused> {
        if !known.is_empty() {
            let all: Vec<Answer> = self.body.answers.drain(..).chain(known).collect();
            self.body.answers = fill(&self.form.fields, &all).map_err(Refused::at_fields)?;
        }
        Ok(())
    }
}

fn is_by_node(form: &StepForm, answer: &Answer) -> bool {
    form.field(&answer.field).is_some_and(|field| field.by_node)
}

fn lane(checked: &Checked) -> Lane {
    let field = match &checked.form.lane {
        LaneRule::Fixed(lane) => return *lane,
        LaneRule::Field(field) => field,
    };
    let chosen = said_to(&checked.body.answers, field);
    match chosen {
        Some(Value::Choices(codes)) if codes.iter().any(|code| code == "flash") => Lane::Flash,
        Some(Value::Choices(codes)) if codes.iter().any(|code| code == "urgent") => Lane::Urgent,
        Some(_) | None => Lane::Routine,
    }
}

pub(super) fn named_step(text: &str) -> Result<RecordRef, Refused> {
    parse_reference(text).ok_or_else(|| Refused::about(Refusal::StepCorrectsUnknown, shown(text)))
}

pub(in crate::usecase) fn refused(inadmissible: Inadmissible) -> Refused {
    Refused { about: inadmissible.about, faults: inadmissible.faults, ..inadmissible.why.into() }
}

impl TakenStep {
    /// Number of the matter.
    pub fn number(&self) -> Number {
        Number::of(&self.matter)
    }
}
