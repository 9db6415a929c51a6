//! One of each reply about obligations and special periods, for what is compared with files and read by people.

use dutynet_proto::record;

use super::*;

const AT: i64 = 1_782_867_600_000;

fn reference(n: u8) -> Option<record::RecordRef> {
    let id = (n..n + 16).collect::<Vec<u8>>().into();
    Some(record::RecordRef { origin: "440825".into(), id })
}

fn person() -> Option<record::Person> {
    Some(record::Person { id: "zhangsan".into(), name: "张三".into() })
}

/// Given by a clock five minutes fast, behind a line that was down.
fn due() -> api::DueRow {
    api::DueRow {
        key: "zj-9-3.440825.1f2e3d4c5b6a7988".into(),
        duty: "verification-answer".into(),
        title: "湛江".into(),
        article: "湛江 第九条(三)".into(),
        pack: "zhanjiang".into(),
        pack_version: 1,
        row: "zj-9-3".into(),
        source: "湛江市政府系统值班工作规范".into(),
        debtor: "440825".into(),
        debtor_name: "徐闻县".into(),
        creditor: "440800".into(),
        creditor_name: "湛江市".into(),
        leader: String::new(),
        leader_name: String::new(),
        outside: String::new(),
        about: "440825/0102030405060708090a0b0c0d0e0f10".into(),
        basis: api::DueBasis::Receipt.into(),
        start_origin_ms: AT + 300_000,
        start_ms: AT,
        due_origin_ms: AT + 1_200_000,
        due_ms: AT + 900_000,
        standing: api::DueStanding::InTimeCutOff.into(),
        late_ms: 0,
        met_by: reference(17),
        met_origin_ms: AT + 1_140_000,
        met_ms: AT + 840_000,
        met_arrived_ms: AT + 3_300_000,
        explained_by: None,
        chases: 1,
        side: api::DueSide::OwedToUs.into(),
        mode: record::Mode::Real.into(),
    }
}

fn show_reply() -> api::ShowDueReply {
    let span =
        |from_ms, until_ms, was: api::LineWas| api::LineSpan { from_ms, until_ms, was: was.into(), ..api::LineSpan::default() };
    let spans = vec![
        span(AT, AT + 600_000, api::LineWas::Up),
        span(AT + 600_000, AT + 3_240_000, api::LineWas::Down),
        span(AT + 3_240_000, AT + 3_300_000, api::LineWas::Up),
    ];
    let chase = duty::Chased {
        key: due().key,
        debtor: "440825".into(),
        by: duty::ChaseBy::Telephone.into(),
        person: "王五".into(),
        phone: "0759-4850000".into(),
        result: "已报，线路不通".into(),
    };
    let chases = vec![api::ChaseRow {
        record: reference(33),
        name: "湛江市".into(),
        by: person(),
        recorded_at_ms: AT + 960_000,
        chase: Some(chase),
    }];
    let rings = vec![api::DueRing { due: None, stage: api::RingStage::Due.into(), rang_at_ms: AT + 900_001 }];
    let hops = vec![api::DueHop { office: "440825".into(), name: "徐闻县".into(), spans }];
    api::ShowDueReply { due: Some(due()), hops, rings, chases, as_of_ms: AT + 3_600_000 }
}

fn stats_reply() -> api::DueStatsReply {
    let counts = api::DueCounts {
        month: "2026-07".into(),
        office: "440825".into(),
        name: "徐闻县".into(),
        duty: "verification-answer".into(),
        title: "湛江".into(),
        counts: vec![0, 0, 0, 1, 0, 0, 0, 0, 0],
        all: 1,
    };
    api::DueStatsReply { counts: vec![counts], dues: vec![due()], as_of_ms: AT }
}

fn periods_reply() -> api::ListPeriodsReply {
    let brings = duty::SpecialDuties { leaders: 2, daily: "16:30".into(), silence_minutes: 30, ..duty::SpecialDuties::default() };
    let change = api::PeriodChange {
        record: reference(49),
        to_ms: AT + 172_800_000,
        recorded_at_ms: AT + 60_000,
        reason: "台风未过".into(),
    };
    let row = api::PeriodRow {
        record: reference(1),
        number: "0701-482137".into(),
        office: "440825".into(),
        name: "徐闻县".into(),
        by: person(),
        reason: "防台风".into(),
        spans: vec![api::PeriodSpan { from_ms: AT, to_ms: AT + 172_800_000 }],
        brings: Some(brings),
        holds: true,
        changes: vec![change],
    };
    api::ListPeriodsReply { periods: vec![row], as_of_ms: AT }
}

/// What `--json` prints of each.
pub(in crate::cli) fn shapes() -> Vec<(&'static str, String)> {
    let chased = api::ChaseDueReply { record: reference(33), folded: false };
    let ring = api::DueRing { due: Some(due()), stage: api::RingStage::Leader.into(), rang_at_ms: AT };
    vec![
        ("due list", printed(&json::Dues::from(&api::ListDuesReply { as_of_ms: AT, dues: vec![due()] }))),
        ("due show", printed(&json::Shown::from(&show_reply()))),
        ("due chase", printed(&convert::chased(&due().key, &chased))),
        ("due stats", printed(&json::Stats::from(&stats_reply()))),
        ("due watch", printed(&json::Rang::from(&ring))),
        ("period list", printed(&json::Periods::from(&periods_reply()))),
    ]
}

#[test]
fn an_obligation_is_shown_with_everything_that_it_is_judged_by() {
    let text = shown(&show_reply());
    let wanted = [
        "核报反馈 准时，线路不通迟到达",
        "湛江 第九条(三)（zhanjiang 第 1 版 zj-9-3）",
        "起算（接报）：07-01 09:00:00（对方时钟 07-01 09:05:00）",
        "到期：07-01 09:15:00（对方时钟 07-01 09:20:00）",
        "录入：07-01 09:14:00（对方时钟 07-01 09:19:00）",
        "收到：07-01 09:55:00",
        "徐闻县　07-01 09:10:00 至 07-01 09:54:00　断",
        "到时：07-01 09:15:00",
        "湛江市 张三　电话 王五 0759-4850000：已报，线路不通",
    ];
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
}

#[test]
fn every_standing_has_the_number_of_its_name() {
    use crate::domain::obligation::Standing;
    for (place, name) in Standing::NAMES.into_iter().enumerate() {
        let number = convert::standing_named(name).unwrap();
        assert_eq!(convert::standing(number), place, "{name}");
    }
    assert_eq!(convert::standing_named("gone"), None);
}
