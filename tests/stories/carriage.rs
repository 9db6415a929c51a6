//! Records cross the tree: up, down, across, and through whatever happens to the lines.

use dutynet_relay::{ids::Lane, record::Audience, writer::RecordState};
use dutynet_tests::net::{Network, draft, office, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_report_climbs_four_tiers_and_its_maker_hears_of_it() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "x").await;
    net.join("x", "t").await;
    let report = net.report("t", "p", "水位上涨").await;
    net.arrives(&report, "p").await;
    assert_eq!(net.body("p", &report).unwrap(), "水位上涨".as_bytes());
    until("arrived", || net.relay("t").state_of(&report).unwrap() == Some(RecordState::Arrived)).await;
    let notice = net.submit("p", draft(Lane::Urgent, vec![Audience::Subtree(office("p"))], b"notice")).await.unwrap();
    net.arrives(&notice.reference, "t").await;
}
