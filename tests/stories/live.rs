//! Live questions between real offices: everybody asked for is in the table, by its own word or with the reason why not.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use dutynet_proto::link::{self as wire, frame::Of};
use dutynet_relay::{
    link::{
        config::{FEATURE_FILES, FEATURE_QUESTIONS},
        frame::Frame,
    },
    live::{Said, Target, Why},
    relay::{Ask, AskRefused},
};
use dutynet_tests::{
    asking::{AS_OF, Answering, Manner, in_words, question, table},
    hostile::{Claims, Hostile},
    hostile_parent::HostileParent,
    net::{Network, office, until},
};

const SOON: Duration = Duration::from_secs(4);
/// No story waits so long for what is answered at once.
const LATE: Duration = Duration::from_secs(60);

/// Offices of a story, and who answers for them.
struct Tree {
    net: Network,
    answering: Vec<Arc<Answering>>,
}

impl Tree {
    async fn of(root: &str, offices: &[(&str, &str)]) -> Self {
        let mut this = Self { net: Network::found(root).await, answering: Vec::new() };
        this.answers(root, Manner::Prompt);
        for (parent, child) in offices {
            this.net.join(parent, child).await;
            this.answers(child, Manner::Prompt);
        }
        for (parent, child) in offices {
            this.net.is_linked(parent, child).await;
            until(&format!("{root} knows {child}"), || this.net.relay(root).registry().entry(&office(child)).is_some()).await;
        }
        this
    }

    fn answers(&mut self, at: &str, manner: Manner) {
        self.answering.push(Answering::at(self.net.relay(at), manner));
    }

    async fn ask(&self, at: &str, within: Duration) -> Vec<String> {
        in_words(&table(self.net.relay(at), question(at, within)).await.unwrap())
    }
}

