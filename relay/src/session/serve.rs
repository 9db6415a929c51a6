//! The parent's end of a link, as a tonic service: sessions of children, and enrolment.

use std::{pin::Pin, sync::Arc};

use dutynet_proto::link::{self as wire, link_server::Link};
use futures_util::{Stream, StreamExt as _};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::Side;
use crate::{
    ids::{OfficeId, UnixMillis},
    invitation::InvitationSecret,
    link::{
        config::Carries,
        convert,
        frame::{Frame, Refused, RefusedReason},
        standing::{self, Deed, Standing},
    },
    relay::Inner,
    tls::{
        accept::Neighbour,
        leaf::{LeafSubject, Proven, make_leaf},
    },
    writer::intent::{Answer, Enrolment, Intent, WriteRefusal},
};

/// How long a leaf is good for, ms.
const LEAF_MILLIS: i64 = 730 * 24 * 3600 * 1000;
/// How far before now it begins, ms: the child's clock may be behind.
const LEAF_EARLIER_MILLIS: i64 = 24 * 3600 * 1000;

/// Serves children.
pub(crate) struct LinkService {
    pub(crate) relay: Arc<Inner>,
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
        let side = Side { peer, is_child: false, carries: Carries::Everything };
        tokio::spawn(serve_session(self.relay.clone(), side, request.into_inner(), outbound));
        Ok(Response::new(Box::pin(UnboundedReceiverStream::new(frames).map(Ok))))
    }

    async fn enrol(&self, request: Request<wire::EnrolRequest>) -> Result<Response<wire::EnrolReply>, Status> {
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
        | WriteRefusal::OutOfOrder { .. } => Status::failed_precondition(text),
    }
}

impl LinkService {
    fn standing(&self, proven: &Proven) -> Standing {
        let registry = self.relay.store.registry();
        standing::of_caller(&registry, proven, &self.relay.office.zone, self.relay.clock.wall())
    }

    fn refused(&self, reason: RefusedReason, proven: &Proven) -> Frames {
        tracing::warn!(office = %proven.office, key = %proven.key.id(), ?reason, "a caller was refused");
        let detail = format!("{} with key {}: {reason:?}", proven.office, proven.key.id());
        let refused = Refused { reason, detail, retry_after_ms: 0, clock: self.relay.clock.wall() };
        let frame = convert::to_wire(&Frame::Refused(refused), convert::Packing::Plain);
        Box::pin(tokio_stream::iter([Ok(frame)]))
    }

    fn enrolled(&self, office: &OfficeId, proven: &Proven) -> Result<wire::EnrolReply, Status> {
        let now = self.relay.clock.wall();
        let subject = LeafSubject {
            key: proven.key.clone(),
            office: office.clone(),
            zone: self.relay.office.zone.clone(),
            not_before: UnixMillis(now.0 - LEAF_EARLIER_MILLIS),
            not_after: UnixMillis(now.0 + LEAF_MILLIS),
        };
        let leaf = make_leaf(&subject, &self.relay.key).map_err(|fault| Status::internal(fault.to_string()))?;
        let tree = self.relay.store.registry();
        let path: Vec<_> = tree.path_up(office).cloned().collect();
        let mut records = Vec::new();
        for above in path.iter().rev() {
            records.extend(self.relay.store.registrations(above).map_err(|fault| Status::internal(fault.to_string()))?);
        }
        Ok(wire::EnrolReply { certificate: leaf.into(), registry: Some(convert::carried_to_wire(&records)) })
    }
}
