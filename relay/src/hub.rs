//! What this node knows of its lines right now: which sessions are up, since when, and what its children say of the lines below them.
//!
//! In memory only; changes of our own lines are journaled beside it. Behind a line that is down everything is unknown, since that moment.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{mpsc, watch};

use crate::{
    ids::{KeyId, OfficeId, UnixMillis},
    link::{
        event::{Event, LinesScope},
        frame::LineState,
    },
    registry::Registry,
    writer::LineHead,
};

/// What is known of an office's line to its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// 通
    Up,
    /// 断
    Down,
    /// 不明: behind a line that is down.
    Unknown,
    /// 无终端
    NoNode,
}

/// A line with its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineKnown {
    /// What it is.
    pub line: Line,
    /// Since when; `None`: as long as this store exists.
    pub since: Option<UnixMillis>,
}

/// The line to one neighbour.
#[derive(Debug, Clone, Default)]
pub struct LinkState {
    /// Linked.
    pub up: bool,
    /// Since when.
    pub since: Option<UnixMillis>,
    /// Why it is down, English.
    pub reason: String,
    /// When it is dialled next.
    pub next_attempt: Option<UnixMillis>,
    /// Its clock minus ours, ms; 0: not measured.
    pub offset_ms: i64,
    /// Its program.
    pub software: String,
    /// Until when the certificate is good that it showed or was given last; `None`: it was not linked since the start.
    pub certificate_until: Option<UnixMillis>,
    below: BTreeMap<OfficeId, LineState>,
}

/// A session that may be told things.
#[derive(Debug, Clone)]
pub(crate) struct SessionDoor {
    pub(crate) id: u64,
    pub(crate) events: mpsc::UnboundedSender<Event>,
    /// Closed when the session has ended.
    pub(crate) stay: watch::Receiver<()>,
}

/// Who stands between a session and its door.
#[derive(Debug)]
pub(crate) enum Before {
    /// It may enter.
    Nobody,
    /// A session that has knocked before it: it must go, and may already be a ghost.
    Earlier(SessionDoor),
    /// One that has knocked after it: the neighbour has dialled anew since, and this one is the ghost.
    Later,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Hub {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    links: BTreeMap<OfficeId, LinkState>,
    wakes: BTreeMap<OfficeId, watch::Sender<u64>>,
    doors: BTreeMap<OfficeId, SessionDoor>,
    sessions: u64,
    /// Until when the last leaf is good that this node has signed for a key since it was started.
    signed: BTreeMap<KeyId, UnixMillis>,
}

impl Hub {
    /// Begins with what the journal last said: lines that were up went down when the node stopped.
    pub(crate) fn new(lines: BTreeMap<OfficeId, LineHead>, now: UnixMillis) -> Self {
        let hub = Self::default();
        for (office, head) in lines {
            let since = if head.up { now } else { head.at };
            let reason = if head.up { "this node was started anew".to_owned() } else { head.reason };
            hub.lock().links.insert(office, LinkState { since: Some(since), reason, ..LinkState::default() });
        }
        hub
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes whenever something new is there for the neighbour. Each session has its own ear: a second caller with the same key takes
    /// nothing away from the first.
    pub(crate) fn wake(&self, neighbour: &OfficeId) -> watch::Receiver<u64> {
        self.lock().wakes.entry(neighbour.clone()).or_default().subscribe()
    }

    pub(crate) fn ring<'a>(&self, neighbours: impl Iterator<Item = &'a OfficeId>) {
        let inner = self.lock();
        for neighbour in neighbours {
            if let Some(wake) = inner.wakes.get(neighbour) {
                wake.send_modify(|count| *count += 1);
            }
        }
    }

    /// The session that is there now, if any.
    pub(crate) fn door(&self, neighbour: &OfficeId) -> Option<SessionDoor> {
        self.lock().doors.get(neighbour).cloned()
    }

    /// A session begins. Its number says in which order sessions did.
    pub(crate) fn knock(&self) -> u64 {
        let mut inner = self.lock();
        inner.sessions += 1;
        inner.sessions
    }

