//! One of each reply about notices, for what is compared with files and read by people; and how times are typed.

use dutynet_proto::record;

use dutynet_relay::ids::UnixMillis;

use super::*;

const AT: i64 = 1_782_867_600_000;

fn reference(n: u8) -> Option<record::RecordRef> {
    let id = (n..n + 16).collect::<Vec<u8>>().into();
    Some(record::RecordRef { origin: "440825".into(), id })
}

fn person() -> Option<record::Person> {
    Some(record::Person { id: "zhangsan".into(), name: "张三".into() })
}

fn head() -> Option<api::NoticeHead> {
    Some(api::NoticeHead {
        record: reference(1),
        number: "0701-482137".into(),
        title: "做好台风防御".into(),
        urgency: duty::Urgency::Urgent.into(),
        sign_by_ms: AT + 7_200_000,
        from: "徐闻县".into(),
        sent_at_ms: AT,
        received_at_ms: AT,
        mode: record::Mode::Real.into(),
        removed: false,
    })
}

fn on_behalf() -> api::SignatureRow {
    api::SignatureRow {
        record: reference(17),
        by: person(),
        at_ms: AT + 60_000,
        known_at_ms: AT + 60_000,
        entered_by: "440825".into(),
        told_by: Some(duty::ToldBy { name: "李四".into(), phone: "0759-3331234".into() }),
        remark: "收悉".into(),
    }
}

fn board_reply() -> api::NoticeBoardReply {
    let behind_a_cut = api::NoticeBoardRow {
        office: "440825103".into(),
        name: "海安镇".into(),
        depth: 1,
        has_node: true,
        undelivered: api::Undelivered::LineDown.into(),
        at: "440825103".into(),
        since_ms: AT,
        timing: api::SignTiming::NotDue.into(),
        ..api::NoticeBoardRow::default()
    };
    let by_telephone = api::NoticeBoardRow {
        office: "440825204".into(),
        name: "角尾乡".into(),
        depth: 1,
        undelivered: api::Undelivered::NoNode.into(),
        signatures: vec![on_behalf()],
        timing: api::SignTiming::InTime.into(),
        ..api::NoticeBoardRow::default()
    };
    let counts = api::NoticeCounts { addressed: 2, delivered: 0, signed: 1, on_behalf: 1, without_node: 1, overdue: 0 };
    api::NoticeBoardReply { notice: head(), as_of_ms: AT, counts: Some(counts), rows: vec![behind_a_cut, by_telephone] }
}

fn listed() -> api::ListNoticesReply {
    let row = api::NoticeRow {
        notice: head(),
        relation: api::NoticeRelation::Sent.into(),
        timing: api::SignTiming::NoLimit.into(),
        addressed: 2,
        signed: 1,
    };
    api::ListNoticesReply { notices: vec![row] }
}

fn shown() -> api::ShowNoticeReply {
    api::ShowNoticeReply {
        notice: head(),
        text: "各值班室保持通信畅通，有情况随时报告。".into(),
        by: person(),
        subtree: String::new(),
        offices: vec!["440825103".into(), "440825204".into()],
        group: "沿海".into(),
        relation: api::NoticeRelation::ToSign.into(),
        timing: api::SignTiming::NotDue.into(),
        signatures: Vec::new(),
        hops: vec![api::HopRow { office: "440825103".into(), received_at_ms: AT + 1500, offset_ms: 0 }],
        state: api::ReportState::Unspecified.into(),
    }
}

fn group() -> api::GroupRow {
    let members = vec!["440825103".into(), "440825204".into()];
    api::GroupRow { name: "沿海".into(), members, by: person(), saved_at_ms: AT }
}

/// Every shape, by the heading under which it is documented.
pub(in crate::cli) fn shapes() -> Vec<(&'static str, String)> {
    let number = "0701-482137".to_owned();
    let sent = api::SendNoticeReply { record: reference(1), number: number.clone(), addressed: 2, folded: false, state: 1 };
    let signed = api::SignNoticeReply { record: reference(17), number, office: "440825204".into(), folded: false, state: 1 };
    let groups = api::ListGroupsReply { groups: vec![group()] };
    vec![
        ("notice send", printed(&json::Sent::from(&sent))),
        ("notice sign", printed(&json::Signed::from(&signed))),
        ("notice board", printed(&json::Board::from(&board_reply()))),
        ("notice list", printed(&json::List::from(&listed()))),
        ("notice show", printed(&json::Shown::from(&shown()))),
        ("group list", printed(&json::Groups::from(&groups))),
        ("group save", printed(&json::Group::from(&group()))),
    ]
}

#[test]
fn a_list_is_read_with_its_counts_on_top_and_the_reason_beside_each_office() {
    let text = super::print::board(&board_reply());
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].contains("0701-482137《做好台风防御》"), "{text}");
    assert!(lines[1].contains("应收 2 个单位：送达 0，未送达 2（其中无终端 1）；签收 1（其中代录 1），未签收 1"), "{text}");
    assert!(lines[3].contains("海安镇线路断（07-01 09:00:00 起）") && lines[3].contains("未签收"), "{text}");
    assert!(lines[4].contains("无终端") && lines[4].contains("440825代录（李四 来电 0759-3331234）"), "{text}");
    let text = super::print::shown(&shown(), UnixMillis(AT));
    assert!(text.contains("编组“沿海”：440825103、440825204 2 个单位") && text.contains("待签收"), "{text}");
    assert!(super::print::list(&listed(), UnixMillis(AT)).contains("1/2"));
}
