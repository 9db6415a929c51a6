//! `dutynet account`: who may use the console, for whoever sits at the machine.

use std::io::{self, IsTerminal as _};

use dutynet_proto::api::{self, change_account_request::Change};
use dutynet_relay::clock::{Clock as _, SystemClock};
use serde::Serialize;

use super::{
    args::{
        Place,
        account::{AccountVerb, AddAccount},
    },
    client::{Node, heard},
    convert, printed,
    restore::first_line,
    say,
    table::Table,
    told::Told,
};
use crate::{
    domain::account::Post,
    text::{console as text, notice, refusal::Refusal},
};

pub(super) async fn run(place: &Place, verb: &AccountVerb) -> Result<String, Told> {
    match verb {
        AccountVerb::List(output) => {
            let reply = heard(Node::find(place).await?.accounts().list(api::ListAccountsRequest {}).await)?;
            Ok(if output.json { printed(&Accounts::from(&reply)) } else { table(&reply.accounts) })
        }
        AccountVerb::Add(add) => self::add(place, add).await,
        AccountVerb::Reset { id } => {
            let node = Node::find(place).await?;
            change(&node, id, Change::Password(password()?)).await?;
            Ok(text::reset(id))
        }
        AccountVerb::End(end) => {
            let node = Node::find(place).await?;
            change(&node, &end.id, Change::End(end.reason.clone())).await?;
            Ok(text::ended(&end.id))
        }
    }
}

async fn add(place: &Place, add: &AddAccount) -> Result<String, Told> {
    let node = Node::find(place).await?;
    let (id, name, posts) = (add.id.clone(), add.name.clone(), add.posts.clone());
    let request = api::AddAccountRequest { id, name, posts, password: password()?, own: add.own };
    heard(node.accounts().add(request).await)?;
    Ok(text::added(&add.id, &add.name, add.own))
}

async fn change(node: &Node, id: &str, change: Change) -> Result<api::AccountRow, Told> {
    heard(node.accounts().change(api::ChangeAccountRequest { id: id.to_owned(), change: Some(change) }).await)
}

/// A password, which never stands on a command line: others could read it there.
fn password() -> Result<String, Told> {
    if io::stdin().is_terminal() {
        say(io::stderr(), text::ASK_PASSWORD);
    }
    let unreadable = |error: io::Error| Told::of(Refusal::FileUnreadable).about(error.to_string());
    let line = first_line(io::stdin().lock()).map_err(unreadable)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn table(accounts: &[api::AccountRow]) -> String {
    let now = SystemClock::default().wall();
    let mut table = Table::new(&text::ACCOUNT_LIST);
    for account in accounts {
        let posts =
            account.posts.iter().map(|key| Post::from_key(key).map_or_else(|| key.clone(), |post| text::post(post).to_owned()));
        let state = match (account.ended_ms, account.must_change) {
            (0, false) => text::IN_USE.to_owned(),
            (0, true) => text::MUST_CHANGE.to_owned(),
            (at, _) => text::ended_at(&notice::time(convert::moment(at), now)),
        };
        table.row([account.id.clone(), account.name.clone(), text::listed(&posts.collect::<Vec<_>>()), state]);
    }
    table.render()
}

/// Shape of `account list --json`.
#[derive(Serialize)]
pub(super) struct Accounts {
    accounts: Vec<AccountJson>,
}

#[derive(Serialize)]
struct AccountJson {
    id: String,
    name: String,
    posts: Vec<String>,
    must_change: bool,
    ended: Option<String>,
    history: Vec<HappenedJson>,
}

#[derive(Serialize)]
struct HappenedJson {
    at: Option<String>,
    by: String,
    what: String,
    reason: String,
}

impl From<&api::ListAccountsReply> for Accounts {
    fn from(from: &api::ListAccountsReply) -> Self {
        let happened = |from: &api::AccountHappened| HappenedJson {
            at: convert::time(from.at_ms),
            by: from.by.clone(),
            what: from.what.clone(),
            reason: from.reason.clone(),
        };
        let account = |from: &api::AccountRow| AccountJson {
            id: from.id.clone(),
            name: from.name.clone(),
            posts: from.posts.clone(),
            must_change: from.must_change,
            ended: convert::time(from.ended_ms),
            history: from.history.iter().map(happened).collect(),
        };
        Self { accounts: from.accounts.iter().map(account).collect() }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What `--json` prints, by its heading in `deploy/json.md`.
    pub(in crate::cli) fn shapes() -> Vec<(&'static str, String)> {
        let at_ms = 1_782_867_600_000;
        let happened = |by: &str, what: &str, reason: &str| api::AccountHappened {
            at_ms,
            by: by.into(),
            what: what.into(),
            reason: reason.into(),
        };
        let row = api::AccountRow {
            id: "lisi".into(),
            name: "Li".into(),
            posts: vec!["officer".into()],
            must_change: false,
            ended_ms: at_ms,
            history: vec![happened("", "made", ""), happened("zhangsan", "ended", "left")],
        };
        vec![("account list", printed(&Accounts::from(&api::ListAccountsReply { accounts: vec![row] })))]
    }
}
