//! Files of records that were destroyed go, too, unless another record that still says something names them.
//!
//! Everything that is here, or on its way here, is looked at when a record was destroyed, and once at each start, so that whatever stopped in
//! between is done then. It is the one way in which files go for what they belonged to: whoever must know that nothing is left asks
//! [`crate::relay::Relay::holds_files_of`].

use std::sync::Arc;

use tokio::sync::watch;

use super::AGAIN_AFTER;
use crate::{
    files::FileFault,
    ids::Digest,
    relay::Inner,
    writer::{Named, StoreError},
};

/// Why files that are to go are still here.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    File(#[from] FileFault),
}

/// Removes files until the node stops.
pub(crate) async fn remove_files(relay: Arc<Inner>, mut commits: watch::Receiver<u64>) {
    let (mut stop, mut done) = (relay.stop.clone(), None);
    loop {
        let now = gone_so_far(&relay);
        let swept = if done == Some(now) { Ok(()) } else { sweep(&relay).await };
        done = swept.is_ok().then_some(now);
        if let Err(fault) = &swept {
            tracing::error!(error = %fault, "files that are to go are still on the disk");
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(AGAIN_AFTER), if swept.is_err() => {}
            changed = commits.changed(), if swept.is_ok() => if changed.is_err() { return },
        }
    }
}

/// Moves whenever a record was destroyed, or lost its body in another way.
fn gone_so_far(relay: &Inner) -> (u64, u64) {
    (relay.store.counter("destroyed"), relay.store.counter("hollowed"))
}

async fn sweep(relay: &Arc<Inner>) -> Result<(), Fault> {
    for digest in relay.files.known() {
        if relay.store.named_file(&digest)? == Named::InVain {
            forget(relay, digest).await?;
        }
    }
    Ok(())
}

/// No record that names it is made in between: [`Inner::filing`].
async fn forget(relay: &Arc<Inner>, digest: Digest) -> Result<(), Fault> {
    let _alone = relay.filing.write().await;
    if relay.store.named_file(&digest)? == Named::InVain {
        relay.forget_file(digest).await?;
        tracing::info!(file = %digest, "a file went with the record that it belonged to");
    }
    Ok(())
}
