//! Accounts: who may use this console, making one, other posts, a new password, and the end of one.
//!
//! Who changes an account that another person has changed since the page was opened is told so first, with what he had ticked.

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
    text::{console as text, refusal::Refusal},
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
    /// The account whose change was not taken; empty: it is not about one.
    changing: String,
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
    /// What had become of it; its forms bring it back.
    seen: String,
}

impl Page {
    /// Whether a post is ticked for a new account.
    fn ticked(&self, post: &str) -> bool {
        self.changing.is_empty() && self.typed.all("post").any(|ticked| ticked == post)
    }

    /// Whether a post is ticked for an account: as it was typed, else as it stands.
    fn has(&self, account: &AccountView, post: &str) -> bool {
        let typed = account.id == self.changing && self.typed.all("post").next().is_some();
        if typed { self.typed.all("post").any(|ticked| ticked == post) } else { account.posts.contains(&post) }
    }

    /// What was typed for an account whose change was not taken.
    fn typed_for(&self, account: &AccountView, name: &str) -> &str {
        if account.id == self.changing { self.typed.text(name) } else { "" }
    }
}

/// What has become of an account, in one word.
fn mark(account: &Account) -> String {
    let last = account.history.last().map_or(0, |happened| happened.at.0);
    format!("{last}.{}", account.history.len())
}

/// Whether another person has changed it since the form was made. A form that is sent twice is one's own.
fn changed_meanwhile(account: &Account, typed: &Typed, me: &str) -> bool {
    let by_another = account.history.last().is_some_and(|last| last.by != me);
    typed.ticked("seen") && typed.text("seen") != mark(account) && by_another
}

async fn list(State(console): State<Console>, desk: Desk) -> Paged {
    desk.must(Right::Operate)?;
    console.saw(&desk, How::Opened, Seen::page(super::audit::ACCOUNTS));
    html(&page(&console, &desk, (Typed::default(), ""), None)?)
}

fn page(console: &Console, desk: &Desk, (typed, changing): (Typed, &str), said: Option<Said>) -> Result<Page, Refused> {
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
        changing: changing.to_owned(),
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
        seen: mark(account),
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
    answered(&console, &desk, (typed, ""), made)
}

fn ticked(typed: &Typed) -> BTreeSet<Post> {
    typed.all("post").filter_map(Post::from_key).collect()
}

fn answered(console: &Console, desk: &Desk, typed: (Typed, &str), made: Result<Account, Refused>) -> Paged {
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
    let me = desk.account.id.as_str();
    if changed_meanwhile(&console.office.account(id)?, &typed, me) {
        return answered(&console, &desk, (typed, id), Err(Refused::about(Refusal::AccountChanged, id)));
    }
    let by = ChangedBy::Account(me);
    let made = console.office.change_account(by, id, change, typed.text("reason")).await;
    if made.is_ok() && closes {
        console.desks.end_all(id);
    }
    answered(&console, &desk, (typed, id), made)
}