    /// Whether that session may enter.
    pub(crate) fn before(&self, neighbour: &OfficeId, id: u64) -> Before {
        match self.door(neighbour) {
            None => Before::Nobody,
            Some(door) if door.id > id => Before::Later,
            Some(door) => Before::Earlier(door),
        }
    }

    /// A session comes in; whoever was there must have ended. To be dropped when it has ended itself.
    pub(crate) fn enter(&self, neighbour: &OfficeId, id: u64, events: mpsc::UnboundedSender<Event>) -> watch::Sender<()> {
        let (stays, stay) = watch::channel(());
        self.lock().doors.insert(neighbour.clone(), SessionDoor { id, events, stay });
        stays
    }

    /// A session is gone; a later one of the same neighbour stays.
    pub(crate) fn leave(&self, neighbour: &OfficeId, id: u64) {
        let mut inner = self.lock();
        if inner.doors.get(neighbour).is_some_and(|door| door.id == id) {
            inner.doors.remove(neighbour);
        }
    }

    /// A leaf was signed for that key of that child.
    pub(crate) fn signed(&self, child: &OfficeId, key: KeyId, until: UnixMillis) {
        let mut inner = self.lock();
        inner.signed.insert(key, until);
        if let Some(link) = inner.links.get_mut(child) {
            link.certificate_until = Some(until);
        }
    }

    /// Until when the last leaf is good that was signed for that key since the start.
    pub(crate) fn signed_until(&self, key: KeyId) -> Option<UnixMillis> {
        self.lock().signed.get(&key).copied()
    }

    /// Tells every session.
    pub(crate) fn tell_all(&self, event: &Event) {
        for door in self.lock().doors.values() {
            // A session that has just ended needs nothing more.
            let _ = door.events.send(event.clone());
        }
    }

    /// A line changed; the parent's session is told.
    pub(crate) fn set_line(&self, registry: &Registry, neighbour: &OfficeId, up: bool, (at, reason): (UnixMillis, &str)) {
        let mut inner = self.lock();
        let link = inner.links.entry(neighbour.clone()).or_default();
        if link.up != up || link.since.is_none() {
            link.since = Some(at);
        }
        link.up = up;
        reason.clone_into(&mut link.reason);
        if up {
            link.next_attempt = None;
        }
        let state = LineState { office: neighbour.clone(), up, since: link.since.unwrap_or(at) };
        inner.tell_parent(registry, vec![state]);
    }

    pub(crate) fn set_next_attempt(&self, neighbour: &OfficeId, at: Option<UnixMillis>, reason: &str) {
        let mut inner = self.lock();
        let link = inner.links.entry(neighbour.clone()).or_default();
        link.next_attempt = at;
        reason.clone_into(&mut link.reason);
    }

    pub(crate) fn set_peer(&self, neighbour: &OfficeId, software: &str, certificate_until: UnixMillis) {
        let mut inner = self.lock();
        let link = inner.links.entry(neighbour.clone()).or_default();
        software.clone_into(&mut link.software);
        link.certificate_until = Some(certificate_until);
    }

    pub(crate) fn set_offset(&self, neighbour: &OfficeId, ms: i64) {
        self.lock().links.entry(neighbour.clone()).or_default().offset_ms = ms;
    }

    /// The neighbour's clock minus ours, ms; 0: not measured.
    pub(crate) fn offset(&self, neighbour: &OfficeId) -> i64 {
        self.lock().links.get(neighbour).map_or(0, |link| link.offset_ms)
    }

    /// A child says what it knows of the lines below it.
    pub(crate) fn set_below(&self, registry: &Registry, child: &OfficeId, lines: Vec<LineState>, scope: LinesScope) {
        let mut inner = self.lock();
        let link = inner.links.entry(child.clone()).or_default();
        match scope {
            LinesScope::Whole => link.below.clear(),
            LinesScope::Changes => {}
        }
        let believed: Vec<_> = lines.into_iter().filter(|line| registry.is_ancestor(child, &line.office)).collect();
        link.below.extend(believed.iter().map(|line| (line.office.clone(), line.clone())));
        inner.tell_parent(registry, believed);
    }

