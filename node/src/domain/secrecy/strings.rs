//! The words in a body, whatever its kind: bodies are protobuf, and its strings can be found without knowing what they are called.

/// Deepest nesting that is followed; bodies of ours go four deep.
const DEPTH_MAX: usize = 16;

/// Words of a body, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Strings<'a>(pub Vec<&'a str>);

/// Every string in it. What is no protobuf is one text, if it is text at all.
pub fn strings_of(body: &[u8]) -> Strings<'_> {
    let mut found = Vec::new();
    if fields(body, 0, &mut found).is_none() {
        found.clear();
        found.extend(std::str::from_utf8(body).ok());
    }
    Strings(found)
}

fn fields<'a>(mut bytes: &'a [u8], depth: usize, found: &mut Vec<&'a str>) -> Option<()> {
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        if tag >> 3 == 0 {
            return None;
        }
        match tag & 7 {
            0 => {
                varint(&mut bytes)?;
            }
            1 => {
                take(&mut bytes, 8)?;
            }
            2 => {
                let len = usize::try_from(varint(&mut bytes)?).ok()?;
                field(take(&mut bytes, len)?, depth, found);
            }
            5 => {
                take(&mut bytes, 4)?;
            }
            _ => return None,
        }
    }
    Some(())
}

/// Text, or a message with fields of its own; some bytes are both, then both are looked at.
fn field<'a>(bytes: &'a [u8], depth: usize, found: &mut Vec<&'a str>) {
    let before = found.len();
    if depth < DEPTH_MAX && fields(bytes, depth + 1, found).is_none() {
        found.truncate(before);
    }
    let text = std::str::from_utf8(bytes).ok();
    let is_words = |text: &&str| !text.is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    found.extend(text.filter(is_words));
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for at in 0..10 {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << (at * 7).min(63);
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(taken)
}
