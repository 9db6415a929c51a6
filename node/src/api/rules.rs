//! Service `Rules`: packs checked, sent, laid, and asked.

use dutynet_proto::api::{self, rules_server::Rules};
use tonic::{Request, Response, Status};

use super::{convert, said};
use crate::{
    body::convert_pack::{reach_from_wire, stamp_to_wire},
    domain::{holiday::DayKind, rules::PackFault},
    text::{refusal::Refusal, rules as text},
    usecase::{AskRules, Office, OfficeRuns, PutPack, Ruled},
};

/// See `rules.proto`.
pub(super) struct RulesService(pub(super) Office);

#[tonic::async_trait]
impl Rules for RulesService {
    async fn check(&self, request: Request<api::CheckPackRequest>) -> Result<Response<api::CheckPackReply>, Status> {
        let faults = self.0.check_pack(&request.into_inner().text).await.map_err(said)?;
        Ok(Response::new(api::CheckPackReply { faults: faults.iter().map(fault).collect() }))
    }

    async fn put(&self, request: Request<api::PutPackRequest>) -> Result<Response<api::PutPackReply>, Status> {
        let from = request.into_inner();
        let id = convert::record_id(&from.id).map_err(said)?;
        let reach = reach_from_wire(from.reach).ok_or_else(|| said(Refusal::RequestUnreadable.into()))?;
        let asked = PutPack { id, text: from.text, reach, by: convert::person(from.by) };
        let put = self.0.put_pack(asked).await.map_err(said)?;
        let record = Some(convert::reference(&put.reference));
        Ok(Response::new(api::PutPackReply { record, pack: put.key, version: put.version, folded: put.folded }))
    }

    async fn list(&self, _: Request<api::ListRulesRequest>) -> Result<Response<api::ListRulesReply>, Status> {
        let offices = self.0.rules_in_force().await.map_err(said)?;
        Ok(Response::new(api::ListRulesReply { offices: offices.iter().map(runs).collect() }))
    }

    async fn ask(&self, request: Request<api::AskRulesRequest>) -> Result<Response<api::AskRulesReply>, Status> {
        let api::AskRulesRequest { day, category, grade, tier, flags, area } = request.into_inner();
        let answered = self.0.ask_rules(&AskRules { day, category, grade, tier, flags, area }).await.map_err(said)?;
        let (kind, name) = match answered.known.kind {
            DayKind::Work => ("work", String::new()),
            DayKind::Rest { name } => ("rest", name),
            DayKind::Unannounced => ("unannounced", String::new()),
        };
        Ok(Response::new(api::AskRulesReply {
            day: answered.day.to_string(),
            kind: kind.to_owned(),
            name,
            source: answered.known.source,
            rows: answered.rows.into_iter().map(row).collect(),
        }))
    }
}

fn fault(from: &PackFault) -> api::PackFault {
    let line = u32::try_from(from.line).unwrap_or(u32::MAX);
    api::PackFault { line, place: from.place.clone(), sentence: text::sentence(&from.kind) }
}

fn runs(from: &OfficeRuns) -> api::RunsRules {
    api::RunsRules {
        office: from.office.to_string(),
        name: from.name.clone(),
        packs: from.runs.as_ref().map(|runs| stamp_to_wire(&runs.stamp)).unwrap_or_default(),
        since_ms: from.runs.as_ref().map_or(0, |runs| runs.since.0),
    }
}

fn row(from: Ruled) -> api::RuleRow {
    api::RuleRow {
        kind: from.kind.to_owned(),
        key: from.key,
        limit: from.limit,
        basis: from.basis.to_owned(),
        says: from.says,
        pack: from.cited.pack,
        version: from.cited.version,
        row: from.cited.row,
        article: from.cited.article,
        source: from.cited.source,
    }
}
