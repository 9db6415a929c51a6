//! Words of drafts that are summed from the children's reports (综报).

use crate::domain::draft::Marks;

/// Between words of several offices.
pub const MARKS: Marks = Marks { after_name: "：", between: "；", cut: "……（略）" };

/// Head of the fields of a draft.
pub const FIELDS: [&str; 3] = ["项目", "草稿", "说明"];
/// Head of what a draft was summed from.
pub const SOURCES: [&str; 4] = ["下级单位", "报表", "来源", "所报"];

/// Above a draft.
pub fn title(form: &str, period: &str, as_of: &str) -> String {
    format!("{form} {period} 汇总草稿（{as_of} 由下级现行版本合计）")
}

/// When it was saved last.
pub fn saved(at: &str, by: &str) -> String {
    format!("上次修改：{at}，经办 {by}")
}

/// It was never saved.
pub const NEVER_SAVED: &str = "还没有人修改过；加上要填的各项和 --as 即保存，--replace 用自己的话替换合计。";
/// What to do next.
pub const NEXT: &str = "定稿后用 report file <报表> --from-draft 报送。";

/// The field is empty and must be answered.
pub const WANTING: &str = "必填，尚空";
/// The field was cut.
pub const CUT: &str = "超出字数，已截短，请用 --replace 改写";
/// A person has replaced the sum.
pub const REPLACED: &str = "已人工改写";
/// It is a sum.
pub const SUM: &str = "合计";

/// Joins what is said of one field.
pub fn notes(notes: &[String]) -> String {
    notes.join("，")
}

/// The sum has changed since a person replaced it.
pub fn changed(is: &str) -> String {
    format!("改写后下级有变，合计现为“{is}”，请核对")
}

/// Above the children that are missing.
pub fn missing(names: &[String]) -> String {
    format!("未计入：{}", names.join("、"))
}

/// A child that is missing.
pub fn missing_child(name: &str, why: &str, since: Option<&str>) -> String {
    match since {
        Some(since) => format!("{name}（{why}，自 {since}）"),
        None => format!("{name}（{why}）"),
    }
}

/// Nobody is missing.
pub const NOBODY_MISSING: &str = "下级都已计入。";

/// Another version of a child stands than when the draft was saved.
pub const CHANGED_SOURCE: &str = "上次修改后有变";

/// Head of the file that a draft is written to.
pub fn file_head(title: &str, missing: &str) -> String {
    format!("# {title}\n# {missing}\n# 改好后：dutynet report file <报表> --from-draft --file 本文件 --as 编号:姓名\n")
}

/// A draft was written to a file.
pub fn written(path: &str) -> String {
    format!("草稿已写入 {path}")
}
