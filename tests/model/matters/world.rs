//! Four offices, what each holds, what is underway between them, and what their officers try.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_node::{
    body::{Channel, Entered},
    domain::{
        form::{Answer, Value},
        incident::{carried_on, names_by_itself},
        matter::{
            Matter, Proposed, Sending, Step, StepLink, Taker, Times, audience, chooses, in_order, kind_of, replaced_by, versions,
        },
        obligation::Clocked,
        rules::Packs,
        step::{MatterKind, StepForm, StepForms},
        then::Moment,
    },
};
use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis, Zone},
    journal::Place,
    record::{Audience, Mode, Person},
    registry::{Entry, OfficeClass, Registry},
};
use rand::{
    Rng as _, SeedableRng as _,
    rngs::SmallRng,
    seq::{IndexedRandom as _, SliceRandom as _},
};

use super::{Mutant, oversight};

const ACTIONS: usize = 120;
/// From the province down.
pub(super) const OFFICES: [&str; 4] = ["p", "m", "c", "t"];
/// How wrong a measured difference of clocks may be; the time between two steps is longer.
const ERROR_MS: i64 = 2_000;
const BETWEEN_MS: i64 = 10_000;
const BEGAN: i64 = 1_782_867_600_000;

/// A record underway or on a disk: the step as its maker has it, and which matter it belongs to.
#[derive(Debug, Clone)]
struct Sent {
    matter: RecordRef,
    step: Step,
}

pub(super) struct Desk {
    pub(super) tree: Registry,
    /// By how much its clock is ahead.
    ahead: i64,
    held: BTreeMap<RecordRef, Sent>,
}

pub(super) struct World {
    random: SmallRng,
    mutant: Mutant,
    /// What is begun.
    kinds: &'static [MatterKind],
    pub(super) now: i64,
    made: u64,
    pub(super) desks: Vec<Desk>,
    /// Whether the line of an office to the one above it is up.
    up: Vec<bool>,
    underway: Vec<(usize, Sent)>,
}

pub(super) fn id(text: &str) -> OfficeId {
    OfficeId::parse(text).expect("a valid office")
}

fn place(office: &OfficeId) -> usize {
    OFFICES.iter().position(|one| *one == office.as_str()).expect("an office of the model")
}

fn tree(own: &str) -> Registry {
    let classes = [OfficeClass::Province, OfficeClass::City, OfficeClass::County, OfficeClass::Township];
    let rows = OFFICES.iter().zip(classes).enumerate();
    rows.fold(Registry::new(id(own), Digest::of("model", &[])), |tree, (at, (office, class))| {
        tree.with(Entry {
            office: id(office),
            name: (*office).into(),
            area_code: "440800".into(),
            class,
            zone: Zone::parse("gov").expect("a valid zone"),
            parent: at.checked_sub(1).map(|above| id(OFFICES[above])),
            key: None,
            replaces: None,
            valid_from: UnixMillis(0),
            successor_hash: None,
        })
    })
}

fn person(office: usize) -> Person {
    Person { id: OFFICES[office].into(), name: OFFICES[office].into() }
}

impl World {
    pub(super) fn new(seed: u64, mutant: Mutant, kinds: &'static [MatterKind]) -> Self {
        let mut random = SmallRng::seed_from_u64(seed);
        let desk = |office: &&str, ahead| Desk { tree: tree(office), ahead, held: BTreeMap::new() };
        let desks = OFFICES.iter().map(|office| desk(office, random.random_range(-2_400_000..2_400_000))).collect();
        Self { random, mutant, kinds, now: BEGAN, made: 0, desks, up: vec![true; OFFICES.len()], underway: Vec::new() }
    }

    /// Everything that happens in one history.
    pub(super) fn play(&mut self) -> Result<(), String> {
        for _ in 0..ACTIONS {
            match self.random.random_range(0..10) {
                0 => {
                    let line = self.random.random_range(1..OFFICES.len());
                    self.up[line] = !self.up[line];
                }
                1..=4 => self.something_comes(),
                _ => self.somebody_acts(),
            }
            self.at_most_one_has_it_in_hand()?;
        }
        self.up.fill(true);
        while !self.underway.is_empty() {
            self.something_comes();
            self.at_most_one_has_it_in_hand()?;
        }
        self.all_say_the_same()?;
        self.every_tier_names_one_handler()?;
        self.what_is_closed_was_seen_through()?;
        self.whoever_called_knows_who_answered()?;
        self.obligations_settle()
    }

