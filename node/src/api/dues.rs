//! Service `Dues`: what is owed by when, and each ring as it happens.

use std::pin::Pin;

use dutynet_proto::api::{self, dues_server::Dues};
use tokio_stream::{Stream, StreamExt as _, iter, wrappers::BroadcastStream};
use tonic::{Request, Response, Status};

use super::{convert_due as convert, said};
use crate::{text::refusal::Refusal, usecase::Office};

/// See `dues.proto`.
pub(super) struct DuesService(pub(super) Office);

#[tonic::async_trait]
impl Dues for DuesService {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<api::DueRing, Status>> + Send>>;

    async fn list(&self, request: Request<api::ListDuesRequest>) -> Result<Response<api::ListDuesReply>, Status> {
        let dues = self.0.dues(convert::asked(request.into_inner()).map_err(said)?).await.map_err(said)?;
        Ok(Response::new(convert::list(&dues)))
    }

    async fn show(&self, request: Request<api::ShowDueRequest>) -> Result<Response<api::ShowDueReply>, Status> {
        let shown = self.0.show_due(&request.into_inner().key).await.map_err(said)?;
        Ok(Response::new(convert::shown(&shown)))
    }

    async fn chase(&self, request: Request<api::ChaseDueRequest>) -> Result<Response<api::ChaseDueReply>, Status> {
        let asked = convert::chase(request.into_inner()).map_err(said)?;
        let chased = self.0.chase_due(asked).await.map_err(said)?;
        Ok(Response::new(convert::chased(&chased)))
    }

    async fn stats(&self, request: Request<api::DueStatsRequest>) -> Result<Response<api::DueStatsReply>, Status> {
        let request = request.into_inner();
        let stats = self.0.due_stats(convert::ask_stats(&request).map_err(said)?).await.map_err(said)?;
        let opened = if request.open { stats.dues.as_slice() } else { &[] };
        Ok(Response::new(convert::stats(&stats, opened)))
    }

    async fn watch(&self, _: Request<api::WatchDuesRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let (rang, hears) = self.0.watch_dues().await.map_err(said)?;
        let (hears, listens) = hears.into_parts();
        let before: Vec<_> = rang.iter().map(|rang| Ok(convert::ring(rang))).collect();
        // Whoever listens too slowly has missed rings, and must begin anew.
        let after = BroadcastStream::new(hears).map(move |heard| {
            let _until_nobody_reads = &listens;
            heard.map(|rang| convert::ring(&rang)).map_err(|_| said(Refusal::Behind.into()))
        });
        Ok(Response::new(Box::pin(iter(before).chain(after))))
    }
}
