//! A table as text with commas, for programs that read no spreadsheet (RFC 4180); opened by Excel and WPS it says what the spreadsheet says.
//!
//! What stands above the table comes first here too: a file that has lost that it is an exercise, or of when it is, is taken for something else.
//! Programs that want the rows alone have `--json`. Every line has as many fields as the table has columns.

use super::document::{Cell, Document, Table};

/// Without it Excel on a Chinese Windows takes the letters for GBK.
const MARK: &str = "\u{feff}";
const LINE_END: &str = "\r\n";
/// A field that begins so is a formula to spreadsheets, the wide ones where Chinese is typed. A tab or a line end would do the same and is among
/// what is not seen in front.
const BEGINS_FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Makes it.
pub(super) fn make(document: &Document, table: &Table) -> Vec<u8> {
    let title = [&document.mark, &document.title].map(String::as_str).concat();
    let (left, right) = &document.above;
    let above = [left, right].into_iter().chain(&document.notes).filter(|above| !above.is_empty());
    let alone = |words: &str| vec![field(words)];
    let head = table.columns.iter().map(|column| field(&column.title)).collect();
    let rows = table.rows.iter().map(|row| row.iter().map(cell).collect());
    let empty = table.rows.is_empty().then(|| alone(&table.empty));
    let lines = [alone(&title)].into_iter().chain(above.map(|above| alone(above))).chain([head]).chain(rows).chain(empty);
    let columns = table.columns.len().max(1);
    let mut text = MARK.to_owned();
    for mut fields in lines {
        fields.resize(columns, String::new());
        text.push_str(&fields.join(","));
        text.push_str(LINE_END);
    }
    text.into_bytes()
}

/// A figure is a figure, below nought too.
fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(words) => field(words),
        Cell::Number(number) => number.to_string(),
    }
}

/// Words that stay words. A spreadsheet file says of a cell that it is text; here nothing can, and quotes do not help: spreadsheets take them off
/// and count. So an apostrophe stands before what would be counted, as people write it who want that too. It is seen in the cell, and whoever sees
/// it knows why; a blank in its place would be trimmed away by the next program, and leaving the sign out would change what was said.
fn field(words: &str) -> String {
    let is_formula = words.trim_start().starts_with(BEGINS_FORMULA) || words.starts_with(['\t', '\r', '\n']);
    let kept = if is_formula { format!("'{words}") } else { words.to_owned() };
    if kept.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", kept.replace('"', "\"\"")) } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{Body, Head, Kind, Sheet};

    fn made(rows: Vec<Vec<Cell>>) -> String {
        let mut table = Table::new(&[("单位", 8, Kind::Words), ("件数", 4, Kind::Number)], "没有单位。");
        table.rows = rows;
        let document = Document {
            head: Head::Plain,
            office: "海安镇".to_owned(),
            title: "汇总表".to_owned(),
            mark: "【演练】".to_owned(),
            above: ("截止：17:00".to_owned(), String::new()),
            body: Body::Table(table.clone()),
            notes: vec!["应报 2, 已报 1".to_owned()],
            sheet: Sheet::Across,
            file_name: "汇总表".to_owned(),
        };
        String::from_utf8(make(&document, &table)).unwrap()
    }

    #[test]
    fn what_stands_above_comes_first_and_every_line_has_as_many_fields() {
        let said = made(vec![vec!["良垌村".into(), Cell::Number(-3)]]);
        let wanted = "\u{feff}【演练】汇总表,\r\n截止：17:00,\r\n\"应报 2, 已报 1\",\r\n单位,件数\r\n良垌村,-3\r\n";
        assert_eq!(said, wanted);
        assert!(made(Vec::new()).ends_with("单位,件数\r\n没有单位。,\r\n"), "an empty table says so");
    }

    #[test]
    fn marks_of_the_format_are_quoted() {
        assert_eq!(field("a,b"), "\"a,b\"");
        assert_eq!(field("说\"好\""), "\"说\"\"好\"\"\"");
        assert_eq!(field("一\n二"), "\"一\n二\"");
        assert_eq!(field("一 二；三"), "一 二；三");
        assert_eq!(field(""), "");
    }

    #[test]
    fn nothing_becomes_a_formula() {
        for words in
            ["=1+1", "+86 759", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠a", "\t=1", " =1", "\u{3000}\u{3000}=1", "\u{a0}-1"]
        {
            assert_eq!(field(words), format!("'{words}"));
        }
        assert_eq!(field("=HYPERLINK(\"a\",\"b\")"), "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"", "the quotes are around both");
        assert_eq!(field("\r=1"), "\"'\r=1\"");
        for words in ["良垌村", "——", "—", "1-2", "0759-4850001", "a=b", "'=1"] {
            assert_eq!(field(words), words);
        }
    }
}
