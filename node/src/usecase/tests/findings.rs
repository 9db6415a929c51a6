//! Findings through the use cases: what is suggested, the evidence that is kept, and a circular whose numbers open their records.

use super::{
    behalf::with_child,
    steps::{code, step, text},
    *,
};
use crate::{
    body::{Channel, Entered},
    domain::{finding::Suggested, step::MatterKind},
    projection::Openness,
};

const DUE: &str = "daily-report.jiaowei.2026-07-01";

fn found(id: u8, due: &str) -> TakeStep {
    let mut words = vec![text("title", "未见报告"), code("kind", "missing"), text("says", "无报告"), code("found_by", "records")];
    words.extend((!due.is_empty()).then(|| text("due", due)));
    step(id, "finding.open", "", words, &["jiaowei"])
}

fn dismissed(id: u8, due: &str) -> TakeStep {
    step(id, "finding.dismiss", "", vec![text("due", due), text("reason", "电话已报")], &["jiaowei"])
}

async fn suggested(house: &House) -> Vec<(String, Suggested)> {
    let found = house.office.suggest_findings(AskSuggestions { month: "2026-07".into(), ..AskSuggestions::default() }).await;
    found.unwrap().rows.into_iter().map(|row| (row.due.obligation.key.to_string(), row.kind)).collect()
}

async fn house() -> House {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    house.clock.set_wall(at("2026-07-02", "09:00"));
    house
}

#[tokio::test]
async fn a_suggestion_stands_until_a_person_has_acted_and_the_evidence_is_kept() {
    let house = house().await;
    assert_eq!(suggested(&house).await, [(DUE.to_owned(), Suggested::Missing)], "its own reports suggest nothing");
    let taken = house.office.take_step(found(1, DUE)).await.unwrap();
    assert_eq!(suggested(&house).await, []);
    house.clock.set_wall(at("2026-07-02", "11:00"));
    assert!(house.office.take_step(found(1, DUE)).await.unwrap().folded, "the same words are the same finding, hours later");
    let number = taken.number().to_string();
    let open = house.office.matter(&number).await.unwrap().steps.remove(0).step;
    let due = at("2026-07-01", "17:00");
    assert_eq!((open.choice("standing"), open.number("late_minutes")), (Some("overdue"), Some(16 * 60)));
    assert_eq!((open.time("due_here"), open.time("met_here")), (Some(due), None));
    assert_eq!(open.text("rule"), Some("daily@1 daily"));
    let twice = house.office.take_step(dismissed(2, DUE)).await.unwrap_err();
    assert_eq!((twice.refusal, twice.about), (Refusal::FindingTwice, Some(number)));
}

#[tokio::test]
async fn a_dismissal_is_kept_with_its_reason_and_only_faults_are_evidence() {
    let house = house().await;
    let before = house.records();
    let refused = async |step| house.office.take_step(step).await.unwrap_err().refusal;
    assert_eq!(refused(found(1, "daily-report.jiaowei.2026-07-02")).await, Refusal::FindingNoEvidence, "it is not due yet");
    assert_eq!(refused(found(1, "daily-report.nobody.2026-07-01")).await, Refusal::DueUnknown);
    assert_eq!(refused(found(1, "daily-report.440000.2026-07-01")).await, Refusal::FindingOtherDebtor);
    let mut typed = found(1, DUE);
    typed.answers.push(code("standing", "late"));
    assert_eq!(refused(typed).await, Refusal::FormFaults, "what the node fills in is not typed");
    assert_eq!(house.records(), before, "nothing was kept");
    house.office.take_step(dismissed(1, DUE)).await.unwrap();
    assert_eq!(suggested(&house).await, []);
    let rows = house.office.matters(MatterKind::Finding, Openness::Closed).await.unwrap();
    assert_eq!((rows[0].summary.state.as_str(), rows[0].title.as_deref()), ("dismissed", Some("日报告（2026-07-01）")));
}

#[tokio::test]
async fn a_circular_names_what_was_ruled_and_praised_and_every_number_opens() {
    let house = house().await;
    let number = house.office.take_step(found(1, DUE)).await.unwrap().number().to_string();
    let days = ("2026-07-01".to_owned(), "2026-07-31".to_owned());
    let draft = async |kinds: &[&str], offices: &[&str]| {
        let [kinds, offices] = [kinds, offices].map(|all| all.iter().map(|&one| one.to_owned()).collect());
        house.office.draft_circular(AskCircular { days: days.clone(), offices, kinds }).await
    };
    assert_eq!(draft(&[], &[]).await.unwrap().figures, [], "nobody is circulated for what is not ruled");
    let entered = Entered { channel: Channel::Telephone, told_by: "王五".into(), phone: "0759-4850000".into() };
    let said = vec![code("stance", "accepted"), text("explanation", "交接班疏漏")];
    let explains = step(2, "finding.explain", &number, said, &[]);
    let on_behalf = Some(OnBehalf { office: "jiaowei".into(), entered });
    house.office.take_step(TakeStep { on_behalf, ..explains }).await.unwrap();
    let ruling = vec![code("ruling", "upheld"), text("reason", "属实"), Answer { field: "direct".into(), value: Value::Unknown }];
    house.office.take_step(step(3, "finding.rule", &number, ruling, &[])).await.unwrap();
    let praise = vec![text("title", "处置得力"), text("merit", "转移及时")];
    let praised = house.office.take_step(step(4, "finding.praise", "", praise, &["jiaowei"])).await.unwrap();
    let whole = draft(&[], &[]).await.unwrap();
    let figures: Vec<_> = whole.figures.iter().map(|figure| (figure.kind.as_str(), figure.matters.len())).collect();
    assert_eq!(figures, [("missing", 1), ("praise", 1)]);
    for counted in whole.figures.iter().flat_map(|figure| &figure.matters) {
        assert!(whole.words.contains(counted.1.as_str()), "{}", whole.words);
        assert_eq!(house.office.matter(counted.1.as_str()).await.unwrap().row.matter, counted.0);
    }
    assert_eq!(draft(&["praise"], &["jiaowei"]).await.unwrap().figures[0].matters[0].0, praised.matter);
    assert_eq!(refusal(draft(&[], &["nobody"]).await), Refusal::OfficeUnknown);
    let asked = AskCircular { days: ("2026-07-02".into(), "2026-07-01".into()), ..AskCircular::default() };
    assert_eq!(refusal(house.office.draft_circular(asked).await), Refusal::SpanInvalid);
}
