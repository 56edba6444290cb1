//! Running `with` in shortcuts.

use rhai::{Dynamic, NativeCallContext, Position};

use super::node::{Block, Held};
use super::run::{Run, at};
use super::statements::Flow;
use crate::script::bind::{begin_context, end_context};
use crate::script::exceptions::Failure;
use crate::script::values::writable;

impl Run<'_, '_, '_, '_, '_, '_, '_> {
    /// Enters the items one after another, runs the block, and leaves them in the opposite order.
    pub(super) fn with(&mut self, items: &[Held], body: &Block) -> Result<Flow, Failure> {
        let Some((item, rest)) = items.split_first() else {
            return self.block(body);
        };
        let interp = self.interp;
        let mut manager = self.value(&item.manager)?.flatten();
        let entered = self.natively(item.at, |call| begin_context(interp, call, &mut manager))?;
        if let Some(place) = item.place {
            self.stack[self.base + place] = writable(entered.flatten());
        }
        let ended = self.with(rest, body);
        if let Some(place) = item.place {
            self.stack[self.base + place] = Dynamic::UNIT;
        }
        let (flow, result) = match ended {
            Ok(flow) => (Some(flow), Ok(Dynamic::UNIT)),
            Err(error) => (None, Err(error)),
        };
        let value = self.natively(item.at, |call| {
            end_context(interp, call, &mut manager, result)
        })?;
        Ok(flow.unwrap_or(Flow::On(value)))
    }

    /// Calls natives from a place in a statement.
    fn natively(
        &self,
        place: Position,
        body: impl FnOnce(&NativeCallContext) -> Result<Dynamic, Failure>,
    ) -> Result<Dynamic, Failure> {
        let engine = self.context.engine();
        let global = self.context.global_runtime_state();
        let call = NativeCallContext::new_with_all_fields(engine, "with", None, global, place);
        body(&call).map_err(|error| at(error, place))
    }
}
