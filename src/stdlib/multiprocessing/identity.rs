//! Who a process is among its relatives.

use serde::{Deserialize, Serialize};

/// Who a process is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The numbers behind `Process-1:2`; empty for the main process.
    pub numbers: Vec<u32>,
    pub name: String,
    pub daemon: bool,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            numbers: Vec::new(),
            name: "MainProcess".into(),
            daemon: false,
        }
    }
}
