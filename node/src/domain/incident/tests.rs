//! Every rule of admission, and every fold, on steps that stand in memory.

use dutynet_relay::{
    ids::{Digest, OfficeId, RecordId, RecordRef, UnixMillis},
    record::{Mode, Person},
    registry::Registry,
};

use super::*;
use crate::{
    domain::{
        form::{Answer, Row, Value},
        matter::{FactValue, Inadmissible, Known, Proposed, StepLink, Taker, Times, tests::moment},
        obligation::Clocked,
        rules::{Packs, Rules},
        step::StepForms,
    },
    text::refusal::Refusal,
};

/// Steps of an event, each a minute after the one before.
#[derive(Default)]
struct Event {
    steps: Vec<Step>,
    rules: Rules,
}

fn office(id: &str) -> OfficeId {
    OfficeId::parse(id).unwrap()
}

fn person(name: &str) -> Person {
    Person { id: name.into(), name: name.into() }
}

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

fn code(code: &str) -> Value {
    Value::Choices(vec![code.into()])
}

fn answers(said: &[(&str, Value)]) -> Vec<Answer> {
    said.iter().map(|(field, value)| Answer { field: (*field).into(), value: value.clone() }).collect()
}

/// Something to try.
#[derive(Clone)]
struct Try<'a> {
    form: &'a str,
    office: &'a str,
    by: &'a str,
    said: Vec<(&'a str, Value)>,
    link: Option<(&'a str, RecordRef)>,
    to: Vec<&'a str>,
    corrects: Option<RecordRef>,
}

fn step<'a>(form: &'a str, office: &'a str, said: &[(&'a str, Value)]) -> Try<'a> {
    Try { form, office, by: "张三", said: said.to_vec(), link: None, to: Vec::new(), corrects: None }
}

fn report<'a>(office: &'a str, stage: &str) -> Try<'a> {
    step("incident.report", office, &[("stage", code(stage)), ("haste", code("yes"))])
}

impl<'a> Try<'a> {
    fn by(self, by: &'a str) -> Self {
        Self { by, ..self }
    }

    fn to(self, to: &[&'a str]) -> Self {
        Self { to: to.to_vec(), ..self }
    }

    fn link(self, role: &'a str, record: &RecordRef) -> Self {
        Self { link: Some((role, record.clone())), ..self }
    }

    fn corrects(self, record: &RecordRef) -> Self {
        Self { corrects: Some(record.clone()), ..self }
    }
}

const START: i64 = 1_780_000_000_000;

impl Event {
    /// Called in at a township.
    fn called() -> Self {
        let mut event = Self::default();
        event.takes(&step("incident.call", "t1", &[("title", text("山洪"))]));
        event
    }

    fn now(&self) -> UnixMillis {
        UnixMillis(START + 60_000 * i64::try_from(self.steps.len()).unwrap())
    }

    fn next(&self, office: &str) -> RecordRef {
        let n = u8::try_from(self.steps.len()).unwrap();
        RecordRef { origin: self::office(office), id: RecordId::from_parts(self.now(), [n; 10]) }
    }

    fn admits(&self, tried: &Try<'_>) -> Result<(), Inadmissible> {
        self.admits_at(tried.office, tried)
    }

    /// At the node of an office, for itself or on behalf of another.
    fn admits_at(&self, own: &str, tried: &Try<'_>) -> Result<(), Inadmissible> {
        let (tree, by) = (Registry::new(office("p"), Digest::from_slice(&[0; 32]).unwrap()), person(tried.by));
        let said = answers(&tried.said);
        let links = self.links(tried);
        let to: Vec<_> = tried.to.iter().map(|id| office(id)).collect();
        let (own, whose) = (office(own), office(tried.office));
        let proposed = Proposed {
            form: StepForms::built_in().get(tried.form).unwrap(),
            reference: &self.next(tried.office),
            mode: Mode::Real,
            answers: &said,
            links: &links,
            to: &to,
            corrects: tried.corrects.as_ref(),
        };
        let rules = &self.rules;
        let taker = Taker { own: &own, office: &whose, by: &by, tree: &tree, now: self.now(), rules };
        admit(&self.steps, &proposed, &taker)
    }

    /// What was typed, and what the program adds.
    fn links(&self, tried: &Try<'_>) -> Vec<StepLink> {
        let typed = tried.link.iter().map(|(role, record)| StepLink { role: (*role).into(), record: record.clone() });
        typed.chain(names_by_itself(&self.steps, StepForms::built_in().get(tried.form).unwrap())).collect()
    }

