//! Service `Offices`: the tree, and invitations into it.

use std::time::Duration;

use dutynet_proto::api::{self, offices_server::Offices};
use tonic::{Request, Response, Status};

use super::{convert, said};
use crate::usecase::{InvitationTerms, Office, Replacing};

/// See `api.proto`.
pub(super) struct OfficesService(pub(super) Office);

#[tonic::async_trait]
impl Offices for OfficesService {
    async fn list(&self, _: Request<api::ListOfficesRequest>) -> Result<Response<api::ListOfficesReply>, Status> {
        let offices = self.0.offices().iter().map(convert::office_row).collect();
        Ok(Response::new(api::ListOfficesReply { offices }))
    }

    async fn add(&self, request: Request<api::AddOfficeRequest>) -> Result<Response<api::OfficeRow>, Status> {
        let entry = self.0.add_office(convert::new_child(request.into_inner())).await.map_err(said)?;
        Ok(Response::new(convert::office_row(&entry)))
    }

    async fn invite(&self, request: Request<api::InviteRequest>) -> Result<Response<api::InviteReply>, Status> {
        let request = request.into_inner();
        let replacing = if request.replace { Replacing::Machine } else { Replacing::Nothing };
        let child = convert::new_child(request.office.unwrap_or_default());
        let valid_for = Duration::from_millis(request.valid_for_ms);
        let terms = InvitationTerms { valid_for, addresses: request.addresses };
        let invited = self.0.invite(child, replacing, terms).await.map_err(said)?;
        Ok(Response::new(api::InviteReply { invitation: invited.invitation, valid_until_ms: invited.valid_until.0 }))
    }
}
