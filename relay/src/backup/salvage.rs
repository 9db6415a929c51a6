//! What can be got out of a data folder or a backup that is damaged: a new folder, in a new epoch, with every record whose seal still
//! verifies and the last bytes of every program above; and a list of what is lost.
//!
//! Bytes that the disk cannot give are passed over, block by block. Nothing is written to the source. The new store has no positions, so
//! its neighbours send it everything that it should have, and take everything that it has; what they hold already folds.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use serde::Serialize;

use super::{
    BackupError, Home, HowFar, check,
    code::RecoveryCode,
    home::StoredJournal,
    make::whole_files,
    manifest::{ATTACHED, Manifest},
    restore::{self, RestoreError},
    sealed::Keys,
    sealed_keys,
    tolerant::Tolerant,
};
use crate::{
    clock::Clock,
    disk::fs::FileDisk,
    folder::{DataFolder, FolderError, FolderLock, OfficeFile},
    ids::OfficeId,
    journal::{self, Cursor, Group, JournalReader, Lost},
    relay::{OpenError, open_index_of, open_writer},
    tls::identity,
    verify::Verifier,
    writer::{
        Moment, Piece, Pieces, Recovered, Space, StoreError, WANTED_BACK, Writer,
        intent::{Intent, Judged, Salvaged},
    },
};

/// Journal read in one go, bytes.
const STRETCH: usize = 4 << 20;
/// Records that are taken in at once.
const RECORDS: usize = 512;
/// Ranges that are listed.
const RANGES_MAX: usize = 1000;
/// Namespaces of this crate's own: they speak of links and stores that are no more.
const OWN: &str = "relay.";
/// The list of what is lost, in the new folder.
pub const LIST: &str = "salvage.toml";

/// What was got out, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Salvage {
    /// Records that are in the new store now.
    pub records: u64,
    /// Of these, how many were there before.
    pub already_there: u64,
    /// Of these, how many this office had made itself.
    pub own: u64,
    /// Last bytes of programs above.
    pub locals: u64,
    /// Groups of the journal that cannot be read at all.
    pub groups_lost: u64,
    /// Records and other entries of which a part cannot be read.
    pub entries_lost: u64,
    /// Records that can be read but not believed: their seal, or the entry that gives its key, is lost.
    pub not_believed: u64,
    /// Records whose body was removed on purpose, and of which nothing else is left either.
    pub destroyed: u64,
    /// Files beside records that were copied.
    pub files: u64,
    /// Those that cannot be read.
    pub files_lost: u64,
    /// Bytes that the disk did not give.
    pub unreadable_bytes: u64,
    /// Where in the journal, English, one line a range.
    pub ranges: Vec<String>,
}

/// A damaged folder or backup.
pub struct Wreck {
    disk: Arc<Tolerant>,
    office: OfficeFile,
    keys: Keys,
    /// Certificate and sealed keys, where they can be read.
    files: Vec<(&'static str, Vec<u8>)>,
    /// Files beside records: where they are, and where they belong.
    attached: Vec<(PathBuf, String)>,
    _lock: Option<FolderLock>,
}

/// Where the keys are to come from when the naked one cannot be read.
pub type AskCode<'a> = &'a mut dyn FnMut() -> Option<RecoveryCode>;

impl Wreck {
    /// A data folder that no program works in.
    pub fn of_folder(folder: &DataFolder, ask: AskCode<'_>) -> Result<Self, RestoreError> {
        let office = folder.office()?;
        let lock = match folder.lock() {
            Err(FolderError::Io { source, .. }) if is_read_only(&source) => None,
            locked => Some(locked?),
        };
        let keys = match folder.key() {
            Ok(key) => Keys { office: key, successor: identity::read_key(&folder.successor_key()).ok().flatten() },
            Err(fault) => {
                let sealed = sealed_keys(folder)?.ok_or(fault)?;
                let code = ask().ok_or(BackupError::NoCode)?;
                sealed.open(&code).map_err(|fault| super::sealed_error(fault, folder.sealed_keys()))?
            }
        };
        let read = |name: &'static str| Some((name, std::fs::read(folder.path().join(name)).ok()?));
        let files = ["keys/leaf.der", "keys/recovery.sealed"].into_iter().filter_map(read).collect();
        let disk = FileDisk::open(&folder.journal()).map_err(super::io_at(folder.journal()))?;
        let beside = folder.path().join(ATTACHED);
        let attached = whole_files(&beside)?.into_iter().map(|name| (beside.join(&name), format!("{ATTACHED}{name}")));
        Ok(Self { disk: Tolerant::over(Arc::new(disk)), office, keys, files, attached: attached.collect(), _lock: lock })
    }

