//! Tests of objects of this machine, run with objects on a server as well: one table of constructors says how each is written there.

use crate::support::script::{Script, each_start_method, prints};
use crate::support::server::Server;

/// How an object comes to be on a server.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    /// Its constructor has `url` and `name`.
    Object,
    /// Its constructor has `url`.
    Maker,
    /// A method of a manager makes it, which has `name`.
    Made,
}

use Form::{Made, Maker, Object};

/// The beginnings of constructors. Those of `Made` are methods.
const CONSTRUCTORS: &[(&str, Form)] = &[
    ("Queue(", Object),
    ("JoinableQueue(", Object),
    ("Lock(", Object),
    ("RLock(", Object),
    ("Semaphore(", Object),
    ("BoundedSemaphore(", Object),
    ("Event(", Object),
    ("Value(", Object),
    ("Manager(", Maker),
    (".dict(", Made),
    (".list(", Made),
    (".Namespace(", Made),
    (".Value(", Made),
];

/// A name that no other object has.
const NAME: &str = "str(time.monotonic_ns())";

/// Runs a script with objects of this machine, and with objects on a server: it prints the same.
pub(crate) fn everywhere(code: &str, stdout: &str) {
    prints(code, stdout);
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = on_server(code, &server.url());
    each_start_method(|method| {
        eprintln!("on a server");
        let run = Script::text(&code).start_method(method).run();
        run.assert(0, stdout, "");
    });
}

/// The script with objects on a server.
fn on_server(code: &str, url: &str) -> String {
    let mut made = String::new();
    let mut rest = code;
    while let Some((at, begin, form)) = first_constructor(rest) {
        let after = at + begin.len();
        made += &rest[..after];
        let length = to_the_end(&rest[after..]);
        let inside = on_server(&rest[after..after + length], url);
        made += &arguments(&inside, form, url);
        rest = &rest[after + length..];
    }
    made + rest
}

/// The first constructor of a script: where it is, how it begins, and its form.
fn first_constructor(code: &str) -> Option<(usize, &'static str, Form)> {
    let of_another_name = |before: Option<char>, form| {
        let is_name = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let is_member = before == Some('.');
        form != Made && (is_name || is_member)
    };
    let first = |(begin, form): &(&'static str, Form)| {
        let mut places = code.match_indices(begin);
        let found = places.find(|(at, _)| !of_another_name(code[..*at].chars().last(), *form));
        found.map(|(at, _)| (at, *begin, *form))
    };
    CONSTRUCTORS
        .iter()
        .filter_map(first)
        .min_by_key(|found| found.0)
}

/// The length of the arguments up to the closing bracket.
fn to_the_end(code: &str) -> usize {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => return at,
            ')' | ']' | '}' => depth -= 1,
            _ => (),
        }
    }
    panic!("a constructor has no end: {code}");
}

/// The arguments with those of an object on a server.
fn arguments(inside: &str, form: Form, url: &str) -> String {
    let more = match form {
        Object => format!("url: \"{url}\", name: {NAME}"),
        Maker => format!("url: \"{url}\""),
        Made => format!("name: {NAME}"),
    };
    let keywords = inside
        .rfind("#{")
        .filter(|_| form != Made && inside.trim_end().ends_with('}'));
    match (keywords, inside.trim()) {
        (Some(at), _) => format!("{}#{{ {more}, {}", &inside[..at], &inside[at + 2..]),
        (None, "") => format!("#{{ {more} }}"),
        (None, _) => format!("{inside}, #{{ {more} }}"),
    }
}

#[test]
fn the_table_turns_constructors_into_those_of_a_server() {
    let on_server = |code: &str| on_server(code, "U").replace(NAME, "N");
    let cases = [
        (
            "let q = Queue();",
            "let q = Queue(#{ url: \"U\", name: N });",
        ),
        ("Queue(3)", "Queue(3, #{ url: \"U\", name: N })"),
        (
            "Value('i', 1, #{lock: false})",
            "Value('i', 1, #{ url: \"U\", name: N, lock: false})",
        ),
        (
            "[JoinableQueue(), threading.Lock()]",
            "[JoinableQueue(#{ url: \"U\", name: N }), threading.Lock()]",
        ),
        (
            "Manager().dict(#{ a: [1] })",
            "Manager(#{ url: \"U\" }).dict(#{ a: [1] }, #{ name: N })",
        ),
        ("RawValue('i')", "RawValue('i')"),
    ];
    for (code, wanted) in cases {
        assert_eq!(on_server(code), wanted);
    }
}
