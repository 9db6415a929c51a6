//! From facts to an answer. Pure: whoever asks brings what is known of one line and of those who saw it.

use crate::ids::{OfficeId, UnixMillis};

use super::LineSeen;

/// What is known of one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Track {
    /// The last change before the time that is asked about, and all within it, oldest first.
    pub changes: Vec<(UnixMillis, LineSeen)>,
    /// When its parent, who sees it, was not watching: the last time before that, and all within it, oldest first.
    pub blind: Vec<(UnixMillis, UnixMillis)>,
    /// Its parent.
    pub seer: Option<OfficeId>,
    /// Until when everything that the parent saw is known here, and behind which office's line it is not; `None`: until now.
    pub heard_until: Option<(UnixMillis, OfficeId)>,
}

/// A stretch of time in which a line was one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// First moment.
    pub from: UnixMillis,
    /// The moment after the last.
    pub until: UnixMillis,
    /// What it was.
    pub state: SpanState,
}

/// What a line was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpanState {
    /// 通
    Up,
    /// 断
    Down,
    /// 不明
    Unknown(Why),
}

/// Why nobody knows here what a line was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It was never seen before.
    NotSeenYet,
    /// The office that sees it was off.
    Off(OfficeId),
    /// The line of that office, through which it would have been told, was down and has told nothing since.
    Behind(OfficeId),
    /// It changed too often for each change to be kept.
    Unsteady,
}

/// How long a line was what, ms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// 通
    pub up: i64,
    /// 断
    pub down: i64,
    /// 不明
    pub unknown: i64,
}

/// What the line was from one moment to another: without gaps, each span unlike the one before. None when the second is not after the first.
pub fn spans(track: &Track, from: UnixMillis, to: UnixMillis) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let known_to = track.heard_until.as_ref().map_or(to, |(until, _)| (*until).clamp(from.min(to), to));
    let mut at = from;
    let marks = marks(track);
    let before = marks.iter().rev().find(|mark| mark.at <= from);
    let mut state = before.map_or(SpanState::Unknown(Why::NotSeenYet), |mark| mark.state.clone());
    for mark in marks.iter().filter(|mark| from < mark.at && mark.at < known_to) {
        push(&mut found, (at, mark.at), state);
        (at, state) = (mark.at, mark.state.clone());
    }
    push(&mut found, (at, known_to), state);
    if let Some((_, behind)) = &track.heard_until {
        push(&mut found, (known_to, to), SpanState::Unknown(Why::Behind(behind.clone())));
    }
    found
}

/// How long the line was what, over some spans.
pub fn totals(spans: &[Span]) -> Totals {
    let mut totals = Totals::default();
    for span in spans {
        let length = span.until.0.saturating_sub(span.from.0);
        match span.state {
            SpanState::Up => totals.up += length,
            SpanState::Down => totals.down += length,
            SpanState::Unknown(_) => totals.unknown += length,
        }
    }
    totals
}

/// When the line is known to have been down.
pub fn intervals_down(spans: &[Span]) -> Vec<(UnixMillis, UnixMillis)> {
    spans.iter().filter(|span| span.state == SpanState::Down).map(|span| (span.from, span.until)).collect()
}

/// From this moment on the line was that.
struct Mark {
    at: UnixMillis,
    state: SpanState,
}

/// Everything that changes the answer, oldest first. While its parent was blind nothing was seen, and afterwards the line was down until it
/// was seen up. Before it was ever seen it may not have been there.
fn marks(track: &Track) -> Vec<Mark> {
    let Some((first, _)) = track.changes.first() else { return Vec::new() };
    let seer = track.seer.clone();
    let off = || seer.clone().map_or(Why::NotSeenYet, Why::Off);
    let blind = merged(&track.blind);
    let is_blind = |at: UnixMillis| blind.iter().any(|(from, until)| *from <= at && at < *until);
    let seen = track.changes.iter().filter(|(at, _)| !is_blind(*at)).map(|(at, seen)| {
        let state = match seen {
            LineSeen::Up => SpanState::Up,
            LineSeen::Down => SpanState::Down,
            LineSeen::Unsteady => SpanState::Unknown(Why::Unsteady),
        };
        Mark { at: *at, state }
    });
    let unseen = blind.iter().flat_map(|(from, until)| {
        [Mark { at: *from, state: SpanState::Unknown(off()) }, Mark { at: *until, state: SpanState::Down }]
    });
    // A stable sort: what was seen at the very moment when the parent came back counts.
    let mut marks: Vec<_> = unseen.chain(seen).filter(|mark| mark.at >= *first).collect();
    marks.sort_by_key(|mark| mark.at);
    marks
}

/// An office that was restored from a copy was blind for longer than it was off, and again for what it had said before.
fn merged(blind: &[(UnixMillis, UnixMillis)]) -> Vec<(UnixMillis, UnixMillis)> {
    let mut sorted = blind.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<(UnixMillis, UnixMillis)> = Vec::new();
    for (from, until) in sorted {
        match merged.last_mut().filter(|last| from <= last.1) {
            Some(last) => last.1 = last.1.max(until),
            None => merged.push((from, until)),
        }
    }
    merged
}

