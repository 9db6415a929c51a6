//! How an office comes into being: the root founds the tree, everybody else shows an invitation.
//!
//! Both can be broken off anywhere and begun again: the key is kept first and used again, `office.toml` is written last, and a folder
//! without it belongs to nobody.

use std::{sync::Arc, time::Duration};

use dutynet_proto::link::{self as wire, link_client::LinkClient};

use crate::{
    clock::Clock,
    folder::{DataFolder, FolderError, OfficeFile},
    ids::{KeyId, OfficeId, UnixMillis, Zone},
    invitation::InvitationText,
    link::convert,
    record::{OfficeKey, Person},
    registry::{Entry, OfficeClass},
    relay::{OpenError, open_index_of, open_writer},
    tls::{
        config::Tls,
        connect::{Expected, KeepAlive, dial},
        identity,
        leaf::{LeafFault, LeafSubject, Proven, make_leaf},
        renewal::Validity,
    },
    verify::Verifier,
    writer::{
        Moment, Space, WANTED_BACK, Writer,
        intent::{Answer, Intent, WriteRefusal},
    },
};

/// How long the root's own leaf is good for. Nobody else can sign one for it, so it makes itself a new one when it is started late in this
/// time; no child asks for its dates.
const ROOT_LEAF_VALID: Duration = Duration::from_secs(20 * 365 * 24 * 3600);
/// Longest wait for the parent.
const ENROL_TIMEOUT: Duration = Duration::from_secs(30);

/// The root office of a new tree.
#[derive(Debug, Clone)]
pub struct NewRoot {
    /// Its id.
    pub office: OfficeId,
    /// Its name.
    pub name: String,
    /// Empty: no area.
    pub area_code: String,
    /// For people.
    pub class: OfficeClass,
    /// Zone of the whole tree.
    pub zone: Zone,
    /// Who founds it.
    pub by: Person,
}

/// Why an office did not come into being.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What was asked for cannot be.
    #[error(transparent)]
    Refused(#[from] WriteRefusal),
    /// Nobody answered as the parent.
    #[error("the parent cannot be reached: {0}")]
    NotReachable(String),
    /// The parent said no.
    #[error("the parent refused: {0}")]
    RefusedByParent(InvitationRefusal),
    /// The parent's answer does not fit the invitation.
    #[error("the parent's answer cannot be believed: {0}")]
    NotBelievable(&'static str),
    /// Keys, certificates or randomness.
    #[error("the machine failed: {0}")]
    Machine(String),
}

/// What the parent has against an invitation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvitationRefusal {
    /// Never made, or for another office.
    #[error("it was not made there, or for another office")]
    Unknown,
    /// By another machine.
    #[error("it was used already")]
    Used,
    /// By the parent's clock.
    #[error("it has expired")]
    Expired,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// Founds a tree in an empty folder. Returns the finished folder's office.
pub fn found(folder: &DataFolder, root: NewRoot, clock: &dyn Clock) -> Result<OfficeFile, JoinError> {
    folder.refuse_taken()?;
    folder.create()?;
    let _lock = folder.lock()?;
    let key = folder.key_or_new()?;
    let successor = folder.successor_or_new()?;
    let office = OfficeFile { office: root.office.clone(), zone: root.zone.clone(), root_pin: key.public().pin(), parent: None };
    let now = clock.wall();
    let leaf = root_leaf((&root.office, &root.zone), &key, now).map_err(|fault| JoinError::Machine(fault.to_string()))?;
    let entry = Entry {
        office: root.office,
        name: root.name,
        area_code: root.area_code,
        class: root.class,
        zone: root.zone,
        parent: None,
        key: Some(key.public()),
        replaces: None,
        valid_from: now,
        successor_hash: Some(identity::successor_hash(&successor.public())),
    };
    let index = open_index_of(folder)?;
    let (mut writer, _) = open_writer(folder, &office, key, (index, clock))?;
    commit(&mut writer, Intent::Register(Box::new(entry), Some(root.by)), now)?;
    writer.close().map_err(OpenError::from)?;
    folder.write_leaf(&leaf)?;
    folder.write_office(&office)?;
    Ok(office)
}

/// The root's leaf, signed by itself.
pub(crate) fn root_leaf((office, zone): (&OfficeId, &Zone), key: &OfficeKey, now: UnixMillis) -> Result<Vec<u8>, LeafFault> {
    let Validity { not_before, not_after } = Validity::from(now, ROOT_LEAF_VALID);
    make_leaf(&LeafSubject { key: key.public(), office: office.clone(), zone: zone.clone(), not_before, not_after }, key)
}

/// An office that has enrolled.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// Who it is.
    pub office: OfficeFile,
    /// Key of the machine that it takes the place of. What never left that machine is lost with it.
    pub replaces: Option<KeyId>,
}

