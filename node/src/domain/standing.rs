//! Several versions of one report (代录): which one stands, and whether they differ.
//!
//! A row — one office, form, period and mode — has a chain of revisions for each office that speaks: the office itself, and each ancestor
//! that entered on its behalf. Every version is kept. Of each chain the latest revision is compared; equal content is no difference.
//!
//! - Without a choice the office's own stands, else that of its nearest ancestor.
//! - A choice is a person's, at the office itself or at any ancestor of it. It counts while it knows everything that is compared: what it
//!   chose is still the latest of its chain, and every other latest revision either was compared or says the same. So any new version
//!   with other content reopens the difference.
//! - A choice replaces those that it knew. Two that did not know each other (both sides chose while the line was down) agree, or leave the
//!   difference open; meanwhile the office's own choice goes before an ancestor's, and a nearer ancestor's before a farther one's.
//!
//! Nothing is decided by a clock, and nothing by the order in which records came: every office that holds the same records says the same.

use std::collections::BTreeSet;

use dutynet_relay::ids::{Digest, OfficeId, RecordRef};

use super::report::Held;

/// Most versions that a choice compares, and choices that it replaces.
pub const COMPARED_MAX: usize = 64;

/// A person's choice between versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its record; the origin is where it was made.
    pub reference: RecordRef,
    /// The version that is to stand.
    pub chosen: RecordRef,
    /// The versions that it was chosen from.
    pub compared: Vec<RecordRef>,
    /// Earlier choices that it replaces.
    pub replaces: Vec<RecordRef>,
}

/// Whether the versions of a row differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// There is one version, or all say the same.
    None,
    /// They differ, and nobody has chosen, or those who have chose differently.
    Open,
    /// They differ, and this choice decides.
    Settled(RecordRef),
}

/// What stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The version that counts.
    pub stands: RecordRef,
    /// The latest of each chain: the office's own first, then the nearest ancestor's.
    pub heads: Vec<Held>,
    /// Whether they differ.
    pub difference: Difference,
    /// Choices that count, the one that decides first. Whoever chooses anew replaces them.
    pub choices: Vec<RecordRef>,
}

/// What stands of a row. `path` is the office and its ancestors, nearest first; `held` and `choices` come in any order. `None`: nothing was
/// filed.
pub fn standing(path: &[OfficeId], held: &[Held], choices: &[Choice]) -> Option<Standing> {
    let rank = |office: &OfficeId| path.iter().position(|at| at == office).unwrap_or(path.len());
    let heads = heads(held, rank);
    let first = heads.first()?.reference.clone();
    let contents: BTreeSet<Digest> = heads.iter().map(|head| head.content).collect();
    if contents.len() == 1 {
        return Some(Standing { stands: first, heads, difference: Difference::None, choices: Vec::new() });
    }
    let counting: Vec<&Choice> = choices.iter().filter(|choice| knows(choice, &heads)).collect();
    let replaced: BTreeSet<&RecordRef> = counting.iter().flat_map(|choice| &choice.replaces).collect();
    let mut standing: Vec<&Choice> = counting.into_iter().filter(|choice| !replaced.contains(&choice.reference)).collect();
    standing.sort_by_key(|choice| (rank(&choice.reference.origin), &choice.reference));
    let content = |choice: &Choice| heads.iter().find(|head| head.reference == choice.chosen).map(|head| head.content);
    let agree = standing.windows(2).all(|two| content(two[0]) == content(two[1]));
    let (stands, difference) = match standing.first() {
        None => (first, Difference::Open),
        Some(choice) if agree => (choice.chosen.clone(), Difference::Settled(choice.reference.clone())),
        Some(choice) => (choice.chosen.clone(), Difference::Open),
    };
    let choices = standing.iter().map(|choice| choice.reference.clone()).collect();
    Some(Standing { stands, heads, difference, choices })
}

/// The latest revision of each chain, nearest first. Two revisions with one number (an office that was restored) are told apart by id.
fn heads(held: &[Held], rank: impl Fn(&OfficeId) -> usize) -> Vec<Held> {
    let mut sorted: Vec<&Held> = held.iter().collect();
    let latest_first = |held: &Held| (held.revision, held.reference.id);
    sorted.sort_by(|a, b| {
        let by_chain = (rank(&a.reference.origin), &a.reference.origin).cmp(&(rank(&b.reference.origin), &b.reference.origin));
        by_chain.then_with(|| latest_first(b).cmp(&latest_first(a)))
    });
    sorted.dedup_by(|later, kept| later.reference.origin == kept.reference.origin);
    sorted.into_iter().cloned().collect()
}

/// Whether a choice knows everything that is compared now.
fn knows(choice: &Choice, heads: &[Held]) -> bool {
    let Some(chosen) = heads.iter().find(|head| head.reference == choice.chosen) else { return false };
    heads.iter().all(|head| head.content == chosen.content || choice.compared.contains(&head.reference))
}

#[cfg(test)]
mod tests;
