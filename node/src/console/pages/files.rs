//! Files that belong to a matter, a notice or a record: added, fetched from where they are, and saved by the browser, never shown in it.

use askama::Template;
use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use dutynet_relay::ids::RecordRef;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::super::{
    Console,
    desk::Desk,
    fields::Beside,
    page::{Frame, Paged, Part, html, in_a_query, moment, then},
    posted::{Posted, Typed, record_id},
    trouble::{Said, http_status},
    upload::{NotAdded, PostedWithFiles},
};
use crate::{
    domain::{
        access::{How, Seen},
        attachment::Kind,
        step::MatterKind,
    },
    text::{attachment as words, console_matter as text, notice, refusal::Refusal},
    usecase::{AddAttachments, AttachmentRow, FilePlace, Refused},
};

/// Pieces that wait for a browser.
const WAITING_MAX: usize = 2;

pub(super) fn router() -> Router<Console> {
    Router::new()
        .route("/files/{origin}/{id}", get(open).post(add))
        .route("/files/{origin}/{id}/get/{digest}", get(read))
        .route("/files/{origin}/{id}/fetch/{digest}", post(fetch))
}

/// A file in a list.
pub(super) struct FileView {
    /// Where it is fetched and read, without the last part of the path.
    pub(super) path: String,
    pub(super) digest: String,
    pub(super) name: String,
    pub(super) size: String,
    /// Where it is, in words.
    pub(super) place: String,
    pub(super) here: bool,
    pub(super) coming: bool,
    /// It may be asked for.
    pub(super) elsewhere: bool,
    pub(super) by: String,
    pub(super) at: String,
    /// Who states that it is no secret.
    pub(super) plain_by: String,
}

/// The files of a matter, a notice or a record.
pub(super) async fn list(console: &Console, named: &str) -> Result<Vec<FileView>, Refused> {
    let names = console.office.offices();
    let view = |row: AttachmentRow| {
        let place = match row.place {
            FilePlace::Here => words::Place::Here,
            FilePlace::Coming(have) => words::Place::Coming(have),
            FilePlace::AtOrigin => words::Place::AtOrigin,
            FilePlace::Gone => words::Place::Gone,
        };
        let office = names.iter().find(|entry| entry.office == row.record.origin).map(|entry| entry.name.clone());
        let by = row.by.as_ref().map(|by| by.name.as_str()).unwrap_or_default();
        FileView {
            path: format!("/files/{named}"),
            digest: row.file.digest.to_string(),
            size: notice::bytes(row.file.bytes),
            place: words::place(place, row.file.bytes),
            here: row.place == FilePlace::Here,
            coming: matches!(row.place, FilePlace::Coming(_)),
            elsewhere: row.place == FilePlace::AtOrigin,
            by: format!("{} {by}", office.unwrap_or_else(|| row.record.origin.to_string())),
            at: moment(row.at),
            plain_by: row.said.as_ref().map(|said| said.stated_plain_by.clone()).unwrap_or_default(),
            name: row.said.map_or_else(|| words::NAME_GONE.to_owned(), |said| said.name.as_str().to_owned()),
        }
    };
    Ok(console.office.attachments(named).await?.into_iter().map(view).collect())
}

#[derive(Template)]
#[template(path = "files.html")]
struct Page {
    frame: Frame,
    /// Where it is posted.
    action: String,
    /// The very record to which they are added; empty: the last of this office.
    record: String,
    /// Where the officer came from.
    back: String,
    files: Vec<FileView>,
    /// The step was saved, its files were not.
    without: String,
    typed: Typed,
    /// What is wrong with what was typed.
    beside: Beside,
    id: String,
    said: Option<Said>,
}

impl Page {
    fn accepts() -> String {
        Kind::extensions().map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(",")
    }
}

