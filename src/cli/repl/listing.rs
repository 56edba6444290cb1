//! The table of `:vars`, and how long an input took.

use std::time::Duration;

use procscript::prompt::{Timing, Variable};

/// The maximum length of a shown value, in characters.
const VALUE_MAX: usize = 60;

/// Variables: name, type, value.
pub(crate) fn variables(variables: &[Variable]) -> String {
    let rows = variables.iter().map(|variable| {
        let constant = if variable.is_constant { "const " } else { "" };
        [
            format!("{constant}{}", variable.name),
            variable.type_name.clone(),
            cut(&variable.repr),
        ]
    });
    table(["name", "type", "value"], rows)
}

/// `1.21 µs, the median of 50000 runs; half of them took 1.19 µs to 1.30 µs`, `1.35 s`.
pub(crate) fn timing(timing: &Timing) -> String {
    let (median, runs) = (precise(timing.median), timing.runs);
    if runs == 1 {
        return median;
    }
    let (low, high) = (precise(timing.middle.0), precise(timing.middle.1));
    format!("{median}, the median of {runs} runs; half of them took {low} to {high}")
}

/// A duration with about three digits.
fn precise(duration: Duration) -> String {
    let nanoseconds = duration.as_nanos() as f64;
    let units = [("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)];
    let fitting = units
        .into_iter()
        .rev()
        .find(|(_, size)| nanoseconds >= *size);
    let (unit, size) = fitting.unwrap_or(units[0]);
    let number = nanoseconds / size;
    let digits = match number {
        _ if unit == "ns" => 0,
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{number:.digits$} {unit}")
}

fn cut(value: &str) -> String {
    let line = value.replace('\n', " ");
    match line.char_indices().nth(VALUE_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Columns as wide as their longest cell.
fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let head = head.map(ToString::to_string);
    // A name is the script's: it may not move the cursor.
    let plain = |cell: String| cell.replace(char::is_control, "\u{fffd}");
    let rows = rows.map(|row| row.map(plain));
    let rows: Vec<[String; N]> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        cells.join("  ").trim_end().to_string()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_longest_cell() {
        let rows = [
            ["a".to_string(), "long".into()],
            ["längst".into(), String::new()],
        ];
        let wanted = "x       y\na       long\nlängst";
        assert_eq!(table(["x", "y"], rows.into_iter()), wanted);
    }
}
