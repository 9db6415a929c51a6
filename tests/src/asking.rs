//! A program above relay that answers live questions as a story wants, and whoever asks them.

use std::{
    collections::BTreeMap,
    future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use dutynet_relay::{
    ids::{OfficeId, UnixMillis},
    live::{Answerer, Asked, Held, Row, Said, Soon, Target, Unable},
    relay::{Ask, AskRefused, Relay},
};

use crate::net::office;

/// How it answers for its office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// At once.
    Prompt,
    /// Never.
    Silent,
    /// That it cannot.
    Unable,
}

/// See the module.
pub struct Answering {
    manner: Manner,
    /// Kinds and askers, in the order in which it was asked.
    pub asked: Mutex<Vec<(String, OfficeId)>>,
}

/// When stories' records of others were true.
pub const AS_OF: UnixMillis = UnixMillis(1_700_000_000_000);

impl Answering {
    /// Answers for a running office for as long as it is kept.
    pub fn at(relay: &Relay, manner: Manner) -> Arc<Self> {
        let this = Arc::new(Self { manner, asked: Mutex::default() });
        let answerer: Arc<dyn Answerer> = this.clone();
        relay.answer_with(&answerer);
        this
    }
}

impl Answerer for Answering {
    fn answer<'a>(&'a self, asked: &'a Asked) -> Soon<'a, Result<Bytes, Unable>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push((asked.kind.clone(), asked.asker.clone()));
        match self.manner {
            Manner::Prompt => Box::pin(future::ready(Ok(asked.body.clone()))),
            Manner::Silent => Box::pin(future::pending()),
            Manner::Unable => Box::pin(future::ready(Err(Unable))),
        }
    }

    fn answer_for<'a>(&'a self, asked: &'a Asked, offices: &'a [OfficeId]) -> Soon<'a, BTreeMap<OfficeId, Held>> {
        let held = |office: &OfficeId| (office.clone(), Held { body: asked.body.clone(), as_of: AS_OF });
        Box::pin(future::ready(offices.iter().map(held).collect()))
    }
}

/// Asks an office and everything below it for something.
pub fn question(top: &str, within: Duration) -> Ask {
    let targets = vec![Target::subtree(office(top))];
    Ask { kind: "story/1".into(), body: Bytes::from_static(b"how are you"), targets, within }
}

/// Asks, and waits for the whole table.
pub async fn table(relay: &Relay, ask: Ask) -> Result<BTreeMap<OfficeId, Row>, AskRefused> {
    let mut answers = relay.ask(ask)?;
    let mut table = BTreeMap::new();
    while let Some(rows) = answers.next().await {
        for row in rows {
            let before = table.insert(row.office.clone(), row);
            assert_eq!(before, None, "a second row of one office");
        }
    }
    Ok(table)
}

/// A table in words, one line an office.
pub fn in_words(table: &BTreeMap<OfficeId, Row>) -> Vec<String> {
    table.values().map(row_in_words).collect()
}

fn row_in_words(row: &Row) -> String {
    match &row.said {
        Said::Itself(_) => format!("{}: itself", row.office),
        Said::Instead { why, held, .. } => {
            let held = held.as_ref().map_or("nothing", |_| "records");
            format!("{}: {why:?}, {held} by {}", row.office, row.by)
        }
    }
}
