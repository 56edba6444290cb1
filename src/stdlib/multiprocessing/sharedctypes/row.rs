//! Elements in shared memory with the lock that guards them, and what Value and Array have in common.

use std::ops::Range;
use std::sync::Arc;

use rhai::{Dynamic, Variant};

use super::guard::{Guard, Held};
use super::typecode::TypeCode;
use crate::script::bind::{begin_context, leave_context};
use crate::script::{Call, Class, Failure, Interp, Outcome, session_failure};
use crate::sync::{Cells, Offset, Session, ShmError};

/// Elements of one type, and their lock if they have one.
#[derive(Debug)]
pub(crate) struct Row {
    pub code: &'static TypeCode,
    pub cells: Cells,
    pub guard: Option<Guard>,
}

/// A script type that is a row.
pub(crate) trait Holder: Variant + Clone {
    fn row(&self) -> &Arc<Row>;
}

impl Row {
    /// New elements: first `words`, then zeros.
    pub(crate) fn create(
        interp: &Interp,
        code: &'static TypeCode,
        length: usize,
        words: &[u64],
        guard: Option<Guard>,
    ) -> Result<Arc<Row>, Failure> {
        let cells = Cells::create(&interp.session()?, code.label(), length, words);
        let cells = cells.map_err(session_failure)?;
        Ok(Arc::new(Row { code, cells, guard }))
    }

    /// Returns the elements at an offset that another process has sent.
    pub(crate) fn open(session: &Session, place: Offset) -> Result<Arc<Row>, ShmError> {
        let cells = Cells::open(session, place)?;
        let code = TypeCode::of(cells.label()).ok_or(ShmError::NoSuchObject(place))?;
        let guard = None;
        Ok(Arc::new(Row { code, cells, guard }))
    }

    /// Returns the same elements with another lock, or without.
    pub(crate) fn guarded_by(&self, guard: Option<Guard>) -> Arc<Row> {
        Arc::new(Row {
            code: self.code,
            cells: self.cells.clone(),
            guard,
        })
    }

    fn hold(&self, interp: &Interp) -> Result<Option<Held<'_>>, Failure> {
        self.guard
            .as_ref()
            .map(|guard| guard.hold(interp))
            .transpose()
    }

    pub(crate) fn get(&self, interp: &Interp, index: usize) -> Outcome {
        let _held = self.hold(interp)?;
        Ok(self.code.decode(self.cells.load(index)))
    }

    pub(crate) fn get_slice(&self, interp: &Interp, range: Range<usize>) -> Outcome {
        let _held = self.hold(interp)?;
        let words: Vec<u64> = range.map(|index| self.cells.load(index)).collect();
        Ok(self.code.decode_slice(&words))
    }

    pub(crate) fn set(&self, interp: &Interp, index: usize, value: &Dynamic) -> Outcome {
        let word = self.code.encode(value)?;
        self.set_words(interp, index, &[word])
    }

    /// Replaces the elements from `start` on.
    pub(crate) fn set_words(&self, interp: &Interp, start: usize, words: &[u64]) -> Outcome {
        let _held = self.hold(interp)?;
        for (index, word) in words.iter().enumerate() {
            self.cells.store(start + index, *word);
        }
        Ok(Dynamic::UNIT)
    }

    /// Adds to an element in one step. Returns the new value.
    pub(crate) fn add(&self, interp: &Interp, index: usize, more: &Dynamic) -> Outcome {
        let _held = self.hold(interp)?;
        let sum = |old| self.code.plus(old, more);
        Ok(self.code.decode(self.cells.update(index, sum)?))
    }

    /// Replaces an element if it equals `old`. Returns whether it did.
    pub(crate) fn compare_exchange(
        &self,
        interp: &Interp,
        index: usize,
        old: &Dynamic,
        new: &Dynamic,
    ) -> Outcome {
        let (old, new) = (self.code.encode(old)?, self.code.encode(new)?);
        let _held = self.hold(interp)?;
        let exchange = |found| self.code.same(found, old).then_some(new).ok_or(());
        Ok(self.cells.update(index, exchange).is_ok().into())
    }

    /// Returns a list of values as words.
    pub(crate) fn words(code: &TypeCode, values: &[Dynamic]) -> Result<Vec<u64>, Failure> {
        values.iter().map(|value| code.encode(value)).collect()
    }
}

/// A script type that has a lock.
pub(crate) trait Locked: Variant + Clone {
    /// Returns the lock as scripts have it; `()` if there is none.
    fn lock(&self) -> Dynamic;
}

impl<T: Holder> Locked for T {
    fn lock(&self) -> Dynamic {
        let guard = self.row().guard.as_ref();
        guard.map_or(Dynamic::UNIT, Guard::value)
    }
}

/// Registers the members of every type that has a lock.
pub(crate) fn register_lock<T: Locked>(class: &mut Class<'_>) {
    class
        .method("get_lock", &[], |call| Ok(lock::<T>(call)))
        .method("acquire", &["block?", "timeout?"], |call| {
            let args = call.rest(0);
            call.method(&mut lock::<T>(call), "acquire", args)
        })
        .method("release", &[], |call| {
            call.method(&mut lock::<T>(call), "release", vec![])
        })
        .context(
            |call| begin_context(call.interp, call.context, &mut lock::<T>(call)),
            |call| {
                let problem = call.rest(0);
                let mut lock = lock::<T>(call);
                leave_context(call.interp, call.context, &mut lock, problem).map(Dynamic::from)
            },
        );
}

fn lock<T: Locked>(call: &Call<'_>) -> Dynamic {
    call.this::<T>().lock()
}

/// Returns the parts that a row with a lock is sent as.
pub(crate) fn parts(raw: Dynamic, row: &Row) -> Dynamic {
    let lock = row.guard.as_ref().map_or(Dynamic::UNIT, Guard::value);
    vec![raw, lock].into()
}

/// Returns the row made of these parts.
pub(crate) fn of_parts<T: Holder>(parts: Dynamic) -> Result<Arc<Row>, String> {
    let parts = parts.into_array().ok();
    let parts = parts.and_then(|parts| <[Dynamic; 2]>::try_from(parts).ok());
    let [raw, lock] = parts.ok_or("a shared value without its parts")?;
    let raw = raw
        .read_lock::<T>()
        .ok_or("a shared value without elements")?;
    let guard = match lock.is_unit() {
        true => None,
        false => Some(Guard::of(&lock).ok_or("a shared value without its lock")?),
    };
    Ok(raw.row().guarded_by(guard))
}
