//! A layout as PDF: letters as text that can be searched and copied, with what is used of the fonts embedded.

use std::path::PathBuf;

use krilla::{
    Document as Pdf,
    color::rgb,
    geom::{PathBuilder, Point},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, Stroke},
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};

use super::{
    ExportFault,
    document::Document,
    font::{Faces, FontFiles},
    layout::{Ink, Mark, lay_out},
};

/// Makes it with the fonts in these folders.
pub(super) fn make(document: &Document, folders: &[PathBuf]) -> Result<Vec<u8>, ExportFault> {
    let files = FontFiles::read(folders)?;
    let faces = files.faces();
    let fonts: Option<Vec<Font>> = files.files.iter().map(|file| Font::new(file.bytes.clone().into(), file.index)).collect();
    let fonts = fonts.ok_or_else(|| ExportFault::NoFont(folders.to_vec()))?;
    let sheets = lay_out(document, &|face, c| faces.letter(face, c).width);
    let size = PageSettings::from_wh(sheets.width, sheets.height).ok_or_else(|| ExportFault::library("the sheet has no size"))?;
    let mut pdf = Pdf::new();
    pdf.set_metadata(
        Metadata::new().title(document.title.clone()).authors(vec![document.office.clone()]).language("zh-CN".to_owned()),
    );
    for marks in &sheets.pages {
        let mut page = pdf.start_page_with(size.clone());
        let mut surface = page.surface();
        marks.iter().for_each(|mark| draw(&mut surface, mark, (&faces, &fonts)));
        surface.finish();
        page.finish();
    }
    pdf.finish().map_err(|error| ExportFault::library(format!("{error:?}")))
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, (faces, fonts): (&Faces<'_>, &[Font])) {
    match mark {
        Mark::Rule { from, to, thick, ink } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint: colour(*ink).into(), width: *thick, ..Stroke::default() }));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Text { x, y, size, face, ink, text } => {
            surface.set_stroke(None);
            surface.set_fill(Some(Fill { paint: colour(*ink).into(), opacity: NormalizedF32::ONE, rule: Default::default() }));
            let letters: Vec<_> = text.char_indices().map(|(at, c)| (at..at + c.len_utf8(), faces.letter(*face, c))).collect();
            let mut x = *x;
            // Letters of one font in one go: the fonts take turns where one of them lacks a letter.
            for run in letters.chunk_by(|(_, one), (_, next)| one.file == next.file) {
                let (Some((first, letter)), Some((last, _))) = (run.first(), run.last()) else { continue };
                let glyphs: Vec<KrillaGlyph> = run
                    .iter()
                    .map(|(range, letter)| {
                        let within = range.start - first.start..range.end - first.start;
                        KrillaGlyph::new(GlyphId::new(letter.glyph), letter.width, 0.0, 0.0, 0.0, within, None)
                    })
                    .collect();
                if let Some(font) = fonts.get(letter.file) {
                    surface.draw_glyphs(Point::from_xy(x, *y), &glyphs, font.clone(), &text[first.start..last.end], *size, false);
                }
                x += run.iter().map(|(_, letter)| letter.width).sum::<f32>() * size;
            }
        }
    }
}

fn colour(ink: Ink) -> rgb::Color {
    match ink {
        Ink::Black => rgb::Color::black(),
        Ink::Red => rgb::Color::new(0xc0, 0x10, 0x10),
    }
}