    /// A backup.
    pub fn of_backup(home: &Home, manifest: &Manifest, ask: AskCode<'_>) -> Result<Self, RestoreError> {
        let code = ask().ok_or(BackupError::NoCode)?;
        let keys = restore::keys(home, manifest, &code)?;
        let office = restore::office(home, manifest)?;
        let read = |name: &'static str| Some((name, check::small_file(home, manifest, name).ok()?));
        let files = ["keys/leaf.der", "keys/recovery.sealed"].into_iter().filter_map(read).collect();
        let disk = Tolerant::over(Arc::new(StoredJournal::of(home, manifest)));
        let attached = manifest.attached().map(|file| (home.file(&file.stored), file.name.clone())).collect();
        Ok(Self { disk, office, keys, files, attached, _lock: None })
    }

    /// Whose it was.
    pub fn office(&self) -> &OfficeId {
        &self.office.office
    }

    /// Makes a new folder of it, or adds it to a folder of the same office that no program works in.
    pub fn salvage(&self, to: &DataFolder, clock: &dyn Clock) -> Result<Salvage, RestoreError> {
        match to.office() {
            Ok(there) if there.office == self.office.office && there.root_pin == self.office.root_pin => self.add_to(to, clock),
            Ok(other) => {
                let (path, office) = (to.path().to_owned(), other.office.to_string());
                Err(BackupError::AnotherOffice { path, office }.into())
            }
            Err(FolderError::Empty(_)) => self.make(to, clock),
            Err(fault) => Err(fault.into()),
        }
    }

    fn make(&self, to: &DataFolder, clock: &dyn Clock) -> Result<Salvage, RestoreError> {
        restore::begin(to)?;
        let _lock = to.lock()?;
        let made = self.fill(to, &self.office, clock).and_then(|salvage| {
            for (name, bytes) in &self.files {
                let path = to.path().join(name);
                identity::write_private(&path, bytes).map_err(super::io_at(path))?;
            }
            restore::finish(to, &self.office, &self.keys)?;
            Ok(salvage)
        });
        made.inspect_err(|_| restore::give_up(to))
    }

    fn add_to(&self, to: &DataFolder, clock: &dyn Clock) -> Result<Salvage, RestoreError> {
        let _lock = to.lock()?;
        self.fill(to, &to.office()?, clock)
    }

    fn fill(&self, to: &DataFolder, office: &OfficeFile, clock: &dyn Clock) -> Result<Salvage, RestoreError> {
        let key = if to.office().is_ok() { to.key()? } else { self.keys.office.clone() };
        let (reader, opened) = journal::look(self.disk.clone()).map_err(BackupError::from)?;
        let index = open_index_of(to)?;
        let (writer, _) = open_writer(to, office, key, (index, clock))?;
        let store = |fault: StoreError| RestoreError::from(OpenError::from(fault));
        let mut taking = Taking::new(writer, office, clock).map_err(store)?;
        let mut pieces = Pieces::of(reader.clone());
        each_group(&reader, opened.end, |group| {
            pieces.learn(group);
            Ok(())
        })?;
        each_group(&reader, opened.end, |group| {
            taking.lost(&group.damaged);
            pieces.in_group(group).into_iter().try_for_each(|piece| taking.piece(piece)).map_err(store)
        })?;
        let mut salvage = taking.finish().map_err(store)?;
        self.copy_attached(to, &mut salvage)?;
        salvage.unreadable_bytes = self.disk.unreadable.load(Ordering::Relaxed);
        let (path, text) = (to.path().join(LIST), toml::to_string(&salvage).unwrap_or_default());
        identity::write_private(&path, text.as_bytes()).map_err(super::io_at(path))?;
        Ok(salvage)
    }
}

impl Wreck {
    /// One that cannot be read, or is not what its name says, comes from a neighbour again, if any has it.
    fn copy_attached(&self, to: &DataFolder, salvage: &mut Salvage) -> Result<(), BackupError> {
        let wanted = self.attached.iter().filter_map(|(from, name)| Some((name.strip_prefix(ATTACHED)?, from)));
        let lacking = wanted.filter(|(name, _)| !check::is_it(name, &to.path().join(ATTACHED).join(name)));
        let (there, lost): (Vec<_>, Vec<_>) = lacking.partition(|(name, from)| check::is_it(name, from));
        let there = there.into_iter().map(|(name, from)| (from.clone(), to.path().join(ATTACHED).join(name)));
        let there: Vec<_> = there.collect();
        (salvage.files, salvage.files_lost) = (there.len() as u64, lost.len() as u64);
        if there.is_empty() {
            Ok(())
        } else {
            restore::copy_files(there.into_iter(), &to.path().join(ATTACHED), &HowFar::default())
        }
    }
}

fn each_group(
    reader: &JournalReader,
    end: Cursor,
    mut look: impl FnMut(&Group) -> Result<(), RestoreError>,
) -> Result<(), RestoreError> {
    let mut at = Cursor::default();
    while at.groups < end.groups {
        let groups = reader.groups_after(at, STRETCH).map_err(BackupError::from)?;
        let Some(last) = groups.last() else { break };
        at = last.end;
        groups.iter().try_for_each(&mut look)?;
    }
    Ok(())
}

fn is_read_only(fault: &io::Error) -> bool {
    matches!(fault.kind(), io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied)
}

/// A store that takes in what is found.
struct Taking<'a> {
    writer: Writer,
    verifier: Verifier,
    clock: &'a dyn Clock,
    had: u64,
    waiting: Vec<Recovered>,
    locals: BTreeMap<(String, String), Bytes>,
    salvage: Salvage,
}

