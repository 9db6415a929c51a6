//! Between what offices say of themselves at this moment and the words of the domain. The generated types stop here.
//!
//! An answer comes from another office's program, not under a seal: it is held to the limits that the proto states, and read whole or not at
//! all. Its times are ages; here they are put on the clock that its moment is given by.

use bytes::Bytes;
use dutynet_proto::duty as wire;
use dutynet_relay::ids::{OfficeId, UnixMillis};
use prost::Message as _;

use super::{NotABody, convert_pack::stamp_to_wire};
use crate::domain::{
    beijing::Day,
    board::Filed,
    number::Number,
    rules::Stamp,
    status::{DutyNow, DutySource, INCIDENTS_MAX, IncidentNow, MachineNow, Snapshot, StatusRow, StatusTable, Why},
};

/// Rows of a table that is read.
const ROWS_MAX: usize = 65_536;
const INCIDENTS_READ_MAX: usize = 16;
const PACKS_MAX: usize = 16;
const GRADE_BYTES_MAX: usize = 32;
const PACK_BYTES_MAX: usize = 128;

impl Snapshot {
    /// The bytes of an answer; the snapshot is of that moment.
    pub fn encode(&self, as_of: UnixMillis) -> Bytes {
        snapshot_to_wire(self, as_of).encode_to_vec().into()
    }

    /// Reads what another office's program made; it was so at that moment.
    pub fn decode(bytes: &Bytes, as_of: UnixMillis) -> Result<Self, NotABody> {
        let from = wire::StatusSnapshot::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
        snapshot_from_wire(from, as_of)
    }
}

fn snapshot_to_wire(from: &Snapshot, as_of: UnixMillis) -> wire::StatusSnapshot {
    let incident = |incident: &IncidentNow| wire::IncidentNow {
        number: incident.number.to_string(),
        grade: incident.grade.clone(),
        title: incident.title.clone(),
        handles: incident.handles,
        age_ms: age(incident.last_at, as_of),
    };
    wire::StatusSnapshot {
        on_duty: from.on_duty.as_ref().map(|duty| duty_to_wire(duty, as_of)),
        incidents: from.incidents.iter().take(INCIDENTS_MAX).map(incident).collect(),
        incidents_open: from.incidents_open,
        overdue: from.overdue,
        filed: filed_to_wire(from.filed).into(),
        filed_age_ms: from.filed_at.map_or(0, |at| age(at, as_of)),
        machine: from.machine.as_ref().map(machine_to_wire),
    }
}

fn snapshot_from_wire(from: wire::StatusSnapshot, as_of: UnixMillis) -> Result<Snapshot, NotABody> {
    if from.incidents.len() > INCIDENTS_READ_MAX {
        return Err(NotABody::Field("incidents"));
    }
    let filed = filed_from_wire(from.filed)?;
    let incidents = from.incidents.into_iter().map(|incident| incident_from_wire(incident, as_of));
    Ok(Snapshot {
        on_duty: from.on_duty.map(|duty| duty_from_wire(duty, as_of)).transpose()?,
        incidents: incidents.collect::<Result<_, _>>()?,
        incidents_open: from.incidents_open,
        overdue: from.overdue,
        filed,
        filed_at: (filed != Filed::Nothing).then(|| ago(from.filed_age_ms, as_of)),
        machine: from.machine.map(machine_from_wire).transpose()?,
    })
}

