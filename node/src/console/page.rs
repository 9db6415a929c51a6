//! The frame around every page: who sits here, what is in force, how the line is; and what every answer's head says.

use askama::Template;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use dutynet_relay::{
    ids::{RecordId, UnixMillis},
    random,
};
use serde::Serialize;

use super::{Console, desk::Seated, trouble::Trouble};
use crate::{
    domain::{
        account::{Account, Right},
        beijing,
        step::MatterKind,
    },
    text::{access, admin, console as text, console_look as look, console_matter, matter, refusal::Refusal, warning},
    usecase::Refused,
};

/// What a page may load and run: its own files, and nothing of others.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The parts of the console, as its navigation has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Duty,
    Inbox,
    Reports,
    Matters(MatterKind),
    Notices,
    Dues,
    Status,
    Stats,
    Network,
    Rules,
    Find,
    Accounts,
    Admin,
    Audit,
    Help,
}

/// What stands around a page.
pub(super) struct Frame {
    /// Of the page.
    pub(super) title: String,
    /// Of the office.
    pub(super) office: String,
    /// Who sits here.
    pub(super) person: String,
    /// What forms carry.
    pub(super) token: String,
    /// Each with its path, its name, and whether this page belongs to it.
    pub(super) parts: Vec<Entry>,
    /// Special periods and what else is in force, one sentence each.
    pub(super) in_force: Vec<String>,
    /// What a person should know of this node.
    pub(super) warnings: Vec<String>,
    /// How the line to the parent is; empty: there is none.
    pub(super) line: String,
    /// Whether that is good.
    pub(super) line_is_up: bool,
    /// By the clock of this node, and the same for machines.
    pub(super) now: String,
    /// Milliseconds, for clocks that count down.
    pub(super) now_ms: i64,
}

/// How the line to the parent is, as every page says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct LineNow {
    /// It is up.
    pub(super) up: bool,
    /// In words, with what waits.
    pub(super) words: String,
}

/// One entry of the navigation.
pub(super) struct Entry {
    /// Where it leads.
    pub(super) path: String,
    /// Its name.
    pub(super) name: &'static str,
    /// This page belongs to it.
    pub(super) here: bool,
}

impl Console {
    /// The frame of a page for somebody who sits here.
    pub(super) fn frame(&self, seated: &Seated, part: Part, title: impl Into<String>) -> Result<Frame, Refused> {
        let (status, now) = (self.office.status(), self.clock.wall());
        let line = self.line(now);
        let in_force = self.office.periods_in_force()?.iter().map(|period| text::in_force(period, now)).collect();
        Ok(Frame {
            title: title.into(),
            office: status.name,
            person: seated.account.name.clone(),
            token: seated.token.clone(),
            parts: parts(part, &seated.account),
            in_force,
            warnings: status.warnings.iter().map(|known| warning::sentence(known.kind, &known.about)).collect(),
            line_is_up: line.as_ref().is_none_or(|line| line.up),
            line: line.map(|line| line.words).unwrap_or_default(),
            now: beijing::minute(now),
            now_ms: now.0,
        })
    }

    /// How the line to the parent is; `None`: there is none.
    pub(super) fn line(&self, now: UnixMillis) -> Option<LineNow> {
        let link = self.office.links().into_iter().map(|(link, _)| link).find(|link| link.is_parent)?;
        Some(LineNow { up: link.state.up, words: text::line(&link, now) })
    }

    /// An id for a record that a form will make.
    pub(super) fn new_id(&self) -> Result<String, Refused> {
        let random = random::bytes().map_err(|error| Refused::because(Refusal::Internal, error))?;
        Ok(RecordId::from_parts(self.clock.wall(), random).to_string())
    }
}

/// Where matters of a kind are listed.
fn list_of(kind: MatterKind) -> String {
    match kind {
        MatterKind::RollCall => "/rolls".to_owned(),
        MatterKind::Consultation => "/consultations".to_owned(),
        MatterKind::Incident
        | MatterKind::Warning
        | MatterKind::Verification
        | MatterKind::Directive
        | MatterKind::Drill
        | MatterKind::Finding => format!("/matters/{}", kind.key()),
    }
}

fn parts(here: Part, account: &Account) -> Vec<Entry> {
    let mut all = vec![(Part::Duty, "/".to_owned(), text::DUTY)];
    if account.may(Right::Approve) {
        all.push((Part::Inbox, "/inbox".to_owned(), console_matter::INBOX));
    }
    all.extend(MatterKind::ALL.map(|kind| (Part::Matters(kind), list_of(kind), matter::kind(kind))));
    all.extend([
        (Part::Reports, "/reports".to_owned(), text::REPORTS),
        (Part::Notices, "/notices".to_owned(), text::NOTICES),
        (Part::Dues, "/dues".to_owned(), text::DUES),
        (Part::Status, "/status".to_owned(), look::STATUS),
        (Part::Stats, "/stats".to_owned(), look::STATS),
        (Part::Network, "/network".to_owned(), text::NETWORK),
        (Part::Rules, "/rules".to_owned(), look::RULES),
        (Part::Find, "/find".to_owned(), look::FIND),
    ]);
    if account.may(Right::Operate) {
        all.push((Part::Accounts, "/accounts".to_owned(), text::ACCOUNTS));
        all.push((Part::Admin, "/admin".to_owned(), admin::ADMIN));
    }
    if account.may(Right::Audit) {
        all.push((Part::Audit, "/audit".to_owned(), access::AUDIT));
    }
    all.push((Part::Help, "/help".to_owned(), text::HELP));
    all.into_iter().map(|(part, path, name)| Entry { path, name, here: part == here }).collect()
}

