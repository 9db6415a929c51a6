//! The running node.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Says that a node serves, and where. Stands in the data folder while it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// Process id.
    pub pid: u32,
    /// Office.
    pub office: String,
    /// Address of the local API.
    pub api: String,
    /// Address for children.
    pub link: Option<String>,
}

impl Serving {
    /// Where it is.
    pub fn path(data: &Path) -> PathBuf {
        data.join("serving.json")
    }
}
