//! Key files: made once, readable by their owner alone, whole or absent.
//!
//! A file is written under another name, synced, renamed, and its folder synced. The content is one line of text with a checksum, so that a
//! file copied by hand to a safe and back is known to be whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;

use crate::{
    ids::Digest,
    random,
    record::{OfficeKey, PublicKey},
};

/// First part of a key file's line.
const KEY_FILE_WORD: &str = "dutynet-key-1";
/// Longest key or leaf file that is read, bytes.
const FILE_BYTES_MAX: u64 = 8 * 1024;

/// Why a key file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Other users of the machine can read it.
    #[error("key file {} can be read by others (mode {mode:o}); after making sure that nobody did: chmod 600 {}", path.display(), path.display())]
    OpenToOthers {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A key stands there; it is never overwritten.
    #[error("there is a key file {} already; keys are never overwritten", .0.display())]
    Exists(PathBuf),
    /// Not a whole key file.
    #[error("{} is not a key file, or not whole", .0.display())]
    NotAKey(PathBuf),
    /// The machine refused.
    #[error("{}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Makes a new key out of the machine's randomness.
pub fn generate_key() -> io::Result<OfficeKey> {
    Ok(OfficeKey::from_secret(&random::bytes()?))
}

/// What the root's entry says of its successor key (formats.md 7).
pub fn successor_hash(successor: &PublicKey) -> Digest {
    Digest::of("dutynet.successor.1", &[successor.as_bytes()])
}

/// Writes a new key file, mode 0600, durably. An existing one is left alone.
pub fn write_key(path: &Path, key: &OfficeKey) -> Result<(), KeyFileError> {
    if path.exists() {
        return Err(KeyFileError::Exists(path.to_owned()));
    }
    write_private(path, key_line(key).as_bytes()).map_err(|source| KeyFileError::Io { path: path.to_owned(), source })
}

/// Reads a key file; `None`: there is none. One that others can read is refused.
pub fn read_key(path: &Path) -> Result<Option<OfficeKey>, KeyFileError> {
    let io = |source| KeyFileError::Io { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(io(fault)),
    };
    let mode = file.metadata().map_err(io)?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers { path: path.to_owned(), mode });
    }
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(io)?;
    key_of_line(text.trim()).map(Some).ok_or_else(|| KeyFileError::NotAKey(path.to_owned()))
}

/// Replaces a file that only this node needs to read, such as its leaf certificate, durably.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    match fs::remove_file(&new) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Reads what [`write_private`] wrote; `None`: there is none.
pub fn read_private(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn key_line(key: &OfficeKey) -> String {
    let secret = key.secret();
    format!("{KEY_FILE_WORD}.ed25519.{}.{}\n", HEXLOWER.encode(&secret), checksum(&secret))
}

fn key_of_line(line: &str) -> Option<OfficeKey> {
    let parts: Vec<&str> = line.split('.').collect();
    let [KEY_FILE_WORD, "ed25519", secret, sum] = parts[..] else { return None };
    let secret: [u8; 32] = HEXLOWER.decode(secret.as_bytes()).ok()?.try_into().ok()?;
    (checksum(&secret) == sum).then(|| OfficeKey::from_secret(&secret))
}

fn checksum(secret: &[u8; 32]) -> String {
    HEXLOWER.encode(&Digest::of("dutynet.key.file.1", &[secret]).0[..4])
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_file_comes_back_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("office.key");
        assert!(read_key(&path).unwrap().is_none());
        let key = generate_key().unwrap();
        write_key(&path, &key).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(read_key(&path).unwrap().unwrap().public(), key.public());
        assert!(matches!(write_key(&path, &generate_key().unwrap()), Err(KeyFileError::Exists(_))));
        assert_eq!(read_key(&path).unwrap().unwrap().public(), key.public());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("office.key");
        write_key(&path, &generate_key().unwrap()).unwrap();
        for mode in [0o640, 0o604, 0o644, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let fault = read_key(&path).unwrap_err().to_string();
            assert!(fault.contains(&format!("mode {mode:o}")) && fault.contains("chmod 600"), "{fault}");
        }
    }

    #[test]
    fn a_key_file_with_any_letter_changed_or_cut_is_not_a_key() {
        let line = key_line(&OfficeKey::from_secret(&[7; 32]));
        let line = line.trim();
        assert!(key_of_line(line).is_some());
        for at in 0..line.len() {
            let mut other = line.as_bytes().to_vec();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            assert!(key_of_line(std::str::from_utf8(&other).unwrap()).is_none(), "letter {at}");
            assert!(key_of_line(&line[..at]).is_none(), "cut at {at}");
        }
    }

    #[test]
    fn a_private_file_is_replaced_also_after_a_crash_in_the_middle() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("leaf.der");
        fs::write(folder.path().join("leaf.der.new"), b"half").unwrap();
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(read_private(&path).unwrap().unwrap(), b"two");
        assert_eq!(read_private(&folder.path().join("none")).unwrap(), None);
    }
}
