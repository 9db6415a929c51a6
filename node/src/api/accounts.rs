//! Service `Accounts`: who may use the console, for whoever sits at the machine.

use std::collections::BTreeSet;

use dutynet_proto::api::{self, accounts_server::Accounts, change_account_request::Change};
use tonic::{Request, Response, Status};

use super::said;
use crate::{
    domain::account::{Account, Happened, Post},
    text::refusal::Refusal,
    usecase::{AccountChange, ChangedBy, NewAccount, Office, Refused},
};

/// See `accounts.proto`.
pub(super) struct AccountsService(pub(super) Office);

#[tonic::async_trait]
impl Accounts for AccountsService {
    async fn list(&self, _request: Request<api::ListAccountsRequest>) -> Result<Response<api::ListAccountsReply>, Status> {
        let accounts = self.0.accounts().map_err(said)?;
        Ok(Response::new(api::ListAccountsReply { accounts: accounts.iter().map(row).collect() }))
    }

    async fn add(&self, request: Request<api::AddAccountRequest>) -> Result<Response<api::AccountRow>, Status> {
        let api::AddAccountRequest { id, name, posts, password, own } = request.into_inner();
        let new = NewAccount { id, name, posts: posts_named(&posts).map_err(said)?, password, own };
        let made = self.0.add_account(ChangedBy::Machine, new).await.map_err(said)?;
        Ok(Response::new(row(&made)))
    }

    async fn change(&self, request: Request<api::ChangeAccountRequest>) -> Result<Response<api::AccountRow>, Status> {
        let api::ChangeAccountRequest { id, change } = request.into_inner();
        let (change, reason) = match change {
            Some(Change::Password(password)) => (AccountChange::Password(password), String::new()),
            Some(Change::Posts(posts)) => (AccountChange::Posts(posts_named(&posts.posts).map_err(said)?), String::new()),
            Some(Change::End(reason)) => (AccountChange::End, reason),
            None => return Err(said(Refusal::RequestUnreadable.into())),
        };
        let made = self.0.change_account(ChangedBy::Machine, &id, change, &reason).await.map_err(said)?;
        Ok(Response::new(row(&made)))
    }
}

fn posts_named(keys: &[String]) -> Result<BTreeSet<Post>, Refused> {
    let post = |key: &String| Post::from_key(key).ok_or_else(|| Refused::about(Refusal::AccountPosts, key));
    keys.iter().map(post).collect()
}

fn row(account: &Account) -> api::AccountRow {
    let happened = |happened: &Happened| api::AccountHappened {
        at_ms: happened.at.0,
        by: happened.by.clone(),
        what: happened.what.key().to_owned(),
        reason: happened.reason.clone(),
    };
    api::AccountRow {
        id: account.id.clone(),
        name: account.name.clone(),
        posts: account.posts.iter().map(|post| post.key().to_owned()).collect(),
        must_change: account.must_change,
        ended_ms: account.ended.map_or(0, |at| at.0),
        history: account.history.iter().map(happened).collect(),
    }
}
