//! What a retention file says, what is wrong with one, and when words go.

use super::*;

const FILE: &str = r#"
[[rule]]
id = "personal"
about = ["incident", "report"]
class = "after-event"
days = 30
by_itself = true
article = "第八十五条"
source = "突发事件应对法"

[[rule]]
id = "notices"
about = ["notice"]
class = "10y"
article = "第七条"
source = "国家档案局令第8号"
"#;

fn at(day: &str) -> UnixMillis {
    Day::parse(day).unwrap().midnight()
}

#[test]
fn a_file_is_read_and_each_kind_of_record_has_at_most_one_rule() {
    let rules = Rules::parse(FILE).unwrap();
    let named = |kind: &str| rules.of_kind(kind).map(|rule| (rule.id.as_str(), rule.class, rule.by_itself));
    assert_eq!(named("incident.call/1"), Some(("personal", Class::AfterEvent(30), true)));
    assert_eq!(named("daily.report/1"), Some(("personal", Class::AfterEvent(30), true)));
    assert_eq!(named(NOTICE), Some(("notices", Class::Years(10), false)));
    assert_eq!((named("warning.take/1"), named("net.office/1"), named("rules.pack/1")), (None, None, None));
    assert_eq!(Rules::parse("").unwrap(), Rules::default(), "nothing goes that no rule is about");
}

#[test]
fn every_fault_of_a_row_is_found_and_named() {
    let faulty = FILE
        .replace("\"incident\", \"report\"", "\"incident\", \"salary\"")
        .replace("days = 30", "days = 0")
        .replace("id = \"notices\"", "id = \"Notices\"")
        .replace("\"10y\"", "\"7y\"")
        .replace("第七条", " ");
    let faults = Rules::parse(&faulty).unwrap_err();
    let found: Vec<_> = faults.iter().map(|fault| (fault.row.as_str(), &fault.kind)).collect();
    use RuleFaultKind::{About, Cited, Class, Days, Id};
    assert_eq!(found, [("personal", &About), ("personal", &Days), ("Notices", &Id), ("Notices", &Class), ("Notices", &Cited)]);
    let twice = format!("{FILE}{FILE}");
    let faults = Rules::parse(&twice).unwrap_err();
    assert!(faults.iter().any(|fault| fault.kind == RuleFaultKind::Twice), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.kind == RuleFaultKind::AboutTwice("incident")), "{faults:?}");
    let eventless = FILE.replace("class = \"10y\"", "class = \"after-event\"\ndays = 3");
    assert_eq!(Rules::parse(&eventless).unwrap_err()[0].kind, RuleFaultKind::NoEvent("notice"));
    let with_days = FILE.replace("class = \"10y\"", "class = \"10y\"\ndays = 3");
    assert_eq!(Rules::parse(&with_days).unwrap_err()[0].kind, RuleFaultKind::Days);
    for shape in ["rule = 3", "[[rule]]\nid = \"a\"", &FILE.replace("days", "weeks"), "[[row]]", "\u{0}"] {
        let faults = Rules::parse(shape).unwrap_err();
        assert!(matches!(&faults[..], [RuleFault { kind: RuleFaultKind::Shape(_), .. }]), "{shape}: {faults:?}");
    }
}

#[test]
fn words_go_when_their_class_says_so_and_never_while_their_event_goes_on() {
    let made = at("2026-07-01");
    assert_eq!(Class::Years(10).due(made, Event::None), Some(at("2037-01-01")), "from the first day of the next year on");
    assert_eq!(Class::Years(30).due(made, Event::Ended(made)), Some(at("2057-01-01")));
    assert_eq!(Class::AfterEvent(30).due(made, Event::Ended(at("2026-08-01"))), Some(at("2026-08-31")));
    assert_eq!(Class::AfterEvent(30).due(made, Event::None), None);
    for class in [Class::Permanent, Class::Years(10), Class::AfterEvent(1)] {
        assert_eq!(class.due(made, Event::Open), None);
    }
    assert_eq!(Class::Permanent.due(made, Event::Ended(made)), None);
}
