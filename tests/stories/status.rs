//! What offices are at this moment, asked over real lines: each by its own word, and those that cannot be asked by the records of the office
//! above them.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use dutynet_node::{
    domain::{
        beijing::Day,
        board::Filed,
        form::{Answer, Value},
        number::Number,
        status::{DutySource, IncidentNow, Snapshot, StatusRow, StatusTable, Why},
    },
    text::refusal::Refusal,
    usecase::{AskStatus, FileReport, OnBehalf, Said, SaveDraft},
};
use dutynet_proto::link::{self as wire, frame::Of};
use dutynet_relay::{
    clock::Clock as _,
    ids::{OfficeId, RecordId, RecordRef, UnixMillis},
    link::config::FEATURE_QUESTIONS,
    live::Reach,
    record::Mode,
};
use dutynet_tests::{
    desk::{Desk, new_id},
    hostile::{Claims, Hostile},
    net::{Network, clerk, office, until, until_seen},
    program::Site,
    shifted::ShiftedClock,
    steps::call,
};

/// Offices that are on, each with a desk.
struct Tree {
    net: Network,
    desks: BTreeMap<&'static str, Desk>,
}

impl Tree {
    async fn of(root: &'static str, offices: &[(&'static str, &'static str)]) -> Self {
        let net = Network::found(root).await;
        let mut this = Self { desks: BTreeMap::from([(root, Desk::at(&net, root))]), net };
        for (parent, child) in offices {
            this.net.join(parent, child).await;
            this.net.is_linked(parent, child).await;
            this.desks.insert(child, Desk::at(&this.net, child));
        }
        let last = offices.last().map_or(root, |(_, child)| child);
        this.knows(root, last).await;
        this
    }

    async fn knows(&self, at: &str, of: &str) {
        until(&format!("{at} knows {of}"), || self.net.relay(at).registry().entry(&office(of)).is_some()).await;
    }

    fn desk(&self, at: &str) -> &Desk {
        &self.desks[at]
    }

    async fn pull(&self, at: &str, within: Duration) -> StatusTable {
        let mut pulled = self.desk(at).office.pull_status(asked(&[], within)).await.expect("a question is put");
        while pulled.next().await.is_some() {}
        assert!(pulled.is_whole(), "everybody is in the table");
        pulled.table()
    }

    /// Waits until the table shows that.
    async fn shows(&self, at: &str, what: &str, holds: impl Fn(&StatusTable) -> bool) -> StatusTable {
        until_seen(what, async || self.pull(at, LONG).await, holds).await
    }

    async fn close(self) {
        for (_, desk) in self.desks {
            desk.close().await;
        }
    }
}

/// No story waits so long for what is answered at once.
const LONG: Duration = Duration::from_secs(60);

fn asked(offices: &[&str], within: Duration) -> AskStatus {
    AskStatus { offices: offices.iter().map(|office| (*office).to_owned()).collect(), reach: Reach::Subtree, within }
}

fn row<'a>(table: &'a StatusTable, of: &str) -> &'a StatusRow {
    table.rows.iter().find(|row| row.office == office(of)).expect("a row")
}

fn snapshot<'a>(table: &'a StatusTable, of: &str) -> &'a Snapshot {
    &row(table, of).known.as_ref().expect("something is known").1
}

fn today() -> String {
    Day::of(ShiftedClock::default().wall()).to_string()
}

fn answers(leader: &str) -> Vec<Answer> {
    let text = |field: &str, words: &str| Answer { field: field.into(), value: Value::Text(words.into()) };
    let nil = |field: &str| Answer { field: field.into(), value: Value::Nil };
    let calls = Answer { field: "calls".into(), value: Value::Number(0) };
    let duty = [text("leader", leader), text("officer", "李四"), text("phone", "0759-4850000")];
    duty.into_iter().chain([calls, nil("incidents"), nil("important")]).collect()
}

fn daily(leader: &str, on_behalf: Option<OnBehalf>) -> FileReport {
    let (said, by) = (Said::Answers(answers(leader)), Some(clerk()));
    FileReport { id: new_id(), form: "daily".into(), period: today(), said, correction: None, by, mode: Mode::Real, on_behalf }
}

