//! `dutynet rules`: packs checked, sent, laid, listed and asked.

use std::fs;

use dutynet_proto::{api, duty};
use dutynet_relay::clock::{Clock as _, SystemClock};
use serde::Serialize;

use super::{
    args::{
        Place,
        rules::{AskRules, CheckPack, PutPack, RulesVerb},
    },
    client::{Node, file_told, heard, patiently},
    convert, person, printed,
    table::Table,
    told::Told,
};
use crate::{
    domain::rules::{Pack, PackFault, Packs},
    text::{notice, refusal::Refusal, rules as text},
};

pub(super) async fn run(place: &Place, verb: &RulesVerb) -> Result<String, Told> {
    match verb {
        RulesVerb::Check(check) => self::check(place, check).await,
        RulesVerb::Send(put) => self::put(place, put, duty::PackReach::Subtree).await,
        RulesVerb::Lay(put) => self::put(place, put, duty::PackReach::Own).await,
        RulesVerb::List(list) => {
            let mut reply = heard(Node::find(place).await?.rules().list(api::ListRulesRequest {}).await)?;
            if !list.children {
                reply.offices.truncate(1);
            }
            let offices: Vec<Runs> = reply.offices.iter().map(Runs::from).collect();
            Ok(if list.output.json { printed(&offices) } else { runs(&reply) })
        }
        RulesVerb::Ask(ask) => self::ask(place, ask).await,
    }
}

/// One fault. JSON of `rules check`, in a list.
#[derive(Debug, Serialize)]
struct Fault {
    line: u32,
    place: String,
    sentence: String,
}

/// Faults by this program alone, and by the rules in force where a node can be asked. Any fault is a refusal.
async fn check(place: &Place, check: &CheckPack) -> Result<String, Told> {
    let written = fs::read_to_string(&check.file).map_err(|error| file_told(&error, &check.file))?;
    let mut faults = match Pack::parse(&written) {
        Ok(pack) => Packs::built_in().in_force().strange_categories(&pack),
        Err(faults) => faults,
    };
    faults.sort_by_key(|fault| fault.line);
    let mut faults: Vec<Fault> = faults.iter().map(fault).collect();
    if let Ok(node) = Node::find(place).await {
        let reply = heard(node.rules().check(api::CheckPackRequest { text: written }).await)?;
        let asked = |f: api::PackFault| Fault { line: f.line, place: f.place, sentence: f.sentence };
        faults = reply.faults.into_iter().map(asked).collect();
    }
    if faults.is_empty() {
        return Ok(if check.output.json { printed(&faults) } else { text::SOUND.to_owned() });
    }
    let lines = faults.iter().map(|f| text::line(f.line, &f.place, &f.sentence)).collect::<Vec<_>>().join("\n");
    let shown = if check.output.json { printed(&faults) } else { lines };
    Err(Told::of(Refusal::PackFaulty).printed(shown))
}

fn fault(from: &PackFault) -> Fault {
    let line = u32::try_from(from.line).unwrap_or(u32::MAX);
    Fault { line, place: from.place.clone(), sentence: text::sentence(&from.kind) }
}

/// JSON of `rules send` and `rules lay`.
#[derive(Debug, Serialize)]
struct Put {
    pack: String,
    version: u32,
    folded: bool,
}

async fn put(place: &Place, put: &PutPack, reach: duty::PackReach) -> Result<String, Told> {
    let text = fs::read_to_string(&put.file).map_err(|error| file_told(&error, &put.file))?;
    let id = put.making.id()?;
    let by = Some(person::named(&put.making.by)?);
    let request = api::PutPackRequest { id: id.into(), text, reach: reach.into(), by };
    let node = Node::find(place).await?;
    let reply = patiently(|| {
        let (mut rules, request) = (node.rules(), request.clone());
        async move { rules.put(request).await }
    });
    let api::PutPackReply { pack, version, folded, .. } = reply.await?;
    if put.making.output.json { Ok(printed(&Put { pack, version, folded })) } else { Ok(text::put(&pack, version)) }
}

/// One office. JSON of `rules list`, in a list.
#[derive(Debug, Serialize)]
struct Runs {
    office: String,
    name: String,
    /// `statute@1`; empty: it has not said yet.
    packs: Vec<String>,
    since: Option<String>,
}

impl From<&api::RunsRules> for Runs {
    fn from(from: &api::RunsRules) -> Self {
        Self {
            office: from.office.clone(),
            name: from.name.clone(),
            packs: from.packs.iter().map(|pack| format!("{}@{}", pack.pack, pack.version)).collect(),
            since: convert::moment(from.since_ms).map(crate::domain::beijing::rfc3339),
        }
    }
}

fn runs(reply: &api::ListRulesReply) -> String {
    let now = SystemClock::default().wall();
    let mut table = Table::new(&text::RUNS);
    for office in &reply.offices {
        let runs = Runs::from(office);
        let packs = if runs.packs.is_empty() { text::NOT_TOLD.to_owned() } else { runs.packs.join(" ") };
        table.row([runs.office, runs.name, packs, notice::time(convert::moment(office.since_ms), now)]);
    }
    table.render()
}

/// JSON of `rules ask`.
#[derive(Debug, Serialize)]
struct Answer {
    day: String,
    /// `work`, `rest`, `unannounced`.
    kind: String,
    name: String,
    source: String,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    kind: String,
    key: String,
    limit: String,
    basis: String,
    says: String,
    pack: String,
    version: u32,
    row: String,
    article: String,
    source: String,
}

async fn ask(place: &Place, ask: &AskRules) -> Result<String, Told> {
    let request = api::AskRulesRequest {
        day: ask.day.clone(),
        category: ask.category.clone(),
        grade: ask.grade.clone(),
        tier: ask.tier.clone(),
        flags: ask.flags.clone(),
        area: ask.area.clone(),
    };
    let api::AskRulesReply { day, kind, name, source, rows } = heard(Node::find(place).await?.rules().ask(request).await)?;
    let answer = Answer { day, kind, name, source, rows: rows.into_iter().map(row).collect() };
    if ask.output.json {
        return Ok(printed(&answer));
    }
    let mut table = Table::new(&text::ROWS);
    for row in &answer.rows {
        let cells = [&row.kind, &row.key, &row.limit, &row.says, &row.article];
        table.row(cells.map(Clone::clone));
    }
    Ok([text::day(&answer.day, &answer.kind, &answer.name), table.render()].join("\n\n"))
}

fn row(from: api::RuleRow) -> Row {
    let api::RuleRow { kind, key, limit, basis, says, pack, version, row, article, source } = from;
    Row { kind, key, limit, basis, says, pack, version, row, article, source }
}

#[cfg(test)]
pub(super) mod tests;
