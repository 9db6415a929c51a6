//! The table of [`live`](super), row by row, at one office: a city under a province, with counties and townships below it.

use std::time::Duration;

use bytes::Bytes;

use super::{
    answerer::Unable,
    exchange::{Action, Around, Event, Exchange, Side, Speaks},
    frame::{LiveFrame, Refusal},
    question::{Held, Question, Row, Said, Target, Why},
    *,
};
use crate::{
    ids::{Digest, OfficeId, QuestionId, UnixMillis, Zone},
    link::{event::Now, standing::Standing},
    record::OfficeKey,
    registry::{Entry, OfficeClass, Registry},
};

const ID: QuestionId = QuestionId([1; 16]);
const TEN: Duration = Duration::from_secs(10);

pub(super) fn id(office: &str) -> OfficeId {
    OfficeId::parse(office).unwrap()
}

/// Entries of `office under parent`; those that end in `-` have no node.
pub(super) fn registry(own: &str, offices: &[(&str, &str)]) -> Registry {
    let entry = |(place, (office, parent)): (usize, &(&str, &str))| Entry {
        office: id(office),
        name: (*office).to_owned(),
        area_code: String::new(),
        class: OfficeClass::Other,
        zone: Zone::parse("gov").unwrap(),
        parent: (!parent.is_empty()).then(|| id(parent)),
        key: (!office.ends_with('-')).then(|| {
            let mut secret = [9; 32];
            secret[..8].copy_from_slice(&(place as u64).to_be_bytes());
            OfficeKey::from_secret(&secret).public()
        }),
        replaces: None,
        valid_from: UnixMillis(0),
        successor_hash: None,
    };
    let start = Registry::new(id(own), Digest::ZERO);
    offices.iter().enumerate().map(entry).fold(start, |registry, entry| registry.with(entry))
}

const TREE: [(&str, &str); 9] = [
    ("province", ""),
    ("city", "province"),
    ("east", "city"),
    ("west", "city"),
    ("old", "city"),
    ("paper-", "city"),
    ("east1", "east"),
    ("east2-", "east"),
    ("west1", "west"),
];

struct City {
    exchange: Exchange,
    registry: Registry,
    now: Duration,
}

impl City {
    /// Linked to its parent, to east, and to old, whose program does not know questions. West is cut off.
    fn linked() -> Self {
        let mut city = Self { exchange: Exchange::new(id("city")), registry: registry("city", &TREE), now: TEN };
        for (peer, side, speaks) in [
            ("province", Side::Above, Speaks::Questions),
            ("east", Side::Below, Speaks::Questions),
            ("old", Side::Below, Speaks::RecordsAlone),
        ] {
            assert!(city.tell(Event::LinkUp(id(peer), side, speaks)).is_empty());
        }
        city
    }

    fn tell(&mut self, event: Event) -> Vec<Action> {
        let now = Now { since: self.now, wall: wall(self.now) };
        self.exchange.step(Around { registry: &self.registry, now }, event)
    }

    fn hear(&mut self, from: &str, frame: LiveFrame) -> Vec<Action> {
        self.tell(Event::Heard(id(from), Standing::Full, frame))
    }

    /// The province asks for everything.
    fn asked(&mut self) -> Vec<Action> {
        self.hear("province", question(ID, &["city"]))
    }
}

fn wall(now: Duration) -> UnixMillis {
    UnixMillis(1_750_000_000_000 + i64::try_from(now.as_millis()).unwrap())
}

fn question(id_of: QuestionId, subtrees: &[&str]) -> LiveFrame {
    let targets = subtrees.iter().map(|office| Target::subtree(id(office))).collect();
    let question = Question { id: id_of, kind: "status/1".into(), asker: id("province"), targets, body: Bytes::new() };
    LiveFrame::Question { question, within: TEN }
}

fn held(text: &'static str) -> Held {
    Held { body: Bytes::from_static(text.as_bytes()), as_of: UnixMillis(7) }
}

fn itself(office: &str) -> Row {
    Row { office: id(office), by: id(office), said: Said::Itself(held("now")) }
}

fn rows(offices: &[&str]) -> LiveFrame {
    LiveFrame::Rows { id: ID, rows: offices.iter().map(|office| itself(office)).collect() }
}

