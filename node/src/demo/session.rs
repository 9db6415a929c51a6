//! One demonstration from its first node to its last: at the prompt, or by the script.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result};
use dutynet_relay::clock::{Clock, SystemClock};
use tokio::sync::mpsc;

use super::{
    consoles::Consoles,
    consultations, day,
    event::Event,
    go_between::Line,
    network::Network,
    notices,
    offices::{Office, Offices, Station},
    prompt::{self, Command},
    province, rollcalls,
    script::{self, Said},
    show, text,
};

/// Longest scripted run.
const ONCE_MAX: Duration = Duration::from_secs(300);
/// Between two looks how far a report has got, and how many.
const LOOK: Duration = Duration::from_millis(150);
const LOOKS: u32 = 8;

/// At the prompt until a person quits.
pub async fn at_the_prompt(data: Option<PathBuf>) -> Result<ExitCode> {
    let ground = Ground::new(data)?;
    let mut network = found(&ground).await?;
    let consoles = Consoles::opened(&network).await?;
    let period = day::today(&network).await?;
    let filed = day::file_all(&network, &period).await?;
    province::complete(&network, &period, &province::filers(&network)).await?;
    say(&text::filed(filed));
    say(&show::board(&network, &period).await?);
    say(text::HELP);
    say(&consoles.printed(&network)?);
    let mut event = None;
    let mut lines = typed_lines();
    loop {
        write(text::PROMPT);
        let line = tokio::select! {
            line = lines.recv() => line,
            _ = tokio::signal::ctrl_c() => None,
        };
        let Some(line) = line else { break };
        let offices = network.offices().clone();
        match prompt::read(&line, &offices) {
            Ok(Command::Quit) => break,
            Ok(command) => match obey((&mut network, &mut event, &consoles), &period, command).await {
                Ok(answer) => say(&answer),
                Err(why) => say(&text::not_done(&format!("{why:#}"))),
            },
            Err(why) => say(&text::misunderstood(&why)),
        }
    }
    say(text::ENDING);
    network.end().await?;
    ground.clear();
    Ok(ExitCode::SUCCESS)
}

