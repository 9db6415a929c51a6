//! How far clocks are apart, in words, and what follows for the day of a report.

/// How far a clock is from another: `快 40 分钟`, `慢 56 年`. The largest unit that there is one of.
pub fn apart(ahead_ms: i64) -> String {
    let word = if ahead_ms < 0 { "慢" } else { "快" };
    let seconds = ahead_ms.unsigned_abs() / 1000;
    let units = [(365 * 86_400, "年"), (86_400, "天"), (3_600, "小时"), (60, "分钟"), (1, "秒")];
    let unit = units.into_iter().find(|(length, _)| seconds >= *length);
    let (length, name) = unit.unwrap_or((1, "秒"));
    format!("{word} {} {name}", seconds / length)
}

/// Ours against the parent's.
pub fn against(parent: &str, ahead_ms: i64) -> String {
    format!("本机时间比上级 {parent} {}", apart(ahead_ms))
}

/// A child's against ours.
pub fn of_child(child: &str, ahead_ms: i64) -> String {
    format!("下级 {child} 的时间比本机{}", apart(ahead_ms))
}

/// The clocks name different days.
pub fn days(period: &str, own: &str, parent: &str) -> String {
    format!("报告期 {period}；按本机时间今天是 {own}，按上级时间是 {parent}")
}

/// The own clock cannot be right, and no other is known.
pub fn day_unsure(period: &str, now: &str) -> String {
    format!("报告期 {period}；本机时间 {now} 不可能正确")
}

/// A neighbour's clock in a table, set off where it is shown on both sides.
pub fn column(offset_ms: i64, skewed: bool) -> String {
    match (offset_ms, skewed) {
        (0, _) => super::words::DASH.to_owned(),
        (_, true) => format!("！{}", apart(offset_ms)),
        (_, false) => "正常".to_owned(),
    }
}

/// A hop's clock behind its time, where it was off.
pub fn of_hop(ahead_ms: i64) -> String {
    format!("（时钟{}）", apart(ahead_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_is_said_in_the_unit_that_people_would_use() {
        let said = [
            (0, "快 0 秒"),
            (7_400, "快 7 秒"),
            (-2_400_000, "慢 40 分钟"),
            (7_200_000, "快 2 小时"),
            (-1_767_000_000_000, "慢 56 年"),
        ];
        for (ms, words) in said {
            assert_eq!(apart(ms), words);
        }
        assert!(apart(i64::MIN).starts_with('慢'));
    }
}