/// Enrols the office of an invitation in an empty folder.
pub async fn enrol(folder: &DataFolder, invitation: &InvitationText, clock: Arc<dyn Clock>) -> Result<Enrolled, JoinError> {
    folder.refuse_taken()?;
    folder.create()?;
    let _lock = folder.lock()?;
    let key = folder.key_or_new()?;
    let reply = tokio::time::timeout(ENROL_TIMEOUT, ask(folder, invitation, clock.as_ref())).await;
    let reply = reply.map_err(|_| JoinError::NotReachable("no answer in time".to_owned()))??;
    let proven = Proven::read(&reply.certificate).map_err(|_| JoinError::NotBelievable("the certificate"))?;
    if proven.office != invitation.office || proven.key != key.public() || proven.zone != invitation.zone {
        return Err(JoinError::NotBelievable("the certificate is for somebody else"));
    }
    let office = OfficeFile::invited(invitation);
    let records = reply.registry.ok_or(JoinError::NotBelievable("no registry"))?;
    let records = convert::carried_from_wire(records).map_err(|_| JoinError::NotBelievable("the registry"))?;
    let index = open_index_of(folder)?;
    let (mut writer, _) = open_writer(folder, &office, key.clone(), (index, clock.as_ref()))?;
    let registry = writer.store().registry();
    let records = Verifier::new(office.root_pin).judge_all(registry, records);
    let neighbour = invitation.parent.clone();
    commit(&mut writer, Intent::TakeBack { neighbour: neighbour.clone(), records }, clock.wall())?;
    let registry = writer.store().registry();
    let entry = registry.entry(&invitation.office).filter(|entry| entry.key == Some(key.public()));
    let entry = entry.ok_or(JoinError::NotBelievable("no chain of entries leads from the root to this office"))?;
    let replaces = entry.replaces;
    // An earlier machine of this office may have sent records: they come back with the first session.
    let wanted =
        Intent::Local { namespace: WANTED_BACK.to_owned(), key: neighbour.to_string(), bytes: bytes::Bytes::from_static(b"own") };
    commit(&mut writer, wanted, clock.wall())?;
    writer.close().map_err(OpenError::from)?;
    folder.write_leaf(&reply.certificate)?;
    folder.write_office(&office)?;
    Ok(Enrolled { office, replaces })
}

async fn ask(folder: &DataFolder, invitation: &InvitationText, clock: &dyn Clock) -> Result<wire::EnrolReply, JoinError> {
    let key = folder.key()?;
    let now = clock.wall();
    let subject = LeafSubject {
        key: key.public(),
        office: invitation.office.clone(),
        zone: invitation.zone.clone(),
        not_before: UnixMillis(now.0.saturating_sub(24 * 3600 * 1000)),
        not_after: UnixMillis(now.0.saturating_add(24 * 3600 * 1000)),
    };
    let machine = |fault: String| JoinError::Machine(fault);
    let leaf = make_leaf(&subject, &key).map_err(|fault| machine(fault.to_string()))?;
    let tls = Tls::new(key, leaf).map_err(|fault| machine(fault.to_string()))?;
    let pin = Expected::Pinned(invitation.parent_pin);
    let dialled = dial(&tls, &invitation.addresses, pin, Duration::from_secs(10)).await;
    let dialled = dialled.map_err(|fault| JoinError::NotReachable(fault.to_string()))?;
    let channel = dialled.channel(KeepAlive::CHILD).await;
    let channel = channel.map_err(|fault| JoinError::NotReachable(fault.to_string()))?;
    let mut client = LinkClient::new(channel).max_decoding_message_size(crate::session::MESSAGE_BYTES_MAX);
    let request =
        wire::EnrolRequest { secret: bytes::Bytes::copy_from_slice(&invitation.secret.0), office: invitation.office.to_string() };
    client.enrol(request).await.map(tonic::Response::into_inner).map_err(|status| refusal(&status))
}

fn refusal(status: &tonic::Status) -> JoinError {
    match status.code() {
        tonic::Code::NotFound => JoinError::RefusedByParent(InvitationRefusal::Unknown),
        tonic::Code::AlreadyExists => JoinError::RefusedByParent(InvitationRefusal::Used),
        tonic::Code::DeadlineExceeded => JoinError::RefusedByParent(InvitationRefusal::Expired),
        tonic::Code::Unavailable | tonic::Code::Unknown => JoinError::NotReachable(status.message().to_owned()),
        tonic::Code::Ok
        | tonic::Code::Cancelled
        | tonic::Code::InvalidArgument
        | tonic::Code::PermissionDenied
        | tonic::Code::ResourceExhausted
        | tonic::Code::FailedPrecondition
        | tonic::Code::Aborted
        | tonic::Code::OutOfRange
        | tonic::Code::Unimplemented
        | tonic::Code::Internal
        | tonic::Code::DataLoss
        | tonic::Code::Unauthenticated => JoinError::RefusedByParent(InvitationRefusal::Other(status.message().to_owned())),
    }
}

fn commit(writer: &mut Writer, intent: Intent, wall: UnixMillis) -> Result<(), JoinError> {
    let at = Moment { wall, offset_ms: 0, space: Space::Enough };
    let committed = writer.commit(vec![intent], at).map_err(OpenError::from)?;
    match committed.answers.into_iter().next() {
        Some(Answer::Refused(WriteRefusal::OfficeExists(_))) | None => Ok(()),
        Some(Answer::Refused(refusal)) => Err(refusal.into()),
        Some(Answer::Done | Answer::Made { .. } | Answer::Custody { .. } | Answer::Forked(_)) => Ok(()),
    }
}
