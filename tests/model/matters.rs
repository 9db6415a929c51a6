//! Matters at four offices over lines that are cut: thousands of random histories of incidents, questions, directives and warnings, each step
//! taken by what its office knows, and carried late, twice, in any order, with clocks that are wrong and offices that start again.
//!
//! The pure domain alone is driven, by the same functions that the use cases call: admission, what the program names by itself, the audience
//! and the fold. The law: at most one office at a time has an incident in hand; offices that hold the same records say the same; when all has
//! come, every tier names one handler and one first receiver; and an obligation is met if and only if the debtor, or whoever spoke for it, did
//! what it is met by. `DUTYNET_SEED=<seed>` plays one history alone.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_node::{
    body::{Channel, Entered},
    domain::{
        form::{Answer, Value},
        incident::{carried_on, handling, names_by_itself},
        matter::{
            Fact, FactValue, Matter, Proposed, Sending, Step, StepLink, Taker, Times, audience, chooses, in_order, kind_of,
            replaced_by, settled, versions,
        },
        obligation::Clocked,
        rules::{Duty, Packs},
        step::{MatterKind, StepForm, StepForms},
    },
};
use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis, Zone},
    record::{Audience, Mode, Person},
    registry::{Entry, OfficeClass, Registry},
};
use rand::{
    Rng as _, SeedableRng as _,
    rngs::SmallRng,
    seq::{IndexedRandom as _, SliceRandom as _},
};

const HISTORIES: u64 = 1_500;
const ACTIONS: usize = 120;
/// Seeds that once failed, and what they showed.
const KEPT: [u64; 0] = [];
/// From the province down.
const OFFICES: [&str; 4] = ["p", "m", "c", "t"];
/// How wrong a measured difference of clocks may be; the time between two steps is longer.
const ERROR_MS: i64 = 2_000;
const BETWEEN_MS: i64 = 10_000;
const BEGAN: i64 = 1_782_867_600_000;

/// What each duty is met by.
const ENDS: [(Duty, &[&str]); 5] = [
    (Duty::LeaderTold, &["incident.told"]),
    (Duty::OralReport, &["incident.oral", "incident.report"]),
    (Duty::WrittenReport, &["incident.report"]),
    (Duty::WrittenAfterOral, &["incident.report"]),
    (Duty::VerificationAnswer, &["verification.answer"]),
];

/// What a mutant does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mutant {
    None,
    /// Handovers and answers do not name what they follow.
    NoChain,
    /// An acceptance is told to nobody but whoever offered.
    Untold,
}

/// A record underway or on a disk: the step as its maker has it, and which matter it belongs to.
#[derive(Debug, Clone)]
struct Sent {
    matter: RecordRef,
    step: Step,
}

struct Desk {
    tree: Registry,
    /// By how much its clock is ahead.
    ahead: i64,
    held: BTreeMap<RecordRef, Sent>,
}

struct World {
    random: SmallRng,
    mutant: Mutant,
    now: i64,
    made: u64,
    desks: Vec<Desk>,
    /// Whether the line of an office to the one above it is up.
    up: Vec<bool>,
    underway: Vec<(usize, Sent)>,
}

