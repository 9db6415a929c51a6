//! The sign-for list of a matter (签收单): every office of this subtree that is to act on it. 送达, 签收, 阅 and 办结 are four facts, each with
//! the records that say so, and why it was not delivered is a fifth.

use std::collections::{BTreeMap, BTreeSet};

use dutynet_relay::ids::{OfficeId, RecordRef, UnixMillis};

use super::list::MatterRow;
use crate::{
    domain::{
        matter::{Fact, FactValue, Matter, Step, kind_of},
        notice::ToldBy,
        sign_for::{Delivery, Seat, SignForFacts, SignForRow, Signature, Signatures, timing},
        step::StepForms,
    },
    text::refusal::Refusal,
    usecase::{Office, Refused, shown},
};

/// Everybody who is to act on a matter.
#[derive(Debug, Clone)]
pub struct MatterBoard {
    /// As lists show it.
    pub row: MatterRow,
    /// By the clock of this office.
    pub as_of: UnixMillis,
    /// Every office directly followed by what is below it.
    pub seats: Vec<MatterSeat>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct MatterSeat {
    /// 送达 and 签收.
    pub row: SignForRow,
    /// 阅
    pub read: Vec<RecordRef>,
    /// 办结
    pub done: Vec<RecordRef>,
    /// Told by telephone.
    pub phoned: Vec<RecordRef>,
    /// Something is still awaited from it.
    pub awaited: bool,
    /// Until when it was to be done.
    pub due: Option<UnixMillis>,
}

/// Steps by which an office signs.
const SIGNS: [&str; 2] = ["directive.sign", "warning.signed"];

impl Office {
    /// The sign-for list of a directive, a warning or a question; nobody is on that of an incident.
    pub async fn matter_board(&self, named: &str) -> Result<MatterBoard, Refused> {
        let matter = self.matter_named(named).await?;
        let office = self.clone();
        let named = shown(named);
        let made = tokio::task::spawn_blocking(move || office.made_board(&matter, &named)).await;
        made.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    fn made_board(&self, matter: &RecordRef, named: &str) -> Result<MatterBoard, Refused> {
        let (steps, now) = (self.steps_of(matter)?, self.now());
        let kind = kind_of(matter, &steps).ok_or_else(|| Refused::about(Refusal::MatterUnknown, named))?;
        let folded = Matter { kind, steps: &steps };
        let facts = folded.facts();
        let rows = self.sign_for_matter(&steps, now)?;
        let seats = rows.into_iter().map(|row| seat_of(row, &steps, &facts, now)).collect();
        Ok(MatterBoard { row: self.matter_row(matter, folded.summary())?, as_of: now, seats })
    }

    /// Whether each office has it, or why not, and who signed.
    fn sign_for_matter(&self, steps: &[Step], now: UnixMillis) -> Result<Vec<SignForRow>, Refused> {
        let tree = self.relay().registry();
        let given: Vec<&Step> = steps.iter().filter(|step| addresses(step)).collect();
        let offices: BTreeSet<&OfficeId> = given.iter().flat_map(|step| &step.to).collect();
        let records: BTreeSet<&RecordRef> = given.iter().map(|step| &step.reference).collect();
        let parked = self.relay().parked()?.into_iter().filter(|parked| records.contains(&parked.reference));
        let mut signatures = Signatures::new();
        for step in steps.iter().filter(|step| SIGNS.contains(&step.form.as_str())) {
            signatures.entry(step.office.clone()).or_default().extend(signature(step));
        }
        let facts = SignForFacts {
            deliveries: deliveries(steps),
            signatures,
            lines: self.line_facts(),
            parked: parked.map(|parked| parked.at.neighbour).collect(),
            sign_by: None,
        };
        let subtree = tree.subtree(self.own()).into_iter().filter(|(_, entry)| offices.contains(&entry.office));
        Ok(facts.rows(subtree.map(|(depth, entry)| Seat::named((depth, entry), &tree, &entry.name)).collect(), now))
    }
}

fn addresses(step: &Step) -> bool {
    StepForms::built_in().get(&step.form).is_some_and(|form| form.addresses)
}

/// The first that each office has said, or showed by what it said itself.
fn deliveries(steps: &[Step]) -> BTreeMap<OfficeId, Delivery> {
    let mut found: BTreeMap<OfficeId, Delivery> = BTreeMap::new();
    let said = steps.iter().flat_map(|step| &step.delivered);
    let said = said.map(|has| (&has.office, Delivery { at: has.at.origin, here: has.at.here, known_at: has.at.here }));
    let own = steps.iter().filter(|step| step.entered.is_none() && step.reference.origin == step.office);
    let had =
        |step: &Step| Delivery { at: step.times.recorded.origin, here: step.times.recorded.here, known_at: step.times.here };
    let shown = own.map(|step| (&step.office, had(step)));
    for (office, delivery) in said.chain(shown) {
        found.entry(office.clone()).or_insert(delivery);
    }
    found
}

fn signature(step: &Step) -> Option<Signature> {
    Some(Signature {
        reference: step.reference.clone(),
        entered_by: (step.reference.origin != step.office).then(|| step.reference.origin.clone()),
        by: step.by.clone()?,
        at: step.times.recorded.origin,
        here: step.times.recorded.here,
        known_at: step.times.here,
        told_by: step.entered.as_ref().map(|said| ToldBy { name: said.told_by.clone(), phone: said.phone.clone() }),
        remark: step.text("remark").unwrap_or_default().to_owned(),
    })
}

fn seat_of(mut row: SignForRow, steps: &[Step], facts: &[Fact], now: UnixMillis) -> MatterSeat {
    let office = row.seat.office.clone();
    let is_about = |fact: &&Fact| fact.value == FactValue::Office(office.clone());
    let of = |key: &str| -> Vec<RecordRef> {
        facts.iter().filter(|fact| fact.key == key).filter(is_about).flat_map(|fact| fact.sources.clone()).collect()
    };
    let answers = steps.iter().filter(|step| step.form == "verification.answer" && step.office == office);
    let answered: Vec<RecordRef> = answers.map(|step| step.reference.clone()).collect();
    let given = || steps.iter().filter(|step| addresses(step) && step.to.contains(&office));
    let asked = given().any(|step| step.form == "verification.ask");
    let earliest = |field: &str| given().filter_map(|step| step.time(field)).min();
    let sign_by = earliest("sign_by").into_iter().chain(earliest("confirm_by")).min();
    row.timing = timing(sign_by, row.signatures.first().map(|first| first.here), now).beyond(sign_by, &row.delivery);
    MatterSeat {
        read: of("read"),
        awaited: !of("awaited").is_empty() || (asked && answered.is_empty()),
        done: of("done").into_iter().chain(answered).collect(),
        phoned: of("phoned"),
        due: earliest("due"),
        row,
    }
}
