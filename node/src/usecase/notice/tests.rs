//! Every way in which a notice, a signature or a group is refused, one sentence each, and nothing half done.

use dutynet_relay::{ids::RecordRef, registry::OfficeClass};

use super::*;
use crate::{
    domain::notice::{REMARK_CHARS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX, ToldBy, Urgency},
    usecase::{
        NewChild, SaveGroup,
        tests::{House, by, record_id},
    },
};

/// A province with two townships that have no node.
async fn house() -> House {
    let house = House::new();
    for (office, name) in [("440001", "甲镇"), ("440002", "乙镇")] {
        let class = Some(OfficeClass::Township);
        let new = NewChild { office: office.into(), name: name.into(), area_code: String::new(), class, by: by() };
        house.office.add_office(new).await.unwrap();
    }
    house
}

fn notice(id: u8) -> SendNotice {
    SendNotice {
        id: record_id(id),
        title: "台风防御".into(),
        text: "请做好准备。".into(),
        urgency: Some(Urgency::Flash),
        sign_by: None,
        to: Some(To::EverybodyBelow),
        by: by(),
        mode: dutynet_relay::record::Mode::Real,
    }
}

fn telephoned(id: u8, notice: &str, office: &str) -> SignNotice {
    SignNotice {
        id: record_id(id),
        notice: notice.into(),
        remark: String::new(),
        by: by(),
        on_behalf_of: office.into(),
        told_by: Some(ToldBy { name: "李四".into(), phone: "0759-3331234".into() }),
    }
}

fn group(name: &str, members: &[&str]) -> SaveGroup {
    let members = members.iter().map(|&member| member.to_owned()).collect();
    SaveGroup { id: record_id(90), name: name.into(), members, by: by() }
}

fn offices(ids: &[&str]) -> Option<To> {
    Some(To::Offices(ids.iter().map(|&id| id.to_owned()).collect()))
}

#[tokio::test]
async fn a_notice_that_cannot_be_sent_is_refused_and_nothing_is_kept() {
    let house = house().await;
    let before = house.records();
    let past = Some(house.office.now());
    let refused = [
        (SendNotice { title: " ".into(), ..notice(1) }, Refusal::NoticeFaults),
        (SendNotice { title: "长".repeat(TITLE_CHARS_MAX + 1), ..notice(1) }, Refusal::NoticeFaults),
        (SendNotice { title: "一\n二".into(), ..notice(1) }, Refusal::NoticeFaults),
        (SendNotice { text: String::new(), ..notice(1) }, Refusal::NoticeFaults),
        (SendNotice { text: "长".repeat(TEXT_CHARS_MAX + 1), ..notice(1) }, Refusal::NoticeFaults),
        (SendNotice { urgency: None, ..notice(1) }, Refusal::UrgencyMissing),
        (SendNotice { sign_by: past, ..notice(1) }, Refusal::SignByPast),
        (SendNotice { by: None, ..notice(1) }, Refusal::PersonMissing),
        (SendNotice { to: None, ..notice(1) }, Refusal::AudienceUnclear),
        (SendNotice { to: offices(&["甲镇"]), ..notice(1) }, Refusal::OfficeInvalid),
        (SendNotice { to: offices(&["440009"]), ..notice(1) }, Refusal::OfficeUnknown),
        (SendNotice { to: offices(&["440001", "440000"]), ..notice(1) }, Refusal::NotBelow),
        (SendNotice { to: Some(To::Group("沿海".into())), ..notice(1) }, Refusal::GroupUnknown),
    ];
    for (asked, refusal) in refused {
        let why = house.office.send_notice(asked.clone()).await.unwrap_err();
        assert_eq!(why.refusal, refusal, "{asked:?}");
    }
    let both = SendNotice { title: String::new(), text: String::new(), ..notice(1) };
    let faults = house.office.send_notice(both).await.unwrap_err().faults;
    assert_eq!(faults.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["title", "text"], "every fault at once");
    assert_eq!(house.records(), before);
    let alone = House::new();
    assert_eq!(alone.office.send_notice(notice(1)).await.unwrap_err().refusal, Refusal::NothingBelow);
}

