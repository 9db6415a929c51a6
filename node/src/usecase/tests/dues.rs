//! What is due, with a clock that the test moves.

use super::*;
use crate::{
    domain::{
        obligation::{Stage, Standing},
        rules::Duty,
    },
    usecase::{AskDueStats, AskDues, Due, NewChild},
};

async fn child(house: &House, id: &str) {
    let child =
        NewChild { office: id.into(), name: id.into(), area_code: String::new(), class: Some(OfficeClass::Department), by: by() };
    house.office.add_office(child).await.unwrap();
}

async fn open(house: &House) -> Vec<Due> {
    house.office.dues(AskDues::default()).await.unwrap().dues
}

fn of(dues: &[Due], duty: Duty) -> Vec<(String, &'static str)> {
    let found = dues.iter().filter(|due| due.obligation.duty == duty);
    found
        .map(|due| (due.obligation.due.here, due.standing))
        .map(|(due, standing)| (crate::domain::beijing::rfc3339(due)[..16].into(), Standing::NAMES[standing.place()]))
        .collect()
}

#[tokio::test]
async fn a_holiday_is_owed_daily_and_its_summary_on_the_last_day() {
    let house = House::new();
    house.clock.set_wall(at("2026-10-03", "09:00"));
    let dues = open(&house).await;
    assert_eq!(of(&dues, Duty::HolidaySummary), [("2026-10-07T17:00".into(), "not_due")]);
    let daily = of(&dues, Duty::DailyReport);
    assert_eq!(daily, [("2026-10-02T17:00".into(), "overdue"), ("2026-10-03T17:00".into(), "not_due")], "soonest first");
    house.clock.set_wall(at("2026-10-07", "14:00"));
    assert_eq!(of(&open(&house).await, Duty::HolidaySummary), [("2026-10-07T17:00".into(), "soon")]);
    house.clock.set_wall(at("2026-10-08", "09:00"));
    assert_eq!(of(&open(&house).await, Duty::HolidaySummary), [("2026-10-07T17:00".into(), "overdue")]);
    house.clock.set_wall(at("2026-10-10", "09:00"));
    assert_eq!(of(&open(&house).await, Duty::HolidaySummary), [], "missing on its board, and in the counts");
    let asked = AskDueStats { month: "2026-10".into(), duty: "holiday-summary".into(), ..AskDueStats::default() };
    assert_eq!(house.office.due_stats(asked).await.unwrap().counts[0].1.by_place(), [0, 0, 0, 0, 0, 1, 0, 0, 0]);
    house.close().await;
}

#[tokio::test]
async fn a_report_meets_what_is_owed_and_a_year_is_counted_month_by_month() {
    let house = House::new();
    child(&house, "jiaowei").await;
    house.file(1, "zero", 0).await.unwrap();
    let dues = open(&house).await;
    let wanted = [("2026-06-30T17:00".into(), "overdue"), ("2026-07-01T17:00".into(), "not_due")];
    assert_eq!(of(&dues, Duty::DailyReport), wanted, "its own of the day before, and the child's");
    house.clock.set_wall(at("2026-08-02", "09:00"));
    let stats = house.office.due_stats(AskDueStats { month: "2026".into(), ..AskDueStats::default() }).await.unwrap();
    let rows: Vec<_> =
        stats.counts.iter().map(|(group, counts, _)| (group.month.as_str(), group.office.as_str(), counts.all())).collect();
    // The root is in the tree since 30 June.
    assert_eq!(
        rows,
        [
            ("2026-06", "440000", 1),
            ("2026-07", "440000", 31),
            ("2026-07", "jiaowei", 31),
            ("2026-08", "440000", 2),
            ("2026-08", "jiaowei", 2)
        ]
    );
    let july = stats.counts.iter().find(|(group, ..)| group.month == "2026-07" && group.office.as_str() == "440000").unwrap();
    assert_eq!(july.1.by_place(), [0, 0, 1, 0, 0, 30, 0, 0, 0]);
    assert_eq!(stats.dues.len(), 67, "every one of them opens");
    house.close().await;
}

#[tokio::test]
async fn what_rang_is_known_after_a_restart() {
    let house = House::new();
    house.clock.set_wall(at("2026-07-01", "14:00"));
    let (stop, stopped) = watch::channel(false);
    let (_, mut hears) = house.office.watch_dues().await.unwrap();
    let clock = tokio::spawn(keep_dues(house.office.clone(), stopped));
    // What was due on the day before rings, too.
    let mut heard = Vec::new();
    for _ in 0..3 {
        let rang = hears.recv().await.unwrap();
        heard.push((rang.due.obligation.key.to_string(), rang.stage));
    }
    let key = |day: &str| format!("daily-report.440000.{day}");
    let wanted = [(key("2026-06-30"), Stage::Due), (key("2026-06-30"), Stage::Leader), (key("2026-07-01"), Stage::Most)];
    assert_eq!(heard, wanted);
    stop.send_replace(true);
    clock.await.unwrap();
    assert!(hears.recv().await.is_err(), "whoever listens is sent away when the clock stops");
    let folder = house.close().await;
    let house = House::open(folder, at("2026-07-01", "14:10"));
    let shown = house.office.show_due("daily-report.440000.2026-07-01").await.unwrap();
    assert_eq!(shown.rang, [(Stage::Half, at("2026-07-01", "14:00")), (Stage::Most, at("2026-07-01", "14:00"))]);
    assert!(shown.way.is_empty(), "nothing of its own is behind a line");
    // Who can show one of each sees the most pressing, and how much more there is.
    let rang = house.office.rang_first(1).await.unwrap();
    assert_eq!((rang.first[0].due.obligation.key.to_string(), rang.first.len(), rang.more), (key("2026-06-30"), 1, 1));
    let (first, all) = (house.office.first_dues(1).await.unwrap(), house.office.dues(AskDues::default()).await.unwrap().dues);
    assert_eq!((first.ours.as_slice(), first.more_of_ours, all.len()), (&all[..1], 1, 2));
    house.close().await;
}
