//! Who has seen what is about people: for the auditor alone, whose own look is noted like everybody's.

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    response::IntoResponse as _,
    routing::get,
};
use dutynet_relay::ids::RecordRef;
use serde::Deserialize;

use super::super::{
    Console,
    desk::{Desk, Seated},
    page::{Frame, Paged, Part, html, moment},
    trouble::{Said, http_status},
};
use crate::{
    domain::{
        access::{Access, How, Seen},
        account::{Account, Right},
        beijing::Day,
        form::Forms,
        number::Number,
    },
    text::access as text,
    usecase::{AskAccesses, FoundAccesses, Refused},
};

/// The page of those who may look after accounts.
pub(super) const ACCOUNTS: &str = "/accounts";

pub(super) fn router() -> Router<Console> {
    Router::new().route("/audit", get(audit))
}

impl Console {
    /// Notes that somebody sees what is about people. Every page of that kind calls it when it is shown, exported or printed.
    pub(in crate::console) fn saw(&self, seated: &Seated, how: How, what: Seen) {
        match (seated.by_itself, how) {
            (true, How::Opened) => self.office.note_renewal(&seated.account.id, what),
            (_, _) => self.office.note_access(&seated.account.id, how, what),
        }
    }

    /// Notes that somebody sees a matter.
    pub(in crate::console) fn saw_matter(&self, seated: &Seated, matter: &RecordRef) {
        self.saw(seated, How::Opened, Seen::matter(matter));
    }
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Page {
    frame: Frame,
    asked: Asked,
    /// Ids and names of everybody who could have looked.
    people: Vec<(String, String)>,
    rows: Vec<Row>,
    notes: Vec<String>,
    said: Option<Said>,
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    matter: String,
}

struct Row {
    at: String,
    by: String,
    how: &'static str,
    what: String,
    /// Where it is shown; empty: not to whoever looks here.
    path: String,
}

async fn audit(State(console): State<Console>, desk: Desk, Query(asked): Query<Asked>) -> Paged {
    desk.must(Right::Audit)?;
    let today = Day::of(console.clock.wall());
    let day = |text: &str| Day::parse(text).unwrap_or(today);
    let (from, to) = (day(&asked.from), day(&asked.to));
    let asked = Asked { from: from.to_string(), to: to.to_string(), ..asked };
    console.saw(&desk, How::Opened, Seen::page("/audit"));
    let ask = AskAccesses { from, to, by: asked.by.clone(), matter: asked.matter.clone() };
    let (found, refused) = match console.office.accesses(ask).await {
        Ok(found) => (found, None),
        Err(refused) => (FoundAccesses::default(), Some(refused)),
    };
    let page = page(&console, &desk, asked, &found, refused.as_ref().map(Said::of))?;
    let status = refused.map(|refused| http_status(refused.refusal)).unwrap_or_default();
    Ok((status, html(&page)?).into_response())
}

fn page(console: &Console, desk: &Desk, asked: Asked, found: &FoundAccesses, said: Option<Said>) -> Result<Page, Refused> {
    let people: Vec<_> = console.office.accounts()?.into_iter().map(|account| (account.id, account.name)).collect();
    let lost = (found.lost > 0).then(|| text::lost(found.lost));
    let more = found.more.then(|| text::MORE.to_owned());
    Ok(Page {
        frame: console.frame(desk, Part::Audit, text::AUDIT)?,
        rows: found.rows.iter().map(|access| row(access, &people, &desk.account)).collect(),
        notes: lost.into_iter().chain(more).collect(),
        asked,
        people,
        said,
    })
}

fn row(access: &Access, people: &[(String, String)], reader: &Account) -> Row {
    let name = people.iter().find(|(id, _)| *id == access.by).map_or("", |(_, name)| name);
    let number = |reference: &str| RecordRef::parse(reference).map(|reference| Number::of(&reference).to_string());
    let called = match &access.what {
        Seen::Matter(reference) | Seen::Notice(reference) => number(reference).unwrap_or_default(),
        Seen::Report(form, _, _) => Forms::built_in().get(form).map(|form| form.title.clone()).unwrap_or_default(),
        Seen::Page(_) => String::new(),
    };
    Row {
        at: moment(access.at),
        by: format!("{name} {}", access.by),
        how: text::how(access.how),
        what: text::seen(&access.what, &called),
        path: Some(access.what.path()).filter(|path| path != ACCOUNTS || reader.may(Right::Operate)).unwrap_or_default(),
    }
}
