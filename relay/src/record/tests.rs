//! Records and seals: what comes back, what breaks, what is refused.

use super::*;
use crate::ids::{Epoch, Lane, OfficeId, RecordId, UnixMillis};

fn header(seq: u64) -> Header {
    Header {
        id: RecordId::from_parts(UnixMillis(1_700_000_000_000), [u8::try_from(seq).unwrap(); 10]),
        origin: OfficeId::parse("440825001").unwrap(),
        epoch: Epoch([7; 16]),
        stream: StreamId { top: Some(OfficeId::parse("440000").unwrap()), lane: Lane::Routine },
        stream_seq: seq,
        kind: "daily.report/1".into(),
        subject: "x".into(),
        audience: vec![Audience::UpTo(OfficeId::parse("440000").unwrap())],
        mode: Mode::Real,
        happened_at: None,
        learnt_at: None,
        recorded_at: UnixMillis(1),
        person: Some(Person { id: "z".into(), name: "张三".into() }),
        suite: SUITE.into(),
        corrects: None,
        on_behalf_of: None,
        attachments: Vec::new(),
    }
}

fn records(count: u64) -> Vec<Record> {
    (1..=count).map(|n| Record::make(header(n), [9; 16], Bytes::from_static(b"body")).unwrap()).collect()
}

#[test]
fn a_header_comes_back_as_it_went_in() {
    let record = &records(1)[0];
    assert_eq!(*record.header(), header(1));
}

#[test]
fn a_seal_covers_its_records_and_no_others() {
    let key = OfficeKey::from_secret(&[3; 32]);
    let sealed = records(3);
    let seal = Seal::make(&key, &sealed, Digest::ZERO).unwrap();
    assert!(verify(&seal, &key.public()));
    for (place, record) in sealed.iter().enumerate() {
        assert!(seal.covers(record, place));
        assert!(!seal.covers(record, place + 1));
    }
    let forged = Record::make(header(1), [9; 16], Bytes::from_static(b"other")).unwrap();
    assert!(!seal.covers(&forged, 0));
}

#[test]
fn one_changed_bit_anywhere_breaks_a_seal() {
    let key = OfficeKey::from_secret(&[3; 32]);
    let seal = Seal::make(&key, &records(2), Digest::ZERO).unwrap();
    for at in 0..seal.raw().group.len() {
        let mut group = seal.raw().group.to_vec();
        group[at] ^= 1;
        let changed = RawSeal { group: group.into(), signature: seal.raw().signature.clone() };
        assert!(!Seal::parse(changed).is_ok_and(|s| verify(&s, &key.public())), "byte {at}");
    }
    assert!(!verify(&seal, &OfficeKey::from_secret(&[4; 32]).public()));
}

#[test]
fn limits_are_refused_by_name() {
    let mut long = header(1);
    long.subject = "x".repeat(257);
    let fault = Record::make(long, [0; 16], Bytes::new()).unwrap_err();
    assert_eq!(fault, Malformed::TooLarge { what: "subject", bytes: 257, max: 256 });
    let body = Bytes::from(vec![0; BODY_BYTES_MAX + 1]);
    assert!(matches!(Record::make(header(1), [0; 16], body), Err(Malformed::TooLarge { what: "body", .. })));
    for kind in ["", "daily", "Daily/1", "daily/", "daily/x", "1/1"] {
        let mut wrong = header(1);
        wrong.kind = kind.into();
        assert!(Record::make(wrong, [0; 16], Bytes::new()).is_err(), "{kind}");
    }
}
