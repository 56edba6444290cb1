//! A whole program (`run`) in a host, and the end of a runtime: limits and stops reach there too.

use std::time::{Duration, Instant};

use procscript::error::Exceeded;
use procscript::{Capture, Error, Limits, Permissions, Runtime, Script};

use crate::support::cases::Case;
use crate::support::process_table::is_running;
use crate::support::watchdog::poll;

pub(crate) const CASES: &[Case] = &[
    Case::new("the_time_limit_holds_for_a_whole_program_and_its_end", time),
    Case::new("a_stop_reaches_a_program_that_waits_for_its_end", stop),
    Case::new("finish_says_what_ended_it", finish),
    Case::new("a_thread_that_outlived_a_stop_does_not_go_on", left_over),
    Case::new(
        "a_command_that_does_not_listen_is_killed_with_what_it_started",
        command,
    ),
    Case::new("threads_that_import_one_module_load_it_once", imports),
    Case::new("exits_of_two_runtimes_in_one_thread_are_separate", exits),
    Case::new("a_reset_runtime_is_as_new", reset),
    Case::new(
        "a_small_stack_carries_a_script_and_is_not_overrun",
        small_stack,
    ),
];

fn limited() -> Limits {
    Limits::new().time(Duration::from_millis(100))
}

fn time() {
    for text in [
        "loop { }",
        "Queue().get(true, 3600)",
        // The script itself has ended.
        "Thread(|| { loop { } }).start()",
        "fn f() { loop { } } Process(f).start();",
    ] {
        let told = Capture::new();
        let runtime = Runtime::builder()
            .permissions(Permissions::none().allow_processes(2, 1))
            .limits(limited())
            .stderr(told.clone())
            .build()
            .unwrap();
        assert_eq!(
            runtime.run_main(Script::from_text("whole", text)),
            1,
            "{text}"
        );
        let told = told.text();
        let wanted = "RuntimeError: the script has used up its time limit of 100ms\n";
        assert!(told.starts_with(wanted.trim_end()), "{text}: {told}");
    }
}

fn stop() {
    let told = Capture::new();
    let runtime = Runtime::builder().stderr(told.clone()).build().unwrap();
    let stopper = runtime.stopper();
    // It comes as the script ends: there is nothing that could wait for it.
    let stop = std::thread::spawn(move || stopper.stop());
    let code = runtime.run_main(Script::from_text(
        "whole",
        "Thread(|| { loop { } }).start()",
    ));
    stop.join().unwrap();
    assert_eq!(
        (code, told.text().as_str()),
        (1, "procscript: the script was stopped\n")
    );
}

fn finish() {
    let start = "Thread(|| { loop { } }).start()";
    let mut runtime = Runtime::builder().build().unwrap();
    runtime.eval::<()>(start).unwrap();
    let stopper = runtime.stopper();
    let stop = std::thread::spawn(move || stopper.stop());
    assert!(matches!(runtime.finish(), Err(Error::Stopped)));
    stop.join().unwrap();

    let mut runtime = Runtime::builder().limits(limited()).build().unwrap();
    runtime.eval::<()>(start).unwrap();
    assert!(matches!(
        runtime.finish(),
        Err(Error::Limit(Exceeded::Time(_)))
    ));

    let mut runtime = Runtime::builder().build().unwrap();
    runtime
        .eval::<()>("let q = queue.Queue(); Thread(|| q.put(1)).start()")
        .unwrap();
    runtime.finish().unwrap();
}

fn left_over() {
    let (entered, waits) = std::sync::mpsc::channel();
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Arc::new(std::sync::Mutex::new(held));
    let register = move |engine: &mut rhai::Engine| {
        let (entered, held) = (entered.clone(), held.clone());
        engine.register_fn("linger", move || {
            entered.send(()).unwrap();
            let _ = held.lock().unwrap().recv();
        });
    };
    let mut runtime = Runtime::builder()
        .configure_engine(register)
        .build()
        .unwrap();
    let stopper = runtime.stopper();
    let stop = std::thread::spawn(move || {
        waits.recv().unwrap();
        stopper.stop();
        waits
    });
    let text = "let out = queue.Queue(); Thread(#{target: || { linger(); out.put(1); loop { } }, daemon: true}).start(); loop { }";
    assert!(matches!(runtime.eval::<()>(text), Err(Error::Stopped)));
    let _waits = stop.join().unwrap();
    // The stop has not waited for it. Now it comes back from `linger`, and ends there.
    let_go.send(()).unwrap();
    let text = "while threading.active_count() > 1 { time.sleep(0.01) } out.empty()";
    assert!(runtime.eval::<bool>(text).unwrap());
}

