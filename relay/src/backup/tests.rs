//! Backups of a real store on real files, and the office again out of them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use bytes::Bytes;

use super::{
    BackupError, Home, HowFar, Manifest, Reached, Stage, check,
    code::RecoveryCode,
    home::UNFINISHED,
    make::{First, Made, Source, Terms, make},
    new_code,
    restore::{Chosen, MARK, RESTORED, RestoreError, begin},
};
use crate::{
    clock::{Clock as _, SystemClock},
    folder::{DataFolder, FolderError},
    ids::{Lane, OfficeId, RecordId, RecordRef, UnixMillis, Zone},
    join::{NewRoot, found},
    journal::Progress,
    random,
    record::{Audience, Mode, Person},
    registry::OfficeClass,
    relay::{open_index_of, open_writer},
    writer::{
        Moment, Space, Store, Writer,
        intent::{Answer, Draft, Intent},
    },
};

/// An office with its folder, its recovery code and a stick.
pub(super) struct House {
    pub(super) dir: tempfile::TempDir,
    pub(super) folder: DataFolder,
    pub(super) code: RecoveryCode,
}

pub(super) fn id(text: &str) -> OfficeId {
    OfficeId::parse(text).unwrap()
}

pub(super) fn found_at(folder: &DataFolder, office: &str) {
    let by = Person { id: "z01".into(), name: "张三".into() };
    let zone = Zone::parse("gov").unwrap();
    let (office, name, class) = (id(office), "广东省".into(), OfficeClass::Province);
    found(folder, NewRoot { office, name, area_code: String::new(), class, zone, by }, &SystemClock::default()).unwrap();
}

impl House {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(dir.path().join("data"));
        found_at(&folder, "p");
        let code = new_code(&folder, &id("p"), UnixMillis(1)).unwrap();
        fs::create_dir(dir.path().join("stick")).unwrap();
        Self { dir, folder, code }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(super) fn open(&self) -> Writer {
        open(&self.folder)
    }

    fn home(&self) -> Home {
        Home::find(&self.path("stick")).unwrap()
    }

    pub(super) fn back_up(&self, store: &Store) -> Made {
        self.try_back_up(store, &self.path("stick"), 3).unwrap()
    }

    fn try_back_up(&self, store: &Store, to: &Path, keep: usize) -> Result<Made, BackupError> {
        let terms = Terms { at: SystemClock::default().wall(), by: "z01 张三".into(), keep, first: First::Begin };
        make(&Source { store, folder: &self.folder }, to, &terms, &HowFar::default())
    }

    fn chosen(&self, number: Option<u64>) -> Result<Chosen, BackupError> {
        let home = self.home();
        let manifest = home.manifest(number)?;
        Chosen::open(home, manifest, &self.code, &HowFar::default())
    }

    fn restore(&self, name: &str) -> DataFolder {
        let folder = DataFolder::at(self.path(name));
        self.chosen(None).unwrap().restore(&folder, "z01 张三", &SystemClock::default()).unwrap();
        folder
    }
}

pub(super) fn open(folder: &DataFolder) -> Writer {
    let index = open_index_of(folder).unwrap();
    let clock = SystemClock::default();
    open_writer(folder, &folder.office().unwrap(), folder.key().unwrap(), (index, &clock)).unwrap().0
}

fn commit(writer: &mut Writer, intent: Intent) -> Answer {
    let at = Moment { wall: SystemClock::default().wall(), offset_ms: 0, space: Space::Enough };
    writer.commit(vec![intent], at).unwrap().answers.remove(0)
}

/// A record that stays at home.
pub(super) fn record(writer: &mut Writer, body: &str) -> RecordRef {
    let draft = Draft {
        id: RecordId::from_parts(SystemClock::default().wall(), random::bytes().unwrap()),
        kind: "test.record/1".into(),
        subject: "test".into(),
        lane: Lane::Routine,
        audience: vec![Audience::Subtree(id("p"))],
        mode: Mode::Test,
        happened_at: None,
        learnt_at: None,
        person: None,
        corrects: None,
        on_behalf_of: None,
        body: Bytes::copy_from_slice(body.as_bytes()),
    };
    let Answer::Made { reference, .. } = commit(writer, Intent::Submit(Box::new(draft))) else { panic!("it is not made") };
    reference
}

