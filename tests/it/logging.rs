//! `logging`: records of all processes and threads of a program.

use super::support::script::{Script, each_start_method, prints};

/// Runs a script under both start methods, and compares standard error.
fn logs(code: &str, stdout: &str, stderr: &str) {
    each_start_method(|method| {
        let run = Script::text(code).start_method(method).run();
        run.assert(0, stdout, stderr);
    });
}

#[test]
fn children_and_threads_have_the_handlers_levels_and_filters_of_their_parent() {
    logs(
        r#"
        logging.basicConfig(#{
            level: logging.DEBUG,
            format: "%(levelname)s %(name)s %(processName)s %(threadName)s %(filename)s:%(lineno)d %(module)s.%(funcName)s: %(message)s",
        });
        logging.addLevelName(25, "NOTICE");
        let app = logging.getLogger("app");
        app.addFilter(|record| record.getMessage() != "secret");
        logging.getLogger("app.db").setLevel("WARNING");
        fn work(log) {
            log.info("secret");
            log.log(25, "by %s", log.name);
            logging.getLogger("app.db").info("too low");
            logging.getLogger("app.db").error("high");
        }
        work(app);
        for start in [Process, Thread] {
            let p = start.call(work, [app]);
            p.start();
            p.join();
        }
        let q = Queue();
        let p = Process(|q| q.put([logging.getLogger("app").filters, logging.getLogger("app.db").level]), [q]);
        p.start();
        print(len(q.get()[0]), app == logging.getLogger("app"), app);
        p.join();
        "#,
        "1 True <Logger app (DEBUG)>\n",
        "
        NOTICE app MainProcess MainThread main.rhai:11 main.work: by app
        ERROR app.db MainProcess MainThread main.rhai:13 main.work: high
        NOTICE app Process-1 MainThread main.rhai:11 main.work: by app
        ERROR app.db Process-1 MainThread main.rhai:13 main.work: high
        NOTICE app MainProcess Thread-1 (work) main.rhai:11 main.work: by app
        ERROR app.db MainProcess Thread-1 (work) main.rhai:13 main.work: high
        ",
    );
}

