//! Looks for words in every file of a folder, as whoever finds the disk would.

use std::path::{Path, PathBuf};

/// Files below a folder that hold these bytes anywhere, in names too.
pub fn files_with(folder: &Path, words: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, words));
        } else if holds(&std::fs::read(&path).unwrap_or_default(), words) || holds(entry.file_name().as_encoded_bytes(), words) {
            found.push(path);
        }
    }
    found
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    let Some(first) = words.first() else { return false };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        if rest[at..].starts_with(words) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_wherever_they_stand() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("inside")).unwrap();
        std::fs::write(folder.path().join("inside/a"), b"xxcanacanaryxx").unwrap();
        std::fs::write(folder.path().join("b"), b"canar").unwrap();
        assert_eq!(files_with(folder.path(), b"canary"), [folder.path().join("inside/a")]);
    }
}
