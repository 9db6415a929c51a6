//! Use cases over a real store in a temporary folder, with a clock that the test moves.

use std::sync::Arc;

use dutynet_relay::{
    clock::ManualClock,
    folder::DataFolder,
    ids::Zone,
    ids::{Lane, LinkSeq, RecordId, RecordRef},
    invitation::InvitationText,
    join::{self, NewRoot},
    record::{Audience, Mode},
    registry::OfficeClass,
    relay::RelayConfig,
    writer::intent::{Draft, ParkedAt},
};
use tokio::{sync::watch, task::JoinHandle};

use super::*;
use crate::{
    domain::{
        beijing::TimeOfDay,
        board::{BoardRow, Filed, Timing},
        form::{Answer, Row as TableRow, Value},
        obligation::Obligation,
    },
    projection::Follower,
};

/// A root office whose clock stands still unless it is moved.
pub(crate) struct House {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    pub(crate) office: Office,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

fn at(day: &str, time: &str) -> UnixMillis {
    Day::parse(day).unwrap().at(TimeOfDay::parse(time).unwrap())
}

pub(crate) fn by() -> Option<Person> {
    Some(Person { id: "z1".into(), name: "张三".into() })
}

impl House {
    pub(crate) fn found() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = NewRoot {
            office: OfficeId::parse("440000").unwrap(),
            name: "广东省".into(),
            area_code: "440000".into(),
            class: OfficeClass::Province,
            zone: Zone::parse("gov").unwrap(),
            by: by().unwrap(),
        };
        let clock = ManualClock::at(at("2026-06-30", "08:00"));
        join::found(&DataFolder::at(folder.path()), root, &clock).unwrap();
        folder
    }

    /// On 2026-07-01, 09:00, with a county whose machine was enrolled and is off: its folder.
    pub(crate) async fn with_county() -> (Self, tempfile::TempDir) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses = vec![listener.local_addr().unwrap().to_string()];
        let house = Self::open_at(Self::found(), at("2026-07-01", "09:00"), Some(listener));
        let (class, office) = (Some(OfficeClass::County), "440825".to_owned());
        let new = NewChild { office, name: "徐闻县".into(), area_code: "440825".into(), class, by: by() };
        let terms = InvitationTerms { valid_for: Duration::ZERO, addresses };
        let invited = house.office.invite(new, Replacing::Nothing, terms).await.unwrap();
        let invitation = InvitationText::decode(&invited.invitation).unwrap();
        let folder = tempfile::tempdir().unwrap();
        dutynet_relay::join::enrol(&DataFolder::at(folder.path()), &invitation, house.clock()).await.unwrap();
        (house, folder)
    }

    /// The machine of an office that was enrolled, on the same day.
    pub(crate) fn enrolled(folder: tempfile::TempDir) -> Self {
        Self::open(folder, at("2026-07-01", "09:00"))
    }

    /// A report of this office to one that nobody knows, which its parent refuses.
    pub(crate) async fn send_to_nobody(&self) {
        let audience = vec![Audience::Offices(vec![OfficeId::parse("999999").unwrap()])];
        let subject = format!("daily/{}/2026-07-01", self.office.own());
        self.office.relay().submit(Draft { subject, audience, ..strange() }).await.unwrap();
    }

    fn open(folder: tempfile::TempDir, now: UnixMillis) -> Self {
        Self::open_at(folder, now, None)
    }

    fn open_at(folder: tempfile::TempDir, now: UnixMillis, listener: Option<tokio::net::TcpListener>) -> Self {
        let clock = Arc::new(ManualClock::at(now));
        let relay = Relay::open(RelayConfig::new(folder.path().to_owned()), clock.clone()).unwrap();
        let (follower, caught_up) = Follower::new(&relay).unwrap();
        let office = Office::new(relay.clone(), caught_up, Vec::new());
        let (stop, stopped) = watch::channel(false);
        let follows = tokio::spawn(follower.run(stopped));
        let runs = tokio::spawn(async move { relay.run(listener).await.unwrap() });
        Self { folder, clock, office, stop, tasks: vec![follows, runs] }
    }

    /// On 2026-07-01, 09:00.
    pub(crate) fn new() -> Self {
        Self::open(Self::found(), at("2026-07-01", "09:00"))
    }

    pub(crate) async fn close(self) -> tempfile::TempDir {
        self.stop.send_replace(true);
        self.office.relay().stop();
        for task in self.tasks {
            task.await.unwrap();
        }
        self.folder
    }

    async fn file(&self, id: u8, form: &str, calls: i64) -> Result<FiledReport, Refused> {
        self.office.file(report(id, form, calls)).await
    }

    async fn correct(&self, id: u8, calls: i64, reason: &str) -> Result<FiledReport, Refused> {
        self.office.file(FileReport { correction: Some(reason.into()), ..report(id, "daily", calls) }).await
    }

    async fn row(&self, day: &str) -> BoardRow {
        self.office.board("", day).await.unwrap().rows.remove(0)
    }

    pub(crate) fn clock(&self) -> Arc<ManualClock> {
        self.clock.clone()
    }

    /// What is owed because of a record, whether that is here or not.
    pub(crate) fn owes(&self, about: &RecordRef, owed: &Obligation) {
        Dues::new(self.office.relay().index()).put(about, std::slice::from_ref(owed));
    }

    pub(crate) fn records(&self) -> u64 {
        self.office.status().store.records
    }
}

