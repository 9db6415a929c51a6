//! The consoles of the demonstration: at every node two people who may log in, an officer and a leader.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use data_encoding::BASE32_NOPAD;
use dutynet_relay::random;
use tokio::task::JoinSet;

use super::{
    network::Network,
    offices::{Office, Station},
    text::consoles as said,
};

/// Who may log in: account, name, posts.
const PEOPLE: [(&str, &str, &str); 2] =
    [("zhiban", said::OFFICER, "officer,manager,operator,auditor"), ("lingdao", said::LEADER, "leader")];

/// Where a console is opened.
pub struct Opened<'a> {
    /// Whose.
    pub office: &'a Office,
    /// What is typed into the address bar.
    pub address: SocketAddr,
}

/// The consoles of a network, and the password that everybody has in this run.
#[derive(Debug)]
pub struct Consoles {
    password: String,
}

impl Consoles {
    /// Makes the accounts at every node, all nodes at once.
    pub async fn opened(network: &Network) -> Result<Self> {
        let bytes = random::bytes::<5>().context("no random bytes")?;
        let password = BASE32_NOPAD.encode(&bytes).to_lowercase();
        let mut making = JoinSet::new();
        for office in network.offices().iter().filter(|office| office.station == Station::Node) {
            let (operator, password) = (network.operator(office)?.clone(), password.clone());
            making.spawn(async move {
                for (id, name, posts) in PEOPLE {
                    let words = ["account", "add", id, "--name", name, "--post", posts, "--own"];
                    operator.run_with(&words, &format!("{password}\n")).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(made) = making.join_next().await {
            made.context("a task of the demonstration failed")??;
        }
        Ok(Self { password })
    }

    /// Addresses and log-ins.
    pub fn printed(&self, network: &Network) -> Result<String> {
        let nodes = network.offices().iter().filter(|office| office.station == Station::Node);
        let opened = nodes.map(|office| Ok(Opened { office, address: network.console(office)? }));
        Ok(said::printed(&opened.collect::<Result<Vec<_>>>()?, &PEOPLE.map(|(id, name, _)| (id, name)), &self.password))
    }
}
