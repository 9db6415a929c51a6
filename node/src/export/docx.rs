//! A form as a text document, to be written on before it goes to a leader: the same boxes, in the fonts that offices have.

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BreakType, Docx, Footer, HeightRule, LineSpacing, NumPages, PageMargin, PageNum, Paragraph, Run, RunFonts,
    Table, TableAlignmentType, TableCell, TableLayoutType, TableRow, VAlignType, WidthType,
};

use super::{
    ExportFault,
    document::{Document, FormCell, Head},
};
use crate::text::paper as text;

/// Twentieths of a point, as the format counts.
const A4: (u32, u32) = (11_906, 16_838);
const MARGIN: i32 = 1_134;
const WIDTH: usize = 9_638;
const LABEL: usize = 1_640;
/// Room for one line of a hand.
const LINE: f32 = 380.0;
/// Half points.
const TITLE: usize = 40;
const RED_HEAD: usize = 52;
const WORDS: usize = 23;
const SMALL: usize = 18;
const RED: &str = "C01010";
/// Letters that may not fit on a page.
const LONG: usize = 700;

/// Makes it.
pub(super) fn make(document: &Document, lines: &[Vec<FormCell>]) -> Result<Vec<u8>, ExportFault> {
    let margin = PageMargin { top: MARGIN, left: MARGIN, bottom: MARGIN, right: MARGIN, header: 600, footer: 600, gutter: 0 };
    let mut docx = Docx::new().page_size(A4.0, A4.1).page_margin(margin).default_fonts(fonts(text::SONG_NAME)).footer(foot());
    if !document.mark.is_empty() {
        docx = docx.add_paragraph(centred(&document.mark, TITLE, Some(RED)));
    }
    if document.head == Head::Red {
        docx = docx.add_paragraph(centred(&text::red_head(&document.office), RED_HEAD, Some(RED)));
    }
    docx = docx.add_paragraph(centred(&document.title, TITLE, None));
    let (left, right) = &document.above;
    for above in [left, right].into_iter().filter(|above| !above.is_empty()) {
        docx = docx.add_paragraph(Paragraph::new().add_run(run(above, SMALL, text::SONG_NAME)));
    }
    docx = docx.add_table(table(lines));
    for note in &document.notes {
        docx = docx.add_paragraph(Paragraph::new().add_run(run(note, SMALL, text::SONG_NAME)));
    }
    let mut bytes = Cursor::new(Vec::new());
    docx.pack(&mut bytes).map_err(ExportFault::library)?;
    Ok(bytes.into_inner())
}

/// All lines as one table: its columns begin wherever a box of any line does, and a box reaches over as many as it takes.
fn table(lines: &[Vec<FormCell>]) -> Table {
    let mut bounds: Vec<usize> = lines.iter().flat_map(|line| bounds(line.len())).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let grid = bounds.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let rows = lines.iter().map(|line| row(line, &bounds)).collect();
    Table::new(rows).set_grid(grid).width(WIDTH, WidthType::Dxa).layout(TableLayoutType::Fixed).align(TableAlignmentType::Center)
}

/// Where the boxes of a line begin and end: a name and what is said to it, so often.
fn bounds(cells: usize) -> Vec<usize> {
    let cells = cells.max(1);
    let begins = (0..cells).map(|at| at * WIDTH / cells);
    begins.flat_map(|from| [from, from + LABEL]).chain([WIDTH]).collect()
}

fn row(line: &[FormCell], all: &[usize]) -> TableRow {
    let own = bounds(line.len());
    let words = line.iter().flat_map(|cell| [(cell, true), (cell, false)]);
    let cells = own.windows(2).zip(words).map(|(ends, (cell, is_label))| {
        let span = all.iter().filter(|at| (ends[0]..ends[1]).contains(at)).count();
        let paragraph = if is_label {
            Paragraph::new().align(AlignmentType::Center).add_run(run(&cell.label, WORDS, text::HEI_NAME))
        } else {
            Paragraph::new().add_run(run(&cell.value, WORDS, text::SONG_NAME))
        };
        let top = !is_label && cell.lines > 1;
        let stands = if top { VAlignType::Top } else { VAlignType::Center };
        TableCell::new().width(ends[1] - ends[0], WidthType::Dxa).grid_span(span).vertical_align(stands).add_paragraph(paragraph)
    });
    let room = line.iter().map(|cell| cell.lines).max().unwrap_or(1);
    let height = LINE * f32::from(u16::try_from(room).unwrap_or(u16::MAX)) + LINE / 2.0;
    let row = TableRow::new(cells.collect()).row_height(height).height_rule(HeightRule::AtLeast);
    // What is longer than a page must be cut somewhere.
    let short = line.iter().all(|cell| cell.value.chars().count() < LONG);
    if short { row.cant_split() } else { row }
}

fn run(words: &str, size: usize, font: &str) -> Run {
    let mut lines = words.split('\n');
    let first = Run::new().size(size).fonts(fonts(font)).add_text(lines.next().unwrap_or_default());
    lines.fold(first, |run, line| run.add_break(BreakType::TextWrapping).add_text(line))
}

fn fonts(name: &str) -> RunFonts {
    RunFonts::new().ascii(name).hi_ansi(name).east_asia(name)
}

fn centred(words: &str, size: usize, colour: Option<&str>) -> Paragraph {
    let run = run(words, size, text::HEI_NAME);
    let run = if let Some(colour) = colour { run.color(colour) } else { run };
    Paragraph::new().align(AlignmentType::Center).line_spacing(LineSpacing::new().after(120)).add_run(run)
}

/// The number of each page, counted by the program that shows it.
fn foot() -> Footer {
    let [before, between, after] = text::PAGE_PIECES.map(|words| run(words, SMALL, text::SONG_NAME));
    let numbered = Paragraph::new().align(AlignmentType::Center).add_run(before).add_page_num(PageNum::new());
    Footer::new().add_paragraph(numbered.add_run(between).add_num_pages(NumPages::new()).add_run(after))
}
