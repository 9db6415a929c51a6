//! The table of offices that an operator pastes: a line each, with name, id and class, and 无终端 for one without a node.

use std::collections::BTreeSet;

use dutynet_relay::{record::Person, registry::OfficeClass};

use crate::{text::admin as text, usecase::NewChild};

/// Offices in one table.
const ROWS_MAX: usize = 200;

/// A line that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// As it was typed.
    pub(super) line: String,
    pub(super) name: String,
    pub(super) office: String,
    pub(super) class: OfficeClass,
    pub(super) has_node: bool,
}

impl Row {
    /// As the use case takes it. An id that looks like an area code is one.
    pub(super) fn child(&self, by: Option<Person>) -> NewChild {
        let is_area = matches!(self.office.len(), 6 | 9) && self.office.bytes().all(|b| b.is_ascii_digit());
        let area_code = if is_area { self.office.clone() } else { String::new() };
        NewChild { office: self.office.clone(), name: self.name.clone(), area_code, class: Some(self.class), by }
    }
}

/// Every line, or everything that is wrong.
pub(super) fn read(typed: &str) -> Result<Vec<Row>, Vec<String>> {
    let (mut rows, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (at, line) in typed.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match row(line) {
            Ok(row) if !seen.insert(row.office.clone()) => faults.push(text::row_fault(at + 1, &row.name, text::TWICE)),
            Ok(row) => rows.push(row),
            Err((name, why)) => faults.push(text::row_fault(at + 1, &name, why)),
        }
    }
    match (faults.is_empty(), rows.len()) {
        (false, _) => Err(faults),
        (true, 0) => Err(vec![text::NO_ROWS.to_owned()]),
        (true, count) if count > ROWS_MAX => Err(vec![text::TOO_MANY.to_owned()]),
        (true, _) => Ok(rows),
    }
}

fn row(line: &str) -> Result<Row, (String, &'static str)> {
    let apart = |c: char| matches!(c, '\t' | ',' | ';' | '\u{ff0c}' | '\u{3001}' | '\u{ff1b}') || c.is_whitespace();
    let cells: Vec<&str> = line.split(apart).map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let name = cells.first().map(|cell| (*cell).to_owned()).unwrap_or_default();
    let (office, class, fourth) = match cells[..] {
        [_, office, class] => (office, class, None),
        [_, office, class, fourth] => (office, class, Some(fourth)),
        _ => return Err((name, text::CELLS)),
    };
    let Some(class) = text::class_typed(class) else { return Err((name, text::CLASS)) };
    if fourth.is_some_and(|fourth| fourth != text::WITHOUT_NODE) {
        return Err((name, text::FOURTH));
    }
    Ok(Row { line: line.trim().to_owned(), office: office.to_owned(), class, has_node: fourth.is_none(), name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_out_of_a_sheet_or_typed_by_hand_is_read_line_by_line() {
        let rows = read("安铺镇\t440881101\t镇\r\n\n良垌镇，440881102，乡镇\n角尾乡 440825204 乡 无终端\n应急局,yj-440881,部门")
            .unwrap();
        let short: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.office.as_str(), row.has_node)).collect();
        let wanted = [("安铺镇", "440881101", true), ("良垌镇", "440881102", true), ("角尾乡", "440825204", false)];
        assert_eq!((&short[..3], short[3]), (&wanted[..], ("应急局", "yj-440881", true)));
        assert_eq!((rows[0].child(None).area_code.as_str(), rows[3].child(None).area_code.as_str()), ("440881101", ""));
    }

    #[test]
    fn everything_that_is_wrong_is_said_with_its_line() {
        let faults = read("安铺镇 440881101\n\n良垌镇 440881102 村\n甲 1 镇\n乙 1 镇\n丙 3 镇 有终端").unwrap_err();
        let starts = ["第 1 行 安铺镇：应有", "第 3 行 良垌镇：类别", "第 5 行 乙：编号", "第 6 行 丙：第四格"];
        assert_eq!(faults.len(), starts.len());
        for (fault, start) in faults.iter().zip(starts) {
            assert!(fault.starts_with(start), "{fault}");
        }
        assert!(read(" \n").is_err());
        let many: String = (0..=ROWS_MAX).map(|n| format!("甲 {n} 镇\n")).collect();
        assert_eq!(read(&many), Err(vec![text::TOO_MANY.to_owned()]));
    }
}
