//! Colours, hints, completion, commands, and terminals that can do less.

use crate::support::pty::{CTRL_C, CTRL_D, ENTER, Setting, TAB};
use crate::support::script::Script;

#[test]
fn there_are_colours_unless_they_are_not_wanted() {
    let terminal = Setting::prompt().open();
    terminal.enter("let x = 1");
    assert!(terminal.raw().contains("\x1b[34mlet\x1b[0m"));
    let terminal = Setting::prompt().env("NO_COLOR", "1").open();
    terminal.enter_all(&["let x = 1", "x", "throw \"oh\""]);
    terminal.wait_for(">>> let x = 1\n>>> x\n1\n>>>");
    let raw = terminal.raw();
    let coloured = raw.split("\x1b[").any(|after| {
        let end = after.find(|c: char| c.is_ascii_alphabetic());
        end.is_some_and(|end| after[end..].starts_with('m'))
    });
    assert!(!coloured, "{raw:?}");
    let terminal = Setting::prompt().env("NO_COLOR", "").open();
    terminal.enter("let x = 1");
    assert!(terminal.raw().contains("\x1b[34mlet\x1b[0m"));
}

#[test]
fn a_terminal_that_can_only_show_lines_has_a_prompt_too() {
    let terminal = Setting::prompt().env("TERM", "dumb").start();
    terminal.wait_for_end("\n>>>");
    for (line, wanted) in [
        ("let a = [1,", "\n..."),
        ("2]", "\n>>>"),
        ("a", "\n[1, 2]\n>>>"),
        ("print(\"one\"); print(\"two\")", "\none\ntwo\n>>>"),
    ] {
        terminal.keys(&format!("{line}{ENTER}"));
        terminal.wait_for_end(wanted);
    }
    terminal.keys(&format!("print(\"in\"); time.sleep(100){ENTER}"));
    terminal.wait_for("\nin");
    terminal.keys(CTRL_C);
    terminal.wait_for_end("\nKeyboardInterrupt\n>>>");
    terminal.keys("dropped");
    terminal.wait_for_end(">>> dropped");
    terminal.keys(CTRL_C);
    terminal.wait_for_end("\n>>>");
    assert!(!terminal.raw().contains('\x1b'));
    terminal.keys(CTRL_D);
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn a_prompt_with_very_many_open_files_reads_plain_lines() {
    let terminal = Setting::prompt().open();
    let line = "let files = []; try { for i in range(1100) { files.push(open(\"/dev/null\")); } } catch {}";
    terminal.keys(&format!("{line}{ENTER}"));
    terminal.wait_for_end("catch {}\n>>>");
    terminal.keys(&format!("6 * 7{ENTER}"));
    terminal.wait_for_end("\n42\n>>>");
    terminal.enter("files.clear();");
    terminal.enter("6 * 8");
    terminal.wait_for_end("\n48\n>>>");
    terminal.keys(CTRL_D);
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn commands_are_completed_and_their_names_corrected() {
    let terminal = Setting::prompt().open();
    terminal.keys(&format!(":va{TAB}"));
    terminal.wait_for_row(">>> :vars", 9);
    terminal.enter("");
    terminal.wait_for_end("\nno variables\n>>>");
    terminal.enter(":hepl");
    terminal.wait_for_end("\nthere is no command :hepl; did you mean :help?\n>>>");
    terminal.enter(":something");
    terminal.wait_for_end("\nthere is no command :something; :help lists them\n>>>");
    terminal.enter(":load");
    terminal.wait_for_end("\nusage: :load FILE\n>>>");
}

#[test]
fn values_are_laid_out_and_cut() {
    let terminal = Setting::prompt().size(200, 24).open();
    terminal.enter("[[1, 2], #{name: \"漢字漢字\", n: 1}]");
    terminal.wait_for_end("\n[[1, 2],\n {'n': 1,\n  'name': '漢字漢字'}]\n>>>");
    terminal.enter("let l = []; for i in range(0, 9) { l.push(100000 + i) } l");
    terminal.wait_for_end(
        "\n[100000, 100001, 100002,\n 100003, 100004, 100005,\n 100006, 100007, 100008]\n>>>",
    );
    terminal.enter("\"x\" * 1000000");
    terminal.wait_for_text("the string is not cut", |text| {
        text.replace('\n', "").ends_with("x'… 996000 more>>>")
    });
    // `_` is the whole value.
    terminal.enter("_.len()");
    terminal.wait_for_end("\n1000000\n>>>");
}

#[test]
fn variables_are_listed() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&["let x = 1; const NAME = \"a\"; let list = [1, 2];", ":vars"]);
    terminal.wait_for_end(
        "
name        type  value
const NAME  str   'a'
list        list  [1, 2]
x           int   1
>>>",
    );
}

