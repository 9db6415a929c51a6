//! A paper as its TOML file says it. Strict: an unknown word is an error, and so is a step or a field that there is not.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::domain::{
    form::DefinitionError,
    step::{Gathered, MatterKind, SaidAt, StepForms},
};

/// In the place of a field: when the step was taken.
pub(super) const AT: &str = "@at";
/// In the place of a field: who took it.
pub(super) const BY: &str = "@by";
/// More lines than a page has are none.
const LINES_MAX: u32 = 40;
/// More do not fit on an upright sheet.
const BESIDE_MAX: u32 = 3;

static BUILT_IN: LazyLock<Papers> = LazyLock::new(|| {
    let texts = [
        include_str!("../../../papers/handling_slip.toml"),
        include_str!("../../../papers/submission.toml"),
        include_str!("../../../papers/record_sheet.toml"),
        include_str!("../../../papers/approval_sheet.toml"),
    ];
    Papers { papers: texts.iter().map(|text| Paper::parse(text).expect("a test parses the built-in papers")).collect() }
});

/// The papers that this program knows.
#[derive(Debug)]
pub struct Papers {
    papers: Vec<Paper>,
}

/// One paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Stable id, e.g. `handling-slip`.
    pub id: String,
    /// Its name, e.g. 值班电话处理单.
    pub title: String,
    /// Of which kind of matter.
    pub of: MatterKind,
    /// Regulation and article that ask for it.
    pub source: String,
    /// From top to bottom.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Name for people.
    pub label: String,
    /// What the matter or the office is itself, or its leaders said.
    pub own: Option<OwnWord>,
    /// Fields of steps; the newest word stands.
    pub from: Vec<SaidAt>,
    /// Steps of which each gives a line, where nothing of `from` was said.
    pub every: Vec<Gathered>,
    /// Each value stands behind the name of its field.
    pub named: bool,
    /// Lines for a hand, from 1.
    pub lines: u32,
    /// How many rows share a line of the paper, from 1; those that do stand next to each other.
    pub beside: u32,
    /// Regulation and article.
    pub source: String,
}

/// What no single field of a step says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnWord {
    /// 事项编号
    Number,
    /// Name of the office whose paper it is.
    Office,
    /// What each leader of the office answered to what was put before him.
    Approvals,
}

impl Papers {
    /// 值班电话处理单, 突发公共事件呈报单, 应急值班信息记录单, 文件审批单.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// A paper by its id or its name.
    pub fn get(&self, named: &str) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.id == named || paper.title == named)
    }

    /// Every one.
    pub fn iter(&self) -> impl Iterator<Item = &Paper> {
        self.papers.iter()
    }
}

impl Paper {
    /// Reads a file.
    pub fn parse(text: &str) -> Result<Self, DefinitionError> {
        let written: WrittenPaper = toml::from_str(text)?;
        let rows = written.row.into_iter().map(|row| row.read(written.of)).collect::<Result<_, _>>()?;
        Ok(Self { id: written.paper, title: written.title, of: written.of, source: written.source, rows })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPaper {
    paper: String,
    title: String,
    of: MatterKind,
    source: String,
    row: Vec<WrittenRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRow {
    label: String,
    own: Option<OwnWord>,
    #[serde(default)]
    from: Vec<String>,
    #[serde(default)]
    every: Vec<Gathered>,
    #[serde(default)]
    named: bool,
    lines: Option<u32>,
    beside: Option<u32>,
    source: String,
}

impl WrittenRow {
    fn read(self, of: MatterKind) -> Result<Row, DefinitionError> {
        let wrong = |allowed| DefinitionError::Content { place: self.label.clone(), allowed };
        let from = self.from.iter().map(|text| SaidAt::parse(text)).collect::<Option<Vec<_>>>();
        let from = from.ok_or_else(|| wrong("from = [\"<step>.<field>\"]"))?;
        let gathered = self.every.iter().flat_map(|every| every.fields.iter().map(|field| (every.step.as_str(), field.as_str())));
        let named = from.iter().map(|at| (at.step.as_str(), at.field.as_str())).chain(gathered);
        if !named.into_iter().all(|(step, field)| is_said(of, step, field)) {
            return Err(wrong("a step of this kind of matter, and a field of it, @at or @by"));
        }
        let lines = self.lines.unwrap_or(1);
        if !(1..=LINES_MAX).contains(&lines) {
            return Err(wrong("lines from 1 to 40"));
        }
        let beside = self.beside.unwrap_or(1);
        if !(1..=BESIDE_MAX).contains(&beside) {
            return Err(wrong("beside from 1 to 3"));
        }
        let (own, every, named, source) = (self.own, self.every, self.named, self.source);
        Ok(Row { label: self.label, own, from, every, named, lines, beside, source })
    }
}

fn is_said(of: MatterKind, step: &str, field: &str) -> bool {
    let form = StepForms::built_in().get(step).filter(|form| form.matter == of);
    form.is_some_and(|form| field == AT || field == BY || form.field(field).is_some())
}