fn command() {
    let file = std::env::temp_dir().join(format!("procscript-command-{}", std::process::id()));
    let fresh = || {
        Runtime::builder()
            .permissions(Permissions::none().allow_run())
            .limits(Limits::new().time(Duration::from_millis(300)))
            .build()
            .unwrap()
    };
    let mut runtime = fresh();
    let command = format!(
        "trap '' TERM; sleep 3600 & echo $! > {}; wait; sleep 3600",
        file.display()
    );
    for text in [
        format!("os.system({command:?})"),
        format!("subprocess.run({command:?}, #{{shell: true}})"),
        format!("subprocess.check_output([\"sh\", \"-c\", {command:?}])"),
        format!("let p = subprocess.Popen([\"sh\", \"-c\", {command:?}]); p.wait()"),
    ] {
        // On a busy machine the shell may not have come to its own process.
        let started = (0..20).find_map(|_| {
            assert!(matches!(runtime.eval::<()>(&text), Err(Error::Limit(_))));
            let pid = std::fs::read_to_string(&file).ok()?;
            pid.trim().parse::<i32>().ok()
        });
        let _ = std::fs::remove_file(&file);
        let pid = started.unwrap();
        if text.contains("Popen") {
            // It is the runtime's as long as that exists.
            runtime = fresh();
        }
        // It has been killed, but it may not have ended yet.
        let ended = || (!is_running(pid)).then_some(());
        let deadline = Instant::now() + Duration::from_secs(20);
        assert!(poll(deadline, ended).is_some(), "it still runs: {text}");
    }
}

fn imports() {
    let directory = std::env::temp_dir().join(format!("procscript-imports-{}", std::process::id()));
    std::fs::create_dir(&directory).unwrap();
    let module = "time.sleep(0.2);\nexport const MADE = 1;\nfn one() { 1 }\n";
    std::fs::write(directory.join("slow.rhai"), module).unwrap();
    let main = r#"
        let told = queue.Queue();
        let threads = [];
        for n in range(3) {
            let t = Thread(|| { import "slow" as slow; told.put(slow::one() + slow::MADE) });
            t.start();
            threads.push(t);
        }
        for t in threads { t.join() }
        [told.get(), told.get(), told.get()]
    "#;
    std::fs::write(directory.join("main.rhai"), main).unwrap();
    let mut runtime = Runtime::builder().build().unwrap();
    let told = runtime.run_file(directory.join("main.rhai"));
    std::fs::remove_dir_all(&directory).unwrap();
    assert_eq!(told.unwrap().to_string(), "[2, 2, 2]");
}

fn exits() {
    let mut first = Runtime::builder().build().unwrap();
    let second = std::sync::Mutex::new(Runtime::builder().build().unwrap());
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let notes = told.clone();
    // A sink that asks another runtime: the end of the first script is not its end.
    let sink = procscript::Sink::lines(move |_| {
        let value = second.lock().unwrap().eval::<i64>("6 * 7");
        notes.lock().unwrap().push(value.ok());
    });
    let mut printing = Runtime::builder().stdout(sink).build().unwrap();
    assert!(matches!(
        first.eval::<()>("sys.exit(1)"),
        Err(Error::Exited(1))
    ));
    let ended = printing.eval::<()>(r#"print("a", #{end: ""}); sys.exit(2)"#);
    assert!(matches!(ended, Err(Error::Exited(2))), "{ended:?}");
    drop(printing);
    assert_eq!(*told.lock().unwrap(), [Some(42)]);
}

fn reset() {
    let mut runtime = Runtime::builder().build().unwrap();
    runtime.set("given", 7_i64).unwrap();
    runtime
        .eval::<()>("let n = 1; fn f() { 1 } const C = 1; let q = Queue();")
        .unwrap();
    runtime.reset();
    for text in ["n", "f()", "C", "q"] {
        assert!(
            matches!(runtime.eval::<()>(text), Err(Error::Failed(_))),
            "{text}"
        );
    }
    assert_eq!(runtime.eval::<i64>("fn f() { given } f()").unwrap(), 7);
}

fn small_stack() {
    for kib in [512, 768, 1100] {
        let thread = std::thread::Builder::new().stack_size(kib << 10).spawn(|| {
            let mut runtime = Runtime::builder().build().unwrap();
            runtime
                .eval::<()>("fn down(n) { if n > 0 { 1 + down(n - 1) } else { 0 } }")
                .unwrap();
            assert_eq!(runtime.call_fn::<i64>("down", (5_i64,)).unwrap(), 5);
            let error = runtime.eval::<()>("down(1000000)").unwrap_err();
            assert_eq!(error.diagnostic().unwrap().kind, "RecursionError");
        });
        thread.unwrap().join().unwrap();
    }
}
