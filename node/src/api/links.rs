//! Service `Links`: the lines to neighbours and what is known of those further down.

use dutynet_proto::api::{self, links_server::Links};
use tonic::{Request, Response, Status};

use super::convert;
use crate::usecase::Office;

/// See `api.proto`.
pub(super) struct LinksService(pub(super) Office);

#[tonic::async_trait]
impl Links for LinksService {
    async fn list(&self, _: Request<api::ListLinksRequest>) -> Result<Response<api::ListLinksReply>, Status> {
        let links = self.0.links().iter().map(convert::link_row).collect();
        let lines = self.0.lines_below().iter().map(convert::line_row).collect();
        Ok(Response::new(api::ListLinksReply { links, lines }))
    }
}
