//! Service `Node`: what this node holds, and whether it is sound.

use dutynet_proto::api::{self, node_server::Node};
use tonic::{Request, Response, Status};

use super::{convert, said};
use crate::usecase::Office;

/// See `api.proto`.
pub(super) struct NodeService(pub(super) Office);

#[tonic::async_trait]
impl Node for NodeService {
    async fn status(&self, _: Request<api::StatusRequest>) -> Result<Response<api::StatusReply>, Status> {
        Ok(Response::new(convert::status(self.0.status())))
    }

    async fn verify(&self, _: Request<api::VerifyRequest>) -> Result<Response<api::VerifyReply>, Status> {
        let verified = self.0.verify().await.map_err(said)?;
        Ok(Response::new(convert::verified(verified)))
    }
}
