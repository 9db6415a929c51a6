//! What is said of a drill (演练).

/// A state.
pub fn word(code: &str) -> Option<&'static str> {
    Some(match code {
        "running" => "演练进行中",
        "suspended" => "演练已暂停",
        "ended" => "演练已结束",
        _ => return None,
    })
}

/// Name of a fact.
pub fn label(key: &str) -> Option<&'static str> {
    Some(match key {
        "title" => "演练名称",
        "content" => "演练内容",
        "started_by" => "组织单位",
        "takes_part" => "参加单位",
        "until" => "预计结束时间",
        "left" => "已退出的单位",
        "reason" => "原因",
        "real" => "期间真实发生的事项",
        "outcome" => "演练结果",
        "review" => "问题和改进措施",
        _ => return None,
    })
}
