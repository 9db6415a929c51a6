//! Help of `attachment` and of everything below it.

/// `attachment`
pub const ATTACHMENT: &str = "附件：照片、录音、录像、文件，加在本单位的记录上；谁要看谁来取";
/// `attachment add`
pub const ADD: &str = "给一条记录加附件；须由经办人署名声明是明件";
/// `attachment list`
pub const LIST: &str = "列出一件事的全部附件，各在哪里：在本机、正在取、在产生它的单位、已销毁";
/// `attachment fetch`
pub const FETCH: &str = "把一个附件取到本机；断线、重启后接着取，从不挡在特急前面";
/// `attachment save`
pub const SAVE: &str = "把已到本机的附件存成文件";
/// to what
pub const TO: &str = "事项编号（加在本单位最近一步上）、通知编号，或写成“单位/记录编号”";
/// of what
pub const OF: &str = "事项编号、通知编号，或写成“单位/记录编号”";
/// the files
pub const FILES: &str = "文件，可写多个，一条记录最多 16 个";
/// `--pass`
pub const PASS: &str = "把同一件事已在本机的附件（下级报来的）加到本单位的记录上，随本单位的报告往上走；可写多个";
/// `--plain-by`
pub const PLAIN_BY: &str = "看过这些文件并声明是明件的人，写姓名；随记录签封";
/// which one
pub const NAME: &str = "附件的名称；有几个同名的，写附件编号的开头至少 8 位";
/// `--to`
pub const SAVE_TO: &str = "存到哪个目录，或存成哪个文件；不写则存在当前目录；不覆盖已有的文件";
/// `--attach`
pub const ATTACH: &str = "随这一步加的附件，可写多个；须同时写 --plain-by";
