//! `Thread` and the functions of `threading`.

use crate::support::script::prints;

#[test]
fn an_own_kind_of_thread_has_attributes_and_runs_run() {
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
