//! Where a record of this office is and what happens next, in a sentence; and why a neighbour refused one, with what to do about it.

use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    link::frame::RefusalCode,
};

use super::{directive, words};
use crate::domain::{
    beijing,
    whereabouts::{Waits, Whereabouts},
};

/// It stays here.
pub const STAYS: &str = "只存本单位，没有报出。";
/// It is on its way.
const UNDERWAY: &str = "已存在本机，线路通，正在送出。";
/// A tier above has it.
const PASSED_UP: &str = "已送达上级，正由上级转送，收件单位还没有全部收到。";
/// A tier below has it.
const PASSED_DOWN: &str = "已送到下一级，正在转送，收件单位还没有全部收到。";
/// Everybody has it.
const ARRIVED: &str = "已送到全部收件单位。";
/// Somebody refused it, and what he said is not here.
const REFUSED: &str = "被对方拒收，没有送到。请到“线路”页的“滞留”看原因；急事请打电话报告。";
/// Lines that are named; of more, their number is said.
const NAMED_MAX: usize = 3;

/// Where it is, and how good that is. `name` says what an office is called.
pub fn sentence(at: &Whereabouts, name: &dyn Fn(&OfficeId) -> String, now: UnixMillis) -> (String, &'static str) {
    match at {
        Whereabouts::Stays => (STAYS.to_owned(), "dim"),
        Whereabouts::Refused => (REFUSED.to_owned(), "bad"),
        Whereabouts::Waits(waits) => (waits_for(waits, name, now), "bad"),
        Whereabouts::Underway => (UNDERWAY.to_owned(), "soon"),
        Whereabouts::Passed { up: true } => (PASSED_UP.to_owned(), "soon"),
        Whereabouts::Passed { up: false } => (PASSED_DOWN.to_owned(), "soon"),
        Whereabouts::Arrived { without_node: 0 } => (ARRIVED.to_owned(), "good"),
        Whereabouts::Arrived { without_node } => {
            (format!("有终端的收件单位都已收到；无终端的 {without_node} 家请电话通知。"), "soon")
        }
    }
}

fn waits_for(waits: &Waits, name: &dyn Fn(&OfficeId) -> String, now: UnixMillis) -> String {
    let since = |at: Option<UnixMillis>| at.map_or_else(|| words::DASH.to_owned(), |at| beijing::for_people(at, now));
    let mut lines = Vec::new();
    if let Some((from, next)) = waits.up {
        let next = next.map(|next| format!("，{} 再拨", beijing::for_people(next, now))).unwrap_or_default();
        lines.push(format!("上级线路断（{} 起{next}）", since(from)));
    }
    lines.extend(waits.below.iter().map(|line| directive::undelivered(line, name, now)));
    let all = lines.len();
    lines.truncate(NAMED_MAX);
    let more = if all > NAMED_MAX { format!("等 {all} 处") } else { String::new() };
    let (at, then) = if waits.here {
        ("已存在本机", "自动送出，不用再填")
    } else {
        ("已送出", "由途中的单位自动送到，不用再发")
    };
    format!("{at}，{}{more}，接通后{then}。急事请同时打电话。", lines.join("、"))
}

/// What was refused there, why, and what to do.
pub fn refused(at: &str, why: &str) -> String {
    format!("被{at}拒收，没有送到。{why}急事请打电话报告；重发、撤回在“线路”页的“滞留”里。")
}

/// A neighbour that passed on the refusal of somebody below it, or above.
pub fn or_beyond(neighbour: &str) -> String {
    format!("{neighbour}或它再送往的单位")
}

