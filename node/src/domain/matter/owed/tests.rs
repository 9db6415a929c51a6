//! What matters owe, by the built-in rules and small trees, with a manual clock.

use dutynet_relay::{
    ids::{Digest, RecordId, Zone},
    record::Mode,
    registry::Entry,
};

use super::*;
use crate::domain::{
    beijing::moment,
    form::Answer,
    matter::{self, Delivery, Matter, Times, in_order},
    obligation::{Outcome, Standing},
    rules::{Pack, Reach, Spread},
    step::MatterKind,
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// 2026-07-01, 09:00 in Beijing.
const NINE: i64 = 1_782_867_600_000;

fn id(text: &str) -> OfficeId {
    OfficeId::parse(text).unwrap()
}

fn at(minutes: i64) -> UnixMillis {
    UnixMillis(NINE + minutes * MINUTE)
}

/// p ← m ← c ← t, u; `own` is this office. All of an area.
fn tree(own: &str, area: &str) -> Registry {
    let offices = [
        ("p", "", OfficeClass::Province),
        ("m", "p", OfficeClass::City),
        ("c", "m", OfficeClass::County),
        ("t", "c", OfficeClass::Township),
        ("u", "c", OfficeClass::Township),
    ];
    offices.iter().fold(Registry::new(id(own), Digest::of("test", &[])), |tree, (office, parent, class)| {
        tree.with(entry(office, parent, *class, area))
    })
}

fn entry(office: &str, parent: &str, class: OfficeClass, area: &str) -> Entry {
    Entry {
        office: id(office),
        name: office.into(),
        area_code: area.into(),
        class,
        zone: Zone::parse("gov").unwrap(),
        parent: OfficeId::parse(parent).ok(),
        key: None,
        replaces: None,
        valid_from: UnixMillis(0),
        successor_hash: None,
    }
}

fn zhanjiang(own: &str) -> Registry {
    tree(own, "440800")
}

fn step(n: u8, form: &str, office: &str, minutes: i64) -> Step {
    Step {
        reference: RecordRef { origin: id(office), id: RecordId([n; 16]) },
        digest: Digest([n; 32]),
        moment: matter::tests::moment(n, at(minutes)),
        form: form.into(),
        mode: Mode::Real,
        office: id(office),
        entered: None,
        by: None,
        answers: Vec::new(),
        links: Vec::new(),
        to: Vec::new(),
        rules: Packs::built_in().in_force().stamp().0,
        corrects: None,
        times: Times { happened: None, learnt: None, recorded: Clocked::same(at(minutes)), here: at(minutes) },
        first: None,
        hollow: false,
        delivered: Vec::new(),
    }
}

impl Step {
    fn saying(mut self, field: &str, value: Value) -> Self {
        self.answers.push(Answer { field: field.into(), value });
        self
    }

    fn code(self, field: &str, code: &str) -> Self {
        self.saying(field, Value::Choices(vec![code.into()]))
    }

    fn to(mut self, offices: &[&str]) -> Self {
        self.to = offices.iter().map(|office| id(office)).collect();
        self
    }

    /// When it came to this office.
    fn came(mut self, minutes: i64) -> Self {
        self.times.here = at(minutes);
        self
    }

    fn answers_to(mut self, role: &str, step: &Step) -> Self {
        self.links.push(crate::domain::matter::StepLink { role: role.into(), record: step.reference.clone() });
        self
    }
}

/// What these steps owe at a moment.
fn owed_at(kind: MatterKind, steps: &[Step], tree: &Registry, now: UnixMillis) -> Vec<Obligation> {
    let opening = steps[0].reference.clone();
    let steps = in_order(&opening, steps.to_vec());
    Matter { kind, steps: &steps }.obligations(&Known { matter: &opening, packs: Packs::built_in(), tree, now })
}

fn incident(steps: &[Step], tree: &Registry) -> Vec<Obligation> {
    owed_at(MatterKind::Incident, steps, tree, at(60))
}

fn of(owed: &[Obligation], duty: Duty) -> Vec<&Obligation> {
    owed.iter().filter(|owed| owed.duty == duty).collect()
}

fn one(owed: &[Obligation], duty: Duty) -> &Obligation {
    match of(owed, duty)[..] {
        [one] => one,
        ref several => panic!("{duty:?}: {several:?}"),
    }
}

fn by_row<'a>(owed: &'a [Obligation], row: &str) -> &'a Obligation {
    owed.iter().find(|owed| owed.cited.row == row).unwrap_or_else(|| panic!("{row}: {owed:?}"))
}

fn is_met_by(outcome: &Outcome, step: &Step) -> bool {
    outcome.met.as_ref().is_some_and(|met| met.record == step.reference)
}

fn asked(minutes: i64) -> Step {
    step(1, "verification.ask", "m", minutes).to(&["c"])
}

fn question(steps: &[Step], own: &str) -> Obligation {
    one(&owed_at(MatterKind::Verification, steps, &zhanjiang(own), at(60)), Duty::VerificationAnswer).clone()
}