pub(super) fn local(writer: &mut Writer, key: &str, text: &'static str) {
    let (namespace, key) = ("drafts".to_owned(), key.to_owned());
    commit(writer, Intent::Local { namespace, key, bytes: Bytes::from_static(text.as_bytes()) });
}

pub(super) fn body(store: &Store, reference: &RecordRef) -> Option<String> {
    let stored = store.record(reference).unwrap()?;
    Some(String::from_utf8(stored.record.raw().body.to_vec()).unwrap())
}

/// Everything in a folder, with its bytes.
fn all(folder: &Path) -> BTreeSet<(PathBuf, Vec<u8>)> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(all(&path)) } else { found.extend([(path.clone(), fs::read(path).unwrap())]) }
    }
    found
}

#[test]
fn what_was_made_before_a_backup_comes_back_from_it_and_its_numbers_are_not_used_again() {
    let house = House::new();
    let mut writer = house.open();
    let (first, second) = (record(&mut writer, "one"), record(&mut writer, "two"));
    local(&mut writer, "a", "draft");
    house.back_up(&writer.store());
    let after = record(&mut writer, "after the backup");
    writer.close().unwrap();
    let folder = house.restore("new");
    assert_eq!(folder.office().unwrap(), house.folder.office().unwrap());
    assert_eq!(folder.key().unwrap().public(), house.folder.key().unwrap().public());
    assert!(folder.successor_key().exists(), "it lay beside the key when the code was made");
    let (mut again, old) = (open(&folder), house.open());
    let store = again.store();
    assert_eq!(body(&store, &first).as_deref(), Some("one"));
    assert_eq!(body(&store, &second).as_deref(), Some("two"));
    assert_eq!(store.local("drafts", "a").unwrap().unwrap(), "draft");
    assert_eq!(body(&store, &after), None);
    assert_eq!((store.counter("epochs_forked"), old.store().counter("epochs_forked")), (1, 0));
    let here = record(&mut again, "other words");
    let header = |store: &Store, reference| store.record(reference).unwrap().unwrap().record.header().clone();
    let (there, here) = (header(&old.store(), &after), header(&store, &here));
    assert_ne!((there.epoch, there.stream_seq), (here.epoch, here.stream_seq), "a number names one record");
    assert_eq!(header(&store, &second).epoch, there.epoch);
    let noted = store.locals(RESTORED).unwrap();
    assert!(noted.len() == 1 && String::from_utf8_lossy(&noted[0].1).contains("backup 1 of"), "{noted:?}");
}

#[test]
fn a_backup_holds_neither_the_naked_key_nor_the_api_key_nor_the_index() {
    let house = House::new();
    fs::write(house.folder.path().join("api.key"), "an API key that opens the local API").unwrap();
    let mut writer = house.open();
    record(&mut writer, "one");
    house.back_up(&writer.store());
    let key = house.folder.key().unwrap().secret();
    let naked = [data_encoding::HEXLOWER.encode(&key).into_bytes(), key.to_vec()];
    let secrets = [&naked[..], &[b"an API key".to_vec(), house.code.text().into_bytes()]].concat();
    let files = all(&house.path("stick"));
    assert_eq!(files.len(), 5, "manifest, journal, office, certificate, sealed keys: {files:?}");
    for (path, bytes) in files {
        let holds = |secret: &Vec<u8>| bytes.windows(secret.len()).any(|window| window == secret.as_slice());
        assert!(!secrets.iter().any(holds), "{}", path.display());
    }
}