fn leader<'a>(table: &'a StatusTable, of: &str) -> Option<(&'a str, DutySource)> {
    snapshot(table, of).on_duty.as_ref().map(|duty| (duty.leader.as_str(), duty.source))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_province_sees_who_is_on_duty_and_what_goes_on_also_behind_a_county_that_is_cut_off() {
    let mut tree = Tree::of("p", &[("p", "city"), ("city", "east"), ("city", "west"), ("west", "t")]).await;
    tree.net.add_without_node("west", "paper").await;
    tree.knows("p", "paper").await;
    tree.desk("west").office.file(daily("西县领导", None)).await.unwrap();
    let text = |words: &str| Some(Value::Text(words.into()));
    let own = vec![("leader".to_owned(), text("市领导")), ("officer".to_owned(), text("王五"))];
    let draft = SaveDraft { form: "daily".into(), period: today(), own, replace: Vec::new(), by: Some(clerk()) };
    tree.desk("city").office.save_draft(draft).await.unwrap();
    tree.desk("t").office.take_step(call("危房倒塌")).await.unwrap();
    let heard = |table: &StatusTable| snapshot(table, "west").filed == Filed::Daily && snapshot(table, "t").incidents_open == 1;
    let table = tree.shows("p", "the county has filed", heard).await;
    let order: Vec<_> = table.rows.iter().map(|row| (row.office.as_str(), row.depth, row.why)).collect();
    let expected = [("p", 0), ("city", 1), ("east", 2), ("west", 2), ("paper", 3), ("t", 3)];
    let why = |office: &str| (office == "paper").then_some(Why::NoNode);
    assert_eq!(order, expected.map(|(office, depth)| (office, depth, why(office))), "in the order of the tree");
    assert_eq!(leader(&table, "west"), Some(("西县领导", DutySource::Report)));
    assert_eq!(leader(&table, "city"), Some(("市领导", DutySource::Draft)), "a draft says so");
    assert_eq!(leader(&table, "east"), None, "nobody is guessed");
    let incident = &snapshot(&table, "t").incidents[0];
    assert_eq!((incident.title.as_str(), incident.handles), ("危房倒塌", true));
    let machine = snapshot(&table, "west").machine.clone().expect("it says so itself");
    assert_eq!((machine.children, machine.children_down, machine.parked), (1, 0, 0));
    assert!(machine.software.starts_with("dutynet") && !machine.rules.0.is_empty());

    until("the city has what the county said", || tree.net.link("west", "city").lanes.0.iter().all(|l| l.last == l.custody))
        .await;
    tree.net.cut("west");
    until("the city has noticed", || !tree.net.link("city", "west").state.up).await;
    let since = tree.net.link("city", "west").state.since.unwrap();
    let heard = |table: &StatusTable| row(table, "west").why == Some(Why::LineDown) && leader(table, "west").is_some();
    let table = tree.shows("p", "the city answers for the county", heard).await;
    for behind in ["west", "t"] {
        let row = row(&table, behind);
        assert_eq!((row.why, row.by.as_str()), (Some(Why::LineDown), "city"), "{behind}");
        assert!((row.line_since.unwrap().0 - since.0).abs() < 2000, "{behind}: since when, over three clocks");
        let (as_of, known) = row.known.as_ref().unwrap();
        assert!(*as_of < table.asked_at && known.machine.is_none(), "{behind}: of an earlier moment");
    }
    assert_eq!(leader(&table, "west"), Some(("西县领导", DutySource::Report)));
    assert_eq!((row(&table, "paper").why, row(&table, "paper").by.as_str()), (Some(Why::NoNode), "city"));
    assert_eq!(row(&table, "east").why, None);
    assert_eq!(StatusTable::decode(&table.encode()), Ok(table), "what was shown can be kept");
    tree.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_that_does_not_answer_in_time_is_answered_for_and_thirty_without_a_node_stand_in_the_table() {
    let mut tree = Tree::of("p", &[("p", "c")]).await;
    // A line that is dead for longer than anybody waits here, before anybody notices.
    let patient = |config: &mut dutynet_relay::relay::RelayConfig| config.limits.heartbeat = Duration::from_secs(60);
    for at in ["c", "p"] {
        tree.desks.remove(at).unwrap().close().await;
        tree.net.stop(at).await;
    }
    for at in ["p", "c"] {
        tree.net.start_with(at, patient).await;
        tree.desks.insert(at, Desk::at(&tree.net, at));
    }
    tree.net.is_linked("p", "c").await;
    for number in 0..30 {
        tree.net.add_without_node("p", &format!("n{number:02}")).await;
    }
    let entered = dutynet_node::body::Entered {
        channel: dutynet_node::body::Channel::Telephone,
        told_by: "赵六".into(),
        phone: "0759-4850001".into(),
    };
    let on_behalf = OnBehalf { office: "n07".into(), entered };
    tree.desk("p").office.file(daily("所领导", Some(on_behalf))).await.unwrap();
    let table = tree.pull("p", LONG).await;
    assert_eq!((table.rows.len(), row(&table, "c").why), (32, None));
    let without: Vec<_> = table.rows.iter().filter(|row| row.why == Some(Why::NoNode)).collect();
    assert_eq!(without.len(), 30);
    let entered_by = snapshot(&table, "n07").on_duty.as_ref().and_then(|duty| duty.entered_by.clone());
    assert_eq!(entered_by, Some(office("p")), "who entered it stands beside it");
    tree.net.cut("c");
    let within = Duration::from_secs(1);
    let table = tree.pull("p", within).await;
    assert_eq!((row(&table, "c").why, row(&table, "c").by.as_str()), (Some(Why::NoAnswer), "p"));
    assert_eq!((table.rows.len(), table.within_ms), (32, 1000));
    assert!(row(&table, "c").known.is_some(), "what its parent holds");
    tree.close().await;
}

/// An answer as a program makes it that keeps to no rule.
fn marked() -> Bytes {
    let number = Number::of(&RecordRef { origin: office("h"), id: RecordId([1; 16]) });
    let title = "关于某事的报告 机密★10年".into();
    let incident = IncidentNow { number, grade: String::new(), title, handles: true, last_at: UnixMillis(0) };
    let nothing = Snapshot {
        on_duty: None,
        incidents: vec![incident],
        incidents_open: 1,
        overdue: 0,
        filed: Filed::Nothing,
        filed_at: None,
        machine: None,
    };
    nothing.encode(UnixMillis(0))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_cannot_be_read_or_bears_a_mark_is_not_shown() {
    let mut tree = Tree::of("p", &[]).await;
    tree.net.enrol_only("p", "h").await;
    let claims = Claims { office: office("h"), zone: tree.net.zone() };
    let (folder, address) = (tree.net.folder("h"), tree.net.line("h").address());
    let mut hostile = Hostile::knock_with(&folder, &address, claims, &[FEATURE_QUESTIONS]).await.expect("it is let in");
    until("it is linked", || tree.net.link("p", "h").state.up).await;
    for body in [Bytes::from_static(b"\xff\xff\xff"), marked()] {
        let mut pulled = tree.desk("p").office.pull_status(asked(&["h"], LONG)).await.unwrap();
        let id = loop {
            hostile.hear_live().await;
            if let Some(Of::Question(asked)) = hostile.live_words().last() {
                break asked.id.clone();
            }
        };
        let row = wire::Row { office: "h".into(), by: "h".into(), body, has_body: true, ..Default::default() };
        hostile.say_of(Of::Rows(wire::Rows { id, rows: vec![row] }));
        let rows: Vec<StatusRow> = pulled.next().await.expect("it has answered");
        assert_eq!((rows[0].why, &rows[0].known), (Some(Why::Unreadable), &None));
        assert!(pulled.next().await.is_none());
    }
    tree.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_be_asked_and_how_long_are_refused_in_words() {
    let tree = Tree::of("p", &[("p", "c")]).await;
    let refusal = async |at: &str, asked: AskStatus| tree.desk(at).office.pull_status(asked).await.err().map(|r| r.refusal);
    assert_eq!(refusal("p", asked(&["徐闻"], LONG)).await, Some(Refusal::OfficeInvalid));
    assert_eq!(refusal("p", asked(&["nobody"], LONG)).await, Some(Refusal::OfficeUnknown));
    assert_eq!(refusal("c", asked(&["p"], LONG)).await, Some(Refusal::OfficeElsewhere));
    assert_eq!(refusal("p", asked(&[], Duration::from_millis(499))).await, Some(Refusal::StatusWithin));
    assert_eq!(refusal("p", asked(&[], Duration::from_secs(301))).await, Some(Refusal::StatusWithin));
    let alone = AskStatus { reach: Reach::Alone, ..asked(&["p"], LONG) };
    let mut pulled = tree.desk("p").office.pull_status(alone).await.unwrap();
    while pulled.next().await.is_some() {}
    let offices: Vec<OfficeId> = pulled.table().rows.into_iter().map(|row| row.office).collect();
    assert_eq!(offices, [office("p")], "without what is below it");
    tree.close().await;
}

#[test]
fn the_command_prints_a_table_for_people_and_one_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let mut root = Site::new(folder.path());
    root.done(&["init", "440000", "--name", "广东省", "--class", "province", "--area", "440000", "--zone", "gov"]);
    root.run(&["office", "status"]).is_refused(3, "NOT_SERVING");
    root.serve();
    root.done(&[
        "office",
        "add",
        "440800",
        "--no-node",
        "--name",
        "湛江市",
        "--class",
        "city",
        "--area",
        "440800",
        "--as",
        "z01:张三",
    ]);
    let table = root.done(&["office", "status", "--json"]).json();
    let rows = table["offices"].as_array().unwrap();
    assert_eq!((rows[0]["office"].as_str(), rows[1]["office"].as_str()), (Some("440000"), Some("440800")));
    assert!(rows[0]["why"].is_null() && rows[0]["status"]["filed"] == "nothing", "{table}");
    assert_eq!((rows[1]["why"].as_str(), rows[1]["by"].as_str()), (Some("no_node"), Some("440000")));
    let people = root.done(&["office", "status", "440800", "--within", "2s"]).out;
    assert!(people.contains("湛江市") && people.contains("无终端") && !people.contains("广东省  "), "{people}");
    root.run(&["office", "status", "440900"]).is_refused(1, "OFFICE_UNKNOWN");
    root.run(&["office", "status", "--within", "soon"]).is_refused(1, "STATUS_WITHIN");
    root.run(&["office", "status", "--within", "10m"]).is_refused(1, "STATUS_WITHIN");
    assert_eq!(root.run(&["office", "status", "--alone"]).status, 2);
    root.stop();
}
