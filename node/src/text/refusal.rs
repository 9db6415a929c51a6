//! What is refused, by a stable code, with one sentence that says what to do.
//!
//! A code never changes its meaning and is never used again. The sentence is for the officer; what a person who looks after machines
//! needs stands in the log under the same reference number.

/// Everything that this program refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The API key is missing or wrong.
    KeyWrong,
    /// The call cannot be read at all.
    RequestUnreadable,
    /// The call is larger than the API takes.
    RequestTooLarge,
    /// No form has this id.
    FormUnknown,
    /// Fields of a form are not as they must be.
    FormFaults,
    /// Not a day.
    PeriodInvalid,
    /// The day has not begun.
    PeriodFuture,
    /// Only a correction is taken now.
    PeriodClosed,
    /// The day is in no statutory holiday.
    PeriodNoHoliday,
    /// The holidays of that year are not announced.
    PeriodNotAnnounced,
    /// Nothing was filed that could be corrected.
    NothingToCorrect,
    /// Somebody said it, and nobody said for which office.
    ToldByAlone,
    /// Only offices below may be spoken for.
    OnBehalfElsewhere,
    /// A sum is nobody else's words.
    OnBehalfDraft,
    /// There is nothing to choose between.
    ChoiceNoDifference,
    /// Not one of the versions that are compared.
    ChoiceUnknown,
    /// Not a time of day.
    CutOffInvalid,
    /// It would decide of a day that has begun.
    CutOffTooEarly,
    /// There is nobody below.
    NoChildren,
    /// The id of a record is not a UUIDv7.
    RecordIdInvalid,
    /// The id was used for something else.
    RecordIdUsed,
    /// The record is beyond a limit of the format.
    RecordMalformed,
    /// Neither real nor exercise nor test.
    ModeInvalid,
    /// Nobody is named who does it.
    PersonMissing,
    /// The person cannot be read.
    PersonInvalid,
    /// Not an office id.
    OfficeInvalid,
    /// Nobody in the tree has this id.
    OfficeUnknown,
    /// An office with this id exists.
    OfficeExists,
    /// Only its parent may do it.
    OfficeNotYours,
    /// The office is not below this one.
    OfficeElsewhere,
    /// It has no line: it has no node, or it is the root.
    OfficeNoLine,
    /// Not a moment.
    TimeInvalid,
    /// From when is not before until when.
    SpanInvalid,
    /// Not a name.
    NameInvalid,
    /// Not an area code.
    AreaCodeInvalid,
    /// What the office is to the tree is not said.
    ClassInvalid,
    /// Not a network zone.
    ZoneInvalid,
    /// An invitation that would be good for too long.
    InvitationTooLong,
    /// Not an invitation.
    InvitationUnreadable,
    /// The parent made no such invitation.
    InvitationUnknown,
    /// It was used by another machine.
    InvitationUsed,
    /// Too late.
    InvitationExpired,
    /// For somebody else.
    InvitationForAnother,
    /// Not an address that a child could dial.
    AddressInvalid,
    /// This node takes no children.
    NotListening,
    /// The parent cannot be reached for enrolment.
    ParentUnreachable,
    /// What answered does not fit the invitation.
    ParentNotBelieved,
    /// No parked record stands there.
    ParkedUnknown,
    /// Nobody is there to receive it.
    NoAudience,
    /// No such record is held here.
    RecordUnknown,
    /// Why a record is destroyed is not said, or in too many words.
    DestroyReason,
    /// Another office's to destroy.
    DestroyElsewhere,
    /// Without it others could not be believed.
    DestroyNever,
    /// Words of a notice, or of whoever answers it, are not as they must be.
    NoticeFaults,
    /// Neither a number nor a reference.
    NoticeNumberInvalid,
    /// No such notice is held here.
    NoticeUnknown,
    /// The number names more than one.
    NoticeNumberShared,
    /// The urgency is not said.
    UrgencyMissing,
    /// Not a time until which to sign.
    SignByInvalid,
    /// The time to sign is over before it begins.
    SignByPast,
    /// Not exactly one of everybody, offices, or a group.
    AudienceUnclear,
    /// More offices than one notice can name.
    AudienceTooLong,
    /// An office that is not below this one.
    NotBelow,
    /// There is nobody below.
    NothingBelow,
    /// The office was not addressed.
    NotAddressed,
    /// On behalf, and nobody said who telephoned.
    ToldByMissing,
    /// Somebody telephoned, and nobody said for which office.
    OnBehalfMissing,
    /// No group has this name.
    GroupUnknown,
    /// Not a name of a group.
    GroupNameInvalid,
    /// Nobody is in it.
    GroupEmpty,
    /// The disk is too full for it.
    NoSpace,
    /// The configuration has faults.
    ConfigFaults,
    /// The configuration cannot be read.
    ConfigUnreadable,
    /// The folder holds no office yet.
    FolderEmpty,
    /// The folder holds an office already.
    FolderTaken,
    /// The folder is another office's.
    FolderOfAnother,
    /// The folder cannot be entered or written.
    FolderNoRights,
    /// The file system is read-only.
    FolderReadOnly,
    /// Others can read a key.
    KeyOpenToOthers,
    /// Another process has the folder.
    FolderLocked,
    /// Something in the folder is damaged.
    FolderDamaged,
    /// The folder was written by a newer program.
    FolderNewer,
    /// A port is in use.
    PortInUse,
    /// A port may not be opened.
    PortNotAllowed,
    /// No node is serving from this folder.
    NotServing,
    /// The node does not answer.
    NotReachable,
    /// The node must be stopped first.
    StopFirst,
    /// A file that was named cannot be read.
    FileUnreadable,
    /// The folder for backups is not there.
    BackupAbsent,
    /// No backup stands there.
    BackupEmpty,
    /// Backups of several offices stand there.
    BackupSeveral,
    /// The backup is another office's.
    BackupOfAnother,
    /// A newer program made the backup.
    BackupNewer,
    /// The backup is not whole.
    BackupDamaged,
    /// The disk for backups is full.
    BackupFull,
    /// The disk for backups cannot be read or written.
    BackupDiskFailed,
    /// The backup would lie inside of what it is a backup of.
    BackupInsideData,
    /// There is no recovery code yet.
    RecoveryCodeMissing,
    /// A slip of the pen.
    RecoveryCodeMistyped,
    /// A whole code that does not open it.
    RecoveryCodeWrong,
    /// The folder must be empty for this.
    FolderNotEmpty,
    /// What was written cannot be read yet.
    Behind,
    /// The node is stopping.
    Stopping,
    /// The store has failed; the node stops serving.
    StoreFailed,
    /// Whatever should not happen.
    Internal,
}

