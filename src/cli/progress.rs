//! Shows the progress of a script: a bar on a terminal, a line now and then elsewhere.

use std::fmt::Write;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{
    HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle,
    TermLike,
};
use procscript::Builder;
use procscript::progress::{Drawing, ProgressReport, ProgressStage, terminal_width};

use super::args::{Format, Options};

/// The time between two lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(10);

/// The same in seconds, for tests.
const OTHER_PAUSE: &str = "PROCSCRIPT_PROGRESS_PAUSE";

/// The steps of a bar's drawing that a terminal gets in a second; reports come less often.
const DRAWINGS: u8 = 255;

/// Where progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On standard error.
    Errors,
    /// On the terminal of the prompt, to which both streams lead.
    Prompt,
}

/// Lets the runtime show progress, unless the options say otherwise.
pub(crate) fn shown(builder: Builder, options: &Options, place: Place) -> Builder {
    // Programs that read errors expect nothing else there.
    if options.no_progress || matches!(options.error_format, Format::Json) {
        return builder;
    }
    let screen = Mutex::new(Screen::default());
    builder.draw_progress(move |report| {
        let mut screen = screen.lock().unwrap_or_else(PoisonError::into_inner);
        screen.show(report, place)
    })
}

/// The work that is shown.
#[derive(Default)]
struct Screen {
    /// Inside each other: the last one is drawn.
    works: Vec<Work>,
}

struct Work {
    id: u64,
    bar: ProgressBar,
    /// The time of the last line.
    told: Duration,
}

impl Screen {
    fn show(&mut self, report: &ProgressReport<'_>, place: Place) -> Option<Drawing> {
        let width = width(place);
        if report.stage == ProgressStage::Begun {
            self.works.push(Work {
                id: report.id,
                bar: bar(report),
                told: Duration::ZERO,
            });
        }
        let at = self.works.iter().position(|work| work.id == report.id)?;
        let (is_last, is_alone) = (at + 1 == self.works.len(), self.works.len() == 1);
        let is_finished = report.stage == ProgressStage::Finished;
        let text = match (width, is_finished) {
            (Some(width), false) if is_last => self.works[at].drawn(report, width),
            // Work inside other work would leave a line for each time.
            (Some(_), true) if is_alone => summary(report),
            (Some(_), true) if is_last => String::new(),
            (Some(_), _) => return self.end(at, is_finished, None),
            (None, _) => {
                let line = self.works[at].line(report);
                return self.end(at, is_finished, line.map(line_of));
            }
        };
        let drawing = Drawing {
            stays: !is_finished,
            piped: place == Place::Prompt,
            text,
        };
        self.end(at, is_finished, Some(drawing))
    }

    fn end(&mut self, at: usize, is_finished: bool, drawing: Option<Drawing>) -> Option<Drawing> {
        if is_finished {
            self.works.remove(at);
        }
        drawing
    }
}

fn line_of(text: String) -> Drawing {
    Drawing {
        text,
        ..Drawing::default()
    }
}

/// Returns the bar for a piece of work, which is drawn where a target is set for it.
fn bar(report: &ProgressReport<'_>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(report.total, ProgressDrawTarget::hidden());
    let label = report.label.map(|label| format!("{label}: "));
    let unit = report.unit.map(|unit| format!(" {unit}"));
    let template = match (report.total, colours()) {
        (Some(_), true) => {
            "{prefix}{wide_bar:.cyan/blue} {percent}% {pos}/{len}{msg} [{elapsed}, {eta} left, {rate}]"
        }
        (Some(_), false) => {
            "{prefix}{wide_bar} {percent}% {pos}/{len}{msg} [{elapsed}, {eta} left, {rate}]"
        }
        (None, _) => "{prefix}{pos}{msg} [{elapsed}, {rate}]",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        let rate = |state: &ProgressState, text: &mut dyn Write| {
            // What cannot be written into a line of text is not shown.
            let _ = write!(text, "{}/s", figures(state.per_sec()));
        };
        bar.set_style(style.with_key("rate", rate));
    }
    bar.set_prefix(label.unwrap_or_default());
    bar.set_message(unit.unwrap_or_default());
    bar
}

