//! Reports that are said by telephone, summed from the children's, and due by cut-offs from above: over real lines that are cut and heal.

use std::collections::BTreeMap;

use dutynet_node::{
    body::{Channel, Entered},
    domain::{
        beijing::Day,
        board::{BoardRow, Differs, Filed},
        draft::Why,
        form::{Answer, Value},
    },
    text::refusal::Refusal,
    usecase::{ChooseReport, FileReport, FiledReport, OnBehalf, Refused, Said, SaveDraft, SetCutOff, ShowReport, ShownReport},
};
use dutynet_relay::{
    clock::Clock as _,
    ids::{RecordId, RecordRef},
    record::Mode,
};
use dutynet_tests::{
    desk::{Desk, new_id},
    net::{Network, clerk, office, until, until_seen},
    shifted::ShiftedClock,
};

/// p → city → county → t, u, n (without a node)
async fn province() -> Network {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "city"), ("city", "county"), ("county", "t"), ("county", "u")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    net.add_without_node("county", "n").await;
    until("the province knows everybody", || net.relay("p").registry().entry(&office("n")).is_some()).await;
    net
}

/// The day on which a story plays: what is filed late or over midnight is taken all the same.
fn today() -> String {
    Day::of(ShiftedClock::default().wall()).to_string()
}

fn said(calls: i64, important: Value) -> Vec<Answer> {
    let text = |field: &str, words: &str| Answer { field: field.into(), value: Value::Text(words.into()) };
    let nil = Answer { field: "incidents".into(), value: Value::Nil };
    let calls = Answer { field: "calls".into(), value: Value::Number(calls) };
    let important = Answer { field: "important".into(), value: important };
    vec![text("leader", "李四"), text("officer", "张三"), text("phone", "0759-4850000"), calls, nil, important]
}

fn daily(day: &str, calls: i64) -> FileReport {
    FileReport {
        id: new_id(),
        form: "daily".into(),
        period: day.into(),
        said: Said::Answers(said(calls, Value::Nil)),
        correction: None,
        by: Some(clerk()),
        mode: Mode::Real,
        on_behalf: None,
    }
}

fn told(office: &str, report: FileReport) -> FileReport {
    let entered = Entered { channel: Channel::Telephone, told_by: "王五".into(), phone: "0759-4850001".into() };
    FileReport { on_behalf: Some(OnBehalf { office: office.into(), entered }), ..report }
}

fn corrected(report: FileReport) -> FileReport {
    FileReport { correction: Some("核实后更正".into()), ..report }
}

async fn file(desk: &Desk, report: FileReport) -> FiledReport {
    desk.office.file(report).await.expect("a report is taken")
}

async fn show(desk: &Desk, day: &str, of: &str) -> ShownReport {
    let asked = ShowReport { form: "daily".into(), period: day.into(), office: of.into() };
    desk.office.show(&asked).await.expect("a report is shown")
}

async fn row(desk: &Desk, day: &str, of: &str) -> BoardRow {
    let rows = desk.office.board("daily", day).await.expect("a board is made").rows;
    rows.into_iter().find(|row| row.seat.office == office(of)).expect("the office stands on the board")
}

async fn shown_when(desk: &Desk, (day, of): (&str, &str), what: &str, holds: impl Fn(&ShownReport) -> bool) -> ShownReport {
    until_seen(what, async || show(desk, day, of).await, holds).await
}

fn stands(shown: &ShownReport) -> &RecordRef {
    shown.standing.as_ref().expect("something stands")
}

fn choice(day: &str, of: &str, chosen: &RecordRef) -> ChooseReport {
    ChooseReport {
        id: new_id(),
        form: "daily".into(),
        period: day.into(),
        office: of.into(),
        chosen: chosen.clone(),
        reason: "电话核实".into(),
        by: Some(clerk()),
    }
}

