//! The sign-for list of a notice (签收单), over this office's own part of it.
//!
//! Who is on it was settled when the notice was sent. An office that joined later and has it all the same gets a row as soon as it says so.

use std::collections::BTreeSet;

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    registry::Registry,
};

use super::{Held, NoticeHead};
use crate::{
    domain::{
        notice::listed,
        sign_for::{Counts, Delivery, Seat, SignForFacts, SignForRow, Signatures},
        then::{History, Then},
    },
    text::refusal::Refusal,
    usecase::{Office, Refused},
};

/// Every addressed office of this subtree.
#[derive(Debug, Clone)]
pub struct NoticeBoard {
    /// The notice.
    pub head: NoticeHead,
    /// By the clock of this office.
    pub as_of: UnixMillis,
    /// Of the rows.
    pub counts: Counts,
    /// Every office directly followed by what is below it.
    pub rows: Vec<SignForRow>,
}

impl Office {
    /// The sign-for list of a notice.
    pub async fn notice_board(&self, notice: &str) -> Result<NoticeBoard, Refused> {
        let notice = self.notice_named(notice).await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let (history, now) = (office.inner.offices.history()?, office.now());
            let held = office.held_notice(notice)?;
            let rows = office.sign_for(&held, &history, now)?;
            let head = office.head(&held.notice, &held.body.title, &history);
            Ok(NoticeBoard { head, as_of: now, counts: Counts::of(&rows), rows })
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    /// How many offices of this subtree are on its list, and for how many of them somebody has signed. Reads no words.
    pub(super) fn how_many_signed(&self, held: &Held, history: &History) -> Result<(usize, usize), Refused> {
        let (reference, tree) = (&held.notice.reference, self.relay().registry());
        let signed = self.inner.notices.signatures(reference, None)?.into_iter().map(|answer| answer.office);
        let signed: BTreeSet<_> = signed.collect();
        let delivered = self.inner.notices.deliveries(reference)?.into_iter().map(|answer| answer.office);
        let answered = delivered.chain(signed.iter().cloned()).collect();
        let seats = seats(&tree, held, (&Then::at(history, &held.notice.moment), &answered));
        Ok((seats.len(), seats.iter().filter(|seat| signed.contains(&seat.office)).count()))
    }

    /// Its rows.
    pub(super) fn sign_for(&self, held: &Held, history: &History, now: UnixMillis) -> Result<Vec<SignForRow>, Refused> {
        let (reference, tree) = (&held.notice.reference, self.relay().registry());
        let deliveries = self.inner.notices.deliveries(reference)?;
        let mut signatures = Signatures::new();
        for (office, signature) in self.signatures(reference, None)? {
            signatures.entry(office).or_default().push(signature);
        }
        let answered: BTreeSet<_> = deliveries.iter().map(|answer| &answer.office).chain(signatures.keys()).cloned().collect();
        let seats = seats(&tree, held, (&Then::at(history, &held.notice.moment), &answered));
        let parked = self.relay().parked()?.into_iter().filter(|parked| parked.reference == *reference);
        let facts = SignForFacts {
            deliveries: deliveries
                .into_iter()
                .map(|answer| {
                    (answer.office, Delivery { at: answer.recorded_at, here: answer.had_at.here, known_at: answer.received_at })
                })
                .collect(),
            signatures,
            lines: self.line_facts(),
            parked: parked.map(|parked| parked.at.neighbour).collect(),
            sign_by: held.notice.sign_by,
        };
        Ok(facts.rows(seats, now))
    }
}

fn seats(tree: &Registry, held: &Held, (then, answered): (&Then, &BTreeSet<OfficeId>)) -> Vec<Seat> {
    listed(tree, &held.addressed, (then, answered)).into_iter().map(|found| Seat::of(found, tree, then)).collect()
}
