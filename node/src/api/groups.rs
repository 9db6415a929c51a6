//! Service `Groups`: saved groups of offices.

use dutynet_proto::api::{self, groups_server::Groups};
use tonic::{Request, Response, Status};

use super::{convert, convert_notice, said};
use crate::usecase::Office;

/// See `group.proto`.
pub(super) struct GroupsService(pub(super) Office);

#[tonic::async_trait]
impl Groups for GroupsService {
    async fn save(&self, request: Request<api::SaveGroupRequest>) -> Result<Response<api::GroupRow>, Status> {
        let asked = convert_notice::save_group(request.into_inner()).map_err(said)?;
        let group = self.0.save_group(asked).await.map_err(said)?;
        Ok(Response::new(convert_notice::group(&group)))
    }

    async fn list(&self, _: Request<api::ListGroupsRequest>) -> Result<Response<api::ListGroupsReply>, Status> {
        let groups = self.0.groups().await.map_err(said)?;
        Ok(Response::new(api::ListGroupsReply { groups: groups.iter().map(convert_notice::group).collect() }))
    }

    async fn drop(&self, request: Request<api::DropGroupRequest>) -> Result<Response<api::GroupRow>, Status> {
        let request = request.into_inner();
        let id = convert::record_id(&request.id).map_err(said)?;
        let group = self.0.drop_group(id, &request.name, convert::person(request.by)).await.map_err(said)?;
        Ok(Response::new(convert_notice::group(&group)))
    }
}