impl<'a> Taking<'a> {
    fn new(writer: Writer, office: &OfficeFile, clock: &'a dyn Clock) -> Result<Self, StoreError> {
        let (verifier, had) = (Verifier::new(office.root_pin), writer.store().counter("records"));
        let (waiting, locals, salvage) = (Vec::new(), BTreeMap::new(), Salvage::default());
        Ok(Self { writer, verifier, clock, had, waiting, locals, salvage })
    }

    fn lost(&mut self, damaged: &[journal::Damage]) {
        for damage in damaged {
            if let Lost::Groups { end, groups } = damage.lost {
                self.salvage.groups_lost += groups;
                self.list(format!("segment {} at {} to {end}: {groups} groups", damage.segment, damage.offset));
            }
        }
    }

    fn list(&mut self, range: String) {
        if self.salvage.ranges.len() < RANGES_MAX {
            self.salvage.ranges.push(range);
        }
    }

    fn piece(&mut self, piece: Piece) -> Result<(), StoreError> {
        match piece {
            Piece::Record(record) => self.waiting.push(*record),
            Piece::Local { namespace, .. } if namespace.starts_with(OWN) => {}
            Piece::Local { namespace, key, bytes } => drop(self.locals.insert((namespace, key), bytes)),
            Piece::LocalGone { namespace, key } => drop(self.locals.remove(&(namespace, key))),
            Piece::Hollow => self.salvage.destroyed += 1,
            Piece::Torn(at) => {
                self.salvage.entries_lost += 1;
                self.list(at);
            }
        }
        if self.waiting.len() >= RECORDS { self.take_records() } else { Ok(()) }
    }

    fn take_records(&mut self) -> Result<(), StoreError> {
        let found = std::mem::take(&mut self.waiting);
        let registry = self.writer.store().registry();
        let (from, carried): (Vec<_>, Vec<_>) = found.into_iter().map(|r| ((r.from, r.received_at), r.carried)).unzip();
        let mut good = Vec::new();
        for ((from, received_at), judged) in from.into_iter().zip(self.verifier.judge_all(registry, carried)) {
            match judged {
                Judged::Good(record) => good.push(Salvaged { good: record, from, received_at }),
                Judged::Bad { .. } | Judged::Tombstone { .. } => self.salvage.not_believed += 1,
            }
        }
        let references: Vec<_> = good.iter().map(|salvaged| salvaged.good.record.reference()).collect();
        let store = self.writer.store();
        let mut there = 0;
        for reference in &references {
            there += u64::from(store.find(reference)?.is_some());
        }
        self.commit(Intent::Salvage(good))?;
        let own = store.registry().own().clone();
        for reference in &references {
            let taken = store.find(reference)?.is_some();
            self.salvage.records += u64::from(taken);
            self.salvage.own += u64::from(taken && reference.origin == own);
            self.salvage.not_believed += u64::from(!taken);
        }
        self.salvage.already_there += there;
        Ok(())
    }

