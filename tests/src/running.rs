//! One node of a story, with short times, over a folder that may be copied.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use dutynet_relay::{
    clock::{Clock, SystemClock},
    folder::{DataFolder, FolderError},
    relay::{OpenError, Relay, RelayConfig},
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::net::until;

/// A node that is on.
pub struct Running {
    /// Its carriage.
    pub relay: Relay,
    task: JoinHandle<()>,
}

impl Running {
    /// Opens a folder and keeps its link to the parent, beside whatever else runs: a second machine of an office.
    pub async fn beside(folder: PathBuf) -> Self {
        Self::of(open(quick(folder), Arc::new(SystemClock::default())).await, None)
    }

    pub(crate) fn of(relay: Relay, listener: Option<TcpListener>) -> Self {
        let running = relay.clone();
        Self { relay, task: tokio::spawn(async move { running.run(listener).await.expect("a node stops cleanly") }) }
    }

    /// Stops it on purpose.
    pub async fn stop(self) {
        self.relay.stop();
        self.task.await.expect("a node that does not panic");
    }
}

/// Opens a folder that nobody works in. Whenever a story beside starts a process, that one holds every open file of this one, locks
/// too, for the moment between fork and exec: so a lock is waited for.
pub(crate) async fn open(config: RelayConfig, clock: Arc<dyn Clock>) -> Relay {
    let mut opened = None;
    until("a store opens", || match Relay::open(config.clone(), clock.clone()) {
        Err(OpenError::Folder(FolderError::Locked(_))) => false,
        other => {
            opened = Some(other.expect("a store opens"));
            true
        }
    })
    .await;
    opened.expect("it has opened")
}

/// Waits until a folder that nobody works in can be taken: see [`open`].
pub(crate) async fn is_free(folder: &Path) {
    until("the folder is free", || DataFolder::at(folder).lock().is_ok()).await;
}

/// A node's configuration with short times.
pub fn quick(folder: PathBuf) -> RelayConfig {
    let mut config = RelayConfig::new(folder);
    config.limits.heartbeat = Duration::from_millis(300);
    // A busy machine is silent for longer than a second now and then.
    config.limits.missed_max = 6;
    config.limits.lines_gap = Duration::from_millis(50);
    config.limits.settled_after = Duration::from_secs(2);
    config.retry_first = Duration::from_millis(50);
    config.retry_max = Duration::from_millis(500);
    config.dial_timeout = Duration::from_secs(2);
    config.leaf_check = Duration::from_millis(100);
    config.files_asked_every = Duration::from_millis(100);
    config.drain_retry = Duration::from_millis(100);
    config.index_cache_bytes = 4 * 1024 * 1024;
    config.free_bytes_min = 1024 * 1024;
    config
}

/// Copies a folder with everything in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder is made");
    for entry in std::fs::read_dir(from).expect("a folder can be read") {
        let entry = entry.expect("an entry can be read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("an entry has a type").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file is copied");
        }
    }
}
