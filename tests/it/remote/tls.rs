//! Objects on a server by TLS: the same, and clear errors in time where one side does not trust the other.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::cuts::{Cuts, cut_after_bytes};
use super::pool::{main_of, workers_at};
use super::watching::keeper_of;
use crate::support::script::{Script, each_start_method};
use crate::support::server::Server;
use crate::support::tls_server::TlsServer;

#[test]
fn objects_on_a_server_by_tls_are_the_same() {
    let Some(tls) = TlsServer::start(&[]) else {
        return;
    };
    let code = r#"
        let url = sys.argv[1];
        let jobs = JoinableQueue(#{ url: url, name: "jobs" });
        let lock = Lock(#{ url: url, name: "l" });
        let sum = Value("i", 0, #{ url: url, name: "v" });
        fn work(jobs, lock, sum) {
            loop {
                let item = jobs.get();
                with lock { sum.value = sum.value + item[0] + item[1].len(); }
                jobs.task_done();
                if item[0] == 0 { break; }
            }
        }
        let workers = [Process(work, [jobs, lock, sum]), Process(work, [jobs, lock, sum])];
        for p in workers { p.start(); }
        for i in range(1, 20) { jobs.put([i, "x" * 100000]); }
        for p in workers { jobs.put([0, ""]); }
        for p in workers { p.join(); }
        jobs.join();
        print(sum.value, jobs.stats().unfinished, lock.locked());
        print(jobs);
    "#;
    each_start_method(|method| {
        tls.server.ask(&["FLUSHALL"]);
        let script = Script::text(code).arg(tls.url()).start_method(method);
        let shown = format!("rediss://127.0.0.1:{}/0", tls.port());
        let expected = format!("1900190 0 False\n<JoinableQueue jobs at {shown}>\n");
        script.run().assert(0, &expected, "");
    });
    // Only TLS was used.
    let plain = Script::text(r#"print(Value("i", #{ url: sys.argv[1], name: "v" }).value);"#);
    plain.arg(tls.server.url()).run().assert(0, "1900190\n", "");
}

#[test]
fn a_keeper_speaks_tls_and_a_wait_ends_at_once() {
    let Some(tls) = TlsServer::start(&[]) else {
        return;
    };
    let code = r#"
        let lock = Lock(#{ url: sys.argv[1], name: "l", lease: 3600.0 });
        lock.acquire();
        print("held", lock.abandoned);
        input();
    "#;
    let script = || Script::text(code).arg(tls.url()).interactive();
    let holder = script().start();
    holder.wait_for_line("held");
    let heir = script().start();
    heir.wait_until("nobody is in the line", || {
        tls.server.ask(&["LLEN", "ps:{l}:q"]) == "1"
    });
    let waits = script().start();
    waits.wait_until("nobody else is in the line", || {
        tls.server.ask(&["LLEN", "ps:{l}:q"]) == "2"
    });
    let start = Instant::now();
    let output = waits.interrupt();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(
        output.stderr.contains("KeyboardInterrupt"),
        "{}",
        output.stderr
    );
    assert!(keeper_of(holder.pid()).is_some());
    // The keeper tells the server of the death, long before the lease ends.
    kill(Pid::from_raw(holder.pid()), Signal::SIGKILL).unwrap();
    heir.wait_for_line("held True");
    drop(heir.interrupt());
}

#[test]
fn tasks_of_a_pool_go_by_tls() {
    let Some(tls) = TlsServer::start(&[]) else {
        return;
    };
    let code = r#"
        fn double(x) { x + x }
        let pool = Pool(#{ url: sys.argv[1], name: "p" });
        print(pool.map(double, range(100))[99], pool.apply(double, ["y" * 300000]).len());
    "#;
    let script = Script::text(code).arg(tls.url());
    let running = workers_at(&tls.url(), &main_of(&script), &["--processes", "2"]);
    script.run().assert(0, "198 600000\n", "");
    running.signal(Signal::SIGTERM);
    assert_eq!(running.finish().code(), 0);
}

#[test]
fn a_connection_by_tls_may_be_cut_anywhere() {
    let Some(tls) = TlsServer::start(&[]) else {
        return;
    };
    let url = |port| tls.url_at("127.0.0.1", port, "ca.pem");
    let cuts = Cuts {
        server: &tls.server,
        port: tls.port(),
        url: &url,
        step: 9,
    };
    let code = r#"
        let q = JoinableQueue(#{ url: "URL", name: "q", lease: 3600.0 });
        let next = 0;
        print("ready");
        loop {
            let order = input();
            if order == "put" { q.put(next); next += 1; print("put", next - 1); }
            else if order == "get" { print("got", q.get(#{ timeout: 30 })); q.task_done(); }
            else { break; }
        }
        print(q.stats().unfinished);
    "#;
    let orders = |item| {
        [
            ("put", format!("put {item}")),
            ("get", format!("got {item}")),
        ]
    };
    cut_after_bytes(&cuts, code, orders, |_| "\n0\n".to_string());
}

/// What opening a queue raises, within seconds.
fn refusal(url: &str) -> String {
    let start = Instant::now();
    let code = r#"print(error_of(|| Queue(#{ url: sys.argv[1], name: "q" })));"#;
    let url = url.replace("://", "://me:secret@");
    let output = Script::text(code).arg(url).run();
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(
        (output.code(), output.stderr.contains("secret")),
        (0, false)
    );
    assert!(!output.stdout.contains("secret"), "{}", output.stdout);
    output.stdout.trim_end().to_string()
}

#[test]
fn who_cannot_be_trusted_is_refused() {
    let Some(tls) = TlsServer::start(&[]) else {
        return;
    };
    let (port, secret) = (tls.port(), tls.server.port());
    let begins = |url: &str, with: &str| {
        let why = refusal(url);
        assert!(why.starts_with(with), "{url}: {why}");
    };
    begins(
        &tls.url_at("127.0.0.1", port, "other.pem"),
        "AuthenticationError: nobody who is trusted here has signed the certificate of 127.0.0.1: name the authority by ?ssl_ca_certs=FILE",
    );
    begins(
        &format!("rediss://127.0.0.1:{port}"),
        "AuthenticationError: nobody who is trusted here has signed",
    );
    let stranger = TlsServer::start_as("stranger", &[]).unwrap();
    begins(
        &stranger.url(),
        "AuthenticationError: the certificate of the server is not for the name 127.0.0.1",
    );
    begins(
        &tls.url_at("127.0.0.1", port, "none.pem"),
        &format!(
            "ValueError: {} cannot be used for TLS: ",
            tls.file("none.pem").display()
        ),
    );
    begins(
        &tls.url_at("127.0.0.1", port, "names"),
        &format!(
            "ValueError: {} cannot be used for TLS: there is no certificate in it",
            tls.file("names").display()
        ),
    );
    let stands = format!("ConnectionError: redis://127.0.0.1:{port}/0 cannot be used for 5 s: ");
    begins(&format!("redis://127.0.0.1:{port}/0"), &stands);
    assert!(refusal(&format!("redis://127.0.0.1:{port}/0")).contains("begins with rediss://"));
    let plain = refusal(&tls.url_at("127.0.0.1", secret, "ca.pem"));
    assert!(plain.contains("begins with redis://"), "{plain}");
    // A password is checked as it is without TLS.
    begins(
        &tls.url(),
        "AuthenticationError: the server does not accept",
    );
}

#[test]
fn a_server_may_want_a_certificate() {
    for versions in ["TLSv1.2", "TLSv1.3"] {
        let Some(tls) = TlsServer::start(&["yes", "--tls-protocols", versions]) else {
            return;
        };
        let why = refusal(&tls.url());
        let stands = "AuthenticationError: the server does not accept this program (";
        assert!(why.starts_with(stands), "{versions}: {why}");
        assert!(why.contains("?ssl_certfile=FILE&ssl_keyfile=FILE"), "{why}");
        let (certificate, key) = (tls.file("client.pem"), tls.file("client.key"));
        let url = format!(
            "{}&ssl_certfile={}&ssl_keyfile={}",
            tls.url(),
            certificate.display(),
            key.display()
        );
        let code = r#"let q = Queue(#{ url: sys.argv[1], name: "q" }); q.put(1); print(q.get());"#;
        Script::text(code).arg(url).run().assert(0, "1\n", "");
    }
}

#[test]
fn a_script_in_a_sandbox_needs_to_read_what_its_url_names() {
    let Some(tls) = TlsServer::start(&[]) else {
        return;
    };
    let code = r#"print(error_of(|| Event(#{ url: sys.argv[1], name: "e" })).split(":")[0]);"#;
    let run = |read: bool| {
        let mut script = Script::text(code)
            .option("--sandbox")
            .option(format!("--allow-net=127.0.0.1:{}", tls.port()))
            .arg(tls.url());
        if read {
            script = script.option(format!("--allow-read={}", tls.file("ca.pem").display()));
        }
        script.run().stdout
    };
    assert_eq!(run(false), "PermissionError\n");
    assert_eq!(run(true), "no error\n");
}

#[test]
fn the_authority_can_be_that_of_the_environment() {
    let Some(tls) = TlsServer::start(&[]) else {
        return;
    };
    let code = r#"let e = Event(#{ url: sys.argv[1], name: "e" }); e.set(); print(e.is_set());"#;
    let run = Script::text(code)
        .arg(format!("rediss://localhost:{}", tls.port()))
        .through_shell(&format!(
            r#"SSL_CERT_FILE={} exec "$@""#,
            tls.file("ca.pem").display()
        ))
        .run();
    run.assert(0, "True\n", "");
}

#[test]
fn without_tls_the_url_says_what_is_missing() {
    if cfg!(feature = "redis-tls") || Server::start(&[]).is_none() {
        return;
    }
    let why = refusal("rediss://127.0.0.1:1");
    assert!(why.contains("it needs the feature redis-tls"), "{why}");
}
