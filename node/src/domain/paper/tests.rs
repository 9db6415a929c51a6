//! Every built-in paper is well formed, and what was typed once stands in each of them.

use dutynet_relay::ids::OfficeId;

use super::*;
use crate::domain::{
    form::Value,
    matter::tests::{Told, code, id, text, time},
};

fn called() -> Told {
    let mut told = Told::new();
    let caller = [("caller_name", text("李村长")), ("caller_unit", text("良垌村")), ("caller_phone", text("0759-1"))];
    let event = [("title", text("山洪")), ("place", text("村口")), ("happened_at", Value::Unknown), ("who", text("三人"))];
    told.take("a", "incident.call", &[&caller[..], &event[..], &[("what", text("漫水")), ("why", text("暴雨"))]].concat(), &[])
        .unwrap();
    told
}

fn rows(told: &Told, paper: &str, office: &OfficeId) -> Vec<FilledRow> {
    fill_in(Papers::built_in().get(paper).unwrap(), &told.steps[0].reference, &told.steps, (office, "海安镇"))
}

fn value(rows: &[FilledRow], label: &str) -> String {
    rows.iter().find(|row| row.label == label).unwrap_or_else(|| panic!("no {label}")).value.clone()
}

#[test]
fn every_built_in_paper_is_well_formed_and_has_its_articles() {
    let papers: Vec<_> = Papers::built_in().iter().map(|paper| (paper.id.as_str(), paper.title.as_str())).collect();
    let wanted = [
        ("handling-slip", "值班电话处理单"),
        ("submission", "突发公共事件呈报单"),
        ("record-sheet", "应急值班信息记录单"),
        ("approval-sheet", "文件审批单"),
    ];
    assert_eq!(papers, wanted);
    for paper in Papers::built_in().iter() {
        assert_eq!(Papers::built_in().get(&paper.title), Some(paper));
        assert!(paper.rows.iter().all(|row| !row.source.is_empty() && !row.label.is_empty()), "{}", paper.id);
    }
    let good = include_str!("../../../papers/handling_slip.toml");
    let spoilt = [
        ("incident.call.place", "incident.call.colour"),
        ("incident.call.place", "warning.take.area"),
        ("incident.call.place", "place"),
        ("lines = 4", "lines = 0"),
        ("beside = 2", "beside = 4"),
        ("own = \"number\"", "own = \"weather\""),
    ];
    for (from, to) in spoilt {
        assert!(good.contains(from));
        assert!(Paper::parse(&good.replacen(from, to, 1)).is_err(), "{from} -> {to}");
    }
}

#[test]
fn what_was_typed_once_stands_in_every_paper_and_the_rest_is_left_for_a_hand() {
    let mut told = called();
    let slip = rows(&told, "handling-slip", &id("a"));
    assert_eq!(value(&slip, "来电人"), "李村长");
    assert_eq!(value(&slip, "来电内容"), "何人：三人　何事：漫水　何因：暴雨");
    assert_eq!(value(&slip, "接听人"), "张三");
    assert_eq!(value(&slip, "领导批示"), "");
    assert_eq!(value(&slip, "事发时间"), "", "what is not known yet is left for a hand");
    let leader = [("leader", text("王镇长")), ("told_at", time(0)), ("how", code("telephone")), ("said", text("全力搜救"))];
    told.take("a", "incident.told", &leader, &[]).unwrap();
    let report = [("stage", code("initial")), ("title", text("山洪")), ("haste", code("yes")), ("dead", Value::Number(1))];
    told.take("a", "incident.report", &report, &[]).unwrap();
    told.take("a", "incident.report", &[&report[1..], &[("stage", code("followup")), ("cause", text("溃坝"))]].concat(), &[])
        .unwrap();
    let slip = rows(&told, "handling-slip", &id("a"));
    assert_eq!(value(&slip, "领导批示"), "1970年01月01日 08:00　王镇长　全力搜救");
    let submission = rows(&told, "submission", &id("a"));
    assert_eq!(value(&submission, "起因和性质"), "溃坝", "the newest word");
    assert_eq!((value(&submission, "死亡"), value(&submission, "呈报单位")), ("1 人".to_owned(), "海安镇".to_owned()));
    assert_eq!(value(&submission, "信息来源"), "良垌村　李村长　0759-1");
    let sheet = rows(&told, "record-sheet", &id("a"));
    assert_eq!(value(&sheet, "书面上报").lines().count(), 2);
    let sources = &sheet.iter().find(|row| row.label == "书面上报").unwrap().sources;
    assert_eq!(sources.len(), 2, "each line opens its record");
}

