//! Pools on a server with arguments and results of Rust types: the workers are another run of this program.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use procscript::objects::WaitError;
use procscript::{
    Error, ErrorKind, Permissions, RemoteJob, RemotePool, RemotePoolOptions, RemoteWorker, Runtime,
    Script,
};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::support::cases::{Case, WORD};
use crate::support::server::Server;

const TYPED: &str = "typed_pools_on_a_server_call_functions_of_scripts";

pub(crate) const CASES: &[Case] = &[
    Case::new(TYPED, typed),
    Case::new("a_pool_without_one_script_or_a_server_is_an_error", wrong),
];

/// The variable that makes a run a worker: the URL of the server, a space, and its script.
const WORKER: &str = "PROCSCRIPT_TEST_WORKER";

const TEXT: &str = r#"
    fn area(shape) { shape.width * shape.height }
    fn add(a, b) { a + b }
    fn half(x) { if x % 2 == 0 { x / 2 } else { throw ValueError(`${x} is odd`) } }
    fn slow(x) { time.sleep(x); x }
    fn die() { os.kill(os.getpid(), 9); }
    fn stay(path, n) {
        let f = open(path + n, "w");
        f.close();
        while !os.path.exists(path) { time.sleep(0.01); }
        7
    }
"#;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Shape {
    width: u32,
    height: u32,
}

/// Workers that end with this.
struct Workers(Child);

impl Workers {
    fn start(url: &str, script: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([WORD, TYPED])
            .env(WORKER, format!("{url} {}", script.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        told.read_line(&mut line).unwrap();
        assert!(line.contains("2 workers serve the pool p"), "{line}");
        std::thread::spawn(move || std::io::copy(&mut told, &mut std::io::sink()));
        Self(child)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn work(order: &str) {
    let (url, script) = order.split_once(' ').unwrap();
    let script = Script::from_file(script.as_ref()).unwrap();
    let worker = RemoteWorker::new(url, "p").processes(2);
    let code = worker.run(Runtime::builder().owns_process(), Some(script));
    std::process::exit(code.unwrap());
}

fn runtime() -> Runtime {
    let builder = Runtime::builder().permissions(Permissions::all());
    builder.build().unwrap()
}

fn typed() {
    if let Ok(order) = std::env::var(WORKER) {
        return work(&order);
    }
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let directory = TempDir::with_prefix("procscript-hosts-").unwrap();
    let script = directory.path().join("main.rhai");
    std::fs::write(&script, TEXT).unwrap();
    let _workers = Workers::start(&server.url(), &script);
    let mut runtime = runtime();
    runtime.eval::<()>(TEXT).unwrap();
    let remote = runtime.remote(&server.url()).unwrap();
    let options = RemotePoolOptions::new("p");
    let pool: RemotePool = runtime.remote_pool(&remote, options.clone()).unwrap();
    results(&pool);
    let limited = options.time_limit(Duration::from_millis(200)).retries(0);
    limits(&runtime.remote_pool(&remote, limited).unwrap());
    jobs(&pool, &directory.path().join("go"));
    drop(runtime);
    // Its end has left the server in order.
    assert_eq!(server.ask(&["--scan", "--pattern", "ps:{p/*}:r:*"]), "");
    assert_eq!(server.ask(&["--scan", "--pattern", "ps:{p/*}:t:*"]), "");
    let members = server.ask(&["--scan", "--pattern", "ps:{p/*}:m"]);
    assert_eq!(server.ask(&["HLEN", &members]), "2");
    assert!(pool.submit::<_, i64>("add", (1, 1)).is_err());
}

/// Results and errors of several forms.
fn results(pool: &RemotePool) {
    let shapes = (1..=20).map(|n| Shape {
        width: n,
        height: 2,
    });
    let areas: Vec<u32> = pool.map("area", shapes).unwrap();
    assert_eq!(areas, (1..=20).map(|n| 2 * n).collect::<Vec<_>>());
    let job: RemoteJob<i64> = pool.submit("add", (3, 4)).unwrap();
    assert_eq!((job.wait().unwrap(), job.clone().wait().unwrap()), (7, 7));
    assert!(job.is_done().unwrap());
    let halves: Vec<Result<i64, Error>> = pool.map_results("half", [4, 5]).unwrap();
    assert_eq!(*halves[0].as_ref().unwrap(), 2);
    let text = halves[1].as_ref().unwrap_err().to_string();
    assert!(text.contains("5 is odd"), "{text}");
    assert_eq!(
        pool.map::<_, String>("half", [4]).unwrap_err().kind(),
        ErrorKind::Conversion
    );
    assert!(pool.map::<_, i64>("nothing", [1]).is_err());
}

/// Tasks that take too long, or kill their workers.
fn limits(limited: &RemotePool) {
    let late: Vec<Result<f64, Error>> = limited.map_results("slow", [0.0, 1000.0]).unwrap();
    assert_eq!(*late[0].as_ref().unwrap(), 0.0);
    let text = late[1].as_ref().unwrap_err().to_string();
    assert!(
        text.contains("slow(1000.0) took longer than its time limit of 0.2 s"),
        "{text}"
    );
    let lost: Error = limited
        .submit::<_, i64>("die", ())
        .unwrap()
        .wait()
        .unwrap_err();
    assert!(lost.to_string().contains("a worker has died"), "{lost}");
}

/// Jobs that run until there is a file, and one that waits behind them.
fn jobs(pool: &RemotePool, go: &Path) {
    let path = go.to_str().unwrap().to_string();
    let busy: Vec<RemoteJob<i64>> = (0..2)
        .map(|n| pool.submit("stay", (path.clone(), n)).unwrap())
        .collect();
    let short = Duration::from_millis(50);
    let error = busy[0].wait_timeout(short).unwrap_err();
    assert!(matches!(error, Error::Wait(WaitError::TimedOut)), "{error}");
    while (0..2).any(|n| !Path::new(&format!("{path}{n}")).exists()) {
        std::thread::sleep(short);
    }
    assert_eq!(pool.look().unwrap(), (2, 2));
    assert!(!busy[0].cancel().unwrap());
    let waiting: RemoteJob<i64> = pool.submit("add", (1, 1)).unwrap();
    assert!(waiting.cancel().unwrap());
    assert!(
        waiting
            .wait()
            .unwrap_err()
            .to_string()
            .contains("CancelledError")
    );
    std::fs::write(go, "").unwrap();
    let results = std::thread::scope(|scope| {
        let threads: Vec<_> = (busy.iter())
            .map(|job| scope.spawn(|| job.wait().unwrap()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum::<i64>()
    });
    assert_eq!(results, 14);
}

fn wrong() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let mut runtime = runtime();
    let remote = runtime.remote(&server.url()).unwrap();
    let options = RemotePoolOptions::new("p");
    let error = runtime.remote_pool(&remote, options.clone()).unwrap_err();
    assert!(error.to_string().contains("needs a script file"), "{error}");
    runtime.eval::<()>("fn f() { }").unwrap();
    let missing = options.clone().key_file("missing");
    let error = runtime.remote_pool(&remote, missing).unwrap_err();
    assert!(error.to_string().contains("the key in missing"), "{error}");
    let nowhere = runtime.remote("redis://127.0.0.1:1").unwrap();
    let error = runtime.remote_pool(&nowhere, options).unwrap_err();
    assert!(error.to_string().contains("redis://127.0.0.1:1"), "{error}");
}