/// Why a neighbour refused a record, with what to do; a code that this program does not know is said with the neighbour's own words.
pub fn why(code: &str, detail: &str) -> String {
    let known = RefusalCode::from_name(code).map(|code| match code {
        RefusalCode::Malformed => "对方的程序读不懂这条记录：请系统管理员核对两边的程序版本，升级后重发。",
        RefusalCode::UnknownOrigin => "对方的名录里还没有产生它的单位：请等名录送到后重发。",
        RefusalCode::NotYoursToSend => "按名录，产生它的单位不归本单位转送：请撤回，并请上级核对名录。",
        RefusalCode::BadSeal => "封签核验不过：请系统管理员先检查本机，再重发。",
        RefusalCode::Conflict => "对方已有编号相同、内容不同的记录：请撤回，重新填写一份报出。",
        RefusalCode::UnknownTarget => "收件单位不在名录里：请核对收件单位，登记以后重发；填错了的撤回，另填一份。",
        RefusalCode::Registry => "对方不认这条名录：请上级核对名录后重发。",
        RefusalCode::TooLarge => "超过对方能收的大小：请撤回，拆成几份，或者改用附件。",
        RefusalCode::Content => {
            "带有密级标志：请系统管理员撤回，并在本机用 dutynet purge 清除；改按涉密渠道报送，在“涉密事项登记”只登记有此事。"
        }
    });
    known.map_or_else(
        || format!("对方的说明：{}（{code}）。请系统管理员处理。", detail.trim_end_matches(['。', '.'])),
        str::to_owned,
    )
}

/// A report of an office in a period.
pub fn report(title: &str, office: &str, period: &str) -> String {
    format!("{title} {office} {period}")
}

/// Something with a number.
pub fn numbered(what: &str, number: &str, title: &str) -> String {
    format!("{what} {number} {title}").trim_end().to_owned()
}

/// Who may send it again or withdraw it, for whoever may not.
pub fn ask_whom(names: &[String]) -> String {
    if names.is_empty() {
        "请找系统管理员重发或撤回".to_owned()
    } else {
        format!("请找{}重发或撤回", names.join("、"))
    }
}

/// What a record is, by its kind, where no page shows it. Kinds of a later program are said as they are.
pub fn kind(kind: &str) -> &str {
    let name = kind.split('/').next().unwrap_or(kind);
    let known = [
        ("directive.notice", "通知"),
        ("directive.delivered", "送达回执"),
        ("directive.signed", "签收"),
        ("report.choice", "各版的选定"),
        ("form.cut-off", "截止时刻"),
        ("file.attached", "附件说明"),
        ("secrecy.purge", "清除通知"),
        ("secrecy.purged", "清除回执"),
        ("period.special", "敏感特殊时期"),
        ("duty.chased", "催办"),
        ("rules.pack", "规则包"),
        ("rules.in-force", "执行规则的回报"),
        ("net.office", "名录"),
        ("net.destroy", "销毁"),
    ];
    known.into_iter().find(|(key, _)| *key == name).map_or(if kind.is_empty() { "读不出的记录" } else { kind }, |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sign_for::Undelivered;

    fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    fn said(at: &Whereabouts) -> String {
        let name = |office: &OfficeId| format!("{office}县");
        sentence(at, &name, beijing::moment("2026-07-01 10:00").unwrap()).0
    }

    #[test]
    fn a_record_that_waits_names_the_line_since_when_and_what_happens_next() {
        let at = |text: &str| beijing::moment(text);
        let line = |office: &str| Undelivered::LineDown(id(office), at("2026-07-01 08:05"));
        let waits = |here, up, below| said(&Whereabouts::Waits(Waits { here, up, below }));
        let up = Some((at("2026-07-01 08:00"), at("2026-07-01 10:01")));
        let both = waits(true, up, vec![line("c")]);
        for words in [
            "已存在本机",
            "上级线路断",
            "08:00:00 起",
            "10:01:00 再拨",
            "c县线路断",
            "08:05:00 起",
            "自动送出，不用再填",
            "请同时打电话",
        ] {
            assert!(both.contains(words), "{words}: {both}");
        }
        let beyond = waits(false, None, vec![line("t")]);
        assert!(beyond.starts_with("已送出，t县线路断") && !beyond.contains("上级"), "{beyond}");
        let many = waits(true, None, ["a", "b", "c", "d"].map(line).to_vec());
        assert!(many.contains("等 4 处") && !many.contains("d县"), "{many}");
        assert_eq!(said(&Whereabouts::Arrived { without_node: 0 }), ARRIVED);
    }

    #[test]
    fn every_refusal_of_a_neighbour_is_said_with_what_to_do() {
        for code in RefusalCode::ALL {
            let why = why(code.name(), "english words");
            assert!(why.contains('请') && why.ends_with('。') && !why.contains("english"), "{why}");
        }
        assert!(why("NEW_ONE", "too new.").contains("too new（NEW_ONE）。请"), "{}", why("NEW_ONE", "too new."));
    }
}