fn refusal<T>(result: Result<T, Refused>) -> Refusal {
    result.err().expect("it is refused").refusal
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_telephoned_stands_until_the_offices_own_comes_and_equal_words_are_no_difference() {
    let net = province().await;
    let [p, county, t] = ["p", "county", "t"].map(|id| Desk::at(&net, id));
    let day = today();
    net.cut("t");
    until("the cut is seen", || !net.link("county", "t").state.up).await;
    let own = file(&t, daily(&day, 3)).await;
    let entered = file(&county, told("t", daily(&day, 3))).await;
    assert_eq!((entered.office.as_str(), entered.folded), ("t", false));
    let above =
        until_seen("the province has what was telephoned", async || row(&p, &day, "t").await, |row| row.filed == Filed::Daily)
            .await;
    assert_eq!(above.filing.unwrap().entered_by, Some(office("county")));

    net.heal("t");
    let both = |shown: &ShownReport| shown.revisions.len() == 2;
    for (desk, name) in [(&p, "p"), (&county, "county"), (&t, "t")] {
        let shown = shown_when(desk, (&day, "t"), &format!("{name} has both versions"), both).await;
        assert_eq!((stands(&shown), shown.differs, shown.fields.len()), (&own.reference, Some(Differs::No), 0), "{name}");
        let by: Vec<_> = shown.revisions.iter().map(|r| (r.origin_name.as_str(), r.body.entered.is_some())).collect();
        assert_eq!(by, [("t值班室", false), ("county值班室", true)], "{name}");
    }
    assert!(row(&p, &day, "t").await.filing.unwrap().entered_by.is_none());
    let again = file(&county, told("t", daily(&day, 3))).await;
    assert_eq!((again.reference, again.folded, again.state), (own.reference, true, None), "the office has said so itself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_difference_is_shown_to_both_sides_until_a_person_chooses_and_a_new_version_opens_it_again() {
    let net = province().await;
    let [p, county, t] = ["p", "county", "t"].map(|id| Desk::at(&net, id));
    let day = today();
    net.cut("t");
    until("the cut is seen", || !net.link("county", "t").state.up).await;
    let own = file(&t, daily(&day, 5)).await;
    let entered = file(&county, told("t", daily(&day, 3))).await;
    net.heal("t");
    let open = |shown: &ShownReport| shown.differs == Some(Differs::Open);
    for (desk, name) in [(&p, "p"), (&county, "county"), (&t, "t")] {
        let shown = shown_when(desk, (&day, "t"), &format!("{name} sees the difference"), open).await;
        assert_eq!(stands(&shown), &own.reference, "{name}: its own stands");
        let values: Vec<_> = shown.fields.iter().map(|field| (field.field.as_str(), field.values.clone())).collect();
        let number = |reference: &RecordRef, n| (reference.clone(), Some(Value::Number(n)));
        assert_eq!(values, [("calls", vec![number(&own.reference, 5), number(&entered.reference, 3)])], "{name}");
    }
    let filing = row(&p, &day, "t").await.filing.unwrap();
    assert_eq!((filing.calls, filing.differs), (5, Differs::Open));

    let chosen = county.office.choose(choice(&day, "t", &entered.reference)).await.unwrap();
    assert_eq!((chosen.differs, chosen.folded), (Differs::Settled, false));
    assert!(county.office.choose(choice(&day, "t", &entered.reference)).await.unwrap().folded);
    let settled = |shown: &ShownReport| shown.differs == Some(Differs::Settled);
    for (desk, name) in [(&p, "p"), (&t, "t")] {
        let shown = shown_when(desk, (&day, "t"), &format!("{name} sees the choice"), settled).await;
        assert_eq!(stands(&shown), &entered.reference, "{name}");
        let made = &shown.choices[0];
        assert_eq!((made.name.as_str(), made.reason.as_str(), made.counts), ("county值班室", "电话核实", true), "{name}");
        assert_eq!(made.by, Some(clerk()), "{name}");
        assert_eq!(shown.fields.len(), 1, "{name}: what differed stays to be seen");
    }
    assert_eq!(row(&p, &day, "t").await.filing.unwrap().calls, 3);

    let newer = file(&t, corrected(daily(&day, 6))).await;
    for (desk, name) in [(&p, "p"), (&county, "county"), (&t, "t")] {
        let shown = shown_when(desk, (&day, "t"), &format!("{name} sees it open again"), open).await;
        assert_eq!((stands(&shown), shown.choices[0].counts), (&newer.reference, false), "{name}");
    }
    assert_eq!(
        refusal(county.office.choose(choice(&day, "t", &own.reference)).await),
        Refusal::ChoiceUnknown,
        "that is an old one"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_both_sides_chose_while_the_line_was_down_the_difference_stays_open_until_somebody_knows_both() {
    let net = province().await;
    let [p, county, t] = ["p", "county", "t"].map(|id| Desk::at(&net, id));
    let day = today();
    let entered = file(&county, told("t", daily(&day, 3))).await;
    shown_when(&t, (&day, "t"), "it comes down to the office", |shown| shown.revisions.len() == 1).await;
    let own = file(&t, daily(&day, 5)).await;
    assert_eq!(own.differs, Differs::Open, "whoever files is told");
    shown_when(&county, (&day, "t"), "the county has both", |shown| shown.revisions.len() == 2).await;
    net.cut("t");
    until("the cut is seen", || !net.link("county", "t").state.up).await;
    county.office.choose(choice(&day, "t", &entered.reference)).await.unwrap();
    t.office.choose(choice(&day, "", &own.reference)).await.unwrap();
    net.heal("t");
    let apart = |shown: &ShownReport| shown.choices.len() == 2;
    for (desk, name) in [(&p, "p"), (&county, "county"), (&t, "t")] {
        let shown = shown_when(desk, (&day, "t"), &format!("{name} has both choices"), apart).await;
        assert_eq!(
            (stands(&shown), shown.differs),
            (&own.reference, Some(Differs::Open)),
            "{name}: the office's own choice goes first"
        );
    }
    county.office.choose(choice(&day, "t", &entered.reference)).await.unwrap();
    for (desk, name) in [(&p, "p"), (&t, "t")] {
        let settled = |shown: &ShownReport| shown.differs == Some(Differs::Settled);
        let shown = shown_when(desk, (&day, "t"), &format!("{name} sees it settled"), settled).await;
        let counting: Vec<_> = shown.choices.iter().map(|made| made.counts).collect();
        assert_eq!((stands(&shown), counting), (&entered.reference, vec![false, false, true]), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_ancestors_that_entered_the_nearest_stands() {
    let net = province().await;
    let [p, city, county] = ["p", "city", "county"].map(|id| Desk::at(&net, id));
    let day = today();
    net.cut("county");
    until("the cut is seen", || !net.link("city", "county").state.up).await;
    let by_city = file(&city, told("n", daily(&day, 4))).await;
    let by_county = file(&county, told("n", daily(&day, 3))).await;
    net.heal("county");
    for (desk, name) in [(&p, "p"), (&city, "city"), (&county, "county")] {
        let shown = shown_when(desk, (&day, "n"), &format!("{name} has both"), |shown| shown.revisions.len() == 2).await;
        assert_eq!((stands(&shown), shown.differs), (&by_county.reference, Some(Differs::Open)), "{name}");
    }
    city.office.choose(choice(&day, "n", &by_city.reference)).await.unwrap();
    for (desk, name) in [(&p, "p"), (&county, "county")] {
        let settled = |shown: &ShownReport| shown.differs == Some(Differs::Settled);
        let shown = shown_when(desk, (&day, "n"), &format!("{name} sees the choice"), settled).await;
        assert_eq!(stands(&shown), &by_city.reference, "{name}");
    }
    let elsewhere = county.office.file(told("city", daily(&day, 1))).await;
    assert_eq!(refusal(elsewhere), Refusal::OnBehalfElsewhere, "nobody speaks for who stands above");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_whose_machine_was_off_finds_what_was_entered_for_it() {
    let mut net = province().await;
    net.stop("t").await;
    let [p, county] = ["p", "county"].map(|id| Desk::at(&net, id));
    let day = today();
    let entered = file(&county, told("t", daily(&day, 3))).await;
    until_seen("the province has it", async || row(&p, &day, "t").await, |row| row.filed == Filed::Daily).await;
    net.start("t").await;
    let t = Desk::at(&net, "t");
    let shown = shown_when(&t, (&day, "t"), "it comes down", |shown| !shown.revisions.is_empty()).await;
    let told_by = shown.revisions[0].body.entered.clone().unwrap();
    assert_eq!((stands(&shown), told_by.told_by.as_str()), (&entered.reference, "王五"));
    assert_eq!(row(&t, &day, "t").await.filing.unwrap().entered_by, Some(office("county")));
    let own = file(&t, daily(&day, 3)).await;
    assert_eq!((own.folded, own.differs), (false, Differs::No), "its own is made all the same");
    shown_when(&p, (&day, "t"), "its own stands", |shown| shown.standing == Some(own.reference.clone())).await;
}

fn own_part(day: &str) -> SaveDraft {
    let text = |words: &str| Some(Value::Text(words.into()));
    let own =
        [("leader", text("李四")), ("officer", text("张三")), ("phone", text("0759-4850000")), ("calls", Some(Value::Number(1)))];
    let own = own.map(|(field, value)| (field.to_owned(), value)).to_vec();
    SaveDraft { form: "daily".into(), period: day.into(), own, replace: Vec::new(), by: Some(clerk()) }
}

/// While somebody is missing, only a person can say that there was nothing.
fn from_draft(day: &str) -> FileReport {
    FileReport { said: Said::Draft(vec![Answer { field: "incidents".into(), value: Value::Nil }]), ..daily(day, 0) }
}

fn calls(answers: &[Answer]) -> Option<i64> {
    answers.iter().find(|answer| answer.field == "calls").and_then(|answer| match answer.value {
        Value::Number(number) => Some(number),
        Value::Text(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_) => None,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_drafts_from_its_townships_and_its_city_from_the_counties_own_reports() {
    let mut net = province().await;
    let day = today();
    net.stop("u").await;
    let [city, county, t] = ["city", "county", "t"].map(|id| Desk::at(&net, id));
    file(&t, daily(&day, 5)).await;
    file(&county, told("n", daily(&day, 3))).await;
    until_seen("the county has the township's", async || row(&county, &day, "t").await, |row| row.filed == Filed::Daily).await;
    until("its line is seen to be down", || !net.link("county", "u").state.up).await;
    let opened = county.office.save_draft(own_part(&day)).await.unwrap();
    assert_eq!(calls(&dutynet_node::domain::draft::answers(&opened.fields)), Some(9), "5, 3 and its own 1");
    let origins: Vec<_> = opened.sources.iter().map(|child| child.source.reference.origin.as_str()).collect();
    assert_eq!(origins, ["county", "t"], "one of them was telephoned");
    let missing: Vec<_> = opened.missing.iter().map(|m| (m.office.as_str(), m.why, m.since.is_some())).collect();
    assert_eq!(missing, [("u", Why::LineDown, true)]);

    county.close().await;
    net.stop("county").await;
    net.start("county").await;
    let county = Desk::at(&net, "county");
    until("the restarted county sees it too", || !net.link("county", "u").state.up).await;
    let alone = FileReport { said: Said::Draft(Vec::new()), ..daily(&day, 0) };
    assert_eq!(refusal(county.office.file(alone).await), Refusal::FormFaults, "nobody can say yet that there was nothing");
    let filed = file(&county, from_draft(&day)).await;
    let shown = shown_when(&city, (&day, "county"), "the city has it", |shown| !shown.revisions.is_empty()).await;
    let revision = &shown.revisions[0];
    assert_eq!((stands(&shown), calls(&revision.body.filled.answers)), (&filed.reference, Some(9)));
    let opened: BTreeMap<_, _> =
        revision.sources.iter().map(|s| (s.source.office.as_str(), calls(s.answers.as_deref().unwrap()))).collect();
    assert_eq!(opened, BTreeMap::from([("n", Some(3)), ("t", Some(5))]), "the city opens every figure");
    let missing: Vec<_> = revision.missing.iter().map(|(m, since)| (m.office.as_str(), m.name.as_str(), *since)).collect();
    assert_eq!(missing, [("u", "u值班室", false)]);

    file(&t, corrected(daily(&day, 6))).await;
    let changed = |shown: &ShownReport| shown.revisions.last().is_some_and(|r| r.sources.iter().any(|s| s.now.is_some()));
    for (desk, name) in [(&county, "county"), (&city, "city")] {
        let shown = shown_when(desk, (&day, "county"), &format!("{name} sees that a township has corrected"), changed).await;
        let source = shown.revisions[0].sources.iter().find(|s| s.source.office == office("t")).unwrap();
        let (now, answers) = source.now.as_ref().unwrap();
        assert_eq!((now.revision, calls(answers), calls(source.answers.as_deref().unwrap())), (2, Some(6), Some(5)), "{name}");
    }
    let again = file(&county, corrected(from_draft(&day))).await;
    assert_eq!(again.revision, 2);
    shown_when(&city, (&day, "county"), "the city has the new sum", |shown| shown.revisions.len() == 2).await;
    let above = city.office.open_draft("daily", &day).await.unwrap();
    assert_eq!(calls(&dutynet_node::domain::draft::answers(&above.fields)), Some(10), "6, 3 and 1: the county's own report");
    assert_eq!(above.sources[0].source.reference, again.reference);
    assert_eq!(refusal(t.office.open_draft("daily", &day).await), Refusal::NoChildren);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_off_from_above_reaches_everybody_below_and_the_boards_above() {
    let net = province().await;
    let [p, county, t] = ["p", "county", "t"].map(|id| Desk::at(&net, id));
    net.cut("t");
    until("the cut is seen", || !net.link("county", "t").state.up).await;
    let set = |id: RecordId, time: &str| SetCutOff {
        id,
        form: "daily".into(),
        time: time.into(),
        from: String::new(),
        by: Some(clerk()),
    };
    let first = county.office.set_cut_off(set(new_id(), "16:00")).await.unwrap();
    let known = |times: Vec<String>| move |known: &Vec<String>| *known == times;
    let times = async |desk: &Desk| {
        let known = desk.office.list_cut_offs().await.expect("cut-offs are listed").cut_offs;
        known.iter().map(|(entry, name)| format!("{name} {} {}", entry.cut_off.time, entry.cut_off.from)).collect::<Vec<_>>()
    };
    let wanted = vec![format!("county值班室 16:00 {}", first.body.from)];
    until_seen("the province knows", async || times(&p).await, known(wanted.clone())).await;
    assert!(times(&t).await.is_empty(), "the township's line is down");
    net.heal("t");
    until_seen("the township knows", async || times(&t).await, known(wanted)).await;
    let today_in_force = &t.office.list_cut_offs().await.unwrap().today[0];
    assert_eq!(today_in_force.here.1, None, "today had begun");
}
