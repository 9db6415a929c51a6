//! Help of `notice` and `group`.

/// `notice`
pub const NOTICE: &str = "通知：发给下级，谁已送达、谁已签收";
/// `notice send`
pub const SEND: &str = "向下级发一份通知：全部下级、若干单位或一个编组";
/// `notice sign`
pub const SIGN: &str = "签收一份通知；下级没有终端或线路不通的，可凭来电代录";
/// `notice board`
pub const BOARD: &str = "签收单：本单位及下级每个收件单位一行，送达和签收分开列，没到的说明原因";
/// `notice list`
pub const LIST: &str = "收到和发出的通知，待本单位签收的在前";
/// `notice show`
pub const SHOW: &str = "查看一份通知的全文、去向和途经各级的时间";
/// `group`
pub const GROUP: &str = "编组：常一起收通知的下级单位，只存本机";
/// `group save`
pub const GROUP_SAVE: &str = "保存一个编组；同名的由新的代替，已发出的通知不变";
/// `group list`
pub const GROUP_LIST: &str = "列出编组";
/// `group drop`
pub const GROUP_DROP: &str = "不再用一个编组；已发出的通知不变";

/// the notice
pub const NUMBER: &str = "事项编号，例如 0701-482137；也可写“单位/记录编号”";
/// `--title`
pub const TITLE: &str = "标题，1 至 100 字，一行";
/// `--text`
pub const TEXT: &str = "正文，1 至 3000 字；写 - 则从标准输入读取";
/// `--urgency`
pub const URGENCY: &str = "紧急程度：flash（特急）、urgent（加急）、routine（平件，默认）";
/// `--sign-by`
pub const SIGN_BY: &str = "签收时限：2026-07-01 17:00、当天 17:00，或从现在起 2h";
/// `--all`
pub const ALL: &str = "发给全部下级";
/// `--to`
pub const TO: &str = "发给这些单位，编号以逗号分开，可多次";
/// `--group`
pub const TO_GROUP: &str = "发给一个编组此刻的成员";
/// `--remark`
pub const REMARK: &str = "签收时的备注，最多 200 字";
/// `--on-behalf-of`
pub const ON_BEHALF_OF: &str = "代录：替这个下级单位签收";
/// `--told-by`
pub const TOLD_BY: &str = "代录：来电人和号码，写成“姓名:电话”，例如 李四:0759-3331234";
/// name of a group
pub const GROUP_NAME: &str = "编组名称，1 至 32 个字";
/// members of a group
pub const MEMBERS: &str = "成员单位的编号，都须是本单位的下级";
