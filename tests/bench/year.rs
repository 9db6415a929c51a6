//! A county's year: twelve townships, a report of everybody on each day, some hundred incidents, directives and questions; and how long an
//! officer then waits for the board, for what is due, and for the statistics of a month and of the year.
//!
//! One process over a real store, with a clock that the measurement moves. The townships have no node of their own: their words are entered
//! by the county, so that every record of the year is made through the use cases.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use dutynet_node::{
    body::{Channel, Entered},
    domain::{
        beijing::{Day, TimeOfDay},
        form::{Answer, Value},
    },
    projection::Follower,
    usecase::{AskDueStats, AskDues, FileReport, NewChild, Office, OnBehalf, Said, TakeStep},
};
use dutynet_relay::{
    clock::ManualClock,
    folder::DataFolder,
    ids::{OfficeId, RecordId, UnixMillis, Zone},
    join::{self, NewRoot},
    record::{Mode, Person},
    registry::OfficeClass,
    relay::{Relay, RelayConfig},
};
use serde_json::{Value as Json, json};
use tokio::{sync::watch, task::JoinHandle};

const TOWNSHIPS: usize = 12;
const TIMES: usize = 9;
const MINUTE: i64 = 60_000;

pub(crate) struct County {
    folder: tempfile::TempDir,
    office: Office,
    relay: Relay,
    clock: Arc<ManualClock>,
    townships: Vec<String>,
    made: u64,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

fn clerk() -> Option<Person> {
    Some(Person { id: "z01".into(), name: "张三".into() })
}

fn at(day: Day, time: &str) -> UnixMillis {
    day.at(TimeOfDay::parse(time).expect("a time"))
}

fn text(field: &str, words: &str) -> Answer {
    Answer { field: field.into(), value: Value::Text(words.into()) }
}

fn code(field: &str, key: &str) -> Answer {
    Answer { field: field.into(), value: Value::Choices(vec![key.into()]) }
}

impl County {
    async fn found(first: Day) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = Arc::new(ManualClock::at(at(first, "00:05")));
        let root = NewRoot {
            office: OfficeId::parse("440825").expect("an id"),
            name: "徐闻县".into(),
            area_code: "440825".into(),
            class: OfficeClass::County,
            zone: Zone::parse("gov").expect("a zone"),
            by: clerk().expect("a person"),
        };
        join::found(&DataFolder::at(folder.path()), root, &*clock).expect("a tree is founded");
        let relay = Relay::open(RelayConfig::new(folder.path().to_owned()), clock.clone()).expect("a store");
        let (follower, caught_up) = Follower::new(&relay).expect("a projection");
        let office = Office::new(relay.clone(), caught_up, Vec::new());
        let (stop, stopped) = watch::channel(false);
        let runs = relay.clone();
        let tasks = vec![
            tokio::spawn(follower.run(stopped)),
            tokio::spawn(async move { runs.run(None).await.expect("a relay that runs") }),
        ];
        let townships = (1..=TOWNSHIPS).map(|n| format!("440825{n:03}")).collect();
        let county = Self { folder, office, relay, clock, townships, made: 0, stop, tasks };
        for id in &county.townships {
            let (office, name, area_code) = (id.clone(), format!("{id}镇"), id.clone());
            let child = NewChild { office, name, area_code, class: Some(OfficeClass::Township), by: clerk() };
            county.office.add_office(child).await.expect("a township is registered");
        }
        county
    }

