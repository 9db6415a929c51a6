//! Two windows on one report: what was held when somebody began to write, so that nothing is filed over what he has not seen.
//!
//! What counts is the office's period, not the form alone: a 日报告 that was filed meanwhile is news to whoever is about to say 无. What makes
//! no version, a form that is sent twice or words that are held already, is never refused for it.

use dutynet_relay::ids::Digest;

use super::{Office, OpenDraft, Refused};
use crate::{
    body::ReportBody,
    domain::{
        board::About,
        draft::{Missing, Source},
    },
    projection::Row,
    text::refusal::Refusal,
};

/// What somebody had before him. He brings it back as it was given to him.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenReport {
    /// Of the office's period, as [`super::ShownReport::held`] says it.
    pub held: String,
    /// Of those below, as [`OpenDraft::held`] says it; empty: nothing was summed.
    pub summed: String,
}

impl OpenDraft {
    /// Which versions are in the sum, and who is not.
    pub fn held(&self) -> String {
        summed(self.sources.iter().map(|child| &child.source), &self.missing)
    }
}

impl Office {
    /// Records that are held of an office's period, the one that stands first; of each of its forms, and of each who speaks for it.
    pub(super) fn held_of(&self, row: &Row) -> Result<String, Refused> {
        let mut held = Vec::new();
        for form in About::form(&row.form).forms() {
            let versions = self.versions(&Row { form: form.to_owned(), ..row.clone() })?;
            let standing = versions.standing.into_iter();
            held.extend(standing.flat_map(|s| std::iter::once(s.stands).chain(s.heads.into_iter().map(|head| head.reference))));
        }
        Ok(held.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    }

    /// Refused when something else is held by now, or when those below say something else than what was summed.
    pub(super) fn must_be_as_seen(&self, seen: Option<&SeenReport>, row: &Row, body: &ReportBody) -> Result<(), Refused> {
        let Some(seen) = seen else { return Ok(()) };
        let sum_stands = seen.summed.is_empty() || seen.summed == summed(body.sources.iter(), &body.missing);
        if sum_stands && seen.held == self.held_of(row)? {
            return Ok(());
        }
        Err(Refused::about(Refusal::ReportChanged, row.period))
    }
}

fn summed<'a>(sources: impl Iterator<Item = &'a Source>, missing: &[Missing]) -> String {
    let sources = sources.map(|source| source.reference.to_string());
    let named: Vec<String> = sources.chain(missing.iter().map(|missing| missing.office.to_string())).collect();
    Digest::of("dutynet.report.seen.1", &[named.join(" ").as_bytes()]).to_string()
}
