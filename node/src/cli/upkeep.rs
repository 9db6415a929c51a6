//! Upkeep, as `status`, `verify` and `doctor` print it.

use dutynet_proto::api;
use dutynet_relay::ids::UnixMillis;

use super::{
    convert,
    json::{Bodies, Scrub, Upkeep},
};
use crate::text::{doctor::Finding, notice, upkeep as text};

impl From<&api::Upkeep> for Upkeep {
    fn from(from: &api::Upkeep) -> Self {
        let scrub = Scrub {
            last_round: convert::time(from.scrubbed_at_ms),
            groups: from.scrub_groups,
            damaged_found: from.damaged_found,
            fetched_again: from.fetched_again,
            missing: from.missing,
        };
        let bodies = Bodies {
            destroyed: from.destroyed,
            intended: from.bodies_intended,
            on_disk: from.bodies_on_disk,
            removed: removed(from),
            index_pending: from.index_pending,
        };
        Self { scrub, bodies }
    }
}

fn removed(from: &api::Upkeep) -> u64 {
    from.bodies_intended.saturating_sub(from.bodies_on_disk)
}

/// How far the journal was read again.
pub(super) fn scrub_text(from: &api::Upkeep, now: UnixMillis) -> String {
    let last = convert::moment(from.scrubbed_at_ms).map(|at| notice::time(Some(at), now));
    text::scrub(last.as_deref(), from.damaged_found, from.fetched_again, from.missing)
}

/// Bodies that are gone.
pub(super) fn bodies_text(from: &api::Upkeep) -> String {
    text::bodies(removed(from), from.bodies_on_disk, from.index_pending)
}

/// Both, each under its name.
pub(super) fn lines(from: &api::Upkeep, now: UnixMillis) -> [(&'static str, String); 2] {
    [(text::SCRUB, scrub_text(from, now)), (text::BODIES, bodies_text(from))]
}

/// Name, finding and sentence of each check. What is under way by itself wants no more than looking at.
pub(super) fn checks(from: &api::Upkeep, now: UnixMillis) -> [(&'static str, Finding, String); 2] {
    let watched = |is_open: bool| if is_open { Finding::Watch } else { Finding::Good };
    let [scrub, bodies] = lines(from, now).map(|(name, text)| notice::status_line(name, &text));
    let open = from.bodies_on_disk > 0 || from.index_pending;
    [("scrub", watched(from.missing > 0), scrub), ("bodies", watched(open), bodies)]
}
