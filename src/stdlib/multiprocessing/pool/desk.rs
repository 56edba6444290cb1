//! The rows that a worker shares with its pool as values, in which form they travel to its process.

use rhai::Dynamic;

use crate::pool::{Board, Claims};
use crate::script::Registry;
use crate::sync::{Cells, ShmError};
use crate::wire::kind;

/// A board or claims. Scripts never see one.
#[derive(Debug, Clone)]
pub(super) struct Desk(pub(super) Cells);

pub(super) fn register(registry: &mut Registry) {
    registry.class::<Desk>("PoolBoard").by_place(
        &[kind::POOL_BOARD],
        |desk: &Desk| Some((kind::POOL_BOARD, desk.0.handle().place())),
        |session, _, place| {
            let row = Cells::open(session, place)?;
            // Anything else that a script shares is none of a pool's rows.
            match Board::from_cells(row.clone()).is_some()
                || Claims::from_cells(row.clone()).is_some()
            {
                true => Ok(Dynamic::from(Desk(row))),
                false => Err(ShmError::NoSuchObject(place)),
            }
        },
    );
}
