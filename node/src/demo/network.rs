//! The network of the demonstration: founded, enrolled, started, cut, killed and ended office by office.
//!
//! An office is a folder: `node.toml`, the node's data folder, `node.log` with what the node said. A child dials its go-between; the
//! invitation names that address, so that a parent may come back on another port and nobody has to be told.

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use super::{
    go_between::{GoBetween, Line, Target},
    offices::{Office, Offices, Station},
    operator::Operator,
    process::NodeProcess,
};
use crate::serve::Serving;

/// The demonstration's network zone.
const ZONE: &str = "demo";

/// Every office with a node, and the lines between them.
#[derive(Debug)]
pub struct Network {
    offices: Offices,
    folder: PathBuf,
    program: PathBuf,
    sites: BTreeMap<String, Site>,
}

/// Where one office's node runs.
#[derive(Debug)]
struct Site {
    folder: PathBuf,
    operator: Operator,
    line: Option<GoBetween>,
    node: Option<NodeProcess>,
    console: SocketAddr,
}

impl Network {
    /// Founds every office in turn, each enrolled by its parent, and starts it. `told` hears of each that is ready.
    pub async fn found(offices: Offices, folder: PathBuf, mut told: impl FnMut(&Office)) -> Result<Self> {
        let program = std::env::current_exe().context("this program does not know its own path")?;
        let mut network = Self { offices: offices.clone(), folder, program, sites: BTreeMap::new() };
        for office in offices.iter() {
            network.found_office(office).await.with_context(|| format!("{} {}", office.id, office.name))?;
            told(office);
        }
        Ok(network)
    }

    /// Its offices.
    pub fn offices(&self) -> &Offices {
        &self.offices
    }

    /// The command line of an office's node.
    pub fn operator(&self, office: &Office) -> Result<&Operator> {
        Ok(&self.site(office)?.operator)
    }

    /// Whether an office's node runs.
    pub fn runs(&self, office: &Office) -> bool {
        self.sites.get(&office.id).is_some_and(|site| site.node.is_some())
    }

    /// Whether the line from an office to its parent passes; `None`: it has none.
    pub fn line(&self, office: &Office) -> Option<Line> {
        self.sites.get(&office.id)?.line.as_ref().map(GoBetween::line)
    }

    /// Cuts or heals the line from an office to its parent.
    pub fn set_line(&self, office: &Office, line: Line) -> Result<()> {
        self.site(office)?.line.as_ref().context("it has no line upward")?.set(line);
        Ok(())
    }

    /// Kills an office's node as a power cut would. False: it did not run.
    pub async fn kill(&mut self, office: &Office) -> Result<bool> {
        match self.site_mut(office)?.node.take() {
            Some(node) => node.kill().await.map(|()| true).context("cannot kill it"),
            None => Ok(false),
        }
    }

    /// Starts an office's node. False: it ran already.
    pub async fn start(&mut self, office: &Office) -> Result<bool> {
        let program = self.program.clone();
        let site = self.site_mut(office)?;
        if site.node.is_some() {
            return Ok(false);
        }
        let mut command = Command::new(program);
        command.arg("serve").arg("--until-stdin-closes").arg("--config").arg(site.folder.join("node.toml"));
        site.node = Some(NodeProcess::start(command, &serving(&site.folder), &site.folder.join("node.log")).await?);
        Ok(true)
    }

    /// Ends every node, the leaves first, and says how many had to be killed.
    pub async fn end(mut self) -> Result<()> {
        let ids: Vec<String> = self.offices.iter().map(|office| office.id.clone()).collect();
        let mut ends = tokio::task::JoinSet::new();
        for id in ids.iter().rev() {
            if let Some(node) = self.sites.get_mut(id).and_then(|site| site.node.take()) {
                ends.spawn(node.stop());
            }
        }
        while let Some(ended) = ends.join_next().await {
            ended.context("a task of the demonstration failed")?.context("cannot end a node")?;
        }
        Ok(())
    }

    async fn found_office(&mut self, office: &Office) -> Result<()> {
        let Some(parent) = office.parent.as_deref().and_then(|parent| self.offices.by_id(parent)).cloned() else {
            self.make_site(office, None)?;
            let mut words = vec!["init", &office.id, "--zone", ZONE];
            words.extend(attributes(office));
            self.operator(office)?.run(&words).await?;
            return self.start(office).await.map(|_| ());
        };
        match office.station {
            Station::None => {
                let mut words = vec!["office", "add", &office.id, "--no-node"];
                words.extend(attributes(office));
                self.operator(&parent)?.run(&words).await.map(|_| ())
            }
            Station::Node => self.enrol(office, &parent).await,
        }
    }

