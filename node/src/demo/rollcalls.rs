//! A roll call of the demonstration: made by the province of everybody, answered at each office's own node, and the table as data.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{network::Network, offices::Office, text};

/// The province calls everybody below. Gives the number of the call.
pub async fn call(network: &Network) -> Result<String> {
    let words = ["rollcall", "call", "--all", "--minutes", "10", "--as", text::PERSON, "--json"];
    let called = network.operator(network.offices().root())?.json(&words).await?;
    Ok(called["number"].as_str().context("`rollcall call` gave no number")?.to_owned())
}

/// Number of the province's newest call; `None`: it has made none.
pub async fn latest(network: &Network) -> Result<Option<String>> {
    let list = network.operator(network.offices().root())?.json(&["rollcall", "list", "--json"]).await?;
    Ok(list["calls"][0]["number"].as_str().map(str::to_owned))
}

/// An office answers at its own node whatever is open there.
pub async fn answer(network: &Network, office: &Office) -> Result<String> {
    let said = ["--leader", text::LEADER, "--officer", text::OFFICER, "--work", text::WORK, "--as", text::PERSON];
    network.operator(office)?.run(&[&["rollcall", "answer"], said.as_slice()].concat()).await
}

/// The table as the province's node prints it.
pub async fn printed(network: &Network, call: &str) -> Result<String> {
    network.operator(network.offices().root())?.run(&["rollcall", "board", call]).await
}

/// How an office stands at the province, and whether its node has the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// Stable name.
    pub outcome: String,
    /// Its node has it.
    pub received: bool,
}

/// How everybody stands at the province, by id.
pub async fn table(network: &Network, call: &str) -> Result<BTreeMap<String, Stands>> {
    let mut board = network.operator(network.offices().root())?.json(&["rollcall", "board", call, "--json"]).await?;
    let Value::Array(rows) = board["rows"].take() else { bail!("the table has no rows") };
    let stands = rows.iter().filter_map(|row| {
        let outcome = row["outcome"].as_str()?.to_owned();
        Some((row["office"].as_str()?.to_owned(), Stands { outcome, received: row["received_at"].is_string() }))
    });
    Ok(stands.collect())
}
