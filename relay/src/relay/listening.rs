//! Serves children for as long as the node runs, and leaves nobody behind who would keep its store open.
//!
//! On a stop every session says Drain and ends by itself within its time; then connections that are still open are broken: the other end of
//! one may be silent, or may not care, and a server does not let go of such a connection by itself for most of a minute, or ever.

use std::{sync::Arc, time::Duration};

use dutynet_proto::link::link_server::LinkServer;
use tokio::{net::TcpListener, sync::watch, time::timeout};

use super::Inner;
use crate::{
    session::{DRAIN_MAX, LINGER, MESSAGE_BYTES_MAX, serve::LinkService},
    tls::{
        accept::{AcceptLimits, Until, accept},
        connect::KeepAlive,
    },
};

/// For sessions to end after a stop: what they may take for their farewell, and to write what they have been given.
const SESSIONS_END: Duration = Duration::from_secs(DRAIN_MAX.as_secs() * 2);
/// For connections to end that were broken from this side; nothing is waited for then but tasks' turns.
const BROKEN_END: Duration = Duration::from_secs(5);

/// Returns after the stop, when every session and every connection has ended.
pub(super) async fn listen(relay: Arc<Inner>, listener: TcpListener) {
    let (busy, _) = watch::channel(());
    let (open, held) = watch::channel(());
    let busy = Arc::new(busy);
    let (cutter, cut) = watch::channel(false);
    let mut stop = relay.stop.clone();
    let incoming = accept(listener, &relay.tls, AcceptLimits::default(), Until { stop: stop.clone(), cut });
    let service =
        LinkServer::new(LinkService { relay, busy: busy.clone(), _open: held }).max_decoding_message_size(MESSAGE_BYTES_MAX);
    let server = tonic::transport::Server::builder()
        .http2_keepalive_interval(Some(KeepAlive::PARENT.interval))
        .http2_keepalive_timeout(Some(KeepAlive::PARENT.timeout))
        .add_service(service)
        .serve_with_incoming(incoming);
    // Graceful shutdown would wait for streams that never end; sessions drain by themselves.
    tokio::select! {
        ended = server => if let Err(fault) = ended {
            tracing::error!(error = %fault, "the link listener has ended");
        },
        _ = stop.wait_for(|stop| *stop) => {}
    }
    if timeout(SESSIONS_END, busy.closed()).await.is_err() {
        tracing::warn!("a session did not end in its time");
    }
    // Whoever has heard the last word closes the connection; whoever has not will not.
    let _ = timeout(LINGER, open.closed()).await;
    cutter.send_replace(true);
    let all_ended = async {
        open.closed().await;
        busy.closed().await;
    };
    if timeout(BROKEN_END, all_ended).await.is_err() {
        tracing::error!("a connection has not ended: the store is still held by it");
    }
}