    /// Something that is underway, if its way is open; sometimes it comes again later.
    fn something_comes(&mut self) {
        let Self { underway, up, random, .. } = self;
        let open = |(to, sent): &(usize, Sent)| {
            let from = place(&sent.step.reference.origin);
            (from.min(*to) + 1..=from.max(*to)).all(|line| up[line])
        };
        let can: Vec<usize> = underway.iter().enumerate().filter(|(_, one)| open(one)).map(|(at, _)| at).collect();
        let Some(at) = can.choose(random) else { return };
        let (to, sent) = if random.random_ratio(1, 8) { underway[*at].clone() } else { underway.swap_remove(*at) };
        self.arrives(to, sent);
    }

    fn arrives(&mut self, to: usize, mut sent: Sent) {
        if self.desks[to].held.contains_key(&sent.step.reference) {
            return;
        }
        let ahead = self.desks[to].ahead;
        let error = self.random.random_range(-ERROR_MS..=ERROR_MS);
        let from_ahead = self.desks[place(&sent.step.reference.origin)].ahead;
        let moved = sent.step.times.recorded.origin.0 - from_ahead + ahead + error;
        sent.step.times.recorded.here = UnixMillis(moved);
        sent.step.times.here = UnixMillis(self.now + ahead);
        let call = oversight::calls(&sent.step, &id(OFFICES[to])).then(|| (sent.matter.clone(), sent.step.reference.clone()));
        self.desks[to].held.insert(sent.step.reference.clone(), sent);
        if let Some((matter, call)) = call {
            self.says_it_is_delivered(to, matter, call);
        }
    }

    /// The node of a called office does so by itself.
    fn says_it_is_delivered(&mut self, own: usize, matter: RecordRef, call: RecordRef) {
        let form = StepForms::built_in().get("rollcall.delivered").expect("a step");
        let steps = self.steps(own, &matter);
        let links = vec![StepLink { role: "call".into(), record: call }];
        let step = Step { by: None, links, ..self.step(own, form, own) };
        let sending = Sending { form, office: &step.office, matter: &matter, to: &[], steps: &steps };
        let goes = audience(&sending, &self.desks[own].tree);
        self.goes(own, &goes, Sent { matter, step });
    }

    /// The steps of a matter as an office holds them, whatever order they came in.
    fn steps(&mut self, office: usize, matter: &RecordRef) -> Vec<Step> {
        let mut steps: Vec<Step> = self.held(office, matter);
        // A start reads them anew.
        steps.shuffle(&mut self.random);
        in_order(matter, steps)
    }

    pub(super) fn held(&self, office: usize, matter: &RecordRef) -> Vec<Step> {
        let of_it = self.desks[office].held.values().filter(|sent| sent.matter == *matter);
        in_order(matter, of_it.map(|sent| sent.step.clone()).collect())
    }

    pub(super) fn matters(&self, office: usize) -> BTreeSet<RecordRef> {
        self.desks[office].held.values().map(|sent| sent.matter.clone()).collect()
    }

    /// An office tries something that its officers might; what is not admitted leaves nothing.
    fn somebody_acts(&mut self) {
        self.now += self.random.random_range(BETWEEN_MS..60_000);
        let office = self.random.random_range(0..OFFICES.len());
        let known: Vec<_> = self.matters(office).into_iter().collect();
        let forms: Vec<&StepForm> = self.kinds.iter().flat_map(|kind| StepForms::built_in().of(*kind)).collect();
        let (begins, goes_on): (Vec<&StepForm>, Vec<&StepForm>) = forms.into_iter().partition(|form| form.opens);
        let matter = known.choose(&mut self.random).filter(|_| self.made > 0).cloned();
        match matter {
            Some(matter) if known.len() > 2 || self.random.random_ratio(4, 5) => {
                let steps = self.steps(office, &matter);
                let Some(kind) = kind_of(&matter, &steps) else { return };
                let by_hand = |form: &&StepForm| form.matter == kind && !oversight::is_the_nodes(form);
                let of_kind: Vec<_> = goes_on.into_iter().filter(by_hand).collect();
                let form = *of_kind.choose(&mut self.random).expect("every kind goes on");
                self.tries(office, form, Some((matter, steps)));
            }
            Some(_) | None => {
                let form = *begins.choose(&mut self.random).expect("every kind begins");
                self.tries(office, form, None);
            }
        }
    }

