//! A table of four offices, for what is compared with files and read by people.

use dutynet_relay::ids::{RecordId, RecordRef};

use super::*;
use crate::domain::{number::Number, rules::Stamp, status::Why};

const NOW: UnixMillis = UnixMillis(1_782_867_600_000);

fn office(id: &str) -> OfficeId {
    OfficeId::parse(id).unwrap()
}

fn before(minutes: i64) -> UnixMillis {
    UnixMillis(NOW.0 - minutes * 60_000)
}

fn snapshot() -> Snapshot {
    let number = Number::of(&RecordRef { origin: office("440825"), id: RecordId([7; 16]) });
    Snapshot {
        on_duty: Some(DutyNow {
            leader: "张三".into(),
            officer: "李四".into(),
            phone: "0759-4850000".into(),
            source: DutySource::Report,
            day: Day::of(NOW),
            said_at: before(30),
            entered_by: None,
        }),
        incidents: vec![IncidentNow {
            number,
            grade: "considerable".into(),
            title: "渔船失联".into(),
            handles: true,
            last_at: before(5),
        }],
        incidents_open: 1,
        overdue: 2,
        filed: Filed::Daily,
        filed_at: Some(before(30)),
        machine: Some(MachineNow {
            waiting: 3,
            parked: 0,
            children: 2,
            children_down: 1,
            software: "dutynet 0.1.0".into(),
            rules: Stamp(vec![("statute".into(), 1)]),
        }),
    }
}

fn row((office_id, name, depth): (&str, &str, u32), why: Option<Why>, known: Option<Snapshot>) -> StatusRow {
    StatusRow {
        office: office(office_id),
        name: name.into(),
        depth,
        by: office(if why.is_none() { office_id } else { "440800" }),
        why,
        line_since: (why == Some(Why::LineDown)).then(|| before(80)),
        known: known.map(|snapshot| (before(if why.is_none() { 0 } else { 48 }), snapshot)),
    }
}

pub(in crate::cli) fn table() -> StatusTable {
    let nothing = Snapshot {
        on_duty: None,
        incidents: Vec::new(),
        incidents_open: 0,
        overdue: 0,
        filed: Filed::Nothing,
        filed_at: None,
        machine: None,
    };
    let yesterday = Snapshot {
        on_duty: snapshot().on_duty.map(|duty| DutyNow { day: Day::of(before(1440)), ..duty }),
        machine: None,
        ..snapshot()
    };
    let drafted = snapshot().on_duty.map(|duty| DutyNow { source: DutySource::Draft, ..duty });
    let rows = vec![
        row(("440800", "湛江市", 0), None, Some(Snapshot { on_duty: drafted, ..nothing.clone() })),
        row(("440825", "徐闻县", 1), None, Some(snapshot())),
        row(("440881", "廉江市", 1), Some(Why::LineDown), Some(yesterday)),
        row(("440882", "雷州市", 1), Some(Why::NoAnswer), None),
    ];
    StatusTable { asker: office("440800"), asked_at: NOW, closed_at: UnixMillis(NOW.0 + 840), within_ms: 10_000, rows }
}

/// What `--json` prints.
pub(in crate::cli) fn shapes() -> Vec<(&'static str, String)> {
    vec![("office status", printed(&json::StatusTable::from(&table())))]
}

#[test]
fn a_table_says_of_each_office_what_it_is_or_why_that_is_not_known() {
    let text = in_words(&table(), str::to_owned);
    let wanted = [
        "湛江市　共 4 家，自行应答 2 家",
        "张三（草稿）",
        "1 起，最高较大  2     日报告 07-01 08:30:00",
        "即时，待发 3",
        "线路不通，自 07-01 07:40:00，湛江市所存，截至 07-01 08:12:00",
        "张三（06-30 报）",
        "未按时应答，没有记录",
        "〔较大〕渔船失联",
    ];
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
    assert_eq!(text.matches("渔船失联").count(), 1, "an incident is named once");
}
