//! A form as its TOML file says it.
//!
//! Strict: an unknown word, a limit that is missing or one that belongs to another kind of field is an error, because a form that says
//! less than its author meant is worse than none.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::domain::beijing::TimeOfDay;

/// One form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Stable id, e.g. `daily`.
    pub id: String,
    /// Version of the fields, from 1.
    pub version: u32,
    /// Name for people, e.g. 日报告.
    pub title: String,
    /// Kind of the records that carry it, e.g. `daily.report/1`.
    pub record_kind: String,
    /// What it is about.
    pub period: PeriodKind,
    /// Until when, on the period's last day, it is in time, unless an ancestor has set another. The period closes at the next day's.
    pub cut_off: TimeOfDay,
    /// Id of the form that says 无 to everything here that sums and may be 无, when an office files it in this one's place.
    pub nil_form: Option<String>,
    /// Regulation and article that ask for it.
    pub source: String,
    /// In the order in which people read them.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Stable key.
    pub key: String,
    /// Name for people.
    pub label: String,
    /// What may be said.
    pub kind: FieldKind,
    /// It must be answered.
    pub required: bool,
    /// 无 is an answer.
    pub nil_allowed: bool,
    /// 不明，正在核实 is an answer.
    pub unknown_allowed: bool,
    /// The node fills it in, from what it knows; nobody types it.
    pub by_node: bool,
    /// Column of the board in which its figures count.
    pub board: Option<Column>,
    /// How a report of an office above is drafted from those of its children; `None`: its officer says it.
    pub sum: Option<Sum>,
    /// Regulation and article that ask for it.
    pub source: String,
}

/// What may be said to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// Words.
    Text {
        /// Longest, characters.
        chars_max: usize,
        /// One line or several.
        lines: Lines,
    },
    /// A figure.
    Number(Range),
    /// 无 and nothing else.
    Nil,
    /// A moment.
    Time,
    /// Codes of a list.
    Choice {
        /// In the order in which people read them.
        codes: Vec<Code>,
        /// Most that may be chosen, from 1.
        most: usize,
    },
    /// A figure, and words if wanted, for each code.
    Rows {
        /// The codes, in the order in which people read them.
        codes: Vec<Code>,
        /// Of each figure.
        range: Range,
        /// Longest words beside a figure, characters.
        chars_max: usize,
    },
}

/// Whether a text may have line breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// None.
    One,
    /// Any.
    Many,
}

/// Allowed figures and their unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Smallest.
    pub min: i64,
    /// Largest.
    pub max: i64,
    /// For people, e.g. 件.
    pub unit: String,
}

/// One entry of a field's list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Stable key.
    pub key: String,
    /// Name for people.
    pub label: String,
    /// Regulation and article that know this one; empty: that of its field.
    #[serde(default)]
    pub source: String,
}

/// A column of the board that sums figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Column {
    /// 接报件数
    Calls,
    /// 突发事件
    Incidents,
}

/// What a form is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeriodKind {
    /// One day.
    Day,
    /// A statutory holiday, due on its last day.
    Holiday,
}

/// How a field of an office's report is drafted from those of its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sum {
    /// Figures add; lines of a table add for each code.
    Add,
    /// Words stand below each other, each under its office's name.
    Lines,
    /// 无 when every child says 无.
    Nil,
}

/// A form file that is not one.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// Not TOML, or a word that no form has.
    #[error("form file: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A word that is missing, or out of place.
    #[error("form file: {place}: {allowed}")]
    Content {
        /// Form or field.
        place: String,
        /// What is allowed.
        allowed: &'static str,
    },
}

impl Form {
    /// Reads a form file.
    pub fn parse(text: &str) -> Result<Self, DefinitionError> {
        let written: WrittenForm = toml::from_str(text)?;
        let wrong = |allowed| DefinitionError::Content { place: written.form.clone(), allowed };
        let cut_off = TimeOfDay::parse(&written.cut_off).map_err(|_| wrong("cut_off = \"HH:MM\""))?;
        if written.version == 0 {
            return Err(wrong("version from 1"));
        }
        if !is_key(&written.form) {
            return Err(wrong("a form's id is [a-z][a-z0-9_]*"));
        }
        let fields = read_fields(written.field, &written.form)?;
        Ok(Self {
            id: written.form,
            version: written.version,
            title: written.title,
            record_kind: written.record_kind,
            period: written.period,
            cut_off,
            nil_form: written.nil_form,
            source: written.source,
            fields,
        })
    }

    /// A field by its key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenForm {
    form: String,
    version: u32,
    title: String,
    record_kind: String,
    period: PeriodKind,
    cut_off: String,
    nil_form: Option<String>,
    source: String,
    field: Vec<WrittenField>,
}

