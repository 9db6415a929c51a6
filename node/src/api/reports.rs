//! Service `Reports`: filing, showing, choosing between versions, and the board of a period.

use dutynet_proto::api::{self, reports_server::Reports};
use tonic::{Request, Response, Status};

use super::{convert, convert_report, said};
use crate::usecase::{Office, ShowReport};

/// See `api.proto`.
pub(super) struct ReportsService(pub(super) Office);

#[tonic::async_trait]
impl Reports for ReportsService {
    async fn file(&self, request: Request<api::FileReportRequest>) -> Result<Response<api::FileReportReply>, Status> {
        let asked = convert_report::file_report(request.into_inner()).map_err(said)?;
        let filed = self.0.file(asked).await.map_err(said)?;
        Ok(Response::new(convert_report::filed(&filed)))
    }

    async fn show(&self, request: Request<api::ShowReportRequest>) -> Result<Response<api::ShowReportReply>, Status> {
        let api::ShowReportRequest { form, period, office } = request.into_inner();
        let shown = self.0.show(&ShowReport { form, period, office }).await.map_err(said)?;
        Ok(Response::new(convert_report::shown(&shown)))
    }

    async fn board(&self, request: Request<api::BoardRequest>) -> Result<Response<api::BoardReply>, Status> {
        let api::BoardRequest { period, form, mode } = request.into_inner();
        let mode = convert::mode(mode).map_err(said)?;
        let board = self.0.board_of(mode, &form, &period).await.map_err(said)?;
        Ok(Response::new(convert_report::board(&board)))
    }

    async fn choose(&self, request: Request<api::ChooseReportRequest>) -> Result<Response<api::ChooseReportReply>, Status> {
        let asked = convert_report::choose(request.into_inner()).map_err(said)?;
        let chosen = self.0.choose(asked).await.map_err(said)?;
        Ok(Response::new(convert_report::chosen(&chosen)))
    }
}
