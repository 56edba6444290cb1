//! Group O: threads.

use crate::support::script::{Script, prints};

#[test]
fn case_184_names_are_made_up_or_kept() {
    prints(
        r#"
        fn f() {}
        print(Thread().name, Thread(f).name, Thread(#{ target: f, name: "own" }).name, Thread(#{ name: 123 }).name);
        let t = Thread(f);
        print(t.name, t.getName());
        t.setName("new");
        t.name = 5;
        print(t.name, type(t.name));
        "#,
        "
        Thread-1 Thread-2 (f) own 123
        Thread-3 (f) Thread-3 (f)
        5 <class 'str'>
        ",
    );
}

#[test]
fn case_184_the_representation_follows_the_life() {
    prints(
        r#"
        let go = threading.Event();
        let t = Thread(#{ target: || go.wait(), name: "T", daemon: true });
        print(t);
        t.start();
        print(t.ident > 0, "%s" % t == "<Thread(T, started daemon %d)>" % t.ident);
        go.set();
        t.join();
        print("%s" % t == "<Thread(T, stopped daemon %d)>" % t.ident);
        print("%s" % threading.main_thread() == "<_MainThread(MainThread, started %d)>" % os.getpid());
        "#,
        "
        <Thread(T, initial daemon)>
        True True
        True
        True
        ",
    );
}

#[test]
fn case_185_a_thread_is_started_once_and_joined_by_others() {
    prints(
        "
        let t = Thread(|| 1);
        print(error_of(|| t.join()));
        t.start();
        t.join();
        print(error_of(|| t.start()));
        print(error_of(|| current_thread().join()));
        let go = threading.Event();
        let u = Thread(|| go.wait());
        u.start();
        print(error_of(|| { u.daemon = true; }), error_of(|| u.setDaemon(true)), error_of(|| u.start()));
        go.set();
        u.join();
        print(u.join(), u.join(1), u.isAlive());
        ",
        "
        RuntimeError: cannot join thread before it is started
        RuntimeError: threads can only be started once
        RuntimeError: cannot join current thread
        RuntimeError: cannot set daemon status of active thread RuntimeError: cannot set daemon status of active thread RuntimeError: threads can only be started once
        None True False
        ",
    );
}

#[test]
fn case_187_a_program_waits_for_its_threads() {
    prints(
        r#"
        let ended = threading.Event();
        let t = Thread(|| { ended.wait(); print("end of thread"); });
        t.start();
        print("end of main");
        let u = Thread(|| ended.set());
        u.start();
        "#,
        "end of main\nend of thread\n",
    );
}

#[test]
fn case_187_also_after_an_exit_and_after_an_error() {
    for (last, code) in [("sys.exit(3);", 3), ("throw ValueError(\"x\");", 1)] {
        let text = format!(
            "
            let go = threading.Event();
            let t = Thread(|| {{ go.wait(); print(\"end of thread\"); }});
            t.start();
            let u = Thread(|| go.set());
            u.start();
            {last}
            "
        );
        let output = Script::text(&text).run();
        assert_eq!(output.status.code(), Some(code));
        assert_eq!(output.stdout, "end of thread\n");
    }
}

#[test]
fn case_188_a_thread_is_a_daemon_if_its_creator_is() {
    prints(
        "
        let seen = queue.Queue();
        let t = Thread(#{ target: || seen.put([Thread().daemon, Thread(#{ daemon: false }).daemon]), daemon: true });
        print(t.daemon, Thread().daemon);
        t.start();
        print(seen.get());
        t.join();
        ",
        "
        True False
        [True, False]
        ",
    );
}

#[test]
fn case_190_local_attributes_are_every_threads_own() {
    prints(
        "
        let mine = threading.local();
        mine.x = [1];
        let seen = queue.Queue();
        let t = Thread(|| { seen.put(error_of(|| mine.x)); mine.x = 2; seen.put(mine.x); });
        t.start();
        t.join();
        print(seen.get(), seen.get(), mine.x);
        ",
        "AttributeError: '_thread._local' object has no attribute 'x' 2 [1]\n",
    );
}

// In CPython it gives None.
#[test]
fn case_191_join_with_a_time_out_tells_whether_the_thread_has_ended() {
    prints(
        "
        let go = threading.Event();
        let t = Thread(|| go.wait());
        t.start();
        print(t.join(0.01), t.join(-1), t.join(0), t.is_alive());
        go.set();
        print(t.join(60), t.is_alive());
        ",
        "
        False False False True
        True False
        ",
    );
}

#[test]
fn case_193_who_is_running_can_be_asked() {
    prints(
        r#"
        let go = threading.Event();
        let t = Thread(#{ target: || go.wait(), name: "T" });
        print(threading.active_count(), threading.enumerate().map(|t| t.name));
        t.start();
        print(threading.activeCount(), threading.enumerate().map(|t| t.name));
        go.set();
        t.join();
        print(threading.active_count(), threading.enumerate().map(|t| t.name));
        let seen = queue.Queue();
        let u = Thread(|| seen.put([current_thread().name, threading.currentThread() == threading.main_thread(), threading.get_ident()]));
        u.start();
        u.join();
        let told = seen.get();
        print(told[0], told[1], told[2] == u.ident, threading.get_ident() == os.getpid());
        "#,
        "
        1 ['MainThread']
        2 ['MainThread', 'T']
        1 ['MainThread']
        Thread-1 (<lambda>) False True True
        ",
    );
}

#[test]
fn case_193_a_thread_that_was_joined_is_never_among_those_running() {
    prints(
        r#"
        for round in range(100) {
            let t = Thread(|| ());
            t.start();
            t.join();
            if threading.enumerate().map(|t| t.name).contains(t.name) { print("still there", round); }
        }
        print(threading.active_count());
        "#,
        "1\n",
    );
}
