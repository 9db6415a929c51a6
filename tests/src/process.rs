//! A node as a process of its own, to be killed.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::{ground::program, net::until, running::is_free};

/// `dutynet serve` over a data folder; killed when it is dropped.
pub struct Process {
    child: Child,
    folder: PathBuf,
}

impl Process {
    /// Starts it and waits until it serves.
    pub async fn serve(folder: &Path) -> Self {
        is_free(folder).await;
        let config = folder.with_extension("toml");
        std::fs::write(&config, configuration(folder)).expect("a configuration is written");
        let program = program("dutynet");
        let mut command = Command::new(program);
        command.arg("--config").arg(&config).arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut this = Self { child: command.spawn().expect("a process is started"), folder: folder.to_owned() };
        until("it serves", || this.serving().is_some()).await;
        this
    }

    /// Where it listens for children.
    pub fn link(&mut self) -> SocketAddr {
        let serving = self.serving().expect("it serves");
        serving["link"].as_str().and_then(|link| link.parse().ok()).expect("it listens for children")
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().expect("a process of ours");
        self.child.wait().expect("it has ended");
    }

    fn serving(&mut self) -> Option<serde_json::Value> {
        let ended = self.child.try_wait().expect("a process of ours");
        assert!(ended.is_none(), "it ended by itself: {ended:?}");
        let text = std::fs::read(self.folder.join("serving.json")).ok()?;
        let serving: serde_json::Value = serde_json::from_slice(&text).ok()?;
        (serving["pid"] == self.child.id()).then_some(serving)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As short in its times as the nodes inside of the story.
fn configuration(folder: &Path) -> String {
    let heartbeat = Duration::from_millis(300).as_millis();
    format!(
        "[node]\ndata = {folder:?}\n[link]\nlisten = \"127.0.0.1:0\"\nheartbeat = \"{heartbeat}ms\"\nconnect_timeout = \"2s\"\n\
         retry_delay_max = \"200ms\"\n[api]\nlisten = \"127.0.0.1:0\"\n[store]\nfree_min = \"1MiB\"\nindex_cache = \"4MiB\"\n"
    )
}
