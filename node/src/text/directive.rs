//! What is said about notices: on lists, on the sign-for list, and when something was done.

use dutynet_relay::ids::{OfficeId, UnixMillis};

use super::{notice, words::DASH};
use crate::domain::{
    notice::Urgency,
    sign_for::{Counts, SignTiming, Undelivered},
};

/// Head of the sign-for list.
pub const BOARD: [&str; 7] = ["单位", "送达", "未送达原因", "签收", "签收时间", "方式", "时限"];
/// Head of the list of notices.
pub const LIST: [&str; 8] = ["事项编号", "状态", "紧急", "标题", "发出单位", "收到", "签收时限", "签收/应签"];
/// Head of the groups.
pub const GROUPS: [&str; 3] = ["编组", "单位数", "成员"];
/// There is none.
pub const NO_NOTICES: &str = "没有通知。";
/// There is none.
pub const NO_GROUPS: &str = "没有编组。";
/// An office signed for itself.
pub const OWN: &str = "本单位";
/// What a notice is owed under that is to be signed for by a time.
pub const SIGN_BY_TITLE: &str = "通知";
/// Its article.
pub const SIGN_BY_ARTICLE: &str = "湛江市政府系统值班工作规范 第八条";
/// Signed for by nobody.
pub const UNSIGNED: &str = "未签收";

/// Urgency of a paper.
pub fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Flash => "特急",
        Urgency::Urgent => "加急",
        Urgency::Routine => "平件",
    }
}

/// Whether it was signed for in time.
pub fn timing(timing: SignTiming) -> &'static str {
    match timing {
        SignTiming::NoLimit => "无时限",
        SignTiming::InTime => "按时",
        SignTiming::Late => "迟",
        SignTiming::NotDue => "未到时",
        SignTiming::Overdue => "逾期",
        SignTiming::CutOff => "线路不通",
    }
}

/// What a notice is to an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// To be signed for.
    ToSign,
    /// Signed for.
    Signed,
    /// Sent by this office.
    Sent,
    /// Carried for others.
    PassedOn,
    /// Its content was removed before it was signed for.
    Removed,
}

/// What a notice is to this office.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::ToSign => "待签收",
        Standing::Signed => "已签收",
        Standing::Sent => "本单位发出",
        Standing::PassedOn => "转送下级",
        Standing::Removed => "已清除",
    }
}

/// Why a notice has not been delivered; `name` gives the names of offices.
pub fn undelivered(why: &Undelivered, name: impl Fn(&OfficeId) -> String, now: UnixMillis) -> String {
    let since = |at| notice::time(at, now);
    match why {
        Undelivered::Underway => "在途".into(),
        Undelivered::LineDown(office, at) => format!("{}线路断（{} 起）", name(office), since(*at)),
        Undelivered::LineUnknown(office, at) => format!("{}线路不明（{} 起）", name(office), since(*at)),
        Undelivered::Refused(office) => format!("{}或其下级拒收（滞留）", name(office)),
        Undelivered::NoNode => "无终端，请电话通知".into(),
    }
}

/// Above the sign-for list.
pub fn board_title(number: &str, title: &str, as_of: &str) -> String {
    format!("{number}《{title}》签收单（制表 {as_of}）")
}

/// Below it: how many of what.
pub fn counts(counts: &Counts) -> String {
    let Counts { addressed, delivered, signed, on_behalf, without_node, overdue } = counts;
    let (undelivered, unsigned) = (addressed - delivered, addressed - signed);
    format!(
        "应收 {addressed} 个单位：送达 {delivered}，未送达 {undelivered}（其中无终端 {without_node}）；\
         签收 {signed}（其中代录 {on_behalf}），未签收 {unsigned}（其中逾期 {overdue}）"
    )
}

/// How many of how many have signed; a dash where that is not known.
pub fn signed_of(signed: u32, addressed: u32) -> String {
    if addressed == 0 { DASH.to_owned() } else { format!("{signed}/{addressed}") }
}

/// Who signed, and how many more did.
pub fn signers(first: &str, more: usize) -> String {
    if more == 0 { first.to_owned() } else { format!("{first} 等 {} 人", more + 1) }
}

/// Who entered it, as whom said.
pub fn entered(office: &str, name: &str, phone: &str) -> String {
    format!("{office}代录（{name} 来电 {phone}）")
}

/// Who entered it, when it cannot be read any more who said so.
pub fn entered_by(office: &str) -> String {
    format!("{office}代录")
}

/// A notice was sent.
pub fn sent(number: &str, addressed: u32, record: &str) -> String {
    format!("已保存：通知 {number}，发给 {addressed} 个单位（记录 {record}）。签收情况：dutynet notice board {number}")
}

/// It had been sent already.
pub fn sent_already(number: &str, addressed: u32, record: &str) -> String {
    format!("这份通知已发过，没有重复发送：{number}，{addressed} 个单位（记录 {record}）")
}

/// Somebody has signed.
pub fn signed(number: &str, office: &str, record: &str) -> String {
    format!("已保存：{office} 签收通知 {number}（记录 {record}）")
}

/// That person had signed already.
pub fn signed_already(number: &str, office: &str, record: &str) -> String {
    format!("{office} 由同一人签收过通知 {number}，没有重复签收（记录 {record}）")
}

/// A group was saved.
pub fn group_saved(name: &str, members: usize) -> String {
    format!("已保存编组：{name}，{members} 个单位。")
}

/// A group was dropped.
pub fn group_dropped(name: &str) -> String {
    format!("已不再用编组：{name}。已发出的通知不变。")
}

/// Head of a notice.
pub fn title(number: &str, urgency: &str, title: &str) -> String {
    format!("{number}　{urgency}　{title}")
}

/// Names of what stands under the head.
pub struct Names;

impl Names {
    /// Sender.
    pub const FROM: &str = "发出";
    /// To whom.
    pub const TO: &str = "发给";
    /// Time to sign.
    pub const SIGN_BY: &str = "签收时限";
    /// What it is to this office.
    pub const STANDING: &str = "状态";
    /// A signature.
    pub const SIGNATURE: &str = "签收";
    /// The words.
    pub const TEXT: &str = "正文";
}

/// Who sent it, and when.
pub fn from(office: &str, person: &str, sent: &str, received: &str) -> String {
    format!("{office} {person}　{sent}　收到 {received}")
}

/// Everybody below an office.
pub fn everybody_below(office: &str) -> String {
    format!("{office} 的全部下级")
}

/// Offices by id, and the group that they were.
pub fn offices(ids: &[String], group: &str) -> String {
    let shown: Vec<_> = ids.iter().take(12).map(String::as_str).collect();
    let more = if ids.len() > shown.len() { " 等" } else { "" };
    let group = if group.is_empty() { String::new() } else { format!("编组“{group}”：") };
    format!("{group}{}{more} {} 个单位", shown.join("、"), ids.len())
}

/// One signature.
pub fn signature(who: &str, at: &str, how: &str, remark: &str) -> String {
    let remark = if remark.is_empty() { String::new() } else { format!("　{remark}") };
    format!("{who}　{at}　{how}{remark}")
}
