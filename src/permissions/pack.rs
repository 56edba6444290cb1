//! Permissions on their way to a spawned child, which has none until it has read them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use rhai::{Array, Dynamic, Map};

use super::endpoint::Endpoint;
use super::grant::Grant;
use super::policy::{Permissions, Processes, Run, Switch, Variable};
use super::tree::Tree;

/// A thing to be allowed as a value that can travel, and back.
trait Packed: Sized {
    fn pack(&self) -> Dynamic;
    fn unpack(value: Dynamic) -> Option<Self>;
}

impl Packed for Tree {
    fn pack(&self) -> Dynamic {
        // Names of files are bytes.
        Dynamic::from_blob(self.0.as_os_str().as_bytes().to_vec())
    }

    fn unpack(value: Dynamic) -> Option<Self> {
        let bytes = value.into_blob().ok()?;
        Some(Self(OsStr::from_bytes(&bytes).into()))
    }
}

impl Packed for Endpoint {
    fn pack(&self) -> Dynamic {
        self.shown().into()
    }

    fn unpack(value: Dynamic) -> Option<Self> {
        Some(Self::read(&value.into_string().ok()?))
    }
}

impl Packed for Variable {
    fn pack(&self) -> Dynamic {
        self.0.as_str().into()
    }

    fn unpack(value: Dynamic) -> Option<Self> {
        value.into_string().ok().map(Self)
    }
}

fn pack_grant<R: Packed>(grant: &Grant<R>) -> Dynamic {
    let list = |rules: &[R]| -> Dynamic { rules.iter().map(R::pack).collect::<Array>().into() };
    let parts: Array = vec![
        grant.everything.into(),
        list(&grant.listed),
        grant.nothing.into(),
        list(&grant.denied),
    ];
    parts.into()
}

fn unpack_grant<R: Packed>(value: Dynamic) -> Option<Grant<R>> {
    let parts = <[Dynamic; 4]>::try_from(value.into_array().ok()?).ok()?;
    let [everything, listed, nothing, denied] = parts;
    let list = |value: Dynamic| -> Option<Vec<R>> {
        let rules = value.into_array().ok()?.into_iter();
        rules.map(R::unpack).collect()
    };
    Some(Grant {
        everything: everything.as_bool().ok()?,
        listed: list(listed)?,
        nothing: nothing.as_bool().ok()?,
        denied: list(denied)?,
    })
}

/// The order is that of the numbers they travel as.
const RUNS: [Run; 4] = [
    Run::NotAllowed,
    Run::Denied,
    Run::Allowed,
    Run::WithEverything,
];

impl Permissions {
    pub(crate) fn pack(&self) -> Dynamic {
        let number = |number: u64| Dynamic::from_int(number.cast_signed());
        let mut fields = Map::new();
        let mut set = |name: &str, value: Dynamic| drop(fields.insert(name.into(), value));
        set("read", pack_grant(&self.read));
        set("write", pack_grant(&self.write));
        set("net", pack_grant(&self.net));
        set("env", pack_grant(&self.env));
        let run = RUNS.iter().position(|run| *run == self.run);
        set("run", number(run.unwrap_or(0) as u64));
        set("signals", self.signals.allowed.into());
        set("no_signals", self.signals.denied.into());
        set("at_once", number(self.processes.at_once.into()));
        set("depth", number(self.processes.depth.into()));
        set("generation", number(self.processes.generation.into()));
        set("no_processes", self.processes.denied.into());
        set("session_memory", number(self.session_memory));
        set("threads", number(self.threads as u64));
        let narrowed = self.narrowed.iter().map(|name| Dynamic::from(name.clone()));
        set("narrowed", narrowed.collect::<Array>().into());
        fields.into()
    }

    /// What [`pack`](Self::pack) packed, in the child; nothing is allowed by what cannot be read.
    pub(crate) fn unpack(value: Dynamic) -> Self {
        Self::read_fields(value).unwrap_or_else(Self::none)
    }

    fn read_fields(value: Dynamic) -> Option<Self> {
        let mut fields = value.try_cast::<Map>()?;
        let mut take = |name: &str| fields.remove(name);
        let number = |value: Option<Dynamic>| value?.as_int().ok().map(i64::cast_unsigned);
        let count = |value: Option<Dynamic>| u32::try_from(number(value)?).ok();
        let flag = |value: Option<Dynamic>| value?.as_bool().ok();
        let run = usize::try_from(number(take("run"))?).ok()?;
        let narrowed = take("narrowed")?.into_array().ok()?.into_iter();
        Some(Self {
            read: unpack_grant(take("read")?)?,
            write: unpack_grant(take("write")?)?,
            net: unpack_grant(take("net")?)?,
            env: unpack_grant(take("env")?)?,
            run: *RUNS.get(run)?,
            signals: Switch {
                allowed: flag(take("signals"))?,
                denied: flag(take("no_signals"))?,
            },
            processes: Processes {
                at_once: count(take("at_once"))?,
                depth: count(take("depth"))?,
                generation: count(take("generation"))?,
                denied: flag(take("no_processes"))?,
            },
            session_memory: number(take("session_memory"))?,
            threads: usize::try_from(number(take("threads"))?).ok()?,
            narrowed: narrowed.map(|name| name.to_string()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_arrive_as_they_left() {
        let some = Permissions::none()
            .allow_read("/usr")
            .deny_read("/usr/lib")
            .allow_write_all()
            .allow_net("127.0.0.1:80")
            .deny_net("[::1]:9")
            .deny_net_all()
            .allow_env(["PATH"])
            .allow_processes(3, 2)
            .deny_processes()
            .allow_signals()
            .deny_run()
            .threads(3)
            .of_child();
        for permissions in [Permissions::none(), Permissions::all(), some] {
            assert_eq!(Permissions::unpack(permissions.pack()), permissions);
        }
    }

    #[test]
    fn what_cannot_be_read_allows_nothing() {
        assert_eq!(Permissions::unpack(Dynamic::UNIT), Permissions::none());
        let mut packed = Permissions::all().pack().cast::<Map>();
        packed.remove("run");
        assert_eq!(Permissions::unpack(packed.into()), Permissions::none());
    }
}
