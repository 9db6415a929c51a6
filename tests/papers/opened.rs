//! Files as other programs see them: LibreOffice, and poppler's `pdftotext`, `pdffonts` and `pdfinfo`.

use std::{fs, path::Path, process::Command};

/// What another program makes of a file.
pub struct Opened {
    /// All words, page by page.
    text: String,
    pub pages: usize,
    pub fonts: Vec<FontUse>,
    /// Of the file itself.
    pub bytes: u64,
}

/// A font in a PDF.
#[derive(Debug)]
pub struct FontUse {
    pub embedded: bool,
    pub subset: bool,
    /// It says which letters its shapes are.
    pub searchable: bool,
}

impl Opened {
    /// Without what only sets words apart: where a line ends is the paper's affair.
    pub fn words(&self) -> String {
        without_spaces(&self.text)
    }
}

/// See [`Opened::words`].
pub fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// How LibreOffice is told to read text with commas, as a person picks it when it asks: commas, quotes, UTF-8, from the first line. Without a
/// person to ask, it would take every CSV for Western letters.
const AS_CSV: &str = "--infilter=Text - txt - csv (StarCalc):44,34,76,1";

/// Opens all of them; documents and spreadsheets in one call of LibreOffice, text with commas in another.
pub fn opened(folder: &Path, names: &[String]) -> Vec<(String, Opened)> {
    let (pdfs, others): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| name.ends_with(".pdf"));
    let made = folder.join("made");
    fs::create_dir(&made).unwrap();
    let (csv, own_kind): (Vec<&String>, Vec<&String>) = others.iter().copied().partition(|name| name.ends_with(".csv"));
    convert(folder, &made, &own_kind, &[]);
    convert(folder, &made, &csv, &[AS_CSV]);
    let ours = pdfs.into_iter().map(|name| (name.clone(), pdf(&folder.join(name))));
    let theirs = others.into_iter().map(|name| {
        let mut opened = pdf(&made.join(format!("{}.pdf", name.replace('.', "-"))));
        opened.bytes = fs::metadata(folder.join(name)).unwrap().len();
        (name.clone(), opened)
    });
    ours.chain(theirs).collect()
}

/// One call of LibreOffice that makes PDF of all of them.
fn convert(folder: &Path, made: &Path, names: &[&String], read_as: &[&str]) {
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let mut office = Command::new("soffice");
    office.args([&profile, "--headless", "--norestore"]).args(read_as).args(["--convert-to", "pdf", "--outdir"]).arg(made);
    // Names that differ only in their ending would be written over each other.
    for name in names {
        let (stem, ending) = name.rsplit_once('.').unwrap();
        let copy = folder.join(format!("{stem}-{ending}.{ending}"));
        fs::copy(folder.join(name), &copy).unwrap();
        office.arg(copy);
    }
    run(&mut office);
}

/// Opens a PDF.
pub fn pdf(file: &Path) -> Opened {
    let text = run(Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(file).arg("-"));
    let info = run(Command::new("pdfinfo").arg(file));
    let pages = info.lines().find_map(|line| line.strip_prefix("Pages:")?.trim().parse().ok()).expect("it has pages");
    let fonts = run(Command::new("pdffonts").arg(file));
    // name, type and encoding may hold spaces; `emb sub uni object ID` do not.
    let fonts = fonts.lines().skip(2).map(|line| {
        let last: Vec<&str> = line.split_whitespace().rev().take(5).collect();
        FontUse { embedded: last[4] == "yes", subset: last[3] == "yes", searchable: last[2] == "yes" }
    });
    Opened { text, pages, fonts: fonts.collect(), bytes: fs::metadata(file).unwrap().len() }
}

fn run(command: &mut Command) -> String {
    let ended = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; tests/run installs what it needs"));
    assert!(ended.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8_lossy(&ended.stdout).into_owned()
}