#[test]
fn a_question_is_answered_within_fifteen_minutes_of_its_receipt() {
    let asked = asked(0).came(40);
    let answer = step(2, "verification.answer", "c", 54);
    let owed = question(&[asked.clone(), answer.clone()], "c");
    assert_eq!((owed.limit, &owed.debtor), (Limited::Within(15 * MINUTE), &id("c")));
    assert_eq!(owed.due.here, at(55), "it came forty minutes late");
    assert!(is_met_by(&owed.outcome, &answer));
    assert!(owed.cited.article.contains("第九条(三)"), "{}", owed.cited.article);
    let above = question(&[asked.clone(), answer.clone()], "m");
    assert_eq!(above.due.here, at(15), "nobody above knows when it came");
    assert_eq!(above.key, owed.key);
    // Until the node of the office says that it has it.
    let record = RecordRef { origin: id("c"), id: RecordId([9; 16]) };
    let told = Step { delivered: vec![Delivery { office: id("c"), record, at: Clocked::same(at(40)) }], ..asked };
    let known = question(&[told, answer], "m");
    assert_eq!((known.due.here, known.key), (at(55), owed.key));
}

#[test]
fn an_answer_that_was_given_in_time_is_in_time_whenever_it_came() {
    // Asked at 14:45, answered at 14:59, here at 15:40.
    let answer = step(2, "verification.answer", "c", 359).came(400);
    let owed = question(&[asked(345), answer], "m");
    assert_eq!(owed.due.here, at(360));
    assert_eq!(owed.judge(&[], at(401)), Standing::InTime);
    let late = step(2, "verification.answer", "c", 361).came(361);
    assert_eq!(question(&[asked(345), late], "m").judge(&[], at(401)), Standing::Late { by: MINUTE });
}

#[test]
fn a_reason_does_not_end_the_duty_and_an_answer_of_another_office_neither() {
    let steps = [asked(0), step(2, "verification.reason", "c", 10), step(3, "verification.answer", "d", 11)];
    let owed = question(&steps, "c");
    assert!(owed.outcome.explained.is_some() && owed.outcome.met.is_none());
}

#[test]
fn a_child_whose_clock_is_forty_minutes_fast_is_judged_by_the_clock_of_whoever_waits() {
    let fast = |n: u8, form: &str, minutes: i64| {
        let mut step = step(n, form, "c", minutes);
        step.times.recorded.origin = at(minutes + 40);
        step
    };
    let steps = [fast(1, "incident.oral", 0), fast(2, "incident.report", 19)];
    let owed = incident(&steps, &zhanjiang("m"));
    let after = by_row(&owed, "written-after-oral");
    assert_eq!((after.due.here, after.due.origin), (at(20), at(60)), "both clocks are kept");
    assert_eq!(after.judge(&[], at(60)), Standing::InTime);
    let late = incident(&[fast(1, "incident.oral", 0), fast(2, "incident.report", 21)], &zhanjiang("m"));
    assert_eq!(by_row(&late, "written-after-oral").judge(&[], at(60)), Standing::Late { by: MINUTE });
}

/// A case of law: area, tier, category, grade, flags; `-` leaves out.
struct LawCase {
    steps: Vec<Step>,
    tree: Registry,
}

impl LawCase {
    /// The office `c` of that area and tier takes a call about what happened ten minutes ago and came to be known five minutes ago.
    fn of(text: &str) -> Self {
        let words: Vec<&str> = text.split(' ').collect();
        let said = |n: usize| words.get(n).copied().filter(|word| *word != "-");
        let class = match words[1] {
            "unit" => OfficeClass::Other,
            "township" => OfficeClass::Township,
            "department" => OfficeClass::Department,
            "county" => OfficeClass::County,
            "city" => OfficeClass::City,
            _ => OfficeClass::Province,
        };
        let area = said(0).unwrap_or_default();
        let above = if class == OfficeClass::Province { "" } else { "m" };
        let tree = tree("c", area).with(entry("c", above, class, area));
        let mut call = step(1, "incident.call", "c", 0);
        call.times.happened = Some(at(-10));
        call.times.learnt = Some(at(-5));
        let mut assessed = step(2, "incident.assess", "c", 1);
        for (n, field) in [(2, "category"), (3, "grade")] {
            assessed = said(n).into_iter().fold(assessed, |step, word| step.code(field, word));
        }
        if let Some(flags) = said(4) {
            assessed = assessed.saying("flags", Value::Choices(flags.split(',').map(str::to_owned).collect()));
        }
        Self { steps: vec![call, assessed], tree }
    }
}

