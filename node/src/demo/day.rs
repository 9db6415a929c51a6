//! A day's reports: who files what, each at its own node, as its officer would.

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::task::JoinSet;

use super::{
    network::Network,
    notices,
    offices::{Files, Office},
    text,
};

/// What a node answered to a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// `saved`, `custody`, `arrived`, `parked`.
    pub state: String,
    /// The same had been filed before.
    pub folded: bool,
}

/// The day that the province's node takes it to be. Everybody files for this one, whatever happens at midnight.
pub async fn today(network: &Network) -> Result<String> {
    let board = network.operator(network.offices().root())?.json(&["report", "board", "--json"]).await?;
    Ok(board["period"].as_str().context("the board names no period")?.to_owned())
}

/// Every office files what the table says, all at once. Gives how many did.
pub async fn file_all(network: &Network, period: &str) -> Result<usize> {
    let mut filing = JoinSet::new();
    for office in network.offices().iter().filter(|office| office.files != Files::Nothing) {
        let (operator, words) = (network.operator(office)?.clone(), words(&office.files, period));
        let name = office.name.clone();
        filing.spawn(async move {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            operator.json(&words).await.with_context(|| name)
        });
    }
    let count = filing.len();
    while let Some(filed) = filing.join_next().await {
        filed.context("a task of the demonstration failed")??;
    }
    Ok(count)
}

/// One office files a zero report.
pub async fn file_zero(network: &Network, office: &Office, period: &str) -> Result<Answered> {
    let words = words(&Files::Zero, period);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    answered(&network.operator(office)?.json(&words).await?).context("`report zero` gave no state")
}

/// The office above enters what an office says by telephone: a zero report.
pub async fn file_zero_on_behalf(network: &Network, office: &Office, period: &str) -> Result<Answered> {
    let mut words = words(&Files::Zero, period);
    words.extend(["--on-behalf-of", &office.id, "--told-by", text::CALLER].map(str::to_owned));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let parent = network.operator(notices::parent(network, office)?)?;
    answered(&parent.json(&words).await?).context("`report zero` gave no state")
}

/// An office files the draft that its node has summed from its children's reports.
pub async fn file_draft(network: &Network, office: &Office, period: &str) -> Result<Answered> {
    let head = ["report", "daily", "--from-draft", "--period", period, "--as", text::PERSON, "--json"];
    let same = text::DAILY.iter().flat_map(|(option, value)| [*option, value]);
    let words: Vec<_> = head.into_iter().chain(same).collect();
    answered(&network.operator(office)?.json(&words).await?).context("`report daily` gave no state")
}

/// How far an office's own zero report has got: `saved`, `custody`, `arrived`, `parked`.
pub async fn state_of_zero(network: &Network, office: &Office, period: &str) -> Result<String> {
    let shown = network.operator(office)?.json(&["report", "show", "zero", "--period", period, "--json"]).await?;
    let last = shown["revisions"].as_array().and_then(|revisions| revisions.last());
    Ok(last.and_then(|revision| revision["state"].as_str()).context("`report show` gave no state")?.to_owned())
}

fn answered(answer: &Value) -> Option<Answered> {
    Some(Answered { state: answer["state"].as_str()?.to_owned(), folded: answer["folded"].as_bool()? })
}

fn words(files: &Files, period: &str) -> Vec<String> {
    let (form, fields) = match files {
        Files::Nothing | Files::Zero => ("zero", Vec::new()),
        Files::Daily { calls, incident } => {
            let same = text::DAILY.iter().flat_map(|(option, value)| [*option, value]);
            let incident = incident.as_deref().unwrap_or(text::NONE);
            ("daily", same.chain(["--calls", calls, "--incident", incident]).collect())
        }
    };
    let head = ["report", form, "--period", period, "--as", text::PERSON, "--json"];
    head.into_iter().chain(fields).map(str::to_owned).collect()
}
