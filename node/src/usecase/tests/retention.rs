//! Retention by rule over a real store, with a clock that is moved: what is due goes, by a record, and nothing else does.

use std::time::Duration;

use super::*;
use crate::{
    domain::retention::Rules,
    usecase::{ShowReport, matter::tests as matters},
};

const DAY: Duration = Duration::from_secs(86_400);

const RULES: &str = r#"
[[rule]]
id = "personal"
about = ["report", "incident"]
class = "after-event"
days = 30
by_itself = true
article = "第八十五条"
source = "突发事件应对法"

[[rule]]
id = "notices"
about = ["notice"]
class = "10y"
article = "第七条"
source = "国家档案局令第8号"
"#;

/// How many records each rule finds due, and how many belong to something that goes on.
async fn looked(house: &House) -> Vec<(usize, u64)> {
    let now = house.office.retention().await.unwrap();
    assert!(!now.clock_doubtful);
    now.rules.iter().map(|rule| (rule.due.len(), rule.open)).collect()
}

#[tokio::test]
async fn words_go_when_their_time_has_come_and_never_while_their_matter_or_period_is_open() {
    let house = House::new();
    house.office.keeps_by(Rules::parse(RULES).unwrap());
    house.file(1, "daily", 3).await.unwrap();
    let closed = house.office.take_step(matters::call(2)).await.unwrap();
    let closed = closed.number().to_string();
    for (id, stage) in [(3, "initial"), (4, "final")] {
        house.office.take_step(matters::report(id, &closed, stage)).await.unwrap();
    }
    let open = house.office.take_step(matters::call(5)).await.unwrap().number().to_string();
    // The report's period is open, one incident, and of the other something is owed that is still to come.
    assert_eq!(looked(&house).await, [(0, 5), (0, 0)]);
    house.clock.advance(29 * DAY);
    assert_eq!(looked(&house).await[0].0, 0);
    assert_eq!(house.office.retain().await.unwrap(), 0, "not a day too early");
    house.clock.advance(3 * DAY);
    assert_eq!(looked(&house).await, [(4, 1), (0, 0)]);
    let before = house.records();
    assert_eq!(house.office.retain().await.unwrap(), 4);
    assert_eq!(house.records(), before + 4, "each by a record of its own");
    assert_eq!((looked(&house).await, house.office.retain().await.unwrap()), (vec![(0, 1), (0, 0)], 0), "once");
    let bodies = house.office.upkept().unwrap().relay.bodies;
    assert_eq!((bodies.destroyed, bodies.intended), (4, 4));
    let asked = ShowReport { form: "daily".into(), period: "2026-07-01".into(), office: String::new() };
    let shown = house.office.show(&asked).await.unwrap();
    assert_eq!((shown.revisions.len(), shown.removed.len()), (0, 1), "a stub stands where it stood");
    let row = house.row("2026-07-01").await;
    assert_eq!((row.filed, row.timing, row.filing.unwrap().removed), (Filed::Daily, Timing::InTime, true), "what is past stays");
    assert!(house.office.matter(&closed).await.unwrap().steps.iter().all(|shown| shown.step.hollow));
    assert!(house.office.matter(&open).await.unwrap().steps.iter().all(|shown| !shown.step.hollow));
}

#[tokio::test]
async fn nothing_goes_without_a_rule_or_by_one_that_only_lists_or_by_a_clock_that_cannot_be_right() {
    let house = House::new();
    house.file(1, "daily", 3).await.unwrap();
    house.clock.advance(60 * DAY);
    assert_eq!((house.office.retention().await.unwrap().rules.len(), house.office.retain().await.unwrap()), (0, 0));
    house.office.keeps_by(Rules::parse(&RULES.replace("by_itself = true", "by_itself = false")).unwrap());
    assert_eq!((looked(&house).await[0].0, house.office.retain().await.unwrap()), (1, 0));
    let house = House::open(house.close().await, at("2100-01-01", "09:00"));
    house.office.keeps_by(Rules::parse(RULES).unwrap());
    let now = house.office.retention().await.unwrap();
    assert!(now.clock_doubtful && now.rules[0].due.len() == 1, "{now:?}");
    assert_eq!(house.office.retain().await.unwrap(), 0);
}
