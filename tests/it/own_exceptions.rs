//! Exceptions of a script's own classes, and what scripts set on exceptions.

use super::support::script::{Script, each_start_method, prints};

/// Two classes, one derived from the other.
const CLASSES: &str = r#"
fn Poor(need, have) {
    let me = ValueError(`need ${need}, have ${have}`);
    me.type = "Poor";
    me.need = need;
    me
}
fn Broke(need) {
    let me = Poor(need, 0);
    me.type = "Broke";
    me.double = || this.need * 2;
    me
}
"#;

#[test]
fn a_class_of_the_script_is_derived_from_one_of_pythons() {
    prints(
        &format!(
            r#"{CLASSES}
try {{ throw Poor(5, 3); }} catch (e) {{
    print(e.type, e, e.need, e.args, repr(e), type(e).__name__, e.__class__.__name__);
    print(isinstance(e, Poor), isinstance(e, ValueError), isinstance(e, Exception), isinstance(e, [KeyError, Broke]));
}}
try {{ throw Broke(7); }} catch (e) {{
    print(e.type, isinstance(e, Poor), isinstance(e, "Broke"), isinstance(e, ValueError), e.double(), e);
}}
let e = KeyError("k");
e.type = "Missing";
print(e, repr(e), type(e));
"#
        ),
        "
        Poor need 5, have 3 5 ['need 5, have 3'] Poor('need 5, have 3') Poor Poor
        True True True False
        Broke True True True 14 need 7, have 0
        'k' Missing('k') <class 'Missing'>
        ",
    );
}