#[test]
fn every_verified_deadline_of_a_report_runs_in_the_engine_from_its_own_moment() {
    use Basis::{Event, Knowledge, Receipt};
    let wanted = [
        ("440825 county accident considerable", "county-hour", HOUR, Event),
        ("440825 unit accident.safety -", "safety-unit", HOUR, Receipt),
        ("440825 county accident.safety ordinary", "safety-level", 2 * HOUR, Receipt),
        ("440825 city accident.safety major", "safety-level", 2 * HOUR, Receipt),
        ("440825 unit health.epidemic -", "health-unit", 2 * HOUR, Receipt),
        ("440825 department health.epidemic -", "health-government", 2 * HOUR, Receipt),
        ("440825 county health.epidemic -", "health-level", 2 * HOUR, Receipt),
        ("440800 city health.epidemic -", "health-level", 2 * HOUR, Receipt),
        ("440000 province health.epidemic -", "health-province", HOUR, Receipt),
        ("440825 county health.animal -", "animal-county", 2 * HOUR, Receipt),
        ("440000 department health.animal -", "animal-agency", HOUR, Receipt),
        ("440000 department health.animal -", "animal-province", HOUR, Receipt),
        ("440000 province health.animal -", "animal-central", 4 * HOUR, Receipt),
        ("500101 county social considerable", "chongqing", HOUR, Event),
        ("360101 county natural major", "jiangxi-county", 2 * HOUR, Event),
        ("360100 city natural major", "jiangxi-city", 3 * HOUR, Event),
        ("410100 city natural major", "henan-phone", 15 * MINUTE, Event),
        ("410100 city natural exceptional", "henan-grave", 35 * MINUTE, Event),
        ("410100 city natural considerable", "henan-considerable", HOUR, Event),
        ("410100 city natural ordinary", "henan-ordinary", 6 * HOUR, Event),
        ("620102 county natural considerable", "lanzhou", 2 * HOUR, Event),
        ("620102 county natural major", "lanzhou-grave", HOUR, Event),
        ("341621 county natural - direct-reporting", "anhui-direct", 2 * HOUR, Event),
        ("440825 unit accident.network considerable key-infrastructure", "network-key", HOUR, Knowledge),
        ("110000 department accident.network major central-organ", "network-central", 2 * HOUR, Knowledge),
        ("440825 unit accident.network considerable", "network-other", 4 * HOUR, Knowledge),
    ];
    for (text, row, ms, basis) in wanted {
        let LawCase { steps, tree } = LawCase::of(text);
        let began = if basis == Event { at(-10) } else { at(-5) };
        let owed = incident(&steps, &tree);
        let open = by_row(&owed, row);
        assert_eq!((open.start.basis, open.due.here), (basis, UnixMillis(began.0 + ms)), "{row}");
        assert!(open.outcome.met.is_none() && !open.cited.article.is_empty() && open.cited.version == 1, "{row}");
        let whom = match &open.creditor {
            Creditor::Outside(whom) => whom.key(),
            Creditor::Office(_) | Creditor::Leader(_) => "other",
        };
        let minutes = (open.due.here.0 - NINE) / MINUTE;
        let reported = |late: i64| {
            let outside = step(8, "incident.outside", "c", minutes + late).code("whom", whom);
            let told = [step(9, "incident.report", "c", minutes + late), outside];
            let owed = incident(&[&steps[..], &told].concat(), &tree);
            by_row(&owed, row).judge(&[], at(100_000))
        };
        assert_eq!((reported(0), reported(1)), (Standing::InTime, Standing::Late { by: MINUTE }), "{row}");
    }
}

#[test]
fn a_county_reports_what_is_considerable_within_the_hour_and_what_is_not_graded_has_no_such_clock() {
    let call = step(1, "incident.call", "c", 0);
    let hour = |steps: &[Step]| incident(steps, &zhanjiang("c")).into_iter().any(|owed| owed.cited.row == "county-hour");
    assert!(!hour(std::slice::from_ref(&call)));
    assert!(hour(&[call.clone(), step(7, "incident.assess", "c", 3).code("grade", "considerable")]));
    assert!(hour(&[call.clone(), step(7, "incident.report", "c", 3).code("grade", "major")]), "by whatever step it was said");
    let lowered = [
        call.clone(),
        step(7, "incident.assess", "c", 3).code("grade", "considerable"),
        step(8, "incident.assess", "c", 4).code("grade", "ordinary"),
    ];
    assert!(!hour(&lowered), "the last word counts");
    assert!(hour(&[call, step(7, "incident.assess", "c", 3).code("flags", "sensitive-time")]), "不受分级标准限制");
}

#[test]
fn two_dead_and_ten_badly_hurt_are_considerable_and_start_the_hour_at_the_event() {
    let LawCase { steps, tree } = LawCase::of("440825 county accident.safety considerable");
    let figures = crate::domain::rules::Figures { dead: Some(2), badly_hurt: Some(10), ..Default::default() };
    let category = CategoryCode::parse("accident.safety").unwrap();
    let suggested = Packs::built_in().in_force().suggest_grade(&category, &figures).unwrap();
    assert_eq!(suggested.grade, Grade::Considerable);
    assert_eq!(by_row(&incident(&steps, &tree), "county-hour").due.here, at(50));
}

#[test]
fn the_city_owes_its_own_report_from_when_the_county_s_came_and_sees_when_the_county_learnt_of_it() {
    let mut report = step(3, "incident.report", "c", 50).code("category", "accident.safety").code("grade", "ordinary").came(55);
    report.times.learnt = Some(at(0));
    let owed = incident(std::slice::from_ref(&report), &zhanjiang("m"));
    let level = of(&owed, Duty::WrittenReport);
    let of_office = |office: &str| level.iter().find(|owed| owed.debtor == id(office)).unwrap();
    assert_eq!((of_office("m").due.here, of_office("m").outcome.met.is_none()), (at(55 + 120), true));
    assert_eq!((of_office("c").due.here, is_met_by(&of_office("c").outcome, &report)), (at(120), true));
    let told = of(&owed, Duty::LeaderTold);
    assert!(told.iter().all(|owed| owed.debtor == id("m")), "what stays inside of the county is not known here");
    let own = step(4, "incident.report", "m", 80);
    let owed = incident(&[report, own.clone()], &zhanjiang("m"));
    assert!(of(&owed, Duty::WrittenReport).iter().any(|owed| is_met_by(&owed.outcome, &own)));
}

