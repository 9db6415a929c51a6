//! One office's node as a process of its own: started, waited for, killed.
//!
//! A node lives no longer than the demonstration. It is killed when its [`NodeProcess`] is dropped (at the end, after a panic, when the
//! prompt is left by Ctrl-C), and should the demonstration itself be killed, the pipe to the node's standard input closes, which ends a
//! node that was started with `--until-stdin-closes`.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    process::{Child, Command},
    time,
};

/// Between two looks whether a node serves.
const LOOK: Duration = Duration::from_millis(20);
/// Longest time from start to serving.
const START_MAX: Duration = Duration::from_secs(90);

/// Why a node does not serve.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The process could not be started.
    #[error("cannot start a process: {0}")]
    Spawn(#[from] io::Error),
    /// It ended by itself.
    #[error("the node ended with {status} before it served; see {log}")]
    Ended {
        /// How.
        status: std::process::ExitStatus,
        /// What it said.
        log: PathBuf,
    },
    /// It takes too long.
    #[error("the node did not serve within {START_MAX:?}; see {log}")]
    TooLong {
        /// What it said.
        log: PathBuf,
    },
}

/// A node that runs.
#[derive(Debug)]
pub struct NodeProcess {
    child: Child,
}

impl NodeProcess {
    /// Starts a node and waits until it serves: until it has written `ready` anew. What it says goes to `log`.
    pub async fn start(command: Command, ready: &Path, log: &Path) -> Result<Self, StartFault> {
        remove(ready)?;
        let mut node = Self::spawn(command, log)?;
        let serves = time::timeout(START_MAX, async {
            while !ready.exists() {
                if let Some(status) = node.child.try_wait()? {
                    return Err(StartFault::Ended { status, log: log.to_owned() });
                }
                time::sleep(LOOK).await;
            }
            Ok(())
        });
        serves.await.map_err(|_| StartFault::TooLong { log: log.to_owned() })??;
        Ok(node)
    }

    fn spawn(mut command: Command, log: &Path) -> io::Result<Self> {
        let log = File::options().create(true).append(true).open(log)?;
        // A group of its own: Ctrl-C at the prompt is for the demonstration alone.
        command.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true).process_group(0);
        Ok(Self { child: command.spawn()? })
    }

    /// Its process id.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Kills it as a power cut would (SIGKILL), and waits until it is gone.
    pub async fn kill(mut self) -> io::Result<()> {
        self.child.kill().await
    }

    /// Lets it end by itself, as it does when its standard input closes; kills it when that takes too long.
    pub async fn stop(mut self) -> io::Result<()> {
        drop(self.child.stdin.take());
        match time::timeout(Duration::from_secs(5), self.child.wait()).await {
            Ok(ended) => ended.map(|_| ()),
            Err(_) => self.child.kill().await,
        }
    }
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => Err(fault),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, ready: &Path) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).env("READY", ready);
        command
    }

    #[tokio::test]
    async fn a_node_is_ready_when_it_says_so_and_gone_when_killed() {
        let folder = tempfile::tempdir().unwrap();
        let (ready, log) = (folder.path().join("serving.json"), folder.path().join("log"));
        fs::write(&ready, "left over").unwrap();
        let node = NodeProcess::start(shell("echo here > $READY.new; mv $READY.new $READY; exec sleep 60", &ready), &ready, &log)
            .await
            .unwrap();
        assert_eq!(fs::read_to_string(&ready).unwrap(), "here\n");
        let process = PathBuf::from(format!("/proc/{}", node.id().unwrap()));
        assert!(process.exists());
        node.kill().await.unwrap();
        assert!(!process.exists());
    }

    #[tokio::test]
    async fn a_node_that_ends_at_once_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let (ready, log) = (folder.path().join("serving.json"), folder.path().join("log"));
        let fault = NodeProcess::start(shell("echo no port; exit 3", &ready), &ready, &log).await.unwrap_err();
        assert!(matches!(fault, StartFault::Ended { status, .. } if status.code() == Some(3)));
        assert_eq!(fs::read_to_string(&log).unwrap(), "no port\n");
    }

    #[tokio::test]
    async fn a_node_ends_with_its_standard_input() {
        let folder = tempfile::tempdir().unwrap();
        let (ready, log) = (folder.path().join("serving.json"), folder.path().join("log"));
        let script = "echo here > $READY; cat; echo ended by itself";
        NodeProcess::start(shell(script, &ready), &ready, &log).await.unwrap().stop().await.unwrap();
        assert_eq!(fs::read_to_string(&log).unwrap(), "ended by itself\n");
    }
}