#[test]
fn the_manual_is_shown() {
    let terminal = Setting::prompt().open();
    terminal.enter(":help Queue.get");
    terminal.wait_for("get(");
    terminal.enter(":doc os.getpdi");
    terminal.wait_for("did you mean os.getpid");
    terminal.enter_all(&["let q = Queue();", ":help q.put"]);
    terminal.wait_for("Queue.put(obj");
    terminal.enter(":help");
    terminal.wait_for(":ps");
}

#[test]
fn a_file_is_loaded_first_or_later() {
    let setting = Setting::new(&["repl", "tools.rhai"]);
    let terminal = setting
        .beside("tools.rhai", "fn double(x) { x * 2 }\nlet base = 20;\n")
        .open();
    terminal.enter("double(base + 1)");
    terminal.wait_for_end("\n42\n>>>");
    terminal.enter(":reset");
    terminal.enter("base");
    terminal.wait_for("NameError");
    terminal.enter_all(&[":load tools.rhai", "base"]);
    terminal.wait_for_end("\n20\n>>>");
    terminal.enter(":load nothing.rhai");
    terminal.wait_for_end("\ncannot read nothing.rhai: there is no such file\n>>>");
}

#[test]
fn without_a_terminal_standard_input_is_run_as_a_script() {
    let script = |words: &[&str], text: &str| Script::command(words).stdin(text).run();
    script(&[], "1 + 1").assert(0, "", "");
    script(&[], "print(6 * 7)").assert(0, "42\n", "");
    script(&["repl"], "print(sys.argv)").assert(0, "['-']\n", "");
    let failed = script(&["repl", "--error-format", "json"], "throw 1");
    assert_eq!((failed.code(), failed.stdout.as_str()), (1, ""));
    assert_eq!(script(&["repl"], "let").code(), 1);
    let both = script(&["repl", "file.rhai"], "");
    assert_eq!(both.code(), 2);
    assert!(both.stderr.contains("needs a terminal"), "{}", both.stderr);
}

#[test]
fn tab_completes_names_by_what_precedes_them() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&[
        "let queue_of_work = Queue();",
        "fn very_own(first, second) { first }",
    ]);
    for (typed, wanted) in [
        ("queue_of", "queue_of_work"),
        ("very_o", "very_own"),
        ("Proc", "Process"),
        ("os.getpi", "os.getpid"),
        ("queue_of_work.get_now", "queue_of_work.get_nowait"),
        ("queue_of_work.get(#{ti", "queue_of_work.get(#{timeout"),
        ("\"text\".upp", "\"text\".upper"),
    ] {
        terminal.keys(&format!("{typed}{TAB}"));
        let row = format!(">>> {wanted}");
        terminal.wait_for_row(&row, u16::try_from(row.len()).unwrap());
        terminal.press(CTRL_C);
    }
    // Where there are several they are listed, and what they share is written.
    terminal.keys(&format!("queue_of_work.pu{TAB}"));
    terminal.wait_for("put_nowait");
    terminal.wait_for_row(">>> queue_of_work.put", 21);
}

#[test]
fn behind_an_open_bracket_stand_the_parameters() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&["let q = Queue();", "fn very_own(first, second) { first }"]);
    terminal.keys("q.put(");
    terminal.wait_for_row(">>> q.put(obj, [block, timeout])", 10);
    terminal.keys("1");
    terminal.wait_for_row(">>> q.put(1", 11);
    terminal.keys(", ");
    terminal.wait_for_row(">>> q.put(1, block, timeout)", 13);
    // No key puts them into the line, and they do not stay on the screen.
    terminal.keys("\x1b[C");
    terminal.enter("#{block: false})");
    terminal.wait_for("\n>>> q.put(1, #{block: false})\n>>>");
    terminal.keys("very_own(q.get(");
    terminal.wait_for_row(">>> very_own(q.get([block, timeout])", 19);
    terminal.keys("), ");
    terminal.wait_for_row(">>> very_own(q.get(), second)", 22);
}