async fn open(
    State(console): State<Console>,
    desk: Desk,
    Path((origin, id)): Path<(String, String)>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Paged {
    let page = page(&console, &desk, &format!("{origin}/{id}"), Typed::new(asked)).await?;
    console.saw(&desk, How::Opened, Seen::at(&page.back));
    html(&page)
}

async fn page(console: &Console, desk: &Desk, named: &str, typed: Typed) -> Result<Page, Refused> {
    let back = home(console, named).await;
    let part = if back.starts_with("/notices") { Part::Notices } else { Part::Matters(MatterKind::Incident) };
    Ok(Page {
        frame: console.frame(desk, part, text::ADD_FILES)?,
        action: format!("/files/{named}"),
        record: typed.text("record").to_owned(),
        back,
        files: list(console, named).await?,
        without: String::new(),
        typed,
        beside: Beside::default(),
        id: console.new_id()?,
        said: None,
    })
}

/// Where a matter or a notice is shown.
async fn home(console: &Console, named: &str) -> String {
    console.office.named_for_access(named).await.map_or_else(|_| format!("/notices/show/{named}"), |seen| seen.path())
}

async fn add(State(console): State<Console>, Path((origin, id)): Path<(String, String)>, posted: PostedWithFiles) -> Paged {
    let (PostedWithFiles { desk, typed, files }, named) = (posted, format!("{origin}/{id}"));
    let asked = AddAttachments {
        id: record_id(&typed)?,
        record: if typed.text("record").is_empty() { named.clone() } else { typed.text("record").to_owned() },
        stated_plain_by: typed.text("plain_by").to_owned(),
        by: desk.person(),
    };
    let added = files.add(&console.office, asked, Vec::new()).await.map_err(|not_added| not_added.refused);
    let added = added.and_then(|added| added.ok_or_else(|| Refusal::AttachmentBroken.into()));
    match added {
        Ok(_) => then(&format!("{}#files", home(&console, &named).await)),
        Err(refused) => {
            let beside = Beside::of(&refused, &typed);
            let page = Page { said: Some(Said::of(&refused)), beside, ..page(&console, &desk, &named, typed).await? };
            Ok((http_status(refused.refusal), html(&page)?).into_response())
        }
    }
}

/// The step stands, its files do not: they are added here, to that very step.
pub(super) async fn not_added(
    console: &Console,
    desk: &Desk,
    (matter, step): (&RecordRef, &RecordRef),
    NotAdded { refused, names }: NotAdded,
) -> Paged {
    let named = matter.to_string();
    let said = Said::of(&refused);
    // A name that bears a mark is repeated nowhere.
    let names = if refused.refusal == Refusal::SecrecyMark { Vec::new() } else { names };
    let page = page(console, desk, &named, Typed::default()).await?;
    let without = text::without_files(&names, &said.sentence);
    let beside = Beside::of(&refused, &page.typed);
    let page = Page { record: step.to_string(), without, beside, said: Some(said), ..page };
    Ok((http_status(refused.refusal), html(&page)?).into_response())
}

async fn fetch(
    State(console): State<Console>,
    Path((origin, id, digest)): Path<(String, String, String)>,
    _posted: Posted,
) -> Paged {
    let named = format!("{origin}/{id}");
    console.office.fetch_attachment(&named, &digest).await?;
    then(&format!("{}#files", home(&console, &named).await))
}

async fn read(State(console): State<Console>, desk: Desk, Path((origin, id, digest)): Path<(String, String, String)>) -> Paged {
    let row = console.office.open_attachment(&format!("{origin}/{id}"), &digest).await?;
    let said = row.said.as_ref().ok_or(Refusal::AttachmentGone)?;
    console.saw(&desk, How::Exported, Seen::at(&home(&console, &format!("{origin}/{id}")).await));
    let (kind, name) = (said.media_type.clone(), disposition(said.name.as_str()));
    let mut answer = Response::new(Body::from_stream(pieces(&console, &row)));
    let headers = answer.headers_mut();
    let kind = HeaderValue::from_str(&kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(row.file.bytes));
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(answer)
}

type Piece = Result<bytes::Bytes, Refused>;

/// A file as it is read. One that breaks off is an error in the browser, not a short file.
fn pieces(console: &Console, row: &AttachmentRow) -> ReceiverStream<Piece> {
    let (to, from) = mpsc::channel(WAITING_MAX);
    let (office, file) = (console.office.clone(), row.file);
    // Ends with the file, or when nobody reads any more.
    tokio::spawn(async move {
        let mut offset = 0;
        while offset < file.bytes {
            let piece = office.read_attachment(file, offset).await;
            let ended = piece.as_ref().map_or(true, |bytes| bytes.is_empty());
            offset += piece.as_ref().map_or(0, |bytes| bytes.len() as u64);
            if to.send(piece).await.is_err() || ended {
                return;
            }
        }
    });
    ReceiverStream::new(from)
}

/// To be saved under its name, which may be Chinese; never shown in the browser.
fn disposition(name: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{}", in_a_query(name)))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_saved_under_its_own_name_whatever_stands_in_it() {
        let name = disposition("现场 1\".jpg");
        assert_eq!(name.to_str().unwrap(), "attachment; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%201%22.jpg");
    }
}
