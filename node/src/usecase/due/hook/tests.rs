//! A real command, started for a real ring; and who is rung when, without one.

use std::{fs, path::Path};

use dutynet_relay::registry::OfficeClass;

use super::*;
use crate::{
    domain::beijing::{Day, TimeOfDay},
    usecase::{
        AskDues, CallKind, CallRoll, NewChild, To, WarningKind, keep_dues,
        tests::{House, by, record_id},
    },
};

const WAIT: Duration = Duration::from_secs(30);

/// A ring of this office's own daily report.
async fn ring(house: &House) -> Rang {
    let open = house.office.dues(AskDues::default()).await.unwrap().dues;
    let due = open.into_iter().find(|due| due.obligation.due.here > house.office.now()).unwrap();
    Rang { due, stage: crate::domain::obligation::Stage::Half, at: house.office.now() }
}

fn script(folder: &Path, words: &str) -> RingConfig {
    let path = folder.join(format!("{}.sh", words.len()));
    fs::write(&path, words).unwrap();
    let out = folder.join("rang").display().to_string();
    let command = vec!["/bin/sh".to_owned(), path.display().to_string(), out];
    RingConfig { command, after: Duration::ZERO, again: Duration::from_secs(60) }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_listens_the_command_is_told_what_rings_without_a_shell() {
    let (house, folder) = (House::new(), tempfile::tempdir().unwrap());
    let config =
        script(folder.path(), "cat > \"$1.new\"; echo \"$DUTYNET_RINGS $DUTYNET_RING\" >> \"$1.new\"; mv \"$1.new\" \"$1\"");
    let (stop, stopped) = watch::channel(false);
    let tasks = [
        tokio::spawn(keep_dues(house.office.clone(), stopped.clone())),
        tokio::spawn(ring_by_itself(house.office.clone(), config, stopped)),
    ];
    let owed = ring(&house).await.due.obligation;
    let due = owed.due.here;
    house.clock().advance(Duration::from_millis(u64::try_from(due.0 - house.office.now().0 - 60_000).unwrap()));
    let said = tokio::time::timeout(WAIT, async {
        loop {
            match fs::read_to_string(folder.path().join("rang")) {
                Ok(said) => return said,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    });
    let said = said.await.unwrap();
    let mut read = serde_json::Deserializer::from_str(&said).into_iter::<serde_json::Value>();
    let told = read.next().unwrap().unwrap();
    assert_eq!((told["office"].as_str(), told["name"].as_str()), (Some("440000"), Some("广东省")));
    let rings = told["rings"].as_array().unwrap();
    let line = format!("{} {}", rings.len(), rings[0]["sentence"].as_str().unwrap());
    assert_eq!(said[read.byte_offset()..].trim(), line, "the environment says how many, and the first");
    let daily = rings.iter().find(|ring| ring["key"].as_str() == Some(&owed.key.to_string())).unwrap();
    assert_eq!(daily["due"].as_str(), Some(&*beijing::rfc3339(due)));
    assert_eq!((daily["must_be_answered"].as_bool(), daily["exercise"].as_bool()), (Some(false), Some(false)));
    stop.send_replace(true);
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_is_a_warning_until_it_goes_well() {
    let (house, folder) = (House::new(), tempfile::tempdir().unwrap());
    let warned = || house.office.status().warnings.into_iter().find(|known| known.kind == WarningKind::RingFailing);
    let told = house.office.told(&[ring(&house).await]);
    for (config, why) in [
        (script(folder.path(), "exit 3"), "exit status: 3"),
        (RingConfig { command: vec!["/nothing/here".into()], ..script(folder.path(), "") }, "/nothing/here"),
    ] {
        let failed = start(&config, &told).await.unwrap_err();
        assert!(failed.contains(why), "{failed}");
        house.office.inner.bell.note_hook(Some((failed, house.office.now())));
        assert!(warned().unwrap().about.contains(why));
    }
    assert_eq!(start(&script(folder.path(), "true"), &told).await, Ok(()));
    house.office.inner.bell.note_hook(None);
    assert_eq!(warned(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_rings_after_a_while_and_again_and_whoever_listens_ends_it() {
    let house = House::new();
    let (mut unheard, rang) = (Unheard::new(Duration::from_secs(30), Duration::from_secs(60)), ring(&house).await);
    let at = |second: i64| UnixMillis(Day::parse("2026-07-01").unwrap().at(TimeOfDay::parse("12:00").unwrap()).0 + second * 1000);
    unheard.add(rang.clone(), at(0));
    unheard.add(rang.clone(), at(20));
    assert_eq!([29, 30].map(|second| unheard.is_due(at(second))), [false, true], "the same ring waits once");
    assert_eq!(unheard.told(at(30)).len(), 1);
    assert_eq!([89, 90].map(|second| unheard.is_due(at(second))), [false, true], "again after a minute");
    assert!(unheard.is_due(at(-5)), "a clock that was set back makes nobody wait");
    unheard.keep(std::slice::from_ref(&rang));
    assert!(unheard.is_due(at(90)));
    for second in 91..=(91 + HEARD_MS / 1000) {
        unheard.heard(at(second));
        assert!(!unheard.is_due(at(second)), "the page rings");
    }
    assert!(!unheard.is_due(at(1000)), "it was heard");
    unheard.add(rang, at(2000));
    unheard.keep(&[]);
    assert!(!unheard.is_due(at(3000)), "it is done with");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_was_dead_has_told_nobody() {
    let house = House::new();
    let (mut unheard, rang) = (Unheard::new(Duration::from_secs(30), Duration::from_secs(60)), ring(&house).await);
    let at = |second: i64| UnixMillis(second * 1000);
    unheard.add(rang, at(0));
    (1..60).for_each(|second| unheard.heard(at(second)));
    unheard.unheard();
    assert_eq!([88, 89].map(|second| unheard.is_due(at(second))), [false, true], "it rings when the line is known to be dead");
    // Two who listened for a while each make nobody who has surely heard it.
    (90..180).for_each(|second| unheard.heard(at(second)));
    unheard.unheard();
    (181..270).for_each(|second| unheard.heard(at(second)));
    assert!(unheard.is_due(at(299)));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whoever_shows_rings_to_people_listens() {
    let house = House::new();
    let listens = || house.office.inner.bell.has_listeners();
    let child = NewChild {
        office: "440825204".into(),
        name: "角尾乡".into(),
        area_code: String::new(),
        class: Some(OfficeClass::Township),
        by: by(),
    };
    house.office.add_office(child).await.unwrap();
    let call = CallRoll {
        id: record_id(1),
        kind: CallKind::Roll,
        title: String::new(),
        to: Some(To::EverybodyBelow),
        draw: None,
        at: None,
        minutes: None,
        by: by(),
        mode: Mode::Real,
    };
    let called = house.office.call_roll(call).await.unwrap();
    let table = house.office.watch_roll(&called.taken.reference.to_string()).await.unwrap();
    assert!(!listens(), "a table that changes rings nothing");
    let (_, page) = house.office.watch_first_dues(1).await.unwrap();
    let (_, watch) = house.office.watch_dues().await.unwrap();
    let (_, held) = watch.into_parts();
    drop(page);
    assert!(listens());
    drop(held);
    assert!(!listens());
    drop(table);
}
