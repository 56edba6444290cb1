//! The process that looks after the workers of a pool: it starts them, replaces those that die, and ends them. It runs no script.

use std::cell::RefCell;
use std::io::{PipeReader, PipeWriter, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rhai::{FnPtr, NativeCallContext};

use super::super::super::family::Family;
use super::super::super::finish::finish;
use super::super::super::process::Process;
use super::super::super::start;
use super::super::super::start_method::StartMethod;
use super::super::remotes::Remotes;
use super::super::waiting::{Leaving, Waiting, failure, tell};
use super::program::{Own, Programs};
use super::worker::Worker;
use crate::permissions::Permissions;
use crate::process::ExitStatus;
use crate::remote::fault::Fault;
use crate::remote::place::Place;
use crate::remote::pool::{Bench, Terms};
use crate::script::{Exception, Failure, Interp, Outcome, Stop, os_failure};
use crate::stdlib::signal::handlers::signals_of;
use crate::sys;
use crate::sys::clock::HEARTBEAT;
use crate::sys::time_limit::TimeLimit;

/// A worker that dies sooner is not replaced at once.
const SOON: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(500);

/// How long it takes until it is tried again to start a process when that has failed.
const RETRY: Duration = Duration::from_secs(2);

/// The longest grace that is measured: what is longer never ends.
const GRACE_MAX: Duration = Duration::from_secs(100 * 365 * 86_400);

/// The exit code after Ctrl-C.
const INTERRUPTED: i32 = 130;

/// What workers are started with.
pub(crate) struct Service {
    pub place: Place,
    pub terms: Terms,
    pub processes: usize,
    /// How long tasks in hand may take when the workers have to end.
    pub grace: Duration,
    /// What tasks may do.
    pub permissions: Permissions,
    pub programs: Arc<dyn Programs + Send + Sync>,
    /// The texts of programs that are run; `None` with a key.
    pub own: Option<Arc<dyn Own + Send + Sync>>,
}

/// What every worker has.
struct Shared {
    interp: Arc<Interp>,
    service: Service,
    end: PipeReader,
}

impl Shared {
    fn bench(&self) -> Bench {
        let keeper = Remotes::of(&self.interp).keeper();
        let (place, terms) = (&self.service.place, &self.service.terms);
        Bench::new(place.clone(), terms.clone(), keeper)
    }

    fn live(&self, context: &NativeCallContext) -> Outcome {
        // It has something to end in order when SIGTERM comes.
        let ready = signals_of(&self.interp).begin_parent();
        ready.map_err(os_failure)?;
        let own = self.service.own.as_deref();
        let mut worker = Worker {
            interp: &self.interp,
            context,
            place: self.service.place.clone(),
            bench: Arc::new(Mutex::new(self.bench())),
            limits: RefCell::default(),
            programs: &*self.service.programs,
            own: own.map(|own| own as &dyn Own),
            end: &self.end,
            program: None,
            used_up: RefCell::default(),
            process: sys::process::pid(),
        };
        worker.work()
    }
}

/// A place for a worker process.
struct Post {
    process: Option<Process>,
    started: Instant,
    /// When it is filled again, if it is empty.
    due: Instant,
}

/// Looks after workers until SIGTERM or Ctrl-C comes. Returns the exit code.
///
/// # Errors
/// The server cannot be reached or used, or no process can be started.
pub(crate) fn serve(
    interp: &Arc<Interp>,
    context: &NativeCallContext,
    service: Service,
) -> Result<i32, Failure> {
    let (end, told) = std::io::pipe().map_err(os_failure)?;
    let shared = Arc::new(Shared {
        interp: interp.clone(),
        service,
        end,
    });
    // Whether there is a server at all is seen before there are processes.
    let mut first = shared.bench();
    let opened = first.open(&Waiting(interp));
    let _ = first.leave(false, &Leaving(interp));
    opened.map_err(|fault: Fault| failure(interp, fault, "TimeoutError"))?;
    let mut crew = Crew {
        posts: Vec::new(),
        shared,
        context,
        told,
        is_told: false,
    };
    let code = crew.serve()?;
    let (code, _) = finish(interp, code, true);
    interp.leave(code, None);
    Ok(code)
}

struct Crew<'c> {
    posts: Vec<Post>,
    shared: Arc<Shared>,
    context: &'c NativeCallContext<'c>,
    /// Writing here tells all workers to end.
    told: PipeWriter,
    /// Whether the user knows that no process can be started.
    is_told: bool,
}

