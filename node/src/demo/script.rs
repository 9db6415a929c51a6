//! The scripted run: a cut and a kill while reports are made, then everything heals, and the province must have each report once.
//!
//! Nothing here waits for a time; each step waits until the nodes say what it is about, and fails when they do not within a limit.

use std::{collections::BTreeSet, future::Future, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::time;

use super::{
    day,
    go_between::Line,
    network::Network,
    offices::{Files, Office, Station},
    text::script as said,
};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(200);
/// Longest wait for one thing.
const STEP_MAX: Duration = Duration::from_secs(15);

/// Whose line is cut, who reports behind it, who is killed, and who reports below the dead.
struct Cast {
    cut: Office,
    behind: Office,
    killed: Office,
    below: Office,
}

impl Cast {
    fn of(network: &Network) -> Result<Self> {
        let office = |id| network.offices().by_id(id).cloned().context("the table of offices has changed");
        Ok(Self { cut: office("440882")?, behind: office("440882115")?, killed: office("440881")?, below: office("440881109")? })
    }
}

/// Runs the whole script. `tell` hears of each step as it begins.
pub async fn run(network: &mut Network, mut tell: impl FnMut(&str)) -> Result<()> {
    let cast = Cast::of(network)?;
    let period = day::today(network).await?;
    let mut expected: BTreeSet<String> = filers(network).map(|office| office.id.clone()).collect();

    tell(said::DAY);
    day::file_all(network, &period).await?;
    until("the day's reports at the province", || async { Ok(filed(&board(network, &period).await?) == expected) }).await?;

    tell(&said::cut(&cast.cut));
    network.set_line(&cast.cut, Line::Cut)?;
    until("the cut line at the province", || async {
        let board = board(network, &period).await?;
        Ok(line(&board, &cast.cut) == "down" && line(&board, &cast.behind) == "unknown")
    })
    .await?;

    tell(&said::behind_the_cut(&cast.behind));
    day::file_zero(network, &cast.behind, &period).await?;
    until("custody at the county behind the cut", || has_left(network, &cast.behind, &period)).await?;
    ensure!(filed(&board(network, &period).await?) == expected, "a report went through a line that was cut");

    tell(&said::kill(&cast.killed));
    network.kill(&cast.killed).await?;
    until("the dead node's line at the province", || async { Ok(line(&board(network, &period).await?, &cast.killed) == "down") })
        .await?;

    tell(&said::below_the_dead(&cast.below));
    let answered = day::file_zero(network, &cast.below, &period).await?;
    ensure!(answered.state == "saved", "{} is {} although the county is dead", cast.below.name, answered.state);

    tell(said::RECOVER);
    network.set_line(&cast.cut, Line::Passing)?;
    network.start(&cast.killed).await?;
    expected.extend([cast.behind.id.clone(), cast.below.id.clone()]);
    until("every report at the province and every line up", || async {
        let board = board(network, &period).await?;
        Ok(filed(&board) == expected && lines_are_up(network, &board))
    })
    .await?;

    tell(said::ONCE);
    each_once(network, &period, &expected).await?;
    for office in [network.offices().root(), &cast.cut, &cast.killed] {
        sound(network, office).await?;
    }
    Ok(())
}

fn filers(network: &Network) -> impl Iterator<Item = &Office> {
    network.offices().iter().filter(|office| office.files != Files::Nothing)
}

/// Looks again and again until it is so.
async fn until<F: Future<Output = Result<bool>>>(what: &str, is_so: impl Fn() -> F) -> Result<()> {
    let looking = time::timeout(STEP_MAX, async {
        while !is_so().await? {
            time::sleep(LOOK).await;
        }
        Ok(())
    });
    looking.await.with_context(|| format!("waited {STEP_MAX:?} in vain for {what}"))?
}

async fn board(network: &Network, period: &str) -> Result<Vec<Value>> {
    let mut board = network.operator(network.offices().root())?.json(&["report", "board", "--period", period, "--json"]).await?;
    let Value::Array(rows) = board["rows"].take() else { bail!("the board has no rows") };
    ensure!(rows.len() == network.offices().iter().count(), "the board has {} rows", rows.len());
    Ok(rows)
}

/// Offices that have filed, as the board has it.
fn filed(board: &[Value]) -> BTreeSet<String> {
    let rows = board.iter().filter(|row| row["filed"] != "nothing");
    rows.filter_map(|row| row["office"].as_str()).map(str::to_owned).collect()
}

fn line<'a>(board: &'a [Value], office: &Office) -> &'a str {
    let row = board.iter().find(|row| row["office"] == office.id.as_str());
    row.and_then(|row| row["line"].as_str()).unwrap_or_default()
}

/// Every office with a node is on a line that passes; the one without has none. The province itself is nobody's child.
fn lines_are_up(network: &Network, board: &[Value]) -> bool {
    let children = network.offices().iter().filter(|office| office.parent.is_some());
    children.into_iter().all(|office| {
        line(board, office)
            == match office.station {
                Station::Node => "up",
                Station::None => "none",
            }
    })
}

/// Whether an office's zero report is on its parent's disk.
async fn has_left(network: &Network, office: &Office, period: &str) -> Result<bool> {
    let shown = network.operator(office)?.json(&["report", "show", "zero", "--period", period, "--json"]).await?;
    Ok(shown["revisions"].as_array().is_some_and(|all| all.iter().all(|revision| revision["state"] != "saved")))
}

/// Each expected report stands at the province in one revision of one record; nobody else has one.
async fn each_once(network: &Network, period: &str, expected: &BTreeSet<String>) -> Result<()> {
    let root = network.operator(network.offices().root())?;
    for office in network.offices().iter() {
        let mut revisions = 0;
        for form in ["daily", "zero"] {
            let words = ["report", "show", form, "--period", period, "--office", &office.id, "--json"];
            let shown = root.json(&words).await?;
            revisions += shown["revisions"].as_array().map_or(0, Vec::len);
        }
        let should = usize::from(expected.contains(&office.id));
        ensure!(revisions == should, "{} has {revisions} reports at the province, not {should}", office.name);
    }
    Ok(())
}

/// Journal and index of an office agree, and nothing waits or is parked.
async fn sound(network: &Network, office: &Office) -> Result<()> {
    let operator = network.operator(office)?;
    let verified = operator.json(&["verify", "--json"]).await?;
    ensure!(verified["faults"].as_array().is_some_and(Vec::is_empty), "{}: {}", office.name, verified["faults"]);
    let status = operator.json(&["status", "--json"]).await?;
    ensure!(status["parked"] == 0 && status["not_interpreted"] == 0, "{}: {status}", office.name);
    Ok(())
}
