//! Opening the store of a data folder: the index, made anew where it cannot be trusted, and the writer.

use std::{sync::Arc, time::Duration};

use super::OpenError;
use crate::{
    clock::Clock,
    disk::{Disk, fs::FileDisk},
    folder::{DataFolder, OfficeFile},
    index::{Index, renewal::RenewableIndex},
    join,
    journal::Options,
    random,
    record::OfficeKey,
    tls::leaf::Proven,
    writer::{Identity, Moment, Opening, Random, Space, Writer},
};

/// Longest wait for the index to open; it is made anew after that.
const OPEN_TIME_MAX: Duration = Duration::from_secs(60);

/// An index that cannot be opened is set aside and made anew from the journal.
pub(super) fn open_index(folder: &DataFolder, cache_bytes: u64) -> Result<Arc<RenewableIndex>, OpenError> {
    let opened = RenewableIndex::open_or_anew(&folder.index(), cache_bytes, OPEN_TIME_MAX);
    let (index, fault) = opened.map_err(|fault| OpenError::Index(fault.to_string()))?;
    if let Some(fault) = fault {
        tracing::warn!(error = %fault, "the index cannot be trusted and is made anew");
    }
    Ok(Arc::new(index))
}

/// The folder's journal on real files.
pub(super) fn open_disk(folder: &DataFolder) -> Result<Arc<dyn Disk>, OpenError> {
    Ok(Arc::new(FileDisk::open(&folder.journal())?))
}

/// Opens the store of a folder; also before its `office.toml` is there, while an office is being founded or enrolled.
pub(crate) fn open_writer(
    folder: &DataFolder,
    office: &OfficeFile,
    key: OfficeKey,
    (index, clock): (Arc<dyn Index>, &dyn Clock),
) -> Result<(Writer, Opening), OpenError> {
    open_writer_on(open_disk(folder)?, office, key, (index, clock))
}

/// The same on any disk.
pub(super) fn open_writer_on(
    disk: Arc<dyn Disk>,
    office: &OfficeFile,
    key: OfficeKey,
    (index, clock): (Arc<dyn Index>, &dyn Clock),
) -> Result<(Writer, Opening), OpenError> {
    let identity = Identity { key, office: office.office.clone(), zone: office.zone.clone(), root_pin: office.root_pin };
    let at = Moment { wall: clock.wall(), offset_ms: 0, space: Space::Enough };
    Ok(Writer::open((disk, Options::default()), index, identity, at, machine_randomness())?)
}

/// The office's certificate. The root signs for itself, so it makes itself a new one when the old one wants renewing; everybody else has
/// theirs from the parent, whose business its dates are.
pub(super) fn own_leaf(
    folder: &DataFolder,
    office: &OfficeFile,
    key: &OfficeKey,
    clock: &dyn Clock,
) -> Result<Vec<u8>, OpenError> {
    let (leaf, now) = (folder.read_leaf()?, clock.wall());
    if office.parent.is_some() || !Proven::read(&leaf)?.validity().wants_renewal(now) {
        return Ok(leaf);
    }
    let made = join::root_leaf((&office.office, &office.zone), key, now)?;
    folder.write_leaf(&made)?;
    Ok(made)
}

pub(crate) fn open_index_of(folder: &DataFolder) -> Result<Arc<dyn Index>, OpenError> {
    Ok(open_index(folder, 4 * 1024 * 1024)?)
}

fn machine_randomness() -> Random {
    Box::new(|bytes| {
        if let Err(fault) = random::fill(bytes) {
            tracing::error!(error = %fault, "the machine has no randomness");
        }
    })
}
