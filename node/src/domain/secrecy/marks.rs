//! What a mark is made of, as data.

use std::sync::LazyLock;

use serde::Deserialize;

static BUILT_IN: LazyLock<Marks> =
    LazyLock::new(|| toml::from_str(include_str!("../../../secrecy/marks.toml")).expect("a test parses the built-in marks"));

/// Each as `marks.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Marks {
    pub(super) levels: Vec<String>,
    pub(super) grade: char,
    pub(super) stars: String,
    pub(super) same: Vec<(char, char)>,
    pub(super) between: String,
    pub(super) open: String,
    pub(super) close: String,
    pub(super) quotes: String,
    pub(super) bullets: String,
    pub(super) ticks: String,
    pub(super) labels: Vec<String>,
    pub(super) links: String,
    pub(super) digits: String,
    pub(super) units: Vec<String>,
    pub(super) for_ever: Vec<String>,
    pub(super) until: char,
    pub(super) before_period: Vec<String>,
    pub(super) after_period: String,
    pub(super) others: Vec<String>,
    pub(super) forbidding: Vec<String>,
    pub(super) urgency: Vec<String>,
}

impl Marks {
    pub(super) fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Quick: every mark ends with one letter, the same for all levels.
    pub(super) fn may_stand_in(&self, text: &str) -> bool {
        self.levels.iter().filter_map(|level| level.chars().last()).any(|last| text.contains(last))
    }

    pub(super) fn star(&self) -> char {
        self.stars.chars().next().unwrap_or('*')
    }

    /// The usual form of a letter.
    pub(super) fn usual(&self, letter: char) -> char {
        if self.stars.contains(letter) {
            return self.star();
        }
        self.same.iter().find(|(other, _)| *other == letter).map_or(letter, |(_, usual)| *usual)
    }
}
