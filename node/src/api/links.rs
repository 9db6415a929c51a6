//! Service `Links`: the lines to neighbours and what is known of those further down.

use dutynet_proto::api::{self, links_server::Links};
use tonic::{Request, Response, Status};

use super::{convert, said};
use crate::{text::refusal::Refusal, usecase::Office};

/// See `api.proto`.
pub(super) struct LinksService(pub(super) Office);

#[tonic::async_trait]
impl Links for LinksService {
    async fn list(&self, _: Request<api::ListLinksRequest>) -> Result<Response<api::ListLinksReply>, Status> {
        let links = self.0.links().iter().map(convert::link_row).collect();
        let lines = self.0.lines_below().iter().map(convert::line_row).collect();
        Ok(Response::new(api::ListLinksReply { links, lines }))
    }

    async fn dial(&self, request: Request<api::DialRequest>) -> Result<Response<api::DialReply>, Status> {
        let api::DialRequest { addresses, by } = request.into_inner();
        let dialled = if addresses.is_empty() {
            self.0.parent_dialled().ok_or_else(|| said(Refusal::NoParent.into()))?
        } else {
            self.0.dial_parent(addresses, convert::person(by)).await.map_err(said)?
        };
        Ok(Response::new(api::DialReply { office: dialled.0.to_string(), addresses: dialled.1 }))
    }
}
