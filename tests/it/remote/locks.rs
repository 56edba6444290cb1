//! `Lock`, `RLock` and `Semaphore` on a server.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::watching::keeper_of;
use super::{at, prints_at};
use crate::support::script::Script;
use crate::support::server::Server;

#[test]
fn a_lock_excludes_processes_and_threads() {
    prints_at(
        r#"
        let lock = Lock(#{ url: "URL", name: "l" });
        let counter = Value("i", 0, #{ lock: false });
        fn add(lock, counter) {
            for i in range(20) {
                with lock { let seen = counter.value; time.sleep(0.001); counter.value = seen + 1; }
            }
        }
        let workers = [];
        for i in range(3) { let p = Process(add, [lock, counter]); p.start(); workers.push(p); }
        for p in workers { p.join(); }
        print(lock, counter.value, lock.locked(), lock.abandoned);
        print(lock.acquire(), lock.locked(), lock.valid, lock.fence > 0);
        print(lock.acquire(false), lock.acquire(true, 0.05));
        let t = threading.Thread(|| print(lock.acquire(false), error_of(|| lock.release())));
        t.start();
        t.join();
        lock.release();
        print(lock.locked(), lock.fence, lock.valid);
        print(lock.with(|| "inside"));
        let message = Queue();
        message.put(lock);
        print(message.get().acquire());
        "#,
        "<Lock l at URL> 60 False False\nTrue True True True\nFalse False\n\
         False ValueError: <Lock l at URL> is released by a thread that does not hold it\n\
         False None False\ninside\nTrue\n",
    );
}

#[test]
fn a_reentrant_lock_is_acquired_again_by_its_holder() {
    prints_at(
        r#"
        let lock = RLock(#{ url: "URL", name: "l" });
        fn try_it(lock) { print(lock.acquire(false)); }
        fn from_outside(lock) { let p = Process(try_it, [lock]); p.start(); p.join(); }
        with lock { with lock { from_outside(lock); } from_outside(lock); }
        from_outside(lock);
        print(error_of(|| lock.release()));
        "#,
        "False\nFalse\nTrue\nValueError: <RLock l at URL> is released by a thread that does not hold it\n",
    );
}

#[test]
fn a_semaphore_has_permits_that_return_from_the_dead() {
    prints_at(
        r#"
        let permits = Semaphore(2, #{ url: "URL", name: "s" });
        fn hold(permits, ready) { permits.acquire(); ready.put(1); time.sleep(1000); }
        let ready = Queue();
        let workers = [];
        for i in range(2) { let p = Process(hold, [permits, ready]); p.start(); workers.push(p); }
        for p in workers { ready.get(); }
        print(permits.get_value(), permits.acquire(false));
        workers[0].kill();
        print(permits.acquire());
        permits.release();
        // A signal: somebody releases what another one has acquired.
        permits.release();
        print(permits.get_value());
        workers[1].kill();
        workers[1].join();
        permits.release();
        print(permits.get_value());
        let bounded = BoundedSemaphore(1, #{ url: "URL", name: "b" });
        with bounded { print(bounded.get_value()); }
        print(error_of(|| bounded.release()));
        print(error_of(|| BoundedSemaphore(2, #{ url: "URL", name: "b" })));
        "#,
        "0 False\nTrue\n2\n3\n0\nValueError: semaphore or lock released too many times\n\
         ValueError: the bounded semaphore exists with value 1, not 2: use another name\n",
    );
}

#[test]
fn a_dead_holder_passes_its_lock_on_and_fences_rise() {
    prints_at(
        r#"
        let lock = Lock(#{ url: "URL", name: "l" });
        fn die(lock, fences) { lock.acquire(); fences.put(lock.fence); os.kill(os.getpid(), signal.SIGKILL); }
        let fences = Queue();
        let p = Process(die, [lock, fences]);
        p.start();
        let before = fences.get();
        lock.acquire();
        print(lock.fence > before, lock.abandoned);
        "#,
        "True True\n",
    );
}

#[test]
fn who_was_silent_for_a_lease_has_lost_its_lock_and_is_told() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = at(
        &server,
        r#"
        let lock = Lock(#{ url: "URL", name: "l", lease: 1.0 });
        print(error_of(|| { with lock { print("has it"); input(); print(lock.valid); } }).split(":")[0]);
        print(lock.acquire(false));
        "#,
    );
    let mut holder = Script::text(&code).interactive().start();
    holder.wait_for_line("has it");
    let mut heir = Script::text(&code).interactive().start();
    let keeper = keeper_of(holder.pid()).unwrap();
    kill(Pid::from_raw(keeper), Signal::SIGSTOP).unwrap();
    heir.wait_for_line("has it");
    kill(Pid::from_raw(keeper), Signal::SIGCONT).unwrap();
    holder.type_in("\n");
    let output = holder.finish();
    assert_eq!(
        output.stdout, "has it\nFalse\nLeaseLost\nFalse\n",
        "{}",
        output.stderr
    );
    heir.type_in("\n");
    heir.finish()
        .assert(0, "has it\nTrue\nno error\nTrue\n", "");
}

#[test]
fn ctrl_c_leaves_the_line() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let code = at(
        &server,
        r#"
        let lock = Lock(#{ url: "URL", name: "l" });
        lock.acquire();
        print("held");
        input();
        lock.release();
        print(lock.acquire());
        "#,
    );
    let mut holder = Script::text(&code).interactive().start();
    holder.wait_for_line("held");
    let waiting = at(
        &server,
        r#"print("waits"); Lock(#{ url: "URL", name: "l" }).acquire();"#,
    );
    let waiter = Script::text(&waiting).start();
    waiter.wait_until("nobody is in the line", || {
        server.ask(&["LLEN", "ps:{l}:q"]) == "1"
    });
    drop(waiter.interrupt());
    assert_eq!(server.number(&["LLEN", "ps:{l}:q"]), 0);
    holder.type_in("\n");
    holder.finish().assert(0, "held\nTrue\n", "");
    assert_eq!(server.number(&["ZCARD", "ps:{l}:h"]), 0);
}
