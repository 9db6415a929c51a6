//! Accounts (帐号) of the people who use the console of this office: who they are, what they may do, and what became of an account.
//!
//! An account is local to its office and never leaves it, but for backups. Nothing of it is forgotten: ending one closes the door and
//! keeps its history, and its name is never given to another person. A right never stands between an officer and an urgent report: every
//! account that is not ended may take calls, file and report; rights are about what goes down, what is approved, and the machine.

use std::collections::BTreeSet;

use dutynet_relay::ids::UnixMillis;
use serde::{Deserialize, Serialize};

/// Longest id, bytes.
pub const ID_BYTES_MAX: usize = 32;
/// Longest name, characters.
pub const NAME_CHARS_MAX: usize = 32;
/// Shortest and longest password, characters.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=128;
/// Entries of a history that are kept; the oldest but the first go first.
const HISTORY_MAX: usize = 64;

/// What a person is in this duty office (岗位); one may be several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Post {
    /// 值班员
    Officer,
    /// 带班领导
    Leader,
    /// 值班室负责人
    Manager,
    /// 系统管理员
    Operator,
    /// 审计员
    Auditor,
}

/// What not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Say something to the offices below: notices, orders, roll calls, special periods, cut-offs.
    Direct,
    /// Approve and instruct as a leader.
    Approve,
    /// Make and end accounts, invite offices, look after machine and backups.
    Operate,
    /// Read who opened, exported or printed what is about people.
    Audit,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What is typed to log in, and the person's id in records.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// At least one.
    pub posts: BTreeSet<Post>,
    /// Argon2id hash of the password, as a PHC string.
    pub secret: String,
    /// Somebody else has set the password: it must be changed at the next log-in.
    pub must_change: bool,
    /// Since when it is no account any more.
    pub ended: Option<UnixMillis>,
    /// What became of it, the oldest first.
    pub history: Vec<Happened>,
}

/// One entry of a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// When, by the clock of this machine.
    pub at: UnixMillis,
    /// Id of whose account did it; empty: somebody at the machine itself.
    pub by: String,
    /// What.
    pub what: What,
    /// Why, where that was asked; may be empty.
    pub reason: String,
}

/// What may become of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was made.
    Made,
    /// Its person changed the password.
    PasswordChanged,
    /// Somebody else set a new one.
    PasswordSet,
    /// It has other posts.
    PostsChanged,
    /// It ended: the person has left.
    Ended,
}

/// Why an account is not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountFault {
    /// Not 1 to 32 of `a-z`, `0-9`, `.`, `-`, `_`, beginning with a letter.
    Id,
    /// Empty, too long, or with invisible characters.
    Name,
    /// No post.
    Posts,
    /// Too short, too long, or nothing but the id.
    Password,
    /// There is one of that id, or was.
    Taken,
    /// It has ended.
    Ended,
    /// Nobody would be left who may look after accounts.
    LastOperator,
}

impl Post {
    /// In the order in which people list them.
    pub const ALL: [Self; 5] = [Self::Officer, Self::Leader, Self::Manager, Self::Operator, Self::Auditor];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Leader => "leader",
            Self::Manager => "manager",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }

    /// By its stable name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|post| post.key() == key)
    }

    fn rights(self) -> &'static [Right] {
        match self {
            Self::Officer => &[Right::Direct],
            Self::Leader => &[Right::Direct, Right::Approve],
            Self::Manager => &[Right::Direct, Right::Operate],
            Self::Operator => &[Right::Operate],
            Self::Auditor => &[Right::Audit],
        }
    }
}

