//! `node.toml`: how this node runs on this machine. Who the node is stands in its data folder, not here.
//!
//! Strict: an unknown word is a fault, and every fault of a file is reported together, before any port is bound. Every key but
//! `node.data` has a default; `deploy/node.toml` is the commented sample, and a test reads it.

mod reader;

pub use reader::{Allowed, ConfigFault, FaultKind, duration, is_host_and_port};

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use dutynet_relay::{ids::OfficeId, relay::LEAF_VALID, tls::front::fault_of_files};
use reader::Reader;

use crate::domain::retention::Rules;

const SECOND: Duration = Duration::from_secs(1);

/// Everything that a node needs to know of its machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Data folder.
    pub data: PathBuf,
    /// The office whose data must be in that folder; `None`: whichever is there.
    pub office: Option<OfficeId>,
    /// Where the local API listens. Loopback.
    pub api: SocketAddr,
    /// Pages for the people of the office.
    pub console: ConsoleConfig,
    /// What rings where nobody listens.
    pub ring: RingConfig,
    /// Lines to neighbours.
    pub link: LinkConfig,
    /// Copies of the store.
    pub backup: BackupConfig,
    /// Cache of the index, bytes.
    pub index_cache_bytes: u64,
    /// Free space below which nothing is taken any more, bytes.
    pub free_bytes_min: u64,
    /// Largest file that is taken, bytes.
    pub file_bytes_max: u64,
    /// All files together, bytes.
    pub files_bytes_max: u64,
    /// How long own records are kept; no rule: for ever.
    pub retention: Rules,
    /// What is logged.
    pub log: LogLevel,
}

/// Pages for the people of the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleConfig {
    /// Where it listens. Beyond loopback everything is TLS.
    pub listen: SocketAddr,
    /// Host names and addresses by which other machines open it, without port or brackets.
    pub names: Vec<String>,
    /// PEM files of a certificate and its key; `None`: one of the node's own, where one is needed.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// A desk is locked after so long without a click.
    pub lock_after: Duration,
}

/// A command that rings where nobody has a page open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RingConfig {
    /// Program and arguments, started without a shell; empty: there is none.
    pub command: Vec<String>,
    /// It is started when nobody has heard for so long.
    pub after: Duration,
    /// And once more after each such time, until it is heard or done with.
    pub again: Duration,
}

/// Lines to neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkConfig {
    /// Where children dial to; `None`: this office takes no children.
    pub listen: Option<SocketAddr>,
    /// Addresses that invitations name, `host:port`; empty: the one that is listened on.
    pub advertise: Vec<String>,
    /// Between two heartbeats.
    pub heartbeat: Duration,
    /// For a connection to come about.
    pub connect_timeout: Duration,
    /// Longest wait before the next attempt.
    pub retry_delay_max: Duration,
    /// A neighbour that is off for so long, with something waiting for it, is given no more positions.
    pub dormant_after: Duration,
    /// How long a certificate is good for that this office signs for a child.
    pub leaf_valid: Duration,
}

/// Copies of the store, made by plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupConfig {
    /// Where to; empty: none is planned.
    pub folders: Vec<PathBuf>,
    /// Between two of them.
    pub every: Duration,
    /// How many stay in each folder.
    pub keep: usize,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// A person must act.
    Error,
    /// And what recovered by itself.
    Warn,
    /// And starts, stops, lines up and down.
    Info,
    /// And steps, for people who look after the program.
    Debug,
}

impl LogLevel {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration {path}: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The machine's word.
        source: std::io::Error,
    },
    /// The file has faults.
    #[error("configuration has {} faults", .0.len())]
    Faults(Vec<ConfigFault>),
}

