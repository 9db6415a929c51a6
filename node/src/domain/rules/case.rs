//! What a rule is asked about.

use std::{collections::BTreeSet, fmt};

use crate::domain::beijing::Day;

/// Whose debt it is, of what kind of matter, on which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Area code of the debtor; empty: it has none, and only rules of everywhere are its own.
    pub jurisdiction: String,
    /// What the debtor is.
    pub tier: Tier,
    /// `None`: not known yet.
    pub category: Option<CategoryCode>,
    /// `None`: not decided, or of a kind without grades.
    pub grade: Option<Grade>,
    /// What lifts the limit of grades, and what else a rule may ask for.
    pub flags: BTreeSet<Flag>,
    /// By which way it is said; `None`: by any.
    pub channel: Option<Channel>,
    /// Rules of this day.
    pub on: Day,
}

/// What an office is to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// 企事业单位
    Unit,
    /// 乡镇、街道
    Township,
    /// 部门
    Department,
    /// 县级
    County,
    /// 市级
    City,
    /// 省级
    Province,
}

/// How grave an event is; ordered, 一般 first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// 一般
    Ordinary,
    /// 较大
    Considerable,
    /// 重大
    Major,
    /// 特别重大
    Exceptional,
}

/// What is true of a case beside its category and grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// 敏感时期: the limit of grades is lifted.
    SensitiveTime,
    /// 敏感地区: the same.
    SensitivePlace,
    /// 重要预测预警信息: the same.
    Warning,
    /// 可能演化为较大以上: the same.
    MayEvolve,
    /// 涉及关键信息基础设施
    KeyInfrastructure,
    /// 中央和国家机关
    CentralOrgan,
    /// 直报试点
    DirectReporting,
    /// 敏感特殊时期内: a special period is declared for the debtor.
    SpecialPeriod,
}

/// By which way something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// 口头（电话）
    Oral,
    /// 书面
    Written,
    /// 网络
    Network,
}

/// What an event has cost so far; `None`: not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// 死亡
    pub dead: Option<u64>,
    /// 重伤, acute industrial poisoning included.
    pub badly_hurt: Option<u64>,
    /// 失踪、下落不明
    pub missing: Option<u64>,
    /// 直接经济损失, yuan.
    pub loss_yuan: Option<u64>,
}

/// A category of events: words between dots, the wider first, e.g. `accident.traffic.road`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryCode(String);

/// A text that is no category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a category is lower-case words between dots, at most 64 bytes")]
pub struct NotACategory;

const CATEGORY_BYTES_MAX: usize = 64;

impl CategoryCode {
    /// Reads one; whether any pack knows it is another question.
    pub fn parse(text: &str) -> Result<Self, NotACategory> {
        let word =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let fits = text.len() <= CATEGORY_BYTES_MAX && text.split('.').all(word);
        if fits { Ok(Self(text.to_owned())) } else { Err(NotACategory) }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is that one or a kind of it.
    pub fn is_within(&self, wider: &Self) -> bool {
        self.0.strip_prefix(&wider.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl fmt::Display for CategoryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Tier {
    /// All, the lowest first.
    pub const ALL: [Self; 6] = [Self::Unit, Self::Township, Self::Department, Self::County, Self::City, Self::Province];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Township => "township",
            Self::Department => "department",
            Self::County => "county",
            Self::City => "city",
            Self::Province => "province",
        }
    }

    /// The tier of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.key() == key)
    }
}

impl Grade {
    /// All, 一般 first.
    pub const ALL: [Self; 4] = [Self::Ordinary, Self::Considerable, Self::Major, Self::Exceptional];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Considerable => "considerable",
            Self::Major => "major",
            Self::Exceptional => "exceptional",
        }
    }

    /// The grade of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.key() == key)
    }
}

impl Flag {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::SensitiveTime,
        Self::SensitivePlace,
        Self::Warning,
        Self::MayEvolve,
        Self::KeyInfrastructure,
        Self::CentralOrgan,
        Self::DirectReporting,
        Self::SpecialPeriod,
    ];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::SensitiveTime => "sensitive-time",
            Self::SensitivePlace => "sensitive-place",
            Self::Warning => "warning",
            Self::MayEvolve => "may-evolve",
            Self::KeyInfrastructure => "key-infrastructure",
            Self::CentralOrgan => "central-organ",
            Self::DirectReporting => "direct-reporting",
            Self::SpecialPeriod => "special-period",
        }
    }

    /// The flag of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.key() == key)
    }

    /// Whether it lifts the limit of grades (湛江 第九条(二)).
    pub fn lifts_grades(self) -> bool {
        match self {
            Self::SensitiveTime | Self::SensitivePlace | Self::Warning | Self::MayEvolve => true,
            Self::KeyInfrastructure | Self::CentralOrgan | Self::DirectReporting | Self::SpecialPeriod => false,
        }
    }
}

impl Channel {
    /// All.
    pub const ALL: [Self; 3] = [Self::Oral, Self::Written, Self::Network];

    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Oral => "oral",
            Self::Written => "written",
            Self::Network => "network",
        }
    }

    /// The channel of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> CategoryCode {
        CategoryCode::parse(text).unwrap()
    }

    #[test]
    fn a_category_is_within_itself_and_what_is_wider_and_nothing_that_only_begins_alike() {
        assert!(code("accident.traffic.road").is_within(&code("accident")));
        assert!(code("accident").is_within(&code("accident")));
        assert!(!code("accident").is_within(&code("accident.traffic")));
        assert!(!code("accidents").is_within(&code("accident")));
        for bad in ["", ".", "a.", "A", "a..b", "地震", &"a".repeat(65)] {
            assert_eq!(CategoryCode::parse(bad), Err(NotACategory), "{bad}");
        }
    }

    #[test]
    fn grades_are_in_their_order_and_every_name_leads_back() {
        assert!(Grade::Exceptional > Grade::Major && Grade::Major > Grade::Considerable && Grade::Considerable > Grade::Ordinary);
        assert!(Grade::ALL.iter().all(|grade| Grade::from_key(grade.key()) == Some(*grade)));
        assert!(Tier::ALL.iter().all(|tier| Tier::from_key(tier.key()) == Some(*tier)));
        assert!(Flag::ALL.iter().all(|flag| Flag::from_key(flag.key()) == Some(*flag)));
        assert!(Channel::ALL.iter().all(|channel| Channel::from_key(channel.key()) == Some(*channel)));
    }
}
