//! What an operator at one office's machine does: types `dutynet …` and reads the answer.

use std::{path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::{process::Command, time};

/// Longest time for one command.
const ANSWER_MAX: Duration = Duration::from_secs(15);

/// The command line said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Refused {
    /// Stable code; `None`: it was not asked for JSON.
    pub code: Option<String>,
    /// What it said.
    pub sentence: String,
}

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
        let mut command = Command::new(&self.program);
        command.args(words).arg("--config").arg(&self.config).stdin(Stdio::null()).kill_on_drop(true);
        let said = time::timeout(ANSWER_MAX, command.output()).await;
        let said = said.with_context(|| format!("`dutynet {}` gave no answer within {ANSWER_MAX:?}", words.join(" ")))?;
        let said = said.context("cannot start the command line")?;
        let printed = String::from_utf8_lossy(&said.stdout).into_owned();
        if said.status.success() {
            return Ok(printed);
        }
        Err(refused(&printed, &String::from_utf8_lossy(&said.stderr)).into())
    }

    /// Runs a command that was given `--json`.
    pub async fn json(&self, words: &[&str]) -> Result<Value> {
        let printed = self.run(words).await?;
        serde_json::from_str(&printed).with_context(|| format!("`dutynet {}` printed no JSON", words.join(" ")))
    }
}

/// A refusal stands on standard output as JSON when JSON was asked for, else on standard error.
fn refused(printed: &str, complained: &str) -> Refused {
    let error = serde_json::from_str::<Value>(printed).ok().map(|mut printed| printed["error"].take());
    let text = |key: &str| error.as_ref()?.get(key)?.as_str().map(str::to_owned);
    Refused { code: text("code"), sentence: text("sentence").unwrap_or_else(|| complained.trim().to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_understood_in_either_form() {
        let json = r#"{"error": {"code": "NOT_SERVING", "sentence": "x", "faults": []}}"#;
        assert_eq!(refused(json, ""), Refused { code: Some("NOT_SERVING".into()), sentence: "x".into() });
        assert_eq!(refused("", "y\n"), Refused { code: None, sentence: "y".into() });
    }
}