    fn refuses(&self, tried: &Try<'_>) -> Refusal {
        self.admits(tried).unwrap_err().why
    }

    fn takes(&mut self, tried: &Try<'_>) -> RecordRef {
        if let Err(refused) = self.admits(tried) {
            panic!("{}: {refused:?}", tried.form);
        }
        let reference = self.next(tried.office);
        let times = Times { happened: None, learnt: None, recorded: Clocked::same(self.now()), here: self.now() };
        self.steps.push(Step {
            reference: reference.clone(),
            digest: Digest::ZERO,
            moment: moment(0, self.now()),
            form: tried.form.into(),
            mode: Mode::Real,
            office: office(tried.office),
            entered: None,
            by: Some(person(tried.by)),
            answers: answers(&tried.said),
            links: self.links(tried),
            to: tried.to.iter().map(|id| office(id)).collect(),
            rules: Vec::new(),
            corrects: tried.corrects.clone(),
            times,
            first: carried_on(&self.steps),
            hollow: false,
            delivered: Vec::new(),
        });
        reference
    }

    fn state(&self) -> (bool, String, String) {
        let summary = summary(&self.steps);
        (summary.open, summary.state, summary.grade)
    }

    fn fact(&self, key: &str) -> Vec<FactValue> {
        facts(&self.steps).into_iter().filter(|fact| fact.key == key).map(|fact| fact.value).collect()
    }
}

#[test]
fn reports_are_numbered_for_each_office_and_come_in_their_order() {
    let mut event = Event::called();
    assert_eq!(event.refuses(&report("t1", "followup")), Refusal::IncidentInitialMissing);
    assert_eq!(event.refuses(&report("t1", "final")), Refusal::IncidentInitialMissing);
    assert_eq!(event.state().1, "called");
    event.takes(&report("t1", "initial"));
    assert_eq!(event.refuses(&report("t1", "initial")), Refusal::IncidentInitialTwice);
    assert_eq!(event.refuses(&report("c1", "followup")), Refusal::IncidentInitialMissing, "each tier has its own");
    event.takes(&report("t1", "followup"));
    event.takes(&report("c1", "initial"));
    let second = event.takes(&report("t1", "followup"));
    let corrected = event.takes(&report("t1", "followup").corrects(&second));
    assert_eq!(event.refuses(&report("c1", "initial").corrects(&second)), Refusal::IncidentCorrectsOther);
    let last = event.takes(&report("t1", "final"));
    assert_eq!(event.refuses(&report("t1", "final")), Refusal::IncidentFinalTwice);
    assert_eq!(event.refuses(&report("t1", "followup")), Refusal::IncidentAfterFinal);
    assert_eq!(event.refuses(&step("incident.oral", "t1", &[])), Refusal::IncidentAfterFinal);
    let numbers: Vec<_> =
        reports(&event.steps, &office("t1")).iter().map(|r| (r.stage, r.number, r.step.reference.clone())).collect();
    assert_eq!(numbers.len(), 4);
    assert_eq!(numbers[2], (Stage::FollowUp, 2, corrected), "a correction has the number of what it corrects");
    assert_eq!(event.state(), (true, "reported".into(), String::new()), "the county is not done");
    event.takes(&report("c1", "final"));
    assert_eq!(event.state(), (false, "final".into(), String::new()));
    event.takes(&step("incident.withdraw", "t1", &[]).link("report", &last));
    assert_eq!(event.state().1, "reported");
    event.takes(&report("t1", "final"));
}

#[test]
fn only_its_own_office_withdraws_a_report_and_only_once() {
    let mut event = Event::called();
    let (called, sent) = (event.steps[0].reference.clone(), event.takes(&report("t1", "initial")));
    let withdraw = |office, record: &RecordRef| step("incident.withdraw", office, &[]).link("report", record);
    assert_eq!(event.refuses(&withdraw("c1", &sent)), Refusal::IncidentWithdrawOther);
    assert_eq!(event.refuses(&withdraw("t1", &called)), Refusal::IncidentWithdrawNothing);
    event.takes(&withdraw("t1", &sent));
    assert_eq!(event.refuses(&withdraw("t1", &sent)), Refusal::IncidentWithdrawNothing);
    assert_eq!(event.state().1, "called");
    event.takes(&report("t1", "initial"));
}

#[test]
fn exactly_one_side_handles_it_at_every_moment() {
    let mut event = Event::called();
    let (offer, accept) =
        (step("incident.handover", "t1", &[]), |office| step("incident.accept", office, &[("answer", code("accepted"))]));
    assert_eq!(event.refuses(&accept("c1")), Refusal::IncidentOfferMissing);
    for nobody in [vec!["t1"], vec!["c1", "c2"]] {
        assert_eq!(event.refuses(&offer.clone().to(&nobody)), Refusal::IncidentOfferOne);
    }
    assert_eq!(event.refuses(&step("incident.handover", "c1", &[]).to(&["c2"])), Refusal::IncidentNotHandler);
    event.takes(&offer.clone().to(&["c1"]));
    assert_eq!(event.refuses(&offer.clone().to(&["c2"])), Refusal::IncidentOffered);
    assert_eq!(event.refuses(&accept("c2")), Refusal::IncidentOfferMissing);
    assert_eq!((handling(&event.steps).handler, handling(&event.steps).side()), (&office("t1"), &office("c1")));
    event.takes(&step("incident.accept", "c1", &[("answer", code("declined"))]));
    assert_eq!(handling(&event.steps).side(), &office("t1"), "declined: back to who offered it");
    event.takes(&offer.clone().to(&["c1"]));
    let at_the_township = event.steps.clone();
    event.takes(&accept("c1"));
    assert_eq!(event.refuses(&offer.to(&["c1"])), Refusal::IncidentNotHandler);
    assert_eq!(handling(&event.steps).side(), &office("c1"));
    assert_eq!(handling(&at_the_township).side(), &office("c1"), "also while the acceptance is underway");
    assert_eq!(event.fact("first_receiver"), [FactValue::Person(office("t1"), person("张三"))], "for ever");
    event.takes(&report("t1", "initial"));
}

/// Every order in which five things can come.
fn orders(of: &[Step]) -> Vec<Vec<Step>> {
    let [first, rest @ ..] = of else { return vec![Vec::new()] };
    let put_in = |order: Vec<Step>| {
        (0..=order.len()).map(move |at| [&order[..at], std::slice::from_ref(first), &order[at..]].concat()).collect::<Vec<_>>()
    };
    orders(rest).into_iter().flat_map(put_in).collect()
}

#[test]
fn who_handles_it_is_the_same_in_every_order_of_arrival_whatever_clocks_say() {
    let mut event = Event::called();
    let accept = |office| step("incident.accept", office, &[("answer", code("accepted"))]);
    event.takes(&step("incident.handover", "t1", &[]).to(&["c1"]));
    event.takes(&accept("c1"));
    event.takes(&step("incident.handover", "c1", &[]).to(&["t1"]));
    event.takes(&accept("t1"));
    event.takes(&step("incident.handover", "t1", &[]).to(&["p"]));
    for step in &mut event.steps {
        // A clock that was set: the second time at the township reads earlier than the first.
        step.times.recorded = Clocked::same(UnixMillis(START));
    }
    for order in orders(&event.steps[1..]) {
        let held = [&event.steps[..1], &order].concat();
        let now = handling(&held);
        assert_eq!((now.handler, now.side()), (&office("t1"), &office("p")));
        // What an office holds whom nobody sent the offers.
        let acceptances: Vec<_> = order.iter().filter(|step| step.form == "incident.accept").cloned().collect();
        let now = handling(&acceptances);
        assert_eq!((now.handler, now.first.office, now.first.by), (&office("t1"), &office("t1"), Some(&person("张三"))));
    }
}

#[test]
fn a_handover_names_what_it_follows_and_an_acceptance_of_another_offer_counts_for_nothing() {
    let mut event = Event::called();
    let offer = event.takes(&step("incident.handover", "t1", &[]).to(&["c1"]));
    let accept = step("incident.accept", "c1", &[("answer", code("accepted"))]);
    let elsewhere = event.steps[0].reference.clone();
    assert_eq!(event.refuses(&accept.clone().link("offer", &elsewhere)), Refusal::IncidentOfferMissing);
    assert_eq!(event.refuses(&accept.clone().link("since", &elsewhere)), Refusal::IncidentOfferMissing);
    event.takes(&accept);
    assert_eq!(event.steps[2].link("offer"), Some(&offer));
    event.steps[2].office = office("c2");
    event.steps[2].reference.origin = office("c2");
    assert_eq!(handling(&event.steps).side(), &office("c1"), "whoever was not offered it has not accepted it");
}

#[test]
fn nobody_hands_over_or_accepts_in_the_name_of_an_office_that_can_do_so_itself() {
    let event = Event::called();
    let tree = crate::domain::matter::tests::tree();
    let by = person("张三");
    let offers = |own: &str, whose: &str| {
        let (own, whose) = (office(own), office(whose));
        let taker = Taker { own: &own, office: &whose, by: &by, tree: &tree, now: event.now(), rules: &event.rules };
        admit::in_its_own_name(&taker).err().map(|refused| refused.why)
    };
    assert_eq!(offers("a", "a"), None);
    assert_eq!(offers("c1", "a"), None, "it has no node, and this is its parent");
    assert_eq!(offers("p", "a"), Some(Refusal::IncidentHandoverBehalf));
}

#[test]
fn everybody_who_is_sent_a_report_has_one_text_and_whoever_has_another_is_named() {
    let mut event = Event::called();
    let first = event.takes(&report("t1", "initial").to(&["d1", "d2"]));
    assert_eq!((event.fact("text.same").len(), event.fact("text.differs").len()), (2, 0));
    let mut corrected = report("t1", "initial").to(&["d1"]).corrects(&first);
    corrected.said.push(("dead", Value::Number(3)));
    let second = event.takes(&corrected);
    assert_eq!(event.fact("text.same"), [FactValue::Office(office("d1"))]);
    assert_eq!(event.fact("text.differs"), [FactValue::Office(office("d2"))], "it has the older text");
    let [FactValue::Text(now)] = &event.fact("text.code")[..] else { panic!("one code of one report") };
    let outside =
        |body, said: &str| step("incident.outside", "t1", &[("body", text(body)), ("code", text(said))]).link("report", &second);
    event.takes(&outside("国办", &now.replace('-', "").to_uppercase()));
    event.takes(&outside("军分区", "0000-0000"));
    assert!(event.fact("text.same").contains(&FactValue::Text("国办".into())));
    assert!(event.fact("text.differs").contains(&FactValue::Text("军分区".into())));
    assert_eq!(event.fact("received").len(), 2);
}

#[test]
fn a_code_is_of_the_words_and_of_nothing_else() {
    let said = answers(&[("place", text("良垌镇")), ("dead", Value::Number(3))]);
    let turned: Vec<_> = said.iter().rev().cloned().collect();
    assert_eq!(text_code(&said), text_code(&turned));
    let others = [("dead", text("3")), ("dead", Value::Number(4)), ("hurt", Value::Number(3)), ("dead", Value::Unknown)];
    let codes: std::collections::BTreeSet<_> =
        others.into_iter().map(|other| text_code(&answers(&[("place", text("良垌镇")), other]))).collect();
    assert_eq!(codes.len(), 4);
    assert!(!codes.contains(&text_code(&said)));
}

#[test]
fn only_whoever_was_sent_something_says_that_he_has_it() {
    let mut event = Event::called();
    let sent = event.takes(&report("t1", "initial").to(&["d1"]));
    let receipt = |office| step("incident.received", office, &[("receiver", text("李四"))]).link("report", &sent);
    assert_eq!(event.refuses(&receipt("d2")), Refusal::IncidentNotAddressed);
    assert_eq!(event.refuses(&receipt("t1")), Refusal::IncidentNotAddressed, "its own");
    event.takes(&receipt("d1"));
    let transfer = event.takes(&step("incident.transfer", "t1", &[]).to(&["d2"]));
    let handed = step("incident.received", "d2", &[("receiver", text("李四"))]).link("report", &transfer);
    event.takes(&handed);
    assert_eq!(event.fact("transferred"), [FactValue::Office(office("d2"))]);
    assert_eq!(event.fact("received"), [FactValue::Office(office("d1")), FactValue::Office(office("d2"))]);
}

#[test]
fn nobody_approves_what_he_asked_for_and_a_telephone_approval_waits_for_its_leader() {
    let mut event = Event::called();
    let by_telephone = step("incident.approved", "t1", &[("approver", text("王书记")), ("how", code("telephone"))]);
    assert_eq!(event.refuses(&by_telephone), Refusal::IncidentApprovalMissing);
    event.takes(&step("incident.approval-asked", "t1", &[("approver", text("王书记"))]));
    assert_eq!(event.fact("approval.waiting").len(), 1);
    event.takes(&report("t1", "initial"));
    let own = step("incident.approved", "t1", &[("approver", text("张三")), ("how", code("node"))]);
    assert_eq!(event.refuses(&own), Refusal::IncidentApprovedByAsker);
    let for_another = step("incident.approved", "t1", &[("approver", text("王书记")), ("how", code("node"))]);
    assert_eq!(event.refuses(&for_another.clone().by("李四")), Refusal::IncidentNotThePerson);
    let faults: Vec<_> = event.admits(&by_telephone).unwrap_err().faults.into_iter().map(|fault| fault.field).collect();
    assert_eq!(faults, ["number", "words"]);
    let mut whole = by_telephone;
    whole.said.extend([("number", text("13800000000")), ("words", text("同意"))]);
    let approved = event.takes(&whole);
    assert_eq!(event.refuses(&for_another.by("王书记")), Refusal::IncidentApprovalMissing, "it is answered");
    assert_eq!((event.fact("approval.unconfirmed").len(), event.fact("approval.before").len()), (1, 1));
    let confirm = step("incident.confirmed", "t1", &[]).link("approved", &approved);
    assert_eq!(event.refuses(&confirm), Refusal::IncidentNotThePerson);
    event.takes(&confirm.clone().by("王书记"));
    assert_eq!(event.refuses(&confirm.by("王书记")), Refusal::IncidentConfirmNothing);
    assert_eq!(event.fact("approval.unconfirmed"), []);
}

#[test]
fn only_those_answer_before_whom_it_was_put_and_what_was_heard_in_person_waits_too() {
    let mut event = Event::called();
    let ask = [("approver", text("王书记")), ("next", text("李县长\n赵主任"))];
    event.takes(&step("incident.approval-asked", "t1", &ask));
    for (form, how) in ["incident.approved", "incident.refused"]
        .into_iter()
        .flat_map(|form| ["node", "telephone", "in-person"].map(|how| (form, how)))
    {
        let other = step(form, "t1", &[("approver", text("钱局长")), ("how", code(how))]);
        assert_eq!(event.refuses(&other.by("钱局长")), Refusal::IncidentApproverNotAsked, "{form} {how}");
    }
    let heard = event.takes(&step("incident.approved", "t1", &[("approver", text("赵主任")), ("how", code("in-person"))]));
    assert_eq!(event.fact("approval.unconfirmed").len(), 1);
    event.takes(&step("incident.confirmed", "t1", &[]).link("approved", &heard).by("赵主任"));
    assert_eq!(event.fact("approval.unconfirmed"), []);
    event.takes(&step("incident.approval-asked", "t1", &ask));
    event.takes(&step("incident.approved", "t1", &[("approver", text("李县长")), ("how", code("node"))]).by("李县长"));
    assert_eq!(event.fact("approval.unconfirmed"), [], "his own word");
}

#[test]
fn nobody_is_a_leader_at_this_machine_for_an_office_below() {
    let mut event = Event::called();
    event.takes(&step("incident.approval-asked", "t1", &[("approver", text("王书记"))]));
    let at_node = step("incident.approved", "t1", &[("approver", text("王书记")), ("how", code("node"))]).by("王书记");
    assert_eq!(event.admits_at("c1", &at_node).unwrap_err().why, Refusal::IncidentNotThePerson);
    let said = [("approver", text("王书记")), ("how", code("telephone")), ("number", text("1")), ("words", text("同意"))];
    event.admits_at("c1", &step("incident.approved", "t1", &said)).unwrap();
}

#[test]
fn nothing_happens_later_than_now_and_nobody_learns_of_it_before() {
    let event = Event::called();
    let at = |ms: i64| Value::Time(UnixMillis(event.now().0 + ms));
    let with = |happened, learnt| {
        let mut said = report("t1", "initial");
        said.said.extend([("happened_at", happened), ("learnt_at", learnt)]);
        event.admits(&said).err().map(|refused| refused.why)
    };
    assert_eq!(with(at(600_000), at(700_000)), Some(Refusal::IncidentTimeFuture));
    assert_eq!(with(at(300_001), at(300_001)), Some(Refusal::IncidentTimeFuture));
    assert_eq!(with(at(300_000), at(300_000)), None);
    assert_eq!(with(at(-1_000), at(-2_000)), Some(Refusal::IncidentTimesCrossed));
    assert_eq!(with(Value::Unknown, at(0)), None);
}

#[test]
fn an_element_is_answered_or_unknown_and_only_an_urgent_report_goes_without() {
    let mut event = Event::called();
    let mut whole = step("incident.report", "t1", &[("stage", code("initial"))]);
    whole.said.extend(ELEMENTS[1..].iter().map(|key| (*key, Value::Unknown)));
    let refused = event.admits(&whole).unwrap_err();
    assert_eq!(
        (refused.why, refused.faults.len(), refused.faults[0].field.as_str()),
        (Refusal::IncidentElementsMissing, 1, "happened_at")
    );
    event.takes(&report("t1", "initial"));
    assert_eq!(event.fact("missing").len(), ELEMENTS.len());
    let more: Vec<_> = ELEMENTS.iter().map(|key| (*key, Value::Unknown)).chain([("stage", code("followup"))]).collect();
    event.takes(&step("incident.report", "t1", &more));
    assert_eq!(event.fact("missing"), []);
    event.takes(&step("incident.report", "t1", &[("stage", code("final"))]));
}

#[test]
fn a_grade_never_goes_down_silently() {
    let mut event = Event::called();
    let assess = |office, grade| step("incident.assess", office, &[("grade", code(grade)), ("verification", code("unverified"))]);
    event.takes(&assess("t1", "major"));
    assert_eq!(event.refuses(&assess("t1", "considerable")), Refusal::IncidentGradeLowered);
    event.takes(&assess("c1", "considerable"));
    assert_eq!(event.state().2, "major", "another office lowers nothing");
    let mut because = assess("t1", "ordinary");
    because.said.push(("lowered_why", text("核实后")));
    event.takes(&because);
    assert_eq!(event.state().2, "considerable");
    let verified = step("incident.assess", "t1", &[("verification", code("verified"))]);
    assert_eq!(event.admits(&verified).unwrap_err().faults[0].field, "verified_how");
}

#[test]
fn what_is_transferred_is_closed_for_who_transferred_it() {
    let mut event = Event::called();
    event.takes(&report("t1", "initial"));
    let transfer = step("incident.transfer", "t1", &[]);
    assert_eq!(event.admits(&transfer).unwrap_err().faults[0].field, "body");
    event.takes(&transfer.to(&["c2"]));
    assert_eq!(event.state(), (false, "closed".into(), String::new()));
    assert_eq!(event.refuses(&report("t1", "followup")), Refusal::MatterClosed);
    event.takes(&step("incident.revise", "t1", &[("dead", Value::Number(1))]));
    event.takes(&report("c1", "initial"));
}

#[test]
fn totals_take_the_newest_of_each_office_once_and_open_their_parts() {
    let figures = |office, dead: Value| step("incident.figures", office, &[("dead", dead)]);
    let mut main = Event::called();
    main.takes(&figures("t1", Value::Number(1)));
    main.takes(&figures("c1", Value::Number(9)));
    let newest = main.takes(&figures("t1", Value::Number(3)));
    let other = Event::called().next("t2");
    let mut join = step("incident.join", "t1", &[("why", text("同一场雨"))]).link("joined", &other);
    join.said.push(("overlap", Value::Rows(vec![Row { code: "dead".into(), number: 1, text: String::new() }])));
    let joining = main.takes(&join);
    assert_eq!(main.refuses(&join), Refusal::IncidentJoinItself);
    let itself = main.steps[0].reference.clone();
    assert_eq!(main.refuses(&step("incident.join", "t1", &[]).link("joined", &itself)), Refusal::IncidentJoinItself);
    assert_eq!(joined(&main.steps), [other]);
    let mut second = Event::default();
    second.takes(&step("incident.call", "t2", &[("title", text("山洪"))]));
    second.takes(&figures("t2", Value::Number(2)));
    second.takes(&figures("t3", Value::Unknown));
    let county = office("c1");
    let total = &totals(&[&main.steps, &second.steps], &|upper, _| *upper == county)[0];
    let parts: Vec<_> = total.parts.iter().map(|part| (part.office.as_str(), part.number)).collect();
    assert_eq!((total.sum, parts), (4, vec![("t1", Some(3)), ("t2", Some(2)), ("t3", None)]));
    assert_eq!((&total.parts[0].source, &total.overlap), (&newest, &vec![(1, joining)]));
    let facts = total_facts(std::slice::from_ref(total));
    assert_eq!(
        (facts[0].value.clone(), facts[0].sources.len(), facts[1].key.as_str()),
        (FactValue::Number(4), 3, "unknown.dead")
    );
}

#[test]
fn the_first_moments_are_those_of_the_first_steps_and_every_fact_has_a_name() {
    let mut event = Event::called();
    event.takes(&step("incident.assess", "t1", &[("verification", code("unverified")), ("grade", code("major"))]));
    event.takes(&step("incident.told", "t1", &[]));
    event.takes(&step("incident.action", "t1", &[]));
    event.takes(&report("t1", "initial"));
    let moments = ["first.received", "first.assessed", "first.answered", "first.handled"].map(|key| event.fact(key));
    assert_eq!(moments, [0, 1, 2, 3].map(|n| vec![FactValue::Time(UnixMillis(START + 60_000 * n))]));
    for fact in facts(&event.steps) {
        assert!(crate::text::incident::label(&fact.key).is_some(), "{}", fact.key);
        if let FactValue::Code(code) = &fact.value {
            assert!(crate::text::incident::word(code).is_some(), "{code}");
        }
    }
}

#[test]
fn an_office_that_was_only_sent_a_report_has_the_incident_too() {
    let mut event = Event::called();
    event.takes(&report("t1", "initial"));
    event.steps.remove(0);
    assert_eq!(event.state().1, "reported");
    assert_eq!(handling(&event.steps).handler, &office("t1"));
    let matter = RecordRef { origin: office("t1"), id: RecordId::from_parts(UnixMillis(START), [0; 10]) };
    assert_eq!(crate::domain::matter::kind_of(&matter, &event.steps), Some(crate::domain::step::MatterKind::Incident));
}

#[test]
fn a_paper_is_asked_of_those_below_for_a_time_to_come_and_comes_from_whoever_was_asked() {
    let mut event = Event::called();
    let due = |at: i64| [("title", text("伤亡名单")), ("due", Value::Time(UnixMillis(at)))];
    let later = START + 86_400_000;
    assert_eq!(event.refuses(&step("incident.paper-asked", "t1", &due(START))), Refusal::DirectiveDuePast);
    assert_eq!(event.refuses(&step("incident.paper-asked", "t1", &due(later)).to(&["t2"])), Refusal::StepNotBelow);
    let call = event.steps[0].reference.clone();
    let paper = |office| step("incident.paper", office, &[("title", text("伤亡名单"))]);
    assert_eq!(event.refuses(&paper("t1").link("asked", &call)), Refusal::IncidentPaperUnasked);
    let asked = event.takes(&step("incident.paper-asked", "t1", &due(later)));
    assert_eq!(event.refuses(&paper("t2").link("asked", &asked)), Refusal::StepNotAddressed);
    event.takes(&paper("t1").link("asked", &asked));
}

/// An accident of a township, with the rules that the program brings.
fn accident() -> Event {
    let mut event = Event { rules: Packs::built_in().in_force().clone(), ..Event::default() };
    event.takes(&step(
        "incident.call",
        "t1",
        &[("title", text("爆炸")), ("category", code("accident.safety")), ("what", text("爆炸"))],
    ));
    event
}

fn advised(event: &Event, key: &str) -> Vec<FactValue> {
    let tree = Registry::new(office("t1"), Digest::from_slice(&[0; 32]).unwrap());
    let matter = event.steps[0].reference.clone();
    let known = Known { matter: &matter, packs: Packs::built_in(), tree: &tree, now: event.now() };
    let totals = totals(&[&event.steps], &|_, _| false);
    let facts = advice(&event.steps, &office("t1"), &totals, &known);
    for fact in &facts {
        assert!(crate::text::incident::label(&fact.key).is_some(), "{}", fact.key);
        assert!(!fact.sources.is_empty(), "{}", fact.key);
    }
    facts.into_iter().filter(|fact| fact.key == key).map(|fact| fact.value).collect()
}

#[test]
fn what_the_rules_ask_for_by_category_is_listed_and_an_urgent_report_goes_all_the_same() {
    let mut event = accident();
    let missing = |event: &Event, key: &str| {
        let words = |value: FactValue| if let FactValue::Text(words) = value { Some(words) } else { None };
        advised(event, key).into_iter().filter_map(words).collect::<Vec<_>>()
    };
    assert!(missing(&event, "missing.intake").contains(&"联系电话".to_owned()));
    let next = missing(&event, "missing.next");
    assert!(next.contains(&"事故发生单位概况".to_owned()) && next.contains(&"下落不明人数".to_owned()), "{next:?}");
    assert!(!next.contains(&"基本过程".to_owned()), "what happened was said in the call");
    let whole: Vec<(&str, Value)> =
        ELEMENTS.into_iter().map(|key| (key, Value::Unknown)).chain([("stage", code("initial"))]).collect();
    let refused = event.admits(&step("incident.report", "t1", &whole)).unwrap_err();
    let faults: Vec<_> = refused.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!((refused.why, faults), (Refusal::IncidentElementsMissing, vec!["unit_profile", "missing", "loss_yuan"]));
    assert_eq!(event.admits(&report("t1", "initial")), Ok(()), "边报告、边核实");
    let more = ["unit_profile", "missing", "loss_yuan"].map(|key| (key, Value::Unknown));
    event.takes(&step("incident.report", "t1", &[&whole[..], &more].concat()));
    let next = missing(&event, "missing.next");
    assert!(next.contains(&"群众反映".to_owned()), "what a 续报 is to say: {next:?}");
    let mut flood = Event { rules: Packs::built_in().in_force().clone(), ..Event::default() };
    flood.takes(&step("incident.call", "t1", &[("title", text("山洪")), ("category", code("natural.weather"))]));
    assert_eq!(flood.admits(&step("incident.report", "t1", &whole)), Ok(()), "the statute asks for more of accidents alone");
}

#[test]
fn a_grade_is_suggested_from_the_figures_and_decided_by_a_person_and_both_are_kept() {
    let mut event = accident();
    let grade = |code: &str| FactValue::Code(code.into());
    assert_eq!(advised(&event, "grade.suggested"), [], "nothing is known yet");
    let hurt = |dead: i64, badly: i64| {
        step("incident.figures", "t1", &[("dead", Value::Number(dead)), ("badly_hurt", Value::Number(badly))])
    };
    event.takes(&hurt(2, 9));
    assert_eq!(advised(&event, "grade.suggested"), [grade("ordinary")]);
    assert_eq!(advised(&event, "grade.undecided").len(), 1);
    event.takes(&hurt(2, 10));
    assert_eq!(advised(&event, "grade.suggested"), [grade("considerable")], "ten badly hurt are enough");
    assert!(matches!(&advised(&event, "grade.because")[..], [FactValue::Text(article)] if article.contains("第三条")));
    let assess = |code_: &str| step("incident.assess", "t1", &[("verification", code("unverified")), ("grade", code(code_))]);
    event.takes(&assess("ordinary").by("李四"));
    assert_eq!(advised(&event, "grade.below"), [grade("ordinary")], "the person has decided otherwise, and it shows");
    assert!(matches!(&advised(&event, "grade.decided_by")[..], [FactValue::Person(_, by)] if by.name == "李四"));
    assert_eq!(advised(&event, "approval.needed"), [], "an ordinary event needs no paper");
    event.takes(&assess("considerable"));
    assert_eq!((advised(&event, "grade.below"), advised(&event, "grade.suggested")), (vec![], vec![grade("considerable")]));
    assert_eq!(advised(&event, "approval.needed"), [grade("in-charge")], "from 较大 on a paper goes to the leader");
    event.takes(&step("incident.approval-asked", "t1", &[("approver", text("王五"))]));
    assert_eq!(advised(&event, "approval.needed"), []);
    assert_eq!(event.refuses(&assess("ordinary")), Refusal::IncidentGradeLowered, "never silently");
}

#[test]
fn whom_to_tell_is_named_until_each_was_told_and_what_is_sensitive_needs_the_paper_whatever_its_grade() {
    let mut event = accident();
    let role = |code: &str| FactValue::Code(code.into());
    assert_eq!(advised(&event, "tell"), [role("on-duty"), role("office-head")]);
    event.takes(&step("incident.told", "t1", &[]));
    assert_eq!(advised(&event, "tell"), [role("office-head")]);
    event.takes(&step("incident.told", "t1", &[("role", code("office-head"))]));
    assert_eq!(advised(&event, "tell"), []);
    let sensitive = [("verification", code("unverified")), ("grade", code("ordinary")), ("flags", code("sensitive-place"))];
    event.takes(&step("incident.assess", "t1", &sensitive));
    assert_eq!(advised(&event, "approval.needed"), [role("in-charge")]);
    assert_eq!(advised(&event, "revision.until").len(), 1, "casualties are revised for thirty days");
}
