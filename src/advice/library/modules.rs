//! Python's modules and well-known packages: what to use in place of those that are not available.

use crate::script::names::Names;

/// The modules of Python's standard library, by CPython 3.11.
const STANDARD: &str = include_str!("modules.txt");

/// Names that programs give to packages: `import numpy as np`.
const NICKNAMES: [(&str, &str); 6] = [
    ("np", "numpy"),
    ("pd", "pandas"),
    ("plt", "matplotlib"),
    ("sns", "seaborn"),
    ("tf", "tensorflow"),
    ("mp", "multiprocessing"),
];

/// Returns the package or module that programs give this name to.
pub(in super::super) fn nickname(alias: &str) -> Option<&'static str> {
    let row = NICKNAMES.iter().find(|(short, _)| *short == alias);
    row.map(|(_, name)| *name)
}

/// Returns what to use in place of a module or a package; nothing if it is unknown.
pub(super) fn instead(names: &Names, name: &str) -> Option<String> {
    let root = root_of(name);
    let is_standard = STANDARD.lines().any(|module| module == root);
    if !is_standard && row_of(name).or_else(|| row_of(root)).is_none() {
        return None;
    }
    let kind = if is_standard {
        "Python's module"
    } else {
        "the Python package"
    };
    Some(format!(
        "{kind} '{name}' is not available here; {}",
        way(names, name)
    ))
}

/// Returns a way to do what a module does.
pub(super) fn way(names: &Names, name: &str) -> &'static str {
    let row = row_of(name).or_else(|| row_of(root_of(name)));
    let ways = row.map_or(&[][..], |(_, ways)| ways);
    let mut ways = ways.iter().chain(OTHERWISE);
    let way = ways.find(|(needed, _)| needed.is_empty() || names.is_module(needed));
    way.map_or("", |(_, way)| way)
}

fn root_of(name: &str) -> &str {
    name.split_once('.').map_or(name, |(root, _)| root)
}

fn row_of(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|(names, _)| names.contains(&name))
}

/// Names, and ways to do what they do. The first way is taken whose module is available; one without a module always is.
type Row = (&'static [&'static str], &'static [Way]);

/// The module that is needed, and what to do with it.
type Way = (&'static str, &'static str);

/// What remains where no way is known.
const OTHERWISE: &[Way] = &[
    (
        "subprocess",
        "let Python do it: subprocess.run([\"python3\", \"script.py\"])",
    ),
    ("", "let Python do it: os.system(\"python3 script.py\")"),
];

