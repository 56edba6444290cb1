//! Queues on a server with items of a Rust type: scripts and hosts use the same ones.

use std::time::{Duration, Instant};

use procscript::{Error, ErrorKind, Permissions, Remote, RemoteCatalogue, RemoteQueue, Runtime};
use serde::{Deserialize, Serialize};

use crate::support::cases::Case;
use crate::support::server::Server;

pub(crate) const CASES: &[Case] = &[
    Case::new("typed_queues_on_a_server_are_those_of_scripts", typed),
    Case::new("threads_of_a_host_have_their_own_items_in_hand", threads),
    Case::new("a_server_that_is_not_there_is_an_error_in_time", nobody),
    Case::new("typed_locks_on_a_server_are_those_of_scripts", locks),
    Case::new("threads_of_a_host_take_turns_with_a_lock", turns),
    Case::new("typed_semaphores_count_permits", semaphores),
    Case::new("typed_events_wake_scripts_and_hosts", events),
];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Job {
    file: String,
    size: Option<u32>,
}

fn runtime() -> Runtime {
    let builder = Runtime::builder().permissions(Permissions::all());
    builder.build().unwrap()
}

fn job(file: &str) -> Job {
    let size = Some(3);
    let file = file.into();
    Job { file, size }
}

fn typed() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let mut runtime = runtime();
    let remote: Remote = runtime.remote(&server.url()).unwrap();
    let jobs: RemoteQueue<Job> = remote.joinable_queue("jobs").unwrap();
    jobs.put(&job("a")).unwrap();
    assert!(jobs.put_timeout(&job("b"), Duration::from_secs(1)).unwrap());
    assert_eq!(jobs.len().unwrap(), 2);
    let script = r#"
        let q = JoinableQueue(#{ url: "URL", name: "jobs" });
        q.put(#{ file: "c", size: () });
        let item = q.get();
        q.task_done();
        item.file + item.size
    "#;
    let script = script.replace("URL", &server.url());
    assert_eq!(runtime.eval::<String>(&script).unwrap(), "a3");
    assert_eq!(jobs.get().unwrap(), job("b"));
    assert!(jobs.task_done().unwrap());
    let last = jobs.get().unwrap();
    assert_eq!((last.file.as_str(), last.size), ("c", None));
    assert!(!jobs.join_timeout(Duration::from_millis(50)).unwrap());
    assert!(jobs.task_done().unwrap());
    assert!(jobs.join_timeout(Duration::from_secs(10)).unwrap());
    assert!(jobs.is_empty().unwrap());
    assert_eq!(jobs.get_timeout(Duration::from_millis(50)).unwrap(), None);
    assert_eq!(jobs.task_done().unwrap_err().kind(), ErrorKind::Failed);
    let numbers: RemoteQueue<u8> = remote.queue("jobs2").unwrap();
    let texts: RemoteQueue<String> = remote.queue("jobs2").unwrap();
    texts.put(&"no number".into()).unwrap();
    assert_eq!(numbers.get().unwrap_err().kind(), ErrorKind::Conversion);
    jobs.close();
    let mut catalogue = RemoteCatalogue::open(&server.url()).unwrap();
    let names = catalogue.objects().unwrap().into_iter().map(|it| it.name);
    assert_eq!(names.collect::<Vec<_>>(), ["jobs", "jobs2"]);
    drop(runtime);
    assert!(matches!(jobs.get(), Err(Error::Stopped)));
}

fn threads() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let runtime = runtime();
    let remote = runtime.remote(&server.url()).unwrap();
    let jobs: RemoteQueue<u32> = remote.joinable_queue("jobs").unwrap();
    for number in 0..100 {
        jobs.put(&number).unwrap();
    }
    let taken = std::thread::scope(|scope| {
        let threads = [(); 3].map(|()| {
            scope.spawn(|| {
                let mut taken = Vec::new();
                while let Some(number) = jobs.get_timeout(Duration::from_millis(500)).unwrap() {
                    taken.push(number);
                    assert!(jobs.task_done().unwrap());
                }
                taken
            })
        });
        threads.map(|thread| thread.join().unwrap())
    });
    let mut all = taken.concat();
    all.sort_unstable();
    assert_eq!(all, (0..100).collect::<Vec<_>>());
    assert!(jobs.join_timeout(Duration::from_secs(1)).unwrap());
}

