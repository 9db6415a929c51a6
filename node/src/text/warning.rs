//! What a person should know about a node that runs.

use crate::usecase::WarningKind;

/// Stable code, upper case.
pub fn code(kind: WarningKind) -> &'static str {
    match kind {
        WarningKind::StoreFailed => "STORE_FAILED",
        WarningKind::DiskLow => "DISK_LOW",
        WarningKind::DiskFull => "DISK_FULL",
        WarningKind::Parked => "PARKED",
        WarningKind::UnlawfulRefused => "UNLAWFUL_REFUSED",
        WarningKind::MarkedRefused => "MARKED_REFUSED",
        WarningKind::Damaged => "DAMAGED",
        WarningKind::NotInterpreted => "NOT_INTERPRETED",
        WarningKind::Dormant => "DORMANT",
        WarningKind::ParentDown => "PARENT_DOWN",
        WarningKind::ClockSkew => "CLOCK_SKEW",
        WarningKind::ClockSkewBelow => "CLOCK_SKEW_BELOW",
        WarningKind::ClockWrong => "CLOCK_WRONG",
        WarningKind::DayDoubtful => "DAY_DOUBTFUL",
        WarningKind::BackupNotPlanned => "BACKUP_NOT_PLANNED",
        WarningKind::BackupFailing => "BACKUP_FAILING",
        WarningKind::BackupOld => "BACKUP_OLD",
        WarningKind::BackupDamaged => "BACKUP_DAMAGED",
        WarningKind::BackupSameDisk => "BACKUP_SAME_DISK",
        WarningKind::RingFailing => "RING_FAILING",
    }
}

/// One sentence that says what to do; `about` says how many or which.
pub fn sentence(kind: WarningKind, about: &str) -> String {
    match kind {
        WarningKind::StoreFailed => format!("存储出错（{about}），已停止接收，请立即联系维护人员检查磁盘。"),
        WarningKind::DiskLow => "磁盘剩余不多，普通内容已暂停接收，请尽快腾出空间。".into(),
        WarningKind::DiskFull => "磁盘将满，只接收特急内容或已全部停收，请立即腾出空间。".into(),
        WarningKind::Parked => format!("有 {about} 条记录被对方拒收，请查看滞留清单（parked list）。"),
        WarningKind::UnlawfulRefused => {
            format!(
                "有 {about} 条来件由无权的单位发来（冒用名义，或销毁不归它管的记录），已拒收，本机内容没有变动；请打电话核实对方。"
            )
        }
        WarningKind::MarkedRefused => {
            format!("有 {about} 条来件带有密级标志，已拒收，内容未留在本机；请通知来件单位清除（purge）并改走涉密渠道。")
        }
        WarningKind::Damaged => {
            format!("日志库损坏，有 {about} 条记录尚未取回；线路通时自动从上下级取回，长时间不减请联系维护人员换盘。")
        }
        WarningKind::NotInterpreted => format!("有 {about} 条记录本机不能识读，已照常转发，请升级程序或联系维护人员。"),
        WarningKind::Dormant => {
            format!("单位及待发条数 {about}：断线过久，已转入沉睡，不再占用待发队列；恢复后自动补发，紧急事项请打电话。")
        }
        WarningKind::ParentDown => format!("与上级 {about} 的线路不通，新报内容先存本机，通后自动送出；紧急事项请打电话。"),
        WarningKind::BackupNotPlanned => "没有设定自动备份，请在配置的 [backup] 中写明第二块盘或 U 盘的目录。".into(),
        WarningKind::BackupFailing => format!("自动备份没有成功，会继续重试：{about}"),
        WarningKind::BackupOld => format!("备份太旧或还没有：{about}，请检查备份盘，或立即执行 backup now。"),
        WarningKind::BackupDamaged => format!("备份时发现本机日志库有损坏：{about}，请用 verify 查看并联系维护人员。"),
        WarningKind::BackupSameDisk => format!("备份和数据在同一块盘上：{about}，盘坏了两份都没有，请换到另一块盘。"),
        WarningKind::RingFailing => format!("响铃命令没有执行成（{about}），没有人看着网页时不会响，请检查配置的 [ring]。"),
        WarningKind::ClockSkew => format!("电脑时间不对：{about}，请校准时钟；收发照常，证书和邀请的期限以上级时钟为准。"),
        WarningKind::ClockSkewBelow => format!("电脑时间不对：{about}，请通知其校准时钟；收发照常。"),
        WarningKind::ClockWrong => format!("电脑时间不对：本机时间 {about} 不可能正确，请立即校准时钟；收发照常。"),
        WarningKind::DayDoubtful => format!("电脑时间不对，请核对报告期：{about}。"),
    }
}