#[test]
fn lines_of_many_processes_and_threads_in_one_file_are_whole_and_in_order() {
    prints(
        r#"
        logging.basicConfig(#{ filename: "all.log", filemode: "w", level: "INFO", format: "%(processName)s|%(threadName)s|%(message)s" });
        fn write(count) {
            for i in range(count) { logging.info("%d %s", i, "x" * (i % 7 * 300)); }
        }
        fn work(count) {
            let t = Thread(write, [count]);
            t.start();
            write(count);
            t.join();
        }
        let all = [];
        for i in range(4) { all.push(Process(work, [100])); }
        for p in all { p.start(); }
        for p in all { p.join(); }
        let next = #{};
        let wrong = 0;
        let lines = 0;
        for line in open("all.log") {
            lines += 1;
            let parts = line.split("|");
            let who = parts[0] + parts[1];
            let n = next[who] ?? 0;
            if parts[2] != "%d %s\n" % [n, "x" * (n % 7 * 300)] { wrong += 1; }
            next[who] = n + 1;
        }
        print(lines, len(next), wrong);
        "#,
        "800 8 0\n",
    );
}

#[test]
fn a_caught_error_is_logged_with_the_calls_that_it_passed_through() {
    logs(
        r#"
        fn inner(x) { [1][x] }
        fn outer(x) { inner(x) + 1 }
        fn describe() { logging.exception("from a function"); }
        logging.basicConfig(#{ format: "%(message)s" });
        let log = logging.getLogger();
        try { outer(5); } catch { log.exception("no %s", "item"); describe(); }
        try { throw ValueError("bad"); } catch (e) {
            try { throw KeyError("k"); } catch { log.error("nested", #{ exc_info: true }); }
            log.error("again the first", #{ exc_info: e });
        }
        log.exception("nothing caught");
        for i in range(2) {
            try { if i == 1 { break; } continue; } catch { print("never"); }
        }
        fn value() { try { return 7; } catch { return 8; } }
        print(value(), if true { try { value() } catch { 0 } });
        let f = || { try { throw OSError(2, "x"); } catch { log.exception("closure"); } };
        f.call();
        log.warning("here", #{ stack_info: true });
        "#,
        "7 7\n",
        r#"
        no item
        Traceback (most recent call last):
          File "main.rhai", line 6, in <module>
            try { outer(5); } catch { log.exception("no %s", "item"); describe(); }
          File "main.rhai", line 2, in outer
            fn outer(x) { inner(x) + 1 }
          File "main.rhai", line 1, in inner
            fn inner(x) { [1][x] }
        IndexError: list index out of range
        from a function
        Traceback (most recent call last):
          File "main.rhai", line 6, in <module>
            try { outer(5); } catch { log.exception("no %s", "item"); describe(); }
          File "main.rhai", line 2, in outer
            fn outer(x) { inner(x) + 1 }
          File "main.rhai", line 1, in inner
            fn inner(x) { [1][x] }
        IndexError: list index out of range
        nested
        Traceback (most recent call last):
          File "main.rhai", line 8, in <module>
            try { throw KeyError("k"); } catch { log.error("nested", #{ exc_info: true }); }
        KeyError: 'k'
        again the first
        Traceback (most recent call last):
          File "main.rhai", line 7, in <module>
            try { throw ValueError("bad"); } catch (e) {
        ValueError: bad
        nothing caught
        NoneType: None
        closure
        Traceback (most recent call last):
          File "main.rhai", line 17, in <lambda>
            let f = || { try { throw OSError(2, "x"); } catch { log.exception("closure"); } };
        OSError: [Errno 2] x
        here
        Stack (most recent call last):
          File "main.rhai", line 19, in <module>
            log.warning("here", #{ stack_info: true });
        "#,
    );
}

#[test]
fn what_cannot_be_logged_is_reported_and_does_not_end_the_program() {
    logs(
        r#"
        logging.basicConfig(#{ format: "%(message)s" });
        let log = logging.getLogger("a");
        log.warning("%s %s", 1);
        log.warning("%d", "x");
        log.propagate = false;
        log.addHandler(logging.FileHandler("/nowhere/x.log", #{ delay: true }));
        log.warning("to no file");
        log.handlers = [];
        let q = queue.Queue(1);
        log.addHandler(logging.handlers.QueueHandler(q));
        log.warning("fits");
        log.warning("does not");
        print(q.get().getMessage());
        log.handlers = [];
        let h = logging.StreamHandler();
        h.setFormatter(logging.Formatter("%(nothing)s"));
        log.addHandler(h);
        log.warning("m");
        try { logging.FileHandler("nowhere/x.log"); } catch (e) { print(e.type); }
        print("end");
        "#,
        "fits\nFileNotFoundError\nend\n",
        r#"
        --- Logging error ---
        TypeError: not enough arguments for format string
        Call stack:
          File "main.rhai", line 3, in <module>
        Message: '%s %s'
        Arguments: (1,)
        --- Logging error ---
        TypeError: %d format: a real number is required, not str
        Call stack:
          File "main.rhai", line 4, in <module>
        Message: '%d'
        Arguments: ('x',)
        --- Logging error ---
        FileNotFoundError: [Errno 2] No such file or directory: '/nowhere/x.log'
        Call stack:
          File "main.rhai", line 7, in <module>
        Message: 'to no file'
        Arguments: ()
        --- Logging error ---
        Full
        Call stack:
          File "main.rhai", line 12, in <module>
        Message: 'does not'
        Arguments: ()
        --- Logging error ---
        ValueError: Formatting field not found in record: 'nothing'
        Call stack:
          File "main.rhai", line 18, in <module>
        Message: 'm'
        Arguments: ()
        "#,
    );
}

#[test]
fn handlers_formatters_and_filters_are_those_of_python() {
    prints(
        r#"
        let out = logging.StreamHandler(sys.stdout);
        out.setFormatter(logging.Formatter("{levelname:>8}|{message}|{extra}", #{ style: "{" }));
        let log = logging.getLogger("x.y");
        log.addHandler(out);
        log.propagate = false;
        log.setLevel(logging.INFO);
        log.info("%(a)s and %(b)d", #{ a: 1, b: 2 }, #{ extra: #{ extra: "e" } });
        out.setFormatter(|record| "custom " + record.getMessage());
        log.debug("too low");
        log.info("shown %s", [1, "a"]);
        log.info(#{ a: 1 });
        let shout = Object();
        shout.format = |record| record.getMessage().upper();
        shout.filter = |record| record.levelno > 20;
        out.setFormatter(shout);
        log.addFilter(shout);
        log.info("refused");
        log.warning("passed");
        log.removeFilter(shout);
        log.info("passed again");
        print(log.isEnabledFor(10), log.isEnabledFor(20), log.getEffectiveLevel(), logging.getLogger("x.y.z").getEffectiveLevel());
        logging.disable(logging.ERROR);
        log.error("dropped");
        log.critical("critical");
        logging.disable(logging.NOTSET);
        print(logging.getLogger("x.y.z").parent, log.parent, log.getChild("k").name, logging.root.parent, log.hasHandlers());
        print(logging.getLevelName(30), logging.getLevelName("ERROR"), logging.getLevelName(35), logging.getLevelName("none"));
        let only = logging.Filter("x");
        let record = logging.makeLogRecord(#{ name: "x.z", msg: "m %d", args: [3], levelno: 20 });
        print(only.filter(record), logging.Filter("x.q").filter(record), record.getMessage(), out.level, record);
        print(logging.Formatter("%(asctime)s", "%d.%m.%y").formatTime(logging.makeLogRecord(#{ created: 0.0 }), "%Y") in ["1970", "1969"]);
        "#,
        "
            INFO|1 and 2|e
        custom shown [1, 'a']
        custom {'a': 1}
        PASSED
        PASSED AGAIN
        False True 20 20
        CRITICAL
        <Logger x.y (INFO)> <RootLogger root (WARNING)> x.y.k None True
        WARNING 40 Level 35 Level none
        True False m 3 0 <LogRecord: x.z, 20, main.rhai, 29, \"m %d\">
        True
        ",
    );
}

#[test]
fn wrong_arguments_are_refused_in_words_of_python() {
    prints(
        r#"
        let out = logging.StreamHandler(sys.stdout);
        let log = logging.getLogger("x.y");
        log.setLevel(logging.INFO);
        for wrong in [
            || log.setLevel("loud"), || log.setLevel(1.5), || logging.getLogger(3), || log.log("x", "m"), || log.info(),
            || logging.Formatter("no field"), || logging.Formatter("%(a)s", #{ style: "x" }), || log.addHandler(3),
            || log.addFilter(3), || out.setFormatter(3), || log.info("m", #{ extra: #{ name: 1 } }),
            || logging.basicConfig(#{ filename: "a", stream: sys.stdout }), || logging.basicConfig(#{ handlers: [1] }),
            || logging.FileHandler("x", "r"), || log.nothing, || logging.FileHandler("x", #{ encoding: "latin-1" }),
        ] {
            print(error_of(wrong));
        }
        "#,
        "
        ValueError: Unknown level: 'loud'
        TypeError: Level not an integer or a valid string: 1.5
        TypeError: A logger name must be a string
        TypeError: level must be an integer
        TypeError: info() missing 1 required positional argument: 'msg'
        ValueError: Invalid format 'no field' for '%' style
        ValueError: Style must be one of: %,{
        TypeError: addHandler() argument 'hdlr' must be a handler, not int
        TypeError: a filter must be a function, not int
        TypeError: a formatter must be a Formatter or a function, not int
        KeyError: \"Attempt to overwrite 'name' in LogRecord\"
        ValueError: 'stream' and 'filename' should not be specified together
        TypeError: basicConfig() argument 'handlers' must be a list of handlers, not list
        ValueError: the mode of a log file must be 'a' or 'w', not 'r'
        AttributeError: 'logging.Logger' object has no attribute 'nothing'
        ValueError: log files are written in utf-8, not in 'latin-1'
        ",
    );
}

#[test]
fn records_of_children_go_through_a_queue_to_one_thread() {
    prints(
        r#"
        let q = Queue();
        let log = logging.getLogger("work");
        log.propagate = false;
        log.setLevel("INFO");
        log.addHandler(logging.handlers.QueueHandler(q));
        let out = logging.StreamHandler(sys.stdout);
        out.setFormatter(logging.Formatter("%(processName)s %(lineno)d %(message)s"));
        let quiet = logging.StreamHandler(sys.stdout);
        quiet.setLevel("ERROR");
        fn work(n) {
            let log = logging.getLogger("work");
            log.info("%d of %s", n, || 1);
            try { throw ValueError("v"); } catch { log.exception("caught"); }
        }
        let listener = logging.handlers.QueueListener(q, out, quiet, #{ respect_handler_level: true });
        with listener {
            for n in range(2) {
                let p = Process(work, [n]);
                p.start();
                p.join();
            }
        }
        print(error_of(|| { listener.start(); listener.start(); }));
        listener.stop();
        listener.stop();
        "#,
        r#"
        Process-1 12 0 of <function <lambda>>
        Process-1 13 caught
        Traceback (most recent call last):
          File "main.rhai", line 13, in work
            try { throw ValueError("v"); } catch { log.exception("caught"); }
        ValueError: v
        caught
        Traceback (most recent call last):
          File "main.rhai", line 13, in work
            try { throw ValueError("v"); } catch { log.exception("caught"); }
        ValueError: v
        Process-2 12 1 of <function <lambda>>
        Process-2 13 caught
        Traceback (most recent call last):
          File "main.rhai", line 13, in work
            try { throw ValueError("v"); } catch { log.exception("caught"); }
        ValueError: v
        caught
        Traceback (most recent call last):
          File "main.rhai", line 13, in work
            try { throw ValueError("v"); } catch { log.exception("caught"); }
        ValueError: v
        RuntimeError: Listener already started
        "#,
    );
}

#[test]
fn several_processes_share_a_file_that_is_moved_aside_when_it_is_full() {
    prints(
        r#"
        let log = logging.getLogger("r");
        log.propagate = false;
        log.addHandler(logging.handlers.RotatingFileHandler("r.log", #{ maxBytes: 1000, backupCount: 50 }));
        fn work(n) { for i in range(100) { logging.getLogger("r").error("%d %03d %s", n, i, "." * 50); } }
        let all = [];
        for n in range(3) { all.push(Process(work, [n])); }
        for p in all { p.start(); }
        for p in all { p.join(); }
        let files = os.listdir(".").filter(|name| name.startswith("r.log"));
        let lines = [];
        let too_long = 0;
        for name in files {
            let text = open(name).read();
            if len(text) > 1000 { too_long += 1; }
            lines += text.splitlines();
        }
        print(len(lines), len(set(lines)), len(files) > 15, too_long);
        "#,
        "300 300 True 0\n",
    );
}

#[test]
fn the_logger_of_multiprocessing_writes_to_standard_error() {
    logs(
        r#"
        let log = multiprocessing.log_to_stderr(logging.INFO);
        log.info("started");
        let p = Process(|| multiprocessing.get_logger().info("in the child"));
        p.start();
        p.join();
        print(log.name, log.propagate, log.level);
        "#,
        "multiprocessing False 20\n",
        "
        [INFO/MainProcess] started
        [INFO/Process-1] in the child
        ",
    );
}

#[test]
fn a_child_without_the_permission_to_write_the_file_says_so() {
    each_start_method(|method| {
        let run = Script::text(
            r#"
            logging.basicConfig(#{ filename: "a.log", format: "%(message)s" });
            logging.warning("from the parent");
            let p = Process(|| logging.warning("from the child"), [], #{ permissions: #{ write: [] } });
            p.start();
            p.join();
            print(p.exitcode, open("a.log").read().strip());
            "#,
        )
        .start_method(method)
        .run();
        assert_eq!(run.stdout, "0 from the parent\n");
        assert!(
            run.stderr
                .starts_with("--- Logging error ---\nPermissionError"),
            "{}",
            run.stderr
        );
    });
}

#[test]
fn without_a_handler_only_warnings_are_seen() {
    logs(
        r#"
        let log = logging.getLogger("alone");
        log.info("not seen");
        log.warning("seen %d", 1);
        logging.info("no");
        logging.error("by the root");
        "#,
        "",
        "seen 1\nERROR:root:by the root\n",
    );
}