#[test]
fn an_office_above_hands_in_its_own_words_and_takes_others_where_it_has_none() {
    let mut told = called();
    let first = [("stage", code("initial")), ("haste", code("yes"))];
    told.take("a", "incident.report", &[&first[..], &[("title", text("山洪")), ("scope", text("一村"))]].concat(), &[]).unwrap();
    told.take("c1", "incident.report", &[&first[..], &[("title", text("徐闻山洪"))]].concat(), &[]).unwrap();
    let above = rows(&told, "submission", &id("c1"));
    assert_eq!((value(&above, "标题"), value(&above, "影响范围")), ("徐闻山洪".to_owned(), "一村".to_owned()));
}

#[test]
fn the_approval_sheet_says_what_each_leader_answered_and_how_it_is_known() {
    let mut told = called();
    assert_eq!(
        value(&rows(&told, "approval-sheet", &id("a")), "审批意见"),
        "",
        "nothing was put before anybody: room for a hand"
    );
    let asked = [("approver", text("王书记")), ("post", text("书记")), ("next", text("李县长\n")), ("what", text("上报山洪"))];
    let ask = told.take("a", "incident.approval-asked", &asked, &[]).unwrap();
    let sheet = rows(&told, "approval-sheet", &id("a"));
    assert_eq!(value(&sheet, "审批意见"), "1. 王书记　未答复\n2. 李县长　未答复");
    assert_eq!(
        (value(&sheet, "送审单位"), value(&sheet, "标题"), value(&sheet, "送审内容")),
        ("海安镇".into(), "山洪".into(), "上报山洪".into())
    );
    assert_eq!(value(&sheet, "送审经过"), "1970年01月01日 08:02　张三　送给谁审：王书记　职务：书记");

    let said = [("how", code("telephone")), ("number", text("0759-2")), ("said_at", time(180_000)), ("words", text("同意上报"))];
    let by_telephone = [&[("approver", text("李县长"))], &said[..]].concat();
    let approved = told.take("a", "incident.approved", &by_telephone, &[]).unwrap();
    let sheet = rows(&told, "approval-sheet", &id("a"));
    let answered = "2. 李县长　批准　1970年01月01日 08:03　电话　0759-2";
    assert_eq!(value(&sheet, "审批意见"), format!("1. 王书记　未答复\n{answered}　待本人确认　意见：同意上报"));
    let sources = &sheet.iter().find(|row| row.label == "审批意见").unwrap().sources;
    assert_eq!(*sources, [approved.clone(), ask.clone()]);

    told.by("李县长");
    told.step(("a", "incident.confirmed"), &[("words", text("抓紧"))], &[], (&[("approved", &approved)], None)).unwrap();
    told.by("张三");
    let sheet = rows(&told, "approval-sheet", &id("a"));
    let confirmed = format!("1. 王书记　未答复\n{answered}　本人已确认（1970年01月01日 08:04）　意见：同意上报　补充意见：抓紧");
    assert_eq!(value(&sheet, "审批意见"), confirmed);

    // Put before leaders again: both are on the paper, each under its time.
    let asked = [("approver", text("王书记")), ("next", text("赵主任\n")), ("what", text("续报山洪"))];
    told.take("a", "incident.approval-asked", &asked, &[]).unwrap();
    let no = [("approver", text("赵主任")), ("how", code("in-person")), ("said_at", time(300_000)), ("words", text("补充伤亡"))];
    told.take("a", "incident.refused", &no, &[]).unwrap();
    let sheet = rows(&told, "approval-sheet", &id("a"));
    assert_eq!(value(&sheet, "送审内容"), "上报山洪\n续报山洪");
    let second = "1. 王书记　未答复\n2. 赵主任　不批准　1970年01月01日 08:05　当面　意见：补充伤亡";
    let wanted = format!("1970年01月01日 08:02 送审：\n{confirmed}\n1970年01月01日 08:05 送审：\n{second}");
    assert_eq!(value(&sheet, "审批意见"), wanted);
    assert_eq!(value(&rows(&told, "approval-sheet", &id("c1")), "审批意见"), "", "another office's leaders are not ours");
}
