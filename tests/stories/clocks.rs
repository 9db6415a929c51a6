//! Clocks that are wrong: everything is carried all the same, and whoever has such a clock is told, with how far it is off.

use dutynet_node::usecase::{AskLineHistory, WarningKind};
use dutynet_relay::{
    clock::Clock as _,
    ids::{Lane, UnixMillis},
    record::Audience,
};
use dutynet_tests::{
    desk::Desk,
    net::{Network, draft, office, until},
};

const MINUTE: i64 = 60_000;
/// 2099-01-01.
const IN_2099: UnixMillis = UnixMillis(4_070_880_000_000);

/// Warnings of that kind, as an officer reads them.
fn told(desk: &Desk, kind: WarningKind) -> Vec<String> {
    desk.office.status().warnings.into_iter().filter(|warning| warning.kind == kind).map(|warning| warning.about).collect()
}

/// What the parent measures of a child's clock, ms.
fn measured(net: &Network, child: &str) -> i64 {
    net.link("p", child).state.offset_ms
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_1970_of_2099_and_forty_minutes_fast_carry_on_and_are_told() {
    let mut net = Network::found("p").await;
    net.clock("old").set(UnixMillis(0));
    net.clock("new").set(IN_2099);
    net.clock("fast").set_ahead(40 * MINUTE);
    for child in ["old", "new", "fast", "right"] {
        net.join("p", child).await;
        net.is_linked("p", child).await;
        let report = net.report(child, "p", child).await;
        net.has_arrived(&report, child).await;
        let trail = net.relay("p").store().record(&report).unwrap().unwrap().trail;
        assert_eq!(trail[0].office.as_str(), child);
        let ahead = net.clock(child).wall().0 - net.clock("p").wall().0;
        assert!((trail[0].offset_ms - ahead).abs() < MINUTE, "{child}: {} of {ahead}", trail[0].offset_ms);
        assert!((measured(&net, child) - ahead).abs() < MINUTE && (net.link(child, "p").state.offset_ms + ahead).abs() < MINUTE);
        let notice = draft(Lane::Urgent, vec![Audience::Subtree(office(child))], b"and down again");
        let notice = net.submit("p", notice).await.unwrap().reference;
        net.has_arrived(&notice, "p").await;
        assert!(net.body(child, &notice).is_some());
    }
    let desks = ["p", "old", "new", "fast", "right"].map(|id| Desk::at(&net, id));
    let [p, old, new, fast, right] = &desks;
    let sentence = |desk| told(desk, WarningKind::ClockSkew).pop().unwrap_or_default();
    assert!(sentence(fast).ends_with("快 40 分钟") || sentence(fast).ends_with("快 39 分钟"), "{}", sentence(fast));
    assert!(sentence(new).ends_with('年') && sentence(new).contains('快'), "{}", sentence(new));
    assert!(sentence(old).ends_with('年') && sentence(old).contains('慢'), "{}", sentence(old));
    assert_eq!(told(old, WarningKind::ClockWrong).len(), 1);
    assert_eq!((told(right, WarningKind::ClockSkew).len(), told(right, WarningKind::ClockWrong).len()), (0, 0));
    let below = told(p, WarningKind::ClockSkewBelow);
    assert_eq!(below.len(), 3, "{below:?}");
    for desk in desks {
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_right_is_no_longer_spoken_of() {
    let mut net = Network::found("p").await;
    net.clock("c").set_ahead(40 * MINUTE);
    net.join("p", "c").await;
    let desk = Desk::at(&net, "c");
    until("told", || !told(&desk, WarningKind::ClockSkew).is_empty()).await;
    net.clock("c").set_ahead(0);
    until("no longer told", || told(&desk, WarningKind::ClockSkew).is_empty()).await;
    until("above too", || measured(&net, "c").abs() < 5_000).await;
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_of_a_line_is_asked_for_at_the_desk_of_an_ancestor_and_of_nobody_else() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    net.join("p", "d").await;
    net.is_linked("c", "t").await;
    let (province, department) = (Desk::at(&net, "p"), Desk::at(&net, "d"));
    let ask = |desk: &Desk, of: &str, from: Option<i64>, to: Option<i64>| {
        let asked = AskLineHistory { office: of.into(), from: from.map(UnixMillis), to: to.map(UnixMillis) };
        desk.office.line_history(&asked).map_err(|refused| refused.refusal.code())
    };
    until("known above", || ask(&province, "t", None, None).is_ok_and(|history| history.totals.up > 0)).await;
    let history = ask(&province, "t", None, None).unwrap();
    let whole = history.totals.up + history.totals.down + history.totals.unknown;
    assert_eq!(whole, history.to.0 - history.from.0);
    assert_eq!(whole, 86_400_000, "a day when nothing else is said");
    assert_eq!(ask(&province, "t", Some(history.to.0), Some(history.from.0)), Err("SPAN_INVALID"));
    assert_eq!(ask(&province, "t", Some(i64::MAX), None), Err("SPAN_INVALID"));
    assert_eq!(ask(&province, "x", None, None), Err("OFFICE_UNKNOWN"));
    until("its own line is known", || ask(&department, "d", None, None).is_ok_and(|history| history.totals.up > 0)).await;
    assert!(matches!(ask(&department, "t", None, None), Err("OFFICE_UNKNOWN" | "OFFICE_ELSEWHERE")));
    assert!(matches!(ask(&department, "p", None, None), Err("OFFICE_ELSEWHERE")));
    province.close().await;
    department.close().await;
}