fn push(to: &mut Vec<Span>, (from, until): (UnixMillis, UnixMillis), state: SpanState) {
    if from >= until {
        return;
    }
    match to.last_mut().filter(|last| last.state == state) {
        Some(last) => last.until = until,
        None => to.push(Span { from, until, state }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP: SpanState = SpanState::Up;
    const DOWN: SpanState = SpanState::Down;
    const NEVER: SpanState = SpanState::Unknown(Why::NotSeenYet);

    fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    fn off() -> SpanState {
        SpanState::Unknown(Why::Off(id("county")))
    }

    fn track(changes: &[(i64, LineSeen)], blind: &[(i64, i64)]) -> Track {
        Track {
            changes: changes.iter().map(|(at, seen)| (UnixMillis(*at), *seen)).collect(),
            blind: blind.iter().map(|(from, until)| (UnixMillis(*from), UnixMillis(*until))).collect(),
            seer: Some(id("county")),
            heard_until: None,
        }
    }

    fn answer(track: &Track, from: i64, to: i64) -> Vec<(i64, i64, SpanState)> {
        let found = spans(track, UnixMillis(from), UnixMillis(to));
        assert_eq!(found.first().map(|span| span.from.0), (from < to).then_some(from));
        assert_eq!(found.last().map(|span| span.until.0), (from < to).then_some(to));
        assert!(found.windows(2).all(|two| two[0].until == two[1].from && two[0].state != two[1].state));
        found.into_iter().map(|span| (span.from.0, span.until.0, span.state)).collect()
    }

    #[test]
    fn what_was_seen_holds_until_something_else_is() {
        let track = track(&[(10, LineSeen::Up), (50, LineSeen::Down), (60, LineSeen::Up)], &[]);
        assert_eq!(answer(&track, 0, 100), [(0, 10, NEVER), (10, 50, UP), (50, 60, DOWN), (60, 100, UP)]);
        assert_eq!(answer(&track, 20, 30), [(20, 30, UP)]);
        assert_eq!(answer(&track, 50, 60), [(50, 60, DOWN)]);
        assert_eq!(answer(&track, 55, 55), []);
        assert_eq!(answer(&track, 60, 50), []);
    }

    #[test]
    fn an_office_that_was_off_saw_nothing_and_found_its_lines_down() {
        let seen = [(10, LineSeen::Up), (35, LineSeen::Down), (48, LineSeen::Up), (70, LineSeen::Unsteady)];
        let track = track(&seen, &[(30, 40)]);
        let unsteady = SpanState::Unknown(Why::Unsteady);
        let all = [(10, 30, UP), (30, 40, off()), (40, 48, DOWN), (48, 70, UP), (70, 90, unsteady)];
        assert_eq!(answer(&track, 10, 90), all);
        assert_eq!(answer(&track, 33, 39), [(33, 39, off())]);
        assert_eq!(answer(&track, 40, 45), [(40, 45, DOWN)]);
    }

    #[test]
    fn an_office_that_forgot_that_it_saw_was_blind_all_that_time() {
        let seen = [(10, LineSeen::Up), (45, LineSeen::Up), (80, LineSeen::Up)];
        let track = track(&seen, &[(31, 70), (30, 40)]);
        assert_eq!(answer(&track, 20, 90), [(20, 30, UP), (30, 70, off()), (70, 80, DOWN), (80, 90, UP)]);
    }

    #[test]
    fn a_line_that_was_never_seen_is_not_down() {
        assert_eq!(answer(&track(&[], &[]), 0, 9), [(0, 9, NEVER)]);
        assert_eq!(answer(&track(&[(50, LineSeen::Up)], &[(10, 20)]), 30, 60), [(30, 50, NEVER), (50, 60, UP)]);
    }

    #[test]
    fn behind_a_line_that_is_down_everything_is_unknown_from_then_on() {
        let mut track = track(&[(10, LineSeen::Up), (50, LineSeen::Down)], &[]);
        track.heard_until = Some((UnixMillis(40), id("city")));
        let behind = SpanState::Unknown(Why::Behind(id("city")));
        assert_eq!(answer(&track, 20, 100), [(20, 40, UP), (40, 100, behind.clone())]);
        assert_eq!(answer(&track, 60, 100), [(60, 100, behind)]);
        assert_eq!(answer(&track, 15, 30), [(15, 30, UP)]);
    }

    #[test]
    fn totals_and_intervals_add_up() {
        let track = track(&[(10, LineSeen::Up), (50, LineSeen::Down), (60, LineSeen::Up), (80, LineSeen::Down)], &[]);
        let found = spans(&track, UnixMillis(0), UnixMillis(100));
        assert_eq!(totals(&found), Totals { up: 60, down: 30, unknown: 10 });
        let down = [(UnixMillis(50), UnixMillis(60)), (UnixMillis(80), UnixMillis(100))];
        assert_eq!(intervals_down(&found), down);
    }
}
