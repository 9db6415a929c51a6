//! What a node does for its store beside its work, a little at a time: removes bodies that are to go and the files that belonged to them,
//! reads everything again over the weeks, and gets back what is found damaged.
//!
//! Each is a loop of bounded units of work that are never cut short, with waits between them; none is on the way of a commit, and each goes
//! on after a restart from what the store knows.

pub mod attached;
pub mod counts;
pub mod removal;
pub mod scrub;

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::spawn_blocking};

use self::removal::Removal;
use crate::relay::Inner;

/// Bytes of one unit of work.
const STEP_BYTES: u64 = 4 << 20;
/// Between two units, so that the disk is there for others.
const PAUSE: Duration = Duration::from_millis(20);
/// Before what the disk has refused is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Removes bodies until the node stops.
pub(crate) async fn remove_bodies(relay: Arc<Inner>, mut commits: watch::Receiver<u64>) {
    let mut stop = relay.stop.clone();
    loop {
        let pause = match remove_once(&relay).await {
            Ok(Done::Everything) => None,
            Ok(Done::Something) => Some(PAUSE),
            Err(()) => Some(AGAIN_AFTER),
        };
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(pause.unwrap_or_default()), if pause.is_some() => {}
            changed = commits.changed(), if pause.is_none() => if changed.is_err() { return },
        }
    }
}

/// Whether there was anything.
#[derive(PartialEq, Eq)]
enum Done {
    Something,
    Everything,
}

async fn remove_once(relay: &Arc<Inner>) -> Result<Done, ()> {
    let Some(mut removal) = Removal::begin(&relay.store) else { return Ok(Done::Everything) };
    loop {
        let worked = spawn_blocking(move || {
            let done = removal.step(STEP_BYTES);
            (removal, done)
        });
        let (now, done) = worked.await.map_err(|fault| tracing::error!(error = %fault, "removing bodies"))?;
        removal = now;
        match done {
            Ok(Some(done)) => {
                let written = relay.writer.write_one(done).await;
                return written.map(|_| Done::Something).map_err(|fault| tracing::warn!(error = %fault, "bodies are removed"));
            }
            Ok(None) if *relay.stop.borrow() => return Ok(Done::Something),
            Ok(None) => tokio::time::sleep(PAUSE).await,
            Err(fault) => {
                tracing::error!(error = %fault, "bodies that are to go are still on the disk");
                return Err(());
            }
        }
    }
}
