//! What a matter wants from an office next: the first word of every list.

/// What an office has to do. What is owed by when is for obligations; this is what the steps alone say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// An offer to handle it waits for the office's answer (移交待接受).
    Accept,
    /// Words that a leader said by telephone wait for his own confirmation.
    Confirm,
    /// Something waits for a leader's approval (送审待批).
    Approve,
    /// No leader has been told.
    Tell,
    /// The office has not reported it to the tier above.
    Report,
    /// It has reported, and not for the last time.
    FollowUp,
    /// A question from above waits for its answer.
    Answer,
    /// Nobody of the office has signed for it.
    Sign,
    /// An outcome is owed.
    Outcome,
    /// It is to be passed on to those below.
    Pass,
    /// What was found is to be explained by the office that it is about.
    Explain,
    /// It was explained, and is to be ruled.
    Rule,
    /// Something is to be put right.
    Rectify,
    /// It is said to be put right, and is to be looked at.
    Check,
    /// A session was called, and the office has not spoken.
    Speak,
    /// What was decided is neither ordered nor expressly needs nothing.
    Settle,
    /// Everybody has answered, and the office may close it.
    Close,
}

impl Wanted {
    /// Stable name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Confirm => "confirm",
            Self::Approve => "approve",
            Self::Tell => "tell",
            Self::Report => "report",
            Self::FollowUp => "follow_up",
            Self::Answer => "answer",
            Self::Sign => "sign",
            Self::Outcome => "outcome",
            Self::Pass => "pass",
            Self::Explain => "explain",
            Self::Rule => "rule",
            Self::Rectify => "rectify",
            Self::Check => "check",
            Self::Speak => "speak",
            Self::Settle => "settle",
            Self::Close => "close",
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{
        form::Value,
        matter::tests::{Told, code, id, text, time, tree},
    };

