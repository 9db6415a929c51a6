//! Who may name what: each outside power has one door, so that it can be replaced, faked or read about in one place.

use crate::{
    nothing_breaks,
    source::{SourceFile, names, rust_files},
};

/// A name and the only places that may use it.
struct Door {
    names: &'static [&'static str],
    /// Files or folders, each with a reason.
    places: &'static [(&'static str, &'static str)],
}

const STORE: Door =
    Door { names: &["sled"], places: &[("relay/src/index/sled_index.rs", "the index on disk: its pitfalls are handled there")] };

const RETRY: Door = Door {
    names: &["backoff"],
    places: &[("relay/src/link/retry.rs", "sets right that it gives up after 15 minutes and jitters by half")],
};

const CLOCK: Door = Door {
    names: &["SystemTime", "Instant::now", "Instant as", "Utc::now", "Local::now", "chrono::Local"],
    places: &[
        ("relay/src/clock.rs", "the clock"),
        ("relay/src/index/sled_index.rs", "gives up an opening that hangs; no simulation waits for it"),
        ("tests/", "tests wait for real processes with real deadlines"),
    ],
};

const TLS: Door = Door {
    names: &["rustls", "tokio_rustls", "rcgen", "x509_parser"],
    places: &[("relay/src/tls/", "the one folder that speaks TLS and certificates")],
};

const RANDOM: Door = Door {
    names: &["rand::rng", "thread_rng", "getrandom"],
    places: &[("relay/src/random.rs", "the machine's randomness"), ("tests/", "tests draw and print their own seeds")],
};

/// What people write is judged before it is on any disk.
const RECORDS: Door = Door {
    names: &["relay().submit", "relay().submit_with"],
    places: &[("node/src/usecase/guard.rs", "turns away what bears a mark of state secrecy")],
};

/// Generated types stop at the files that convert them.
const WIRE: Door = Door {
    names: &["dutynet_proto"],
    places: &[
        ("proto/", "they are made there"),
        ("relay/src/session/", "the driver between tonic's stream and the link machine"),
        ("relay/src/relay/listening.rs", "puts the link service on its listener"),
        ("relay/src/join.rs", "shows an invitation through the link's client"),
        ("node/src/body.rs", "bodies of duty records"),
        ("node/src/api/", "the local API: proto in, use case, proto out"),
        ("node/src/cli/", "the command line is a client of the local API"),
        ("node/src/demo/", "so is the demonstration"),
        ("tests/", "stories are clients too"),
    ],
};

/// A door is kept when nobody else uses the names. `convert*.rs` files are doors of WIRE wherever they stand.
fn faults(door: &Door, files: &[SourceFile], besides: impl Fn(&SourceFile) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| !door.places.iter().any(|(place, _)| file.is_under(&[place])) && !besides(file)) {
        for (number, line) in file.product() {
            for name in door.names.iter().filter(|name| uses(&line.code, name)) {
                faults.push(format!("{}:{number}: {name}", file.path));
            }
        }
    }
    faults
}

/// A lower-case name alone is a crate's. It counts as a path (`sled::…`, `use sled`), so that a field may bear it.
fn uses(code: &str, name: &str) -> bool {
    let is_crate = name.chars().all(crate::source::is_name) && name.starts_with(char::is_lowercase);
    if is_crate { names(code, &format!("{name}::")) || path_part(code, name) } else { names(code, name) }
}

/// `sled::Db` holds `sled::` followed by a name, which [`names`] alone would take for a longer name.
fn path_part(code: &str, name: &str) -> bool {
    let path = format!("{name}::");
    code.match_indices(&path).any(|(at, _)| !code[..at].chars().next_back().is_some_and(crate::source::is_name))
        || code
            .trim_start()
            .strip_prefix("use ")
            .is_some_and(|used| names(used.split([' ', ';']).next().unwrap_or_default(), name))
}

#[test]
fn only_one_file_names_sled() {
    nothing_breaks("Only relay/src/index/sled_index.rs names sled.", &faults(&STORE, &rust_files(), |_| false));
}

#[test]
fn only_one_file_names_backoff() {
    nothing_breaks("Only relay/src/link/retry.rs names backoff.", &faults(&RETRY, &rust_files(), |_| false));
}

#[test]
fn only_the_clock_asks_the_machine_for_time() {
    nothing_breaks("Only relay/src/clock.rs asks for time; everything else is told.", &faults(&CLOCK, &rust_files(), |_| false));
}

#[test]
fn only_one_folder_speaks_tls() {
    nothing_breaks("Only relay/src/tls names rustls, rcgen and x509-parser.", &faults(&TLS, &rust_files(), |_| false));
}

#[test]
fn only_one_file_draws_random_numbers() {
    nothing_breaks("Randomness is an argument; one file draws it.", &faults(&RANDOM, &rust_files(), |_| false));
}

#[test]
fn only_one_file_makes_records() {
    nothing_breaks(
        "Only node/src/usecase/guard.rs submits records; use cases go through Office::submit.",
        &faults(&RECORDS, &rust_files(), |_| false),
    );
}

#[test]
fn generated_types_stop_at_the_files_that_convert_them() {
    let converts = |file: &SourceFile| file.path.rsplit('/').next().is_some_and(|name| name.starts_with("convert"));
    nothing_breaks(
        "Generated types stop at convert.rs, the session driver and the local API.",
        &faults(&WIRE, &rust_files(), converts),
    );
}

#[test]
fn the_domain_is_pure() {
    const IMPURE: [&str; 11] = [
        "tokio",
        "tonic",
        "std::fs",
        "std::io",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "rand",
        "rustix",
        "dutynet_proto",
    ];
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|file| file.is_under(&["node/src/domain/"])) {
        for (number, line) in file.product() {
            let code = &line.code;
            for name in IMPURE.into_iter().filter(|name| path_part(code, name) || (name.contains("::") && names(code, name))) {
                faults.push(format!("{}:{number}: {name}", file.path));
            }
            if names(code, "async") || names(code, "await") {
                faults.push(format!("{}:{number}: async", file.path));
            }
        }
    }
    nothing_breaks(
        "node/src/domain decides; it waits for nothing and reads nothing (no async, I/O, clock, randomness).",
        &faults,
    );
}

#[test]
fn a_door_is_noticed_when_it_is_gone_round() {
    let gone_round = ["use sled::Db;", "    let db = sled::open(path);", "use sled;", "type Db = Option<sled::Db>;"];
    assert!(gone_round.iter().all(|code| uses(code, "sled")));
    let harmless = ["mod sled_index;", "struct Sizes { sled: u64 }", "use crate::index::sled_index::SledIndex;", "unsled::x()"];
    assert!(!harmless.iter().any(|code| uses(code, "sled")));
    assert!(uses("let at = std::time::Instant::now();", "Instant::now"));
    assert!(!uses("use std::time::Instant;", "Instant::now"));
    assert!(uses("let made = self.relay().submit(draft).await?;", "relay().submit"));
    assert!(!uses("let made = self.submit(draft).await?;", "relay().submit"));
}
