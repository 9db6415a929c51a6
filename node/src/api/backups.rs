//! Service `Backups`: copies of the store, made while the node serves.

use dutynet_proto::api::{self, backups_server::Backups};
use tonic::{Request, Response, Status};

use super::{convert, convert_backup, said};
use crate::usecase::Office;

/// See `backup.proto`.
pub(super) struct BackupsService(pub(super) Office);

#[tonic::async_trait]
impl Backups for BackupsService {
    async fn make(&self, request: Request<api::MakeBackupRequest>) -> Result<Response<api::MakeBackupReply>, Status> {
        let api::MakeBackupRequest { folder, by } = request.into_inner();
        let (office, by) = (self.0.clone(), convert::person(by));
        // A caller that goes away does not break off what was begun.
        let making = tokio::spawn(async move { office.back_up(&folder, by).await });
        let made = making.await.map_err(|error| Status::internal(error.to_string()))?.map_err(said)?;
        Ok(Response::new(convert_backup::made(&made)))
    }

    async fn list(&self, _: Request<api::ListBackupsRequest>) -> Result<Response<api::ListBackupsReply>, Status> {
        let folders = self.0.backups().map_err(said)?;
        Ok(Response::new(convert_backup::folders(&folders, self.0.backup_every())))
    }
}
