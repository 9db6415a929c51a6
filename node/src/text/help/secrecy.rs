//! Help of `classified` and `purge`.

/// `classified`
pub const CLASSIFIED: &str = "涉密事项登记：只登记有此事，不记标题、内容和附件，只存本机";
/// `classified add`
pub const ADD: &str = "登记一件：文号（文号本身不涉密才填）、渠道、接收人";
/// `classified list`
pub const LIST: &str = "列出登记，新的在前";
/// `--number`
pub const NUMBER: &str = "文号，本身不涉密才填，最多 64 个字";
/// `--channel`
pub const CHANNEL: &str = "经哪个涉密渠道，例如 机要交通";
/// `--receiver`
pub const RECEIVER: &str = "接收人";
/// `purge`
pub const PURGE: &str = "清除误入本系统的涉密内容：凡收到过它的单位连同附件一并清除，并逐家回执";
/// `purge RECORD`
pub const RECORD: &str = "哪条记录，写成“单位/记录编号”；写 list 则列出各次清除和各单位回执";
/// `purge --reason`
pub const REASON: &str = "清除理由，一行，长期留存，不要抄写被清除的内容";
