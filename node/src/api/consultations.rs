//! Service `Consultations`: when one is suggested, the status of its area as it was shown, and an outcome that becomes a directive.

use std::{pin::Pin, time::Duration};

use dutynet_proto::api::{self, consultations_server::Consultations};
use dutynet_relay::ids::OfficeId;
use tokio::sync::mpsc;
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tonic::{Request, Response, Status};

use super::{
    convert::{person, person_to_wire, record_id, reference},
    convert_matter as convert, said,
};
use crate::{
    body::status_table_to_wire,
    domain::{consultation::Occasion, obligation::Key},
    text::refusal::Refusal,
    usecase::{
        Analysis, AskAnalysis, DutyFigures, KeepStatus, KeepingStatus, KeptTable, KeptTables, Office, OrderOutcome, ShowStatus,
        TableThere,
    },
};

/// Messages that wait for a client that reads slowly.
const WAITING_MAX: usize = 16;

/// See `consultation.proto`.
pub(super) struct ConsultationsService(pub(super) Office);

type Replies = mpsc::Sender<Result<api::KeepStatusReply, Status>>;

#[tonic::async_trait]
impl Consultations for ConsultationsService {
    type KeepStatusStream = Pin<Box<dyn Stream<Item = Result<api::KeepStatusReply, Status>> + Send>>;

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

    async fn analyse(&self, request: Request<api::AnalyseRequest>) -> Result<Response<api::AnalyseReply>, Status> {
        let api::AnalyseRequest { matter, month } = request.into_inner();
        let analysis = self.0.analyse(AskAnalysis { matter, month }).await.map_err(said)?;
        Ok(Response::new(analysis_to_wire(&analysis)))
    }

    async fn keep_status(&self, request: Request<api::KeepStatusRequest>) -> Result<Response<Self::KeepStatusStream>, Status> {
        let api::KeepStatusRequest { id, matter, within_ms, by } = request.into_inner();
        let id = record_id(&id).map_err(said)?;
        let asked = KeepStatus { id, matter, within: Duration::from_millis(within_ms), by: person(by) };
        let keeping = self.0.open_status(asked).await.map_err(said)?;
        let (replies, told) = mpsc::channel(WAITING_MAX);
        tokio::spawn(tell(keeping, replies));
        Ok(Response::new(Box::pin(ReceiverStream::new(told))))
    }

    async fn show_status(&self, request: Request<api::ShowStatusRequest>) -> Result<Response<api::ShowStatusReply>, Status> {
        let api::ShowStatusRequest { matter, record } = request.into_inner();
        let kept = self.0.kept_status(&ShowStatus { matter, record }).await.map_err(said)?;
        Ok(Response::new(kept_to_wire(&kept)))
    }
}

/// Until the table is kept, or nobody listens any more: then nothing is.
async fn tell(mut keeping: KeepingStatus, replies: Replies) {
    let (offices, mut rows) = (keeping.offices(), 0);
    loop {
        let so_far = api::KeepStatusReply { rows, offices, ..api::KeepStatusReply::default() };
        if replies.send(Ok(so_far)).await.is_err() {
            return;
        }
        let next = tokio::select! {
            next = keeping.next() => next,
            () = replies.closed() => return,
        };
        let Some(more) = next else { break };
        rows += u32::try_from(more.len()).unwrap_or(u32::MAX);
    }
    let kept = keeping.keep().await.map_err(said).map(|kept| api::KeepStatusReply {
        rows,
        offices,
        step: Some(convert::taken(&kept.step)),
        table: Some(status_table_to_wire(&kept.table)),
    });
    // It is kept, whether somebody still listens or not.
    let _ = replies.send(kept).await;
}

fn analysis_to_wire(from: &Analysis) -> api::AnalyseReply {
    let figures = |figures: &DutyFigures| api::DutyFigures {
        duty: figures.duty.key().to_owned(),
        counts: figures.counts.to_vec(),
        at_fault: figures.at_fault.iter().map(|(office, name, due)| at_fault((office, name), due)).collect(),
    };
    api::AnalyseReply {
        month: from.month.clone(),
        offices: u32::try_from(from.offices).unwrap_or(u32::MAX),
        duties: from.duties.iter().map(figures).collect(),
        incidents: from.incidents.iter().map(convert::head).collect(),
        findings: from.findings.iter().map(convert::head).collect(),
        words: from.words.clone(),
        records: from.records.iter().map(reference).collect(),
        as_of_ms: from.as_of.0,
    }
}

fn at_fault((office, name): (&OfficeId, &str), due: &Key) -> api::DutyAtFault {
    api::DutyAtFault { office: office.to_string(), name: name.to_owned(), due: due.to_string() }
}

fn kept_to_wire(from: &KeptTables) -> api::ShowStatusReply {
    let shown = from.shown.as_ref().and_then(|(place, there)| Some((from.kept.get(*place)?, there)));
    let (there, table, (here, of)) = match shown.map(|(_, there)| there) {
        None => (api::StatusTableThere::Unspecified, None, (0, 0)),
        Some(TableThere::Whole(table)) => (api::StatusTableThere::Whole, Some(status_table_to_wire(table)), (0, 0)),
        Some(TableThere::Parts { here, of }) => (api::StatusTableThere::Parts, None, (*here, *of)),
        Some(TableThere::Removed) => (api::StatusTableThere::Removed, None, (0, 0)),
        Some(TableThere::Unreadable) => (api::StatusTableThere::Unreadable, None, (0, 0)),
    };
    let count = |parts: usize| u32::try_from(parts).unwrap_or(u32::MAX);
    api::ShowStatusReply {
        matter: Some(reference(&from.matter)),
        number: from.number().to_string(),
        kept: from.kept.iter().map(table_row).collect(),
        shown: shown.map(|(row, _)| reference(&row.record)),
        there: there.into(),
        table,
        parts_here: count(here),
        parts: count(of),
    }
}

fn table_row(from: &KeptTable) -> api::KeptStatusTable {
    api::KeptStatusTable {
        record: Some(reference(&from.record)),
        asked_at_ms: from.asked_at.0,
        closed_at_ms: from.closed_at.0,
        offices: from.offices,
        answered: from.answered,
        by: from.by.as_ref().map(person_to_wire),
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
