//! Service `Matters`: taking steps, one matter whole, lists.

use dutynet_proto::api::{self, matters_server::Matters};
use tonic::{Request, Response, Status};

use super::{convert_matter as convert, said};
use crate::{domain::step::MatterKind, projection::Openness, text::refusal::Refusal, usecase::Office};

/// See `matter.proto`.
pub(super) struct MattersService(pub(super) Office);

#[tonic::async_trait]
impl Matters for MattersService {
    async fn take(&self, request: Request<api::TakeStepRequest>) -> Result<Response<api::TakeStepReply>, Status> {
        let asked = convert::take(request.into_inner()).map_err(said)?;
        let taken = self.0.take_step(asked).await.map_err(said)?;
        Ok(Response::new(convert::taken(&taken)))
    }

    async fn prefill(&self, request: Request<api::PrefillRequest>) -> Result<Response<api::PrefillReply>, Status> {
        let filled = self.0.prefill(convert::ask_prefill(request.into_inner()).map_err(said)?).await.map_err(said)?;
        Ok(Response::new(api::PrefillReply { fields: filled.iter().map(convert::prefilled).collect() }))
    }

    async fn paper(&self, request: Request<api::PaperRequest>) -> Result<Response<api::PaperReply>, Status> {
        let api::PaperRequest { paper, matter } = request.into_inner();
        let filled = self.0.paper(&paper, &matter).await.map_err(said)?;
        Ok(Response::new(convert::paper(&filled)))
    }

    async fn show(&self, request: Request<api::ShowMatterRequest>) -> Result<Response<api::ShowMatterReply>, Status> {
        let shown = self.0.matter(&request.into_inner().matter).await.map_err(said)?;
        Ok(Response::new(convert::shown(&shown)))
    }

    async fn list(&self, request: Request<api::ListMattersRequest>) -> Result<Response<api::ListMattersReply>, Status> {
        let api::ListMattersRequest { kind, closed } = request.into_inner();
        let kind = MatterKind::from_key(&kind).ok_or_else(|| said(Refusal::RequestUnreadable.into()))?;
        let also = if closed { Openness::Closed } else { Openness::Open };
        let rows = self.0.matters(kind, also).await.map_err(said)?;
        Ok(Response::new(api::ListMattersReply { matters: rows.iter().map(convert::head).collect() }))
    }

    async fn board(&self, request: Request<api::ShowMatterRequest>) -> Result<Response<api::MatterBoardReply>, Status> {
        let board = self.0.matter_board(&request.into_inner().matter).await.map_err(said)?;
        Ok(Response::new(convert::board(&board)))
    }
}
