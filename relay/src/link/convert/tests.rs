//! Every frame crosses and comes back; whatever breaks a bound of the format is found.

use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;
use rand::{Rng as _, RngCore as _, SeedableRng as _, rngs::SmallRng};

use super::*;
use crate::{
    ids::{PerLane, RecordRef, Ticket, Zone},
    link::frame::{Ancestor, Carried, Held, Hello, Hop, Item, Refused, RefusedReason, Weight},
    record::{RawRecord, RawSeal},
};

fn office(text: &str) -> OfficeId {
    OfficeId::parse(text).unwrap()
}

fn blob(random: &mut SmallRng, len: usize) -> Bytes {
    let mut bytes = vec![0; len];
    random.fill_bytes(&mut bytes);
    bytes.into()
}

fn digest(random: &mut SmallRng) -> Digest {
    let mut bytes = [0; 32];
    random.fill_bytes(&mut bytes);
    Digest(bytes)
}

fn carried(random: &mut SmallRng, seal: &Arc<RawSeal>, body_max: usize) -> Carried {
    let header = random.random_range(0..400);
    let body = random.random_range(0..=body_max);
    let hop = Hop { office: office("x".repeat(32).as_str()), received_at: UnixMillis(i64::MIN), offset_ms: i64::MIN };
    let record = RawRecord { header: blob(random, header), salt: blob(random, 16), body: blob(random, body), hollow: None };
    Carried {
        record: if random.random_ratio(1, 6) { record.hollowed() } else { record },
        seal: seal.clone(),
        place: random.random_range(0..64),
        trail: vec![hop; random.random_range(0..4)],
    }
}

fn seal(random: &mut SmallRng) -> Arc<RawSeal> {
    let group = random.random_range(100..2_000);
    Arc::new(RawSeal { group: blob(random, group), signature: blob(random, 64) })
}

fn items(random: &mut SmallRng, count: usize, body_max: usize) -> Vec<Item> {
    let mut group = seal(random);
    let mut one = || {
        if random.random_ratio(1, 5) {
            group = seal(random);
        }
        if random.random_ratio(1, 8) {
            let reference = RecordRef { origin: office("x".repeat(32).as_str()), id: RecordId([random.random(); 16]) };
            return Item::Tombstone { reference, digest: digest(random) };
        }
        Item::Record(carried(random, &group, body_max))
    };
    (0..count).map(|_| one()).collect()
}

fn batch(random: &mut SmallRng, count: usize, body_max: usize) -> Batch {
    let items = items(random, count, body_max);
    Batch { lane: Lane::Urgent, epoch: Epoch([3; 16]), first: LinkSeq(17), items }
}

fn hello() -> Hello {
    let at = |n: u8| Position { seq: LinkSeq(n.into()), hash: Digest([n; 32]) };
    Hello {
        protocol: (1, 3),
        software: "dutynet 0.1.0".into(),
        features: vec!["zstd".into(), "later".into()],
        office: office("440825001"),
        zone: Zone::parse("gov").unwrap(),
        epoch: Epoch([1; 16]),
        lineage: vec![Ancestor { epoch: Epoch([2; 16]), forked_at: PerLane([1, 2, 3, 0].map(LinkSeq)) }],
        sent: PerLane([at(1), at(2), at(3), at(4)]),
        held: Some(Held { epoch: Epoch([9; 16]), lanes: PerLane([at(5), at(6), at(7), at(8)]) }),
        custody: PerLane([1, 0, 3, 4].map(LinkSeq)),
        arrived: PerLane([1, 0, 0, 2].map(LinkSeq)),
        ticket: Some(Ticket([5; 16])),
        clock: UnixMillis(1_700_000_000_000),
        frame_bytes_max: 65_536,
        wants_past: true,
    }
}