#[test]
fn after_an_oral_report_the_written_one_has_twenty_minutes() {
    let steps = [step(1, "incident.call", "c", 0), step(2, "incident.oral", "c", 5)];
    let owed = incident(&steps, &zhanjiang("c"));
    let after = one(&owed, Duty::WrittenAfterOral);
    assert_eq!((after.due.here, after.outcome.met.is_none()), (at(25), true));
    let owed = incident(&[&steps[..], &[step(3, "incident.report", "c", 20)]].concat(), &zhanjiang("c"));
    assert!(one(&owed, Duty::WrittenAfterOral).outcome.met.is_some());
}

#[test]
fn the_leader_is_told_two_where_the_rule_of_the_place_says_so_and_an_exercise_owes_nothing() {
    let call = step(1, "incident.call", "c", 0);
    let told = |n: u8, role: Option<&str>| {
        let told = step(n, "incident.told", "c", 4);
        role.into_iter().fold(told, |told, role| told.code("role", role))
    };
    let open = |steps: &[Step], area: &str| {
        let owed = incident(steps, &tree("c", area));
        let open = of(&owed, Duty::LeaderTold).into_iter().filter(|owed| owed.outcome.met.is_none());
        open.map(|owed| (owed.creditor.clone(), owed.due.here)).collect::<Vec<_>>()
    };
    let leader = |role: &str| (Creditor::Leader(role.into()), at(10));
    assert_eq!(open(std::slice::from_ref(&call), "440825"), [leader("leader")], "by reference one is enough");
    assert_eq!(open(&[call.clone(), told(2, None)], "440825"), []);
    assert_eq!(open(std::slice::from_ref(&call), "220281"), [leader("on-duty"), leader("office-head")]);
    assert_eq!(open(&[call.clone(), told(2, None)], "220281"), [leader("office-head")]);
    assert_eq!(open(&[call.clone(), told(2, None), told(3, Some("office-head"))], "220281"), []);
    let practised = incident(&[Step { mode: Mode::Exercise, ..call.clone() }], &zhanjiang("c"));
    let real = incident(std::slice::from_ref(&call), &zhanjiang("c"));
    assert!(practised.iter().all(|owed| owed.mode == Mode::Exercise) && real.iter().all(|owed| owed.mode == Mode::Real));
    let but_for_the_mark = practised.into_iter().map(|owed| Obligation { mode: Mode::Real, ..owed });
    assert_eq!(but_for_the_mark.collect::<Vec<_>>(), real, "what is practised is owed the same");
    assert_eq!(incident(&[Step { mode: Mode::Test, ..call }], &zhanjiang("c")), []);
}

/// Put before 张三 at 09:10, then 李四 and 王五; of a considerable event: 20 minutes, the next after 10.
fn asking() -> Vec<Step> {
    let next = Value::Text("李四\n 王五 ".into());
    let ask = step(5, "incident.approval-asked", "c", 10).saying("approver", Value::Text("张三".into())).saying("next", next);
    vec![step(1, "incident.call", "c", 0), step(2, "incident.assess", "c", 1).code("grade", "considerable"), ask]
}

fn said_at(steps: &[Step], minutes: i64) -> Vec<(String, FactValue)> {
    let opening = steps[0].reference.clone();
    let tree = tree("c", "220281");
    let known = Known { matter: &opening, packs: Packs::built_in(), tree: &tree, now: at(minutes) };
    approval_facts(steps, &id("c"), &known).into_iter().map(|fact| (fact.key, fact.value)).collect()
}

use crate::domain::matter::FactValue;

#[test]
fn an_approval_has_a_clock_beside_the_report_s_and_holding_it_is_recorded() {
    let steps = asking();
    let owed = incident(&steps, &tree("c", "220281"));
    let turns: Vec<_> = of(&owed, Duty::ApprovalAnswer)
        .into_iter()
        .map(|owed| (owed.start.at.here, owed.due.here, owed.creditor.clone()))
        .collect();
    let leader = |n: u8| Creditor::Leader(format!("approver-{n}"));
    assert_eq!(turns, [(at(10), at(20), leader(1)), (at(20), at(30), leader(2))], "the whole time is over at 09:30");
    assert!(owed.iter().any(|owed| owed.duty == Duty::WrittenReport), "the report's own clock runs beside it");
    let text = |key: &str, words: &str| (key.to_owned(), FactValue::Text(words.into()));
    assert_eq!(said_at(&steps, 15), [text("approval.now", "张三")]);
    assert_eq!(said_at(&steps, 21), [text("approval.held", "张三"), text("approval.now", "李四")]);
    let over = said_at(&steps, 31);
    assert_eq!(over[..3], [text("approval.held", "张三"), text("approval.held", "李四"), text("approval.now", "李四")]);
    assert_eq!(over[3], ("approval.at_end".to_owned(), FactValue::Code("up-unapproved".into())));
    assert!(matches!(&over[4], (key, FactValue::Text(article)) if key == "approval.rule" && article.contains("二(二)3")));

    let answered = [&steps[..], &[step(6, "incident.approved", "c", 22)]].concat();
    let owed = incident(&answered, &tree("c", "220281"));
    let judged: Vec<_> = of(&owed, Duty::ApprovalAnswer).iter().map(|owed| owed.judge(&[], at(40))).collect();
    assert_eq!(judged, [Standing::Late { by: 2 * MINUTE }, Standing::InTime]);
    assert_eq!(said_at(&answered, 600), [text("approval.held", "张三")], "it stays on the record");
    let at_once = [&steps[..], &[step(6, "incident.refused", "c", 12)]].concat();
    let owed = incident(&at_once, &tree("c", "220281"));
    assert_eq!(of(&owed, Duty::ApprovalAnswer).len(), 1, "the next was never asked");
    assert_eq!(said_at(&at_once, 600), []);
}

