//! The API key: a file that only the owner of the data folder can read, made when the node first serves.
//!
//! Whoever can read the file may do what the command line may do. Compared in constant time.

use std::{
    io,
    path::{Path, PathBuf},
};

use data_encoding::BASE32_NOPAD;
use dutynet_relay::tls::identity;
use subtle::ConstantTimeEq as _;
use tonic::{Request, Status, metadata::MetadataValue, service::Interceptor};

use super::status;
use crate::{text::refusal::Refusal, usecase::Refused};

/// Metadata of every call that shows it.
pub const METADATA: &str = "dutynet-key";
const FILE: &str = "api.key";

/// Where it is.
pub fn path(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// Reads it; `None`: there is none yet.
pub fn read(data: &Path) -> io::Result<Option<String>> {
    let bytes = identity::read_private(&path(data))?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()))
}

/// Reads it, or makes it of these random bytes.
pub fn read_or_make(data: &Path, random: [u8; 32]) -> io::Result<String> {
    if let Some(key) = read(data)?.filter(|key| !key.is_empty()) {
        return Ok(key);
    }
    let key = BASE32_NOPAD.encode(&random).to_lowercase();
    identity::write_private(&path(data), format!("{key}\n").as_bytes())?;
    Ok(key)
}

/// Lets through only calls that show the key.
#[derive(Clone)]
pub struct AskKey {
    key: std::sync::Arc<str>,
}

impl AskKey {
    /// For this key.
    pub fn new(key: &str) -> Self {
        Self { key: key.into() }
    }
}

impl Interceptor for AskKey {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let shown = request.metadata().get(METADATA).map(MetadataValue::as_bytes).unwrap_or_default();
        if bool::from(shown.ct_eq(self.key.as_bytes())) {
            return Ok(request);
        }
        Err(status::to_status(&Refused::from(Refusal::KeyWrong), &status::reference()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_key_is_made_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let key = read_or_make(folder.path(), [7; 32]).unwrap();
        assert_eq!(read_or_make(folder.path(), [8; 32]).unwrap(), key);
        assert_eq!(key.len(), 52);
        let mode = std::fs::metadata(path(folder.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn only_the_whole_key_opens() {
        let ask = |shown: Option<&'static str>| {
            let mut request = Request::new(());
            if let Some(shown) = shown {
                request.metadata_mut().insert(METADATA, MetadataValue::from_static(shown));
            }
            AskKey::new("abcdef").call(request).map_err(|status| status::from_status(&status).refusal).map(|_| ())
        };
        assert_eq!(ask(Some("abcdef")), Ok(()));
        for wrong in [None, Some(""), Some("abcde"), Some("abcdefg"), Some("ABCDEF")] {
            assert_eq!(ask(wrong), Err(Refusal::KeyWrong));
        }
    }
}