/// What was sent, in words.
fn sent(actions: &[Action]) -> Vec<String> {
    let word = |action: &Action| match action {
        Action::Send(to, LiveFrame::Question { question, within }) => {
            let targets: Vec<_> = question.targets.iter().map(|target| target.office.as_str()).collect();
            Some(format!("{to}? {} {}ms", targets.join(" "), within.as_millis()))
        }
        Action::Send(to, LiveFrame::Rows { rows, .. }) => Some(format!("{to}: {}", in_words(rows).join(", "))),
        Action::Send(to, LiveFrame::Done(_)) => Some(format!("{to}: done")),
        Action::Send(to, LiveFrame::Dropped(_)) => Some(format!("{to}: dropped")),
        Action::Send(to, LiveFrame::Taken(frames)) => Some(format!("{to}: taken {frames}")),
        Action::Send(to, LiveFrame::Refused { why, .. }) => Some(format!("{to}: {why:?}")),
        Action::Answer(..)
        | Action::AnswerFor(..)
        | Action::Tell(..)
        | Action::Over(_)
        | Action::Useless(_)
        | Action::Refused(..)
        | Action::Fault(..) => None,
    };
    actions.iter().filter_map(word).collect()
}

fn in_words(rows: &[Row]) -> Vec<String> {
    let word = |row: &Row| match &row.said {
        Said::Itself(_) => format!("{}", row.office),
        Said::Instead { why, held, .. } => {
            format!("{} {why:?} by {}{}", row.office, row.by, if held.is_some() { " from records" } else { "" })
        }
    };
    rows.iter().map(word).collect()
}

/// Whom the program here is asked to answer for.
fn records(actions: &[Action]) -> Vec<(OfficeId, Why)> {
    let asked = |action: &Action| if let Action::AnswerFor(_, _, offices) = action { offices.clone() } else { Vec::new() };
    actions.iter().flat_map(asked).collect()
}

fn answer_all(city: &mut City, asked: Vec<(OfficeId, Why)>) -> Vec<Action> {
    let rows = asked.into_iter().map(|(office, _)| (office, Some(UnixMillis(3)), Some(held("before"))));
    city.tell(Event::AnsweredFor(ID, rows.collect()))
}

fn has(actions: &[Action], wanted: &Action) -> bool {
    actions.contains(wanted)
}

#[test]
fn a_question_goes_to_whoever_is_linked_and_the_rest_is_answered_for() {
    let mut city = City::linked();
    let actions = city.asked();
    assert_eq!(sent(&actions), ["east? east 8000ms"]);
    assert!(matches!(&actions[0], Action::Answer(ID, asked) if asked.kind == "status/1" && asked.within.as_secs() == 9));
    let expected = [("old", Why::Older), ("paper-", Why::NoNode), ("west", Why::LineDown), ("west1", Why::LineDown)];
    assert_eq!(records(&actions), expected.map(|(office, why)| (id(office), why)));
}

#[test]
fn every_office_comes_once_and_done_comes_last() {
    let mut city = City::linked();
    let asked = records(&city.asked());
    let first = city.tell(Event::Answered(ID, Ok(held("now"))));
    assert_eq!(sent(&first), ["province: city"]);
    let second = answer_all(&mut city, asked);
    let words = "old Older by city from records, paper- NoNode by city from records, west LineDown by city from records, \
                 west1 LineDown by city from records";
    assert_eq!(sent(&second), [format!("province: {words}")]);
    let third = city.hear("east", rows(&["east", "east1"]));
    assert_eq!(sent(&third), ["east: taken 1"], "two frames are under way");
    let fourth = city.hear("east", rows(&["east2-"]));
    assert_eq!(sent(&fourth), ["east: taken 2"]);
    assert!(has(&fourth, &Action::Over(ID)));
    let fifth = city.hear("province", LiveFrame::Taken(1));
    assert_eq!(sent(&fifth), ["province: east, east1, east2-", "province: done"], "what waited shares a frame");
    assert_eq!(city.exchange.wakes_at(), None);
}

#[test]
fn a_line_that_falls_in_the_middle_is_answered_for_and_what_had_come_stays() {
    let mut city = City::linked();
    city.asked();
    city.hear("east", rows(&["east1"]));
    let actions = city.tell(Event::LinkDown(id("east")));
    assert_eq!(records(&actions), [(id("east"), Why::LineDown), (id("east2-"), Why::NoNode)]);
}

#[test]
fn who_has_not_answered_at_the_last_call_is_answered_for_and_what_comes_then_is_passed_over() {
    let mut city = City::linked();
    let asked = records(&city.asked());
    city.tell(Event::Answered(ID, Ok(held("now"))));
    answer_all(&mut city, asked);
    assert_eq!(city.exchange.wakes_at(), Some(TEN + Duration::from_secs(9)));
    city.now += Duration::from_secs(9);
    let actions = city.tell(Event::Tick);
    assert_eq!(sent(&actions), ["east: dropped"]);
    let late = records(&actions);
    assert_eq!(late, [(id("east"), Why::NoAnswer), (id("east1"), Why::NoAnswer), (id("east2-"), Why::NoNode)]);
    let after = city.hear("east", rows(&["east"]));
    assert!(has(&after, &Action::Useless(id("east"))));
    assert!(has(&answer_all(&mut city, late), &Action::Over(ID)));
}

