//! Special periods: declared for this office and everything below it, ended or prolonged; the rule itself is [`crate::domain::special`].

use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId, RecordRef, UnixMillis},
    record::{Audience, Mode, Person},
    writer::intent::Draft,
};

use super::{Office, Refused, person, shown};
use crate::{
    body::special::{SPECIAL, SpecialBody, SpecialSays},
    domain::{
        beijing::minute,
        form::Lines,
        number::{Number, parse_reference},
        report::said,
        special::{Brings, SPECIAL_DAYS_MAX, SPECIAL_REASON_CHARS_MAX, Special, Specials},
    },
    text::refusal::Refusal,
};

const DAY_MS: i64 = 86_400_000;

/// A special period to be declared.
#[derive(Debug, Clone)]
pub struct DeclarePeriod {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// `None`: now.
    pub from: Option<UnixMillis>,
    /// The moment after its last.
    pub to: UnixMillis,
    /// Why.
    pub reason: String,
    /// What is owed while it lasts.
    pub brings: Brings,
    /// Who declares it.
    pub by: Option<Person>,
}

/// A change of its end.
#[derive(Debug, Clone)]
pub struct AmendPeriod {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Short number or reference.
    pub period: String,
    /// `None`: it ends now.
    pub to: Option<UnixMillis>,
    /// Why.
    pub reason: String,
    /// Who changes it.
    pub by: Option<Person>,
}

/// A special period, and who declared it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPeriod {
    /// The period.
    pub special: Special,
    /// Name of the office that declared it.
    pub name: String,
    /// Whether it holds now.
    pub holds: bool,
    /// Whether this office may end or prolong it: it was declared here or below.
    pub changeable: bool,
}

impl Office {
    /// Declares a special period for everything below this office, which itself is only shown it.
    pub async fn declare_period(&self, asked: DeclarePeriod) -> Result<KnownPeriod, Refused> {
        let (by, now) = (person(asked.by.clone())?, self.now());
        let (from, reason) = (asked.from.unwrap_or(now), reason(&asked.reason)?);
        let days = (asked.to.0.saturating_sub(from.0)) / DAY_MS;
        if from >= asked.to || asked.to <= now || days > SPECIAL_DAYS_MAX {
            return Err(Refused::about(Refusal::SpecialSpan, minute(asked.to)));
        }
        if !asked.brings.is_sound() {
            return Err(Refusal::SpecialBrings.into());
        }
        let body = SpecialBody { to: asked.to, reason, says: SpecialSays::Declares { from, brings: asked.brings } };
        let reference = self.say_of_period(asked.id, &body, by).await?;
        self.period_now(&reference)
    }

    /// Ends or prolongs a special period.
    pub async fn amend_period(&self, asked: AmendPeriod) -> Result<KnownPeriod, Refused> {
        let (by, now, reason) = (person(asked.by.clone())?, self.now(), reason(&asked.reason)?);
        self.caught_up().await?;
        let period = self.period_named(&asked.period)?;
        let registry = self.relay().registry();
        if !registry.is_within(period.by(), self.own()) {
            return Err(Refused::about(Refusal::OfficeElsewhere, period.by()));
        }
        let to = asked.to.unwrap_or(now);
        let first = period.spans.first().map_or(period.declared.from, |(from, _)| *from);
        if to.0.saturating_sub(first.0) / DAY_MS > SPECIAL_DAYS_MAX {
            return Err(Refused::about(Refusal::SpecialSpan, minute(to)));
        }
        let reference = period.declared.reference.clone();
        let body = SpecialBody { to, reason, says: SpecialSays::Changes(reference.clone()) };
        self.say_of_period(asked.id, &body, by).await?;
        self.period_now(&reference)
    }

    /// Those under which this office is, and those that were declared below it; the latest first.
    pub async fn list_periods(&self) -> Result<Vec<KnownPeriod>, Refused> {
        self.caught_up().await?;
        let mut known: Vec<KnownPeriod> = self.specials()?.iter().map(|special| self.known_period(special)).collect();
        known.sort_by_key(|period| std::cmp::Reverse(period.special.declared.recorded_at));
        Ok(known)
    }

    /// Those that hold for this office now.
    pub fn periods_in_force(&self) -> Result<Vec<KnownPeriod>, Refused> {
        let (specials, registry) = (self.specials()?, self.relay().registry());
        let path: Vec<OfficeId> = registry.path_up(self.own()).cloned().collect();
        Ok(specials.over(&path, self.now()).map(|special| self.known_period(special)).collect())
    }

    /// Every special period that is known here.
    pub(super) fn specials(&self) -> Result<Specials, Refused> {
        Ok(Specials::new(self.inner.specials.all()?))
    }

    fn period_now(&self, reference: &RecordRef) -> Result<KnownPeriod, Refused> {
        let specials = self.specials()?;
        let found = specials.iter().find(|special| special.declared.reference == *reference);
        found.map(|special| self.known_period(special)).ok_or(Refusal::Behind.into())
    }

    fn known_period(&self, special: &Special) -> KnownPeriod {
        let registry = self.relay().registry();
        let name = registry.entry(special.by()).map(|entry| entry.name.clone()).unwrap_or_default();
        let changeable = registry.is_within(special.by(), self.own());
        KnownPeriod { holds: special.holds(self.now()), name, changeable, special: special.clone() }
    }

    fn period_named(&self, text: &str) -> Result<Special, Refused> {
        let unknown = || Refused::about(Refusal::SpecialUnknown, shown(text));
        let (reference, number) = (parse_reference(text), Number::parse(text));
        let is_it = |special: &&Special| {
            let named = &special.declared.reference;
            reference.as_ref() == Some(named) || number.as_ref() == Some(&Number::of(named))
        };
        let specials = self.specials()?;
        let found: Vec<&Special> = specials.iter().filter(is_it).collect();
        match found[..] {
            [one] => Ok(one.clone()),
            [] => Err(unknown()),
            [..] => {
                let several: Vec<_> = found.iter().map(|special| special.declared.reference.to_string()).collect();
                Err(Refused::about(Refusal::SpecialNumberShared, several.join(", ")))
            }
        }
    }

    async fn say_of_period(&self, id: RecordId, body: &SpecialBody, by: Person) -> Result<RecordRef, Refused> {
        let draft = Draft {
            id,
            kind: SPECIAL.to_owned(),
            subject: body.subject(),
            lane: Lane::Urgent,
            audience: self.upwards().into_iter().chain([Audience::Subtree(self.own().clone())]).collect(),
            mode: Mode::Real,
            happened_at: None,
            learnt_at: None,
            person: Some(by),
            corrects: None,
            on_behalf_of: None,
            body: body.encode(),
        };
        let made = self.submit(draft).await?;
        self.caught_up().await?;
        Ok(made.reference)
    }
}

fn reason(text: &str) -> Result<String, Refused> {
    said(text, SPECIAL_REASON_CHARS_MAX, Lines::Many).map_err(|_| Refusal::SpecialReason.into())
}
