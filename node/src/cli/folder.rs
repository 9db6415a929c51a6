//! Commands that work on a data folder itself: `init`, `enrol`, `check-config`, `serve`, `verify`, `rebuild`.

use std::{
    fs,
    future::Future,
    io::{self, Read as _},
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use dutynet_relay::{
    backup::code::RecoveryCode,
    clock::SystemClock,
    folder::{DataFolder, FolderError},
    index::sled_index::SledIndex,
    record::Person,
    relay::Relay,
};
use tokio::{
    io::AsyncReadExt as _,
    signal::unix::{SignalKind, signal},
};

use super::{
    args::{Enrol, Init, NewOffice, Output, Place, Serve},
    client::Node,
    convert, json, node, person, printed, say,
    told::Told,
};
use crate::{
    api::convert::verified,
    config::{Config, ConsoleConfig},
    console::setup,
    projection::Follower,
    serve::{self, Running, logs, opened},
    text::{backup, notice, refusal::Refusal, setup as text},
    usecase::{self, NewChild, Refused},
};

pub(super) fn init(place: &Place, init: &Init) -> Result<String, Told> {
    let config = place.config()?;
    let root = new_office(&init.office)?;
    let joined = usecase::found(&config, &root, &init.zone)?;
    let successor = DataFolder::at(&config.data).successor_key();
    let data = config.data.display().to_string();
    let founded = notice::founded(&root.name, joined.office.office.as_str(), &data, &successor.display().to_string());
    Ok([founded, code_text(joined.code.as_ref())].join("\n\n"))
}

/// The recovery code, the only time that it is shown.
fn code_text(code: Option<&RecoveryCode>) -> String {
    code.map_or_else(|| backup::NO_CODE_MADE.to_owned(), |code| backup::code(&code.text()))
}

fn new_office(from: &NewOffice) -> Result<NewChild, Told> {
    let by = person::account()?;
    Ok(NewChild {
        office: from.office.clone(),
        name: from.name.clone(),
        area_code: from.area.clone(),
        class: from.class.map(convert::class_of),
        by: Some(Person { id: by.id, name: by.name }),
    })
}

pub(super) async fn enrol(place: &Place, enrol: &Enrol) -> Result<String, Told> {
    let config = place.config()?;
    let mut invitation = enrol.invitation.clone();
    if invitation == "-" {
        invitation.clear();
        let read = io::stdin().take(64 << 10).read_to_string(&mut invitation);
        read.map_err(|error| Told::of(Refusal::FileUnreadable).about(error.to_string()))?;
    }
    let joined = usecase::enrol(&config, &invitation).await?;
    let office = joined.office;
    let parent = office.parent.as_ref().map(|parent| parent.office.to_string()).unwrap_or_default();
    let enrolled = notice::enrolled(office.office.as_str(), &parent, &config.data.display().to_string());
    let replaces = joined.replaces.then(|| backup::REPLACES.to_owned());
    let texts = [Some(enrolled), replaces, Some(code_text(joined.code.as_ref()))];
    Ok(texts.into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
}

pub(super) fn check_config(place: &Place) -> Result<String, Told> {
    let config = place.config()?;
    let file = place.file().map(|file| file.display().to_string()).unwrap_or_default();
    Ok(notice::config_good(&file, &config.data.display().to_string()))
}

/// Serves the page of the first run where the data folder is empty, then, and where it is not, the node.
pub(super) async fn setup(place: &Place, serve: &Serve) -> Result<String, Told> {
    let config = place.config()?;
    logs::begin(config.log);
    match DataFolder::at(&config.data).office() {
        Err(FolderError::Empty(_)) => {}
        Ok(_) | Err(_) => return self::serve(place, serve).await,
    }
    // For this machine alone, wherever the console will be.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, config.console.listen.port()));
    let listener = serve::bind(address).await?;
    let address = serve::local_address(&listener)?;
    say(io::stdout(), &text::waiting(&address.to_string()));
    let internal = |error: io::Error| Told::of(Refusal::Internal).about(error.to_string());
    let (stop, stopped) = tokio::sync::watch::channel(false);
    // The browser goes on at the address where it is, whatever port the machine gave.
    let listen = SocketAddr::new(config.console.listen.ip(), address.port());
    let config = Config { console: ConsoleConfig { listen, ..config.console.clone() }, ..config };
    let console = serve::console_url(&config, listen);
    let enrolling = setup::run(config.clone(), listener, &console, stopped);
    let end = end(serve).map_err(internal)?;
    tokio::select! {
        ended = enrolling => ended.map_err(internal)?,
        () = end => {
            stop.send_replace(true);
            return Ok(notice::STOPPED.to_owned());
        }
    }
    self::served(config, serve).await
}

/// Serves until SIGTERM or Ctrl-C, until standard input closes when that was asked for, or until the store fails.
pub(super) async fn serve(place: &Place, serve: &Serve) -> Result<String, Told> {
    served(place.config()?, serve).await
}

async fn served(config: Config, serve: &Serve) -> Result<String, Told> {
    logs::begin(config.log);
    let running = Running::start(config).await?;
    let serving = running.serving();
    say(
        io::stdout(),
        &notice::serving(running.name(), &serving.office, (&serving.console_url, &serving.api), serving.link.as_deref()),
    );
    let end = end(serve).map_err(|error| Told::of(Refusal::Internal).about(error.to_string()))?;
    running.until(end).await?;
    Ok(notice::STOPPED.to_owned())
}

fn end(serve: &Serve) -> io::Result<impl Future<Output = ()> + use<>> {
    let with_stdin = serve.until_stdin_closes;
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
            () = stdin_closed(), if with_stdin => {}
        }
    })
}

