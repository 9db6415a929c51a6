//! What is said of a warning about what may come (预警).

/// A state, or a code of a fact.
pub fn word(code: &str) -> Option<&'static str> {
    Some(match code {
        "taken" => "已接收，待报告领导",
        "told" => "已报告领导，待转发",
        "passed" => "已转发，待确认",
        "confirmed" => "各单位均已确认",
        "lifted" => "已解除",
        "red" => "红色",
        "orange" => "橙色",
        "yellow" => "黄色",
        "blue" => "蓝色",
        "fax" => "传真",
        "phone" => "电话",
        "page" => "网页",
        "one" => "一级响应",
        "two" => "二级响应",
        "three" => "三级响应",
        "four" => "四级响应",
        "started" => "启动",
        "adjusted" => "调整",
        "ended" => "终止",
        _ => return None,
    })
}

/// Name of a fact.
pub fn label(key: &str) -> Option<&'static str> {
    Some(match key {
        "title" => "标题",
        "category" => "类别",
        "level" => "级别",
        "from" => "起始时间",
        "area" => "可能影响范围",
        "caution" => "警示事项",
        "measures" => "应当采取的措施",
        "issuer" => "发布单位",
        "issued_at" => "发布时间",
        "channel" => "收到渠道",
        "lifted" => "解除依据",
        "told" => "已报告领导",
        "told_leader" => "报告的领导",
        "responds" => "应急响应单位",
        "response" => "响应级别",
        "response_state" => "响应状态",
        "addressed" => "转发",
        "delivered" => "送达",
        "shown" => "已显示",
        "signed" => "签收",
        "phoned" => "电话叫应",
        "not_reached" => "电话未叫应",
        "awaited" => "待确认",
        "version.differs" => "代录与自报有出入",
        "version.chosen" => "已由人选定",
        _ => return None,
    })
}
