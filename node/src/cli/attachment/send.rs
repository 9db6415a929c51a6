//! Files on their way to the node, read as they are sent.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use dutynet_proto::api::{self, add_attachments_part::Part};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::{cli::told::Told, text::refusal::Refusal};

/// Read and sent at a time.
const PIECE: usize = 256 * 1024;
/// Pieces that wait to be sent.
const WAITING_MAX: usize = 4;

/// A file to send: where it is, what it is called, how long it is.
#[derive(Debug, Clone)]
pub(super) struct Local {
    path: PathBuf,
    name: String,
    bytes: u64,
}

/// Looks at every file before anything is sent.
pub(super) fn open(paths: &[PathBuf]) -> Result<Vec<Local>, Told> {
    paths.iter().map(|path| local(path)).collect()
}

fn local(path: &Path) -> Result<Local, Told> {
    let unreadable = |why: String| Told::of(Refusal::FileUnreadable).about(format!("{}: {why}", path.display()));
    let known = File::open(path).and_then(|file| file.metadata()).map_err(|error| unreadable(error.to_string()))?;
    let name = path.file_name().and_then(|name| name.to_str());
    match name.filter(|_| known.is_file()) {
        Some(name) => Ok(Local { path: path.to_owned(), name: name.to_owned(), bytes: known.len() }),
        None => Err(unreadable(String::from("no file"))),
    }
}

/// Everything that is sent, in order. One that cannot be read any more breaks off, and the node keeps nothing.
pub(super) fn parts(head: api::AddAttachmentsHead, files: Vec<Local>) -> ReceiverStream<api::AddAttachmentsPart> {
    let (to, parts) = mpsc::channel(WAITING_MAX);
    // Ends with the files, or when nobody takes them any more.
    tokio::task::spawn_blocking(move || {
        let put = |part: Part| to.blocking_send(api::AddAttachmentsPart { part: Some(part) }).is_ok();
        if put(Part::Head(head)) {
            let _ = files.iter().all(|file| send(file, &put).unwrap_or(false));
        }
    });
    ReceiverStream::new(parts)
}

/// Whether it was taken.
fn send(file: &Local, put: &impl Fn(Part) -> bool) -> io::Result<bool> {
    let mut from = File::open(&file.path)?;
    if !put(Part::File(api::AttachmentHead { name: file.name.clone(), bytes: file.bytes })) {
        return Ok(false);
    }
    let mut piece = vec![0; PIECE];
    loop {
        let count = from.read(&mut piece)?;
        if count == 0 {
            return Ok(true);
        }
        if !put(Part::Piece(Bytes::copy_from_slice(&piece[..count]))) {
            return Ok(false);
        }
    }
}
