//! `procscript remote ls` and `dead`.

use super::at;
use crate::support::output::Output;
use crate::support::script::Script;
use crate::support::server::Server;

fn remote(server: &Server, words: &[&str]) -> Output {
    let url = server.url();
    let beginning = ["remote", words[0], &url];
    let all = beginning.into_iter().chain(words[1..].iter().copied());
    Script::command(&all.collect::<Vec<_>>()).run()
}

/// Makes dead letters of two items.
fn kill_with_items(server: &Server) {
    // Two runs die with both items in hand, one after the other.
    let dying = at(
        server,
        r#"let q = JoinableQueue(#{ url: "URL", name: "jobs" }); q.get(); os.kill(os.getpid(), 9);"#,
    );
    for _ in 0..4 {
        assert_eq!(Script::text(&dying).run().code(), -9);
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while server.ask(&["HLEN", "ps:{jobs}:m"]) != "0" {
            assert!(
                std::time::Instant::now() < deadline,
                "nobody removes the dead"
            );
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
}

#[test]
fn what_there_is_on_a_server_is_listed_and_dead_letters_are_ended() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let remote = |words: &[&str]| remote(&server, words);
    let head = "NAME  KIND  WAITING  IN HAND  DEAD  MEMBERS\n";
    remote(&["ls"]).assert(0, head, "");
    let code = r#"
        let q = Queue(#{ url: "URL", name: "jobs", deaths: 1 });
        q.put_many([1, #{ a: [2] }]);
        Lock(#{ url: "URL", name: "report" });
    "#;
    Script::text(&at(&server, code)).run().assert(0, "", "");
    kill_with_items(&server);
    remote(&["ls"]).assert(
        0,
        "NAME    KIND   WAITING  IN HAND  DEAD  MEMBERS\njobs    queue        0        0     2        0\nreport  lock         0        0     0        0\n",
        "",
    );
    letters(&server);
}

/// Looks at the two dead letters, and ends them.
fn letters(server: &Server) {
    let remote = |words: &[&str]| remote(server, words);
    let listed = remote(&["dead", "jobs"]);
    let lines: Vec<&str> = listed.stdout.lines().collect();
    assert_eq!(
        (lines[0], lines[2]),
        ("1", "{'a': [2]}"),
        "{}",
        listed.stdout
    );
    assert!(
        lines[1].starts_with("    2 deaths, the last of "),
        "{}",
        listed.stdout
    );
    let json = remote(&["dead", "--json"]).stdout;
    assert!(
        json.contains("\"name\": \"jobs\"") && json.contains("\"dead\": 2"),
        "{json}"
    );
    let json = remote(&["dead", "jobs", "--json"]).stdout;
    assert!(json.contains("\"item\": \"{'a': [2]}\""), "{json}");
    assert!(json.contains("\"deaths\": 2"), "{json}");
    remote(&["dead", "jobs", "--back"]).assert(0, "2 put back\n", "");
    assert_eq!(server.number(&["HGET", "ps:{jobs}:c", "unfinished"]), 2);
    let take =
        r#"let q = Queue(#{ url: "URL", name: "jobs" }); print(q.get(), q.get(), q.qsize());"#;
    Script::text(&at(server, take))
        .run()
        .assert(0, "1 {'a': [2]} 0\n", "");
    remote(&["dead", "jobs", "--drop"]).assert(0, "0 dropped\n", "");
    let output = remote(&["dead", "report"]);
    assert_eq!(output.code(), 2);
    assert!(
        output.stderr.contains("report is a lock"),
        "{}",
        output.stderr
    );
    let output = remote(&["dead", "nothing"]);
    assert!(
        output
            .stderr
            .contains("there is nothing called nothing on redis://"),
        "{}",
        output.stderr
    );
}