#[test]
fn only_what_is_new_is_copied_and_only_so_many_backups_stay() {
    let house = House::new();
    let mut written = Vec::new();
    let mut before = 0;
    for round in 1..=6 {
        // A writer that was not closed begins a segment.
        let mut writer = house.open();
        written.push(record(&mut writer, &"x".repeat(10_000)));
        let made = house.back_up(&writer.store());
        assert_eq!(made.manifest.number, round);
        assert!(made.copied < 40_000, "round {round}: {} of {}", made.copied, made.manifest.bytes());
        assert!(made.manifest.bytes() > before + 10_000);
        before = made.manifest.bytes();
        let numbers: Vec<u64> = house.home().manifests().unwrap().iter().map(|listed| listed.number).collect();
        assert_eq!(numbers, (1..=round).rev().take(3).collect::<Vec<_>>());
        for number in numbers {
            let manifest = house.home().manifest(Some(number)).unwrap();
            assert!(
                check::check(&house.home(), &manifest, &HowFar::default()).unwrap().is_whole(),
                "backup {number} in round {round}"
            );
        }
    }
    let folder = DataFolder::at(house.path("older"));
    house.chosen(Some(5)).unwrap().restore(&folder, "z01 张三", &SystemClock::default()).unwrap();
    let store = open(&folder).store();
    let there: Vec<bool> = written.iter().map(|reference| body(&store, reference).is_some()).collect();
    assert_eq!(there, [true, true, true, true, true, false]);
}

#[test]
fn a_stick_that_was_pulled_out_in_the_middle_still_has_the_backup_before() {
    let house = House::new();
    let mut writer = house.open();
    let first = record(&mut writer, "one");
    house.back_up(&writer.store());
    let whole = all(&house.path("stick"));
    drop(writer);
    let mut writer = house.open();
    record(&mut writer, "two");
    house.back_up(&writer.store());
    let all_of_it = all(&house.path("stick"));
    let last: Vec<_> = all_of_it.difference(&whole).cloned().collect();
    let (manifest, files): (Vec<_>, Vec<_>) = last.into_iter().partition(|(path, _)| path.extension().is_some());
    assert_eq!(manifest.len(), 1);
    // In the order in which they were written: some files, one of them half; at the end the manifest, half.
    for missing in 0..=files.len() {
        fs::remove_dir_all(house.path("stick")).unwrap();
        fs::create_dir_all(house.home_path()).unwrap();
        for (path, bytes) in whole.iter().chain(&files[..files.len() - missing]) {
            fs::write(path, bytes).unwrap();
        }
        let half = if missing == 0 { &manifest[0].1 } else { &files[files.len() - missing].1 };
        fs::write(house.home_path().join(UNFINISHED), &half[..half.len() / 2]).unwrap();
        assert_eq!(house.home().manifest(None).unwrap().number, 1);
        let folder = house.restore(&format!("new{missing}"));
        assert_eq!(body(&open(&folder).store(), &first).as_deref(), Some("one"));
    }
    let made = house.back_up(&writer.store());
    assert_eq!(made.manifest.number, 2);
    assert_eq!(all(&house.path("stick")).len(), all_of_it.len(), "what was left over is gone");
}

#[test]
fn a_stick_that_forgets_gets_what_it_has_lost_again_with_the_next_backups() {
    let house = House::new();
    for _ in 0..3 {
        let mut writer = house.open();
        record(&mut writer, "one");
        house.back_up(&writer.store());
    }
    let writer = house.open();
    house.back_up(&writer.store());
    for (path, bytes) in all(&house.path("stick")).into_iter().filter(|(path, _)| path.extension().is_none()) {
        let mut changed = bytes;
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(path, changed).unwrap();
    }
    let segments = writer.store().journal().durable().0.len();
    (0..segments).for_each(|_| drop(house.back_up(&writer.store())));
    let manifest = house.home().manifest(None).unwrap();
    assert_eq!(check::check(&house.home(), &manifest, &HowFar::default()).unwrap(), check::Checked::default());
}

