//! What an office says by telephone, entered by the office above it; and holidays, which are often said that way.

use super::*;
use crate::{
    body::{Channel, Entered},
    domain::board::Differs,
};

pub(super) async fn with_child(house: &House, id: &str, name: &str) {
    let class = Some(OfficeClass::Township);
    let child = NewChild { office: id.into(), name: name.into(), area_code: String::new(), class, by: by() };
    house.office.add_office(child).await.unwrap();
}

pub(super) fn for_office(office: &str, asked: FileReport) -> FileReport {
    let entered = Entered { channel: Channel::Telephone, told_by: "王五".into(), phone: "0759-4850000".into() };
    FileReport { on_behalf: Some(OnBehalf { office: office.into(), entered }), ..asked }
}

async fn row_of(house: &House, day: &str, office: &str) -> BoardRow {
    let rows = house.office.board("", day).await.unwrap().rows;
    rows.into_iter().find(|row| row.seat.office.as_str() == office).unwrap()
}

fn fields(refused: Refused) -> Vec<String> {
    assert_eq!(refused.refusal, Refusal::FormFaults);
    refused.faults.into_iter().map(|fault| fault.field).collect()
}

#[tokio::test]
async fn an_office_without_a_node_is_entered_by_its_parent_and_the_board_says_so() {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    let filed = house.office.file(for_office("jiaowei", report(1, "daily", 3))).await.unwrap();
    assert_eq!((filed.office.as_str(), filed.revision, filed.folded), ("jiaowei", 1, false));
    let again = house.office.file(for_office("jiaowei", report(2, "daily", 3))).await.unwrap();
    assert_eq!((again.reference, again.folded), (filed.reference.clone(), true), "said twice is said once");
    let row = row_of(&house, "2026-07-01", "jiaowei").await;
    let filing = row.filing.unwrap();
    assert_eq!((row.filed, row.timing, filing.differs), (Filed::Daily, Timing::InTime, Differs::No));
    assert_eq!((filing.calls, filing.entered_by), (3, Some(house.office.own().clone())));
    assert_eq!(row_of(&house, "2026-07-01", "440000").await.filed, Filed::Nothing, "it is not our own");

    let more = house.office.file(for_office("jiaowei", report(3, "daily", 4))).await.unwrap();
    assert_eq!((more.revision, more.folded), (2, false));
    let asked = ShowReport { form: "daily".into(), period: "2026-07-01".into(), office: "jiaowei".into() };
    let shown = house.office.show(&asked).await.unwrap();
    assert_eq!((shown.revisions.len(), shown.standing), (2, Some(more.reference)));
    let entered = shown.revisions[1].body.entered.clone().unwrap();
    assert_eq!((&*entered.told_by, &*entered.phone, entered.channel), ("王五", "0759-4850000", Channel::Telephone));
}

#[tokio::test]
async fn who_said_it_and_from_where_must_be_said() {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    let before = house.records();
    let by_way = |channel, told_by: &str, phone: &str| {
        let entered = Entered { channel, told_by: told_by.into(), phone: phone.into() };
        FileReport { on_behalf: Some(OnBehalf { office: "jiaowei".into(), entered }), ..report(1, "daily", 3) }
    };
    let refused = |asked: FileReport| async { house.office.file(asked).await.unwrap_err() };
    assert_eq!(fields(refused(by_way(Channel::Telephone, "", "")).await), ["told_by", "phone"]);
    assert_eq!(fields(refused(by_way(Channel::Telephone, "王五", " ")).await), ["phone"]);
    assert_eq!(fields(refused(by_way(Channel::Written, "王\n五", "")).await), ["told_by"]);
    assert_eq!(fields(refused(by_way(Channel::Written, &"王".repeat(65), &"1".repeat(33))).await), ["told_by", "phone"]);
    let empty = FileReport { said: Said::Answers(Vec::new()), ..by_way(Channel::Telephone, "", "1") };
    assert_eq!(fields(refused(empty).await), ["leader", "officer", "phone", "calls", "incidents", "told_by"], "all at once");
    assert_eq!(house.records(), before);
    house.office.file(by_way(Channel::Written, "王五", "")).await.unwrap();
}

#[tokio::test]
async fn only_offices_below_are_spoken_for() {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    let asked = |office: &str| for_office(office, report(1, "daily", 3));
    assert_eq!(refusal(house.office.file(asked("440000")).await), Refusal::OnBehalfElsewhere);
    assert_eq!(refusal(house.office.file(asked("nobody")).await), Refusal::OfficeUnknown);
    assert_eq!(refusal(house.office.file(asked("角尾")).await), Refusal::OfficeInvalid);
    let draft = FileReport { said: Said::Draft(Vec::new()), ..asked("jiaowei") };
    assert_eq!(refusal(house.office.file(draft).await), Refusal::OnBehalfDraft);
}

