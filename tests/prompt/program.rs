//! The driven program: a command a line on standard input, its answer on standard output behind [`ANSWER`].
//!
//! In a command's text `¶` is the end of a line.

use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use procscript::prompt::{Display, Interactive, Outcome};
use procscript::{Builder, ForkHooks, Runtime, Script, StartMethod};

/// The first word of the driven program's command line.
pub(crate) const WORD: &str = "--drive";

/// What an answer begins with.
pub(crate) const ANSWER: &str = "=> ";

/// Carries out commands until the program ends or there are none left. `how` is the start method, or `relay`: a program with
/// a separate thread, which it stops around a fork.
pub(crate) fn drive(how: &str) -> ExitCode {
    let builder = Runtime::builder().owns_process();
    let builder = match how {
        "fork" => builder.start_method(StartMethod::Fork),
        "spawn" => builder.start_method(StartMethod::Spawn),
        _ => with_relay(builder),
    };
    let runtime = builder.build().unwrap();
    let mut program = runtime.interactive();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap_or_default();
        let (command, text) = line.split_once(' ').unwrap_or((&line, ""));
        let text = text.replace('¶', "\n");
        println!(
            "{ANSWER}{}",
            carry_out(&mut program, command, &text).replace('\n', "¶")
        );
    }
    let finished = program.finish();
    println!("{ANSWER}{} {}", finished.code, finished.ended.join(", "));
    ExitCode::from((finished.code & 0xff) as u8)
}

/// Keeps a thread that is there whenever no child is being started.
fn with_relay(builder: Builder) -> Builder {
    let (stop, thread) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
    let start = {
        let (stop, thread) = (stop.clone(), thread.clone());
        move || {
            stop.store(false, Ordering::SeqCst);
            let stop = stop.clone();
            let relay = std::thread::spawn(move || {
                while !stop.load(Ordering::SeqCst) {
                    std::thread::park_timeout(Duration::from_millis(1));
                }
            });
            assert!(thread.lock().unwrap().replace(relay).is_none());
        }
    };
    let before_fork = move || {
        stop.store(true, Ordering::SeqCst);
        let relay: JoinHandle<()> = thread.lock().unwrap().take().unwrap();
        relay.join().unwrap();
    };
    start();
    builder.around_fork(
        ForkHooks::new()
            .before(before_fork)
            .in_parent(start)
            .in_child(|| println!("in the child")),
    )
}

fn carry_out(program: &mut Interactive, command: &str, text: &str) -> String {
    match command {
        "enter" => shown(&program.enter(text)),
        "load" => match Script::from_file(Path::new(text)) {
            Ok(script) => shown(&program.load(script)),
            Err(error) => error.to_string(),
        },
        "incomplete" => program.is_incomplete(text).to_string(),
        "variables" => joined(program.variables().iter().map(|v| {
            let kind = if v.is_constant { "const " } else { "" };
            format!("{kind}{}: {} = {}", v.name, v.type_name, v.repr)
        })),
        "functions" => joined(
            program
                .functions()
                .iter()
                .map(|f| format!("{}({}) {:?}", f.name, f.params.join(", "), f.comments)),
        ),
        "children" => {
            let family = program.family();
            let threads = family.iter().flat_map(|family| family.threads());
            let main = threads.filter(|(process, thread)| process.pid == thread.tid);
            joined(main.map(|(process, thread)| match &thread.wait {
                Some(wait) => format!("{} waits for {} since", process.name, wait.what),
                None => format!("{} waits for nothing", process.name),
            }))
        }
        "pids" => {
            let family = program.family();
            let processes = family.iter().flat_map(|family| &family.processes);
            let children = processes.filter(|process| process.parent.is_some());
            joined(children.map(|process| process.pid.to_string()))
        }
        "news" => joined(program.news().into_iter()),
        "complete" => {
            let cursor = text.find('|').unwrap_or(text.len());
            let found = program.candidates(&text.replace('|', ""), cursor);
            let names = found.names.iter().map(|name| name.signature.clone());
            format!("{}: {}", found.start, joined(names))
        }
        "width" => {
            program.set_display(match text.parse() {
                Ok(columns) => Display::of_width(columns),
                Err(_) => Display::default(),
            });
            String::new()
        }
        "script" => program.script(1..=usize::MAX),
        "time" => match program.time(text) {
            (outcome, Some(timing)) => {
                let (low, high) = timing.middle;
                let is_between = low <= timing.median && timing.median <= high;
                format!("{} {is_between} {}", shown(&outcome), timing.runs)
            }
            (outcome, None) => shown(&outcome),
        },
        "reset" => {
            program.reset();
            String::new()
        }
        other => panic!("no command {other}"),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("; ")
}

fn shown(entered: &Outcome) -> String {
    match entered {
        Outcome::Nothing => "nothing".into(),
        Outcome::Value(text) => format!("value {text}"),
        Outcome::Failed(error) => format!("failed {error}"),
        Outcome::Interrupted => "interrupted".into(),
        Outcome::Exit(code) => format!("exit {code}"),
        other => format!("{other:?}"),
    }
}