fn pause() -> Duration {
    let other = std::env::var(OTHER_PAUSE).ok();
    let seconds = other.and_then(|seconds| seconds.parse().ok());
    let given = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    given.unwrap_or(PAUSE)
}

/// Returns the width of the terminal, if there is one that can do more than show lines.
fn width(place: Place) -> Option<u16> {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    terminal_width(place == Place::Prompt).filter(|_| !is_dumb)
}

/// Returns whether colours are wanted: <https://no-color.org>.
fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Returns a line that says how far the work is: `hashing: 120/480 files (25%) in 12 s, 10/s, 36 s left`.
fn summary(report: &ProgressReport<'_>) -> String {
    let label = report.label.map(|label| format!("{label}: "));
    let unit = report.unit.map(|unit| format!(" {unit}"));
    let done = HumanCount(report.done);
    let seconds = report.elapsed.as_secs_f64();
    let rate = report.done as f64 / seconds.max(0.001);
    let mut line = label.unwrap_or_default();
    line += &match report.total {
        Some(total) => {
            let percent = percent(report.done, total);
            format!(
                "{done}/{}{} ({percent}%)",
                HumanCount(total),
                unit.unwrap_or_default()
            )
        }
        None => format!("{done}{}", unit.unwrap_or_default()),
    };
    line += &format!(" in {}, {}/s", time(seconds), figures(rate));
    let left = report.total.map(|total| total.saturating_sub(report.done));
    if let Some(left) = left.filter(|left| *left > 0 && rate > 0.0)
        && report.stage != ProgressStage::Finished
    {
        line += &format!(", {} left", time(left as f64 / rate));
    }
    line + "\n"
}

fn percent(done: u64, total: u64) -> u64 {
    let share = u128::from(done) * 100 / u128::from(total.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

/// Returns a time with two or three figures: `0.52 s`, `75 s`, `2 hours`.
fn time(seconds: f64) -> String {
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if seconds >= 100.0 => HumanDuration(time).to_string(),
        Ok(_) => format!("{} s", figures(seconds)),
        Err(_) => "a long time".into(),
    }
}

fn figures(number: f64) -> String {
    match number {
        small if small < 1.0 => format!("{small:.2}"),
        small if small < 10.0 => format!("{small:.1}"),
        large => format!("{large:.0}"),
    }
}

/// Keeps what a bar draws, instead of a terminal.
#[derive(Debug, Clone)]
struct Canvas {
    text: Arc<Mutex<String>>,
    width: u16,
}

impl Canvas {
    fn add(&self, text: &str) -> io::Result<()> {
        let mut all = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_str(text);
        Ok(())
    }
}

impl TermLike for Canvas {
    fn width(&self) -> u16 {
        self.width
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.add(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.add(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Work {
    /// Returns the bar as it looks now, in a line of this width.
    fn drawn(&self, report: &ProgressReport<'_>, width: u16) -> String {
        self.bar.set_position(report.done);
        let canvas = Canvas {
            text: Arc::default(),
            // The last column stays empty: some terminals begin a new line after it.
            width: width.saturating_sub(1).max(1),
        };
        let target = Box::new(canvas.clone());
        let target = ProgressDrawTarget::term_like_with_hz(target, DRAWINGS);
        self.bar.set_draw_target(target);
        self.bar.force_draw();
        let text = canvas.text.lock().unwrap_or_else(PoisonError::into_inner);
        text.trim_end().to_string()
    }

    /// Returns a line if it is time for one.
    fn line(&mut self, report: &ProgressReport<'_>) -> Option<String> {
        if report.elapsed.saturating_sub(self.told) < pause() {
            return None;
        }
        self.told = report.elapsed;
        Some(summary(report))
    }
}
