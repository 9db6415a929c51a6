//! What must be so at every moment, and when all has come.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_node::domain::{
    incident::handling,
    matter::{Fact, FactValue, Known, Matter, Step, kind_of, settled},
    obligation::Obligation,
    rules::{Duty, Packs},
    step::MatterKind,
};
use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    registry::Registry,
};

use super::world::{OFFICES, World, id};

/// What each duty is met by. 口头报告后的书面报告 is whatever the tier above then has in writing: a report, one that skipped a tier and went to
/// it as a copy, or that the matter is not ours and to whom it was handed (移送), which the law asks for in the place of a report.
const ENDS: [(Duty, &[&str]); 4] = [
    (Duty::LeaderTold, &["incident.told"]),
    (Duty::WrittenAfterOral, &["incident.report", "incident.skip", "incident.transfer"]),
    (Duty::VerificationAnswer, &["verification.answer"]),
    (Duty::Feedback, &["directive.feedback", "directive.done"]),
];

/// Duties of which everybody who holds the same records derives the same. The others run from when an office itself came to know of something
/// (what came up to it, what came after its own report), or stay inside of an office (its leaders, what lies before them): who holds the same
/// records may know less of that, and says nothing of it.
const EVERYBODYS: [Duty; 7] = [
    Duty::WrittenAfterOral,
    Duty::VerificationAnswer,
    Duty::WrittenRequested,
    Duty::Receipt,
    Duty::Feedback,
    Duty::Outcome,
    Duty::WarningPassedOn,
];

