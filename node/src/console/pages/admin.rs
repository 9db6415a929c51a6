//! Looking after the node: this machine, who is below, inviting, backups and checks. For whoever may operate it.

mod invite;
mod jobs;
mod table;

use askama::Template;
use axum::{
    Router,
    extract::State,
    response::IntoResponse as _,
    routing::{get, post},
};

use dutynet_relay::backup::HowFar;

pub(in crate::console) use self::jobs::Jobs;
use self::jobs::{JobView, Work};
use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment, then},
    posted::{Posted, Typed},
    trouble::{Said, Trouble, http_status},
};
use crate::{
    domain::account::Right,
    text::{
        admin::{self as text, Names},
        backup,
        console::listed,
        notice, words,
    },
    usecase::{BackupFolder, Refused, Verifying},
};

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/admin", get(overview).post(dial))
        .route("/admin/backup", get(backups).post(back_up))
        .route("/admin/check", get(check))
        .route("/admin/check/verify", post(verify))
        .merge(invite::router())
}

/// The pages of this part, as a second row of navigation.
struct Tab {
    path: &'static str,
    name: &'static str,
    here: bool,
}

fn tabs(here: &str) -> Vec<Tab> {
    let all = [
        ("/admin", text::MACHINE),
        ("/admin/invite", text::INVITE),
        ("/admin/offices", text::OFFICES),
        ("/admin/backup", text::BACKUP),
        ("/admin/check", text::CHECK),
    ];
    all.into_iter().map(|(path, name)| Tab { path, name, here: path == here }).collect()
}

