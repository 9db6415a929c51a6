//! Checks answers against a form, and gives every fault at once, each at its field.
//!
//! Texts lose white space at their ends, and line breaks become `\n`; nothing else of what was said is changed. An empty text is an
//! empty field.

use super::{
    answer::{Answer, Filled, Row, Value},
    definition::{Code, Field, FieldKind, Form, Lines, Range},
};

/// Most lines of one table field.
pub const ROWS_MAX: usize = 64;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Key of the field, as it was given.
    pub field: String,
    /// Its name for people; the key when the form has no such field.
    pub label: String,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What may be wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The form has no such field.
    UnknownField,
    /// Answered more than once.
    Twice,
    /// Required and empty.
    Missing,
    /// A nil field that is not answered 无.
    NilMissing,
    /// Words are wanted.
    WantsText,
    /// A whole number is wanted.
    WantsNumber,
    /// Lines of a table are wanted.
    WantsRows,
    /// A moment is wanted.
    WantsTime,
    /// One of a list is wanted.
    WantsChoice {
        /// Names of those that the field has.
        allowed: Vec<String>,
    },
    /// More was chosen than may be.
    TooManyChoices {
        /// Allowed.
        most: usize,
    },
    /// 不明 is no answer here.
    UnknownNotAllowed,
    /// 无 is no answer here.
    NilNotAllowed,
    /// Too many characters.
    TooLong {
        /// Allowed.
        chars_max: usize,
        /// Given.
        chars: usize,
    },
    /// A line break where one line is wanted.
    LineBreak,
    /// A character that cannot be seen.
    ControlCharacter {
        /// Which.
        code_point: u32,
        /// Place in the text, characters from 1.
        at: usize,
    },
    /// A figure out of its limits.
    OutOfRange {
        /// Allowed.
        range: Range,
        /// Given.
        number: i64,
    },
    /// A code that the field does not have.
    UnknownCode {
        /// Given.
        code: String,
        /// Names of those that it has.
        allowed: Vec<String>,
    },
    /// Two table lines with one code.
    CodeTwice {
        /// Its name.
        label: String,
    },
    /// Too many table lines.
    TooManyRows,
}

impl Form {
    /// Checks answers in any order. Faults come in the form's order, those at unknown fields last.
    pub fn fill(&self, answers: Vec<Answer>) -> Result<Filled, Vec<Fault>> {
        let answers = fill(&self.fields, &answers)?;
        Ok(Filled { form: self.id.clone(), version: self.version, answers })
    }
}

/// Checks answers to these fields, in any order; gives them in the order of the fields. Faults come in that order too, those at unknown fields last.
pub fn fill(fields: &[Field], answers: &[Answer]) -> Result<Vec<Answer>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut kept = Vec::new();
    for field in fields {
        let mut given = answers.iter().filter(|answer| answer.field == field.key);
        let first = given.next();
        let checked = if given.next().is_some() { Err(vec![FaultKind::Twice]) } else { check(field, first.map(|a| &a.value)) };
        match checked {
            Ok(Some(value)) => kept.push(Answer { field: field.key.clone(), value }),
            Ok(None) => {}
            Err(kinds) => faults.extend(kinds.into_iter().map(|kind| at(field, kind))),
        }
    }
    let strange = answers.iter().filter(|answer| fields.iter().all(|field| field.key != answer.field));
    faults.extend(strange.map(unknown));
    if faults.is_empty() { Ok(kept) } else { Err(faults) }
}

fn at(field: &Field, kind: FaultKind) -> Fault {
    Fault { field: field.key.clone(), label: field.label.clone(), kind }
}

fn unknown(answer: &Answer) -> Fault {
    let field: String = answer.field.chars().filter(|c| !c.is_control()).take(64).collect();
    Fault { label: field.clone(), field, kind: FaultKind::UnknownField }
}

type Checked = Result<Option<Value>, Vec<FaultKind>>;

