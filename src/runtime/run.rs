//! Running a script to its end: evaluation, the report of an error nobody caught, the end of the family.

use std::io;
use std::path::Path;

use rhai::{Dynamic, Scope};

use super::Runtime;
use super::check::syntax_error;
use crate::program::call;
use crate::program::diagnostic::Diagnostic;
use crate::program::source::Source;
use crate::program::traceback::{self, TOP_LEVEL};
use crate::stdlib::report::{self, Ending, FAILED, without_panic};
use crate::stdlib::stop::Stop;

/// The exit code after Ctrl-C: 128 and the signal's number, as shells count.
const INTERRUPTED: i32 = 130;

/// The text of a script, and what it is called in messages.
#[derive(Debug, Clone)]
pub struct Script {
    name: String,
    shown: String,
    text: String,
}

impl Script {
    /// A script that is no file: `name` stands in messages.
    pub fn from_text(name: &str, text: &str) -> Self {
        Self {
            name: name.into(),
            shown: name.into(),
            text: without_shebang(text),
        }
    }

    /// Reads a script; messages name the file as it is given here.
    ///
    /// # Errors
    /// When it cannot be read (`IsADirectory` for a directory), or is not UTF-8 (`InvalidData`).
    pub fn from_file(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let bytes = std::fs::read(path)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
                .split(|byte| *byte == b'\n')
                .count();
            let text = format!("line {line} is not UTF-8 text");
            io::Error::new(io::ErrorKind::InvalidData, text)
        })?;
        let absolute = path.canonicalize().or_else(|_| std::path::absolute(path))?;
        Ok(Self {
            name: absolute.display().to_string(),
            shown: path.display().to_string(),
            text: without_shebang(&text),
        })
    }

    pub(super) fn source(&self) -> Source {
        Source {
            name: self.name.clone(),
            shown: self.shown.clone(),
            text: self.text.as_str().into(),
        }
    }
}

/// Makes a first line `#!…` a comment, so that lines keep their numbers.
fn without_shebang(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.strip_prefix("#!") {
        Some(rest) => format!("//{rest}"),
        None => text.into(),
    }
}

impl Runtime {
    /// Runs a script to its end and that of its family, and gives its exit code.
    ///
    /// An error nobody caught is printed to standard error (see [`Diagnostic`]); the code then
    /// is 1. A runtime runs one script: its session ends with it.
    pub fn run(self, script: Script) -> i32 {
        let code = self.run_to_the_end(script);
        if self.host.owns_signals() {
            // The process ends with the script: taking the engine apart first would only take time.
            std::mem::forget(self);
        }
        code
    }

    fn run_to_the_end(&self, script: Script) -> i32 {
        let source = script.source();
        let ast = match call::compile(&self.engine, &source) {
            Ok(ast) => ast,
            Err(error) => {
                report::print(&self.host, &syntax_error(&source, &error));
                return FAILED;
            }
        };
        let name = source.name.clone();
        if let Some(directory) = source.directory() {
            self.host.program.add_directory(directory.into());
        }
        self.host
            .program
            .add_input(source, ast.shared_lib().clone());
        let result = without_panic(|| {
            self.engine
                .eval_ast_with_scope::<Dynamic>(&mut Scope::new(), &ast)
        });
        let ending = Ending::of(&self.host, result, |error| {
            traceback::frames(error, &self.host.program, &name, TOP_LEVEL)
        });
        self.conclude(&ending)
    }

    /// The end of the main process: the report, the family's end, the exit code.
    pub(super) fn conclude(&self, ending: &Ending) -> i32 {
        let host = &self.host;
        let _ = host.output.flush();
        let (code, told_to_end) = match ending {
            Ending::Code(code) => (*code, false),
            Ending::Failed(exception) | Ending::Limited(exception) => {
                report::print(host, &report::diagnostic_of(host, exception));
                (FAILED, matches!(ending, Ending::Limited(_)))
            }
            Ending::Interrupted(exception) => {
                report::print(host, &report::diagnostic_of(host, exception));
                (INTERRUPTED, true)
            }
            Ending::Terminated => (FAILED, true),
            Ending::Stopped => {
                let _ = host.output.error("procscript: the script was stopped\n");
                (FAILED, true)
            }
        };
        let (mut code, request) = host.finish(code, told_to_end);
        if matches!(request, Some(Stop::Interrupt)) {
            report::print(host, &Diagnostic::new("KeyboardInterrupt", String::new()));
            code = INTERRUPTED;
        }
        host.leave(
            code,
            matches!(ending, Ending::Terminated) || matches!(request, Some(Stop::Terminate)),
        );
        code
    }
}
