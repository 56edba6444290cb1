//! How deep values are nested. It is bounded: Rhai drops, copies and compares values by recursion.
//!
//! The depth of a value is known only by a walk through all of it. So the values that a script reads are sampled: the more a walk has to look
//! at, the more reads pass before the next one. A value may therefore grow a little beyond the bound before the script notices, which the
//! deep stack that scripts run on holds ([`sys::deep_stack`](crate::sys::deep_stack)).

use std::cell::Cell;
use std::collections::HashMap;

use rhai::{Array, Dynamic, FnPtr, Map};

use crate::script::exceptions::{Exception, Failure, raise};
use crate::sys::limits::Stack;

/// The most levels that a value of a script may have.
const MOST: usize = 5000;

/// The most levels of a value that a host gets, which it may drop on a small stack of its own.
const MOST_OF_RESULTS: usize = 500;

/// The most stack that Rhai takes to drop, copy or compare one level; that of a dict, in a build that is not optimised.
const STACK_PER_LEVEL: usize = 1024;

/// Of the values that a walk looks at, one read pays for this many.
const LOOKED_AT_PER_READ: usize = 8;

thread_local! {
    /// How many reads pass before the next walk.
    static PASSING: Cell<usize> = const { Cell::new(0) };
}

/// Checks the depth of a value that the script reads, now and then.
///
/// # Errors
/// `RecursionError` when it is nested too deep.
#[inline]
pub(crate) fn check(name: &str, value: &Dynamic) -> Result<(), Failure> {
    if is_leaf(value) {
        return Ok(());
    }
    match PASSING.get() {
        0 => look(name, value),
        passing => {
            PASSING.set(passing - 1);
            Ok(())
        }
    }
}

#[cold]
fn look(name: &str, value: &Dynamic) -> Result<(), Failure> {
    let most = MOST.min(Stack::mine().bytes() / STACK_PER_LEVEL);
    let mut walk = Walk::new(most);
    let fits = walk.levels(value, 0).is_some();
    PASSING.set(walk.looked_at / LOOKED_AT_PER_READ);
    if fits {
        return Ok(());
    }
    let text = format!("the value of '{name}' is nested more than {most} levels deep");
    Err(raise("RecursionError", text))
}

/// Checks the depth of a value that leaves to the host.
///
/// # Errors
/// `RecursionError` when it is nested too deep.
pub(crate) fn check_result(value: &Dynamic) -> Result<(), Failure> {
    if fits_host(value) {
        return Ok(());
    }
    Err(result_too_deep())
}

/// Returns the error in place of a value that is nested too deep for a host.
pub(crate) fn result_too_deep() -> Failure {
    let text = format!("the result is nested more than {MOST_OF_RESULTS} levels deep");
    raise("RecursionError", text)
}

/// Returns whether a host can drop the value on any stack.
pub(crate) fn fits_host(value: &Dynamic) -> bool {
    is_leaf(value) || Walk::new(MOST_OF_RESULTS).levels(value, 0).is_some()
}

/// Returns whether nothing can be inside the value.
#[inline]
fn is_leaf(value: &Dynamic) -> bool {
    // The variable's cell comes first: what is in it can be asked only while no other thread has it.
    !(value.is_shared()
        || value.is_array()
        || value.is_map()
        || value.is_fnptr()
        || value.is_variant())
}

/// A walk through a value, by recursion, which is bounded.
struct Walk {
    most: usize,
    looked_at: usize,
    /// The levels in what several values may share: the cells of captured variables, and exceptions. A few of them may
    /// lead to each other in a number of ways that no walk could take. A cell that the walk is in counts as empty: a closure may capture the
    /// variable that holds it.
    shared: HashMap<*const Dynamic, usize>,
}

impl Walk {
    fn new(most: usize) -> Self {
        Self {
            most,
            looked_at: 0,
            shared: HashMap::new(),
        }
    }

    /// Returns the levels of a value that is itself `above` levels deep; `None` if that is too deep.
    fn levels(&mut self, value: &Dynamic, above: usize) -> Option<usize> {
        self.looked_at += 1;
        if is_leaf(value) {
            return Some(0);
        }
        if above > self.most || Stack::mine().is_short() {
            return None;
        }
        if value.is_shared() {
            return self.levels_of_cell(value, above);
        }
        if let Some(items) = value.read_lock::<Array>() {
            self.levels_around(items.iter(), above)
        } else if let Some(entries) = value.read_lock::<Map>() {
            self.levels_around(entries.values(), above)
        } else if let Some(function) = value.read_lock::<FnPtr>() {
            self.levels_around(function.iter_curry(), above)
        } else if let Some(exception) = value.read_lock::<Exception>() {
            self.levels_of_shared(exception.address().cast(), above, |walk| {
                walk.levels_around(exception.contents(), above)
            })
        } else {
            Some(0)
        }
    }

