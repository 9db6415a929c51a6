//! What a backup says of itself: whose it is, of when, and the hash of each of its files. Written last, so that a backup is whole or not
//! there.
//!
//! TOML for people, below a first line with the hash of everything after it.

use serde::{Deserialize, Serialize};

use data_encoding::HEXLOWER;

use crate::{
    ids::{Digest, Epoch, OfficeId, UnixMillis, Zone},
    journal::{Cursor, Durable},
};

/// Version that is written and read.
const VERSION: u32 = 1;
/// Before the hash in the first line.
const FIRST: &str = "# dutynet-backup ";

/// One backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// From 1; a later one has a higher number.
    pub number: u64,
    /// Whose.
    pub office: OfficeId,
    /// Its zone.
    pub zone: Zone,
    /// The root of its tree.
    pub root_pin: Digest,
    /// The store's epoch.
    pub epoch: Epoch,
    /// How far the journal is in it.
    pub end: Cursor,
    /// Records in it.
    pub records: u64,
    /// When it was begun, by the clock of the office.
    pub made_at: UnixMillis,
    /// Who made it.
    pub made_by: String,
    /// Places of the journal that could not be read, at the source too.
    pub damaged: u64,
    /// Files beside the journal.
    pub files: Vec<SmallFile>,
    /// The journal.
    pub segments: Vec<SegmentFile>,
}

/// A file as it stands in the backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallFile {
    /// Where it belongs in a data folder.
    pub name: String,
    /// Its name here.
    pub stored: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of it, hex.
    pub hash: String,
}

/// A segment as it stands in the backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFile {
    /// Which, and how far.
    pub segment: Durable,
    /// Its name here.
    pub stored: String,
    /// SHA-256 of it, hex.
    pub hash: String,
}

/// Why a text is no manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestFault {
    /// Not whole, or not what was written.
    #[error("the manifest is not whole: {0}")]
    Damaged(&'static str),
    /// A newer program wrote it.
    #[error("the manifest is of version {0}, which this program does not read")]
    Newer(u32),
}

impl Manifest {
    /// Whether two are of one office of one tree.
    pub fn is_of(&self, office: &OfficeId, root_pin: Digest) -> bool {
        self.office == *office && self.root_pin == root_pin
    }

    /// Every file that it needs, by its name in the backup.
    pub fn stored(&self) -> impl Iterator<Item = &str> {
        let files = self.files.iter().map(|file| file.stored.as_str());
        files.chain(self.segments.iter().map(|segment| segment.stored.as_str()))
    }

    /// Bytes of all of them.
    pub fn bytes(&self) -> u64 {
        let files: u64 = self.files.iter().map(|file| file.bytes).sum();
        files + self.segments.iter().map(|segment| segment.segment.bytes).sum::<u64>()
    }

    /// Files that travel beside records.
    pub(super) fn attached(&self) -> impl Iterator<Item = &SmallFile> {
        self.files.iter().filter(|file| file.name.starts_with(ATTACHED))
    }

    /// As a file.
    pub fn to_text(&self) -> String {
        self.to_text_of_version(VERSION)
    }

    pub(super) fn to_text_of_version(&self, version: u32) -> String {
        let text = toml::to_string(&Text { version, ..Text::from(self) }).unwrap_or_default();
        format!("{FIRST}{}\n{text}", sum(&text))
    }

    /// Reads a file.
    pub fn from_text(text: &str) -> Result<Self, ManifestFault> {
        let (first, rest) = text.split_once('\n').ok_or(ManifestFault::Damaged("its first line"))?;
        if first.strip_prefix(FIRST) != Some(sum(rest).as_str()) {
            return Err(ManifestFault::Damaged("its hash"));
        }
        let version = toml::from_str::<VersionOf>(rest).map_err(|_| ManifestFault::Damaged("its version"))?.version;
        if version > VERSION {
            return Err(ManifestFault::Newer(version));
        }
        let read: Text = toml::from_str(rest).map_err(|_| ManifestFault::Damaged("its parts"))?;
        read.read().ok_or(ManifestFault::Damaged("what it says"))
    }
}

/// Files that travel beside records, in a data folder; named by what is in them.
pub(super) const ATTACHED: &str = "files/";

