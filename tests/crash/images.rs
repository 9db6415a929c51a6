//! Crash images: the recorded past of a disk, cut at moments spread over all of it, and written out into real folders.
//!
//! In each image every 4 KiB block that was not synced at that moment is the old one, the new one, or torn; names that were not synced are
//! kept or lost. Whoever wrote says how much it had promised by then ([`RecordingDisk::note`]); a check opens the folder and looks.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use dutynet_relay::disk::{
    Disk,
    fs::FileDisk,
    memory::MemoryDisk,
    recording::{RecordingDisk, Replay},
};
use dutynet_tests::lying::{Lie, LyingDisk};
use rand::{RngCore as _, SeedableRng as _, rngs::SmallRng};

/// Something that writes to a disk and makes promises, and can be looked at after a crash.
pub(crate) trait Subject: Sync {
    /// Writes to the disk, behind which the recorder stands; notes every promise there.
    fn write(&self, disk: Arc<dyn Disk>, recorder: &RecordingDisk);
    /// Opens a folder as a crash has left it. `Err` says which promise is broken.
    fn check(&self, folder: &Path, promised: u64) -> Result<(), String>;
}

/// Lets a subject write on real files, through a disk that may lie to it.
pub(crate) fn record(subject: &dyn Subject, lie: Option<Lie>) -> RecordingDisk {
    let folder = tempfile::tempdir().unwrap();
    let files = FileDisk::open(folder.path()).unwrap();
    let recorder = Arc::new(RecordingDisk::over(Arc::new(files)).unwrap());
    let disk: Arc<dyn Disk> = match lie {
        Some(lie) => Arc::new(LyingDisk { disk: recorder.clone(), lie }),
        None => recorder.clone(),
    };
    subject.write(disk, &recorder);
    Arc::into_inner(recorder).expect("the subject lets go of its disk")
}

/// Cuts images from a record, on every processor, and checks each. The first broken promise, if any.
pub(crate) fn first_broken(subject: &dyn Subject, recorder: &RecordingDisk, images: usize) -> Option<String> {
    let cutter = Mutex::new(Cutter::new(recorder, images));
    let work = || {
        loop {
            let (number, image, promised) = cutter.lock().unwrap().next()?;
            let folder = tempfile::tempdir().unwrap();
            image.write_to(folder.path()).unwrap();
            if let Err(fault) = subject.check(folder.path(), promised) {
                return Some(format!("image {number} of {images}, {promised} promised: {fault}"));
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().filter_map(|thread| thread.join().unwrap()).next()
    })
}

/// Goes through a record once and cuts evenly on the way.
struct Cutter {
    replay: Replay,
    steps: usize,
    images: usize,
    cut: usize,
}

impl Cutter {
    fn new(recorder: &RecordingDisk, images: usize) -> Self {
        let replay = recorder.replay();
        Self { steps: replay.left(), replay, images, cut: 0 }
    }

    fn next(&mut self) -> Option<(usize, MemoryDisk, u64)> {
        if self.cut == self.images {
            return None;
        }
        let number = self.cut;
        self.cut += 1;
        while self.steps - self.replay.left() < number * (self.steps + 1) / self.images {
            self.replay.step().unwrap();
        }
        let mut random = SmallRng::seed_from_u64(number as u64);
        // Neighbouring seeds begin alike.
        random.next_u64();
        Some((number, self.replay.power_cut(&mut random), self.replay.promised()))
    }
}
