//! Reads the repository's Rust files and tells code, string literals and comments apart.
//!
//! A small scanner, not a parser: it knows comments (nested too), plain, raw and byte strings, characters and lifetimes. That is all
//! that a rule about names, words and length needs.

use std::{fs, path::Path};

use dutynet_tests::ground::repository;

/// Crates whose source is checked, in the order of the arrows.
pub(crate) const CRATES: [&str; 4] = ["proto", "relay", "node", "tests"];

/// One Rust file.
pub(crate) struct SourceFile {
    /// From the top of the repository, with `/`.
    pub(crate) path: String,
    /// Its lines, taken apart.
    pub(crate) lines: Vec<Line>,
    tests_from: usize,
}

/// One line, taken apart.
#[derive(Default)]
pub(crate) struct Line {
    /// What the compiler sees, each string literal replaced by `""`.
    pub(crate) code: String,
    /// Contents of its string literals; a long literal continues on the next line's.
    pub(crate) strings: String,
    /// Contents of its comments, marks included.
    pub(crate) comment: String,
}

impl SourceFile {
    /// Takes a file's text apart.
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let lines = Scanner::default().scan(text);
        let all_tests = path.ends_with("/tests.rs") || path.contains("/src/") && path.contains("/tests/");
        let tests_from = if all_tests { 0 } else { tests_from(&lines) };
        Self { path: path.to_owned(), lines, tests_from }
    }

    /// The lines that are part of the product: everything before the tests section.
    pub(crate) fn product(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines[..self.tests_from].iter().enumerate().map(|(at, line)| (at + 1, line))
    }

    /// All lines, numbered from 1.
    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().map(|(at, line)| (at + 1, line))
    }

    /// Number of lines without the tests section.
    pub(crate) fn product_length(&self) -> usize {
        self.tests_from
    }

    /// Whether the path begins with one of these.
    pub(crate) fn is_under(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path.starts_with(place))
    }
}

/// Where the tests section at the end of a file begins.
fn tests_from(lines: &[Line]) -> usize {
    lines
        .windows(2)
        .position(|pair| pair[0].code.trim() == "#[cfg(test)]" && pair[1].code.starts_with("mod ") && pair[1].code.contains('{'))
        .unwrap_or(lines.len())
}

/// Every Rust file of the four crates, in order.
pub(crate) fn rust_files() -> Vec<SourceFile> {
    let mut files = Vec::new();
    for name in CRATES {
        collect(&repository(), name, &mut files);
    }
    assert!(files.len() > 20, "the repository was not found where it should be");
    files
}

