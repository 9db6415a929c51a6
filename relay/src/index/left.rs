//! How the index was left: in order, by a process that was killed since the machine started, or by a machine that went down.
//!
//! The file `left` beside the index says `in order`, or `open` and which start of the machine that was. After a killed process the page
//! cache still holds everything that was written, in order; after a power cut the files may be of several times at once.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

/// The file.
const NAME: &str = "left";
const IN_ORDER: &str = "in order";
/// Names this start of the machine (Linux, `random(4)`).
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// Closed, or never opened.
    InOrder,
    /// Not closed, and the machine has not gone down since.
    SinceBoot,
    /// Not closed before the machine went down, or nobody knows.
    BeforeBoot,
}

/// Reads how an index was left; `exists`: there is one.
pub(super) fn read(folder: &Path, exists: bool) -> io::Result<Left> {
    let said = match fs::read_to_string(folder.join(NAME)) {
        Ok(said) => said,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => String::new(),
        Err(fault) if fault.kind() == io::ErrorKind::InvalidData => String::new(),
        Err(fault) => return Err(fault),
    };
    Ok(match said.as_str() {
        _ if !exists => Left::InOrder,
        IN_ORDER => Left::InOrder,
        said if boot().is_some_and(|boot| said == open_since(&boot)) => Left::SinceBoot,
        _ => Left::BeforeBoot,
    })
}

/// Says that it is open now.
pub(super) fn write_open(folder: &Path) -> io::Result<()> {
    write(folder, &open_since(&boot().unwrap_or_default()))
}

/// Says that it was closed.
pub(super) fn write_in_order(folder: &Path) -> io::Result<()> {
    write(folder, IN_ORDER)
}

fn open_since(boot: &str) -> String {
    format!("open {boot}")
}

fn boot() -> Option<String> {
    let id = fs::read_to_string(BOOT_ID).ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}

fn write(folder: &Path, said: &str) -> io::Result<()> {
    let new = folder.join("left.new");
    let mut file = File::create(&new)?;
    file.write_all(said.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, folder.join(NAME))?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_index_that_was_closed_outlives_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let read = |exists: bool| super::read(folder.path(), exists).unwrap();
        assert_eq!((read(false), read(true)), (Left::InOrder, Left::BeforeBoot));
        write_open(folder.path()).unwrap();
        assert_eq!(read(true), Left::SinceBoot);
        write_in_order(folder.path()).unwrap();
        assert_eq!(read(true), Left::InOrder);
        for said in ["open another-start-of-the-machine", "open ", "", "in orde"] {
            fs::write(folder.path().join(NAME), said).unwrap();
            assert_eq!(read(true), Left::BeforeBoot, "{said}");
        }
    }
}
