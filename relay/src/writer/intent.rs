//! What the writer is asked for, and what it answers.
//!
//! An intent has already been checked for form, and its seals verified, where it came from; the writer decides what depends on state:
//! folding, right, routes, sequences.

use bytes::Bytes;

use crate::{
    ids::{Digest, Epoch, FileRef, KeyId, Lane, LinkSeq, OfficeId, PerLane, RecordId, RecordRef, Ticket, UnixMillis},
    journal::Place,
    lines::LinesTold,
    link::frame::{Arrived, Carried, Custody, Position, Refusal, RefusalCode},
    record::{Audience, Destruction, Mode, Person, PublicKey, Record},
};

/// A record that this office is about to make. Everything else of its header is the writer's to fill in.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Made by the outermost client before its first attempt.
    pub id: RecordId,
    /// What the body is.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Priority.
    pub lane: Lane,
    /// Where it goes; empty: it stays here.
    pub audience: Vec<Audience>,
    /// Real, exercise or test.
    pub mode: Mode,
    /// When it happened, if said.
    pub happened_at: Option<UnixMillis>,
    /// When this office learnt of it, if said.
    pub learnt_at: Option<UnixMillis>,
    /// Who makes it.
    pub person: Option<Person>,
    /// What it corrects.
    pub corrects: Option<RecordRef>,
    /// Whose words these are, when not ours.
    pub on_behalf_of: Option<OfficeId>,
    /// Encoded body of the kind.
    pub body: Bytes,
}

/// One position of an incoming batch, after its form and seal were checked.
#[derive(Debug, Clone)]
pub enum Judged {
    /// Readable and truly made by its origin.
    Good(Box<GoodRecord>),
    /// To be refused whatever the state is; the chain still needs its names.
    Bad {
        /// Which, when that much could be read.
        reference: Option<RecordRef>,
        /// Its digest as computed here.
        digest: Digest,
        /// Why.
        code: RefusalCode,
        /// One sentence.
        detail: String,
    },
    /// The sender says that nothing stands here.
    Tombstone {
        /// Which record did.
        reference: RecordRef,
        /// Its digest.
        digest: Digest,
    },
}

/// A record whose seal verified with a key that the registry gives.
#[derive(Debug, Clone)]
pub struct GoodRecord {
    /// Read and checked.
    pub record: Record,
    /// Its bytes, seal and trail.
    pub carried: Carried,
}

/// A record out of a damaged journal of this office.
#[derive(Debug, Clone)]
pub struct Salvaged {
    /// Its seal has verified again.
    pub good: Box<GoodRecord>,
    /// Who had sent it; `None`: it was made here.
    pub from: Option<OfficeId>,
    /// When this office had it on disk.
    pub received_at: UnixMillis,
}

/// Positions of one lane from a neighbour.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Who sent them.
    pub neighbour: OfficeId,
    /// Its epoch.
    pub epoch: Epoch,
    /// The lane.
    pub lane: Lane,
    /// Position of the first.
    pub first: LinkSeq,
    /// In order.
    pub items: Vec<Judged>,
}

/// Names one parked record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedAt {
    /// Who refused it.
    pub neighbour: OfficeId,
    /// In which lane.
    pub lane: Lane,
    /// At which position.
    pub seq: LinkSeq,
}

/// What stands at the end of an invitation.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// Hash of the secret that was shown.
    pub secret: Digest,
    /// Office that it was shown for.
    pub office: OfficeId,
    /// Key that TLS has proved.
    pub key: PublicKey,
}

/// A record that is to be destroyed.
#[derive(Debug, Clone)]
pub struct Destroying {
    /// Id of the record that destroys; made by the outermost client before its first attempt.
    pub id: RecordId,
    /// Which, and why.
    pub destruction: Destruction,
    /// Who has decided it.
    pub by: Person,
}

/// Why a store begins a new epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForkReason {
    /// A neighbour holds more of ours than we have.
    NeighbourKnowsMore,
    /// A neighbour holds something else at one of our positions.
    ChainDiffers,
    /// The index knew more than the journal.
    IndexKnewMore,
    /// The store was brought back from a backup: what it has said since is not known here.
    Restored,
}

