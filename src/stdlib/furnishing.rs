//! What a runtime was furnished with that its spawned children need too, before their engine is made.

use rhai::{Dynamic, Map};

use super::limits::Limits;

/// Plain data: it travels ahead of the program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Furnishing {
    pub limits: Limits,
}

impl Furnishing {
    pub(crate) fn pack(&self) -> Dynamic {
        let mut fields = Map::new();
        fields.insert("limits".into(), self.limits.pack());
        fields.into()
    }

    /// What [`pack`](Self::pack) packed, in the child.
    pub(crate) fn unpack(fields: Dynamic) -> Self {
        let mut fields = fields.try_cast::<Map>().unwrap_or_default();
        let mut take = |name: &str| fields.remove(name).unwrap_or(Dynamic::UNIT);
        Self {
            limits: Limits::unpack(take("limits")),
        }
    }
}
