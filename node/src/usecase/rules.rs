//! Rules as an office has them: packs that it sends down or lays for itself, those in force, and what they answer.
//!
//! [`tell_rules_by_itself`] is what no person asks for: a node tells its parent which packs it runs, once for each change.

use std::time::Duration;

use dutynet_relay::{
    ids::{Digest, Lane, OfficeId, RecordId, RecordRef},
    record::{Audience, Mode, Person},
    registry::OfficeClass,
    writer::intent::Draft,
};
use tokio::sync::watch;

use super::{Office, Refused, person, shown};
use crate::{
    body::convert_pack::{IN_FORCE, IN_FORCE_SUBJECT, PACK, PackBody, in_force_encode},
    domain::{
        beijing::Day,
        rules::{Case, Here, Pack, PackFault, Packs, Reach, Stamp, Tier},
    },
    projection::Runs,
    text::{refusal::Refusal, rules as text},
};

/// After something was refused (a full disk), until it is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// A pack to be sent or laid.
#[derive(Debug, Clone)]
pub struct PutPack {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// TOML.
    pub text: String,
    /// For whom.
    pub reach: Reach,
    /// Who does it.
    pub by: Option<Person>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutAs {
    /// Its record.
    pub reference: RecordRef,
    /// As stamps name it.
    pub key: String,
    /// Its version.
    pub version: u32,
    /// The same record was held already.
    pub folded: bool,
}

/// Which packs an office runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeRuns {
    /// The office.
    pub office: OfficeId,
    /// Its name.
    pub name: String,
    /// `None`: it has not said yet.
    pub runs: Option<Runs>,
}

impl Office {
    /// Every pack that is known here, and which are in force.
    pub fn packs(&self) -> Result<Packs, Refused> {
        Ok(self.inner.rule_packs.packs(self.relay().store(), &self.relay().registry())?)
    }

    /// Every fault of a pack; what is laxer than a rule that binds this office is one.
    pub async fn check_pack(&self, text: &str) -> Result<Vec<PackFault>, Refused> {
        self.caught_up().await?;
        Ok(self.read_pack(text, &self.packs()?).err().unwrap_or_default())
    }

    /// Sends a pack down, or lays a stricter one for this office alone.
    pub async fn put_pack(&self, asked: PutPack) -> Result<PutAs, Refused> {
        let by = person(asked.by)?;
        let _one_at_a_time = self.lock_on(&PACK).await;
        self.caught_up().await?;
        let packs = self.packs()?;
        let pack = self.read_pack(&asked.text, &packs).map_err(|faults| {
            let said: Vec<String> = faults.iter().take(20).map(text::fault).collect();
            Refused::about(Refusal::PackFaulty, said.join("\n"))
        })?;
        let same = packs.get(&pack.key, pack.version).is_some_and(|held| *held == pack);
        let newest = packs.newest_version(&pack.key).unwrap_or(0);
        if pack.version <= newest && !same {
            return Err(Refused::about(Refusal::PackVersion, newest));
        }
        let down = match asked.reach {
            Reach::Subtree => vec![Audience::Subtree(self.own().clone())],
            Reach::Own => Vec::new(),
        };
        let draft = Draft {
            id: asked.id,
            kind: PACK.to_owned(),
            subject: format!("rules/{}", pack.id),
            lane: Lane::Routine,
            audience: self.upwards().into_iter().chain(down).collect(),
            mode: Mode::Real,
            happened_at: None,
            learnt_at: None,
            person: Some(by),
            corrects: None,
            on_behalf_of: None,
            body: PackBody { text: asked.text, reach: asked.reach }.encode(),
        };
        let made = self.relay().submit(draft).await?;
        self.read_what_was_written().await;
        Ok(PutAs { reference: made.reference, key: pack.key, version: pack.version, folded: made.folded })
    }

