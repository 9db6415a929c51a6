//! Keeps who has seen what is about people, and shows it to whoever audits.
//!
//! Noting costs a page nothing: what was noted is written every few seconds, as one local frame of the journal for its day, and at a stop.
//! A power cut may take the last few seconds of it. When the store takes nothing any more, as many as fit are held; how many did not fit is
//! kept as a number, so that a gap is no secret.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use dutynet_relay::{ids::RecordId, random};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{Office, Refused};
use crate::{
    domain::{
        access::{Access, How, Seen},
        beijing::Day,
    },
    text::refusal::Refusal,
};

/// Namespace of the local frames; the day follows, so that a day is read alone.
const NAMESPACE: &str = "access.";
/// Between two writes.
const WRITE_EVERY: Duration = Duration::from_secs(5);
/// Accesses that wait to be written, at most.
const WAITING_MAX: usize = 10_000;
/// Accesses in one frame, which holds 16 KiB.
const FRAME_MAX: usize = 50;
/// Days that are looked through in one go.
const DAYS_MAX: usize = 366;
/// Accesses that are shown, the latest first.
const SHOWN_MAX: usize = 2_000;

/// What waits to be written.
#[derive(Debug, Default)]
pub(super) struct Accesses {
    waiting: Mutex<Waiting>,
    /// One write at a time, so that whoever waits for one has waited for all.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Waiting {
    noted: Vec<Access>,
    lost: u64,
    /// Who has what open, by its path; begun anew when it is full.
    open: BTreeSet<(String, String)>,
}

/// What one frame holds.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Batch {
    noted: Vec<Access>,
    /// That did not fit before it.
    #[serde(default)]
    lost: u64,
}

/// Which accesses are asked for.
#[derive(Debug, Clone)]
pub struct AskAccesses {
    /// First day.
    pub from: Day,
    /// Last day; of more than a year, the last one is looked through.
    pub to: Day,
    /// Id of an account; empty: everybody.
    pub by: String,
    /// Number or reference of a matter; empty: everything.
    pub matter: String,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundAccesses {
    /// The latest first.
    pub rows: Vec<Access>,
    /// There are more, further back, or may be: it was not looked for them.
    pub more: bool,
    /// Of these days, so many could not be kept.
    pub lost: u64,
}

impl Accesses {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Office {
    /// Notes that somebody has seen something. Costs no wait.
    pub fn note_access(&self, by: &str, how: How, what: Seen) {
        let mut waiting = self.inner.accesses.lock();
        if waiting.open.len() >= WAITING_MAX {
            waiting.open.clear();
        }
        waiting.open.insert((by.to_owned(), what.path()));
        let access = Access { at: self.now(), by: by.to_owned(), how, what };
        if waiting.noted.len() < WAITING_MAX {
            waiting.noted.push(access);
        } else {
            waiting.lost = waiting.lost.saturating_add(1);
        }
    }

    /// What a number or a reference names, however it is written, as whoever audits looks for it.
    pub async fn named_for_access(&self, named: &str) -> Result<Seen, Refused> {
        match self.matter_named(named).await {
            Ok(matter) => Ok(Seen::matter(&matter)),
            // A store that fails says nothing of what is named.
            Err(refused) if [Refusal::StoreFailed, Refusal::Internal].contains(&refused.refusal) => Err(refused),
            Err(_) => Ok(Seen::notice(&self.notice_named(named).await?.reference)),
        }
    }

    /// Notes that a page renews itself. Whoever has it open has opened it, and that stands already, however often it is read anew.
    pub fn note_renewal(&self, by: &str, what: Seen) {
        let known = self.inner.accesses.lock().open.contains(&(by.to_owned(), what.path()));
        if !known {
            self.note_access(by, How::Opened, what);
        }
    }

    /// Writes what was noted; on disk when it returns. What cannot be written waits further.
    pub async fn keep_accesses(&self) -> Result<(), Refused> {
        let _one_at_a_time = self.inner.accesses.writing.lock().await;
        let (noted, mut lost) = {
            let mut waiting = self.inner.accesses.lock();
            (mem::take(&mut waiting.noted), mem::take(&mut waiting.lost))
        };
        let mut days: BTreeMap<Day, Vec<Access>> = BTreeMap::new();
        for access in noted {
            days.entry(Day::of(access.at)).or_default().push(access);
        }
        if lost > 0 {
            days.entry(Day::of(self.now())).or_default();
        }
        let mut failed = Ok(());
        for (day, noted) in days.into_iter().flat_map(|(day, noted)| in_frames(noted).map(move |noted| (day, noted))) {
            let batch = Batch { noted, lost: if failed.is_ok() { mem::take(&mut lost) } else { 0 } };
            let written = if failed.is_ok() { self.write_accesses(day, &batch).await } else { Ok(()) };
            if written.is_err() || failed.is_err() {
                let mut waiting = self.inner.accesses.lock();
                waiting.noted.extend(batch.noted);
                waiting.lost = waiting.lost.saturating_add(batch.lost);
                failed = failed.and(written);
            }
        }
        failed
    }

    async fn write_accesses(&self, day: Day, batch: &Batch) -> Result<(), Refused> {
        let random = random::bytes().map_err(|error| Refused::because(Refusal::Internal, error))?;
        // A name that no other frame has, whatever the clock does.
        let key = RecordId::from_parts(self.now(), random).to_string();
        let bytes = serde_json::to_vec(batch).map_err(|error| Refused::because(Refusal::Internal, error))?;
        Ok(self.relay().put_local(&format!("{NAMESPACE}{day}"), &key, bytes.into()).await?)
    }

