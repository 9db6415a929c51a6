//! Directives, warnings and questions through the use cases: what is refused leaves nothing behind.

use super::{
    behalf::with_child,
    steps::{code, step, text},
    *,
};
use crate::body::{Channel, Entered};

fn order(id: u8, to: &[&str]) -> TakeStep {
    let words = vec![code("kind", "supervision"), text("title", "排查"), text("words", "立即。"), code("urgency", "flash")];
    step(id, "directive.order", "", words, to)
}

fn by_telephone(office: &str, asked: TakeStep) -> TakeStep {
    let entered = Entered { channel: Channel::Telephone, told_by: "王五".into(), phone: "0759-4850000".into() };
    TakeStep { on_behalf: Some(OnBehalf { office: office.into(), entered }), ..asked }
}

#[tokio::test]
async fn a_supervision_of_an_office_without_a_node_is_answered_by_telephone_and_closed() {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    let before = house.records();
    assert_eq!(refusal(house.office.take_step(order(1, &[])).await), Refusal::StepOfficesMissing);
    assert_eq!(refusal(house.office.take_step(order(1, &["440000"])).await), Refusal::StepNotBelow);
    assert_eq!(house.records(), before, "nothing was kept");
    let taken = house.office.take_step(order(1, &["jiaowei"])).await.unwrap();
    assert!(house.office.take_step(order(1, &["jiaowei"])).await.unwrap().folded);
    let number = taken.number().to_string();
    let outcome = || vec![text("outcome", "已排查")];
    let close = |id| step(id, "directive.close", &number, outcome(), &[]);
    let early = house.office.take_step(close(2)).await.unwrap_err();
    assert_eq!((early.refusal, early.about.as_deref()), (Refusal::DirectiveOpenParts, Some("jiaowei")));
    let done = |id| step(id, "directive.done", &number, outcome(), &[]);
    assert_eq!(
        refusal(house.office.take_step(done(3)).await),
        Refusal::StepNotAddressed,
        "it is the office below that was told to"
    );
    house.office.take_step(by_telephone("jiaowei", done(3))).await.unwrap();
    house.office.take_step(close(4)).await.unwrap();
    let shown = house.office.matter(&number).await.unwrap();
    assert_eq!((shown.row.summary.state.as_str(), shown.row.summary.grade.as_str(), shown.steps.len()), ("closed", "flash", 3));
    assert_eq!(refusal(house.office.take_step(by_telephone("jiaowei", done(5))).await), Refusal::MatterClosed);
}

#[tokio::test]
async fn a_question_names_its_incident_and_one_office_that_answers() {
    let house = House::new();
    with_child(&house, "jiaowei", "角尾乡").await;
    let incident = house.file(1, "daily", 3).await.unwrap().reference;
    let ask = || step(2, "verification.ask", "", vec![text("title", "伤亡"), text("question", "几人？")], &["jiaowei"]);
    assert_eq!(refusal(house.office.take_step(ask()).await), Refusal::StepLinkMissing);
    let links = vec![NamedRecord { role: "incident".into(), record: incident.to_string() }];
    let number = house.office.take_step(TakeStep { links, ..ask() }).await.unwrap().number().to_string();
    let answer = |id| step(id, "verification.answer", &number, vec![text("answer", "无")], &[]);
    let elsewhere = house.office.take_step(answer(3)).await.unwrap_err();
    assert_eq!((elsewhere.refusal, elsewhere.about.as_deref()), (Refusal::VerificationElsewhere, Some("jiaowei")));
    let blank = house.office.take_step(step(3, "verification.answer", &number, Vec::new(), &[])).await.unwrap_err();
    assert_eq!((blank.refusal, blank.faults[0].field.as_str()), (Refusal::FormFaults, "answer"));
    house.office.take_step(by_telephone("jiaowei", answer(3))).await.unwrap();
    assert_eq!(house.office.matter(&number).await.unwrap().row.summary.state, "answered");
}
