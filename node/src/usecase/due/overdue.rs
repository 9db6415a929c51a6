//! How much of what each office owes is overdue.

use std::collections::BTreeMap;

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    record::Mode,
};

use crate::{
    domain::obligation::Standing,
    usecase::{Office, Refused, board::Reach},
};

impl Office {
    /// By debtor; of whom nothing is overdue is not in it. What may have been done behind a line that is cut is not counted.
    pub(in crate::usecase) fn overdue_by_office(
        &self,
        reach: Reach,
        now: UnixMillis,
    ) -> Result<BTreeMap<OfficeId, u32>, Refused> {
        let mut overdue = BTreeMap::new();
        for obligation in self.owed_now(reach, now)? {
            // What is not due yet needs no look at the lines; what is practised is overdue for nobody.
            if obligation.is_closed() || now <= obligation.due.here || obligation.mode != Mode::Real {
                continue;
            }
            let debtor = obligation.debtor.clone();
            if matches!(self.judged(obligation, now)?.standing, Standing::Overdue { .. } | Standing::Explained { .. }) {
                *overdue.entry(debtor).or_default() += 1;
            }
        }
        Ok(overdue)
    }
}
