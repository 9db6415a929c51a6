//! How offices stand in a call, and what is owed because of it, by a clock of the test: minute 0 is when the call is made.

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis, Zone},
    lines::{Span, SpanState},
    record::{Mode, OfficeKey, Person},
    registry::{Entry, OfficeClass, Registry},
};

use super::{
    course::{AGAIN, ANSWER, CALL, CLOSE, EXPLAIN, PHONE, RULE},
    *,
};
use crate::{
    domain::{
        form::{Answer, Value},
        matter::{Delivery, Matter, Proposed, Taker, Times, tests::moment},
        obligation::{Clocked, Creditor, Obligation, Over, Side, Stage, Standing, WayHop, rings::Rung},
        rules::{Duty, Packs},
        step::StepForms,
    },
    text::refusal::Refusal,
};

const MINUTE: i64 = 60_000;
/// 2026-07-01, 09:00 in Beijing.
const NINE: i64 = 1_782_867_600_000;

fn id(text: &str) -> OfficeId {
    OfficeId::parse(text).unwrap()
}

fn at(minute: i64) -> UnixMillis {
    UnixMillis(NINE + minute * MINUTE)
}

/// p → c → a, b, n; p → d. n has no node.
fn tree(own: &str) -> Registry {
    let rows = [("p", ""), ("c", "p"), ("d", "p"), ("a", "c"), ("b", "c"), ("n", "c")];
    rows.iter().fold(Registry::new(id(own), Digest::ZERO), |tree, (office, parent)| {
        tree.with(Entry {
            office: id(office),
            name: (*office).into(),
            area_code: String::new(),
            class: OfficeClass::Other,
            zone: Zone::parse("z").unwrap(),
            parent: OfficeId::parse(parent).ok(),
            key: (*office != "n").then(|| OfficeKey::from_secret(&[7; 32]).public()),
            replaces: None,
            valid_from: UnixMillis(0),
            successor_hash: None,
        })
    })
}

/// A call whose steps everybody has at once.
#[derive(Clone)]
struct Told(Vec<Step>);

