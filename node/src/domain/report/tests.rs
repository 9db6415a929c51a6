//! Filing before, at and after the moments that matter.

use super::*;
use crate::domain::{beijing::TimeOfDay, form::Forms};
use dutynet_relay::ids::{OfficeId, RecordId};

const ONE: Digest = Digest([1; 32]);
const TWO: Digest = Digest([2; 32]);

fn day() -> Day {
    Day::parse("2026-07-01").unwrap()
}

fn window() -> Window {
    Window::of(day().into(), |_| Forms::built_in().get("daily").unwrap().cut_off)
}

fn at(time: &str) -> UnixMillis {
    day().at(TimeOfDay::parse(time).unwrap())
}

fn next_day(time: &str) -> UnixMillis {
    day().next().at(TimeOfDay::parse(time).unwrap())
}

fn reference(n: u8) -> RecordRef {
    RecordRef { origin: OfficeId::parse("440825001").unwrap(), id: RecordId([n; 16]) }
}

fn filing(n: u8, content: Digest) -> Filing {
    Filing { reference: reference(n), period: day().into(), content, voice: Voice::Own, purpose: Purpose::File }
}

fn correction(n: u8, content: Digest) -> Filing {
    Filing { purpose: Purpose::Correct { reason: "误填".into() }, ..filing(n, content) }
}

fn held(n: u8, revision: u32, content: Digest) -> Held {
    Held { reference: reference(n), revision, content }
}

fn made(revision: u32, corrects: Option<u8>) -> Result<Decision, FilingRefused> {
    Ok(Decision::Make { revision, corrects: corrects.map(reference) })
}

#[test]
fn the_cut_off_itself_is_in_time_and_the_close_itself_is_open() {
    assert!(window().in_time(at("17:00")));
    assert!(!window().in_time(UnixMillis(at("17:00").0 + 1)));
    assert!(!window().is_closed(next_day("17:00")));
    assert!(window().is_closed(UnixMillis(next_day("17:00").0 + 1)));
}

#[test]
fn equal_content_folds_before_and_after_the_close() {
    for now in [at("09:00"), next_day("18:00")] {
        let earlier = held(1, 1, ONE);
        assert_eq!(decide(&filing(2, ONE), std::slice::from_ref(&earlier), window(), now), Ok(Decision::Fold(earlier.clone())));
        assert_eq!(decide(&correction(2, ONE), std::slice::from_ref(&earlier), window(), now), Ok(Decision::Fold(earlier)));
    }
}

#[test]
fn other_content_is_a_revision_until_the_close_and_needs_a_correction_after_it() {
    let earlier = [held(1, 1, ONE)];
    assert_eq!(decide(&filing(2, TWO), &earlier, window(), at("09:00")), made(2, Some(1)));
    assert_eq!(decide(&filing(2, TWO), &earlier, window(), next_day("17:00")), made(2, Some(1)));
    assert_eq!(decide(&filing(2, TWO), &earlier, window(), next_day("17:01")), Err(FilingRefused::Closed));
    assert_eq!(decide(&correction(2, TWO), &earlier, window(), next_day("17:01")), made(2, Some(1)));
}

#[test]
fn a_first_filing_is_taken_however_late() {
    assert_eq!(decide(&filing(1, ONE), &[], window(), next_day("23:00")), made(1, None));
}

#[test]
fn going_back_to_what_was_said_before_is_a_new_revision() {
    let earlier = [held(2, 2, TWO), held(1, 1, ONE)];
    assert_eq!(decide(&filing(3, ONE), &earlier, window(), at("10:00")), made(3, Some(2)));
}

#[test]
fn a_retry_with_the_same_id_folds_into_its_own_revision() {
    let earlier = [held(1, 1, ONE), held(2, 2, TWO)];
    let retried = decide(&filing(1, ONE), &earlier, window(), next_day("18:00"));
    assert_eq!(retried, Ok(Decision::Fold(held(1, 1, ONE))));
    assert_eq!(decide(&filing(1, TWO), &earlier, window(), at("10:00")), Err(FilingRefused::IdUsed));
}

#[test]
fn nothing_is_corrected_before_something_was_said() {
    assert_eq!(decide(&correction(1, ONE), &[], window(), at("10:00")), Err(FilingRefused::NothingToCorrect));
}

#[test]
fn a_period_that_has_not_begun_in_beijing_is_refused() {
    let eve = UnixMillis(at("00:00").0 - 1);
    assert_eq!(decide(&filing(1, ONE), &[], window(), eve), Err(FilingRefused::Future));
    assert_eq!(decide(&filing(1, ONE), &[], window(), at("00:00")), made(1, None));
}

#[test]
fn a_reason_has_one_to_five_hundred_characters_that_can_be_seen() {
    assert_eq!(reason(" 误填 \r\n"), Ok("误填".into()));
    assert!(reason(&"误".repeat(500)).is_ok());
    let kind = |text: &str| reason(text).unwrap_err().remove(0);
    assert_eq!(kind("  "), FaultKind::Missing);
    assert_eq!(kind(&"误".repeat(501)), FaultKind::TooLong { chars_max: 500, chars: 501 });
    assert_eq!(kind("误\u{0}填"), FaultKind::ControlCharacter { code_point: 0, at: 2 });
}

#[test]
fn what_is_entered_beside_other_versions_needs_a_reason_once_the_period_is_closed() {
    let by = |voice, filing: Filing| Filing { voice, ..filing };
    let late = next_day("17:01");
    assert_eq!(
        decide(&by(Voice::OnBehalf, filing(1, ONE)), &[], window(), late),
        made(1, None),
        "nobody has spoken: late, and taken"
    );
    assert_eq!(decide(&by(Voice::OnBehalfBeside, filing(1, ONE)), &[], window(), late), Err(FilingRefused::Closed));
    assert_eq!(decide(&by(Voice::OnBehalfBeside, filing(1, ONE)), &[], window(), next_day("17:00")), made(1, None));
    assert_eq!(decide(&by(Voice::OnBehalfBeside, correction(1, ONE)), &[], window(), late), made(1, None));
    assert_eq!(decide(&by(Voice::OnBehalf, correction(1, ONE)), &[], window(), late), Err(FilingRefused::NothingToCorrect));
}

#[test]
fn a_span_may_be_reported_from_its_first_day_and_is_due_on_its_last() {
    let holiday = Period::span(day(), day().next()).unwrap();
    let window = Window::of(holiday, |_| TimeOfDay::parse("17:00").unwrap());
    assert_eq!((window.cut_off, window.closes), (next_day("17:00"), day().next().next().at(TimeOfDay::parse("17:00").unwrap())));
    let filing = Filing { period: holiday, ..filing(1, ONE) };
    assert_eq!(decide(&filing, &[], window, at("00:00")), made(1, None));
    assert_eq!(decide(&filing, &[], window, UnixMillis(at("00:00").0 - 1)), Err(FilingRefused::Future));
}