#[test]
fn it_reaches_other_processes_whole() {
    let code = format!(
        r#"{CLASSES}
let p = Process(|| {{ sys.stderr.close(); throw Broke(2); }});
let q = Queue();
q.put(Broke(4));
let e = q.get();
print(e.type, e.need, e.double(), isinstance(e, Poor));
with Pool(1) as pool {{
    try {{ pool.apply(|| {{ throw Broke(3); }}); }} catch (e) {{ print(e.type, e.double(), isinstance(e, ValueError)); }}
    try {{ pool.apply(|| {{ throw #{{type: "Odd", message: "m", code: 9}}; }}); }} catch (e) {{ print(e.type, e, e.code); }}
}}
"#
    );
    each_start_method(|method| {
        let script = Script::text(&code).start_method(method);
        script
            .run()
            .assert(0, "Broke 4 8 True\nBroke 6 True\nOdd m 9\n", "");
    });
}

#[test]
fn what_is_set_is_seen_by_the_variable_that_it_was_set_on() {
    prints(
        r#"
        let e = ValueError("bad");
        let before = e;
        e.code = 5;
        e.pid = 7;
        e.__cause__ = KeyError("k");
        print(e.code, e.pid, repr(e.__cause__), hasattr(before, "code"), before.pid, before.__cause__);
        try { nothing; } catch (e) { e.note = e.type; print(e.note, e.message.startswith("name")); }
        const FIXED = KeyError("k");
        print(FIXED.message.startswith("'k"), FIXED.args);
        e.args = ["worse", 1];
        print(e, e.args, before);
        e.__str__ = || `code ${this.code}`;
        print(e, str(e), e.message);
        for change in [|| { e.type = 5; }, || { e.args = 1; }, || { e.traceback = ""; }, || e.nothing] {
            try { change.call(); } catch (x) { print(x.type, x); }
        }
        "#,
        r#"
        5 7 KeyError('k') False None None
        NameError True
        True ['k']
        ('worse', 1) ['worse', 1] bad
        code 5 code 5 ('worse', 1)
        TypeError the type of an exception is a name, such as "TooPoor"
        TypeError the args of an exception are a list
        AttributeError attribute 'traceback' of an exception cannot be set
        AttributeError 'ValueError' object has no attribute 'nothing'
        "#,
    );
}

#[test]
fn an_uncaught_one_is_reported_by_its_class() {
    let script = Script::text(
        "fn Odd(m) { let me = Exception(m); me.type = \"Odd\"; me }\nthrow Odd(\"so odd\");",
    );
    let output = script.run();
    assert_eq!(output.code(), 1);
    assert!(
        output.stderr.starts_with("Odd: so odd\n"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_text_that_cannot_be_read_is_a_syntax_error_with_its_place() {
    prints(
        r#"
        try { eval("let x = 1;\nlet y = ;"); } catch (e) {
            print(e.type, isinstance(e, SyntaxError), e);
            print(e.lineno, e.offset, e.msg, e.text, e.filename);
        }
        try { eval("1 +"); } catch (e) { print(e.type, e.lineno, e); }
        "#,
        "
        SyntaxError True Unexpected ';' (<eval>, line 2)
        2 9 Unexpected ';' let y = ; <eval>
        SyntaxError 1 Script is incomplete (<eval>, line 1)
        ",
    );
    let output = Script::text("eval(\"let x = ;\");").run();
    let wanted = "
        SyntaxError: Unexpected ';' (<eval>, line 1)
          --> main.rhai:1:6
             |
           1 | eval(\"let x = ;\");
             |      ^
        ";
    output.assert(1, "", wanted);
}

#[test]
fn classes_are_members_of_their_modules() {
    prints(
        r#"
        try { json.loads("x"); } catch (e) { print(isinstance(e, json.JSONDecodeError), isinstance(e, ValueError)); }
        try { re.compile("("); } catch (e) { print(isinstance(e, re.PatternError)); }
        try { throw socket.gaierror("no host"); } catch (e) { print(e.type, isinstance(e, OSError)); }
        try { throw shutil.SameFileError("same"); } catch (e) { print(e.type, isinstance(e, shutil.SameFileError)); }
        "#,
        "
        True True
        True
        gaierror True
        SameFileError True
        ",
    );
}

#[test]
fn a_class_of_the_script_behaves_as_the_one_that_it_is_derived_from() {
    prints(
        r#"
        let e = subprocess.CalledProcessError(2, "cmd");
        e.type = "Mine";
        print(e.returncode, e.cmd, e);
        let q = PatternError("bad at position 1", "a(", 1);
        q.type = "Mine";
        print(q.pos, q.pattern, q.msg);
        let left = [1, 2];
        let numbers = itertools.islice(|| {
            if len(left) == 0 { let s = StopIteration(); s.type = "Done"; throw s; }
            left.pop()
        }, 9);
        print(list(numbers));
        "#,
        "
        2 cmd Command 'cmd' returned non-zero exit status 2.
        1 a( bad
        [2, 1]
        ",
    );
    let script = Script::text("let s = SystemExit(3); s.type = \"Bye\"; throw s;");
    script.run().assert(3, "", "");
}

#[test]
fn what_was_replaced_counts_no_more_and_what_is_refused_is_not_kept() {
    prints(
        r#"
        let e = ValueError("v");
        let o = KeyError("k");
        for i in range(10100) { e.last = o; e.args = [o]; }
        let many = Exception();
        for i in range(10) { many.args = [many, many]; }
        e.many = many;
        try { for i in range(20) { e.many = [many, e.many]; } } catch (x) { print(x.type, x); }
        let before = len(e.many);
        try { e.many = [many, many, many, many, many]; } catch (x) { print(x.type); }
        print(len(e.many) == before, repr(e.last));
        "#,
        "
        RecursionError an exception cannot contain more than 10000 others
        RecursionError
        True KeyError('k')
        ",
    );
}

#[test]
fn only_what_cannot_be_sent_is_lost_on_the_way() {
    let code = r#"
        fn fail() {
            let e = ValueError("poor", 7);
            e.need = 4;
            e.f = open("/dev/null");
            throw e;
        }
        fn fail_by_args() {
            let e = ValueError(open("/dev/null"), 7);
            e.need = 4;
            throw e;
        }
        with Pool(1) as pool {
            try { pool.apply(fail); } catch (e) { print(e.args, e.need, hasattr(e, "f")); }
            try { pool.apply(fail_by_args); } catch (e) { print(len(e.args), e.args[1] == 7, e.need); }
        }
    "#;
    each_start_method(|method| {
        let script = Script::text(code).start_method(method);
        script
            .run()
            .assert(0, "['poor', 7] 4 False\n2 True 4\n", "");
    });
}

#[test]
fn a_type_is_a_new_name() {
    prints(
        r#"
        let e = RuntimeError("r");
        e.type = "RuntimeError";
        for name in ["KeyError", "Exception"] {
            try { e.type = name; } catch (x) { print(x.type, x); }
        }
        for i in range(1000) { e.type = "A"; e.type = "B"; }
        print(e.type, isinstance(e, "A"), isinstance(e, KeyError), isinstance(e, RuntimeError));
        "#,
        "
        TypeError the type of an exception cannot become KeyError, a class of Python's: throw KeyError(…), or choose a new name
        TypeError the type of an exception cannot become Exception, a class of Python's: throw Exception(…), or choose a new name
        B True False True
        ",
    );
}