impl Config {
    /// What counts where no file says otherwise.
    pub fn with_data(data: PathBuf) -> Self {
        Self {
            data,
            office: None,
            api: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            console: ConsoleConfig::default(),
            ring: RingConfig::default(),
            link: LinkConfig::default(),
            backup: BackupConfig::default(),
            index_cache_bytes: 16 << 20,
            free_bytes_min: 64 << 20,
            file_bytes_max: 64 << 20,
            files_bytes_max: 64 << 30,
            retention: Rules::default(),
            log: LogLevel::Info,
        }
    }

    /// Reads a file. A relative `node.data` is taken from the folder of the file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut config = Self::parse_in(folder, &text).map_err(ConfigError::Faults)?;
        config.data = folder.join(&config.data);
        config.backup.folders = config.backup.folders.iter().map(|to| folder.join(to)).collect();
        Ok(config)
    }

    /// Reads a text, or gives all of its faults.
    pub fn parse(text: &str) -> Result<Self, Vec<ConfigFault>> {
        Self::parse_in(Path::new("."), text)
    }

    /// The same with the folder from which the files are taken that it names.
    fn parse_in(folder: &Path, text: &str) -> Result<Self, Vec<ConfigFault>> {
        let mut from = Reader::new(text).map_err(|fault| vec![fault])?;
        let data = from.required("node", "data", Allowed::Path, reader::path);
        let default = Self::with_data(data.unwrap_or_default());
        let config = Self {
            office: from.optional("node", "office", Allowed::Office, reader::office),
            api: from.optional("api", "listen", Allowed::Loopback, reader::loopback).unwrap_or(default.api),
            console: ConsoleConfig::from_file(&mut from, folder),
            ring: RingConfig::from_file(&mut from),
            link: LinkConfig::from_file(&mut from),
            backup: BackupConfig::from_file(&mut from),
            index_cache_bytes: from.size("store", "index_cache", 4 << 20..=1 << 30).unwrap_or(default.index_cache_bytes),
            free_bytes_min: from.size("store", "free_min", 1 << 20..=1 << 40).unwrap_or(default.free_bytes_min),
            file_bytes_max: from.size("store", "file_max", 1 << 20..=1 << 30).unwrap_or(default.file_bytes_max),
            files_bytes_max: from.size("store", "files_max", 1 << 20..=1 << 50).unwrap_or(default.files_bytes_max),
            retention: from.file("retention", "rules", |name| retention_rules(&folder.join(name))).unwrap_or_default(),
            log: from.optional("log", "level", Allowed::Level, reader::level).unwrap_or(default.log),
            data: default.data,
        };
        from.finish().map(|()| config)
    }
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { listen, names: Vec::new(), certificate: None, lock_after: 1800 * SECOND }
    }
}

impl ConsoleConfig {
    fn from_file(from: &mut Reader, folder: &Path) -> Self {
        let default = Self::default();
        let listen = from.optional("console", "listen", Allowed::Address, reader::address).unwrap_or(default.listen);
        let names = from.optional("console", "names", Allowed::Names, reader::names);
        if listen.ip().is_unspecified() && names.as_ref().is_none_or(Vec::is_empty) {
            // Every address of the machine: under which of them it is opened only a person knows.
            from.missing("console", "names", Allowed::Names);
        }
        Self {
            listen,
            names: names.unwrap_or_default(),
            certificate: Self::certificate(from, folder),
            lock_after: from.duration("console", "lock_after", 60 * SECOND..=86_400 * SECOND).unwrap_or(default.lock_after),
        }
    }
}

impl ConsoleConfig {
    /// Files that can be used together, or a fault.
    fn certificate(from: &mut Reader, folder: &Path) -> Option<(PathBuf, PathBuf)> {
        let certificate = from.optional("console", "certificate", Allowed::Pem, reader::path).map(|path| folder.join(path));
        let key = from.optional("console", "key", Allowed::Pem, reader::path).map(|path| folder.join(path));
        match (certificate, key) {
            (Some(certificate), Some(key)) => match fault_of_files(&certificate, &key) {
                None => Some((certificate, key)),
                Some(fault) => {
                    from.unusable("console", "certificate", fault.to_string());
                    None
                }
            },
            (Some(_), None) => {
                from.missing("console", "key", Allowed::Pem);
                None
            }
            (None, Some(_)) => {
                from.missing("console", "certificate", Allowed::Pem);
                None
            }
            (None, None) => None,
        }
    }

