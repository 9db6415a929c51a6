//! Service `Notices`: sending, signing, and the sign-for list.

use dutynet_proto::api::{self, notices_server::Notices};
use tonic::{Request, Response, Status};

use super::{convert_notice as convert, said};
use crate::usecase::Office;

/// See `notice.proto`.
pub(super) struct NoticesService(pub(super) Office);

#[tonic::async_trait]
impl Notices for NoticesService {
    async fn send(&self, request: Request<api::SendNoticeRequest>) -> Result<Response<api::SendNoticeReply>, Status> {
        let asked = convert::send(request.into_inner()).map_err(said)?;
        let sent = self.0.send_notice(asked).await.map_err(said)?;
        Ok(Response::new(convert::sent(&sent)))
    }

    async fn sign(&self, request: Request<api::SignNoticeRequest>) -> Result<Response<api::SignNoticeReply>, Status> {
        let asked = convert::sign(request.into_inner()).map_err(said)?;
        let signed = self.0.sign_notice(asked).await.map_err(said)?;
        Ok(Response::new(convert::signed(&signed)))
    }

    async fn board(&self, request: Request<api::NoticeBoardRequest>) -> Result<Response<api::NoticeBoardReply>, Status> {
        let board = self.0.notice_board(&request.into_inner().notice).await.map_err(said)?;
        Ok(Response::new(convert::board(&board)))
    }

    async fn list(&self, _: Request<api::ListNoticesRequest>) -> Result<Response<api::ListNoticesReply>, Status> {
        let notices = self.0.notices().await.map_err(said)?;
        Ok(Response::new(api::ListNoticesReply { notices: notices.iter().map(convert::listed).collect() }))
    }

    async fn show(&self, request: Request<api::ShowNoticeRequest>) -> Result<Response<api::ShowNoticeReply>, Status> {
        let shown = self.0.notice(&request.into_inner().notice).await.map_err(said)?;
        Ok(Response::new(convert::shown(&shown)))
    }
}
