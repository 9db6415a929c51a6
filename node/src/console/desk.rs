//! Who sits here: sessions in memory, the lock after idling, and the extractors by which a page says who may open it.
//!
//! A session is a random name in a cookie that no script can read and no other site can send. It is bound to an account, has a token of its own
//! for forms, ends when the account does, and is locked after a while without a click or a key; a page that refreshes itself is neither. Whoever
//! is sent to the door comes back to the page that was asked for. When the node starts anew everybody logs in again: sessions are the one
//! thing that may be lost.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{FromRequestParts, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    routing::get,
};
use data_encoding::HEXLOWER;
use dutynet_relay::{ids::UnixMillis, random, record::Person};
use serde::Serialize;
use subtle::ConstantTimeEq as _;

use super::{Console, page::in_a_query, throttle::Throttle, trouble::Trouble};
use crate::{
    domain::account::{Account, Right},
    text::refusal::Refusal,
    usecase::Refused,
};

/// Sessions at once; the one that was idle longest makes room.
const SESSIONS_MAX: usize = 64;
/// A session ends after so long, whatever happens: two shifts.
const LONGEST_MS: i64 = 26 * 3_600_000;
/// What the cookie's name begins with; the office's id follows, because cookies do not tell ports apart.
const COOKIE: &str = "dutynet_";

/// Everybody who is logged in.
pub(super) struct Desks {
    lock_after_ms: i64,
    sessions: Mutex<BTreeMap<String, Session>>,
    throttle: Mutex<Throttle>,
}

#[derive(Debug, Clone)]
struct Session {
    account: String,
    token: String,
    began: UnixMillis,
    last_click: UnixMillis,
    locked: bool,
}

impl Desks {
    pub(super) fn new(lock_after: Duration) -> Self {
        let lock_after_ms = i64::try_from(lock_after.as_millis()).unwrap_or(i64::MAX);
        Self { lock_after_ms, sessions: Mutex::default(), throttle: Mutex::default() }
    }

    /// Begins a session; its name is the cookie's value.
    pub(super) fn begin(&self, account: &str, now: UnixMillis) -> Result<String, Refused> {
        let (name, token) = (secret()?, secret()?);
        let session = Session { account: account.to_owned(), token, began: now, last_click: now, locked: false };
        let mut sessions = self.sessions();
        if sessions.len() >= SESSIONS_MAX
            && let Some(idle) = sessions.iter().min_by_key(|(_, session)| session.last_click).map(|(name, _)| name.clone())
        {
            sessions.remove(&idle);
        }
        sessions.insert(name.clone(), session);
        Ok(name)
    }

    /// Ends one.
    pub(super) fn end(&self, name: &str) {
        self.sessions().remove(name);
    }

    /// Ends all of an account.
    pub(super) fn end_all(&self, account: &str) {
        self.sessions().retain(|_, session| session.account != account);
    }

    /// Locks one, or opens it again.
    pub(super) fn lock(&self, name: &str, lock: Lock, now: UnixMillis) {
        if let Some(session) = self.sessions().get_mut(name) {
            session.locked = lock == Lock::Shut;
            session.last_click = now;
        }
    }

    /// Counts that a password is tried, before it is looked at; refuses a name that has to wait.
    pub(super) fn tries(&self, account: &str, now: UnixMillis) -> Result<(), Refused> {
        self.throttle().tries(account, now).map_err(|_| Refusal::LogInWait.into())
    }

    /// What has become of it.
    pub(super) fn tried(&self, account: &str, tried: Tried) {
        match tried {
            Tried::Right => self.throttle().right(account),
            Tried::Wrong => {}
            Tried::Unknown => self.throttle().take_back(account),
        }
    }

    /// How a desk is, asked by nobody in particular.
    pub(super) fn state(&self, name: &str, now: UnixMillis) -> DeskState {
        match self.find(name, Click::ByItself, now) {
            None => DeskState::Ended,
            Some(session) if session.locked => DeskState::Locked,
            Some(_) => DeskState::Open,
        }
    }

