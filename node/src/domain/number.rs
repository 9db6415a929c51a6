//! The short number of a record (事项编号): ten figures that can be said on the telephone, `MMDD-NNNNNN`.
//!
//! It is made from the record's reference alone, so that everybody makes the same one and no counter can go back. It may, rarely, name two
//! records of one day of the year; whoever is asked for it then wants the reference.

use std::fmt;

use dutynet_relay::ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis};

use super::beijing::Day;

const TAG: &str = "dutynet.number.1";
const BELOW: u64 = 1_000_000;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(String);

impl Number {
    /// Of a record: the day in Beijing on which its id was made, and six figures.
    pub fn of(reference: &RecordRef) -> Self {
        let day = Day::of(made_at(&reference.id)).to_string();
        let digest = Digest::of(TAG, &[reference.origin.as_str().as_bytes(), b"/", &reference.id.0]);
        let figures = digest.0[..8].iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte)) % BELOW;
        let month_day: String = day.chars().skip(5).filter(char::is_ascii_digit).collect();
        Self(format!("{month_day}-{figures:06}"))
    }

    /// Reads one as it is said or typed: the hyphen may be left out.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let figures: String = match text.split_once('-') {
            Some((day, figures)) if day.len() == 4 => [day, figures].concat(),
            Some(_) => return None,
            None => text.to_owned(),
        };
        let fits = figures.len() == 10 && figures.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| Self(format!("{}-{}", &figures[..4], &figures[4..])))
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The moment that a record id bears: the first 48 bits of a UUIDv7.
pub fn made_at(id: &RecordId) -> UnixMillis {
    UnixMillis(id.0[..6].iter().fold(0, |sum, byte| (sum << 8) | i64::from(*byte)))
}

/// Reads `<origin>/<id in hexadecimal>`, with or without the hyphens of a UUID.
pub fn parse_reference(text: &str) -> Option<RecordRef> {
    let (origin, id) = text.trim().split_once('/')?;
    let id = id.replace('-', "").to_ascii_lowercase();
    let id = data_encoding::HEXLOWER.decode(id.as_bytes()).ok()?;
    Some(RecordRef { origin: OfficeId::parse(origin).ok()?, id: RecordId::from_slice(&id).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(n: u8) -> RecordRef {
        // 2026-07-01 00:30 in Beijing, which is still June in Greenwich.
        let at = UnixMillis(1_782_837_000_000);
        RecordRef { origin: OfficeId::parse("440000").unwrap(), id: RecordId::from_parts(at, [n; 10]) }
    }

    #[test]
    fn a_number_is_the_day_in_beijing_and_six_figures_and_everybody_makes_the_same() {
        let number = Number::of(&reference(1));
        assert_eq!(number, Number::of(&reference(1)));
        assert_ne!(number, Number::of(&reference(2)));
        let other = RecordRef { origin: OfficeId::parse("440800").unwrap(), ..reference(1) };
        assert_ne!(number, Number::of(&other));
        assert!(number.as_str().starts_with("0701-"), "{number}");
        assert_eq!(Number::parse(number.as_str()), Some(number.clone()));
        assert_eq!(Number::parse(&format!(" {} ", number.as_str().replace('-', ""))), Some(number));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for bad in ["", "0701", "0701-48213", "07-01482137", "0701-4821370", "0701-48213a", "一二三四", "0701-482-37"] {
            assert_eq!(Number::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_reference_is_read_as_it_is_printed() {
        let made = reference(7);
        assert_eq!(parse_reference(&made.to_string()), Some(made.clone()));
        assert_eq!(parse_reference(&made.to_string().to_uppercase()), Some(made.clone()));
        for bad in ["", "440000", "440000/", "440000/00", "徐闻/00", &made.to_string()[1..3]] {
            assert_eq!(parse_reference(bad), None, "{bad}");
        }
    }
}
