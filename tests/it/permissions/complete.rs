//! What `docs/permissions.md` says needs a permission is refused without it. (That the document knows every function is
//! tested beside the permissions themselves.)

use std::collections::BTreeSet;
use std::fs;

use crate::support::script::Script;

/// What the document says needs something.
fn needs() -> BTreeSet<String> {
    let document = fs::read_to_string("docs/permissions.md").unwrap();
    let (_, after) = document.split_once("| permission | functions |").unwrap();
    let (needs, _) = after
        .split_once("| no permission needed | functions |")
        .unwrap();
    let names = needs.split('`').skip(1).step_by(2);
    names.map(str::to_string).collect()
}

/// A call of each function that needs something, with nothing done before that needs something too.
const CALLS: &[(&str, &str)] = &[
    ("open", r#"open("/etc/passwd")"#),
    ("open", r#"open("new", "w")"#),
    ("open", r#"open("new", "a+")"#),
    ("os.listdir", "os.listdir()"),
    ("os.walk", r#"os.walk("/etc")"#),
    ("os.stat", r#"os.stat("/etc/passwd")"#),
    ("os.lstat", r#"os.lstat("/etc/passwd")"#),
    ("os.scandir", r#"os.scandir("/etc")"#),
    ("os.DirEntry.is_dir", r#"os.scandir("/etc")[0].is_dir()"#),
    ("os.DirEntry.is_file", r#"os.scandir("/etc")[0].is_file()"#),
    ("os.DirEntry.stat", r#"os.scandir("/etc")[0].stat()"#),
    ("glob.glob", r#"glob.glob("/etc/*")"#),
    ("glob.iglob", r#"glob.iglob("/etc/*")"#),
    ("shutil.disk_usage", r#"shutil.disk_usage("/")"#),
    (
        "shutil.copyfile",
        r#"shutil.copyfile("/etc/passwd", "new")"#,
    ),
    ("shutil.copy", r#"shutil.copy("/etc/passwd", "new")"#),
    ("shutil.copy2", r#"shutil.copy2("/etc/passwd", "new")"#),
    ("shutil.copytree", r#"shutil.copytree("/etc", "new")"#),
    ("shutil.move", r#"shutil.move("main.rhai", "new")"#),
    ("shutil.rmtree", r#"shutil.rmtree("/nowhere")"#),
    ("shutil.which", r#"shutil.which("sh")"#),
    ("tempfile.mkdtemp", "tempfile.mkdtemp()"),
    ("tempfile.mkstemp", "tempfile.mkstemp()"),
    (
        "tempfile.NamedTemporaryFile",
        "tempfile.NamedTemporaryFile()",
    ),
    (
        "tempfile.TemporaryDirectory",
        "tempfile.TemporaryDirectory()",
    ),
    ("os.killpg", "os.killpg(0, 0)"),
    ("environ.remove", r#"os.environ.remove("HOME")"#),
    ("os.environ.remove", r#"os.environ.remove("HOME")"#),
    ("os.path.exists", r#"os.path.exists("/etc")"#),
    ("os.path.isfile", r#"os.path.isfile("/etc")"#),
    ("os.path.isdir", r#"os.path.isdir("/etc")"#),
    ("os.path.islink", r#"os.path.islink("/etc")"#),
    ("os.path.realpath", r#"os.path.realpath("/etc")"#),
    ("os.path.getsize", r#"os.path.getsize("/etc/passwd")"#),
    ("os.path.getmtime", r#"os.path.getmtime("/etc/passwd")"#),
    ("os.chdir", r#"os.chdir("/")"#),
    ("import", r#"{ import "/etc/passwd" as m; }"#),
    ("SharedMemory", r#"SharedMemory("x", true, 5)"#),
    ("SharedMemory", r#"SharedMemory("x")"#),
    ("ShareableList", "ShareableList([1])"),
    (
        "SharedMemoryManager.SharedMemory",
        "SharedMemoryManager().with(|m| m.SharedMemory(5))",
    ),
    (
        "SharedMemoryManager.ShareableList",
        "SharedMemoryManager().with(|m| m.ShareableList([1]))",
    ),
    ("Listener", r#"Listener(["127.0.0.1", 0])"#),
    ("Listener", "Listener()"),
    (
        "multiprocessing.connection.Listener",
        "multiprocessing.connection.Listener()",
    ),
    (
        "multiprocessing.connection.Client",
        r#"connection.Client(["127.0.0.1", 9])"#,
    ),
    (
        "multiprocessing.shared_memory.SharedMemory",
        r#"shared_memory.SharedMemory("x")"#,
    ),
    (
        "multiprocessing.shared_memory.ShareableList",
        "shared_memory.ShareableList([1])",
    ),
    ("Client", r#"Client(["127.0.0.1", 9])"#),
    ("Client", r#"Client("/tmp/x")"#),
    ("logging.FileHandler", r#"logging.FileHandler("new")"#),
    (
        "logging.handlers.RotatingFileHandler",
        r#"logging.handlers.RotatingFileHandler("new")"#,
    ),
    (
        "logging.basicConfig",
        r#"logging.basicConfig(#{ filename: "new" })"#,
    ),
    ("os.mkdir", r#"os.mkdir("new")"#),
    ("os.makedirs", r#"os.makedirs("new/a")"#),
    ("os.remove", r#"os.remove("main.rhai")"#),
    ("os.unlink", r#"os.unlink("main.rhai")"#),
    ("os.rmdir", r#"os.rmdir("/nowhere")"#),
    ("os.rename", r#"os.rename("main.rhai", "other")"#),
    ("os.replace", r#"os.replace("main.rhai", "other")"#),
    (
        "socket.create_connection",
        r#"socket.create_connection(["127.0.0.1", 9])"#,
    ),
    (
        "socket.create_connection",
        r#"socket.create_connection(["example.com", 9])"#,
    ),
    (
        "socket.create_server",
        r#"socket.create_server(["127.0.0.1", 0])"#,
    ),
    (
        "socket.gethostbyname",
        r#"socket.gethostbyname("example.com")"#,
    ),
    (
        "socket.socket.bind",
        r#"socket.socket().bind(["127.0.0.1", 0])"#,
    ),
    (
        "socket.socket.bind",
        r#"socket.socket(socket.AF_UNIX).bind("new")"#,
    ),
    (
        "socket.socket.bind",
        r#"socket.socket(socket.AF_UNIX).bind("")"#,
    ),
    ("socket.socket.listen", "socket.socket().listen()"),
    (
        "socket.socket.connect",
        r#"socket.socket().connect(["127.0.0.1", 9])"#,
    ),
    (
        "socket.socket.connect",
        r#"socket.socket(socket.AF_UNIX).connect("main.rhai")"#,
    ),
    (
        "socket.socket.connect_ex",
        r#"socket.socket().connect_ex(["127.0.0.1", 9])"#,
    ),
    (
        "socket.socket.sendto",
        r#"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto("x", ["127.0.0.1", 9])"#,
    ),
    ("socket.socket", "socket.socket(17, 3)"),
    ("os.getenv", r#"os.getenv("PATH")"#),
    ("os.environ.get", r#"os.environ.get("PATH")"#),
    ("os.environ.keys", "os.environ.keys()"),
    ("os.environ.values", "os.environ.values()"),
    ("os.environ.items", "os.environ.items()"),
    ("os.environ.copy", "os.environ.copy()"),
    ("environ.get", r#"os.environ["PATH"]"#),
    (
        "environ.keys",
        "{ for name in os.environ { print(name); } }",
    ),
    ("environ.values", "os.environ.values()"),
    ("environ.items", "os.environ.len()"),
    ("environ.copy", r#""PATH" in os.environ"#),
    ("os.path.expanduser", r#"os.path.expanduser("~/x")"#),
    ("Process.start", "Process(|| 1).start()"),
    ("os.fork", "os.fork()"),
    ("os.kill", "os.kill(os.getpid(), 0)"),
    (
        "signal.signal",
        "signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
    ),
    ("signal.alarm", "signal.alarm(0)"),
    ("signal.raise_signal", "signal.raise_signal(signal.SIGUSR1)"),
    ("os.system", r#"os.system("true")"#),
    ("subprocess.run", r#"subprocess.run(["true"])"#),
    ("subprocess.call", r#"subprocess.call(["true"])"#),
    (
        "subprocess.check_call",
        r#"subprocess.check_call(["true"])"#,
    ),
    (
        "subprocess.check_output",
        r#"subprocess.check_output(["true"])"#,
    ),
    ("subprocess.getoutput", r#"subprocess.getoutput("true")"#),
    (
        "subprocess.getstatusoutput",
        r#"subprocess.getstatusoutput("true")"#,
    ),
    ("subprocess.Popen", r#"subprocess.Popen(["true"])"#),
    ("Pool", "Pool(1)"),
    (
        "ProcessPoolExecutor",
        r#"ProcessPoolExecutor(1).submit(len, "a")"#,
    ),
    (
        "ServerManager.dict",
        r#"Manager(#{url: "redis://127.0.0.1:1"}).dict(#{name: "d"})"#,
    ),
    (
        "ServerManager.list",
        r#"Manager(#{url: "redis://127.0.0.1:1"}).list(#{name: "l"})"#,
    ),
    (
        "ServerManager.Namespace",
        r#"Manager(#{url: "redis://127.0.0.1:1"}).Namespace(#{name: "n"})"#,
    ),
    (
        "ServerManager.Value",
        r#"Manager(#{url: "redis://127.0.0.1:1"}).Value("i", 0, #{name: "v"})"#,
    ),
];

/// What other tests call, because it takes more than one line.
const ELSEWHERE: [&str; 7] = [
    "Process.terminate",
    "Process.kill",
    "SharedMemory.unlink",
    "Thread.start",
    "ThreadPool",
    "ThreadPoolExecutor",
    "logging.handlers.QueueListener.start",
];

#[test]
#[cfg_attr(
    not(feature = "redis"),
    ignore = "some are only declared with the feature redis"
)]
fn what_needs_a_permission_is_refused_without_it() {
    let called: BTreeSet<_> = CALLS
        .iter()
        .map(|(name, _)| *name)
        .chain(ELSEWHERE)
        .collect();
    for name in &needs() {
        assert!(called.contains(name.as_str()), "nobody calls {name}");
    }
    let mut code = String::new();
    for (name, call) in CALLS {
        code += &format!(
            "try {{ {call}; print(\"{name} is done\"); }} catch (e) {{ print(e.type); }}\n"
        );
    }
    let refused = Script::text(&code).option("--sandbox").run();
    let wanted = "PermissionError\n".repeat(CALLS.len());
    let found: Vec<_> = CALLS.iter().zip(refused.stdout.lines()).collect();
    assert_eq!(refused.stdout, wanted, "{found:?}");
    refused.assert_quiet();
}