impl Crew<'_> {
    fn serve(&mut self) -> Result<i32, Failure> {
        let interp = self.shared.interp.clone();
        let now = Instant::now();
        let empty = || Post {
            process: None,
            started: now,
            due: now,
        };
        let count = self.shared.service.processes;
        self.posts.extend(std::iter::repeat_with(empty).take(count));
        // One that cannot be started at all is not tried for ever.
        if let Err(why) = self.fill(&interp)
            && self.posts.iter().all(|post| post.process.is_none())
        {
            return Err(why);
        }
        let service = &self.shared.service;
        let (name, endpoint) = (&service.terms.name, &service.place.endpoint);
        tell(
            &interp,
            &format!("{count} workers serve the pool {name} at {endpoint}"),
        );
        while !interp.check_interrupts() {
            self.look_after(&interp);
            let _ = self.fill(&interp);
            std::thread::sleep(HEARTBEAT);
        }
        if matches!(interp.stopping(), Some(Stop::Terminate)) {
            self.end_in_order(&interp);
            return Ok(0);
        }
        Ok(INTERRUPTED)
    }

    fn hire(&self) -> Result<Process, Failure> {
        let shared = self.shared.clone();
        let interp = &self.shared.interp;
        let mut identity = Family::of(interp).next_identity(None);
        identity.name = format!("Worker-{}", identity.name.rsplit('-').next().unwrap_or("1"));
        identity.daemon = true;
        let process = Process::new(identity, Some(target(shared)?), Vec::new());
        process.with(|state| {
            state.method = Some(StartMethod::Fork);
            state.permissions = Some(self.shared.service.permissions.clone());
        });
        let _ = start::start(interp, self.context, &process)?;
        Ok(process)
    }

    /// Empties the posts of workers that have ended.
    fn look_after(&mut self, interp: &Arc<Interp>) {
        for post in &mut self.posts {
            let Some(process) = &post.process else {
                continue;
            };
            let Some(exitcode) = process.poll(interp) else {
                continue;
            };
            let pid = process.pid().unwrap_or_default();
            let how = match exitcode {
                TimeLimit::EXITCODE => "was ended because its task took too long".into(),
                code if code < 0 => {
                    let signal = ExitStatus::shown(code);
                    format!("was killed by {}", signal.trim_start_matches('-'))
                }
                code => format!("ended with exit code {code}"),
            };
            tell(
                interp,
                &format!("worker {pid} {how}; another one takes its place"),
            );
            post.process = None;
            post.due = Instant::now();
            // One that dies at once is not replaced at once.
            if post.started.elapsed() < SOON {
                post.due += PAUSE;
            }
        }
    }

    /// Fills the posts that are empty and due. What cannot be started is tried again later: the other workers go on.
    ///
    /// # Errors
    /// A process cannot be started; the user knows it.
    fn fill(&mut self, interp: &Arc<Interp>) -> Result<(), Failure> {
        let mut filled = Ok(());
        for index in 0..self.posts.len() {
            let post = &self.posts[index];
            if post.process.is_some() || post.due > Instant::now() || interp.check_interrupts() {
                continue;
            }
            match self.hire() {
                Ok(process) => {
                    let post = &mut self.posts[index];
                    post.process = Some(process);
                    post.started = Instant::now();
                    self.is_told = false;
                }
                Err(why) => {
                    if !self.is_told {
                        let why = Exception::from_error(&why).repr();
                        tell(
                            interp,
                            &format!("a worker cannot be started, and is tried again: {why}"),
                        );
                        self.is_told = true;
                    }
                    let due = Instant::now() + RETRY;
                    self.posts.iter_mut().for_each(|post| post.due = due);
                    filled = Err(why);
                }
            }
        }
        filled
    }

    /// Tells the workers to take no more, and waits until they have done what they have in hand. What is left goes back when they are ended.
    fn end_in_order(&mut self, interp: &Arc<Interp>) {
        let _ = self.told.write_all(b"e");
        interp.forget_stop();
        let deadline = Instant::now() + self.shared.service.grace.min(GRACE_MAX);
        while Instant::now() < deadline && !interp.check_interrupts() {
            let is_gone = |post: &Post| {
                let process = post.process.as_ref();
                process.is_none_or(|process| process.poll(interp).is_some())
            };
            if self.posts.iter().all(is_gone) {
                return;
            }
            std::thread::sleep(HEARTBEAT);
        }
    }
}

/// Returns what a worker process runs.
#[allow(deprecated, reason = "Rhai calls the function volatile, not old")]
fn target(shared: Arc<Shared>) -> Result<FnPtr, Failure> {
    FnPtr::from_dyn_fn(
        "pool_worker",
        Box::new(move |context, _| shared.live(&context)),
    )
}
