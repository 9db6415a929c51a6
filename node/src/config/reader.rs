//! Reads a TOML text key by key and keeps every fault until the end.
//!
//! Knows which keys were asked for: whatever else stands in the file is a fault.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    time::Duration,
};

use dutynet_relay::ids::OfficeId;
use toml::{Table, Value};

use super::LogLevel;

/// One fault of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// `section.key`, or where in the file.
    pub place: String,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What may be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// Not TOML at all.
    Syntax(String),
    /// No such section or key; those that there are.
    Unknown(Vec<String>),
    /// A section that is not one.
    NotASection,
    /// Needed and not there.
    Missing(Allowed),
    /// There, but not as it must be.
    Wrong {
        /// As it is written.
        given: String,
        /// What is allowed.
        allowed: Allowed,
    },
    /// A file that it names cannot be used, and why.
    File(String),
}

/// What may stand at a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// A folder.
    Path,
    /// An office id.
    Office,
    /// Address and port.
    Address,
    /// Address and port of this machine alone.
    Loopback,
    /// A list of host and port.
    Hosts,
    /// A list of host names and addresses without port.
    Names,
    /// A PEM file.
    Pem,
    /// A program with its arguments.
    Command,
    /// A level of logging.
    Level,
    /// A duration.
    Duration(RangeInclusive<Duration>),
    /// A number of bytes.
    Size(RangeInclusive<u64>),
    /// A list of folders, each once.
    Paths,
    /// A number of things.
    Count(RangeInclusive<usize>),
    /// A file of retention rules.
    Rules,
}

/// A file being read.
pub(super) struct Reader {
    table: Table,
    asked: BTreeSet<(&'static str, &'static str)>,
    faults: Vec<ConfigFault>,
}

impl Reader {
    pub(super) fn new(text: &str) -> Result<Self, ConfigFault> {
        match text.parse::<Table>() {
            Ok(table) => Ok(Self { table, asked: BTreeSet::new(), faults: Vec::new() }),
            Err(error) => {
                let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or(text));
                let place = format!("line {}", before.matches('\n').count() + 1);
                Err(ConfigFault { place, kind: FaultKind::Syntax(error.message().to_owned()) })
            }
        }
    }

    /// Value of a key that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        section: &'static str,
        key: &'static str,
        allowed: Allowed,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        self.asked.insert((section, key));
        let value = self.table.get(section)?.as_table()?.get(key)?;
        let read = read(value);
        if read.is_none() {
            self.faults.push(wrong(section, key, value, allowed));
        }
        read
    }

    /// What a file says that a key names; left out, it says nothing.
    pub(super) fn file<T>(
        &mut self,
        section: &'static str,
        key: &'static str,
        read: impl FnOnce(&Path) -> Result<T, String>,
    ) -> Option<T> {
        let path = self.optional(section, key, Allowed::Rules, path)?;
        let read = read(&path).map_err(FaultKind::File);
        read.map_err(|kind| self.faults.push(ConfigFault { place: format!("{section}.{key}"), kind })).ok()
    }

    /// Value of a key that must be there.
    pub(super) fn required<T>(
        &mut self,
        section: &'static str,
        key: &'static str,
        allowed: Allowed,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let there = self.table.get(section).and_then(|s| s.get(key)).is_some();
        if !there {
            self.missing(section, key, allowed.clone());
        }
        self.optional(section, key, allowed, read)
    }

    /// A key must be there because of what another one says.
    pub(super) fn missing(&mut self, section: &str, key: &str, allowed: Allowed) {
        self.faults.push(ConfigFault { place: format!("{section}.{key}"), kind: FaultKind::Missing(allowed) });
    }

    /// The file that a key names cannot be used.
    pub(super) fn unusable(&mut self, section: &str, key: &str, why: String) {
        self.faults.push(ConfigFault { place: format!("{section}.{key}"), kind: FaultKind::File(why) });
    }

    pub(super) fn duration(
        &mut self,
        section: &'static str,
        key: &'static str,
        range: RangeInclusive<Duration>,
    ) -> Option<Duration> {
        let allowed = Allowed::Duration(range.clone());
        self.optional(section, key, allowed, |value| duration(value.as_str()?).filter(|d| range.contains(d)))
    }

    pub(super) fn size(&mut self, section: &'static str, key: &'static str, range: RangeInclusive<u64>) -> Option<u64> {
        let allowed = Allowed::Size(range.clone());
        self.optional(section, key, allowed, |value| size(value.as_str()?).filter(|bytes| range.contains(bytes)))
    }

    pub(super) fn count(&mut self, section: &'static str, key: &'static str, range: RangeInclusive<usize>) -> Option<usize> {
        let allowed = Allowed::Count(range.clone());
        let read = |value: &Value| usize::try_from(value.as_integer()?).ok().filter(|count| range.contains(count));
        self.optional(section, key, allowed, read)
    }

    /// Every fault, those of words that nobody asked for included.
    pub(super) fn finish(mut self) -> Result<(), Vec<ConfigFault>> {
        for (section, value) in &self.table {
            let keys: Vec<_> = self.asked.iter().filter(|(s, _)| s == section).map(|(_, key)| (*key).to_owned()).collect();
            match value.as_table() {
                _ if keys.is_empty() => {
                    let sections: BTreeSet<_> = self.asked.iter().map(|(s, _)| (*s).to_owned()).collect();
                    let kind = FaultKind::Unknown(sections.into_iter().collect());
                    self.faults.push(ConfigFault { place: section.clone(), kind });
                }
                None => self.faults.push(ConfigFault { place: section.clone(), kind: FaultKind::NotASection }),
                Some(found) => {
                    let strange = found.keys().filter(|key| !keys.contains(key));
                    self.faults.extend(
                        strange
                            .map(|key| ConfigFault { place: format!("{section}.{key}"), kind: FaultKind::Unknown(keys.clone()) }),
                    );
                }
            }
        }
        if self.faults.is_empty() { Ok(()) } else { Err(self.faults) }
    }
}

