//! The machine's file system behind [`Disk`]: one folder, files of mode 0600.
//!
//! A handful of file handles stays open, so that an append costs one write and one `fdatasync`. Reads take no lock while they read, and
//! may run beside the one thread that writes. The folder belongs to one process: whoever opens a store makes sure of that.

use std::{
    collections::HashMap,
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rustix::{
    fs::{FallocateFlags, fallocate},
    io::Errno,
};

use super::{Disk, check_name};

/// Most files kept open.
const HANDLES_MAX: usize = 64;

/// A folder of the file system.
#[derive(Debug)]
pub struct FileDisk {
    folder: PathBuf,
    handles: Mutex<HashMap<String, Arc<File>>>,
}

/// What to do when a file is not there.
#[derive(Clone, Copy)]
enum Missing {
    Create,
    Refuse,
}

impl FileDisk {
    /// Opens a folder; makes it, for its owner alone, when it is not there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let missing: Vec<_> = folder.ancestors().take_while(|folder| !folder.is_dir()).collect();
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        for parent in missing.iter().filter_map(|made| made.parent()) {
            // The parent of a bare name is here.
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            File::open(parent)?.sync_all()?;
        }
        Ok(Self { folder: folder.to_owned(), handles: Mutex::default() })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, name: &str) -> io::Result<PathBuf> {
        check_name(name)?;
        Ok(self.folder.join(name))
    }

    fn handles(&self) -> MutexGuard<'_, HashMap<String, Arc<File>>> {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self, name: &str, missing: Missing) -> io::Result<Arc<File>> {
        let path = self.path(name)?;
        let mut handles = self.handles();
        if let Some(file) = handles.get(name) {
            return Ok(file.clone());
        }
        let create = matches!(missing, Missing::Create);
        let file = OpenOptions::new().read(true).write(true).create(create).truncate(false).mode(0o600).open(path)?;
        let file = Arc::new(file);
        if handles.len() >= HANDLES_MAX {
            handles.clear();
        }
        handles.insert(name.to_owned(), file.clone());
        Ok(file)
    }
}

impl Disk for FileDisk {
    fn write(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.handle(name, Missing::Create)?.write_all_at(bytes, offset)
    }

    fn allocate(&self, name: &str, len: u64) -> io::Result<()> {
        let file = self.handle(name, Missing::Create)?;
        match fallocate(&file, FallocateFlags::empty(), 0, len) {
            Ok(()) => Ok(()),
            // A file system that cannot reserve still gets the length; a full disk then shows at the write.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => {
                let now = file.metadata()?.len();
                file.set_len(now.max(len))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        self.handle(name, Missing::Refuse)?.set_len(len)
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        self.handle(name, Missing::Refuse)?.sync_data()
    }

    fn read(&self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let file = self.handle(name, Missing::Refuse)?;
        let mut bytes = vec![0; len];
        file.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(self.handle(name, Missing::Refuse)?.metadata()?.len())
    }

    fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let Ok(name) = entry?.file_name().into_string() else { continue };
            if name.starts_with(prefix) && check_name(&name).is_ok() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (old, new) = (self.path(from)?, self.path(to)?);
        let mut handles = self.handles();
        fs::rename(old, new)?;
        handles.remove(to);
        if let Some(file) = handles.remove(from) {
            handles.insert(to.to_owned(), file);
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.path(name)?;
        let mut handles = self.handles();
        handles.remove(name);
        fs::remove_file(path)
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_follows_its_file_through_a_rename() {
        let folder = tempfile::tempdir().unwrap();
        let disk = FileDisk::open(&folder.path().join("made/inside")).unwrap();
        disk.write("b", 0, b"old").unwrap();
        disk.write("a", 2, b"new").unwrap();
        disk.rename("a", "b").unwrap();
        assert_eq!(disk.read("b", 0, 5).unwrap(), b"\0\0new");
        assert_eq!(disk.read("a", 0, 1).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(disk.list("").unwrap(), ["b"]);
        disk.sync("b").unwrap();
        disk.sync_folder().unwrap();
    }

    #[test]
    fn reserving_sets_the_length_and_never_shortens() {
        let folder = tempfile::tempdir().unwrap();
        let disk = FileDisk::open(folder.path()).unwrap();
        disk.allocate("a", 8192).unwrap();
        disk.write("a", 0, b"x").unwrap();
        disk.allocate("a", 4096).unwrap();
        assert_eq!(disk.len("a").unwrap(), 8192);
        disk.truncate("a", 1).unwrap();
        assert_eq!(disk.read("a", 0, 1).unwrap(), b"x");
        assert_eq!(disk.read("a", 0, 2).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn names_stay_inside_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let disk = FileDisk::open(folder.path()).unwrap();
        for bad in ["", ".", "..", "../x", "a/b", "A"] {
            assert_eq!(disk.write(bad, 0, b"x").unwrap_err().kind(), io::ErrorKind::InvalidInput, "{bad}");
        }
    }
}