fn frames() -> Vec<Frame> {
    let mut random = SmallRng::seed_from_u64(1);
    let refusal = |n| Refusal { seq: LinkSeq(n), code: RefusalCode::Conflict, detail: "不同".into() };
    let line = LineState { office: office("4408"), up: true, since: UnixMillis(5) };
    let nobody = Hello { held: None, ticket: None, lineage: Vec::new(), ..hello() };
    let group = seal(&mut random);
    let span = |first, last| Span { first: LinkSeq(first), last: LinkSeq(last) };
    let late = Spans::from_list(vec![span(2, 2), span(5, 9)]).unwrap();
    vec![
        Frame::Hello(Box::new(hello())),
        Frame::Hello(Box::new(nobody)),
        Frame::Refused(Refused { reason: RefusedReason::Busy, detail: "later".into(), retry_after_ms: 5, clock: UnixMillis(7) }),
        Frame::Batch(batch(&mut random, 20, 900)),
        Frame::Custody(Custody {
            epoch: Epoch([1; 16]),
            lane: Lane::Flash,
            at: Position { seq: LinkSeq(9), hash: Digest([9; 32]) },
            refusals: vec![refusal(3), refusal(4)],
        }),
        Frame::Arrived(Arrived { epoch: Epoch([1; 16]), lane: Lane::Routine, seq: LinkSeq(9), refused: vec![LinkSeq(4)], late }),
        Frame::Heartbeat(Heartbeat {
            clock: UnixMillis(5),
            echo: Some((UnixMillis(4), 12)),
            lines: vec![line],
            lines_whole: true,
        }),
        Frame::Heartbeat(Heartbeat { clock: UnixMillis(5), echo: None, lines: Vec::new(), lines_whole: false }),
        Frame::Drain { retry_after_ms: 3_000 },
        Frame::Fetch(Fetch { origin: office("4408"), after: None }),
        Frame::Fetch(Fetch { origin: office("4408"), after: Some(RecordId([7; 16])) }),
        Frame::Fetched(Fetched {
            origin: office("4408"),
            records: vec![carried(&mut random, &group, 100), carried(&mut random, &group, 100)],
            done: true,
        }),
    ]
}

/// Over the wire and back, bytes included.
fn crossed(frame: &Frame, packing: Packing) -> Result<Heard, WireError> {
    let bytes = to_wire(frame, packing).encode_to_vec();
    from_wire(wire::Frame::decode(bytes.as_slice()).unwrap())
}

#[test]
fn every_frame_comes_back_as_it_went() {
    for frame in frames() {
        for packing in [Packing::Plain, Packing::Zstd] {
            assert_eq!(crossed(&frame, packing), Ok(Heard::Frame(frame.clone())));
        }
    }
}

#[test]
fn records_and_seals_cross_as_their_bytes_and_each_seal_once() {
    let mut random = SmallRng::seed_from_u64(2);
    let (one, other) = (seal(&mut random), seal(&mut random));
    let again = Arc::new(RawSeal::clone(&one));
    let records = [&one, &other, &one, &again].map(|seal| carried(&mut random, seal, 50));
    let body = carried_to_wire(&records);
    assert_eq!(body.seals.len(), 2);
    assert_eq!(carried_from_wire(body).unwrap(), records);
}

#[test]
fn compression_is_used_where_it_helps() {
    let mut random = SmallRng::seed_from_u64(3);
    let group = seal(&mut random);
    let mut text = carried(&mut random, &group, 0);
    text.record.body = Bytes::from("值班员已核实。".repeat(200));
    let of = |carried: &Carried| {
        let batch =
            Batch { lane: Lane::Flash, epoch: Epoch([1; 16]), first: LinkSeq(1), items: vec![Item::Record(carried.clone())] };
        let Some(Of::Batch(batch)) = to_wire(&Frame::Batch(batch), Packing::Zstd).of else { panic!("a batch") };
        (batch.content.len(), batch.plain_bytes)
    };
    let (packed, plain) = of(&text);
    assert!(plain > 4_000 && packed < 3_000, "{packed} of {plain}");
    text.record.body = Bytes::from_static(b"small");
    text.seal = Arc::new(RawSeal { group: Bytes::from_static(b"group"), signature: Bytes::new() });
    assert_eq!(of(&text).1, 0, "small ones go as they are");
}

