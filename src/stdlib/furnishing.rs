//! What a runtime was furnished with that its spawned children need too, before their engine is made.

use rhai::{Array, Dynamic, Map};

use super::limits::Limits;

/// Plain data: it travels ahead of the program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Furnishing {
    pub limits: Limits,
    /// The names of the embedding program's setups, which a spawned child has too.
    pub setups: Vec<String>,
    /// Functions were registered that a spawned child cannot have.
    pub is_of_this_process: bool,
}

impl Furnishing {
    pub(crate) fn pack(&self) -> Dynamic {
        let mut fields = Map::new();
        fields.insert("limits".into(), self.limits.pack());
        let setups = self.setups.iter().cloned().map(Dynamic::from);
        fields.insert("setups".into(), setups.collect::<Array>().into());
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
        }
    }
}

fn texts(items: Dynamic) -> Vec<String> {
    let items = items.into_array().unwrap_or_default();
    items.iter().map(ToString::to_string).collect()
}