#[test]
fn when_the_report_s_own_time_is_over_first_the_rule_says_what_goes_up() {
    let ask = step(5, "incident.approval-asked", "c", 10).saying("approver", Value::Text("张三".into()));
    // An ordinary fire with casualties: the approver has an hour, the report of Jiaohe no limit but the two hours of the statute.
    let mut call = step(1, "incident.call", "c", 0).code("category", "accident.safety").code("grade", "ordinary");
    call.times.learnt = Some(at(-100));
    let keys = |minutes: i64| said_at(&[call.clone(), ask.clone()], minutes).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys(19), ["approval.now"]);
    assert_eq!(keys(21), ["approval.now", "approval.at_end", "approval.rule"]);
    let alarm = incident(&[call.clone(), ask.clone()], &tree("c", "220281"));
    let alarm = one(&alarm, Duty::ApprovalAnswer);
    assert_eq!((alarm.share(50), alarm.share(80)), (at(40), at(58)), "approver and leader are alarmed");
}

#[test]
fn a_grave_event_is_followed_up_before_eight_and_before_five_until_its_final_report() {
    let begun = step(1, "incident.report", "c", 0).code("category", "accident").code("grade", "major").code("stage", "initial");
    let again = |n: u8, minutes: i64, stage: &str| step(n, "incident.report", "c", minutes).code("stage", stage);
    let henan = tree("m", "410100");
    let slots = |steps: &[Step], now: i64| {
        let owed = owed_at(MatterKind::Incident, steps, &henan, at(now));
        let of_county = of(&owed, Duty::FollowUp).into_iter().filter(|owed| owed.debtor == id("c")).cloned();
        let of_county = of_county.map(|owed| (owed.cited.row.clone(), owed.judge(&[], at(now))));
        of_county.collect::<Vec<_>>()
    };
    let hours = |hours: i64| hours * 60;
    // 17:30 on the first day: nothing came by 17:00.
    let first = slots(std::slice::from_ref(&begun), hours(8) + 30);
    assert_eq!(first[0], ("henan-evening-2026-07-01".into(), Standing::Overdue { by: 30 * MINUTE }));
    assert_eq!(
        first.iter().skip(1).map(|(row, _)| row.as_str()).collect::<Vec<_>>(),
        ["henan-morning-2026-07-02", "henan-evening-2026-07-02"]
    );
    // 16:59 and 07:59 are in time, 17:01 is late; the final report at 10:00 on the third day ends it.
    let steps = [
        begun.clone(),
        again(2, hours(7) + 59, "followup"),
        again(3, hours(22) + 59, "followup"),
        again(4, hours(32) + 1, "followup"),
        again(5, hours(49), "final"),
    ];
    let all = slots(&steps, hours(100));
    let wanted = [
        ("henan-evening-2026-07-01", Standing::InTime),
        ("henan-morning-2026-07-02", Standing::InTime),
        ("henan-evening-2026-07-02", Standing::Late { by: MINUTE }),
        ("henan-morning-2026-07-03", Standing::InTime),
        ("henan-evening-2026-07-03", Standing::InTime),
    ];
    assert_eq!(all, wanted.map(|(row, standing)| (row.to_owned(), standing)));
    let ungraded = step(1, "incident.report", "c", 0).code("category", "accident").code("stage", "initial");
    assert_eq!(slots(std::slice::from_ref(&ungraded), hours(30)), []);
    // Graded on the second day: the first day stays as it was.
    let graded = [ungraded, step(2, "incident.report", "c", hours(26)).code("grade", "major").code("stage", "followup")];
    assert_eq!(slots(&graded, hours(30)).first().map(|(row, _)| row.clone()), Some("henan-evening-2026-07-02".into()));
}

#[test]
fn a_natural_disaster_is_reported_every_day_by_each_tier_until_it_is_stable() {
    let flood =
        |n: u8, office: &str, minutes: i64| step(n, "incident.report", office, minutes).code("category", "natural.weather");
    let days = |steps: &[Step], now: i64| {
        let owed = owed_at(MatterKind::Incident, steps, &zhanjiang("m"), at(now));
        let days = of(&owed, Duty::FollowUp).into_iter();
        days.map(|owed| (owed.debtor.to_string(), Day::of(owed.start.at.here).to_string(), owed.outcome.met.is_some()))
            .collect::<Vec<_>>()
    };
    let day = |office: &str, day: &str, met: bool| (office.to_owned(), day.to_owned(), met);
    let first = flood(1, "c", 0).code("stage", "initial");
    assert_eq!(
        days(std::slice::from_ref(&first), 60),
        [day("c", "2026-07-01", true), day("c", "2026-07-02", false)],
        "and tomorrow's"
    );
    let both = [
        first.clone(),
        flood(2, "m", 30).code("stage", "initial"),
        flood(3, "c", 1500).code("stage", "followup").code("stable", "yes"),
    ];
    let wanted = [
        day("c", "2026-07-01", true),
        day("c", "2026-07-02", true),
        day("m", "2026-07-01", true),
        day("m", "2026-07-02", false),
        day("m", "2026-07-03", false),
        day("m", "2026-07-04", false),
    ];
    assert_eq!(days(&both, 3000), wanted, "the county has said that it is stable, the city has not");
}

