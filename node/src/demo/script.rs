//! The scripted run: a cut and a kill while reports go up and a notice goes down, then everything heals, and the province must have each
//! report, and each signature, once.
//!
//! Nothing here waits for a time; each step waits until the nodes say what it is about, and fails when they do not within a limit.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{
    consultations, day,
    event::Event,
    go_between::Line,
    network::Network,
    notices::{self, SignForList},
    offices::{Office, Station},
    province::{Board, complete, filers, until},
    rollcalls, show,
    text::script as said,
};

/// Between two looks whether somebody has something to do, and how many.
const LOOK: Duration = Duration::from_millis(200);
const LOOKS: u32 = 60;

/// Whose line is cut, who reports behind it, who is killed, and who reports below the dead; who has no node and telephones, and who drafts.
struct Cast {
    cut: Office,
    behind: Office,
    killed: Office,
    below: Office,
    telephones: Office,
    drafts: Office,
}

impl Cast {
    fn of(network: &Network) -> Result<Self> {
        let office = |id| network.offices().by_id(id).cloned().context("the table of offices has changed");
        Ok(Self {
            cut: office("440882")?,
            behind: office("440882115")?,
            killed: office("440881")?,
            below: office("440881109")?,
            telephones: office("440825204")?,
            drafts: office("440983")?,
        })
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
    on_behalf_and_drafted(network, (&cast, &period), &mut tell).await?;
    expected.extend([cast.telephones.id.clone(), cast.drafts.id.clone()]);
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

    tell(Said::Step(said::NOTICE.to_owned()));
    let number = notice(network, &cast).await?;
    tell(Said::Shown(notices::printed(network, &number).await?));

    tell(Said::Step(said::event(&cast.behind)));
    let mut event = event_behind_the_cut(network, &cast).await?;
    tell(Said::Shown(event.printed(network, &cast.behind).await?));

    tell(Said::Step(said::ROLLCALL.to_owned()));
    let call = roll_call(network, &cast).await?;
    tell(Said::Shown(rollcalls::printed(network, &call).await?));

    let session = consultation(network, &cast, &mut tell).await?;

    tell(Said::Step(said::MEANWHILE.to_owned()));
    tell(Said::Shown(show::board(network, &period).await?));

    tell(Said::Step(said::RECOVER.to_owned()));
    network.set_line(&cast.cut, Line::Passing)?;
    network.start(&cast.killed).await?;
    expected.extend([cast.behind.id.clone(), cast.below.id.clone()]);
    complete(network, &period, &expected).await?;

    tell(Said::Step(said::EVENT_ENDS.to_owned()));
    event_ends(network, &mut event).await?;
    tell(Said::Shown(event.printed(network, network.offices().root()).await?));

    tell(Said::Step(said::SIGNED.to_owned()));
    everybody_signs(network, &number).await?;
    tell(Said::Shown(notices::printed(network, &number).await?));

    tell(Said::Step(said::ANSWERED.to_owned()));
    answers_behind_the_cut(network, &cast, &call).await?;
    tell(Said::Shown(rollcalls::printed(network, &call).await?));

    table_behind_the_cut(network, (&cast, &session), &mut tell).await?;

    tell(Said::Step(said::ONCE.to_owned()));
    each_once(network, &period, &expected).await?;
    for office in [network.offices().root(), &cast.cut, &cast.killed] {
        sound(network, office).await?;
    }
    Ok(())
}

/// What an office without a node says by telephone, and a county's own report, summed from its children's.
async fn on_behalf_and_drafted(network: &Network, (cast, period): (&Cast, &str), tell: &mut impl FnMut(Said)) -> Result<()> {
    let parent = notices::parent(network, &cast.telephones)?;
    tell(Said::Step(said::on_behalf(&cast.telephones, parent)));
    day::file_zero_on_behalf(network, &cast.telephones, period).await?;
    tell(Said::Step(said::draft(&cast.drafts)));
    tell(Said::Shown(show::draft(network, &cast.drafts, period).await?));
    day::file_draft(network, &cast.drafts, period).await?;
    Ok(())
}

/// Called in behind the cut: the county has it and reports on its own, and nobody above knows.
async fn event_behind_the_cut(network: &Network, cast: &Cast) -> Result<Event> {
    let mut event = Event::called_in(network, &cast.behind).await?;
    until("the incident at the county behind the cut", || async { Ok(event.reporters(network, &cast.cut).await?.is_some()) })
        .await?;
    event.goes_on(network).await?;
    let at_county = event.reporters(network, &cast.cut).await?.unwrap_or_default();
    ensure!(at_county == [cast.behind.id.clone(), cast.cut.id.clone()], "the county's books say {at_county:?}");
    ensure!(event.clocks(network, &cast.behind).await? > 0, "nothing is owed because of the incident");
    let above = notices::parent(network, &cast.cut)?;
    ensure!(event.reporters(network, above).await?.is_none(), "the incident went through a line that was cut");
    Ok(event)
}

/// Up to the province by each tier's own report, asked about, answered and closed.
async fn event_ends(network: &Network, event: &mut Event) -> Result<()> {
    event.to_its_end(network, LOOKS, || tokio::time::sleep(LOOK)).await?;
    let root = network.offices().root();
    let at_top = event.reporters(network, root).await?.unwrap_or_default();
    ensure!(at_top.len() == 1 && at_top[0] != event.office.id, "the province was reported to by {at_top:?}");
    Ok(())
}

/// A notice to everybody while a line is cut and a node is dead: whoever can be reached has it, and the first ones sign.
async fn notice(network: &Network, cast: &Cast) -> Result<String> {
    let number = notices::send(network, said::NOTICE_TITLE).await?;
    let cut_off: BTreeSet<_> = [&cast.cut, &cast.killed].into_iter().flat_map(|office| with_below(network, office)).collect();
    let reached: BTreeSet<_> = nodes_below(network).difference(&cut_off).cloned().collect();
    until("the notice at everybody who can be reached", || async {
        Ok(SignForList::of(network, &number).await?.delivered() == reached)
    })
    .await?;
    let signs = [notices::parent(network, &cast.telephones)?, &cast.telephones, &cast.drafts];
    for office in signs {
        notices::sign(network, office, &number).await?;
    }
    let signed: BTreeSet<_> = signs.iter().map(|office| office.id.clone()).collect();
    until("the first signatures at the province", || async {
        Ok(SignForList::of(network, &number).await?.signed_once() == signed)
    })
    .await?;
    Ok(number)
}

/// A roll call while a line is cut and a node is dead: whoever can be reached has it, and some answer.
async fn roll_call(network: &Network, cast: &Cast) -> Result<String> {
    let call = rollcalls::call(network).await?;
    let cut_off: BTreeSet<_> = [&cast.cut, &cast.killed].into_iter().flat_map(|office| with_below(network, office)).collect();
    let reached: BTreeSet<_> = nodes_below(network).difference(&cut_off).cloned().collect();
    until("the call at everybody who can be reached", || async {
        let table = rollcalls::table(network, &call).await?;
        let received = table.into_iter().filter(|(_, stands)| stands.received).map(|(office, _)| office);
        Ok(received.collect::<BTreeSet<_>>() == reached)
    })
    .await?;
    let answer = [notices::parent(network, &cast.telephones)?, &cast.drafts];
    for office in answer {
        rollcalls::answer(network, office).await?;
    }
    for office in answer {
        stands(network, (&call, office), "on_duty").await?;
    }
    stands(network, (&call, &cast.telephones), "no_node").await?;
    Ok(call)
}

/// A session while a line is cut and a node is dead: every office stands in its table, those that cannot be asked by the word of who is above.
/// Gives its number, and the table.
async fn consultation(network: &Network, cast: &Cast, tell: &mut impl FnMut(Said)) -> Result<(String, Value)> {
    tell(Said::Step(said::CONSULTATION.to_owned()));
    let session = consultations::call(network).await?;
    let table = consultations::keep(network, &session).await?;
    let rows = table["offices"].as_array().map_or(0, Vec::len);
    let below = network.offices().iter().filter(|office| office.parent.is_some()).count();
    ensure!(rows == below, "{rows} of {below} offices stand in the table");
    // Both counties stand below one city, which answers for them and for what is behind them.
    let above = notices::parent(network, &cast.cut)?;
    for unreached in [&cast.cut, &cast.behind, &cast.killed, &cast.below] {
        let said = consultations::row(&table, unreached);
        ensure!(said == Some((Some("line_down"), above.id.as_str())), "{}: {said:?}", unreached.name);
    }
    let answers = consultations::row(&table, &cast.drafts);
    ensure!(answers == Some((None, cast.drafts.id.as_str())), "{}: {answers:?}", cast.drafts.name);
    tell(Said::Shown(consultations::printed(network, network.offices().root(), &session).await?));
    Ok((session, table))
}

/// The line is healed: who was cut off reads the table as it was kept then.
async fn table_behind_the_cut(
    network: &Network,
    (cast, (session, table)): (&Cast, &(String, Value)),
    tell: &mut impl FnMut(Said),
) -> Result<()> {
    tell(Said::Step(said::kept_table(&cast.cut)));
    until("the table behind the line that was cut", || async {
        Ok(consultations::kept_at(network, &cast.cut, session).await?.is_some_and(|kept| kept == *table))
    })
    .await?;
    tell(Said::Shown(consultations::printed(network, &cast.cut, session).await?));
    Ok(())
}

/// The line is healed: who was cut off has the call now, and answers in its own time.
async fn answers_behind_the_cut(network: &Network, cast: &Cast, call: &str) -> Result<()> {
    let has_it = || async { Ok(rollcalls::table(network, call).await?.get(&cast.cut.id).is_some_and(|stands| stands.received)) };
    until("the call behind the line that was cut", has_it).await?;
    rollcalls::answer(network, &cast.cut).await?;
    stands(network, (call, &cast.cut), "on_duty").await
}

/// Until an office stands so at the province.
async fn stands(network: &Network, (call, office): (&str, &Office), outcome: &str) -> Result<()> {
    until("the answer at the province", || async {
        Ok(rollcalls::table(network, call).await?.get(&office.id).is_some_and(|stands| stands.outcome == outcome))
    })
    .await
}

/// Everybody has the notice by now, and everybody signs, some of them for the second time.
async fn everybody_signs(network: &Network, number: &str) -> Result<()> {
    let nodes = nodes_below(network);
    until("the notice at everybody", || async { Ok(SignForList::of(network, number).await?.delivered() == nodes) }).await?;
    for office in network.offices().iter().filter(|office| office.parent.is_some()) {
        notices::sign(network, office, number).await?;
    }
    until("every signature at the province", || async {
        let list = SignForList::of(network, number).await?;
        Ok(list.signed_once() == list.addressed())
    })
    .await
}

/// Ids of every office with a node but the province.
fn nodes_below(network: &Network) -> BTreeSet<String> {
    let offices = network.offices().iter().filter(|office| office.parent.is_some() && office.station == Station::Node);
    offices.map(|office| office.id.clone()).collect()
}

/// Ids of an office and everything below it.
fn with_below(network: &Network, office: &Office) -> BTreeSet<String> {
    let below = network.offices().below(&office.id).map(|office| office.id.clone());
    std::iter::once(office.id.clone()).chain(below).collect()
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
