//! Trees as they are: a county under the province, a township under a city, many tiers, offices without a node, records across.

use dutynet_relay::{hub::Line, ids::Lane, record::Audience};
use dutynet_tests::net::{Network, draft, office, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_under_the_province_and_a_township_under_a_city_report_as_others_do() {
    let mut net = Network::found("p").await;
    net.join("p", "city").await;
    net.join("p", "county").await;
    net.join("city", "town").await;
    let town = net.report("town", "p", "town").await;
    let county = net.report("county", "p", "county").await;
    let only_city = net.report("town", "city", "only for the city").await;
    for (record, maker) in [(&town, "town"), (&county, "county"), (&only_city, "town")] {
        net.has_arrived(record, maker).await;
    }
    assert_eq!(net.body("p", &only_city), None);
    assert!(net.body("p", &town).is_some() && net.body("p", &county).is_some());
    assert_eq!(net.body("city", &county), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tree_of_six_tiers_carries_up_and_down() {
    let mut net = Network::found("a").await;
    for (parent, child) in [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "f")] {
        net.join(parent, child).await;
    }
    let report = net.report("f", "a", "from the sixth tier").await;
    net.has_arrived(&report, "f").await;
    assert!(net.body("a", &report).is_some());
    let notice = draft(Lane::Flash, vec![Audience::Subtree(office("a"))], b"to the sixth tier");
    let notice = net.submit("a", notice).await.unwrap().reference;
    net.has_arrived(&notice, "a").await;
    assert!(net.body("f", &notice).is_some());
    until("every line is known at the top", || {
        let lines = net.relay("a").lines();
        lines.len() == 5 && lines.values().all(|line| line.line == Line::Up)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_across_goes_over_the_common_ancestor_and_who_made_it_is_known_before_it() {
    let mut net = Network::found("p").await;
    net.join("p", "c1").await;
    net.join("p", "c2").await;
    net.join("c1", "t1").await;
    net.join("c2", "t2").await;
    assert!(net.relay("t2").registry().entry(&office("t1")).is_none(), "a stranger");
    let across = draft(Lane::Urgent, vec![Audience::Offices(vec![office("t2")])], b"across");
    let across = net.submit("t1", across).await.unwrap().reference;
    net.has_arrived(&across, "t1").await;
    assert_eq!(net.body("t2", &across).unwrap(), "across".as_bytes());
    assert!(net.relay("t2").registry().entry(&office("t1")).is_some());
    for transit in ["c1", "p", "c2"] {
        assert!(net.body(transit, &across).is_some(), "{transit} carries it");
    }
    let answer = draft(Lane::Urgent, vec![Audience::Offices(vec![office("t1"), office("c1")])], b"answer");
    let answer = net.submit("t2", answer).await.unwrap().reference;
    net.has_arrived(&answer, "t2").await;
    assert!(net.body("t1", &answer).is_some() && net.body("c1", &answer).is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_without_a_node_stands_in_the_tree_and_its_parent_takes_what_is_for_it() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.add_without_node("c", "quiet").await;
    until("known at the top", || net.relay("p").registry().entry(&office("quiet")).is_some()).await;
    let notice = draft(Lane::Routine, vec![Audience::Offices(vec![office("quiet")])], b"by telephone");
    let notice = net.submit("p", notice).await.unwrap().reference;
    net.has_arrived(&notice, "p").await;
    assert!(net.body("c", &notice).is_some());
    assert_eq!(net.relay("p").lines()[&office("quiet")].line, Line::NoNode);
    assert!(net.relay("c").links().iter().all(|link| link.office != office("quiet")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_to_a_subtree_reaches_everybody_in_it_and_nobody_else() {
    let mut net = Network::found("p").await;
    net.join("p", "c1").await;
    net.join("p", "c2").await;
    net.join("c1", "t1").await;
    net.join("c1", "t2").await;
    net.join("c2", "t3").await;
    net.cut("t2");
    let notice = draft(Lane::Urgent, vec![Audience::Subtree(office("c1"))], b"notice");
    let notice = net.submit("p", notice).await.unwrap().reference;
    for reached in ["c1", "t1"] {
        net.arrives(&notice, reached).await;
    }
    net.heal("t2");
    net.has_arrived(&notice, "p").await;
    assert!(net.body("t2", &notice).is_some());
    assert!(net.body("c2", &notice).is_none() && net.body("t3", &notice).is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_that_joins_while_its_parent_is_cut_off_is_known_above_before_its_first_record() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.cut("c");
    net.join("c", "t").await;
    let report = net.report("t", "p", "first record").await;
    net.arrives(&report, "c").await;
    assert!(net.relay("p").registry().entry(&office("t")).is_none());
    net.heal("c");
    net.has_arrived(&report, "t").await;
    assert!(net.body("p", &report).is_some());
    assert_eq!(net.counter("p", "refused"), 0);
}
