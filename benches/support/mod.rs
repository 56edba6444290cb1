//! What the benchmarks share: commands that print a number, and medians with their spread.
#![allow(dead_code)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Instant;

/// The command as an installation leaves it. A page fault in the file that a linker has just written takes several times as long as in a copy of it,
/// and the other languages' files are copies.
pub(crate) static PROCSCRIPT: LazyLock<String> = LazyLock::new(|| {
    let built = env!("CARGO_BIN_EXE_procscript");
    let installed = format!("{built}-installed");
    let draft = format!("{installed}-{}", std::process::id());
    let whole = fs::read(built).expect("the command has been built");
    fs::write(&draft, whole).expect("there is room for a copy");
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&draft, mode).expect("the copy is ours");
    fs::rename(&draft, &installed).expect("the copy is ours");
    installed
});
pub(crate) const TWINS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/twins/");

/// Runs a command once and returns the time it took, or the number it printed.
pub(crate) type Measure = Box<dyn Fn() -> f64>;

/// The results of one measurement, in rising order.
pub(crate) struct Results(Vec<f64>);

impl Results {
    pub(crate) fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    pub(crate) fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    pub(crate) fn least(&self) -> f64 {
        self.0[0]
    }

    pub(crate) fn most(&self) -> f64 {
        self.0[self.0.len() - 1]
    }
}

impl std::fmt::Display for Results {
    /// The median, and the least and the most.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let show = |value: f64| match value {
            small if small < 10.0 => format!("{small:.2}"),
            middle if middle < 100.0 => format!("{middle:.1}"),
            large => format!("{large:.0}"),
        };
        let (least, most) = (show(self.least()), show(self.most()));
        f.pad(&format!("{} ({least}-{most})", show(self.median())))
    }
}

/// Runs the measures in turn, so that what else the machine does meets all of them.
pub(crate) fn alternate(measures: &[&Measure], rounds: usize) -> Vec<Results> {
    let mut values = vec![Vec::new(); measures.len()];
    for _ in 0..rounds {
        for (values, measure) in values.iter_mut().zip(measures) {
            values.push(measure());
        }
    }
    values.into_iter().map(Results::new).collect()
}

/// The argument `--rounds N`.
pub(crate) fn rounds(default: usize) -> usize {
    let words: Vec<String> = std::env::args().collect();
    let rounds = words.iter().position(|word| word == "--rounds");
    rounds
        .and_then(|at| words.get(at + 1)?.parse().ok())
        .unwrap_or(default)
}

/// The argument that is not an option: only measurements whose title contains it are run.
pub(crate) fn filter() -> Option<String> {
    let mut words = std::env::args().skip(1);
    let mut found = None;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--rounds" => drop(words.next()),
            option if option.starts_with('-') => {}
            _ => found = Some(word),
        }
    }
    found
}

/// The interpreter itself, because `python3` may be a wrapper script.
pub(crate) fn python() -> String {
    interpreter("python3").expect("python3 is needed for the comparison")
}

/// The path of a Python interpreter, if it is installed.
pub(crate) fn interpreter(name: &str) -> Option<String> {
    let output = Command::new(name)
        .args(["-c", "import sys; print(sys.executable)"])
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

/// Runs a script or a program once, and reads the number that it prints.
pub(crate) fn measure(program: &str, args: &[&str]) -> Measure {
    let program = program.to_string();
    let args: Vec<String> = args.iter().map(ToString::to_string).collect();
    Box::new(move || printed(Command::new(&program).args(&args)))
}

/// The number that a command prints.
pub(crate) fn printed(command: &mut Command) -> f64 {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .expect("the command starts");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .unwrap_or_else(|_| panic!("{command:?} printed {text:?}"))
}

/// The time that a command takes.
pub(crate) fn microseconds(command: &mut Command) -> f64 {
    let begin = Instant::now();
    let status = command.status().expect("the command starts");
    assert!(status.success(), "{command:?}");
    begin.elapsed().as_secs_f64() * 1e6
}
