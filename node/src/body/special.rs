//! Bodies of special periods, and of chases.

use dutynet_relay::ids::{Digest, OfficeId, RecordRef, UnixMillis};

use crate::domain::{obligation::Key, special::Brings};

/// Kind of a special period, and of a change of one.
pub const SPECIAL: &str = "period.special/1";
/// Kind of a chase (催办).
pub const CHASED: &str = "duty.chased/1";
/// Longest name of whoever was spoken to, characters.
pub const CHASED_PERSON_CHARS_MAX: usize = 64;
/// Longest telephone number, characters.
pub const CHASED_PHONE_CHARS_MAX: usize = 32;
/// Longest answer, characters.
pub const CHASED_RESULT_CHARS_MAX: usize = 500;

/// What a record about a special period says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialBody {
    /// The moment after its last.
    pub to: UnixMillis,
    /// Why.
    pub reason: String,
    /// What it does.
    pub says: SpecialSays,
}

/// What it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpecialSays {
    /// It declares a period.
    Declares {
        /// First moment.
        from: UnixMillis,
        /// What is owed while it lasts.
        brings: Brings,
    },
    /// It changes the end of this one.
    Changes(RecordRef),
}

/// By which way somebody was chased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChaseBy {
    /// 电话
    Telephone,
    /// 网上
    Network,
}

/// That a debtor was chased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChasedBody {
    /// For what.
    pub key: Key,
    /// Who owes it.
    pub debtor: OfficeId,
    /// By which way.
    pub way: ChaseBy,
    /// Who was spoken to; may be empty.
    pub person: String,
    /// At which number; may be empty.
    pub phone: String,
    /// What was answered; may be empty.
    pub result: String,
}

impl SpecialBody {
    /// What the record is about.
    pub fn subject(&self) -> String {
        match &self.says {
            SpecialSays::Declares { .. } => "period".to_owned(),
            SpecialSays::Changes(period) => format!("period/{period}"),
        }
    }
}

impl ChasedBody {
    /// What the record is about.
    pub fn subject(&self) -> String {
        format!("due/{}", Digest::of("dutynet.chased.1", &[self.key.as_str().as_bytes()]))
    }
}
