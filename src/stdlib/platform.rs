//! `platform`: the machine and its system.

use rhai::{Array, Dynamic};

use crate::script::{Handler, Registry};
use crate::sys::system;

/// The value of the global constant `platform`.
#[derive(Debug, Clone)]
struct Platform;

pub(super) fn register(registry: &mut Registry) {
    let mut platform = registry.namespace("platform", Platform);
    let functions: [(&str, Handler); 7] = [
        ("system", |_| Ok(system::about().system.into())),
        ("node", |_| Ok(system::about().node.into())),
        ("release", |_| Ok(system::about().release.into())),
        ("version", |_| Ok(system::about().version.into())),
        ("machine", |_| Ok(system::about().machine.into())),
        ("processor", |_| Ok(system::about().machine.into())),
        ("platform", |_| {
            let about = system::about();
            Ok(format!("{}-{}-{}", about.system, about.release, about.machine).into())
        }),
    ];
    for (name, handler) in functions {
        platform.function(name, &[], handler);
    }
    platform.function("uname", &[], |_| {
        let about = system::about();
        let all = [
            about.system,
            about.node,
            about.release,
            about.version,
            about.machine,
        ];
        Ok(all.into_iter().map(Dynamic::from).collect::<Array>().into())
    });
}
