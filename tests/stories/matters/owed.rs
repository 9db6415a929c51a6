//! What is owed because of matters, over real links: clocks from receipt, answers behind a cut, many confirmations, parts of a supervision,
//! and rules that come later than what names them.

use dutynet_node::{
    domain::{
        beijing::{Day, TimeOfDay},
        form::Value,
        obligation::Standing,
        rules::{Duty, Reach},
        sign_for::Undelivered,
    },
    usecase::{AskDues, Due, MatterBoard, PutPack},
};
use dutynet_relay::{clock::Clock as _, ids::UnixMillis};
use dutynet_tests::{
    desk::{Desk, new_id, records_of},
    net::{Network, clerk, office, until, until_seen},
    shifted::ShiftedClock,
    steps::{by_telephone, call, code, linked, offices, report, step, take, text, to, when},
};

use super::{order, outcome};

const MINUTE: i64 = 60_000;

fn time(text: &str) -> UnixMillis {
    Day::of(ShiftedClock::default().wall()).at(TimeOfDay::parse(text).unwrap())
}

/// Every clock of these offices shows that time of today, and runs on.
fn it_is(net: &Network, of: &[&str], at: &str) {
    for id in of {
        net.clock(id).set(time(at));
    }
}

/// What an office owes of a kind, as another has it, once it is as it should be.
async fn due_when(desk: &Desk, of: &str, duty: Duty, what: &str, holds: impl Fn(&Due) -> bool) -> Due {
    let ask = async || {
        let asked = AskDues { office: of.to_owned(), ..AskDues::default() };
        desk.office.dues(asked).await.expect("what is open").dues
    };
    let wanted = |due: &Due| due.obligation.duty == duty && holds(due);
    let dues = until_seen(what, ask, |dues| dues.iter().any(wanted)).await;
    dues.into_iter().find(wanted).expect("it was seen")
}

async fn standing_when(desk: &Desk, key: &str, what: &str, holds: impl Fn(Standing) -> bool) -> Standing {
    let ask = async || desk.office.show_due(key).await.expect("it is known");
    until_seen(what, ask, |shown| holds(shown.due.standing)).await.due.standing
}

/// The sign-for list, once it is as it should be.
async fn board_when(desk: &Desk, matter: &str, what: &str, holds: impl Fn(&MatterBoard) -> bool) -> MatterBoard {
    let board = until_seen(what, async || desk.office.matter_board(matter).await, |board| board.as_ref().is_ok_and(&holds)).await;
    board.expect("what holds is shown")
}

