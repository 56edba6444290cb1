//! Hundreds of faults, in a random order whose seed is printed: what producers have confirmed is processed, all of it.
//!
//! `PROCSCRIPT_TEST_FAULTS` is the number of faults in each test; `PROCSCRIPT_TEST_SEED` repeats an order.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::watching::keeper_of;
use crate::support::server::Server;

/// How long a machine may be silent, in seconds.
const LEASE: f64 = 1.5;

/// How long everything that is left may take at the end.
const PATIENCE: Duration = Duration::from_secs(90);

const PRODUCERS: usize = 2;
const CONSUMERS: usize = 4;

const PRODUCER: &str = r#"
    let q = Queue(#{ url: sys.argv[1], name: "jobs", lease: 1.5, deaths: 1000000, maxsize: int(sys.argv[4]) });
    let n = 0;
    while n < int(sys.argv[3]) {
        let items = [];
        for i in range(5) { items.push(sys.argv[2] + "." + (n + i)); }
        q.put_many(items);
        print("\n".join(items), #{ flush: true });
        n += 5;
    }
"#;

const CONSUMER: &str = r#"
    let q = JoinableQueue(#{ url: sys.argv[1], name: "jobs", lease: 1.5, deaths: 1000000, maxsize: int(sys.argv[3]) });
    let most = int(sys.argv[2]);
    loop {
        for item in q.get_many(most) {
            print(item, #{ flush: true });
            q.task_done();
        }
    }
"#;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Fault {
    Consumer,
    Producer,
    Keeper,
    Machine,
    Cut,
    Server,
    Power,
    Pause,
}

use Fault::{Consumer, Cut, Keeper, Machine, Pause, Power, Producer, Server as ServerDies};

/// Numbers that look random (xorshift).
pub(super) struct Dice(pub u64);

impl Dice {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

pub(super) fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The seed of this run, which is printed.
pub(super) fn seed() -> u64 {
    let seed = setting("PROCSCRIPT_TEST_SEED");
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()) | 1 << 40);
    eprintln!("seed {seed}");
    seed
}

/// A run of scripts by several programs around one server.
struct Storm {
    server: Server,
    directory: TempDir,
    dice: Dice,
    maxsize: usize,
    producers: Vec<Child>,
    consumers: Vec<Child>,
    started: usize,
}

impl Storm {
    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn start(&mut self, script: &str, log: &str, args: &[&str]) -> Child {
        let open = |name: &str| {
            let path = self.file(name);
            File::options()
                .create(true)
                .append(true)
                .open(path)
                .unwrap()
        };
        Command::new(env!("CARGO_BIN_EXE_procscript"))
            .arg("run")
            .arg(self.file(script))
            .arg(self.server.url())
            .args(args)
            .stdin(Stdio::null())
            .stdout(open(log))
            .stderr(open("errors"))
            .process_group(0)
            .spawn()
            .unwrap()
    }

    fn produce(&mut self) -> Child {
        self.started += 1;
        let (name, size) = (format!("p{}", self.started), self.maxsize.to_string());
        self.start("producer.rhai", "put", &[&name, "200", &size])
    }

    fn consume(&mut self) -> Child {
        let most = ["1", "1", "4"][self.dice.below(3)];
        let size = self.maxsize.to_string();
        self.start("consumer.rhai", "got", &[most, &size])
    }

    /// Producers that have ended are followed by others.
    fn keep_producing(&mut self) {
        for index in 0..self.producers.len() {
            if self.producers[index].try_wait().unwrap().is_some() {
                self.producers[index] = self.produce();
            }
        }
    }

    fn strike(&mut self, fault: Fault, sizes: &Sizes) {
        let index = self.dice.below(CONSUMERS);
        match fault {
            Consumer => {
                end(&mut self.consumers[index]);
                self.consumers[index] = self.consume();
            }
            Producer => {
                let index = self.dice.below(PRODUCERS);
                end(&mut self.producers[index]);
                self.producers[index] = self.produce();
            }
            Keeper => {
                if let Some(keeper) = keeper_of(self.consumers[index].id().cast_signed()) {
                    let _ = kill(Pid::from_raw(keeper), Signal::SIGKILL);
                }
            }
            Machine => {
                let keeper = keeper_of(self.consumers[index].id().cast_signed());
                if let Some(keeper) = keeper {
                    let _ = kill(Pid::from_raw(keeper), Signal::SIGKILL);
                }
                end(&mut self.consumers[index]);
                self.consumers[index] = self.consume();
            }
            Cut => drop(
                self.server
                    .ask(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]),
            ),
            ServerDies | Power => {
                let dies = Instant::now();
                self.server.kill();
                if fault == Power {
                    let ago = Duration::from_millis(100 + self.dice.below(850) as u64);
                    sizes.cut(dies - ago);
                }
                std::thread::sleep(Duration::from_millis(self.dice.below(300) as u64));
                self.server.run();
                // The next power failure is not to hit what this one has hit.
                std::thread::sleep(Duration::from_millis(1200));
            }
            Pause => {
                let consumer = self.consumers[index].id().cast_signed();
                let both = [Some(consumer), keeper_of(consumer)];
                let send = |signal| {
                    for pid in both.into_iter().flatten() {
                        let _ = kill(Pid::from_raw(pid), signal);
                    }
                };
                send(Signal::SIGSTOP);
                std::thread::sleep(Duration::from_secs_f64(LEASE * 1.8));
                send(Signal::SIGCONT);
            }
        }
    }

    /// Waits until everything is processed.
    fn settle(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        for producer in &mut self.producers {
            while producer.try_wait().unwrap().is_none() {
                assert!(Instant::now() < deadline, "a producer does not end");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        while self.server.ask(&["HGET", "ps:{jobs}:c", "unfinished"]) != "0" {
            if Instant::now() >= deadline {
                let ask = |command: &[&str]| self.server.ask(command);
                let errors = fs::read_to_string(self.file("errors")).unwrap_or_default();
                panic!(
                    "unfinished {}, in s {}, in b {}\n{errors}",
                    ask(&["HGET", "ps:{jobs}:c", "unfinished"]),
                    ask(&["XLEN", "ps:{jobs}:s"]),
                    ask(&["XLEN", "ps:{jobs}:b"]),
                );
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn lines(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.file(name)).unwrap_or_default();
        // A producer that was killed may have been cut off in its last line.
        let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
        complete.lines().map(str::to_string).collect()
    }
}

impl Drop for Storm {
    fn drop(&mut self) {
        let mut all: Vec<Child> = self.producers.drain(..).collect();
        all.append(&mut self.consumers);
        all.iter_mut().for_each(end);
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// How long the append-only file was when, so that a power failure can cut it back.
#[derive(Clone, Default)]
pub(super) struct Sizes(Arc<Mutex<Vec<(Instant, PathBuf, u64)>>>);

impl Sizes {
    /// Notes the size of the server's file again and again, until the result is dropped.
    pub(super) fn sampled(&self, server: &Server) -> Sampler {
        let (sizes, is_over) = (self.clone(), Arc::new(AtomicBool::new(false)));
        let file = server.append_only_file();
        let ends = is_over.clone();
        let thread = std::thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                file.iter().for_each(|file| sizes.note(file));
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        Sampler(is_over, Some(thread))
    }

    fn note(&self, file: &Path) {
        if let Ok(about) = fs::metadata(file) {
            let mut noted = self.0.lock().unwrap();
            noted.push((Instant::now(), file.into(), about.len()));
            let many = noted.len().saturating_sub(200);
            noted.drain(..many);
        }
    }

    /// Cuts the file back to what it was at a time.
    pub(super) fn cut(&self, when: Instant) {
        let noted = self.0.lock().unwrap();
        let before = noted.iter().rev().find(|(at, ..)| *at <= when);
        if let Some((_, file, size)) = before {
            File::options()
                .write(true)
                .open(file)
                .unwrap()
                .set_len(*size)
                .unwrap();
        }
    }
}

/// The thread that notes sizes.
pub(super) struct Sampler(Arc<AtomicBool>, Option<std::thread::JoinHandle<()>>);

impl Drop for Sampler {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        if let Some(thread) = self.1.take() {
            let _ = thread.join();
        }
    }
}

/// Strikes with faults of these kinds, and checks what is left of them.
fn storm(kinds: &[Fault], default: u64, settings: &[&str], maxsize: usize) {
    let Some(server) = Server::start(settings) else {
        return;
    };
    let count = setting("PROCSCRIPT_TEST_FAULTS").unwrap_or(default);
    let seed = seed();
    let directory = TempDir::with_prefix("procscript-storm-").unwrap();
    let mut storm = Storm {
        server,
        directory,
        dice: Dice(seed),
        maxsize,
        producers: Vec::new(),
        consumers: Vec::new(),
        started: 0,
    };
    fs::write(storm.file("producer.rhai"), PRODUCER).unwrap();
    fs::write(storm.file("consumer.rhai"), CONSUMER).unwrap();
    let sizes = Sizes::default();
    let sampler = sizes.sampled(&storm.server);
    for _ in 0..PRODUCERS {
        let producer = storm.produce();
        storm.producers.push(producer);
    }
    for _ in 0..CONSUMERS {
        let consumer = storm.consume();
        storm.consumers.push(consumer);
    }
    let mut struck: HashMap<Fault, u64> = HashMap::new();
    for _ in 0..count {
        std::thread::sleep(Duration::from_millis(20 + storm.dice.below(200) as u64));
        storm.keep_producing();
        let fault = kinds[storm.dice.below(kinds.len())];
        storm.strike(fault, &sizes);
        *struck.entry(fault).or_default() += 1;
    }
    storm.settle();
    drop(sampler);
    let confirmed: HashSet<String> = storm.lines("put").into_iter().collect();
    let got = storm.lines("got");
    let processed: HashSet<&String> = got.iter().collect();
    let lost: Vec<&String> = confirmed
        .iter()
        .filter(|item| !processed.contains(item))
        .collect();
    let again = got.len() - processed.len();
    eprintln!(
        "{count} faults {struck:?}: {} confirmed, {} processed, {} lost, {again} repeated",
        confirmed.len(),
        processed.len(),
        lost.len()
    );
    let errors = fs::read_to_string(storm.file("errors")).unwrap_or_default();
    assert!(lost.is_empty(), "seed {seed}: lost {lost:?}\n{errors}");
    assert!(confirmed.len() > 20, "{errors}");
}

#[test]
fn nothing_is_lost_when_processes_die_and_connections_break() {
    storm(
        &[
            Consumer, Consumer, Consumer, Producer, Producer, Machine, Keeper, Cut, Cut,
        ],
        90,
        &[],
        0,
    );
}

#[test]
fn nothing_is_lost_in_a_bounded_queue() {
    storm(&[Consumer, Consumer, Producer, Machine, Cut], 40, &[], 20);
}

#[test]
fn nothing_is_lost_when_the_server_dies() {
    storm(
        &[ServerDies, Consumer, Consumer, Producer, Cut],
        30,
        &["--appendfsync", "everysec"],
        0,
    );
    storm(
        &[ServerDies, Consumer, Producer, Cut],
        20,
        &["--appendfsync", "always"],
        0,
    );
}

#[test]
fn nothing_is_lost_when_the_power_fails() {
    storm(
        &[Power, Consumer, Cut],
        20,
        &["--appendfsync", "everysec"],
        0,
    );
}

#[test]
fn nothing_is_lost_when_a_machine_pauses() {
    storm(&[Pause, Consumer, Cut], 16, &[], 0);
}
