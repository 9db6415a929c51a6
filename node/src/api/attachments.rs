//! Service `Attachments`: files in and out, piece by piece.

use std::pin::Pin;

use dutynet_proto::api::{self, add_attachments_part::Part, attachments_server::Attachments};
use tokio::sync::mpsc;
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tonic::{Request, Response, Status, Streaming};

use super::{convert_attachment as convert, said};
use crate::{
    text::refusal::Refusal,
    usecase::{Office, SentFile, incoming, pieces},
};

/// Pieces that wait for a reader.
const WAITING_MAX: usize = 2;

/// See `attachment.proto`.
pub(super) struct AttachmentsService(pub(super) Office);

#[tonic::async_trait]
impl Attachments for AttachmentsService {
    type ReadStream = Pin<Box<dyn Stream<Item = Result<api::AttachmentPiece, Status>> + Send>>;

    async fn add(
        &self,
        request: Request<Streaming<api::AddAttachmentsPart>>,
    ) -> Result<Response<api::AddAttachmentsReply>, Status> {
        let mut parts = request.into_inner();
        let first = parts.message().await?.and_then(|part| part.part);
        let Some(Part::Head(head)) = first else { return Err(said(Refusal::RequestUnreadable.into())) };
        let asked = convert::add(head).map_err(said)?;
        let (to, from) = incoming();
        let office = self.0.clone();
        // By itself, so that it ends properly, with nothing left, when the caller goes away: then nothing comes any more.
        let mut adding = tokio::spawn(async move { office.add_attachments(asked, from).await });
        let added = tokio::select! {
            added = &mut adding => added,
            () = carry(parts, to) => adding.await,
        };
        let added = added.map_err(|error| said(crate::usecase::Refused::because(Refusal::Internal, error)))?;
        Ok(Response::new(convert::added(&added.map_err(said)?)))
    }

    async fn list(&self, request: Request<api::ListAttachmentsRequest>) -> Result<Response<api::ListAttachmentsReply>, Status> {
        let rows = self.0.attachments(&request.into_inner().record).await.map_err(said)?;
        Ok(Response::new(api::ListAttachmentsReply { files: rows.iter().map(convert::row).collect() }))
    }

    async fn fetch(&self, request: Request<api::WhichAttachment>) -> Result<Response<api::AttachmentRow>, Status> {
        let api::WhichAttachment { record, file } = request.into_inner();
        let row = self.0.fetch_attachment(&record, &file).await.map_err(said)?;
        Ok(Response::new(convert::row(&row)))
    }

    async fn read(&self, request: Request<api::WhichAttachment>) -> Result<Response<Self::ReadStream>, Status> {
        let api::WhichAttachment { record, file } = request.into_inner();
        let row = self.0.open_attachment(&record, &file).await.map_err(said)?;
        let (to, from) = mpsc::channel(WAITING_MAX);
        let office = self.0.clone();
        // Ends with the file, or when nobody reads any more.
        tokio::spawn(async move {
            let mut offset = 0;
            while offset < row.file.bytes {
                let piece = office.read_attachment(row.file, offset).await.map_err(said);
                let ended = piece.as_ref().map_or(true, |bytes| bytes.is_empty());
                offset += piece.as_ref().map_or(0, |bytes| bytes.len() as u64);
                let sent = to.send(piece.map(|bytes| api::AttachmentPiece { bytes })).await;
                if ended || sent.is_err() {
                    return;
                }
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(from))))
    }
}

/// Hands files on as they come. Ends when they do, when they break off, or when nobody takes them any more.
async fn carry(mut parts: Streaming<api::AddAttachmentsPart>, to: mpsc::Sender<SentFile>) {
    let mut open: Option<mpsc::Sender<Option<bytes::Bytes>>> = None;
    loop {
        let part = match parts.message().await {
            Ok(Some(part)) => part.part,
            Ok(None) => {
                end(open.take()).await;
                // Nobody takes them any more: it was refused.
                let _ = to.send(SentFile::Ended).await;
                return;
            }
            Err(_) => return,
        };
        let taken = match (part, &open) {
            (Some(Part::File(head)), _) => {
                end(open.take()).await;
                let (sender, pieces) = pieces(Some(head.bytes));
                open = Some(sender);
                to.send(SentFile::Begins { name: head.name, bytes: Some(head.bytes), pieces }).await.is_ok()
            }
            (Some(Part::Pass(which)), _) => {
                end(open.take()).await;
                to.send(SentFile::Passes { record: which.record, file: which.file }).await.is_ok()
            }
            (Some(Part::Piece(bytes)), Some(file)) => file.send(Some(bytes)).await.is_ok(),
            (Some(Part::Piece(_)), None) | (Some(Part::Head(_)) | None, _) => false,
        };
        if !taken {
            return;
        }
    }
}

async fn end(file: Option<mpsc::Sender<Option<bytes::Bytes>>>) {
    if let Some(file) = file {
        // Nobody takes it any more: it was refused.
        let _ = file.send(None).await;
    }
}
