//! The child's end of a link: dials the parent, runs a session, waits, and never gives up.

use std::sync::Arc;

use dutynet_proto::link::{self as wire, link_client::LinkClient};
use futures_util::{Stream, StreamExt as _};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::Channel;

use super::{Ended, MESSAGE_BYTES_MAX, Side, renew};
use crate::{
    folder::ParentFile,
    ids::UnixMillis,
    link::{
        config::Carries,
        end::{EndReason, RetryHint},
        frame::RefusedReason,
        retry::Retry,
        standing,
    },
    record::PublicKey,
    relay::Inner,
    tls::connect::{Expected, KeepAlive, dial},
};

/// Keeps a session to the parent until the node stops.
pub(crate) async fn keep_linked(relay: Arc<Inner>, parent: ParentFile) {
    let mut schedule = Retry::between(relay.settings.retry_first, relay.settings.retry_max, relay.seed());
    let mut stop = relay.stop.clone();
    let mut failed = relay.writer.failed();
    let mut addresses = relay.parent_addresses.subscribe();
    loop {
        // A session is never broken off from here: it hears of the stop itself, and drains.
        let at = addresses.borrow_and_update().clone();
        let tried = attempt(&relay, &parent, &at).await;
        if *stop.borrow() || failed.borrow().is_some() {
            return;
        }
        let (wait, reason) = match tried {
            Ok(ended) => {
                if ended.settled {
                    schedule.succeeded();
                }
                (schedule.delay(ended.retry), ended.reason.to_string())
            }
            Err(reason) => (schedule.delay(RetryHint::Schedule), reason),
        };
        let next = UnixMillis(relay.clock.wall().0 + i64::try_from(wait.as_millis()).unwrap_or(0));
        relay.hub.set_next_attempt(&parent.office, Some(next), &reason);
        tracing::info!(parent = %parent.office, %reason, next_attempt_s = wait.as_secs_f32(), "link down");
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            // Other addresses are tried at once. The sender lives as long as the node.
            _ = addresses.changed() => {}
            _ = stop.wait_for(|stop| *stop) => return,
            _ = failed.changed() => return,
        }
    }
}

/// One connection and one session, from end to end.
async fn attempt(relay: &Arc<Inner>, parent: &ParentFile, addresses: &[String]) -> Result<Ended, String> {
    let (tls, settings) = (&relay.tls, &relay.settings);
    let pin = relay.parent_pin(parent);
    let mut stop = relay.stop.clone();
    let dialled = tokio::select! {
        dialled = dial(tls, addresses, Expected::Pinned(pin), settings.dial_timeout) => dialled,
        _ = stop.wait_for(|stop| *stop) => return Err("this node is stopping".to_owned()),
    };
    let dialled = dialled.map_err(|fault| fault.to_string())?;
    let registry = relay.store.registry();
    let standing = standing::of_parent(&registry, &dialled.proven, &relay.office.zone, pin);
    if let Some(reason) = standing.session_refusal() {
        return Err(format!("whoever answers at {} is not our parent: {reason:?}", dialled.address));
    }
    let (peer, proven) = (parent.office.clone(), dialled.proven.clone());
    let key = proven.key.clone();
    let channel = dialled.channel(KeepAlive::CHILD).await.map_err(|fault| fault.to_string())?;
    let (outbound, frames) = mpsc::unbounded_channel();
    // Hello must be on its way before the answer's headers are waited for, so the session begins at once.
    let mut client = LinkClient::new(channel).max_decoding_message_size(MESSAGE_BYTES_MAX);
    let renewing = client.clone();
    let opening = async move { client.session(UnboundedReceiverStream::new(frames)).await };
    let side = Side { peer, is_child: true, carries: Carries::Everything, proven };
    let session = super::run(relay.clone(), side, opening_stream(opening), outbound);
    let ended = tokio::select! {
        ended = session => ended,
        () = renew::keep_fresh(relay, &key, renewing.clone()) => return Err("renewing has ended".to_owned()),
    };
    Ok(renewed_if_ended(relay, &key, renewing, ended).await)
}

/// Whoever is refused because its certificate has ended asks for a new one over the same connection, and dials again by the schedule.
async fn renewed_if_ended(relay: &Arc<Inner>, parent: &PublicKey, client: LinkClient<Channel>, ended: Ended) -> Ended {
    let by_date = matches!(&ended.reason, EndReason::RefusedByPeer(why) if why.reason == RefusedReason::CertificateEnded);
    if !by_date {
        return ended;
    }
    match renew::renew(relay, parent, client).await {
        Ok(()) => Ended { retry: RetryHint::Schedule, ..ended },
        Err(fault) => {
            tracing::warn!(%fault, "the certificate has ended and was not renewed");
            ended
        }
    }
}

/// Frames of a stream that is still being opened.
fn opening_stream<F>(opening: F) -> impl Stream<Item = Result<wire::Frame, tonic::Status>> + Unpin + Send
where
    F: Future<Output = Result<tonic::Response<tonic::Streaming<wire::Frame>>, tonic::Status>> + Send,
{
    let opened = futures_util::stream::once(opening).map(|opened| match opened {
        Ok(response) => response.into_inner().left_stream(),
        Err(status) => futures_util::stream::iter([Err(status)]).right_stream(),
    });
    Box::pin(opened.flatten())
}