    /// Whether other machines may reach it, or a certificate was given for it: then everything is TLS.
    pub fn is_secure(&self) -> bool {
        !self.listen.ip().is_loopback() || self.certificate.is_some()
    }

    /// Everything by which it may be opened besides loopback, without port or brackets.
    pub fn opened_by(&self) -> Vec<String> {
        let listen = Some(self.listen.ip()).filter(|ip| !ip.is_unspecified() && !ip.is_loopback());
        let mut all = self.names.clone();
        all.extend(listen.map(|ip| ip.to_string()).filter(|ip| !self.names.contains(ip)));
        all
    }
}

/// The rules of a file, or what is wrong with it.
fn retention_rules(path: &Path) -> Result<Rules, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    Rules::parse(&text).map_err(|faults| crate::text::retention::faults(&faults))
}

impl Default for RingConfig {
    fn default() -> Self {
        Self { command: Vec::new(), after: 30 * SECOND, again: 60 * SECOND }
    }
}

impl RingConfig {
    fn from_file(from: &mut Reader) -> Self {
        let (default, short) = (Self::default(), Duration::from_millis(100));
        Self {
            command: from.optional("ring", "command", Allowed::Command, reader::command).unwrap_or_default(),
            after: from.duration("ring", "after", short..=3600 * SECOND).unwrap_or(default.after),
            again: from.duration("ring", "again", short..=3600 * SECOND).unwrap_or(default.again),
        }
    }
}

impl Default for BackupConfig {
    fn default() -> Self {
        Self { folders: Vec::new(), every: 86_400 * SECOND, keep: 3 }
    }
}

impl BackupConfig {
    fn from_file(from: &mut Reader) -> Self {
        let default = Self::default();
        Self {
            folders: from.optional("backup", "folders", Allowed::Paths, reader::paths).unwrap_or_default(),
            every: from.duration("backup", "every", SECOND..=30 * 86_400 * SECOND).unwrap_or(default.every),
            keep: from.count("backup", "keep", 1..=100).unwrap_or(default.keep),
        }
    }
}

impl Default for LinkConfig {
    fn default() -> Self {
        Self {
            listen: None,
            advertise: Vec::new(),
            heartbeat: 15 * SECOND,
            connect_timeout: 10 * SECOND,
            retry_delay_max: 60 * SECOND,
            dormant_after: 7 * 86_400 * SECOND,
            leaf_valid: 90 * 86_400 * SECOND,
        }
    }
}

impl LinkConfig {
    fn from_file(from: &mut Reader) -> Self {
        let default = Self::default();
        let short = Duration::from_millis(100);
        Self {
            listen: from.optional("link", "listen", Allowed::Address, reader::address),
            advertise: from.optional("link", "advertise", Allowed::Hosts, reader::hosts).unwrap_or_default(),
            heartbeat: from.duration("link", "heartbeat", short..=300 * SECOND).unwrap_or(default.heartbeat),
            connect_timeout: from.duration("link", "connect_timeout", short..=60 * SECOND).unwrap_or(default.connect_timeout),
            retry_delay_max: from.duration("link", "retry_delay_max", short..=3600 * SECOND).unwrap_or(default.retry_delay_max),
            dormant_after: from
                .duration("link", "dormant_after", 3600 * SECOND..=3650 * 86_400 * SECOND)
                .unwrap_or(default.dormant_after),
            leaf_valid: from.duration("link", "leaf_valid", LEAF_VALID).unwrap_or(default.leaf_valid),
        }
    }
}

#[cfg(test)]
mod tests;
