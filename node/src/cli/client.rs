//! A client of the running node: finds it through its data folder, shows the API key, and understands its refusals.

use std::{fs, future::Future, io, path::Path, time::Duration};

use dutynet_proto::api::{
    accounts_client::AccountsClient, attachments_client::AttachmentsClient, backups_client::BackupsClient,
    classified_client::ClassifiedClient, consultations_client::ConsultationsClient, cut_offs_client::CutOffsClient,
    destructions_client::DestructionsClient, drafts_client::DraftsClient, dues_client::DuesClient,
    findings_client::FindingsClient, groups_client::GroupsClient, lines_client::LinesClient, links_client::LinksClient,
    matters_client::MattersClient, node_client::NodeClient, notices_client::NoticesClient, offices_client::OfficesClient,
    papers_client::PapersClient, parked_client::ParkedClient, periods_client::PeriodsClient, purges_client::PurgesClient,
    reports_client::ReportsClient, retentions_client::RetentionsClient, roll_calls_client::RollCallsClient,
    rules_client::RulesClient, statuses_client::StatusesClient,
};
use tonic::{
    Request, Response, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};

use super::{
    args::Place,
    told::{FieldFault, Told},
};
use crate::{
    api::{key, status},
    serve::{Serving, opened},
    text::refusal::Refusal,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Verifying a large journal takes its time.
const CALL_TIMEOUT: Duration = Duration::from_secs(600);
const ATTEMPTS: u32 = 4;
/// A table of thousands of offices comes in one message.
const TABLE_BYTES_MAX: usize = 32 * 1024 * 1024;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(500);

type Keyed = InterceptedService<Channel, ShowKey>;

/// The running node of a data folder.
pub(super) struct Node {
    channel: Channel,
    key: ShowKey,
}

impl Node {
    /// Finds it by its `serving.json`. Does not wait for it to start.
    pub(super) async fn find(place: &Place) -> Result<Self, Told> {
        let data = place.config()?.data;
        let serving = read_serving(&data)?.filter(Serving::is_alive).ok_or(Told::of(Refusal::NotServing))?;
        let away = |error: &dyn std::error::Error| Told::of(Refusal::NotReachable).about(format!("{}: {error}", serving.api));
        let endpoint = Endpoint::from_shared(format!("http://{}", serving.api)).map_err(|error| away(&error))?;
        let endpoint = endpoint.connect_timeout(CONNECT_TIMEOUT).timeout(CALL_TIMEOUT);
        let channel = endpoint.connect().await.map_err(|error| away(&error))?;
        let text = key::read(&data).map_err(|error| file_told(&error, &key::path(&data)))?;
        let key = MetadataValue::try_from(text.unwrap_or_default()).map_err(|_| Told::of(Refusal::KeyWrong))?;
        Ok(Self { channel, key: ShowKey(key) })
    }

    pub(super) fn node(&self) -> NodeClient<Keyed> {
        NodeClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn links(&self) -> LinksClient<Keyed> {
        LinksClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn destructions(&self) -> DestructionsClient<Keyed> {
        DestructionsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn lines(&self) -> LinesClient<Keyed> {
        LinesClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn parked(&self) -> ParkedClient<Keyed> {
        ParkedClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn backups(&self) -> BackupsClient<Keyed> {
        BackupsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn offices(&self) -> OfficesClient<Keyed> {
        OfficesClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn attachments(&self) -> AttachmentsClient<Keyed> {
        AttachmentsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn notices(&self) -> NoticesClient<Keyed> {
        NoticesClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn roll_calls(&self) -> RollCallsClient<Keyed> {
        RollCallsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn groups(&self) -> GroupsClient<Keyed> {
        GroupsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn papers(&self) -> PapersClient<Keyed> {
        PapersClient::with_interceptor(self.channel.clone(), self.key.clone()).max_decoding_message_size(TABLE_BYTES_MAX)
    }

    pub(super) fn matters(&self) -> MattersClient<Keyed> {
        MattersClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn cut_offs(&self) -> CutOffsClient<Keyed> {
        CutOffsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn findings(&self) -> FindingsClient<Keyed> {
        FindingsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn consultations(&self) -> ConsultationsClient<Keyed> {
        ConsultationsClient::with_interceptor(self.channel.clone(), self.key.clone()).max_decoding_message_size(TABLE_BYTES_MAX)
    }

    pub(super) fn dues(&self) -> DuesClient<Keyed> {
        DuesClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn periods(&self) -> PeriodsClient<Keyed> {
        PeriodsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn rules(&self) -> RulesClient<Keyed> {
        RulesClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn statuses(&self) -> StatusesClient<Keyed> {
        StatusesClient::with_interceptor(self.channel.clone(), self.key.clone()).max_decoding_message_size(TABLE_BYTES_MAX)
    }

    pub(super) fn drafts(&self) -> DraftsClient<Keyed> {
        DraftsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn accounts(&self) -> AccountsClient<Keyed> {
        AccountsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn classified(&self) -> ClassifiedClient<Keyed> {
        ClassifiedClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn purges(&self) -> PurgesClient<Keyed> {
        PurgesClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn retentions(&self) -> RetentionsClient<Keyed> {
        RetentionsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }

    pub(super) fn reports(&self) -> ReportsClient<Keyed> {
        ReportsClient::with_interceptor(self.channel.clone(), self.key.clone())
    }
}

/// Reads `serving.json`; `None`: no node serves from this folder.
pub(super) fn read_serving(data: &Path) -> Result<Option<Serving>, Told> {
    let path = Serving::path(data);
    match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|_| Told::of(Refusal::NotServing)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_told(&error, &path)),
    }
}

/// What a file error means to an officer.
pub(super) fn file_told(error: &io::Error, path: &Path) -> Told {
    opened::io_refused(error, path).into()
}

/// The reply, or what the node said in its place.
pub(super) fn heard<T>(result: Result<Response<T>, Status>) -> Result<T, Told> {
    result.map(Response::into_inner).map_err(|status| {
        let heard = status::from_status(&status);
        let faults =
            heard.faults.into_iter().map(|f| FieldFault { field: f.field, label: f.label, code: f.code, sentence: f.sentence });
        Told::by_node(heard.refusal, heard.sentence, heard.reference).at_fields(faults.collect())
    })
}

/// Calls again when nobody answered. Only for calls that carry an id, so that a call that did arrive folds.
pub(super) async fn patiently<T, F>(call: impl Fn() -> F) -> Result<T, Told>
where
    F: Future<Output = Result<Response<T>, Status>>,
{
    let mut attempt = 1;
    loop {
        let told = match heard(call().await) {
            Err(told) if told.refusal() == Refusal::NotReachable && attempt < ATTEMPTS => told,
            result => return result,
        };
        tracing::debug!(attempt, code = told.code(), "trying again");
        tokio::time::sleep(BETWEEN_ATTEMPTS).await;
        attempt += 1;
    }
}

/// Puts the API key on every call.
#[derive(Clone)]
pub(super) struct ShowKey(MetadataValue<Ascii>);

impl Interceptor for ShowKey {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert(key::METADATA, self.0.clone());
        Ok(request)
    }
}
