//! What the province's node has of everybody: the board as data, and waiting until it says what it should.

use std::{collections::BTreeSet, future::Future, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::time;

use super::{
    network::Network,
    offices::{Files, Office, Station},
};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);
/// Longest wait for one thing.
const WAIT_MAX: Duration = Duration::from_secs(90);

/// The province's board of one period.
#[derive(Debug)]
pub struct Board(Vec<Value>);

impl Board {
    /// Asks the province's node.
    pub async fn of(network: &Network, period: &str) -> Result<Self> {
        let root = network.operator(network.offices().root())?;
        let mut board = root.json(&["report", "board", "--period", period, "--json"]).await?;
        let Value::Array(rows) = board["rows"].take() else { bail!("the board has no rows") };
        ensure!(rows.len() == network.offices().iter().count(), "the board has {} rows", rows.len());
        Ok(Self(rows))
    }

    /// Ids of the offices that have filed.
    pub fn filed(&self) -> BTreeSet<String> {
        let rows = self.0.iter().filter(|row| row["filed"] != "nothing");
        rows.filter_map(|row| row["office"].as_str()).map(str::to_owned).collect()
    }

    /// An office's line: `up`, `down`, `unknown`, `none`.
    pub fn line(&self, office: &Office) -> &str {
        let row = self.0.iter().find(|row| row["office"] == office.id.as_str());
        row.and_then(|row| row["line"].as_str()).unwrap_or_default()
    }

    /// Every office with a node is on a line that passes; the one without has none. The province itself is nobody's child.
    pub fn lines_are_up(&self, network: &Network) -> bool {
        let up = |office: &Office| match office.station {
            Station::Node => "up",
            Station::None => "none",
        };
        network.offices().iter().filter(|office| office.parent.is_some()).all(|office| self.line(office) == up(office))
    }
}

/// Ids of the offices that file when the day begins.
pub fn filers(network: &Network) -> BTreeSet<String> {
    let filers = network.offices().iter().filter(|office| office.files != Files::Nothing);
    filers.map(|office| office.id.clone()).collect()
}

/// Waits until the province has these reports, no other, and every line passes.
pub async fn complete(network: &Network, period: &str, expected: &BTreeSet<String>) -> Result<()> {
    until("every report at the province and every line up", || async {
        let board = Board::of(network, period).await?;
        Ok(board.filed() == *expected && board.lines_are_up(network))
    })
    .await
}

/// Looks again and again until it is so.
pub async fn until<F: Future<Output = Result<bool>>>(what: &str, is_so: impl Fn() -> F) -> Result<()> {
    let looking = time::timeout(WAIT_MAX, async {
        while !is_so().await? {
            time::sleep(LOOK).await;
        }
        Ok(())
    });
    looking.await.with_context(|| format!("waited {WAIT_MAX:?} in vain for {what}"))?
}
