//! Upkeep, as the API says it.

use dutynet_proto::api;

use super::convert::millis;
use crate::usecase::Upkept;

pub(super) fn upkeep(from: &Upkept) -> api::Upkeep {
    let (scrubbed, bodies) = (&from.relay.scrubbed, from.relay.bodies);
    api::Upkeep {
        scrubbed_at_ms: millis(scrubbed.last_round),
        scrub_groups: scrubbed.groups,
        damaged_found: scrubbed.found,
        fetched_again: from.relay.fetched_again,
        missing: scrubbed.missing,
        destroyed: bodies.destroyed,
        bodies_intended: bodies.intended,
        bodies_on_disk: bodies.on_disk,
        index_pending: from.index_pending,
    }
}
