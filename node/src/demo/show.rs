//! What the nodes say, as the prompt shows it.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;

use super::{
    go_between::Line,
    network::Network,
    offices::{Office, Station},
    text::links,
};
use crate::cli::table::Table;

/// The province's board, as its node prints it.
pub async fn board(network: &Network, period: &str) -> Result<String> {
    network.operator(network.offices().root())?.run(&["report", "board", "--period", period]).await
}

/// The draft that an office's node has summed from its children's reports, as it prints it.
pub async fn draft(network: &Network, office: &Office, period: &str) -> Result<String> {
    network.operator(office)?.run(&["report", "draft", "daily", "--period", period]).await
}

/// Every line, as both of its ends see it.
pub async fn links(network: &Network) -> Result<String> {
    let mut seen = BTreeMap::new();
    for office in network.offices().iter().filter(|office| office.station == Station::Node && network.runs(office)) {
        seen.insert(office.id.as_str(), network.operator(office)?.json(&["links", "--json"]).await?);
    }
    let mut table = Table::new(&links::HEAD);
    for office in network.offices().iter() {
        let Some(parent) = office.parent.as_deref().and_then(|parent| network.offices().by_id(parent)) else { continue };
        if office.station == Station::Node {
            table.row(row(network, &seen, office, parent));
        }
    }
    Ok(table.render())
}

fn row(network: &Network, seen: &BTreeMap<&str, Value>, child: &Office, parent: &Office) -> [String; 7] {
    let go_between = match network.line(child) {
        Some(Line::Passing) => links::PASSING,
        Some(Line::Cut) => links::CUT,
        None => links::DASH,
    };
    let (from_child, from_parent) = (end(seen, child, parent), end(seen, parent, child));
    let number = |count: Option<u64>| count.map_or_else(|| links::DASH.to_owned(), |count| count.to_string());
    let waiting = from_child
        .and_then(|link| link["lanes"].as_object())
        .map(|lanes| lanes.values().filter_map(|lane| lane["waiting"].as_u64()).sum());
    let next = from_child.and_then(|link| link["next_attempt"].as_str()).map_or(links::DASH, clock);
    [
        links::name(&child.name, &parent.name),
        go_between.to_owned(),
        as_seen(from_child),
        as_seen(from_parent),
        number(waiting),
        number(from_child.and_then(|link| link["parked"].as_u64())),
        next.to_owned(),
    ]
}

/// The link to `other` as the node of `office` sees it; `None`: that node does not run.
fn end<'a>(seen: &'a BTreeMap<&str, Value>, office: &Office, other: &Office) -> Option<&'a Value> {
    seen.get(office.id.as_str())?["links"].as_array()?.iter().find(|link| link["office"] == other.id.as_str())
}

fn as_seen(link: Option<&Value>) -> String {
    let Some(link) = link else { return links::OFF.to_owned() };
    links::seen(link["line"].as_str().unwrap_or_default(), link["since"].as_str().map(clock))
}

/// Time of day of an RFC 3339 time.
fn clock(time: &str) -> &str {
    time.get(11..19).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::demo::offices::Offices;

    #[test]
    fn an_end_is_found_by_its_neighbour_and_shown_with_its_time() {
        let offices = Offices::built_in();
        let (child, parent) = (offices.find("雷州市").unwrap(), offices.find("湛江市").unwrap());
        let link = json!({"office": "440800", "line": "down", "since": "2026-03-01T08:30:05+08:00"});
        let seen = BTreeMap::from([("440882", json!({"links": [link]}))]);
        assert_eq!(as_seen(end(&seen, child, parent)), "断（08:30:05 起）");
        assert_eq!(as_seen(end(&seen, parent, child)), "未运行");
    }
}
