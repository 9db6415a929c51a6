//! Attachments over a real store: what is refused leaves no file and no record, and what is sent twice is one.

use dutynet_relay::ids::RecordRef;

use super::*;
use crate::{domain::attachment::FILES_MAX, usecase::matter::tests::call};

const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photograph";

fn asked(id: u8, to: &str) -> AddAttachments {
    AddAttachments { id: record_id(id), record: to.into(), stated_plain_by: "张三".into(), by: by() }
}

/// How a client sends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sends {
    /// All of it.
    Everything,
    /// It breaks off after the last file.
    NoEnd,
    /// It breaks off inside of the last file.
    NoEndOfFile,
}

impl House {
    async fn add(&self, asked: AddAttachments, files: &[(&str, &[u8])]) -> Result<AddedAttachments, Refused> {
        let files: Vec<_> = files.iter().map(|(name, bytes)| (*name, *bytes, bytes.len() as u64)).collect();
        self.send(asked, &files, Sends::Everything).await
    }

    async fn send(&self, asked: AddAttachments, files: &[(&str, &[u8], u64)], sends: Sends) -> Result<AddedAttachments, Refused> {
        let (to, from) = incoming();
        let sending = async move {
            for (at, (name, content, bytes)) in files.iter().enumerate() {
                let (file, pieces) = pieces(Some(*bytes));
                let begins = SentFile::Begins { name: (*name).into(), bytes: Some(*bytes), pieces };
                if to.send(begins).await.is_err() {
                    return;
                }
                for piece in content.chunks(10) {
                    // Nobody takes it any more when it was refused.
                    let _ = file.send(Some(bytes::Bytes::copy_from_slice(piece))).await;
                }
                if sends == Sends::NoEndOfFile && at + 1 == files.len() {
                    return;
                }
                let _ = file.send(None).await;
            }
            if sends == Sends::Everything {
                let _ = to.send(SentFile::Ended).await;
            }
        };
        tokio::join!(self.office.add_attachments(asked, from), sending).0
    }

    /// Adds one that is here already.
    async fn pass(&self, asked: AddAttachments, (record, file): (&str, &str)) -> Result<AddedAttachments, Refused> {
        let (to, from) = incoming();
        let sending = async move {
            for sent in [SentFile::Passes { record: record.into(), file: file.into() }, SentFile::Ended] {
                // Nobody takes it any more when it was refused.
                let _ = to.send(sent).await;
            }
        };
        tokio::join!(self.office.add_attachments(asked, from), sending).0
    }

    /// Nothing else than this stands in the folder of files.
    fn has_files(&self, count: usize) {
        let files = std::fs::read_dir(self.folder.path().join("files")).unwrap().count();
        assert_eq!(files, count);
        assert_eq!(self.office.status().store.files.held, count as u64);
    }

    async fn incident(&self) -> RecordRef {
        self.office.take_step(call(1)).await.unwrap().matter
    }

    async fn read(&self, matter: &str, name: &str) -> Vec<u8> {
        let row = self.office.open_attachment(matter, name).await.unwrap();
        self.office.read_attachment(row.file, 0).await.unwrap().to_vec()
    }
}

#[tokio::test]
async fn files_belong_to_a_step_under_a_statement_and_come_out_as_they_went_in() {
    let house = House::new();
    let matter = house.incident().await;
    let number = crate::domain::number::Number::of(&matter).to_string();
    assert_eq!(house.office.attachments(&number).await.unwrap(), []);
    let added = house.add(asked(2, &number), &[("现场.jpg", PHOTO), ("水位.txt", "3.2 米".as_bytes())]).await.unwrap();
    assert!(!added.folded);
    let rows = house.office.attachments(&matter.to_string()).await.unwrap();
    assert_eq!(rows, added.files);
    let said = rows[0].said.as_ref().unwrap();
    assert_eq!((said.name.as_str(), said.media_type.as_str(), said.stated_plain_by.as_str()), ("现场.jpg", "image/jpeg", "张三"));
    assert_eq!((&said.belongs_to, rows[0].place, rows[0].by.clone()), (&matter, FilePlace::Here, by()));
    assert_eq!(house.read(&number, "现场.jpg").await, PHOTO);
    assert_eq!(house.read(&number, &rows[1].file.digest.to_string()[..8]).await, "3.2 米".as_bytes());
    // A photograph is named by its record, too.
    assert_eq!(house.office.attachments(&added.reference.to_string()).await.unwrap(), rows);
    house.has_files(2);
    let header = house.office.relay().store().record(&added.reference).unwrap().unwrap().record.header().clone();
    assert_eq!((header.lane(), header.subject), (Lane::Routine, matter.to_string()), "never before a flash record");
}

