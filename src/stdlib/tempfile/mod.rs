//! `tempfile`: files and directories with names of their own, which are removed when they are no longer needed, at the latest with the process.
//!
//! - [`temporary`]: what is to be removed; [`making`]: names by the crate `tempfile`; [`directory`]: `TemporaryDirectory`.

mod directory;
mod making;
mod temporary;

use rhai::Dynamic;

use self::making::{directory_for, make_directory, make_file};
use self::temporary::{Temporaries, Temporary};
use super::builtins::file::{Opened, open_file};
use crate::script::{Call, Outcome, Registry, States};

/// The value of the global constant `tempfile`.
#[derive(Debug, Clone)]
struct Tempfile;

/// Adds what the module keeps.
pub(super) fn states(states: &mut States) {
    states.add::<Temporaries>();
}

pub(super) fn register(registry: &mut Registry) {
    directory::register(registry);
    registry
        .namespace("tempfile", Tempfile)
        .function("gettempdir", &[], |call| Ok(directory_for(call).into()))
        .function("mkdtemp", &["suffix?", "prefix?", "dir?"], |call| {
            Ok(make_directory(call, 0)?.into())
        })
        .function("mkstemp", &["suffix?", "prefix?", "dir?", "text?"], mkstemp)
        .function(
            "NamedTemporaryFile",
            &[
                "mode?",
                "buffering?",
                "encoding?",
                "newline?",
                "suffix?",
                "prefix?",
                "dir?",
                "delete?",
            ],
            named_file,
        )
        .function(
            "TemporaryDirectory",
            &["suffix?", "prefix?", "dir?"],
            directory::construct,
        );
}

/// `mkstemp(suffix, prefix, dir, text=False)`: the open file in place of its descriptor.
fn mkstemp(call: &mut Call<'_>) -> Outcome {
    let (file, path) = make_file(call, 0)?;
    let mode = if call.bool_or(3, false) { "w+" } else { "w+b" };
    let opened = Opened {
        file,
        path: path.clone(),
        mode: mode.into(),
        encoding: None,
        kept: None,
    };
    Ok(vec![open_file(call, opened)?, path.into()].into())
}

/// `NamedTemporaryFile(mode="w+b", …, suffix, prefix, dir, delete=True)`
fn named_file(call: &mut Call<'_>) -> Outcome {
    let mode = call.string_or(0, "w+b")?;
    let encoding = call.given(2);
    let (file, path) = make_file(call, 4)?;
    let delete = call.bool_or(7, true);
    let kept = delete.then(|| Temporary::new(call.interp, &path));
    let opened = Opened {
        file,
        path,
        mode,
        encoding: encoding.map(|encoding| call.str(&encoding)),
        kept: kept.map(|kept| Box::new(kept) as _),
    };
    open_file(call, opened).map(Dynamic::from)
}
