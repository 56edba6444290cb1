//! `threading.local()`: attributes that differ between threads.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rhai::{Dynamic, Map};

use crate::script::{Call, Outcome, Registry, raise};

/// An object whose attributes differ between threads.
#[derive(Debug, Clone)]
pub(super) struct Local(Arc<u64>);

static NEXT: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// This thread's attributes, by object. They are dropped with the thread.
    static ATTRIBUTES: RefCell<HashMap<u64, Map>> = RefCell::default();
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<Local>("local")
        .index_getter(attribute)
        .index_setter(|call| {
            let (name, value) = (call.string(0)?, call.value(1));
            let local: Local = call.this();
            ATTRIBUTES.with_borrow_mut(|all| {
                all.entry(*local.0)
                    .or_default()
                    .insert(name.as_str().into(), value)
            });
            Ok(Dynamic::UNIT)
        })
        .repr(|_| Ok("<_thread._local object>".into()));
}

pub(super) fn construct(_: &mut Call<'_>) -> Outcome {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    Ok(Dynamic::from(Local(Arc::new(number))))
}

fn attribute(call: &mut Call<'_>) -> Outcome {
    let name = call.string(0)?;
    let local: Local = call.this();
    let found = ATTRIBUTES.with_borrow(|all| all.get(&local.0)?.get(name.as_str()).cloned());
    found.ok_or_else(|| {
        let text = format!("'_thread._local' object has no attribute '{name}'");
        raise("AttributeError", text)
    })
}