fn id(text: &str) -> OfficeId {
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
    fn new(seed: u64, mutant: Mutant) -> Self {
        let mut random = SmallRng::seed_from_u64(seed);
        let desk = |office: &&str, ahead| Desk { tree: tree(office), ahead, held: BTreeMap::new() };
        let desks = OFFICES.iter().map(|office| desk(office, random.random_range(-2_400_000..2_400_000))).collect();
        Self { random, mutant, now: BEGAN, made: 0, desks, up: vec![true; OFFICES.len()], underway: Vec::new() }
    }

    /// Everything that happens in one history.
    fn play(&mut self) -> Result<(), String> {
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
        self.desks[to].held.insert(sent.step.reference.clone(), sent);
    }

    /// The steps of a matter as an office holds them, whatever order they came in.
    fn steps(&mut self, office: usize, matter: &RecordRef) -> Vec<Step> {
        let mut steps: Vec<Step> = self.held(office, matter);
        // A start reads them anew.
        steps.shuffle(&mut self.random);
        in_order(matter, steps)
    }

    fn held(&self, office: usize, matter: &RecordRef) -> Vec<Step> {
        let of_it = self.desks[office].held.values().filter(|sent| sent.matter == *matter);
        in_order(matter, of_it.map(|sent| sent.step.clone()).collect())
    }

    fn matters(&self, office: usize) -> BTreeSet<RecordRef> {
        self.desks[office].held.values().map(|sent| sent.matter.clone()).collect()
    }

    /// An office tries something that its officers might; what is not admitted leaves nothing.
    fn somebody_acts(&mut self) {
        self.now += self.random.random_range(BETWEEN_MS..60_000);
        let office = self.random.random_range(0..OFFICES.len());
        let known: Vec<_> = self.matters(office).into_iter().collect();
        let forms: Vec<&StepForm> = MatterKind::ALL[..4].iter().flat_map(|kind| StepForms::built_in().of(*kind)).collect();
        let (begins, goes_on): (Vec<&StepForm>, Vec<&StepForm>) = forms.into_iter().partition(|form| form.opens);
        let matter = known.choose(&mut self.random).filter(|_| self.made > 0).cloned();
        match matter {
            Some(matter) if known.len() > 2 || self.random.random_ratio(4, 5) => {
                let steps = self.steps(office, &matter);
                let Some(kind) = kind_of(&matter, &steps) else { return };
                let of_kind: Vec<_> = goes_on.into_iter().filter(|form| form.matter == kind).collect();
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
        self.made += 1;
        let at = UnixMillis(self.now + self.desks[own].ahead);
        let mut tail = [0; 10];
        tail[..8].copy_from_slice(&self.made.to_be_bytes());
        let reference = RecordRef { origin: id(OFFICES[own]), id: RecordId::from_parts(at, tail) };
        let (matter, steps) = on.unwrap_or_else(|| (reference.clone(), Vec::new()));
        let whose = self.whose(own, form);
        let mut step = Step {
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
            answers: self.answers(form, at),
            links: self.links(form, &steps),
            to: self.named(own, form),
            rules: Packs::built_in().in_force().stamp().0,
            corrects: None,
            times: Times { happened: None, learnt: None, recorded: Clocked::same(at), here: at },
            first: None,
            hollow: false,
        };
        if form.matter == MatterKind::Incident && self.mutant != Mutant::NoChain {
            step.links.extend(names_by_itself(&steps, form));
        }
        if form.matter == MatterKind::Incident {
            step.first = carried_on(&steps);
        }
        self.takes(own, form, (matter, steps), step);
    }

    fn takes(&mut self, own: usize, form: &StepForm, (matter, steps): (RecordRef, Vec<Step>), step: Step) {
        let by = person(own);
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
        let taker = Taker { own: tree.own(), office: &step.office, by: &by, tree, now: step.times.here };
        if (Matter { kind: form.matter, steps: &steps }).admit(&proposed, &taker).is_err() {
            return;
        }
        let sending = Sending { form, office: &step.office, matter: &matter, to: &step.to, steps: &steps };
        let goes = if self.mutant == Mutant::Untold && form.id == "incident.accept" {
            step.links.iter().map(|link| Audience::Offices(vec![link.record.origin.clone()])).collect()
        } else {
            audience(&sending, tree)
        };
        let sent = Sent { matter, step };
        for to in reached(own, &goes) {
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
                key if words.contains(&key) => Some(said(key, text(if self.made % 3 == 0 { "三人" } else { "二人" }))),
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

    fn at_most_one_has_it_in_hand(&self) -> Result<(), String> {
        let all: BTreeSet<RecordRef> = (0..OFFICES.len()).flat_map(|office| self.matters(office)).collect();
        for matter in all {
            let mut in_hand = Vec::new();
            for (office, name) in OFFICES.iter().enumerate() {
                let steps = self.held(office, &matter);
                if kind_of(&matter, &steps) == Some(MatterKind::Incident) && handling(&settled(&steps)).side() == &id(name) {
                    in_hand.push(*name);
                }
            }
            if in_hand.len() > 1 {
                return Err(format!("{matter} is in the hands of {in_hand:?}"));
            }
        }
        Ok(())
    }

    fn all_say_the_same(&self) -> Result<(), String> {
        let mut said: BTreeMap<(RecordRef, BTreeSet<RecordRef>), (usize, String)> = BTreeMap::new();
        for office in 0..OFFICES.len() {
            for matter in self.matters(office) {
                let steps = self.held(office, &matter);
                let Some(kind) = kind_of(&matter, &steps) else { continue };
                let says = says(&Matter { kind, steps: &steps }, &self.desks[office].tree);
                let holds: BTreeSet<_> = steps.iter().map(|step| step.reference.clone()).collect();
                let first = said.entry((matter.clone(), holds)).or_insert_with(|| (office, says.clone()));
                if first.1 != says {
                    let (one, other) = (OFFICES[first.0], OFFICES[office]);
                    return Err(format!("{matter}: {one} says {}\n{other} says {says}", first.1));
                }
            }
        }
        Ok(())
    }

    fn every_tier_names_one_handler(&self) -> Result<(), String> {
        let mut named: BTreeMap<RecordRef, BTreeSet<(OfficeId, OfficeId, Option<String>)>> = BTreeMap::new();
        for office in 0..OFFICES.len() {
            for matter in self.matters(office) {
                let steps = self.held(office, &matter);
                if kind_of(&matter, &steps) == Some(MatterKind::Incident) {
                    let steps = settled(&steps);
                    let now = handling(&steps);
                    let by = now.first.by.map(|by| by.id.clone());
                    named.entry(matter).or_default().insert((now.handler.clone(), now.first.office.clone(), by));
                }
            }
        }
        match named.into_iter().find(|(_, said)| said.len() > 1) {
            Some((matter, said)) => Err(format!("{matter}: handler and first receiver are {said:?}")),
            None => Ok(()),
        }
    }

    /// By what the debtor has said, and not by the code that is tested.
    fn obligations_settle(&self) -> Result<(), String> {
        for (office, desk) in self.desks.iter().enumerate() {
            for matter in self.matters(office) {
                let steps = self.held(office, &matter);
                let Some(kind) = kind_of(&matter, &steps) else { continue };
                for owed in (Matter { kind, steps: &steps }).obligations(Packs::built_in(), &desk.tree) {
                    let Some((_, ends)) = ENDS.iter().find(|(duty, _)| *duty == owed.duty) else { continue };
                    let since = owed.start.at.here;
                    let did = |step: &Step| {
                        step.office == owed.debtor && ends.contains(&step.form.as_str()) && step.times.recorded.here >= since
                    };
                    let done = steps.iter().any(did);
                    if done != owed.outcome.met.is_some() {
                        return Err(format!(
                            "{}: {:?} of {} is met: {}, and it was done: {done}",
                            OFFICES[office], owed.duty, owed.debtor, !done
                        ));
                    }
                }
            }
        }
        Ok(())
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

/// State, facts and obligations, without what is told by each office's own clock.
fn says(matter: &Matter<'_>, tree: &Registry) -> String {
    let summary = matter.summary();
    let timeless = |fact: &Fact| !matches!(fact.value, FactValue::Time(_));
    let facts: Vec<String> = matter.facts().iter().filter(|fact| timeless(fact)).map(|fact| format!("{fact:?}")).collect();
    let owed = matter.obligations(Packs::built_in(), tree).into_iter().map(|owed| {
        let (met, explained) = (owed.outcome.met.map(|met| met.record), owed.outcome.explained.map(|said| said.record));
        format!("{:?} {met:?} {explained:?}", owed.key)
    });
    let owed: BTreeSet<String> = owed.collect();
    format!("{} {} {}\n{facts:#?}\n{owed:#?}", summary.open, summary.state, summary.grade)
}

fn survive(seed: u64) {
    if let Err(fault) = World::new(seed, Mutant::None).play() {
        panic!("DUTYNET_SEED={seed}: {fault}");
    }
}

#[test]
fn matters_come_to_the_same_at_every_office_whatever_way_their_steps_came() {
    if let Ok(seed) = std::env::var("DUTYNET_SEED") {
        return survive(seed.parse().expect("DUTYNET_SEED is a number"));
    }
    KEPT.into_iter().chain(0..HISTORIES).for_each(survive);
}

#[test]
fn a_handover_that_names_nothing_and_an_acceptance_that_is_not_told_are_caught() {
    for mutant in [Mutant::NoChain, Mutant::Untold] {
        assert!((0..HISTORIES).any(|seed| World::new(seed, mutant).play().is_err()), "{mutant:?} survives");
    }
}
