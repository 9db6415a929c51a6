//! The mark that this node is alive: a small file beside the journal, overwritten in place every half minute, and when the node ends.
//!
//! What happened to its lines between the last mark and the next start nobody saw, and the line history says so ([`crate::lines`]). So the
//! history is right to half a minute after a kill or a power cut, and exact after a stop on purpose. The journal gets one frame per start,
//! not one per mark. A mark that was torn is none: then the last change of a line that is journaled takes its place.

use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    sync::Arc,
    time::Duration,
};

use super::Inner;
use crate::{
    folder::DataFolder,
    ids::{Digest, OfficeId, UnixMillis},
    writer::intent::Intent,
};

/// Between two marks.
const EVERY: Duration = Duration::from_secs(30);
const WORD: &str = "dutynet-alive-1";

/// The last mark; `None`: none, or not whole.
pub(super) fn read(folder: &DataFolder) -> Option<UnixMillis> {
    let text = std::fs::read_to_string(folder.path().join("alive")).ok()?;
    let (said, sum) = text.trim_end().rsplit_once('.')?;
    let at = said.strip_prefix(WORD)?.strip_prefix('.')?.parse().ok()?;
    (sum == checksum(said)).then_some(UnixMillis(at))
}

/// Marks that moment.
pub(super) fn mark(folder: &DataFolder, at: UnixMillis) -> io::Result<()> {
    let said = format!("{WORD}.{:020}", at.0);
    let line = format!("{said}.{}\n", checksum(&said));
    // Of one length always, so nothing of an earlier mark is left behind it, and well within a sector.
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.path().join("alive"))?;
    file.write_all(line.as_bytes())?;
    file.sync_data()
}

fn checksum(said: &str) -> String {
    Digest::of("dutynet.alive.1", &[said.as_bytes()]).to_string()[..8].to_owned()
}

/// Marks until the node stops. Each time it also notes lines that flapped so much that their last change was not kept, and are calm now.
pub(super) async fn keep_marking(relay: Arc<Inner>) {
    let mut stop = relay.stop.clone();
    loop {
        mark_now(&relay).await;
        for (neighbour, up, reason) in unkept(&relay) {
            relay.writer.note(Intent::Line { neighbour, up, at: relay.clock.wall(), reason });
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Marks this moment; a mark that cannot be written makes the history less exact, no more.
pub(super) async fn mark_now(relay: &Arc<Inner>) {
    let (folder, now) = (relay.folder.clone(), relay.clock.wall());
    let marked = tokio::task::spawn_blocking(move || mark(&folder, now)).await;
    if let Ok(Err(fault)) = marked {
        tracing::warn!(error = %fault, "the mark that this node is alive could not be written");
    }
}

fn unkept(relay: &Inner) -> Vec<(OfficeId, bool, String)> {
    let links = relay.hub.links();
    relay.store.with_heads(|heads| {
        let differs = |(office, link): &(OfficeId, crate::hub::LinkState)| {
            heads.lines.get(office).is_some_and(|kept| kept.unsteady || kept.up != link.up)
        };
        links.into_iter().filter(differs).map(|(office, link)| (office, link.up, link.reason)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_mark_is_read_and_a_torn_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::at(folder.path());
        assert_eq!(read(&data), None);
        for at in [4_070_908_800_000, -5, 1_780_000_000_000] {
            mark(&data, UnixMillis(at)).unwrap();
            assert_eq!(read(&data), Some(UnixMillis(at)));
        }
        let path = folder.path().join("alive");
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() - 1 {
            let mut torn = whole.clone();
            torn[at] = if torn[at] == b'7' { b'8' } else { b'7' };
            std::fs::write(&path, &torn).unwrap();
            assert_eq!(read(&data), None, "byte {at}");
        }
    }
}
