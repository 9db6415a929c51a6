//! From the text of a retention file to rules: every fault of the rows is found at once, and named by its row.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{About, Class, Rule, Rules};

/// Longest id, and longest article or source, bytes: together they fit the reason of a destruction.
const ID_BYTES_MAX: usize = 40;
const CITED_BYTES_MAX: usize = 150;
/// Days after an event.
const DAYS: std::ops::RangeInclusive<u16> = 1..=3650;

/// A fault of a retention file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFault {
    /// Id of the row, or its number from 1; empty: the file.
    pub row: String,
    /// What is wrong.
    pub kind: RuleFaultKind,
}

/// What may be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleFaultKind {
    /// Not TOML of this shape; where and why, in English.
    Shape(String),
    /// An id that is empty, too long, or not of small letters, digits and hyphens.
    Id,
    /// The same id twice.
    Twice,
    /// About nothing, or about something that there is not.
    About,
    /// Another row is about the same.
    AboutTwice(&'static str),
    /// No such class.
    Class,
    /// `days` is missing with `after-event`, or beyond its limits, or stands with another class.
    Days,
    /// `after-event` for what belongs to no event.
    NoEvent(&'static str),
    /// No article or source, or one that is too long.
    Cited,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    about: Vec<String>,
    class: String,
    days: Option<u16>,
    #[serde(default)]
    by_itself: bool,
    article: String,
    source: String,
}

impl Rules {
    /// Reads a file, or gives all faults of its rows.
    pub fn parse(text: &str) -> Result<Self, Vec<RuleFault>> {
        let shape = |error: toml::de::Error| RuleFault { row: String::new(), kind: RuleFaultKind::Shape(error.to_string()) };
        let file: File = toml::from_str(text).map_err(|error| vec![shape(error)])?;
        let (mut rules, mut faults): (Vec<Rule>, Vec<RuleFault>) = (Vec::new(), Vec::new());
        for row in file.rule {
            let (rule, kinds) = row.read();
            let kinds = kinds.into_iter().chain(against_others(&rule, &rules));
            faults.extend(kinds.map(|kind| RuleFault { row: rule.id.clone(), kind }));
            rules.push(rule);
        }
        if faults.is_empty() { Ok(Self(rules)) } else { Err(faults) }
    }
}

fn against_others(rule: &Rule, others: &[Rule]) -> Vec<RuleFaultKind> {
    let twice = others.iter().any(|other| other.id == rule.id).then_some(RuleFaultKind::Twice);
    let about = others.iter().flat_map(|other| other.about.intersection(&rule.about));
    twice.into_iter().chain(about.map(|about| RuleFaultKind::AboutTwice(about.key()))).collect()
}

impl Row {
    fn read(self) -> (Rule, Vec<RuleFaultKind>) {
        let mut faults = Vec::new();
        let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > ID_BYTES_MAX || !self.id.chars().all(small) {
            faults.push(RuleFaultKind::Id);
        }
        let known = |name: &String| About::all().find(|about| about.key() == name);
        let about: BTreeSet<About> = self.about.iter().filter_map(known).collect();
        if about.is_empty() || about.len() != self.about.len() {
            faults.push(RuleFaultKind::About);
        }
        let class = self.class(&mut faults);
        if matches!(class, Class::AfterEvent(_)) && about.contains(&About::Notice) {
            faults.push(RuleFaultKind::NoEvent(About::Notice.key()));
        }
        let cited = |text: &str| !text.trim().is_empty() && text.len() <= CITED_BYTES_MAX && !text.contains(char::is_control);
        if !cited(&self.article) || !cited(&self.source) {
            faults.push(RuleFaultKind::Cited);
        }
        let Self { id, by_itself, article, source, .. } = self;
        (Rule { id, about, class, by_itself, article, source }, faults)
    }

    fn class(&self, faults: &mut Vec<RuleFaultKind>) -> Class {
        let class = match self.class.as_str() {
            "permanent" => Class::Permanent,
            "30y" => Class::Years(30),
            "10y" => Class::Years(10),
            "after-event" => Class::AfterEvent(self.days.unwrap_or_default()),
            _ => {
                faults.push(RuleFaultKind::Class);
                return Class::Permanent;
            }
        };
        let fits = match class {
            Class::AfterEvent(days) => DAYS.contains(&days),
            Class::Permanent | Class::Years(_) => self.days.is_none(),
        };
        if !fits {
            faults.push(RuleFaultKind::Days);
        }
        class
    }
}