impl Right {
    /// What a step of a matter wants; `None`: every account may take it. Nothing that is received, said upwards or passed on wants a right:
    /// only what orders others, judges them, calls a danger over, or is said by a leader himself does. `how` is the answer to the field of
    /// that name: who answers at this machine (在本机) answers as a leader, while what a leader has said elsewhere is written down by whoever
    /// heard it, and waits for his own word.
    pub fn for_step(form: &str, how: Option<&str>) -> Option<Self> {
        match form {
            "incident.confirmed" => Some(Self::Approve),
            "incident.approved" | "incident.refused" if how == Some("node") => Some(Self::Approve),
            "directive.order" | "directive.split" | "directive.return" | "directive.correct" | "directive.recall"
            | "directive.close" => Some(Self::Direct),
            "warning.lower" | "warning.lift" => Some(Self::Direct),
            "verification.ask" | "verification.close" => Some(Self::Direct),
            "rollcall.call" | "rollcall.again" | "rollcall.rule" | "rollcall.close" => Some(Self::Direct),
            "drill.start" | "drill.suspend" | "drill.resume" | "drill.end" => Some(Self::Direct),
            "consultation.call"
            | "consultation.agenda"
            | "consultation.outcome"
            | "consultation.ordered"
            | "consultation.none"
            | "consultation.review"
            | "consultation.publish"
            | "consultation.close" => Some(Self::Direct),
            "finding.open" | "finding.dismiss" | "finding.praise" | "finding.rule" | "finding.follow" | "finding.rectify"
            | "finding.check" | "finding.close" => Some(Self::Direct),
            _ => None,
        }
    }
}

impl What {
    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::PasswordChanged => "password_changed",
            Self::PasswordSet => "password_set",
            Self::PostsChanged => "posts_changed",
            Self::Ended => "ended",
        }
    }
}

impl Account {
    /// Whether it may do something; what is no [`Right`] everybody may.
    pub fn may(&self, right: Right) -> bool {
        self.ended.is_none() && self.posts.iter().any(|post| post.rights().contains(&right))
    }

    /// The name by which its person answers here as a leader; `None`: he is none.
    pub fn approves_as(&self) -> Option<&str> {
        self.may(Right::Approve).then_some(self.name.as_str())
    }

    /// With one more entry in its history.
    #[must_use]
    pub fn having(mut self, happened: Happened) -> Self {
        if self.history.len() >= HISTORY_MAX {
            self.history.remove(1);
        }
        self.history.push(happened);
        self
    }

    /// When it was made.
    pub fn made_at(&self) -> Option<UnixMillis> {
        self.history.first().map(|made| made.at)
    }
}

/// Whether an account of this id, name and posts may be made beside those that there are.
pub fn admit(all: &[Account], id: &str, name: &str, posts: &BTreeSet<Post>) -> Result<(), AccountFault> {
    if !is_id(id) {
        return Err(AccountFault::Id);
    }
    if all.iter().any(|account| account.id == id) {
        return Err(AccountFault::Taken);
    }
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(AccountFault::Name);
    }
    if posts.is_empty() { Err(AccountFault::Posts) } else { Ok(()) }
}

/// Whether an account may get these posts, `None`: end, without leaving the office without anybody who may look after accounts.
pub fn admit_change(all: &[Account], id: &str, posts: Option<&BTreeSet<Post>>) -> Result<(), AccountFault> {
    let operates = |posts: &BTreeSet<Post>| posts.iter().any(|post| post.rights().contains(&Right::Operate));
    let stays = posts.is_some_and(operates) || all.iter().any(|other| other.id != id && other.may(Right::Operate));
    let account = all.iter().find(|account| account.id == id);
    match account {
        Some(account) if account.ended.is_some() => Err(AccountFault::Ended),
        Some(_) if posts.is_some_and(BTreeSet::is_empty) => Err(AccountFault::Posts),
        Some(_) | None if !stays => Err(AccountFault::LastOperator),
        Some(_) | None => Ok(()),
    }
}

/// Whether a person may answer at this machine as a leader. Whomever an account names, by its id or by its name, may do what that account may,
/// also at the command line; of whom no account knows anything, the command line is believed: whoever may use it looks after the machine.
pub fn may_approve(all: &[Account], id: &str, name: &str) -> bool {
    let mut known = all.iter().filter(|account| account.id == id || account.name == name).peekable();
    known.peek().is_none() || known.any(|account| account.id == id && account.approves_as() == Some(name))
}

/// Whether it may be a password of this account.
pub fn admit_password(id: &str, password: &str) -> Result<(), AccountFault> {
    let fits = PASSWORD_CHARS.contains(&password.chars().count()) && password.trim() != id;
    if fits { Ok(()) } else { Err(AccountFault::Password) }
}

fn is_id(id: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    id.len() <= ID_BYTES_MAX && id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(letters)
}

#[cfg(test)]
mod tests;
