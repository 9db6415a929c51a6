//! The built-in packs: every verified row of the statutory deadlines, grades at their borders, stricter and laxer packs, faults with lines.

use std::collections::BTreeSet;

use dutynet_relay::ids::{OfficeId, RecordId, UnixMillis};

use super::{fault::Allowed, *};
use crate::domain::{beijing::Day, holiday::DayKind};

fn rules() -> &'static Rules {
    Packs::built_in().in_force()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// `area tier category grade flag,…`; `-` leaves out.
fn case(text: &str) -> Case {
    let words: Vec<&str> = text.split(' ').collect();
    let said = |n: usize| words.get(n).copied().filter(|word| *word != "-");
    Case {
        jurisdiction: said(0).unwrap_or_default().into(),
        tier: Tier::from_key(words[1]).unwrap(),
        category: said(2).map(|code| CategoryCode::parse(code).unwrap()),
        grade: said(3).map(|grade| Grade::from_key(grade).unwrap()),
        flags: said(4).into_iter().flat_map(|flags| flags.split(',')).map(|flag| Flag::from_key(flag).unwrap()).collect(),
        channel: None,
        on: day("2026-07-01"),
    }
}

fn rows(duty: Duty, of: &str) -> Vec<String> {
    rules().limits(duty, &case(of)).into_iter().map(|limit| limit.cited.row).collect()
}

#[test]
fn every_verified_deadline_applies_to_those_whom_it_names() {
    const MIN: i64 = 60_000;
    const HOUR: i64 = 60 * MIN;
    use Basis::{Event, Knowledge, OralReport, Receipt, Request};
    let wanted = [
        ("440825 county accident considerable", Duty::WrittenReport, "county-hour", HOUR, Event),
        ("440825 county - -", Duty::WrittenAfterOral, "written-after-oral", 20 * MIN, OralReport),
        ("440825 county - -", Duty::VerificationAnswer, "verification", 15 * MIN, Request),
        ("440825 unit accident.safety -", Duty::OralReport, "safety-unit", HOUR, Receipt),
        ("440825 county accident.safety ordinary", Duty::WrittenReport, "safety-level", 2 * HOUR, Receipt),
        ("440825 county accident.safety -", Duty::CasualtyRevision, "casualties-30", 30 * 24 * HOUR, Event),
        ("440825 county accident.traffic.road -", Duty::CasualtyRevision, "casualties-7", 7 * 24 * HOUR, Event),
        ("440825 county accident.fire -", Duty::CasualtyRevision, "casualties-7", 7 * 24 * HOUR, Event),
        ("440825 unit health.epidemic -", Duty::OralReport, "health-unit", 2 * HOUR, Receipt),
        ("440825 department health.epidemic -", Duty::WrittenReport, "health-government", 2 * HOUR, Receipt),
        ("440825 county health.epidemic -", Duty::WrittenReport, "health-level", 2 * HOUR, Receipt),
        ("440000 province health.epidemic -", Duty::WrittenReport, "health-province", HOUR, Receipt),
        ("440825 county health.animal -", Duty::WrittenReport, "animal-county", 2 * HOUR, Receipt),
        ("440000 department health.animal -", Duty::WrittenReport, "animal-agency", HOUR, Receipt),
        ("440000 department health.animal -", Duty::WrittenReport, "animal-province", HOUR, Receipt),
        ("440000 province health.animal -", Duty::WrittenReport, "animal-central", 4 * HOUR, Receipt),
        ("440825 county natural.weather -", Duty::DailyReport, "natural-daily", 24 * HOUR, Basis::Day),
        ("500101 county social considerable", Duty::WrittenReport, "chongqing", HOUR, Event),
        ("360101 county natural major", Duty::WrittenReport, "jiangxi-county", 2 * HOUR, Event),
        ("360100 city natural major", Duty::WrittenReport, "jiangxi-city", 3 * HOUR, Event),
        ("410100 city natural major", Duty::OralReport, "henan-phone", 15 * MIN, Event),
        ("410100 city natural exceptional", Duty::WrittenReport, "henan-grave", 35 * MIN, Event),
        ("410100 city natural considerable", Duty::WrittenReport, "henan-considerable", HOUR, Event),
        ("410100 city natural ordinary", Duty::WrittenReport, "henan-ordinary", 6 * HOUR, Event),
        ("620102 county natural considerable", Duty::WrittenReport, "lanzhou", 2 * HOUR, Event),
        ("620102 county natural major", Duty::WrittenReport, "lanzhou-grave", HOUR, Event),
        ("341621 county natural - direct-reporting", Duty::WrittenReport, "anhui-direct", 2 * HOUR, Event),
        ("140428 county - - warning", Duty::WarningLeaderTold, "zhangzi-leader", 10 * MIN, Receipt),
        ("140428 county - - warning", Duty::WarningPassedOn, "zhangzi-pass", 30 * MIN, Receipt),
        ("140428 county - -", Duty::PaperPassedOn, "zhangzi-paper", HOUR, Receipt),
        ("440825 unit accident.network considerable key-infrastructure", Duty::OralReport, "network-key", HOUR, Knowledge),
        ("110000 department accident.network major central-organ", Duty::OralReport, "network-central", 2 * HOUR, Knowledge),
        ("440825 unit accident.network considerable", Duty::OralReport, "network-other", 4 * HOUR, Knowledge),
        ("310101 county - - special-period", Duty::DailyReport, "shanghai-daily", 24 * HOUR, Basis::Day),
        ("110101 county - - special-period", Duty::DailyReport, "beijing-daily", 24 * HOUR, Basis::Day),
    ];
    for (of, duty, row, ms, basis) in wanted {
        let limits = rules().limits(duty, &case(of));
        let limit = limits.iter().find(|limit| limit.cited.row == row).unwrap_or_else(|| panic!("{row}: not for {of}"));
        assert_eq!((limit.limit, limit.basis), (Limited::Within(ms), basis), "{row}");
        assert!(!limit.cited.article.is_empty() && !limit.cited.source.is_empty() && !limit.says.is_empty(), "{row}");
    }
    assert!(rows(Duty::DailyReport, "320282 county - - special-period").contains(&"yixing-daily".into()));
    assert!(!rows(Duty::DailyReport, "320282 county - -").contains(&"yixing-daily".into()), "on ordinary days");
    let follow_up = rows(Duty::FollowUp, "410100 city natural major");
    assert_eq!(follow_up, ["henan-morning", "henan-evening", "natural-daily-follow-up"]);
    let packs: Vec<&Pack> = rules().packs().collect();
    let nowhere = packs.iter().flat_map(|pack| &pack.limits).filter(|row| row.scope.areas == ["-"]);
    assert_eq!(nowhere.count(), 6, "rows of places that their text does not name are kept and apply to nobody");
}

