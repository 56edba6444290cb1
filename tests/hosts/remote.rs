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
