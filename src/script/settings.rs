//! How a runtime is set up: what its spawned children have to know before their engine is made.

use serde::{Deserialize, Serialize};

use super::host_settings::HostSettings;
use super::limits::Limits;
use crate::permissions::{Guard, Permissions};

/// The settings of a runtime, which its children inherit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub limits: Limits,
    /// The names of the host's setups, which a spawned child has too.
    pub setups: Vec<String>,
    /// The script modules that are turned off.
    pub without: Vec<String>,
    /// The names under which scripts have what is global in a runtime. An empty name, or an empty list, means that it is global.
    pub mounts: Vec<String>,
    /// The settings of the host's engine on which the script runs.
    pub of_host: Option<HostSettings>,
    /// Functions were registered that a spawned child cannot have.
    #[serde(skip)]
    pub is_of_this_process: bool,
    /// The family's first process is a host that runs no script itself: the script's main process is a child of it.
    pub isolated: bool,
    /// The engine has only the natives that the texts of the program name.
    pub by_text: bool,
    pub permissions: Guard,
    /// When functions and loops become machine code.
    pub compile: Compile,
    /// What was compiled is noted.
    #[serde(skip)]
    pub explain_compile: bool,
}

/// When functions and loops become machine code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Compile {
    /// When that is likely to save time.
    #[default]
    WhenItPays,
    /// As soon as possible, for tests.
    AtOnce,
    /// After the first pass of each loop, for tests.
    AtLoops,
    Never,
}

impl Settings {
    /// Returns the same settings with other permissions.
    pub(crate) fn with_permissions(&self, permissions: Permissions) -> Self {
        Self {
            permissions: permissions.into(),
            ..self.clone()
        }
    }

    /// Returns whether scripts have the module.
    pub(crate) fn has_module(&self, name: &str) -> bool {
        !self.without.iter().any(|off| off == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::typed;

    #[test]
    fn settings_arrive_as_they_left() {
        let some = Permissions::none()
            .allow_read("/usr")
            .deny_read("/usr/lib")
            .allow_write_all()
            .allow_net("127.0.0.1:80")
            .deny_net("[::1]:9")
            .allow_net("example.com")
            .deny_net_all()
            .allow_env(["PATH"])
            .allow_processes(3, 2)
            .deny_processes()
            .allow_signals()
            .deny_run()
            .threads(3)
            .of_child();
        for permissions in [Permissions::none(), Permissions::all(), some] {
            let settings = Settings {
                limits: Limits::new().operations(u64::MAX).string_bytes(10),
                setups: vec!["shop".into()],
                compile: Compile::Never,
                permissions: permissions.into(),
                ..Settings::default()
            };
            let bytes = typed::pack(&settings).unwrap();
            let arrived: Settings = typed::read(&bytes).unwrap();
            assert_eq!(
                arrived.permissions.permissions(),
                settings.permissions.permissions()
            );
            assert_eq!(format!("{arrived:?}"), format!("{settings:?}"));
            for end in 0..bytes.len() {
                assert!(typed::read::<Settings>(&bytes[..end]).is_err());
            }
        }
    }

    #[test]
    fn a_time_limit_stays_with_the_parent() {
        let limits = Limits::new().time(std::time::Duration::from_secs(1));
        let bytes = typed::pack(&limits).unwrap();
        assert_eq!(typed::read::<Limits>(&bytes).unwrap(), Limits::new());
    }
}