    fn id(&mut self) -> RecordId {
        self.made += 1;
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.made.to_be_bytes());
        RecordId::from_parts(UnixMillis(1_780_000_000_000), random)
    }

    fn on_behalf(office: &str) -> OnBehalf {
        let entered = Entered { channel: Channel::Telephone, told_by: "李四".into(), phone: "0759-4850000".into() };
        OnBehalf { office: office.into(), entered }
    }

    /// Everybody's report of a day; one township now and then is late, or says nothing.
    async fn reports(&mut self, day: Day, n: usize) {
        let nil = ["natural", "accident", "health", "social", "other"];
        let nil = nil.map(|field| Answer { field: field.into(), value: Value::Nil });
        for (place, office) in std::iter::once(String::new()).chain(self.townships.clone()).enumerate() {
            if (n + place).is_multiple_of(97) {
                continue;
            }
            self.clock.set_wall(at(day, if (n + place).is_multiple_of(31) { "17:20" } else { "16:40" }));
            let report = FileReport {
                id: self.id(),
                form: "zero".into(),
                period: day.to_string(),
                said: Said::Answers(nil.clone().into()),
                correction: None,
                by: clerk(),
                mode: Mode::Real,
                on_behalf: (place > 0).then(|| Self::on_behalf(&office)),
            };
            self.office.file(report).await.expect("a report is taken");
        }
    }

    async fn step(&mut self, form: &str, matter: &str, answers: Vec<Answer>, (to, behalf): (&[&str], Option<&str>)) -> String {
        let step = TakeStep {
            id: self.id(),
            form: form.into(),
            matter: matter.into(),
            answers,
            links: Vec::new(),
            to: to.iter().map(|&office| office.to_owned()).collect(),
            by: clerk(),
            mode: None,
            on_behalf: behalf.map(Self::on_behalf),
            corrects: String::new(),
        };
        self.office.take_step(step).await.expect("a step is taken").matter.to_string()
    }

    /// A call, the leader told, two reports and the last; now and then nobody is told.
    async fn incident(&mut self, day: Day, n: usize) {
        self.clock.set_wall(at(day, "09:00"));
        let unknown = ["caller_name", "caller_unit", "caller_phone", "place", "happened_at", "who", "why"];
        let mut answers: Vec<Answer> =
            unknown.into_iter().map(|field| Answer { field: field.into(), value: Value::Unknown }).collect();
        let category = if n.is_multiple_of(3) { "natural.weather" } else { "accident.traffic.road" };
        answers.extend([text("title", "险情"), text("what", "险情"), code("category", category)]);
        let matter = self.step("incident.call", "", answers, (&[], None)).await;
        let now = |county: &Self| Answer { field: "told_at".into(), value: Value::Time(county.office_now()) };
        if !n.is_multiple_of(7) {
            let told = vec![text("leader", "王五"), now(self), code("how", "telephone"), text("said", "妥善处置")];
            self.step("incident.told", &matter, told, (&[], None)).await;
        }
        for (stage, time) in [("initial", "09:40"), ("followup", "12:00"), ("final", "18:00")] {
            self.clock.set_wall(at(day, time));
            let answers = vec![code("stage", stage), code("haste", "yes"), text("title", "险情")];
            self.step("incident.report", &matter, answers, (&[], None)).await;
        }
    }

    fn office_now(&self) -> UnixMillis {
        use dutynet_relay::clock::Clock as _;
        self.clock.wall()
    }

    /// A supervision over three townships, each of which signs and is done.
    async fn directive(&mut self, day: Day, n: usize) {
        self.clock.set_wall(at(day, "10:00"));
        let now = self.office_now().0;
        let by =
            |field: &str, minutes: i64| Answer { field: field.into(), value: Value::Time(UnixMillis(now + minutes * MINUTE)) };
        let answers = vec![
            code("kind", "supervision"),
            code("urgency", "urgent"),
            text("title", "排查"),
            text("words", "立即排查。"),
            by("sign_by", 30),
            by("feedback_due", 120),
            by("due", 480),
        ];
        let to: Vec<String> = (0..3).map(|place| self.townships[(n + place) % TOWNSHIPS].clone()).collect();
        let named: Vec<&str> = to.iter().map(String::as_str).collect();
        let matter = self.step("directive.order", "", answers, (&named, None)).await;
        for office in &to {
            self.clock.set_wall(UnixMillis(now + 20 * MINUTE));
            self.step("directive.sign", &matter, Vec::new(), (&[], Some(office))).await;
            self.clock.set_wall(UnixMillis(now + 300 * MINUTE));
            self.step("directive.done", &matter, vec![text("outcome", "已排查")], (&[], Some(office))).await;
        }
        self.step("directive.close", &matter, vec![text("outcome", "已排查")], (&[], None)).await;
    }

    /// So many days of it, from the first of the year; and how many reports, incidents and directives they hold. The clock stands at the
    /// evening of the last.
    pub(crate) async fn of_days(days: usize) -> (Self, [usize; 3], Day) {
        let first = Day::parse("2026-01-01").expect("a day");
        let mut county = Self::found(first).await;
        let (mut day, mut counts) = (first, [0_usize; 3]);
        for n in 0..days {
            county.reports(day, n).await;
            if n % 7 != 6 {
                county.incident(day, n).await;
                counts[1] += 1;
            }
            if n.is_multiple_of(2) {
                county.directive(day, n).await;
                counts[2] += 1;
            }
            counts[0] += TOWNSHIPS + 1;
            day = day.next();
        }
        let last = Day::parse("2026-12-31").expect("a day").min(day);
        county.clock.set_wall(at(last, "20:00"));
        (county, counts, last)
    }

    /// The office.
    pub(crate) fn office(&self) -> &Office {
        &self.office
    }

    /// Its clock.
    pub(crate) fn clock(&self) -> Arc<ManualClock> {
        self.clock.clone()
    }

    /// Ends it; its folder stays as long as what is returned.
    pub(crate) async fn close(self) -> tempfile::TempDir {
        self.stop.send_replace(true);
        self.relay.stop();
        for task in self.tasks {
            task.await.expect("a task that does not panic");
        }
        self.folder
    }
}

