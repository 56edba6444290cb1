//! The rows that a worker shares with its pool as values, in which form they travel to its process.

use rhai::Dynamic;

use crate::script::Registry;
use crate::sync::Cells;
use crate::wire::kind;

/// A board or claims. Scripts never see one.
#[derive(Debug, Clone)]
pub(super) struct Desk(pub(super) Cells);

pub(super) fn register(registry: &mut Registry) {
    registry.class::<Desk>("PoolBoard").by_place(
        &[kind::POOL_BOARD],
        |desk: &Desk| Some((kind::POOL_BOARD, desk.0.handle().place())),
        |session, _, place| Ok(Dynamic::from(Desk(Cells::open(session, place)?))),
    );
}