    fn find(&self, name: &str, click: Click, now: UnixMillis) -> Option<Session> {
        let mut sessions = self.sessions();
        let session = sessions.get_mut(name)?;
        if now.0.saturating_sub(session.began.0) > LONGEST_MS {
            sessions.remove(name);
            return None;
        }
        if now.0.saturating_sub(session.last_click.0) > self.lock_after_ms {
            session.locked = true;
        } else if click == Click::Real {
            session.last_click = now;
        }
        Some(session.clone())
    }

    fn sessions(&self) -> MutexGuard<'_, BTreeMap<String, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a desk is, as its pages are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum DeskState {
    Open,
    /// It wants a password.
    Locked,
    /// Nobody sits there any more.
    Ended,
}

/// How a password was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tried {
    Right,
    Wrong,
    /// The machine's fault, not the person's.
    Unknown,
}

/// Whether a desk is shut or open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    Shut,
    Open,
}

/// Whether a request is a person's doing, or a page's by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Click {
    Real,
    ByItself,
}

/// Somebody who is logged in; the desk may be locked. For the pages of the lock and of the password, and for what rings.
pub(super) struct Seated {
    /// Name of the session.
    pub(super) session: String,
    /// Whose.
    pub(super) account: Account,
    /// What its forms carry.
    pub(super) token: String,
    /// The desk is locked.
    pub(super) locked: bool,
    /// A page asks by itself, to be right; nobody has clicked.
    pub(super) by_itself: bool,
}

/// Somebody who is logged in, at an open desk. What every page wants.
pub(super) struct Desk(Seated);

impl std::ops::Deref for Desk {
    type Target = Seated;

    fn deref(&self) -> &Seated {
        &self.0
    }
}

impl Seated {
    /// As records name this person.
    pub(super) fn person(&self) -> Option<Person> {
        Some(self.account.person())
    }

    /// Refuses a person whose posts do not allow it.
    pub(super) fn must(&self, right: Right) -> Result<(), Refused> {
        if self.account.may(right) { Ok(()) } else { Err(Refusal::RightMissing.into()) }
    }

    /// Refuses a person whose posts do not allow this step.
    pub(super) fn must_for_step(&self, form: &str) -> Result<(), Refused> {
        // What is wanted for some answers alone is asked when they are known, and the form comes back.
        Right::for_step(form, None).map_or(Ok(()), |right| self.must(right))
    }

    /// Refuses a form that was not made for this session.
    pub(super) fn proves(&self, token: &str) -> Result<(), Refused> {
        let same = bool::from(token.as_bytes().ct_eq(self.token.as_bytes()));
        if same { Ok(()) } else { Err(Refusal::PageStale.into()) }
    }
}

impl FromRequestParts<Console> for Seated {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Trouble> {
        let enter = || Trouble::to(&format!("/enter?to={}", asked_for(parts)));
        let session = cookie(&parts.headers, &console.cookie_name()).ok_or_else(enter)?;
        let by_itself = parts.headers.contains_key("dutynet-by-itself") || parts.uri.path() == "/live";
        let click = if by_itself { Click::ByItself } else { Click::Real };
        let found = console.desks.find(&session, click, console.clock.wall()).ok_or_else(enter)?;
        let account = console.office.account(&found.account)?;
        if account.ended.is_some() {
            console.desks.end(&session);
            return Err(enter());
        }
        Ok(Self { session, account, token: found.token, locked: found.locked, by_itself })
    }
}

impl FromRequestParts<Console> for Desk {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Trouble> {
        let seated = Seated::from_request_parts(parts, console).await?;
        // What was being sent is not lost: the browser still has it, and offers it on the page that it came from once the desk is open.
        match (seated.locked, seated.account.must_change) {
            (true, _) => Err(Trouble::to(&format!("/locked?to={}", asked_for(parts)))),
            (false, true) => Err(Trouble::to("/password")),
            (false, false) => Ok(Self(seated)),
        }
    }
}

/// The page that somebody wants to see, as a query names it: the one that he asks for or, where he sends something, the one that it stands on.
fn asked_for(parts: &Parts) -> String {
    if parts.method == Method::GET {
        return match parts.uri.path() {
            // Sent here from a page that did not know yet that nobody sits here.
            "/locked" => parts.uri.query().and_then(|query| query.strip_prefix("to=")).unwrap_or_default().to_owned(),
            "/live" | HERE => String::new(),
            _ => parts.uri.path_and_query().map(|asked| in_a_query(asked.as_str())).unwrap_or_default(),
        };
    }
    stood_on(&parts.headers)
}