#[test]
fn rules_of_other_places_apply_to_nobody_here() {
    for duty in Duty::ALL {
        for tier in Tier::ALL {
            for grade in Grade::ALL {
                let of = format!("440825 {} natural {} special-period,direct-reporting", tier.key(), grade.key());
                let places = rules().limits(duty, &case(&of)).into_iter().filter(|limit| limit.cited.pack == "places");
                let places: Vec<_> = places.filter(|limit| !limit.cited.row.starts_with("zhangzi")).collect();
                assert!(places.is_empty(), "{of}: {places:?}");
            }
        }
    }
}

#[test]
fn the_strictest_comes_first_and_each_shows_its_article() {
    let limits = rules().limits(Duty::WrittenReport, &case("440825 county accident.safety considerable"));
    let shown: Vec<_> = limits.iter().map(|limit| (limit.cited.row.as_str(), limit.cited.article.as_str())).collect();
    assert_eq!(shown, [("county-hour", "湛江 第九条(二)"), ("safety-level", "安全事故条例 第十条、第十一条")]);
}

#[test]
fn a_rule_of_elsewhere_counts_by_reference_until_the_own_place_has_one() {
    let article = |of: &str| rules().limits(Duty::WrittenReport, &case(of))[0].cited.article.clone();
    assert_eq!(article("440825 county social considerable"), "湛江 第九条(二)");
    assert_eq!(article("- county social considerable"), "湛江（参照） 第九条(二)");
    assert_eq!(rows(Duty::WrittenReport, "360101 county social major"), ["jiangxi-county"]);
}

#[test]
fn what_is_sensitive_is_not_limited_by_grade() {
    let hour = |of: &str| rows(Duty::WrittenReport, of).contains(&"county-hour".into());
    assert!(!hour("440825 county social ordinary") && !hour("440825 county social -"));
    for flag in ["sensitive-time", "sensitive-place", "warning", "may-evolve"] {
        assert!(hour(&format!("440825 county social ordinary {flag}")), "{flag}");
        assert!(hour(&format!("440825 county social - {flag}")), "{flag}");
    }
    assert!(!hour("440825 county social ordinary special-period"));
    assert!(!hour("440825 township social major"), "it binds counties");
}

