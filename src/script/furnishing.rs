//! What a runtime was furnished with that its spawned children need too, before their engine is made.

use rhai::{Array, Dynamic, Map};

use crate::permissions::{Guard, Permissions};
use crate::script::limits::Limits;

/// Plain data: it travels ahead of the program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Furnishing {
    pub limits: Limits,
    /// The names of the embedding program's setups, which a spawned child has too.
    pub setups: Vec<String>,
    /// The script modules that are turned off.
    pub without: Vec<String>,
    /// The names under which scripts have what is global in a runtime: an empty one, or none at all, is that.
    pub doors: Vec<String>,
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

    /// Whether scripts have the module.
    pub(crate) fn has_module(&self, name: &str) -> bool {
        !self.without.iter().any(|off| off == name)
    }

    pub(crate) fn pack(&self) -> Dynamic {
        let mut fields = Map::new();
        fields.insert("limits".into(), self.limits.pack());
        let permissions = self.permissions.permissions();
        fields.insert("permissions".into(), permissions.pack());
        let pack =
            |names: &[String]| -> Array { names.iter().cloned().map(Dynamic::from).collect() };
        fields.insert("setups".into(), pack(&self.setups).into());
        fields.insert("without".into(), pack(&self.without).into());
        fields.insert("doors".into(), pack(&self.doors).into());
        fields.into()
    }

    /// Reads what [`pack`](Self::pack) wrote.
    pub(crate) fn unpack(fields: Dynamic) -> Self {
        let mut fields = fields.try_cast::<Map>().unwrap_or_default();
        let mut take = |name: &str| fields.remove(name).unwrap_or(Dynamic::UNIT);
        Self {
            limits: Limits::unpack(take("limits")),
            setups: texts(take("setups")),
            without: texts(take("without")),
            doors: texts(take("doors")),
            is_of_this_process: false,
            permissions: Guard::new(Permissions::unpack(take("permissions"))),
        }
    }
}

fn texts(items: Dynamic) -> Vec<String> {
    let items = items.into_array().unwrap_or_default();
    items.iter().map(ToString::to_string).collect()
}
