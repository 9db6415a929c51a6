//! Who was sent a report besides the tier above (并送), whether all were told the same (口径一致), and who has said that he has it.
//!
//! Every text has a short code that can be read out on the telephone. A recipient that was sent an older version than the newest, or that
//! reads out another code, has another text; it is named beside the report until it has been sent the same.

use dutynet_relay::{ids::OfficeId, registry::Registry};

use super::{Report, standing};
use crate::domain::{
    form::Answer,
    matter::{Fact, FactValue, Step, digest_of},
};

/// The code of what a step says, `xxxx-xxxx`: the same answers give the same code, whoever was sent them and whenever.
pub fn text_code(answers: &[Answer]) -> String {
    let code: String = digest_of(answers).0[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}", &code[..4], &code[4..])
}

/// Whether a code that was read out is that one: hyphen and case may be left out.
fn reads(said: &str, code: &str) -> bool {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    plain(said) == plain(code)
}

/// Of one report: its code, and of everybody that it was sent to besides the tier above, whether he has the same text.
pub(super) fn recipient_facts(steps: &[Step], report: &Report<'_>) -> Vec<Fact> {
    if report.step.hollow || report.withdrawn {
        return Vec::new();
    }
    let (newest, code) = (&report.step.reference, text_code(&report.step.answers));
    let mut facts = vec![Fact::of("text.code", FactValue::Text(code.clone()), newest)];
    let versions: Vec<&Step> = steps.iter().filter(|step| report.has(&step.reference)).collect();
    let mut sent: Vec<&OfficeId> = versions.iter().flat_map(|step| &step.to).collect();
    sent.sort();
    sent.dedup();
    for office in sent {
        let has = versions.iter().rev().find(|step| step.to.contains(office));
        let same = has.is_some_and(|step| text_code(&step.answers) == code);
        let key = if same { "text.same" } else { "text.differs" };
        let sources = has.map(|step| step.reference.clone()).into_iter().chain([newest.clone()]).collect::<Vec<_>>();
        facts.push(Fact { key: key.to_owned(), value: FactValue::Office(office.clone()), sources });
    }
    let about = |step: &&Step| step.link("report").is_some_and(|named| report.has(named));
    for receipt in standing(steps).filter(about) {
        facts.extend(receipt_facts(receipt, &code));
    }
    facts
}

/// A receipt of an office, or one from outside that was entered by hand.
fn receipt_facts(receipt: &Step, code: &str) -> Vec<Fact> {
    let who = match receipt.form.as_str() {
        "incident.received" => FactValue::Office(receipt.office.clone()),
        "incident.outside" => FactValue::Text(receipt.text("body").unwrap_or_default().to_owned()),
        _ => return Vec::new(),
    };
    let mut facts = vec![Fact::of("received", who.clone(), &receipt.reference)];
    if let Some(said) = receipt.text("code") {
        let key = if reads(said, code) { "text.same" } else { "text.differs" };
        facts.push(Fact::of(key, who, &receipt.reference));
    }
    facts
}

/// To whom it was handed because it is not ours (移送), and that it was received there.
pub(super) fn transfer_facts(steps: &[Step]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for transfer in standing(steps).filter(|step| step.form == "incident.transfer") {
        let outside = transfer.text("body").map(|body| FactValue::Text(body.to_owned()));
        let to = transfer.to.iter().cloned().map(FactValue::Office).chain(outside);
        facts.extend(to.map(|to| Fact::of("transferred", to, &transfer.reference)));
        let receipts = standing(steps).filter(|step| step.link("report") == Some(&transfer.reference));
        facts.extend(receipts.flat_map(|receipt| receipt_facts(receipt, "")).filter(|fact| fact.key == "received"));
    }
    facts
}

/// The tiers that a skip-level report passed over (越级), each of which is sent a copy, whenever its line or its node is up again.
pub fn skipped_facts(steps: &[Step], tree: &Registry) -> Vec<Fact> {
    let mut facts = Vec::new();
    for skip in standing(steps).filter(|step| step.form == "incident.skip") {
        let above = tree.path_up(&skip.office).skip(1);
        let passed = above.take_while(|tier| skip.to.first() != Some(*tier) && tree.parent(tier).is_some());
        facts.extend(passed.map(|tier| Fact::of("skipped", FactValue::Office(tier.clone()), &skip.reference)));
    }
    facts
}
