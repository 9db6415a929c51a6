//! The history of lines in one store: what a flapping line costs, what a child may say, and what becomes of a clock that was ahead.

use std::sync::Arc;

use dutynet_relay::{
    disk::memory::MemoryDisk,
    ids::{Epoch, UnixMillis},
    index::map::MapIndex,
    journal::Options,
    lines::{CHANGES_AN_HOUR, LineFact, LineSeen, LinesTold, Seen, SpanState, Why, spans},
    writer::{Moment, Writer, intent::Intent},
};
use dutynet_tests::county::{AT, County, id};

const HOUR: i64 = 3_600_000;

struct Store {
    county: County,
    writer: Writer,
}

impl Store {
    fn new() -> Self {
        let county = County::new(100);
        let (disk, index) = (Arc::new(MemoryDisk::default()), Arc::new(MapIndex::default()));
        let (mut writer, _) = county.open((disk, Options::default()), index, 1).unwrap();
        writer.commit(county.beginning(), AT).unwrap();
        Self { county, writer }
    }

    fn commit(&mut self, at: i64, intent: Intent) {
        let moment = Moment { wall: UnixMillis(at), ..AT };
        self.writer.commit(vec![intent], moment).unwrap();
    }

    fn line(&mut self, office: &str, at: i64, up: bool) {
        self.commit(at, Intent::Line { neighbour: id(office), up, at: UnixMillis(at), reason: "test".into() });
    }

    fn told(&mut self, child: &str, at: i64, facts: Vec<LineFact>) {
        let end = facts.len() as u64;
        let told = Box::new(LinesTold { facts, through: end, end });
        self.commit(at, Intent::LinesTold { child: id(child), epoch: Epoch([5; 16]), told });
    }

    fn changes(&self, office: &str, from: i64, to: i64) -> usize {
        let track = self.writer.store().line_track(&id(office), UnixMillis(from), UnixMillis(to)).unwrap();
        track.changes.iter().filter(|(at, _)| at.0 >= from).count()
    }

    fn states(&self, office: &str, from: i64, to: i64) -> Vec<(i64, i64, SpanState)> {
        let (from, to) = (UnixMillis(from), UnixMillis(to));
        let found = spans(&self.writer.store().line_track(&id(office), from, to).unwrap(), from, to);
        found.into_iter().map(|span| (span.from.0, span.until.0, span.state)).collect()
    }

    fn rebuilds(&self) {
        self.county.equals_a_rebuild(&self.writer.store()).unwrap();
    }
}

fn line(office: &str, how: LineSeen, at: i64) -> LineFact {
    LineFact { office: id(office), seen: Seen::Line(how, UnixMillis(at)) }
}

const START: i64 = AT.wall.0;
const UNSTEADY: SpanState = SpanState::Unknown(Why::Unsteady);

#[test]
fn a_line_that_flaps_all_day_costs_no_more_than_its_bound_and_is_right_again_when_it_is_calm() {
    let mut store = Store::new();
    let before = store.writer.store().journal().bytes();
    let changes = 24 * 3600;
    for n in 0..changes {
        store.line("t1", START + n * 1000, n % 2 == 0);
    }
    for hour in 0..24 {
        let from = START + hour * HOUR;
        assert!(store.changes("t1", from, from + HOUR) <= CHANGES_AN_HOUR, "hour {hour}");
    }
    assert!(store.writer.store().journal().bytes() - before < 24 * CHANGES_AN_HOUR as u64 * 512);
    let end = START + changes * 1000;
    assert_eq!(store.states("t1", end - 1000, end).pop().map(|(.., state)| state), Some(UNSTEADY));
    // Two hours later somebody looks at what the line is.
    let calm = end + 2 * HOUR;
    store.line("t1", calm, true);
    assert_eq!(store.states("t1", calm, calm + 1), [(calm, calm + 1, SpanState::Up)]);
    store.rebuilds();
}

#[test]
fn the_same_said_again_of_a_line_is_kept_once() {
    let mut store = Store::new();
    for n in 0..5 {
        store.line("t1", START + n, true);
    }
    assert_eq!(store.changes("t1", START, START + 10), 1);
}

#[test]
fn a_child_speaks_of_what_is_below_it_and_of_nothing_that_is_still_to_come() {
    let mut store = Store::new();
    let blind =
        |office| LineFact { office: id(office), seen: Seen::Blind { from: UnixMillis(START), until: UnixMillis(START + 5) } };
    // t1 has no office below it: whatever it says of others is not its to say.
    let facts =
        vec![line("t2", LineSeen::Down, START), line("t1", LineSeen::Up, START), line("x", LineSeen::Up, START), blind("t2")];
    store.told("t1", START, facts);
    for office in ["t1", "t2", "x"] {
        assert_eq!(store.changes(office, 0, START + HOUR), 0, "{office}");
    }
    // The parent is no child.
    store.told("p", START, vec![line("t1", LineSeen::Up, START)]);
    assert_eq!(store.changes("t1", 0, START + HOUR), 0);
    store.rebuilds();
}

#[test]
fn a_clock_that_was_ahead_leaves_nothing_in_hours_to_come() {
    let mut store = Store::new();
    store.line("t1", START, true);
    let ahead = 4_070_908_800_000;
    store.line("t1", ahead, false);
    store.line("t1", ahead + 5, true);
    // It is set right, and the line goes down.
    store.line("t1", START + 100, false);
    let states = store.states("t1", START, ahead + HOUR);
    assert_eq!(states, [(START, START + 100, SpanState::Up), (START + 100, ahead + HOUR, SpanState::Down)]);
    store.rebuilds();
}

#[test]
fn a_start_leaves_every_line_down_until_it_is_seen_up_again() {
    let mut store = Store::new();
    store.line("t1", START, true);
    store.line("p", START, true);
    store.commit(START + 100, Intent::Started { alive_until: UnixMillis(START + 40) });
    let off = SpanState::Unknown(Why::Off(id("c")));
    for office in ["t1", "c"] {
        let expected = [
            (START, START + 40, SpanState::Up),
            (START + 40, START + 100, off.clone()),
            (START + 100, START + 200, SpanState::Down),
        ];
        assert_eq!(store.states(office, START, START + 200), expected, "{office}");
    }
    // Linked again, although the journal had said so before.
    store.line("t1", START + 150, true);
    assert_eq!(store.states("t1", START + 120, START + 200).len(), 2);
    store.rebuilds();
}
