//! Names and contents: what is taken, and everything that is not.

use super::*;

fn judged(name: &str, bytes: &[u8]) -> Result<&'static str, NotTaken> {
    let part = |offset: u64, count: usize| {
        let from = usize::try_from(offset).unwrap().min(bytes.len());
        Some(bytes[from..bytes.len().min(from.saturating_add(count))].to_vec())
    };
    let content = Content { bytes: bytes.len() as u64, part: &part };
    judge(&FileName::parse(name).unwrap(), &content).map(|kind| kind.media_type)
}

/// An archive with these entries, of which nothing but the list is read.
pub(crate) fn archive(names: &[&str], flags: u16) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04 what is packed".to_vec();
    let offset = u32::try_from(bytes.len()).unwrap();
    for name in names {
        let mut entry = [0; 46];
        entry[..4].copy_from_slice(b"PK\x01\x02");
        entry[8..10].copy_from_slice(&flags.to_le_bytes());
        entry[28..30].copy_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        entry[30..32].copy_from_slice(&3_u16.to_le_bytes());
        bytes.extend([&entry[..], name.as_bytes(), b"xyz"].concat());
    }
    let len = u32::try_from(bytes.len()).unwrap() - offset;
    let mut end = [0; 22];
    end[..4].copy_from_slice(b"PK\x05\x06");
    end[12..16].copy_from_slice(&len.to_le_bytes());
    end[16..20].copy_from_slice(&offset.to_le_bytes());
    bytes.extend(end);
    bytes
}

#[test]
fn a_name_is_one_line_that_is_safe_on_every_machine() {
    for fine in ["现场.jpg", "a.b.PDF", "2026-07-01 会议(终稿).docx", &format!("{}.jpg", "长".repeat(96))] {
        assert_eq!(FileName::parse(fine).unwrap().as_str(), fine);
    }
    for (bad, fault) in [
        ("", NameFault::Length),
        ("   ", NameFault::Length),
        (&format!("{}.jpg", "长".repeat(97)), NameFault::Length),
        ("a\nb.jpg", NameFault::Character),
        ("a\0.jpg", NameFault::Character),
        ("a\u{202e}gpj.exe", NameFault::Character),
        ("../a.jpg", NameFault::Character),
        ("a\\b.jpg", NameFault::Character),
        ("c:a.jpg", NameFault::Character),
        ("a?.jpg", NameFault::Character),
        (".jpg", NameFault::Dot),
        ("a.jpg.", NameFault::Dot),
        ("a.jpg ", NameFault::Dot),
    ] {
        assert_eq!(FileName::parse(bad), Err(fault), "{bad:?}");
    }
    assert_eq!(FileName::parse("a.JPeG").unwrap().extension(), "jpeg");
    assert_eq!(FileName::parse("没有").unwrap().extension(), "");
}

#[test]
fn every_format_is_known_by_its_first_bytes_and_by_nothing_else() {
    let word = archive(&["[Content_Types].xml", "word/document.xml"], 0);
    let sheet = archive(&["[Content_Types].xml", "xl/workbook.xml"], 0);
    let slides = archive(&["[Content_Types].xml", "ppt/presentation.xml"], 0);
    let ofd = archive(&["OFD.xml", "Doc_0/Document.xml"], 0);
    let table: [(&str, &[u8]); 26] = [
        ("a.jpg", b"\xff\xd8\xff\xe0 .."),
        ("a.png", b"\x89PNG\r\n\x1a\n .."),
        ("a.gif", b"GIF89a .."),
        ("a.webp", b"RIFF....WEBP"),
        ("a.heic", b"\0\0\0\x18ftypheic"),
        ("a.tif", b"II*\0 .."),
        ("a.mp3", b"ID3 .."),
        ("b.mp3", b"\xff\xfb .."),
        ("a.aac", b"\xff\xf1 .."),
        ("a.wav", b"RIFF....WAVE"),
        ("a.amr", b"#!AMR\n"),
        ("a.m4a", b"\0\0\0\x18ftypM4A "),
        ("a.mp4", b"\0\0\0\x18ftypisom"),
        ("a.mov", b"\0\0\0\x18ftypqt  "),
        ("a.3gp", b"\0\0\0\x18ftyp3gp5"),
        ("a.avi", b"RIFF....AVI "),
        ("a.pdf", b"%PDF-1.7 .."),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 .."),
        ("a.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 .."),
        ("a.docx", &word),
        ("a.xlsx", &sheet),
        ("a.pptx", &slides),
        ("a.ofd", &ofd),
        ("a.txt", "\u{feff}水位 3.2 米\r\n".as_bytes()),
        ("a.csv", "县,人数\n廉江,3\n".as_bytes()),
        ("a.jpeg", b"\xff\xd8\xff\xe1 .."),
    ];
    for (name, bytes) in table {
        let kind = FileName::parse(name).unwrap().kind().unwrap();
        assert_eq!(judged(name, bytes), Ok(kind.media_type), "{name}");
        let other = if kind.shape == super::kind::Shape::Png { "a.jpg" } else { "a.png" };
        assert_eq!(judged(other, bytes), Err(NotTaken::NotWhatItsNameSays), "{name} as {other}");
    }
    assert_eq!(judged("a.jpg", b"\0\x01\x02"), Err(NotTaken::NotWhatItsNameSays));
    assert_eq!(judged("a.txt", b"\xd6\xb5\xb0\xe0"), Err(NotTaken::NotWhatItsNameSays), "no UTF-8");
    assert_eq!(judged("a.exe", b"\xff\xd8\xff"), Err(NotTaken::Extension));
    assert_eq!(judged("现场", b"\xff\xd8\xff"), Err(NotTaken::Extension));
}

