//! Files of one session, off its reader and writer: parts are read and written by a task of their own, in order, each on a thread that may
//! block.

use std::sync::Arc;

use tokio::{sync::mpsc, task::JoinHandle};

use crate::{
    ids::{Digest, OfficeId},
    link::{event::Event, frame::Chunk},
    relay::Inner,
};

enum Work {
    Load { digest: Digest, offset: u64, total: u64, bytes_max: usize },
    Keep(Chunk),
}

/// The task and its inbox. What is in it is bounded by the machine: one part to read, and the credit to write.
pub(super) struct FileWork {
    work: Option<mpsc::UnboundedSender<Work>>,
    task: Option<JoinHandle<()>>,
}

impl FileWork {
    pub(super) fn start(relay: Arc<Inner>, peer: OfficeId, events: mpsc::UnboundedSender<Event>) -> Self {
        let (work, inbox) = mpsc::unbounded_channel();
        Self { work: Some(work), task: Some(tokio::spawn(do_all(relay, peer, inbox, events))) }
    }

    pub(super) fn load(&self, digest: Digest, offset: u64, total: u64, bytes_max: usize) {
        self.put(Work::Load { digest, offset, total, bytes_max });
    }

    pub(super) fn keep(&self, chunk: Chunk) {
        self.put(Work::Keep(chunk));
    }

    fn put(&self, work: Work) {
        if let Some(inbox) = &self.work {
            // The task ends only after the inbox is closed.
            let _ = inbox.send(work);
        }
    }

    /// Everything that was put in has been done when it returns.
    pub(super) async fn finish(&mut self) {
        self.work = None;
        if let Some(task) = self.task.take()
            && task.await.is_err()
        {
            tracing::error!("the files of a session have panicked");
        }
    }
}

async fn do_all(
    relay: Arc<Inner>,
    peer: OfficeId,
    mut inbox: mpsc::UnboundedReceiver<Work>,
    events: mpsc::UnboundedSender<Event>,
) {
    while let Some(work) = inbox.recv().await {
        let (relay, peer) = (relay.clone(), peer.clone());
        let Ok(event) = tokio::task::spawn_blocking(move || done(&relay, &peer, work)).await else { return };
        // A session that has ended needs no answer; what came is kept.
        let _ = events.send(event);
    }
}

fn done(relay: &Inner, peer: &OfficeId, work: Work) -> Event {
    match work {
        Work::Load { digest, offset, total, bytes_max } => {
            Event::ChunkLoaded { digest, offset, loaded: relay.part_for(peer, digest, (offset, total), bytes_max) }
        }
        Work::Keep(chunk) => match relay.keep_part(&chunk) {
            Ok(through) => Event::ChunkKept { digest: chunk.digest, through },
            Err(why) => Event::ChunkNotKept { digest: chunk.digest, why },
        },
    }
}
