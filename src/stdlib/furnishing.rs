//! What a runtime was furnished with that its spawned children need too, before their engine is made.

use rhai::{Array, Dynamic, Map};

use super::limits::Limits;
use super::permissions::{Guard, Permissions};

/// Plain data: it travels ahead of the program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Furnishing {
    pub limits: Limits,
    /// The names of the embedding program's setups, which a spawned child has too.
    pub setups: Vec<String>,
    /// Functions were registered that a spawned child cannot have.
    pub is_of_this_process: bool,
    pub permissions: Guard,
}

impl Furnishing {
    /// The same, but for what the script may do outside itself.
    pub(crate) fn with_permissions(&self, permissions: Permissions) -> Self {
        Self {
            permissions: Guard::new(permissions),
            ..self.clone()
        }
    }

    pub(crate) fn pack(&self) -> Dynamic {
        let mut fields = Map::new();
        fields.insert("limits".into(), self.limits.pack());
        let setups = self.setups.iter().cloned().map(Dynamic::from);
        fields.insert("setups".into(), setups.collect::<Array>().into());
        let permissions = self.permissions.permissions();
        fields.insert("permissions".into(), permissions.pack());
        fields.into()
    }

    /// What [`pack`](Self::pack) packed, in the child.
    pub(crate) fn unpack(fields: Dynamic) -> Self {
        let mut fields = fields.try_cast::<Map>().unwrap_or_default();
        let mut take = |name: &str| fields.remove(name).unwrap_or(Dynamic::UNIT);
        Self {
            limits: Limits::unpack(take("limits")),
            setups: texts(take("setups")),
            is_of_this_process: false,
            permissions: Guard::new(Permissions::unpack(take("permissions"))),
        }
    }
}

fn texts(items: Dynamic) -> Vec<String> {
    let items = items.into_array().unwrap_or_default();
    items.iter().map(ToString::to_string).collect()
}