#[test]
fn a_row_is_in_force_from_its_first_day() {
    let on = |text: &str| {
        let case = Case { on: day(text), ..case("440825 unit accident.network major") };
        rules().limits(Duty::OralReport, &case).len()
    };
    assert_eq!((on("2025-10-31"), on("2025-11-01")), (on("2025-11-01") - 1, on("2025-11-01")));
}

fn suggested(dead: u64, badly_hurt: u64, loss_yuan: u64) -> Grade {
    let figures = Figures { dead: Some(dead), badly_hurt: Some(badly_hurt), missing: None, loss_yuan: Some(loss_yuan) };
    rules().suggest_grade(&CategoryCode::parse("accident.safety").unwrap(), &figures).unwrap().grade
}

#[test]
fn grades_at_their_borders() {
    use Grade::{Considerable, Exceptional, Major, Ordinary};
    const WAN: u64 = 10_000;
    let wanted = [
        ((2, 9, 999 * WAN), Ordinary),
        ((3, 0, 0), Considerable),
        ((9, 0, 0), Considerable),
        ((10, 0, 0), Major),
        ((29, 0, 0), Major),
        ((30, 0, 0), Exceptional),
        ((2, 10, 0), Considerable),
        ((0, 49, 0), Considerable),
        ((0, 50, 0), Major),
        ((0, 100, 0), Exceptional),
        ((0, 0, 1000 * WAN), Considerable),
        ((0, 0, 1000 * WAN - 1), Ordinary),
        ((0, 0, 5000 * WAN), Major),
        ((0, 0, 10_000 * WAN), Exceptional),
    ];
    for ((dead, hurt, loss), grade) in wanted {
        assert_eq!(suggested(dead, hurt, loss), grade, "{dead} {hurt} {loss}");
    }
    let accident = CategoryCode::parse("accident.safety").unwrap();
    assert_eq!(rules().suggest_grade(&accident, &Figures::default()), None, "nothing is known");
    let because = rules().suggest_grade(&accident, &Figures { dead: Some(3), ..Figures::default() }).unwrap().because;
    assert_eq!(because.article, "安全事故条例 第三条");
    let social = CategoryCode::parse("social.mass").unwrap();
    assert_eq!(rules().suggest_grade(&social, &Figures { dead: Some(3), ..Figures::default() }), None);
    assert!(lowers(Some(Major), Some(Considerable)) && lowers(Some(Ordinary), None) && !lowers(None, Some(Ordinary)));
}

#[test]
fn what_must_be_said_whom_to_tell_and_who_approves() {
    let here = case("440825 county accident.safety considerable");
    let elements = rules().elements(&here);
    let keys = |stage| elements.iter().filter(|e| e.stage == stage).map(|e| e.key.as_str()).collect::<BTreeSet<_>>();
    let asked = "happened place source cause course consequences scope trend handling measures advice";
    assert!(asked.split(' ').all(|key| keys(Stage::First).contains(key)));
    assert!(keys(Stage::First).contains("missing") && !keys(Stage::First).contains("commander"), "河南 is elsewhere");
    assert!(keys(Stage::Intake).contains("caller_phone") && keys(Stage::FollowUp).contains("public"));
    let natural = rules().elements(&case("410100 city natural major"));
    assert!(natural.iter().any(|e| e.key == "commander") && !natural.iter().any(|e| e.key == "unit_profile"));
    let told: Vec<_> = rules().tell(&here).into_iter().map(|told| told.role).collect();
    assert_eq!(told, [LeaderRole::OnDuty, LeaderRole::OfficeHead]);
    let at_end = |of: &str| rules().approval(&case(of)).map(|approval| approval.at_end);
    assert_eq!(at_end("440825 county natural exceptional"), Some(Goes::OralFirst));
    assert_eq!(at_end("440825 county natural considerable"), Some(Goes::UpUnapproved));
    assert_eq!(at_end("440825 county natural ordinary"), Some(Goes::Waits));
    let leaders = rules().special(&here).into_iter().filter(|special| special.brings == Brings::Leaders);
    assert_eq!(leaders.map(|special| special.number).max(), Some(2));
}

