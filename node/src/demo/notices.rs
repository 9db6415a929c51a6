//! A notice of the demonstration: sent by the province to everybody, signed for at each office's own node, or by its parent for one that has
//! none; and the province's sign-for list as data.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{
    network::Network,
    offices::{Office, Station},
    text,
};

/// The province sends a notice to everybody below. Gives its number.
pub async fn send(network: &Network, title: &str) -> Result<String> {
    let words = ["notice", "send", "--all", "--urgency", "urgent", "--sign-by", "2h", "--title", title, "--text", text::NOTICE];
    let words = [words.as_slice(), &["--as", text::PERSON, "--json"]].concat();
    let sent = network.operator(network.offices().root())?.json(&words).await?;
    Ok(sent["number"].as_str().context("`notice send` gave no number")?.to_owned())
}

/// Number of the province's newest notice; `None`: it has sent none.
pub async fn latest(network: &Network) -> Result<Option<String>> {
    let list = network.operator(network.offices().root())?.json(&["notice", "list", "--json"]).await?;
    Ok(list["notices"][0]["notice"]["number"].as_str().map(str::to_owned))
}

/// An office signs: at its own node, or by telephone at its parent's.
pub async fn sign(network: &Network, office: &Office, number: &str) -> Result<Value> {
    let signs = ["notice", "sign", number, "--as", text::PERSON, "--json"];
    match office.station {
        Station::Node => network.operator(office)?.json(&signs).await,
        Station::None => {
            let told = ["--on-behalf-of", &office.id, "--told-by", text::CALLER];
            network.operator(parent(network, office)?)?.json(&[signs.as_slice(), &told].concat()).await
        }
    }
}

/// Who stands for an office without a node.
pub fn parent<'a>(network: &'a Network, office: &Office) -> Result<&'a Office> {
    let parent = office.parent.as_deref().and_then(|parent| network.offices().by_id(parent));
    parent.with_context(|| format!("{} has no parent", office.name))
}

/// The sign-for list as the province's node prints it.
pub async fn printed(network: &Network, number: &str) -> Result<String> {
    network.operator(network.offices().root())?.run(&["notice", "board", number]).await
}

/// The province's sign-for list of one notice.
#[derive(Debug)]
pub struct SignForList(Vec<Value>);

impl SignForList {
    /// Asks the province's node.
    pub async fn of(network: &Network, number: &str) -> Result<Self> {
        let mut board = network.operator(network.offices().root())?.json(&["notice", "board", number, "--json"]).await?;
        let Value::Array(rows) = board["rows"].take() else { bail!("the list has no rows") };
        Ok(Self(rows))
    }

    /// Ids of all that are on it.
    pub fn addressed(&self) -> BTreeSet<String> {
        self.those(|_| true)
    }

    /// Ids of those whose nodes have it.
    pub fn delivered(&self) -> BTreeSet<String> {
        self.those(|row| row["undelivered"].is_null())
    }

    /// Ids of those for which exactly one person has signed.
    pub fn signed_once(&self) -> BTreeSet<String> {
        self.those(|row| row["signatures"].as_array().is_some_and(|signatures| signatures.len() == 1))
    }

    fn those(&self, test: impl Fn(&Value) -> bool) -> BTreeSet<String> {
        let rows = self.0.iter().filter(|row| test(row));
        rows.filter_map(|row| row["office"].as_str()).map(str::to_owned).collect()
    }
}
