//! Where everything stands on A4 sheets. Pure: it is told how wide a letter is. A row is never cut by the end of a page; one that is taller than a page goes
//! on on the next one, with its names repeated.
//!
//! Lengths are points (1/72 inch), from the upper left corner.

use super::{
    document::{Body, Cell, Document, FormCell, Head, Kind, Sheet, Table},
    font::Face,
    lines::broken,
};
use crate::text::paper as text;

const MM: f32 = 72.0 / 25.4;
const MARGIN_SIDE: f32 = 20.0 * MM;
const MARGIN_TOP: f32 = 20.0 * MM;
const MARGIN_BOTTOM: f32 = 18.0 * MM;
/// Between a box and what stands in it.
const INSIDE: f32 = 3.6;
/// From one line to the next, in sizes of the letters.
const LINE: f32 = 1.45;
/// From the top of a line to where its letters stand.
const STAND: f32 = 1.06;
const LABEL_WIDTH: f32 = 29.0 * MM;
const TITLE: f32 = 20.0;
const RED_HEAD: f32 = 26.0;
const FORM: f32 = 11.5;
const TABLE: f32 = 9.5;
const SMALL: f32 = 9.0;
/// Less is not begun at the foot of a page.
const LINES_MIN: usize = 4;

/// How wide a letter is, as a share of its size.
pub(super) type Widths<'a> = &'a dyn Fn(Face, char) -> f32;

/// Something on a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// Letters that stand on `y`.
    Text { x: f32, y: f32, size: f32, face: Face, ink: Ink, text: String },
    /// A straight line.
    Rule { from: (f32, f32), to: (f32, f32), thick: f32, ink: Ink },
}

/// Colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    Red,
}

/// Sheets, each with what stands on it.
pub(super) struct Sheets {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) pages: Vec<Vec<Mark>>,
}

/// Lays a paper out.
pub(super) fn lay_out(document: &Document, widths: Widths<'_>) -> Sheets {
    let (width, height) = match document.sheet {
        Sheet::Upright => (210.0 * MM, 297.0 * MM),
        Sheet::Across => (297.0 * MM, 210.0 * MM),
    };
    let mut pen = Pen { width, height, y: MARGIN_TOP, pages: vec![Vec::new()], heading: None, widths };
    pen.head(document);
    match &document.body {
        Body::Form(lines) => {
            lines.iter().for_each(|line| pen.form_line(line));
            pen.y += INSIDE;
            pen.notes(&document.notes);
        }
        Body::Table(table) => {
            pen.notes(&document.notes);
            pen.y += 2.0;
            pen.table(table);
        }
    }
    pen.feet();
    Sheets { width, height, pages: pen.pages }
}

/// What stands in one box of a row.
struct Boxed {
    width: f32,
    lines: Vec<String>,
    /// Lines of room, also when there is nothing to say.
    room: usize,
    face: Face,
    kind: Kind,
    /// A name: on every page on which its row goes on.
    repeats: bool,
}

struct Pen<'a> {
    width: f32,
    height: f32,
    y: f32,
    pages: Vec<Vec<Mark>>,
    /// Stands again at the top of each page.
    heading: Option<Vec<Boxed>>,
    widths: Widths<'a>,
}

