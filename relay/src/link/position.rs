//! Where a link goes on after a cut: what the neighbour shows in its Hello, held against what we remember. A pure table.
//!
//! | it holds | it means | verdict |
//! | --- | --- | --- |
//! | our epoch, seq ≤ ours, hash equal | normal; below what it once acknowledged: restored from a backup | [`Verdict::Resume`] |
//! | an epoch of our lineage | we forked since; it counts up to the fork | [`Verdict::Rebase`] |
//! | nothing, or an epoch that we do not know | it is new, or was replaced | [`Verdict::Rebase`] |
//! | our epoch, seq above ours; or an epoch that we do not know where it once acknowledged ours | we were restored from a backup | [`Verdict::Fork`] |
//! | our epoch, seq ≤ ours, hash differs | we used numbers twice | [`Verdict::Fork`] |
//!
//! One bad lane decides for all: an epoch belongs to a store, not to a lane. Folding makes whatever is sent twice harmless, so in doubt the
//! table sends again.

use super::{
    config::Start,
    count::LinkEvent,
    frame::{Held, Hello, Position},
};
use crate::{
    ids::{Digest, Epoch, Lane, LinkSeq, PerLane},
    writer::intent::ForkReason,
};

/// What to do, and the name under which it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Send what comes after these positions.
    Resume {
        /// What it holds.
        after: PerLane<Position>,
        /// [`LinkEvent::Resumed`] or [`LinkEvent::PeerRestored`].
        event: LinkEvent,
    },
    /// Put whatever it cannot show into our lanes again and send them from the beginning.
    Rebase {
        /// What it can show of an earlier epoch, as far as that counts.
        holds: Option<(Epoch, PerLane<LinkSeq>)>,
        /// Why.
        event: LinkEvent,
    },
    /// Our numbers cannot be used any more.
    Fork {
        /// For the journal.
        reason: ForkReason,
        /// For the counters.
        event: LinkEvent,
    },
}

/// Our chain hashes at positions that had to be looked up; `None` there: we cannot say, which counts as another one.
pub type LookedUp = PerLane<Option<Digest>>;

/// Positions whose chain hash must be known before [`judge`] can be asked: below our ends, above zero, of our epoch.
pub fn questions(own: &Start, held: Option<&Held>) -> Vec<(Lane, LinkSeq)> {
    let Some(held) = held.filter(|held| held.epoch == own.epoch) else { return Vec::new() };
    if knows_more(own, held) {
        return Vec::new();
    }
    let between = |lane: &Lane| LinkSeq(0) < held.lanes[*lane].seq && held.lanes[*lane].seq < own.sent[*lane].seq;
    Lane::ALL.into_iter().filter(between).map(|lane| (lane, held.lanes[lane].seq)).collect()
}

/// The table.
pub fn judge(own: &Start, held: Option<&Held>, looked_up: &LookedUp) -> Verdict {
    let Some(held) = held else { return Verdict::Rebase { holds: None, event: LinkEvent::PeerHoldsNothing } };
    if held.epoch == own.epoch {
        return judge_same_epoch(own, held, looked_up);
    }
    let Some(ancestor) = own.lineage.iter().find(|ancestor| ancestor.epoch == held.epoch) else {
        return judge_unknown_epoch(own);
    };
    let counts = per_lane(|lane| held.lanes[lane].seq.min(ancestor.forked_at[lane]));
    Verdict::Rebase { holds: Some((held.epoch, counts)), event: LinkEvent::PeerHoldsEarlierEpoch }
}

/// It can only hold what we once said. When it has acknowledged the epoch that we are in, the one that it shows came later, and we have
/// forgotten it.
fn judge_unknown_epoch(own: &Start) -> Verdict {
    if own.custody.0.iter().any(|seq| *seq > LinkSeq(0)) {
        return Verdict::Fork { reason: ForkReason::NeighbourKnowsMore, event: LinkEvent::PeerKnowsMore };
    }
    Verdict::Rebase { holds: None, event: LinkEvent::PeerHoldsUnknownEpoch }
}

/// Whether the neighbour that goes on in our epoch is another store than the one that our memory is of: it was replaced, and we were
/// restored to before we knew. What earlier epochs of ours sent to the old one counts for nothing then.
pub(super) fn is_another_store(own: &Start, hello: &Hello) -> bool {
    let Some(known) = own.held.map(|held| held.epoch) else { return false };
    !own.lineage.is_empty() && known != hello.epoch && hello.lineage.iter().all(|ancestor| ancestor.epoch != known)
}

fn judge_same_epoch(own: &Start, held: &Held, looked_up: &LookedUp) -> Verdict {
    if knows_more(own, held) {
        return Verdict::Fork { reason: ForkReason::NeighbourKnowsMore, event: LinkEvent::PeerKnowsMore };
    }
    if Lane::ALL.into_iter().any(|lane| Some(held.lanes[lane].hash) != own_hash(own, lane, held.lanes[lane].seq, looked_up)) {
        return Verdict::Fork { reason: ForkReason::ChainDiffers, event: LinkEvent::ChainDiffers };
    }
    let forgot = Lane::ALL.into_iter().any(|lane| held.lanes[lane].seq < own.custody[lane]);
    let event = if forgot { LinkEvent::PeerRestored } else { LinkEvent::Resumed };
    Verdict::Resume { after: held.lanes, event }
}

fn knows_more(own: &Start, held: &Held) -> bool {
    Lane::ALL.into_iter().any(|lane| held.lanes[lane].seq > own.sent[lane].seq)
}