#[tokio::test]
async fn a_notice_is_sent_once_however_often_and_signed_for_once_by_each_person() {
    let house = house().await;
    let sent = house.office.send_notice(notice(1)).await.unwrap();
    assert_eq!((sent.addressed, sent.folded), (2, false));
    assert!(house.office.send_notice(notice(1)).await.unwrap().folded);
    let other = SendNotice { title: "别的".into(), ..notice(1) };
    assert_eq!(house.office.send_notice(other).await.unwrap_err().refusal, Refusal::RecordIdUsed);
    let number = sent.number.to_string();
    let first = house.office.sign_notice(telephoned(2, &number, "440001")).await.unwrap();
    let again = house.office.sign_notice(telephoned(3, &sent.reference.to_string(), "440001")).await.unwrap();
    assert_eq!((again.folded, again.reference == first.reference), (true, true));
    let board = house.office.notice_board(&number.replace('-', "")).await.unwrap();
    assert_eq!((board.counts.addressed, board.counts.signed, board.counts.without_node), (2, 1, 2));
    assert_eq!(board.rows[0].signatures[0].by.name, "张三");
    let list = house.office.notices().await.unwrap();
    assert_eq!((list[0].relation, list[0].addressed, list[0].signed), (Relation::Sent, 2, 1));
    assert_eq!(house.office.notice(&number).await.unwrap().body.text, "请做好准备。");
}

#[tokio::test]
async fn a_signature_that_cannot_be_given_is_refused_and_nothing_is_kept() {
    let house = house().await;
    let sent = house.office.send_notice(SendNotice { to: offices(&["440001"]), ..notice(1) }).await.unwrap();
    let number = sent.number.to_string();
    let good = || telephoned(2, &number, "440001");
    let nobody = Some(ToldBy { name: String::new(), phone: "1".into() });
    let unknown = RecordRef { origin: house.office.own().clone(), id: record_id(77) }.to_string();
    let before = house.records();
    let refused = [
        (SignNotice { notice: "0701-4821".into(), ..good() }, Refusal::NoticeNumberInvalid),
        (SignNotice { notice: "0000-000000".into(), ..good() }, Refusal::NoticeUnknown),
        (SignNotice { notice: unknown, ..good() }, Refusal::NoticeUnknown),
        (SignNotice { by: None, ..good() }, Refusal::PersonMissing),
        (SignNotice { remark: "长".repeat(REMARK_CHARS_MAX + 1), ..good() }, Refusal::NoticeFaults),
        (SignNotice { told_by: None, ..good() }, Refusal::ToldByMissing),
        (SignNotice { told_by: nobody, ..good() }, Refusal::ToldByMissing),
        (SignNotice { on_behalf_of: String::new(), ..good() }, Refusal::OnBehalfMissing),
        (SignNotice { on_behalf_of: "440002".into(), ..good() }, Refusal::NotAddressed),
        (SignNotice { on_behalf_of: "440009".into(), ..good() }, Refusal::OfficeUnknown),
        (SignNotice { on_behalf_of: String::new(), told_by: None, ..good() }, Refusal::NotAddressed),
    ];
    for (asked, refusal) in refused {
        assert_eq!(house.office.sign_notice(asked.clone()).await.unwrap_err().refusal, refusal, "{asked:?}");
    }
    assert_eq!(house.records(), before);
}

#[tokio::test]
async fn a_group_is_kept_with_its_person_and_the_last_of_a_name_counts() {
    let house = house().await;
    let refused = [
        (group(" ", &["440001"]), Refusal::GroupNameInvalid),
        (group(&"长".repeat(33), &["440001"]), Refusal::GroupNameInvalid),
        (group("沿海", &[]), Refusal::GroupEmpty),
        (group("沿海", &["440009"]), Refusal::OfficeUnknown),
        (group("沿海", &["440000"]), Refusal::NotBelow),
    ];
    for (asked, refusal) in refused {
        assert_eq!(house.office.save_group(asked.clone()).await.unwrap_err().refusal, refusal, "{asked:?}");
    }
    assert!(house.office.groups().await.unwrap().is_empty());
    house.office.save_group(group("沿海", &["440001", "440002", "440001"])).await.unwrap();
    let one = SaveGroup { id: record_id(91), ..group(" 沿海 ", &["440002"]) };
    house.office.save_group(one).await.unwrap();
    let groups = house.office.groups().await.unwrap();
    assert_eq!((groups.len(), groups[0].members.len()), (1, 1));
    assert_eq!(groups[0].by, by());
    let sent = SendNotice { to: Some(To::Group("沿海".into())), ..notice(1) };
    assert_eq!(house.office.send_notice(sent).await.unwrap().addressed, 1);
}
