//! The parent's end of a link, as a tonic service: sessions of children, and enrolment.

use std::{pin::Pin, sync::Arc};

use dutynet_proto::link::{self as wire, link_server::Link};
use futures_util::{Stream, StreamExt as _};
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::Side;
use crate::{
    ids::OfficeId,
    invitation::InvitationSecret,
    link::{
        config::Carries,
        convert,
        frame::{Refused, RefusedReason},
        standing::{self, Deed, Standing},
    },
    relay::Inner,
    tls::{
        accept::Neighbour,
        leaf::{LeafSubject, Proven, make_leaf},
        renewal::Validity,
    },
    writer::intent::{Answer, Enrolment, Intent, WriteRefusal},
};

/// Serves children. What it holds of the relay goes before it says so.
pub(crate) struct LinkService {
    pub(crate) relay: Arc<Inner>,
    /// Every answer and session that is under way listens to it.
    pub(crate) busy: Arc<watch::Sender<()>>,
    /// Dropped with the last connection.
    pub(crate) _open: watch::Receiver<()>,
}

type Frames = Pin<Box<dyn Stream<Item = Result<wire::Frame, Status>> + Send>>;

#[tonic::async_trait]
impl Link for LinkService {
    type SessionStream = Frames;

    async fn session(&self, request: Request<Streaming<wire::Frame>>) -> Result<Response<Frames>, Status> {
        let proven = proven(&request)?;
        let standing = self.standing(&proven);
        if let Some(reason) = standing.session_refusal() {
            return Ok(Response::new(self.refused(reason, &proven)));
        }
        let Some(peer) = self.relay.store.registry().office_of_key(proven.key.id()).cloned() else {
            return Ok(Response::new(self.refused(RefusedReason::UnknownKey, &proven)));
        };
        let (outbound, frames) = mpsc::unbounded_channel();
        let side = Side { peer, is_child: false, carries: Carries::Everything, proven };
        let (busy, session) = (self.busy.subscribe(), serve_session(self.relay.clone(), side, request.into_inner(), outbound));
        tokio::spawn(async move {
            session.await;
            drop(busy);
        });
        Ok(Response::new(Box::pin(UnboundedReceiverStream::new(frames).map(Ok))))
    }

    async fn renew(&self, request: Request<wire::RenewRequest>) -> Result<Response<wire::RenewReply>, Status> {
        let _busy = self.busy.subscribe();
        let proven = proven(&request)?;
        let asked = request.into_inner().office;
        let reply = match self.renewal_refused(&proven, &asked) {
            Some((reason, detail)) => {
                wire::RenewReply { refused: Some(self.said(reason, detail, &proven)), ..Default::default() }
            }
            None => wire::RenewReply { certificate: self.leaf_for(&proven.office, &proven)?.into(), refused: None },
        };
        Ok(Response::new(reply))
    }

    async fn enrol(&self, request: Request<wire::EnrolRequest>) -> Result<Response<wire::EnrolReply>, Status> {
        let _busy = self.busy.subscribe();
        let proven = proven(&request)?;
        if !self.standing(&proven).allows(Deed::Enrol) {
            return Err(Status::permission_denied("this key may not enrol"));
        }
        let asked = request.into_inner();
        let secret: [u8; 20] = asked.secret.as_ref().try_into().map_err(|_| Status::invalid_argument("secret: 20 bytes"))?;
        let office = OfficeId::parse(&asked.office).map_err(|fault| Status::invalid_argument(fault.to_string()))?;
        let enrolment = Enrolment { secret: InvitationSecret(secret).hash(), office: office.clone(), key: proven.key.clone() };
        let answer = self.relay.writer.write_one(Intent::Enrol(Box::new(enrolment))).await;
        match answer.map_err(|_| Status::unavailable("the store has stopped"))? {
            Answer::Made { .. } => self.enrolled(&office, &proven).map(Response::new),
            Answer::Refused(refusal) => Err(enrol_status(&refusal)),
            Answer::Done | Answer::Custody { .. } | Answer::Forked(_) => Err(Status::internal("unexpected answer")),
        }
    }
}

async fn serve_session(
    relay: Arc<Inner>,
    side: Side,
    inbound: Streaming<wire::Frame>,
    outbound: mpsc::UnboundedSender<wire::Frame>,
) {
    let peer = side.peer.clone();
    let ended = super::run(relay, side, inbound, outbound).await;
    tracing::info!(neighbour = %peer, reason = %ended.reason, "session of a child ended");
}

