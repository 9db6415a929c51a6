//! How far a work with a backup has got: whoever works tells it, whoever waits reads it, and neither holds the other up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shared between both. A new one says that nothing has begun.
#[derive(Debug, Clone, Default)]
pub struct HowFar(Arc<Mutex<Reached>>);

/// What is being done, and how much of it is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// What.
    pub stage: Stage,
    /// Whole files that are done.
    pub files: u64,
    /// Of so many; 0: they are not counted.
    pub of_files: u64,
    /// Bytes that are done; never more than all.
    pub bytes: u64,
    /// Of so many; 0: nobody knows.
    pub of_bytes: u64,
}

/// What is done with a backup, in the order in which it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    /// Nothing yet.
    #[default]
    Begun,
    /// The keys are opened with the recovery code, which is slow on purpose.
    Keys,
    /// Each file is read, for its hash.
    Checking,
    /// Each group of the journal in the backup is read.
    Journal,
    /// Files are copied, into the backup or out of it.
    Copying,
    /// What was copied is read again.
    ReadingBack,
    /// The store is opened, and its index made anew.
    Opening,
}

impl Reached {
    /// From 0 to 1000; `None`: nobody knows.
    pub fn per_mille(&self) -> Option<u32> {
        let far = self.bytes.saturating_mul(1000).checked_div(self.of_bytes)?;
        u32::try_from(far).ok()
    }
}

impl HowFar {
    /// As it is now.
    pub fn reached(&self) -> Reached {
        *self.lock()
    }

    /// Something is begun: how many files it has, and how many bytes.
    pub(super) fn begin(&self, stage: Stage, of_files: usize, of_bytes: u64) {
        *self.lock() = Reached { stage, files: 0, of_files: of_files as u64, bytes: 0, of_bytes };
    }

    /// So many bytes more are done. What is done twice, because it has changed meanwhile, makes it no more than all.
    pub(super) fn bytes(&self, more: u64) {
        let mut reached = self.lock();
        reached.bytes = reached.bytes.saturating_add(more).min(reached.of_bytes);
    }

    /// One file more is done.
    pub(super) fn file(&self) {
        let mut reached = self.lock();
        reached.files = (reached.files + 1).min(reached.of_files);
    }

    fn lock(&self) -> MutexGuard<'_, Reached> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_never_more_than_all_and_of_what_nobody_knows_there_is_no_share() {
        let far = HowFar::default();
        assert_eq!((far.reached().stage, far.reached().per_mille()), (Stage::Begun, None));
        far.begin(Stage::Copying, 2, 1000);
        far.clone().bytes(375);
        far.file();
        let wanted = Reached { stage: Stage::Copying, files: 1, of_files: 2, bytes: 375, of_bytes: 1000 };
        assert_eq!((far.reached(), far.reached().per_mille()), (wanted, Some(375)));
        (0..9).for_each(|_| far.bytes(u64::MAX / 2));
        (0..9).for_each(|_| far.file());
        assert_eq!((far.reached().files, far.reached().per_mille()), (2, Some(1000)));
        far.begin(Stage::Opening, 0, 0);
        assert_eq!((far.reached().bytes, far.reached().per_mille()), (0, None));
    }
}