fn delivered(board: &MatterBoard) -> Vec<&str> {
    board.seats.iter().filter(|seat| seat.row.delivery.is_ok()).map(|seat| seat.row.seat.office.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_given_at_1459_and_delivered_at_1540_was_in_time_by_the_clock_that_ran_from_receipt() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.is_linked("p", "c").await;
    let (p, c) = (Desk::at(&net, "p"), Desk::at(&net, "c"));
    let called = take(&c, call("溃坝")).await.matter.to_string();
    let incident = take(&c, report(&called, "initial", 2)).await.reference;
    net.arrives(&incident, "p").await;
    // The question is put while the line is down: at 14:30, and comes at 14:46.
    net.cut("c");
    until("the cut is seen", || !net.link("p", "c").state.up).await;
    it_is(&net, &["p", "c"], "14:30");
    let said = [("title", text("伤亡")), ("question", text("伤亡几人？"))];
    let asked = linked(to(&["c"], step("verification.ask", "", &said)), &[("incident", &incident)]);
    let asked = take(&p, asked).await.matter;
    let named = asked.to_string();
    let first = due_when(&p, "c", Duty::VerificationAnswer, "it is owed", |_| true).await;
    assert!((first.obligation.due.here.0 - time("14:45").0).abs() < MINUTE, "nobody knows yet when it comes");
    let key = first.obligation.key.as_str().to_owned();
    let board = board_when(&p, &named, "it has not come", |_| true).await;
    assert!(matches!(board.seats[0].row.delivery, Err(Undelivered::LineDown(..))), "{:?}", board.seats);
    it_is(&net, &["p", "c"], "14:46");
    net.heal("c");
    let from_receipt = due_when(&p, "c", Duty::VerificationAnswer, "its clock runs from receipt", |due| {
        due.obligation.due.here.0 - time("15:01").0 >= 0
    });
    assert!(from_receipt.await.obligation.due.here.0 < time("15:05").0);
    when(&p, &asked, "the question was delivered", |shown| offices(shown, "delivered") == ["c"]).await;
    net.cut("c");
    until("the cut is seen", || !net.link("p", "c").state.up && !net.link("c", "p").state.up).await;
    it_is(&net, &["p", "c"], "14:59");
    take(&c, step("verification.answer", &named, &[("answer", text("无人伤亡"))])).await;
    assert!(c.office.dues(AskDues::default()).await.unwrap().dues.iter().all(|due| due.obligation.key.as_str() != key));
    it_is(&net, &["p", "c"], "15:40");
    standing_when(&p, &key, "the line was down", |standing| matches!(standing, Standing::CutOff { .. })).await;
    net.heal("c");
    let came = standing_when(&p, &key, "it came", |standing| !standing.is_open()).await;
    assert!(matches!(came, Standing::InTimeCutOff { .. }), "{came:?}");
    // Said once, and no more when the desk opens anew.
    c.close().await;
    let c = Desk::at(&net, "c");
    take(&p, step("verification.close", &named, &[("outcome", text("已核实"))])).await;
    when(&c, &asked, "the county knows", |shown| !shown.row.summary.open).await;
    assert_eq!(["p", "c"].map(|at| records_of(&net, at, "directive.delivered/1")), [1, 1]);
    p.close().await;
    c.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_warning_is_confirmed_by_twenty_offices_three_of_them_by_telephone() {
    let mut net = Network::found("c").await;
    let own: Vec<String> = (1..=5).map(|n| format!("t{n:02}")).collect();
    let without: Vec<String> = (6..=20).map(|n| format!("t{n:02}")).collect();
    for id in &own {
        net.join("c", id).await;
    }
    for id in &without {
        net.add_without_node("c", id).await;
    }
    for id in &own {
        net.is_linked("c", id).await;
    }
    let c = Desk::at(&net, "c");
    let desks: Vec<Desk> = own.iter().map(|id| Desk::at(&net, id)).collect();
    let words = ["title", "category", "area", "caution", "measures", "issuer"].map(|field| (field, text("台风")));
    let mut said = words.to_vec();
    said.extend([("from", Value::Time(UnixMillis(1))), ("issued_at", Value::Time(UnixMillis(1)))]);
    said.extend([("level", code("orange")), ("channel", code("fax"))]);
    let warning = take(&c, step("warning.take", "", &said)).await.matter;
    let named = warning.to_string();
    let everybody: Vec<&str> = own.iter().chain(&without).map(String::as_str).collect();
    let by = ("confirm_by", Value::Time(UnixMillis(c.office.dues(AskDues::default()).await.unwrap().as_of.0 + 60 * MINUTE)));
    take(&c, to(&everybody, step("warning.pass", &named, &[by]))).await;
    let has_all = |board: &MatterBoard| delivered(board).len() == own.len();
    let board = board_when(&c, &named, "every node has said that it has it", has_all).await;
    assert_eq!(board.seats.len(), 20);
    let without_node = board.seats.iter().filter(|seat| seat.row.delivery == Err(Undelivered::NoNode)).count();
    assert_eq!(without_node, without.len(), "nobody can say it for an office without a node");
    // Two of those with a node sign, three are called; those without are entered.
    for desk in &desks[..2] {
        when(desk, &warning, "it was asked", |shown| shown.steps.len() >= 2).await;
        take(desk, step("warning.signed", &named, &[])).await;
    }
    let at = Value::Time(UnixMillis(1));
    let call = |result: &str| {
        [("result", code(result)), ("answered_by", text("王五")), ("phone", text("0759-1")), ("called_at", at.clone())]
    };
    take(&c, to(&["t03"], step("warning.phoned", &named, &call("unanswered")))).await;
    for id in ["t03", "t04", "t05"] {
        take(&c, to(&[id], step("warning.phoned", &named, &call("reached")))).await;
    }
    for id in &without {
        take(&c, by_telephone(id, step("warning.signed", &named, &[]))).await;
    }
    when(&c, &warning, "all have confirmed", |shown| shown.row.summary.state == "confirmed").await;
    let board = board_when(&c, &named, "nobody is awaited", |board| board.seats.iter().all(|seat| !seat.awaited)).await;
    let by_call = board.seats.iter().filter(|seat| !seat.phoned.is_empty() && seat.row.signatures.is_empty()).count();
    assert_eq!(by_call, 3);
    let asked = AskDues { office: "t04".into(), ..AskDues::default() };
    let open = c.office.dues(asked).await.unwrap().dues;
    assert!(open.iter().all(|due| due.obligation.duty != Duty::Receipt), "{open:?}");
    for desk in desks.into_iter().chain([c]) {
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervision_over_nine_counties_shows_who_has_it_who_signed_and_who_is_done_and_then_closes() {
    let mut net = Network::found("p").await;
    for id in ["c1", "c2"] {
        net.join("p", id).await;
        net.is_linked("p", id).await;
    }
    let without: Vec<String> = (3..=9).map(|n| format!("c{n}")).collect();
    for id in &without {
        net.add_without_node("p", id).await;
    }
    let (p, c1, c2) = (Desk::at(&net, "p"), Desk::at(&net, "c1"), Desk::at(&net, "c2"));
    let now = p.office.dues(AskDues::default()).await.unwrap().as_of.0;
    let by = |minutes: i64| Value::Time(UnixMillis(now + minutes * MINUTE));
    let mut said = order("supervision").to_vec();
    said.extend([("sign_by", by(30)), ("feedback_due", by(60)), ("due", by(600))]);
    let all: Vec<&str> = ["c1", "c2"].into_iter().chain(without.iter().map(String::as_str)).collect();
    let matter = take(&p, to(&all, step("directive.order", "", &said))).await.matter;
    let named = matter.to_string();
    board_when(&p, &named, "both nodes have it", |board| delivered(board) == ["c1", "c2"]).await;
    take(&c1, step("directive.sign", &named, &[])).await;
    take(&c1, step("directive.read", &named, &[("reader", text("县长"))])).await;
    take(&c1, step("directive.feedback", &named, &[("progress", text("已动员"))])).await;
    let of = |board: &MatterBoard, id: &str| board.seats.iter().find(|seat| seat.row.seat.office == office(id)).unwrap().clone();
    let signed = board_when(&p, &named, "one has fed back", |board| !of(board, "c1").read.is_empty()).await;
    let (first, second) = (of(&signed, "c1"), of(&signed, "c2"));
    assert_eq!((first.row.signatures.len(), first.done.len(), first.awaited), (1, 0, true), "signed and read is not done");
    assert_eq!((second.row.delivery.is_ok(), second.row.signatures.len(), second.read.len()), (true, 0, 0));
    let owed = due_when(&p, "c2", Duty::Feedback, "the second owes feedback", |_| true).await;
    assert_eq!(owed.obligation.cited.article, "政府政务机关单位值班工作标准规范 第七条");
    for (desk, id) in [(&c1, "c1"), (&c2, "c2")] {
        when(desk, &matter, "it is here", |_| true).await;
        let done = take(desk, step("directive.done", &named, &outcome())).await;
        when(&p, &matter, id, |shown| shown.steps.iter().any(|held| held.step.reference == done.reference)).await;
    }
    let first = of(&board_when(&p, &named, "both are done", |board| !of(board, "c2").awaited).await, "c1");
    let sent_back = to(&["c1"], step("directive.return", &named, &[("reason", text("数字不符"))]));
    let sent_back = linked(sent_back, &[("outcome", &first.done[0])]);
    take(&p, sent_back).await;
    when(&c1, &matter, "it was sent back", |shown| offices(shown, "returned") == ["c1"]).await;
    due_when(&p, "c1", Duty::Outcome, "what was sent back is owed again", |_| true).await;
    take(&c1, step("directive.done", &named, &outcome())).await;
    for id in &without {
        take(&p, by_telephone(id, step("directive.done", &named, &outcome()))).await;
    }
    board_when(&p, &named, "everybody is done", |board| board.seats.iter().all(|seat| !seat.awaited)).await;
    take(&p, step("directive.close", &named, &outcome())).await;
    let open = p.office.dues(AskDues { office: "c1".into(), ..AskDues::default() }).await.unwrap().dues;
    assert!(open.iter().all(|due| due.obligation.cited.pack != "directive.order"), "{open:?}");
    for desk in [p, c1, c2] {
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_flash_report_owes_is_derived_again_when_the_rules_that_it_names_come_behind_it() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.is_linked("p", "c").await;
    let (p, c) = (Desk::at(&net, "p"), Desk::at(&net, "c"));
    net.cut("c");
    until("the cut is seen", || !net.link("p", "c").state.up).await;
    let rules = "pack = \"ours\"\nversion = 1\ntitle = \"本县\"\nsource = \"本县规定\"\n\n[[limit]]\nid = \"fast\"\nduty = \"written-after-oral\"\n\
                 to = \"above\"\nbasis = \"oral-report\"\nlimit = \"12min\"\nsays = \"更快\"\narticle = \"一\"\n";
    let pack = PutPack { id: new_id(), text: rules.into(), reach: Reach::Own, by: Some(clerk()) };
    c.office.put_pack(pack).await.expect("a stricter pack is laid");
    let unknown = ["caller_name", "caller_unit", "caller_phone", "place", "happened_at", "who", "why"];
    let mut said: Vec<_> = unknown.into_iter().map(|field| (field, Value::Unknown)).collect();
    said.extend([("title", text("山洪")), ("what", text("房屋倒塌"))]);
    let matter = take(&c, step("incident.call", "", &said)).await.matter.to_string();
    let now = Value::Time(UnixMillis(1));
    let oral = [("title", "山洪"), ("told", "李四"), ("told_unit", "市"), ("phone", "1"), ("said", "房屋倒塌")];
    let mut oral: Vec<_> = oral.into_iter().map(|(field, words)| (field, text(words))).collect();
    oral.extend([("told_at", now), ("happened_at", Value::Unknown)]);
    take(&c, step("incident.oral", &matter, &oral)).await;
    net.heal("c");
    let ours = |due: &Due| due.obligation.cited.pack == "c/ours";
    let due = due_when(&p, "c", Duty::WrittenAfterOral, "by the county's own rule", ours).await;
    assert_eq!(due.obligation.due.here.0 - due.obligation.start.at.here.0, 12 * MINUTE);
    p.close().await;
    c.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disaster_that_goes_on_owes_a_report_on_every_day_that_begins_until_it_is_stable() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.is_linked("p", "c").await;
    let (p, c) = (Desk::at(&net, "p"), Desk::at(&net, "c"));
    it_is(&net, &["p", "c"], "09:00");
    let unknown = ["caller_name", "caller_unit", "caller_phone", "place", "happened_at", "who", "why"];
    let mut said: Vec<_> = unknown.into_iter().map(|field| (field, Value::Unknown)).collect();
    said.extend([("title", text("洪水")), ("what", text("漫堤")), ("category", code("natural.flood-drought"))]);
    let matter = take(&c, step("incident.call", "", &said)).await.matter.to_string();
    let report = |stage: &str, more: &[(&str, Value)]| {
        let said = [("stage", code(stage)), ("haste", code("yes")), ("title", text("洪水"))];
        let category = ("category", code("natural.flood-drought"));
        step("incident.report", &matter, &[&said[..], &[category], more].concat())
    };
    take(&c, report("initial", &[])).await;
    let day_after = |days: i64| UnixMillis(time("09:00").0 + days * 24 * 60 * MINUTE);
    let mut key = None;
    for days in 1..=2 {
        for id in ["p", "c"] {
            net.clock(id).set(day_after(days));
        }
        let of_today = |due: &Due| Day::of(due.obligation.start.at.here) == Day::of(day_after(days));
        for desk in [&p, &c] {
            let due = due_when(desk, "c", Duty::FollowUp, "the day owes its report", of_today).await;
            key.get_or_insert(due.obligation.key.to_string());
        }
    }
    take(&c, report("followup", &[("stable", code("yes"))])).await;
    net.clock("c").set(day_after(3));
    let asked = || AskDues { office: "c".into(), ..AskDues::default() };
    let owed = c.office.dues(asked()).await.unwrap().dues.into_iter().filter(|due| due.obligation.duty == Duty::FollowUp);
    assert_eq!(owed.count(), 0, "the day on which nothing came was reported late, and none follows");
    let key = key.expect("the first day that began");
    assert!(matches!(c.office.show_due(&key).await.unwrap().due.standing, Standing::Late { .. }));
    p.close().await;
    c.close().await;
}