#[test]
fn what_was_destroyed_leaves_the_backups_with_the_next_one() {
    let house = House::new();
    let mut writer = house.open();
    let kept = record(&mut writer, "kept");
    let destroyed = record(&mut writer, "CANARY-of-a-person");
    house.back_up(&writer.store());
    record(&mut writer, "makes the segment longer");
    // What comes last moves to a segment of its own.
    record(&mut writer, "moves");
    drop(writer);
    let mut writer = house.open();
    let later = record(&mut writer, "later");
    // The one with the record in its last segment, and the one with it in an earlier segment.
    house.back_up(&writer.store());
    let store = writer.store();
    let canary =
        || all(&house.path("stick")).into_iter().filter(|(_, bytes)| bytes.windows(6).any(|window| window == b"CANARY")).count();
    assert_eq!(canary(), 2);
    let places = [store.find(&destroyed).unwrap().unwrap().0].into();
    let mut hollowing = store.journal().hollowing(&places);
    while hollowing.step(u64::MAX).unwrap() == Progress::More {}
    house.back_up(&store);
    assert_eq!(canary(), 0);
    assert_eq!(house.home().manifests().unwrap().len(), 1);
    let store = open(&house.restore("new")).store();
    assert_eq!(body(&store, &kept).as_deref(), Some("kept"));
    assert_eq!(body(&store, &later).as_deref(), Some("later"));
    assert!(store.journal().frame(store.find(&destroyed).unwrap().unwrap().0).unwrap().body.is_empty());
}

#[test]
fn files_beside_records_are_copied_once_come_back_and_leave_when_they_are_destroyed() {
    let house = House::new();
    let beside = house.folder.path().join("files");
    fs::create_dir_all(&beside).unwrap();
    let names = ["ab".repeat(32), "cd".repeat(32)];
    fs::write(beside.join(&names[0]), "photo").unwrap();
    // What is being pulled is no file yet.
    fs::write(beside.join(format!("{}.part", names[1])), "half of it").unwrap();
    fs::write(beside.join(format!("{}.want", names[1])), "100000").unwrap();
    fs::write(beside.join("new-1"), "being put here").unwrap();
    let writer = house.open();
    house.back_up(&writer.store());
    let held = |folder: &DataFolder| all(&folder.path().join("files")).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    let first = house.restore("first");
    assert_eq!(held(&first), [first.path().join("files").join(&names[0])]);
    fs::write(beside.join(&names[1]), "x".repeat(100_000)).unwrap();
    assert!(house.back_up(&writer.store()).copied > 100_000);
    assert!(house.back_up(&writer.store()).copied < 50_000, "it is there already");
    let restored = house.restore("new");
    let there = all(&restored.path().join("files"));
    assert_eq!(there.into_iter().map(|(_, bytes)| bytes.len()).collect::<Vec<_>>(), [5, 100_000]);
    fs::remove_file(beside.join(&names[0])).unwrap();
    house.back_up(&writer.store());
    assert!(!all(&house.path("stick")).into_iter().any(|(_, bytes)| bytes == b"photo"));
    assert_eq!(house.home().manifests().unwrap().len(), 1, "those that had it are gone");
}

impl House {
    fn home_path(&self) -> PathBuf {
        self.path("stick").join("dutynet-p")
    }
}

#[test]
fn other_things_on_a_stick_stay_as_they_are_and_another_offices_backups_are_refused() {
    let house = House::new();
    let writer = house.open();
    house.back_up(&writer.store());
    let mine = ["photo.jpg", "file-of-mine", "segment-old", "manifest-1.toml", "notes.part"];
    for name in mine {
        fs::write(house.home_path().join(name), name).unwrap();
    }
    house.back_up(&writer.store());
    assert!(mine.iter().all(|name| fs::read_to_string(house.home_path().join(name)).unwrap() == *name));
    // The same id in another tree.
    let other = House::new();
    let opened = other.open();
    let refused = other.try_back_up(&opened.store(), &house.path("stick"), 1).unwrap_err();
    assert!(matches!(refused, BackupError::AnotherOffice { .. }), "{refused}");
    assert_eq!(house.home().manifests().unwrap().len(), 2);
    let absent = house.try_back_up(&writer.store(), &house.path("away"), 1).unwrap_err();
    assert!(matches!(absent, BackupError::Absent(_)), "{absent}");
}

