//! Service `Periods`: special periods (敏感特殊时期).

use dutynet_proto::api::{self, periods_server::Periods};
use tonic::{Request, Response, Status};

use super::{convert_period as convert, said};
use crate::usecase::Office;

/// See `periods.proto`.
pub(super) struct PeriodsService(pub(super) Office);

#[tonic::async_trait]
impl Periods for PeriodsService {
    async fn declare(&self, request: Request<api::DeclarePeriodRequest>) -> Result<Response<api::PeriodRow>, Status> {
        let asked = convert::declare(request.into_inner()).map_err(said)?;
        let declared = self.0.declare_period(asked).await.map_err(said)?;
        Ok(Response::new(convert::row(&declared)))
    }

    async fn amend(&self, request: Request<api::AmendPeriodRequest>) -> Result<Response<api::PeriodRow>, Status> {
        let asked = convert::amend(request.into_inner()).map_err(said)?;
        let amended = self.0.amend_period(asked).await.map_err(said)?;
        Ok(Response::new(convert::row(&amended)))
    }

    async fn list(&self, request: Request<api::ListPeriodsRequest>) -> Result<Response<api::ListPeriodsReply>, Status> {
        let known = if request.into_inner().in_force { self.0.periods_in_force() } else { self.0.list_periods().await };
        let periods = known.map_err(said)?.iter().map(convert::row).collect();
        Ok(Response::new(api::ListPeriodsReply { periods, as_of_ms: self.0.status().now.0 }))
    }
}
