//! `ThreadPoolExecutor`.

use crate::support::script::prints;

#[test]
fn threads_are_named_by_their_executor() {
    prints(
        r#"
        fn name() { threading.current_thread().name }
        print(ThreadPoolExecutor(2).submit(name).result(), ThreadPoolExecutor(2).submit(name).result());
        print(ThreadPoolExecutor(2, "disk").submit(name).result());
        print(ThreadPoolExecutor(#{ max_workers: 2, thread_name_prefix: "net" }).submit(name).result());
        "#,
        "
        ThreadPoolExecutor-0_0 ThreadPoolExecutor-1_0
        disk_0
        net_0
        ",
    );
}

#[test]
fn threads_are_started_as_they_are_needed() {
    prints(
        r#"
        let go = threading.Event();
        let e = ThreadPoolExecutor(3);
        print(threading.active_count());
        e.submit(|| 1).result();
        print(threading.active_count());
        let fs = list(range(5)).map(|i| e.submit(|| go.wait()));
        print(threading.active_count());
        go.set();
        e.shutdown();
        print(threading.active_count(), fs.all(|f| f.result()));
        "#,
        "
        1
        2
        4
        1 True
        ",
    );
}

#[test]
fn a_failing_initializer_breaks_the_executor() {
    prints(
        r#"
        let e = ThreadPoolExecutor(2, #{ initializer: |x| throw ValueError(x), initargs: ["no"] });
        print(e.submit(|| 1).exception());
        print(error_of(|| e.submit(|| 1)));
        "#,
        "
        the initializer of a worker threw ValueError('no'): the thread pool is not usable anymore
        BrokenThreadPool: the initializer of a worker threw ValueError('no'): the thread pool is not usable anymore
        ",
    );
}

#[test]
fn values_are_given_as_they_are() {
    prints(
        r#"
        let seen = queue.Queue();
        let e = ThreadPoolExecutor(2);
        e.submit(|q| q.put("x"), seen).result();
        print(seen.get(), type_of(e.submit(|| Thread(|| 1)).result()));
        "#,
        "x Thread\n",
    );
}

#[test]
fn a_task_submits_to_its_own_executor() {
    prints(
        r#"
        let e = ThreadPoolExecutor(2);
        print(e.submit(|| e.submit(|| 7).result()).result());
        print(error_of(|| e.submit(|| e.shutdown()).result()));
        "#,
        "
        7
        RuntimeError: cannot join current thread
        ",
    );
}