pub(crate) fn record_id(n: u8) -> RecordId {
    RecordId::from_parts(UnixMillis(1_780_000_000_000), [n; 10])
}

/// A report for 2026-07-01.
fn report(id: u8, form: &str, calls: i64) -> FileReport {
    let nil = ["natural", "accident", "health", "social", "other"];
    let text = |field: &str, words: &str| Answer { field: field.into(), value: Value::Text(words.into()) };
    let answers = if form == "zero" {
        nil.map(|field| Answer { field: field.into(), value: Value::Nil }).to_vec()
    } else {
        let rows = vec![TableRow { code: "natural".into(), number: 2, text: "台风".into() }];
        vec![
            text("leader", "李四"),
            text("officer", "张三"),
            text("phone", "020-83135078"),
            Answer { field: "calls".into(), value: Value::Number(calls) },
            Answer { field: "incidents".into(), value: Value::Rows(rows) },
        ]
    };
    FileReport {
        id: record_id(id),
        form: form.into(),
        period: "2026-07-01".into(),
        said: Said::Answers(answers),
        correction: None,
        by: by(),
        mode: Mode::Real,
        on_behalf: None,
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Refused>) -> Refusal {
    result.unwrap_err().refusal
}

#[tokio::test]
async fn five_runs_of_one_command_make_one_report() {
    let house = House::new();
    let before = house.records();
    let runs = [1, 2, 3, 4, 5].map(|id| {
        let office = house.office.clone();
        tokio::spawn(async move { office.file(report(id, "zero", 0)).await })
    });
    let mut references = std::collections::BTreeSet::new();
    let mut made = 0;
    for run in runs {
        let filed = run.await.unwrap().unwrap();
        made += u32::from(!filed.folded);
        assert_eq!(filed.revision, 1);
        references.insert(filed.reference);
    }
    assert_eq!((references.len(), made, house.records() - before), (1, 1, 1));
    let row = house.row("2026-07-01").await;
    assert_eq!((row.filed, row.timing, row.filing.unwrap().revision), (Filed::Zero, Timing::InTime, 1));
}

#[tokio::test]
async fn of_five_who_saw_nothing_filed_one_files_and_the_others_are_told() {
    let house = House::new();
    let runs = [1, 2, 3, 4, 5].map(|id| {
        let office = house.office.clone();
        tokio::spawn(async move { office.file_seeing(report(id, "daily", id.into()), Some(&SeenReport::default())).await })
    });
    let mut refused = Vec::new();
    for run in runs {
        refused.extend(run.await.unwrap().err().map(|refused| refused.refusal));
    }
    assert_eq!(refused, [Refusal::ReportChanged; 4]);
    let zero = house.office.file_seeing(report(6, "zero", 0), Some(&SeenReport::default())).await;
    assert_eq!(refusal(zero), Refusal::ReportChanged, "a day on which something was reported is not reported as quiet unseen");
    let asked = ShowReport { form: "zero".into(), period: "2026-07-01".into(), office: String::new() };
    let held = house.office.show(&asked).await.unwrap().held;
    let seen = SeenReport { held, ..SeenReport::default() };
    assert_eq!(house.office.file_seeing(report(6, "zero", 0), Some(&seen)).await.unwrap().revision, 1);
    assert!(house.office.file_seeing(report(6, "zero", 0), Some(&seen)).await.unwrap().folded, "sent twice it is one");
}

#[tokio::test]
async fn other_content_is_a_revision_and_the_board_shows_the_latest() {
    let house = House::new();
    let first = house.file(1, "daily", 3).await.unwrap();
    let second = house.file(2, "daily", 5).await.unwrap();
    assert_eq!((first.revision, second.revision, second.folded), (1, 2, false));
    assert_ne!(first.reference, second.reference);
    let filing = house.row("2026-07-01").await.filing.unwrap();
    assert_eq!((filing.revision, filing.calls, filing.incidents), (2, 5, 2));
    let asked = ShowReport { form: "daily".into(), period: "2026-07-01".into(), office: String::new() };
    let shown = house.office.show(&asked).await.unwrap().revisions;
    assert_eq!(
        shown.iter().map(|r| (r.body.revision, r.reference.clone())).collect::<Vec<_>>(),
        [(1, first.reference), (2, second.reference)]
    );
    assert_eq!(shown[1].by, by());
}

#[tokio::test]
async fn a_closed_period_takes_only_corrections_with_a_reason() {
    let house = House::new();
    house.file(1, "daily", 3).await.unwrap();
    house.clock.set_wall(at("2026-07-02", "17:01"));
    assert_eq!(refusal(house.file(2, "daily", 4).await), Refusal::PeriodClosed);
    let blank = house.correct(3, 4, " ").await.unwrap_err();
    assert_eq!((blank.refusal, &*blank.faults[0].field), (Refusal::FormFaults, "reason"));
    let corrected = house.correct(4, 4, "少报一件").await.unwrap();
    assert_eq!(corrected.revision, 2);
    assert!(house.correct(5, 4, "再来一次").await.unwrap().folded);
    let row = house.row("2026-07-01").await;
    assert_eq!((row.timing, row.filing.unwrap().calls), (Timing::InTime, 4), "the first filing was in time");
}

#[tokio::test]
async fn a_first_filing_is_taken_late_and_counts_as_late() {
    let house = House::new();
    house.clock.set_wall(at("2026-07-03", "09:00"));
    assert_eq!(house.row("2026-07-01").await.timing, Timing::Missing);
    house.file(1, "daily", 3).await.unwrap();
    assert_eq!(house.row("2026-07-01").await.timing, Timing::Late);
    assert_eq!(house.row("2026-07-03").await.timing, Timing::NotDue);
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_and_nothing_is_half_done() {
    let house = House::new();
    let before = house.records();
    let good = || report(1, "daily", 3);
    let refused = [
        (FileReport { form: "weekly".into(), ..good() }, Refusal::FormUnknown),
        (FileReport { period: "2026-07-02".into(), ..good() }, Refusal::PeriodFuture),
        (FileReport { period: "2026-7-1".into(), ..good() }, Refusal::PeriodInvalid),
        (FileReport { by: None, ..good() }, Refusal::PersonMissing),
        (FileReport { by: Some(Person { id: "z1".into(), name: "张\u{7}三".into() }), ..good() }, Refusal::PersonInvalid),
        (FileReport { by: Some(Person { id: "z".repeat(65), name: "张三".into() }), ..good() }, Refusal::PersonInvalid),
        (FileReport { said: Said::Answers(Vec::new()), ..good() }, Refusal::FormFaults),
        (FileReport { correction: Some("误填".into()), ..good() }, Refusal::NothingToCorrect),
    ];
    for (asked, wanted) in refused {
        assert_eq!(refusal(house.office.file(asked).await), wanted);
    }
    assert_eq!(house.records(), before);
    assert_eq!(house.row("2026-07-01").await.filed, Filed::Nothing);
}

#[tokio::test]
async fn an_id_that_was_used_is_used() {
    let house = House::new();
    house.file(1, "daily", 3).await.unwrap();
    assert!(house.file(1, "daily", 3).await.unwrap().folded);
    assert_eq!(refusal(house.file(1, "daily", 4).await), Refusal::RecordIdUsed);
    assert_eq!(refusal(house.file(1, "zero", 0).await), Refusal::RecordIdUsed, "in another row too");
}

#[tokio::test]
async fn an_exercise_is_never_counted_with_what_is_real() {
    let house = House::new();
    house.office.file(FileReport { mode: Mode::Exercise, ..report(1, "daily", 3) }).await.unwrap();
    assert_eq!(house.row("2026-07-01").await.filed, Filed::Nothing);
    let practised = house.office.board_of(Mode::Exercise, "", "2026-07-01").await.unwrap();
    assert_eq!((practised.mode, practised.rows[0].filed), (Mode::Exercise, Filed::Daily), "it stands on a board of its own");
    assert!(!house.file(2, "daily", 3).await.unwrap().folded);
}

#[tokio::test]
async fn an_office_without_a_node_stands_on_the_board() {
    let house = House::new();
    let child = |office: &str| NewChild {
        office: office.into(),
        name: "角尾乡".into(),
        area_code: String::new(),
        class: Some(OfficeClass::Township),
        by: by(),
    };
    house.office.add_office(child("jiaowei")).await.unwrap();
    assert_eq!(refusal(house.office.add_office(child("jiaowei")).await), Refusal::OfficeExists);
    let rows = house.office.board("", "").await.unwrap().rows;
    let seen: Vec<_> = rows.iter().map(|r| (r.seat.name.as_str(), r.seat.depth, r.seat.has_node)).collect();
    assert_eq!(seen, [("广东省", 0, true), ("角尾乡", 1, false)]);
    let ask = |office: &str| ShowReport { form: "daily".into(), period: String::new(), office: office.into() };
    assert!(house.office.show(&ask("jiaowei")).await.unwrap().revisions.is_empty());
    assert_eq!(refusal(house.office.show(&ask("nobody")).await), Refusal::OfficeUnknown);
    assert_eq!(refusal(house.office.show(&ask("Nobody!")).await), Refusal::OfficeInvalid);
}

#[tokio::test]
async fn an_invitation_needs_an_address_and_an_end() {
    let house = House::new();
    let child = || NewChild {
        office: "440800".into(),
        name: "湛江市".into(),
        area_code: "440800".into(),
        class: Some(OfficeClass::City),
        by: by(),
    };
    let terms = |days: u64, addresses: &[&str]| InvitationTerms {
        valid_for: Duration::from_secs(days * 86_400),
        addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
    };
    let new = Replacing::Nothing;
    assert_eq!(refusal(house.office.invite(child(), new, terms(1, &[])).await), Refusal::NotListening);
    assert_eq!(refusal(house.office.invite(child(), new, terms(1, &["here"])).await), Refusal::AddressInvalid);
    assert_eq!(refusal(house.office.invite(child(), new, terms(31, &["a:1"])).await), Refusal::InvitationTooLong);
    assert_eq!(refusal(house.office.invite(child(), Replacing::Machine, terms(1, &["a:1"])).await), Refusal::OfficeUnknown);
    let invited = house.office.invite(child(), new, terms(0, &["a:1"])).await.unwrap();
    assert_eq!(invited.valid_until.0 - at("2026-07-01", "09:00").0, 7 * 86_400_000);
}

#[tokio::test]
async fn a_parked_record_that_is_not_there_is_refused() {
    let house = House::new();
    let at = ParkedAt { neighbour: OfficeId::parse("440800").unwrap(), lane: Lane::Routine, seq: LinkSeq(9) };
    assert_eq!(refusal(house.office.retry_parked(at.clone(), by()).await), Refusal::ParkedUnknown);
    assert_eq!(refusal(house.office.withdraw_parked(at, None).await), Refusal::PersonMissing);
    assert_eq!(refusal(parked_at("440800", 9, 1)), Refusal::ParkedUnknown);
}

/// A record of the kind of 日报告 with a body that is none.
fn strange() -> Draft {
    Draft {
        id: record_id(200),
        kind: "daily.report/1".into(),
        subject: "daily/440000/2026-07-01".into(),
        lane: Lane::Routine,
        audience: Vec::new(),
        mode: Mode::Real,
        happened_at: None,
        learnt_at: None,
        person: by(),
        corrects: None,
        on_behalf_of: None,
        body: bytes::Bytes::from_static(b"\xff\xff\xff"),
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_noted_and_passed_over() {
    let house = House::new();
    house.office.relay().submit(strange()).await.unwrap();
    house.file(1, "daily", 3).await.unwrap();
    assert_eq!(house.row("2026-07-01").await.filed, Filed::Daily);
    let status = house.office.status();
    assert_eq!(status.not_interpreted, 1);
    assert!(status.warnings.iter().any(|w| w.kind == WarningKind::NotInterpreted));
    assert!(house.office.verify().await.unwrap().faults.is_empty());
}

#[tokio::test]
async fn a_board_made_anew_equals_the_living_one() {
    let house = House::new();
    for (id, calls) in [(1, 3), (2, 4), (3, 5)] {
        house.file(id, "daily", calls).await.unwrap();
    }
    house.file(9, "zero", 0).await.unwrap();
    house.office.relay().submit(strange()).await.unwrap();
    let living = house.row("2026-07-01").await;
    let folder = house.close().await;

    let reopened = House::open(folder, at("2026-07-01", "10:00"));
    assert_eq!(reopened.row("2026-07-01").await.filing, living.filing);
    assert!(reopened.file(10, "zero", 0).await.unwrap().folded);
    let folder = reopened.close().await;

    std::fs::remove_dir_all(folder.path().join("index")).unwrap();
    let rebuilt = House::open(folder, at("2026-07-01", "10:00"));
    assert!(rebuilt.office.relay().opening().replayed > 0);
    assert_eq!(rebuilt.row("2026-07-01").await.filing, living.filing);
    assert_eq!(rebuilt.office.status().not_interpreted, 1, "noted once");
    assert_eq!(rebuilt.office.verify().await.unwrap().faults, Vec::<String>::new());
    rebuilt.close().await;
}

mod attachments;
mod behalf;
mod consultations;
mod cut_offs;
mod drafts;
mod dues;
mod findings;
mod matters;
mod owed;
mod retention;
mod specials;
mod steps;

#[tokio::test]
async fn a_machine_in_1970_or_2099_files_for_the_day_that_is_named_and_is_told_about_its_clock() {
    for (wall, word) in [(UnixMillis(0), Some("1970-01-01")), (at("2099-07-01", "09:00"), None)] {
        let house = House::new();
        house.clock.set_wall(wall);
        let filed = house.file(1, "daily", 3).await.unwrap();
        assert_eq!((filed.period.to_string().as_str(), filed.revision), ("2026-07-01", 1));
        let warned = filed.warnings.iter().any(|w| w.kind == WarningKind::DayDoubtful && w.about.contains("2026-07-01"));
        let told = house.office.status().warnings.iter().any(|w| w.kind == WarningKind::ClockWrong);
        assert_eq!((warned, told), (word.is_some(), word.is_some()));
        let today = house.office.file(FileReport { period: String::new(), ..report(2, "daily", 3) }).await;
        match word {
            // It is no day of the calendar, so it has to be named.
            Some(day) => assert_eq!(today.unwrap_err().about.as_deref(), Some(day)),
            None => assert_eq!(today.unwrap().period.to_string(), "2099-07-01"),
        }
    }
}

#[tokio::test]
async fn the_history_of_a_line_is_refused_for_nobody_for_nowhere_and_for_no_time() {
    let house = House::new();
    let ask = |office: &str, from, to| house.office.line_history(&AskLineHistory { office: office.into(), from, to });
    assert_eq!(refusal(ask("440800", None, None)), Refusal::OfficeUnknown);
    assert_eq!(refusal(ask("440000", None, None)), Refusal::OfficeNoLine, "the root has no line");
    assert_eq!(refusal(ask("A", None, None)), Refusal::OfficeInvalid);
    let child = NewChild {
        office: "440825204".into(),
        name: "角尾乡".into(),
        area_code: String::new(),
        class: Some(OfficeClass::Township),
        by: by(),
    };
    house.office.add_office(child).await.unwrap();
    assert_eq!(refusal(ask("440825204", None, None)), Refusal::OfficeNoLine, "it has no node");
}
