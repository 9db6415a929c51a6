//! Where the index's files stand, and where one goes that is not trusted any more.
//!
//! Inside the index's folder a file `current` names the sub-folder that counts; [`super::sled_index`] says why there may be others.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use crate::random;

/// The file that names the sub-folder with the database's files.
const CURRENT: &str = "current";
/// How such a sub-folder begins.
const HOME_PREFIX: &str = "sled-";

/// The sub-folder with the database's files, as the file `current` names it; a new one when it names none. Others are what an attempt that was
/// given up has left, or made again after its folder was moved aside.
pub(super) fn home(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let named = match fs::read_to_string(folder.join(CURRENT)) {
        Ok(name) => Some(name).filter(|name| is_home(name) && folder.join(name).is_dir()),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => None,
        Err(fault) => return Err(fault),
    };
    let name = match named {
        Some(name) => name,
        None => {
            let name = new_home(folder)?;
            make_current(folder, &name)?;
            name
        }
    };
    remove_others(folder)?;
    Ok(folder.join(name))
}

/// Removes every sub-folder but the one that counts.
pub(super) fn remove_others(folder: &Path) -> io::Result<()> {
    let name = fs::read_to_string(folder.join(CURRENT))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let other = entry.file_name();
        if is_home(&other.to_string_lossy()) && other != *name {
            // An attempt that still runs may be writing there; then the next opening removes it.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

/// Removes what was set aside.
pub(super) fn remove_asides(folder: &Path) -> io::Result<()> {
    asides(folder)?.into_iter().try_for_each(|(_, at)| fs::remove_dir_all(at))
}

fn is_home(name: &str) -> bool {
    name.strip_prefix(HOME_PREFIX).is_some_and(|rest| rest.len() == 16 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A new sub-folder, which does not count yet.
pub(super) fn new_home(folder: &Path) -> io::Result<String> {
    let name = format!("{HOME_PREFIX}{}", data_encoding::HEXLOWER.encode(&random::bytes::<8>()?));
    fs::create_dir(folder.join(&name))?;
    Ok(name)
}

/// From here on this sub-folder counts.
pub(super) fn make_current(folder: &Path, name: &str) -> io::Result<()> {
    let new = folder.join("current.new");
    fs::write(&new, name)?;
    File::open(&new)?.sync_all()?;
    fs::rename(&new, folder.join(CURRENT))
}

pub(super) fn delete_half_snapshots(home: &Path) -> io::Result<()> {
    for entry in fs::read_dir(home)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The database syncs neither its settings file nor, reliably, the rest.
pub(super) fn sync_files(home: &Path) -> io::Result<()> {
    for entry in fs::read_dir(home)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    Ok(())
}

pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

pub(super) fn parent_of(folder: &Path) -> &Path {
    folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(super) fn aside_name(folder: &Path, number: &str) -> OsString {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".aside-");
    name.push(number);
    name
}

pub(super) fn asides(folder: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let prefix = aside_name(folder, "").to_string_lossy().into_owned();
    let mut found = Vec::new();
    for entry in fs::read_dir(parent_of(folder))? {
        let entry = entry?;
        let name = entry.file_name();
        let number = name.to_string_lossy().strip_prefix(&prefix).and_then(|rest| rest.parse().ok());
        found.extend(number.map(|number| (number, entry.path())));
    }
    Ok(found)
}
