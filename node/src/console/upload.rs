//! A form that brings files: its fields first, then the files, piece by piece, none of them ever whole in memory.
//!
//! Fields are bounded as those of every form; a file is bounded by what the use case takes. Of what is refused the rest is read and thrown
//! away, up to a bound, because a browser shows no answer to a form that it has not finished sending. It may take as long as it takes; what
//! breaks it off is a while in which nothing comes ([`Steady`]).

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::BodyDataStream,
    extract::{FromRequest, FromRequestParts as _, Request},
    http::{HeaderMap, header},
};
use bytes::Bytes;
use dutynet_relay::ids::RecordId;
use multer::{Field, Multipart};
use tokio::{
    sync::mpsc,
    time::{Sleep, sleep},
};
use tokio_stream::Stream;

use super::{
    Console, FORM_BYTES_MAX,
    desk::Desk,
    posted::{Posted, TOKEN, Typed, comes_from_here},
    trouble::Trouble,
};
use crate::{
    text::refusal::Refusal,
    usecase::{AddAttachments, AddedAttachments, Office, Refused, SentFile, incoming, pieces},
};

/// Fields that a form may have.
const FIELDS_MAX: usize = 1000;
/// So much of a refused form is read to its end.
const THROWN_AWAY_MAX: usize = 256 * 1024 * 1024;

/// What somebody at an open desk sends, with files perhaps.
pub(super) struct PostedWithFiles {
    /// Who.
    pub(super) desk: Desk,
    /// What stood before the files.
    pub(super) typed: Typed,
    /// What comes after it.
    pub(super) files: Files,
}

/// Files that are still on their way.
pub(super) struct Files(Option<(Multipart<'static>, Option<Field<'static>>)>);

/// Why files were not added to a step that stands. None of them was.
pub(super) struct NotAdded {
    /// Why.
    pub(super) refused: Refused,
    /// Names of those that had begun to come, or come.
    pub(super) names: Vec<String>,
}

/// The boundary of a form that may bring files; `None`: it is no such form.
pub(super) fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok())?;
    multer::parse_boundary(kind).ok()
}

impl FromRequest<Console> for PostedWithFiles {
    type Rejection = Trouble;

    async fn from_request(request: Request, console: &Console) -> Result<Self, Trouble> {
        let Some(boundary) = boundary(request.headers()) else {
            let Posted { desk, typed } = Posted::from_request(request, console).await?;
            return Ok(Self { desk, typed, files: Files(None) });
        };
        comes_from_here(&request)?;
        let (mut parts, body) = request.into_parts();
        let desk = Desk::from_request_parts(&mut parts, console).await?;
        let mut form = Multipart::new(Steady::new(body.into_data_stream(), console.patience.piece), boundary);
        let (typed, first) = fields(&mut form).await?;
        if let Err(refused) = desk.proves(typed.text(TOKEN)) {
            Files(Some((form, first))).throw_away().await;
            return Err(refused.into());
        }
        Ok(Self { desk, typed, files: Files(Some((form, first))) })
    }
}

/// What stands before the first file, and that file.
async fn fields(form: &mut Multipart<'static>) -> Result<(Typed, Option<Field<'static>>), Refused> {
    let (mut fields, mut room) = (Vec::new(), FORM_BYTES_MAX);
    while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
        if field.file_name().is_some_and(|name| !name.is_empty()) {
            return Ok((Typed::new(fields), Some(field)));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let (mut value, is_file) = (Vec::new(), field.file_name().is_some());
        while let Some(piece) = field.chunk().await.map_err(unreadable)? {
            room = room.checked_sub(piece.len()).ok_or(Refusal::RequestTooLarge)?;
            value.extend_from_slice(&piece);
        }
        if fields.len() >= FIELDS_MAX {
            return Err(Refusal::RequestTooLarge.into());
        }
        // A field for files into which nothing was put.
        if !is_file {
            fields.push((name, String::from_utf8(value).map_err(|error| Refused::because(Refusal::RequestUnreadable, error))?));
        }
    }
    Ok((Typed::new(fields), None))
}

fn unreadable(error: multer::Error) -> Refused {
    Refused::because(Refusal::RequestUnreadable, error)
}

impl Files {
    /// Whether there is one at least.
    pub(super) fn any(&self) -> bool {
        self.0.as_ref().is_some_and(|(_, first)| first.is_some())
    }