    fn levels_around<'v>(
        &mut self,
        mut items: impl Iterator<Item = &'v Dynamic>,
        above: usize,
    ) -> Option<usize> {
        items.try_fold(1, |most, item| {
            if is_leaf(item) {
                self.looked_at += 1;
                return Some(most);
            }
            Some(most.max(1 + self.levels(item, above + 1)?))
        })
    }

    fn levels_of_cell(&mut self, cell: &Dynamic, above: usize) -> Option<usize> {
        // Another thread has it at this moment, and looks itself.
        if cell.is_locked() {
            return Some(0);
        }
        let Some(inner) = cell.read_lock::<Dynamic>() else {
            return Some(0);
        };
        self.levels_of_shared(&raw const *inner, above, |walk| walk.levels(&inner, above))
    }

    /// Walks through what may be shared, unless the walk has been there.
    fn levels_of_shared(
        &mut self,
        place: *const Dynamic,
        above: usize,
        walk: impl FnOnce(&mut Self) -> Option<usize>,
    ) -> Option<usize> {
        if let Some(levels) = self.shared.get(&place) {
            return Some(*levels).filter(|levels| above + levels <= self.most);
        }
        self.shared.insert(place, 0);
        let levels = walk(self)?;
        self.shared.insert(place, levels);
        Some(levels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize, wrap: impl Fn(Dynamic) -> Dynamic) -> Dynamic {
        (0..levels).fold(Dynamic::UNIT, |inside, _| wrap(inside))
    }

    fn closure(captured: Dynamic) -> Dynamic {
        let mut function = FnPtr::new("f").unwrap();
        function.add_curry(captured.into_shared());
        function.into()
    }

    #[test]
    fn each_kind_of_nesting_is_bounded() {
        let kinds: [fn(Dynamic) -> Dynamic; 4] = [
            |value| vec![value].into(),
            |value| Map::from([("key".into(), value)]).into(),
            closure,
            |value| Dynamic::from(Exception::new("ValueError", vec![value])),
        ];
        for wrap in kinds {
            assert!(fits_host(&nested(MOST_OF_RESULTS, wrap)));
            assert!(!fits_host(&nested(MOST_OF_RESULTS + 2, wrap)));
        }
    }

    #[test]
    fn a_cycle_is_looked_at_once() {
        let cell = Dynamic::UNIT.into_shared();
        let mut variable = cell.clone();
        *variable.write_lock::<Dynamic>().unwrap() = closure(cell.clone());
        let mut walk = Walk::new(10);
        assert_eq!(walk.levels(&variable, 0), Some(1));
        assert!(walk.looked_at < 10);
        *variable.write_lock::<Dynamic>().unwrap() = Dynamic::UNIT;
    }

    #[test]
    fn exceptions_that_share_their_arguments_are_looked_at_once() {
        let twice = |inside: Dynamic| {
            let args = vec![inside.clone(), inside];
            Dynamic::from(Exception::new("ValueError", args))
        };
        let mut walk = Walk::new(MOST_OF_RESULTS);
        assert!(walk.levels(&nested(60, twice), 0).is_some());
        assert!(walk.looked_at < 200);
    }

    #[test]
    fn a_chain_is_as_deep_as_it_is_long_wherever_the_walk_begins() {
        let mut chain = vec![closure(Dynamic::UNIT).into_shared()];
        for _ in 0..MOST_OF_RESULTS {
            let mut function = FnPtr::new("f").unwrap();
            function.add_curry(chain[chain.len() - 1].clone());
            chain.push(Dynamic::from(function).into_shared());
        }
        let mut all = Dynamic::UNIT;
        for (index, link) in chain.into_iter().enumerate() {
            // A list of the cells themselves, the innermost first.
            let mut around = FnPtr::new("f").unwrap();
            around.set_curry([link, all]);
            all = around.into();
            if index + 1 < MOST_OF_RESULTS / 2 {
                assert!(fits_host(&all), "{index}");
            }
        }
        assert!(!fits_host(&all));
    }

    #[test]
    fn a_large_value_is_walked_rarely() {
        let large = Dynamic::from(vec![Dynamic::ONE; 80_000]);
        PASSING.set(0);
        for _ in 0..10_000 {
            assert!(check("large", &large).is_ok());
        }
        // The second walk would have begun the count anew.
        assert_eq!(PASSING.get(), 80_001 / LOOKED_AT_PER_READ - 9_999);
    }
}
