//! Access records (查阅留痕): who opened, exported or printed what is about people, so that whoever looks without a reason can be asked.
//!
//! They are local to an office and never leave it, but for backups. They name what was seen and repeat nothing of it: when its content is
//! destroyed, nothing of it stays here.

use dutynet_relay::ids::{RecordRef, UnixMillis};
use serde::{Deserialize, Serialize};

/// One person once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// When, by the clock of this machine.
    pub at: UnixMillis,
    /// Id of whose account it was.
    pub by: String,
    /// How.
    pub how: How,
    /// What.
    pub what: Seen,
}

/// How something was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// A page was opened.
    Opened,
    /// It was saved as a file: a table, a document, an attachment.
    Exported,
    /// It was laid out for paper.
    Printed,
}

/// What was seen, by its name alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// A matter, by the reference of its opening record.
    Matter(String),
    /// A report: form, office, period.
    Report(String, String, String),
    /// A notice and who signed for it, by its reference.
    Notice(String),
    /// A page of many, by its path in the console.
    Page(String),
}

impl How {
    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Exported => "exported",
            Self::Printed => "printed",
        }
    }
}

impl Seen {
    /// A matter.
    pub fn matter(reference: &RecordRef) -> Self {
        Self::Matter(reference.to_string())
    }

    /// A notice.
    pub fn notice(reference: &RecordRef) -> Self {
        Self::Notice(reference.to_string())
    }

    /// A report.
    pub fn report(form: &str, office: &str, period: &str) -> Self {
        Self::Report(form.to_owned(), office.to_owned(), period.to_owned())
    }

    /// A page of many, by its path; what does not fit into a line is cut.
    pub fn page(path: &str) -> Self {
        Self::Page(path.chars().take(128).collect())
    }

    /// What the console shows at a path.
    pub fn at(path: &str) -> Self {
        let report = |rest: &str| match rest.split('/').collect::<Vec<_>>()[..] {
            [form, office, period] => Some(Self::report(form, office, period)),
            _ => None,
        };
        // A roll call and a session are matters that have a page of their own.
        let of_its_own = |page: &str| path.strip_prefix(page).filter(|rest| rest.split('/').count() == 2 && !rest.contains('?'));
        let matter = path.strip_prefix("/matter/").or_else(|| of_its_own("/roll/")).or_else(|| of_its_own("/consultation/"));
        let matter = matter.map(|reference| Self::Matter(reference.to_owned()));
        let notice = || path.strip_prefix("/notices/show/").map(|reference| Self::Notice(reference.to_owned()));
        let report = || path.strip_prefix("/reports/show/").and_then(report);
        matter.or_else(notice).or_else(report).unwrap_or_else(|| Self::page(path))
    }

    /// Where the console shows it.
    pub fn path(&self) -> String {
        match self {
            Self::Matter(reference) => format!("/matter/{reference}"),
            Self::Report(form, office, period) => format!("/reports/show/{form}/{office}/{period}"),
            Self::Notice(reference) => format!("/notices/show/{reference}"),
            Self::Page(path) => path.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_at_a_path_is_shown_at_that_path() {
        for path in [
            "/matter/440825/01",
            "/notices/show/440825/01",
            "/reports/show/daily/440825/2026-07-01",
            "/dues",
            "/matters/incident",
        ] {
            assert_eq!(Seen::at(path).path(), path);
        }
        assert_eq!(Seen::at("/reports/show/daily/440825/2026-07-01"), Seen::report("daily", "440825", "2026-07-01"));
        assert_eq!(Seen::at("/roll/440825/01"), Seen::at("/matter/440825/01"));
        assert_eq!(Seen::at("/consultation/440825/01"), Seen::at("/matter/440825/01"));
        assert!(matches!(Seen::at("/matter/440825/01"), Seen::Matter(reference) if reference == "440825/01"));
    }
}