impl Pen<'_> {
    fn room(&self) -> f32 {
        self.width - 2.0 * MARGIN_SIDE
    }

    fn bottom(&self) -> f32 {
        self.height - MARGIN_BOTTOM
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn length(&self, text: &str, (size, face): (f32, Face)) -> f32 {
        text.chars().map(|c| (self.widths)(face, c)).sum::<f32>() * size
    }

    fn break_up(&self, text: &str, width: f32, (size, face): (f32, Face)) -> Vec<String> {
        broken(text, width, &|c| (self.widths)(face, c) * size)
    }

    fn line(&mut self, text: &str, (from, width): (f32, f32), (size, face, ink): (f32, Face, Ink), kind: Kind) {
        let spare = width - self.length(text.trim_end(), (size, face));
        let x = match kind {
            Kind::Words => from,
            Kind::Short => from + spare / 2.0,
            Kind::Number => from + spare,
        };
        if !text.is_empty() {
            self.put(Mark::Text { x, y: self.y + size * STAND, size, face, ink, text: text.to_owned() });
        }
    }

    fn paragraph(&mut self, text: &str, how: (f32, Face, Ink), kind: Kind) {
        let (size, face, _) = how;
        for line in self.break_up(text, self.room(), (size, face)) {
            if self.y + size * LINE > self.bottom() {
                self.new_page();
            }
            self.line(&line, (MARGIN_SIDE, self.room()), how, kind);
            self.y += size * LINE;
        }
    }

    fn notes(&mut self, notes: &[String]) {
        notes.iter().for_each(|note| self.paragraph(note, (SMALL, Face::Song, Ink::Black), Kind::Words));
    }

    fn head(&mut self, document: &Document) {
        if !document.mark.is_empty() {
            self.paragraph(&document.mark, (TITLE, Face::Hei, Ink::Red), Kind::Short);
        }
        if document.head == Head::Red {
            self.paragraph(&text::red_head(&document.office), (RED_HEAD, Face::Song, Ink::Red), Kind::Short);
            self.y += 3.0;
            let (from, to) = ((MARGIN_SIDE, self.y), (self.width - MARGIN_SIDE, self.y));
            self.put(Mark::Rule { from, to, thick: 1.5, ink: Ink::Red });
            self.y += 12.0;
        }
        self.paragraph(&document.title, (TITLE, Face::Hei, Ink::Black), Kind::Short);
        self.y += 5.0;
        let (left, right) = &document.above;
        if !(left.is_empty() && right.is_empty()) {
            let how = (SMALL, Face::Song, Ink::Black);
            let fits = self.length(left, (SMALL, Face::Song)) + self.length(right, (SMALL, Face::Song)) + SMALL < self.room();
            if fits {
                self.line(left, (MARGIN_SIDE, self.room()), how, Kind::Words);
                self.line(right, (MARGIN_SIDE, self.room()), how, Kind::Number);
                self.y += SMALL * LINE;
            } else {
                self.paragraph(left, how, Kind::Words);
                self.paragraph(right, how, Kind::Words);
            }
        }
        self.y += 3.0;
    }

    fn form_line(&mut self, cells: &[FormCell]) {
        let count = f32::from(u8::try_from(cells.len()).unwrap_or(u8::MAX));
        let width = self.room() / count - LABEL_WIDTH;
        let mut boxes = Vec::new();
        for cell in cells {
            let lines = self.break_up(&cell.label, LABEL_WIDTH - 2.0 * INSIDE, (FORM, Face::Hei));
            boxes.push(Boxed { width: LABEL_WIDTH, lines, room: 1, face: Face::Hei, kind: Kind::Short, repeats: true });
            let lines = self.break_up(&cell.value, width - 2.0 * INSIDE, (FORM, Face::Song));
            let room = usize::try_from(cell.lines).unwrap_or(1);
            boxes.push(Boxed { width, lines, room, face: Face::Song, kind: Kind::Words, repeats: false });
        }
        self.row(&boxes, FORM);
    }

    fn table(&mut self, table: &Table) {
        let all: f32 = table.columns.iter().map(|column| f32::from(column.letters)).sum();
        let widths: Vec<f32> = table.columns.iter().map(|column| self.room() * f32::from(column.letters) / all).collect();
        let heading = table.columns.iter().zip(&widths).map(|(column, width)| {
            let lines = self.break_up(&column.title, width - 2.0 * INSIDE, (TABLE, Face::Hei));
            Boxed { width: *width, lines, room: 1, face: Face::Hei, kind: Kind::Short, repeats: true }
        });
        let heading: Vec<Boxed> = heading.collect();
        self.row(&heading, TABLE);
        self.heading = Some(heading);
        for row in &table.rows {
            let cells = table.columns.iter().zip(&widths).zip(row);
            let boxes: Vec<Boxed> = cells.map(|((column, width), cell)| self.boxed(cell, *width, column.kind)).collect();
            self.row(&boxes, TABLE);
        }
        if table.rows.is_empty() {
            let alone = self.boxed(&Cell::Text(table.empty.clone()), self.room(), Kind::Short);
            self.row(&[alone], TABLE);
        }
    }

    fn boxed(&self, cell: &Cell, width: f32, kind: Kind) -> Boxed {
        let lines = self.break_up(&cell.words(), width - 2.0 * INSIDE, (TABLE, Face::Song));
        Boxed { width, lines, room: 1, face: Face::Song, kind, repeats: false }
    }

    /// A row of boxes, over as many pages as it takes.
    fn row(&mut self, boxes: &[Boxed], size: f32) {
        let all = boxes.iter().map(|boxed| boxed.lines.len().max(boxed.room)).max().unwrap_or(1);
        let fit = |from: f32, to: f32| ((to - from - 2.0 * INSIDE) / (size * LINE)).floor().max(0.0);
        let mut done = 0;
        loop {
            let (left, here) = (all - done, as_count(fit(self.y, self.bottom())));
            if left <= here {
                return self.boxes(boxes, (done, left), size);
            }
            // Whole on the next page, if it can be; else begun here, if that is worth it.
            let on_a_page = as_count(fit(MARGIN_TOP + self.heading_height(), self.bottom()));
            if (left > on_a_page || done > 0) && here >= LINES_MIN {
                self.boxes(boxes, (done, here), size);
                done += here;
            }
            self.new_page();
        }
    }

    /// One piece of a row: lines from `from`, so many.
    fn boxes(&mut self, boxes: &[Boxed], (from, count): (usize, usize), size: f32) {
        let whole = from == 0 && boxes.iter().all(|boxed| boxed.lines.len() <= count);
        let (top, height) = (self.y, lines(count) * size * LINE + 2.0 * INSIDE);
        let mut x = MARGIN_SIDE;
        for boxed in boxes {
            let shown = if boxed.repeats { &boxed.lines[..] } else { boxed.lines.get(from..).unwrap_or_default() };
            let shown = &shown[..shown.len().min(count)];
            // What is said to a name with much room begins at its top; everything else stands in the middle.
            let centred = boxed.repeats || (whole && boxed.room <= 1);
            let spare = if centred { lines(count - shown.len()) * size * LINE / 2.0 } else { 0.0 };
            self.y = top + INSIDE + spare;
            for text in shown {
                self.line(text, (x + INSIDE, boxed.width - 2.0 * INSIDE), (size, boxed.face, Ink::Black), boxed.kind);
                self.y += size * LINE;
            }
            self.frame((x, top), (boxed.width, height));
            x += boxed.width;
        }
        self.y = top + height;
    }

    fn frame(&mut self, (x, y): (f32, f32), (width, height): (f32, f32)) {
        let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)];
        for sides in corners.windows(2) {
            self.put(Mark::Rule { from: sides[0], to: sides[1], thick: 0.6, ink: Ink::Black });
        }
    }

    fn heading_height(&self) -> f32 {
        let tallest = |heading: &Vec<Boxed>| heading.iter().map(|boxed| boxed.lines.len()).max().unwrap_or(1);
        self.heading.as_ref().map_or(0.0, |heading| lines(tallest(heading)) * TABLE * LINE + 2.0 * INSIDE)
    }

    fn new_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN_TOP;
        if let Some(heading) = self.heading.take() {
            let tallest = heading.iter().map(|boxed| boxed.lines.len()).max().unwrap_or(1);
            self.boxes(&heading, (0, tallest), TABLE);
            self.heading = Some(heading);
        }
    }

    /// The number of each page.
    fn feet(&mut self) {
        let of = self.pages.len();
        for at in 0..of {
            let (text, face) = (text::page(at + 1, of), Face::Song);
            let x = (self.width - self.length(&text, (SMALL, face))) / 2.0;
            let y = self.height - MARGIN_BOTTOM / 2.0;
            self.pages[at].push(Mark::Text { x, y, size: SMALL, face, ink: Ink::Black, text });
        }
    }
}

/// A whole number of lines that fits on a sheet.
fn as_count(lines: f32) -> usize {
    (0..500_u16).take_while(|count| f32::from(*count) <= lines).last().map_or(0, usize::from)
}

fn lines(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}