#[test]
fn casualties_that_change_are_passed_on_within_thirty_days_and_seven_on_the_road() {
    let initial = |category: &str| step(1, "incident.report", "c", 10).code("stage", "initial").code("category", category);
    let dead = |n: u8, minutes: i64, number: i64| step(n, "incident.figures", "t", minutes).saying("dead", Value::Number(number));
    let happened = step(9, "incident.oral", "t", 1).saying("happened_at", Value::Time(at(-30)));
    let revised = |category: &str, changed: &[Step]| {
        let steps = [&[happened.clone(), initial(category)], changed].concat();
        let owed = incident(&steps, &zhanjiang("c"));
        of(&owed, Duty::CasualtyRevision).into_iter().cloned().collect::<Vec<_>>()
    };
    let day = |days: i64| UnixMillis(at(-30).0 + days * DAY);
    let thirty = revised("accident.safety", &[dead(2, 60, 3)]);
    assert_eq!((thirty.len(), thirty[0].due.here, thirty[0].debtor.clone()), (1, day(30), id("c")));
    assert!(thirty[0].cited.article.contains("第十三条") && thirty[0].outcome.met.is_none());
    assert_eq!(revised("accident.traffic.road", &[dead(2, 60, 3)])[0].due.here, day(7));
    assert_eq!(revised("accident.fire", &[dead(2, 60, 3)])[0].due.here, day(7));
    assert_eq!(revised("accident.safety", &[dead(2, 60, 3), dead(3, 70, 3)]).len(), 1, "said again, it has not changed");
    assert_eq!(revised("accident.safety", &[dead(2, 5, 3)]), [], "the county's first report came after it");
    let after = 31 * 24 * 60;
    assert_eq!(revised("accident.safety", &[dead(2, after, 3)]), [], "after thirty days nothing is asked for");
    let passed_on = step(4, "incident.revise", "c", 90).saying("dead", Value::Number(3));
    let met = revised("accident.safety", &[dead(2, 60, 3), passed_on.clone()]);
    assert!(is_met_by(&met[0].outcome, &passed_on));
}

#[test]
fn an_office_below_of_which_nothing_more_is_heard_is_to_be_asked_until_its_final_report() {
    let report = step(1, "incident.report", "t", 0).code("stage", "initial").came(3);
    let silent = |steps: &[Step]| {
        let owed = incident(steps, &zhanjiang("c"));
        of(&owed, Duty::SilenceAsked).into_iter().map(|owed| (owed.debtor.clone(), owed.due.here)).collect::<Vec<_>>()
    };
    assert_eq!(silent(std::slice::from_ref(&report)), [(id("t"), at(123))], "from when it came");
    assert_eq!(silent(&[report.clone(), step(2, "incident.figures", "t", 60)]), [(id("t"), at(180))]);
    assert_eq!(silent(&[report.clone(), step(2, "incident.report", "t", 60).code("stage", "final")]), []);
    let done_here = step(2, "incident.report", "c", 60).code("stage", "final");
    assert_eq!(silent(&[report, done_here]), [], "whoever is done here does not ask");
}

#[test]
fn a_paper_that_was_asked_for_is_owed_until_it_comes() {
    let call = step(1, "incident.call", "c", 0);
    let asks = |to: &[&str]| step(2, "incident.paper-asked", "c", 5).to(to).saying("due", Value::Time(at(65)));
    let owed = |steps: &[Step]| one(&incident(steps, &zhanjiang("c")), Duty::WrittenRequested).clone();
    let outside = owed(&[call.clone(), asks(&[])]);
    assert_eq!((outside.debtor.clone(), outside.due.here, outside.outcome.met.is_none()), (id("c"), at(65), true));
    let of_town = owed(&[call.clone(), asks(&["t"])]);
    assert_eq!((of_town.debtor.clone(), of_town.creditor.clone()), (id("t"), Creditor::Office(id("c"))));
    let came = step(3, "incident.paper", "t", 50).answers_to("asked", &asks(&["t"]));
    assert!(is_met_by(&owed(&[call.clone(), asks(&["t"]), came.clone()]).outcome, &came));
    let by_another = step(3, "incident.paper", "u", 50).answers_to("asked", &asks(&["t"]));
    assert!(owed(&[call, asks(&["t"]), by_another]).outcome.met.is_none());
}

#[test]
fn a_warning_is_told_in_ten_minutes_passed_on_in_thirty_and_confirmed_by_the_time_that_was_set() {
    let take = step(1, "warning.take", "c", 0);
    let pass = step(2, "warning.pass", "c", 12).to(&["t", "u"]).saying("confirm_by", Value::Time(at(40)));
    let warning = |steps: &[Step], own: &str| owed_at(MatterKind::Warning, steps, &zhanjiang(own), at(60));
    let owed = warning(std::slice::from_ref(&take), "c");
    assert_eq!(one(&owed, Duty::WarningLeaderTold).due.here, at(10));
    assert_eq!(one(&owed, Duty::WarningPassedOn).due.here, at(30));
    assert!(one(&owed, Duty::WarningPassedOn).cited.article.starts_with("长子县"), "law.md row 17");
    let told = step(3, "warning.told", "c", 9);
    let signed = step(4, "warning.signed", "t", 30);
    let called = step(5, "warning.phoned", "c", 39).to(&["u"]).code("result", "reached");
    let owed = warning(&[take.clone(), pass.clone(), told.clone(), signed.clone(), called.clone()], "c");
    assert!(is_met_by(&one(&owed, Duty::WarningLeaderTold).outcome, &told));
    assert!(is_met_by(&one(&owed, Duty::WarningPassedOn).outcome, &pass));
    let confirmed: Vec<_> = of(&owed, Duty::Receipt)
        .into_iter()
        .map(|owed| (owed.debtor.to_string(), owed.due.here, owed.outcome.met.clone().unwrap().record))
        .collect();
    assert_eq!(confirmed, [("t".to_owned(), at(40), signed.reference), ("u".to_owned(), at(40), called.reference)]);
    // A township has nobody below: it owes its leader and its signature.
    let below = warning(&[take.clone(), pass.clone().came(20)], "t");
    assert_eq!(one(&below, Duty::WarningLeaderTold).due.here, at(30), "from when it came");
    assert_eq!(of(&below, Duty::WarningPassedOn).len(), 1, "the county's alone");
    let lifted = step(6, "warning.lift", "c", 25);
    let owed = warning(&[take, lifted.clone()], "c");
    assert_eq!(one(&owed, Duty::WarningPassedOn).outcome.withdrawn, Some(lifted.reference));
}

