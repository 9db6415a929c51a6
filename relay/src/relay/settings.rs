//! How a node runs, and why it does not.

use std::{ops::RangeInclusive, path::PathBuf, sync::Arc, time::Duration};

use super::DormantAfter;
use crate::{
    files::FileLimits,
    folder::FolderError,
    inspect::{Inspector, TakesAll},
    link::{config::Limits, retry},
    tls::{config::TlsError, leaf::LeafFault},
    writer::{StoreError, intent::WriteRefusal, thread::Stopped},
};

/// How a node runs. Everything here is configuration of an operator; nothing of it changes what is on disk.
#[derive(Debug, Clone)]
pub struct RelayConfig {
    /// The data folder.
    pub folder: PathBuf,
    /// Program and version, for neighbours' logs.
    pub software: String,
    /// Memory that the index may use as a cache, bytes.
    pub index_cache_bytes: u64,
    /// Bounds and times of sessions.
    pub limits: Limits,
    /// Longest wait before the first attempt to dial again.
    pub retry_first: Duration,
    /// Longest wait between two attempts to dial, ever.
    pub retry_max: Duration,
    /// Longest wait for one address.
    pub dial_timeout: Duration,
    /// When neighbours should come back after this node was stopped on purpose.
    pub drain_retry: Duration,
    /// How much is kept of files.
    pub files: FileLimits,
    /// How often neighbours are asked for files that are wanted and did not come.
    pub files_asked_every: Duration,
    /// When a neighbour that is off sleeps.
    pub dormant: DormantAfter,
    /// Below so many free bytes nothing is taken any more; files are refused below eight times, routine records below four times, all but flash below twice as many.
    pub free_bytes_min: u64,
    /// In how long the whole journal is read again, to find damage while neighbours can still make it good.
    pub scrub_round: Duration,
    /// How long a leaf is good for that this office signs for a child; brought within [`LEAF_VALID`].
    pub leaf_valid: Duration,
    /// How often a leaf is looked at: the own one for whether it wants renewing, those of linked children for whether they have ended.
    pub leaf_check: Duration,
    /// Judges what neighbours send before it is kept.
    pub inspector: Arc<dyn Inspector>,
}

/// What an office may sign: an hour at least, since a child renews when a third is left, and two years at most.
pub const LEAF_VALID: RangeInclusive<Duration> = Duration::from_secs(3600)..=Duration::from_secs(730 * 24 * 3600);

impl RelayConfig {
    /// Usual values.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            software: concat!("dutynet ", env!("CARGO_PKG_VERSION")).to_owned(),
            index_cache_bytes: 16 * 1024 * 1024,
            limits: Limits::default(),
            retry_first: retry::CEILING_FIRST,
            retry_max: retry::CEILING_MAX,
            dial_timeout: Duration::from_secs(10),
            drain_retry: Duration::from_secs(5),
            files: FileLimits::default(),
            files_asked_every: Duration::from_secs(2),
            dormant: DormantAfter::default(),
            free_bytes_min: 64 * 1024 * 1024,
            scrub_round: Duration::from_secs(30 * 24 * 3600),
            // Short enough that renewing is no rare event which fails unseen, long enough for a line that is down for weeks.
            leaf_valid: Duration::from_secs(90 * 24 * 3600),
            leaf_check: Duration::from_secs(60),
            inspector: Arc::new(TakesAll),
        }
    }
}

impl RelayConfig {
    /// [`RelayConfig::leaf_valid`] within its bounds.
    pub(crate) fn leaf_valid(&self) -> Duration {
        self.leaf_valid.clamp(*LEAF_VALID.start(), *LEAF_VALID.end())
    }
}

/// Why a node cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The machine refused something of the store.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The index could not even be opened empty.
    #[error("the index cannot be opened: {0}")]
    Index(String),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The certificate.
    #[error(transparent)]
    Leaf(#[from] LeafFault),
}

/// Why something was not written. Nothing was changed, or the store has stopped and says so itself.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// Not as asked for.
    #[error(transparent)]
    Refused(#[from] WriteRefusal),
    /// The store has stopped; the node is about to open it anew.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// An invitation cannot be put into words.
    #[error("invitation: {0}")]
    Invitation(String),
}