    fn wanted(told: &Told, office: &str) -> &'static str {
        told.matter().wanted(&id(office), &tree()).map_or("", |wanted| wanted.key())
    }

    fn of_all(told: &Told) -> [&'static str; 3] {
        ["p", "c1", "a"].map(|office| wanted(told, office))
    }

    fn report(stage: &str) -> [(&str, Value); 3] {
        [("stage", code(stage)), ("title", text("山洪")), ("haste", code("yes"))]
    }

    #[test]
    fn an_incident_wants_leaders_told_and_a_report_from_each_tier_but_the_top() {
        let mut told = Told::new();
        let unknown = ["caller_name", "caller_unit", "caller_phone", "place", "happened_at", "who", "why"];
        let mut call: Vec<_> = unknown.into_iter().map(|field| (field, Value::Unknown)).collect();
        call.extend([("title", text("山洪")), ("what", text("漫水"))]);
        told.take("a", "incident.call", &call, &[]).unwrap();
        assert_eq!(wanted(&told, "a"), "tell");
        let leader = [("leader", text("王镇长")), ("told_at", time(1)), ("how", code("telephone")), ("said", Value::Nil)];
        for office in ["a", "c1", "p"] {
            told.take(office, "incident.told", &leader, &[]).unwrap();
        }
        assert_eq!(of_all(&told), ["", "report", "report"]);
        told.take("a", "incident.report", &report("initial"), &[]).unwrap();
        assert_eq!(wanted(&told, "a"), "follow_up");
        told.take("a", "incident.approval-asked", &[("approver", text("王书记")), ("what", text("上报"))], &[]).unwrap();
        assert_eq!(wanted(&told, "a"), "approve");
        let words = [("approver", text("王书记")), ("how", code("telephone")), ("number", text("1")), ("said_at", time(1))];
        told.take("a", "incident.approved", &[&words[..], &[("words", text("同意"))]].concat(), &[]).unwrap();
        assert_eq!(wanted(&told, "a"), "confirm");
        let handover = [("title", text("山洪")), ("situation", text("转县里")), ("open_items", Value::Nil)];
        told.take("a", "incident.handover", &handover, &["c1"]).unwrap();
        assert_eq!(of_all(&told), ["", "accept", "confirm"]);
        told.take("c1", "incident.accept", &[("answer", code("accepted"))], &[]).unwrap();
        told.take("c1", "incident.report", &report("initial"), &[]).unwrap();
        told.take("c1", "incident.report", &report("final"), &[]).unwrap();
        assert_eq!(wanted(&told, "c1"), "");
    }

    #[test]
    fn a_question_wants_its_answer_and_then_to_be_closed() {
        let mut told = Told::new();
        told.take("p", "verification.ask", &[("title", text("伤亡")), ("question", text("几人？"))], &["a"]).unwrap();
        assert_eq!(of_all(&told), ["", "", "answer"]);
        told.take("a", "verification.answer", &[("answer", text("三人"))], &[]).unwrap();
        assert_eq!(of_all(&told), ["close", "", ""]);
        told.take("p", "verification.close", &[("outcome", text("已核实"))], &[]).unwrap();
        assert_eq!(of_all(&told), ["", "", ""]);
    }

    #[test]
    fn a_directive_wants_a_signature_then_an_outcome_and_then_to_be_closed() {
        let mut told = Told::new();
        let order =
            [("kind", code("supervision")), ("title", text("排查")), ("words", text("立即。")), ("urgency", code("flash"))];
        told.take("p", "directive.order", &order, &["a"]).unwrap();
        assert_eq!(of_all(&told), ["", "", "sign"]);
        told.take("a", "directive.sign", &[], &[]).unwrap();
        assert_eq!(of_all(&told), ["", "", "outcome"]);
        told.take("a", "directive.done", &[("outcome", text("已排查"))], &[]).unwrap();
        assert_eq!(of_all(&told), ["close", "", ""]);
    }

    #[test]
    fn a_finding_wants_to_be_explained_ruled_put_right_looked_at_and_closed() {
        let mut told = Told::new();
        let says =
            [("title", text("脱岗")), ("kind", code("absent")), ("says", text("无人接听")), ("found_by", code("telephone"))];
        told.take("p", "finding.open", &says, &["a"]).unwrap();
        assert_eq!(of_all(&told), ["", "", "explain"]);
        told.take("a", "finding.explain", &[("stance", code("accepted")), ("explanation", text("属实"))], &[]).unwrap();
        assert_eq!(of_all(&told), ["rule", "", ""]);
        let ruling = [("ruling", code("upheld")), ("reason", text("属实")), ("direct", text("李四"))];
        told.take("p", "finding.rule", &ruling, &[]).unwrap();
        let demand = told.take("p", "finding.rectify", &[("what", text("补岗")), ("due", time(i64::MAX))], &[]).unwrap();
        assert_eq!(of_all(&told), ["", "", "rectify"]);
        let done = [("state", code("done")), ("measures", text("已补岗"))];
        let fed_back = told.step(("a", "finding.feedback"), &done, &[], (&[("demand", &demand)], None)).unwrap();
        assert_eq!(of_all(&told), ["check", "", ""]);
        let accepted = [("result", code("accepted")), ("reason", text("已核"))];
        told.step(("p", "finding.check"), &accepted, &[], (&[("feedback", &fed_back)], None)).unwrap();
        assert_eq!(of_all(&told), ["close", "", ""]);
    }

    #[test]
    fn a_warning_wants_a_signature_a_leader_told_and_to_be_passed_on_to_whoever_stands_below() {
        let mut told = Told::new();
        let words = ["title", "category", "area", "caution", "measures", "issuer"].map(|field| (field, text("台风")));
        let rest = [("level", code("red")), ("from", time(1)), ("issued_at", time(1)), ("channel", code("fax"))];
        told.take("p", "warning.take", &[&words[..], &rest[..]].concat(), &[]).unwrap();
        assert_eq!(of_all(&told), ["tell", "", ""]);
        let leader = [("leader", text("李四")), ("told_at", time(1)), ("how", code("phone"))];
        told.take("p", "warning.told", &leader, &[]).unwrap();
        assert_eq!(wanted(&told, "p"), "pass");
        told.take("p", "warning.pass", &[], &["c1", "a"]).unwrap();
        assert_eq!(of_all(&told), ["", "sign", "sign"]);
        for office in ["c1", "a"] {
            told.take(office, "warning.signed", &[], &[]).unwrap();
            told.take(office, "warning.told", &leader, &[]).unwrap();
        }
        assert_eq!(of_all(&told), ["", "pass", ""], "nobody stands below the last");
        told.take("p", "warning.lift", &[("at", time(1)), ("reason", text("解除"))], &[]).unwrap();
        assert_eq!(of_all(&told), ["", "", ""]);
    }
}