#[rustfmt::skip]
const TABLE: &[Row] = &[
    (&["requests", "httpx", "aiohttp", "urllib", "urllib.request", "urllib3", "http", "http.client", "pycurl"], &[
        ("subprocess", "let curl do it: subprocess.run([\"curl\", \"-s\", url], #{capture_output: true, text: true}).stdout"),
        ("", "let curl do it: os.system(\"curl -s -o page.html \" + url)"),
    ]),
    (&["http.server", "socketserver", "flask", "django", "fastapi", "bottle", "tornado", "websockets"], &[
        ("", "accept connections with socket, and start a Thread for each"),
    ]),
    (&["asyncio", "trio", "anyio", "curio", "gevent", "eventlet", "twisted"], &[
        ("", "run functions at the same time in a Thread, a Process or a ThreadPoolExecutor"),
    ]),
    (&["joblib", "dask", "ray", "celery", "billiard", "multiprocess", "pathos", "loky", "mpi4py"], &[
        ("", "Pool, ProcessPoolExecutor and Queue share work between processes: Pool().map(f, xs)"),
    ]),
    (&["numpy", "scipy"], &[("", "use lists: xs.map(|x| x * 2), sum(xs), max(xs); loops over numbers are compiled")]),
    (&["pandas", "polars"], &[
        ("csv", "read the rows with the module csv, each as a dict: csv.DictReader(open(path))"),
        ("", "split the lines of the file: for line in open(path) { let row = line.strip().split(\",\"); }"),
    ]),
    (&["csv"], &[("", "split the lines of the file: for line in open(path) { let row = line.strip().split(\",\"); }")]),
    (&["tqdm", "rich", "progressbar"], &[("", "progress(xs) shows a bar: for x in progress(xs) { … }")]),
    (&["psutil"], &[("", "active_children(), cpu_count() and os.getpid() say what runs; other numbers are in /proc")]),
    (&["pathlib", "os.path"], &[("", "use os.path.join(a, b), os.path.exists(path), os.listdir(path), open(path)")]),
    (&["glob", "fnmatch"], &[("", "filter the names: os.listdir(\".\").filter(|name| name.endswith(\".txt\"))")]),
    (&["subprocess", "sh", "pexpect", "invoke"], &[("subprocess", "use subprocess.run([\"ls\", \"-l\"])"), ("", "os.system(\"ls -l\") runs a command")]),
    (&["logging", "loguru", "structlog", "warnings"], &[("logging", "use logging.warning(text)"), ("", "print(text), or sys.stderr.write(text): a line is written whole, also from several processes")]),
    (&["argparse", "click", "typer", "docopt", "optparse", "getopt"], &[("argparse", "use argparse.ArgumentParser()"), ("", "the arguments are in sys.argv")]),
    (&["datetime", "dateutil", "arrow", "pytz", "zoneinfo", "calendar"], &[("datetime", "use the module datetime"), ("", "use time.time(), time.localtime() and time.strftime(format)")]),
    (&["re", "regex"], &[("re", "use the module re"), ("", "strings have find, split, replace and startswith")]),
    (&["math", "cmath"], &[("math", "use the module math"), ("", "numbers have methods: x.sqrt(), x.floor(); sin(x), cos(x), exp(x) and PI() are functions")]),
    (&["statistics"], &[("", "the mean is sum(xs) * 1.0 / len(xs)")]),
    (&["pickle", "dill", "cloudpickle", "marshal", "shelve"], &[("", "values are sent to other processes as they are; to keep them in a file: json.dump(value, file)")]),
    (&["yaml", "toml", "tomllib", "configparser"], &[("", "keep the settings as JSON: json.load(open(path))")]),
    (&["copy"], &[("", "an assignment copies a list or a dict: let b = a;")]),
    (&["typing", "typing_extensions", "abc", "__future__"], &[("", "leave it out: names have no types here")]),
    (&["dataclasses", "attr", "attrs", "pydantic", "namedtuple"], &[("", "an object map has fields: let point = #{x: 1, y: 2}; point.x")]),
    (&["enum"], &[("", "use constants: const RED = 1;")]),
    (&["contextlib"], &[("", "`with` takes locks, files, pools, and every object with __enter__ and __exit__")]),
    (&["collections"], &[("", "a dict counts: d[key] = d.get(key, 0) + 1; a list has push, pop and shift")]),
    (&["itertools", "functools", "operator"], &[("", "lists have map, filter, reduce, zip and extract; closures stand for functions: |x| f(1, x)")]),
    (&["heapq", "bisect"], &[("", "queue.PriorityQueue() gives the smallest item first; sorted(xs) sorts")]),
    (&["select", "selectors"], &[("", "wait([a, b], timeout) waits for connections, queues and processes")]),
    (&["ctypes", "cffi", "mmap"], &[("", "Value, Array and shared_memory.SharedMemory are memory that processes share")]),
    (&["array"], &[("", "use a list, or Array(\"i\", 10), which processes share")]),
    (&["uuid", "secrets"], &[("", "os.urandom(16) gives random bytes")]),
    (&["sched", "schedule", "apscheduler"], &[("", "use threading.Timer(seconds, f), or time.sleep(seconds) in a loop")]),
    (&["unittest", "pytest", "doctest", "nose"], &[("", "check with: if x != 1 { throw AssertionError(x); }")]),
    (&["io"], &[("", "lines are a list, text.splitlines(), which csv.reader takes too; text is put together by \"\".join(parts); bytes are read from open(path, \"rb\")")]),
    (&["shlex"], &[("subprocess", "write the words as a list, subprocess.run([\"ls\", \"-l\"]), or the whole line with shell: true"), ("", "text.split() gives the words")]),
    (&["base64", "binascii"], &[("subprocess", "b.hex() gives digits of bytes; for Base64: subprocess.run([\"base64\"], #{input: b, capture_output: true}).stdout"), ("", "b.hex() gives digits of bytes")]),
    (&["struct"], &[("", "send numbers and lists as they are, by send() of a connection or json.dumps(values)")]),
    (&["decimal", "fractions"], &[("", "count in the smallest unit, such as cents, with integers; \"%.2f\" % x rounds what is shown")]),
    (&["inspect"], &[("", "f.__name__ and f.__doc__ describe a function, type(x) a value")]),
    (&["importlib"], &[("", "the name may be an expression: import \"plugins/\" + name as plugin;")]),
    (&["codecs", "unicodedata", "locale"], &[("", "text.encode(encoding) and bytes.decode(encoding) convert; open(path, #{encoding: \"latin-1\"}) reads")]),
    (&["errno", "stat"], &[("", "compare the number or the type: e.errno == 2, e.type == \"FileNotFoundError\"")]),
    (&["gc", "weakref", "tracemalloc"], &[("", "leave it out: a value ends with the last variable that holds it")]),
    (&["zipfile", "tarfile", "gzip", "zlib", "bz2", "lzma"], &[("subprocess", "run the command: subprocess.run([\"tar\", \"xzf\", path]), [\"gzip\", path], [\"unzip\", path]"), ("", "run the command: os.system(\"tar xzf \" + path)")]),
    (&["email", "smtplib", "ftplib"], &[("subprocess", "run a command: subprocess.run([\"sendmail\", address], #{input: text, text: true})"), ("", "run a command: os.system(\"sendmail …\")")]),
    (&["xml", "html"], &[("subprocess", "run a command that reads it: subprocess.run([\"xmllint\", \"--xpath\", path, file], #{capture_output: true})"), ("", "take the parts out with split and find")]),
    (&["ssl"], &[("subprocess", "let curl or openssl do it: subprocess.run([\"curl\", \"-s\", url], #{capture_output: true})"), ("", "let curl do it: os.system(\"curl …\")")]),
    (&["six", "future"], &[("", "leave it out")]),
    (&["paramiko", "fabric"], &[("subprocess", "run ssh: subprocess.run([\"ssh\", host, \"ls\"])"), ("", "run ssh: os.system(\"ssh host ls\")")]),
    (&["sqlite3"], &[("subprocess", "run the command: subprocess.run([\"sqlite3\", \"file.db\", sql], #{capture_output: true, text: true}).stdout"), ("", "run the command: os.system(\"sqlite3 file.db 'select 1'\")")]),
    (&["matplotlib", "seaborn", "plotly", "sklearn", "torch", "tensorflow", "keras", "transformers", "cv2", "PIL", "bs4", "lxml", "scrapy", "selenium", "redis",
       "pymongo", "psycopg2", "sqlalchemy", "boto3", "jinja2", "nltk", "spacy", "networkx", "sympy", "cython", "numba", "openpyxl", "pygame"], &[]),
];
