//! `dutynet status` and `dutynet verify` of a running node.

use dutynet_proto::api;

use super::{
    args::{Output, Place},
    client::{Node, heard},
    convert, json, printed,
    told::Told,
    upkeep,
};
use crate::text::notice::{self, StatusNames as Names};
use dutynet_relay::ids::UnixMillis;

pub(super) async fn status(place: &Place, output: Output) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let reply = heard(node.node().status(api::StatusRequest {}).await)?;
    if output.json {
        return Ok(printed(&json::Status::from(&reply)));
    }
    Ok(status_text(&reply))
}

fn status_text(from: &api::StatusReply) -> String {
    let now = UnixMillis(from.clock_ms);
    let time = |millis| notice::time(convert::moment(millis), now);
    let disk = format!("{} / {}", notice::bytes(from.disk_free_bytes), notice::bytes(from.disk_total_bytes));
    let files = from.files.unwrap_or_default();
    let lines = [
        (Names::OFFICE, format!("{} {}", from.office, from.name)),
        (Names::ZONE, from.zone.clone()),
        (Names::SOFTWARE, from.software.clone()),
        (Names::EPOCH, from.epoch.clone()),
        (Names::CLOCK, time(from.clock_ms)),
        (Names::SINCE, time(from.serving_since_ms)),
        (Names::RECORDS, from.records.to_string()),
        (Names::WAITING, from.waiting.to_string()),
        (Names::PARKED, from.parked.to_string()),
        (Names::NOT_INTERPRETED, from.not_interpreted.to_string()),
        (Names::FILES, notice::files((files.held, files.held_bytes), (files.wanted, files.wanted_bytes))),
        (Names::JOURNAL, notice::bytes(from.journal_bytes)),
        (Names::DISK, disk),
        (Names::BACKUP, time(from.last_backup_ms)),
    ];
    let mut lines: Vec<_> = lines.iter().map(|(name, value)| notice::status_line(name, value)).collect();
    let kept = from.upkeep.as_ref().into_iter().flat_map(|kept| upkeep::lines(kept, now));
    lines.extend(kept.map(|(name, text)| notice::status_line(name, &text)));
    let warning = |w: &api::Warning| notice::status_line(Names::WARNING, &format!("{} ({})", w.sentence, w.code));
    lines.extend(from.warnings.iter().map(warning));
    lines.join("\n")
}

/// What a running node finds; a node that found faults is an error for the shell.
pub(super) async fn verify(node: &Node) -> Result<api::VerifyReply, Told> {
    heard(node.node().verify(api::VerifyRequest {}).await)
}
