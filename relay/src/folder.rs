//! The data folder of one office: what is in it, and that only one program at a time works in it.
//!
//! ```text
//!   office.toml          who this is; written last, so a folder with it is complete
//!   keys/office.key      the office's secret key (owner only)
//!   keys/leaf.der        its certificate
//!   keys/successor.key   root only: to be kept in a safe, not here
//!   keys/recovery.sealed these keys under the recovery code, for backups
//!   journal/  index/     the store
//!   alive                when this node was last known to be alive
//!   files/               what travels beside records, named by content
//!   lock                 held while a program works here
//! ```

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{Digest, OfficeId, Zone},
    invitation::InvitationText,
    record::OfficeKey,
    tls::identity::{self, KeyFileError},
};

/// A data folder that cannot be worked in.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Nothing was set up here.
    #[error("{0} holds no office")]
    Empty(PathBuf),
    /// Something was set up here already.
    #[error("{folder} already belongs to office {office}")]
    Taken {
        /// The folder.
        folder: PathBuf,
        /// Whose it is.
        office: String,
    },
    /// Another program works here.
    #[error("another program is working in {0}")]
    Locked(PathBuf),
    /// A file that is not what it should be.
    #[error("{path}: {what}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A key file.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The machine refused.
    #[error("{path}: {source}")]
    Io {
        /// What was asked for.
        path: PathBuf,
        /// What the machine said.
        source: io::Error,
    },
}

/// Paths of one data folder.
#[derive(Debug, Clone)]
pub struct DataFolder {
    root: PathBuf,
}

/// Who the folder is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeFile {
    /// The office.
    pub office: OfficeId,
    /// Its zone.
    pub zone: Zone,
    /// The root key that everything is believed from.
    pub root_pin: Digest,
    /// Whom it dials; `None`: the root.
    pub parent: Option<ParentFile>,
}

/// Whom an office dials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentFile {
    /// The parent.
    pub office: OfficeId,
    /// Its key, as pinned by the invitation.
    pub pin: Digest,
    /// `host:port`, tried in turn.
    pub addresses: Vec<String>,
}

