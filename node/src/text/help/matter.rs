//! Help of `incident`, `warning`, `question`, `directive`, `drill`, `finding` and `consultation`. Of steps and their fields it is made from the forms: label, limits, codes, article.

use crate::domain::{
    form::{Field, FieldKind, Lines},
    step::{LinkRole, MatterKind, Naming, StepForm},
};

/// What the commands of a kind are about.
pub fn about(kind: MatterKind) -> &'static str {
    match kind {
        MatterKind::Incident => "突发事件：接报、报告领导、口头和书面报告、送审批准、移交、续报、终报",
        MatterKind::Warning => "预警：接收、报告领导、转发、签收和电话叫应、升降级、应急响应、解除",
        MatterKind::Verification => "核报：上级就突发事件提问，被问单位限时回复",
        MatterKind::Directive => "指示、通报、交办、督办、电话通知：下达、转办、签收、反馈、办结",
        MatterKind::Drill => "演练：开始、暂停、恢复、退出、结束、总结；其中的事项各用本来的命令，加 --mode exercise",
        MatterKind::RollCall => "点名和抽查：点名、应答、二次点名、电话点名、说明、认定、结束",
        MatterKind::Finding => "督查发现和表扬：查到、说明、裁定、处理、整改、验收、办结",
        MatterKind::Consultation => "会商：通知、议题、即时状态、发言、研判、纪要、议定事项、综合情况、结束",
    }
}

/// `list`
pub const LIST: &str = "列出未了的事项：等本单位办的在前，最急的最先";
/// `--all`
pub const ALL: &str = "已了的也列出";
/// `show`
pub const SHOW: &str = "查看一件事项：现在知道什么、出自哪一步，还缺什么，时限，全部经过";
/// `board`
pub const BOARD: &str = "签收单：每个单位是否送达、签收、阅、办结，没送到的写明原因";
/// `timeline`
pub const TIMELINE: &str = "只看经过：来电、报告、提问、指示、处置按时间排列";
/// the matter
pub const NUMBER: &str = "事项编号，例如 0701-482137；也可写“单位/记录编号”";
/// Heading above the fields of a step.
pub const FIELDS: &str = "各项";
/// `--link`
pub const LINK: &str = "所引用的记录，写成“名称=编号”，可多次；也可用上面以名称命名的选项";
/// `--mode`
pub const MODE: &str = "exercise（演练）或 test（测试）；不写为实战，后续各步随事项";
/// `--corrects`
pub const CORRECTS: &str = "更正：代替本单位先前的哪一步，写“单位/记录编号”，两步都保留";

/// `--blank`
pub const BLANK: &str = "从空白填起；不写则先前各步说过的自动填上，只填新的";
/// `--preview`
pub const PREVIEW: &str = "只看填好的样子，不保存";
/// `form`
pub const FORM: &str = "打印一张单子：已录入的自动填上，空白的留线手填";
/// which form
pub const PAPER: &str = "哪一张：handling-slip（值班电话处理单）、submission（突发公共事件呈报单）、record-sheet（应急值班信息记录单）、approval-sheet（文件审批单）";

/// A step.
pub fn step(form: &StepForm) -> String {
    format!("{}〔{}〕", form.title, form.source)
}

/// Offices that a step names.
pub fn to(form: &StepForm) -> String {
    let must = if form.names_offices == Some(Naming::Must) { "（必填）" } else { "" };
    format!("{}：哪些单位{must}，编号以逗号分开，可多次", form.title)
}

/// A record that a step names.
pub fn role(role: &LinkRole) -> String {
    let must = if role.naming == Naming::Must { "（必填）" } else { "" };
    format!("{}{must}，写“单位/记录编号”或事项编号", role.label)
}

/// A field: its label, what may be said, and who asks for it.
pub fn field(field: &Field) -> String {
    let mut may: Vec<String> = Vec::new();
    if field.required {
        may.push("必填".into());
    }
    match &field.kind {
        FieldKind::Text { chars_max, lines: Lines::One } => may.push(format!("最多 {chars_max} 字，一行")),
        FieldKind::Text { chars_max, lines: Lines::Many } => may.push(format!("最多 {chars_max} 字；写 - 则从标准输入读取")),
        FieldKind::Number(range) => may.push(format!("{} 至 {} {}", range.min, range.max, range.unit)),
        FieldKind::Time => may.push("14:05 或 2026-07-01 14:05".into()),
        FieldKind::Choice { most: 2.., .. } => may.push("可多选，以逗号分开".into()),
        FieldKind::Rows { range, .. } => {
            may.push(format!("类别=数[:说明]，{} 至 {} {}，可多次", range.min, range.max, range.unit))
        }
        FieldKind::Choice { .. } | FieldKind::Nil => {}
    }
    if field.nil_allowed {
        may.push("没有的填“无”".into());
    }
    if field.unknown_allowed {
        may.push("不清楚的填“不明”".into());
    }
    let may = if may.is_empty() { String::new() } else { format!("（{}）", may.join("，")) };
    format!("{}{may}{}〔{}〕", field.label, codes(&field.kind), field.source)
}

fn codes(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Choice { codes, .. } | FieldKind::Rows { codes, .. } => {
            let named: Vec<_> = codes.iter().map(|code| format!("{}={}", code.key, code.label)).collect();
            format!("：{}", named.join("、"))
        }
        FieldKind::Text { .. } | FieldKind::Number(_) | FieldKind::Nil | FieldKind::Time => String::new(),
    }
}