fn own_hash(own: &Start, lane: Lane, seq: LinkSeq, looked_up: &LookedUp) -> Option<Digest> {
    if seq == own.sent[lane].seq {
        return Some(own.sent[lane].hash);
    }
    if seq == LinkSeq(0) {
        return Some(Position::start(own.epoch).hash);
    }
    looked_up[lane]
}

/// One value for each lane.
pub(super) fn per_lane<T>(of: impl FnMut(Lane) -> T) -> PerLane<T> {
    PerLane(Lane::ALL.map(of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::frame::Ancestor;

    const NOW: Epoch = Epoch([2; 16]);
    const BEFORE: Epoch = Epoch([1; 16]);

    /// h(seq) of a lane whose n-th record has the digest made of n.
    fn chain(epoch: Epoch, seq: u64) -> Position {
        (1..=seq).fold(Position::start(epoch), |at, n| at.after(Digest::of("test", &[&n.to_be_bytes()])))
    }

    /// We have sent 10 in every lane, 6 are acknowledged; an earlier epoch was left at 4.
    fn own() -> Start {
        Start {
            epoch: NOW,
            lineage: vec![Ancestor { epoch: BEFORE, forked_at: PerLane([LinkSeq(4); 4]) }],
            sent: per_lane(|_| chain(NOW, 10)),
            custody: PerLane([LinkSeq(6); 4]),
            arrived: PerLane::default(),
            held: None,
            ticket: None,
            fetch: Vec::new(),
            wants_past: false,
            lines: Vec::new(),
        }
    }

    fn holds(epoch: Epoch, seq: u64) -> Held {
        Held { epoch, lanes: per_lane(|_| chain(epoch, seq)) }
    }

    /// Asks the questions first, as the machine does.
    fn verdict(own: &Start, held: Option<&Held>) -> Verdict {
        let mut looked_up = LookedUp::default();
        for (lane, seq) in questions(own, held) {
            looked_up[lane] = Some(chain(own.epoch, seq.0).hash);
        }
        judge(own, held, &looked_up)
    }

    #[test]
    fn our_epoch_and_our_hash_go_on_after_what_it_holds() {
        for seq in [6, 8, 10] {
            let held = holds(NOW, seq);
            let expected = Verdict::Resume { after: held.lanes, event: LinkEvent::Resumed };
            assert_eq!(verdict(&own(), Some(&held)), expected, "{seq}");
        }
    }

    #[test]
    fn less_than_it_once_acknowledged_means_that_it_was_restored() {
        for seq in [0, 1, 5] {
            let held = holds(NOW, seq);
            let expected = Verdict::Resume { after: held.lanes, event: LinkEvent::PeerRestored };
            assert_eq!(verdict(&own(), Some(&held)), expected, "{seq}");
        }
    }

    #[test]
    fn an_earlier_epoch_counts_up_to_the_fork() {
        for (seq, counts) in [(0, 0), (3, 3), (4, 4), (9, 4)] {
            let holds = Some((BEFORE, PerLane([LinkSeq(counts); 4])));
            let expected = Verdict::Rebase { holds, event: LinkEvent::PeerHoldsEarlierEpoch };
            assert_eq!(verdict(&own(), Some(&self::holds(BEFORE, seq))), expected, "{seq}");
        }
    }

    #[test]
    fn nothing_means_everything_again() {
        let expected = Verdict::Rebase { holds: None, event: LinkEvent::PeerHoldsNothing };
        assert_eq!(verdict(&own(), None), expected);
    }

    #[test]
    fn an_epoch_that_we_do_not_know_means_everything_again() {
        let own = Start { custody: PerLane::default(), ..own() };
        let expected = Verdict::Rebase { holds: None, event: LinkEvent::PeerHoldsUnknownEpoch };
        assert_eq!(verdict(&own, Some(&holds(Epoch([9; 16]), 5))), expected);
    }

    #[test]
    fn an_epoch_that_came_after_ours_means_that_we_were_restored() {
        let expected = Verdict::Fork { reason: ForkReason::NeighbourKnowsMore, event: LinkEvent::PeerKnowsMore };
        assert_eq!(verdict(&own(), Some(&holds(Epoch([9; 16]), 5))), expected);
    }

    #[test]
    fn more_than_we_have_means_a_new_epoch() {
        let mut held = holds(NOW, 7);
        held.lanes[Lane::Urgent] = chain(NOW, 11);
        assert!(questions(&own(), Some(&held)).is_empty());
        let expected = Verdict::Fork { reason: ForkReason::NeighbourKnowsMore, event: LinkEvent::PeerKnowsMore };
        assert_eq!(verdict(&own(), Some(&held)), expected);
    }

    #[test]
    fn another_hash_means_a_new_epoch_wherever_it_stands() {
        for seq in [0, 5, 10] {
            let mut held = holds(NOW, 7);
            held.lanes[Lane::Flash] = Position { seq: LinkSeq(seq), hash: Digest([7; 32]) };
            let expected = Verdict::Fork { reason: ForkReason::ChainDiffers, event: LinkEvent::ChainDiffers };
            assert_eq!(verdict(&own(), Some(&held)), expected, "{seq}");
        }
    }

    #[test]
    fn a_hash_that_we_cannot_find_is_not_taken_for_ours() {
        let expected = Verdict::Fork { reason: ForkReason::ChainDiffers, event: LinkEvent::ChainDiffers };
        assert_eq!(judge(&own(), Some(&holds(NOW, 7)), &LookedUp::default()), expected);
    }
}
