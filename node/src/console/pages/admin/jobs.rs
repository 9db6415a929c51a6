//! Long work that goes on while its page may be closed: one of each kind at a time, its last result kept until the node stops.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
};

use dutynet_relay::ids::UnixMillis;

use crate::{
    console::Console,
    text::{admin as text, line::length},
    usecase::Refused,
};

/// What may be under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
    Verify,
    Backup,
}

/// Every job that was begun since the start.
#[derive(Default)]
pub(in crate::console) struct Jobs(Mutex<BTreeMap<Work, Job>>);

/// How far a job is, in words, whenever it is asked.
type Far = Box<dyn Fn() -> String + Send>;

enum Job {
    Running { since: UnixMillis, far: Far },
    Done { at: UnixMillis, said: Result<String, String> },
}

/// A job as its page shows it.
pub(super) struct JobView {
    pub(super) running: bool,
    pub(super) good: bool,
    /// Empty: it goes on.
    pub(super) at: String,
    pub(super) said: String,
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Work, Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Console {
    /// Begins a job, unless one of its kind goes on. What it comes to is one sentence; a refusal is shown in its own.
    pub(super) fn begin<F>(&self, work: Work, far: impl Fn() -> String + Send + 'static, job: F)
    where
        F: Future<Output = Result<Result<String, String>, Refused>> + Send + 'static,
    {
        let since = self.clock.wall();
        {
            let mut jobs = self.jobs.lock();
            if matches!(jobs.get(&work), Some(Job::Running { .. })) {
                return;
            }
            jobs.insert(work, Job::Running { since, far: Box::new(far) });
        }
        let console = self.clone();
        tokio::spawn(async move {
            let said = job.await.unwrap_or_else(|refused| Err(crate::console::trouble::Said::of(&refused).sentence));
            let at = console.clock.wall();
            console.jobs.lock().insert(work, Job::Done { at, said });
        });
    }

    /// How a job stands; `None`: there was none since the start.
    pub(super) fn job(&self, work: Work) -> Option<JobView> {
        let (jobs, now) = (self.jobs.lock(), self.clock.wall());
        let what = match work {
            Work::Verify => text::VERIFYING,
            Work::Backup => text::BACKING_UP,
        };
        Some(match jobs.get(&work)? {
            Job::Running { since, far } => JobView {
                running: true,
                good: true,
                at: String::new(),
                said: text::running(what, &length(now.0.abs_diff(since.0)), &far()),
            },
            Job::Done { at, said } => JobView {
                running: false,
                good: said.is_ok(),
                at: crate::console::page::moment(*at),
                said: said.clone().unwrap_or_else(|fault| fault),
            },
        })
    }
}