impl Refusal {
    /// Every one of them, in the order of the declaration.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.into_iter().map(|(refusal, ..)| refusal)
    }

    /// The one with this stable code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|refusal| refusal.code() == code)
    }

    /// Stable code, upper case.
    pub fn code(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// One sentence that says what to do.
    pub fn sentence(self) -> &'static str {
        TABLE[self as usize].2
    }
}

/// One row for each, in the order of the declaration; a missing one does not compile.
const TABLE: [(Refusal, &str, &str); Refusal::Internal as usize + 1] = [
    (Refusal::KeyWrong, "KEY_WRONG", "接口密钥不对，请使用本机数据目录中 api.key 文件的内容。"),
    (Refusal::RequestUnreadable, "REQUEST_UNREADABLE", "请求无法读懂，请核对命令或程序的版本与本机值守通是否一致。"),
    (Refusal::RequestTooLarge, "REQUEST_TOO_LARGE", "一次提交的内容过大，请压缩文字后再报。"),
    (Refusal::FormUnknown, "FORM_UNKNOWN", "没有这种报表，请改用 daily（日报告）、zero（零报告）或 holiday（假期综合情况）。"),
    (Refusal::FormFaults, "FORM_FAULTS", "报表有填写不当之处，什么都没有保存，请逐项改正后再报。"),
    (Refusal::PeriodInvalid, "PERIOD_INVALID", "报告期应写成 YYYY-MM-DD，例如 2026-07-01，请改正。"),
    (Refusal::PeriodFuture, "PERIOD_FUTURE", "这一天还没有到（以北京时间为准），请到当天再报；若日期无误，请核对本机时间。"),
    (Refusal::PeriodClosed, "PERIOD_CLOSED", "该报告期已截止，请用“更正”（report correct）并写明理由。"),
    (
        Refusal::PeriodNoHoliday,
        "PERIOD_NO_HOLIDAY",
        "这一天不在国务院公布的节假日放假期间内，请用 --period 写明该假期中的任意一天。",
    ),
    (
        Refusal::PeriodNotAnnounced,
        "PERIOD_NOT_ANNOUNCED",
        "该年度的节假日安排未公布，本程序从不推算，请待国务院办公厅公布并更新节假日数据后再报。",
    ),
    (Refusal::NothingToCorrect, "NOTHING_TO_CORRECT", "该报告期还没有报过这种报表，没有可更正的内容，请直接报送。"),
    (Refusal::ToldByAlone, "TOLD_BY_ALONE", "写了报告人，却没有写明代哪个单位录入，请用 --on-behalf-of 写明单位编号。"),
    (
        Refusal::OnBehalfElsewhere,
        "ON_BEHALF_ELSEWHERE",
        "只能代录本单位下级的报表，请核对单位编号；其他单位请由它自己或它的上级录入。",
    ),
    (Refusal::OnBehalfDraft, "ON_BEHALF_DRAFT", "代录以对方所说为准，不能用汇总草稿代录，请逐项填写。"),
    (Refusal::ChoiceNoDifference, "CHOICE_NO_DIFFERENCE", "这份报表没有相互有出入的版本，不需要选择，请用 report show 核对。"),
    (Refusal::ChoiceUnknown, "CHOICE_UNKNOWN", "所选的不是各方最近的一版，可能刚有新版本到达，请用 report show 重新核对后再选。"),
    (Refusal::CutOffInvalid, "CUT_OFF_INVALID", "截止时刻应写成 HH:MM，例如 16:30，请改正。"),
    (
        Refusal::CutOffTooEarly,
        "CUT_OFF_TOO_EARLY",
        "截止时刻最早从明天起生效，已经开始的日子不能改动，请把起始日改为明天或以后。",
    ),
    (Refusal::NoChildren, "NO_CHILDREN", "本单位没有登记下级单位，无从汇总或规定，请先登记或邀请下级。"),
    (Refusal::RecordIdInvalid, "RECORD_ID_INVALID", "记录编号不合规定，应为客户端生成的 UUIDv7，请升级客户端程序。"),
    (Refusal::RecordIdUsed, "RECORD_ID_USED", "这个记录编号已用于其他内容，请重新执行命令；若要改动已报内容，请用“更正”。"),
    (Refusal::RecordMalformed, "RECORD_MALFORMED", "这条记录超出格式限制，什么都没有保存，请缩短内容后再试。"),
    (Refusal::ModeInvalid, "MODE_INVALID", "请注明是实战、演练还是测试。"),
    (Refusal::PersonMissing, "PERSON_MISSING", "请写明经办人，例如 --as zhangsan:张三。"),
    (Refusal::PersonInvalid, "PERSON_INVALID", "经办人应写成“编号:姓名”，编号不超过 64 字节，姓名不超过 64 字，请改正。"),
    (Refusal::OfficeInvalid, "OFFICE_INVALID", "单位编号只能由 1 至 32 个数字、小写字母或连字符组成，请改正。"),
    (Refusal::OfficeUnknown, "OFFICE_UNKNOWN", "名录中没有这个单位，请用 office list 核对单位编号。"),
    (
        Refusal::OfficeExists,
        "OFFICE_EXISTS",
        "这个单位编号已在名录中，编号不可重复使用，请另取编号；更换机器请用 invite --replace。",
    ),
    (Refusal::OfficeNotYours, "OFFICE_NOT_YOURS", "这件事只能由该单位的直接上级办理，请联系其上级值班室。"),
    (Refusal::OfficeElsewhere, "OFFICE_ELSEWHERE", "该单位不在本单位及下级范围内，请核对单位编号。"),
    (Refusal::OfficeNoLine, "OFFICE_NO_LINE", "该单位没有到上级的线路（无终端，或是最上级），请核对单位编号。"),
    (Refusal::TimeInvalid, "TIME_INVALID", "时间应写成 2026-07-01 或 2026-07-01T09:30（北京时间），请改正。"),
    (Refusal::SpanInvalid, "SPAN_INVALID", "起始时间应早于终止时间，也早于现在，请改正。"),
    (Refusal::NameInvalid, "NAME_INVALID", "单位名称应为 1 至 64 个字，不含换行和不可见字符，请改正。"),
    (Refusal::AreaCodeInvalid, "AREA_CODE_INVALID", "行政区划代码应为 6 位或 9 位数字，没有区划的单位请不填。"),
    (Refusal::ClassInvalid, "CLASS_INVALID", "请写明单位类别：province、city、county、township、department 或 other。"),
    (Refusal::ZoneInvalid, "ZONE_INVALID", "网域只能由 1 至 16 个小写字母、数字或连字符组成，请改正。"),
    (Refusal::InvitationTooLong, "INVITATION_TOO_LONG", "邀请的有效期应写成 24h、7d 的样子，最长 30d，请改正。"),
    (Refusal::InvitationUnreadable, "INVITATION_UNREADABLE", "邀请文字不完整或有误，请原样复制上级给出的整行邀请。"),
    (Refusal::InvitationUnknown, "INVITATION_UNKNOWN", "上级没有发出过这份邀请，请向上级重新索取。"),
    (Refusal::InvitationUsed, "INVITATION_USED", "这份邀请已被另一台机器用过，请向上级重新索取，并请上级核查是谁使用了它。"),
    (Refusal::InvitationExpired, "INVITATION_EXPIRED", "这份邀请已过期，请向上级重新索取。"),
    (Refusal::InvitationForAnother, "INVITATION_FOR_ANOTHER", "这份邀请是给另一个单位的，请使用本单位的邀请。"),
    (Refusal::AddressInvalid, "ADDRESS_INVALID", "供下级拨入的地址应写成“主机:端口”，最多 8 个，请改正。"),
    (Refusal::NotListening, "NOT_LISTENING", "本机没有供下级拨入的地址，请在配置中填写 link.listen，或用 --address 写明。"),
    (Refusal::ParentUnreachable, "PARENT_UNREACHABLE", "联系不上上级节点，请检查网络和上级地址，稍后用同一份邀请再试。"),
    (
        Refusal::ParentNotBelieved,
        "PARENT_NOT_BELIEVED",
        "应答的节点与邀请不符，已中止入网，请向上级核实邀请和地址，防止有人冒充。",
    ),
    (Refusal::ParkedUnknown, "PARKED_UNKNOWN", "没有这条滞留记录，可能已经处理，请重新查看滞留清单。"),
    (Refusal::NoAudience, "NO_AUDIENCE", "没有可以报送的对象，请核对本单位在名录中的上级。"),
    (Refusal::RecordUnknown, "RECORD_UNKNOWN", "本机没有这条记录，请核对“单位/记录编号”，或到留有它的单位办理。"),
    (Refusal::DestroyReason, "DESTROY_REASON", "请用 --reason 写明销毁理由，一行，不超过 160 个字，且不要抄写被销毁的内容。"),
    (Refusal::DestroyElsewhere, "DESTROY_ELSEWHERE", "只能销毁本单位和下级单位的记录，请联系作出这条记录的单位或其上级。"),
    (Refusal::DestroyNever, "DESTROY_NEVER", "这类记录是名录或销毁凭据，不能销毁，请核对记录编号。"),
    (Refusal::NoticeFaults, "NOTICE_FAULTS", "有填写不当之处，什么都没有发出，请逐项改正后再办。"),
    (Refusal::NoticeNumberInvalid, "NOTICE_NUMBER_INVALID", "通知编号应写成 0701-482137 的样子，或写“单位/记录编号”，请改正。"),
    (Refusal::NoticeUnknown, "NOTICE_UNKNOWN", "本机没有这份通知，请用 notice list 核对编号；刚发出的，请等线路送到。"),
    (Refusal::NoticeNumberShared, "NOTICE_NUMBER_SHARED", "这个编号对应不止一份通知，请改用括号中的“单位/记录编号”。"),
    (Refusal::UrgencyMissing, "URGENCY_MISSING", "请写明紧急程度：flash（特急）、urgent（加急）或 routine（平件）。"),
    (Refusal::SignByInvalid, "SIGN_BY_INVALID", "签收时限应写成 2026-07-01 17:00、17:00 或 2h 的样子，请改正。"),
    (Refusal::SignByPast, "SIGN_BY_PAST", "签收时限已经过去（以北京时间为准），请改成以后的时间；若时间无误，请核对本机时间。"),
    (Refusal::AudienceUnclear, "AUDIENCE_UNCLEAR", "请写明发给谁：全部下级、若干单位或一个编组，三者只选其一。"),
    (
        Refusal::AudienceTooLong,
        "AUDIENCE_TOO_LONG",
        "点名的单位太多，一份通知写不下（约三百个），请分成几个编组各发一份，或改发全部下级。",
    ),
    (Refusal::NotBelow, "NOT_BELOW", "通知和编组只能写本单位的下级，请核对单位编号。"),
    (Refusal::NothingBelow, "NOTHING_BELOW", "本单位没有下级，通知无处可发，请先登记或邀请下级。"),
    (Refusal::NotAddressed, "NOT_ADDRESSED", "这份通知不是发给该单位的，不必签收，请核对编号和单位。"),
    (Refusal::ToldByMissing, "TOLD_BY_MISSING", "代录签收须写明是谁来电、号码多少，请写成 --told-by 李四:0759-3331234。"),
    (Refusal::OnBehalfMissing, "ON_BEHALF_MISSING", "写了来电人，却没有写明代哪个单位签收，请用 --on-behalf-of 写明单位。"),
    (Refusal::GroupUnknown, "GROUP_UNKNOWN", "没有这个编组，请用 group list 核对名称。"),
    (Refusal::GroupNameInvalid, "GROUP_NAME_INVALID", "编组名称应为 1 至 32 个字，不含换行和不可见字符，请改正。"),
    (Refusal::GroupEmpty, "GROUP_EMPTY", "编组里没有单位，请至少写一个下级单位；不再用的编组请用 group drop。"),
    (Refusal::NoSpace, "NO_SPACE", "本机磁盘将满，暂不接收新的内容；已保存的不受影响，请尽快腾出空间。"),
    (Refusal::ConfigFaults, "CONFIG_FAULTS", "配置文件有误，未启动，请逐项改正。"),
    (Refusal::ConfigUnreadable, "CONFIG_UNREADABLE", "读不到配置文件，请核对路径和权限，或用 --config 指定。"),
    (Refusal::FolderEmpty, "FOLDER_EMPTY", "数据目录中还没有单位，请先用 init（最上级）或 enrol（有邀请的下级）建立。"),
    (Refusal::FolderTaken, "FOLDER_TAKEN", "数据目录中已有内容，为免覆盖不予建立，请换一个空目录。"),
    (Refusal::FolderOfAnother, "FOLDER_OF_ANOTHER", "这个数据目录属于另一个单位，请核对配置中的 node.data 和 node.office。"),
    (Refusal::FolderNoRights, "FOLDER_NO_RIGHTS", "没有读写数据目录的权限，请改正目录属主，或换用有权限的账户运行。"),
    (Refusal::FolderReadOnly, "FOLDER_READ_ONLY", "数据目录所在磁盘是只读的，请检查磁盘是否出错，恢复可写后再启动。"),
    (Refusal::KeyOpenToOthers, "KEY_OPEN_TO_OTHERS", "密钥文件可被他人读取，请先核查有无泄露，再用 chmod 600 改正权限。"),
    (Refusal::FolderLocked, "FOLDER_LOCKED", "另一个值守通进程正在使用这个数据目录，请先停止它。"),
    (Refusal::FolderDamaged, "FOLDER_DAMAGED", "数据目录中的文件有损坏，请保留现场不要删除，用 verify 查看详情并联系维护人员。"),
    (Refusal::FolderNewer, "FOLDER_NEWER", "数据目录由更新版本的值守通写成，请换用新版本程序。"),
    (Refusal::PortInUse, "PORT_IN_USE", "端口已被占用，请停止占用它的程序，或在配置中换一个端口。"),
    (Refusal::PortNotAllowed, "PORT_NOT_ALLOWED", "无法在这个地址上监听，请核对地址是否属于本机、端口是否需要更高权限。"),
    (Refusal::NotServing, "NOT_SERVING", "本机值守通没有运行，请先用 serve 启动。"),
    (Refusal::NotReachable, "NOT_REACHABLE", "本机值守通没有应答，请查看它是否仍在运行，稍后再试；重试不会产生重复记录。"),
    (Refusal::StopFirst, "STOP_FIRST", "本机值守通正在运行，请先停止它再执行这个命令。"),
    (Refusal::FileUnreadable, "FILE_UNREADABLE", "读不懂指定的文件，请核对路径和内容。"),
    (
        Refusal::BackupAbsent,
        "BACKUP_ABSENT",
        "备份目录不在，请检查 U 盘或备份盘是否接好并已挂载；第一次备份请手动执行 backup now --to。",
    ),
    (Refusal::BackupEmpty, "BACKUP_EMPTY", "这里没有值守通的备份，请核对目录。"),
    (Refusal::BackupSeveral, "BACKUP_SEVERAL", "这里有几个单位的备份，请指明其中一个单位的目录（dutynet-单位编号）。"),
    (Refusal::BackupOfAnother, "BACKUP_OF_ANOTHER", "这里的备份属于另一个单位，什么都没有改动，请核对备份盘和目录。"),
    (Refusal::BackupNewer, "BACKUP_NEWER", "备份由更新版本的值守通制作，什么都没有改动，请换用新版本程序。"),
    (
        Refusal::BackupDamaged,
        "BACKUP_DAMAGED",
        "备份不完整或有损坏，请用 backup list 找一份较早的备份，都不行时用 salvage 抢救。",
    ),
    (Refusal::BackupFull, "BACKUP_FULL", "备份盘已满，这次没有备份成，原有备份仍然完好，请清理或更换备份盘。"),
    (Refusal::BackupDiskFailed, "BACKUP_DISK_FAILED", "备份盘读写失败，请检查它是否接好、是否只读、本程序有没有权限。"),
    (Refusal::BackupInsideData, "BACKUP_INSIDE_DATA", "备份目录在数据目录里面，会一同损坏，请换到另一块盘上。"),
    (
        Refusal::RecoveryCodeMissing,
        "RECOVERY_CODE_MISSING",
        "本单位还没有恢复码，备份里的密钥无从保护，请先执行 backup code --new 并把恢复码抄在纸上。",
    ),
    (
        Refusal::RecoveryCodeMistyped,
        "RECOVERY_CODE_MISTYPED",
        "恢复码抄写有误（应为 30 个字母和数字，每组 5 个），什么都没有改动，请逐组核对后再输。",
    ),
    (
        Refusal::RecoveryCodeWrong,
        "RECOVERY_CODE_WRONG",
        "恢复码没有抄错，但不是这份备份的，什么都没有改动，请找出制作这份备份时的那一张恢复码。",
    ),
    (Refusal::FolderNotEmpty, "FOLDER_NOT_EMPTY", "目标目录不是空的，为免覆盖什么都没有做，请换一个空目录。"),
    (Refusal::Behind, "BEHIND", "本机正在整理大量记录，暂时查不到最新内容，请稍后再试。"),
    (Refusal::Stopping, "STOPPING", "本机值守通正在停止，请稍后再试；重试不会产生重复记录。"),
    (Refusal::StoreFailed, "STORE_FAILED", "本机存储出错，为保护数据已停止接收，这次没有保存，请立即联系维护人员检查磁盘。"),
    (Refusal::Internal, "INTERNAL", "程序内部出错，请记下编号并联系维护人员。"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_its_own_and_has_one_sentence_that_says_what_to_do() {
        let codes: BTreeSet<_> = Refusal::all().map(Refusal::code).collect();
        assert_eq!(codes.len(), TABLE.len());
        for (place, refusal) in Refusal::all().enumerate() {
            assert_eq!(refusal as usize, place, "{refusal:?} stands in another row");
            let (code, sentence) = (refusal.code(), refusal.sentence());
            assert_eq!(Refusal::from_code(code), Some(refusal));
            assert!(code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{code}");
            assert!(sentence.ends_with('。') && sentence.matches('。').count() == 1, "{code}: one sentence");
            let says_what_to_do = ["请", "未启动"].iter().any(|word| sentence.contains(word));
            assert!(says_what_to_do, "{code}: {sentence}");
        }
    }
}