/// A field as files say it, of reports and of steps alike.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::domain) struct WrittenField {
    key: String,
    label: String,
    kind: WrittenKind,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    nil: bool,
    #[serde(default)]
    unknown: bool,
    #[serde(default)]
    by_node: bool,
    #[serde(default)]
    lines: bool,
    most: Option<usize>,
    board: Option<Column>,
    sum: Option<Sum>,
    chars_max: Option<usize>,
    min: Option<i64>,
    max: Option<i64>,
    unit: Option<String>,
    #[serde(default)]
    code: Vec<Code>,
    source: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum WrittenKind {
    Text,
    Number,
    Nil,
    Time,
    Choice,
    Rows,
}

/// The fields of a form; each has a key of its own.
pub(in crate::domain) fn read_fields(written: Vec<WrittenField>, form: &str) -> Result<Vec<Field>, DefinitionError> {
    if !all_different(written.iter().map(|field| field.key.as_str())) {
        return Err(DefinitionError::Content { place: form.to_owned(), allowed: "every field has a key of its own" });
    }
    written.into_iter().map(WrittenField::read).collect()
}

impl WrittenField {
    fn read(self) -> Result<Field, DefinitionError> {
        let wrong = |allowed| DefinitionError::Content { place: self.key.clone(), allowed };
        let kind = self.kind().map_err(wrong)?;
        if self.sum.is_some_and(|sum| !sums(sum, &kind)) {
            return Err(wrong("sum = \"add\" for figures, \"lines\" for words, \"nil\" for a nil"));
        }
        if self.by_node && self.required {
            return Err(wrong("what the node fills in cannot be required"));
        }
        Ok(Field {
            nil_allowed: self.nil || kind == FieldKind::Nil,
            unknown_allowed: self.unknown,
            by_node: self.by_node,
            kind,
            key: self.key,
            label: self.label,
            required: self.required,
            board: self.board,
            sum: self.sum,
            source: self.source,
        })
    }

    fn kind(&self) -> Result<FieldKind, &'static str> {
        if !is_key(&self.key) || !all_different(self.code.iter().map(|code| code.key.as_str())) {
            return Err("keys are [a-z][a-z0-9_]*, and different");
        }
        let lines = if self.lines { Lines::Many } else { Lines::One };
        let listed = !self.code.is_empty();
        if self.most.is_some() && !matches!(self.kind, WrittenKind::Choice) {
            return Err("most belongs to a choice");
        }
        match (self.kind, self.chars_max, self.range()) {
            (WrittenKind::Text, Some(chars_max), None) if self.code.is_empty() => Ok(FieldKind::Text { chars_max, lines }),
            (WrittenKind::Text, _, _) => Err("a text has chars_max, and neither min, max, unit nor codes"),
            (WrittenKind::Number, None, Some(range)) if self.code.is_empty() => Ok(FieldKind::Number(range)),
            (WrittenKind::Number, _, _) => Err("a number has min, max and unit, and neither chars_max nor codes"),
            (WrittenKind::Nil, None, None) if self.code.is_empty() && self.required => Ok(FieldKind::Nil),
            (WrittenKind::Nil, _, _) => Err("a nil is required and has no limits"),
            (WrittenKind::Time, None, None) if !listed => Ok(FieldKind::Time),
            (WrittenKind::Time, _, _) => Err("a time has no limits and no codes"),
            (WrittenKind::Choice, None, None) if listed && self.most != Some(0) => {
                Ok(FieldKind::Choice { codes: self.code.clone(), most: self.most.unwrap_or(1) })
            }
            (WrittenKind::Choice, _, _) => Err("a choice has codes, and most from 1 if more than one may be chosen"),
            (WrittenKind::Rows, Some(chars_max), Some(range)) if listed => {
                Ok(FieldKind::Rows { codes: self.code.clone(), range, chars_max })
            }
            (WrittenKind::Rows, _, _) => Err("rows have codes, min, max, unit and chars_max"),
        }
    }

    fn range(&self) -> Option<Range> {
        let unit = self.unit.clone()?;
        Some(Range { min: self.min?, max: self.max?, unit })
    }
}

fn sums(sum: Sum, kind: &FieldKind) -> bool {
    match (sum, kind) {
        (Sum::Add, FieldKind::Number(_) | FieldKind::Rows { .. }) => true,
        (Sum::Lines, FieldKind::Text { .. }) | (Sum::Nil, FieldKind::Nil) => true,
        (_, FieldKind::Time | FieldKind::Choice { .. })
        | (Sum::Add, FieldKind::Text { .. } | FieldKind::Nil)
        | (Sum::Lines, FieldKind::Number(_) | FieldKind::Rows { .. } | FieldKind::Nil)
        | (Sum::Nil, FieldKind::Text { .. } | FieldKind::Number(_) | FieldKind::Rows { .. }) => false,
    }
}

fn is_key(text: &str) -> bool {
    let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    starts && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn all_different<'a>(keys: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = BTreeSet::new();
    let mut keys = keys;
    keys.all(|key| seen.insert(key))
}
