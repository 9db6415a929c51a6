//! Notices go down, are delivered and signed for: across cuts, kills, restored stores and offices that may not direct.

use dutynet_node::{
    body::notice::{DELIVERED, NOTICE, NoticeBody, SIGNED, SignedBody},
    domain::{
        notice::{ToldBy, Urgency},
        number::Number,
        sign_for::Undelivered,
    },
    text::refusal::Refusal,
    usecase::{Relation, SaveGroup, SendNotice, SignNotice, To},
};
use dutynet_relay::{
    ids::{Lane, RecordId, RecordRef},
    random,
    record::{Audience, Destruction, Mode},
    writer::intent::{Destroying, Draft},
};
use dutynet_tests::{
    desk::{Desk, new_id, notice, records_of, signature},
    net::{Network, clerk, draft, office, until},
    process::Process,
    search::files_with,
};
use rand::{Rng as _, SeedableRng as _, rngs::SmallRng};

/// p → c1, c2; c1 → a, b, n (without a node); c2 → d
async fn province() -> Network {
    let mut net = Network::found("p").await;
    for (parent, child) in [("p", "c1"), ("p", "c2"), ("c1", "a"), ("c1", "b"), ("c2", "d")] {
        net.join(parent, child).await;
        net.is_linked(parent, child).await;
    }
    net.add_without_node("c1", "n").await;
    until("the province knows everybody", || net.relay("p").registry().entry(&office("n")).is_some()).await;
    net
}

