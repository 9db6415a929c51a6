//! `--output FILE`: a paper as a file. The node makes it; here it is written beside its name until it is whole, and never over another file unless that
//! was asked for.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

use dutynet_proto::api::{self, make_paper_request::What};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::{
    args::{Keep, Place},
    attachment::Saved,
    client::{Node, file_told, heard},
    printed,
    told::Told,
};
use crate::{
    export::Shape,
    text::{notice, paper as text, refusal::Refusal},
};

/// How it is kept, and how that is said.
pub(super) struct Keeping<'a> {
    pub(super) file: &'a Path,
    pub(super) force: bool,
    pub(super) json: bool,
}

impl Keep {
    /// `None`: it is shown, not kept.
    pub(super) fn asked(&self, json: bool) -> Option<Keeping<'_>> {
        self.paper_file.as_deref().map(|file| Keeping { file, force: self.force, json })
    }
}

/// Has the node make it, and keeps it.
pub(super) async fn keep(place: &Place, keeping: &Keeping<'_>, what: What) -> Result<String, Told> {
    let Keeping { file, force, json } = *keeping;
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let shape = Shape::from_key(ending).ok_or_else(|| Told::of(Refusal::PaperShape).about(text::endings(&Shape::ALL)))?;
    if !force && file.exists() {
        return Err(taken(file));
    }
    let request = api::MakePaperRequest { what: Some(what), shape: shape.key().to_owned() };
    let made = heard(Node::find(place).await?.papers().make(request).await)?;
    write(file, &made.file, force).map_err(|error| refused(&error, file))?;
    let (path, bytes) = (file.display().to_string(), made.file.len() as u64);
    Ok(if json { printed(&Saved { path, bytes }) } else { text::kept(&path, &notice::bytes(bytes)) })
}

fn refused(error: &io::Error, file: &Path) -> Told {
    let absent = || Told::of(Refusal::FileUnreadable).about(file.display().to_string());
    let known = [(io::ErrorKind::AlreadyExists, taken(file)), (io::ErrorKind::NotFound, absent())];
    known.into_iter().find(|(kind, _)| *kind == error.kind()).map_or_else(|| file_told(error, file), |(_, told)| told)
}

fn taken(file: &Path) -> Told {
    Told::of(Refusal::FileExists).about(text::overwrite(&file.display().to_string()))
}

fn write(file: &Path, bytes: &[u8], force: bool) -> io::Result<()> {
    let mut part = file.as_os_str().to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = Path::new(&part);
    let written = fill(part, bytes).and_then(|()| {
        let over = if force { RenameFlags::empty() } else { RenameFlags::NOREPLACE };
        Ok(renameat_with(CWD, part, CWD, file, over)?)
    });
    if written.is_err() {
        // What is not whole is nothing.
        let _ = fs::remove_file(part);
    }
    written
}

fn fill(part: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(part)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_over_unless_that_was_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("表.pdf");
        write(&file, b"one", false).unwrap();
        assert_eq!(write(&file, b"two", false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"one");
        write(&file, b"two", true).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(&folder.path().join("no/表.pdf"), b"x", false).unwrap_err().kind(), io::ErrorKind::NotFound);
        fs::create_dir(folder.path().join("目录.pdf")).unwrap();
        assert!(write(&folder.path().join("目录.pdf"), b"x", true).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
