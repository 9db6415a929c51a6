//! Special periods through the use cases.

use std::collections::HashMap;

use dutynet_relay::ids::RecordRef;

use super::*;
use crate::domain::{number::Number, special::Brings};

/// Ids of two records of the house that have one number.
fn ids_of_one_number() -> [RecordId; 2] {
    let mut made = HashMap::new();
    for n in 0_u32.. {
        let mut random = [0; 10];
        random[..4].copy_from_slice(&n.to_be_bytes());
        let id = RecordId::from_parts(at("2026-07-01", "09:00"), random);
        let reference = RecordRef { origin: OfficeId::parse("440000").unwrap(), id };
        if let Some(other) = made.insert(Number::of(&reference), id) {
            return [other, id];
        }
    }
    unreachable!("there are only a million numbers a day")
}

#[tokio::test]
async fn a_number_that_names_two_special_periods_is_asked_again_and_each_is_ended_by_its_record() {
    let house = House::new();
    for id in ids_of_one_number() {
        let brings = Brings { leaders: 2, ..Brings::default() };
        let declare = DeclarePeriod { id, from: None, to: at("2026-07-08", "00:00"), reason: "国庆".into(), brings, by: by() };
        house.office.declare_period(declare).await.unwrap();
    }
    let declared: Vec<_> = house.office.list_periods().await.unwrap().into_iter().map(|known| known.special.declared).collect();
    let end = |id, period: String| AmendPeriod { id: record_id(id), period, to: None, reason: "解除".into(), by: by() };
    let refused = house.office.amend_period(end(1, Number::of(&declared[0].reference).to_string())).await.unwrap_err();
    assert_eq!(refused.refusal, Refusal::SpecialNumberShared);
    for declared in &declared {
        assert!(format!("{refused:?}").contains(&declared.reference.to_string()), "it names both: {refused:?}");
    }
    let ended = house.office.amend_period(end(2, declared[0].reference.to_string())).await.unwrap();
    assert_eq!(ended.special.declared, declared[0]);
    house.close().await;
}
