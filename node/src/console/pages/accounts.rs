//! Accounts: who may use this console, making one, other posts, a new password, and the end of one.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    response::IntoResponse as _,
    routing::{get, post},
};

use super::super::{
    Console,
    desk::Desk,
    page::{Frame, Paged, Part, html, moment, then},
    posted::{Posted, Typed},
    trouble::{Said, http_status},
};
use crate::{
    domain::{
        access::{How, Seen},
        account::{Account, Happened, Post, Right},
    },
    text::console as text,
    usecase::{AccountChange, ChangedBy, NewAccount, Refused},
};

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/accounts", get(list).post(add))
        .route("/accounts/posts/{id}", post(posts))
        .route("/accounts/password/{id}", post(password))
        .route("/accounts/end/{id}", post(end))
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct Page {
    frame: Frame,
    accounts: Vec<AccountView>,
    posts: Vec<(&'static str, &'static str)>,
    typed: Typed,
    said: Option<Said>,
}

struct AccountView {
    id: String,
    name: String,
    posts: Vec<&'static str>,
    words: String,
    ended: String,
    must_change: bool,
    history: Vec<String>,
}

impl Page {
    fn ticked(&self, post: &str) -> bool {
        self.typed.all("post").any(|ticked| ticked == post)
    }
}

async fn list(State(console): State<Console>, desk: Desk) -> Paged {
    desk.must(Right::Operate)?;
    console.saw(&desk, How::Opened, Seen::page(super::audit::ACCOUNTS));
    html(&page(&console, &desk, Typed::default(), None)?)
}

fn page(console: &Console, desk: &Desk, typed: Typed, said: Option<Said>) -> Result<Page, Refused> {
    let accounts = console.office.accounts()?;
    let name = |id: &str| match accounts.iter().find(|account| account.id == id) {
        Some(account) => account.name.clone(),
        None => text::AT_THE_MACHINE.to_owned(),
    };
    Ok(Page {
        frame: console.frame(desk, Part::Accounts, text::ACCOUNTS)?,
        accounts: accounts.iter().map(|account| view(account, &name)).collect(),
        posts: Post::ALL.map(|post| (post.key(), text::post(post))).to_vec(),
        typed,
        said,
    })
}

fn view(account: &Account, name: &impl Fn(&str) -> String) -> AccountView {
    let entry = |happened: &Happened| text::entry(&moment(happened.at), happened.what, &name(&happened.by), &happened.reason);
    AccountView {
        id: account.id.clone(),
        name: account.name.clone(),
        posts: account.posts.iter().map(|post| post.key()).collect(),
        words: text::listed(&account.posts.iter().map(|post| text::post(*post).to_owned()).collect::<Vec<_>>()),
        ended: account.ended.map(moment).unwrap_or_default(),
        must_change: account.must_change,
        history: account.history.iter().rev().map(entry).collect(),
    }
}

async fn add(State(console): State<Console>, posted: Posted) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    let new = NewAccount {
        id: typed.text("id").trim().to_owned(),
        name: typed.text("name").to_owned(),
        posts: ticked(&typed),
        password: typed.text("password").to_owned(),
        own: false,
    };
    let made = console.office.add_account(ChangedBy::Account(&desk.account.id), new).await;
    answered(&console, &desk, typed, made)
}

fn ticked(typed: &Typed) -> BTreeSet<Post> {
    typed.all("post").filter_map(Post::from_key).collect()
}

fn answered(console: &Console, desk: &Desk, typed: Typed, made: Result<Account, Refused>) -> Paged {
    match made {
        Ok(_) => then("/accounts"),
        Err(refused) => {
            let page = page(console, desk, typed, Some(Said::of(&refused)))?;
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

async fn posts(state: State<Console>, Path(id): Path<String>, posted: Posted) -> Paged {
    let change = AccountChange::Posts(ticked(&posted.typed));
    changed(state, &id, posted, change).await
}

async fn password(state: State<Console>, Path(id): Path<String>, posted: Posted) -> Paged {
    let change = AccountChange::Password(posted.typed.text("password").to_owned());
    changed(state, &id, posted, change).await
}

async fn end(state: State<Console>, Path(id): Path<String>, posted: Posted) -> Paged {
    changed(state, &id, posted, AccountChange::End).await
}

async fn changed(State(console): State<Console>, id: &str, posted: Posted, change: AccountChange) -> Paged {
    let Posted { desk, typed } = posted;
    desk.must(Right::Operate)?;
    let closes = !matches!(change, AccountChange::Posts(_));
    let by = ChangedBy::Account(&desk.account.id);
    let made = console.office.change_account(by, id, change, typed.text("reason")).await;
    if made.is_ok() && closes {
        console.desks.end_all(id);
    }
    answered(&console, &desk, typed, made)
}
