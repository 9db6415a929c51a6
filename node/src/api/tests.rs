//! The local API over a real socket: who is let in, and what bad input comes to.

use dutynet_proto::{
    api::{self, add_attachments_part::Part, attachments_client::AttachmentsClient, reports_client::ReportsClient},
    duty, record,
};
use tonic::{Request, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use super::*;
use crate::{
    text::refusal::Refusal,
    usecase::tests::{House, record_id},
};

struct Served {
    house: House,
    channel: Channel,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Served {
    async fn new() -> Self {
        let house = House::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let office = house.office.clone();
        let task = tokio::spawn(async move { run(office, listener, "key", stopped).await.unwrap() });
        let channel = Channel::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
        Self { house, channel, stop, task }
    }

    async fn file(&self, request: api::FileReportRequest) -> Result<api::FileReportReply, status::Heard> {
        let mut request = Request::new(request);
        request.metadata_mut().insert(key::METADATA, "key".parse().unwrap());
        let reply = ReportsClient::new(self.channel.clone()).file(request).await;
        reply.map(tonic::Response::into_inner).map_err(|status| status::from_status(&status))
    }
}

/// What a client sends about attachments.
fn part(part: Part) -> api::AddAttachmentsPart {
    api::AddAttachmentsPart { part: Some(part) }
}

fn adds(id: Vec<u8>, record: &str) -> api::AddAttachmentsPart {
    let by = Some(record::Person { id: "z1".into(), name: "张三".into() });
    part(Part::Head(api::AddAttachmentsHead { id: id.into(), record: record.into(), stated_plain_by: "张三".into(), by }))
}

fn begins(name: &str, bytes: u64) -> api::AddAttachmentsPart {
    part(Part::File(api::AttachmentHead { name: name.into(), bytes }))
}

fn piece(bytes: &'static [u8]) -> api::AddAttachmentsPart {
    part(Part::Piece(bytes.into()))
}

impl Served {
    async fn add(&self, parts: Vec<api::AddAttachmentsPart>) -> Result<api::AddAttachmentsReply, Refusal> {
        let mut request = Request::new(tokio_stream::iter(parts));
        request.metadata_mut().insert(key::METADATA, "key".parse().unwrap());
        let reply = AttachmentsClient::new(self.channel.clone()).add(request).await;
        reply.map(tonic::Response::into_inner).map_err(|status| status::from_status(&status).refusal)
    }

    /// Reference of a report of this office.
    async fn filed(&self) -> String {
        let nil = |field: &str| duty::Answer { field: field.into(), value: Some(duty::answer::Value::Nil(true)) };
        let nil = ["natural", "accident", "health", "social", "other"].map(nil).to_vec();
        let asked = api::FileReportRequest { form: "zero".into(), id: record_id(9).0.to_vec().into(), ..request(nil) };
        self.file(asked).await.unwrap();
        format!("440000/{}", record_id(9))
    }
}

fn request(answers: Vec<duty::Answer>) -> api::FileReportRequest {
    api::FileReportRequest {
        id: record_id(1).0.to_vec().into(),
        form: "daily".into(),
        answers,
        by: Some(record::Person { id: "z1".into(), name: "张三".into() }),
        ..api::FileReportRequest::default()
    }
}

fn text(field: &str, words: String) -> duty::Answer {
    duty::Answer { field: field.into(), value: Some(duty::answer::Value::Text(words)) }
}

#[tokio::test]
async fn health_answers_anybody_and_nothing_else_does() {
    let served = Served::new().await;
    let asked = HealthCheckRequest { service: "dutynet.api.v1.Reports".into() };
    let health = HealthClient::new(served.channel.clone()).check(asked).await.unwrap();
    assert_eq!(health.into_inner().status, 1);
    let refused = ReportsClient::new(served.channel.clone()).board(api::BoardRequest::default()).await.unwrap_err();
    assert_eq!(status::from_status(&refused).refusal, Refusal::KeyWrong);
    served.stop.send_replace(true);
    drop(served.channel);
    served.task.await.unwrap();
}

#[tokio::test]
async fn bad_input_is_named_field_by_field_and_nothing_is_kept() {
    let served = Served::new().await;
    let before = served.house.records();
    let long = text("important", "报".repeat(349_526));
    let hidden = text("leader", "李\u{1b}四".into());
    let nothing = duty::Answer { field: "calls".into(), value: None };
    let heard = served.file(request(vec![long, hidden, nothing])).await.unwrap_err();
    assert_eq!(heard.refusal, Refusal::FormFaults);
    let faults: Vec<_> = heard.faults.iter().map(|f| (f.field.as_str(), f.code.as_str())).collect();
    let wanted = [
        ("leader", "CONTROL_CHARACTER"),
        ("officer", "MISSING"),
        ("phone", "MISSING"),
        ("calls", "MISSING"),
        ("incidents", "MISSING"),
        ("important", "TOO_LONG"),
    ];
    assert_eq!(faults, wanted);
    assert!(heard.reference.is_some());
    assert_eq!(served.house.records(), before);
}

#[tokio::test]
async fn a_call_beyond_the_limit_is_refused_with_a_sentence() {
    let served = Served::new().await;
    let heard = served.file(request(vec![text("important", "x".repeat(5 << 20))])).await.unwrap_err();
    assert_eq!(heard.refusal, Refusal::RequestTooLarge);
    let many = (0..100_000).map(|n| text(&format!("f{n}"), "x".into())).collect();
    let heard = served.file(request(many)).await.unwrap_err();
    assert_eq!((heard.refusal, heard.faults.len()), (Refusal::FormFaults, 64));
}

#[tokio::test]
async fn files_that_are_sent_in_another_order_or_in_part_are_refused_and_nothing_is_kept() {
    let served = Served::new().await;
    let report = served.filed().await;
    let before = served.house.records();
    let (id, jpeg) = (record_id(1).0.to_vec(), piece(b"\xff\xd8\xff\xe0"));
    let head = || adds(id.clone(), &report);
    let photo = || begins("a.jpg", 4);
    let large: Vec<_> = std::iter::repeat_n(piece(&[7; 64 * 1024]), 200).collect();
    for (parts, wanted) in [
        (vec![], Refusal::RequestUnreadable),
        (vec![photo(), jpeg.clone()], Refusal::RequestUnreadable),
        (vec![adds(vec![1; 16], &report), photo(), jpeg.clone()], Refusal::RecordIdInvalid),
        (vec![adds(id.clone(), ""), photo(), jpeg.clone()], Refusal::MatterNumberInvalid),
        (vec![head()], Refusal::AttachmentBroken),
        (vec![head(), jpeg.clone()], Refusal::AttachmentBroken),
        (vec![head(), photo(), head(), jpeg.clone()], Refusal::AttachmentBroken),
        (vec![head(), photo(), jpeg.clone(), api::AddAttachmentsPart::default()], Refusal::AttachmentBroken),
        (vec![head(), photo(), jpeg.clone(), jpeg.clone()], Refusal::AttachmentBroken),
        (vec![head(), photo()], Refusal::AttachmentBroken),
        (vec![head(), begins("a.jpg", u64::MAX), jpeg.clone()], Refusal::AttachmentSize),
        // The answer comes although more is being sent.
        ([vec![head(), begins("a.exe", 1 << 20)], large.clone()].concat(), Refusal::AttachmentKind),
        ([vec![head(), begins("a.jpg", 1 << 20)], large].concat(), Refusal::AttachmentBroken),
    ] {
        assert_eq!(served.add(parts.clone()).await.unwrap_err(), wanted, "{:?}", parts.iter().take(3).collect::<Vec<_>>());
        assert_eq!(served.house.office.status().store.files.held, 0);
    }
    assert_eq!(served.house.records(), before);
    let added = served.add(vec![head(), photo(), jpeg.clone()]).await.unwrap();
    assert_eq!((added.folded, added.files.len()), (false, 1));
    assert!(served.add(vec![head(), photo(), jpeg]).await.unwrap().folded);
}
