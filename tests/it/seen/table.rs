//! A whole program, in every form.

use super::{KNOWN, known, masked, pids, procscript, seen};
use crate::support::script::{Script, each_start_method};
use crate::support::text::unindent;

#[test]
fn ps_shows_each_thread_with_its_wait_its_line_and_its_locks() {
    each_start_method(|method| {
        let running = known(method);
        let (code, stdout, stderr) = procscript(&["ps", &running.pid().to_string()]);
        assert_eq!((code, stderr.as_str()), (0, ""));
        let (command, table) = stdout.split_once('\n').unwrap();
        assert!(command.ends_with("main.rhai"), "{command}");
        let (threads, queues) = table.split_once("\n\n").unwrap();
        let wanted = unindent(
            "
            process pid thread state waits for since at holds
            MainProcess <pid> MainThread waiting Event.wait (Event #3) T main.rhai:32 RLock #1 (main.rhai:31)
            Process-1 <pid> MainThread waiting Event.wait (Event #2) T main.rhai:4 Lock #1 (main.rhai:2)
            taker <pid> MainThread waiting Lock.acquire (Lock #1, held by Process-1) T main.rhai:8
            Process-3 <pid> MainThread waiting Queue.get (Queue #1) T main.rhai:17
            Process-3 <pid> Thread-1 (<lamb… waiting Event.wait (Event #2) T of T main.rhai:14
            ",
        );
        assert_eq!(masked(threads, &pids(&running)), wanted);
        // Which processes can put is not the same under both start methods.
        let row = queues.lines().nth(1).unwrap();
        let words: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(words[..5], ["Queue", "#1", "0", "of", "10"], "{queues}");
        for name in ["MainProcess", "taker", "Process-3"] {
            assert!(row.contains(name), "{queues}");
        }
    });
}

#[test]
fn dump_tells_the_same_as_sentences_from_any_member() {
    each_start_method(|method| {
        let running = known(method);
        let pids = pids(&running);
        let mut dumps = pids.iter().map(|pid| {
            let (code, stdout, stderr) = procscript(&["dump", &pid.to_string()]);
            assert_eq!((code, stderr.as_str()), (0, ""));
            let (command, rest) = stdout.split_once('\n').unwrap();
            assert!(command.ends_with("): 4 processes"), "{command}");
            let (threads, queue) = masked(rest, &pids)
                .split_once("Queue #1: ")
                .map(|(a, b)| (a.to_string(), b.to_string()))
                .unwrap();
            assert!(queue.starts_with("0 of 10 items; MainProcess, "), "{queue}");
            threads
        });
        let wanted = unindent(
            "
            MainProcess (pid <pid>)
              MainThread: waits for Event.wait (Event #3) at main.rhai:32, T
                holds RLock #1 since main.rhai:31
            Process-1 (pid <pid>, child of <pid>)
              MainThread: waits for Event.wait (Event #2) at main.rhai:4, T
                holds Lock #1 since main.rhai:2
            taker (pid <pid>, child of <pid>, daemon)
              MainThread: waits for Lock.acquire (Lock #1, held by Process-1) at main.rhai:8, T
            Process-3 (pid <pid>, child of <pid>)
              MainThread: waits for Queue.get (Queue #1) at main.rhai:17, T
              Thread-1 (<lamb…: waits for Event.wait (Event #2) at main.rhai:14, T of T
            ",
        );
        assert!(dumps.all(|dump| dump == wanted), "{:?}", dumps.next());
    });
}

#[test]
fn json_has_the_fields_that_the_documentation_names() {
    let running = known("fork");
    let family = seen(running.pid()).unwrap();
    assert_eq!(family["pid"], running.pid());
    let taker = &family["processes"][2];
    assert_eq!(
        (
            &taker["name"],
            &taker["parent"],
            &taker["daemon"],
            &taker["state"]
        ),
        (
            &"taker".into(),
            &running.pid().into(),
            &true.into(),
            &"running".into()
        )
    );
    let thread = &taker["threads"][0];
    assert_eq!(thread["tid"], taker["pid"]);
    assert_eq!(thread["at"]["file"], "main.rhai");
    assert_eq!(thread["at"]["line"], 8);
    let wait = &thread["wait"];
    assert_eq!(wait["object"], "Lock #1");
    assert_eq!(wait["detail"], "held by Process-1");
    assert!(
        wait["since"].as_f64().unwrap() > 0.0 && wait["timeout"].is_null(),
        "{wait}"
    );
    let of_thread = &family["processes"][3]["threads"][1]["wait"];
    assert_eq!(of_thread["timeout"], 100.0);
    assert_eq!(
        family["processes"][1]["threads"][0]["holds"][0]["at"]["line"],
        2
    );
    assert_eq!(family["queues"][0]["limit"], 10);
}

#[test]
fn a_program_that_is_looked_at_goes_on_as_if_it_were_not() {
    each_start_method(|method| {
        // It gets its item at last from a signal's function.
        let code = KNOWN.replace(
            "    with mine {",
            "    signal.signal(signal.SIGUSR1, || q.put(1));\n    with mine {",
        );
        let running = Script::text(&code).start_method(method).start();
        super::wait_for_waits(
            &running,
            &[
                "MainProcess/MainThread: Event.wait",
                "Process-1/MainThread: Event.wait",
                "taker/MainThread: Lock.acquire",
                "Process-3/MainThread: Queue.get",
                "Process-3/Thread-1 (<lamb…: Event.wait",
            ],
        );
        running.signal(nix::sys::signal::Signal::SIGUSR1);
        running.finish().assert(0, "taken\nend 0\n", "");
    });
}

#[test]
fn a_queue_shows_how_full_it_is() {
    let running = Script::text(
        "
        let q = JoinableQueue(3);
        q.put(1);
        q.put(2);
        q.get();
        let p = Process(|q| q.join(), [q]);
        p.start();
        p.join();
        ",
    )
    .start();
    super::wait_for_waits(
        &running,
        &[
            "MainProcess/MainThread: join of Process-1",
            "Process-1/MainThread: JoinableQueue.join",
        ],
    );
    let queue = seen(running.pid()).unwrap()["queues"][0].take();
    assert_eq!(
        (&queue["items"], &queue["limit"], &queue["unfinished"]),
        (&1.into(), &3.into(), &2.into())
    );
}
