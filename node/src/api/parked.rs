//! Service `Parked`: records that a neighbour refused.

use dutynet_proto::api::{self, parked_server::Parked};
use tonic::{Request, Response, Status};

use super::{convert, said};
use crate::usecase::{Office, parked_at};

/// See `api.proto`.
pub(super) struct ParkedService(pub(super) Office);

#[tonic::async_trait]
impl Parked for ParkedService {
    async fn list(&self, _: Request<api::ListParkedRequest>) -> Result<Response<api::ListParkedReply>, Status> {
        let parked = self.0.parked().map_err(said)?;
        Ok(Response::new(api::ListParkedReply { parked: parked.iter().map(convert::parked_row).collect() }))
    }

    async fn retry(&self, request: Request<api::ParkedRef>) -> Result<Response<api::ParkedDone>, Status> {
        let at = request.into_inner();
        let parked = parked_at(&at.neighbour, at.lane, at.seq).map_err(said)?;
        self.0.retry_parked(parked, convert::person(at.by)).await.map_err(said)?;
        Ok(Response::new(api::ParkedDone {}))
    }

    async fn withdraw(&self, request: Request<api::ParkedRef>) -> Result<Response<api::ParkedDone>, Status> {
        let at = request.into_inner();
        let parked = parked_at(&at.neighbour, at.lane, at.seq).map_err(said)?;
        self.0.withdraw_parked(parked, convert::person(at.by)).await.map_err(said)?;
        Ok(Response::new(api::ParkedDone {}))
    }
}
