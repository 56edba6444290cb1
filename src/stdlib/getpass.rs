//! `getpass`: a password that is not shown while it is typed, and the name of the user.

use rhai::Dynamic;

use super::builtins::input::read_line;
use super::builtins::print::write_error;
use crate::script::{Call, Outcome, Registry, os_failure, raise};
use crate::sys::system::{Hidden, user_name};
use crate::text::from_os;

/// The value of the global constant `getpass`.
#[derive(Debug, Clone)]
struct Getpass;

/// The variables that may have the name of the user, in Python's order.
const VARIABLES: [&str; 4] = ["LOGNAME", "USER", "LNAME", "USERNAME"];

pub(super) fn register(registry: &mut Registry) {
    registry
        .namespace("getpass", Getpass)
        .function("getpass", &["prompt?"], get_password)
        .function("getuser", &[], get_user);
}

/// `getpass.getpass(prompt="Password: ")`: a line of standard input. The prompt goes to standard error.
fn get_password(call: &mut Call<'_>) -> Outcome {
    let prompt = call.string_or(0, "Password: ")?;
    let hidden = Hidden::begin().map_err(os_failure)?;
    if hidden.is_none() {
        write_error(call.interp, "Warning: Password input may be echoed.\n")?;
    }
    write_error(call.interp, &prompt)?;
    let line = read_line(call.interp);
    let was_hidden = hidden.is_some();
    drop(hidden);
    if was_hidden {
        // The line break was not shown either.
        write_error(call.interp, "\n")?;
    }
    let line = line?;
    match line.strip_suffix('\n') {
        Some(password) => Ok(password.to_string().into()),
        None if line.is_empty() => Err(raise("EOFError", "EOF when reading a line")),
        None => Ok(line.into()),
    }
}

/// `getpass.getuser()`: by the environment, or the system's list of users.
fn get_user(call: &mut Call<'_>) -> Outcome {
    for variable in VARIABLES {
        // A variable that may not be read is passed over.
        let may_read = call.interp.permissions().variable(variable).is_ok();
        let value = may_read.then(|| std::env::var_os(variable)).flatten();
        if let Some(name) = value.filter(|name| !name.is_empty()) {
            return Ok(Dynamic::from(from_os(name)));
        }
    }
    let name = user_name().map(Dynamic::from);
    name.ok_or_else(|| raise("OSError", "the user of this process has no name"))
}
