//! How often marks are missed, and ordinary words refused, over the lists beside `marks.toml`; and what each rule is for.

use super::*;

const MARKED: [&str; 2] = [include_str!("../../../secrecy/marked.txt"), include_str!("../../../secrecy/marked-held-out.txt")];
const ORDINARY: [&str; 2] =
    [include_str!("../../../secrecy/ordinary.txt"), include_str!("../../../secrecy/ordinary-held-out.txt")];

/// Lines of a list as they were written, with what cannot stand in a line put in its place.
fn lines(list: &str) -> impl Iterator<Item = (String, Written)> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(|line| match line.strip_prefix('@') {
        Some(name) => (told(name), Written::Name),
        None => (told(line), Written::Text),
    })
}

fn told(line: &str) -> String {
    let mut parts = line.split("\\u{");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').unwrap();
        text.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        text.push_str(rest);
    }
    text.replace("\\n", "\n").replace("\\t", "\t")
}

/// How many there are, and those that were judged wrongly.
fn wrong(list: &str, is_marked: bool) -> (usize, Vec<String>) {
    let all: Vec<_> = lines(list).collect();
    let wrong = all.iter().filter(|(text, written)| mark_in(text, *written).is_some() != is_marked);
    (all.len(), wrong.map(|(text, _)| text.clone()).collect())
}

fn measured(what: &str, lists: [&str; 2], is_marked: bool, least: usize) {
    let [tuned, held_out] = lists.map(|list| wrong(list, is_marked));
    for (name, (count, wrong)) in [("tuned on", &tuned), ("held out", &held_out)] {
        eprintln!("{what}, {name}: {} of {count}: {wrong:?}", wrong.len());
        assert!(wrong.len() * 100 <= *count, "more than one of a hundred: {wrong:?}");
    }
    assert!(tuned.0 + held_out.0 >= least && held_out.0 * 3 >= tuned.0, "the lists are large enough");
}

#[test]
fn marks_are_missed_in_at_most_one_of_a_hundred_texts() {
    measured("missed", MARKED, true, 300);
}

#[test]
fn ordinary_words_are_refused_in_at_most_one_of_a_hundred_texts() {
    measured("wrongly refused", ORDINARY, false, 700);
}

fn is_marked(text: &str) -> bool {
    mark_in(text, Written::Text).is_some()
}

/// By what stands around the word, the same letters are a mark or none.
#[test]
fn it_is_the_place_that_makes_a_mark() {
    let pairs = [
        ("机密★5年", "工作秘密★5年"),
        ("某文 机密★", "保守机密 ★重点"),
        ("某案 秘密三年", "某案 秘密三年前"),
        ("（秘密）", "（秘密投票）"),
        ("（机密、特急）", "（机密、秘密）"),
        ("密级：机密", "密级：机密以上"),
        ("密 级：【机密】", "密级：【工作秘密】"),
        ("☑机密", "□机密"),
        ("机密：部署", "机密性：部署"),
        ("秘密，不得外传", "秘密，众所周知"),
        ("转来 机密 一份", "转来 机密件 一份"),
        ("机 密", "司机 密切"),
        ("绝密级 来电", "绝密级试卷"),
        ("机密/特急", "机密/秘密/绝密"),
    ];
    for (marked, ordinary) in pairs {
        assert!(is_marked(marked), "{marked}");
        assert!(!is_marked(ordinary), "{ordinary}");
    }
    assert_eq!(mark_in("絕密★長期", Written::Text), Some(Mark { level: "绝密" }));
}

#[test]
fn separators_of_names_are_spaces_in_names_alone() {
    assert!(mark_in("方案_秘密_终稿.docx", Written::Name).is_some());
    assert!(mark_in("方案_秘密_终稿.docx", Written::Text).is_none());
}

#[test]
fn every_string_of_a_body_is_found_at_any_depth_and_nothing_else_is_needed_to_know() {
    use crate::body::notice::NoticeBody;
    use crate::domain::{notice::Urgency, number::Number};
    let number = Number::parse("0603-123456").unwrap();
    let notice = NoticeBody {
        number,
        title: "标题".into(),
        text: "正文\n第二行".into(),
        urgency: Urgency::Flash,
        sign_by: None,
        group: "沿海".into(),
    };
    let body = notice.encode();
    let Strings(found) = strings_of(&body);
    for words in ["标题", "正文\n第二行", "沿海"] {
        assert!(found.contains(&words), "{words}: {found:?}");
    }
    // A message in a message: field 3, length 8, field 1, length 6.
    let nested = [&[0x1a, 8, 0x0a, 6][..], "机密".as_bytes()].concat();
    assert_eq!(strings_of(&nested).0.last(), Some(&"机密"));
    assert_eq!(strings_of("正文".as_bytes()).0, ["正文"]);
    assert_eq!(strings_of(&[0xff, 0xfe]).0, Vec::<&str>::new());
    assert_eq!(strings_of(&[]).0, Vec::<&str>::new());
}

#[test]
fn whatever_bytes_come_are_read_to_their_end() {
    let deep = (0..200).fold(Vec::new(), |inner: Vec<u8>, _| {
        let len = u8::try_from(inner.len().min(127)).unwrap();
        [&[0x0a, len][..], &inner[..usize::from(len)]].concat()
    });
    let _ = strings_of(&deep);
    for len in 0..64u8 {
        let _ = strings_of(&vec![0xff; usize::from(len)]);
        let _ = strings_of(&[0x0a, len]);
    }
}
