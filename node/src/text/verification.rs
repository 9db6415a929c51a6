//! What is said of a question from above (核报).

/// A state, or a code of a fact.
pub fn word(code: &str) -> Option<&'static str> {
    Some(match code {
        "asked" => "待回复",
        "reasoned" => "已说明原因，待回复",
        "answered" => "已回复",
        "closed" => "已办结",
        _ => return None,
    })
}

/// Name of a fact.
pub fn label(key: &str) -> Option<&'static str> {
    Some(match key {
        "title" => "要核实的事",
        "question" => "问题",
        "asked_by" => "提出单位",
        "asked" => "被问单位",
        "delivered" => "送达",
        "incident" => "突发事件",
        "reason" => "不能按时回复的原因",
        "expected_at" => "预计回复时间",
        "answer" => "核实情况",
        "outcome" => "结果",
        "version.differs" => "代录与自报有出入",
        "version.chosen" => "已由人选定",
        _ => return None,
    })
}
