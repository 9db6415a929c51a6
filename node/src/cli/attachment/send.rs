//! Files on their way to the node, read as they are sent.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use dutynet_proto::api::{self, add_attachments_part::Part};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::{
    cli::told::Told,
    domain::{
        attachment::{Content, FileName, judge},
        secrecy::{Written, mark_in},
    },
    text::refusal::Refusal,
    usecase::not_taken,
};

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

impl Local {
    /// Refuses what the node would refuse for its name or its content.
    pub(super) fn looked_at(&self) -> Result<(), Told> {
        if let Some(mark) = mark_in(&self.name, Written::Name) {
            return Err(Told::of(Refusal::SecrecyMark).about(mark.level));
        }
        let name = FileName::parse(&self.name).map_err(|_| Told::of(Refusal::AttachmentName))?;
        let file = File::open(&self.path).map_err(|error| unreadable(&self.path, &error.to_string()))?;
        let part = |offset, count: usize| {
            let mut bytes = Vec::new();
            let mut from = &file;
            from.seek(SeekFrom::Start(offset)).ok()?;
            from.take(count as u64).read_to_end(&mut bytes).ok()?;
            Some(bytes)
        };
        match judge(&name, &Content { bytes: self.bytes, part: &part }) {
            Ok(_) => Ok(()),
            Err(why) => Err(not_taken(why, &name).into()),
        }
    }
}

fn unreadable(path: &Path, why: &str) -> Told {
    Told::of(Refusal::FileUnreadable).about(format!("{}: {why}", path.display()))
}

/// Looks at every file before anything is sent.
pub(super) fn open(paths: &[PathBuf]) -> Result<Vec<Local>, Told> {
    paths.iter().map(|path| local(path)).collect()
}

fn local(path: &Path) -> Result<Local, Told> {
    let known = File::open(path).and_then(|file| file.metadata()).map_err(|error| unreadable(path, &error.to_string()))?;
    let name = path.file_name().and_then(|name| name.to_str());
    match name.filter(|_| known.is_file()) {
        Some(name) => Ok(Local { path: path.to_owned(), name: name.to_owned(), bytes: known.len() }),
        None => Err(unreadable(path, "no file")),
    }
}

/// Everything that is sent, in order. One that cannot be read any more breaks off, and the node keeps nothing.
pub(super) fn parts(
    head: api::AddAttachmentsHead,
    (files, pass): (Vec<Local>, Vec<String>),
) -> ReceiverStream<api::AddAttachmentsPart> {
    let (to, parts) = mpsc::channel(WAITING_MAX);
    // Ends with the files, or when nobody takes them any more.
    tokio::task::spawn_blocking(move || {
        let put = |part: Part| to.blocking_send(api::AddAttachmentsPart { part: Some(part) }).is_ok();
        let record = head.record.clone();
        let passes = |file: &String| put(Part::Pass(api::WhichAttachment { record: record.clone(), file: file.clone() }));
        if put(Part::Head(head)) && pass.iter().all(passes) {
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
