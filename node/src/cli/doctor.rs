//! `dutynet doctor`: one look at everything that can be wrong with a node, whether it runs or not. Changes nothing.

use std::io;

use dutynet_proto::api;
use dutynet_relay::{
    clock::{Clock as _, SystemClock},
    folder::DataFolder,
    ids::UnixMillis,
    tls::{front, leaf::Proven},
};

use super::{
    args::{Output, Place},
    client::{self, Node, heard},
    convert, json, lines, printed,
    table::Table,
    told::Told,
    upkeep,
};
use crate::{
    config::Config,
    domain::{beijing, board::Line},
    serve::{opened, pages_folder},
    text::{
        doctor::{self, Finding},
        notice,
        refusal::Refusal,
        trust, words,
    },
    usecase::{self, Refused},
};

/// A certificate of which less than this part is left wants looking at: it is renewed when a third is.
const LEAF_LEFT_PART: i64 = 4;
/// A given certificate wants exchanging when so little of it is left.
const GIVEN_LEFT_MS: i64 = 30 * 86_400_000;
/// Room on the disk that wants looking at, as parts of what is refused below.
const ROOM_FACTOR: u64 = 8;

struct Check {
    name: &'static str,
    finding: Finding,
    sentence: String,
}

#[derive(Default)]
struct CheckUp(Vec<Check>);

impl CheckUp {
    fn add(&mut self, name: &'static str, finding: Finding, sentence: impl Into<String>) {
        self.0.push(Check { name, finding, sentence: sentence.into() });
    }

    fn refused(&mut self, name: &'static str, told: &Told) {
        self.add(name, Finding::Bad, told.text().replace('\n', " "));
    }
}

pub(super) async fn run(place: &Place, output: Output) -> Result<String, Told> {
    let mut found = CheckUp::default();
    check_clock(&mut found);
    match place.config() {
        Ok(config) => {
            found.add("config", Finding::Good, doctor::config_good(place.file().map(|f| f.display().to_string()).as_deref()));
            check_folder(&mut found, &config);
            check_disk(&mut found, &config);
            check_pages(&mut found, &config);
            check_node(&mut found, place, &config).await;
        }
        Err(told) => found.refused("config", &told),
    }
    let text = rendered(&found, output);
    if found.0.iter().any(|check| check.finding == Finding::Bad) {
        return Err(Told::of(Refusal::Internal).printed(text));
    }
    Ok(text)
}

fn rendered(found: &CheckUp, output: Output) -> String {
    if output.json {
        let checks = found.0.iter().map(|check| json::Check {
            check: check.name,
            finding: match check.finding {
                Finding::Good => "good",
                Finding::Watch => "watch",
                Finding::Bad => "bad",
            },
            sentence: check.sentence.clone(),
        });
        return printed(&json::Doctor { checks: checks.collect() });
    }
    let mut table = Table::new(&notice::DOCTOR);
    for check in &found.0 {
        table.row([doctor::word(check.finding).to_owned(), check.sentence.clone()]);
    }
    table.render()
}

fn check_clock(found: &mut CheckUp) {
    let now = SystemClock::default().wall();
    let shown = beijing::rfc3339(now);
    match now >= beijing::EARLIEST {
        true => found.add("clock", Finding::Good, doctor::clock_good(&shown)),
        false => found.add("clock", Finding::Bad, doctor::clock_bad(&shown)),
    }
}

fn check_folder(found: &mut CheckUp, config: &Config) {
    let folder = DataFolder::at(&config.data);
    let told = |error| Told::from(opened::folder_refused(error));
    match folder
        .office()
        .map_err(told)
        .and_then(|office| opened::refuse_another_office(config).map(|()| office).map_err(Told::from))
    {
        Ok(office) => {
            let data = config.data.display().to_string();
            found.add("folder", Finding::Good, doctor::folder_good(&data, office.office.as_str(), office.zone.as_str()));
        }
        Err(told) => return found.refused("folder", &told),
    }
    match folder.key().map_err(told) {
        Ok(_) => found.add("key", Finding::Good, doctor::KEY_GOOD),
        Err(told) => found.refused("key", &told),
    }
    match folder.read_leaf().map_err(told) {
        Ok(leaf) => check_leaf(found, &leaf),
        Err(told) => found.refused("certificate", &told),
    }
    match usecase::recovery_code(config).map_err(Told::from) {
        Ok(Some(sealed)) => found.add("recovery_code", Finding::Good, doctor::code_good(&beijing::rfc3339(sealed.made_at))),
        Ok(None) => found.add("recovery_code", Finding::Watch, doctor::CODE_MISSING),
        Err(told) => found.refused("recovery_code", &told),
    }
    let successor = folder.successor_key();
    if successor.exists() {
        found.add("successor", Finding::Watch, doctor::successor_here(&successor.display().to_string()));
    }
}

