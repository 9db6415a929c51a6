//! A draft as its officer meets it: opened, filled in, reopened after a restart, filed, and overtaken by a child's correction.

use super::{
    behalf::{for_office, with_child},
    *,
};
use crate::domain::draft::Why;

/// Three townships: one reported 3 calls, one nothing at all by a zero report, one is silent.
async fn with_townships(house: &House) {
    for (id, name) in [("t1", "一镇"), ("t2", "二镇"), ("t3", "三镇")] {
        with_child(house, id, name).await;
    }
    house.office.file(for_office("t1", report(1, "daily", 3))).await.unwrap();
    house.office.file(for_office("t2", report(2, "zero", 0))).await.unwrap();
}

fn own() -> Vec<(String, Option<Value>)> {
    let text = |words: &str| Some(Value::Text(words.into()));
    vec![
        ("leader".into(), text("李四")),
        ("officer".into(), text("张三")),
        ("phone".into(), text("020-83135078")),
        ("calls".into(), Some(Value::Number(2))),
    ]
}

fn save(own: Vec<(String, Option<Value>)>, replace: Vec<(String, Option<Value>)>) -> SaveDraft {
    SaveDraft { form: "daily".into(), period: "2026-07-01".into(), own, replace, by: by() }
}

async fn open(house: &House) -> OpenDraft {
    house.office.open_draft("daily", "2026-07-01").await.unwrap()
}

fn value(draft: &OpenDraft, field: &str) -> Option<Value> {
    draft.fields.iter().find(|drafted| drafted.field == field).unwrap().value.clone()
}

fn filing(id: u8) -> FileReport {
    FileReport { said: Said::Draft(Vec::new()), ..report(id, "daily", 0) }
}

async fn shown(house: &House) -> Vec<Revision> {
    let asked = ShowReport { form: "daily".into(), period: "2026-07-01".into(), office: String::new() };
    house.office.show(&asked).await.unwrap().revisions
}

#[tokio::test]
async fn a_draft_is_summed_from_the_children_and_names_who_is_missing() {
    let house = House::new();
    with_townships(&house).await;
    let draft = open(&house).await;
    assert_eq!(value(&draft, "calls"), Some(Value::Number(3)));
    let row = TableRow { code: "natural".into(), number: 2, text: "一镇：台风".into() };
    assert_eq!(value(&draft, "incidents"), Some(Value::Rows(vec![row])), "and the zero report says there was nothing");
    assert_eq!(value(&draft, "important"), None, "who is silent may have something to say");
    let sources: Vec<_> = draft.sources.iter().map(|child| (child.name.as_str(), child.source.form.as_str())).collect();
    assert_eq!(sources, [("一镇", "daily"), ("二镇", "zero")]);
    let missing: Vec<_> = draft.missing.iter().map(|missing| (missing.name.as_str(), missing.why)).collect();
    assert_eq!(missing, [("三镇", Why::NotFiled)]);
    let zero = house.office.open_draft("zero", "2026-07-01").await.unwrap();
    let missing: Vec<_> = zero.missing.iter().map(|missing| (missing.office.as_str(), missing.why)).collect();
    assert_eq!(missing, [("t1", Why::OtherForm), ("t3", Why::NotFiled)]);
    assert_eq!(value(&zero, "natural"), None, "not everybody says there was nothing");
}

#[tokio::test]
async fn a_draft_survives_a_restart_and_is_opened_with_fresh_sums() {
    let house = House::new();
    with_townships(&house).await;
    let short = vec![("important".into(), Some(Value::Text("平稳".into())))];
    let saved = house.office.save_draft(save(own(), short)).await.unwrap();
    assert_eq!(value(&saved, "calls"), Some(Value::Number(5)), "our own two and theirs");
    let house = House::open(house.close().await, at("2026-07-01", "10:00"));
    let reopened = open(&house).await;
    assert_eq!((value(&reopened, "leader"), value(&reopened, "calls")), (value(&saved, "leader"), Some(Value::Number(5))));
    assert_eq!(value(&reopened, "important"), Some(Value::Text("平稳".into())));
    assert_eq!(reopened.saved.as_ref().unwrap().by, by().unwrap());

    house.office.file(for_office("t1", report(3, "daily", 7))).await.unwrap();
    house.office.file(for_office("t3", report(4, "daily", 1))).await.unwrap();
    let fresh = open(&house).await;
    assert_eq!(value(&fresh, "calls"), Some(Value::Number(10)));
    let changed: Vec<_> = fresh.sources.iter().map(|child| (child.name.as_str(), child.changed)).collect();
    assert_eq!(changed, [("一镇", true), ("二镇", false), ("三镇", true)]);
    let back = vec![("important".into(), None)];
    let taken_back = house.office.save_draft(save(vec![("calls".into(), None)], back)).await.unwrap();
    assert_eq!((value(&taken_back, "calls"), value(&taken_back, "important")), (Some(Value::Number(8)), None));
    assert!(taken_back.sources.iter().all(|child| !child.changed), "it was seen now");
    house.close().await;
}

