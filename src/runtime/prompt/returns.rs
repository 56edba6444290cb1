//! The types of what functions and methods return, where a prompt can know it without running them.

/// Functions of an owner, a class or a module, and the type of what they return. Constructors are not listed: they have the
/// name of their class.
#[rustfmt::skip]
const RETURNS: &[(&str, &str, &str)] = &[
    ("", "input str repr chr bin hex oct ascii format", "str"),
    ("", "sorted Pipe active_children get_all_start_methods", "list"),
    ("", "open", "File"),
    ("", "current_process parent_process", "Process"),
    ("", "Manager", "SyncManager"),
    ("", "Value", "Synchronized"),
    ("", "Array", "SynchronizedArray"),
    ("", "BoundedSemaphore", "Semaphore"),
    ("", "JoinableQueue", "Queue"),
    ("threading", "current_thread main_thread Timer", "Thread"),
    ("threading", "enumerate", "list"),
    ("threading", "BoundedSemaphore", "Semaphore"),
    ("queue", "LifoQueue PriorityQueue SimpleQueue", "queue.Queue"),
    ("str", "capitalize casefold center expandtabs format join ljust lower lstrip removeprefix removesuffix replace rjust", "str"),
    ("str", "rstrip strip swapcase title upper zfill", "str"),
    ("str", "split rsplit splitlines partition rpartition", "list"),
    ("str", "encode", "bytes"),
    ("bytes", "decode hex", "str"),
    ("dict", "items", "list"),
    ("File", "readlines", "list"),
    ("os", "getcwd getenv", "str"),
    ("os", "listdir", "list"),
    ("os::path", "abspath basename commonpath dirname join normpath realpath relpath", "str"),
    ("json", "dumps", "str"),
    ("time", "asctime ctime strftime", "str"),
    ("time", "gmtime localtime", "time.struct_time"),
    ("socket", "create_connection create_server", "socket"),
    ("Pool", "apply_async map_async starmap_async", "AsyncResult"),
    ("Pool", "map starmap", "list"),
    ("Pool", "imap imap_unordered", "IMapIterator"),
    ("ThreadPool", "apply_async map_async starmap_async", "AsyncResult"),
    ("ThreadPool", "map starmap", "list"),
    ("ThreadPool", "imap imap_unordered", "IMapIterator"),
    ("ProcessPoolExecutor", "submit", "Future"),
    ("ThreadPoolExecutor", "submit", "Future"),
    ("SyncManager", "dict", "DictProxy"),
    ("SyncManager", "list", "ListProxy"),
    ("SyncManager", "Namespace", "NamespaceProxy"),
    ("SyncManager", "Value", "ValueProxy"),
    ("ServerManager", "dict", "DictProxy"),
    ("ServerManager", "list", "ListProxy"),
    ("ServerManager", "Namespace", "NamespaceProxy"),
    ("ServerManager", "Value", "ValueProxy"),
];

/// Returns the type of what `name` of `owner` returns, as scripts call it.
pub(super) fn of(owner: &str, name: &str) -> Option<&'static str> {
    let mut rows = RETURNS.iter();
    let has = |names: &str| names.split(' ').any(|row| row == name);
    let (.., class) = rows.find(|(of, names, _)| *of == owner && has(names))?;
    Some(class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Runtime;
    use crate::script::names::Of;

    #[test]
    #[cfg_attr(
        not(feature = "redis"),
        ignore = "some are only declared with the feature redis"
    )]
    fn the_table_names_functions_and_types_that_exist() {
        let runtime = Runtime::builder().build().unwrap();
        let names = &runtime.names;
        let mut wrong = Vec::new();
        for (owner, functions, class) in RETURNS {
            let of = match *owner {
                "" => Of::Nothing,
                owner => Of::Named(owner),
            };
            let unknown = functions
                .split(' ')
                .filter(|name| names.signature(of, name).is_none());
            wrong.extend(unknown.map(|name| format!("{owner}.{name}")));
            if names.type_of(class).is_none() {
                wrong.push((*class).to_string());
            }
        }
        assert_eq!(wrong, [""; 0]);
    }
}
