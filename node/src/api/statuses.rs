//! Service `Statuses`: what all offices of the subtree are at this moment.

use std::{pin::Pin, time::Duration};

use dutynet_proto::api::{self, statuses_server::Statuses};
use dutynet_relay::live::Reach;
use tokio::sync::mpsc;
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tonic::{Request, Response, Status};

use super::said;
use crate::{
    body::{status_row_to_wire, status_table_to_wire},
    text::refusal::Refusal,
    usecase::{AskStatus, Office, PulledStatus},
};

/// Messages that wait for a client that reads slowly.
const WAITING_MAX: usize = 16;

/// See `statuses.proto`.
pub(super) struct StatusesService(pub(super) Office);

type Replies = mpsc::Sender<Result<api::PullStatusReply, Status>>;

#[tonic::async_trait]
impl Statuses for StatusesService {
    type PullStream = Pin<Box<dyn Stream<Item = Result<api::PullStatusReply, Status>> + Send>>;

    async fn pull(&self, request: Request<api::PullStatusRequest>) -> Result<Response<Self::PullStream>, Status> {
        let asked = request.into_inner();
        let reach = if asked.alone { Reach::Alone } else { Reach::Subtree };
        let asked = AskStatus { offices: asked.offices, reach, within: Duration::from_millis(asked.within_ms) };
        let pulled = self.0.pull_status(asked).await.map_err(said)?;
        let (replies, told) = mpsc::channel(WAITING_MAX);
        tokio::spawn(tell(pulled, replies));
        Ok(Response::new(Box::pin(ReceiverStream::new(told))))
    }
}

/// Until everything is told, or nobody listens any more: then the question ends with it.
async fn tell(mut pulled: PulledStatus, replies: Replies) {
    let begun = reply(&pulled);
    if replies.send(Ok(begun)).await.is_err() {
        return;
    }
    loop {
        let next = tokio::select! {
            next = pulled.next() => next,
            () = replies.closed() => return,
        };
        let Some(rows) = next else { break };
        let rows = rows.iter().map(status_row_to_wire).collect();
        if replies.send(Ok(api::PullStatusReply { rows, ..reply(&pulled) })).await.is_err() {
            return;
        }
    }
    let last = if pulled.is_whole() {
        Ok(api::PullStatusReply { complete: Some(status_table_to_wire(&pulled.table())), ..reply(&pulled) })
    } else {
        Err(said(Refusal::Stopping.into()))
    };
    // Whoever does not listen any more has what it wanted.
    let _ = replies.send(last).await;
}

fn reply(pulled: &PulledStatus) -> api::PullStatusReply {
    api::PullStatusReply { offices: pulled.offices(), asked_at_ms: pulled.asked_at().0, ..api::PullStatusReply::default() }
}
