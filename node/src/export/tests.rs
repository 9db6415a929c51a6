//! Layouts, told widths; and files that are what they say they are. That other programs can open them is tested where these are at hand.

use super::{
    font::Face,
    layout::{Mark, Sheets, lay_out},
    *,
};

fn form(lines: Vec<Vec<FormCell>>) -> Document {
    Document {
        head: Head::Red,
        office: "海安镇".into(),
        title: "突发公共事件呈报单".into(),
        mark: String::new(),
        above: ("编号：0701-482137".into(), "制表：2026年7月1日".into()),
        body: Body::Form(lines),
        notes: vec!["依据：某制度".into()],
        sheet: Sheet::Upright,
        file_name: "单".into(),
    }
}

fn cell(label: &str, value: &str, lines: u32) -> FormCell {
    FormCell { label: label.into(), value: value.into(), lines }
}

fn table(rows: usize) -> Document {
    let mut table = Table::new(&[("单位", 8, Kind::Words), ("件数", 3, Kind::Number)], "没有单位。");
    table.rows = (0..rows).map(|at| vec![Cell::Text(format!("第{at}镇")), Cell::Number(7)]).collect();
    Document { body: Body::Table(table), sheet: Sheet::Across, head: Head::Plain, ..form(Vec::new()) }
}

fn laid(document: &Document) -> Sheets {
    lay_out(document, &|_: Face, c| if c.is_ascii() { 0.5 } else { 1.0 })
}

fn texts(page: &[Mark]) -> Vec<&str> {
    page.iter()
        .filter_map(|mark| match mark {
            Mark::Text { text, .. } => Some(text.as_str()),
            Mark::Rule { .. } => None,
        })
        .collect()
}

/// Nothing stands outside of the sheet, and no letter outside of the margins at its sides.
fn within(sheets: &Sheets) {
    for mark in sheets.pages.iter().flatten() {
        let points = match mark {
            Mark::Text { x, y, .. } => vec![(*x, *y)],
            Mark::Rule { from, to, .. } => vec![*from, *to],
        };
        for (x, y) in points {
            assert!((50.0..=sheets.width - 50.0).contains(&x) && (0.0..=sheets.height).contains(&y), "{mark:?}");
        }
    }
}

#[test]
fn each_page_of_a_long_table_has_its_head_and_no_row_is_cut() {
    let sheets = laid(&table(100));
    assert!(sheets.pages.len() > 2);
    for (at, page) in sheets.pages.iter().enumerate() {
        let texts = texts(page);
        assert_eq!(texts.iter().filter(|text| **text == "件数").count(), 1, "page {at}");
        let foot = format!("第 {} 页　共 {} 页", at + 1, sheets.pages.len());
        assert!(texts.contains(&foot.as_str()));
        let (names, counts) =
            (texts.iter().filter(|text| text.ends_with('镇')).count(), texts.iter().filter(|text| **text == "7").count());
        assert_eq!(names, counts, "a row stands on one page");
    }
    within(&sheets);
}

#[test]
fn a_row_that_is_taller_than_a_page_goes_on_with_its_name_and_loses_nothing() {
    let long = "山洪漫过公路，群众转移。".repeat(340);
    let sheets =
        laid(&form(vec![vec![cell("标题", "山洪", 1)], vec![cell("基本过程", &long, 4)], vec![cell("领导批示", "", 4)]]));
    assert!(sheets.pages.len() > 3);
    let all: String = sheets
        .pages
        .iter()
        .flat_map(|page| texts(page))
        .filter(|text| {
            text.contains('山')
                || text.contains('漫')
                || text.contains('群')
                || text.contains('众')
                || text.contains('，')
                || text.contains('。')
        })
        .collect();
    assert_eq!(all.matches("山洪漫过公路，群众转移。").count(), 340);
    for page in &sheets.pages[..3] {
        assert!(texts(page).contains(&"基本过程"));
    }
    within(&sheets);
}

#[test]
fn a_row_that_fits_on_a_page_is_not_cut() {
    let rows: Vec<Vec<FormCell>> = (0..12).map(|at| vec![cell(&format!("项目{at}"), &"字".repeat(300), 1)]).collect();
    let sheets = laid(&form(rows));
    for page in &sheets.pages {
        let texts = texts(page);
        let letters: usize = texts.iter().filter(|text| text.starts_with('字')).map(|text| text.chars().count()).sum();
        let names = texts.iter().filter(|text| text.starts_with("项目")).count();
        assert_eq!(letters, names * 300);
    }
}

#[test]
fn an_empty_paper_has_one_page_that_says_so() {
    let sheets = laid(&table(0));
    assert_eq!(sheets.pages.len(), 1);
    assert!(texts(&sheets.pages[0]).contains(&"没有单位。"));
    assert_eq!(laid(&form(Vec::new())).pages.len(), 1);
}

#[test]
fn a_paper_is_kept_only_in_the_shapes_that_suit_it() {
    let (form, table) = (form(vec![vec![cell("标题", "山洪", 1)]]), table(3));
    assert!(make(&form, Shape::Docx).unwrap().starts_with(b"PK"));
    assert!(make(&table, Shape::Xlsx).unwrap().starts_with(b"PK"));
    assert!(make(&table, Shape::Csv).unwrap().starts_with("\u{feff}".as_bytes()));
    assert!(matches!(make(&form, Shape::Xlsx), Err(ExportFault::Unsuited)));
    assert!(matches!(make(&form, Shape::Csv), Err(ExportFault::Unsuited)));
    assert!(matches!(make(&table, Shape::Docx), Err(ExportFault::Unsuited)));
}

#[test]
fn odd_words_make_no_odd_file() {
    for words in ["", "=cmd|' /C calc'!A0", "<b>&amp;]]></b>", "𠮷㐂\u{1f600}", &"长".repeat(40_000), "[]:*?/\\'"] {
        let words = clean(words);
        let mut one = table(1);
        one.title = words.clone();
        if let Body::Table(table) = &mut one.body {
            table.rows = vec![vec![Cell::Text(words.clone()), Cell::Number(i64::MAX)]];
        }
        make(&one, Shape::Xlsx).unwrap();
        make(&form(vec![vec![cell(&words, &words, 1)]]), Shape::Docx).unwrap();
    }
}
