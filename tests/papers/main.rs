//! Papers: every file that the program makes is opened by the programs that offices open it with, and says what was typed.
//!
//! One office at work, all its papers kept by commands, then looked at together: LibreOffice reads what is a document or a table (one call for all of
//! them, because starting it is most of what it costs), poppler reads what is PDF, whether ours or what LibreOffice made of the others.

mod office;
mod opened;

use std::path::{Path, PathBuf};

use dutynet_tests::program::Site;

use self::{
    office::{Numbers, at_work},
    opened::{Opened, opened},
};

/// What is typed into fields: a formula, markup, letters that few fonts have, full-width ones, and something invisible.
pub const ODD: &str = "=cmd|' /C calc'!A0 <b>𠮷㐂</b> ＡＢＣ１２３ a&b";

struct Papers {
    _folder: tempfile::TempDir,
    _site: Site,
    out: PathBuf,
    /// In the order in which they were asked for.
    all: Vec<(String, Opened)>,
}

impl Papers {
    fn of(&self, name: &str) -> &Opened {
        &self.all.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}")).1
    }

    /// A table with commas as it lies there.
    fn csv(&self, name: &str) -> String {
        std::fs::read_to_string(self.out.join(format!("{name}.csv"))).unwrap()
    }

    /// Says so, wherever lines are broken.
    fn says(&self, name: &str, words: &str) {
        let text = self.of(name).words();
        assert!(text.contains(&opened::without_spaces(words)), "{name} does not say {words}: {text}");
    }
}

/// Every paper in every shape that it has.
fn papers() -> Papers {
    let folder = tempfile::tempdir().unwrap();
    let (site, numbers) = at_work(&folder.path().join("office"));
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let kept = kept(&site, &numbers, &out);
    Papers { all: opened(&out, &kept), out, _site: site, _folder: folder }
}

/// Asks for each, and gives its name.
fn kept(site: &Site, numbers: &Numbers, out: &Path) -> Vec<String> {
    let Numbers { matter, notice, call, day } = numbers;
    let asked: [(&str, &[&str], &[&str]); 11] = [
        ("slip", &["incident", "form", "handling-slip", matter], &["pdf", "docx"]),
        ("submission", &["incident", "form", "突发公共事件呈报单", matter], &["pdf", "docx"]),
        ("sheet", &["incident", "form", "record-sheet", matter], &["pdf", "docx"]),
        ("approval", &["incident", "form", "文件审批单", matter], &["pdf", "docx"]),
        ("report", &["report", "show", "daily"], &["pdf", "docx"]),
        ("board", &["report", "board", "--period", day], &["pdf", "xlsx", "csv"]),
        ("duty", &["report", "duty"], &["pdf", "xlsx", "csv"]),
        ("signed", &["notice", "board", notice], &["pdf", "xlsx", "csv"]),
        ("roll", &["rollcall", "board", call], &["pdf", "xlsx", "csv"]),
        ("dues", &["due", "list"], &["pdf", "xlsx", "csv"]),
        ("stats", &["due", "stats"], &["pdf", "xlsx", "csv"]),
    ];
    let mut kept = Vec::new();
    for (name, words, endings) in asked {
        for ending in endings {
            let file = out.join(format!("{name}.{ending}"));
            let said = site.done(&[words, &["--output", file.to_str().unwrap()]].concat());
            assert!(said.out.contains("已存成"), "{}", said.out);
            kept.push(format!("{name}.{ending}"));
        }
    }
    kept
}

