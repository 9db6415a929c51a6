//! A status table in parts, each small enough for one record. Laid one behind the other in their order they are the bytes of the whole table.

use bytes::Bytes;
use dutynet_proto::duty as wire;
use dutynet_relay::ids::Digest;
use prost::Message as _;

use super::convert_status::status_table_to_wire;
use crate::domain::status::StatusTable;

/// Most parts of one table; a table of two thousand offices has some fifty.
pub const TABLE_PARTS_MAX: usize = 256;
/// Longest part, bytes: it leaves a record room for what else its step says. The longest row is shorter.
const PART_BYTES_MAX: usize = 12 * 1024;

/// A table as records keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableParts {
    /// In order, at least one.
    pub parts: Vec<Bytes>,
    /// Of the whole, in hexadecimal.
    pub digest: String,
}

impl TableParts {
    /// Cuts it between rows.
    pub fn of(table: &StatusTable) -> Self {
        let wire::StatusTable { rows, .. } = status_table_to_wire(table);
        let head = status_table_to_wire(&StatusTable { rows: Vec::new(), ..table.clone() });
        let mut parts = vec![head.encode_to_vec()];
        for row in rows {
            let row = wire::StatusTable { rows: vec![row], ..wire::StatusTable::default() }.encode_to_vec();
            match parts.last_mut() {
                Some(last) if last.len() + row.len() <= PART_BYTES_MAX => last.extend(row),
                Some(_) | None => parts.push(row),
            }
        }
        let digest = table_digest(&parts.concat());
        Self { parts: parts.into_iter().map(Bytes::from).collect(), digest }
    }
}

/// By which the parts of one table know each other, in hexadecimal.
pub fn table_digest(whole: &[u8]) -> String {
    Digest::of("dutynet.status-table.1", &[whole]).to_string()
}

#[cfg(test)]
mod tests {
    use dutynet_relay::{
        ids::{OfficeId, UnixMillis},
        record::BODY_BYTES_MAX,
    };

    use super::*;
    use crate::{
        body::step::StepBody,
        domain::{
            beijing::Day,
            board::Filed,
            form::{Answer, Value},
            rules::Stamp,
            status::{DutyNow, DutySource, MachineNow, Snapshot, StatusRow},
        },
    };

    const NOW: UnixMillis = UnixMillis(1_782_867_600_000);

    fn row(number: usize) -> StatusRow {
        let office = OfficeId::parse(&format!("4408{number:05}")).unwrap();
        let duty = DutyNow {
            leader: "欧阳建国".into(),
            officer: "李四、王五".into(),
            phone: "0759-4850000".into(),
            source: DutySource::Report,
            day: Day::of(NOW),
            said_at: NOW,
            entered_by: None,
        };
        let rules = ["statute", "province", "city", "440000/local"].map(|pack| (pack.to_owned(), 3)).to_vec();
        let machine = MachineNow {
            waiting: 1,
            parked: 0,
            children: 20,
            children_down: 1,
            software: "dutynet 0.1.0".into(),
            rules: Stamp(rules),
        };
        let snapshot = Snapshot {
            on_duty: Some(duty),
            incidents: Vec::new(),
            incidents_open: 0,
            overdue: 1,
            filed: Filed::Both,
            filed_at: Some(NOW),
            machine: Some(machine),
        };
        let known = Some((NOW, snapshot));
        StatusRow {
            by: office.clone(), office, name: "某某街道办事处".into(), depth: 3, why: None, line_since: None, known
        }
    }

    fn table(offices: usize) -> StatusTable {
        let asker = OfficeId::parse("440000").unwrap();
        let (asked_at, closed_at) = (UnixMillis(NOW.0 - 3), NOW);
        StatusTable { asker, asked_at, closed_at, within_ms: 10_000, rows: (0..offices).map(row).collect() }
    }

    #[test]
    fn parts_one_behind_the_other_are_the_table() {
        for offices in [0, 1, 40, 400] {
            let (table, cut) = (table(offices), TableParts::of(&table(offices)));
            let whole = Bytes::from(cut.parts.concat());
            assert_eq!(StatusTable::decode(&whole).as_ref(), Ok(&table));
            assert_eq!((cut.parts.len() > 1, table_digest(&whole)), (offices > 100, cut.digest), "{offices}");
        }
    }

    #[test]
    fn a_table_of_a_whole_province_has_parts_that_each_fit_a_record() {
        let cut = TableParts::of(&table(1_901));
        assert!(cut.parts.len() < TABLE_PARTS_MAX / 2, "{}", cut.parts.len());
        let answer = |field: &str, value| Answer { field: field.into(), value };
        for part in cut.parts {
            let body = StepBody {
                form: "consultation.status".into(),
                version: 1,
                answers: vec![answer("digest", Value::Text(cut.digest.clone())), answer("asked_at", Value::Time(NOW))],
                links: Vec::new(),
                office: OfficeId::parse("440000").unwrap(),
                entered: None,
                rules: vec![("p".repeat(128), u32::MAX); 16],
                to: Vec::new(),
                first: None,
                table: part,
            };
            let bytes = body.encode().len();
            assert!(bytes <= BODY_BYTES_MAX, "{bytes}");
        }
    }
}
