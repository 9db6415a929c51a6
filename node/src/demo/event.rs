//! One incident of the demonstration, with its clocks: called in at an office, told, reported up tier by tier, a question back down, its answer
//! and its close. Each office acts at its own node and on what that node has; what is behind a cut waits.

use std::future::Future;

use anyhow::{Context, Result, bail};
use dutynet_relay::clock::{Clock as _, SystemClock};
use serde_json::Value;

use super::{network::Network, notices, offices::Office, operator::Operator, text, text::event as said};
use crate::domain::beijing;

/// An incident, and what has been asked about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where it was called in.
    pub office: Office,
    /// Its number, the same at every tier.
    pub number: String,
    /// Number of the province's question; `None`: it has asked none.
    pub question: Option<String>,
}

impl Event {
    /// An office takes the call, tells its leader, and reports.
    pub async fn called_in(network: &Network, office: &Office) -> Result<Self> {
        let operator = network.operator(office)?;
        let call = [&["incident", "call"][..], &said::CALL, &COMMON].concat();
        let called = operator.json(&call).await?;
        let number = called["number"].as_str().context("`incident call` gave no number")?.to_owned();
        let event = Self { office: office.clone(), number, question: None };
        event.tells_its_leader(operator).await?;
        event.reports(operator).await?;
        Ok(event)
    }

    /// Everybody does what is next for him, as far as his node knows of it. Gives what was done; nothing: it waits for a line, or is over.
    pub async fn goes_on(&mut self, network: &Network) -> Result<Vec<String>> {
        let mut done = Vec::new();
        let root = network.offices().root();
        let mut tier = notices::parent(network, &self.office)?;
        while tier.id != root.id {
            if network.runs(tier) && self.tier_reports(network.operator(tier)?, tier).await? {
                done.push(said::reported(tier));
            }
            tier = notices::parent(network, tier)?;
        }
        if network.runs(root) && network.runs(&self.office) {
            done.extend(self.is_asked_about(network).await?);
        }
        Ok(done)
    }

    /// A tier that has the incident and has not said anything of it yet tells its leader and reports on its own.
    async fn tier_reports(&self, operator: &Operator, tier: &Office) -> Result<bool> {
        let Some(shown) = shown(operator, "incident", &self.number).await? else { return Ok(false) };
        if took(&shown, &tier.id, "incident.report") {
            return Ok(false);
        }
        self.tells_its_leader(operator).await?;
        self.reports(operator).await?;
        Ok(true)
    }

    /// The province asks, the office answers, the province is content.
    async fn is_asked_about(&mut self, network: &Network) -> Result<Option<String>> {
        let (root, asked) = (network.operator(network.offices().root())?, network.operator(&self.office)?);
        let Some(question) = self.question.clone() else {
            if shown(root, "incident", &self.number).await?.is_none() {
                return Ok(None);
            }
            let ask = ["question", "ask", "--incident", &self.number, "--to", &self.office.id];
            let asked = root.json(&[&ask[..], &said::ASK, &COMMON].concat()).await?;
            self.question = Some(asked["number"].as_str().context("`question ask` gave no number")?.to_owned());
            return Ok(Some(said::asked(&self.office)));
        };
        if let Some(shown) = shown(asked, "question", &question).await?
            && !took(&shown, &self.office.id, "verification.answer")
        {
            asked.json(&[&["question", "answer", &question][..], &said::ANSWER, &COMMON].concat()).await?;
            return Ok(Some(said::answered(&self.office)));
        }
        if self.question_stands(network).await? == "answered" {
            root.json(&[&["question", "close", &question][..], &said::CLOSE, &COMMON].concat()).await?;
            return Ok(Some(said::CLOSED.to_owned()));
        }
        Ok(None)
    }

    /// How the question stands at the province; empty: none was asked.
    pub async fn question_stands(&self, network: &Network) -> Result<String> {
        let Some(question) = &self.question else { return Ok(String::new()) };
        let root = network.operator(network.offices().root())?;
        let shown = root.json(&["question", "show", question, "--json"]).await?;
        Ok(shown["matter"]["state"].as_str().unwrap_or_default().to_owned())
    }

    /// Goes on until the province has closed its question, or nothing more happens in the time that `wait` gives it.
    pub async fn to_its_end<F: Future<Output = ()>>(
        &mut self,
        network: &Network,
        looks: u32,
        wait: impl Fn() -> F,
    ) -> Result<Vec<String>> {
        let mut done = Vec::new();
        for _ in 0..looks {
            done.extend(self.goes_on(network).await?);
            if self.question_stands(network).await? == "closed" {
                return Ok(done);
            }
            wait().await;
        }
        bail!("the incident did not come to its end: {}", done.join("; "))
    }

    /// As a node prints it, with what is owed because of it.
    pub async fn printed(&self, network: &Network, at: &Office) -> Result<String> {
        network.operator(at)?.run(&["incident", "show", &self.number]).await
    }

    /// Which offices have reported on it, as a node knows; `None`: it does not know of the incident.
    pub async fn reporters(&self, network: &Network, at: &Office) -> Result<Option<Vec<String>>> {
        let Some(shown) = shown(network.operator(at)?, "incident", &self.number).await? else { return Ok(None) };
        let reports = shown["steps"].as_array().into_iter().flatten().filter(|step| step["form"] == "incident.report");
        Ok(Some(reports.filter_map(|step| step["office"].as_str()).map(str::to_owned).collect()))
    }

    /// What a node owes, and is owed, because of it: duty and standing of each.
    pub async fn clocks(&self, network: &Network, at: &Office) -> Result<usize> {
        let shown = shown(network.operator(at)?, "incident", &self.number).await?;
        Ok(shown.and_then(|shown| shown["dues"].as_array().map(Vec::len)).unwrap_or_default())
    }

    async fn tells_its_leader(&self, operator: &Operator) -> Result<Value> {
        let now = beijing::minute(SystemClock::default().wall());
        operator.json(&[&["incident", "told", &self.number, "--told-at", &now][..], &said::TOLD, &COMMON].concat()).await
    }

    async fn reports(&self, operator: &Operator) -> Result<Value> {
        operator.json(&[&["incident", "report", &self.number][..], &said::REPORT, &COMMON].concat()).await
    }
}

/// Who does it, and how it is answered.
const COMMON: [&str; 3] = ["--as", text::PERSON, "--json"];

/// A matter as a node has it; `None`: it does not know of it yet.
async fn shown(operator: &Operator, kind: &str, number: &str) -> Result<Option<Value>> {
    let words = [kind, "list", "--all", "--json"];
    let listed = operator.json(&words).await?;
    let is_there = listed["matters"].as_array().into_iter().flatten().any(|row| row["number"] == number);
    if is_there { Ok(Some(operator.json(&[kind, "show", number, "--json"]).await?)) } else { Ok(None) }
}

/// Whether an office has taken a step.
fn took(shown: &Value, office: &str, form: &str) -> bool {
    shown["steps"].as_array().into_iter().flatten().any(|step| step["office"] == office && step["form"] == form)
}
