//! Answers live questions for this office, and for those below it that cannot be asked. What is not a question that this program knows is not
//! answered; that somebody above asks it is relay's to judge.

use std::collections::BTreeMap;

use bytes::Bytes;
use dutynet_relay::{
    ids::OfficeId,
    live::{Answerer, Asked, Held, Soon, Unable},
};

use super::STATUS_KIND;
use crate::{
    text::refusal::Refusal,
    usecase::{Office, Refused, board::Reach},
};

/// This office as an answerer.
#[derive(Clone)]
pub struct AnswersLive(pub Office);

impl Answerer for AnswersLive {
    fn answer<'a>(&'a self, asked: &'a Asked) -> Soon<'a, Result<Bytes, Unable>> {
        Box::pin(async move {
            if asked.kind != STATUS_KIND {
                return Err(Unable);
            }
            self.0.own_status().await.map_err(|refused| {
                tracing::warn!(%refused, asker = %asked.asker, "a live question is not answered");
                Unable
            })
        })
    }

    fn answer_for<'a>(&'a self, asked: &'a Asked, offices: &'a [OfficeId]) -> Soon<'a, BTreeMap<OfficeId, Held>> {
        Box::pin(async move {
            if asked.kind != STATUS_KIND {
                return BTreeMap::new();
            }
            self.0.status_of(offices.to_vec()).await.unwrap_or_else(|refused| {
                tracing::warn!(%refused, asker = %asked.asker, "nothing can be said for offices that cannot be asked");
                BTreeMap::new()
            })
        })
    }
}

impl Office {
    async fn own_status(&self) -> Result<Bytes, Refused> {
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let now = office.now();
            Ok::<_, Refused>(office.own_snapshot(&office.gather(Reach::Tier(office.own()), now)?)?.encode(now))
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    async fn status_of(&self, offices: Vec<OfficeId>) -> Result<BTreeMap<OfficeId, Held>, Refused> {
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            let now = office.now();
            let gathered = office.gather(Reach::Whole, now)?;
            let mut known = BTreeMap::new();
            for of in offices {
                let snapshot = office.snapshot_of(&of, &gathered, None)?;
                // What was entered for it by telephone is newer than the last that it could say itself.
                let Some(as_of) = office.last_known(&of, now)?.max(snapshot.newest()) else { continue };
                known.insert(of, Held { body: snapshot.encode(as_of), as_of });
            }
            Ok::<_, Refused>(known)
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
    }
}
