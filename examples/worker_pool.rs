//! A pool of script workers that gets its jobs from Rust. Each worker is a process. If one is killed, the pool replaces it, and another
//! worker does its job.
//!
//! ```text
//! cargo run --example worker_pool
//! ```

use std::collections::VecDeque;
use std::error::Error;
use std::time::Duration;

use procscript::objects::{GetError, Process, ProcessOptions, Queue};
use procscript::{Permissions, Runtime};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Job {
    id: usize,
    number: i64,
    attempt: u32,
}

#[derive(Debug, Deserialize)]
struct Outcome {
    worker: usize,
    id: usize,
    value: i64,
}

const SCRIPT: &str = r#"
    fn collatz(n) {
        let steps = 0;
        while n != 1 {
            n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
            steps += 1;
        }
        steps
    }

    fn work(worker, jobs, outcomes) {
        loop {
            let job = jobs.get();
            if job == () { break; }
            if job.id == 4 && job.attempt == 1 {
                // The kernel does this when memory runs out.
                os.kill(os.getpid(), signal.SIGKILL);
            }
            outcomes.put(#{worker: worker, id: job.id, value: collatz(job.number)});
        }
    }
"#;

struct Worker {
    process: Process,
    /// Each worker has its own queue, so the pool always knows which job a worker has.
    jobs: Queue<Option<Job>>,
    in_hand: Option<Job>,
}

struct Pool {
    runtime: Runtime,
    workers: Vec<Worker>,
    outcomes: Queue<Outcome>,
    waiting: VecDeque<Job>,
    values: Vec<Option<i64>>,
    replaced: usize,
}

impl Pool {
    fn new(size: usize) -> Result<Self, Box<dyn Error>> {
        // Signals are needed only because a worker sends one to itself.
        let permissions = Permissions::none()
            .allow_processes(2 * size as u32, 1)
            .allow_signals();
        let mut runtime = Runtime::builder().permissions(permissions).build()?;
        runtime.eval::<()>(SCRIPT)?;
        let outcomes = runtime.queue(0)?;
        let mut pool = Self {
            runtime,
            workers: Vec::new(),
            outcomes,
            waiting: VecDeque::new(),
            values: Vec::new(),
            replaced: 0,
        };
        for number in 0..size {
            let worker = pool.hire(number)?;
            pool.workers.push(worker);
        }
        Ok(pool)
    }

    fn hire(&self, number: usize) -> Result<Worker, Box<dyn Error>> {
        let jobs = self.runtime.queue(1)?;
        let args = (number as i64, jobs.to_dynamic(), self.outcomes.to_dynamic());
        let options = ProcessOptions::new().name(format!("worker {number}"));
        Ok(Worker {
            process: self.runtime.start("work", args, options)?,
            jobs,
            in_hand: None,
        })
    }

    /// Processes all numbers, and returns the results in the same order.
    fn map(&mut self, numbers: &[i64]) -> Result<Vec<i64>, Box<dyn Error>> {
        for (id, &number) in numbers.iter().enumerate() {
            self.waiting.push_back(Job {
                id,
                number,
                attempt: 1,
            });
        }
        self.values = vec![None; numbers.len()];
        while self.values.contains(&None) {
            self.hand_out()?;
            match self.outcomes.get_timeout(Duration::from_millis(50)) {
                Ok(outcome) => self.note(&outcome),
                // No result has arrived for a while: check the workers.
                Err(GetError::Empty) => self.look_after_workers()?,
                Err(other) => return Err(other.into()),
            }
        }
        Ok(self.values.iter().copied().flatten().collect())
    }

    fn note(&mut self, outcome: &Outcome) {
        self.values[outcome.id] = Some(outcome.value);
        self.workers[outcome.worker].in_hand = None;
    }

    fn hand_out(&mut self) -> Result<(), Box<dyn Error>> {
        let idle = self.workers.iter_mut().filter(|w| w.in_hand.is_none());
        for worker in idle {
            let Some(job) = self.waiting.pop_front() else {
                break;
            };
            worker.in_hand = Some(job.clone());
            worker.jobs.put(&Some(job))?;
        }
        Ok(())
    }

    fn look_after_workers(&mut self) -> Result<(), Box<dyn Error>> {
        for number in 0..self.workers.len() {
            let Some(code) = self.workers[number].process.exit_code() else {
                continue;
            };
            // It may have put its last result just before it ended.
            while let Ok(outcome) = self.outcomes.try_get() {
                self.note(&outcome);
            }
            let fresh = self.hire(number)?;
            let gone = std::mem::replace(&mut self.workers[number], fresh);
            self.replaced += 1;
            match gone.in_hand {
                Some(mut job) => {
                    println!(
                        "a worker ended with {code}; its job {} is done again",
                        job.id
                    );
                    job.attempt += 1;
                    self.waiting.push_front(job);
                }
                None => println!("a worker ended with {code}; it had nothing in hand"),
            }
        }
        Ok(())
    }

    /// Tells the workers to end, and waits for them.
    fn finish(self) -> Result<(), Box<dyn Error>> {
        for worker in &self.workers {
            worker.jobs.put(&None)?;
        }
        for worker in &self.workers {
            let code = worker.process.join()?;
            println!("{} ended with {code}", worker.process.name());
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // Workers are fresh runs of this program and start here.
    procscript::init();

    let mut pool = Pool::new(3)?;
    let numbers = [1, 7, 27, 97, 871, 6171, 77_031, 837_799];
    let steps = pool.map(&numbers)?;
    for (number, steps) in numbers.iter().zip(steps) {
        println!("{number} comes to 1 in {steps} steps");
    }
    println!("{} of the workers had to be replaced", pool.replaced);
    pool.finish()
}