#[derive(Template)]
#[template(path = "admin.html")]
struct Overview {
    frame: Frame,
    tabs: Vec<Tab>,
    facts: Vec<(&'static str, String)>,
    parked: u64,
    /// Where the parent is dialled, as it was typed or as it is; `None`: this office is the root.
    dialled: Option<String>,
    said: Option<Said>,
}

async fn overview(State(console): State<Console>, desk: Desk) -> Paged {
    html(&machine(&console, &desk)?)
}

fn machine(console: &Console, desk: &Desk) -> Result<Overview, Trouble> {
    desk.must(Right::Operate)?;
    let (status, machine) = (console.office.status(), console.office.machine()?);
    let dialled = machine.parent.as_ref().map(|(_, addresses)| addresses.join(" "));
    let parent = machine.parent.map(|(office, addresses)| text::parent(office.as_str(), &addresses));
    let addresses = if machine.addresses.is_empty() { text::NO_CHILDREN.to_owned() } else { listed(&machine.addresses) };
    let pages = console.front.as_ref().map(|front| text::leaf(&moment(front.trusted().not_after)));
    let (free, total) = status.store.disk;
    let facts = vec![
        (Names::SOFTWARE, status.software.to_owned()),
        (Names::SINCE, moment(status.since)),
        (Names::PARENT, parent.unwrap_or_else(|| text::NO_PARENT.to_owned())),
        (Names::ADDRESSES, addresses),
        (Names::KEY, machine.key),
        (Names::LEAF, machine.leaf_until.map_or_else(|| words::DASH.to_owned(), |until| text::leaf(&moment(until)))),
        (Names::PAGES, pages.unwrap_or_else(|| text::NO_PAGES.to_owned())),
        (Names::DISK, text::disk(&notice::bytes(free), &notice::bytes(total))),
        (Names::FOLDER, machine.folder),
        (Names::JOURNAL, notice::bytes(status.store.journal_bytes)),
        (Names::CODE, machine.code_since.map_or_else(|| text::NO_CODE.to_owned(), |since| text::code(&moment(since)))),
        (Names::BACKUP, status.backed_up_at.map_or_else(|| text::NO_BACKUP.to_owned(), moment)),
        (Names::PARKED, status.store.parked.to_string()),
    ];
    let frame = console.frame(desk, Part::Admin, text::ADMIN)?;
    Ok(Overview { frame, tabs: tabs("/admin"), facts, parked: status.store.parked, dialled, said: None })
}

/// The parent is dialled elsewhere from now on.
async fn dial(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    let addresses =
        typed.text("addresses").split(|c: char| c.is_whitespace() || text::BETWEEN.contains(c)).filter(|one| !one.is_empty());
    match console.office.dial_parent(addresses.map(str::to_owned).collect(), desk.person()).await {
        Ok(_) => then("/admin"),
        Err(refused) => {
            let (dialled, said) = (Some(typed.text("addresses").to_owned()), Some(Said::of(&refused)));
            let page = Overview { dialled, said, ..machine(&console, &desk)? };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "admin_backup.html")]
struct Backups {
    frame: Frame,
    tabs: Vec<Tab>,
    folders: Vec<FolderView>,
    job: Option<JobView>,
    typed: Typed,
    said: Option<Said>,
    has_code: bool,
}

struct FolderView {
    folder: String,
    planned: bool,
    last: String,
    number: String,
    records: String,
    size: String,
    fault: String,
}

fn folder_view(folder: &BackupFolder) -> FolderView {
    let last = folder.last.as_ref();
    let said = |value: Option<String>| value.unwrap_or_else(|| words::DASH.to_owned());
    FolderView {
        folder: folder.folder.display().to_string(),
        planned: folder.planned,
        last: said(last.map(|last| moment(dutynet_relay::ids::UnixMillis(last.made_at)))),
        number: said(last.map(|last| last.number.to_string())),
        records: said(last.map(|last| last.records.to_string())),
        size: said(last.map(|last| notice::bytes(last.bytes))),
        fault: folder.fault.as_ref().map(|fault| fault.refusal.sentence().to_owned()).unwrap_or_default(),
    }
}

async fn backups(State(console): State<Console>, desk: Desk) -> Paged {
    desk.must(Right::Operate)?;
    html(&backup_page(&console, &desk, Typed::default(), None)?)
}

fn backup_page(console: &Console, desk: &Desk, typed: Typed, said: Option<Said>) -> Result<Backups, Refused> {
    Ok(Backups {
        frame: console.frame(desk, Part::Admin, text::BACKUP)?,
        tabs: tabs("/admin/backup"),
        folders: console.office.backups()?.iter().map(folder_view).collect(),
        job: console.job(Work::Backup),
        typed,
        said,
        has_code: console.office.machine()?.code_since.is_some(),
    })
}

/// Begins a backup; a folder that cannot be one is refused at once.
async fn back_up(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    let folder = typed.text("folder").trim().to_owned();
    if let Err(refused) = crate::usecase::backup_folder(&folder) {
        let page = backup_page(&console, &desk, typed, Some(Said::of(&refused)))?;
        return Ok((http_status(refused.refusal), html(&page)?).into_response());
    }
    let (office, by, far) = (console.office.clone(), desk.person(), HowFar::default());
    let told = far.clone();
    console.begin(Work::Backup, move || backup::reached(&told.reached()), async move {
        let made = office.back_up_telling(&folder, by, &far).await?;
        let size = notice::bytes(made.backup.bytes);
        Ok(Ok(text::backed_up(made.backup.number, &folder, &size, made.same_disk)))
    });
    then("/admin/backup")
}

#[derive(Template)]
#[template(path = "admin_check.html")]
struct Check {
    frame: Frame,
    tabs: Vec<Tab>,
    job: Option<JobView>,
    /// Each with whether it is good.
    found: Vec<(bool, String)>,
}

async fn check(State(console): State<Console>, desk: Desk) -> Paged {
    desk.must(Right::Operate)?;
    let frame = console.frame(&desk, Part::Admin, text::CHECK)?;
    let found = frame.warnings.iter().map(|warning| (false, warning.clone()));
    let folders = console.office.backups()?;
    let good = folders.iter().filter(|folder| folder.fault.is_none()).filter_map(|folder| {
        let last = folder.last.as_ref()?;
        let at = moment(dutynet_relay::ids::UnixMillis(last.made_at));
        Some((true, crate::text::doctor::backup_good(&folder.folder.display().to_string(), &at, last.number)))
    });
    let found = found.chain(good).collect();
    html(&Check { job: console.job(Work::Verify), tabs: tabs("/admin/check"), frame, found })
}

async fn verify(State(console): State<Console>, posted: Posted) -> Paged {
    posted.desk.must(Right::Operate)?;
    let (office, far) = (console.office.clone(), Verifying::default());
    let told = far.clone();
    console.begin(Work::Verify, move || backup::share(told.per_mille()), async move {
        let found = office.verify_telling(far).await?;
        if found.faults.is_empty() {
            return Ok(Ok(notice::sound(found.frames, found.records, found.seals)));
        }
        Ok(Err(notice::unsound(found.faults.len())))
    });
    then("/admin/check")
}