fn check(field: &Field, given: Option<&Value>) -> Checked {
    match (&field.kind, given) {
        (_, Some(Value::Nil)) if field.nil_allowed => Ok(Some(Value::Nil)),
        (_, Some(Value::Unknown)) if field.unknown_allowed => Ok(Some(Value::Unknown)),
        (FieldKind::Nil, _) => Err(vec![FaultKind::NilMissing]),
        (_, None) => empty(field),
        (_, Some(Value::Nil)) => Err(vec![FaultKind::NilNotAllowed]),
        (_, Some(Value::Unknown)) => Err(vec![FaultKind::UnknownNotAllowed]),
        (FieldKind::Text { chars_max, lines }, Some(Value::Text(text))) => match words(text, *chars_max, *lines)? {
            text if text.is_empty() => empty(field),
            text => Ok(Some(Value::Text(text))),
        },
        (_, Some(Value::Text(text))) if text.trim().is_empty() => empty(field),
        (FieldKind::Text { .. }, Some(Value::Number(_) | Value::Time(_) | Value::Choices(_) | Value::Rows(_))) => {
            Err(vec![FaultKind::WantsText])
        }
        (FieldKind::Number(range), Some(Value::Number(number))) => in_range(range, *number).map(|n| Some(Value::Number(n))),
        (FieldKind::Number(_), Some(Value::Text(_) | Value::Time(_) | Value::Choices(_) | Value::Rows(_))) => {
            Err(vec![FaultKind::WantsNumber])
        }
        (FieldKind::Time, Some(Value::Time(at))) => Ok(Some(Value::Time(*at))),
        (FieldKind::Time, Some(Value::Text(_) | Value::Number(_) | Value::Choices(_) | Value::Rows(_))) => {
            Err(vec![FaultKind::WantsTime])
        }
        (FieldKind::Choice { .. }, Some(Value::Choices(chosen))) if chosen.is_empty() => empty(field),
        (FieldKind::Choice { codes, most }, Some(Value::Choices(chosen))) => {
            choices(chosen, codes, *most).map(|chosen| Some(Value::Choices(chosen)))
        }
        (FieldKind::Choice { codes, .. }, Some(Value::Text(_) | Value::Number(_) | Value::Time(_) | Value::Rows(_))) => {
            Err(vec![FaultKind::WantsChoice { allowed: labels(codes) }])
        }
        (FieldKind::Rows { .. }, Some(Value::Rows(rows))) if rows.is_empty() => empty(field),
        (FieldKind::Rows { codes, range, chars_max }, Some(Value::Rows(rows))) => {
            table(rows, codes, range, *chars_max).map(|rows| Some(Value::Rows(rows)))
        }
        (FieldKind::Rows { .. }, Some(Value::Text(_) | Value::Number(_) | Value::Time(_) | Value::Choices(_))) => {
            Err(vec![FaultKind::WantsRows])
        }
    }
}

fn empty(field: &Field) -> Checked {
    if field.required { Err(vec![FaultKind::Missing]) } else { Ok(None) }
}

fn labels(codes: &[Code]) -> Vec<String> {
    codes.iter().map(|code| code.label.clone()).collect()
}

fn choices(chosen: &[String], codes: &[Code], most: usize) -> Result<Vec<String>, Vec<FaultKind>> {
    let strange = chosen.iter().filter(|key| codes.iter().all(|code| code.key != **key));
    let mut faults: Vec<_> = strange.map(|code| unknown_code(code, codes)).collect();
    let kept: Vec<_> = codes.iter().filter(|code| chosen.contains(&code.key)).map(|code| code.key.clone()).collect();
    if kept.len() > most {
        faults.push(FaultKind::TooManyChoices { most });
    }
    if faults.is_empty() { Ok(kept) } else { Err(faults) }
}

fn unknown_code(code: &str, codes: &[Code]) -> FaultKind {
    FaultKind::UnknownCode { code: code.chars().filter(|c| !c.is_control()).take(32).collect(), allowed: labels(codes) }
}

fn in_range(range: &Range, number: i64) -> Result<i64, Vec<FaultKind>> {
    if (range.min..=range.max).contains(&number) {
        return Ok(number);
    }
    Err(vec![FaultKind::OutOfRange { range: range.clone(), number }])
}

fn table(rows: &[Row], codes: &[Code], range: &Range, chars_max: usize) -> Result<Vec<Row>, Vec<FaultKind>> {
    if rows.len() > ROWS_MAX {
        return Err(vec![FaultKind::TooManyRows]);
    }
    let (mut kept, mut faults) = (Vec::new(), Vec::new());
    for code in codes {
        let mut given = rows.iter().filter(|row| row.code == code.key);
        let Some(row) = given.next() else { continue };
        if given.next().is_some() {
            faults.push(FaultKind::CodeTwice { label: code.label.clone() });
        }
        faults.extend(in_range(range, row.number).err().into_iter().flatten());
        match words(&row.text, chars_max, Lines::One) {
            Ok(text) => kept.push(Row { text, ..row.clone() }),
            Err(kinds) => faults.extend(kinds),
        }
    }
    let strange = rows.iter().filter(|row| codes.iter().all(|code| code.key != row.code));
    faults.extend(strange.map(|row| unknown_code(&row.code, codes)));
    if faults.is_empty() { Ok(kept) } else { Err(faults) }
}

/// A text as it is kept, or its faults: too long is one, and the first character that cannot be seen is another.
pub fn words(text: &str, chars_max: usize, lines: Lines) -> Result<String, Vec<FaultKind>> {
    let kept = text.replace("\r\n", "\n").trim().to_owned();
    let mut faults = Vec::new();
    let chars = kept.chars().count();
    if chars > chars_max {
        faults.push(FaultKind::TooLong { chars_max, chars });
    }
    if lines == Lines::One && kept.contains('\n') {
        faults.push(FaultKind::LineBreak);
    }
    if let Some((at, c)) = kept.chars().enumerate().find(|(_, c)| is_invisible(*c)) {
        faults.push(FaultKind::ControlCharacter { code_point: c.into(), at: at + 1 });
    }
    if faults.is_empty() { Ok(kept) } else { Err(faults) }
}

/// Characters that are not seen or turn the direction of what is: what an officer reads must be what was said.
fn is_invisible(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    (c.is_control() && c != '\n') || turns || breaks
}