fn duty_to_wire(from: &DutyNow, as_of: UnixMillis) -> wire::DutyNow {
    let source = match from.source {
        DutySource::Report => wire::DutySource::Daily,
        DutySource::Draft => wire::DutySource::Draft,
    };
    wire::DutyNow {
        leader: from.leader.clone(),
        officer: from.officer.clone(),
        phone: from.phone.clone(),
        source: source.into(),
        day: from.day.to_string(),
        age_ms: age(from.said_at, as_of),
        entered_by: from.entered_by.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

fn duty_from_wire(from: wire::DutyNow, as_of: UnixMillis) -> Result<DutyNow, NotABody> {
    let source = match wire::DutySource::try_from(from.source) {
        Ok(wire::DutySource::Daily) => DutySource::Report,
        Ok(wire::DutySource::Draft) => DutySource::Draft,
        Ok(wire::DutySource::Unspecified) | Err(_) => return Err(NotABody::Field("on_duty.source")),
    };
    let entered_by = (!from.entered_by.is_empty()).then(|| office("on_duty.entered_by", &from.entered_by)).transpose()?;
    Ok(DutyNow {
        leader: line("on_duty.leader", from.leader, 64)?,
        officer: line("on_duty.officer", from.officer, 128)?,
        phone: line("on_duty.phone", from.phone, 32)?,
        source,
        day: Day::parse(&from.day).map_err(|_| NotABody::Field("on_duty.day"))?,
        said_at: ago(from.age_ms, as_of),
        entered_by,
    })
}

fn incident_from_wire(from: wire::IncidentNow, as_of: UnixMillis) -> Result<IncidentNow, NotABody> {
    let key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if from.grade.len() > GRADE_BYTES_MAX || !from.grade.chars().all(key) {
        return Err(NotABody::Field("incidents.grade"));
    }
    Ok(IncidentNow {
        number: Number::parse(&from.number).ok_or(NotABody::Field("incidents.number"))?,
        grade: from.grade,
        title: line("incidents.title", from.title, 100)?,
        handles: from.handles,
        last_at: ago(from.age_ms, as_of),
    })
}

fn machine_to_wire(from: &MachineNow) -> wire::MachineNow {
    wire::MachineNow {
        waiting: from.waiting,
        parked: from.parked,
        children: from.children,
        children_down: from.children_down,
        software: from.software.clone(),
        rules: stamp_to_wire(&from.rules).into_iter().take(PACKS_MAX).collect(),
    }
}

fn machine_from_wire(from: wire::MachineNow) -> Result<MachineNow, NotABody> {
    let fits = from.rules.len() <= PACKS_MAX && from.rules.iter().all(|pack| pack.pack.len() <= PACK_BYTES_MAX);
    if !fits {
        return Err(NotABody::Field("machine.rules"));
    }
    let rules = from.rules.into_iter().map(|pack| Ok((line("machine.rules", pack.pack, PACK_BYTES_MAX)?, pack.version)));
    Ok(MachineNow {
        waiting: from.waiting,
        parked: from.parked,
        children: from.children,
        children_down: from.children_down,
        software: line("machine.software", from.software, 64)?,
        rules: Stamp(rules.collect::<Result<_, NotABody>>()?),
    })
}

fn filed_to_wire(from: Filed) -> wire::TodayFiled {
    match from {
        Filed::Nothing => wire::TodayFiled::Nothing,
        // There is no other form of a day.
        Filed::Daily | Filed::Form => wire::TodayFiled::Daily,
        Filed::Zero => wire::TodayFiled::Zero,
        Filed::Both => wire::TodayFiled::Both,
    }
}

fn filed_from_wire(from: i32) -> Result<Filed, NotABody> {
    match wire::TodayFiled::try_from(from) {
        Ok(wire::TodayFiled::Nothing) => Ok(Filed::Nothing),
        Ok(wire::TodayFiled::Daily) => Ok(Filed::Daily),
        Ok(wire::TodayFiled::Zero) => Ok(Filed::Zero),
        Ok(wire::TodayFiled::Both) => Ok(Filed::Both),
        Ok(wire::TodayFiled::Unspecified) | Err(_) => Err(NotABody::Field("filed")),
    }
}

/// One row of a table.
pub fn status_row_to_wire(from: &StatusRow) -> wire::StatusRow {
    wire::StatusRow {
        office: from.office.to_string(),
        name: from.name.clone(),
        depth: from.depth,
        by: from.by.to_string(),
        why: from.why.map_or(wire::StatusWhy::Unspecified, why_to_wire).into(),
        line_since_ms: from.line_since.map_or(0, |at| at.0),
        as_of_ms: from.known.as_ref().map_or(0, |(as_of, _)| as_of.0),
        snapshot: from.known.as_ref().map(|(as_of, snapshot)| snapshot_to_wire(snapshot, *as_of)),
    }
}

/// Reads one.
pub fn status_row_from_wire(from: wire::StatusRow) -> Result<StatusRow, NotABody> {
    let as_of = UnixMillis(from.as_of_ms);
    let known = from.snapshot.map(|snapshot| snapshot_from_wire(snapshot, as_of)).transpose()?;
    Ok(StatusRow {
        office: office("office", &from.office)?,
        name: line("name", from.name, 64)?,
        depth: from.depth,
        by: office("by", &from.by)?,
        why: why_from_wire(from.why),
        line_since: (from.line_since_ms != 0).then_some(UnixMillis(from.line_since_ms)),
        known: known.map(|snapshot| (as_of, snapshot)),
    })
}

/// A whole table, for an API message or a body that holds it.
pub fn status_table_to_wire(from: &StatusTable) -> wire::StatusTable {
    wire::StatusTable {
        asker: from.asker.to_string(),
        asked_at_ms: from.asked_at.0,
        closed_at_ms: from.closed_at.0,
        within_ms: from.within_ms,
        rows: from.rows.iter().map(status_row_to_wire).collect(),
    }
}

/// Reads one.
pub fn status_table_from_wire(from: wire::StatusTable) -> Result<StatusTable, NotABody> {
    if from.rows.len() > ROWS_MAX {
        return Err(NotABody::Field("rows"));
    }
    Ok(StatusTable {
        asker: office("asker", &from.asker)?,
        asked_at: UnixMillis(from.asked_at_ms),
        closed_at: UnixMillis(from.closed_at_ms),
        within_ms: from.within_ms,
        rows: from.rows.into_iter().map(status_row_from_wire).collect::<Result<_, _>>()?,
    })
}

impl StatusTable {
    /// Its lasting form: what a record keeps of a table that was shown.
    pub fn encode(&self) -> Bytes {
        status_table_to_wire(self).encode_to_vec().into()
    }

    /// Reads it.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        status_table_from_wire(wire::StatusTable::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?)
    }
}

fn why_to_wire(from: Why) -> wire::StatusWhy {
    match from {
        Why::LineDown => wire::StatusWhy::LineDown,
        Why::NoNode => wire::StatusWhy::NoNode,
        Why::NoAnswer => wire::StatusWhy::NoAnswer,
        Why::Older => wire::StatusWhy::Older,
        Why::Unable => wire::StatusWhy::Unable,
        Why::Busy => wire::StatusWhy::Busy,
        Why::TooMuch => wire::StatusWhy::TooMuch,
        Why::Unreadable => wire::StatusWhy::Unreadable,
    }
}

/// A reason of a later version is still one.
fn why_from_wire(from: i32) -> Option<Why> {
    match wire::StatusWhy::try_from(from) {
        Ok(wire::StatusWhy::Unspecified) => None,
        Ok(wire::StatusWhy::LineDown) => Some(Why::LineDown),
        Ok(wire::StatusWhy::NoNode) => Some(Why::NoNode),
        Ok(wire::StatusWhy::NoAnswer) | Err(_) => Some(Why::NoAnswer),
        Ok(wire::StatusWhy::Older) => Some(Why::Older),
        Ok(wire::StatusWhy::Unable) => Some(Why::Unable),
        Ok(wire::StatusWhy::Busy) => Some(Why::Busy),
        Ok(wire::StatusWhy::TooMuch) => Some(Why::TooMuch),
        Ok(wire::StatusWhy::Unreadable) => Some(Why::Unreadable),
    }
}

fn office(field: &'static str, text: &str) -> Result<OfficeId, NotABody> {
    OfficeId::parse(text).map_err(|_| NotABody::Field(field))
}

/// Words on one line, as they came, or not at all.
fn line(field: &'static str, text: String, chars_max: usize) -> Result<String, NotABody> {
    let fits = text.chars().count() <= chars_max && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(NotABody::Field(field)) }
}

