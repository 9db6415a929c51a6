//! Two crashes in a row: what a killed process had written and not synced may be read by the next one, which must not show it to anybody
//! before it is durable.

use std::sync::Arc;

use dutynet_relay::{
    disk::{
        Disk,
        memory::{MemoryDisk, Op},
    },
    index::map::MapIndex,
    journal::Options,
};
use dutynet_tests::{
    county::{AT, County, history::Chooser, picture::Picture},
    lying::{Lie, LyingDisk},
};
use rand::{SeedableRng as _, rngs::SmallRng};

const ROUNDS: u64 = 300;

/// Runs rounds of two crashes each. Returns in how many of them the unanswered commit was there, or what was lost.
fn rounds(rounds: u64, lie: Option<Lie>) -> Result<u64, String> {
    let county = County::new(3000);
    let chooser = Chooser { county: &county, body_bytes_max: 3000 };
    let mut kept = 0;
    for seed in 0..rounds {
        let mut random = SmallRng::seed_from_u64(seed);
        let disk = Arc::new(MemoryDisk::default());
        let open = |index: MapIndex| {
            let behind: Arc<dyn Disk> = match lie {
                Some(lie) => Arc::new(LyingDisk { disk: disk.clone(), lie }),
                None => disk.clone(),
            };
            let opened = county.open((behind, Options::default()), Arc::new(index), seed);
            opened.map(|(writer, _)| writer).map_err(|fault| format!("round {seed}: {fault}"))
        };
        let mut writer = open(MapIndex::default())?;
        writer.commit(county.beginning(), AT).map_err(|fault| fault.to_string())?;
        let mut before = Picture::of(&writer.store())?;
        // Written, and not synced.
        let acts = chooser.usual_commit(&before, &mut random);
        let mut after = before.clone();
        after.commit(&acts);
        disk.fail_next(Op::Sync);
        let intents = acts.iter().map(|act| act.intent(before.epoch())).collect();
        if lie.is_none() && writer.commit(intents, AT).is_ok() {
            continue;
        }
        drop(writer);
        disk.kill();
        // Started again: what it shows now counts.
        let writer = open(MapIndex::default())?;
        let is_there = after.check(&writer.store()).is_ok();
        let shown = if is_there { &mut after } else { &mut before };
        shown.check(&writer.store()).map_err(|fault| format!("round {seed}, neither: {fault}"))?;
        drop(writer);
        disk.power_cut(&mut random);
        let writer = open(MapIndex::default())?;
        shown.check(&writer.store()).map_err(|fault| format!("round {seed}, after the second crash: {fault}"))?;
        kept += u64::from(is_there);
    }
    Ok(kept)
}

#[test]
fn what_a_store_shows_after_a_kill_outlives_a_power_cut() {
    let kept = rounds(ROUNDS, None).unwrap();
    assert!(kept > ROUNDS / 3, "only {kept} rounds had anything to lose");
}

#[test]
fn a_store_that_does_not_write_the_last_group_again_is_found_out() {
    assert!(rounds(20, Some(Lie::AboutFiles)).is_err(), "the rounds cannot fail");
}
