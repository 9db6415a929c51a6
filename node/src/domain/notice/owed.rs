//! What a notice asks for: that every office on its list signs by the time that the sender has set. A 特急 notice asks for it also where he
//! has set none: soon after an office has it, by the default of the program, which is the same everywhere, because a notice does not say
//! which rules were in force where it was sent.
//!
//! An office that had the notice only after that time could not sign by then, and nobody is called late for it: the line is what failed. A
//! signature that one above has entered for it counts as its own.

use dutynet_relay::{
    ids::{OfficeId, RecordRef, UnixMillis},
    record::Mode,
    registry::Registry,
};

use super::Urgency;

use crate::{
    domain::{
        beijing::Day,
        matter::case_of,
        obligation::{About, Clocked, Creditor, Key, Met, Obligation, Outcome, Over, Start, is_owed},
        rules::{Basis, Cited, Duty, Limited, Packs},
    },
    text::directive::{SIGN_BY_ARTICLE, SIGN_BY_TITLE},
};

/// The row that its keys name.
const ROW: &str = "sign_by";
/// Name of the pack: it is no pack, the sender has set the time.
const PACK: &str = "notice";

/// A notice that is to be signed for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its record.
    pub notice: &'a RecordRef,
    /// When it was made, by its sender's clock and by ours.
    pub made: Clocked,
    /// Until when; `None`: its sender has set no time.
    pub sign_by: Option<UnixMillis>,
    /// 紧急程度
    pub urgency: Urgency,
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
    pub fn of(&self, signer: &Signer<'_>, tree: &Registry) -> Option<Obligation> {
        if !is_owed(self.mode) {
            return None;
        }
        let about = About::Notice(self.notice.clone());
        let at = signer.had.unwrap_or(self.made);
        let start = Start::with(Basis::Request, at, self.notice.clone());
        let (cited, limit, due) = match self.sign_by {
            Some(by) => (by_the_sender(), Limited::Within(by.0.saturating_sub(at.here.0).max(0)), Clocked::same(by)),
            None if self.urgency == Urgency::Flash => by_default(signer.office, &start, tree)?,
            None => return None,
        };
        let in_time = signer.signed.as_ref().is_some_and(|met| met.at.here <= due.here);
        let too_late = signer.had.filter(|had| had.here > due.here && !in_time);
        Some(Obligation {
            key: Key::of((&cited.pack, &cited.row), signer.office, &about, self.notice),
            cited,
            duty: Duty::Receipt,
            debtor: signer.office.clone(),
            creditor: Creditor::Office(self.notice.origin.clone()),
            about,
            mode: self.mode,
            flash: self.urgency == Urgency::Flash,
            start,
            limit,
            due,
            outcome: match too_late {
                Some(had) => Outcome { over: Some(Over::Missed(had.here)), ..Outcome::default() },
                None => Outcome { met: signer.signed.clone(), ..Outcome::default() },
            },
        })
    }
}

/// What the sender has set has no article but its own.
fn by_the_sender() -> Cited {
    Cited {
        pack: PACK.to_owned(),
        version: 1,
        row: ROW.to_owned(),
        title: SIGN_BY_TITLE.to_owned(),
        article: SIGN_BY_ARTICLE.to_owned(),
        source: SIGN_BY_ARTICLE.to_owned(),
    }
}

/// How soon an office signs for what is 特急; `None`: no row says so.
fn by_default(office: &OfficeId, start: &Start, tree: &Registry) -> Option<(Cited, Limited, Clocked)> {
    let case = case_of(office, Day::of(start.at.here), tree);
    let rows = Packs::built_in().in_force().limits(Duty::Receipt, &case);
    rows.into_iter().find_map(|row| Some((row.cited, row.limit, start.due(row.limit)?)))
}

#[cfg(test)]
mod tests {
    use dutynet_relay::ids::{Digest, RecordId};

    use super::*;
    use crate::domain::obligation::{Rung, Side, Stage, Standing};

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
        let sign_by = Some(at(70).here);
        let asked = Asked { notice: &notice, made: at(10), sign_by, urgency: Urgency::Urgent, mode: Mode::Real };
        asked.of(&Signer { office: &office, had: had.map(at), signed: signed.map(met) }, &tree()).unwrap()
    }

    fn met(minute: i64) -> Met {
        Met { record: reference("a", 2), at: at(minute), arrived: at(minute + 1).here }
    }

    fn tree() -> Registry {
        Registry::new(id("a"), Digest::ZERO)
    }

    /// Sent at minute 10, without a time.
    fn without_a_time(urgency: Urgency, had: Option<i64>, signed: Option<i64>) -> Option<Obligation> {
        let (notice, office) = (reference("p", 1), id("a"));
        let asked = Asked { notice: &notice, made: at(10), sign_by: None, urgency, mode: Mode::Exercise };
        asked.of(&Signer { office: &office, had: had.map(at), signed: signed.map(met) }, &tree())
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
        for sign_by in [Some(at(70).here), None] {
            let asked = Asked { notice: &notice, made: at(10), sign_by, urgency: Urgency::Flash, mode: Mode::Test };
            assert_eq!(asked.of(&Signer { office: &office, had: None, signed: None }, &tree()), None);
        }
    }

    #[test]
    fn what_is_flash_is_signed_for_soon_after_it_came_though_nobody_has_set_a_time() {
        let owed = without_a_time(Urgency::Flash, Some(500), None).unwrap();
        let default = (owed.cited.pack.as_str(), owed.cited.row.as_str());
        assert_eq!(
            (owed.duty, owed.due, default),
            (Duty::Receipt, at(510), ("default", "flash-receipt")),
            "however late it came"
        );
        assert_eq!((owed.mode, owed.judge(&[], at(505).here)), (Mode::Exercise, Standing::NotDue));
        let rings = |owed: &Obligation, side, minute| owed.rings(side, &Rung::default(), at(minute).here).0;
        let begun: Vec<_> = rings(&owed, Side::ByUs, 500).into_iter().map(|ring| ring.stage).collect();
        assert!(owed.insists() && begun == [Stage::Begun], "{begun:?}");
        assert_eq!(rings(&owed, Side::ToUs, 509), [], "its sender hears of it when it is due");
        let signed = without_a_time(Urgency::Flash, Some(500), Some(503)).unwrap();
        assert_eq!(
            (signed.key.clone(), rings(&signed, Side::ByUs, 600)),
            (owed.key.clone(), Vec::new()),
            "who has signed is left alone"
        );
        let unheard = without_a_time(Urgency::Flash, None, None).unwrap();
        assert_eq!((unheard.key, unheard.due), (owed.key, at(20)), "whoever knows less means the same");
        for urgency in [Urgency::Urgent, Urgency::Routine] {
            assert_eq!(without_a_time(urgency, Some(500), None), None, "{urgency:?}");
        }
        assert!(!self::owed(Some(20), None).insists(), "what is not 特急 reminds, and no more");
    }
}
