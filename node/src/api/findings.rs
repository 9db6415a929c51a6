//! Service `Findings`: what the machine suggests, and the draft of a circular.

use dutynet_proto::api::{self, findings_server::Findings};
use tonic::{Request, Response, Status};

use super::{convert::reference, convert_due as convert, said};
use crate::usecase::{AskCircular, AskSuggestions, CircularDraft, Figure, Office, Suggestion};

/// See `finding.proto`.
pub(super) struct FindingsService(pub(super) Office);

#[tonic::async_trait]
impl Findings for FindingsService {
    async fn suggest(
        &self,
        request: Request<api::SuggestFindingsRequest>,
    ) -> Result<Response<api::SuggestFindingsReply>, Status> {
        let api::SuggestFindingsRequest { month, office } = request.into_inner();
        let found = self.0.suggest_findings(AskSuggestions { month, office }).await.map_err(said)?;
        let suggestions = found.rows.iter().map(suggestion).collect();
        Ok(Response::new(api::SuggestFindingsReply { as_of_ms: found.as_of.0, suggestions }))
    }

    async fn circular(&self, request: Request<api::DraftCircularRequest>) -> Result<Response<api::DraftCircularReply>, Status> {
        let api::DraftCircularRequest { first_day, last_day, offices, kinds } = request.into_inner();
        let asked = AskCircular { days: (first_day, last_day), offices, kinds };
        let CircularDraft { title, words, figures } = self.0.draft_circular(asked).await.map_err(said)?;
        Ok(Response::new(api::DraftCircularReply { title, words, figures: figures.iter().map(figure).collect() }))
    }
}

fn suggestion(from: &Suggestion) -> api::FindingSuggestion {
    api::FindingSuggestion {
        kind: from.kind.key().to_owned(),
        due: Some(convert::row(&from.due)),
        hops: from.way.iter().map(convert::hop).collect(),
    }
}

fn figure(from: &Figure) -> api::CircularFigure {
    let counted = from.matters.iter();
    let counted = counted
        .map(|(matter, number)| api::CountedMatter { matter: Some(reference(matter)), number: number.to_string() })
        .collect();
    api::CircularFigure { office: from.office.to_string(), name: from.name.clone(), kind: from.kind.clone(), matters: counted }
}
