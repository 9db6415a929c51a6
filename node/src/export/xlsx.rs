//! A table as a spreadsheet: words as words, figures as figures, never a formula; prints on A4 with its head on every page.

use rust_xlsxwriter::{Color, DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::{
    ExportFault,
    document::{Cell, Document, Kind, Sheet, Table},
};
use crate::text::paper as text;

/// What a spreadsheet takes in one cell, UTF-16 units.
const CELL_MAX: usize = 32_767;
/// Names of sheets are short, and some marks are forbidden in them.
const NAME_MAX: usize = 28;
const A4: u8 = 9;

/// Makes it.
pub(super) fn make(document: &Document, table: &Table) -> Result<Vec<u8>, ExportFault> {
    written(document, table).map_err(ExportFault::library)
}

fn written(document: &Document, table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_title(&document.title).set_author(&document.office));
    let sheet = book.add_worksheet();
    sheet.set_name(name(&document.title))?;
    page(sheet, document)?;
    for (at, column) in (0..).zip(&table.columns) {
        sheet.set_column_width(at, f64::from(column.letters) * 2.1)?;
    }
    let last = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let mut row = 0;
    let title = [&document.mark, &document.title].map(String::as_str).concat();
    let head = plain(16.0).set_bold().set_align(FormatAlign::Center);
    wide(sheet, (row, last), &title, &head)?;
    row += 1;
    let (left, right) = &document.above;
    for above in [left, right].into_iter().chain(&document.notes).filter(|above| !above.is_empty()) {
        wide(sheet, (row, last), above, &plain(10.0))?;
        row += 1;
    }
    let heading = boxed().set_bold().set_align(FormatAlign::Center).set_background_color(Color::RGB(0xe7_ed_f2));
    for (at, column) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(row, at, &column.title, &heading)?;
    }
    sheet.set_repeat_rows(row, row)?;
    sheet.set_freeze_panes(row + 1, 1)?;
    row += 1;
    for cells in &table.rows {
        for ((at, column), cell) in (0..).zip(&table.columns).zip(cells) {
            write(sheet, (row, at), cell, column.kind)?;
        }
        row += 1;
    }
    if table.rows.is_empty() {
        wide(sheet, (row, last), &table.empty, &boxed().set_align(FormatAlign::Center))?;
    }
    book.save_to_buffer()
}

fn page(sheet: &mut Worksheet, document: &Document) -> Result<(), XlsxError> {
    sheet.set_paper_size(A4);
    match document.sheet {
        Sheet::Across => sheet.set_landscape(),
        Sheet::Upright => sheet.set_portrait(),
    };
    // All columns on one sheet's width, as many sheets as it takes.
    sheet.set_print_fit_to_pages(1, 0);
    sheet.set_footer(text::SHEET_FOOT);
    Ok(())
}

fn plain(size: f64) -> Format {
    Format::new().set_font_name(text::SONG_NAME).set_font_size(size).set_text_wrap().set_align(FormatAlign::VerticalCenter)
}

fn boxed() -> Format {
    plain(10.5).set_border(FormatBorder::Thin)
}

/// One text over the whole width.
fn wide(sheet: &mut Worksheet, (row, last): (u32, u16), words: &str, format: &Format) -> Result<(), XlsxError> {
    if last == 0 {
        sheet.write_string_with_format(row, 0, shortened(words), format)?;
    } else {
        sheet.merge_range(row, 0, row, last, &shortened(words), format)?;
    }
    // Merged cells do not grow with what they say.
    let lines = words.lines().count().max(1) + words.chars().count() / 60;
    sheet.set_row_height(row, f64::from(u16::try_from(lines).unwrap_or(u16::MAX).min(20)) * 16.0 + 8.0)?;
    Ok(())
}

fn write(sheet: &mut Worksheet, (row, at): (u32, u16), cell: &Cell, kind: Kind) -> Result<(), XlsxError> {
    let format = match kind {
        Kind::Words => boxed().set_align(FormatAlign::Left),
        Kind::Short => boxed().set_align(FormatAlign::Center),
        Kind::Number => boxed().set_align(FormatAlign::Right),
    };
    match cell {
        Cell::Text(words) => sheet.write_string_with_format(row, at, shortened(words), &format)?,
        // Figures of an office are far below what a spreadsheet can count exactly.
        Cell::Number(number) => {
            sheet.write_number_with_format(row, at, i32::try_from(*number).map_or(f64::MAX, f64::from), &format)?
        }
    };
    Ok(())
}

/// As much as a cell takes.
fn shortened(words: &str) -> String {
    let mut room = CELL_MAX;
    let fits = |c: &char| {
        let enough = room >= c.len_utf16();
        room = room.saturating_sub(c.len_utf16());
        enough
    };
    words.chars().take_while(fits).collect()
}

/// What is left of a title, for the tab of its sheet.
fn name(title: &str) -> String {
    let kept: String = title.chars().filter(|c| !"[]:*?/\\'".contains(*c) && c.len_utf16() == 1).take(NAME_MAX).collect();
    if kept.is_empty() { text::SHEET.to_owned() } else { kept }
}
