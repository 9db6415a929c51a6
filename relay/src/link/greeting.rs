//! Hello: what is said first, what is checked of the other's, and whether a child may come in.

use super::{
    config::{Config, Gate, Incumbent, Start},
    event::{Now, Peer},
    frame::{Hello, Refused, RefusedReason},
    position::per_lane,
};
use crate::ids::{Lane, LinkSeq, PerLane, Ticket};

/// Earlier epochs that are told.
pub(super) const LINEAGE_MAX: usize = 16;
/// Least that everybody must take as a frame.
pub(super) const FRAME_BYTES_LEAST: u32 = 64 * 1024;

/// Our Hello.
pub(super) fn hello(config: &Config, start: &Start, now: Now) -> Hello {
    Hello {
        protocol: config.protocol,
        software: config.software.clone(),
        features: config.features.clone(),
        office: config.own.clone(),
        zone: config.zone.clone(),
        epoch: start.epoch,
        lineage: start.lineage.iter().take(LINEAGE_MAX).cloned().collect(),
        sent: start.sent,
        held: start.held,
        custody: start.custody,
        arrived: start.arrived,
        ticket: start.ticket,
        clock: now.wall,
        frame_bytes_max: config.limits.frame_bytes_max,
        wants_past: start.wants_past,
    }
}

/// What both sides have in common, or why there can be no session.
pub(super) fn check(config: &Config, hello: &Hello, now: Now) -> Result<Peer, Refused> {
    let refuse = |reason, detail| Err(Refused { reason, detail, retry_after_ms: 0, clock: now.wall });
    let common = config.protocol.1.min(hello.protocol.1);
    if common < config.protocol.0.max(hello.protocol.0) {
        let ((a, b), (c, d)) = (config.protocol, hello.protocol);
        return refuse(
            RefusedReason::Protocol,
            format!("{} speaks protocol {a} to {b}, {} speaks {c} to {d}", config.own, hello.office),
        );
    }
    if hello.zone != config.zone {
        let detail = format!("{} is in zone {}, not {}", config.own, config.zone.as_str(), hello.zone.as_str());
        return refuse(RefusedReason::Zone, detail);
    }
    if hello.office != config.peer {
        return refuse(RefusedReason::Malformed, format!("the key is that of {}, not of {}", config.peer, hello.office));
    }
    if hello.frame_bytes_max < FRAME_BYTES_LEAST {
        return refuse(RefusedReason::Malformed, format!("frames of {FRAME_BYTES_LEAST} bytes must be taken"));
    }
    Ok(Peer {
        office: hello.office.clone(),
        software: hello.software.clone(),
        protocol: common,
        features: config.features.iter().filter(|word| hello.features.contains(word)).cloned().collect(),
        epoch: hello.epoch,
        frame_bytes_max: hello.frame_bytes_max,
        wants_past: hello.wants_past,
        offset_ms: now.wall.0.saturating_sub(hello.clock.0),
    })
}

/// Whether a child that shows this ticket is the one that was here last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is, or it is the first time.
    Known,
    /// It is, and its last session has not ended yet: a ghost.
    Returned,
    /// It is not, but nobody else is here: restored or replaced. What histories show decides.
    Stale,
    /// It is not, and another one is here.
    Second,
}

/// The rule about tickets.
pub(super) fn admission(gate: &Gate, shown: Option<Ticket>) -> Admission {
    let right = gate.tickets.is_empty() || gate.tickets.contains(&shown.unwrap_or(Ticket::NONE));
    match (right, gate.incumbent) {
        (true, Incumbent::Absent) => Admission::Known,
        (true, Incumbent::Live) => Admission::Returned,
        (false, Incumbent::Absent) => Admission::Stale,
        (false, Incumbent::Live) => Admission::Second,
    }
}

/// To the second of two machines.
pub(super) fn quarantine(now: Now) -> Refused {
    Refused {
        reason: RefusedReason::Quarantined,
        detail: "another machine shows this office and is linked; a person must decide which is the right one".to_owned(),
        retry_after_ms: 0,
        clock: now.wall,
    }
}

/// What we hold and the other does not know that we do.
#[derive(Debug, Default)]
pub(super) struct Untold {
    /// It knows our custody through here; `None`: all of it.
    pub(super) custody: PerLane<Option<LinkSeq>>,
    /// It knows what has arrived through here; `None`: nothing more can have.
    pub(super) arrived: PerLane<Option<LinkSeq>>,
    /// It remembers custody that we do not: we were restored.
    pub(super) forgotten: bool,
}

/// Compares the other's memory of our acknowledgements with ours.
pub(super) fn untold(own: &Start, hello: &Hello) -> Untold {
    let Some(held) = own.held.filter(|held| held.epoch == hello.epoch) else { return Untold::default() };
    let after = |known: LinkSeq, lane: Lane| (known < held.lanes[lane].seq).then_some(known);
    Untold {
        custody: per_lane(|lane| after(hello.custody[lane], lane)),
        arrived: per_lane(|lane| after(hello.arrived[lane], lane)),
        forgotten: Lane::ALL.into_iter().any(|lane| hello.custody[lane] > held.lanes[lane].seq),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Ticket = Ticket([1; 16]);
    const SECOND: Ticket = Ticket([2; 16]);

    fn judge(tickets: &[Ticket], incumbent: Incumbent, shown: Option<Ticket>) -> Admission {
        admission(&Gate { tickets: tickets.to_vec(), incumbent }, shown)
    }

    #[test]
    fn whoever_shows_one_of_the_two_tickets_that_count_comes_in() {
        for shown in [FIRST, SECOND] {
            assert_eq!(judge(&[FIRST, SECOND], Incumbent::Absent, Some(shown)), Admission::Known);
            assert_eq!(judge(&[FIRST, SECOND], Incumbent::Live, Some(shown)), Admission::Returned);
        }
        for shown in [Some(Ticket([3; 16])), None] {
            assert_eq!(judge(&[FIRST, SECOND], Incumbent::Absent, shown), Admission::Stale);
            assert_eq!(judge(&[FIRST, SECOND], Incumbent::Live, shown), Admission::Second);
        }
    }

    #[test]
    fn a_child_whose_first_ticket_was_lost_on_the_way_comes_in_again_without_one() {
        assert_eq!(judge(&[], Incumbent::Absent, None), Admission::Known);
        let kept = [FIRST, Ticket::NONE];
        assert_eq!(judge(&kept, Incumbent::Absent, None), Admission::Known);
        assert_eq!(judge(&kept, Incumbent::Live, None), Admission::Returned, "no second machine, a ghost");
        assert_eq!(judge(&[FIRST], Incumbent::Absent, None), Admission::Stale, "once it has kept its ticket it must show it");
    }
}