impl World {
    pub(super) fn at_most_one_has_it_in_hand(&self) -> Result<(), String> {
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

    pub(super) fn all_say_the_same(&self) -> Result<(), String> {
        let mut said: BTreeMap<(RecordRef, BTreeSet<RecordRef>), (usize, String, Owed)> = BTreeMap::new();
        for (office, name) in OFFICES.iter().enumerate() {
            for matter in self.matters(office) {
                let steps = self.held(office, &matter);
                let Some(kind) = kind_of(&matter, &steps) else { continue };
                let folded = Matter { kind, steps: &steps };
                let (says, owed) = (says(&folded), owed(&folded, &self.known(&matter, &self.desks[office].tree)));
                let said_here = |step: &Step| step.delivered.iter().map(|delivery| delivery.record.clone()).collect::<Vec<_>>();
                let holds: BTreeSet<_> =
                    steps.iter().flat_map(|step| [vec![step.reference.clone()], said_here(step)].concat()).collect();
                let first = said.entry((matter.clone(), holds)).or_insert_with(|| (office, says.clone(), owed.clone()));
                let one = OFFICES[first.0];
                if first.1 != says {
                    return Err(format!("{matter}: {one} says {}\n{name} says {says}", first.1));
                }
                let other = &first.2;
                let alone = |(_, settled): &(&String, &Settled)| EVERYBODYS.contains(&settled.0);
                let keys = owed.iter().chain(other).filter(alone).map(|(key, _)| key);
                if let Some(key) = keys.into_iter().find(|key| !owed.contains_key(*key) || !other.contains_key(*key)) {
                    return Err(format!(
                        "{matter}: {key} is owed for {one}: {}, and not for {name}, or the other way",
                        other.contains_key(key)
                    ));
                }
                let differs = owed.iter().find(|(key, settled)| other.get(*key).is_some_and(|other| other != *settled));
                if let Some((key, settled)) = differs {
                    return Err(format!("{matter}: of {key} {one} says {:?} and {name} {settled:?}", other.get(key)));
                }
            }
        }
        Ok(())
    }

    pub(super) fn every_tier_names_one_handler(&self) -> Result<(), String> {
        let mut named: BTreeMap<RecordRef, BTreeSet<(OfficeId, OfficeId, Option<String>)>> = BTreeMap::new();
        for (office, name) in OFFICES.iter().enumerate() {
            for matter in self.matters(office) {
                let steps = self.held(office, &matter);
                let above = self.had_it_in_hand(&matter).iter().any(|had| self.desks[office].tree.is_within(had, &id(name)));
                if above && kind_of(&matter, &steps) == Some(MatterKind::Incident) {
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

    /// Where it began, and everybody who has accepted it.
    fn had_it_in_hand(&self, matter: &RecordRef) -> BTreeSet<OfficeId> {
        let steps = (0..OFFICES.len()).flat_map(|office| self.held(office, matter));
        let accepted = steps.filter(|step| step.form == "incident.accept").map(|step| step.office);
        accepted.chain([matter.origin.clone()]).collect()
    }

    /// At the office that closed it, by what stood there then: no finding without a ruling or with a demand that is not put right, no session
    /// without minutes or with an outcome of which nothing became.
    pub(super) fn what_is_closed_was_seen_through(&self) -> Result<(), String> {
        for (office, name) in OFFICES.iter().enumerate() {
            for matter in self.matters(office) {
                let steps = self.held(office, &matter);
                let closes = ["finding.close", "consultation.close"];
                let own = |step: &&Step| closes.contains(&step.form.as_str()) && step.reference.origin == id(name);
                let Some(close) = steps.iter().find(own) else { continue };
                let before: Vec<_> = steps.iter().filter(|step| was_there(step, close)).collect();
                let open = if close.form == "finding.close" { undone(&before) } else { unsettled(&before) };
                if let Some(open) = open {
                    return Err(format!("{matter}: {name} has closed it, and {open}"));
                }
            }
        }
        Ok(())
    }

    /// When all has come: an office has answered a roll call if and only if whoever called says so.
    pub(super) fn whoever_called_knows_who_answered(&self) -> Result<(), String> {
        for (office, name) in OFFICES.iter().enumerate() {
            for matter in self.matters(office).into_iter().filter(|matter| matter.origin == id(name)) {
                let steps = self.held(office, &matter);
                if kind_of(&matter, &steps) != Some(MatterKind::RollCall) {
                    continue;
                }
                let facts = Matter { kind: MatterKind::RollCall, steps: &steps }.facts();
                let says = |fact: &Fact| if let FactValue::Office(who) = &fact.value { Some(who.clone()) } else { None };
                let known: BTreeSet<_> = facts.iter().filter(|fact| fact.key == "answered").filter_map(says).collect();
                let answered = |below: &usize| self.held(*below, &matter).iter().any(|step| is_answer_of(step, OFFICES[*below]));
                let did: BTreeSet<_> = (0..OFFICES.len()).filter(answered).map(|below| id(OFFICES[below])).collect();
                if known != did {
                    return Err(format!("{matter}: {name} knows that {known:?} answered, and {did:?} did"));
                }
            }
        }
        Ok(())
    }

    /// What an office with this tree knows of a matter now.
    fn known<'a>(&self, matter: &'a RecordRef, tree: &'a Registry) -> Known<'a> {
        Known { matter, packs: Packs::built_in(), tree, now: UnixMillis(self.now) }
    }

    /// By what the debtor has said, and not by the code that is tested.
    pub(super) fn obligations_settle(&self) -> Result<(), String> {
        for (office, desk) in self.desks.iter().enumerate() {
            for matter in self.matters(office) {
                let steps = self.held(office, &matter);
                let Some(kind) = kind_of(&matter, &steps) else { continue };
                let known = self.known(&matter, &desk.tree);
                for owed in (Matter { kind, steps: &steps }).obligations(&known) {
                    let Some((_, ends)) = ENDS.iter().find(|(duty, _)| *duty == owed.duty) else { continue };
                    let begins = steps.iter().find(|step| owed.start.record.as_ref() == Some(&step.reference));
                    let since = begins.map_or(owed.start.at.here, |step| step.times.recorded.here);
                    let did = |step: &Step| {
                        // The law asks that he knows of the event within its time of the receipt: a leader who was told before a report
                        // of it came, by a call that was entered later, has been told.
                        let counts = owed.duty == Duty::LeaderTold || step.times.recorded.here >= since;
                        step.office == owed.debtor && ends.contains(&step.form.as_str()) && counts
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

fn is_answer_of(step: &Step, office: &str) -> bool {
    step.form == "rollcall.answer" && step.office == id(office)
}

/// Whether a step was there when an office took another: time passes before somebody acts, and none until something comes.
fn was_there(step: &Step, when: &Step) -> bool {
    step.times.here < when.times.here
}

/// What a finding was closed without; `None`: nothing.
fn undone(before: &[&Step]) -> Option<String> {
    let last = before.iter().rev().find(|step| step.form == "finding.rule");
    let Some(ruling) = last else { return Some("nobody has ruled".into()) };
    let accepted = |feedback: &Step| {
        let mut checks =
            before.iter().filter(|step| step.form == "finding.check" && step.link("feedback") == Some(&feedback.reference));
        checks.next_back().is_some_and(|check| check.choice("result") == Some("accepted"))
    };
    let put_right = |demand: &Step| {
        let said = before.iter().filter(|step| step.form == "finding.feedback" && step.link("demand") == Some(&demand.reference));
        said.filter(|step| step.choice("state") == Some("done")).any(|step| accepted(step))
    };
    let upheld = ruling.choice("ruling") == Some("upheld");
    let open = before.iter().find(|step| upheld && step.form == "finding.rectify" && !put_right(step))?;
    Some(format!("{} is not put right", open.reference))
}

/// What a session was closed without.
fn unsettled(before: &[&Step]) -> Option<String> {
    if before.iter().all(|step| step.form != "consultation.minutes") {
        return Some("there are no minutes".into());
    }
    let ends = ["consultation.ordered", "consultation.none"];
    let settled = |outcome: &Step| {
        before.iter().any(|step| ends.contains(&step.form.as_str()) && step.link("outcome") == Some(&outcome.reference))
    };
    let open = before.iter().find(|step| step.form == "consultation.outcome" && !settled(step))?;
    Some(format!("nothing became of {}", open.reference))
}

/// What it is, and by which records it is met, and explained.
type Settled = (Duty, Option<RecordRef>, Option<RecordRef>);
/// By key.
type Owed = BTreeMap<String, Settled>;

/// State and facts, without what is told by each office's own clock.
fn says(matter: &Matter<'_>) -> String {
    let summary = matter.summary();
    let timeless = |fact: &Fact| !matches!(fact.value, FactValue::Time(_));
    let facts: Vec<String> = matter.facts().iter().filter(|fact| timeless(fact)).map(|fact| format!("{fact:?}")).collect();
    format!("{} {} {}\n{facts:#?}", summary.open, summary.state, summary.grade)
}

fn owed(matter: &Matter<'_>, known: &Known<'_>) -> Owed {
    let settled = |owed: Obligation| {
        let (met, explained) = (owed.outcome.met.map(|met| met.record), owed.outcome.explained.map(|said| said.record));
        (owed.key.to_string(), (owed.duty, met, explained))
    };
    matter.obligations(known).into_iter().map(settled).collect()
}