#[test]
fn weight_is_never_less_than_the_encoding() {
    let mut random = SmallRng::seed_from_u64(4);
    for _ in 0..200 {
        let count = random.random_range(1..40);
        let batch = batch(&mut random, count, 2_000);
        let mut weight = Weight::default();
        batch.items.iter().for_each(|item| weight.add(item));
        let encoded = to_wire(&Frame::Batch(batch), Packing::Plain).encoded_len();
        assert!(weight.bytes() + 128 >= encoded, "{} < {encoded}", weight.bytes());
    }
}

#[test]
fn an_unknown_kind_of_frame_is_not_a_fault() {
    // Field 99, one byte long: what a later version may send.
    let later = wire::Frame::decode([0x9a, 0x06, 0x01, 0x00].as_slice()).unwrap();
    assert_eq!(from_wire(later), Ok(Heard::Unknown));
}

/// Takes a good frame, spoils it, and gives the fault.
fn spoilt(frame: Frame, spoil: impl FnOnce(&mut Of)) -> WireError {
    let mut frame = to_wire(&frame, Packing::Plain);
    spoil(frame.of.as_mut().unwrap());
    from_wire(frame).unwrap_err()
}

fn spoilt_hello(spoil: impl FnOnce(&mut wire::Hello)) -> WireError {
    spoilt(Frame::Hello(Box::new(hello())), |of| {
        let Of::Hello(hello) = of else { panic!("a hello") };
        spoil(hello);
    })
}

fn spoilt_batch(spoil: impl FnOnce(&mut wire::Batch)) -> WireError {
    let mut random = SmallRng::seed_from_u64(5);
    spoilt(Frame::Batch(batch(&mut random, 3, 100)), |of| {
        let Of::Batch(batch) = of else { panic!("a batch") };
        spoil(batch);
    })
}

fn spoilt_body(spoil: impl FnOnce(&mut wire::BatchBody)) -> WireError {
    spoilt_batch(|batch| {
        let mut body = wire::BatchBody::decode(batch.content.clone()).unwrap();
        spoil(&mut body);
        batch.content = body.encode_to_vec().into();
    })
}

fn assert_field(fault: WireError, name: &str) {
    assert!(matches!(&fault, WireError::Field { field, .. } if *field == name), "{fault} is not about {name}");
}

#[test]
fn what_a_hello_may_not_hold() {
    assert_field(spoilt_hello(|h| h.epoch = bytes(&[1; 15])), "hello.epoch");
    assert_field(spoilt_hello(|h| h.office = "湛江".into()), "hello.office");
    assert_field(spoilt_hello(|h| h.zone = String::new()), "hello.zone");
    assert_field(spoilt_hello(|h| h.software = "x".repeat(65)), "hello.software");
    assert_field(spoilt_hello(|h| h.features = vec![String::new(); 33]), "hello.features");
    assert_field(spoilt_hello(|h| h.features = vec!["x".repeat(33)]), "hello.features");
    assert_field(spoilt_hello(|h| h.lineage = vec![h.lineage[0].clone(); 17]), "hello.lineage");
    assert_field(spoilt_hello(|h| h.protocol_min = 4), "hello.protocol_min");
    assert_field(spoilt_hello(|h| h.ticket = bytes(&[1; 17])), "hello.ticket");
    assert_field(spoilt_hello(|h| h.sent[0].hash = bytes(&[])), "position.hash");
    assert_field(spoilt_hello(|h| h.sent[1].lane = h.sent[0].lane), "position.lane");
    assert_field(spoilt_hello(|h| h.sent[1].lane = 5), "lane");
    assert_field(spoilt_hello(|h| h.held_epoch = bytes(&[])), "hello.held_epoch");
}