#[tokio::test]
async fn the_same_files_with_the_same_id_are_one_record_and_another_id_another() {
    let house = House::new();
    let matter = house.incident().await.to_string();
    let first = house.add(asked(2, &matter), &[("a.jpg", PHOTO)]).await.unwrap();
    let again = house.add(asked(2, &matter), &[("a.jpg", PHOTO)]).await.unwrap();
    assert_eq!((again.reference, again.folded), (first.reference, true));
    let other = house.add(asked(2, &matter), &[("b.jpg", PHOTO)]).await.unwrap_err();
    assert_eq!(other.refusal, Refusal::RecordIdUsed);
    house.has_files(1);
    assert_eq!(house.add(asked(3, &matter), &[("a.jpg", PHOTO)]).await.unwrap_err().refusal, Refusal::AttachmentNameTwice);
    house.add(asked(3, &matter), &[("b.jpg", PHOTO)]).await.unwrap();
    house.has_files(1);
    assert_eq!(house.office.attachments(&matter).await.unwrap().len(), 2);
    let two = house.add(asked(4, &matter), &[("c.jpg", b"\xff\xd8\xff 1"), ("c.jpg", b"\xff\xd8\xff 2")]).await.unwrap_err();
    assert_eq!(two.refusal, Refusal::AttachmentNameTwice);
    house.has_files(1);
}

#[tokio::test]
async fn what_is_refused_leaves_no_file_and_no_record() {
    let house = House::new();
    let matter = house.incident().await.to_string();
    let before = house.records();
    let long = "长".repeat(97) + ".jpg";
    let fine: (&str, &[u8]) = ("a.jpg", PHOTO);
    let table: [(&str, &[u8], Refusal); 13] = [
        ("", PHOTO, Refusal::AttachmentName),
        (&long, PHOTO, Refusal::AttachmentName),
        ("../a.jpg", PHOTO, Refusal::AttachmentName),
        ("a\u{202e}gpj.exe", PHOTO, Refusal::AttachmentName),
        ("机密★5年.jpg", PHOTO, Refusal::SecrecyMark),
        ("[秘密]_会议.jpg", PHOTO, Refusal::SecrecyMark),
        ("a.exe", PHOTO, Refusal::AttachmentKind),
        ("a.png", PHOTO, Refusal::AttachmentOther),
        ("b.jpg", b"MZ\x90\0 a program", Refusal::AttachmentRuns),
        ("a.docx", b"Rar!\x1a\x07", Refusal::AttachmentPacked),
        ("a.pdf", b"%PDF-1.7 /Encrypt 5 0 R", Refusal::AttachmentLocked),
        ("a.txt", "绝密★启用前\n".as_bytes(), Refusal::SecrecyMark),
        ("empty.jpg", b"", Refusal::AttachmentSize),
    ];
    for (name, bytes, wanted) in table {
        // A good one before it goes with it.
        let refused = house.add(asked(2, &matter), &[fine, (name, bytes)]).await.unwrap_err();
        assert_eq!(refused.refusal, wanted, "{name:?}");
        house.has_files(0);
    }
    let many: Vec<String> = (0..=FILES_MAX).map(|n| format!("{n}.jpg")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), PHOTO)).collect();
    assert_eq!(house.add(asked(2, &matter), &many).await.unwrap_err().refusal, Refusal::AttachmentTooMany);
    let nobody = AddAttachments { stated_plain_by: "  ".into(), ..asked(2, &matter) };
    assert_eq!(house.add(nobody, &[fine]).await.unwrap_err().refusal, Refusal::AttachmentNotPlain);
    let nobody = AddAttachments { by: None, ..asked(2, &matter) };
    assert_eq!(house.add(nobody, &[fine]).await.unwrap_err().refusal, Refusal::PersonMissing);
    assert_eq!(house.add(asked(2, &matter), &[]).await.unwrap_err().refusal, Refusal::AttachmentBroken, "nothing");
    assert_eq!(house.records(), before);
    house.has_files(0);
    assert_eq!(house.office.attachments(&matter).await.unwrap(), []);
}

#[tokio::test]
async fn what_breaks_off_or_is_not_as_long_as_was_said_leaves_nothing() {
    let house = House::new();
    let matter = house.incident().await.to_string();
    let before = house.records();
    let len = PHOTO.len() as u64;
    let largest = house.office.relay().file_bytes_max();
    for (bytes, sends, wanted) in [
        (len, Sends::NoEnd, Refusal::AttachmentBroken),
        (len, Sends::NoEndOfFile, Refusal::AttachmentBroken),
        (len - 1, Sends::Everything, Refusal::AttachmentBroken),
        (len + 1, Sends::Everything, Refusal::AttachmentBroken),
        (largest + 1, Sends::Everything, Refusal::AttachmentSize),
    ] {
        let files = [("b.png", b"\x89PNG\r\n\x1a\n".as_slice(), 8), ("a.jpg", PHOTO, bytes)];
        assert_eq!(house.send(asked(2, &matter), &files, sends).await.unwrap_err().refusal, wanted, "{bytes}");
        house.has_files(0);
    }
    assert_eq!(house.records(), before);
}