/// What is asked of the writer.
#[derive(Debug, Clone)]
pub enum Intent {
    /// Make a record.
    Submit(Box<Draft>),
    /// Make a record with files that belong to it; they must be here.
    SubmitWith(Box<Draft>, Vec<FileRef>),
    /// Take over positions of a lane.
    Accept(Incoming),
    /// Take back records that this office had asked for.
    TakeBack {
        /// Who gave them.
        neighbour: OfficeId,
        /// Records alone.
        records: Vec<Judged>,
    },
    /// Take in what was got out of a damaged journal of this office.
    Salvage(Vec<Salvaged>),
    /// A neighbour has acknowledged.
    Custody {
        /// Who.
        neighbour: OfficeId,
        /// Through where, and what it refused.
        custody: Custody,
    },
    /// A neighbour says how far our records have arrived.
    Arrived {
        /// Who.
        neighbour: OfficeId,
        /// Through where.
        arrived: Arrived,
    },
    /// The line to a neighbour went up or down.
    Line {
        /// Which.
        neighbour: OfficeId,
        /// Up.
        up: bool,
        /// When that was seen.
        at: UnixMillis,
        /// English, for the history.
        reason: String,
    },
    /// A neighbour has been off for too long: it is given no positions until it is woken.
    Sleep(OfficeId),
    /// It is back: a part of what it had missed is given positions. To be repeated until it does not sleep any more.
    Wake(OfficeId),
    /// This node is on again, and was alive until then at least.
    Started {
        /// By its own clock.
        alive_until: UnixMillis,
    },
    /// A child tells what it saw of the lines below it.
    LinesTold {
        /// Who.
        child: OfficeId,
        /// Of its store; another one numbers its facts anew.
        epoch: Epoch,
        /// By this office's clock.
        told: Box<LinesTold>,
    },
    /// Tickets that count from now on, newest first.
    Tickets {
        /// On which link.
        neighbour: OfficeId,
        /// At most two.
        tickets: Vec<Ticket>,
    },
    /// Put a parked record at the end of its lane again.
    RetryParked(ParkedAt, Person),
    /// Give a parked record up.
    WithdrawParked(ParkedAt, Person),
    /// A neighbour holds less than it had acknowledged.
    Rewind {
        /// Who.
        neighbour: OfficeId,
        /// What it holds, per lane.
        holds: PerLane<LinkSeq>,
    },
    /// Something worth counting happened on a link; stable English name.
    Count {
        /// On which link.
        neighbour: OfficeId,
        /// What.
        event: &'static str,
    },
    /// Begin a new epoch.
    Fork(ForkReason),
    /// Send again, in this epoch, what the neighbour cannot show of earlier ones.
    Rebase {
        /// Who.
        neighbour: OfficeId,
        /// What it does hold; `None`: nothing.
        holds: Option<(Epoch, PerLane<LinkSeq>)>,
    },
    /// Keep bytes for a program above; the last of one key counts.
    Local {
        /// Whose.
        namespace: String,
        /// Which.
        key: String,
        /// At most 16 KiB.
        bytes: Bytes,
    },
    /// Keep an invitation (the hash of its secret) for an office.
    Invite(Box<Invitation>),
    /// Take one back that was not used up, by the hash of its secret.
    Revoke(crate::ids::Digest),
    /// Use one up and register the office.
    Enrol(Box<Enrolment>),
    /// Register an office directly: a child without a node, or the root itself.
    Register(Box<crate::registry::Entry>, Option<Person>),
    /// Destroy a record: its body goes, here and everywhere that it went.
    Destroy(Box<Destroying>),
    /// The bodies of these intents are on the disk no more.
    Hollowed(Vec<Place>),
    /// A projection could not digest a record.
    NotInterpreted {
        /// Which frame.
        place: Place,
        /// Which projection.
        projection: String,
        /// English, for people who look after the program.
        reason: String,
    },
}

impl Intent {
    /// Makes more entries than one group holds, so it is committed by itself.
    pub(super) fn stands_alone(&self) -> bool {
        matches!(self, Self::Fork(_) | Self::Rebase { .. } | Self::Wake(_))
    }
}

impl Judged {
    /// Digest at its position of the chain.
    pub fn digest(&self) -> Digest {
        match self {
            Self::Good(good) => good.record.digest(),
            Self::Bad { digest, .. } | Self::Tombstone { digest, .. } => *digest,
        }
    }
}

/// An invitation as its maker keeps it.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// H("dutynet.invitation.1" ‖ secret).
    pub secret: Digest,
    /// Registry entry to make; its key is filled in at enrolment.
    pub entry: crate::registry::Entry,
    /// By the maker's clock.
    pub valid_until: UnixMillis,
    /// The office exists, its machine is replaced.
    pub replace: Option<KeyId>,
    /// Who invited.
    pub by: Option<Person>,
}

/// What the writer answers, once it is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing more to say.
    Done,
    /// To `Submit` and `Enrol`.
    Made {
        /// The record; the earlier one when it folded.
        reference: RecordRef,
        /// Nothing new was made.
        folded: bool,
    },
    /// To `Accept`: what custody to give.
    Custody {
        /// Through where.
        at: Position,
        /// Refused positions of the batch.
        refusals: Vec<Refusal>,
    },
    /// To `Fork`.
    Forked(Epoch),
    /// To an intent that cannot be done; nothing was changed.
    Refused(WriteRefusal),
}

/// Why an intent was not done. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteRefusal {
    /// The same id with other content is held.
    #[error("another record with this id is held; make a correction")]
    Conflict,
    /// Beyond a limit of the format.
    #[error("record is not well formed: {0}")]
    Malformed(String),
    /// An office that is not known where it must be.
    #[error("office {0} is not known here")]
    UnknownOffice(OfficeId),
    /// Of its audience nobody can be reached from here.
    #[error("the audience is empty or above the root")]
    NoAudience,
    /// No such record is held here.
    #[error("record {0} is not held here")]
    UnknownRecord(RecordRef),
    /// Made elsewhere than at or below this office.
    #[error("what {0} has said is not this office's to destroy")]
    NotYoursToDestroy(OfficeId),
    /// It says who is who, or destroys: without it others could not be believed.
    #[error("record {0} is of a kind that is never destroyed")]
    NotDestroyable(RecordRef),
    /// Not this office's to do.
    #[error("only its parent may do this for {0}")]
    NotYours(OfficeId),
    /// An office with this id exists.
    #[error("office {0} exists already")]
    OfficeExists(OfficeId),
    /// No such invitation was made here.
    #[error("no such invitation")]
    InvitationUnknown,
    /// Used by another key.
    #[error("the invitation was used already")]
    InvitationUsed,
    /// Too late.
    #[error("the invitation has expired")]
    InvitationExpired,
    /// For somebody else.
    #[error("the invitation is for another office")]
    InvitationForAnother,
    /// No parked record stands there.
    #[error("no parked record at that place")]
    NotParked,
    /// A batch that does not begin where the last one ended.
    #[error("expected position {expected}, got {got}")]
    OutOfOrder {
        /// What should have come.
        expected: LinkSeq,
        /// What came.
        got: LinkSeq,
    },
    /// The disk is too full for this lane.
    #[error("the disk is too full for {0:?} records")]
    NoSpace(Lane),
}
