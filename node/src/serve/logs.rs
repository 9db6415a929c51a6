//! The log: one line an event on standard error, fields first, times in Beijing. Never the content of a record.

use std::{
    fmt,
    io::{self, IsTerminal as _},
};

use dutynet_relay::clock::{Clock as _, SystemClock};
use tracing_subscriber::{
    EnvFilter,
    fmt::{format::Writer, time::FormatTime},
};

use crate::{config::LogLevel, domain::beijing};

/// Begins to log. A second call changes nothing.
pub fn begin(level: LogLevel) {
    let filter = EnvFilter::new(format!("{0},h2=warn,hyper=warn,tower=warn,sled=warn", level.name()));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_timer(BeijingTime)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .finish();
    // Refused only when the log was begun already.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

struct BeijingTime;

impl FormatTime for BeijingTime {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str(&beijing::rfc3339(SystemClock::default().wall()))
    }
}