fn nobody() {
    let spare = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://me:secret@{}/0", spare.local_addr().unwrap());
    drop(spare);
    let runtime = runtime();
    let start = Instant::now();
    let error = runtime.remote(&url).unwrap().queue::<u32>("jobs");
    let text = error.unwrap_err().to_string();
    assert!(text.contains("redis://127.0.0.1"), "{text}");
    assert!(!text.contains("secret"), "{text}");
    assert!(runtime.remote("http://host").is_err());
    assert!(RemoteCatalogue::open(&url).is_err());
    assert!(start.elapsed() < Duration::from_secs(30));
}

fn locks() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let mut runtime = runtime();
    let lock = runtime.remote(&server.url()).unwrap().lock("l").unwrap();
    assert_eq!(format!("{lock:?}"), format!("<Lock l at {}>", server.url()));
    let guard = lock.acquire().unwrap();
    assert!(lock.is_locked().unwrap() && guard.is_valid().unwrap());
    // The thread has it, so its scripts do not get it, and neither do other threads.
    assert!(lock.try_acquire().unwrap().is_none());
    let other = std::thread::scope(|scope| {
        let acquire = || {
            lock.acquire_timeout(Duration::from_millis(50))
                .map(|guard| guard.is_some())
        };
        scope.spawn(acquire).join().unwrap()
    });
    assert!(!other.unwrap());
    let script = r#"
        let lock = Lock(#{ url: "URL", name: "l" });
        if lock.acquire(false) { let fence = lock.fence; lock.release(); fence } else { 0 }
    "#;
    let script = script.replace("URL", &server.url());
    assert_eq!(runtime.eval::<i64>(&script).unwrap(), 0);
    let fence = guard.fence();
    guard.release().unwrap();
    assert!(runtime.eval::<i64>(&script).unwrap() > fence);
    drop(lock.acquire().unwrap());
    assert!(!lock.is_locked().unwrap() && !lock.is_abandoned().unwrap());
    // It is taken away: the server has forgotten who has it.
    let guard = lock.acquire().unwrap();
    server.ask(&["DEL", "ps:{l}:h"]);
    assert!(!guard.is_valid().unwrap());
    let lost = guard.release().unwrap_err();
    assert!(lost.to_string().contains("LeaseLost"), "{lost}");
    let wrong = runtime.remote(&server.url()).unwrap().event("l");
    assert!(wrong.unwrap_err().to_string().contains("is a lock"));
    let guard = lock.acquire().unwrap();
    drop(runtime);
    assert!(matches!(guard.is_valid(), Err(Error::Stopped)));
    assert!(matches!(lock.try_acquire(), Err(Error::Stopped)));
}

fn turns() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let runtime = runtime();
    let lock = runtime.remote(&server.url()).unwrap().lock("l").unwrap();
    let fences = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let guard = lock.acquire().unwrap();
                    // Nobody else is here: the lock of this process would say so.
                    fences.try_lock().unwrap().push(guard.fence());
                }
            });
        }
    });
    let fences = fences.into_inner().unwrap();
    assert_eq!(fences.len(), 30);
    assert!(fences.is_sorted_by(|a, b| a < b), "{fences:?}");
}

fn semaphores() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let mut runtime = runtime();
    let remote = runtime.remote(&server.url()).unwrap();
    let permits = remote.semaphore("s", 2).unwrap();
    let (first, second) = (permits.acquire().unwrap(), permits.acquire().unwrap());
    assert_eq!(permits.value().unwrap(), 0);
    assert!(permits.acquire_timeout(Duration::ZERO).unwrap().is_none());
    drop(first);
    assert_eq!(permits.value().unwrap(), 1);
    permits.release().unwrap();
    drop(second);
    let script = r#"Semaphore(2, #{ url: "URL", name: "s" }).get_value()"#;
    let value: i64 = runtime.eval(&script.replace("URL", &server.url())).unwrap();
    assert_eq!(value, 3);
    assert!(remote.semaphore("s", 5).is_err());
}

fn events() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let mut runtime = runtime();
    let event = runtime.remote(&server.url()).unwrap().event("e").unwrap();
    assert!(!event.wait_timeout(Duration::from_millis(20)).unwrap());
    let waiter = {
        let event = event.clone();
        std::thread::spawn(move || event.wait_timeout(Duration::from_secs(60)))
    };
    let script = r#"let e = Event(#{ url: "URL", name: "e" }); e.set(); e.is_set()"#;
    assert!(
        runtime
            .eval::<bool>(&script.replace("URL", &server.url()))
            .unwrap()
    );
    assert!(waiter.join().unwrap().unwrap());
    event.wait().unwrap();
    event.clear().unwrap();
    assert!(!event.is_set().unwrap());
    event.set().unwrap();
    assert!(event.is_set().unwrap());
}