#[test]
fn every_paper_opens_says_what_was_typed_and_brings_its_letters() {
    let papers = papers();
    for (name, paper) in &papers.all {
        assert!(paper.pages > 0, "{name}");
        // What is made of ours is embedded by LibreOffice anyhow; ours must bring a subset of a font that can write Chinese.
        if name.ends_with(".pdf") {
            assert!(!paper.fonts.is_empty(), "{name} has no font");
            for font in &paper.fonts {
                assert!(font.embedded && font.subset && font.searchable, "{name}: {font:?}");
            }
            assert!(paper.bytes < 400_000, "{name}: {} bytes", paper.bytes);
        }
    }
    for ending in ["pdf", "docx"] {
        for words in ["值班电话处理单", "海安镇", ODD, "良垌村口", "李四", "领导批示", "经办人签字"] {
            papers.says(&format!("slip.{ending}"), words);
        }
        for words in ["海安镇值班室", "突发公共事件呈报单", ODD, "直接经济损失", "签发人", "依据："] {
            papers.says(&format!("submission.{ending}"), words);
        }
        papers.says(&format!("sheet.{ending}"), "应急值班信息记录单");
        for words in [
            "海安镇值班室",
            "文件审批单",
            ODD,
            "呈请审批：=2+2",
            "1. 王镇长",
            "未答复",
            "2. 赵书记　批准",
            "本人确认",
            "经办人签字",
        ] {
            papers.says(&format!("approval.{ending}"), words);
        }
        for words in ["海安镇日报告", "接报件数", "3 件", "第 1 版", "带班领导签字"] {
            papers.says(&format!("report.{ending}"), words);
        }
    }
    for ending in ["pdf", "xlsx", "csv"] {
        for words in ["汇总表", "海安镇", "<角>尾&村", "日报告", "接报件数", "无终端", "未报"] {
            papers.says(&format!("board.{ending}"), words);
        }
        for words in ["值班人员名单", "王五", "0759-4850001", "未报"] {
            papers.says(&format!("duty.{ending}"), words);
        }
        for words in ["签收单", "=1+1 通知", "未签收", "应收 1 个单位"] {
            papers.says(&format!("signed.{ending}"), words);
        }
        for words in ["情况表", "应到 1", "无终端"] {
            papers.says(&format!("roll.{ending}"), words);
        }
        papers.says(&format!("dues.{ending}"), "时限事项清单");
        papers.says(&format!("stats.{ending}"), "时限事项统计");
    }
    // A number that was typed is no sum that Excel works out.
    assert!(papers.csv("duty").contains(",'+86 0759-4850001,"), "{}", papers.csv("duty"));
    let signed = &papers.csv("signed");
    assert!(
        signed.starts_with('\u{feff}') && signed.ends_with("\r\n") && !signed.replace("\r\n", "").contains('\r'),
        "{signed:?}"
    );
    assert!(signed.contains("单位,送达时间,签收人,签收时间,方式,时限\r\n"), "{signed}");
    // Four thousand letters in one box go on over pages, and none is lost.
    for name in ["slip.pdf", "slip.docx", "submission.pdf", "submission.docx"] {
        let long = papers.of(name).words();
        // Feet and names that are repeated stand between pieces where a page ends; no letter of the piece is theirs.
        for letter in office::LONG_LETTERS {
            assert_eq!(long.matches(letter).count(), office::LONG_TIMES, "{name}: {letter}");
        }
        assert!(papers.of(name).pages > 3, "{name}: {} pages", papers.of(name).pages);
    }
    papers.says("slip.pdf", "第 1 页　共");
}

#[test]
fn a_file_is_refused_in_one_sentence_and_nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let (site, numbers) = at_work(&folder.path().join("office"));
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for odd in ["表", "表.txt", "表.", "表.pdf.exe"] {
        site.run(&["report", "board", "--output", &path(odd)]).is_refused(1, "PAPER_SHAPE");
    }
    site.run(&["report", "board", "--output", &path("表.docx")]).is_refused(1, "PAPER_SHAPE");
    let form = ["incident", "form", "submission", &numbers.matter, "--output"];
    for table in ["单.xlsx", "单.csv"] {
        site.run(&[&form[..], &[&path(table)]].concat()).is_refused(1, "PAPER_SHAPE");
    }
    site.run(&["report", "board", "--output", &path("没有/表.pdf")]).is_refused(1, "FILE_UNREADABLE");
    let refused = site.run(&["report", "board", "--period", "明天", "--output", &path("表.pdf")]);
    refused.is_refused(1, "PERIOD_INVALID");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["office"], "nothing was written");

    let board = ["report", "board", "--json", "--output"];
    let kept = site.done(&[&board[..], &[&path("表.PDF")]].concat()).json();
    assert_eq!(kept["bytes"].as_u64(), Some(std::fs::metadata(path("表.PDF")).unwrap().len()));
    std::fs::write(path("表.xlsx"), "mine").unwrap();
    let said = site.run(&["report", "board", "--output", &path("表.xlsx")]);
    said.is_refused(1, "FILE_EXISTS");
    assert!(said.err.contains("--force"), "{}", said.err);
    assert_eq!(std::fs::read(path("表.xlsx")).unwrap(), b"mine");
    site.done(&["report", "board", "--force", "--output", &path("表.xlsx")]);
    assert!(std::fs::read(path("表.xlsx")).unwrap().starts_with(b"PK"));
    assert_eq!(site.run(&["report", "board", "--force"]).status, 2);
    // A day without a report is a paper that says so.
    site.done(&["report", "show", "zero", "--output", &path("空.pdf")]);
    assert!(opened::pdf(Path::new(&path("空.pdf"))).words().contains("没有报过"));
}
