//! A notice that is to be signed for by a time is owed like everything else: it rings where it is owed, it stands on the sender's chase list,
//! the line and not the office is blamed where a line was down, and it ends with the notice.

use dutynet_node::{
    domain::{
        beijing::{Day, TimeOfDay},
        notice::{ToldBy, Urgency},
        obligation::{About, Side, Stage, Standing},
        rules::Duty,
    },
    usecase::{AskDueStats, AskDues, Due, Office, SendNotice, SignNotice, To, WhichDues, keep_dues},
};
use dutynet_relay::{clock::Clock as _, ids::UnixMillis, lines::SpanState, record::Destruction, writer::intent::Destroying};
use dutynet_tests::{
    desk::{Desk, new_id, notice, signature},
    net::{Network, clerk, office, until, until_seen},
    shifted::ShiftedClock,
};
use tokio::sync::watch;

const ALL: [&str; 4] = ["p", "c", "t", "u"];

fn at(time: &str) -> UnixMillis {
    Day::of(ShiftedClock::default().wall()).at(TimeOfDay::parse(time).unwrap())
}

fn it_is(net: &Network, time: &str) {
    for id in ALL {
        net.clock(id).set(at(time));
    }
}

/// What is open of signatures.
async fn signatures(at: &Office, which: WhichDues) -> Vec<Due> {
    let mut dues = at.dues(AskDues { which, ..AskDues::default() }).await.expect("what is open").dues;
    dues.retain(|due| due.obligation.duty == Duty::Receipt);
    dues
}

fn debtors(dues: &[Due]) -> Vec<(&str, &'static str)> {
    dues.iter().map(|due| (due.obligation.debtor.as_str(), Standing::NAMES[due.standing.place()])).collect()
}

async fn when(what: &str, ask: impl AsyncFn() -> Vec<Due>, wanted: &[(&str, &str)]) {
    let as_wanted = |found: &Vec<Due>| {
        let mut now = debtors(found);
        now.sort();
        now == wanted
    };
    until_seen(what, ask, as_wanted).await;
}

