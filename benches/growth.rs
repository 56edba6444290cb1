//! How time grows with the amount of work, beside CPython: a table, and a chart of lines as `docs/growth.svg`.
//!
//! `cargo bench --bench growth`; `--rounds N` (5 by default) and the name of one kind of work may follow `--`: then no chart is drawn.
#![allow(clippy::print_stdout)]

mod support;

use std::path::Path;

use plotters::prelude::*;

use support::{PROCSCRIPT, TWINS, alternate, filter, measure, python, rounds};

/// A kind of work and the amounts that are measured.
struct Work {
    kind: &'static str,
    title: &'static str,
    amounts: &'static [u32],
}

const WORK: [Work; 4] = [
    Work {
        kind: "processes",
        title: "Start n processes and join them",
        amounts: &[1, 3, 10, 30, 100, 300, 1000],
    },
    Work {
        kind: "message",
        title: "Send a message of n bytes through a pipe and back",
        amounts: &[1, 16, 256, 4096, 65_536, 1 << 20, 1 << 24],
    },
    Work {
        kind: "queue",
        title: "Put n integers into a queue and get them",
        amounts: &[1, 10, 100, 1000, 10_000, 100_000],
    },
    Work {
        kind: "dict",
        title: "Set n items of a manager's dict",
        amounts: &[1, 10, 100, 1000, 10_000],
    },
];

/// Points (amount, microseconds).
type Line = Vec<(f64, f64)>;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let chosen = filter();
    let mut charts = Vec::new();
    for work in &WORK {
        if chosen.as_ref().is_none_or(|part| work.kind.contains(part)) {
            charts.push((work, measure_work(work)));
        }
    }
    if chosen.is_none() {
        draw(&charts)?;
    }
    Ok(())
}

fn measure_work(work: &Work) -> [Line; 2] {
    println!("{}: microseconds, median (least-most)", work.title);
    let (script, module) = (format!("{TWINS}growth.rhai"), format!("{TWINS}growth.py"));
    let python = python();
    let mut lines = [Line::new(), Line::new()];
    for amount in work.amounts {
        let n = amount.to_string();
        let run = ["run", "--start-method", "fork", &script, work.kind, &n];
        let ours = measure(&PROCSCRIPT, &run);
        let theirs = measure(&python, &[&module, work.kind, &n]);
        let results = alternate(&[&ours, &theirs], rounds(5));
        let ratio = results[1].median() / results[0].median();
        println!(
            "{n:>10} {:>30} {:>30} {ratio:>7.1}x",
            results[0], results[1]
        );
        for (line, results) in lines.iter_mut().zip(&results) {
            line.push((f64::from(*amount), results.median()));
        }
    }
    lines
}

fn draw(charts: &[(&Work, [Line; 2])]) -> Result<(), Failure> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/growth.svg");
    let root = SVGBackend::new(&path, (1000, 760)).into_drawing_area();
    root.fill(&WHITE)?;
    for (area, (work, lines)) in root.split_evenly((2, 2)).iter().zip(charts) {
        draw_panel(area, work.title, lines)?;
    }
    root.present()?;
    println!("wrote docs/growth.svg");
    Ok(())
}

fn draw_panel(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    title: &str,
    lines: &[Line; 2],
) -> Result<(), Failure> {
    let points = || lines.iter().flatten();
    let most = points().map(|point| point.1).fold(1.0, f64::max);
    let least = points().map(|point| point.1).fold(most, f64::min);
    let widest = points().map(|point| point.0).fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 16))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(64)
        .build_cartesian_2d(
            (1.0..widest).log_scale(),
            (least / 2.0..most * 2.0).log_scale(),
        )?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("n")
        .y_desc("µs")
        .x_label_formatter(&|n| format!("{n}"))
        .y_label_formatter(&|us| format!("{us}"))
        .draw()?;
    for ((name, colour), line) in [("procscript", BLUE), ("CPython", RED)]
        .into_iter()
        .zip(lines)
    {
        chart
            .draw_series(LineSeries::new(line.clone(), colour.stroke_width(2)).point_size(3))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    Ok(())
}