#[test]
fn at_the_end_there_is_a_row_of_everybody_whatever_is_missing() {
    let mut city = City::linked();
    city.asked();
    city.hear("province", LiveFrame::Taken(0));
    city.now += TEN;
    let actions = city.tell(Event::Tick);
    let words = "city NoAnswer by city, east NoAnswer by city, east1 NoAnswer by city, east2- NoNode by city, old Older by city, \
                 paper- NoNode by city, west LineDown by city, west1 LineDown by city";
    assert_eq!(sent(&actions), ["east: dropped".to_owned(), format!("province: {words}"), "province: done".to_owned()]);
}

#[test]
fn a_child_that_says_it_is_done_without_having_said_everything_is_completed() {
    let mut city = City::linked();
    city.asked();
    city.hear("east", rows(&["east"]));
    let actions = city.hear("east", LiveFrame::Done(ID));
    assert_eq!(records(&actions), [(id("east1"), Why::NoAnswer), (id("east2-"), Why::NoNode)]);
}

#[test]
fn a_program_that_cannot_answer_and_an_answer_that_is_too_long_are_rows_too() {
    let mut city = City::linked();
    city.asked();
    assert_eq!(sent(&city.tell(Event::Answered(ID, Err(Unable)))), ["province: city Unable by city"]);
    let mut city = City::linked();
    city.asked();
    let long = Held { body: vec![0; ROW_BYTES_MAX + 1].into(), as_of: UnixMillis(7) };
    assert_eq!(sent(&city.tell(Event::Answered(ID, Ok(long)))), ["province: city TooMuch by city"]);
}

#[test]
fn only_what_is_above_may_ask_and_only_under_its_registered_key() {
    let mut city = City::linked();
    let upward = city.hear("east", question(ID, &["city"]));
    assert_eq!(sent(&upward), ["east: NotYours"]);
    for standing in [Standing::RegistryOnly, Standing::RenewOnly, Standing::EnrolOnly] {
        let refused = city.tell(Event::Heard(id("province"), standing, question(ID, &["city"])));
        assert_eq!(sent(&refused), ["province: NotYours"], "{standing:?}");
    }
    let LiveFrame::Question { question: mut asked, within } = question(ID, &["city"]) else { panic!("a question") };
    for asker in ["east", "city", "nobody"] {
        asked.asker = id(asker);
        let refused = city.hear("province", LiveFrame::Question { question: asked.clone(), within });
        assert_eq!(sent(&refused), ["province: NotYours"], "for {asker}");
    }
    assert_eq!(sent(&city.hear("province", question(ID, &["nobody"]))), ["province: NotHere"]);
    assert_eq!(city.exchange.wakes_at(), None);
}

#[test]
fn a_question_for_a_part_reaches_that_part_alone() {
    let mut city = City::linked();
    let LiveFrame::Question { question: mut asked, within } = question(ID, &["province"]) else { panic!("a question") };
    asked.targets = vec![Target::alone(id("east1")), Target::alone(id("west")), Target::alone(id("elsewhere"))];
    let actions = city.hear("province", LiveFrame::Question { question: asked.clone(), within });
    assert_eq!(sent(&actions), ["east? east1 8000ms"]);
    assert_eq!(records(&actions), [(id("west"), Why::LineDown)]);
    assert!(!actions.iter().any(|action| matches!(action, Action::Answer(..))), "the city itself is not asked");
    let mut city = City::linked();
    asked.targets = vec![Target::subtree(id("province")), Target::alone(id("east1"))];
    let actions = city.hear("province", LiveFrame::Question { question: asked, within });
    assert_eq!(sent(&actions), ["east? east 8000ms"], "everything below the asker is everything here");
}

#[test]
fn the_same_question_again_is_not_begun_again() {
    let mut city = City::linked();
    city.asked();
    let again = city.asked();
    assert_eq!(again, [Action::Useless(id("province"))]);
    let asked = records(&city.hear("province", LiveFrame::Dropped(ID)));
    assert!(asked.is_empty());
    assert_eq!(sent(&city.asked()), ["east? east 8000ms"], "it was over");
}

#[test]
fn a_flood_of_questions_is_refused_by_name_and_then_ends_the_link() {
    let mut city = City::linked();
    let ids = (0..200_u8).map(|number| QuestionId([number; 16]));
    let answers: Vec<_> = ids.map(|number| city.hear("province", question(number, &["city"]))).collect();
    let taken = answers.iter().filter(|actions| sent(actions).iter().any(|word| word.starts_with("east?"))).count();
    assert_eq!(taken, QUESTIONS_MAX);
    assert_eq!(sent(&answers[QUESTIONS_MAX]), ["province: Busy"]);
    let ended = answers.iter().position(|actions| actions.iter().any(|action| matches!(action, Action::Fault(..))));
    assert_eq!(ended, Some(QUESTIONS_MAX + PATIENCE as usize - 1));
}

