//! The local API (`dutynet.api.v1`): for the command line, and for machines of the same office.
//!
//! Loopback only, apart from the port for neighbours. Health answers anybody; everything else wants the API key ([`key`]). One file for each
//! service, each turning a message into a use case and the answer back; the words of both meet in `convert`. What is refused becomes a
//! status in [`status`], and nowhere else.

mod accounts;
mod attachments;
mod backups;
pub(crate) mod codes;
mod consultations;
pub(crate) mod convert;
mod convert_attachment;
mod convert_backup;
mod convert_due;
mod convert_matter;
mod convert_notice;
mod convert_period;
mod convert_report;
mod convert_rollcall;
mod convert_upkeep;
mod cut_offs;
mod destructions;
mod drafts;
mod dues;
mod findings;
mod groups;
pub mod key;
mod lines;
mod links;
mod matters;
mod node;
mod notices;
mod offices;
mod papers;
mod parked;
mod periods;
mod reports;
mod retentions;
mod rollcalls;
mod rules;
mod secrecy;
pub mod status;
mod statuses;

use dutynet_proto::{
    DESCRIPTORS,
    api::{
        accounts_server::AccountsServer, attachments_server::AttachmentsServer, backups_server::BackupsServer,
        classified_server::ClassifiedServer, consultations_server::ConsultationsServer, cut_offs_server::CutOffsServer,
        destructions_server::DestructionsServer, drafts_server::DraftsServer, dues_server::DuesServer,
        findings_server::FindingsServer, groups_server::GroupsServer, lines_server::LinesServer, links_server::LinksServer,
        matters_server::MattersServer, node_server::NodeServer, notices_server::NoticesServer, offices_server::OfficesServer,
        papers_server::PapersServer, parked_server::ParkedServer, periods_server::PeriodsServer, purges_server::PurgesServer,
        reports_server::ReportsServer, retentions_server::RetentionsServer, roll_calls_server::RollCallsServer,
        rules_server::RulesServer, statuses_server::StatusesServer,
    },
};
use tokio::{net::TcpListener, sync::watch};
use tonic::{
    Status,
    service::interceptor::InterceptedService,
    transport::{Server, server::TcpIncoming},
};

use self::key::AskKey;
use crate::usecase::{Office, Refused};

/// Calls of one connection that are answered at once; more wait.
const CALLS_MAX: usize = 64;

/// Answers until it is told to stop; calls that were begun are finished.
pub async fn run(
    office: Office,
    listener: TcpListener,
    key: &str,
    mut stop: watch::Receiver<bool>,
) -> Result<(), tonic::transport::Error> {
    let ask = AskKey::new(key);
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<NodeServer<node::NodeService>>().await;
    health.set_serving::<ReportsServer<reports::ReportsService>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .build_v1()
        .expect("the descriptors were encoded by the build of this program");
    // Small parts of one answer would otherwise wait forty milliseconds for each other.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder()
        .concurrency_limit_per_connection(CALLS_MAX)
        .add_service(health_service)
        .add_service(InterceptedService::new(reflection, ask.clone()))
        .add_service(NodeServer::with_interceptor(node::NodeService(office.clone()), ask.clone()))
        .add_service(AccountsServer::with_interceptor(accounts::AccountsService(office.clone()), ask.clone()))
        .add_service(LinksServer::with_interceptor(links::LinksService(office.clone()), ask.clone()))
        .add_service(DestructionsServer::with_interceptor(destructions::DestructionsService(office.clone()), ask.clone()))
        .add_service(LinesServer::with_interceptor(lines::LinesService(office.clone()), ask.clone()))
        .add_service(ParkedServer::with_interceptor(parked::ParkedService(office.clone()), ask.clone()))
        .add_service(OfficesServer::with_interceptor(offices::OfficesService(office.clone()), ask.clone()))
        .add_service(MattersServer::with_interceptor(matters::MattersService(office.clone()), ask.clone()))
        .add_service(AttachmentsServer::with_interceptor(attachments::AttachmentsService(office.clone()), ask.clone()))
        .add_service(PapersServer::with_interceptor(papers::PapersService(office.clone()), ask.clone()))
        .add_service(NoticesServer::with_interceptor(notices::NoticesService(office.clone()), ask.clone()))
        .add_service(RollCallsServer::with_interceptor(rollcalls::RollCallsService(office.clone()), ask.clone()))
        .add_service(GroupsServer::with_interceptor(groups::GroupsService(office.clone()), ask.clone()))
        .add_service(CutOffsServer::with_interceptor(cut_offs::CutOffsService(office.clone()), ask.clone()))
        .add_service(DuesServer::with_interceptor(dues::DuesService(office.clone()), ask.clone()))
        .add_service(ConsultationsServer::with_interceptor(consultations::ConsultationsService(office.clone()), ask.clone()))
        .add_service(FindingsServer::with_interceptor(findings::FindingsService(office.clone()), ask.clone()))
        .add_service(PeriodsServer::with_interceptor(periods::PeriodsService(office.clone()), ask.clone()))
        .add_service(RulesServer::with_interceptor(rules::RulesService(office.clone()), ask.clone()))
        .add_service(DraftsServer::with_interceptor(drafts::DraftsService(office.clone()), ask.clone()))
        .add_service(BackupsServer::with_interceptor(backups::BackupsService(office.clone()), ask.clone()))
        .add_service(ClassifiedServer::with_interceptor(secrecy::ClassifiedService(office.clone()), ask.clone()))
        .add_service(RetentionsServer::with_interceptor(retentions::RetentionsService(office.clone()), ask.clone()))
        .add_service(PurgesServer::with_interceptor(secrecy::PurgesService(office.clone()), ask.clone()))
        .add_service(StatusesServer::with_interceptor(statuses::StatusesService(office.clone()), ask.clone()))
        .add_service(ReportsServer::with_interceptor(reports::ReportsService(office), ask))
        .serve_with_incoming_shutdown(incoming, async move {
            // A sender that is gone wants the end too.
            let _ = stop.wait_for(|stop| *stop).await;
        })
        .await
}

/// A refusal as every service says it.
fn said(refused: Refused) -> Status {
    status::to_status(&refused, &status::reference())
}

#[cfg(test)]
mod tests;