    /// What a folder had of its own already counts more than what was found.
    fn finish(mut self) -> Result<Salvage, StoreError> {
        self.take_records()?;
        let store = self.writer.store();
        for ((namespace, key), bytes) in std::mem::take(&mut self.locals) {
            if self.had == 0 || store.local(&namespace, &key)?.is_none() {
                self.commit(Intent::Local { namespace, key, bytes })?;
                self.salvage.locals += 1;
            }
        }
        let registry = store.registry();
        let children = registry.children(registry.own()).filter(|child| child.key.is_some()).map(|child| &child.office);
        for neighbour in children.chain(registry.own_parent()) {
            let (namespace, key) = (WANTED_BACK.to_owned(), neighbour.as_str().to_owned());
            self.commit(Intent::Local { namespace, key, bytes: Bytes::from_static(b"own") })?;
        }
        self.writer.close()?;
        Ok(self.salvage)
    }

    fn commit(&mut self, intent: Intent) -> Result<(), StoreError> {
        let at = Moment { wall: self.clock.wall(), offset_ms: 0, space: Space::Enough };
        self.writer.commit(vec![intent], at).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::*;
    use crate::{
        backup::{
            tests::{House, body, id, local, open, record},
            tolerant::refused,
        },
        clock::SystemClock,
        disk::Disk,
        files::{FileLimits, Files},
        ids::{RecordId, RecordRef},
        random,
        record::{Destruction, Person},
        writer::intent::Destroying,
    };

    fn no_code() -> Option<RecoveryCode> {
        panic!("the key can be read")
    }

    fn salvage(house: &House, to: &str) -> (DataFolder, Salvage) {
        let to = DataFolder::at(house.path(to));
        let wreck = Wreck::of_folder(&house.folder, &mut no_code).unwrap();
        let found = wreck.salvage(&to, &SystemClock::default()).unwrap();
        (to, found)
    }

    /// Records in segments of their own, as far as that goes, and some bytes of a program.
    fn written(house: &House) -> Vec<RecordRef> {
        let mut made = Vec::new();
        for round in 0..6 {
            // A writer that was not closed begins a segment.
            let mut writer = house.open();
            made.push(record(&mut writer, &format!("record {round}")));
            local(&mut writer, "a", ["zero", "one", "two", "three", "four", "five"][round]);
        }
        made
    }

    fn holding(house: &House, text: &str) -> (PathBuf, usize) {
        let segments = fs::read_dir(house.folder.journal()).unwrap().map(|entry| entry.unwrap().path());
        let mut found = segments.filter_map(|path| {
            let bytes = fs::read(&path).unwrap();
            let at = bytes.windows(text.len()).position(|window| window == text.as_bytes())?;
            Some((path, at))
        });
        found.next().unwrap()
    }

    fn change(path: &PathBuf, range: std::ops::Range<usize>) {
        let mut bytes = fs::read(path).unwrap();
        bytes[range].iter_mut().for_each(|byte| *byte ^= 0x55);
        fs::write(path, bytes).unwrap();
    }

    #[test]
    fn of_a_store_that_is_whole_nothing_is_lost() {
        let house = House::new();
        let made = written(&house);
        let (folder, found) = salvage(&house, "new");
        let all = Salvage { records: 7, own: 7, locals: 1, ..Salvage::default() };
        assert_eq!(found, all, "six, and the entry of the root");
        let store = open(&folder).store();
        assert!(made.iter().enumerate().all(|(n, record)| body(&store, record) == Some(format!("record {n}"))));
        assert_eq!(store.local("drafts", "a").unwrap().unwrap(), "five");
        assert_ne!(store.epoch(), house.open().store().epoch());
        let (old, new) = (house.open().store(), &store);
        assert_eq!(old.record(&made[0]).unwrap().unwrap().received_at, new.record(&made[0]).unwrap().unwrap().received_at);
        assert!(fs::read_to_string(folder.path().join(LIST)).unwrap().contains("records = 7"));
    }

    #[test]
    fn what_is_torn_is_counted_and_hides_nothing_else() {
        let house = House::new();
        let made = written(&house);
        let (torn, at) = holding(&house, "record 2");
        change(&torn, at..at + 4);
        let (headless, _) = holding(&house, "record 4");
        change(&headless, 0..1024);
        let lost: Vec<&RecordRef> = made
            .iter()
            .filter(|record| {
                let place = house_place(&house, record);
                place.is_none()
            })
            .collect();
        assert!(lost.len() >= 2, "{lost:?}");
        let (folder, found) = salvage(&house, "new");
        assert!(found.entries_lost >= 1 && found.groups_lost >= 1, "{found:?}");
        assert!(found.ranges.len() as u64 >= 2 && found.ranges[0].starts_with("segment "), "{found:?}");
        assert_eq!(found.records, 1 + (made.len() - lost.len()) as u64, "{found:?}");
        let store = open(&folder).store();
        for record in &made {
            assert_eq!(body(&store, record).is_none(), lost.contains(&record), "{record}");
        }
    }

    /// Where a record can still be read, by looking at the journal alone.
    fn house_place(house: &House, wanted: &RecordRef) -> Option<()> {
        let disk = Arc::new(FileDisk::open(&house.folder.journal()).unwrap());
        let (reader, opened) = journal::look(disk).unwrap();
        let (mut pieces, mut found) = (Pieces::of(reader.clone()), None);
        each_group(&reader, opened.end, |group| {
            for piece in pieces.in_group(group) {
                if let Piece::Record(record) = piece
                    && crate::record::Record::parse(record.carried.record.clone()).unwrap().reference() == *wanted
                {
                    found = Some(());
                }
            }
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn what_is_found_is_added_to_a_folder_of_the_same_office_once() {
        let house = House::new();
        let made = written(&house);
        let (folder, _) = salvage(&house, "new");
        let mut writer = open(&folder);
        let own = record(&mut writer, "its own");
        local(&mut writer, "a", "newer");
        writer.close().unwrap();
        for _ in 0..2 {
            let (_, found) = salvage(&house, "new");
            assert_eq!((found.already_there, found.locals), (7, 0), "{found:?}");
        }
        let store = open(&folder).store();
        assert_eq!(store.counter("records"), made.len() as u64 + 2);
        assert_eq!(
            (body(&store, &own).as_deref(), store.local("drafts", "a").unwrap().unwrap().as_ref()),
            (Some("its own"), b"newer".as_slice())
        );
        let other = House::new();
        let refused = Wreck::of_folder(&house.folder, &mut no_code).unwrap();
        let refused = refused.salvage(&other.folder, &SystemClock::default()).unwrap_err();
        assert!(matches!(refused, RestoreError::Backup(BackupError::AnotherOffice { .. })), "{refused}");
    }

    #[test]
    fn half_a_file_is_never_taken_for_a_whole_one_here_or_there() {
        let house = House::new();
        written(&house);
        let files = Files::open(Arc::new(FileDisk::open(&house.folder.files()).unwrap()), FileLimits::default()).unwrap();
        let put = |text: &[u8]| files.put(text).unwrap().digest.to_string();
        let (whole, cut_off) = (put(b"photo"), put(b"film"));
        fs::write(house.folder.files().join(&cut_off), "fi").unwrap();
        let (folder, found) = salvage(&house, "new");
        assert_eq!((found.files, found.files_lost), (1, 1), "{found:?}");
        let there = folder.files().join(&whole);
        assert_eq!(fs::read(&there).unwrap(), b"photo");
        assert!(!folder.files().join(&cut_off).exists());
        // The disk was full in the middle of an earlier attempt.
        fs::write(&there, "pho").unwrap();
        let (_, found) = salvage(&house, "new");
        assert_eq!(found.files, 1, "{found:?}");
        assert_eq!(fs::read(&there).unwrap(), b"photo");
    }

    #[test]
    fn a_damaged_backup_gives_what_it_has_under_its_code() {
        let house = House::new();
        let made = written(&house);
        let writer = house.open();
        house.back_up(&writer.store());
        let home = Home::find(&house.path("stick")).unwrap();
        let manifest = home.manifest(None).unwrap();
        let torn = manifest
            .segments
            .iter()
            .map(|file| home.path().join(&file.stored))
            .find(|path| fs::read(path).unwrap().windows(8).any(|window| window == b"record 3"));
        let torn = torn.unwrap();
        let at = fs::read(&torn).unwrap().windows(8).position(|window| window == b"record 3").unwrap();
        change(&torn, at..at + 8);
        let wrong = Wreck::of_backup(&home, &manifest, &mut || Some(RecoveryCode::make().unwrap()));
        assert!(matches!(wrong, Err(RestoreError::Backup(BackupError::WrongCode))));
        let wreck = Wreck::of_backup(&home, &manifest, &mut || Some(house.code.clone())).unwrap();
        let to = DataFolder::at(house.path("new"));
        let found = wreck.salvage(&to, &SystemClock::default()).unwrap();
        assert_eq!((found.records, found.entries_lost), (6, 1), "{found:?}");
        let store = open(&to).store();
        assert_eq!((body(&store, &made[3]), body(&store, &made[5]).as_deref()), (None, Some("record 5")));
    }

    #[test]
    fn what_was_destroyed_is_not_salvaged_though_it_may_still_stand_there() {
        let house = House::new();
        let mut writer = house.open();
        let target = record(&mut writer, "CANARY-of-a-person");
        let at = Moment { wall: SystemClock::default().wall(), offset_ms: 0, space: Space::Enough };
        let destroying = Destroying {
            id: RecordId::from_parts(at.wall, random::bytes().unwrap()),
            destruction: Destruction { target: target.clone(), reason: "asked for".into() },
            by: Person { id: "z01".into(), name: "clerk".into() },
        };
        writer.commit(vec![Intent::Destroy(Box::new(destroying))], at).unwrap();
        writer.close().unwrap();
        holding(&house, "CANARY");
        let (folder, found) = salvage(&house, "new");
        assert_eq!(found.records, 3, "the entry, the record without its body, the destruction: {found:?}");
        let store = open(&folder).store();
        assert_eq!(body(&store, &target).as_deref(), Some(""));
        let new = House { folder: folder.clone(), ..house };
        let segments = fs::read_dir(new.folder.journal()).unwrap();
        for segment in segments {
            let bytes = fs::read(segment.unwrap().path()).unwrap();
            assert!(!bytes.windows(6).any(|window| window == b"CANARY"));
        }
    }

    #[test]
    fn bytes_that_the_disk_does_not_give_are_passed_over() {
        struct Bad(Arc<dyn Disk>);
        impl Disk for Bad {
            fn write(&self, _: &str, _: u64, _: &[u8]) -> io::Result<()> {
                Err(refused())
            }
            fn allocate(&self, _: &str, _: u64) -> io::Result<()> {
                Err(refused())
            }
            fn truncate(&self, _: &str, _: u64) -> io::Result<()> {
                Err(refused())
            }
            fn sync(&self, _: &str) -> io::Result<()> {
                Err(refused())
            }
            fn read(&self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
                let bad = 8192..12_288;
                if offset < bad.end && bad.start < offset + len as u64 {
                    Err(io::Error::other("bad sector"))
                } else {
                    self.0.read(name, offset, len)
                }
            }
            fn len(&self, name: &str) -> io::Result<u64> {
                self.0.len(name)
            }
            fn list(&self, prefix: &str) -> io::Result<Vec<String>> {
                self.0.list(prefix)
            }
            fn rename(&self, _: &str, _: &str) -> io::Result<()> {
                Err(refused())
            }
            fn remove(&self, _: &str) -> io::Result<()> {
                Err(refused())
            }
            fn sync_folder(&self) -> io::Result<()> {
                Err(refused())
            }
        }
        let house = House::new();
        let mut writer = house.open();
        let made: Vec<_> = (0..40).map(|n| record(&mut writer, &format!("{n} {}", "x".repeat(500)))).collect();
        writer.close().unwrap();
        let mut wreck = Wreck::of_folder(&house.folder, &mut no_code).unwrap();
        wreck.disk = Tolerant::over(Arc::new(Bad(wreck.disk.inner.clone())));
        let to = DataFolder::at(house.path("new"));
        let found = wreck.salvage(&to, &SystemClock::default()).unwrap();
        let store = open(&to).store();
        let there = made.iter().filter(|record| body(&store, record).is_some()).count() as u64;
        assert!((20..40).contains(&there) && found.unreadable_bytes >= 4096, "{there}: {found:?}");
        assert_eq!(found.records, there + 1, "{found:?}");
        assert!(id("p") == *wreck.office() && body(&store, &made[39]).is_some());
    }
}