/// The page of this console that a form stood on, as a query names it.
pub(super) fn stood_on(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let stood_on = text(header::REFERER).and_then(|from| from.split_once("://")?.1.split_once('/'));
    let stood_on = stood_on.filter(|(host, _)| text(header::HOST) == Some(host));
    stood_on.map(|(_, path)| in_a_query(&format!("/{path}"))).unwrap_or_default()
}

/// Where a page says that somebody is there.
const HERE: &str = "/here";

pub(super) fn router() -> Router<Console> {
    Router::new().route(HERE, get(here))
}

/// Somebody types: the desk is not locked meanwhile. Nothing to see here.
async fn here(State(_): State<Console>, seated: Seated) -> StatusCode {
    if seated.locked { StatusCode::LOCKED } else { StatusCode::NO_CONTENT }
}

impl Console {
    /// Of this office: several consoles of one machine must not overwrite each other's.
    pub(super) fn cookie_name(&self) -> String {
        format!("{COOKIE}{}", self.office.own())
    }

    /// What a browser is told to keep, or, with an empty session, to forget.
    pub(super) fn cookie(&self, session: &str) -> String {
        let name = self.cookie_name();
        let age = if session.is_empty() { "; Max-Age=0" } else { "" };
        let secure = if self.front.is_some() { "; Secure" } else { "" };
        format!("{name}={session}; Path=/; HttpOnly; SameSite=Strict{secure}{age}")
    }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

fn secret() -> Result<String, Refused> {
    let bytes = random::bytes::<32>().map_err(|error| Refused::because(Refusal::Internal, error))?;
    Ok(HEXLOWER.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn desks() -> Desks {
        Desks::new(Duration::from_secs(1800))
    }

    fn is_locked(desks: &Desks, name: &str, click: Click, at: i64) -> Option<bool> {
        desks.find(name, click, UnixMillis(at)).map(|session| session.locked)
    }

    #[test]
    fn a_desk_is_locked_after_half_an_hour_without_a_click_and_pages_that_refresh_themselves_are_none() {
        let desks = desks();
        let name = desks.begin("li", UnixMillis(0)).unwrap();
        assert_eq!(is_locked(&desks, &name, Click::Real, HOUR / 2), Some(false));
        assert_eq!(is_locked(&desks, &name, Click::ByItself, HOUR), Some(false));
        assert_eq!(is_locked(&desks, &name, Click::ByItself, HOUR + 1), Some(true));
        assert_eq!(is_locked(&desks, &name, Click::Real, HOUR + 2), Some(true), "a click does not open it");
        desks.lock(&name, Lock::Open, UnixMillis(HOUR + 3));
        assert_eq!(is_locked(&desks, &name, Click::Real, HOUR + 4), Some(false));
    }

    #[test]
    fn a_session_ends_after_two_shifts_and_with_its_account() {
        let desks = desks();
        let (one, other) = (desks.begin("li", UnixMillis(0)).unwrap(), desks.begin("wang", UnixMillis(0)).unwrap());
        assert_eq!(is_locked(&desks, &one, Click::Real, LONGEST_MS + 1), None);
        desks.end_all("wang");
        assert_eq!(is_locked(&desks, &other, Click::Real, 1), None);
    }

    #[test]
    fn the_session_that_was_idle_longest_makes_room() {
        let desks = desks();
        let first = desks.begin("li", UnixMillis(0)).unwrap();
        let second = desks.begin("li", UnixMillis(1)).unwrap();
        for at in 2..=64 {
            desks.begin("li", UnixMillis(at)).unwrap();
        }
        assert_eq!(is_locked(&desks, &first, Click::Real, 100), None);
        assert_eq!(is_locked(&desks, &second, Click::Real, 100), Some(false));
    }

    #[test]
    fn a_cookie_is_found_among_those_of_other_offices() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=1; dutynet_440825=xyz; dutynet_4408=b".parse().unwrap());
        assert_eq!(cookie(&headers, "dutynet_440825").as_deref(), Some("xyz"));
        assert_eq!(cookie(&headers, "dutynet_440"), None);
    }
}