#[tokio::test]
async fn what_was_filed_opens_its_sources_and_shows_what_has_changed_since() {
    let house = House::new();
    with_townships(&house).await;
    house.office.save_draft(save(own(), Vec::new())).await.unwrap();
    let filed = house.office.file(filing(10)).await.unwrap();
    assert_eq!(filed.revision, 1);
    assert!(house.office.file(filing(11)).await.unwrap().folded, "nothing has changed");
    let revision = shown(&house).await.remove(0);
    let calls = |answers: &[Answer]| answers.iter().find(|answer| answer.field == "calls").map(|answer| answer.value.clone());
    let sources: Vec<_> = revision.sources.iter().map(|s| (s.name.as_str(), calls(s.answers.as_ref().unwrap()))).collect();
    assert_eq!(sources, [("一镇", Some(Value::Number(3))), ("二镇", None)]);
    assert!(revision.sources.iter().all(|source| source.now.is_none()));
    let missing: Vec<_> = revision.missing.iter().map(|(m, since)| (m.name.as_str(), *since)).collect();
    assert_eq!(missing, [("三镇", false)]);

    house.office.file(for_office("t1", report(3, "daily", 8))).await.unwrap();
    house.office.file(for_office("t3", report(4, "zero", 0))).await.unwrap();
    let revision = shown(&house).await.remove(0);
    let (now, answers) = revision.sources[0].now.clone().unwrap();
    assert_eq!((now.revision, calls(&answers)), (2, Some(Value::Number(8))));
    assert_eq!(calls(revision.sources[0].answers.as_ref().unwrap()), Some(Value::Number(3)), "what was summed stays");
    assert!(revision.missing[0].1, "it has filed since");

    house.clock.set_wall(at("2026-07-02", "18:00"));
    assert_eq!(refusal(house.office.file(filing(12)).await), Refusal::PeriodClosed);
    let corrected = FileReport { correction: Some("一镇更正".into()), ..filing(13) };
    assert_eq!(house.office.file(corrected).await.unwrap().revision, 2);
    let revisions = shown(&house).await;
    assert!(revisions[1].sources.iter().all(|source| source.now.is_none()) && revisions[1].missing.is_empty());
    assert_eq!(revisions[1].body.filled.value("calls"), Some(&Value::Number(10)));
}

#[tokio::test]
async fn equal_figures_of_other_versions_are_a_revision_whose_sources_are_right() {
    let house = House::new();
    with_townships(&house).await;
    house.office.save_draft(save(own(), Vec::new())).await.unwrap();
    house.office.file(filing(10)).await.unwrap();
    house.office.file(for_office("t3", report(4, "zero", 0))).await.unwrap();
    let again = house.office.file(filing(11)).await.unwrap();
    assert_eq!((again.revision, again.folded), (2, false));
    assert_eq!(shown(&house).await[1].sources.len(), 3);
}

#[tokio::test]
async fn what_is_wrong_with_a_draft_is_said_at_its_fields() {
    let house = House::new();
    assert_eq!(refusal(house.office.open_draft("daily", "").await), Refusal::NoChildren);
    assert_eq!(refusal(house.office.file(filing(1)).await), Refusal::NoChildren);
    with_townships(&house).await;
    let before = house.records();
    let wrong = vec![("calls".into(), Some(Value::Text("三".into()))), ("salary".into(), Some(Value::Number(1)))];
    let refused = house.office.save_draft(save(wrong, Vec::new())).await.unwrap_err();
    assert_eq!(refused.faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["calls", "salary"]);
    assert!(open(&house).await.saved.is_none());
    let unnamed = SaveDraft { by: None, ..save(own(), Vec::new()) };
    assert_eq!(refusal(house.office.save_draft(unnamed).await), Refusal::PersonMissing);
    assert_eq!(refusal(house.office.open_draft("weekly", "").await), Refusal::FormUnknown);
    assert_eq!(refusal(house.office.open_draft("daily", "2026-07-02").await), Refusal::PeriodFuture);
    let refused = house.office.file(filing(10)).await.unwrap_err();
    assert_eq!(refused.faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["leader", "officer", "phone"]);
    assert_eq!(house.records(), before);
}
