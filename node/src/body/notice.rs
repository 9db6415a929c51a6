//! Bodies of notices, of what answers them, and of saved groups.

use std::collections::BTreeSet;

use dutynet_relay::ids::{OfficeId, RecordRef, UnixMillis};

use crate::domain::{
    notice::{ToldBy, Urgency},
    number::Number,
};

/// Kind of a notice (通知).
pub const NOTICE: &str = "directive.notice/1";
/// Kind of what an addressed office's node says by itself (送达).
pub const DELIVERED: &str = "directive.delivered/1";
/// Kind of what a person says (签收).
pub const SIGNED: &str = "directive.signed/1";
/// Kind of a saved group (编组).
pub const GROUP: &str = "office.group/1";

/// Why a body is not what its kind says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotADirective {
    /// Not the encoding that it should be.
    #[error("the body cannot be read")]
    Encoding,
    /// A field that is missing or beyond its limits.
    #[error("body field {0} is missing or beyond its limits")]
    Field(&'static str),
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeBody {
    /// 事项编号
    pub number: Number,
    /// One line.
    pub title: String,
    /// What there is to say.
    pub text: String,
    /// On paper and on the link.
    pub urgency: Urgency,
    /// When everybody is to have signed.
    pub sign_by: Option<UnixMillis>,
    /// The saved group that was asked for; may be empty.
    pub group: String,
}

impl NoticeBody {
    /// What is left of one whose content was removed: number and urgency stand in its header.
    pub fn removed(number: Number, urgency: Urgency) -> Self {
        Self { number, title: String::new(), text: String::new(), urgency, sign_by: None, group: String::new() }
    }
}

/// That a directive was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveredBody {
    /// A notice, or the step of a matter that names the office.
    pub directive: RecordRef,
    /// The matter of that step; `None`: it is a notice.
    pub matter: Option<RecordRef>,
}

/// That somebody signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBody {
    /// For which directive.
    pub directive: RecordRef,
    /// May be empty.
    pub remark: String,
    /// Who said so by telephone; `None`: whoever signed sat there.
    pub told_by: Option<ToldBy>,
}

/// A saved group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupBody {
    /// Its name.
    pub name: String,
    /// None: it was dropped.
    pub members: BTreeSet<OfficeId>,
}