fn order(urgency: &str) -> Step {
    let order = step(1, "directive.order", "m", 0).to(&["c"]).code("kind", "supervision").code("urgency", urgency);
    order.saying("sign_by", Value::Time(at(30))).saying("feedback_due", Value::Time(at(60))).saying("due", Value::Time(at(600)))
}

#[test]
fn a_directive_is_signed_for_fed_back_and_done_by_the_times_that_a_person_has_set() {
    let directive = |steps: &[Step], own: &str| owed_at(MatterKind::Directive, steps, &zhanjiang(own), at(60));
    let dues = |owed: &[Obligation], office: &str| {
        let of_office = owed.iter().filter(|owed| owed.debtor == id(office) && owed.duty != Duty::PaperPassedOn);
        of_office.map(|owed| (owed.duty, owed.due.here, owed.outcome.met.is_some())).collect::<Vec<_>>()
    };
    let steps = [order("urgent")];
    let open = |met: bool| [(Duty::Receipt, at(30), met), (Duty::Feedback, at(60), met), (Duty::Outcome, at(600), false)];
    assert_eq!(dues(&directive(&steps, "m"), "c"), open(false));
    let split = step(2, "directive.split", "c", 10).to(&["t", "u"]).saying("due", Value::Time(at(300)));
    let steps = [order("urgent"), split.clone(), step(3, "directive.feedback", "c", 29)];
    let owed = directive(&steps, "m");
    assert_eq!(dues(&owed, "c"), open(true), "whoever feeds back has it");
    assert_eq!(dues(&owed, "t"), [(Duty::Outcome, at(300), false)]);
    let to_county = owed.iter().find(|owed| owed.debtor == id("t")).unwrap();
    assert_eq!(to_county.creditor, Creditor::Office(id("c")), "an answer to its source");
    assert_eq!(
        (to_county.cited.pack.as_str(), to_county.cited.article.as_str()),
        ("directive.split", "湛江市政府系统值班工作规范 第七条")
    );
    // An outcome that is sent back is owed again.
    let done = step(4, "directive.done", "t", 100);
    let returned = step(5, "directive.return", "c", 110).to(&["t"]).answers_to("outcome", &done);
    let steps = [order("urgent"), split, done];
    assert_eq!(dues(&directive(&steps, "c"), "t"), [(Duty::Outcome, at(300), true)]);
    assert_eq!(dues(&directive(&[&steps[..], &[returned]].concat(), "c"), "t"), [(Duty::Outcome, at(300), false)]);
    let recalled = step(6, "directive.recall", "m", 20);
    let owed = directive(&[order("urgent"), recalled.clone()], "c");
    assert!(owed.iter().all(|owed| owed.outcome.withdrawn.as_ref() == Some(&recalled.reference)));
}

#[test]
fn what_is_flash_is_signed_for_soon_after_it_came_though_nobody_has_set_a_time() {
    let flash = step(1, "directive.order", "m", 0).to(&["c"]).code("kind", "supervision").code("urgency", "flash");
    let receipts = |steps: &[Step], own: &str| {
        let owed = owed_at(MatterKind::Directive, steps, &zhanjiang(own), at(60));
        of(&owed, Duty::Receipt).into_iter().cloned().collect::<Vec<_>>()
    };
    let owed = receipts(&[flash.clone().came(5)], "c").remove(0);
    assert_eq!((owed.due.here, owed.creditor.clone(), owed.flash), (at(15), Creditor::Office(id("m")), true));
    assert_eq!((owed.cited.pack.as_str(), owed.cited.row.as_str()), ("default", "flash-receipt"));
    let signed = step(2, "directive.sign", "c", 8);
    assert!(is_met_by(&receipts(&[flash.clone(), signed.clone()], "c")[0].outcome, &signed));
    let recalled = receipts(&[flash.clone(), step(3, "directive.recall", "m", 6)], "c").remove(0);
    assert!(recalled.outcome.withdrawn.is_some() && recalled.is_closed());
    // Passed on, it is as pressing; whoever has it already need not sign once more.
    let relay = step(4, "directive.relay", "c", 9).to(&["t"]);
    let below = receipts(&[flash.clone(), signed.clone(), relay.clone()], "t");
    let of_below = below.iter().find(|owed| owed.debtor == id("t")).unwrap();
    assert_eq!(
        (of_below.flash, of_below.creditor.clone(), of_below.outcome.met.is_none()),
        (true, Creditor::Office(id("c")), true)
    );
    let twice = [flash.to(&["c", "t"]), step(5, "directive.sign", "t", 8), relay];
    assert!(receipts(&twice, "t").iter().filter(|owed| owed.debtor == id("t")).all(Obligation::is_closed));
    // A time that a person has set counts, and it rings all the same; what is not 特急 owes what was set and no more.
    let set = receipts(&[order("flash")], "c").remove(0);
    assert_eq!((set.due.here, set.flash, set.cited.pack.as_str()), (at(30), true, "directive.order"));
    assert!(!receipts(&[order("urgent")], "c")[0].flash);
    let routine = step(6, "directive.order", "m", 0).to(&["c"]).code("kind", "circular").code("urgency", "urgent");
    assert_eq!(receipts(&[routine], "c"), []);
    let task = step(7, "directive.order", "m", 0).code("kind", "task").code("urgency", "flash");
    assert_eq!(receipts(&[task], "m"), [], "nobody signs for what he has given himself");
}

