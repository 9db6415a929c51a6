//! The local API over a real socket: who is let in, and what bad input comes to.

use dutynet_proto::{
    api::{self, reports_client::ReportsClient},
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
