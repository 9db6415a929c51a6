//! What a notice asks for: that every office on its list signs by the time that the sender has set.
//!
//! An office that had the notice only after that time could not sign by then, and nobody is called late for it: the line is what failed. A
//! signature that one above has entered for it counts as its own.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Mode,
};

use crate::{
    domain::{
        obligation::{About, Clocked, Creditor, Key, Met, Obligation, Outcome, Over, Start, is_owed},
        rules::{Basis, Cited, Duty, Limited},
    },
    text::directive::{SIGN_BY_ARTICLE, SIGN_BY_TITLE},
};

/// The row that its keys name.
const ROW: &str = "sign_by";
/// Name of the pack: it is no pack, the sender has set the time.
const PACK: &str = "notice";

/// A notice that is to be signed for by a time.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its record.
    pub notice: &'a RecordRef,
    /// When it was made, by its sender's clock and by ours.
    pub made: Clocked,
    /// Until when.
    pub sign_by: UnixMillis,
    /// What is no more than a test asks for nothing.
    pub mode: Mode,
}

/// An office on its list.
#[derive(Debug, Clone)]
pub struct Signer<'a> {
    /// Which.
    pub office: &'a OfficeId,
    /// When its node had the notice; `None`: nobody here knows that it has.
    pub had: Option<Clocked>,
    /// Its first signature.
    pub signed: Option<Met>,
}

impl Asked<'_> {
    /// What one office owes; `None`: nothing.
    pub fn of(&self, signer: &Signer<'_>) -> Option<Obligation> {
        if !is_owed(self.mode) {
            return None;
        }
        let (about, due) = (About::Notice(self.notice.clone()), Clocked::same(self.sign_by));
        let at = signer.had.unwrap_or(self.made);
        let in_time = signer.signed.as_ref().is_some_and(|met| met.at.here <= due.here);
        let too_late = signer.had.filter(|had| had.here > due.here && !in_time);
        Some(Obligation {
            key: Key::of((PACK, ROW), signer.office, &about, self.notice),
            cited: Cited {
                pack: PACK.to_owned(),
                version: 1,
                row: ROW.to_owned(),
                title: SIGN_BY_TITLE.to_owned(),
                article: SIGN_BY_ARTICLE.to_owned(),
                source: SIGN_BY_ARTICLE.to_owned(),
            },
            duty: Duty::Receipt,
            debtor: signer.office.clone(),
            creditor: Creditor::Office(self.notice.origin.clone()),
            about,
            mode: self.mode,
            start: Start::with(Basis::Request, at, self.notice.clone()),
            limit: Limited::Within(due.here.0.saturating_sub(at.here.0).max(0)),
            due,
            outcome: match too_late {
                Some(had) => Outcome { over: Some(Over::Missed(had.here)), ..Outcome::default() },
                None => Outcome { met: signer.signed.clone(), ..Outcome::default() },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use dutynet_relay::ids::RecordId;

    use super::*;
    use crate::domain::obligation::Standing;

    fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    fn reference(office: &str, n: u8) -> RecordRef {
        RecordRef { origin: id(office), id: RecordId([n; 16]) }
    }

    fn at(minute: i64) -> Clocked {
        Clocked::same(UnixMillis(minute * 60_000))
    }

    /// Sent at minute 10, to be signed for by minute 70.
    fn owed(had: Option<i64>, signed: Option<i64>) -> Obligation {
        let (notice, office) = (reference("p", 1), id("a"));
        let asked = Asked { notice: &notice, made: at(10), sign_by: at(70).here, mode: Mode::Real };
        let met = |minute: i64| Met { record: reference("a", 2), at: at(minute), arrived: at(minute + 1).here };
        asked.of(&Signer { office: &office, had: had.map(at), signed: signed.map(met) }).unwrap()
    }

    fn stands(had: Option<i64>, signed: Option<i64>, now: i64) -> Standing {
        owed(had, signed).judge(&[], at(now).here)
    }

    #[test]
    fn an_office_owes_its_signature_to_the_sender_until_the_time_that_was_set() {
        let waits = owed(Some(20), None);
        assert_eq!((waits.creditor.clone(), waits.duty), (Creditor::Office(id("p")), Duty::Receipt));
        assert_eq!((waits.start.at, waits.limit, waits.due), (at(20), Limited::Within(50 * 60_000), at(70)));
        assert_eq!((stands(Some(20), None, 30), stands(Some(20), None, 65)), (Standing::NotDue, Standing::Soon));
        assert_eq!(stands(Some(20), None, 71), Standing::Overdue { by: 60_000 });
        assert_eq!(stands(Some(20), Some(70), 99), Standing::InTime, "also behind a line that was down");
        assert_eq!(stands(Some(20), Some(71), 99), Standing::Late { by: 60_000 });
        assert_eq!(owed(None, None).key, owed(Some(30), Some(40)).key, "whoever knows less means the same");
    }

    #[test]
    fn who_had_it_after_its_time_is_not_called_late() {
        assert_eq!(stands(Some(80), None, 200), Standing::CutOff { by: 10 * 60_000 });
        assert_eq!(stands(Some(80), Some(85), 200), Standing::CutOff { by: 10 * 60_000 });
        assert!(owed(Some(80), None).is_closed(), "and nothing rings");
        assert_eq!(stands(Some(80), Some(60), 200), Standing::InTime, "somebody above had signed for it by telephone");
    }

    #[test]
    fn what_is_no_more_than_a_test_is_owed_by_nobody() {
        let (notice, office) = (reference("p", 1), id("a"));
        let asked = Asked { notice: &notice, made: at(10), sign_by: at(70).here, mode: Mode::Test };
        assert_eq!(asked.of(&Signer { office: &office, had: None, signed: None }), None);
    }
}
