//! `Thread` and the functions of `threading`.

use crate::support::script::prints;

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

#[test]
fn a_subclass_of_thread_has_attributes_and_runs_run() {
    prints(
        r#"
        fn Adder(a) {
            let me = Thread();
            me.a = a;
            me.run = || { this.sum = this.a + 1; };
            me
        }
        let t = Adder(4);
        t.start();
        t.join();
        print(t.name, t.sum);
        print(error_of(|| t.nothing), error_of(|| { t.ident = 3; }));
        let u = Adder(6);
        u.run();
        print(u.sum, u.is_alive());
        "#,
        "
        Thread-1 5
        AttributeError: 'Thread' object has no attribute 'nothing' AttributeError: property 'ident' of 'Thread' object has no setter
        7 False
        ",
    );
}

#[test]
fn a_timer_calls_later_or_never() {
    prints(
        r#"
        let seen = queue.Queue();
        let begin = time.monotonic();
        let t = threading.Timer(0.05, |a, b| seen.put([a, b]), [1, 2]);
        print(t.name, t.finished.is_set());
        t.start();
        print(seen.get(), time.monotonic() - begin >= 0.05);
        t.join();
        t.cancel();
        let never = threading.Timer(1000, || seen.put("no"));
        never.start();
        never.cancel();
        never.join();
        print(seen.empty(), never.finished.is_set(), error_of(|| Thread().cancel()));
        "#,
        "
        Thread-1 False
        [1, 2] True
        True True AttributeError: 'Thread' object has no attribute 'cancel' (a Timer has it)
        ",
    );
}

#[test]
fn wrong_arguments_are_named() {
    prints(
        r#"
        print(error_of(|| Thread(5)));
        print(error_of(|| Thread(|| 1, "ab")));
        print(error_of(|| Thread(#{ target: || 1, arguments: [1] })));
        "#,
        "
        TypeError: Thread() target must be a function, not int
        TypeError: Thread() args must be a list, not str (write args: [x])
        TypeError: Thread() got an unexpected keyword argument 'arguments' (it takes target, args, name, daemon)
        ",
    );
}

#[test]
fn what_threads_share_is_shown_as_in_python() {
    prints(
        r#"
        let t = Thread(|| 1);
        let r = threading.RLock();
        r.acquire();
        r.acquire();
        let b = threading.Barrier(2);
        for x in [
            threading.Lock(), threading.Semaphore(2), threading.BoundedSemaphore(2), threading.Event(), b,
            threading.Condition(threading.Lock()), threading.Timer(1, || 1), t,
        ] {
            print(x);
        }
        print(str(r).startswith("<locked _thread.RLock object owner="), "count=2 at" in str(r));
        b.abort();
        let q = Queue();
        q.put(b);
        print(q.get(), type(queue.Queue()), type(threading.local()));
        "#,
        "
        <unlocked _thread.lock object at 0x…>
        <threading.Semaphore at 0x…: value=2>
        <threading.BoundedSemaphore at 0x…: value=2/2>
        <threading.Event at 0x…: unset>
        <threading.Barrier at 0x…: waiters=0/2>
        <Condition(<unlocked _thread.lock object at 0x…>, 0)>
        <Timer(Thread-2, initial)>
        <Thread(Thread-1 (<lambda>), initial)>
        True True
        <threading.Barrier at 0x…: broken> <class 'queue.Queue'> <class '_thread._local'>
        ",
    );
}
