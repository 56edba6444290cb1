//! The members of `SharedMemory`.

use rhai::Dynamic;

use super::memory::SharedMemory;
use super::view::View;
use crate::script::{Call, Outcome, Registry, raise};
use crate::text::{as_string, quoted};

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<SharedMemory>("SharedMemory")
        .by_address(|memory: &SharedMemory| usize::try_from(memory.inode()).unwrap_or_default())
        .by_parts(
            "SharedMemory",
            |_, memory: &SharedMemory| Ok(memory.parts()),
            |_, parts| SharedMemory::of_parts(parts),
        )
        .getter("buf", |call| {
            let memory = call.this::<SharedMemory>();
            let view = memory.open().map(|_| Dynamic::from(View::of(memory)));
            Ok(view.unwrap_or(Dynamic::UNIT))
        })
        .getter("name", |call| {
            Ok(call.this::<SharedMemory>().name().to_string().into())
        })
        .getter("size", |call| {
            Ok(Dynamic::from_int(call.this::<SharedMemory>().size() as i64))
        })
        .method("close", &[], |call| {
            call.this::<SharedMemory>().close();
            Ok(Dynamic::UNIT)
        })
        .method("unlink", &[], |call| {
            call.this::<SharedMemory>().unlink(call.interp)?;
            Ok(Dynamic::UNIT)
        })
        .repr(|call| {
            let memory = call.this::<SharedMemory>();
            let (name, size) = (quoted(memory.name()), memory.size());
            Ok(format!("SharedMemory({name}, size={size})").into())
        });
}

/// `SharedMemory(name=None, create=False, size=0, track=True)`.
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let name = match call.given(0) {
        None => None,
        Some(value) => Some(
            as_string(&value)
                .ok_or_else(|| call.mismatch(0, "a string", &value))?
                .to_string(),
        ),
    };
    let create = call.bool_or(1, false);
    let size = call.int_or(2, 0)?;
    let track = call.bool_or(3, true);
    let Ok(size) = u64::try_from(size) else {
        return Err(raise("ValueError", "'size' must be a positive integer"));
    };
    let memory = match (create, name) {
        (true, _) if size == 0 => {
            let text = "'size' must be a positive number different from zero";
            return Err(raise("ValueError", text));
        }
        (true, name) => SharedMemory::create(call.interp, name, size, track)?,
        (false, None) => {
            let text = "'name' can only be None if create=True";
            return Err(raise("ValueError", text));
        }
        (false, Some(name)) => SharedMemory::attach(call.interp, name)?,
    };
    Ok(Dynamic::from(memory))
}
