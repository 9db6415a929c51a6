//! The scripted run: a cut and a kill while reports are made, then everything heals, and the province must have each report once.
//!
//! Nothing here waits for a time; each step waits until the nodes say what it is about, and fails when they do not within a limit.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};

use super::{
    day,
    go_between::Line,
    network::Network,
    offices::Office,
    province::{Board, complete, filers, until},
    show,
    text::script as said,
};

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

/// What the script has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A step begins.
    Step(String),
    /// What a node shows in between.
    Shown(String),
}

/// Runs the whole script. `tell` hears of each step as it begins.
pub async fn run(network: &mut Network, mut tell: impl FnMut(Said)) -> Result<()> {
    let cast = Cast::of(network)?;
    let period = day::today(network).await?;
    let mut expected = filers(network);

    tell(Said::Step(said::DAY.to_owned()));
    day::file_all(network, &period).await?;
    complete(network, &period, &expected).await?;

    tell(Said::Step(said::cut(&cast.cut)));
    network.set_line(&cast.cut, Line::Cut)?;
    until("the cut line at the province", || async {
        let board = Board::of(network, &period).await?;
        Ok(board.line(&cast.cut) == "down" && board.line(&cast.behind) == "unknown")
    })
    .await?;

    tell(Said::Step(said::behind_the_cut(&cast.behind)));
    day::file_zero(network, &cast.behind, &period).await?;
    until("custody at the county behind the cut", || async {
        Ok(day::state_of_zero(network, &cast.behind, &period).await? == "custody")
    })
    .await?;
    ensure!(Board::of(network, &period).await?.filed() == expected, "a report went through a line that was cut");

    tell(Said::Step(said::kill(&cast.killed)));
    network.kill(&cast.killed).await?;
    until("the dead node's line at the province", || async {
        Ok(Board::of(network, &period).await?.line(&cast.killed) == "down")
    })
    .await?;

    tell(Said::Step(said::below_the_dead(&cast.below)));
    let answered = day::file_zero(network, &cast.below, &period).await?;
    ensure!(answered.state == "saved", "{} is {} although the county is dead", cast.below.name, answered.state);

    tell(Said::Step(said::MEANWHILE.to_owned()));
    tell(Said::Shown(show::board(network, &period).await?));

    tell(Said::Step(said::RECOVER.to_owned()));
    network.set_line(&cast.cut, Line::Passing)?;
    network.start(&cast.killed).await?;
    expected.extend([cast.behind.id.clone(), cast.below.id.clone()]);
    complete(network, &period, &expected).await?;

    tell(Said::Step(said::ONCE.to_owned()));
    each_once(network, &period, &expected).await?;
    for office in [network.offices().root(), &cast.cut, &cast.killed] {
        sound(network, office).await?;
    }
    Ok(())
}

/// Each expected report stands at the province in one revision of one record; nobody else has one.
async fn each_once(network: &Network, period: &str, expected: &BTreeSet<String>) -> Result<()> {
    for office in network.offices().iter() {
        let filed = revisions(network, office, "daily", period).await? + revisions(network, office, "zero", period).await?;
        let should = usize::from(expected.contains(&office.id));
        ensure!(filed == should, "{} has {filed} reports at the province, not {should}", office.name);
    }
    Ok(())
}

/// How many revisions of an office's form the province has.
async fn revisions(network: &Network, office: &Office, form: &str, period: &str) -> Result<usize> {
    let root = network.operator(network.offices().root())?;
    let shown = root.json(&["report", "show", form, "--period", period, "--office", &office.id, "--json"]).await?;
    Ok(shown["revisions"].as_array().context("`report show` gave no revisions")?.len())
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