fn on_behalf_of(number: &str, office: &str) -> SignNotice {
    let told_by = Some(ToldBy { name: "李四".into(), phone: "0759-3331234".into() });
    SignNotice { on_behalf_of: office.into(), told_by, ..signature(number, "z01") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_to_everybody_completes_as_lines_come_back_and_nothing_is_doubled() {
    let mut net = province().await;
    for off in ["b", "d", "c2"] {
        net.stop(off).await;
    }
    let (p, c1, a) = (Desk::at(&net, "p"), Desk::at(&net, "c1"), Desk::at(&net, "a"));
    until("the cuts are seen", || !net.link("p", "c2").state.up && !net.link("c1", "b").state.up).await;
    let sent = p.send("台风防御", To::EverybodyBelow).await;
    let number = sent.number.to_string();
    assert_eq!(sent.addressed, 6);
    let half = p.board_when(&number, "those who are on have it", |rows| rows.counts() == (2, 0)).await;
    assert_eq!(half.offices(), ["a", "b", "c1", "c2", "d", "n"]);
    let why = |rows: &dutynet_tests::desk::Rows, id: &str| rows.of(id).delivery.clone().unwrap_err();
    assert!(matches!(why(&half, "c2"), Undelivered::LineDown(at, Some(_)) if at == office("c2")));
    assert!(matches!(why(&half, "d"), Undelivered::LineDown(at, _) if at == office("c2")), "the first thing in its way");
    let b_is_down = |rows: &dutynet_tests::desk::Rows| matches!(&rows.of("b").delivery, Err(Undelivered::LineDown(at, _)) if *at == office("b"));
    p.board_when(&number, "the province hears of the line of b", b_is_down).await;
    assert_eq!(why(&half, "n"), Undelivered::NoNode);
    a.sign(&number, "甲").await;
    assert!(a.sign(&number, "甲").await.folded, "the same person's second signature is the first one");
    assert!(!a.sign(&number, "乙").await.folded, "another person's is one more");
    c1.sign(&number, "丙").await;
    c1.office.sign_notice(on_behalf_of(&number, "n")).await.unwrap();

    for on in ["c2", "b", "d"] {
        net.start(on).await;
    }
    let (b, c2, d) = (Desk::at(&net, "b"), Desk::at(&net, "c2"), Desk::at(&net, "d"));
    for desk in [&b, &c2, &d] {
        desk.board_when(&number, "it has come", |rows| rows.counts().0 > 0).await;
        desk.sign(&number, "丁").await;
    }
    let whole = p.board_when(&number, "everybody has signed", |rows| rows.counts() == (5, 6)).await;
    assert_eq!(whole.of("a").signatures.len(), 2, "all are kept");
    let by_telephone = &whole.of("n").signatures[0];
    assert_eq!(
        (by_telephone.entered_by.as_ref().unwrap().as_str(), by_telephone.told_by.as_ref().unwrap().name.as_str()),
        ("c1", "李四")
    );
    assert_eq!((records_of(&net, "p", DELIVERED), records_of(&net, "p", SIGNED)), (5, 7), "each once");
    let county = c1.board(&number).await;
    let seen: Vec<_> = county.rows.iter().map(|row| row.seat.office.as_str()).collect();
    assert_eq!(seen, ["c1", "a", "b", "n"], "a tier between sees its own subtree");
    assert_eq!((county.counts.delivered, county.counts.signed, county.counts.on_behalf), (3, 4, 1));
    assert_eq!(p.board(&number).await.counts.signed, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_edited_afterwards_changes_nothing_of_what_was_sent_to_it() {
    let net = province().await;
    let (p, a, b, d) = (Desk::at(&net, "p"), Desk::at(&net, "a"), Desk::at(&net, "b"), Desk::at(&net, "d"));
    let group = |members: &[&str]| SaveGroup {
        id: new_id(),
        name: "沿海".into(),
        members: members.iter().map(|&member| member.to_owned()).collect(),
        by: Some(clerk()),
    };
    p.office.save_group(group(&["b", "a", "a"])).await.unwrap();
    let first = p.send("第一份", To::Group("沿海".into())).await;
    p.office.save_group(group(&["b", "d"])).await.unwrap();
    let second = p.send("第二份", To::Group("沿海".into())).await;
    assert_eq!((first.addressed, second.addressed), (2, 2));
    let has = |number: &Number, offices: [&'static str; 2]| {
        let number = number.to_string();
        let p = &p;
        async move { assert_eq!(p.board_when(&number, "both have it", |rows| rows.counts().0 == 2).await.offices(), offices) }
    };
    has(&first.number, ["a", "b"]).await;
    has(&second.number, ["b", "d"]).await;
    for (desk, titles) in [(&a, vec!["第一份"]), (&d, vec!["第二份"]), (&b, vec!["第一份", "第二份"])] {
        let list = desk.office.notices().await.unwrap();
        assert!(list.iter().all(|row| row.relation == Relation::ToSign));
        assert_eq!(list.iter().map(|row| row.head.title.as_str()).collect::<Vec<_>>(), titles);
    }
    assert!(net.body("a", &second.reference).is_none(), "who is not addressed does not get it");
    let dropped = p.office.drop_group(new_id(), "沿海", Some(clerk())).await.unwrap();
    assert_eq!(dropped.members.len(), 2);
    assert_eq!(p.office.drop_group(new_id(), "沿海", Some(clerk())).await.unwrap_err().refusal, Refusal::GroupUnknown);
    assert_eq!(p.board(&first.number.to_string()).await.counts.addressed, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_township_that_is_killed_again_and_again_says_once_of_each_notice_that_it_has_it() {
    let mut net = Network::found("p").await;
    net.join("p", "t").await;
    net.stop("t").await;
    let p = Desk::at(&net, "p");
    let (mut dice, mut sent, mut kills, mut between) = (SmallRng::seed_from_u64(7), Vec::new(), 0, 0);
    let said = |net: &Network| records_of(net, "p", DELIVERED);
    while kills < 12 || between == 0 {
        for _ in 0..20 {
            sent.push(p.send("通知", To::EverybodyBelow).await);
        }
        let process = Process::serve(&net.folder("t")).await;
        let last = sent.last().unwrap().reference.clone();
        let enough = said(&net) + dice.random_range(0..20);
        let custody = || net.state("p", &last) == Some(dutynet_relay::writer::RecordState::Arrived);
        until("some of them are said to be there", || said(&net) >= enough || custody()).await;
        process.kill();
        // The township has them all on its disk, and has not said so of all.
        between += usize::from(custody() && said(&net) < sent.len());
        kills += 1;
    }
    net.start("t").await;
    let t = Desk::at(&net, "t");
    until("all of them are said to be there", || said(&net) >= sent.len()).await;
    for notice in &sent {
        // Of some hundreds two may have one number.
        assert_eq!(p.board(&notice.reference.to_string()).await.counts.delivered, 1);
    }
    assert_eq!((said(&net), records_of(&net, "t", DELIVERED)), (sent.len(), sent.len()), "each once, after {kills} kills");
    t.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_while_the_line_is_down_has_signed_at_that_time() {
    let net = province().await;
    let (p, a) = (Desk::at(&net, "p"), Desk::at(&net, "a"));
    let number = p.send("通知", To::Offices(vec!["a".into()])).await.number.to_string();
    p.board_when(&number, "it is there", |rows| rows.counts() == (1, 0)).await;
    net.cut("a");
    until("the cut is seen", || !net.link("a", "c1").state.up).await;
    a.sign(&number, "甲").await;
    let signed_at = a.board(&number).await.rows[0].signatures[0].at;
    assert_eq!(p.board(&number).await.counts.signed, 0);
    let healed_at = net.relay("p").clock().wall();
    net.heal("a");
    let rows = p.board_when(&number, "the signature comes", |rows| rows.counts() == (1, 1)).await;
    let signature = &rows.of("a").signatures[0];
    assert_eq!(signature.at, signed_at);
    assert!(signature.at <= healed_at && healed_at <= signature.known_at, "when it was, and when it was known");
}

/// A notice as a program would make it that does not ask who may direct whom.
fn forged(to: &str) -> Draft {
    let reference = RecordRef { origin: office("c1"), id: new_id() };
    let body = NoticeBody {
        number: Number::of(&reference),
        title: "冒充".into(),
        text: "冒充".into(),
        urgency: Urgency::Routine,
        sign_by: None,
        group: String::new(),
    };
    let base = draft(Lane::Routine, vec![Audience::Offices(vec![office(to)])], &body.encode());
    Draft { id: reference.id, kind: NOTICE.into(), subject: body.number.to_string(), mode: Mode::Real, ..base }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_from_an_office_that_does_not_stand_above_is_no_directive_and_is_raised() {
    let net = province().await;
    let (p, c2, d) = (Desk::at(&net, "p"), Desk::at(&net, "c2"), Desk::at(&net, "d"));
    let forged = net.submit("c1", forged("d")).await.unwrap().reference;
    net.arrives(&forged, "d").await;
    for desk in [&p, &c2, &d] {
        assert!(desk.office.notices().await.unwrap().is_empty());
        let refused = desk.office.notice(&forged.to_string()).await.unwrap_err();
        assert_eq!(refused.refusal, Refusal::NoticeUnknown);
        assert_eq!(desk.office.status().not_interpreted, 1, "a person is told");
    }
    assert_eq!(records_of(&net, "d", DELIVERED), 0);

    // Nor is an answer one that somebody gives for an office which is not below him.
    let number = p.send("真的", To::EverybodyBelow).await;
    let body = SignedBody { directive: number.reference.clone(), remark: String::new(), told_by: None };
    let base = draft(Lane::Urgent, vec![Audience::UpTo(office("p"))], &body.encode());
    let lie = Draft { kind: SIGNED.into(), subject: number.reference.to_string(), on_behalf_of: Some(office("a")), ..base };
    let lie = net.submit("c2", lie).await.unwrap().reference;
    net.arrives(&lie, "p").await;
    let rows = p.board_when(&number.number.to_string(), "both have it", |rows| rows.counts().0 >= 2).await;
    assert!(rows.of("a").signatures.is_empty());
    assert_eq!(p.office.status().not_interpreted, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_is_restored_from_a_copy_has_one_list_as_it_was_when_it_sent() {
    let mut net = Network::found("p").await;
    net.join("p", "c").await;
    net.join("c", "t").await;
    until("the province knows everybody", || net.relay("p").registry().entry(&office("t")).is_some()).await;
    net.stop("p").await;
    let copy = net.copy("p");
    net.start("p").await;
    let (p, c, t) = (Desk::at(&net, "p"), Desk::at(&net, "c"), Desk::at(&net, "t"));
    let sent = p.send("通知", To::EverybodyBelow).await;
    let number = sent.number.to_string();
    t.board_when(&number, "it is there", |rows| rows.counts().0 == 1).await;
    t.sign(&number, "甲").await;
    c.sign(&number, "乙").await;
    // Joined after it was sent.
    net.add_without_node("c", "later").await;
    until("the province knows it", || net.relay("p").registry().entry(&office("later")).is_some()).await;
    let before = p.board_when(&number, "both have signed", |rows| rows.counts() == (2, 2)).await;
    assert_eq!(before.offices(), ["c", "t"]);
    p.close().await;
    net.stop("p").await;
    net.put_back("p", &copy);
    net.start("p").await;
    let p = Desk::at(&net, "p");
    let after = p.board_when(&number, "the list is back", |rows| rows.counts() == (2, 2)).await;
    until("the later office is known again", || net.relay("p").registry().entry(&office("later")).is_some()).await;
    assert_eq!(p.board(&number).await.rows.len(), 2, "an office that joined later is not on it: {after:?}");
    assert_eq!(after.of("t").signatures.len(), 1);
    assert_eq!((records_of(&net, "p", NOTICE), records_of(&net, "p", DELIVERED), records_of(&net, "p", SIGNED)), (1, 2, 2));
    t.close().await;
    c.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_destroyed_notice_lists_show_that_it_was_and_its_words_are_in_no_file() {
    let mut net = Network::found("p").await;
    net.join("p", "t").await;
    let (p, t) = (Desk::at(&net, "p"), Desk::at(&net, "t"));
    let canary = || format!("canary-{}", RecordId(random::bytes().unwrap()));
    let (words, title, remark, name) = (canary(), canary(), canary(), "沿海".to_owned());
    let named = SaveGroup { id: new_id(), name: name.clone(), members: vec!["t".into()], by: Some(clerk()) };
    p.office.save_group(named).await.unwrap();
    let kept = p.send("留下的", To::EverybodyBelow).await;
    let sent = SendNotice { text: words.clone(), ..notice(&title, To::Group(name)) };
    let sent = p.office.send_notice(sent).await.unwrap();
    let number = sent.number.to_string();
    t.board_when(&number, "it is there", |rows| rows.counts().0 == 1).await;
    let signed = t.office.sign_notice(SignNotice { remark: remark.clone(), ..signature(&number, "甲") }).await.unwrap();
    let rows = p.board_when(&number, "it is signed for", |rows| rows.counts() == (1, 1)).await;
    assert_eq!(rows.of("t").signatures[0].remark, remark);
    for target in [&sent.reference, &signed.reference] {
        let destruction = Destruction { target: target.clone(), reason: "误发".to_owned() };
        net.relay("p").destroy(Destroying { id: new_id(), destruction, by: clerk() }).await.unwrap();
    }
    for (desk, at) in [(&p, "p"), (&t, "t")] {
        until("no file holds its words", || {
            [&words, &title, &remark].iter().all(|words| files_with(&net.folder(at), words.as_bytes()).is_empty())
        })
        .await;
        let rows = desk.office.notices().await.unwrap();
        let heads = rows.iter().map(|row| (row.head.title.as_str(), row.head.notice.removed));
        let heads: std::collections::BTreeSet<_> = heads.collect();
        assert_eq!(heads, [("留下的", false), ("", true)].into(), "{at}");
        let stub = desk.office.notice(&number).await.unwrap();
        assert!(stub.head.notice.removed && stub.body.text.is_empty() && stub.head.notice.number == sent.number, "{stub:?}");
        let board = desk.board(&number).await;
        let signed = &board.rows.iter().find(|row| row.seat.office.as_str() == "t").unwrap().signatures[0];
        assert_eq!((signed.by.name.as_str(), signed.remark.as_str()), ("甲", ""), "{at}: a signature stays, without its remark");
        let refused = desk.office.sign_notice(signature(&number, "乙")).await.unwrap_err();
        assert_eq!(refused.refusal, Refusal::NoticeRemoved, "{at}");
        assert_eq!(desk.board(&kept.number.to_string()).await.counts.addressed, 1);
        assert_eq!(desk.office.status().not_interpreted, 0, "{at}");
    }
}
