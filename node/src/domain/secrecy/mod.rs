//! Marks of state secrecy (密级标志): what may not be kept or carried here, found in words as people write them.
//!
//! Law, not taste: no state secret may be stored or processed on a machine that was not approved for it (保守国家秘密法 第三十一条), and what is
//! none must bear no mark (第二十二条). So the mark is what is looked for, not the matter: 绝密, 机密 and 秘密 with ★ or a period, in brackets, at
//! the head of a line, alone, or as the answer to 密级; full-width, spaced, and with letters between that nobody sees. Words like 秘密投票, 商业秘密
//! or 机密级会议室 are none. What a mark is made of stands in `node/secrecy/marks.toml`; how often this errs is measured over the lists beside it.
//!
//! Handling marks (内部, 工作秘密) are allowed.

mod marks;
mod read;
mod strings;
mod word;

pub use strings::{Strings, strings_of};

use marks::Marks;
use read::read;
use word::Word;

/// Where words stand: in a name other separators do what spaces do in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// In a text.
    Text,
    /// In the name of a file.
    Name,
}

/// A mark that was found: the level alone, never what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// 绝密, 机密 or 秘密.
    pub level: &'static str,
}

/// The first mark of state secrecy in what was written.
pub fn mark_in(text: &str, written: Written) -> Option<Mark> {
    let marks = Marks::built_in();
    if !marks.may_stand_in(text) {
        return None;
    }
    let letters = read(text, written, marks);
    Word::all(&letters, marks).find(Word::is_mark).map(|word| Mark { level: word.level })
}

#[cfg(test)]
mod tests;