    /// Lines of everything below, for the parent.
    pub(crate) fn lines_below(&self, registry: &Registry) -> Vec<LineState> {
        let inner = self.lock();
        let mut lines = Vec::new();
        for child in registry.children(registry.own()) {
            let Some(link) = inner.links.get(&child.office) else { continue };
            let Some(since) = link.since else { continue };
            lines.push(LineState { office: child.office.clone(), up: link.up, since });
            if link.up {
                lines.extend(link.below.values().cloned());
            }
        }
        lines
    }

    /// The line to each neighbour.
    pub(crate) fn links(&self) -> BTreeMap<OfficeId, LinkState> {
        self.lock().links.clone()
    }

    /// What is known of every line of the subtree.
    pub(crate) fn lines(&self, registry: &Registry) -> BTreeMap<OfficeId, LineKnown> {
        let inner = self.lock();
        let mut known: BTreeMap<OfficeId, LineKnown> = BTreeMap::new();
        // Parents come before their children.
        for (depth, entry) in registry.subtree(registry.own()) {
            let Some(parent) = entry.parent.as_ref().filter(|_| depth > 0) else { continue };
            let line = if entry.key.is_none() {
                LineKnown { line: Line::NoNode, since: None }
            } else if depth == 1 {
                inner.line_of_child(&entry.office)
            } else {
                inner.line_further_down(registry, known.get(parent).copied(), &entry.office)
            };
            known.insert(entry.office.clone(), line);
        }
        known
    }
}

impl Inner {
    fn tell_parent(&self, registry: &Registry, lines: Vec<LineState>) {
        let door = registry.own_parent().and_then(|parent| self.doors.get(parent));
        let below: Vec<_> = lines.into_iter().filter(|line| Some(&line.office) != registry.own_parent()).collect();
        if let Some(door) = door.filter(|_| !below.is_empty()) {
            // As above: a session that has just ended needs nothing more.
            let _ = door.events.send(Event::LinesChanged(below));
        }
    }

    fn line_of_child(&self, child: &OfficeId) -> LineKnown {
        let link = self.links.get(child);
        let line = if link.is_some_and(|link| link.up) { Line::Up } else { Line::Down };
        LineKnown { line, since: link.and_then(|link| link.since) }
    }

    fn line_further_down(&self, registry: &Registry, above: Option<LineKnown>, office: &OfficeId) -> LineKnown {
        match above {
            Some(LineKnown { line: Line::Up, .. }) => {}
            Some(LineKnown { since, .. }) => return LineKnown { line: Line::Unknown, since },
            None => return LineKnown { line: Line::Unknown, since: None },
        }
        let told = registry.child_towards(office).and_then(|child| self.links.get(child)).and_then(|l| l.below.get(office));
        match told {
            Some(state) if state.up => LineKnown { line: Line::Up, since: Some(state.since) },
            Some(state) => LineKnown { line: Line::Down, since: Some(state.since) },
            None => LineKnown { line: Line::Down, since: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(hub: &Hub, child: &OfficeId, id: u64) -> String {
        match hub.before(child, id) {
            Before::Nobody => "nobody".to_owned(),
            Before::Earlier(door) => format!("{} before it", door.id),
            Before::Later => "a later one".to_owned(),
        }
    }

    #[test]
    fn of_several_sessions_of_one_child_the_one_that_knocked_last_stays() {
        let (hub, child) = (Hub::default(), OfficeId::parse("c").unwrap());
        let (events, _told) = mpsc::unbounded_channel();
        let [first, second, third] = [hub.knock(), hub.knock(), hub.knock()];
        assert_eq!(before(&hub, &child, second), "nobody");
        let stays = hub.enter(&child, second, events);
        assert_eq!(before(&hub, &child, third), format!("{second} before it"));
        assert_eq!(before(&hub, &child, first), "a later one", "it waited too long: its child has dialled anew");
        let door = hub.door(&child).unwrap();
        assert!(door.stay.has_changed().is_ok());
        drop(stays);
        assert!(door.stay.has_changed().is_err(), "everybody who waits for its end hears of it");
        hub.leave(&child, second);
        assert_eq!(before(&hub, &child, third), "nobody");
    }
}
