//! Service `Consultations`: when one is suggested, and an outcome that becomes a directive.

use dutynet_proto::api::{self, consultations_server::Consultations};
use tonic::{Request, Response, Status};

use super::{convert::reference, convert_matter as convert, said};
use crate::{
    domain::consultation::Occasion,
    text::refusal::Refusal,
    usecase::{Office, OrderOutcome},
};

/// See `consultation.proto`.
pub(super) struct ConsultationsService(pub(super) Office);

#[tonic::async_trait]
impl Consultations for ConsultationsService {
    async fn suggest(
        &self,
        _: Request<api::SuggestConsultationsRequest>,
    ) -> Result<Response<api::SuggestConsultationsReply>, Status> {
        let occasions = self.0.suggest_consultations().await.map_err(said)?;
        Ok(Response::new(api::SuggestConsultationsReply { occasions: occasions.iter().map(occasion).collect() }))
    }

    async fn order(&self, request: Request<api::OrderOutcomeRequest>) -> Result<Response<api::OrderOutcomeReply>, Status> {
        let api::OrderOutcomeRequest { outcome, directive } = request.into_inner();
        let directive = directive.ok_or_else(|| said(Refusal::RequestUnreadable.into()))?;
        let directive = convert::take(directive).map_err(said)?;
        let done = self.0.order_outcome(OrderOutcome { outcome, directive }).await.map_err(said)?;
        let (directive, ordered) = (Some(convert::taken(&done.directive)), Some(convert::taken(&done.ordered)));
        Ok(Response::new(api::OrderOutcomeReply { directive, ordered }))
    }
}

fn occasion(from: &Occasion) -> api::ConsultationOccasion {
    api::ConsultationOccasion {
        trigger: from.trigger.key(),
        reason: from.trigger.reason().to_owned(),
        name: from.name.clone(),
        from_ms: from.from.0,
        record: from.trigger.record().map(reference),
    }
}
