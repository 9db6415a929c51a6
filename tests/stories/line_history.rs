//! Was the line up? What every ancestor can say of it later, and what it says that it does not know.

use dutynet_relay::{
    clock::Clock as _,
    ids::UnixMillis,
    lines::{Span, SpanState, Why},
};
use dutynet_tests::net::{Network, office, until};

const UP: SpanState = SpanState::Up;
const DOWN: SpanState = SpanState::Down;

fn off(id: &str) -> SpanState {
    SpanState::Unknown(Why::Off(office(id)))
}

fn behind(id: &str) -> SpanState {
    SpanState::Unknown(Why::Behind(office(id)))
}

fn now(net: &Network, at: &str) -> UnixMillis {
    net.clock(at).wall()
}

fn history(net: &Network, at: &str, of: &str, from: UnixMillis) -> Vec<Span> {
    // To the end of what is known: nothing is said of what is still to come.
    net.relay(at).line_history(&office(of), from, UnixMillis(i64::MAX)).expect("a history that can be read")
}

fn states(net: &Network, at: &str, of: &str, from: UnixMillis) -> Vec<SpanState> {
    history(net, at, of, from).into_iter().map(|span| span.state).collect()
}

async fn comes_to(net: &Network, (at, of): (&str, &str), from: UnixMillis, expected: &[SpanState]) {
    until(&format!("{at} says of {of}: {expected:?}"), || states(net, at, of, from) == expected).await;
}

/// From here on; what happens next is later than that by more than clocks of one machine are apart when they are measured over a link.
async fn a_moment(net: &Network) -> UnixMillis {
    let begin = now(net, "p");
    until("the clock has moved on", || now(net, "p").0 > begin.0 + 300).await;
    begin
}

/// How far apart two offices may be about one moment; generous, since one of them was told.
const APART_MAX: u64 = 60_000;