/// By the script; done or not within a minute.
pub async fn once(data: Option<PathBuf>) -> Result<ExitCode> {
    let clock = SystemClock::default();
    let ground = Ground::new(data)?;
    let played = tokio::time::timeout(ONCE_MAX, async {
        let mut network = found(&ground).await?;
        say(&Consoles::opened(&network).await?.printed(&network)?);
        let period = day::today(&network).await?;
        let tell = |said| match said {
            Said::Step(step) => say(&text::script::step(clock.monotonic().as_secs(), &step)),
            Said::Shown(what) => say(&what),
        };
        script::run(&mut network, tell).await?;
        say(&show::board(&network, &period).await?);
        say(&show::links(&network).await?);
        network.end().await
    });
    match played.await.context("it took longer than a minute").and_then(|played| played) {
        Ok(()) => {
            say(text::script::DONE);
            ground.clear();
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            say(&text::script::failed(&format!("{why:#}")));
            say(&text::script::kept(&ground.folder.display().to_string()));
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn found(ground: &Ground) -> Result<Network> {
    say(&text::founding(&ground.folder.display().to_string()));
    let ready = |office: &Office| match office.station {
        Station::Node => say(&text::ready(office)),
        Station::None => say(&text::registered(office)),
    };
    Network::found(Offices::built_in(), ground.folder.clone(), ready).await
}

async fn obey(
    (network, event, consoles): (&mut Network, &mut Option<Event>, &Consoles),
    period: &str,
    command: Command<'_>,
) -> Result<String> {
    Ok(match command {
        Command::Board => show::board(network, period).await?,
        Command::Links => show::links(network).await?,
        Command::Consoles => consoles.printed(network)?,
        Command::Zero(office) if network.runs(office) => {
            let answered = day::file_zero(network, office, period).await?;
            let say = if answered.folded { text::folded } else { text::reported };
            say(office, &arrival(network, office, period).await?)
        }
        Command::Zero(office) => text::is_off(office),
        Command::Behalf(office) => on_behalf(network, office, period).await?,
        Command::Draft(office) if network.runs(office) => show::draft(network, office, period).await?,
        Command::Draft(office) => text::is_off(office),
        Command::Notice(title) => text::notice_sent(&notices::send(network, &title).await?),
        Command::Sign(office) => sign(network, office).await?,
        Command::Signed => match notices::latest(network).await? {
            Some(number) => notices::printed(network, &number).await?,
            None => text::NO_NOTICE.to_owned(),
        },
        Command::Event(office) if network.runs(office) => {
            let called = event.insert(Event::called_in(network, office).await?);
            [text::event::called(office, &called.number), called.printed(network, office).await?].join("\n")
        }
        Command::Event(office) => text::is_off(office),
        Command::GoesOn => match event {
            Some(event) => goes_on(network, event).await?,
            None => text::NO_EVENT.to_owned(),
        },
        Command::Roll => text::roll_called(&rollcalls::call(network).await?),
        Command::Answer(office) if network.runs(office) => rollcalls::answer(network, office).await?,
        Command::Answer(office) => text::is_off(office),
        Command::Rolled => match rollcalls::latest(network).await? {
            Some(number) => rollcalls::printed(network, &number).await?,
            None => text::NO_CALL.to_owned(),
        },
        Command::Consult => consult(network).await?,
        Command::Cut(office) => {
            network.set_line(office, Line::Cut)?;
            text::cut(office)
        }
        Command::Heal(office) => {
            network.set_line(office, Line::Passing)?;
            text::healed(office)
        }
        Command::Kill(office) if network.kill(office).await? => text::killed(office),
        Command::Kill(office) => text::was_off(office),
        Command::Start(office) if network.start(office).await? => text::started(office),
        Command::Start(office) => text::runs(office),
        Command::Help => text::HELP.to_owned(),
        Command::Quit | Command::Nothing => String::new(),
    })
}

/// What everybody did, and what the highest tier that has it now knows.
async fn goes_on(network: &Network, event: &mut Event) -> Result<String> {
    let done = event.goes_on(network).await?;
    let mut said = if done.is_empty() { vec![text::EVENT_WAITS.to_owned()] } else { done };
    let (mut at, mut highest) = (&event.office, None);
    while let Ok(above) = notices::parent(network, at) {
        if network.runs(above) && event.reporters(network, above).await?.is_some() {
            highest = Some(above);
        }
        at = above;
    }
    if let Some(highest) = highest {
        said.push(event.printed(network, highest).await?);
    }
    Ok(said.join("\n"))
}

async fn consult(network: &Network) -> Result<String> {
    let session = consultations::call(network).await?;
    consultations::keep(network, &session).await?;
    let table = consultations::printed(network, network.offices().root(), &session).await?;
    Ok([text::consultation::called(&session), table].join("\n"))
}

async fn on_behalf(network: &Network, office: &Office, period: &str) -> Result<String> {
    let parent = notices::parent(network, office)?;
    if !network.runs(parent) {
        return Ok(text::is_off(parent));
    }
    let answered = day::file_zero_on_behalf(network, office, period).await?;
    Ok(text::entered(office, parent, answered.folded))
}

async fn sign(network: &Network, office: &Office) -> Result<String> {
    let at = if office.station == Station::Node { office } else { notices::parent(network, office)? };
    if !network.runs(at) {
        return Ok(text::is_off(at));
    }
    let Some(number) = notices::latest(network).await? else { return Ok(text::NO_NOTICE.to_owned()) };
    let signed = notices::sign(network, office, &number).await?;
    Ok(text::signed(office, &number, signed["folded"] == true))
}

/// How far a report gets in the time that a person waits for a prompt.
async fn arrival(network: &Network, office: &Office, period: &str) -> Result<String> {
    for _ in 0..LOOKS {
        if day::state_of_zero(network, office, period).await? == "arrived" {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    day::state_of_zero(network, office, period).await
}

/// Where the demonstration keeps its offices.
struct Ground {
    folder: PathBuf,
    keep: Keep,
}

/// What becomes of the folder afterwards.
enum Keep {
    /// A person named it.
    Named,
    /// Ours: it goes when all went well.
    Ours,
}

impl Ground {
    fn new(named: Option<PathBuf>) -> Result<Self> {
        let (folder, keep) = match named {
            Some(folder) => (folder, Keep::Named),
            None => (std::env::temp_dir().join(format!("dutynet-demo-{}", std::process::id())), Keep::Ours),
        };
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        anyhow::ensure!(is_empty(&folder)?, "{} is not empty", folder.display());
        let folder = folder.canonicalize().with_context(|| format!("cannot use {}", folder.display()))?;
        Ok(Self { folder, keep })
    }

    fn clear(&self) {
        if matches!(self.keep, Keep::Ours)
            && let Err(fault) = fs::remove_dir_all(&self.folder)
        {
            tracing::warn!(folder = %self.folder.display(), %fault, "the demonstration's folder is left");
        }
    }
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(folder)?.next().is_none())
}

/// What is typed, line by line, until it ends. A thread of its own: nothing waits for a line that is never typed.
fn typed_lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        let typed = io::stdin().lines().map_while(Result::ok);
        let _ = typed.map(|line| sender.blocking_send(line)).take_while(Result::is_ok).count();
    });
    lines
}

/// Nobody may be listening any more (`| head`); that is no fault of the network.
fn say(what: &str) {
    if !what.is_empty() {
        write(&format!("{}\n", what.trim_end()));
    }
}

fn write(what: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(what.as_bytes()).and_then(|()| out.flush());
}
