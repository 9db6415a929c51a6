//! What happens on a link and is counted. Each has a stable English name, for metrics and logs.

/// Something that an operator may want to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkEvent {
    /// The neighbour holds our epoch up to where we thought, or further.
    Resumed,
    /// It holds less of our epoch than it once acknowledged: restored from a backup.
    PeerRestored,
    /// It holds an earlier epoch of ours.
    PeerHoldsEarlierEpoch,
    /// It holds nothing of ours.
    PeerHoldsNothing,
    /// It goes on in our epoch, but its store is not the one that we remember.
    PeerReplaced,
    /// It holds an epoch that is none of ours.
    PeerHoldsUnknownEpoch,
    /// It holds more of our epoch than we have: we were restored.
    PeerKnowsMore,
    /// It holds something else at one of our positions.
    ChainDiffers,
    /// It begins a new epoch of its own.
    PeerNewEpoch,
    /// It has acknowledgements of ours that we do not remember: we were restored.
    OwnStateRestored,
    /// A child came without the right ticket while no other session was up.
    TicketStale,
    /// A child with the right ticket took the place of a session that had not ended.
    GhostReplaced,
    /// A second machine showed the same office.
    Quarantined,
    /// A Hello could not be answered by one.
    HelloRefused,
    /// The neighbour refused our Hello.
    RefusedByPeer,
    /// The neighbour broke the protocol.
    PeerFault,
    /// A frame of an unknown kind was passed over.
    UnknownFrame,
    /// Nothing was heard for too long.
    Silence,
    /// A lane was shut because the disk is too full for it.
    LaneShut,
    /// A batch in a lane that is shut or not carried was dropped unacknowledged.
    BatchDropped,
    /// The neighbour refused records for good.
    Refusal,
    /// Sent records have waited for their custody for longer than a session may be silent.
    CustodyLate,
    /// The neighbour stops on purpose.
    PeerDrained,
    /// Records that were wanted back are all here.
    FetchFinished,
    /// Records that were wanted back could not be taken.
    FetchFailed,
    /// A file that came was not what its name says, and was thrown away.
    FileDiscarded,
    /// A live question of the neighbour was refused.
    QuestionRefused,
}

impl LinkEvent {
    /// Stable name, snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Resumed => "resumed",
            Self::PeerRestored => "peer_restored",
            Self::PeerHoldsEarlierEpoch => "peer_holds_earlier_epoch",
            Self::PeerHoldsNothing => "peer_holds_nothing",
            Self::PeerReplaced => "peer_replaced",
            Self::PeerHoldsUnknownEpoch => "peer_holds_unknown_epoch",
            Self::PeerKnowsMore => "peer_knows_more",
            Self::ChainDiffers => "chain_differs",
            Self::PeerNewEpoch => "peer_new_epoch",
            Self::OwnStateRestored => "own_state_restored",
            Self::TicketStale => "ticket_stale",
            Self::GhostReplaced => "ghost_replaced",
            Self::Quarantined => "quarantined",
            Self::HelloRefused => "hello_refused",
            Self::RefusedByPeer => "refused_by_peer",
            Self::PeerFault => "peer_fault",
            Self::UnknownFrame => "unknown_frame",
            Self::Silence => "silence",
            Self::LaneShut => "lane_shut",
            Self::BatchDropped => "batch_dropped",
            Self::Refusal => "refusal",
            Self::CustodyLate => "custody_late",
            Self::PeerDrained => "peer_drained",
            Self::FetchFinished => "fetch_finished",
            Self::FetchFailed => "fetch_failed",
            Self::FileDiscarded => "file_discarded",
            Self::QuestionRefused => "question_refused",
        }
    }
}
