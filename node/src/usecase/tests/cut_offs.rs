//! Cut-offs over days: what is set counts from its first day on, and no day before ever changes.

use super::{
    behalf::{for_office, with_child},
    *,
};
use crate::body::{CUT_OFF_KIND, CutOffBody};

fn set(id: u8, time: &str, from: &str) -> SetCutOff {
    SetCutOff { id: record_id(id), form: "daily".into(), time: time.into(), from: from.into(), by: by() }
}

async fn child_row(house: &House, day: &str) -> BoardRow {
    house.office.board("", day).await.unwrap().rows.remove(1)
}

#[tokio::test]
async fn a_cut_off_counts_from_the_next_day_on_for_those_below_and_for_nobody_else() {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    let done = house.office.set_cut_off(set(1, "16:00", "")).await.unwrap();
    assert_eq!((done.body.from.to_string(), done.folded), ("2026-07-02".into(), false));
    assert!(house.office.set_cut_off(set(1, "16:00", "")).await.unwrap().folded, "a retry");

    house.clock.set_wall(at("2026-07-01", "16:30"));
    house.office.file(for_office("jiaowei", report(2, "daily", 3))).await.unwrap();
    house.clock.set_wall(at("2026-07-02", "16:30"));
    let late = FileReport { period: "2026-07-02".into(), ..for_office("jiaowei", report(3, "daily", 3)) };
    house.office.file(late).await.unwrap();
    house.office.file(FileReport { period: "2026-07-02".into(), ..report(4, "daily", 3) }).await.unwrap();
    assert_eq!(child_row(&house, "2026-07-01").await.timing, Timing::InTime, "that day had begun");
    let row = child_row(&house, "2026-07-02").await;
    assert_eq!((row.timing, row.seat.window.cut_off), (Timing::Late, at("2026-07-02", "16:00")));
    assert_eq!(row.seat.window.closes, at("2026-07-03", "16:00"));
    let own = house.row("2026-07-02").await;
    assert_eq!((own.timing, own.seat.window.cut_off), (Timing::InTime, at("2026-07-02", "17:00")), "nobody sets his own");

    let known = house.office.list_cut_offs().await.unwrap();
    assert_eq!(known.cut_offs.len(), 1);
    assert_eq!(known.cut_offs[0].0.person, by().unwrap());
    let daily = &known.today[0];
    assert_eq!((daily.here.0.to_string(), daily.here.1.clone()), ("17:00".into(), None));
    assert_eq!((daily.below.0.to_string(), daily.below.1.clone()), ("16:00".into(), Some(house.office.own().clone())));
}

#[tokio::test]
async fn a_period_closes_at_the_rows_own_cut_off() {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    house.office.set_cut_off(set(1, "10:00", "2026-07-02")).await.unwrap();
    house.office.file(for_office("jiaowei", report(2, "daily", 3))).await.unwrap();
    house.file(3, "daily", 3).await.unwrap();
    house.clock.set_wall(at("2026-07-02", "10:01"));
    assert_eq!(refusal(house.office.file(for_office("jiaowei", report(4, "daily", 5))).await), Refusal::PeriodClosed);
    house.file(5, "daily", 5).await.unwrap();
    let corrected = FileReport { correction: Some("少报两件".into()), ..for_office("jiaowei", report(6, "daily", 5)) };
    assert_eq!(house.office.file(corrected).await.unwrap().revision, 2);
}

#[tokio::test]
async fn what_cannot_be_set_is_refused() {
    let house = House::new();
    assert_eq!(refusal(house.office.set_cut_off(set(1, "16:00", "")).await), Refusal::NoChildren);
    with_child(&house, "jiaowei", "角尾乡").await;
    let before = house.records();
    let refused = [
        (set(1, "16:0", ""), Refusal::CutOffInvalid),
        (set(1, "24:00", ""), Refusal::CutOffInvalid),
        (set(1, "16:00", "2026-07-01"), Refusal::CutOffTooEarly),
        (set(1, "16:00", "2020-01-01"), Refusal::CutOffTooEarly),
        (set(1, "16:00", "tomorrow"), Refusal::PeriodInvalid),
        (SetCutOff { form: "weekly".into(), ..set(1, "16:00", "") }, Refusal::FormUnknown),
        (SetCutOff { by: None, ..set(1, "16:00", "") }, Refusal::PersonMissing),
    ];
    for (asked, wanted) in refused {
        assert_eq!(refusal(house.office.set_cut_off(asked).await), wanted);
    }
    assert_eq!(house.records(), before);
}

#[tokio::test]
async fn a_cut_off_that_would_change_a_day_that_has_begun_is_not_interpreted() {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    let (time, from) = (TimeOfDay::parse("09:00").unwrap(), Day::parse("2026-07-01").unwrap());
    let body = CutOffBody { form: "daily".into(), time, from };
    let sly = Draft { kind: CUT_OFF_KIND.into(), subject: body.subject(), body: body.encode(), ..strange() };
    house.office.relay().submit(sly).await.unwrap();
    let window = child_row(&house, "2026-07-01").await.seat.window;
    assert_eq!(window.cut_off, at("2026-07-01", "17:00"));
    assert_eq!(house.office.status().not_interpreted, 1);
}