fn collect(top: &Path, folder: &str, files: &mut Vec<SourceFile>) {
    let mut names: Vec<String> = fs::read_dir(top.join(folder))
        .expect("a folder of the repository can be read")
        .map(|entry| entry.expect("an entry can be read").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in names {
        let path = format!("{folder}/{name}");
        if top.join(&path).is_dir() {
            if name != "target" {
                collect(top, &path, files);
            }
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(top.join(&path)).expect("a source file is UTF-8");
            files.push(SourceFile::read(&path, &text));
        }
    }
}

/// Where the scanner is.
#[derive(Clone, Copy, Default)]
enum At {
    #[default]
    Code,
    LineComment,
    BlockComment {
        depth: usize,
    },
    Text,
    RawText {
        hashes: usize,
    },
}

#[derive(Default)]
struct Scanner {
    at: At,
    lines: Vec<Line>,
    line: Line,
}

impl Scanner {
    fn scan(mut self, text: &str) -> Vec<Line> {
        let characters: Vec<char> = text.chars().collect();
        let mut next = 0;
        while next < characters.len() {
            if characters[next] == '\n' {
                self.end_line();
                next += 1;
            } else {
                next += self.step(&characters[next..]);
            }
        }
        self.end_line();
        if self.lines.last().is_some_and(|line| line.code.is_empty() && line.comment.is_empty() && line.strings.is_empty()) {
            self.lines.pop();
        }
        self.lines
    }

    fn end_line(&mut self) {
        if matches!(self.at, At::LineComment) {
            self.at = At::Code;
        }
        self.lines.push(std::mem::take(&mut self.line));
    }

    /// Takes what stands at the front; says how many characters that were.
    fn step(&mut self, rest: &[char]) -> usize {
        match self.at {
            At::Code => self.in_code(rest),
            At::LineComment => self.comment(rest, 1),
            At::BlockComment { depth } => match rest {
                ['/', '*', ..] => self.enter(At::BlockComment { depth: depth + 1 }, rest, 2),
                ['*', '/', ..] if depth == 1 => self.enter(At::Code, rest, 2),
                ['*', '/', ..] => self.enter(At::BlockComment { depth: depth - 1 }, rest, 2),
                _ => self.comment(rest, 1),
            },
            At::Text => match rest {
                ['\\', '\n', ..] => 1,
                ['\\', _, ..] => self.string(rest, 2),
                ['"', ..] => self.leave_text(1),
                _ => self.string(rest, 1),
            },
            At::RawText { hashes } if closes(rest, hashes) => self.leave_text(1 + hashes),
            At::RawText { .. } => self.string(rest, 1),
        }
    }

    fn in_code(&mut self, rest: &[char]) -> usize {
        match rest {
            ['/', '/', ..] => self.enter(At::LineComment, rest, 2),
            ['/', '*', ..] => self.enter(At::BlockComment { depth: 1 }, rest, 2),
            ['"', ..] => self.enter_text(At::Text, 1),
            ['r', '"' | '#', ..] if !self.follows_a_name() => match raw_hashes(&rest[1..]) {
                Some(hashes) => self.enter_text(At::RawText { hashes }, 2 + hashes),
                None => self.code(rest, 1),
            },
            ['\'', '\\', _, tail @ ..] => 3 + tail.iter().position(|c| *c == '\'').map_or(0, |end| end + 1),
            ['\'', held, '\'', ..] => {
                self.line.strings.push(*held);
                3
            }
            _ => self.code(rest, 1),
        }
    }

    /// `r` ends a longer name, so it starts no raw string. (`br"…"` is one.)
    fn follows_a_name(&self) -> bool {
        let mut before = self.line.code.chars().rev();
        match before.next() {
            Some('b') => before.next().is_some_and(is_name),
            Some(last) => is_name(last),
            None => false,
        }
    }

    fn enter(&mut self, at: At, rest: &[char], taken: usize) -> usize {
        self.at = at;
        self.comment(rest, taken)
    }

    fn enter_text(&mut self, at: At, taken: usize) -> usize {
        self.at = at;
        self.line.code.push('"');
        taken
    }

    fn leave_text(&mut self, taken: usize) -> usize {
        self.at = At::Code;
        self.line.code.push('"');
        self.line.strings.push(' ');
        taken
    }

    fn code(&mut self, rest: &[char], taken: usize) -> usize {
        self.line.code.extend(&rest[..taken]);
        taken
    }

    fn comment(&mut self, rest: &[char], taken: usize) -> usize {
        self.line.comment.extend(&rest[..taken]);
        taken
    }

    fn string(&mut self, rest: &[char], taken: usize) -> usize {
        self.line.strings.extend(&rest[..taken]);
        taken
    }
}

fn raw_hashes(rest: &[char]) -> Option<usize> {
    let hashes = rest.iter().take_while(|c| **c == '#').count();
    (rest.get(hashes) == Some(&'"')).then_some(hashes)
}

fn closes(rest: &[char], hashes: usize) -> bool {
    rest[0] == '"' && rest.len() > hashes && rest[1..=hashes].iter().all(|c| *c == '#')
}

/// Part of a Rust name.
pub(crate) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `code` holds `name` as a whole name or path, not as part of a longer one.
pub(crate) fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, found)| {
        !code[..at].chars().next_back().is_some_and(is_name) && !code[at + found.len()..].chars().next().is_some_and(is_name)
    })
}

/// Chinese characters and the punctuation that goes with them.
pub(crate) fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

#[test]
fn code_strings_and_comments_are_told_apart() {
    let text = "let a = \"x // 值\"; // 班\nlet b = r#\"\"y\"#; let c = '\"'; /* a /* b */ c */ 'd: loop {}\n";
    let file = SourceFile::read("relay/src/x.rs", text);
    assert_eq!(file.lines.len(), 2);
    assert_eq!(file.lines[0].code, "let a = \"\"; ");
    assert_eq!(file.lines[0].strings, "x // 值 ");
    assert_eq!(file.lines[0].comment, "// 班");
    assert_eq!(file.lines[1].code, "let b = r\"\"; let c = ;  'd: loop {}".replace("r\"\"", "\"\""));
    assert_eq!(file.lines[1].strings, "\"y \"");
}