async fn stdin_closed() {
    let (mut stdin, mut buffer) = (tokio::io::stdin(), [0; 256]);
    while stdin.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}

/// Asks the running node, or opens the folder when none runs.
pub(super) async fn verify(place: &Place, output: Output) -> Result<String, Told> {
    let verified = match Node::find(place).await {
        Ok(running) => json::Verified::from(&node::verify(&running).await?),
        Err(told) if matches!(told.refusal(), Refusal::NotServing | Refusal::NotReachable) => stopped(&place.config()?).await?,
        Err(told) => return Err(told),
    };
    if verified.faults.is_empty() || output.json {
        let text = notice::sound(verified.frames, verified.records, verified.seals);
        let done = if output.json { printed(&verified) } else { text };
        return if verified.faults.is_empty() { Ok(done) } else { Err(Told::of(Refusal::FolderDamaged).printed(done)) };
    }
    let head = notice::unsound(verified.faults.len());
    Err(Told::of(Refusal::FolderDamaged).printed(format!("{head}\n{}", verified.faults.join("\n"))))
}

async fn stopped(config: &Config) -> Result<json::Verified, Told> {
    let relay = open(config).await?;
    let checked = usecase::verify(relay.store()).await;
    close(relay).await?;
    let found = checked?;
    Ok(json::Verified::from(&verified(found)))
}

/// Makes the index anew from the journal, the projection included.
pub(super) async fn rebuild(place: &Place) -> Result<String, Told> {
    let config = place.config()?;
    let folder = DataFolder::at(&config.data);
    folder.office().map_err(opened::folder_refused)?;
    let lock = folder.lock().map_err(|_| Told::of(Refusal::StopFirst).about(config.data.display().to_string()))?;
    let machine = |error: io::Error| Told::from(opened::io_refused(&error, &folder.index()));
    let aside = SledIndex::move_aside(&folder.index()).map_err(machine)?;
    drop(lock);
    let relay = open(&config).await?;
    let records = relay.status().records;
    let follower = Follower::new(&relay).map_err(Refused::from)?;
    let followed = follow(follower, &relay).await;
    close(relay).await?;
    followed?;
    // After a destruction it is gone already.
    if let Some(aside) = aside.filter(|aside| aside.exists()) {
        fs::remove_dir_all(&aside).map_err(machine)?;
    }
    Ok(notice::rebuilt(records))
}

async fn follow((follower, mut caught_up): (Follower, crate::projection::CaughtUp), relay: &Relay) -> Result<(), Told> {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let task = tokio::spawn(follower.run(stopped));
    caught_up.through(relay.feed().end()).await;
    stop.send_replace(true);
    task.await.map_err(|error| Told::of(Refusal::Internal).about(error.to_string()))
}

async fn open(config: &Config) -> Result<Relay, Told> {
    let (settings, data) = (serve::settings(config), config.data.clone());
    let clock = Arc::new(SystemClock::default());
    let relay = tokio::task::spawn_blocking(move || Relay::open(settings, clock)).await;
    let relay = relay.map_err(|error| Told::of(Refusal::Internal).about(error.to_string()))?;
    Ok(relay.map_err(|error| opened::refused(error, &DataFolder::at(data)))?)
}

/// Closes a store that nobody served from: a run that is over at once.
async fn close(relay: Relay) -> Result<(), Told> {
    relay.stop();
    Ok(relay.run(None).await.map_err(Refused::from)?)
}