fn wrong(section: &str, key: &str, value: &Value, allowed: Allowed) -> ConfigFault {
    let given = value.to_string().chars().take(80).collect();
    ConfigFault { place: format!("{section}.{key}"), kind: FaultKind::Wrong { given, allowed } }
}

pub(super) fn path(value: &Value) -> Option<PathBuf> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(PathBuf::from)
}

pub(super) fn paths(value: &Value) -> Option<Vec<PathBuf>> {
    let paths: Vec<PathBuf> = value.as_array()?.iter().map(path).collect::<Option<_>>()?;
    let once: BTreeSet<_> = paths.iter().collect();
    (once.len() == paths.len()).then_some(paths)
}

pub(super) fn office(value: &Value) -> Option<OfficeId> {
    OfficeId::parse(value.as_str()?).ok()
}

pub(super) fn address(value: &Value) -> Option<SocketAddr> {
    value.as_str()?.parse().ok()
}

pub(super) fn loopback(value: &Value) -> Option<SocketAddr> {
    address(value).filter(|address| address.ip().is_loopback())
}

pub(super) fn hosts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|host| host.as_str().filter(|text| is_host_and_port(text)).map(str::to_owned)).collect()
}

/// Host names in lower case and addresses, none with port or brackets, each once.
pub(super) fn names(value: &Value) -> Option<Vec<String>> {
    let plain =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b));
    let name = |value: &Value| value.as_str().filter(|name| plain(name) || name.parse::<IpAddr>().is_ok()).map(str::to_owned);
    let names: Vec<String> = value.as_array()?.iter().map(name).collect::<Option<_>>()?;
    let once: BTreeSet<_> = names.iter().collect();
    (once.len() == names.len()).then_some(names)
}

pub(super) fn command(value: &Value) -> Option<Vec<String>> {
    let all: Vec<String> = value.as_array()?.iter().map(|part| part.as_str().map(str::to_owned)).collect::<Option<_>>()?;
    all.first().is_some_and(|program| Path::new(program).is_absolute()).then_some(all)
}

/// Whether a text is `host:port` with a port above 0.
pub fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let named = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.[]:_".contains(c));
    named && port.parse::<u16>().is_ok_and(|port| port > 0)
}

pub(super) fn level(value: &Value) -> Option<LogLevel> {
    let levels = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug];
    levels.into_iter().find(|level| Some(level.name()) == value.as_str())
}

/// A duration as it is written: a whole number and `ms`, `s`, `m`, `h` or `d`.
pub fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis)
}

/// A number of bytes as it is written: a whole number and `KiB`, `MiB` or `GiB`.
fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let shift = match unit {
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return None,
    };
    number.checked_mul(1 << shift)
}

fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit))
}
