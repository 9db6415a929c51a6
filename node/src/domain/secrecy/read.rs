//! Letters as a reader sees them: one form of each, nothing that is not seen, one kind of space.

use super::{Written, marks::Marks};

/// Beyond ASCII by so much stand its full-width forms.
const FULL_WIDTH: u32 = 0xfee0;
/// What separates words in names of files, where people put no space.
const SEPARATORS: &str = "_-.,+&=~#@;";

pub(super) fn read(text: &str, written: Written, marks: &Marks) -> Vec<char> {
    let seen = text.chars().filter(|letter| !is_unseen(*letter)).map(|letter| marks.usual(one_width(letter)));
    match written {
        Written::Text => seen.collect(),
        Written::Name => seen.map(|letter| if SEPARATORS.contains(letter) { ' ' } else { letter }).collect(),
    }
}

fn is_unseen(letter: char) -> bool {
    let joins = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{34f}');
    let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{61c}' | '\u{180e}');
    let varies = matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}');
    let breaks = matches!(letter, '\n' | '\t' | '\u{b}' | '\u{c}' | '\u{85}');
    joins || turns || varies || (letter.is_control() && !breaks)
}

fn one_width(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - FULL_WIDTH).unwrap_or(letter),
        '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        space if space.is_whitespace() => ' ',
        other => other,
    }
}
