//! `procscript ps` and `procscript dump`: what the processes and threads of running programs do.

mod watch;

use anyhow::{Context, Result};
use procscript::inspect::{Family, Order, families, family_of};

use super::{input, output};

/// Shows the program of a process, or all of this user.
pub(crate) fn ps(pid: Option<u32>, watch: bool, json: bool) -> Result<u8> {
    if watch {
        return watch::watch(pid);
    }
    let families = found(pid)?;
    if json {
        let text = serde_json::to_string(&families).context("cannot write JSON")?;
        return output::print(&(text + "\n"));
    }
    output::print(&tables(&families, Order::Process))
}

/// Shows all that is known about the program of a process.
pub(crate) fn dump(pid: u32) -> Result<u8> {
    let dumps: Vec<String> = family_of(pid)?.iter().map(Family::dump).collect();
    output::print(&(dumps.join("\n\n") + "\n"))
}

/// Finds the programs. One of many that cannot be shown is reported, and the others are shown.
fn found(pid: Option<u32>) -> Result<Vec<Family>> {
    if let Some(pid) = pid {
        return Ok(family_of(pid)?);
    }
    let mut shown = Vec::new();
    for family in families() {
        match family {
            Ok(family) => shown.push(family),
            Err(error) => input::complain(&format!("procscript: note: {error}\n")),
        }
    }
    Ok(shown)
}

/// The tables of programs, each below its command line.
fn tables(families: &[Family], order: Order) -> String {
    if families.is_empty() {
        return "no program of this user is running that has started a process or a thread\n"
            .into();
    }
    let part = |family: &Family| {
        let command = family.command.replace(char::is_control, "\u{fffd}");
        format!("{command}\n{}\n", family.table_by(order))
    };
    families.iter().map(part).collect::<Vec<_>>().join("\n")
}