#[tokio::test]
async fn there_is_nothing_to_choose_where_nothing_differs() {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    let filed = house.office.file(for_office("jiaowei", report(1, "daily", 3))).await.unwrap();
    let choose = |office: &str, reason: &str| ChooseReport {
        id: record_id(9),
        form: "daily".into(),
        period: "2026-07-01".into(),
        office: office.into(),
        chosen: filed.reference.clone(),
        reason: reason.into(),
        by: by(),
    };
    assert_eq!(refusal(house.office.choose(choose("jiaowei", "核实")).await), Refusal::ChoiceNoDifference);
    assert_eq!(refusal(house.office.choose(choose("", "核实")).await), Refusal::ChoiceNoDifference, "nothing was filed");
    assert_eq!(refusal(house.office.choose(choose("nobody", "核实")).await), Refusal::OfficeUnknown);
    assert_eq!(fields(house.office.choose(choose("jiaowei", " ")).await.unwrap_err()), ["reason"]);
    let nobody = ChooseReport { by: None, ..choose("jiaowei", "核实") };
    assert_eq!(refusal(house.office.choose(nobody).await), Refusal::PersonMissing);
}

#[tokio::test]
async fn an_office_registered_after_the_cut_off_did_not_owe_that_day() {
    let house = House::new();
    house.clock.set_wall(at("2026-07-01", "17:30"));
    with_child(&house, "jiaowei", "角尾乡").await;
    assert_eq!(row_of(&house, "2026-07-01", "jiaowei").await.timing, Timing::NotOwed);
    assert_eq!(row_of(&house, "2026-07-01", "440000").await.timing, Timing::Missing);
    house.clock.set_wall(at("2026-07-02", "17:30"));
    assert_eq!(row_of(&house, "2026-07-02", "jiaowei").await.timing, Timing::Missing);
    assert_eq!(row_of(&house, "2026-07-01", "jiaowei").await.timing, Timing::NotOwed, "nor does it later");
}

/// 假期综合情况 for the holiday of a day.
fn holiday(id: u8, day: &str) -> FileReport {
    let text = |field: &str, words: &str| Answer { field: field.into(), value: Value::Text(words.into()) };
    let nil = |field: &str| Answer { field: field.into(), value: Value::Nil };
    let calls = Answer { field: "calls".into(), value: Value::Number(9) };
    let said = vec![text("leader", "李四"), text("officer", "张三"), text("phone", "020-83135078"), text("duty", "在岗"), calls];
    let said = said.into_iter().chain([nil("incidents"), nil("important")]).collect();
    FileReport { form: "holiday".into(), period: day.into(), said: Said::Answers(said), ..report(id, "daily", 0) }
}

#[tokio::test]
async fn a_holiday_is_named_by_any_of_its_days_and_due_on_its_last() {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    house.clock.set_wall(at("2026-10-07", "16:00"));
    let filed = house.office.file(holiday(1, "2026-10-03")).await.unwrap();
    assert_eq!(filed.period.to_string(), "2026-10-01..2026-10-07");
    assert!(house.office.file(holiday(2, "")).await.unwrap().folded, "today is in it");
    assert!(house.office.file(holiday(3, "2026-10-01..2026-10-07")).await.unwrap().folded, "as records name it");
    house.clock.set_wall(at("2026-10-07", "17:01"));
    house.office.file(for_office("jiaowei", holiday(4, "2026-10-07"))).await.unwrap();
    let board = house.office.board("holiday", "2026-10-05").await.unwrap();
    let rows: Vec<_> = board.rows.iter().map(|row| (row.filed, row.timing)).collect();
    assert_eq!(rows, [(Filed::Form, Timing::InTime), (Filed::Form, Timing::Late)]);
    assert_eq!(board.window.cut_off, at("2026-10-07", "17:00"));
    assert_eq!(house.office.board("", "2026-10-07").await.unwrap().rows[0].filed, Filed::Nothing, "a daily report is another");
}

#[tokio::test]
async fn a_day_in_no_holiday_and_a_year_that_is_not_announced_are_said_to_be_that() {
    let house = House::new();
    house.clock.set_wall(at("2027-10-07", "16:00"));
    let refused = [
        ("2026-10-08", Refusal::PeriodNoHoliday),
        ("2027-10-01", Refusal::PeriodNotAnnounced),
        ("", Refusal::PeriodNotAnnounced),
        ("2026-10-02..2026-10-07", Refusal::PeriodInvalid),
        ("2026-10", Refusal::PeriodInvalid),
    ];
    for (day, wanted) in refused {
        assert_eq!(refusal(house.office.file(holiday(1, day)).await), wanted, "{day}");
        assert_eq!(refusal(house.office.board("holiday", day).await), wanted, "{day}");
    }
    let span = FileReport { period: "2026-10-01..2026-10-07".into(), ..report(1, "daily", 3) };
    assert_eq!(refusal(house.office.file(span).await), Refusal::PeriodInvalid, "a daily report is about one day");
    house.clock.set_wall(at("2026-09-30", "23:59"));
    assert_eq!(refusal(house.office.file(holiday(1, "2026-10-01")).await), Refusal::PeriodFuture);
}
