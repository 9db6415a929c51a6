//! A parent that moves to other rooms: its children dial elsewhere, and nobody is enrolled anew.

use dutynet_tests::{
    between::GoBetween,
    program::{Site, wait_for},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_dials_its_parent_where_that_has_moved_and_a_wrong_address_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut city = Site::new(&folder.path().join("city"));
    city.done(&["init", "440800", "--name", "湛江市", "--class", "city", "--area", "440800", "--zone", "gov"]);
    city.serve();
    // Where the city was; and where it will be, which nobody was told when the county was invited.
    let (old, new) = (GoBetween::reserve().await, GoBetween::reserve().await);
    for door in [&old, &new] {
        door.aim(city.link().parse().unwrap());
    }
    let mut county = Site::below_by(&city, &old.address(), &folder.path().join("county"), ["440825", "徐闻县", "county"]);
    let other = Site::below_by(&city, &old.address(), &folder.path().join("other"), ["440881", "廉江市", "county"]);
    wait_for("the line is up", || county.is_linked("440800"));
    old.cut();
    wait_for("the line is down", || !county.is_linked("440800"));

    assert_eq!(county.done(&["dial", "--json"]).json()["addresses"][0], old.address().as_str());
    city.run(&["dial"]).is_refused(1, "NO_PARENT");
    city.run(&["dial", "10.0.0.1:7443"]).is_refused(1, "NO_PARENT");
    county.run(&["dial", "the rooms on the hill"]).is_refused(1, "ADDRESS_INVALID");
    // Another office answers there: its key is not the parent's.
    county.done(&["dial", &other.link()]);
    assert!(!county.is_linked("440800"));
    county.done(&["dial", &other.link(), &new.address()]);
    wait_for("the line is up where the city is now", || county.is_linked("440800"));

    county.stop();
    county.serve();
    wait_for("and after a restart", || county.is_linked("440800"));
    assert_eq!(county.done(&["dial", "--json"]).json()["addresses"][1], new.address().as_str());
}
