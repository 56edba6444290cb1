//! What the layers below the scripts cost: `cargo bench --bench inner`.
//!
//! This program contains those layers itself, so the library has no public functions for it.
#![allow(missing_docs, dead_code, unreachable_pub, unused_imports)]
#![allow(clippy::print_stdout)]

#[path = "../src/shm/mod.rs"]
mod shm;
#[path = "../src/sync/mod.rs"]
mod sync;
#[path = "../src/sys/mod.rs"]
mod sys;
#[path = "../src/trace/mod.rs"]
mod trace;
#[path = "../src/wire/mod.rs"]
mod wire;

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsRawFd;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::shm::{Birth, Offset, ProcessId, Session, SessionOptions};
use crate::sync::{Acquired, Deadline, Mutex, Queue, attach_session, create_session};
use crate::wire::Message;
use crate::wire::typed::{self, Known};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

type Failure = Box<dyn std::error::Error>;

/// Rounds of which the fastest counts: the others were disturbed.
const ROUNDS: u32 = 7;

/// A small item of a queue.
#[derive(Serialize, Deserialize)]
struct Order {
    id: u32,
    price: f64,
    customer: String,
    lines: Vec<(String, i64)>,
    gift: Option<String>,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "hold") {
        return hold(&arguments[1..]);
    }
    println!("lock, acquire and release         {:10.1} ns", lock_pair()?);
    for (size, name) in [
        (16, "16 B"),
        (256, "256 B"),
        (4096, "4 KiB"),
        (1 << 20, "1 MiB"),
    ] {
        println!("put and get, {name:20} {:10.1} ns", put_and_get(size)?);
    }
    let order = Order {
        id: 7,
        price: 12.5,
        customer: "Ada Lovelace".into(),
        lines: vec![("cup".into(), 2), ("saucer".into(), 2)],
        gift: None,
    };
    println!(
        "a small struct, write and read    {:10.1} ns",
        write_and_read(&order)?
    );
    println!(
        "Vec<u8> of 1 MiB, write and read  {:10.1} ns",
        write_and_read(&vec![7_u8; 1 << 20])?
    );
    println!("16 B from thread to thread        {:10.1} ns", stream()?);
    println!(
        "holder killed to lock acquired    {:10.1} us",
        holder_death(51)?
    );
    Ok(())
}

fn session() -> Result<Session, Failure> {
    Ok(create_session(&SessionOptions::default())?)
}

/// Nanoseconds per call of `body`, in the least disturbed round.
fn fastest(calls: u32, mut body: impl FnMut()) -> f64 {
    let round = |_| {
        let start = Instant::now();
        (0..calls).for_each(|_| body());
        start.elapsed().as_nanos() as f64 / f64::from(calls)
    };
    (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min)
}

/// Acquiring and releasing a lock that nobody else wants, in nanoseconds.
fn lock_pair() -> Result<f64, Failure> {
    let lock = Mutex::create(&session()?)?;
    Ok(fastest(1_000_000, || {
        let _ = black_box(lock.acquire(Deadline::NEVER));
        let _ = black_box(lock.release());
    }))
}

/// Putting and getting a message of `size` bytes within one thread, in nanoseconds.
fn put_and_get(size: usize) -> Result<f64, Failure> {
    let queue = Queue::create(&session()?, 0)?;
    let message = vec![7; size];
    let calls = (100_000_000 / (size + 100)) as u32;
    Ok(fastest(calls.min(1_000_000), || {
        let _ = black_box(queue.put(black_box(&message), &[], Deadline::NEVER));
        let _ = queue.get_with(Deadline::NEVER, |message| {
            black_box(message.bytes.len());
        });
    }))
}

/// Writing a Rust value as an item of a queue and reading it back, in nanoseconds.
fn write_and_read<T: Serialize + DeserializeOwned>(value: &T) -> Result<f64, Failure> {
    let mut message = Message::default();
    typed::write(value, &mut message, Known::nothing())?;
    let calls = (20_000_000 / (message.bytes.len() + 100)) as u32;
    Ok(fastest(calls, || {
        let _ = black_box(typed::write(
            black_box(value),
            &mut message,
            Known::nothing(),
        ));
        let _ = black_box(typed::read::<T>(black_box(&message.bytes)));
    }))
}

/// Sending messages of 16 bytes from one thread to another, in nanoseconds a message.
fn stream() -> Result<f64, Failure> {
    let queue = Queue::create(&session()?, 0)?;
    let count = 2_000_000;
    let start = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..count {
                let _ = queue.put(&[7; 16], &[], Deadline::NEVER);
            }
        });
        for _ in 0..count {
            let _ = queue.get_with(Deadline::NEVER, |message| {
                black_box(message.bytes.len());
            });
        }
    });
    Ok(start.elapsed().as_nanos() as f64 / f64::from(count))
}

/// From the kill of a lock's holder until a sleeping waiter has the lock: median, in microseconds.
fn holder_death(rounds: usize) -> Result<f64, Failure> {
    let session = session()?;
    let mut latencies = Vec::new();
    for _ in 0..rounds {
        let lock = Mutex::create(&session)?;
        let child = session.reserve_child(
            &Birth {
                name: "holder",
                daemon: true,
            },
            None,
        )?;
        session.grant(child, &[lock.handle().offset()])?;
        let mut holder = start_holder(&session, child, lock.handle().offset())?;
        let waiter = {
            let lock = lock.clone();
            std::thread::spawn(move || (lock.acquire(Deadline::NEVER), Instant::now()))
        };
        while session.threads().iter().all(|thread| thread.wait.is_none()) {
            std::thread::sleep(Duration::from_micros(100));
        }
        std::thread::sleep(Duration::from_millis(2));
        let killed = Instant::now();
        holder.kill()?;
        let (acquired, at) = waiter.join().map_err(|_| "the waiter panicked")?;
        if !matches!(acquired, Ok(Acquired::Abandoned { .. })) {
            return Err("the lock was not abandoned".into());
        }
        holder.wait()?;
        session.child_ended(child)?;
        latencies.push(at.duration_since(killed).as_nanos() as f64 / 1000.0);
    }
    latencies.sort_by(f64::total_cmp);
    Ok(latencies[rounds / 2])
}

/// This program again, as a process that acquires the lock and then does nothing.
fn start_holder(session: &Session, child: ProcessId, lock: Offset) -> Result<Child, Failure> {
    let file = format!(
        "/proc/{}/fd/{}",
        std::process::id(),
        session.fd().as_raw_fd()
    );
    let mut holder = Command::new(std::env::current_exe()?)
        .args([
            "hold",
            &file,
            &child.pack().to_string(),
            &lock.0.to_string(),
        ])
        .stdout(Stdio::piped())
        .spawn()?;
    let output = holder.stdout.take().ok_or("no pipe")?;
    BufReader::new(output).read_line(&mut String::new())?;
    Ok(holder)
}

/// The holder's side of [`holder_death`], given the arguments after `hold`.
fn hold(arguments: &[String]) -> Result<(), Failure> {
    let [file, child, lock] = arguments else {
        return Err("hold: file, child, lock".into());
    };
    let memory = File::options().read(true).write(true).open(file)?;
    let session = attach_session(memory.into())?;
    session.enter_child(ProcessId::unpack(child.parse()?))?;
    let lock = Mutex::open(&session, Offset(lock.parse()?))?;
    lock.acquire(Deadline::NOW)
        .map_err(|error| format!("{error:?}"))?;
    writeln!(std::io::stdout(), "held")?;
    loop {
        std::thread::park();
    }
}
