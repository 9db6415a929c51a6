//! The child's side of its certificate: asks the parent for a new leaf in time, and also once the old one has ended.
//!
//! What a new leaf says is checked, it is written durably into the folder, and shown from the next handshake on; a session that is up
//! goes on. Dates are counted by the parent's clock as far as it is known, so a machine that believes to be in 1970 or 2099 renews like any
//! other. A leaf that cannot be written is shown all the same: after a restart the old one is renewed once more.

use std::sync::Arc;

use dutynet_proto::link::{self as wire, link_client::LinkClient};
use tonic::transport::Channel;

use crate::{
    ids::UnixMillis,
    link::convert,
    record::PublicKey,
    relay::Inner,
    tls::leaf::{LeafFault, Proven},
};

/// After an attempt the next one waits for so many looks at the leaf, whatever came of it.
const LOOKS_BETWEEN: u32 = 10;

/// Why there is no new leaf.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotRenewed {
    /// No answer, or none that can be read.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// The parent said no.
    #[error("the parent refused: {0}")]
    Refused(String),
    /// What it gave is no certificate.
    #[error(transparent)]
    Leaf(#[from] LeafFault),
    /// What it gave is for somebody else, or by somebody else.
    #[error("the certificate is not for this office, or not by its parent")]
    NotOurs,
}

/// Renews whenever it is time to, for as long as it is polled.
pub(super) async fn keep_fresh(relay: &Arc<Inner>, parent: &PublicKey, client: LinkClient<Channel>) {
    let every = relay.settings.leaf_check;
    loop {
        tokio::time::sleep(every).await;
        // This clock minus the parent's is known from Hello on.
        let now = UnixMillis(relay.clock.wall().0.saturating_sub(relay.conditions.offset()));
        if !relay.tls.own().validity().wants_renewal(now) {
            continue;
        }
        if let Err(fault) = renew(relay, parent, client.clone()).await {
            tracing::warn!(%fault, "the certificate was not renewed");
        }
        tokio::time::sleep(every * LOOKS_BETWEEN).await;
    }
}

/// Asks for a new leaf, keeps it and shows it.
pub(super) async fn renew(relay: &Arc<Inner>, parent: &PublicKey, client: LinkClient<Channel>) -> Result<(), NotRenewed> {
    let certificate = ask(relay, client).await?;
    let proven = Proven::read(&certificate)?;
    let office = &relay.office;
    let is_ours = proven.office == office.office && proven.zone == office.zone && proven.is_signed_by(parent);
    if !is_ours {
        return Err(NotRenewed::NotOurs);
    }
    relay.tls.replace(relay.key.clone(), certificate.clone())?;
    if let Err(fault) = relay.folder.write_leaf(&certificate) {
        tracing::warn!(error = %fault, "the new certificate is shown, but could not be written");
    }
    tracing::info!(until = proven.not_after.0, "the certificate was renewed");
    Ok(())
}

async fn ask(relay: &Arc<Inner>, mut client: LinkClient<Channel>) -> Result<Vec<u8>, NotRenewed> {
    let asked = wire::RenewRequest { office: relay.office.office.as_str().to_owned() };
    let mut stop = relay.stop.clone();
    let answered = tokio::select! {
        answered = tokio::time::timeout(relay.settings.dial_timeout, client.renew(asked)) => answered,
        _ = stop.wait_for(|stop| *stop) => return Err(NotRenewed::NoAnswer("this node is stopping".to_owned())),
    };
    let answered = answered.map_err(|_| NotRenewed::NoAnswer("in time".to_owned()))?;
    let reply = answered.map_err(|status| NotRenewed::NoAnswer(status.message().to_owned()))?.into_inner();
    match reply.refused {
        Some(refused) => {
            let refused = convert::refused_from_wire(refused).map_err(|fault| NotRenewed::NoAnswer(fault.to_string()))?;
            Err(NotRenewed::Refused(refused.detail))
        }
        None => Ok(reply.certificate.to_vec()),
    }
}