/// A page that was made.
pub(super) type Paged = Result<Response, Trouble>;

/// A template as an answer.
pub(super) fn html(template: &impl Template) -> Paged {
    let html = made(template).map_err(|error| Refused::because(Refusal::Internal, error))?;
    Ok(Html(html).into_response())
}

/// A template as text.
pub(super) fn made<T: Template>(template: &T) -> askama::Result<String> {
    #[cfg(test)]
    MADE.with_borrow_mut(|made| made.insert(std::any::type_name::<T>()));
    template.render()
}

#[cfg(test)]
thread_local! {
    /// What was made into pages in this thread.
    pub(super) static MADE: std::cell::RefCell<std::collections::BTreeSet<&'static str>> = const { std::cell::RefCell::new(std::collections::BTreeSet::new()) };
}

/// To another page, after something was written.
pub(super) fn then(path: &str) -> Paged {
    Ok(Redirect::to(path).into_response())
}

/// In the extensions of an answer: the form was taken, though the answer says that something beside it was not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken;

/// Whether this is the answer to a form that was taken: it leads on, and not back to the door.
pub(super) fn was_taken(answer: &Response) -> bool {
    if answer.extensions().get::<Taken>().is_some() {
        return true;
    }
    let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    let door = |to: &str| ["/enter", "/locked", "/password", "/first"].iter().any(|door| to.split('?').next() == Some(door));
    answer.status() == StatusCode::SEE_OTHER && to.is_some_and(|to| !door(to))
}

/// Tells the script of the next page that the form which was posted there was taken: what the browser kept of it while it was typed can go.
pub(super) fn tell_taken(headers: &mut HeaderMap, path: &str) {
    let cookie = format!("dutynet_took={path}; Path=/; Max-Age=60; SameSite=Strict");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// `2026年11月22日 14:05`
pub(super) fn moment(at: UnixMillis) -> String {
    text::moment(&beijing::minute(at))
}

/// Text as a query or a head names it: everything but letters, digits and a few signs by its bytes.
pub(super) fn in_a_query(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// What can stand in a query as it is: of references and names of things, everything.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| is_plain(*c)).collect()
}

/// The same of a month, or a year.
pub(super) fn plain_month(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect()
}

/// A path of this console that came in a query, with its own query; anything else is its first page. Browsers leave out what no address may
/// have in it, such as a tab, so that such a path may lead elsewhere.
pub(super) fn own_path(path: &str) -> &str {
    let fits = |c: char| is_plain(c) || matches!(c, '?' | '&' | '=' | '%' | '+');
    if path.starts_with('/') && !path.starts_with("//") && path.chars().all(fits) { path } else { "/" }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | ',')
}

/// Whether a request was meant for this console: a name that another site points here is not.
pub(super) fn is_known_host(host: &str, names: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]") || names.iter().any(|known| known == bare)
}

/// What every answer's head says.
pub(super) fn guard(headers: &mut HeaderMap, is_secure: bool) {
    if is_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    let said = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in said {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages about people are in no cache that outlives the session; files of the program say otherwise themselves.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_console_answers_only_to_its_own_names() {
        let names = ["duty.zj.gov".to_owned(), "fd00::25".to_owned()];
        for host in ["localhost", "127.0.0.1:7680", "[::1]:7680", "[::1]", "duty.zj.gov:443", "[fd00::25]:7680"] {
            assert!(is_known_host(host, &names), "{host}");
        }
        for host in ["", "evil.example", "evil.example:7680", "127.0.0.1.evil.example", "localhost:evil"] {
            assert!(!is_known_host(host, &names), "{host}");
        }
    }

    #[test]
    fn what_stands_in_a_query_begins_no_other_part_of_it() {
        assert_eq!(plain("440000/0190&only=\"><b>,x#y z%20"), "440000/0190onlyb,xyz20");
        assert_eq!(plain_month("2026-07&x=1"), "2026-071");
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        for own in ["/notices/new", "/find?q=%E5%B1%B1+%E6%B4%AA&kind=incident", "/roll/440000/0190?open=cells,acts"] {
            assert_eq!(own_path(own), own);
        }
        for other in ["//evil.example", "https://evil.example", "", "/\\evil.example", "/\t/evil.example", "/\n/evil.example"] {
            assert_eq!(own_path(other), "/", "{other}");
        }
    }
}