#[test]
fn what_runs_is_refused_whatever_it_is_called() {
    let macros = archive(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"], 0);
    let ole = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[7; 300_000], b"_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0"].concat();
    for (name, bytes) in [
        ("a.jpg", b"MZ\x90\0".as_slice()),
        ("a.pdf", b"\x7fELF"),
        ("a.doc", b"\xca\xfe\xba\xbe"),
        ("a.txt", b"#!/bin/sh\nrm -r /\n"),
        ("a.txt", b"\xef\xbb\xbf\r\n <SCRIPT>"),
        ("a.txt", b"@ECHO OFF\r\n"),
        ("a.png", b"<svg xmlns="),
        ("a.docx", &macros),
        ("a.xls", &ole),
        ("a.pdf", b"%PDF-1.7 << /S /JavaScript >>"),
        ("a.pdf", b"%PDF-1.7 << /S /Launch >>"),
    ] {
        assert_eq!(judged(name, bytes), Err(NotTaken::Runs), "{name} {:?}", &bytes[..8]);
    }
}

#[test]
fn what_hides_or_is_locked_is_refused() {
    let plain = archive(&["照片/a.jpg"], 0);
    for bytes in
        [b"Rar!\x1a".as_slice(), b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"PK\x05\x06", &plain, &plain[..plain.len() - 1]]
    {
        assert_eq!(judged("a.docx", bytes), Err(NotTaken::Packed), "{:?}", &bytes[..4]);
    }
    for flags in [0x1, 0x2001, 0x2000] {
        let locked = archive(&["[Content_Types].xml", "word/document.xml"], flags);
        assert_eq!(judged("a.docx", &locked), Err(NotTaken::Locked));
    }
    // The mark stands across the border of two pieces.
    let across = 256 * 1024 - 3;
    let pdf = [b"%PDF-1.7".as_slice(), &vec![b' '; across - 8], b"/Encrypt 5 0 R"].concat();
    assert_eq!(judged("a.pdf", &pdf), Err(NotTaken::Locked));
    let ole = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"].concat();
    assert_eq!(judged("a.doc", &ole), Err(NotTaken::Locked));
}

#[test]
fn lists_that_lie_are_no_documents() {
    let fine = archive(&["[Content_Types].xml", "word/document.xml"], 0);
    for at in fine.len() - 22..fine.len() {
        let mut bent = fine.clone();
        bent[at] ^= 0xff;
        // Some of them count disks and entries, which nobody needs here.
        let judged = judged("a.docx", &bent);
        assert!(judged.is_ok() || judged == Err(NotTaken::Packed), "{at}: {judged:?}");
    }
    for cut in 0..fine.len() {
        assert!(judged("a.docx", &fine[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn words_that_can_be_read_bear_no_mark_of_state_secrecy() {
    assert_eq!(judged("a.txt", "机密★5年\n情况".as_bytes()), Err(NotTaken::Marked("机密")));
    assert_eq!(judged("a.txt", "商业秘密保护办法".as_bytes()), Ok("text/plain"));
}

#[test]
fn what_cannot_be_read_is_not_taken() {
    let content = Content { bytes: 10, part: &|_, _| None };
    assert_eq!(judge(&FileName::parse("a.jpg").unwrap(), &content), Err(NotTaken::Unreadable));
}
