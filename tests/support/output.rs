//! The end of a run: its exit code and all that it has printed.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use super::process_table::PidRange;
use super::text::{fold_addresses, fold_pids, unindent};

/// The end of a run.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: ExitStatus,
    pub(super) pids: PidRange,
}

impl Output {
    /// The exit code, or minus the signal's number, as scripts count.
    pub(crate) fn code(&self) -> i32 {
        self.status
            .code()
            .or(self.status.signal().map(|n| -n))
            .unwrap()
    }

    /// Standard output with process numbers folded, see [`fold_pids`].
    pub(crate) fn folded(&self) -> String {
        fold_pids(&self.stdout, self.pids)
    }

    /// The exit code and the whole of both outputs, given as literals that are un-indented.
    #[track_caller]
    pub(crate) fn assert(&self, code: i32, stdout: &str, stderr: &str) {
        self.assert_exactly(code, &unindent(stdout), &unindent(stderr));
    }

    /// The exit code and the whole of both outputs. Where a text names `<main>` or `<pid 1>`, process numbers are
    /// folded; where it has `0x…`, addresses are.
    #[track_caller]
    pub(crate) fn assert_exactly(&self, code: i32, stdout: &str, stderr: &str) {
        let folded = |found: &str, wanted: &str| {
            let names_some = ["<main>", "<tests>", "<pid "]
                .iter()
                .any(|name| wanted.contains(name));
            let mut found = found.to_string();
            if names_some {
                found = fold_pids(&found, self.pids);
            }
            if wanted.contains("0x…") {
                found = fold_addresses(&found);
            }
            found
        };
        let found = (
            self.code(),
            folded(&self.stdout, stdout),
            folded(&self.stderr, stderr),
        );
        let (found_code, found_out, found_err) = &found;
        assert!(
            (*found_code, found_out.as_str(), found_err.as_str()) == (code, stdout, stderr),
            "\n--- wanted: code {code}\n{stdout}--- standard error\n{stderr}\
             --- found: code {found_code}\n{found_out}--- standard error\n{found_err}---",
        );
    }

    /// It ended well and quietly.
    #[track_caller]
    pub(crate) fn assert_quiet(&self) {
        assert_eq!(
            (self.code(), self.stderr.as_str()),
            (0, ""),
            "standard output:\n{}",
            self.stdout
        );
    }
}