/// Held while a program works in the folder.
#[derive(Debug)]
pub struct FolderLock(#[expect(dead_code, reason = "holding the file is the lock")] File);

impl DataFolder {
    /// Names a folder; nothing is touched.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Journal segments.
    pub fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    /// Files that belong to records.
    pub fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// The index.
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// The root's successor key.
    pub fn successor_key(&self) -> PathBuf {
        self.root.join("keys/successor.key")
    }

    /// The keys under the recovery code.
    pub fn sealed_keys(&self) -> PathBuf {
        self.root.join("keys/recovery.sealed")
    }

    /// Certificate of the office.
    pub fn leaf(&self) -> PathBuf {
        self.root.join("keys/leaf.der")
    }

    /// Makes the folders that are missing, for the owner alone.
    pub fn create(&self) -> Result<(), FolderError> {
        for folder in [self.root.clone(), self.root.join("keys"), self.journal(), self.index(), self.files()] {
            fs::create_dir_all(&folder).map_err(|source| FolderError::Io { path: folder.clone(), source })?;
        }
        private(&self.root)
    }

    /// Takes the folder for this program, as long as the result lives.
    pub fn lock(&self) -> Result<FolderLock, FolderError> {
        let path = self.root.join("lock");
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|source| FolderError::Io { path, source })?;
        flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|_| FolderError::Locked(self.root.clone()))?;
        Ok(FolderLock(file))
    }

    /// The same of a folder that no program may ever have worked in: nothing is made in it.
    pub fn lock_if_there(&self) -> Result<Option<FolderLock>, FolderError> {
        if self.root.join("lock").exists() { self.lock().map(Some) } else { Ok(None) }
    }

    /// Reads who the folder is of.
    pub fn office(&self) -> Result<OfficeFile, FolderError> {
        let path = self.root.join("office.toml");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Err(FolderError::Empty(self.root.clone())),
            Err(source) => return Err(FolderError::Io { path, source }),
        };
        OfficeFile::from_text(&text).map_err(|what| FolderError::Invalid { path, what })
    }

    /// Refuses a folder that already belongs to somebody.
    pub fn refuse_taken(&self) -> Result<(), FolderError> {
        match self.office() {
            Ok(taken) => Err(FolderError::Taken { folder: self.root.clone(), office: taken.office.to_string() }),
            Err(FolderError::Empty(_)) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// Completes the folder.
    pub fn write_office(&self, office: &OfficeFile) -> Result<(), FolderError> {
        let path = self.root.join("office.toml");
        let text = toml::to_string(&OfficeText::from(office));
        let text = text.map_err(|fault| FolderError::Invalid { path: path.clone(), what: fault.to_string() })?;
        identity::write_private(&path, text.as_bytes()).map_err(|source| FolderError::Io { path, source })
    }

    /// The office's key.
    pub fn key(&self) -> Result<OfficeKey, FolderError> {
        self.key_if_there()?.ok_or_else(|| FolderError::Empty(self.root.join("keys/office.key")))
    }

    /// The office's key, made and kept if there is none yet: a second attempt to enrol shows the same one.
    pub fn key_or_new(&self) -> Result<OfficeKey, FolderError> {
        kept_or_new(&self.root.join("keys/office.key"))
    }

    /// The root's successor key, made and kept if there is none yet: a second attempt to found a tree goes on with the same one.
    pub fn successor_or_new(&self) -> Result<OfficeKey, FolderError> {
        kept_or_new(&self.successor_key())
    }

    fn key_if_there(&self) -> Result<Option<OfficeKey>, FolderError> {
        Ok(identity::read_key(&self.root.join("keys/office.key"))?)
    }

    /// The office's certificate.
    pub fn read_leaf(&self) -> Result<Vec<u8>, FolderError> {
        let path = self.leaf();
        fs::read(&path).map_err(|source| FolderError::Io { path, source })
    }

    /// Keeps the office's certificate.
    pub fn write_leaf(&self, leaf: &[u8]) -> Result<(), FolderError> {
        let path = self.leaf();
        identity::write_private(&path, leaf).map_err(|source| FolderError::Io { path, source })
    }
}

impl OfficeFile {
    /// Reads `office.toml`, or says what is wrong with it.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let read: OfficeText = toml::from_str(text).map_err(|fault| fault.message().to_owned())?;
        Self::try_from(read)
    }

    /// Of an office that was invited.
    pub fn invited(invitation: &InvitationText) -> Self {
        Self {
            office: invitation.office.clone(),
            zone: invitation.zone.clone(),
            root_pin: invitation.root_pin,
            parent: Some(ParentFile {
                office: invitation.parent.clone(),
                pin: invitation.parent_pin,
                addresses: invitation.addresses.clone(),
            }),
        }
    }
}

fn kept_or_new(path: &Path) -> Result<OfficeKey, FolderError> {
    if let Some(key) = identity::read_key(path)? {
        return Ok(key);
    }
    let key = identity::generate_key().map_err(|source| FolderError::Io { path: path.to_owned(), source })?;
    identity::write_key(path, &key)?;
    Ok(key)
}

fn private(folder: &Path) -> Result<(), FolderError> {
    use std::os::unix::fs::PermissionsExt as _;
    let set = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    set.map_err(|source| FolderError::Io { path: folder.to_owned(), source })
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficeText {
    office: String,
    zone: String,
    root_pin: String,
    parent: Option<ParentText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParentText {
    office: String,
    pin: String,
    addresses: Vec<String>,
}

impl From<&OfficeFile> for OfficeText {
    fn from(from: &OfficeFile) -> Self {
        Self {
            office: from.office.to_string(),
            zone: from.zone.as_str().to_owned(),
            root_pin: from.root_pin.to_string(),
            parent: from.parent.as_ref().map(|parent| ParentText {
                office: parent.office.to_string(),
                pin: parent.pin.to_string(),
                addresses: parent.addresses.clone(),
            }),
        }
    }
}

impl TryFrom<OfficeText> for OfficeFile {
    type Error = String;

    fn try_from(from: OfficeText) -> Result<Self, String> {
        let pin = |text: &str| {
            let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| "a pin is 64 hexadecimal digits".to_owned())?;
            Digest::from_slice(&bytes).map_err(|fault| fault.to_string())
        };
        let office = |text: &str| OfficeId::parse(text).map_err(|fault| fault.to_string());
        let parent = from.parent.map(|parent| {
            Ok::<_, String>(ParentFile { office: office(&parent.office)?, pin: pin(&parent.pin)?, addresses: parent.addresses })
        });
        Ok(Self {
            office: office(&from.office)?,
            zone: Zone::parse(&from.zone).map_err(|fault| fault.to_string())?,
            root_pin: pin(&from.root_pin)?,
            parent: parent.transpose()?,
        })
    }
}
