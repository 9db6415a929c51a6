//! A file on its way from the node to a disk: beside its name until it is whole and right, never over another.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use dutynet_proto::api;
use dutynet_relay::ids::{Digesting, FileRef};
use tonic::Streaming;

use crate::{
    cli::{
        client::{file_told, heard},
        told::Told,
    },
    domain::attachment::FileName,
    text::refusal::Refusal,
};

/// Where it goes: into a folder under its own name, or under the name that was typed.
pub(super) fn path(to: &Path, row: &api::AttachmentRow) -> Result<PathBuf, Told> {
    // The node has checked it; a name that leads elsewhere must not be followed all the same.
    let name = FileName::parse(&row.name).map_err(|_| Told::of(Refusal::AttachmentName))?;
    let path = if to.is_dir() { to.join(name.as_str()) } else { to.to_owned() };
    if path.exists() { Err(Told::of(Refusal::FileExists).about(path.display().to_string())) } else { Ok(path) }
}

/// Writes it; what is not whole or not right is removed.
pub(super) async fn write(path: &Path, row: &api::AttachmentRow, from: Streaming<api::AttachmentPiece>) -> Result<(), Told> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = match fill(&part, row, from).await {
        Ok(()) => fs::hard_link(&part, path).map_err(|error| refused(&error, path)),
        Err(told) => Err(told),
    };
    // The other name of what was written, or what was not whole.
    let _ = fs::remove_file(&part);
    written
}

async fn fill(part: &Path, row: &api::AttachmentRow, mut from: Streaming<api::AttachmentPiece>) -> Result<(), Told> {
    let told = |error: io::Error| refused(&error, part);
    let mut file = File::create_new(part).map_err(told)?;
    let (mut digest, mut bytes) = (Digesting::new(FileRef::TAG), 0);
    while let Some(piece) = heard(from.message().await.map(tonic::Response::new))? {
        file.write_all(&piece.bytes).map_err(told)?;
        digest.add(&piece.bytes);
        bytes += piece.bytes.len() as u64;
    }
    file.sync_all().map_err(told)?;
    let is_it = bytes == row.bytes && digest.finish().0[..] == row.digest[..];
    if is_it { Ok(()) } else { Err(Told::of(Refusal::AttachmentBroken)) }
}

fn refused(error: &io::Error, path: &Path) -> Told {
    let known = [(io::ErrorKind::AlreadyExists, Refusal::FileExists), (io::ErrorKind::NotFound, Refusal::FileUnreadable)];
    match known.into_iter().find(|(kind, _)| *kind == error.kind()) {
        Some((_, refusal)) => Told::of(refusal).about(path.display().to_string()),
        None => file_told(error, path),
    }
}
