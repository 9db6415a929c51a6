//! What an operator at one office's machine does: types `dutynet …` and reads the answer.

use std::{path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use tokio::{io::AsyncWriteExt as _, process::Command, time};

/// Longest time for one command.
const ANSWER_MAX: Duration = Duration::from_secs(15);

/// The command line of one node.
#[derive(Debug, Clone)]
pub struct Operator {
    program: PathBuf,
    config: PathBuf,
}

impl Operator {
    /// For the node of this configuration.
    pub fn new(program: PathBuf, config: PathBuf) -> Self {
        Self { program, config }
    }

    /// Runs a command and gives what it printed; a refusal is an error with the sentence that it gave.
    pub async fn run(&self, words: &[&str]) -> Result<String> {
        self.run_with(words, "").await
    }

    /// Runs a command and types a few lines when it asks for them.
    pub async fn run_with(&self, words: &[&str], typed: &str) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.args(words).arg("--config").arg(&self.config).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let said = time::timeout(ANSWER_MAX, async {
            let mut child = command.spawn()?;
            if let Some(mut input) = child.stdin.take() {
                // A command that asks for nothing may have ended already.
                let _ = input.write_all(typed.as_bytes()).await;
            }
            child.wait_with_output().await
        });
        let said = said.await;
        let said = said.with_context(|| format!("`dutynet {}` gave no answer within {ANSWER_MAX:?}", words.join(" ")))?;
        let said = said.context("cannot start the command line")?;
        let printed = String::from_utf8_lossy(&said.stdout).into_owned();
        if said.status.success() {
            return Ok(printed);
        }
        Err(anyhow!(refused(&printed, &String::from_utf8_lossy(&said.stderr))))
    }

    /// Runs a command that was given `--json`.
    pub async fn json(&self, words: &[&str]) -> Result<Value> {
        let printed = self.run(words).await?;
        serde_json::from_str(&printed).with_context(|| format!("`dutynet {}` printed no JSON", words.join(" ")))
    }
}

/// What was said: a refusal stands on standard output as JSON when JSON was asked for, else on standard error.
fn refused(printed: &str, complained: &str) -> String {
    let json = serde_json::from_str::<Value>(printed).unwrap_or_default();
    json["error"]["sentence"].as_str().unwrap_or(complained.trim()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_understood_in_either_form() {
        assert_eq!(refused(r#"{"error": {"code": "NOT_SERVING", "sentence": "x"}}"#, ""), "x");
        assert_eq!(refused("", "y\n"), "y");
    }
}
