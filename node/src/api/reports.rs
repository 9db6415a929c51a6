//! Service `Reports`: filing, showing, and the board of a period.

use dutynet_proto::api::{self, reports_server::Reports};
use tonic::{Request, Response, Status};

use super::{convert, said};
use crate::usecase::{Office, ShowReport};

/// See `api.proto`.
pub(super) struct ReportsService(pub(super) Office);

#[tonic::async_trait]
impl Reports for ReportsService {
    async fn file(&self, request: Request<api::FileReportRequest>) -> Result<Response<api::FileReportReply>, Status> {
        let asked = convert::file_report(request.into_inner()).map_err(said)?;
        let filed = self.0.file(asked).await.map_err(said)?;
        Ok(Response::new(convert::filed(&filed)))
    }

    async fn show(&self, request: Request<api::ShowReportRequest>) -> Result<Response<api::ShowReportReply>, Status> {
        let api::ShowReportRequest { form, period, office } = request.into_inner();
        let revisions = self.0.show(&ShowReport { form, period, office }).await.map_err(said)?;
        Ok(Response::new(api::ShowReportReply { revisions: revisions.iter().map(convert::revision).collect() }))
    }

    async fn board(&self, request: Request<api::BoardRequest>) -> Result<Response<api::BoardReply>, Status> {
        let board = self.0.board(&request.into_inner().period).await.map_err(said)?;
        Ok(Response::new(convert::board(&board)))
    }
}
