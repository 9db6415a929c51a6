//! `dutynet backup`: now, through the node that serves; what stands on a stick, and the recovery code, without one.

use std::path::Path;

use dutynet_proto::api;
use dutynet_relay::{
    backup::{Listed, manifest::ManifestFault},
    clock::{Clock as _, SystemClock},
    ids::UnixMillis,
};

use super::{
    args::{
        Output, Place,
        backup::{BackupVerb, Check, Code, Now},
    },
    client::{Node, heard},
    convert, json, person, printed,
    table::Table,
    told::Told,
};
use crate::{
    domain::beijing,
    text::{backup, notice, refusal::Refusal, words},
    usecase,
};

pub(super) async fn run(place: &Place, verb: &BackupVerb) -> Result<String, Told> {
    match verb {
        BackupVerb::Now(now) => make(place, now).await,
        BackupVerb::List(list) => match &list.folder {
            Some(folder) => listed(folder, list.output),
            None => folders(place, list.output).await,
        },
        BackupVerb::Check(check) => checked(check),
        BackupVerb::Code(code) => recovery_code(place, code),
    }
}

async fn make(place: &Place, now: &Now) -> Result<String, Told> {
    let by = person::named_or_account(&now.by)?;
    let folder = absolute(&now.to)?;
    let node = Node::find(place).await?;
    let reply = heard(node.backups().make(api::MakeBackupRequest { folder, by: Some(by) }).await)?;
    if now.output.json {
        return Ok(printed(&json::backup::Made::from(&reply)));
    }
    let made = reply.backup.unwrap_or_default();
    let (size, copied) = (notice::bytes(made.bytes), notice::bytes(reply.copied_bytes));
    let mut lines = vec![backup::made(made.number, &made.folder, &size, &copied, made.records)];
    lines.extend(reply.same_disk.then(|| backup::SAME_DISK.to_owned()));
    lines.extend((made.damaged > 0).then(|| backup::damaged(made.damaged)));
    Ok(lines.join("\n"))
}

/// The node may work in another folder than whoever types.
fn absolute(folder: &Path) -> Result<String, Told> {
    let absent = || Told::of(Refusal::BackupAbsent).about(folder.display().to_string());
    let absolute = std::path::absolute(folder).map_err(|_| absent())?;
    absolute.to_str().map(str::to_owned).ok_or_else(absent)
}

async fn folders(place: &Place, output: Output) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let reply = heard(node.backups().list(api::ListBackupsRequest {}).await)?;
    if output.json {
        return Ok(printed(&json::backup::Folders::from(&reply)));
    }
    if reply.folders.is_empty() {
        return Ok(backup::NO_FOLDERS.to_owned());
    }
    let now = SystemClock::default().wall();
    let mut table = Table::new(&backup::FOLDERS);
    for folder in &reply.folders {
        let last = folder.last.clone().unwrap_or_default();
        let shown = |text: String| if folder.last.is_some() { text } else { words::DASH.to_owned() };
        table.row([
            folder.folder.clone(),
            if folder.planned { backup::PLANNED } else { backup::NOT_PLANNED }.to_owned(),
            notice::time(convert::moment(last.made_at_ms), now),
            shown(last.number.to_string()),
            shown(last.records.to_string()),
            if folder.sentence.is_empty() { backup::GOOD.to_owned() } else { folder.sentence.clone() },
        ]);
    }
    Ok(table.render())
}

fn listed(folder: &Path, output: Output) -> Result<String, Told> {
    let there = usecase::list_backups(folder)?;
    if output.json {
        return Ok(printed(&json::backup::There::from(&there)));
    }
    let now = SystemClock::default().wall();
    let mut table = Table::new(&backup::LISTED);
    for listed in &there.listed {
        table.row(row(listed, now));
    }
    Ok(table.render())
}

fn row(listed: &Listed, now: UnixMillis) -> [String; 6] {
    let number = listed.number.to_string();
    let unread = |state: &str| {
        let dash = || words::DASH.to_owned();
        [number.clone(), dash(), dash(), dash(), dash(), state.to_owned()]
    };
    match &listed.manifest {
        Ok(manifest) => [
            number,
            notice::time(Some(manifest.made_at), now),
            manifest.made_by.clone(),
            manifest.records.to_string(),
            notice::bytes(manifest.bytes()),
            backup::READABLE.to_owned(),
        ],
        Err(ManifestFault::Damaged(_)) => unread(backup::UNREADABLE),
        Err(ManifestFault::Newer(_)) => unread(backup::NEWER),
    }
}

fn checked(check: &Check) -> Result<String, Told> {
    let (manifest, found) = usecase::check_backup(&check.folder, check.number)?;
    let faults: Vec<String> = found.files.iter().chain(&found.places).cloned().collect();
    let text = if check.output.json {
        printed(&json::backup::Checked::new(&manifest, &faults))
    } else if faults.is_empty() {
        backup::whole(manifest.number, &beijing::rfc3339(manifest.made_at), manifest.stored().count())
    } else {
        format!("{}\n{}", backup::not_whole(manifest.number, faults.len()), faults.join("\n"))
    };
    if faults.is_empty() { Ok(text) } else { Err(Told::of(Refusal::BackupDamaged).printed(text)) }
}

fn recovery_code(place: &Place, code: &Code) -> Result<String, Told> {
    let config = place.config()?;
    if code.new {
        let made = usecase::new_recovery_code(&config)?;
        let successor_too = usecase::recovery_code(&config)?.is_some_and(|sealed| sealed.with_successor);
        return Ok(backup::new_code(&made.text(), successor_too));
    }
    match usecase::recovery_code(&config)? {
        Some(sealed) => Ok(backup::has_code(&beijing::rfc3339(sealed.made_at))),
        None => Err(Told::of(Refusal::RecoveryCodeMissing)),
    }
}