    /// What this office runs, and what each child said last. Those further below say it to their own parent alone; asked by
    /// [`Office::pull_status`], each says it itself.
    pub async fn rules_in_force(&self) -> Result<Vec<OfficeRuns>, Refused> {
        self.caught_up().await?;
        let registry = self.relay().registry();
        let name = |office: &OfficeId| registry.entry(office).map(|entry| entry.name.clone()).unwrap_or_default();
        let since = dutynet_relay::ids::UnixMillis(0);
        let ours = Runs { stamp: self.packs()?.in_force().stamp(), since };
        let mut rows = vec![OfficeRuns { office: self.own().clone(), name: name(self.own()), runs: Some(ours) }];
        let mut children: Vec<&OfficeId> = registry.children(self.own()).map(|entry| &entry.office).collect();
        children.sort();
        for child in children {
            rows.push(OfficeRuns { office: child.clone(), name: name(child), runs: self.inner.rule_packs.runs(child)? });
        }
        Ok(rows)
    }

    /// A case of this office today, to be narrowed.
    pub fn own_case(&self) -> Case {
        let entry = self.relay().registry().entry(self.own()).cloned();
        Case {
            jurisdiction: entry.as_ref().map(|entry| entry.area_code.clone()).unwrap_or_default(),
            tier: entry.map_or(Tier::Unit, |entry| tier(entry.class)),
            category: None,
            grade: None,
            flags: Default::default(),
            channel: None,
            on: Day::of(self.now()),
        }
    }

    fn read_pack(&self, text: &str, packs: &Packs) -> Result<Pack, Vec<PackFault>> {
        let pack = Pack::parse(text)?.of_office(self.own());
        let case = self.own_case();
        let mut faults = packs.in_force().strange_categories(&pack);
        faults.extend(packs.in_force().laxer(&pack, Here { jurisdiction: &case.jurisdiction, on: case.on }));
        faults.sort_by_key(|fault| fault.line);
        if faults.is_empty() { Ok(pack) } else { Err(faults) }
    }

    /// Tells the parent what is run here, where that has changed.
    async fn tell_rules(&self) -> Result<(), Refused> {
        let Some(parent) = self.relay().registry().path_up(self.own()).nth(1).cloned() else { return Ok(()) };
        self.caught_up().await?;
        let stamp = self.packs()?.in_force().stamp();
        let told = self.inner.rule_packs.runs(self.own())?;
        if told.as_ref().is_some_and(|told| told.stamp == stamp) {
            return Ok(());
        }
        let id = in_force_id(self.own(), &stamp, told.as_ref());
        let draft = Draft {
            id,
            kind: IN_FORCE.to_owned(),
            subject: IN_FORCE_SUBJECT.to_owned(),
            lane: Lane::Routine,
            audience: vec![Audience::UpTo(parent)],
            mode: Mode::Real,
            happened_at: None,
            learnt_at: None,
            person: None,
            corrects: None,
            on_behalf_of: None,
            body: in_force_encode(&stamp),
        };
        self.relay().submit(draft).await?;
        self.read_what_was_written().await;
        Ok(())
    }
}

/// Tells the parent what is run here for every change, until it is told to stop.
pub async fn tell_rules_by_itself(office: Office, mut stop: watch::Receiver<bool>) {
    let mut caught_up = office.inner.caught_up.clone();
    loop {
        let told = office.tell_rules().await;
        if let Err(refused) = &told {
            tracing::warn!(%refused, "which rules are run could not be said; it is tried again");
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(PAUSE), if told.is_err() => {}
            () = caught_up.moved(), if told.is_ok() => {}
        }
    }
}

/// The same for one change, however often it is told; another for a change back.
fn in_force_id(own: &OfficeId, stamp: &Stamp, before: Option<&Runs>) -> RecordId {
    let since = before.map_or(0, |before| before.since.0);
    let (own, stamp, before) = (own.as_str().as_bytes(), stamp.to_string(), since.to_be_bytes());
    let digest = Digest::of("dutynet.rules.in-force.1", &[own, b"/", stamp.as_bytes(), b"/", &before]);
    let mut random = [0; 10];
    random.copy_from_slice(&digest.0[..10]);
    RecordId::from_parts(dutynet_relay::ids::UnixMillis(since.saturating_add(1)), random)
}

/// What an office is to a rule. One that is nothing in particular is a unit.
fn tier(class: OfficeClass) -> Tier {
    match class {
        OfficeClass::Province => Tier::Province,
        OfficeClass::City => Tier::City,
        OfficeClass::County => Tier::County,
        OfficeClass::Township => Tier::Township,
        OfficeClass::Department => Tier::Department,
        OfficeClass::Other => Tier::Unit,
    }
}