fn proven<T>(request: &Request<T>) -> Result<Proven, Status> {
    let neighbour = request.extensions().get::<Neighbour>();
    neighbour.map(|neighbour| neighbour.proven.clone()).ok_or_else(|| Status::unauthenticated("no proven key"))
}

fn enrol_status(refusal: &WriteRefusal) -> Status {
    let text = refusal.to_string();
    match refusal {
        WriteRefusal::InvitationUnknown | WriteRefusal::InvitationForAnother => Status::not_found(text),
        WriteRefusal::InvitationUsed => Status::already_exists(text),
        WriteRefusal::InvitationExpired => Status::deadline_exceeded(text),
        WriteRefusal::NoSpace(_) => Status::resource_exhausted(text),
        WriteRefusal::Conflict
        | WriteRefusal::Malformed(_)
        | WriteRefusal::UnknownOffice(_)
        | WriteRefusal::NoAudience
        | WriteRefusal::NotYours(_)
        | WriteRefusal::OfficeExists(_)
        | WriteRefusal::NotParked
        | WriteRefusal::UnknownRecord(_)
        | WriteRefusal::NotYoursToDestroy(_)
        | WriteRefusal::NotDestroyable(_)
        | WriteRefusal::OutOfOrder { .. } => Status::failed_precondition(text),
    }
}

impl LinkService {
    fn standing(&self, proven: &Proven) -> Standing {
        let registry = self.relay.store.registry();
        standing::of_caller(&registry, proven, &self.relay.office.zone, self.relay.clock.wall())
    }

    fn refused(&self, reason: RefusedReason, proven: &Proven) -> Frames {
        let detail = format!("{} with key {}: {reason:?}", proven.office, proven.key.id());
        let refused = self.said(reason, detail, proven);
        let frame = wire::Frame { of: Some(wire::frame::Of::Refused(refused)) };
        Box::pin(tokio_stream::iter([Ok(frame)]))
    }

    fn said(&self, reason: RefusedReason, detail: String, proven: &Proven) -> wire::Refused {
        tracing::warn!(office = %proven.office, key = %proven.key.id(), ?reason, detail, "a caller was refused");
        convert::refused_to_wire(&Refused { reason, detail, retry_after_ms: 0, clock: self.relay.clock.wall() })
    }

    /// Why this caller gets no new leaf.
    fn renewal_refused(&self, proven: &Proven, asked: &str) -> Option<(RefusedReason, String)> {
        let standing = self.standing(proven);
        if !standing.allows(Deed::Renew) {
            let reason = standing.session_refusal().unwrap_or(RefusedReason::UnknownKey);
            return Some((reason, format!("{} with key {}: {reason:?}", proven.office, proven.key.id())));
        }
        let another = || format!("the key is that of {}, not of {asked}", proven.office);
        (asked != proven.office.as_str()).then(|| (RefusedReason::Malformed, another()))
    }

    /// Signs, and remembers for the sessions of this child that it has a leaf which ends later than the one that they began with.
    fn leaf_for(&self, office: &OfficeId, proven: &Proven) -> Result<Vec<u8>, Status> {
        let validity = Validity::from(self.relay.clock.wall(), self.relay.settings.leaf_valid());
        let subject = LeafSubject {
            key: proven.key.clone(),
            office: office.clone(),
            zone: self.relay.office.zone.clone(),
            not_before: validity.not_before,
            not_after: validity.not_after,
        };
        let leaf = make_leaf(&subject, &self.relay.key).map_err(|fault| Status::internal(fault.to_string()))?;
        tracing::info!(%office, key = %proven.key.id(), until = validity.not_after.0, "a leaf was signed");
        self.relay.hub.signed(office, proven.key.id(), validity.not_after);
        Ok(leaf)
    }

    fn enrolled(&self, office: &OfficeId, proven: &Proven) -> Result<wire::EnrolReply, Status> {
        let leaf = self.leaf_for(office, proven)?;
        let tree = self.relay.store.registry();
        let path: Vec<_> = tree.path_up(office).cloned().collect();
        let mut records = Vec::new();
        for above in path.iter().rev() {
            records.extend(self.relay.store.registrations(above).map_err(|fault| Status::internal(fault.to_string()))?);
        }
        Ok(wire::EnrolReply { certificate: leaf.into(), registry: Some(convert::carried_to_wire(&records)) })
    }
}