    /// The first as text of at most so many bytes, the others thrown away; `None`: there is none.
    pub(super) async fn first_text(mut self, bytes_max: usize) -> Result<Option<String>, Refused> {
        let Some(mut first) = self.0.as_mut().and_then(|(_, first)| first.take()) else { return Ok(None) };
        let mut text = Vec::new();
        while let Some(piece) = first.chunk().await.map_err(unreadable)? {
            text.extend_from_slice(&piece);
            if text.len() > bytes_max {
                break;
            }
        }
        drop(first);
        self.throw_away().await;
        if text.len() > bytes_max {
            return Err(Refusal::RequestTooLarge.into());
        }
        String::from_utf8(text).map(Some).map_err(|error| Refused::because(Refusal::FileUnreadable, error))
    }

    /// Adds them, and files that are here already, to a record of this office; `None`: there are none.
    pub(super) async fn add(
        mut self,
        office: &Office,
        asked: AddAttachments,
        passed: Vec<(String, String)>,
    ) -> Result<Option<AddedAttachments>, NotAdded> {
        if !self.any() && passed.is_empty() {
            return Ok(None);
        }
        let (mut names, (to, from)) = (Vec::new(), incoming());
        let office = office.clone();
        // By itself, so that it ends properly, with nothing left, when the browser goes away: then nothing comes any more.
        let mut adding = tokio::spawn(async move { office.add_attachments(asked, from).await });
        let added = tokio::select! {
            added = &mut adding => added,
            () = self.carry(passed, (to, &mut names)) => adding.await,
        };
        self.throw_away().await;
        let added = added.unwrap_or_else(|error| Err(Refused::because(Refusal::Internal, error)));
        added.map(Some).map_err(|refused| NotAdded { refused, names })
    }

    /// Hands files on as they come. Ends when they do, when they break off, or when nobody takes them any more.
    async fn carry(&mut self, passed: Vec<(String, String)>, (to, names): (mpsc::Sender<SentFile>, &mut Vec<String>)) {
        for (record, file) in passed {
            if to.send(SentFile::Passes { record, file }).await.is_err() {
                return;
            }
        }
        if let Some((form, first)) = &mut self.0 {
            let mut next = first.take();
            while let Some(field) = next {
                names.extend(field.file_name().filter(|name| !name.is_empty()).map(str::to_owned));
                if !hand_on(field, &to).await {
                    return;
                }
                next = match form.next_field().await {
                    Ok(next) => next,
                    Err(_) => return,
                };
            }
        }
        // Nobody takes them any more: it was refused.
        let _ = to.send(SentFile::Ended).await;
    }

    /// Reads what is left, so that the browser reads the answer.
    pub(super) async fn throw_away(self) {
        let Some((mut form, first)) = self.0 else { return };
        let (mut next, mut room) = (Ok(first), THROWN_AWAY_MAX);
        loop {
            match next {
                Ok(Some(mut field)) => {
                    while let Ok(Some(piece)) = field.chunk().await {
                        room = room.saturating_sub(piece.len());
                        if room == 0 {
                            return;
                        }
                    }
                }
                // There was no first file, or it was taken.
                Ok(None) => {}
                Err(_) => return,
            }
            next = match form.next_field().await {
                Ok(None) => return,
                next => next,
            };
        }
    }
}

/// A body that ends, as broken off, when nothing of it has come for too long.
struct Steady {
    body: BodyDataStream,
    longest: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    broken: bool,
}

impl Steady {
    fn new(body: BodyDataStream, longest: Duration) -> Self {
        Self { body, longest, waiting: None, broken: false }
    }
}

impl Stream for Steady {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.broken {
            return Poll::Ready(None);
        }
        if let Poll::Ready(piece) = Pin::new(&mut self.body).poll_next(context) {
            self.waiting = None;
            self.broken = piece.as_ref().is_some_and(Result::is_err);
            return Poll::Ready(piece.map(|piece| piece.map_err(io::Error::other)));
        }
        let longest = self.longest;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(longest)));
        if waiting.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.broken = true;
        Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())))
    }
}

/// One file; false: nobody takes it, or it broke off.
async fn hand_on(mut field: Field<'static>, to: &mpsc::Sender<SentFile>) -> bool {
    let name = field.file_name().unwrap_or_default().to_owned();
    if name.is_empty() {
        return true;
    }
    let (sender, pieces) = pieces(None);
    if to.send(SentFile::Begins { name, bytes: None, pieces }).await.is_err() {
        return false;
    }
    loop {
        let piece = match field.chunk().await {
            Ok(Some(piece)) => Some(piece),
            Ok(None) => None,
            Err(_) => return false,
        };
        let ended = piece.is_none();
        if sender.send(piece).await.is_err() {
            return false;
        }
        if ended {
            return true;
        }
    }
}

/// The id of the record that says to what files belong, beside the step that they come with: made of the step's, so that sending a form
/// twice makes one of both.
pub(super) fn beside(step: RecordId) -> RecordId {
    let mut id = step;
    if let Some(last) = id.0.last_mut() {
        *last ^= 1;
    }
    id
}
