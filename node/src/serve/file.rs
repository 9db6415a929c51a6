//! `serving.json`: says that a node serves from this folder, and where.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use dutynet_relay::tls::identity;
use rustix::{
    io::Errno,
    process::{Pid, test_kill_process},
};
use serde::{Deserialize, Serialize};

/// Where a node serves. Stands in the data folder while it does; one that is left after a kill is written anew by the next start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// Process id.
    pub pid: u32,
    /// Its office.
    pub office: String,
    /// Address of the local API.
    pub api: String,
    /// Address of the console.
    #[serde(default)]
    pub console: String,
    /// What is typed into a browser to open it.
    #[serde(default)]
    pub console_url: String,
    /// Address for children; `None`: it takes none.
    pub link: Option<String>,
}

impl Serving {
    /// Where it stands.
    pub fn path(data: &Path) -> PathBuf {
        data.join("serving.json")
    }

    /// Whether that process still runs. After a kill the file stays, and its port may have become somebody else's.
    pub fn is_alive(&self) -> bool {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, data: &Path) -> io::Result<()> {
        identity::write_private(&Self::path(data), &serde_json::to_vec_pretty(self)?)
    }

    /// Takes it away.
    pub(super) fn remove(data: &Path) -> io::Result<()> {
        match fs::remove_file(Self::path(data)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
