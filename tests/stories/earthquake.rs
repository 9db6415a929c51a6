//! An earthquake day through four tiers, with one county cut off for two hours: what was done when, at the province and in the county.

use dutynet_node::{
    domain::{
        beijing::{Day, TimeOfDay},
        form::{Row, Value},
        matter::FactValue,
        obligation::Standing,
        rules::Duty,
    },
    text::refusal::Refusal,
    usecase::{AskDueStats, ShownMatter, TakeStep},
};
use dutynet_relay::ids::UnixMillis;
use dutynet_tests::{
    desk::Desk,
    net::{Network, office, until},
    steps::{call, code, fact, holding, linked, report, stands, step, take, text, to},
};

const ALL: [&str; 6] = ["p", "m", "c1", "c2", "t1", "t2"];

/// Everybody's clock shows this.
fn it_is(net: &Network, time: &str) -> UnixMillis {
    let at = today(net).at(TimeOfDay::parse(time).expect("a time of day"));
    ALL.iter().for_each(|id| net.clock(id).set(at));
    at
}

fn today(net: &Network) -> Day {
    use dutynet_relay::clock::Clock as _;
    Day::of(net.clock("p").wall())
}

fn told(at: UnixMillis, matter: &str, said: &str) -> TakeStep {
    let who = [("leader", text("王书记")), ("told_at", Value::Time(at)), ("how", code("telephone")), ("said", text(said))];
    step("incident.told", matter, &who)
}

fn oral(at: UnixMillis, matter: &str) -> TakeStep {
    let mut said =
        vec![("title", text("地震")), ("told", text("值班员")), ("told_unit", text("上级总值班室")), ("phone", text("12345"))];
    said.extend([("told_at", Value::Time(at)), ("happened_at", Value::Unknown), ("said", text("有震感，正在核实"))]);
    step("incident.oral", matter, &said)
}

/// When each step was taken, by its maker's clock, by whom, and what it was.
fn timeline(net: &Network, shown: &ShownMatter) -> Vec<String> {
    let midnight = today(net).midnight().0;
    let line = |held: &dutynet_node::usecase::ShownStep| {
        let minutes = (held.step.times.recorded.origin.0 - midnight) / 60_000;
        let stage = held.step.choice("stage").map(|stage| format!(" {stage}")).unwrap_or_default();
        let form = held.step.form.split_once('.').map_or("", |(_, verb)| verb);
        format!("{:02}:{:02} {} {form}{stage}", minutes / 60, minutes % 60, held.step.office)
    };
    shown.steps.iter().map(line).collect()
}

/// How many answers to questions an office owed this month and gave in time, by its own books.
async fn answered_in_time(net: &Network, desk: &Desk, debtor: &str) -> usize {
    let month = today(net).to_string()[..7].to_owned();
    let in_time = Some(Standing::InTime.place());
    let asked = AskDueStats { month, standing: in_time, office: debtor.into(), duty: Duty::VerificationAnswer.key().into() };
    desk.office.due_stats(asked).await.expect("counts").dues.len()
}

/// The day as far as it has come.
struct Earthquake {
    net: Network,
    desks: [Desk; 6],
    /// The matters of the two townships, the city's, and the province's question.
    first: String,
    second: String,
    event: String,
    asked: String,
}

impl Earthquake {
    async fn breaks_out() -> Self {
        let mut net = Network::found("p").await;
        for (parent, child) in [("p", "m"), ("m", "c1"), ("m", "c2"), ("c1", "t1"), ("c2", "t2")] {
            net.join(parent, child).await;
            net.is_linked(parent, child).await;
        }
        let knows = |id: &&str| net.relay("p").registry().entry(&office(id)).is_some();
        until("the province knows everybody", || ALL.iter().all(knows)).await;
        let desks = ALL.map(|id| Desk::at(&net, id));
        let unknown = String::new;
        Self { net, desks, first: unknown(), second: unknown(), event: unknown(), asked: unknown() }
    }

    fn desk(&self, id: &str) -> &Desk {
        &self.desks[ALL.iter().position(|one| *one == id).expect("an office of the day")]
    }

    /// A step goes up, and is there.
    async fn comes(&self, from: &str, to: &str, step: TakeStep) -> ShownMatter {
        let matter = step.matter.clone();
        let taken = take(self.desk(from), step).await.reference;
        holding(self.desk(to), &matter, &taken).await
    }

    /// Called in, told, and up by telephone within minutes.
    async fn the_first_county_reports(&mut self) {
        let at = it_is(&self.net, "10:20");
        self.first = take(self.desk("t1"), call("地震")).await.matter.to_string();
        take(self.desk("t1"), told(at, &self.first, "立即核实上报")).await;
        let at = it_is(&self.net, "10:25");
        self.comes("t1", "c1", oral(at, &self.first)).await;
        let at = it_is(&self.net, "10:30");
        self.comes("c1", "m", oral(at, &self.first)).await;
    }

    /// Its line to the city is gone before it has said anything, and it goes on working.
    async fn the_second_county_is_cut_off(&mut self) {
        self.net.cut("c2");
        let seen = || !self.net.link("m", "c2").state.up && !self.net.link("c2", "m").state.up;
        until("the cut is seen", seen).await;
        it_is(&self.net, "10:32");
        self.second = take(self.desk("t2"), call("地震，有人被埋")).await.matter.to_string();
        self.comes("t2", "c2", report(&self.second, "initial", 4)).await;
        let at = it_is(&self.net, "10:40");
        take(self.desk("c2"), told(at, &self.second, "组织救援，设法上报")).await;
        take(self.desk("c2"), report(&self.second, "initial", 4)).await;
    }