    /// A real invitation from the parent, used up by a real enrolment through the line that stays.
    async fn enrol(&mut self, office: &Office, parent: &Office) -> Result<()> {
        let line = GoBetween::start(self.target(parent)?).await.context("no free port for a go-between")?;
        let address = line.address().to_string();
        self.make_site(office, Some(line))?;
        let mut words = vec!["invite", &office.id, "--address", &address, "--json"];
        words.extend(attributes(office));
        let invited = self.operator(parent)?.json(&words).await?;
        let invitation = invited["invitation"].as_str().context("`invite` gave no invitation")?;
        self.operator(office)?.run(&["enrol", invitation]).await?;
        self.start(office).await.map(|_| ())
    }

    fn make_site(&mut self, office: &Office, line: Option<GoBetween>) -> Result<()> {
        let folder = self.folder.join(&office.id);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let config = folder.join("node.toml");
        let console = free_address().context("no free port for a console")?;
        std::fs::write(&config, settings(office, console)).with_context(|| format!("cannot write {}", config.display()))?;
        let operator = Operator::new(self.program.clone(), config);
        self.sites.insert(office.id.clone(), Site { folder, operator, line, node: None, console });
        Ok(())
    }

    /// Where an office's console is opened.
    pub fn console(&self, office: &Office) -> Result<SocketAddr> {
        Ok(self.site(office)?.console)
    }

    /// Where an office listens for its children at the moment, as its node says.
    fn target(&self, office: &Office) -> Result<Target> {
        let serving = serving(&self.site(office)?.folder);
        Ok(Arc::new(move || link_address(&std::fs::read_to_string(&serving).ok()?)))
    }

    fn site(&self, office: &Office) -> Result<&Site> {
        match self.sites.get(&office.id) {
            Some(site) => Ok(site),
            None => bail!("{} has no node", office.name),
        }
    }

    fn site_mut(&mut self, office: &Office) -> Result<&mut Site> {
        self.sites.get_mut(&office.id).with_context(|| format!("{} has no node", office.name))
    }
}

fn serving(folder: &Path) -> PathBuf {
    Serving::path(&folder.join("data"))
}

/// The link address in a node's `serving.json`.
fn link_address(serving: &str) -> Option<SocketAddr> {
    serde_json::from_str::<Serving>(serving).ok()?.link?.parse().ok()
}

fn attributes(office: &Office) -> Vec<&str> {
    let mut words = vec!["--name", &office.name, "--class", &office.class];
    if !office.area_code.is_empty() {
        words.extend(["--area", &office.area_code]);
    }
    words
}

/// An address that nobody has. A console keeps it when its node starts again: people have it in their address bar.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// A node's configuration. Timings are short, so that a person at the prompt need not wait for what takes 45 s in the field.
fn settings(office: &Office, console: SocketAddr) -> String {
    format!(
        "[node]\ndata = \"data\"\noffice = \"{}\"\n\n[link]\nlisten = \"127.0.0.1:0\"\nheartbeat = \"1s\"\n\
         connect_timeout = \"2s\"\nretry_delay_max = \"1s\"\n\n[api]\nlisten = \"127.0.0.1:0\"\n\n\
         [console]\nlisten = \"{console}\"\n\n[store]\nindex_cache = \"4MiB\"\n",
        office.id
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn every_office_gets_a_configuration_without_a_fault() {
        for office in Offices::built_in().iter() {
            Config::parse(&settings(office, ([127, 0, 0, 1], 7680).into())).unwrap();
        }
    }

    #[test]
    fn the_link_address_is_read_from_what_a_node_writes() {
        assert_eq!(
            link_address(r#"{"pid":1,"office":"440000","link":"127.0.0.1:7600","api":"127.0.0.1:1"}"#),
            Some(([127, 0, 0, 1], 7600).into())
        );
        assert_eq!(link_address(r#"{"pid":1,"office":"440000","api":"127.0.0.1:1"}"#), None);
        assert_eq!(link_address("half a fi"), None);
    }
}