/// How long something took, sorted.
async fn took<T, F: Future<Output = T>>(ask: impl Fn() -> F) -> Vec<Duration> {
    let mut took = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        ask().await;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    took
}

/// Builds the year and measures.
pub(crate) async fn measure(days: usize) -> Json {
    let began = Instant::now();
    let (county, counts, last) = County::of_days(days).await;
    let built = began.elapsed();
    let records = county.office.status().store.records;
    println!(
        "P8  a county's year: {days} days, {} daily reports, {} incidents, {} directives; {records} records, built in {built:.1?}",
        counts[0], counts[1], counts[2]
    );
    let office = &county.office;
    let stats = |month: &str| AskDueStats { month: month.to_owned(), ..AskDueStats::default() };
    let month = last.to_string().chars().take(7).collect::<String>();
    let measured = [
        ("board", took(|| async { office.board("daily", "").await.expect("a board").rows.len() }).await),
        ("due_list", took(|| async { office.dues(AskDues::default()).await.expect("what is due").dues.len() }).await),
        ("stats_month", took(|| async { office.due_stats(stats(&month)).await.expect("counts").counts.len() }).await),
        ("stats_year", took(|| async { office.due_stats(stats("2026")).await.expect("counts").counts.len() }).await),
    ];
    let year = office.due_stats(stats("2026")).await.expect("counts");
    let counted: u32 = year.counts.iter().map(|(_, counts, _)| counts.all()).sum();
    println!("    the year counts {counted} obligations in {} rows", year.counts.len());
    let mut figures = serde_json::Map::new();
    for (name, took) in measured {
        let (least, median, most) = (took[0], took[TIMES / 2], took[TIMES - 1]);
        println!("    {name:11} median {median:.1?}, {least:.1?} to {most:.1?} in {TIMES} runs");
        let us = |took: Duration| took.as_micros() as u64;
        figures.insert(name.into(), json!({ "median_us": us(median), "least_us": us(least), "most_us": us(most) }));
    }
    county.close().await;
    json!({ "days": days, "records": records, "obligations": counted, "took": figures })
}
