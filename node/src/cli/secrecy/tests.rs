//! What `classified … --json` and `purge … --json` print, for the file that documents it.

use dutynet_proto::record;

use super::*;

const AT: i64 = 1_782_867_600_000;

/// Every shape, by the heading under which it is documented.
pub(in crate::cli) fn shapes() -> Vec<(&'static str, String)> {
    let reference = || Some(record::RecordRef { origin: "440825103".into(), id: (1..=16).collect::<Vec<u8>>().into() });
    let person = || Some(record::Person { id: "zhangsan".into(), name: "张三".into() });
    let item = api::ClassifiedRow {
        record: reference(),
        number: "0007".into(),
        channel: "机要交通".into(),
        receiver: "李四".into(),
        received_at_ms: AT,
        by: person(),
        recorded_at_ms: AT + 60_000,
    };
    let unnumbered = api::ClassifiedRow { number: String::new(), ..item.clone() };
    let office = |office: &str, name: &str, confirmed_at_ms| {
        let (office, name) = (office.into(), name.into());
        api::PurgeOffice { office, name, confirmed_at_ms }
    };
    let offices = vec![office("440825", "徐闻县", AT + 5000), office("440825103", "海安镇", 0)];
    let purge = api::PurgeRow { record: reference(), by: person(), asked_at_ms: AT, offices };
    vec![
        ("classified list", printed(&Register::from(&api::ListClassifiedReply { items: vec![item, unnumbered] }))),
        ("purge list", printed(&Purges::from(&api::ListPurgesReply { purges: vec![purge] }))),
    ]
}