#[test]
fn a_folder_without_a_recovery_code_is_not_backed_up() {
    let house = House::new();
    fs::remove_file(house.folder.sealed_keys()).unwrap();
    let writer = house.open();
    let refused = house.try_back_up(&writer.store(), &house.path("stick"), 1).unwrap_err();
    assert!(matches!(refused, BackupError::NoCode), "{refused}");
    assert!(all(&house.path("stick")).is_empty());
}

#[test]
fn an_old_backup_opens_with_the_code_of_its_time() {
    let house = House::new();
    let writer = house.open();
    house.back_up(&writer.store());
    let newer = new_code(&house.folder, &id("p"), UnixMillis(2)).unwrap();
    house.back_up(&writer.store());
    let open = |number, code: &RecoveryCode| {
        let manifest = house.home().manifest(Some(number)).unwrap();
        Chosen::open(house.home(), manifest, code, &HowFar::default()).map(drop)
    };
    assert!(open(1, &house.code).is_ok() && open(2, &newer).is_ok());
    assert!(matches!(open(1, &newer), Err(BackupError::WrongCode)));
    assert!(matches!(open(2, &house.code), Err(BackupError::WrongCode)));
}

#[test]
fn a_backup_with_any_file_changed_cut_or_gone_is_not_restored_and_nothing_is_half_done() {
    let house = House::new();
    let mut writer = house.open();
    record(&mut writer, "one");
    drop(writer);
    let mut writer = house.open();
    record(&mut writer, "two");
    house.back_up(&writer.store());
    let target = DataFolder::at(house.path("new"));
    for (path, bytes) in all(&house.path("stick")) {
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        for wrong in [Some(changed.as_slice()), Some(&bytes[..middle]), None] {
            match wrong {
                Some(wrong) => fs::write(&path, wrong).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            let refused = Home::find(&house.path("stick")).and_then(|home| {
                let manifest = home.manifest(None)?;
                Chosen::open(home, manifest, &house.code, &HowFar::default()).map(drop)
            });
            let refused = refused.unwrap_err();
            let expected = matches!(refused, BackupError::Damaged { .. } | BackupError::Empty(_));
            assert!(expected, "{}: {refused}", path.display());
            assert!(!target.path().exists());
        }
        fs::write(&path, bytes).unwrap();
    }
    house.chosen(None).unwrap().restore(&target, "z01 张三", &SystemClock::default()).unwrap();
}

#[test]
fn nothing_is_restored_over_anything() {
    let house = House::new();
    let writer = house.open();
    house.back_up(&writer.store());
    let chosen = house.chosen(None).unwrap();
    let restore = |folder: &DataFolder| chosen.restore(folder, "z01 张三", &SystemClock::default());
    let taken = restore(&house.folder).unwrap_err();
    assert!(matches!(taken, RestoreError::Folder(FolderError::Taken { .. })), "{taken}");
    let (full, used) = (DataFolder::at(house.path("full")), DataFolder::at(house.path("used")));
    fs::create_dir(full.path()).unwrap();
    fs::write(full.path().join("letter.doc"), "mine").unwrap();
    let not_empty = restore(&full).unwrap_err();
    assert!(matches!(not_empty, RestoreError::NotEmpty { .. }), "{not_empty}");
    assert_eq!(all(full.path()).len(), 1);
    fs::create_dir(used.path()).unwrap();
    fs::write(used.path().join(MARK), "").unwrap();
    let lock = used.lock().unwrap();
    let locked = restore(&used).unwrap_err();
    assert!(matches!(locked, RestoreError::Folder(FolderError::Locked(_))), "{locked}");
    drop(lock);
    restore(&used).unwrap();
}

#[test]
fn a_restore_that_was_broken_off_belongs_to_nobody_and_is_begun_anew() {
    let house = House::new();
    let mut writer = house.open();
    let first = record(&mut writer, "one");
    house.back_up(&writer.store());
    let done = house.restore("done");
    let files = all(done.path());
    // As if it had been broken off after any of the files, in an order that none of them depends on.
    for (place, (broken, _)) in files.iter().enumerate() {
        let folder = DataFolder::at(house.path(&format!("broken{place}")));
        folder.create().unwrap();
        fs::write(folder.path().join(MARK), "").unwrap();
        for (path, bytes) in files.iter().filter(|(path, _)| path != broken && !path.ends_with("office.toml")) {
            let to = folder.path().join(path.strip_prefix(done.path()).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, bytes).unwrap();
        }
        assert!(matches!(folder.office(), Err(FolderError::Empty(_))), "nobody can serve from it");
        house.chosen(None).unwrap().restore(&folder, "z01 张三", &SystemClock::default()).unwrap();
        assert!(!folder.path().join(MARK).exists());
        let store = open(&folder).store();
        assert_eq!((body(&store, &first).as_deref(), store.counter("epochs_forked")), (Some("one"), 1));
    }
}

#[test]
fn a_manifest_of_a_newer_program_is_left_alone() {
    let house = House::new();
    let writer = house.open();
    let made = house.back_up(&writer.store());
    let newer = Manifest { number: 2, ..made.manifest }.to_text_of_version(2);
    fs::write(house.home_path().join("manifest-00000002.toml"), newer).unwrap();
    assert!(matches!(house.chosen(None), Err(BackupError::Newer(_))));
    let refused = house.try_back_up(&writer.store(), &house.path("stick"), 1).unwrap_err();
    assert!(matches!(refused, BackupError::Newer(_)), "{refused}");
    assert_eq!(house.home().manifests().unwrap().len(), 2);
}

#[test]
fn a_backup_that_is_made_checked_and_restored_says_how_far_it_is() {
    let house = House::new();
    let mut writer = house.open();
    (0..4).for_each(|_| drop(record(&mut writer, &"long ".repeat(3000))));
    let beside = house.folder.path().join("files");
    fs::create_dir_all(&beside).unwrap();
    fs::write(beside.join("0".repeat(64)), [7; 1000]).unwrap();
    // It cannot be read: the making ends there, and what it says then is how far it was.
    let harmed = beside.join("f".repeat(64));
    fs::create_dir(&harmed).unwrap();
    let (far, terms) = (HowFar::default(), Terms { at: UnixMillis(1), by: "z01".into(), keep: 3, first: First::Begin });
    let store = writer.store();
    let source = Source { store: &store, folder: &house.folder };
    make(&source, &house.path("stick"), &terms, &far).unwrap_err();
    let reached = far.reached();
    assert_eq!((reached.stage, reached.files, reached.of_files, reached.bytes), (Stage::Copying, 1, 3, 1000));
    assert!(reached.of_bytes > 50_000, "{reached:?}");

    fs::remove_dir(&harmed).unwrap();
    let made = make(&source, &house.path("stick"), &terms, &far).unwrap();
    let all: u64 = made.manifest.segments.iter().map(|file| file.segment.bytes).sum();
    let read_all = |reached: Reached| {
        // The first bytes of a segment say what it is, and the groups follow: few are never looked at.
        assert!(reached.bytes > all * 9 / 10 && reached.of_bytes == all, "{reached:?} of {all}");
        reached.stage
    };
    assert_eq!(read_all(far.reached()), Stage::ReadingBack);

    let (home, manifest) = (house.home(), house.home().manifest(None).unwrap());
    assert!(check::check_files(&home, &manifest, &far).is_empty());
    let whole = |stage, files: usize, bytes| {
        let files = u64::try_from(files).unwrap();
        Reached { stage, files, of_files: files, bytes, of_bytes: bytes }
    };
    assert_eq!(far.reached(), whole(Stage::Checking, manifest.stored().count(), manifest.bytes()));
    let chosen = Chosen::open(home, manifest.clone(), &house.code, &far).unwrap();
    assert_eq!(read_all(far.reached()), Stage::Journal);
    let folder = DataFolder::at(house.path("new"));
    begin(&folder).unwrap();
    chosen.copy(&folder).unwrap();
    assert_eq!(far.reached(), whole(Stage::Copying, manifest.segments.len() + 1, all + 1000));
    chosen.restore(&folder, "z01 张三", &SystemClock::default()).unwrap();
    assert_eq!(far.reached(), Reached { stage: Stage::Opening, ..Reached::default() });
}
