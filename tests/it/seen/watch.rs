//! The table on a terminal, and where there is none.

use super::known;
use crate::support::pty::Setting;
use crate::support::script::Script;

#[test]
fn watch_shows_the_table_until_the_user_quits() {
    let running = known("fork");
    let pid = running.pid().to_string();
    let terminal = Setting::new(&["ps", &pid, "--watch"]).size(30, 160).start();
    terminal.wait_for("by process; s: another order, q: quit");
    terminal.wait_for("taker");
    terminal.keys("s");
    terminal.wait_for("longest wait first; s: another order, q: quit");
    terminal.keys("s");
    terminal.wait_for("by what they wait for; s: another order, q: quit");
    terminal.keys("q");
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn watch_ends_with_the_program() {
    let watched = Script::text(
        r#"
        let e = Event();
        e.wait(1.5);
        "#,
    )
    .start();
    watched.wait_until("there is no session", || {
        super::seen(watched.pid()).is_some()
    });
    let watching = Script::command(&["ps", &watched.pid().to_string(), "--watch"]).start();
    watching.wait_for_output("a table", |text| text.contains("Event.wait"));
    watched.finish().assert(0, "", "");
    assert_eq!(watching.finish().code(), 0);
}
