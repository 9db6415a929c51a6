//! What an officer may type in more than one way: 无, and the marks between the parts of a table line.

use super::words;

/// Whether the text says 无.
pub fn is_nil(text: &str) -> bool {
    text.trim() == words::NONE
}

/// Whether the text says that it is not known yet.
pub fn is_unknown(text: &str) -> bool {
    matches!(text.trim(), words::UNKNOWN | "不明" | "不详")
}

/// The parts of a list, however they are set apart.
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '，', '、', ';', '；', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

/// Splits at the first `=`, half or full width.
pub fn at_equals(text: &str) -> Option<(&str, &str)> {
    text.split_once(['=', '＝']).map(|(before, after)| (before.trim(), after.trim()))
}

/// Splits at the first colon, half or full width; the second part is empty when there is none.
pub fn at_colon(text: &str) -> (&str, &str) {
    text.split_once([':', '：']).map_or((text.trim(), ""), |(before, after)| (before.trim(), after.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_marks_are_read_as_half_width_ones() {
        assert_eq!(at_equals("自然灾害＝1：台风"), Some(("自然灾害", "1：台风")));
        assert_eq!(at_colon("1：台风:二"), ("1", "台风:二"));
        assert_eq!(at_colon("1"), ("1", ""));
        assert!(is_nil(" 无 ") && !is_nil("无事"));
    }
}
