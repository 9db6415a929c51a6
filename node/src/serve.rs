//! The running node: relay, projection and local API over one data folder, from the first port to the last sync.
//!
//! [`Running::start`] opens everything or refuses with a code; `serving.json` stands in the folder from then until the end.
//! [`Running::until`] serves until it is told to stop, or until the store has failed: after a failed sync nothing more is answered, and the
//! node must be started anew.

mod file;
pub mod logs;
pub(crate) mod opened;

pub use file::Serving;

use std::{
    future::Future,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use dutynet_relay::{
    clock::{Clock, SystemClock},
    folder::DataFolder,
    live::Answerer,
    random,
    relay::{Relay, RelayConfig},
    tls::front::{FrontSource, FrontTls},
    writer::StoreError,
};
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, spawn_blocking},
};

use crate::{
    api::{self, key},
    config::Config,
    console,
    projection::Follower,
    text::refusal::Refusal,
    usecase::{self, Office, Refused},
};

/// How long calls that were begun may take once the node stops.
const FINISH_MAX: Duration = Duration::from_secs(5);

/// A node that serves.
pub struct Running {
    config: Config,
    serving: Serving,
    name: String,
    relay: Relay,
    office: Office,
    /// Live questions are answered for as long as it is kept.
    answers: Arc<dyn Answerer>,
    stop: watch::Sender<bool>,
    relay_task: JoinHandle<Result<(), StoreError>>,
    follower_task: JoinHandle<()>,
    deliver_task: JoinHandle<()>,
    purge_task: JoinHandle<()>,
    files_task: JoinHandle<()>,
    backup_task: JoinHandle<()>,
    dues_task: JoinHandle<()>,
    ring_task: JoinHandle<()>,
    rules_task: JoinHandle<()>,
    console_task: JoinHandle<io::Result<()>>,
    retention_task: JoinHandle<()>,
    access_task: JoinHandle<()>,
    api_task: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Running {
    /// Opens ports and store, and begins to serve. Whatever is refused leaves nothing open.
    pub async fn start(config: Config) -> Result<Self, Refused> {
        opened::refuse_another_office(&config)?;
        opened::refuse_locked(&DataFolder::at(&config.data))?;
        let api_listener = bind(config.api).await?;
        let console_listener = bind(config.console.listen).await?;
        let link_listener = match config.link.listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let relay = open(&config).await?;
        let key = random::bytes().and_then(|random| key::read_or_make(&config.data, random));
        let key = key.map_err(|error| opened::io_refused(&error, &key::path(&config.data)))?;
        let link = link_listener.as_ref().map(local_address).transpose()?;
        let serving = Serving {
            pid: std::process::id(),
            office: relay.own().to_string(),
            api: local_address(&api_listener)?.to_string(),
            console: local_address(&console_listener)?.to_string(),
            console_url: console_url(&config, local_address(&console_listener)?),
            link: link.map(|address| address.to_string()),
        };
        let (follower, caught_up) = Follower::new(&relay)?;
        let office = Office::new(relay.clone(), caught_up, addresses(&config, link));
        office.keeps_by(config.retention.clone());
        let (stop, stopped) = watch::channel(false);
        let backups = office.clone().keep_backed_up(config.backup.clone(), stopped.clone());
        let answers: Arc<dyn Answerer> = Arc::new(usecase::AnswersLive(office.clone()));
        relay.answer_with(&answers);
        let running = relay.clone();
        let served = served(&config, &relay)?;
        let pages = console::run(office.clone(), console_listener, served, relay.clock(), stopped.clone());
        let this = Self {
            name: office.status().name,
            relay,
            office: office.clone(),
            answers,
            relay_task: tokio::spawn(async move { running.run(link_listener).await }),
            follower_task: tokio::spawn(follower.run(stopped.clone())),
            deliver_task: tokio::spawn(usecase::deliver_by_itself(office.clone(), stopped.clone())),
            purge_task: tokio::spawn(usecase::confirm_by_itself(office.clone(), stopped.clone())),
            files_task: tokio::spawn(usecase::forget_unnamed_by_itself(office.clone())),
            backup_task: tokio::spawn(backups),
            rules_task: tokio::spawn(usecase::tell_rules_by_itself(office.clone(), stopped.clone())),
            retention_task: tokio::spawn(usecase::retain_by_itself(office.clone(), stopped.clone())),
            ring_task: tokio::spawn(usecase::ring_by_itself(office.clone(), config.ring.clone(), stopped.clone())),
            dues_task: tokio::spawn(usecase::keep_dues(office.clone(), stopped.clone())),
            access_task: tokio::spawn(usecase::keep_accesses_by_itself(office.clone(), stopped.clone())),
            console_task: tokio::spawn(pages),
            api_task: tokio::spawn(async move { api::run(office, api_listener, &key, stopped).await }),
            stop,
            config,
            serving,
        };
        let written = this.serving.write(&this.config.data);
        written.map_err(|error| opened::io_refused(&error, &Serving::path(&this.config.data)))?;
        tracing::info!(office = this.serving.office, api = this.serving.api, link = ?this.serving.link, "serving");
        Ok(this)
    }

    /// Where it serves.
    pub fn serving(&self) -> &Serving {
        &self.serving
    }

    /// Name of its office.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Serves until then, finishes what was begun, and closes the store.
    pub async fn until(self, end: impl Future<Output = ()>) -> Result<(), Refused> {
        let mut failed = self.relay.failed();
        tokio::select! {
            () = end => tracing::info!("stopping"),
            // The sender lives as long as the relay.
            _ = failed.wait_for(Option::is_some) => tracing::error!("the store has failed; start this node anew"),
        }
        if let Err(error) = Serving::remove(&self.config.data) {
            tracing::warn!(%error, "serving.json could not be removed");
        }
        self.stop.send_replace(true);
        finish("console", self.console_task).await;
        finish("accesses", self.access_task).await;
        if let Err(refused) = self.office.keep_accesses().await {
            tracing::warn!(%refused, "who has seen what in the last seconds is not kept");
        }
        finish("api", self.api_task).await;
        finish("delivering", self.deliver_task).await;
        finish("purges", self.purge_task).await;
        finish("files", self.files_task).await;
        finish("projection", self.follower_task).await;
        finish("backups", self.backup_task).await;
        finish("obligations", self.dues_task).await;
        finish("ringing", self.ring_task).await;
        finish("rules", self.rules_task).await;
        finish("retention", self.retention_task).await;
        drop(self.answers);
        self.relay.stop();
        let closed = self.relay_task.await.map_err(|error| Refused::because(Refusal::Internal, error))?;
        closed.map_err(|error| Refused::because(Refusal::StoreFailed, error))?;
        if let Some(reason) = failed.borrow().clone() {
            return Err(Refused::because(Refusal::StoreFailed, reason));
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// Opens the store of the folder; that may take a while, after a power cut.
async fn open(config: &Config) -> Result<Relay, Refused> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let settings = settings(config);
    let relay = spawn_blocking(move || Relay::open(settings, clock)).await;
    let relay = relay.map_err(|error| Refused::because(Refusal::Internal, error))?;
    relay.map_err(|error| opened::refused(error, &DataFolder::at(&config.data)))
}

/// The part of the configuration that relay knows.
pub(crate) fn settings(config: &Config) -> RelayConfig {
    let mut settings = RelayConfig::new(config.data.clone());
    settings.index_cache_bytes = config.index_cache_bytes;
    settings.free_bytes_min = config.free_bytes_min;
    settings.limits.heartbeat = config.link.heartbeat;
    settings.retry_max = config.link.retry_delay_max;
    settings.retry_first = settings.retry_first.min(config.link.retry_delay_max);
    settings.dial_timeout = config.link.connect_timeout;
    settings.files.file_bytes_max = config.file_bytes_max;
    settings.files.total_bytes_max = config.files_bytes_max;
    settings.dormant.off_for = config.link.dormant_after;
    settings.leaf_valid = config.link.leaf_valid;
    settings.inspector = Arc::new(usecase::Guard);
    settings
}

/// How the console is served.
fn served(config: &Config, relay: &Relay) -> Result<console::Serving, Refused> {
    let names = config.console.opened_by();
    let source = match &config.console.certificate {
        Some((certificate, key)) => FrontSource::Files { certificate: certificate.clone(), key: key.clone() },
        None => {
            let called = format!("dutynet {}", relay.own());
            FrontSource::Own { folder: pages_folder(&config.data), names: names.clone(), called }
        }
    };
    let front = config.console.is_secure().then(|| FrontTls::open(source, relay.clock().wall())).transpose();
    let front = front.map_err(|fault| Refused::because(Refusal::FolderDamaged, fault))?;
    Ok(console::Serving { lock_after: config.console.lock_after, names, front })
}

/// Where the certificate of the pages is kept that is the node's own.
pub(crate) fn pages_folder(data: &Path) -> PathBuf {
    data.join("pages")
}

/// What is typed into a browser.
pub(crate) fn console_url(config: &Config, address: SocketAddr) -> String {
    if !config.console.is_secure() {
        return format!("http://{address}/");
    }
    let host = config.console.opened_by().into_iter().next().unwrap_or_else(|| address.ip().to_string());
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    format!("https://{host}:{}/", address.port())
}

/// Where children dial: what the operator says, or else where this node listens, if that is an address at all.
fn addresses(config: &Config, link: Option<SocketAddr>) -> Vec<String> {
    if !config.link.advertise.is_empty() {
        return config.link.advertise.clone();
    }
    link.filter(|address| !address.ip().is_unspecified()).map(|address| address.to_string()).into_iter().collect()
}

pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, Refused> {
    TcpListener::bind(address).await.map_err(|error| {
        let taken = error.kind() == std::io::ErrorKind::AddrInUse;
        let refusal = if taken { Refusal::PortInUse } else { Refusal::PortNotAllowed };
        Refused { about: Some(address.to_string()), ..Refused::because(refusal, error) }
    })
}

pub(crate) fn local_address(listener: &TcpListener) -> Result<SocketAddr, Refused> {
    listener.local_addr().map_err(|error| Refused::because(Refusal::PortNotAllowed, error))
}

/// Waits a little for a part to finish; one that does not is left behind.
async fn finish<T>(part: &'static str, task: JoinHandle<T>) {
    if tokio::time::timeout(FINISH_MAX, task).await.is_err() {
        tracing::warn!(part, "did not finish in time");
    }
}

#[cfg(test)]
mod tests;
