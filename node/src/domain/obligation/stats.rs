//! Counts of obligations by month, office and duty. A number is never without its obligations: whoever counts keeps which they were.

use std::collections::BTreeMap;

use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::{Obligation, Standing};
use crate::domain::{beijing::Day, rules::Duty};

/// What was counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// `YYYY-MM` in which it was due.
    pub month: String,
    /// Who owed it.
    pub office: OfficeId,
    /// What.
    pub duty: Duty,
}

/// How many stood how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([u32; Standing::NAMES.len()]);

impl Counts {
    /// In the order of [`Standing::NAMES`].
    pub fn by_place(&self) -> &[u32] {
        &self.0
    }

    /// All of them together.
    pub fn all(&self) -> u32 {
        self.0.iter().sum()
    }
}

/// The month in Beijing in which something is due.
pub fn month_of(due: UnixMillis) -> String {
    Day::of(due).to_string().chars().take(7).collect()
}

/// Adds one.
pub fn add(counts: &mut BTreeMap<Group, Counts>, obligation: &Obligation, standing: Standing) {
    let (month, office) = (month_of(obligation.due.here), obligation.debtor.clone());
    let counted = counts.entry(Group { month, office, duty: obligation.duty }).or_default();
    if let Some(count) = counted.0.get_mut(standing.place()) {
        *count += 1;
    }
}
