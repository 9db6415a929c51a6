//! Signs of life: heartbeats with clocks and line states, and the moment at which silence ends the session.

use std::{collections::BTreeMap, time::Duration};

use super::{
    config::Limits,
    event::{Action, LinesScope, Now},
    frame::{Frame, Heartbeat, LineState},
    offset::Offset,
};
use crate::ids::{OfficeId, UnixMillis};

/// Line states in one heartbeat.
const LINES_MAX: usize = 512;

/// One session's pulse.
#[derive(Debug)]
pub(super) struct Pulse {
    heartbeat: Duration,
    silence_max: Duration,
    lines_gap: Duration,
    heard_at: Duration,
    /// Last clock of theirs, and when it came.
    heard_clock: Option<(UnixMillis, Duration)>,
    beat_at: Duration,
    next_beat: Duration,
    beating: Beating,
    lines: BTreeMap<OfficeId, LineState>,
    scope: LinesScope,
    offset: Offset,
}

/// Whether heartbeats are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beating {
    /// A child's first one says that its ticket is kept.
    NotYet,
    Yes,
}

impl Pulse {
    /// Listens from now on; does not beat yet. The scope is that of the first heartbeat's lines.
    pub(super) fn new(limits: &Limits, scope: LinesScope, now: Duration) -> Self {
        Self {
            heartbeat: limits.heartbeat,
            silence_max: limits.heartbeat * limits.missed_max,
            lines_gap: limits.lines_gap,
            heard_at: now,
            heard_clock: None,
            beat_at: now,
            next_beat: now,
            beating: Beating::NotYet,
            lines: BTreeMap::new(),
            scope,
            offset: Offset::default(),
        }
    }

    /// Beats from now on, at once.
    pub(super) fn start(&mut self, now: Now, out: &mut Vec<Action>) {
        self.beating = Beating::Yes;
        self.beat(now, out);
    }

    /// Some frame came.
    pub(super) fn heard(&mut self, now: Now) {
        self.heard_at = now.since;
    }

    /// Their Hello told their clock.
    pub(super) fn heard_hello(&mut self, now: Now, clock: UnixMillis) {
        self.heard_clock = Some((clock, now.since));
    }

    /// Our Hello told our clock.
    pub(super) fn told_hello(&mut self, now: Now) {
        self.offset.told(now);
    }

    /// Their heartbeat.
    pub(super) fn heard_beat(&mut self, now: Now, beat: &Heartbeat, out: &mut Vec<Action>) {
        self.heard_clock = Some((beat.clock, now.since));
        if let Some(offset) = beat.echo.and_then(|echo| self.offset.heard(now, beat.clock, echo)) {
            out.push(Action::Offset(offset));
        }
    }

    /// Line states to tell: soon, but not too often.
    pub(super) fn lines_changed(&mut self, lines: Vec<LineState>) {
        self.lines.extend(lines.into_iter().map(|line| (line.office.clone(), line)));
        if !self.lines.is_empty() {
            self.next_beat = self.next_beat.min(self.beat_at + self.lines_gap);
        }
    }

    /// Beats when it is time.
    pub(super) fn tick(&mut self, now: Now, out: &mut Vec<Action>) {
        if self.beating == Beating::Yes && now.since >= self.next_beat {
            self.beat(now, out);
        }
    }

    /// How long nothing was heard, once that is too long.
    pub(super) fn silence(&self, now: Duration) -> Option<Duration> {
        let silence = now.saturating_sub(self.heard_at);
        (silence >= self.silence_max).then_some(silence)
    }

    /// What counts as too long.
    pub(super) fn silence_max(&self) -> Duration {
        self.silence_max
    }

    /// When there is something to do again.
    pub(super) fn wakes_at(&self) -> Duration {
        let silent_at = self.heard_at + self.silence_max;
        match self.beating {
            Beating::Yes => silent_at.min(self.next_beat),
            Beating::NotYet => silent_at,
        }
    }

    fn beat(&mut self, now: Now, out: &mut Vec<Action>) {
        self.beat_at = now.since;
        self.next_beat = now.since + self.heartbeat;
        let millis = |age: Duration| u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        let echo = self.heard_clock.map(|(clock, at)| (clock, millis(now.since.saturating_sub(at))));
        let lines = std::iter::from_fn(|| self.lines.pop_first()).take(LINES_MAX).map(|(_, line)| line).collect();
        let lines_whole = std::mem::replace(&mut self.scope, LinesScope::Changes) == LinesScope::Whole;
        if !self.lines.is_empty() {
            self.next_beat = now.since + self.lines_gap;
        }
        self.offset.told(now);
        out.push(Action::Send(Frame::Heartbeat(Heartbeat { clock: now.wall, echo, lines, lines_whole })));
    }
}