    fn tries(&mut self, own: usize, form: &StepForm, on: Option<(RecordRef, Vec<Step>)>) {
        let whose = self.whose(own, form);
        let mut step = self.step(own, form, whose);
        let (matter, steps) = on.unwrap_or_else(|| (step.reference.clone(), Vec::new()));
        let at = step.times.here;
        let random = &mut self.random;
        let typed = oversight::typed(form, (&steps, at), random);
        (step.answers, step.links, step.to) = match typed {
            Some((answers, links)) => (answers, links, oversight::named(form, own, random)),
            None => (self.answers(form, at), self.links(form, &steps), self.named(own, form)),
        };
        if form.id == "consultation.review" {
            step.by = Some(Person { id: "reviewer".into(), name: "reviewer".into() });
        }
        if form.matter == MatterKind::Incident {
            step.links.extend(names_by_itself(&steps, form));
            step.first = carried_on(&steps);
        }
        self.takes(own, form, (matter, steps), step);
    }

    /// A step that says nothing yet.
    fn step(&mut self, own: usize, form: &StepForm, whose: usize) -> Step {
        self.made += 1;
        let at = UnixMillis(self.now + self.desks[own].ahead);
        let mut tail = [0; 10];
        tail[..8].copy_from_slice(&self.made.to_be_bytes());
        let reference = RecordRef { origin: id(OFFICES[own]), id: RecordId::from_parts(at, tail) };
        Step {
            digest: Digest::of("model", &[&tail]),
            moment: Moment { place: Place { segment: 1, group: self.made, frame: 0 }, recorded_at: at, came_at: None },
            reference,
            form: form.id.clone(),
            mode: Mode::Real,
            office: id(OFFICES[whose]),
            entered: (whose != own).then(|| Entered {
                channel: Channel::Telephone,
                told_by: "李四".into(),
                phone: "0759".into(),
            }),
            by: Some(person(own)),
            answers: Vec::new(),
            links: Vec::new(),
            to: Vec::new(),
            rules: Packs::built_in().in_force().stamp().0,
            corrects: None,
            times: Times { happened: None, learnt: None, recorded: Clocked::same(at), here: at },
            first: None,
            hollow: false,
            delivered: Vec::new(),
        }
    }

    fn takes(&mut self, own: usize, form: &StepForm, (matter, steps): (RecordRef, Vec<Step>), step: Step) {
        let by = step.by.clone().unwrap_or_else(|| person(own));
        let proposed = Proposed {
            form,
            reference: &step.reference,
            mode: step.mode,
            answers: &step.answers,
            links: &step.links,
            to: &step.to,
            corrects: None,
        };
        let tree = &self.desks[own].tree;
        let rules = Packs::built_in().in_force();
        let taker = Taker { own: tree.own(), office: &step.office, by: &by, tree, now: step.times.here, rules };
        let admitted = (Matter { kind: form.matter, steps: &steps }).admit(&proposed, &taker).is_ok();
        let offers_again = self.mutant == Mutant::Twice && form.id == "incident.handover";
        let hasty = self.mutant == Mutant::Hasty && oversight::closes(form);
        if !admitted && !offers_again && !hasty {
            return;
        }
        let sending = Sending { form, office: &step.office, matter: &matter, to: &step.to, steps: &steps };
        let goes = if self.mutant == Mutant::Untold && form.id == "incident.accept" {
            step.links.iter().map(|link| Audience::Offices(vec![link.record.origin.clone()])).collect()
        } else if self.mutant == Mutant::Whispered && form.id == "rollcall.answer" {
            Vec::new()
        } else {
            audience(&sending, tree)
        };
        self.goes(own, &goes, Sent { matter, step });
    }

    fn goes(&mut self, own: usize, audience: &[Audience], sent: Sent) {
        for to in reached(own, audience) {
            self.underway.push((to, sent.clone()));
        }
        self.desks[own].held.insert(sent.step.reference.clone(), sent);
    }

    /// Mostly its own; sometimes that of an office below, by telephone.
    fn whose(&mut self, own: usize, form: &StepForm) -> usize {
        let by_telephone = ["verification.answer", "directive.done", "directive.sign", "warning.signed", "incident.report"];
        let may = by_telephone.contains(&form.id.as_str()) && own + 1 < OFFICES.len() && self.random.random_ratio(1, 4);
        if may { self.random.random_range(own + 1..OFFICES.len()) } else { own }
    }

