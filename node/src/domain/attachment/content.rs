//! What a content is, by its own bytes: first those that every format begins with, then, where a format can hide something, what is inside.

use super::{FileName, Kind, kind::Shape, packed};
use crate::domain::secrecy::{Written, mark_in};

/// Bytes that are looked at in one go.
const PIECE: usize = 256 * 1024;
/// A text longer than this is no text for people.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;
/// Locked, or with something that runs: words that stand in the clear in a document.
const IN_PDF: [(&[u8], NotTaken); 3] =
    [(b"/Encrypt", NotTaken::Locked), (b"/Launch", NotTaken::Runs), (b"/JavaScript", NotTaken::Runs)];
/// The same of an older office document, as its directory writes names.
const IN_OLE: [(&[u8], NotTaken); 2] = [
    (b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", NotTaken::Locked),
    (b"_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0", NotTaken::Runs),
];
/// Programs, and links to them.
const PROGRAMS: [&[u8]; 9] = [
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"dex\n",
    b"\x4c\0\0\0\x01\x14\x02\0",
];
/// What a program of another kind reads and does.
const SCRIPTS: [&str; 8] = ["#!", "<?php", "<script", "<html", "<!doctype html", "<svg", "<?xml", "@echo off"];
const ARCHIVES: [&[u8]; 8] =
    [b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"\xfd7zXZ\0", b"BZh", b"MSCF", b"\x28\xb5\x2f\xfd", b"PK\x05\x06"];

/// A file that is all there.
pub struct Content<'a> {
    /// Its length.
    pub bytes: u64,
    /// So many bytes from there on, fewer at its end; `None`: it cannot be read.
    pub part: &'a dyn Fn(u64, usize) -> Option<Vec<u8>>,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// No format of ours has this extension.
    Extension,
    /// It is none of the formats, or another one than its name says.
    NotWhatItsNameSays,
    /// A program, or a document with something in it that runs.
    Runs,
    /// An archive: what is in it cannot be looked at.
    Packed,
    /// Locked with a password.
    Locked,
    /// A text with a mark of state secrecy; the level.
    Marked(&'static str),
    /// It cannot be read at all.
    Unreadable,
}

/// The kind of a file, or why it is not taken.
pub fn judge(name: &FileName, content: &Content<'_>) -> Result<&'static Kind, NotTaken> {
    let kind = name.kind().ok_or(NotTaken::Extension)?;
    let shape = shape_of(content)?.ok_or(NotTaken::NotWhatItsNameSays)?;
    if shape == kind.shape { Ok(kind) } else { Err(NotTaken::NotWhatItsNameSays) }
}

impl Content<'_> {
    pub(super) fn read(&self, offset: u64, count: usize) -> Result<Vec<u8>, NotTaken> {
        (self.part)(offset, count).ok_or(NotTaken::Unreadable)
    }

    /// Refuses what holds one of these, wherever it stands.
    fn holds_none_of(&self, patterns: &[(&[u8], NotTaken)]) -> Result<(), NotTaken> {
        let overlap = patterns.iter().map(|(pattern, _)| pattern.len()).max().unwrap_or(1) - 1;
        let mut at = 0;
        while at < self.bytes {
            let piece = self.read(at, PIECE + overlap)?;
            if let Some((_, why)) = patterns.iter().find(|(pattern, _)| stands_in(&piece, pattern)) {
                return Err(*why);
            }
            at += PIECE as u64;
        }
        Ok(())
    }
}

fn stands_in(piece: &[u8], pattern: &[u8]) -> bool {
    let mut from = 0;
    while let Some(at) = piece[from..].iter().position(|byte| *byte == pattern[0]) {
        if piece[from + at..].starts_with(pattern) {
            return true;
        }
        from += at + 1;
    }
    false
}

fn shape_of(content: &Content<'_>) -> Result<Option<Shape>, NotTaken> {
    let head = content.read(0, 512)?;
    if let Some(shape) = by_first_bytes(&head) {
        match shape {
            Shape::Pdf => content.holds_none_of(&IN_PDF)?,
            Shape::Ole => content.holds_none_of(&IN_OLE)?,
            Shape::Jpeg | Shape::Png | Shape::Gif | Shape::Webp | Shape::Heic | Shape::Tiff => {}
            Shape::Mp3 | Shape::Aac | Shape::Wav | Shape::Amr | Shape::IsoMedia | Shape::Avi => {}
            Shape::Word | Shape::Sheet | Shape::Slides | Shape::Ofd | Shape::Text => {}
        }
        return Ok(Some(shape));
    }
    if PROGRAMS.iter().any(|magic| head.starts_with(magic)) || is_script(&head) {
        return Err(NotTaken::Runs);
    }
    if ARCHIVES.iter().any(|magic| head.starts_with(magic)) || head.get(257..262) == Some(b"ustar") {
        return Err(NotTaken::Packed);
    }
    if head.starts_with(b"PK\x03\x04") {
        return packed::shape_of(content).map(Some);
    }
    is_text(content)
}

fn by_first_bytes(head: &[u8]) -> Option<Shape> {
    let at = |from: usize, magic: &[u8]| head.get(from..from + magic.len()) == Some(magic);
    let pair = (head.first().copied().unwrap_or(0), head.get(1).copied().unwrap_or(0));
    match () {
        () if at(0, b"\xff\xd8\xff") => Some(Shape::Jpeg),
        () if at(0, b"\x89PNG\r\n\x1a\n") => Some(Shape::Png),
        () if at(0, b"GIF87a") || at(0, b"GIF89a") => Some(Shape::Gif),
        () if at(0, b"II*\0") || at(0, b"MM\0*") => Some(Shape::Tiff),
        () if at(0, b"RIFF") && at(8, b"WEBP") => Some(Shape::Webp),
        () if at(0, b"RIFF") && at(8, b"WAVE") => Some(Shape::Wav),
        () if at(0, b"RIFF") && at(8, b"AVI ") => Some(Shape::Avi),
        () if at(4, b"ftyp") => iso_media(head.get(8..12)?),
        () if at(0, b"#!AMR") => Some(Shape::Amr),
        // A tag, or a frame of layer III; the layer of AAC is 0.
        () if at(0, b"ID3") || (pair.0 == 0xff && pair.1 & 0xe6 == 0xe2) => Some(Shape::Mp3),
        () if pair.0 == 0xff && pair.1 & 0xf6 == 0xf0 => Some(Shape::Aac),
        () if at(0, b"%PDF-") => Some(Shape::Pdf),
        () if at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => Some(Shape::Ole),
        () => None,
    }
}

/// By the brand of the container. Recorders of telephones are free with brands, so that the extension says whether it is sound or film.
fn iso_media(brand: &[u8]) -> Option<Shape> {
    const STILL: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"];
    const MOVING: [&[u8]; 9] = [b"iso", b"mp4", b"avc1", b"M4A", b"M4V", b"MSNV", b"qt  ", b"3gp", b"3g2"];
    let is = |known: &[&[u8]]| known.iter().any(|name| brand.starts_with(name));
    match () {
        () if is(&STILL) => Some(Shape::Heic),
        () if is(&MOVING) => Some(Shape::IsoMedia),
        () => None,
    }
}

fn is_script(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)).to_ascii_lowercase();
    SCRIPTS.iter().any(|begin| text.trim_start().starts_with(begin))
}

/// Words that can be read are read: marks of state secrecy are looked for here, too.
fn is_text(content: &Content<'_>) -> Result<Option<Shape>, NotTaken> {
    if content.bytes > TEXT_BYTES_MAX {
        return Ok(None);
    }
    let bytes = content.read(0, usize::try_from(content.bytes).unwrap_or(0))?;
    let is_words = |text: &String| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'));
    let Some(text) = String::from_utf8(bytes).ok().filter(is_words) else { return Ok(None) };
    match mark_in(&text, Written::Text) {
        Some(mark) => Err(NotTaken::Marked(mark.level)),
        None => Ok(Some(Shape::Text)),
    }
}
