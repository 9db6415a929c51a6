//! One of each reply about roll calls, for what is compared with files and read by people.

use super::*;
use crate::cli::printed as print_json;

const AT: i64 = 1_782_867_600_000;

fn reference(n: u8) -> Option<record::RecordRef> {
    Some(record::RecordRef { origin: "440825".into(), id: (n..n + 16).collect::<Vec<u8>>().into() })
}

fn person() -> Option<record::Person> {
    Some(record::Person { id: "zhangsan".into(), name: "张三".into() })
}

fn said(words: &str) -> api::RollWords {
    api::RollWords { record: reference(40), at_ms: AT + 900_000, words: words.into() }
}

#[expect(clippy::too_many_lines, reason = "a sample of everything that a table may hold")]
fn table() -> api::RollTableReply {
    let answered = api::RollRow {
        office: "440825103".into(),
        name: "海安镇".into(),
        depth: 1,
        outcome: api::RollOutcome::Late.into(),
        late_ms: 60_000,
        received_at_ms: AT,
        due_ms: AT + 600_000,
        rounds: 2,
        second_needed: true,
        expected: Some(api::RollExpected { leader: "李四".into(), officer: "王五".into(), record: reference(1) }),
        answer: Some(api::RollAnswer {
            record: reference(17),
            at_ms: AT + 660_000,
            leader: "李四".into(),
            officer: "王五".into(),
            work: "防汛巡查".into(),
        }),
        explained: Some(said("停电")),
        ruled: Some(api::RollRuling {
            by_office: "440825".into(),
            by: person(),
            ruling: "excused".into(),
            said: Some(said("属实")),
        }),
        ..api::RollRow::default()
    };
    let call = api::RollPhone {
        office: "440825204".into(),
        result: "reached".into(),
        phone: "0759-4850000".into(),
        rings: Some(4),
        answered_by: "赵六".into(),
        ..api::RollPhone::default()
    };
    let by_phone = api::RollRow {
        office: "440825204".into(),
        name: "角尾乡".into(),
        depth: 1,
        outcome: api::RollOutcome::ByPhone.into(),
        why: api::Undelivered::NoNode.into(),
        due_ms: AT + 600_000,
        rounds: 1,
        phoned: vec![api::RollPhoned {
            record: reference(33),
            by_office: "440825".into(),
            at_ms: AT + 120_000,
            call: Some(call),
            slow: true,
        }],
        ..api::RollRow::default()
    };
    let cut_off = api::RollRow {
        office: "440825105".into(),
        name: "下洋镇".into(),
        depth: 1,
        outcome: api::RollOutcome::LineDown.into(),
        why: api::Undelivered::LineDown.into(),
        why_office: "440825105".into(),
        why_since_ms: AT - 600_000,
        due_ms: AT + 600_000,
        rounds: 1,
        ..api::RollRow::default()
    };
    api::RollTableReply {
        record: reference(1),
        number: "0701-482137".into(),
        title: "值班点名".into(),
        kind: api::RollKind::Roll.into(),
        mode: record::Mode::Real.into(),
        caller: "440825".into(),
        caller_name: "徐闻县".into(),
        opens_at_ms: AT,
        minutes: 10,
        closes_at_ms: AT + 660_000,
        closed_at_ms: 0,
        seed: String::new(),
        as_of_ms: AT + 1_200_000,
        complete: true,
        rows: vec![answered, by_phone, cut_off],
    }
}

fn drawing() -> api::RollDrawReply {
    let mut reply = api::RollDrawReply {
        number: "0701-482137".into(),
        seed: "07".repeat(32),
        count: 1,
        eligible: vec!["440825103".into(), "440825204".into()],
        drawn: Vec::new(),
    };
    reply.drawn = drawn_anew(&reply).unwrap();
    reply
}

fn listed() -> api::ListRollsReply {
    let head = api::MatterHead {
        matter: reference(1),
        number: "0701-482137".into(),
        kind: "rollcall".into(),
        title: "值班点名".into(),
        open: true,
        mode: record::Mode::Real.into(),
        ..api::MatterHead::default()
    };
    let call = api::RollListed {
        head: Some(head),
        caller_name: "徐闻县".into(),
        opens_at_ms: AT,
        closes_at_ms: AT + 660_000,
        relation: "to_answer".into(),
        called: 2,
        answered: 1,
    };
    api::ListRollsReply { calls: vec![call], as_of_ms: AT }
}

/// Every shape, by the heading under which it is documented.
pub(in crate::cli) fn shapes() -> Vec<(&'static str, String)> {
    let called = api::CallRollReply {
        record: reference(1),
        number: "0701-482137".into(),
        folded: false,
        state: api::ReportState::Saved.into(),
        called: vec!["440825103".into()],
        seed: "07".repeat(32),
        opens_at_ms: AT,
        closes_at_ms: AT + 660_000,
    };
    let taken = api::TakeStepReply {
        record: reference(17),
        matter: reference(1),
        number: "0701-482137".into(),
        folded: false,
        state: api::ReportState::Saved.into(),
    };
    let answered = api::AnswerRollsReply { taken: Some(taken), calls: vec![reference(1).unwrap_or_default()] };
    let verified = json::Verified { number: "0701-482137".into(), seed: "07".repeat(32), agrees: true };
    vec![
        ("rollcall call", print_json(&json::Called::from(&called))),
        ("rollcall answer", print_json(&json::Answered::from(&answered))),
        ("rollcall board", print_json(&json::Board::from(&table()))),
        ("rollcall list", print_json(&json::List::from(&listed()))),
        ("rollcall draw", print_json(&json::Draw::from(&drawing()))),
        ("rollcall verify", print_json(&verified)),
    ]
}

#[test]
fn a_table_says_who_is_on_duty_and_why_somebody_is_not() {
    let board = print::board(&table());
    let wanted = [
        "徐闻县 点名 0701-482137《值班点名》",
        "已收齐",
        "应到 3：迟到应答 1，线路不通 1，代录 1",
        "迟到应答 1 分 0 秒，二次点名后",
        "带班 李四，值班 王五；防汛巡查",
        "未报备",
        "电话：接通，在岗，响铃 4 声（超过 3 声）",
        "说明：停电；认定：说明属实，不追究",
        "下洋镇线路断",
    ];
    for wanted in wanted {
        assert!(board.contains(wanted), "{wanted} is not in\n{board}");
    }
    assert!(print::list(&listed()).contains("待应答"));
}

#[test]
fn a_draw_that_was_changed_does_not_agree() {
    let mut reply = drawing();
    assert_eq!(drawn_anew(&reply).as_ref(), Some(&reply.drawn));
    reply.seed = "08".repeat(31) + "zz";
    assert_eq!(drawn_anew(&reply), None);
}