/// p – c – t, all linked, and known to be.
async fn three_tiers() -> Network {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    until("the province knows of both", || ["c", "t"].iter().all(|id| states(&net, "p", id, UnixMillis(0)).last() == Some(&UP)))
        .await;
    net
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_of_a_line_survives_restarts_and_a_new_index_and_matches_what_happened() {
    let mut net = three_tiers().await;
    let begin = a_moment(&net).await;
    net.cut("c");
    until("down", || !net.link("p", "c").state.up).await;
    let down = now(&net, "p");
    net.heal("c");
    net.is_linked("p", "c").await;
    let healed = now(&net, "p");
    net.stop("p").await;
    let stopped = now(&net, "p");
    net.start("p").await;
    net.is_linked("p", "c").await;
    let expected = [UP, DOWN, UP, DOWN, off("p"), DOWN, UP];
    comes_to(&net, ("p", "c"), begin, &expected).await;
    let spans = history(&net, "p", "c", begin);
    assert!(spans[0].until <= down && down <= spans[1].until && spans[1].until <= healed, "{spans:?}");
    assert!(spans[4].from <= stopped && stopped <= spans[4].until, "{spans:?}");
    net.stop("p").await;
    std::fs::remove_dir_all(net.folder("p").join("index")).unwrap();
    net.start("p").await;
    let again = history(&net, "p", "c", begin);
    assert_eq!(again[..6], spans[..6], "the same from the journal alone");
    // From below it is the own line, and nobody was blind.
    comes_to(&net, ("c", "c"), begin, &[UP, DOWN, UP, DOWN, UP, DOWN, UP]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_cut_a_line_is_unknown_and_becomes_known_when_the_nearer_one_heals() {
    let net = three_tiers().await;
    let begin = a_moment(&net).await;
    net.cut("c");
    comes_to(&net, ("p", "t"), begin, &[UP, behind("c")]).await;
    net.cut("t");
    comes_to(&net, ("c", "t"), begin, &[UP, DOWN]).await;
    net.heal("t");
    comes_to(&net, ("c", "t"), begin, &[UP, DOWN, UP]).await;
    let seen = history(&net, "c", "t", begin);
    assert_eq!(states(&net, "p", "t", begin), [UP, behind("c")], "nobody has told the province");
    a_moment(&net).await;
    let healed = now(&net, "p");
    net.heal("c");
    comes_to(&net, ("p", "t"), begin, &[UP, DOWN, UP]).await;
    let told = history(&net, "p", "t", begin);
    assert!(told[1].until <= healed, "it happened before the line healed");
    for (seen, told) in seen.iter().zip(&told).skip(1) {
        assert!(seen.from.0.abs_diff(told.from.0) < APART_MAX, "one clock, as good as: {seen:?} {told:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_county_that_was_off_did_not_see_stays_unknown_for_the_province_too() {
    let mut net = three_tiers().await;
    let begin = a_moment(&net).await;
    net.stop("c").await;
    comes_to(&net, ("p", "t"), begin, &[UP, behind("c")]).await;
    net.start("c").await;
    // Its line went down before it was off, because it had said good-bye.
    let expected = [UP, DOWN, off("c"), DOWN, UP];
    comes_to(&net, ("c", "t"), begin, &expected).await;
    comes_to(&net, ("p", "t"), begin, &expected).await;
    let (at_c, at_p) = (history(&net, "c", "t", begin), history(&net, "p", "t", begin));
    for (at_c, at_p) in at_c.iter().zip(&at_p).skip(1) {
        assert!(at_c.from.0.abs_diff(at_p.from.0) < APART_MAX, "{at_c:?} {at_p:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_tells_of_lines_by_its_own_clock_whatever_the_year_is_below() {
    let mut net = Network::found("p").await;
    net.clock("c").set(UnixMillis(0));
    net.join("p", "c").await;
    net.clock("t").set(UnixMillis(4_070_908_800_000));
    let begin = now(&net, "p");
    net.join("c", "t").await;
    until("known above", || states(&net, "p", "t", begin).last() == Some(&UP)).await;
    let linked = now(&net, "p");
    net.cut("t");
    until("known above", || states(&net, "p", "t", begin).last() == Some(&DOWN)).await;
    let all = [SpanState::Unknown(Why::NotSeenYet), UP, DOWN];
    assert_eq!(states(&net, "p", "t", begin), all, "by the province's clock all of it is of today");
    let down = history(&net, "p", "t", begin).pop().unwrap().from;
    assert!(linked.0.abs_diff(down.0) < APART_MAX && down <= now(&net, "p"), "{down:?}");
    let at_c = history(&net, "c", "t", UnixMillis(0)).pop().unwrap();
    assert_eq!(at_c.state, DOWN);
    assert!(at_c.from.0 < 3_600_000, "1970 there");
    let lines = net.relay("p").lines();
    let since = lines[&office("t")].since.expect("known since when");
    assert!(since.0.abs_diff(down.0) < APART_MAX);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_that_was_restored_from_a_copy_claims_nothing_for_the_time_that_it_has_forgotten() {
    let mut net = three_tiers().await;
    let begin = a_moment(&net).await;
    net.stop("c").await;
    let copy = net.copy("c");
    a_moment(&net).await;
    let copied = a_moment(&net).await;
    net.start("c").await;
    let expected = [UP, DOWN, off("c"), DOWN, UP];
    comes_to(&net, ("p", "t"), begin, &expected).await;
    // Its own reports are forgotten with the copy, so its store forks and numbers begin again.
    let report = net.report("c", "p", "forgotten by its maker").await;
    net.has_arrived(&report, "c").await;
    net.stop("c").await;
    net.put_back("c", &copy);
    let restored = now(&net, "p");
    net.start("c").await;
    net.arrives(&report, "c").await;
    until("the province has heard for how long it was blind", || {
        history(&net, "p", "t", copied).first().is_some_and(|off| off.until > restored)
    })
    .await;
    comes_to(&net, ("p", "t"), begin, &expected).await;
    let spans = history(&net, "p", "t", begin);
    assert!(spans[2].from <= copied && copied < spans[2].until, "{spans:?}");
}