#[test]
fn the_calendar_has_three_values() {
    let kind = |text: &str| rules().day(day(text)).kind;
    assert!(matches!(kind("2027-01-01"), DayKind::Rest { .. }));
    assert_eq!(kind("2027-01-02"), DayKind::Unannounced);
    assert!(matches!(kind("2026-02-16"), DayKind::Rest { .. }), "New Year's Eve");
    assert_eq!(kind("2026-02-14"), DayKind::Work, "a Saturday that is worked");
}

fn own() -> OfficeId {
    OfficeId::parse("440825").unwrap()
}

fn city() -> OfficeId {
    OfficeId::parse("440800").unwrap()
}

fn text(version: u32, limit: &str) -> String {
    format!(
        "pack = \"local\"\nversion = {version}\ntitle = \"徐闻\"\nsource = \"x\"\nareas = [\"440825\"]\n\n[[limit]]\nid = \"hour\"\n\
         duty = \"written-report\"\nto = \"above\"\ntiers = [\"county\"]\ngrades = [\"considerable\"]\nbasis = \"event\"\n\
         limit = \"{limit}\"\nsays = \"y\"\narticle = \"第一条\"\n"
    )
}

fn spread(by: &OfficeId, reach: Reach, text: &str, at: i64) -> Spread {
    let pack = Pack::parse(text).unwrap().of_office(by).into();
    Spread { by: by.clone(), reach, recorded_at: UnixMillis(at), id: RecordId([1; 16]), pack }
}

#[test]
fn a_stricter_pack_is_taken_and_a_laxer_one_names_the_article_that_it_breaks() {
    let here = Here { jurisdiction: "440825", on: day("2026-07-01") };
    let laxer = |limit: &str| rules().laxer(&Pack::parse(&text(1, limit)).unwrap(), here);
    assert_eq!((laxer("30min"), laxer("1h")), (Vec::new(), Vec::new()));
    for limit in ["61min", "2h", "at-once", "by 17:00"] {
        let faults = laxer(limit);
        let breaks = |fault: &PackFault| matches!(&fault.kind, PackFaultKind::Laxer(cited) if cited.article == "湛江 第九条(二)");
        assert!(faults.iter().any(|fault| fault.line == 7 && breaks(fault)), "{limit}: {faults:?}");
        assert!(faults.iter().all(|fault| matches!(fault.kind, PackFaultKind::Laxer(_))), "{limit}: {faults:?}");
    }
    let elsewhere = Here { jurisdiction: "510100", ..here };
    let free = text(1, "90min").replace("440825", "51");
    assert_eq!(rules().laxer(&Pack::parse(&free).unwrap(), elsewhere), [], "by reference only, 湛江 binds nobody there");
    let waits = "pack = \"w\"\nversion = 1\ntitle = \"w\"\nsource = \"w\"\n[[grade]]\nid = \"g\"\ngrade = \"considerable\"\n\
                 categories = [\"accident\"]\ndead = 4\narticle = \"一\"\n";
    assert_eq!(rules().laxer(&Pack::parse(waits).unwrap(), here).len(), 1, "a grade from four dead on");
}

#[test]
fn a_pack_from_above_counts_and_an_old_stamp_keeps_its_rules() {
    let sent = [spread(&city(), Reach::Subtree, &text(1, "50min"), 1), spread(&city(), Reach::Subtree, &text(2, "40min"), 2)];
    let sideways = [spread(&own(), Reach::Own, &text(1, "30min"), 3)];
    let county = case("440825 county social considerable");
    let first = |rules: &Rules| rules.limits(Duty::WrittenReport, &county)[0].limit;
    let before = Packs::of_office(&own(), &[city()], sent[..1].to_vec());
    let stamp = before.in_force().stamp();
    assert_eq!(first(before.in_force()), Limited::Within(50 * 60_000));
    let after = Packs::of_office(&own(), &[city()], [sent.to_vec(), sideways.to_vec()].concat());
    assert_eq!(first(after.in_force()), Limited::Within(30 * 60_000));
    assert_eq!(first(&after.of(&stamp)), Limited::Within(50 * 60_000), "a clock that runs keeps its version");
    assert_eq!(after.of(&stamp).stamp(), stamp);
    let at_city = Packs::of_office(&city(), &[], [sent.to_vec(), sideways.to_vec()].concat());
    assert_eq!(first(at_city.in_force()), Limited::Within(40 * 60_000), "what a child lays binds the child alone");
    assert_eq!(first(&at_city.of(&after.in_force().stamp())), Limited::Within(30 * 60_000));
    let stranger = Stamp(vec![("x/y".into(), 3)]);
    assert_eq!(at_city.of(&stranger).unknown(), [("x/y".to_owned(), 3)]);
    let again = [spread(&city(), Reach::Subtree, &text(1, "10min"), 9), sent[0].clone()];
    assert_eq!(first(Packs::of_office(&own(), &[city()], again.to_vec()).in_force()), Limited::Within(50 * 60_000));
}