#[test]
fn a_report_that_came_from_below_rings_at_once_and_one_that_was_entered_here_does_not() {
    let report = step(3, "incident.report", "c", 50).code("category", "accident.safety").code("grade", "ordinary");
    let told = |steps: &[Step], own: &str| {
        let owed = incident(steps, &zhanjiang(own));
        assert!(owed.iter().all(|owed| !owed.flash || owed.duty == Duty::LeaderTold), "one ring for one report");
        let told: Vec<_> = of(&owed, Duty::LeaderTold).into_iter().map(|owed| owed.flash).collect();
        assert!(!told.is_empty());
        told
    };
    assert!(told(&[report.clone().came(55)], "m").into_iter().all(|flash| flash));
    assert!(!told(&[step(1, "incident.call", "c", 0)], "c").contains(&true));
    let entered = RecordRef { origin: id("m"), ..report.reference.clone() };
    assert!(!told(&[Step { reference: entered, ..report }], "m").contains(&true), "its officer wrote it down himself");
}

#[test]
fn an_ordinary_paper_is_handed_on_within_the_hour() {
    let handed_on = |steps: &[Step]| {
        let owed = owed_at(MatterKind::Directive, steps, &zhanjiang("c"), at(60));
        of(&owed, Duty::PaperPassedOn).into_iter().map(|owed| (owed.due.here, owed.outcome.met.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(handed_on(&[order("routine").came(5)]), [(at(65), false)]);
    assert_eq!(handed_on(&[order("routine").came(5), step(2, "directive.read", "c", 20)]), [(at(65), true)]);
    assert_eq!(handed_on(&[order("urgent")]), [], "what is urgent is no ordinary paper");
}

/// A pack of the county with a stricter hour, in a version.
fn stricter(version: u32, limit: &str) -> Spread {
    let text = format!(
        "pack = \"ours\"\nversion = {version}\ntitle = \"本县\"\nsource = \"本县规定\"\n\n[[limit]]\nid = \"fast\"\nduty = \"written-report\"\n\
         to = \"above\"\nbasis = \"receipt\"\nlimit = \"{limit}\"\nsays = \"更快\"\narticle = \"一\"\n"
    );
    Spread {
        by: id("c"),
        reach: Reach::Own,
        recorded_at: UnixMillis(i64::from(version)),
        id: RecordId([version as u8; 16]),
        pack: std::sync::Arc::new(Pack::parse(&text).unwrap().of_office(&id("c"))),
    }
}

#[test]
fn a_rule_that_changes_while_a_clock_runs_moves_nothing_and_one_that_comes_later_counts_when_it_is_here() {
    let tree = zhanjiang("c");
    let due = |packs: &Packs, call: &Step| {
        let known = Known { matter: &call.reference, packs, tree: &tree, now: at(60) };
        let owed = by_incident(std::slice::from_ref(call), &known);
        of(&owed, Duty::WrittenReport).into_iter().map(|owed| (owed.cited.version, owed.due.here)).collect::<Vec<_>>()
    };
    let first = Packs::of_office(&id("c"), &[], vec![stricter(1, "40min")]);
    let second = Packs::of_office(&id("c"), &[], vec![stricter(1, "40min"), stricter(2, "20min")]);
    let call = Step { rules: first.in_force().stamp().0, ..step(1, "incident.call", "c", 0) };
    assert_eq!(due(&first, &call), [(1, at(40))]);
    assert_eq!(due(&second, &call), [(1, at(40))], "its clock began under the first");
    let later = Step { rules: second.in_force().stamp().0, ..call };
    assert_eq!(due(&second, &later), [(2, at(20))]);
    assert_eq!(due(&first, &later), [], "what a pack says that is not here is not known");
}

#[test]
fn a_clock_that_begins_on_new_year_s_eve_is_due_in_the_new_year() {
    let before_midnight = moment("2026-12-31 23:50").unwrap();
    let mut call = LawCase::of("440825 county accident considerable").steps;
    for step in &mut call {
        step.times.happened = Some(before_midnight);
        step.times.learnt = Some(before_midnight);
        step.times.recorded = Clocked::same(before_midnight);
    }
    let owed = incident(&call, &zhanjiang("c"));
    assert_eq!(by_row(&owed, "county-hour").due.here, moment("2027-01-01 00:50").unwrap());
    assert_eq!(crate::domain::obligation::stats::month_of(by_row(&owed, "county-hour").due.here), "2027-01");
}
