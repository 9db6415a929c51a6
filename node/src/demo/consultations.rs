//! A consultation of the demonstration: called by the province for everything below it, the status of every office asked and kept, and read again
//! at any office of the session.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{network::Network, offices::Office, text, text::consultation as said};

/// The province calls a session for all of its children with what is below them. Gives its number.
pub async fn call(network: &Network) -> Result<String> {
    let root = network.offices().root();
    let areas: Vec<_> = network.offices().iter().filter(|office| office.parent.as_ref() == Some(&root.id)).collect();
    let areas = areas.iter().map(|office| office.id.as_str()).collect::<Vec<_>>().join(",");
    let words = [&["consultation", "call", "--to", &areas][..], &said::CALL, &["--as", text::PERSON, "--json"]].concat();
    let called = network.operator(root)?.json(&words).await?;
    Ok(called["number"].as_str().context("`consultation call` gave no number")?.to_owned())
}

/// Asks everybody, and keeps the table. Gives it as data.
pub async fn keep(network: &Network, session: &str) -> Result<Value> {
    let words = ["consultation", "status", session, "--as", text::PERSON, "--json"];
    let mut kept = network.operator(network.offices().root())?.json(&words).await?;
    Ok(kept["table"].take())
}

/// The last table that was kept, as an office's node has it; `None`: it has not, yet.
pub async fn kept_at(network: &Network, office: &Office, session: &str) -> Result<Option<Value>> {
    let Ok(mut kept) = network.operator(office)?.json(&["consultation", "table", session, "--json"]).await else {
        return Ok(None);
    };
    Ok(Some(kept["table"].take()).filter(|table| !table.is_null()))
}

/// The same, as it prints it.
pub async fn printed(network: &Network, office: &Office, session: &str) -> Result<String> {
    network.operator(office)?.run(&["consultation", "table", session]).await
}

/// Why an office has not answered itself, and who answers for it.
pub fn row<'a>(table: &'a Value, office: &Office) -> Option<(Option<&'a str>, &'a str)> {
    let row = table["offices"].as_array()?.iter().find(|row| row["office"] == office.id.as_str())?;
    Some((row["why"].as_str(), row["by"].as_str()?))
}
