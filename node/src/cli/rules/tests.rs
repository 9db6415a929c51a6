//! What `rules … --json` prints, for the file that documents it.

use dutynet_proto::duty;

use super::*;

/// Every shape, by the heading under which it is documented.
pub(in crate::cli) fn shapes() -> Vec<(&'static str, String)> {
    let fault = Fault { line: 14, place: "limit.half-hour".into(), sentence: "不认识的层级 village".into() };
    let put = Put { pack: "local.440825".into(), version: 2, folded: false };
    let pack = |pack: &str, version| duty::PackVersion { pack: pack.into(), version };
    let runs = [
        api::RunsRules { office: "440825".into(), name: "徐闻县".into(), packs: vec![pack("statute", 1)], since_ms: 0 },
        api::RunsRules {
            office: "440825103".into(),
            name: "海安镇".into(),
            packs: vec![pack("statute", 1), pack("local.440825", 2)],
            since_ms: 1_782_867_600_000,
        },
        api::RunsRules { office: "440825204".into(), name: "角尾乡".into(), ..api::RunsRules::default() },
    ];
    let asked = api::RuleRow {
        kind: "limit".into(),
        key: "written-report".into(),
        limit: "30min".into(),
        basis: "event".into(),
        says: "较大以上30分钟内报告".into(),
        pack: "local.440825".into(),
        version: 2,
        row: "half-hour".into(),
        article: "第三条".into(),
        source: "徐闻县值班工作规定（2026）".into(),
    };
    let (day, kind) = ("2026-07-01".into(), "work".into());
    let answer =
        Answer { day, kind, name: String::new(), source: "国办发明电〔2025〕7号".into(), rows: vec![row(asked)] };
    vec![
        ("rules check", printed(&[fault])),
        ("rules send", printed(&put)),
        ("rules list", printed(&runs.each_ref().map(Runs::from))),
        ("rules ask", printed(&answer)),
    ]
}
