//! Help of `account`.

/// `account`
pub const ACCOUNT: &str = "值班台的帐号：列出、新建、重设密码、停用；在本机执行，记入帐号的经历";
/// `account list`
pub const LIST: &str = "列出全部帐号，已停用的也在";
/// `account add`
pub const ADD: &str = "新建帐号；临时密码从标准输入读一行，本人第一次登录必须改掉";
/// `account reset`
pub const RESET: &str = "重设密码，例如唯一的管理员忘了密码；新的临时密码从标准输入读一行";
/// `account end`
pub const END: &str = "停用帐号：此人已离岗；过去的记录都还在，帐号不再给别人";
/// `ID`
pub const ID: &str = "帐号，例如 zhangsan";
/// `--name`
pub const NAME: &str = "姓名";
/// `--post`
pub const POST: &str =
    "岗位，可以写几个：officer 值班员，leader 带班领导，manager 值班室负责人，operator 系统管理员，auditor 审计员";
/// `--own`
pub const OWN: &str = "密码由本人在场自己输入，别人不知道；首次登录不必再改";
/// `--reason`
pub const REASON: &str = "停用的理由，一行，长期留存";