const FOUR_TIERS: [(&str, &str); 6] = [("p", "c"), ("c", "a"), ("c", "b"), ("a", "a1"), ("b", "b1"), ("b", "b2")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_reaches_four_tiers_and_a_county_that_is_cut_off_is_answered_for() {
    let mut tree = Tree::of("p", &FOUR_TIERS).await;
    tree.net.add_without_node("a", "a2").await;
    until("the province knows it", || tree.net.relay("p").registry().entry(&office("a2")).is_some()).await;
    let all = [
        "a: itself",
        "a1: itself",
        "a2: NoNode, records by a",
        "b: itself",
        "b1: itself",
        "b2: itself",
        "c: itself",
        "p: itself",
    ];
    assert_eq!(tree.ask("p", LATE).await, all);
    let part = Ask { targets: vec![Target::alone(office("b1")), Target::alone(office("a"))], ..question("p", LATE) };
    assert_eq!(in_words(&table(tree.net.relay("p"), part).await.unwrap()), ["a: itself", "b1: itself"]);
    tree.net.cut("b");
    until("the city has noticed", || !tree.net.link("c", "b").state.up).await;
    let since = tree.net.link("c", "b").state.since;
    let cut = table(tree.net.relay("p"), question("p", LATE)).await.unwrap();
    let expected = ["b: LineDown, records by c", "b1: LineDown, records by c", "b2: LineDown, records by c"];
    assert_eq!(in_words(&cut)[3..6], expected);
    for below in ["b", "b1", "b2"] {
        let Said::Instead { line_since, held: Some(held), .. } = &cut[&office(below)].said else { panic!("records") };
        let far = |a: i64, b: i64| (a - b).abs() > 1000;
        assert!(!far(line_since.unwrap().0, since.unwrap().0), "the moment is the city's, over two clocks");
        assert!(!far(held.as_of.0, AS_OF.0), "so is the age of what is held");
    }
    let by_the_county = tree.ask("b", LATE).await;
    assert_eq!(by_the_county, ["b: itself", "b1: itself", "b2: itself"], "below the cut they go on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_office_does_not_hold_up_the_others_and_the_deadline_stands() {
    let mut tree = Tree::of("p", &FOUR_TIERS).await;
    tree.answers("b", Manner::Silent);
    tree.answers("a1", Manner::Unable);
    let mut answers = tree.net.relay("p").ask(question("p", SOON)).unwrap();
    let mut order = Vec::new();
    while let Some(rows) = answers.next().await {
        order.extend(rows.into_iter().map(|row| (row.office.to_string(), row.said, row.by)));
    }
    let mut others: Vec<_> = order[..6].iter().map(|(office, ..)| office.as_str()).collect();
    others.sort_unstable();
    assert_eq!(others, ["a", "a1", "b1", "b2", "c", "p"], "they did not wait");
    let (slow, said, by) = &order[6];
    assert!(matches!(said, Said::Instead { why: Why::NoAnswer, .. }), "{slow}: {said:?}");
    assert_eq!((slow.as_str(), by.as_str(), order.len()), ("b", "b", 7), "its own node says that its program has not answered");
    let unable = order.iter().find(|(office, ..)| office == "a1").map(|(_, said, _)| said);
    assert!(matches!(unable, Some(Said::Instead { why: Why::Unable, held: None, .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_that_goes_in_the_middle_of_its_answer_is_answered_for_with_what_it_had_said() {
    let mut tree = Tree::of("p", &FOUR_TIERS).await;
    tree.answers("b", Manner::Silent);
    let mut answers = tree.net.relay("p").ask(question("p", LATE)).unwrap();
    let mut got = std::collections::BTreeMap::new();
    while got.len() < 6 {
        let rows = answers.next().await.expect("the others answer");
        got.extend(rows.into_iter().map(|row| (row.office.clone(), row)));
    }
    tree.net.stop("b").await;
    while let Some(rows) = answers.next().await {
        got.extend(rows.into_iter().map(|row| (row.office.clone(), row)));
    }
    let words = in_words(&got);
    assert_eq!(words[2..5], ["b: LineDown, records by c", "b1: itself", "b2: itself"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_want_to_know_any_more_ends_the_question_everywhere_and_a_node_stops_in_the_middle_of_one() {
    let mut tree = Tree::of("p", &[("p", "c"), ("c", "a")]).await;
    tree.answers("a", Manner::Silent);
    for _ in 0..20 {
        let mut answers = tree.net.relay("p").ask(question("p", LATE)).unwrap();
        assert!(answers.next().await.is_some());
    }
    let mut answers = tree.net.relay("p").ask(question("p", LATE)).unwrap();
    tree.net.stop("p").await;
    while answers.next().await.is_some() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_asked_is_refused_at_once() {
    let mut tree = Tree::of("p", &[("p", "c")]).await;
    let seen_from_the_city = in_words(&table(tree.net.relay("c"), question("p", LATE)).await.unwrap());
    assert_eq!(seen_from_the_city, ["c: itself"], "of everything below the province what is here");
    let refused = |at: &str, ask: Ask| tree.net.relay(at).ask(ask).err();
    let up = Ask { targets: vec![Target::alone(office("p"))], ..question("p", LATE) };
    assert_eq!(refused("c", up), Some(AskRefused::NotBelow));
    assert_eq!(refused("p", question("nobody", LATE)), Some(AskRefused::NotBelow));
    let malformed = [
        Ask { targets: Vec::new(), ..question("p", LATE) },
        Ask { kind: "no version".into(), ..question("p", LATE) },
        Ask { body: Bytes::from(vec![0; 20_000]), ..question("p", LATE) },
        question("p", Duration::ZERO),
        question("p", Duration::from_secs(3600)),
    ];
    for ask in malformed {
        assert!(matches!(refused("p", ask), Some(AskRefused::Malformed(_))));
    }
    tree.answers("c", Manner::Silent);
    let open: Vec<_> = (0..8).map(|_| tree.net.relay("c").ask(question("c", LATE)).unwrap()).collect();
    assert_eq!(tree.net.relay("c").ask(question("c", LATE)).err(), Some(AskRefused::Busy));
    drop(open);
    assert!(tree.net.relay("c").ask(question("c", LATE)).is_ok());
}

/// A child that was enrolled and is now somebody who keeps to no rule.
async fn with_hostile(features: &[&str]) -> (Tree, Hostile) {
    let mut tree = Tree::of("p", &[("p", "c")]).await;
    tree.net.enrol_only("p", "h").await;
    let claims = Claims { office: office("h"), zone: tree.net.zone() };
    let (folder, address) = (tree.net.folder("h"), tree.net.line("h").address());
    let hostile = Hostile::knock_with(&folder, &address, claims, features).await.expect("it is let in");
    until("it is linked", || tree.net.link("p", "h").state.up).await;
    (tree, hostile)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_neighbour_of_an_older_version_is_answered_for_and_never_asked() {
    let (tree, mut older) = with_hostile(&[FEATURE_FILES]).await;
    assert_eq!(tree.ask("p", LATE).await, ["c: itself", "h: Older, records by p", "p: itself"]);
    for _ in 0..2 {
        while !matches!(older.hear().await, Some(Frame::Heartbeat(_))) {}
    }
    assert!(older.live_words().is_empty(), "it would not know what to make of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_asks_upwards_is_refused_by_name_and_then_shown_the_door() {
    let (tree, mut hostile) = with_hostile(&[FEATURE_QUESTIONS]).await;
    let target = wire::Target { office: "p".into(), subtree: true };
    let asked = |number: u8| {
        Of::Question(wire::Question {
            id: vec![number; 16].into(),
            kind: "story/1".into(),
            asker: "p".into(),
            within_ms: 1000,
            targets: vec![target.clone()],
            body: Bytes::new(),
        })
    };
    hostile.say_of(asked(0));
    until("it was counted", || tree.net.counter("p", "question_refused") == 1).await;
    assert!(tree.net.link("p", "h").state.up, "once is no crime");
    (1..200).for_each(|number| hostile.say_of(asked(number)));
    while hostile.hear().await.is_some() {}
    let refused = |word: &Of| matches!(word, Of::QuestionRefused(no) if no.reason() == wire::QuestionRefusal::NotYours);
    assert!(hostile.live_words().iter().all(refused));
    assert!(!hostile.live_words().is_empty());
    until("it is gone", || !tree.net.link("p", "h").state.up).await;
    let asked_for: usize = tree.answering.iter().map(|answering| answering.asked.lock().unwrap().len()).sum();
    assert_eq!(asked_for, 0, "nobody was asked anything");
    assert_eq!(tree.ask("p", LATE).await[0], "c: itself", "the others go on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_answers_for_others_or_without_being_asked_changes_nothing() {
    let (tree, mut hostile) = with_hostile(&[FEATURE_QUESTIONS]).await;
    let row = |about: &str| wire::Row { office: about.into(), by: about.into(), has_body: true, ..Default::default() };
    let rows = |id: Bytes, about: &str| Of::Rows(wire::Rows { id, rows: vec![row(about)] });
    hostile.say_of(rows(vec![7; 16].into(), "h"));
    let mut answers = tree.net.relay("p").ask(question("p", SOON)).unwrap();
    let asked = loop {
        hostile.hear_live().await;
        if let Some(Of::Question(asked)) = hostile.live_words().last() {
            break asked.clone();
        }
    };
    let targets: Vec<_> = asked.targets.iter().map(|target| target.office.as_str()).collect();
    assert_eq!((targets, asked.asker.as_str(), asked.within_ms), (vec!["h"], "p", 3200), "with less time than the asker has");
    hostile.say_of(rows(asked.id.clone(), "c"));
    hostile.say_of(rows(asked.id.clone(), "p"));
    hostile.say_of(rows(asked.id.clone(), "nobody"));
    hostile.say_of(rows(asked.id.clone(), "h"));
    hostile.say_of(Of::QuestionDone(wire::QuestionDone { id: asked.id }));
    let mut got = std::collections::BTreeMap::new();
    while let Some(rows) = answers.next().await {
        got.extend(rows.into_iter().map(|row| (row.office.clone(), row)));
    }
    assert_eq!(in_words(&got), ["c: itself", "h: itself", "p: itself"]);
    let body = got[&office("c")].held().map(|held| held.body.clone());
    assert_eq!(body, Some(Bytes::from_static(b"how are you")), "the city's own word, not the neighbour's");
    assert!(tree.net.link("p", "h").state.up);
    let too_long = wire::Row { body: vec![0; 9000].into(), ..row("h") };
    hostile.say_of(Of::Rows(wire::Rows { id: vec![7; 16].into(), rows: vec![too_long] }));
    until("an oversize row ends the link", || !tree.net.link("p", "h").state.up).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parent_that_floods_its_child_with_questions_is_refused_by_name_and_then_left() {
    let mut tree = Tree::of("p", &[("p", "c")]).await;
    let zone = tree.net.zone();
    for at in ["c", "p"] {
        tree.net.stop(at).await;
    }
    let mut parent = HostileParent::listen(&tree.net.folder("p")).await;
    tree.net.line("c").aim(parent.address);
    // It will not hear much from this one, and must not leave it for that.
    tree.net.start_with("c", |config| config.limits.heartbeat = Duration::from_secs(60)).await;
    tree.answers("c", Manner::Silent);
    let mut session = parent.meet(&Claims { office: office("p"), zone }, &[FEATURE_QUESTIONS]).await;
    let ask = |number: u8, asker: &str| {
        let (id, target) = (vec![number; 16].into(), wire::Target { office: "c".into(), subtree: true });
        let (kind, asker, targets) = ("story/1".into(), asker.into(), vec![target]);
        Of::Question(wire::Question { id, kind, asker, within_ms: 600_000, targets, body: Bytes::new() })
    };
    session.say(ask(0, "c"));
    (0..=255).for_each(|number| session.say(ask(number, "p")));
    let mut refused = Vec::new();
    while let Some(heard) = session.hear().await {
        if let Of::QuestionRefused(no) = heard {
            refused.push((no.id[0], no.reason()));
        }
    }
    assert_eq!(refused[0], (0, wire::QuestionRefusal::NotYours), "nobody is above himself");
    assert_eq!(refused[1], (8, wire::QuestionRefusal::Busy), "eight are under way");
    assert!(refused.len() < 70, "{}: it was left long before the end", refused.len());
    let asked = tree.answering.last().unwrap().asked.lock().unwrap().len();
    assert!(asked <= 8, "{asked} were answered at once");
    drop((session, parent));
    tree.net.start("p").await;
    tree.answers("p", Manner::Prompt);
    tree.answers("c", Manner::Prompt);
    tree.net.is_linked("p", "c").await;
    assert_eq!(tree.ask("p", LATE).await, ["c: itself", "p: itself"]);
}
