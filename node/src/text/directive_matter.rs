//! What is said of a directive (指示类事项).

/// A state, or a code of a fact.
pub fn word(code: &str) -> Option<&'static str> {
    Some(match code {
        "underway" => "办理中",
        "answered" => "各单位均已回复",
        "recalled" => "已撤回",
        "closed" => "已办结",
        "circular" => "通报",
        "instruction" => "批示指示",
        "task" => "内部交办",
        "supervision" => "督办",
        "phone" => "电话通知",
        "flash" => "特急",
        "urgent" => "加急",
        "routine" => "平件",
        _ => return None,
    })
}

/// Name of a fact.
pub fn label(key: &str) -> Option<&'static str> {
    Some(match key {
        "title" => "标题",
        "words" => "原话原文",
        "leader" => "作出指示的领导",
        "owner" => "承办人",
        "kind" => "类别",
        "said_at" => "作出指示的时间",
        "due" => "办结时限",
        "corrected" => "更正后的内容",
        "recalled" => "撤回理由",
        "outcome" => "结果",
        "addressed" => "发给",
        "delivered" => "送达",
        "signed" => "签收",
        "read" => "阅",
        "feedback" => "反馈",
        "phoned" => "电话已通知到",
        "not_reached" => "电话未通知到",
        "returned" => "被退回",
        "done" => "办结",
        "awaited" => "待办结",
        "awaited_until" => "待办结的时限",
        "version.differs" => "代录与自报有出入",
        "version.chosen" => "已由人选定",
        _ => return None,
    })
}