    /// Accesses of some days, what was noted a moment ago too.
    pub async fn accesses(&self, asked: AskAccesses) -> Result<FoundAccesses, Refused> {
        let matter = match asked.matter.trim() {
            "" => None,
            named => Some(Seen::matter(&self.matter_named(named).await?)),
        };
        self.keep_accesses().await?;
        let office = self.clone();
        let found = tokio::task::spawn_blocking(move || office.found_accesses(&asked, matter.as_ref())).await;
        found.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    fn found_accesses(&self, asked: &AskAccesses, matter: Option<&Seen>) -> Result<FoundAccesses, Refused> {
        let mut found = FoundAccesses::default();
        let mut day = asked.to;
        for _ in 0..DAYS_MAX {
            if day < asked.from || found.more {
                break;
            }
            let mut of_day = Vec::new();
            for (_, bytes) in self.relay().store().locals(&format!("{NAMESPACE}{day}"))? {
                let batch: Batch = serde_json::from_slice(&bytes).map_err(|error| Refused::because(Refusal::Internal, error))?;
                found.lost = found.lost.saturating_add(batch.lost);
                of_day.extend(batch.noted);
            }
            of_day.retain(|access| asked.by.is_empty() || access.by == asked.by);
            of_day.retain(|access| matter.is_none_or(|matter| access.what == *matter));
            of_day.sort_by_key(|access| std::cmp::Reverse(access.at));
            found.rows.append(&mut of_day);
            found.more = found.rows.len() > SHOWN_MAX;
            day = day.previous();
        }
        found.more |= day >= asked.from;
        found.rows.truncate(SHOWN_MAX);
        Ok(found)
    }
}

/// As many as fit into a frame, and at least one, because there may be nothing but a number to keep.
fn in_frames(noted: Vec<Access>) -> impl Iterator<Item = Vec<Access>> {
    let mut left = noted.into_iter();
    let first = left.by_ref().take(FRAME_MAX).collect();
    std::iter::successors(Some(first), move |_| {
        let next: Vec<Access> = left.by_ref().take(FRAME_MAX).collect();
        (!next.is_empty()).then_some(next)
    })
}

/// Writes what is noted until it is told to stop. What is noted afterwards is written by whoever stops the node.
pub async fn keep_accesses_by_itself(office: Office, mut stop: watch::Receiver<bool>) {
    let mut failing = false;
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(WRITE_EVERY) => {}
        }
        let kept = office.keep_accesses().await;
        if let (Err(refused), false) = (&kept, failing) {
            tracing::warn!(%refused, "who has seen what is not kept for now; it is tried again");
        }
        failing = kept.is_err();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usecase::tests::House;

    fn asked(by: &str, from: &str, to: &str) -> AskAccesses {
        AskAccesses { from: Day::parse(from).unwrap(), to: Day::parse(to).unwrap(), by: by.into(), matter: String::new() }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn accesses_are_kept_by_day_and_found_by_person_the_latest_first() {
        let house = House::new();
        let before = house.office.status().store.journal_bytes;
        for office in ["440100", "440200"] {
            house.office.note_access("lisi", How::Opened, Seen::report("daily", office, "2026-07-01"));
        }
        assert_eq!(house.office.status().store.journal_bytes, before, "noting writes nothing");
        house.office.note_renewal("lisi", Seen::report("daily", "440100", "2026-07-01"));
        house.clock().advance(Duration::from_secs(86_400));
        house.office.note_access("wang", How::Exported, Seen::Page("/reports".into()));
        let all = house.office.accesses(asked("", "2026-07-01", "2026-07-02")).await.unwrap();
        assert_eq!((all.rows.len(), all.lost, all.more), (3, 0, false));
        assert_eq!((all.rows[0].by.as_str(), all.rows[0].at), ("wang", house.office.now()));
        assert_eq!(house.office.accesses(asked("lisi", "2026-07-01", "2026-07-02")).await.unwrap().rows.len(), 2);
        assert_eq!(house.office.accesses(asked("", "2026-07-02", "2026-07-02")).await.unwrap().rows.len(), 1);
        assert_eq!(house.office.accesses(asked("lisi", "2026-07-02", "2026-07-02")).await.unwrap().rows, []);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_does_not_fit_is_counted() {
        let house = House::new();
        for _ in 0..=WAITING_MAX {
            house.office.note_access("lisi", How::Opened, Seen::Page("/".into()));
        }
        let found = house.office.accesses(asked("", "2026-07-01", "2026-07-01")).await.unwrap();
        assert_eq!((found.rows.len(), found.more, found.lost), (SHOWN_MAX, true, 1));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_asks_for_more_than_a_year_is_told_that_it_was_not_looked_through() {
        let house = House::new();
        house.office.note_access("lisi", How::Opened, Seen::Page("/".into()));
        house.clock().advance(Duration::from_secs(400 * 86_400));
        let found = house.office.accesses(asked("", "2026-07-01", "2027-08-05")).await.unwrap();
        assert_eq!((found.rows.len(), found.more), (0, true));
        let found = house.office.accesses(asked("", "2026-07-01", "2027-07-01")).await.unwrap();
        assert_eq!((found.rows.len(), found.more), (1, false));
    }
}
