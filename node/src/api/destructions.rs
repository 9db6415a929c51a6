//! Service `Destructions`: the words of a record go, for good.

use dutynet_proto::api::{self, destructions_server::Destructions};
use tonic::{Request, Response, Status};

use super::{convert, said};
use crate::usecase::{Destroy, Office};

/// See `destruction.proto`.
pub(super) struct DestructionsService(pub(super) Office);

#[tonic::async_trait]
impl Destructions for DestructionsService {
    async fn destroy(&self, request: Request<api::DestroyRequest>) -> Result<Response<api::DestroyReply>, Status> {
        let request = request.into_inner();
        let (record, reason) = (request.record, request.reason);
        let asked =
            Destroy { id: convert::record_id(&request.id).map_err(said)?, record, reason, by: convert::person(request.by) };
        let made = self.0.destroy(asked).await.map_err(said)?;
        let (record, destruction) = (convert::reference(&made.record), convert::reference(&made.destruction));
        Ok(Response::new(api::DestroyReply { destruction: Some(destruction), folded: made.folded, record: Some(record) }))
    }
}
