//! What a worker process is given, as the arguments of its process.

use rhai::{Array, Dynamic, FnPtr};

use super::super::queues;
use super::desk::Desk;
use crate::pool::{Board, Claims};
use crate::script::Dialect;
use crate::script::codecs::optional;
use crate::sync::Queue;

/// What a worker is given.
pub(super) struct Post {
    pub tasks: Queue,
    pub outcomes: Queue,
    pub board: Board,
    /// Which tasks were withdrawn.
    pub claims: Claims,
    /// `sys.exit` in a task is the task's outcome and does not end the worker.
    pub survives_exit: bool,
    /// Added to a place in the queue, this is the number of a batch.
    pub base: u64,
    /// How many batches it may do.
    pub most: u64,
    pub initializer: Option<FnPtr>,
    pub initargs: Array,
    /// When its start was ordered.
    pub ordered: u64,
}

impl Post {
    /// Returns the post as the arguments of the worker's process.
    pub(super) fn into_args(self) -> Array {
        let queue = |shared: Queue| {
            let dialect = Dialect::Multiprocessing;
            Dynamic::from(queues::Queue::new(shared, false, dialect))
        };
        let number = |number: u64| Dynamic::from_int(i64::try_from(number).unwrap_or(i64::MAX));
        vec![
            queue(self.tasks),
            queue(self.outcomes),
            Dynamic::from(Desk(self.board.cells().clone())),
            Dynamic::from(Desk(self.claims.cells().clone())),
            self.survives_exit.into(),
            number(self.base),
            number(self.most),
            self.initializer.map_or(Dynamic::UNIT, Dynamic::from),
            self.initargs.into(),
            number(self.ordered),
        ]
    }

    pub(super) fn of_args(args: Array) -> Result<Self, String> {
        let args = <[Dynamic; 10]>::try_from(args).map_err(|_| "its arguments are missing")?;
        let [
            tasks,
            outcomes,
            board,
            claims,
            survives_exit,
            base,
            most,
            initializer,
            initargs,
            ordered,
        ] = args;
        let queue = |value: Dynamic| {
            let queue = value.try_cast::<queues::Queue>();
            let here = queue.and_then(|queue| queue.here().cloned());
            here.ok_or("a queue is missing")
        };
        let row = |value: Dynamic| value.try_cast::<Desk>().map(|desk| desk.0);
        let number = |value: Dynamic| value.as_int().unwrap_or_default().unsigned_abs();
        Ok(Self {
            tasks: queue(tasks)?,
            outcomes: queue(outcomes)?,
            board: row(board)
                .and_then(Board::from_cells)
                .ok_or("its board is missing")?,
            claims: row(claims)
                .and_then(Claims::from_cells)
                .ok_or("its claims are missing")?,
            survives_exit: survives_exit.as_bool().unwrap_or_default(),
            base: number(base),
            most: number(most),
            initializer: optional(initializer)?,
            initargs: initargs.into_array().unwrap_or_default(),
            ordered: number(ordered),
        })
    }
}
