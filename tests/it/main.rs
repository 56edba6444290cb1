//! The integration tests: one binary, one module per subject.
#![allow(clippy::unwrap_used)]
// Which of several runs a failing test was at.
#![allow(clippy::print_stderr)]

// What tests are made of.
#[path = "../support"]
#[allow(dead_code)] // Each program uses a part of it.
mod support {
    pub(crate) mod capture; // what comes out of a pipe
    pub(crate) mod commands; // commands of scripts that run on
    pub(crate) mod golden; // files that hold what a test found
    pub(crate) mod nests; // texts that nest without end
    pub(crate) mod output; // the end of a run of the command
    pub(crate) mod process_table; // what the kernel knows about a run
    pub(crate) mod pty; // a person at a terminal
    pub(crate) mod running; // a run of the command in progress
    pub(crate) mod screen; // what a terminal shows
    pub(crate) mod script; // runs scripts by the real command
    pub(crate) mod server; // a Redis or Valkey server
    pub(crate) mod table; // expressions beside CPython's values
    pub(crate) mod text; // un-indented literals, folded process numbers
    pub(crate) mod tls_server; // … that speaks TLS
    pub(crate) mod watchdog; // kills what takes too long
}
mod examples; // the examples of a document, run

// The subjects.
mod argparse; // command lines, beside Python
mod cli; // the command line
mod closed_output; // output that nobody reads or that cannot be written
mod collections; // collections, beside CPython's values
mod commands; // commands of os.system, and what ends them
mod concurrent; // executors and futures
mod conformance; // where the numbered cases of CPython are
mod constants; // values of constants where they are put
mod crates; // what an embedder builds
mod deadlock; // waits that can never end, and those that only look so
mod describing; // doc, definitions, completions, man
mod descriptors; // os.pipe
mod embedding; // programs that embed the crate
mod errors; // reports of errors
mod everyday; // traceback, atexit, timeit, platform, getpass
mod everywhere; // the same script with objects of this machine and of a server
mod extremes; // wrong and extreme arguments
mod faults; // small faults found from outside
mod fifo; // files that make their readers wait
mod from_python; // the tables of docs/from-python.md
mod hashlib; // hashlib, beside CPython's values
mod imports; // imported modules as values
mod islands; // functions and loops as machine code
mod itertools; // itertools, functools, operator, string
mod jobs; // the scripts of scripts/jobs
mod logging; // records of all processes and threads of a program
mod long_lines; // lines of any length, read and printed
mod manual; // the examples of docs/modules
mod math; // math, beside CPython's values
mod memory; // values as large as a script asks for
mod methods; // methods and functions of one name
mod multiprocessing; // Process, Lock, Queue and the life of a family
mod named_tuples; // collections.namedtuple
mod names; // names of files, arguments and variables that are not UTF-8
mod nesting; // values as deep as a script makes them
mod object_operators; // what methods with two underscores do
mod objects; // Object, methods and classes as values
mod own_exceptions; // classes of exceptions of a script
mod permissions; // what a script may not, and how it tries all the same
mod pool_scripts; // the scripts of `scripts/` that use pools
mod pprint; // values in lines
mod python; // the same expressions, evaluated by Python
mod re; // re, beside CPython's values
mod readme; // the script of the README
#[cfg(feature = "redis")]
mod remote; // objects on a server
mod script_arguments; // wrong arguments of the scripts of `scripts/`
mod scripts; // builtins, os, sys, time, random, json: each script by its whole output
mod seen; // ps, dump, SIGQUIT, faulthandler
mod setdefault; // what follows d.setdefault(…)
mod shortcuts; // loops and functions that are run without asking Rhai for each step
mod shutil; // shutil, glob
mod signal; // signal, os.fork
mod socket; // sockets, and the servers of the tutorials
mod subprocess; // other programs, and who ends with whom
mod tempfile; // tempfile; os.stat and others
mod terminal; // the prompt, on a pseudo-terminal
mod threading; // threads, and what lies between them
mod tidy; // the house rules
mod timeline; // what a recorded script did when
mod tutorials; // the tutorials of `scripts/`, by their whole output
mod value_calls; // functions that variables hold, called by the name
mod with; // the statement `with`
