//! `procscript check`: looks for mistakes in scripts without running them.

use std::path::PathBuf;

use anyhow::Result;
use procscript::error::ErrorFormat;
use procscript::{Permissions, Runtime};

use super::args::UNUSABLE;
use super::input::{complain, print_error, read};

/// The most errors of a script that [`Runtime::check`] reports.
const ERRORS_MAX: usize = 100;

/// Prints the errors of all `files`, and warnings, and returns the exit code: 0 when there are none.
pub(crate) fn check(files: &[PathBuf], format: ErrorFormat) -> Result<u8> {
    let runtime = Runtime::builder().permissions(Permissions::all()).build()?;
    let mut code = 0;
    for file in files {
        let errors = match read(file) {
            Ok(script) => {
                let warnings = runtime.warnings(&script);
                warnings
                    .iter()
                    .for_each(|warning| complain(&warning.render(format)));
                runtime.check(&script).err().unwrap_or_default()
            }
            Err(error) => {
                print_error(&error);
                code = UNUSABLE;
                continue;
            }
        };
        for error in &errors {
            complain(&error.render(format));
            code = UNUSABLE;
        }
        if errors.len() >= ERRORS_MAX && format == ErrorFormat::Human {
            let file = file.display();
            complain(&format!(
                "procscript: warning: no more errors of {file} are shown\n"
            ));
        }
    }
    Ok(code)
}
