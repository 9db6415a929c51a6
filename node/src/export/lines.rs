//! Where a line ends: between Chinese letters, at spaces between words, never before a closing mark or after an opening one (避头尾), and in the middle of
//! a word only when it is longer than a whole line.

use crate::text::paper::{CLOSING, OPENING};

/// Breaks a text into lines that are no wider than `width`, in the unit of `wide`. Lines of the text stay lines; there is always one.
pub(super) fn broken(text: &str, width: f32, wide: &dyn Fn(char) -> f32) -> Vec<String> {
    text.split('\n').flat_map(|line| one(line, width, wide)).collect()
}

fn one(line: &str, width: f32, wide: &dyn Fn(char) -> f32) -> Vec<String> {
    let (mut lines, mut at, mut used) = (Vec::new(), String::new(), 0.0);
    for piece in pieces(line) {
        let length: f32 = piece.chars().map(wide).sum();
        // A space that does not fit ends the line by being forgotten.
        if piece.trim().is_empty() && (used + length > width || at.is_empty()) && !lines.is_empty() {
            continue;
        }
        if used + length > width && !at.is_empty() {
            lines.push(std::mem::take(&mut at));
            used = 0.0;
        }
        if length <= width {
            at.push_str(piece);
            used += length;
            continue;
        }
        for c in piece.chars() {
            if used + wide(c) > width && !at.is_empty() {
                lines.push(std::mem::take(&mut at));
                used = 0.0;
            }
            at.push(c);
            used += wide(c);
        }
    }
    lines.push(at);
    lines
}

/// What is not broken where there is any other way.
fn pieces(line: &str) -> Vec<&str> {
    let (mut pieces, mut from, mut before) = (Vec::new(), 0, None);
    for (at, c) in line.char_indices() {
        if before.is_some_and(|before| may_break(before, c)) {
            pieces.push(&line[from..at]);
            from = at;
        }
        before = Some(c);
    }
    if from < line.len() {
        pieces.push(&line[from..]);
    }
    pieces
}

fn may_break(before: char, c: char) -> bool {
    let closes = |c| CLOSING.contains(c);
    let opens = |c| OPENING.contains(c);
    let in_word = |c: char| c.is_ascii_graphic();
    !(closes(c) || opens(before) || (in_word(before) && in_word(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Chinese letter is as wide as two others.
    fn lines(text: &str, width: f32) -> Vec<String> {
        broken(text, width, &|c| if c.is_ascii() { 1.0 } else { 2.0 })
    }

    #[test]
    fn a_line_ends_between_letters_and_no_line_begins_with_a_closing_mark() {
        assert_eq!(lines("一二三，四五", 6.0), ["一二", "三，四", "五"]);
        assert_eq!(lines("一二《三四》", 6.0), ["一二", "《三", "四》"]);
        assert_eq!(lines("", 6.0), [""]);
        assert_eq!(lines("一\n\n二", 6.0), ["一", "", "二"]);
    }

    #[test]
    fn a_word_is_kept_together_unless_it_is_longer_than_a_line() {
        assert_eq!(lines("一 abcd ef", 6.0), ["一 ", "abcd ", "ef"]);
        assert_eq!(lines("abcdefgh", 3.0), ["abc", "def", "gh"]);
        assert_eq!(lines("。。。。。", 4.0), ["。。", "。。", "。"]);
    }

    #[test]
    fn nothing_but_spaces_at_the_end_of_a_line_is_lost() {
        let text = "湛江市（Zhanjiang）2026年11月22日14:05，良垌镇“山洪”……𠮷㐂村：村口<桥>被冲垮！！";
        for width in 1..40_u8 {
            let lines = lines(text, f32::from(width));
            assert_eq!(lines.concat(), text, "width {width}");
        }
    }
}