/// One answer of the rules, whatever it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    /// `limit`, `element`, `tell`, `approval` or `special`.
    pub kind: &'static str,
    /// Stable name of what it is about.
    pub key: String,
    /// For people; empty: nothing is limited.
    pub limit: String,
    /// Stable name; empty: no clock runs.
    pub basis: &'static str,
    /// What it says, for people.
    pub says: String,
    /// The row.
    pub cited: crate::domain::rules::Cited,
}

/// What is asked of the rules, as it was typed. Empty: not known.
#[derive(Debug, Clone, Default)]
pub struct AskRules {
    /// `YYYY-MM-DD`; empty: today.
    pub day: String,
    /// A category.
    pub category: String,
    /// A grade.
    pub grade: String,
    /// A tier; empty: this office's.
    pub tier: String,
    /// Flags.
    pub flags: Vec<String>,
    /// Area code; empty: this office's.
    pub area: String,
}

/// What the rules say of a day and a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredRules {
    /// The day.
    pub day: Day,
    /// What kind of day.
    pub known: crate::domain::holiday::DayKnown,
    /// Everything that applies.
    pub rows: Vec<Ruled>,
}

impl Office {
    /// What the rules in force say.
    pub async fn ask_rules(&self, asked: &AskRules) -> Result<AnsweredRules, Refused> {
        use crate::domain::rules::{CategoryCode, Duty, Flag, Grade};
        self.caught_up().await?;
        let packs = self.packs()?;
        let rules = packs.in_force();
        let wrong = |text: &str| Refused::about(Refusal::RuleCase, shown(text));
        let mut case = self.own_case();
        if !asked.day.is_empty() {
            case.on = Day::parse(&asked.day).map_err(|_| Refused::about(Refusal::PeriodInvalid, shown(&asked.day)))?;
        }
        if !asked.category.is_empty() {
            let code = CategoryCode::parse(&asked.category).ok().filter(|code| rules.category(code).is_some());
            case.category = Some(code.ok_or_else(|| wrong(&asked.category))?);
        }
        if !asked.grade.is_empty() {
            case.grade = Some(Grade::from_key(&asked.grade).ok_or_else(|| wrong(&asked.grade))?);
        }
        if !asked.tier.is_empty() {
            case.tier = Tier::from_key(&asked.tier).ok_or_else(|| wrong(&asked.tier))?;
        }
        if !asked.area.is_empty() {
            case.jurisdiction.clone_from(&asked.area);
        }
        let flags = asked.flags.iter().map(|flag| Flag::from_key(flag).ok_or_else(|| wrong(flag)));
        case.flags = flags.collect::<Result<_, _>>()?;
        let mut rows: Vec<Ruled> = Vec::new();
        for duty in Duty::ALL {
            rows.extend(rules.limits(duty, &case).into_iter().map(|limit| Ruled {
                kind: "limit",
                key: duty.key().to_owned(),
                limit: text::limited(limit.limit),
                basis: limit.basis.key(),
                says: limit.says,
                cited: limit.cited,
            }));
        }
        let plain = |kind, key: String, says: String, cited| Ruled { kind, key, limit: String::new(), basis: "", says, cited };
        rows.extend(
            rules.tell(&case).into_iter().map(|t| plain("tell", t.role.key().into(), text::role(t.role).into(), t.cited)),
        );
        if let Some(approval) = rules.approval(&case) {
            let limit = text::millis(approval.limit_ms);
            let row = plain("approval", approval.at_end.key().into(), text::goes(approval.at_end).into(), approval.cited);
            rows.push(Ruled { limit, basis: "approval", ..row });
        }
        rows.extend(
            rules.elements(&case).into_iter().map(|e| plain("element", format!("{}/{}", e.stage.key(), e.key), e.label, e.cited)),
        );
        rows.extend(rules.special(&case).into_iter().map(|s| plain("special", s.brings.key().into(), s.says, s.cited)));
        Ok(AnsweredRules { day: case.on, known: rules.day(case.on), rows })
    }
}
