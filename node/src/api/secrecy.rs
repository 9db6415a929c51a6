//! Services `Classified` and `Purges`: what must not be in this system.

use dutynet_proto::api::{self, classified_server::Classified, purges_server::Purges};
use dutynet_relay::ids::UnixMillis;
use tonic::{Request, Response, Status};

use super::{convert, said};
use crate::usecase::{AddClassified, ClassifiedItem, Destroy, Office, PurgeOffice, PurgeRecord, Purged};

/// See `secrecy.proto`.
pub(super) struct ClassifiedService(pub(super) Office);

/// See `secrecy.proto`.
pub(super) struct PurgesService(pub(super) Office);

#[tonic::async_trait]
impl Classified for ClassifiedService {
    async fn add(&self, request: Request<api::AddClassifiedRequest>) -> Result<Response<api::ClassifiedRow>, Status> {
        let from = request.into_inner();
        let asked = AddClassified {
            id: convert::record_id(&from.id).map_err(said)?,
            number: from.number,
            channel: from.channel,
            receiver: from.receiver,
            received_at: (from.received_at_ms != 0).then_some(UnixMillis(from.received_at_ms)),
            by: convert::person(from.by),
        };
        Ok(Response::new(item(&self.0.add_classified(asked).await.map_err(said)?)))
    }

    async fn list(&self, _: Request<api::ListClassifiedRequest>) -> Result<Response<api::ListClassifiedReply>, Status> {
        let items = self.0.classified().await.map_err(said)?;
        Ok(Response::new(api::ListClassifiedReply { items: items.iter().map(item).collect() }))
    }
}

#[tonic::async_trait]
impl Purges for PurgesService {
    async fn purge(&self, request: Request<api::PurgeRequest>) -> Result<Response<api::PurgeRow>, Status> {
        let from = request.into_inner();
        let destroy = Destroy {
            id: convert::record_id(&from.destruction_id).map_err(said)?,
            record: from.record,
            reason: from.reason,
            by: convert::person(from.by),
        };
        let asked = PurgeRecord { id: convert::record_id(&from.id).map_err(said)?, destroy };
        Ok(Response::new(purge(&self.0.purge(asked).await.map_err(said)?)))
    }

    async fn list(&self, _: Request<api::ListPurgesRequest>) -> Result<Response<api::ListPurgesReply>, Status> {
        let purges = self.0.purges().await.map_err(said)?;
        Ok(Response::new(api::ListPurgesReply { purges: purges.iter().map(purge).collect() }))
    }
}

fn item(from: &ClassifiedItem) -> api::ClassifiedRow {
    api::ClassifiedRow {
        record: Some(convert::reference(&from.reference)),
        number: from.body.number.clone(),
        channel: from.body.channel.clone(),
        receiver: from.body.receiver.clone(),
        received_at_ms: from.body.received_at.0,
        by: from.by.as_ref().map(convert::person_to_wire),
        recorded_at_ms: from.recorded_at.0,
    }
}

fn purge(from: &Purged) -> api::PurgeRow {
    let office = |from: &PurgeOffice| api::PurgeOffice {
        office: from.office.to_string(),
        name: from.name.clone(),
        confirmed_at_ms: convert::millis(from.confirmed_at),
    };
    api::PurgeRow {
        record: Some(convert::reference(&from.record)),
        by: from.by.as_ref().map(convert::person_to_wire),
        asked_at_ms: from.asked_at.0,
        offices: from.offices.iter().map(office).collect(),
    }
}