/// The first two rings about an obligation that is due or overdue, when it is that time.
async fn rings(net: &Network, at: &Desk, due: &Due, time: &str) -> Vec<Stage> {
    let (stop, stopped) = watch::channel(false);
    let (_, mut hears) = at.office.watch_dues().await.expect("somebody listens");
    let clock = tokio::spawn(keep_dues(at.office.clone(), stopped));
    it_is(net, time);
    let mut stages = Vec::new();
    while stages.len() < 2 {
        let rang = hears.recv().await.expect("a ring");
        stages.extend((rang.due.obligation.key == due.obligation.key && rang.stage >= Stage::Due).then_some(rang.stage));
    }
    stop.send_replace(true);
    clock.await.expect("the clock does not panic");
    stages
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_that_is_owed_rings_is_chased_and_the_line_is_blamed_where_it_was_down() {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c"), ("c", "t"), ("c", "u")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    net.add_without_node("c", "n").await;
    until("the province knows everybody", || net.relay("p").registry().entry(&office("n")).is_some()).await;
    let [p, c, t, u] = ALL.map(|id| Desk::at(&net, id));
    net.cut("t");
    until("the province knows that t is cut off", || {
        let (now, day) = (net.clock("p").wall(), 24 * 3_600_000);
        let spans = net.relay("p").line_history(&office("t"), UnixMillis(now.0 - day), now).expect("a history");
        spans.last().is_some_and(|span| span.state == SpanState::Down)
    })
    .await;
    let asked = SendNotice { sign_by: Some(at("11:00")), ..notice("台风防御", To::EverybodyBelow) };
    let sent = p.office.send_notice(asked).await.expect("it is sent");
    let number = sent.number.to_string();
    until("they have it", || net.body("u", &sent.reference).is_some() && net.body("c", &sent.reference).is_some()).await;
    let all = [("c", "not_due"), ("n", "not_due"), ("t", "not_due"), ("u", "not_due")];
    when("each of them owes its signature", async || signatures(&p.office, WhichDues::Open).await, &all).await;
    when("and knows so itself", async || signatures(&u.office, WhichDues::Open).await, &[("u", "not_due")]).await;
    let own = signatures(&u.office, WhichDues::Open).await.remove(0);
    assert_eq!((own.side, own.obligation.about.clone()), (Side::ByUs, About::Notice(sent.reference.clone())));

    c.sign(&number, "丙").await;
    let told_by = Some(ToldBy { name: "李四".into(), phone: "0759-3331234".into() });
    c.office.sign_notice(SignNotice { on_behalf_of: "n".into(), told_by, ..signature(&number, "z01") }).await.expect("for n");
    when(
        "who has signed owes nothing, whoever signed for it",
        async || signatures(&p.office, WhichDues::Open).await,
        &[("t", "not_due"), ("u", "not_due")],
    )
    .await;

    assert_eq!(rings(&net, &u, &own, "11:10").await, [Stage::Due, Stage::Leader]);
    let mut late = signatures(&p.office, WhichDues::ToChase).await;
    late.sort_by(|a, b| a.obligation.debtor.cmp(&b.obligation.debtor));
    assert_eq!(debtors(&late), [("t", "cut_off"), ("u", "overdue")]);

    net.heal("t");
    let t_had_it_too_late = async || signatures(&p.office, WhichDues::ToChase).await;
    when("t could not sign in time, and is asked no more", t_had_it_too_late, &[("u", "overdue")]).await;
    assert_eq!(debtors(&signatures(&t.office, WhichDues::Open).await), []);
    t.sign(&number, "戊").await;
    u.sign(&number, "己").await;
    when("nothing is left", async || signatures(&p.office, WhichDues::Open).await, &[]).await;
    let month = at("11:00");
    let month = Day::of(month).to_string()[..7].to_owned();
    let asked = AskDueStats { month, duty: Duty::Receipt.key().into(), ..AskDueStats::default() };
    let counted = p.office.due_stats(asked).await.expect("counts");
    let mut stood = debtors(&counted.dues);
    stood.sort();
    assert_eq!(stood, [("c", "in_time"), ("n", "in_time"), ("t", "cut_off"), ("u", "late")]);
    assert_eq!(counted.counts.iter().map(|(_, counts, _)| counts.all()).sum::<u32>(), 4);

    let again = SendNotice { sign_by: Some(at("12:00")), ..notice("发错了", To::Offices(vec!["u".into()])) };
    let wrong = p.office.send_notice(again).await.expect("it is sent").reference;
    when("it is owed", async || signatures(&u.office, WhichDues::Open).await, &[("u", "not_due")]).await;
    let destruction = Destruction { target: wrong, reason: "误发".to_owned() };
    net.relay("p").destroy(Destroying { id: new_id(), destruction, by: clerk() }).await.expect("it is destroyed");
    when("a notice that is gone asks for nothing", async || signatures(&u.office, WhichDues::Open).await, &[]).await;
    when("nor here", async || signatures(&p.office, WhichDues::Open).await, &[]).await;
    for desk in [p, c, t, u] {
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flash_notice_rings_at_the_township_until_somebody_has_signed_though_nobody_has_set_a_time() {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c"), ("c", "t")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    until("the province knows the township", || net.relay("p").registry().entry(&office("t")).is_some()).await;
    let [p, c, t] = ["p", "c", "t"].map(|id| Desk::at(&net, id));
    let (stop, stopped) = watch::channel(false);
    let (_, mut hears) = t.office.watch_dues().await.expect("somebody listens");
    let clock = tokio::spawn(keep_dues(t.office.clone(), stopped));
    let asked = SendNotice { urgency: Some(Urgency::Flash), ..notice("台风登陆", To::EverybodyBelow) };
    let sent = p.office.send_notice(asked).await.expect("it is sent");
    let about = About::Notice(sent.reference.clone());
    let rang = loop {
        let rang = hears.recv().await.expect("a ring");
        if rang.due.obligation.about == about {
            break rang;
        }
    };
    assert_eq!((rang.stage, rang.due.side, rang.due.obligation.duty), (Stage::Begun, Side::ByUs, Duty::Receipt));
    assert!(rang.insists() && rang.is_loud(), "it rings until somebody has signed");
    assert_eq!(rang.due.obligation.cited.pack, "default", "by the default of the program, because nobody has set a time");

    let of_p = || async { signatures(&p.office, WhichDues::Open).await };
    when("the province waits for both", of_p, &[("c", "not_due"), ("t", "not_due")]).await;
    t.sign(&sent.number.to_string(), "戊").await;
    when("who has signed owes nothing", || async { signatures(&t.office, WhichDues::Open).await }, &[]).await;
    let rings = t.office.rang_now().await.expect("what rings");
    assert!(rings.iter().all(|rang| rang.due.obligation.about != about), "and nothing rings any more");
    when("the county has not", of_p, &[("c", "not_due")]).await;
    stop.send_replace(true);
    clock.await.expect("the clock does not panic");
    for desk in [p, c, t] {
        desk.close().await;
    }
}
