//! Words around incidents: what stands beside a fact, and what its codes mean.

use crate::domain::{form::FieldKind, step::StepForms};

/// A code that has a word of its own; others are labels of forms.
pub fn word(code: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 31] = [
        ("called", "已接报"),
        ("reported", "已上报"),
        ("final", "已终报"),
        ("closed", "已办结"),
        ("ordinary", "一般"),
        ("considerable", "较大"),
        ("major", "重大"),
        ("exceptional", "特别重大"),
        ("unverified", "未核实"),
        ("verified", "已核实"),
        ("false", "不属实"),
        ("unknown", "不明，正在核实"),
        ("happened_at", "事发时间"),
        ("place", "地点"),
        ("source", "信息来源"),
        ("cause", "起因和性质"),
        ("course", "基本过程"),
        ("consequences", "已造成的后果"),
        ("scope", "影响范围"),
        ("trend", "发展趋势"),
        ("handling", "处置情况"),
        ("measures", "拟采取的措施"),
        ("advice", "下一步工作建议"),
        ("ungraded", "不分级"),
        ("up-unapproved", "先行上报，标明未经审批"),
        ("oral-first", "先口头报告，书面待审"),
        ("waits", "继续待审，记明由谁压件"),
        ("on-duty", "带班领导"),
        ("office-head", "办公室主要领导"),
        ("in-charge", "政府分管领导"),
        ("principal", "政府主要领导"),
    ];
    let of_forms = || {
        let choices = ["incident.report", "incident.assess"].into_iter().filter_map(|id| StepForms::built_in().get(id));
        let fields = choices.flat_map(|form| form.fields.iter());
        let codes = fields.filter_map(|field| match &field.kind {
            FieldKind::Choice { codes, .. } => Some(codes),
            FieldKind::Text { .. } | FieldKind::Number(_) | FieldKind::Nil | FieldKind::Time | FieldKind::Rows { .. } => None,
        });
        codes.flatten().find(|known| known.key == code).map(|known| known.label.as_str())
    };
    WORDS.into_iter().find(|(key, _)| *key == code).map(|(_, word)| word).or_else(of_forms)
}

/// What stands beside a fact.
pub fn label(key: &str) -> Option<&'static str> {
    const LABELS: [(&str, &str); 62] = [
        ("first_receiver", "首接人"),
        ("handler", "承办单位"),
        ("offered_to", "移交待接受"),
        ("title", "标题"),
        ("happened_at", "事发时间"),
        ("learnt_at", "获知时间"),
        ("place", "地点"),
        ("area", "行政区划代码"),
        ("category", "类别"),
        ("grade", "级别"),
        ("verification", "核实情况"),
        ("flags", "不受分级限制"),
        ("first.received", "第一时间接报"),
        ("first.assessed", "第一时间研判"),
        ("first.answered", "第一时间响应"),
        ("first.handled", "第一时间处置"),
        ("report.initial", "首报"),
        ("report.followup", "续报"),
        ("report.final", "终报"),
        ("report.withdrawn", "已撤回的报告"),
        ("missing", "尚缺要素"),
        ("joined", "并入的事项"),
        ("skip", "越级报告"),
        ("skipped", "越过的单位（已抄送）"),
        ("text.code", "文本核对码"),
        ("text.same", "口径一致"),
        ("text.differs", "口径有出入"),
        ("received", "已签收"),
        ("transferred", "移送给"),
        ("lessons", "经验教训和改进措施"),
        ("version.differs", "代录与自报有出入"),
        ("version.chosen", "已由人选定"),
        ("same_event", "与此为同一件事的代录"),
        ("missing.intake", "接报记录尚缺"),
        ("missing.next", "下次报告应写"),
        ("grade.suggested", "按数字建议的级别"),
        ("grade.because", "建议依据"),
        ("grade.below", "所定级别低于建议"),
        ("grade.decided_by", "定级人"),
        ("grade.undecided", "级别待定"),
        ("tell", "还应报告"),
        ("approval.needed", "呈报单待送审"),
        ("revision.until", "伤亡变化补报截至"),
        ("approval.waiting", "待审"),
        ("approval.now", "现由谁审"),
        ("approval.held", "逾时未答复"),
        ("approval.at_end", "时限已到，按规定"),
        ("approval.rule", "审批依据"),
        ("approval.before", "未经批准先报"),
        ("approval.unconfirmed", "批准待本人确认"),
        ("total.dead", "死亡合计"),
        ("total.badly_hurt", "重伤合计"),
        ("total.lightly_hurt", "轻伤合计"),
        ("total.missing", "失踪合计"),
        ("total.trapped", "被困合计"),
        ("total.loss_yuan", "直接经济损失合计（元）"),
        ("unknown.dead", "死亡数尚不明"),
        ("unknown.badly_hurt", "重伤数尚不明"),
        ("unknown.lightly_hurt", "轻伤数尚不明"),
        ("unknown.missing", "失踪数尚不明"),
        ("unknown.trapped", "被困数尚不明"),
        ("unknown.loss_yuan", "损失数尚不明"),
    ];
    LABELS.into_iter().find(|(known, _)| *known == key).map(|(_, label)| label)
}

/// Above what leaders answered, where it was asked more than once.
pub fn put_before(at: &str) -> String {
    format!("{at} 送审：")
}

/// Who was asked in which place, and what he answered.
pub fn approver(place: usize, name: &str, answer: &str) -> String {
    format!("{place}. {name}　{answer}")
}

/// He has not answered.
pub const UNANSWERED: &str = "未答复";
/// He has not yet said himself that the words are his.
pub const UNCONFIRMED: &str = "待本人确认";

/// He has said so.
pub fn confirmed(at: &str) -> String {
    format!("本人已确认（{at}）")
}

/// A leader's words.
pub fn opinion(words: &str) -> String {
    format!("意见：{words}")
}

/// What he added when he confirmed them.
pub fn opinion_more(words: &str) -> String {
    format!("补充意见：{words}")
}
