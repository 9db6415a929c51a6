//! Service `Retentions`: what rules of retention come to.

use dutynet_proto::api::{self, retentions_server::Retentions};
use tonic::{Request, Response, Status};

use super::{convert_upkeep, said};
use crate::usecase::Office;

/// See `retention.proto`.
pub(super) struct RetentionsService(pub(super) Office);

#[tonic::async_trait]
impl Retentions for RetentionsService {
    async fn list(&self, _: Request<api::ListRetentionRequest>) -> Result<Response<api::ListRetentionReply>, Status> {
        let now = self.0.retention().await.map_err(said)?;
        Ok(Response::new(convert_upkeep::retention(&now)))
    }
}
