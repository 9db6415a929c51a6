//! What programs and people rely on, compared with what stands in files: every help page, and every shape that `--json` prints.
//!
//! `DUTYNET_BLESS=1 cargo test -p dutynet-node --lib cli::tests` writes the files anew; read the difference.

use std::{collections::HashMap, env, fs, path::PathBuf};

use clap::Command;
use dutynet_proto::{api, duty, record};

use super::{
    account, args, attachment, convert, convert_report, due, json, json_lines, json_report, matter, notice, printed, retention,
    rollcall, rules, secrecy, statuses, told::Told,
};
use crate::text::refusal::Refusal;

fn blessed() -> bool {
    env::var_os("DUTYNET_BLESS").is_some()
}

fn compare(path: PathBuf, made: &str) {
    if blessed() {
        fs::write(&path, made).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), made, "{} is not what this program does", path.display());
}

fn pages(command: &mut Command, name: &str, into: &mut String) {
    into.push_str(&format!("=== {name}\n{}\n", command.render_help()));
    let below: Vec<_> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for verb in below {
        let page = command.find_subcommand_mut(&verb).unwrap();
        pages(page, &format!("{name} {verb}"), into);
    }
}

#[test]
fn every_help_page_is_as_it_stands_in_the_file() {
    let (mut command, mut made) = (args::command(), String::new());
    command.build();
    pages(&mut command, "dutynet", &mut made);
    compare(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/cli/golden/help.txt"), &made);
}

#[test]
fn every_list_can_be_printed_for_programs() {
    fn lists(command: &Command, name: &str, found: &mut Vec<(String, bool)>) {
        if command.get_name() == "list" {
            found.push((name.to_owned(), command.get_arguments().any(|arg| arg.get_long() == Some("json"))));
        }
        for below in command.get_subcommands() {
            lists(below, &format!("{name} {}", below.get_name()), found);
        }
    }
    let (mut command, mut found) = (args::command(), Vec::new());
    command.build();
    lists(&command, "dutynet", &mut found);
    let without: Vec<_> = found.iter().filter(|(_, json)| !json).map(|(name, _)| name).collect();
    assert!(without.is_empty() && found.len() > 20, "without --json: {without:?}, of {}", found.len());
}

const AT: i64 = 1_782_867_600_000;

fn reference() -> Option<record::RecordRef> {
    let id = (1..=16).collect::<Vec<u8>>().into();
    Some(record::RecordRef { origin: "440825103".into(), id })
}

fn board() -> api::BoardReply {
    let row = api::BoardRow {
        office: "440825103".into(),
        name: "海安镇".into(),
        depth: 2,
        filed: api::Filed::Daily.into(),
        timing: api::Timing::InTime.into(),
        line: api::Line::Down.into(),
        line_since_ms: AT,
        revision: 2,
        recorded_at_ms: AT,
        received_at_ms: AT + 1500,
        incidents: 1,
        calls: 3,
        entered_by: "440825".into(),
        has_node: true,
        cut_off_ms: AT - 3_600_000,
        closes_ms: AT + 82_800_000,
        difference: api::Difference::Open.into(),
        removed: false,
    };
    let silent = api::BoardRow {
        office: "440825204".into(),
        name: "角尾乡".into(),
        depth: 2,
        filed: api::Filed::Nothing.into(),
        timing: api::Timing::Missing.into(),
        line: api::Line::None.into(),
        cut_off_ms: AT,
        closes_ms: AT + 86_400_000,
        difference: api::Difference::None.into(),
        ..api::BoardRow::default()
    };
    let (form, period, rows) = ("daily".into(), "2026-07-01".into(), vec![row, silent]);
    let mode = record::Mode::Real.into();
    api::BoardReply { form, period, cut_off_ms: AT, closes_ms: AT + 86_400_000, as_of_ms: AT, rows, mode }
}

fn answer(field: &str, value: duty::answer::Value) -> duty::Answer {
    duty::Answer { field: field.into(), value: Some(value) }
}

fn person() -> Option<record::Person> {
    Some(record::Person { id: "zhangsan".into(), name: "张三".into() })
}

fn form_answer(answers: Vec<duty::Answer>, revision: u32) -> duty::FormAnswer {
    duty::FormAnswer {
        form: "daily".into(),
        form_version: 1,
        period: "2026-07-01".into(),
        office: "440825103".into(),
        answers,
        reason: "少报一件".into(),
        revision,
        ..duty::FormAnswer::default()
    }
}

fn calls(number: i64) -> duty::Answer {
    answer("calls", duty::answer::Value::Number(number))
}

/// The office's own, which is a sum.
fn own_revision() -> api::Revision {
    use duty::answer::Value;
    let row = duty::Row { code: "natural".into(), number: 1, text: "台风".into() };
    let answers = vec![
        answer("leader", Value::Text("李四".into())),
        calls(3),
        answer("incidents", Value::Rows(duty::Rows { rows: vec![row] })),
        answer("important", Value::Nil(true)),
    ];
    let source = api::SourceRow {
        office: "440825103001".into(),
        name: "某村".into(),
        record: reference(),
        revision: 1,
        form: "daily".into(),
        answers: vec![calls(3)],
        now: reference(),
        now_revision: 2,
        now_answers: vec![calls(4)],
        removed: false,
    };
    let missing = api::MissingRow {
        office: "440825103002".into(),
        name: "另村".into(),
        why: duty::MissingWhy::LineDown.into(),
        line_since_ms: AT,
        filed_since: true,
    };
    api::Revision {
        record: reference(),
        answer: Some(form_answer(answers, 2)),
        by: person(),
        recorded_at_ms: AT,
        received_at_ms: AT + 1500,
        hops: vec![api::HopRow { office: "440825".into(), received_at_ms: AT, offset_ms: 2_400_000 }],
        sources: vec![source],
        missing: vec![missing],
        origin_name: "海安镇".into(),
        ..api::Revision::default()
    }
}

/// What the county entered on its behalf.
fn entered_revision(record: record::RecordRef) -> api::Revision {
    let channel = duty::Channel::Telephone.into();
    let entered = duty::Entered { channel, told_by: "王五".into(), phone: "0759-4850000".into() };
    api::Revision {
        record: Some(record),
        answer: Some(duty::FormAnswer { entered: Some(entered), ..form_answer(vec![calls(2)], 1) }),
        by: person(),
        recorded_at_ms: AT,
        received_at_ms: AT + 1500,
        state: api::ReportState::Arrived.into(),
        origin_name: "徐闻县".into(),
        ..api::Revision::default()
    }
}

fn shown() -> api::ShowReportReply {
    let county = record::RecordRef { origin: "440825".into(), ..reference().unwrap() };
    let values = vec![
        api::VersionValue { record: reference(), answer: Some(calls(3)) },
        api::VersionValue { record: Some(county.clone()), answer: Some(calls(2)) },
    ];
    let choice = api::ChoiceRow {
        record: Some(county.clone()),
        chosen: Some(county.clone()),
        reason: "电话核实".into(),
        by: person(),
        recorded_at_ms: AT,
        name: "徐闻县".into(),
        counts: true,
    };
    let removed = api::RemovedRow {
        record: reference(),
        by: person(),
        recorded_at_ms: AT,
        received_at_ms: AT + 1500,
        name: "海安镇".into(),
    };
    api::ShowReportReply {
        revisions: vec![own_revision(), entered_revision(county)],
        standing: reference(),
        difference: api::Difference::Settled.into(),
        fields: vec![api::FieldDifference { field: "calls".into(), label: "接报件数".into(), values }],
        choices: vec![choice],
        removed: vec![removed],
    }
}

fn draft() -> api::Draft {
    let nothing = || Some(duty::Answer { field: "leader".into(), value: None });
    let leader = api::DraftField {
        field: "leader".into(),
        label: "带班领导".into(),
        answer: nothing(),
        sum: nothing(),
        wanting: true,
        ..api::DraftField::default()
    };
    let field = api::DraftField {
        field: "calls".into(),
        label: "接报件数".into(),
        answer: Some(calls(9)),
        sum: Some(calls(7)),
        sums: true,
        replaced: true,
        changed: true,
        ..api::DraftField::default()
    };
    let source = api::DraftSource {
        office: "440825103".into(),
        name: "海安镇".into(),
        record: reference(),
        revision: 1,
        form: "daily".into(),
        entered_by: "440825".into(),
        answers: vec![calls(7)],
        changed: true,
    };
    let missing = api::DraftMissing {
        office: "440825204".into(),
        name: "角尾乡".into(),
        why: duty::MissingWhy::NotFiled.into(),
        line_since_ms: 0,
    };
    api::Draft {
        form: "daily".into(),
        period: "2026-07-01".into(),
        fields: vec![leader, field],
        sources: vec![source],
        missing: vec![missing],
        saved_at_ms: AT,
        saved_by: person(),
        as_of_ms: AT,
    }
}

fn cut_offs() -> api::ListCutOffsReply {
    let row = api::CutOffRow {
        form: "daily".into(),
        time: "16:30".into(),
        from: "2026-07-02".into(),
        office: "440825".into(),
        name: "徐闻县".into(),
        by: person(),
        recorded_at_ms: AT,
    };
    let today = api::CutOffInForce {
        form: "daily".into(),
        time: "17:00".into(),
        set_by: String::new(),
        time_below: "16:30".into(),
        set_by_below: "440825".into(),
    };
    api::ListCutOffsReply { cut_offs: vec![row], today: vec![today] }
}

fn line_history() -> api::LineHistoryReply {
    let span = |(from, until): (i64, i64), was: api::LineWas, why: api::LineWhy, office: &str| api::LineSpan {
        from_ms: AT + from,
        until_ms: AT + until,
        was: was.into(),
        why: why.into(),
        office: office.into(),
    };
    let spans = vec![
        span((0, 3_600_000), api::LineWas::Up, api::LineWhy::Unspecified, ""),
        span((3_600_000, 5_400_000), api::LineWas::Down, api::LineWhy::Unspecified, ""),
        span((5_400_000, 7_200_000), api::LineWas::Unknown, api::LineWhy::Behind, "440825"),
    ];
    api::LineHistoryReply {
        office: "440825103".into(),
        name: "海安镇".into(),
        from_ms: AT,
        to_ms: AT + 7_200_000,
        spans,
        up_ms: 3_600_000,
        down_ms: 1_800_000,
        unknown_ms: 1_800_000,
    }
}

fn links() -> api::ListLinksReply {
    let lanes = (1..=4).map(|lane| api::LaneRow { lane, last_seq: 9, custody_seq: 7, arrived_seq: 5, waiting: 2 });
    let link = api::LinkRow {
        office: "440825".into(),
        name: "徐闻县".into(),
        is_parent: true,
        line: api::Line::Down.into(),
        since_ms: AT,
        lanes: lanes.collect(),
        parked: 0,
        next_attempt_ms: AT + 30_000,
        reason: "no answer in time".into(),
        offset_ms: -12,
        skewed: false,
        dormant_since_ms: AT,
        dormant_waiting: 12_000,
    };
    let line = api::LineRow { office: "440825103".into(), line: api::Line::Unknown.into(), since_ms: AT };
    api::ListLinksReply { links: vec![link], lines: vec![line] }
}

fn parked() -> api::ListParkedReply {
    let at = api::ParkedRef { neighbour: "440825".into(), lane: record::Lane::Routine.into(), seq: 8, by: None };
    let row = api::ParkedRow {
        r#ref: Some(at),
        record: reference(),
        kind: "daily.report/1".into(),
        subject: "daily/440825103/2026-07-01".into(),
        code: "BAD_SEAL".into(),
        detail: "the signature does not verify".into(),
        since_ms: AT,
    };
    api::ListParkedReply { parked: vec![row] }
}

fn office() -> api::OfficeRow {
    api::OfficeRow {
        office: "440825103".into(),
        name: "海安镇".into(),
        area_code: "440825103".into(),
        class: record::OfficeClass::Township.into(),
        parent: "440825".into(),
        has_node: true,
        valid_from_ms: AT,
    }
}

fn status() -> api::StatusReply {
    let warning = api::Warning { code: "PARENT_DOWN".into(), sentence: "与上级的线路不通。".into(), since_ms: AT };
    api::StatusReply {
        office: "440825103".into(),
        name: "海安镇".into(),
        zone: "gov".into(),
        epoch: "00112233445566778899aabbccddeeff".into(),
        software: "dutynet 0.1.0".into(),
        clock_ms: AT,
        serving_since_ms: AT,
        records: 20,
        journal_bytes: 65_536,
        disk_free_bytes: 1 << 30,
        disk_total_bytes: 1 << 34,
        waiting: 2,
        parked: 0,
        not_interpreted: 0,
        warnings: vec![warning],
        counters: HashMap::from([("records".to_owned(), 20)]),
        last_backup_ms: AT,
        files: Some(api::FileCounts { held: 2, held_bytes: 3_145_728, wanted: 1, wanted_bytes: 65_536 }),
        upkeep: Some(upkeep()),
    }
}

fn retained() -> api::ListRetentionReply {
    let due =
        api::RetentionDue { record: reference(), kind: "incident.call/1".into(), recorded_at_ms: AT - 86_400_000, due_at_ms: AT };
    let rule = api::RetentionRule {
        rule: "personal".into(),
        about: vec!["incident".into()],
        class: "after-event".into(),
        days: 30,
        by_itself: true,
        article: "第八十五条".into(),
        source: "突发事件应对法".into(),
        due: vec![due],
        kept: 12,
        open: 3,
        unacknowledged: 1,
        next_at_ms: AT + 86_400_000,
    };
    api::ListRetentionReply { rules: vec![rule], clock_doubtful: false }
}

fn upkeep() -> api::Upkeep {
    api::Upkeep {
        scrubbed_at_ms: AT,
        scrub_groups: 40,
        damaged_found: 2,
        fetched_again: 5,
        missing: 1,
        destroyed: 4,
        bodies_intended: 4,
        bodies_on_disk: 1,
        index_pending: false,
    }
}

/// Every shape, by the heading under which it is documented.
fn shapes() -> Vec<(&'static str, String)> {
    let (period, whose) = ("2026-07-01".to_owned(), "440825103".to_owned());
    let filed = api::FileReportReply {
        record: reference(),
        revision: 1,
        folded: false,
        state: 1,
        period: period.clone(),
        office: whose.clone(),
        difference: api::Difference::None.into(),
        warnings: Vec::new(),
    };
    let difference = api::Difference::Settled.into();
    let chosen = api::ChooseReportReply { record: reference(), folded: false, difference, period, office: whose };
    let (form, time, from) = ("daily".into(), "16:30".into(), "2026-07-02".into());
    let set = api::SetCutOffReply { record: reference(), form, time, from, folded: false };
    let fault = super::told::FieldFault {
        field: "calls".into(),
        label: "接报件数".into(),
        code: "MISSING".into(),
        sentence: "必填，请填写".into(),
    };
    let refused = Refusal::FormFaults;
    let told = Told::by_node(refused, refused.sentence().into(), Some("K7QF2M9X".into())).at_fields(vec![fault]);
    let invitation = api::InviteReply { invitation: "dutynet-invite-1.AAAAA-…".into(), valid_until_ms: AT };
    let check = json::Check { check: "clock", finding: "good", sentence: "本机时间正常。".into() };
    let offices = api::ListOfficesReply { offices: vec![office()] };
    let verified = api::VerifyReply {
        frames: 60,
        records: 20,
        seals: 18,
        faults: vec!["journal: damaged at 1/4096".into()],
        upkeep: Some(upkeep()),
    };
    let record = || convert::reference(reference().as_ref());
    let destroyed = json::Destroyed { record: record(), destruction: record(), folded: false };
    let mut shapes = vec![
        ("report board", printed(&json_report::Board::from(&board()))),
        ("report daily", printed(&convert_report::filed_json("daily", &filed))),
        ("report show", printed(&json_report::Report::from(&shown()))),
        ("report choose", printed(&convert_report::chosen_json("daily", &chosen))),
        ("report draft", printed(&json_report::Draft::from(&draft()))),
        ("report cut-off set", printed(&json_report::SetAs::from(&set))),
        ("report cut-off list", printed(&json_report::CutOffs::from(&cut_offs()))),
        ("links", printed(&json::Links::from(&links()))),
        ("dial", printed(&json::Dialled { office: "440800".into(), addresses: vec!["10.44.8.1:7443".into()] })),
        ("lines history", printed(&json_lines::LineHistory::from(&line_history()))),
        ("parked list", printed(&json::ParkedList::from(&parked()))),
        ("office list", printed(&json::Offices::from(&offices))),
        ("office add", printed(&json::Office::from(&office()))),
        ("invite", printed(&json::Invitation::from(&invitation))),
        ("status", printed(&json::Status::from(&status()))),
        ("destroy", printed(&destroyed)),
        ("retention list", printed(&retention::Retention::from(&retained()))),
        ("verify", printed(&json::Verified::from(&verified))),
        ("doctor", printed(&json::Doctor { checks: vec![check] })),
        ("error", told.json()),
    ];
    shapes.extend(json::backup::tests::shapes());
    shapes.extend(account::tests::shapes());
    shapes
}

fn all_shapes() -> impl Iterator<Item = (&'static str, String)> {
    let of_nouns = [
        notice::tests::shapes(),
        due::tests::shapes(),
        matter::tests::shapes(),
        attachment::tests::shapes(),
        statuses::tests::shapes(),
        rollcall::tests::shapes(),
        rules::tests::shapes(),
        secrecy::tests::shapes(),
    ];
    shapes().into_iter().chain(of_nouns.into_iter().flatten())
}

#[test]
fn every_shape_is_documented_as_it_is_printed() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../deploy/json.md");
    let mut made = fs::read_to_string(&path).unwrap();
    for (heading, shape) in all_shapes() {
        let section = made.find(&format!("\n## `{heading}`")).unwrap_or_else(|| panic!("{heading} is not documented"));
        let open = section + made[section..].find("```json\n").unwrap() + "```json\n".len();
        let close = open + made[open..].find("\n```").unwrap();
        made.replace_range(open..close, &shape);
    }
    compare(path, &made);
}
