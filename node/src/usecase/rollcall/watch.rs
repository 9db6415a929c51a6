//! The table as it changes: whole at first, then each row that is another, until nobody is waited for any more.

use std::time::Duration;

use tokio::sync::{broadcast::error::RecvError, mpsc};

use super::RollTable;
use crate::{
    text::refusal::Refusal,
    usecase::{Office, Refused},
};

/// Lines change, and times run out, without a record.
const PAUSE: Duration = Duration::from_secs(1);
/// Changes that whoever looks may be behind; the table waits for him then, and loses nothing.
const BEHIND_MAX: usize = 4;

/// What has changed: the head as it is now, and the rows that are others.
pub type RollChange = Result<RollTable, Refused>;

impl Office {
    /// The table of a call now, and then whatever changes. It ends when the table is complete, or the node stops.
    pub async fn watch_roll(&self, call: &str) -> Result<mpsc::Receiver<RollChange>, Refused> {
        let first = self.roll_table(call).await?;
        let stops = self.inner.bell.hear().ok_or(Refusal::Stopping)?;
        let (to, changes) = mpsc::channel(BEHIND_MAX);
        let office = self.clone();
        tokio::spawn(async move {
            let mut stops = stops;
            let stopped = async {
                // Rings are another matter; that there will be none any more is what is heard here.
                while !matches!(stops.recv().await, Err(RecvError::Closed)) {}
            };
            tokio::select! {
                () = stopped => {}
                () = to.closed() => {}
                () = office.tell_changes(first, &to) => {}
            }
        });
        Ok(changes)
    }

    async fn tell_changes(&self, first: RollTable, to: &mpsc::Sender<RollChange>) {
        let mut caught_up = self.inner.caught_up.clone();
        let (call, mut known) = (first.call.to_string(), first.rows.clone());
        let mut change = Ok(first);
        loop {
            let is_last = change.as_ref().map_or(true, |table| table.complete);
            let is_new = change.as_ref().map_or(true, |table| !table.rows.is_empty());
            if (is_new || is_last) && to.send(change).await.is_err() {
                return;
            }
            if is_last {
                return;
            }
            tokio::select! {
                () = caught_up.moved() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
            change = self.roll_table(&call).await.map(|mut table| {
                let rows = table.rows.clone();
                table.rows.retain(|row| !known.contains(row));
                known = rows;
                table
            });
        }
    }
}
