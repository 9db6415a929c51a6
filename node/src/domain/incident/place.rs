//! Whether two places that officers wrote may be the same, so that one event is not entered twice. A hint, never a decision.

/// Letters in a row that two places must share, where neither holds the other.
const SHARED_MIN: usize = 4;

/// Whether a person should look whether these are one place: one holds the other, or a good part of both is the same.
pub fn may_be_one_place(one: &str, other: &str) -> bool {
    let (one, other) = (letters(one), letters(other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if short.len() < 2 {
        return false;
    }
    let run = SHARED_MIN.min(short.len());
    short.windows(run).any(|part| long.windows(run).any(|other| part == other))
}

fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_share_a_good_part_may_be_one() {
        for (one, other) in [("良垌村口", "廉江市良垌村口"), ("良垌村", "良垌村口桥头"), ("325国道 12 公里处", "325国道12公里")]
        {
            assert!(may_be_one_place(one, other) && may_be_one_place(other, one), "{one} {other}");
        }
        for (one, other) in [("良垌村口", "客路镇"), ("", "良垌村"), ("村", "良垌村"), ("安铺镇东街", "安铺镇西街")]
        {
            assert!(!may_be_one_place(one, other), "{one} {other}");
        }
    }
}