type Said<'a> = &'a [(&'a str, Value)];

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

fn code(key: &str) -> Value {
    Value::Choices(vec![key.into()])
}

impl Told {
    /// A call by p with ten minutes to answer.
    fn called(to: &[&str]) -> Self {
        Self::called_with(to, &[])
    }

    fn called_with(to: &[&str], more: Said<'_>) -> Self {
        let mut told = Self(Vec::new());
        told.push(("p", CALL), 0, &[&[("kind", code("roll")), ("minutes", Value::Number(10))], more].concat(), to);
        told
    }

    fn push(&mut self, (office, form): (&str, &str), minute: i64, said: Said<'_>, to: &[&str]) {
        let n = u8::try_from(self.0.len()).unwrap() + 1;
        self.0.push(Step {
            reference: RecordRef { origin: id(office), id: RecordId([n; 16]) },
            digest: Digest([n; 32]),
            moment: moment(n, at(minute)),
            form: form.into(),
            mode: Mode::Real,
            office: id(office),
            entered: None,
            first: None,
            delivered: Vec::new(),
            by: Some(Person { id: "z1".into(), name: "张三".into() }),
            answers: said.iter().map(|(field, value)| Answer { field: (*field).into(), value: value.clone() }).collect(),
            links: Vec::new(),
            to: to.iter().map(|office| id(office)).collect(),
            rules: Packs::built_in().in_force().stamp().0,
            corrects: None,
            times: Times { happened: None, learnt: None, recorded: Clocked::same(at(minute)), here: at(minute) },
            hollow: false,
        });
    }

    /// An office's node has the step that begins a round.
    fn delivered(&mut self, office: &str, begins: usize, minute: i64) {
        let record = RecordRef { origin: id(office), id: RecordId([200; 16]) };
        self.0[begins].delivered.push(Delivery { office: id(office), record, at: Clocked::same(at(minute)) });
    }

    fn answered(&mut self, office: &str, minute: i64) {
        self.push((office, ANSWER), minute, &[("leader", text("李四")), ("officer", text("王五")), ("work", text("防汛"))], &[]);
    }

    fn phoned(&mut self, office: &str, result: &str, minute: i64) {
        self.push(("c", PHONE), minute, &[("result", code(result)), ("rings", Value::Number(4))], &[office]);
    }

    fn course(&self) -> Course<'_> {
        Course::of(&self.0).unwrap()
    }

    fn outcome(&self, office: &str, way: &[WayHop], now: i64) -> Outcome {
        let tree = tree("p");
        let has_node = tree.entry(&id(office)).unwrap().key.is_some();
        self.course().part(&id(office), &tree).outcome(has_node, way, at(now))
    }

    fn owed(&self, own: &str) -> Vec<Obligation> {
        let (tree, course) = (tree(own), self.course());
        let all: Vec<OfficeId> = ["c", "d", "a", "b", "n"].map(id).to_vec();
        owed(course, &course.called(all.iter(), |office, top| tree.is_ancestor(top, office)), Packs::built_in(), &tree)
    }

    /// Whether a step may be taken.
    fn may(&self, office: &str, form: &str, minute: i64, (said, to): (Said<'_>, &[&str])) -> Result<(), Refusal> {
        let (form, tree, own) = (StepForms::built_in().get(form).unwrap(), tree(office), id(office));
        let reference = RecordRef { origin: own.clone(), id: RecordId([99; 16]) };
        let answers: Vec<_> = said.iter().map(|(field, value)| Answer { field: (*field).into(), value: value.clone() }).collect();
        let to: Vec<_> = to.iter().map(|office| id(office)).collect();
        let proposed =
            Proposed { form, reference: &reference, mode: Mode::Real, answers: &answers, links: &[], to: &to, corrects: None };
        let by = Person { id: "z1".into(), name: "张三".into() };
        let rules = Packs::built_in().in_force();
        let taker = Taker { own: &own, office: &own, by: &by, tree: &tree, rules, now: at(minute) };
        let steps = if form.opens { &[] } else { &self.0[..] };
        Matter { kind: form.matter, steps }.admit(&proposed, &taker).map_err(|no| no.why)
    }
}

fn line(changes: &[(i64, SpanState)]) -> Vec<WayHop> {
    let ends = changes.iter().skip(1).map(|(minute, _)| at(*minute)).chain([at(99_999)]);
    let spans = changes.iter().zip(ends).map(|((from, state), until)| Span { from: at(*from), until, state: state.clone() });
    vec![WayHop { office: id("a"), spans: spans.collect() }]
}

fn of(owed: &[Obligation], duty: Duty) -> Vec<&Obligation> {
    owed.iter().filter(|owed| owed.duty == duty).collect()
}

#[test]
fn the_answering_time_runs_from_the_receipt() {
    let mut told = Told::called(&["a"]);
    assert_eq!(told.outcome("a", &[], 11), Outcome::Waiting, "the last minute is for what is underway");
    assert_eq!(told.outcome("a", &[], 12), Outcome::LineDown, "nobody knows that it had the call");
    told.delivered("a", 0, 5);
    assert_eq!(told.outcome("a", &[], 9), Outcome::Waiting);
    assert_eq!(told.outcome("a", &[], 14), Outcome::LineDown, "the table is complete, and the answer still in time");
    let mut silent = told.clone();
    assert_eq!(told.outcome("a", &[], 16), Outcome::NoAnswer);
    told.answered("a", 15);
    assert_eq!(told.outcome("a", &[], 16), Outcome::OnDuty);
    silent.answered("a", 16);
    assert_eq!(silent.outcome("a", &[], 16), Outcome::Late { by: MINUTE });
}

#[test]
fn who_was_cut_off_is_not_said_to_be_absent() {
    let mut told = Told::called(&["a"]);
    told.delivered("a", 0, 1);
    let cut = line(&[(-9, SpanState::Up), (5, SpanState::Down)]);
    assert_eq!(told.outcome("a", &cut, 30), Outcome::LineDown, "its answer may wait there");
    let healed = line(&[(-9, SpanState::Up), (5, SpanState::Down), (20, SpanState::Up)]);
    assert_eq!((told.outcome("a", &healed, 29), told.outcome("a", &healed, 31)), (Outcome::LineDown, Outcome::NoAnswer));
    assert_eq!(told.outcome("a", &line(&[(-9, SpanState::Up)]), 12), Outcome::NoAnswer);
}

#[test]
fn a_call_that_was_over_before_it_came_rings_nobody_and_is_answered_by_nobody() {
    let mut told = Told::called(&["a"]);
    told.delivered("a", 0, 12);
    assert_eq!(told.outcome("a", &[], 500), Outcome::LineDown);
    assert_eq!(told.may("a", ANSWER, 13, (&[], &[])), Err(Refusal::RollMissed));
    let owed = told.owed("a");
    let [answer] = of(&owed, Duty::RollCallAnswer)[..] else { panic!("{owed:?}") };
    assert_eq!(answer.outcome.over, Some(Over::Missed(at(11))));
    assert_eq!(answer.rings(Side::ByUs, &Rung::default(), at(13)), (vec![], vec![]));
    assert!(matches!(answer.judge(&[], at(500)), Standing::CutOff { .. }), "and is counted as what it was");
    // Its own node knows that before it has said so.
    let mut own = Told::called(&["a"]);
    own.0[0].times.here = at(12);
    assert_eq!(of(&own.owed("a"), Duty::RollCallAnswer)[0].rings(Side::ByUs, &Rung::default(), at(13)).0, []);
    assert_eq!(told.may("p", RULE, 9999, (&[("ruling", code("off-post"))], &["a"])), Err(Refusal::RollMissed));
}

#[test]
fn a_scheduled_call_rings_when_it_opens_and_not_before() {
    let told = Told::called_with(&["a"], &[("opens_at", Value::Time(at(60)))]);
    assert_eq!((told.outcome("a", &[], 59), told.outcome("a", &[], 60)), (Outcome::Scheduled, Outcome::Waiting));
    assert_eq!(told.may("a", ANSWER, 59, (&[], &[])), Err(Refusal::RollEarly));
    assert_eq!(told.may("a", ANSWER, 61, (&[], &[])), Ok(()));
    let owed = told.owed("a");
    let [answer] = of(&owed, Duty::RollCallAnswer)[..] else { panic!("{owed:?}") };
    assert_eq!((answer.due.here, answer.has_begun(at(59)), answer.has_begun(at(60))), (at(70), false, true));
    assert_eq!(answer.rings(Side::ByUs, &Rung::default(), at(59)).0, []);
    let rings = answer.rings(Side::ByUs, &Rung::default(), at(60)).0;
    assert_eq!(rings.iter().map(|ring| ring.stage).collect::<Vec<_>>(), [Stage::Begun]);
    assert_eq!(answer.next_moment(Side::ByUs, at(59)), Some(at(60)));
}

#[test]
fn what_is_said_by_telephone_counts_and_more_than_three_rings_are_marked() {
    let mut told = Told::called(&["a", "n"]);
    told.delivered("a", 0, 1);
    assert_eq!(told.outcome("n", &[], 1), Outcome::NoNode);
    told.phoned("n", "unanswered", 2);
    assert_eq!(told.outcome("n", &[], 3), Outcome::NoNode);
    told.phoned("n", "reached", 3);
    told.phoned("a", "reached", 13);
    assert_eq!((told.outcome("n", &[], 20), told.outcome("a", &[], 20)), (Outcome::ByPhone, Outcome::ByPhone));
    assert_eq!(rings(told.course().part(&id("n"), &tree("p")).phoned[1]), Some((4, true)));
    told.answered("a", 15);
    assert_eq!(told.outcome("a", &[], 20), Outcome::ByPhone, "it was reached before it answered, late");
    told.push(("d", PHONE), 3, &[("result", code("reached")), ("rings", Value::Number(1))], &["b"]);
    assert!(told.course().part(&id("b"), &tree("p")).phoned.is_empty(), "who stands elsewhere says nothing of it");
}

#[test]
fn silence_leads_to_a_second_call_to_the_leader_and_to_the_parent() {
    let mut told = Told::called(&["a", "b", "n"]);
    for office in ["a", "b"] {
        told.delivered(office, 0, 0);
    }
    told.answered("b", 3);
    let owed = told.owed("p");
    let [second] = of(&owed, Duty::SecondCall)[..] else { panic!("{owed:?}") };
    assert_eq!((second.debtor.as_str(), second.start.at.here, second.due.here), ("p", at(11), at(21)));
    assert!(!second.has_begun(at(10)), "nobody's business before the call is over");
    let [phone] = of(&owed, Duty::AbsenceInquiry)[..] else { panic!("{owed:?}") };
    assert_eq!((phone.debtor.as_str(), &phone.creditor, phone.start.at.here), ("c", &Creditor::Office(id("p")), at(0)), "n");
    assert_eq!(told.may("p", AGAIN, 9, (&[("minutes", Value::Number(5))], &["a"])), Err(Refusal::RollEarly));
    assert_eq!(told.may("p", AGAIN, 12, (&[], &["b"])), Err(Refusal::RollAnswered));
    assert_eq!(told.may("c", AGAIN, 12, (&[], &["a"])), Err(Refusal::MatterNotOpener));
    told.push(("p", AGAIN), 12, &[("minutes", Value::Number(5))], &["a"]);
    told.delivered("a", told.0.len() - 1, 13);
    let owed = told.owed("p");
    assert!(of(&owed, Duty::SecondCall)[0].is_closed());
    let [again] = of(&owed, Duty::SecondCallAnswer)[..] else { panic!("{owed:?}") };
    assert_eq!((again.debtor.as_str(), again.due.here), ("a", at(18)));
    let stages: Vec<_> = again.rings(Side::ByUs, &Rung::default(), at(19)).0.into_iter().map(|ring| ring.stage).collect();
    assert_eq!(stages, [Stage::Due, Stage::Leader]);
    let inquiries = of(&owed, Duty::AbsenceInquiry);
    assert_eq!(inquiries.iter().map(|owed| owed.start.at.here).collect::<Vec<_>>(), [at(18), at(0)]);
    let mut late = told.clone();
    late.answered("a", 16);
    let owed = late.owed("p");
    let [first] = of(&owed, Duty::RollCallAnswer).into_iter().filter(|owed| owed.debtor == id("a")).collect::<Vec<_>>()[..]
    else {
        panic!("{owed:?}")
    };
    assert!(matches!(first.judge(&[], at(20)), Standing::Late { .. }));
    assert_eq!(of(&owed, Duty::SecondCallAnswer)[0].judge(&[], at(20)), Standing::InTime);
    assert_eq!((late.outcome("a", &[], 20), of(&owed, Duty::AbsenceInquiry).len()), (Outcome::Late { by: 6 * MINUTE }, 1));
    assert!(late.course().part(&id("a"), &tree("p")).needed_a_second_call());
    told.push(("c", PHONE), 25, &[("result", code("unanswered")), ("rings", Value::Number(9))], &["a"]);
    assert!(of(&told.owed("p"), Duty::AbsenceInquiry)[0].is_closed(), "the parent has found out");
}

#[test]
fn an_explanation_and_a_ruling_come_from_those_who_may() {
    let mut told = Told::called(&["a", "b"]);
    told.delivered("a", 0, 0);
    told.delivered("b", 0, 0);
    told.answered("b", 3);
    let off_post = [("ruling", code("off-post")), ("words", text("脱岗"))];
    assert_eq!(told.may("a", EXPLAIN, 9, (&[], &[])), Err(Refusal::RollNoFault), "it may answer yet");
    assert_eq!(told.may("b", EXPLAIN, 20, (&[], &[])), Err(Refusal::RollNoFault));
    assert_eq!(told.may("d", EXPLAIN, 20, (&[], &[])), Err(Refusal::StepNotAddressed));
    assert_eq!(told.may("p", RULE, 20, (&off_post, &["b"])), Err(Refusal::RollNoFault));
    assert_eq!(told.may("c", RULE, 20, (&off_post, &["a"])), Err(Refusal::RollRuler), "it stands between");
    assert_eq!(told.may("p", RULE, 20, (&off_post, &["a"])), Err(Refusal::RollUnheard));
    assert_eq!(told.may("p", RULE, 11 + 24 * 60, (&off_post, &["a"])), Ok(()), "it had a day");
    assert_eq!(told.may("a", EXPLAIN, 20, (&[], &[])), Ok(()));
    told.push(("a", EXPLAIN), 20, &[("reason", text("停电"))], &[]);
    assert_eq!(told.may("p", RULE, 21, (&off_post, &["a"])), Ok(()));
    assert!(matches!(of(&told.owed("p"), Duty::RollCallAnswer)[0].judge(&[], at(30)), Standing::Explained { .. }));
    told.push(("c", RULE), 21, &off_post, &["a"]);
    assert!(told.course().part(&id("a"), &tree("p")).ruled.is_none(), "whatever program let it pass");
    told.push(("p", RULE), 22, &[("ruling", code("excused")), ("words", text("属实"))], &["a"]);
    assert_eq!(of(&told.owed("p"), Duty::RollCallAnswer)[0].judge(&[], at(30)), Standing::Withdrawn);
}

#[test]
fn a_closed_call_is_answered_no_more_and_stands_as_it_stood() {
    let mut told = Told::called(&["a", "b"]);
    told.delivered("a", 0, 0);
    assert_eq!(told.may("c", CLOSE, 30, (&[], &[])), Err(Refusal::MatterNotOpener));
    assert_eq!(told.may("a", ANSWER, 10 + 24 * 60, (&[], &[])), Ok(()), "late, for a day");
    assert_eq!(told.may("a", ANSWER, 11 + 24 * 60, (&[], &[])), Err(Refusal::RollOver));
    told.push(("p", CLOSE), 30, &[], &[]);
    assert_eq!(told.may("a", ANSWER, 31, (&[], &[])), Err(Refusal::RollOver));
    assert_eq!(told.may("p", PHONE, 31, (&[], &["a"])), Err(Refusal::RollOver));
    assert_eq!(told.may("a", EXPLAIN, 31, (&[], &[])), Ok(()));
    let owed = told.owed("p");
    let answer = of(&owed, Duty::RollCallAnswer)[0];
    assert_eq!((answer.is_closed(), answer.judge(&[], at(999))), (true, Standing::Overdue { by: 20 * MINUTE }));
    assert_eq!(Matter { kind: crate::domain::step::MatterKind::RollCall, steps: &told.0 }.summary().state, "closed");
}

#[test]
fn what_cannot_be_called_is_refused() {
    let call = |said: Said<'_>, to: &[&str]| Told(Vec::new()).may("c", CALL, 0, (said, to));
    assert_eq!(call(&[], &["a"]), Ok(()));
    assert_eq!(call(&[], &["d"]), Err(Refusal::StepNotBelow));
    assert_eq!(call(&[("opens_at", Value::Time(at(0)))], &["a"]), Err(Refusal::RollTime));
    assert_eq!(call(&[("opens_at", Value::Time(at(31 * 24 * 60)))], &["a"]), Ok(()));
    assert_eq!(call(&[("opens_at", Value::Time(at(31 * 24 * 60 + 1)))], &["a"]), Err(Refusal::RollTime));
    assert_eq!(call(&[("draw", Value::Number(2))], &["a", "b"]), Ok(()));
    assert_eq!(call(&[("draw", Value::Number(3))], &["a", "b"]), Err(Refusal::RollDraw));
    let told = Told::called(&["a"]);
    assert_eq!(told.may("b", ANSWER, 1, (&[], &[])), Err(Refusal::StepNotAddressed));
    assert_eq!(told.may("c", PHONE, 1, (&[("result", code("reached"))], &["a"])), Err(Refusal::RollRings));
    assert_eq!(told.may("d", PHONE, 1, (&[("result", code("busy"))], &["a"])), Err(Refusal::OnBehalfElsewhere));
    assert_eq!(told.may("p", PHONE, 1, (&[("result", code("busy"))], &["a", "b"])), Err(Refusal::StepOneOffice));
}

#[test]
fn only_those_who_were_drawn_are_called() {
    let told = Told::called_with(&["a", "b", "c", "d"], &[("draw", Value::Number(2))]);
    let chosen = drawn(&told.0[0].digest, &told.0[0].to, 2);
    let called: Vec<_> =
        ["a", "b", "c", "d", "n"].into_iter().filter(|office| told.course().calls(&id(office), |_, _| true)).collect();
    assert_eq!(called, chosen.iter().map(OfficeId::as_str).collect::<Vec<_>>());
    assert_eq!(of(&told.owed("p"), Duty::RollCallAnswer).len(), 2);
}

#[test]
fn an_exercise_owes_the_same_by_its_mark_and_a_test_nothing() {
    let mut told = Told::called(&["a", "n"]);
    let real = told.owed("p").len();
    told.0[0].mode = Mode::Exercise;
    let practised = told.owed("p");
    assert!(practised.len() == real && practised.iter().all(|owed| owed.mode == Mode::Exercise), "{practised:?}");
    told.0[0].mode = Mode::Test;
    assert_eq!(told.owed("p"), []);
}
