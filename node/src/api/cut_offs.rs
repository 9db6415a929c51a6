//! Service `CutOffs`: until when reports are in time, for everything below.

use dutynet_proto::api::{self, cut_offs_server::CutOffs};
use tonic::{Request, Response, Status};

use super::{convert_report, said};
use crate::usecase::Office;

/// See `cut_offs.proto`.
pub(super) struct CutOffsService(pub(super) Office);

#[tonic::async_trait]
impl CutOffs for CutOffsService {
    async fn set(&self, request: Request<api::SetCutOffRequest>) -> Result<Response<api::SetCutOffReply>, Status> {
        let asked = convert_report::set_cut_off(request.into_inner()).map_err(said)?;
        let set = self.0.set_cut_off(asked).await.map_err(said)?;
        Ok(Response::new(convert_report::set_as(&set)))
    }

    async fn list(&self, _: Request<api::ListCutOffsRequest>) -> Result<Response<api::ListCutOffsReply>, Status> {
        let known = self.0.list_cut_offs().await.map_err(said)?;
        Ok(Response::new(convert_report::cut_offs(&known)))
    }
}
