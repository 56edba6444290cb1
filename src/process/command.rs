//! A command: another program that this process starts.

use std::collections::BTreeMap;
use std::ffi::{CString, OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::running::Running;
use crate::sys::command::{self, Program};

pub(crate) use crate::sys::command::{Conditions, NotStarted};

/// The directories in which programs are looked for if no variable names them.
const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";

/// A command to start.
#[derive(Debug)]
pub(crate) struct Command {
    /// The program: a path, or a name that is looked for in the directories of `PATH`.
    pub program: OsString,
    /// Its arguments; the first is its name for itself.
    pub arguments: Vec<OsString>,
    /// Its environment; `None` is that of this process.
    pub environment: Option<BTreeMap<OsString, OsString>>,
    /// Its current directory; `None` is that of this process.
    pub directory: Option<OsString>,
    pub conditions: Conditions,
}

impl Command {
    /// Returns a command of the shell.
    pub(crate) fn of_shell(text: impl Into<OsString>) -> Self {
        let shell = OsString::from("/bin/sh");
        Self {
            program: shell.clone(),
            arguments: vec![shell, "-c".into(), text.into()],
            environment: None,
            directory: None,
            conditions: Conditions {
                streams: [None; 3],
                passed: Vec::new(),
                closes_others: true,
                restores_signals: true,
                own_session: false,
                group: None,
                file_mask: None,
            },
        }
    }

    /// Starts it. `apart`: signals from the terminal do not reach it, because the terminal belongs to a host.
    ///
    /// # Errors
    /// It cannot be run; a string has a zero byte.
    pub(crate) fn start(self, apart: bool) -> Result<Running, NotStarted> {
        let own_session = self.conditions.own_session;
        let program = self.prepared()?;
        if own_session {
            let (pid, pidfd) = command::alone(program)?;
            return Ok(Running::alone(pid, pidfd));
        }
        Ok(Running::supervised(command::supervised(program, apart)?))
    }

    fn prepared(mut self) -> io::Result<Program> {
        self.conditions.passed.sort_unstable();
        let strings = |list: Vec<OsString>| -> io::Result<Vec<CString>> {
            list.into_iter().map(c_string).collect()
        };
        Ok(Program {
            paths: strings(self.paths())?,
            arguments: strings(self.arguments)?,
            environment: strings(entries(self.environment))?,
            directory: self.directory.map(c_string).transpose()?,
            conditions: self.conditions,
        })
    }

    /// Returns where the program may be.
    fn paths(&self) -> Vec<OsString> {
        let name = self.program.as_bytes();
        if name.contains(&b'/') {
            return vec![self.program.clone()];
        }
        let path = match &self.environment {
            Some(environment) => environment.get(OsStr::new("PATH")).cloned(),
            None => std::env::var_os("PATH"),
        };
        let path = path.map_or_else(|| DEFAULT_PATH.to_vec(), OsString::into_vec);
        let directories = path.split(|byte| *byte == b':');
        let join = |directory: &[u8]| match directory {
            [] => name.to_vec(),
            [.., b'/'] => [directory, name].concat(),
            _ => [directory, b"/", name].concat(),
        };
        directories.map(|d| OsString::from_vec(join(d))).collect()
    }
}

fn c_string(text: OsString) -> io::Result<CString> {
    Ok(CString::new(text.into_vec())?)
}

fn entries(environment: Option<BTreeMap<OsString, OsString>>) -> Vec<OsString> {
    let entry = |(mut name, value): (OsString, OsString)| {
        name.push("=");
        name.push(value);
        name
    };
    match environment {
        Some(environment) => environment.into_iter().map(entry).collect(),
        None => std::env::vars_os().map(entry).collect(),
    }
}
