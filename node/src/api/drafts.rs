//! Service `Drafts`: an office's own report as the sum of its children's, before it is filed.

use dutynet_proto::api::{self, drafts_server::Drafts};
use tonic::{Request, Response, Status};

use super::{convert_report, said};
use crate::usecase::Office;

/// See `drafts.proto`.
pub(super) struct DraftsService(pub(super) Office);

#[tonic::async_trait]
impl Drafts for DraftsService {
    async fn open(&self, request: Request<api::OpenDraftRequest>) -> Result<Response<api::Draft>, Status> {
        let api::OpenDraftRequest { form, period } = request.into_inner();
        let draft = self.0.open_draft(&form, &period).await.map_err(said)?;
        Ok(Response::new(convert_report::draft(&draft)))
    }

    async fn save(&self, request: Request<api::SaveDraftRequest>) -> Result<Response<api::Draft>, Status> {
        let draft = self.0.save_draft(convert_report::save_draft(request.into_inner())).await.map_err(said)?;
        Ok(Response::new(convert_report::draft(&draft)))
    }
}