#[tokio::test]
async fn files_are_added_to_what_this_office_has_said_and_to_nothing_else() {
    let house = House::new();
    let filed = house.file(9, "zero", 0).await.unwrap();
    let photo: [(&str, &[u8]); 1] = [("a.jpg", PHOTO)];
    let report = filed.reference.to_string();
    house.add(asked(2, &report), &photo).await.unwrap();
    assert_eq!(house.office.attachments(&report).await.unwrap().len(), 1, "a report has files as a step has");
    let refusal = async |to: &str| house.add(asked(3, to), &photo).await.unwrap_err().refusal;
    assert_eq!(refusal("没有").await, Refusal::MatterNumberInvalid);
    assert_eq!(refusal("0701-000000").await, Refusal::NoticeUnknown);
    assert_eq!(refusal(&format!("440800/{}", record_id(1))).await, Refusal::AttachmentNotOwn);
    assert_eq!(refusal(&format!("440000/{}", record_id(77))).await, Refusal::RecordUnknown);
    let attached = RecordRef { origin: house.office.own().clone(), id: record_id(2) };
    assert_eq!(refusal(&attached.to_string()).await, Refusal::AttachmentNotOwn, "files have no files");
    house.has_files(1);
    let unknown = house.office.open_attachment(&report, "b.jpg").await.unwrap_err();
    assert_eq!(unknown.refusal, Refusal::AttachmentUnknown);
}

#[tokio::test]
async fn a_file_that_is_here_is_passed_on_under_a_statement_of_its_own_and_comes_no_second_time() {
    let house = House::new();
    let matter = house.incident().await.to_string();
    let report = house.file(9, "zero", 0).await.unwrap().reference.to_string();
    house.add(asked(2, &matter), &[("a.jpg", PHOTO)]).await.unwrap();
    let nobody = AddAttachments { stated_plain_by: String::new(), ..asked(3, &report) };
    assert_eq!(house.pass(nobody, (&matter, "a.jpg")).await.unwrap_err().refusal, Refusal::AttachmentNotPlain);
    assert_eq!(house.pass(asked(3, &report), (&matter, "b.jpg")).await.unwrap_err().refusal, Refusal::AttachmentUnknown);
    let passed = AddAttachments { stated_plain_by: "李四".into(), ..asked(3, &report) };
    let passed = house.pass(passed, (&matter, "a.jpg")).await.unwrap();
    let said = passed.files[0].said.as_ref().unwrap();
    assert_eq!((said.stated_plain_by.as_str(), said.belongs_to.to_string()), ("李四", report.clone()));
    assert_eq!(house.pass(asked(4, &report), (&matter, "a.jpg")).await.unwrap_err().refusal, Refusal::AttachmentNameTwice);
    house.has_files(1);
    assert_eq!(house.read(&report, "a.jpg").await, PHOTO);
}

#[tokio::test]
async fn files_of_a_record_that_was_destroyed_are_shown_as_gone_without_their_names() {
    let house = House::new();
    let matter = house.incident().await.to_string();
    let added = house.add(asked(2, &matter), &[("a.jpg", PHOTO)]).await.unwrap();
    let destroy = Destroy { id: record_id(3), record: added.reference.to_string(), reason: "误传".into(), by: by() };
    house.office.destroy(destroy).await.unwrap();
    let rows = house.office.attachments(&matter).await.unwrap();
    assert_eq!((rows.len(), rows[0].place, rows[0].said.clone()), (1, FilePlace::Gone, None));
    let name = rows[0].file.digest.to_string();
    assert_eq!(house.office.fetch_attachment(&matter, &name).await.unwrap_err().refusal, Refusal::AttachmentGone);
}

#[tokio::test]
async fn files_go_with_the_record_that_they_belong_to() {
    let house = House::new();
    let matter = house.incident().await.to_string();
    for (id, name) in [(2, "a.jpg"), (3, "b.jpg")] {
        house.add(asked(id, &matter), &[(name, PHOTO)]).await.unwrap();
    }
    let destroy = |id| Destroy { id: record_id(id), record: matter.clone(), reason: "误传".into(), by: by() };
    house.office.destroy(destroy(4)).await.unwrap();
    let rows = house.office.attachments(&matter).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.place, row.said.is_some())).collect();
    assert_eq!(told, [(FilePlace::Gone, false); 2]);
    assert!(house.office.destroy(destroy(4)).await.unwrap().folded, "again");
}

#[tokio::test]
async fn what_was_taken_and_never_named_is_gone_after_the_next_start_and_the_rest_is_not() {
    let house = House::new();
    let matter = house.incident().await.to_string();
    house.add(asked(2, &matter), &[("a.jpg", PHOTO)]).await.unwrap();
    house.office.relay().put_file(std::io::Cursor::new(b"killed before it was named".to_vec())).await.unwrap();
    house.has_files(2);
    let house = House::open(house.close().await, at("2026-07-01", "10:00"));
    house.has_files(2);
    forget_unnamed_by_itself(house.office.clone()).await;
    house.has_files(1);
    assert_eq!(house.read(&matter, "a.jpg").await, PHOTO);
}
