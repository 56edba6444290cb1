//! Wrong and extreme arguments: each is answered by a value or an error, at once, and nothing panics.

use std::fmt::Write;

use crate::support::script::{Script, prints};

/// Values that a parameter may not expect.
const VALUES: [&str; 15] = [
    "(-9223372036854775807 - 1)",
    "9223372036854775807",
    "4611686018427387904",
    "1e300",
    "float(\"nan\")",
    "float(\"-inf\")",
    "-1",
    "0",
    "\"\"",
    "long",
    "None",
    "[]",
    "[1]",
    "|| 1",
    "blob(3)",
];

/// Calls that do not wait, whatever `{}` is.
const CALLS: &str = r#"
    round({})
    round(1.5, {})
    round(-150, {})
    round({}, -1)
    abs({})
    divmod({}, -1)
    divmod(7, {})
    pow({}, 2)
    pow(2, {})
    pow(3, 4, {})
    int({})
    int("9", {})
    float({})
    chr({})
    ord({})
    hex({})
    bin({})
    oct({})
    sum([{}, {}])
    max({}, 1)
    sorted([{}, 1, 0.5])
    range({})
    range({}, 3)
    range(0, 10, {})
    range({}, {}, {}).len()
    range(0, {}).get({})
    list(range({}, 5, {}).iter().take(3))
    enumerate([1, 2], {})
    zip({}, [1])
    dict({})
    list({})
    reversed({})
    len({})
    format({}, "d")
    format(1, {})
    "%d" % {}
    "%.*f" % [{}, 1.0]
    "%*d" % [{}, 1]
    "ab" * {}
    [1] * {}
    "abc".center({})
    "abc".zfill({})
    "abc".pad({}, "x")
    "abc".sub_string({}, {})
    "a,b".split(",", {})
    [1, 2].insert({}, 1)
    [1, 2].pop({})
    [1, 2].pad({}, 0)
    [1, 2].extract({}, {})
    [1, 2].splice({}, {}, [3])
    blob(3).parse_le_int({}, {})
    random.randint({}, {})
    random.randrange(0, 9, {})
    random.sample([1], {})
    random.getrandbits({})
    random.randbytes({})
    random.seed({})
    json.dumps({})
    json.loads({})
    json.dumps([1], #{ indent: {} })
    time.gmtime({})
    time.localtime({})
    time.ctime({})
    time.strftime("%c", {})
    os.urandom({})
    os.kill({}, 0)
    os.WEXITSTATUS({})
    os.waitpid({}, 1)
    os.getenv({})
    os.path.getsize({})
    os.path.join({}, {})
    os.mkdir({}, {})
    Barrier({})
    Semaphore({})
    BoundedSemaphore({})
    Semaphore(1).release({})
    Queue({})
    JoinableQueue({})
    Array("i", {})
    Array({}, 3)
    Value("c", {})
    RawArray("d", {})
    Pipe({})
    Process({})
    Process(#{ target: || 1, args: {} })
    Thread({})
    queue.Queue({})
    threading.Semaphore({})
    Condition().notify({})
    Manager().list({})
    Manager().dict({})
    Manager().list([1]).insert({}, 1)
    Manager().list([1]).pop({})
    socket.socket({})
    socket.socket().settimeout({})
    socket.socket().bind(["127.0.0.1", {}])
    socket.socket().listen({})
    socket.socketpair({})
    socket.socket().setsockopt({}, {}, {})
    socket.socket().getsockopt(1, 2, {})
    socket.socketpair()[0].send({})
    socket.socket().shutdown({})
    signal.signal({}, signal.SIG_IGN)
    signal.getsignal({})
    sys.setrecursionlimit({})
    open({})
    open("file", {})
    open("file", "w").write({})
    open("file", "w+").seek({})
    open("file", "w+").seek({}, 1)
    open("file", "w+").truncate({})
    open("file", "w+").read({})
"#;

#[test]
fn no_argument_of_a_native_ends_or_blocks_a_script() {
    let mut code = "let long = \"\"; long.pad(30000, \"x\");\n".to_string();
    for call in CALLS.lines().map(str::trim).filter(|call| !call.is_empty()) {
        for value in VALUES {
            let call = call.replace("{}", value);
            writeln!(code, "try {{ {call}; }} catch (e) {{ }}").unwrap();
        }
    }
    code.push_str("print(\"end\");\n");
    Script::text(&code).run().assert(0, "end\n", "");
}

#[test]
fn extreme_numbers_are_rounded_and_counted_as_in_python() {
    prints(
        r#"
        let least = -9223372036854775807 - 1;
        print(round(1.5, least), round(-1.5, least), round(150, least), round(-150, -38), round(-150, -20));
        print(round(150, -2), round(250, -2), error_of(|| round(9223372036854775807, -19)));
        print(enumerate(["a"], 9223372036854775807));
        for last in ["x", None, [1], #{}] { print(error_of(|| sum([9223372036854775807, 1, last]))); }
        print(error_of(|| sum([9223372036854775807, 1])), sum([9223372036854775807, 1, -1]));
        print(error_of(|| enumerate(["a", "b"], 9223372036854775807)));
        let pair = socket.socketpair();
        print(pair[0].recv(0));
        "#,
        "
        0.0 -0.0 0 0 0
        200 200 OverflowError: the integer 10000000000000000000 does not fit in 64 bits
        [[9223372036854775807, 'a']]
        TypeError: unsupported operand type(s) for +: 'int' and 'str'
        TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'
        TypeError: unsupported operand type(s) for +: 'int' and 'list'
        TypeError: unsupported operand type(s) for +: 'int' and 'dict'
        OverflowError: the integer 9223372036854775808 does not fit in 64 bits 9223372036854775807
        OverflowError: the integer 9223372036854775808 does not fit in 64 bits
        b''
        ",
    );
}