fn check_leaf(found: &mut CheckUp, leaf: &[u8]) {
    let now = SystemClock::default().wall();
    let is_fresh = |leaf: &Proven| leaf.not_after.0 - now.0 > (leaf.not_after.0 - leaf.not_before.0) / LEAF_LEFT_PART;
    match Proven::read(leaf) {
        Ok(leaf) if is_fresh(&leaf) => {
            found.add("certificate", Finding::Good, doctor::leaf_good(&beijing::rfc3339(leaf.not_after)));
        }
        Ok(leaf) => found.add("certificate", Finding::Watch, doctor::leaf_ending(&beijing::rfc3339(leaf.not_after))),
        Err(fault) => found.refused("certificate", &Told::from(Refused::because(Refusal::FolderDamaged, fault))),
    }
}

/// The certificate that browsers are shown. One of the node's own renews itself.
fn check_pages(found: &mut CheckUp, config: &Config) {
    if !config.console.is_secure() {
        return;
    }
    let trusted = match &config.console.certificate {
        Some((certificate, _)) => front::given_in(certificate),
        None => front::kept_in(&pages_folder(&config.data)),
    };
    let Some(trusted) = trusted else { return found.add("pages", Finding::Good, trust::DOCTOR_NONE_YET) };
    let (until, left) = (beijing::rfc3339(trusted.not_after), trusted.not_after.0 - SystemClock::default().wall().0);
    match trusted.is_own || left > GIVEN_LEFT_MS {
        true => found.add("pages", Finding::Good, trust::doctor_good(&until, &trusted.fingerprint)),
        false => found.add("pages", Finding::Watch, trust::doctor_ending(&until)),
    }
}

fn check_disk(found: &mut CheckUp, config: &Config) {
    match rustix::fs::statvfs(&config.data).map_err(io::Error::from) {
        Ok(disk) => {
            let (free, total) = (disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize);
            let finding = match free {
                free if free < config.free_bytes_min * 4 => Finding::Bad,
                free if free < config.free_bytes_min * ROOM_FACTOR => Finding::Watch,
                _ => Finding::Good,
            };
            found.add("disk", finding, doctor::disk(&notice::bytes(free), &notice::bytes(total)));
        }
        Err(error) => found.refused("disk", &client::file_told(&error, &config.data)),
    }
}

async fn check_node(found: &mut CheckUp, place: &Place, config: &Config) {
    let node = match Node::find(place).await {
        Ok(node) => node,
        Err(told) if told.refusal() == Refusal::NotServing => return found.add("node", Finding::Watch, doctor::NOT_SERVING),
        Err(told) => return found.refused("node", &told),
    };
    if let Ok(Some(serving)) = client::read_serving(&config.data) {
        found.add("node", Finding::Good, doctor::serving(serving.pid, &serving.api));
    }
    match heard(node.node().status(api::StatusRequest {}).await) {
        Ok(status) => check_status(found, &status),
        Err(told) => return found.refused("node", &told),
    }
    match heard(node.backups().list(api::ListBackupsRequest {}).await) {
        Ok(reply) => reply.folders.iter().for_each(|folder| check_backup(found, folder)),
        Err(told) => found.refused("backup", &told),
    }
    match heard(node.links().list(api::ListLinksRequest {}).await) {
        Ok(reply) => reply.links.iter().for_each(|link| check_line(found, link)),
        Err(told) => found.refused("line", &told),
    }
}

fn check_status(found: &mut CheckUp, status: &api::StatusReply) {
    status.warnings.iter().for_each(|warning| found.add("warning", Finding::Watch, &*warning.sentence));
    let kept = status.upkeep.as_ref().into_iter().flat_map(|kept| upkeep::checks(kept, UnixMillis(status.clock_ms)));
    kept.for_each(|(name, finding, sentence)| found.add(name, finding, sentence));
}

/// That it is old, or that attempts come to nothing, stands among the warnings.
fn check_backup(found: &mut CheckUp, folder: &api::BackupFolderRow) {
    match &folder.last {
        Some(last) => {
            let at = notice::time(convert::moment(last.made_at_ms), SystemClock::default().wall());
            found.add("backup", Finding::Good, doctor::backup_good(&folder.folder, &at, last.number));
        }
        None => found.add("backup", Finding::Watch, doctor::backup_missing(&folder.folder)),
    }
}

fn check_line(found: &mut CheckUp, link: &api::LinkRow) {
    let line = convert::line(link.line);
    let since = notice::time(convert::moment(link.since_ms), SystemClock::default().wall());
    let finding = match line {
        Line::Up | Line::None => Finding::Good,
        Line::Down | Line::Unknown => Finding::Watch,
    };
    found.add("line", finding, doctor::line(&link.name, lines::relation(link), words::line(line), &since));
}
