//! An object on a server: where it is and what it is called.

use std::sync::Arc;

use super::endpoint::Endpoint;
use super::fault::{Fault, Refusal};

/// The longest name of an object, in bytes.
const NAME_MAX: usize = 120;

/// An object on a server. All its keys begin with `ps:{NAME}:`, so a cluster keeps them together, and one rule of an access list covers
/// them.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub endpoint: Arc<Endpoint>,
    name: String,
}

impl Place {
    /// # Errors
    /// The name is not allowed.
    pub(crate) fn new(endpoint: Arc<Endpoint>, name: &str) -> Result<Self, Fault> {
        let why = match name {
            "" => "name is empty".to_string(),
            name if name.len() > NAME_MAX => format!(
                "name has {} bytes; at most {NAME_MAX} are allowed",
                name.len()
            ),
            name if name.contains(['{', '}']) => format!("name must not contain braces: {name:?}"),
            name if name.chars().any(char::is_control) => {
                format!("name must not contain control characters: {name:?}")
            }
            name => {
                let name = name.into();
                return Ok(Self { endpoint, name });
            }
        };
        Err(Fault::Refused(Refusal::Mismatch, why))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the key of a part of the object.
    pub(super) fn key(&self, part: &str) -> String {
        format!("ps:{{{}}}:{part}", self.name)
    }
}
