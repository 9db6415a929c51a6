//! Where the parent is dialled, and how that changes while the node runs: whoever moves to other rooms gets other addresses, and no office below
//! is to be enrolled anew because of it. The key that must answer there stays what it is.

use super::Relay;
use crate::folder::{FolderError, ParentFile};

impl Relay {
    /// Where the parent is dialled, `host:port`, in the order in which it is tried; empty: this office is the root.
    pub fn parent_addresses(&self) -> Vec<String> {
        self.inner.parent_addresses.borrow().clone()
    }

    /// Dials the parent there from now on, also after a restart; a session that is up goes on until it ends. Of the root nothing changes.
    pub fn set_parent_addresses(&self, addresses: Vec<String>) -> Result<(), FolderError> {
        let mut office = self.inner.folder.office()?;
        let Some(parent) = office.parent.take() else { return Ok(()) };
        office.parent = Some(ParentFile { addresses: addresses.clone(), ..parent });
        self.inner.folder.write_office(&office)?;
        self.inner.parent_addresses.send_replace(addresses);
        Ok(())
    }
}