#[test]
fn a_pack_can_announce_a_year() {
    let year = "pack = \"c\"\nversion = 1\ntitle = \"c\"\nsource = \"c\"\n[[year]]\nyear = 2027\nsource = \"x\"\nmake_up = [\"2027-01-03\"]\n\
                holiday = [{ name = \"元旦\", first = \"2027-01-01\", last = \"2027-01-02\" }]\n";
    let packs = Packs::of_office(&own(), &[city()], vec![spread(&city(), Reach::Subtree, year, 1)]);
    let kind = |text: &str| packs.in_force().day(day(text)).kind;
    assert!(matches!(kind("2027-01-02"), DayKind::Rest { .. }));
    assert_eq!((kind("2027-01-03"), kind("2027-01-04")), (DayKind::Work, DayKind::Work));
}

#[test]
fn every_fault_of_a_pack_is_named_with_its_line() {
    let one = |text: &str| Pack::parse(text).unwrap_err().into_iter().map(|f| (f.line, f.place, f.kind)).collect::<Vec<_>>();
    let syntax = one("pack = \n");
    assert!(syntax.iter().all(|(line, _, kind)| *line == 1 && matches!(kind, PackFaultKind::Syntax(_))), "{syntax:?}");
    let good = text(1, "1h");
    let spoilt = |from: &str, to: &str| one(&good.replace(from, to));
    assert_eq!(
        spoilt("limit = \"1h\"", "limit = \"soon\""),
        [(14, "limit hour: limit".into(), PackFaultKind::Wrong(Allowed::Limit))]
    );
    assert_eq!(spoilt("to = \"above\"\n", ""), [(7, "limit hour: to".into(), PackFaultKind::Missing)]);
    let [(13, place, PackFaultKind::Wrong(Allowed::OneOf(_)))] = &spoilt("\"event\"", "\"then\"")[..] else { panic!() };
    assert_eq!(place, "limit hour: basis");
    assert!(matches!(spoilt("version = 1", "version = 0")[..], [(2, _, PackFaultKind::Wrong(Allowed::Number))]));
    assert!(matches!(spoilt("says", "sayz")[..], [(7, _, PackFaultKind::Missing), (15, _, PackFaultKind::Unknown(_))]));
    assert!(matches!(spoilt("440825", "44x")[..], [(5, _, PackFaultKind::Wrong(Allowed::Area))]));
    let twice = format!("{good}{}", &good[good.find("[[limit]]").unwrap()..]);
    assert_eq!(one(&twice), [(17, "limit hour".into(), PackFaultKind::Twice)]);
    assert!(matches!(one(&format!("{good}#{}", "x".repeat(PACK_BYTES_MAX)))[..], [(1, _, PackFaultKind::TooLong)]));
    let year = format!(
        "{good}[[year]]\nyear = 2027\nsource = \"x\"\nholiday = [{{ name = \"a\", first = \"2027-01-02\", last = \"2027-01-01\" }}]\n"
    );
    assert!(matches!(one(&year)[..], [(17, _, PackFaultKind::Calendar(_))]));
    let strange = Pack::parse(&good.replace("tiers", "categories = [\"ufo\"]\ntiers")).unwrap();
    let [fault] = &rules().strange_categories(&strange)[..] else { panic!() };
    assert_eq!((fault.line, &fault.kind), (7, &PackFaultKind::NoSuchCategory("ufo".into())));
}

#[test]
fn the_packs_of_the_program_fit_into_a_record_name_known_categories_and_cite_everything() {
    let packs: Vec<&Pack> = rules().packs().collect();
    assert_eq!(packs.len(), 8);
    for pack in packs {
        assert_eq!(rules().strange_categories(pack), []);
        assert!(!pack.title.is_empty() && !pack.source.is_empty());
    }
    let sub_kinds = rules().categories().iter().filter(|category| category.code.as_str().contains('.')).count();
    assert!(sub_kinds >= 19, "{sub_kinds}");
}