#[test]
fn what_a_batch_may_not_hold() {
    assert_field(spoilt_batch(|b| b.first_seq = 0), "batch.first_seq");
    assert_field(spoilt_batch(|b| b.first_seq = u64::MAX), "batch.first_seq");
    assert_field(spoilt_batch(|b| b.lane = 0), "lane");
    assert_field(spoilt_batch(|b| b.content = Bytes::new()), "batch.content");
    assert_eq!(spoilt_batch(|b| b.content = bytes(&[0xff; 9])), WireError::Encoding("batch.content"));
    assert_field(spoilt_body(|b| b.items[0].of = None), "item");
    assert_field(spoilt_body(|b| b.items = vec![b.items[0].clone(); 1_025]), "body.items");
    assert_field(spoilt_body(|b| b.items = vec![wire::Item::default(); 100_000]), "batch.content");
    assert_field(spoilt_body(|b| b.seals.clear()), "carried.seal");
    let trail = |body: &mut wire::BatchBody| {
        let first = body.items.iter_mut().find_map(|item| match &mut item.of {
            Some(wire::item::Of::Record(carried)) => Some(carried),
            Some(wire::item::Of::Tombstone(_)) | None => None,
        });
        let hop = wire::Hop { office: "4408".into(), received_at_ms: 1, offset_ms: 0 };
        first.unwrap().trail = vec![hop; 33];
    };
    assert_field(spoilt_body(trail), "carried.trail");
}

#[test]
fn what_is_packed_must_be_what_it_says() {
    let bomb = zstd::bulk::compress(&vec![0; 64 << 20], 3).unwrap();
    for plain_bytes in [1, 1 << 20] {
        let fault = spoilt_batch(|b| (b.content, b.plain_bytes) = (bomb.clone().into(), plain_bytes));
        assert_eq!(fault, WireError::Encoding("batch.content"));
    }
    assert_field(spoilt_batch(|b| (b.content, b.plain_bytes) = (bomb.clone().into(), u32::MAX)), "batch.plain_bytes");
    let short = zstd::bulk::compress(&[0; 10], 3).unwrap();
    assert_field(spoilt_batch(|b| (b.content, b.plain_bytes) = (short.into(), 11)), "batch.plain_bytes");
}

#[test]
fn what_an_acknowledgement_may_not_hold() {
    let custody = |spoil: fn(&mut wire::Custody)| {
        spoilt(frames().remove(4), |of| {
            let Of::Custody(custody) = of else { panic!("a custody") };
            spoil(custody);
        })
    };
    assert_field(custody(|c| c.at = None), "custody.at");
    assert_field(custody(|c| c.refusals = vec![c.refusals[0].clone(); 1_025]), "custody.refusals");
    assert_field(custody(|c| c.refusals[0].detail = "x".repeat(513)), "refusal.detail");
    let arrived = spoilt(frames().remove(5), |of| {
        let Of::Arrived(arrived) = of else { panic!("an arrival") };
        arrived.refused = vec![1; 4_097];
    });
    assert_field(arrived, "arrived.refused");
}

#[test]
fn a_refusal_with_an_unknown_code_is_still_one() {
    let mut frame = to_wire(&frames()[4], Packing::Plain);
    let Some(Of::Custody(custody)) = &mut frame.of else { panic!("a custody") };
    custody.refusals[0].code = 77;
    let Ok(Heard::Frame(Frame::Custody(custody))) = from_wire(frame) else { panic!("a custody") };
    assert_eq!(custody.refusals[0].code, RefusalCode::Malformed);
}

#[test]
fn long_words_of_our_own_are_cut_and_never_refused() {
    let refused = Refused { reason: RefusedReason::Zone, detail: "区".repeat(400), retry_after_ms: 0, clock: UnixMillis(0) };
    let Ok(Heard::Frame(Frame::Refused(refused))) = crossed(&Frame::Refused(refused), Packing::Plain) else { panic!("refused") };
    assert_eq!(refused.detail, "区".repeat(170));
}

#[test]
fn whatever_bytes_come_nothing_panics() {
    let mut random = SmallRng::seed_from_u64(6);
    let good = frames().iter().map(|frame| to_wire(frame, Packing::Zstd).encode_to_vec()).collect::<Vec<_>>();
    for n in 0..20_000 {
        let mut bytes = good[n % good.len()].clone();
        for _ in 0..random.random_range(1..6) {
            let at = random.random_range(0..bytes.len());
            bytes[at] = random.random();
        }
        if random.random_ratio(1, 4) {
            bytes.truncate(random.random_range(0..bytes.len()));
        }
        if let Ok(frame) = wire::Frame::decode(bytes.as_slice()) {
            let _ = from_wire(frame);
        }
    }
}
