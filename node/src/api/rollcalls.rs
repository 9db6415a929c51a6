//! Service `RollCalls`: calling, answering, the table and how it changes.

use std::pin::Pin;

use dutynet_proto::api::{self, roll_calls_server::RollCalls};
use tokio_stream::{Stream, StreamExt as _, wrappers::ReceiverStream};
use tonic::{Request, Response, Status};

use super::{convert_matter, convert_rollcall as convert, said};
use crate::{projection::Openness, usecase::Office};

/// See `rollcall.proto`.
pub(super) struct RollCallsService(pub(super) Office);

#[tonic::async_trait]
impl RollCalls for RollCallsService {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<api::RollTableReply, Status>> + Send>>;

    async fn call(&self, request: Request<api::CallRollRequest>) -> Result<Response<api::CallRollReply>, Status> {
        let asked = convert::call(request.into_inner()).map_err(said)?;
        let called = self.0.call_roll(asked).await.map_err(said)?;
        Ok(Response::new(convert::called(&called)))
    }

    async fn answer(&self, request: Request<api::AnswerRollsRequest>) -> Result<Response<api::AnswerRollsReply>, Status> {
        let asked = convert::answer(request.into_inner()).map_err(said)?;
        let answered = self.0.answer_rolls(asked).await.map_err(said)?;
        Ok(Response::new(convert::answered(&answered)))
    }

    async fn act(&self, request: Request<api::ActOnRollRequest>) -> Result<Response<api::TakeStepReply>, Status> {
        let asked = convert::act(request.into_inner()).map_err(said)?;
        let taken = self.0.act_on_roll(asked).await.map_err(said)?;
        Ok(Response::new(convert_matter::taken(&taken)))
    }

    async fn table(&self, request: Request<api::RollTableRequest>) -> Result<Response<api::RollTableReply>, Status> {
        let table = self.0.roll_table(&request.into_inner().call).await.map_err(said)?;
        Ok(Response::new(convert::table(&table)))
    }

    async fn watch(&self, request: Request<api::RollTableRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let changes = self.0.watch_roll(&request.into_inner().call).await.map_err(said)?;
        let changes = ReceiverStream::new(changes).map(|change| change.map(|table| convert::table(&table)).map_err(said));
        Ok(Response::new(Box::pin(changes)))
    }

    async fn list(&self, request: Request<api::ListRollsRequest>) -> Result<Response<api::ListRollsReply>, Status> {
        let also = if request.into_inner().closed { Openness::Closed } else { Openness::Open };
        let (rolls, as_of) = self.0.rolls(also).await.map_err(said)?;
        let calls = rolls.iter().map(convert::listed).collect();
        Ok(Response::new(api::ListRollsReply { calls, as_of_ms: as_of.0 }))
    }

    async fn draw(&self, request: Request<api::RollTableRequest>) -> Result<Response<api::RollDrawReply>, Status> {
        let proof = self.0.draw_of(&request.into_inner().call).await.map_err(said)?;
        Ok(Response::new(convert::draw(&proof)))
    }
}