    fn named(&mut self, own: usize, form: &StepForm) -> Vec<OfficeId> {
        let below = OFFICES.len() - own - 1;
        match form.id.as_str() {
            "incident.handover" => vec![id(OFFICES[self.random.random_range(0..OFFICES.len())])],
            "verification.ask" if below > 0 => vec![id(OFFICES[self.random.random_range(own + 1..OFFICES.len())])],
            _ if form.names_offices.is_some() && below > 0 => {
                let first = self.random.random_range(own + 1..OFFICES.len());
                OFFICES[own + 1..=first].iter().map(|office| id(office)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn answers(&mut self, form: &StepForm, at: UnixMillis) -> Vec<Answer> {
        let said = |field: &str, value| Answer { field: field.into(), value };
        let code = |key: &str| Value::Choices(vec![key.into()]);
        let text = |words: &str| Value::Text(words.into());
        let mut pick = |of: &[&str]| code(of.choose(&mut self.random).expect("a choice"));
        let one = match form.id.as_str() {
            "incident.accept" => vec![said("answer", pick(&["accepted", "accepted", "declined"]))],
            "incident.report" => vec![said("stage", pick(&["initial", "followup", "final"])), said("haste", code("yes"))],
            "incident.assess" => vec![said("verification", code("unverified")), said("grade", pick(&["ordinary", "major"]))],
            "incident.transfer" => vec![said("body", text("公安"))],
            "directive.order" => vec![said("kind", pick(&["instruction", "circular", "supervision"]))],
            "warning.take" | "warning.raise" | "warning.lower" => vec![said("level", pick(&["blue", "yellow", "red"]))],
            _ => Vec::new(),
        };
        let number = Value::Number(self.random.random_range(0..4));
        let words = ["title", "answer", "outcome", "question", "reason", "words", "approver"];
        let free =
            form.fields.iter().filter(|field| one.iter().all(|answer| answer.field != field.key)).filter_map(|field| match field
                .key
                .as_str()
            {
                "dead" => Some(said("dead", number.clone())),
                key if words.contains(&key) => Some(said(key, text(if self.made.is_multiple_of(3) { "三人" } else { "二人" }))),
                key if key.ends_with("_at") || key == "at" => Some(said(key, Value::Time(at))),
                _ => None,
            });
        let free: Vec<_> = free.collect();
        one.into_iter().chain(free).collect()
    }

    /// What a choice names: the versions of an act, if there are several.
    fn links(&mut self, form: &StepForm, steps: &[Step]) -> Vec<StepLink> {
        let link = |role: &str, record: &RecordRef| StepLink { role: role.into(), record: record.clone() };
        if !chooses(&form.id) {
            let outcomes: Vec<_> = steps.iter().filter(|step| step.form == "directive.done").collect();
            let sent_back = outcomes.choose(&mut self.random).filter(|_| form.id == "directive.return");
            return sent_back.map(|done| link("outcome", &done.reference)).into_iter().collect();
        }
        let all = versions(steps);
        let Some(act) = all.choose(&mut self.random) else { return Vec::new() };
        let heads: Vec<_> = act.standing.heads.iter().map(|head| &head.reference).collect();
        let kept = *heads.choose(&mut self.random).expect("several hands");
        let others = heads.iter().filter(|head| **head != kept).map(|head| link("other", head));
        let replaces = replaced_by(steps, kept);
        [link("kept", kept)].into_iter().chain(others).chain(replaces.iter().map(|old| link("replaces", old))).collect()
    }
}

/// Everybody whom a record reaches, with those on the way.
fn reached(own: usize, audience: &[Audience]) -> BTreeSet<usize> {
    let mut to = BTreeSet::new();
    for clause in audience {
        match clause {
            Audience::UpTo(top) => to.extend(place(top)..own),
            Audience::Subtree(top) => to.extend(place(top)..OFFICES.len()),
            Audience::Offices(offices) => to.extend(offices.iter().map(place)),
        }
    }
    let on_the_way = to.iter().flat_map(|to| own.min(*to)..=own.max(*to)).collect::<BTreeSet<_>>();
    on_the_way.into_iter().filter(|office| *office != own).collect()
}
