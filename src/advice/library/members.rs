//! The names in Python's modules, as CPython 3.11 has them.

const TABLE: &str = include_str!("members.txt");

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter_map(|line| line.split_once(": "))
}

/// Returns the names in a module.
pub(super) fn of(module: &str) -> impl Iterator<Item = &'static str> {
    let row = rows().find(|(name, _)| *name == module);
    row.map_or("", |(_, names)| names).split(' ')
}

/// Returns a module that has this name.
pub(super) fn with(name: &str) -> Option<&'static str> {
    let mut rows = rows();
    let row = rows.find(|(_, names)| names.split(' ').any(|member| member == name));
    row.map(|(module, _)| module)
}
