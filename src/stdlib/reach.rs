//! The words by which a program gets to a script module: an engine has no others.

/// Words by which a program gets to a module, besides its name.
const ALSO_BY: &[(&str, &[&str])] = &[
    (
        "concurrent",
        &[
            "ALL_COMPLETED",
            "FIRST_COMPLETED",
            "FIRST_EXCEPTION",
            "ProcessPoolExecutor",
            "ThreadPoolExecutor",
            "as_completed",
        ],
    ),
    ("collections", &["_field_defaults", "_fields", "_make"]),
    ("functools", &["__wrapped__", "cache_clear", "cache_info"]),
    ("logging", &["get_logger", "log_to_stderr"]),
    (
        "multiprocessing",
        &[
            "Array",
            "Barrier",
            "BoundedSemaphore",
            "Client",
            "Condition",
            "Event",
            "JoinableQueue",
            "Listener",
            "Lock",
            "Manager",
            "Pipe",
            "Pool",
            "Process",
            "Queue",
            "RLock",
            "RawArray",
            "RawValue",
            "Semaphore",
            "ShareableList",
            "SharedMemory",
            "SharedMemoryManager",
            "SimpleQueue",
            "ThreadPool",
            "Value",
            "active_children",
            "concurrent",
            "connection",
            "cpu_count",
            "current_process",
            "get_all_start_methods",
            "get_context",
            "get_start_method",
            "parent_process",
            "set_start_method",
            "shared_memory",
            "threading",
            "wait",
        ],
    ),
    ("queue", &["multiprocessing"]),
    ("random", &["shuffle"]),
    ("sys", &["FileType", "exit", "quit"]),
    (
        "threading",
        &["Thread", "ThreadPool", "current_thread", "multiprocessing"],
    ),
    ("time", &["datetime", "sleep"]),
    ("types", &["Object", "argparse", "delattr", "vars"]),
];

/// Returns the words by which a program gets to a module: its name, those of its global functions, and the names of other modules whose
/// functions return values of its classes.
pub(super) fn words_to(module: &'static str) -> impl Iterator<Item = &'static str> {
    let others = ALSO_BY.iter().filter(move |(name, _)| *name == module);
    let others = others.flat_map(|(_, words)| words.iter().copied());
    std::iter::once(module).chain(others)
}