#[test]
fn answered_questions_count_until_their_rows_have_left() {
    let mut city = City::linked();
    city.hear("province", LiveFrame::Taken(0));
    let alone = |number: u8| {
        let targets = vec![Target::alone(id("city"))];
        let asker = id("province");
        let question = Question { id: QuestionId([number; 16]), kind: "x/1".into(), asker, targets, body: Bytes::new() };
        LiveFrame::Question { question, within: TEN }
    };
    let mut refused = Vec::new();
    for number in 1..=20 {
        refused.extend(sent(&city.hear("province", alone(number))));
        city.tell(Event::Answered(QuestionId([number; 16]), Ok(held("now"))));
    }
    // Two left at once; eight wait.
    assert_eq!(refused, vec!["province: Busy".to_owned(); 10]);
}

#[test]
fn rows_that_nobody_asked_for_are_passed_over_and_too_many_end_the_link() {
    let mut city = City::linked();
    city.asked();
    let stray = city.hear("east", rows(&["west", "province", "city", "nobody"]));
    assert_eq!(stray, [Action::Send(id("east"), LiveFrame::Taken(1)), Action::Useless(id("east"))]);
    let forged = Row { by: id("west"), ..itself("east1") };
    assert!(has(&city.hear("east", LiveFrame::Rows { id: ID, rows: vec![forged] }), &Action::Useless(id("east"))));
    assert!(!has(&city.hear("east", rows(&["east"])), &Action::Useless(id("east"))));
    assert!(has(&city.hear("east", rows(&["east"])), &Action::Useless(id("east"))), "a second row");
    let mut left = 0;
    while !city.hear("east", rows(&["west"])).iter().any(|action| matches!(action, Action::Fault(..))) {
        left += 1;
        assert!(left < PATIENCE, "it has to end");
    }
}

#[test]
fn word_of_frames_that_were_never_sent_ends_the_link() {
    let mut city = City::linked();
    assert!(matches!(&city.hear("province", LiveFrame::Taken(1))[..], [Action::Fault(..)]));
}

#[test]
fn when_the_parent_goes_its_questions_go_too() {
    let mut city = City::linked();
    city.asked();
    let actions = city.tell(Event::LinkDown(id("province")));
    assert_eq!(sent(&actions), ["east: dropped"]);
    assert!(has(&actions, &Action::Over(ID)));
    assert!(city.tell(Event::Answered(ID, Ok(held("now")))).is_empty());
}

#[test]
fn rows_beyond_the_room_of_an_answer_come_without_their_body() {
    let offices: Vec<_> = (0..ANSWER_BYTES_MAX / ROW_BYTES_MAX + 1).map(|number| format!("t{number}")).collect();
    let tree: Vec<_> = [("city", ""), ("east", "city")].into_iter().chain(offices.iter().map(|o| (o.as_str(), "east"))).collect();
    let mut city = City { exchange: Exchange::new(id("city")), registry: registry("city", &tree), now: TEN };
    city.tell(Event::LinkUp(id("east"), Side::Below, Speaks::Questions));
    let targets = vec![Target::subtree(id("east"))];
    let asked = Question { id: ID, kind: "x/1".into(), asker: id("city"), targets, body: Bytes::new() };
    city.tell(Event::Asked(asked, TEN));
    let full = Held { body: vec![0; ROW_BYTES_MAX].into(), as_of: UnixMillis(0) };
    let mut without = 0;
    for office in &offices {
        let row = Row { office: id(office), by: id(office), said: Said::Itself(full.clone()) };
        let told = city.hear("east", LiveFrame::Rows { id: ID, rows: vec![row] });
        let rows = told.into_iter().flat_map(|action| if let Action::Tell(_, rows) = action { rows } else { Vec::new() });
        without += rows.filter(|row| row.held().is_none()).count();
    }
    assert_eq!(without, 1);
}

#[test]
fn programs_here_ask_so_many_at_once_and_only_those_below() {
    let mut city = City::linked();
    let of = |number: u8, office: &str| {
        let (asker, targets) = (id("city"), vec![Target::subtree(id(office))]);
        Question { id: QuestionId([number; 16]), kind: "x/1".into(), asker, targets, body: Bytes::new() }
    };
    assert_eq!(city.exchange.refusal(&city.registry, &of(0, "nobody")), Some(Refusal::NotHere));
    for number in 0..8 {
        assert_eq!(city.exchange.refusal(&city.registry, &of(number, "east")), None);
        city.tell(Event::Asked(of(number, "east"), TEN));
    }
    assert_eq!(city.exchange.refusal(&city.registry, &of(9, "east")), Some(Refusal::Busy));
    let busy = city.asked();
    assert!(records(&busy).contains(&(id("east"), Why::Busy)), "a child is not asked more than it takes");
}
