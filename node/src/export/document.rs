//! What stands on a paper.

/// A paper: a head, a form or a table, and what is noted beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// How it begins.
    pub head: Head,
    /// Whose paper it is.
    pub office: String,
    /// What it is called.
    pub title: String,
    /// Not real: 演练 or 测试, said before everything else; empty: it is.
    pub mark: String,
    /// Above the body, to the left and to the right; may be empty.
    pub above: (String, String),
    /// What it is about.
    pub body: Body,
    /// Below a form, above a table, a paragraph each.
    pub notes: Vec<String>,
    /// Which way up.
    pub sheet: Sheet,
    /// What a file of it is called, without its ending.
    pub file_name: String,
}

/// How a paper begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// The title alone.
    Plain,
    /// 红头: the office in red over a red line, then the title; what goes to leaders.
    Red,
}

/// Which way up an A4 sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// 210 × 297 mm
    Upright,
    /// 297 × 210 mm
    Across,
}

/// The middle of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Names with what is said to each; the cells of a line stand beside each other.
    Form(Vec<Vec<FormCell>>),
    /// Rows under one head.
    Table(Table),
}

/// A name, and what is said to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormCell {
    /// Its name.
    pub label: String,
    /// What is said; empty: room for a hand.
    pub value: String,
    /// Lines of room, from 1.
    pub lines: u32,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// From left to right.
    pub columns: Vec<Column>,
    /// From top to bottom; as many cells as columns.
    pub rows: Vec<Vec<Cell>>,
    /// What stands there when there are no rows.
    pub empty: String,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub title: String,
    /// Width beside the others: about so many Chinese letters.
    pub letters: u16,
    /// What stands in it.
    pub kind: Kind,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, from the left.
    Words,
    /// Short words, in the middle.
    Short,
    /// Numbers, to the right.
    Number,
}

/// What stands in one place of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Something that is counted on.
    Number(i64),
}

impl Cell {
    /// As people read it.
    pub fn words(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Table {
    /// Columns of these titles, widths and kinds.
    pub fn new(columns: &[(&str, u16, Kind)], empty: &str) -> Self {
        let column =
            |(title, letters, kind): &(&str, u16, Kind)| Column { title: (*title).to_owned(), letters: *letters, kind: *kind };
        Self { columns: columns.iter().map(column).collect(), rows: Vec::new(), empty: empty.to_owned() }
    }
}

impl Document {
    /// The same without anything that a file or a printer could take for something else than words.
    pub fn cleaned(mut self) -> Self {
        let own = [&mut self.office, &mut self.title, &mut self.mark, &mut self.above.0, &mut self.above.1, &mut self.file_name];
        own.into_iter().chain(self.notes.iter_mut()).for_each(|text| *text = clean(text));
        match &mut self.body {
            Body::Form(lines) => lines.iter_mut().flatten().for_each(|cell| {
                cell.label = clean(&cell.label);
                cell.value = clean(&cell.value);
            }),
            Body::Table(table) => table.rows.iter_mut().flatten().for_each(|cell| {
                if let Cell::Text(text) = cell {
                    *text = clean(text);
                }
            }),
        }
        self
    }
}

/// Lines stay, a tab is a space, and what nobody can see is gone: control characters, what turns the direction of writing, and what is no
/// character at all.
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let none = |c: char| matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff);
    text.chars().filter(|c| *c == '\n' || !(c.is_control() || turns(*c) || none(*c))).collect()
}

/// Puts cells that want company beside each other: each says how many share its line; those that stand alone have the whole of it.
pub fn beside(cells: impl IntoIterator<Item = (FormCell, usize)>) -> Vec<Vec<FormCell>> {
    let mut lines: Vec<(Vec<FormCell>, usize)> = Vec::new();
    for (cell, share) in cells {
        match lines.last_mut() {
            Some((line, together)) if share > 1 && *together == share && line.len() < share => line.push(cell),
            Some(_) | None => lines.push((vec![cell], share)),
        }
    }
    lines.into_iter().map(|(line, _)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_see_is_gone_and_lines_stay() {
        assert_eq!(clean("一\r\n二\t三\u{0}\u{7}\u{1b}[31m四\u{202e}五\u{fffe}𠮷"), "一\n二 三[31m四五𠮷");
    }

    #[test]
    fn cells_that_share_a_line_stand_beside_each_other() {
        let cell = |label: &str| FormCell { label: label.to_owned(), value: String::new(), lines: 1 };
        let lines = beside([(cell("a"), 2), (cell("b"), 2), (cell("c"), 2), (cell("d"), 1), (cell("e"), 3), (cell("f"), 3)]);
        let labels: Vec<String> = lines.iter().map(|line| line.iter().map(|cell| cell.label.as_str()).collect()).collect();
        assert_eq!(labels, ["ab", "c", "d", "ef"]);
    }
}
