//! The Chinese fonts of this machine. Nothing is brought along: a font that can write every name in the country is larger than this program, and
//! distributions have free ones as packages.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use skrifa::{
    FontRef, GlyphId, MetadataProvider as _,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
    raw::FileRef,
    string::StringId,
};

use super::ExportFault;

/// Folders below folders that are looked into.
const DEPTH_MAX: usize = 6;
/// A larger file is no font.
const BYTES_MAX: u64 = 128 * 1024 * 1024;
/// 值: what cannot write this writes no Chinese.
const A_CHINESE_LETTER: char = '\u{503c}';
/// 宋体, for what is read; the first that is there.
const SONG: [&str; 8] = [
    "NotoSerifCJK-Regular.ttc",
    "NotoSerifCJKsc-Regular.otf",
    "NotoSerifSC-Regular.otf",
    "SourceHanSerifSC-Regular.otf",
    "SourceHanSerif.ttc",
    "simsun.ttc",
    "uming.ttc",
    "SimSun.ttf",
];
/// 黑体, for names and titles.
const HEI: [&str; 9] = [
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSans.ttc",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "simhei.ttf",
];

/// How letters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// 宋体
    Song,
    /// 黑体
    Hei,
}

/// Where fonts are.
pub(super) fn folders() -> Vec<PathBuf> {
    ["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from).to_vec()
}

/// A font file, whole.
pub(super) struct FontFile {
    pub(super) bytes: Arc<Vec<u8>>,
    /// Which font of a collection.
    pub(super) index: u32,
}

/// The files for 宋体 and 黑体; the same one where there is no other.
pub(super) struct FontFiles {
    pub(super) files: Vec<FontFile>,
    song: usize,
    hei: usize,
}

impl FontFiles {
    /// Reads them.
    pub(super) fn read(folders: &[PathBuf]) -> Result<Self, ExportFault> {
        let mut all = Vec::new();
        folders.iter().for_each(|folder| list(folder, DEPTH_MAX, &mut all));
        let first = |names: &[&str]| {
            names.iter().find_map(|name| all.iter().filter(|path| is_named(path, name)).find_map(|path| open(path)))
        };
        let (song, hei) = (first(&SONG), first(&HEI));
        match (song, hei) {
            (Some(song), Some(hei)) => Ok(Self { files: vec![song, hei], song: 0, hei: 1 }),
            (Some(one), None) | (None, Some(one)) => Ok(Self { files: vec![one], song: 0, hei: 0 }),
            (None, None) => Err(ExportFault::NoFont(folders.to_vec())),
        }
    }

    /// Ready to be measured with.
    pub(super) fn faces(&self) -> Faces<'_> {
        let faces = self.files.iter().filter_map(|file| {
            let font = FontRef::from_index(&file.bytes, file.index).ok()?;
            Some(Measured { map: font.charmap(), metrics: font.glyph_metrics(Size::new(1.0), LocationRef::default()) })
        });
        Faces { faces: faces.collect(), song: self.song, hei: self.hei }
    }
}

/// Fonts as they are measured; lengths are shares of the size of the letters.
pub(super) struct Faces<'a> {
    faces: Vec<Measured<'a>>,
    song: usize,
    hei: usize,
}

struct Measured<'a> {
    map: Charmap<'a>,
    metrics: GlyphMetrics<'a>,
}

/// A letter as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Letter {
    /// Which file.
    pub(super) file: usize,
    /// Which glyph; 0: the box that stands for a letter which no font here has.
    pub(super) glyph: u32,
    /// How wide, as a share of the size.
    pub(super) width: f32,
}

impl Faces<'_> {
    /// From the font that is asked for, else from the other one.
    pub(super) fn letter(&self, face: Face, c: char) -> Letter {
        let own = match face {
            Face::Song => self.song,
            Face::Hei => self.hei,
        };
        let order = std::iter::once(own).chain((0..self.faces.len()).filter(|at| *at != own));
        let found = order.into_iter().find_map(|at| Some((at, self.faces.get(at)?.map.map(c)?)));
        let (file, glyph) = found.unwrap_or((own, GlyphId::new(0)));
        let width = self.faces.get(file).and_then(|face| face.metrics.advance_width(glyph)).unwrap_or(1.0);
        Letter { file, glyph: glyph.to_u32(), width }
    }
}

fn list(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        match path.is_dir() {
            true if depth > 0 => list(&path, depth - 1, found),
            true => {}
            false => found.push(path),
        }
    }
}

fn is_named(path: &Path, name: &str) -> bool {
    path.file_name().is_some_and(|own| own.eq_ignore_ascii_case(name))
}

/// A file that can write Chinese; of a collection the font for the mainland's shapes, where it says which that is.
fn open(path: &Path) -> Option<FontFile> {
    if fs::metadata(path).ok()?.len() > BYTES_MAX {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    let file = FileRef::new(&bytes).ok()?;
    let writes = |font: &FontRef<'_>| font.charmap().map(A_CHINESE_LETTER).is_some();
    let fonts: Vec<(u32, FontRef<'_>)> = (0..).zip(file.fonts().flatten()).filter(|(_, font)| writes(font)).collect();
    let mainland = |(_, font): &&(u32, FontRef<'_>)| {
        let family: String = font
            .localized_strings(StringId::FAMILY_NAME)
            .english_or_first()
            .map_or_else(String::new, |name| name.chars().collect());
        (family.ends_with(" SC") || family.ends_with(" CN")) && !family.contains("Mono")
    };
    let index = fonts.iter().find(mainland).or(fonts.first()).map(|(index, _)| *index)?;
    Some(FontFile { bytes: Arc::new(bytes), index })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_a_chinese_font_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("NotoSansCJK-Regular.ttc"), b"no font").unwrap();
        let fault = FontFiles::read(&[folder.path().to_owned(), PathBuf::from("/no/such/folder")]);
        assert!(matches!(fault, Err(ExportFault::NoFont(_))));
    }
}