    /// The city takes it as one event of its own and tells the province what it has.
    async fn the_city_tells_the_province(&mut self) {
        let at = it_is(&self.net, "10:45");
        self.event = take(self.desk("m"), call("5.2级地震")).await.matter.to_string();
        let join = step("incident.join", &self.event, &[("why", text("同一次地震"))]);
        take(self.desk("m"), linked(join, &[("joined", &self.first)])).await;
        self.comes("m", "p", oral(at, &self.event)).await;
        let at = it_is(&self.net, "10:50");
        take(self.desk("p"), told(at, &self.event, "全力救援")).await;
        self.comes("t1", "c1", report(&self.first, "initial", 1)).await;
        it_is(&self.net, "11:00");
        self.comes("c1", "m", report(&self.first, "initial", 1)).await;
        it_is(&self.net, "11:10");
        let at_top = self.comes("m", "p", report(&self.event, "initial", 1)).await;
        let known = ["10:45 m oral", "10:50 p told", "11:10 m report initial"];
        assert_eq!(timeline(&self.net, &at_top), known, "nobody knows of the other county");
        assert_eq!(self.desk("m").office.matter(&self.second).await.unwrap_err().refusal, Refusal::MatterUnknown);
    }

    /// The province asks the county that says nothing. The question waits where the line is gone, and its clock with it.
    async fn the_province_asks_and_the_line_is_back(&mut self) {
        it_is(&self.net, "11:30");
        let ask = step("verification.ask", "", &[("title", text("伤亡")), ("question", text("该县伤亡几人？"))]);
        let asked = take(self.desk("p"), to(&["c2"], linked(ask, &[("incident", &self.event)]))).await;
        self.asked = asked.matter.to_string();
        holding(self.desk("m"), &self.asked, &asked.reference).await;
        it_is(&self.net, "12:40");
        assert_eq!(self.desk("c2").office.matter(&self.asked).await.unwrap_err().refusal, Refusal::MatterUnknown);
        self.net.heal("c2");
        stands(self.desk("c2"), &self.asked, "asked").await;
        stands(self.desk("m"), &self.second, "reported").await;
        it_is(&self.net, "12:50");
        take(self.desk("c2"), step("verification.answer", &self.asked, &[("answer", text("死亡四人"))])).await;
        let question = stands(self.desk("p"), &self.asked, "answered").await;
        assert_eq!(timeline(&self.net, &question), ["11:30 p ask", "12:50 c2 answer"]);
        assert_eq!(answered_in_time(&self.net, self.desk("c2"), "c2").await, 1, "ten minutes after it came");
    }

    /// Both counties' figures are one sum, of which one death was counted by both.
    async fn the_sum_is_made_and_all_report_for_the_last_time(&mut self) -> ShownMatter {
        it_is(&self.net, "13:00");
        let twice = Row { code: "dead".into(), number: 1, text: "两县交界".into() };
        let said = [("why", text("同一次地震")), ("overlap", Value::Rows(vec![twice]))];
        take(self.desk("m"), linked(step("incident.join", &self.event, &said), &[("joined", &self.second)])).await;
        let joined = self.desk("m").office.matter(&self.event).await.unwrap();
        let counties: Vec<_> = ["c1", "c2"].into_iter().map(office).collect();
        let total = fact(&joined, "total.dead");
        assert!(
            counties.iter().all(|county| total.sources.iter().any(|part| part.origin == *county)),
            "it opens its parts: {total:?}"
        );
        assert_eq!(total.value, FactValue::Number(4), "one and four, of which one twice");
        self.comes("m", "p", report(&self.event, "followup", 4)).await;
        it_is(&self.net, "17:00");
        for (id, matter) in [("t1", &self.first), ("c1", &self.first), ("t2", &self.second)] {
            take(self.desk(id), report(matter, "final", 2)).await;
        }
        take(self.desk("c2"), report(&self.second, "final", 4)).await;
        self.comes("m", "p", report(&self.event, "final", 4)).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_earthquake_day_goes_through_four_tiers_while_a_county_is_cut_off_for_two_hours() {
    let mut day = Earthquake::breaks_out().await;
    day.the_first_county_reports().await;
    day.the_second_county_is_cut_off().await;
    day.the_city_tells_the_province().await;
    day.the_province_asks_and_the_line_is_back().await;
    let at_top = day.the_sum_is_made_and_all_report_for_the_last_time().await;
    let whole = ["10:45 m oral", "10:50 p told", "11:10 m report initial", "13:00 m report followup", "17:00 m report final"];
    assert_eq!(timeline(&day.net, &at_top), whole);
    assert_eq!(fact(&at_top, "first_receiver").value, FactValue::Person(office("m"), dutynet_tests::net::clerk()));
    let in_county = stands(day.desk("c2"), &day.second, "final").await;
    let whole =
        ["10:32 t2 report initial", "10:40 c2 told", "10:40 c2 report initial", "17:00 t2 report final", "17:00 c2 report final"];
    let mut done = timeline(&day.net, &in_county);
    // The last two were taken in the same minute, and neither office knew of the other's.
    done[3..].sort_by_key(|line| line.contains("c2"));
    assert_eq!(done, whole);
}
