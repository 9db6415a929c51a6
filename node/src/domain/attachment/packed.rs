//! Documents that are packed: the list of what is in them stands at their end, in the clear. An archive that is no document is refused, and so
//! is one that is locked, or whose list cannot be followed.

use super::{Content, NotTaken, kind::Shape};

/// The end of an archive without a remark, and the longest remark.
const END_BYTES: u64 = 22;
const REMARK_BYTES_MAX: u64 = 65_535;
/// A document of thousands of parts has a shorter list.
const LIST_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// One entry without its name.
const ENTRY_BYTES: usize = 46;
/// Locked, or with a list that is locked.
const LOCKED: u16 = 0x1 | 0x2000;

pub(super) fn shape_of(content: &Content<'_>) -> Result<Shape, NotTaken> {
    let names = names(&list(content)?)?;
    let has = |test: &dyn Fn(&str) -> bool| names.iter().any(|name| test(name));
    if has(&|name| name.to_ascii_lowercase().ends_with("vbaproject.bin")) {
        return Err(NotTaken::Runs);
    }
    let is_office = has(&|name| name == "[Content_Types].xml");
    match () {
        () if has(&|name| name == "OFD.xml") => Ok(Shape::Ofd),
        () if is_office && has(&|name| name.starts_with("word/")) => Ok(Shape::Word),
        () if is_office && has(&|name| name.starts_with("xl/")) => Ok(Shape::Sheet),
        () if is_office && has(&|name| name.starts_with("ppt/")) => Ok(Shape::Slides),
        () => Err(NotTaken::Packed),
    }
}

/// The list of what is in it.
fn list(content: &Content<'_>) -> Result<Vec<u8>, NotTaken> {
    let from = content.bytes.saturating_sub(END_BYTES + REMARK_BYTES_MAX);
    let tail = content.read(from, usize::try_from(content.bytes - from).unwrap_or(usize::MAX))?;
    let at = tail.windows(4).rposition(|four| four == b"PK\x05\x06").ok_or(NotTaken::Packed)?;
    let (len, offset) = (number::<4>(&tail, at + 12)?, number::<4>(&tail, at + 16)?);
    let remark = number::<2>(&tail, at + 20)?;
    let ends_here = at as u64 + END_BYTES + remark == tail.len() as u64;
    if len > LIST_BYTES_MAX || offset + len != from + at as u64 || !ends_here {
        return Err(NotTaken::Packed);
    }
    content.read(offset, usize::try_from(len).unwrap_or(0))
}

fn names(list: &[u8]) -> Result<Vec<String>, NotTaken> {
    let (mut names, mut at) = (Vec::new(), 0);
    while at < list.len() {
        let entry = list.get(at..at + ENTRY_BYTES).filter(|entry| entry.starts_with(b"PK\x01\x02")).ok_or(NotTaken::Packed)?;
        if number::<2>(entry, 8)? & u64::from(LOCKED) != 0 {
            return Err(NotTaken::Locked);
        }
        let lens = [number::<2>(entry, 28)?, number::<2>(entry, 30)?, number::<2>(entry, 32)?];
        let [name, extra, remark] = lens.map(|len| usize::try_from(len).unwrap_or(0));
        let from = at + ENTRY_BYTES;
        names.push(String::from_utf8_lossy(list.get(from..from + name).ok_or(NotTaken::Packed)?).into_owned());
        at = from + name + extra + remark;
    }
    Ok(names)
}

/// A number as archives write it, least byte first.
fn number<const LEN: usize>(from: &[u8], at: usize) -> Result<u64, NotTaken> {
    let bytes = from.get(at..at + LEN).ok_or(NotTaken::Packed)?;
    Ok(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}