/// Whether a name in that folder is one of a whole file.
pub(super) fn is_attached(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Whether a file may be put there in a data folder.
fn belongs(name: &str) -> bool {
    ["office.toml", "keys/leaf.der", "keys/recovery.sealed"].contains(&name)
        || name.strip_prefix(ATTACHED).is_some_and(is_attached)
}

/// Whether a name may be one of a file in a backup: it cannot lead out of it.
pub(super) fn is_plain(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'-';
    !name.is_empty() && name.bytes().all(fits)
}

fn sum(text: &str) -> String {
    Digest::of("dutynet.backup.manifest.1", &[text.as_bytes()]).to_string()
}

#[derive(Deserialize)]
struct VersionOf {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    version: u32,
    number: u64,
    office: String,
    zone: String,
    root_pin: String,
    epoch: String,
    end_segment: u32,
    end_offset: u64,
    end_groups: u64,
    records: u64,
    made_at: i64,
    made_by: String,
    damaged: u64,
    files: Vec<SmallFile>,
    segments: Vec<SegmentText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SegmentText {
    number: u32,
    generation: u32,
    bytes: u64,
    last: Option<String>,
    stored: String,
    hash: String,
}

impl From<&Manifest> for Text {
    fn from(from: &Manifest) -> Self {
        let segments = from.segments.iter().map(|file| SegmentText {
            number: file.segment.number,
            generation: file.segment.generation,
            bytes: file.segment.bytes,
            last: file.segment.last.map(|hash| hash.to_string()),
            stored: file.stored.clone(),
            hash: file.hash.clone(),
        });
        Self {
            version: VERSION,
            number: from.number,
            office: from.office.to_string(),
            zone: from.zone.as_str().to_owned(),
            root_pin: from.root_pin.to_string(),
            epoch: HEXLOWER.encode(&from.epoch.0),
            end_segment: from.end.segment,
            end_offset: from.end.offset,
            end_groups: from.end.groups,
            records: from.records,
            made_at: from.made_at.0,
            made_by: from.made_by.clone(),
            damaged: from.damaged,
            files: from.files.clone(),
            segments: segments.collect(),
        }
    }
}

impl Text {
    fn read(self) -> Option<Manifest> {
        let hex = |text: &str| HEXLOWER.decode(text.as_bytes()).ok();
        let digest = |text: &str| Digest::from_slice(&hex(text)?).ok();
        let segments = self.segments.into_iter().map(|file| {
            let last = match file.last {
                Some(hash) => Some(digest(&hash)?),
                None => None,
            };
            let segment = Durable { number: file.number, generation: file.generation, bytes: file.bytes, last };
            Some(SegmentFile { segment, stored: file.stored, hash: file.hash })
        });
        let manifest = Manifest {
            number: self.number,
            office: OfficeId::parse(&self.office).ok()?,
            zone: Zone::parse(&self.zone).ok()?,
            root_pin: digest(&self.root_pin)?,
            epoch: Epoch::from_slice(&hex(&self.epoch)?).ok()?,
            end: Cursor { segment: self.end_segment, offset: self.end_offset, groups: self.end_groups },
            records: self.records,
            made_at: UnixMillis(self.made_at),
            made_by: self.made_by,
            damaged: self.damaged,
            files: self.files,
            segments: segments.collect::<Option<_>>()?,
        };
        let plain = manifest.stored().all(is_plain) && manifest.files.iter().all(|file| belongs(&file.name));
        plain.then_some(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let hash = "ab".repeat(32);
        Manifest {
            number: 7,
            office: OfficeId::parse("440825").unwrap(),
            zone: Zone::parse("gov").unwrap(),
            root_pin: Digest([1; 32]),
            epoch: Epoch([2; 16]),
            end: Cursor { segment: 2, offset: 4711, groups: 99 },
            records: 12,
            made_at: UnixMillis(1_800_000_000_000),
            made_by: "z01 张三".to_owned(),
            damaged: 0,
            files: vec![SmallFile { name: "office.toml".into(), stored: "file-abab".into(), bytes: 300, hash: hash.clone() }],
            segments: vec![
                SegmentFile {
                    segment: Durable { number: 1, generation: 3, bytes: 9000, last: Some(Digest([3; 32])) },
                    stored: "segment-00000001-abab".into(),
                    hash: hash.clone(),
                },
                SegmentFile {
                    segment: Durable { number: 2, generation: 0, bytes: 4711, last: None },
                    stored: "segment-00000002-abab".into(),
                    hash,
                },
            ],
        }
    }

    #[test]
    fn a_manifest_comes_back() {
        assert_eq!(Manifest::from_text(&manifest().to_text()), Ok(manifest()));
        assert_eq!(manifest().bytes(), 14_011);
    }

    #[test]
    fn a_manifest_with_any_letter_changed_or_cut_is_none() {
        let text = manifest().to_text();
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] ^= 1;
            if let Ok(other) = String::from_utf8(other) {
                assert!(Manifest::from_text(&other).is_err(), "letter {at}");
            }
            if text.is_char_boundary(at) {
                assert!(Manifest::from_text(&text[..at]).is_err(), "cut at {at}");
            }
        }
    }

    #[test]
    fn a_newer_manifest_is_told_from_a_damaged_one() {
        let newer = manifest().to_text_of_version(2);
        let rest = newer.split_once('\n').unwrap().1.to_owned() + "further = true\n";
        assert_eq!(Manifest::from_text(&format!("{FIRST}{}\n{rest}", sum(&rest))), Err(ManifestFault::Newer(2)));
    }

    #[test]
    fn no_name_leads_out_of_the_backup() {
        for name in ["../x", "a/b", "", "/etc/passwd", "A", "a.b"] {
            let mut manifest = manifest();
            name.clone_into(&mut manifest.segments[0].stored);
            assert_eq!(Manifest::from_text(&manifest.to_text()), Err(ManifestFault::Damaged("what it says")), "{name}");
            let mut manifest = self::manifest();
            format!("files/{name}").clone_into(&mut manifest.files[0].name);
            assert_eq!(Manifest::from_text(&manifest.to_text()), Err(ManifestFault::Damaged("what it says")), "{name}");
        }
    }
}
