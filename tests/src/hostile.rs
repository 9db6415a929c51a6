//! A child that keeps to no rule: it holds an office's real key and certificate, and says on the link whatever a story wants.

use std::{path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use dutynet_proto::link::{self as wire, link_client::LinkClient};
use dutynet_relay::{
    folder::DataFolder,
    ids::{Epoch, Lane, LinkSeq, OfficeId, PerLane, RecordId, UnixMillis, Zone},
    link::{
        config::FEATURE_FILES,
        convert::{self, Heard, Packing},
        frame::{Batch, Carried, Custody, Frame, Hello, Item, Position, Refused},
    },
    random,
    record::{Audience, Header, Mode, OfficeKey, RawSeal, Record, SUITE, Seal, StreamId},
    tls::{
        config::Tls,
        connect::{Expected, KeepAlive, dial},
    },
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Streaming;

use crate::net::KIND;

/// See the module.
pub struct Hostile {
    /// The office that it is.
    pub office: OfficeId,
    /// Its key.
    pub key: OfficeKey,
    /// The epoch that it claims.
    pub epoch: Epoch,
    frames: mpsc::UnboundedSender<wire::Frame>,
    live: Vec<wire::frame::Of>,
    inbound: Streaming<wire::Frame>,
    made: u64,
}

/// What a child says of itself in Hello.
pub struct Claims {
    /// Its office.
    pub office: OfficeId,
    /// Its zone.
    pub zone: Zone,
}

impl Hostile {
    /// Dials as the office of a folder, and says Hello with what it claims.
    pub async fn knock(folder: &Path, address: &str, claims: Claims) -> Result<Self, Refused> {
        Self::knock_with(folder, address, claims, &[FEATURE_FILES]).await
    }

    /// The same, as somebody who can do what these words say.
    pub async fn knock_with(folder: &Path, address: &str, claims: Claims, features: &[&str]) -> Result<Self, Refused> {
        let data = DataFolder::at(folder);
        let key = data.key().expect("an enrolled office has a key");
        let tls = Tls::new(key.clone(), data.read_leaf().expect("a leaf")).expect("a leaf that fits");
        let dialled = dial(&tls, &[address.to_owned()], Expected::AnyKey, Duration::from_secs(10)).await;
        let channel = dialled.expect("a parent that listens").channel(KeepAlive::CHILD).await.expect("a channel");
        let (frames, outbound) = mpsc::unbounded_channel();
        let epoch = Epoch(random::bytes().expect("randomness"));
        let hello = Frame::Hello(Box::new(hello(&claims, epoch, features)));
        frames.send(convert::to_wire(&hello, Packing::Plain)).expect("an open channel");
        let mut client = LinkClient::new(channel);
        let opened = client.session(UnboundedReceiverStream::new(outbound)).await.expect("a session");
        let office = claims.office;
        let mut this = Self { office, key, epoch, frames, live: Vec::new(), inbound: opened.into_inner(), made: 0 };
        match this.hear().await {
            Some(Frame::Hello(_)) => Ok(this),
            Some(Frame::Refused(refused)) => Err(refused),
            other => panic!("neither hello nor a refusal: {other:?}"),
        }
    }

    /// Dials as the office of a folder and asks for a new leaf for whatever office it names.
    pub async fn renew(folder: &Path, address: &str, office: &str) -> Result<Vec<u8>, Refused> {
        let data = DataFolder::at(folder);
        let key = data.key().expect("an enrolled office has a key");
        let tls = Tls::new(key, data.read_leaf().expect("a leaf")).expect("a leaf that fits");
        let dialled = dial(&tls, &[address.to_owned()], Expected::AnyKey, Duration::from_secs(10)).await;
        let channel = dialled.expect("a parent that listens").channel(KeepAlive::CHILD).await.expect("a channel");
        let asked = wire::RenewRequest { office: office.to_owned() };
        let reply = LinkClient::new(channel).renew(asked).await.expect("an answer").into_inner();
        let Some(refused) = reply.refused else { return Ok(reply.certificate.to_vec()) };
        let frame = wire::Frame { of: Some(wire::frame::Of::Refused(refused)) };
        match convert::from_wire(frame).expect("a readable refusal") {
            Heard::Frame(Frame::Refused(refused)) => Err(refused),
            other @ (Heard::Frame(_) | Heard::Unknown | Heard::Lines(_) | Heard::Live(_)) => panic!("not a refusal: {other:?}"),
        }
    }

    /// The next frame; `None`: the stream has ended.
    pub async fn hear(&mut self) -> Option<Frame> {
        loop {
            if let Heard::Frame(frame) = self.hear_any().await? {
                return Some(frame);
            }
        }
    }

    /// Listens until something is said of live questions; what it was stands in [`Hostile::live_words`].
    pub async fn hear_live(&mut self) {
        let known = self.live.len();
        while self.live.len() == known && self.hear_any().await.is_some() {}
    }

    /// Everything that was said of live questions so far, as far as it was listened to.
    pub fn live_words(&self) -> &[wire::frame::Of] {
        &self.live
    }

    async fn hear_any(&mut self) -> Option<Heard> {
        let next = tokio::time::timeout(Duration::from_secs(60), self.inbound.message()).await;
        let frame = next.expect("a word within a minute").ok()??;
        let of = frame.of.clone();
        let heard = convert::from_wire(frame).expect("a readable frame");
        match &heard {
            // It has nothing to tell of lines.
            Heard::Frame(_) | Heard::Lines(_) => {}
            Heard::Live(_) => self.live.extend(of),
            Heard::Unknown => panic!("an unknown frame"),
        }
        Some(heard)
    }

    /// Says anything that the wire has a word for.
    pub fn say_of(&self, of: wire::frame::Of) {
        // As below.
        let _ = self.frames.send(wire::Frame { of: Some(of) });
    }

    /// Says something.
    pub fn say(&self, frame: &Frame) {
        // A stream that has ended is found by listening.
        let _ = self.frames.send(convert::to_wire(frame, Packing::Plain));
    }

    /// Sends records of the routine lane, from the first position on.
    pub fn send(&self, first: u64, records: Vec<Carried>) {
        let items = records.into_iter().map(Item::Record).collect();
        self.say(&Frame::Batch(Batch { lane: Lane::Routine, epoch: self.epoch, first: LinkSeq(first), items }));
    }

    /// Listens until custody is given through there; returns all of it on the way.
    pub async fn custody(&mut self, through: u64) -> Vec<Custody> {
        let mut heard = Vec::new();
        loop {
            match self.hear().await.expect("a stream that goes on") {
                Frame::Custody(custody) => heard.push(custody),
                Frame::Heartbeat(_) | Frame::Arrived(_) | Frame::Batch(_) => {}
                other @ (Frame::Hello(_)
                | Frame::Refused(_)
                | Frame::Drain { .. }
                | Frame::Fetch(_)
                | Frame::Fetched(_)
                | Frame::WantFile(_)
                | Frame::Chunk(_)
                | Frame::FileGone(_)
                | Frame::StopFile(_)) => {
                    panic!("unexpected {other:?}")
                }
            }
            if heard.last().is_some_and(|custody| custody.at.seq.0 >= through) {
                return heard;
            }
        }
    }

    /// A header as this office would make it.
    pub fn header(&mut self, top: &OfficeId) -> Header {
        self.made += 1;
        let random = random::bytes().expect("randomness");
        Header {
            id: RecordId::from_parts(UnixMillis(1_800_000_000_000), random),
            origin: self.office.clone(),
            epoch: self.epoch,
            stream: StreamId { top: Some(top.clone()), lane: Lane::Routine },
            stream_seq: self.made,
            kind: KIND.into(),
            subject: "story".into(),
            audience: vec![Audience::UpTo(top.clone())],
            mode: Mode::Test,
            happened_at: None,
            learnt_at: None,
            recorded_at: UnixMillis(1_800_000_000_000),
            person: None,
            suite: SUITE.into(),
            corrects: None,
            on_behalf_of: None,
            attachments: Vec::new(),
        }
    }

    /// A record with its seal, as an honest office would send it.
    pub fn sealed(&self, header: Header, body: &[u8]) -> Carried {
        let record = Record::make(header, [7; 16], Bytes::copy_from_slice(body)).expect("a well-formed record");
        self.seal(&record)
    }

    /// Seals a record, whatever it says.
    pub fn seal(&self, record: &Record) -> Carried {
        let seal = Seal::make(&self.key, std::slice::from_ref(record), dutynet_relay::ids::Digest::ZERO).expect("a seal");
        Carried { record: record.raw().clone(), seal: Arc::new(seal.raw().clone()), place: 0, trail: Vec::new() }
    }
}

/// The same with another signature.
pub fn with_broken_seal(carried: Carried) -> Carried {
    let mut signature = carried.seal.signature.to_vec();
    signature[0] ^= 1;
    let seal = RawSeal { group: carried.seal.group.clone(), signature: signature.into() };
    Carried { seal: Arc::new(seal), ..carried }
}

/// A Hello of an office that holds nothing and has nothing.
pub(crate) fn hello(claims: &Claims, epoch: Epoch, features: &[&str]) -> Hello {
    let start = PerLane([Position::start(epoch); 4]);
    Hello {
        protocol: (1, 1),
        software: "hostile".into(),
        features: features.iter().map(|word| (*word).to_owned()).collect(),
        office: claims.office.clone(),
        zone: claims.zone.clone(),
        epoch,
        lineage: Vec::new(),
        sent: start,
        held: None,
        custody: PerLane::default(),
        arrived: PerLane::default(),
        ticket: None,
        clock: UnixMillis(1_800_000_000_000),
        frame_bytes_max: 128 * 1024,
        wants_past: false,
    }
}
