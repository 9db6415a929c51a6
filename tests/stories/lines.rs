//! What is said of lines and of how far a record has got: never too early, never more than is known.

use dutynet_relay::{hub::Line, ids::Lane, record::Audience, writer::RecordState};
use dutynet_tests::net::{Network, draft, office, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_cut_line_everything_is_unknown_since_the_cut_and_up_again_once_it_heals() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "x").await;
    net.join("x", "t").await;
    let line = |net: &Network, id: &str| net.relay("p").lines()[&office(id)];
    let all = |net: &Network, state: [Line; 3]| ["c", "x", "t"].map(|id| line(net, id).line) == state;
    until("all up", || all(&net, [Line::Up, Line::Up, Line::Up])).await;
    net.cut("c");
    until("unknown behind the cut", || all(&net, [Line::Down, Line::Unknown, Line::Unknown])).await;
    let since = line(&net, "c").since;
    assert!(since.is_some());
    assert_eq!((line(&net, "x").since, line(&net, "t").since), (since, since));
    net.heal("c");
    until("all up again", || all(&net, [Line::Up, Line::Up, Line::Up])).await;
    assert!(line(&net, "c").since > since);
    net.cut("t");
    until("down, said from below", || all(&net, [Line::Up, Line::Up, Line::Down])).await;
    net.heal("t");
    until("up, said from below", || all(&net, [Line::Up, Line::Up, Line::Up])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_arrived_is_said_to_have_arrived_and_never_before_it_has() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    net.is_linked("c", "t").await;
    net.cut("c");
    net.cut("t");
    let report = net.report("t", "p", "report").await;
    assert_eq!(net.state("t", &report), Some(RecordState::Saved));
    net.heal("t");
    until("custody", || net.state("t", &report) == Some(RecordState::Custody)).await;
    assert!(net.body("c", &report).is_some());
    assert_eq!(net.state("c", &report), Some(RecordState::Saved), "the county has only saved it");
    // Whatever else passes on the lower line, it stays so while the upper one is cut.
    let local = net.report("t", "c", "only for the county").await;
    until("in custody too", || net.state("t", &local) != Some(RecordState::Saved)).await;
    assert_eq!(net.state("t", &report), Some(RecordState::Custody));
    net.heal("c");
    net.has_arrived(&report, "t").await;
    assert!(net.body("p", &report).is_some());
    net.has_arrived(&local, "t").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_back_to_an_empty_disk_is_in_custody_and_not_yet_said_to_have_arrived() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    net.cut("c");
    let report = net.report("t", "p", "report").await;
    until("custody", || net.state("t", &report) == Some(RecordState::Custody)).await;
    net.stop("t").await;
    net.replace("c", "t").await;
    net.arrives(&report, "t").await;
    assert_eq!(net.state("t", &report), Some(RecordState::Custody), "the province has never seen it");
    net.heal("c");
    net.arrives(&report, "p").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_has_arrived_when_the_last_office_has_it() {
    let mut net = Network::found("p").await;
    net.join("p", "c1").await;
    net.join("p", "c2").await;
    net.join("c2", "t").await;
    net.stop("t").await;
    let notice = draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], b"notice");
    let notice = net.submit("p", notice).await.unwrap().reference;
    until("at both counties", || net.state("p", &notice) == Some(RecordState::Custody)).await;
    let other = draft(Lane::Urgent, vec![Audience::Subtree(office("c1"))], b"other");
    let other = net.submit("p", other).await.unwrap().reference;
    net.has_arrived(&other, "p").await;
    assert_eq!(net.state("p", &notice), Some(RecordState::Custody), "the township is off");
    let routes = net.relay("p").store().routes_of(&notice).unwrap();
    for by_route in [(office("c1"), RecordState::Arrived), (office("c2"), RecordState::Custody)] {
        assert!(routes.contains(&by_route), "each neighbour has got so far by itself: {routes:?}");
    }
    net.start("t").await;
    net.has_arrived(&notice, "p").await;
    assert!(net.body("t", &notice).is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stops_tells_its_neighbours_and_nothing_is_lost_in_the_middle_of_a_drain() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    net.is_linked("p", "c").await;
    net.is_linked("c", "t").await;
    let mut made = Vec::new();
    for round in 0..5_u64 {
        for n in 0..100 {
            made.push(net.report("t", "p", &format!("{round} {n}")).await);
        }
        net.stop("c").await;
        until("said above", || net.counter("p", "peer_drained") == round + 1).await;
        until("said below", || net.counter("t", "peer_drained") == round + 1).await;
        assert!(!net.link("p", "c").state.up);
        net.start("c").await;
        net.is_linked("p", "c").await;
        net.is_linked("c", "t").await;
    }
    net.has_arrived(&made[499], "t").await;
    let expected: Vec<_> = (0..5).flat_map(|round| (0..100).map(move |n| format!("{round} {n}"))).collect();
    assert_eq!(net.bodies("p"), expected);
    assert_eq!(net.counter("p", "silence"), 0);
}
