//! What was a line when: the words of a line's history.

use dutynet_relay::lines::{SpanState, Why};

use crate::domain::board::Line;

/// Head of a history.
pub const HISTORY: [&str; 4] = ["自", "至", "线路", "说明"];

/// Above a history.
pub fn title(name: &str, office: &str, from: &str, to: &str) -> String {
    format!("{name}（{office}）线路 {from} 至 {to}")
}

/// Below it.
pub fn totals(up: &str, down: &str, unknown: &str) -> String {
    format!("通 {up}，断 {down}，不明 {unknown}")
}

/// One stretch of an office's line.
pub fn stretch(name: &str, from: &str, until: &str, (was, why): (&str, &str)) -> String {
    let why = if why.is_empty() { String::new() } else { format!("（{why}）") };
    format!("  {name}　{from} 至 {until}　{was}{why}")
}

/// What a line was, and why that is not known.
pub fn state(of: &SpanState) -> (Line, String) {
    match of {
        SpanState::Up => (Line::Up, String::new()),
        SpanState::Down => (Line::Down, String::new()),
        SpanState::Unknown(Why::NotSeenYet) => (Line::Unknown, NOT_SEEN_YET.to_owned()),
        SpanState::Unknown(Why::Unsteady) => (Line::Unknown, UNSTEADY.to_owned()),
        SpanState::Unknown(Why::Off(office)) => (Line::Unknown, off(office.as_str())),
        SpanState::Unknown(Why::Behind(office)) => (Line::Unknown, behind(office.as_str())),
    }
}

/// Never seen before.
pub const NOT_SEEN_YET: &str = "此前没有见过这条线路";
/// It flaps.
pub const UNSTEADY: &str = "时通时断，变化过密，未逐次记录";

/// Nobody watched.
pub fn off(office: &str) -> String {
    format!("当时 {office} 没有开机，无人看见")
}

/// Not told yet.
pub fn behind(office: &str) -> String {
    format!("隔着 {office} 的线路，恢复后会补报")
}

/// A length of time, two units.
pub fn length(ms: u64) -> String {
    let seconds = ms / 1000;
    let parts = [(seconds / 86_400, "天"), (seconds / 3600 % 24, "小时"), (seconds / 60 % 60, "分"), (seconds % 60, "秒")];
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
    parts.iter().skip(first).take(2).map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_has_two_units_at_most() {
        for (ms, said) in [(0, "0 秒"), (59_999, "59 秒"), (3_600_000, "1 小时 0 分"), (90_061_000, "1 天 1 小时")] {
            assert_eq!(length(ms), said);
        }
    }
}
