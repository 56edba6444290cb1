//! The board of a worker as a value, in which form it travels to its process.

use rhai::Dynamic;

use crate::pool::Board;
use crate::script::Registry;
use crate::wire::kind;

/// The board of a worker. Scripts never see one.
#[derive(Debug, Clone)]
pub(super) struct Desk(pub(super) Board);

pub(super) fn register(registry: &mut Registry) {
    registry.class::<Desk>("PoolBoard").by_place(
        &[kind::POOL_BOARD],
        |desk: &Desk| Some((kind::POOL_BOARD, desk.0.cells().handle().place())),
        |session, _, place| Ok(Dynamic::from(Desk(Board::open(session, place)?))),
    );
}
