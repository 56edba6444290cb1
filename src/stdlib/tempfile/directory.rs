//! `TemporaryDirectory`: a directory that is removed with everything in it.

use std::sync::{Arc, Mutex};

use rhai::Dynamic;

use super::making::make_directory;
use super::temporary::Temporary;
use crate::script::{Call, Outcome, Registry};
use crate::sys::lock::locked;
use crate::text::quoted;

/// A directory that exists as long as one of its clones, or until it is cleaned up.
#[derive(Debug, Clone)]
struct TemporaryDirectory {
    name: Arc<str>,
    directory: Arc<Mutex<Option<Temporary>>>,
}

pub(super) fn register(registry: &mut Registry) {
    registry
        .class::<TemporaryDirectory>("tempfile.TemporaryDirectory")
        .by_address(|directory: &TemporaryDirectory| Arc::as_ptr(&directory.directory).addr())
        .withhold(|_: &TemporaryDirectory| {
            Some("a temporary directory belongs to the process that has made it: send its name")
        })
        .getter("name", |call| {
            Ok(call.this::<TemporaryDirectory>().name.to_string().into())
        })
        .method("cleanup", &[], cleanup)
        .context(
            |call| Ok(call.this::<TemporaryDirectory>().name.to_string().into()),
            cleanup,
        )
        .repr(|call| {
            let name = quoted(&call.this::<TemporaryDirectory>().name);
            Ok(format!("<TemporaryDirectory {name}>").into())
        });
}

/// `TemporaryDirectory(suffix, prefix, dir)`
pub(super) fn construct(call: &mut Call<'_>) -> Outcome {
    let name = make_directory(call, 0)?;
    let directory = Temporary::new(call.interp, &name);
    Ok(Dynamic::from(TemporaryDirectory {
        name: name.into(),
        directory: Arc::new(Mutex::new(Some(directory))),
    }))
}

fn cleanup(call: &mut Call<'_>) -> Outcome {
    let directory = locked(&call.this::<TemporaryDirectory>().directory).take();
    drop(directory);
    Ok(Dynamic::UNIT)
}