/// A time that is still to come was just now.
fn age(at: UnixMillis, as_of: UnixMillis) -> u64 {
    u64::try_from(as_of.0.saturating_sub(at.0)).unwrap_or(0)
}

fn ago(age_ms: u64, as_of: UnixMillis) -> UnixMillis {
    UnixMillis(i64::try_from(age_ms).map_or(i64::MIN, |age| as_of.0.saturating_sub(age)))
}

#[cfg(test)]
mod tests {
    use dutynet_relay::ids::{RecordId, RecordRef};

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_782_867_600_000);

    fn id(text: &str) -> OfficeId {
        OfficeId::parse(text).unwrap()
    }

    fn before(ms: i64) -> UnixMillis {
        UnixMillis(NOW.0 - ms)
    }

    fn snapshot() -> Snapshot {
        let number = Number::of(&RecordRef { origin: id("440825"), id: RecordId([3; 16]) });
        Snapshot {
            on_duty: Some(DutyNow {
                leader: "张三".into(),
                officer: "李四、王五".into(),
                phone: "0759-4850000".into(),
                source: DutySource::Report,
                day: Day::of(NOW),
                said_at: before(60_000),
                entered_by: Some(id("440800")),
            }),
            incidents: vec![IncidentNow {
                number,
                grade: "major".into(),
                title: "山体滑坡".into(),
                handles: true,
                last_at: before(5),
            }],
            incidents_open: 1,
            overdue: 2,
            filed: Filed::Zero,
            filed_at: Some(before(70_000)),
            machine: Some(MachineNow {
                waiting: 3,
                parked: 1,
                children: 5,
                children_down: 2,
                software: "dutynet 0.1.0".into(),
                rules: Stamp(vec![("statute".into(), 1), ("440800/local".into(), 4)]),
            }),
        }
    }

    #[test]
    fn an_answer_is_read_as_it_was_said_and_moves_with_its_moment() {
        let said = snapshot();
        assert_eq!(Snapshot::decode(&said.encode(NOW), NOW), Ok(said.clone()));
        let empty = Snapshot {
            on_duty: None,
            incidents: Vec::new(),
            incidents_open: 0,
            overdue: 0,
            filed: Filed::Nothing,
            filed_at: None,
            machine: None,
        };
        assert_eq!(Snapshot::decode(&empty.encode(NOW), NOW), Ok(empty));
        let elsewhere = Snapshot::decode(&said.encode(NOW), UnixMillis(NOW.0 - 500)).unwrap();
        assert_eq!(elsewhere.filed_at, Some(before(70_500)), "by a clock that is half a second behind");
    }

    #[test]
    fn an_answer_beyond_its_limits_is_not_read() {
        let spoilt = |change: &dyn Fn(&mut wire::StatusSnapshot)| {
            let mut wire = snapshot_to_wire(&snapshot(), NOW);
            change(&mut wire);
            Snapshot::decode(&wire.encode_to_vec().into(), NOW)
        };
        assert!(spoilt(&|_| {}).is_ok());
        assert!(Snapshot::decode(&Bytes::from_static(b"\xff\xff"), NOW).is_err());
        assert!(spoilt(&|s| s.filed = 0).is_err());
        assert!(spoilt(&|s| s.incidents = vec![s.incidents[0].clone(); 17]).is_err());
        assert!(spoilt(&|s| s.incidents[0].number = "nothing".into()).is_err());
        assert!(spoilt(&|s| s.incidents[0].title = "长".repeat(101)).is_err());
        assert!(spoilt(&|s| s.incidents[0].title = "两\n行".into()).is_err());
        assert!(spoilt(&|s| s.incidents[0].grade = "<b>".into()).is_err());
        let duty = |change: &dyn Fn(&mut wire::DutyNow)| spoilt(&|s| s.on_duty.iter_mut().for_each(change));
        assert!(duty(&|d| d.source = 0).is_err());
        assert!(duty(&|d| d.day = "today".into()).is_err());
        assert!(duty(&|d| d.leader = "长".repeat(65)).is_err());
        assert!(duty(&|d| d.entered_by = "湛江".into()).is_err());
        let machine = |change: &dyn Fn(&mut wire::MachineNow)| spoilt(&|s| s.machine.iter_mut().for_each(change));
        assert!(machine(&|m| m.software = "x".repeat(65)).is_err());
        assert!(machine(&|m| m.rules = vec![m.rules[0].clone(); 17]).is_err());
        assert!(spoilt(&|s| s.filed_age_ms = u64::MAX).is_ok(), "long ago, but no fault");
    }

    #[test]
    fn a_table_comes_back_from_its_lasting_form() {
        let row = |office: &str, why: Option<Why>| StatusRow {
            office: id(office),
            name: "徐闻县".into(),
            depth: 1,
            by: id("440800"),
            why,
            line_since: why.map(|_| before(9_000_000)),
            known: (why != Some(Why::NoAnswer)).then(|| (NOW, snapshot())),
        };
        let rows = Why::ALL.into_iter().map(Some).chain([None]).map(|why| row("440825", why)).collect();
        let table = StatusTable { asker: id("440800"), asked_at: before(3), closed_at: NOW, within_ms: 10_000, rows };
        assert_eq!(StatusTable::decode(&table.encode()), Ok(table));
        assert!(StatusTable::decode(&Bytes::from_static(b"\x0a\x01A")).is_err());
    }

    #[test]
    fn the_longest_answer_fits_a_row() {
        let mut longest = snapshot();
        let incident = IncidentNow { title: "长".repeat(100), ..longest.incidents[0].clone() };
        longest.incidents = vec![incident; INCIDENTS_MAX];
        if let Some(duty) = &mut longest.on_duty {
            (duty.leader, duty.officer) = ("长".repeat(64), "长".repeat(128));
        }
        if let Some(machine) = &mut longest.machine {
            machine.rules = Stamp(vec![("p".repeat(128), u32::MAX); PACKS_MAX]);
        }
        let bytes = longest.encode(NOW).len();
        assert!(bytes < dutynet_relay::live::ROW_BYTES_MAX, "{bytes}");
    }
}
