//! Typing a line: the keys, the window, what is pasted.

use crate::support::pty::{
    ALT_ENTER, BACKSPACE, CTRL_A, CTRL_C, CTRL_D, CTRL_W, END, ENTER, HOME, LEFT, Setting, TAB, UP,
};

#[test]
fn a_line_is_run_and_its_value_shown() {
    let terminal = Setting::new(&[]).open();
    terminal.enter_all(&["1 + 1", "_ * 21", "let x = \"a\"", "x", "()", "print(x)"]);
    terminal.keys(CTRL_D);
    let (code, text) = terminal.finish();
    let wanted = "\
>>> 1 + 1
2
>>> _ * 21
42
>>> let x = \"a\"
>>> x
'a'
>>> ()
>>> print(x)
a
>>>";
    assert_eq!((code, text.split_once('\n').unwrap().1), (0, wanted));
}

#[test]
fn a_line_is_edited_at_its_beginning_in_the_middle_and_at_its_end() {
    let terminal = Setting::prompt().open();
    terminal.keys("5 * wrong");
    terminal.keys(CTRL_W);
    terminal.wait_for_row(">>> 5 *", 8);
    terminal.keys(&format!("{HOME}10{END}7{LEFT}1{CTRL_A}"));
    terminal.wait_for_row(">>> 105 * 17", 4);
    terminal.keys(&format!("{END}{LEFT}{BACKSPACE}"));
    terminal.wait_for_row(">>> 105 * 7", 10);
    terminal.enter("");
    terminal.wait_for("\n735\n");
}

#[test]
fn an_unfinished_input_goes_on_in_the_next_line_and_is_indented() {
    let terminal = Setting::prompt().open();
    terminal.enter("fn double(x) {");
    terminal.wait_for_row("...", 8);
    terminal.enter("");
    terminal.enter("x * 2");
    // A closing bracket goes back a level.
    terminal.keys("}");
    terminal.wait_for_row("... }", 5);
    terminal.enter("");
    terminal.enter("double(4)");
    terminal.wait_for("... }\n>>> double(4)\n8\n>>>");
    // Up brings the whole input back.
    terminal.keys(&format!("{UP}{UP}"));
    terminal.wait_for_end(">>> fn double(x) {\n\n    x * 2\n}");
}

#[test]
fn enter_inside_a_recalled_input_adds_a_line_and_alt_enter_ends_it() {
    let terminal = Setting::prompt().open();
    terminal.enter_all(&["fn sum(a, b) {", "a + b", "}"]);
    terminal.keys(&format!("{UP}{UP}"));
    terminal.wait_for_row("    a + b", 1);
    terminal.keys(&format!("{UP}{END}{ENTER}"));
    terminal.wait_for_row("", 4);
    terminal.keys("print([a, b]);");
    terminal.keys(&format!("{ENTER}if a > b {{{ENTER}"));
    terminal.wait_for_row("", 8);
    terminal.keys(&format!("print(\"first\");{ENTER}}}"));
    terminal.wait_for_row("    }", 5);
    terminal.press(ALT_ENTER);
    terminal.enter("sum(4, 3)");
    terminal.wait_for_end("\n>>> sum(4, 3)\n[4, 3]\nfirst\n7\n>>>");
    // At the end, Enter ends it.
    terminal.keys(&format!("{UP}{UP}"));
    terminal.wait_for_row("}", 1);
    terminal.enter("");
    terminal.keys(UP);
    terminal.wait_for_end(
        ">>> fn sum(a, b) {\n    print([a, b]);\n    if a > b {\n        print(\"first\");\n    }\n    a + b\n}",
    );
}

#[test]
fn a_closing_bracket_goes_back_a_level_at_the_beginning_of_a_line_only() {
    let terminal = Setting::prompt().open();
    terminal.enter("f([");
    terminal.wait_for_row("...", 12);
    terminal.enter("[1, 2]");
    terminal.keys("]");
    terminal.wait_for_row("...     ]", 9);
    terminal.keys(")");
    terminal.wait_for_row("...     ])", 10);
    terminal.press(CTRL_C);
    terminal.keys(" }");
    terminal.wait_for_row(">>>  }", 6);
}

#[test]
fn a_pasted_text_keeps_its_tabs_and_its_brackets() {
    let terminal = Setting::prompt().open();
    terminal.enter("let a = [");
    terminal.keys("\x1b[200~\"x\ty\",\r\n\t]\x1b[201~");
    terminal.enter("");
    terminal.enter("a[0].len()");
    terminal.wait_for_end("\n>>> a[0].len()\n3\n>>>");
}

#[test]
fn tab_and_backspace_indent_an_empty_line() {
    let terminal = Setting::prompt().open();
    terminal.enter("[");
    terminal.wait_for_row("...", 8);
    terminal.keys(TAB);
    terminal.wait_for_row("...", 12);
    terminal.keys(BACKSPACE);
    terminal.wait_for_row("...", 8);
    terminal.keys(&format!("1{BACKSPACE}"));
    terminal.wait_for_row("...", 8);
}

#[test]
fn ctrl_c_drops_what_is_typed() {
    let terminal = Setting::prompt().open();
    terminal.keys("let x = 1; oh");
    terminal.wait_for_row(">>> let x = 1; oh", 17);
    terminal.press(CTRL_C);
    terminal.enter("[1,");
    terminal.press(CTRL_C);
    terminal.enter("6 * 7");
    terminal.wait_for_end("\n42\n>>> ".trim_end());
}

#[test]
fn what_is_pasted_is_one_input() {
    let terminal = Setting::prompt().open();
    terminal
        .keys("\x1b[200~let a = 1;\nlet b = 2;\n\nfor i in range(2) {\n\tprint(i)\n}\n\x1b[201~");
    terminal.wait_for("print(i)\n}");
    terminal.enter("");
    terminal.wait_for("\n0\n1\n>>>");
    terminal.enter("a + b");
    terminal.wait_for("\n3\n>>>");
}

#[test]
fn lines_typed_ahead_are_not_lost() {
    let terminal = Setting::prompt().open();
    let before = terminal.prompts();
    terminal.keys(&format!("let a = 1{ENTER}let b = a + 1{ENTER}b + 1{ENTER}"));
    terminal.wait_for_prompt(before + 2);
    terminal.wait_for("\n3\n>>>");
}

#[test]
fn wide_characters_take_two_columns() {
    let terminal = Setting::prompt().open();
    terminal.keys("\"日本語é👍\"");
    terminal.wait_for_row(">>> \"日本語é👍\"", 15);
    terminal.keys(&format!("{LEFT}{LEFT}{LEFT}{BACKSPACE}"));
    terminal.wait_for_row(">>> \"日本é👍\"", 9);
    terminal.enter("");
    terminal.wait_for("\n'日本é👍'\n>>>");
}

#[test]
fn a_line_wraps_in_a_narrow_window_and_follows_its_size() {
    let terminal = Setting::prompt().size(12, 20).open();
    terminal.keys("\"0123456789abcdefghij日本語\"");
    terminal.wait_for_end(">>> \"0123456789abcde\nfghij日本語\"");
    terminal.keys(&format!("{HOME}x{BACKSPACE}{END}"));
    terminal.wait_for_end(">>> \"0123456789abcde\nfghij日本語\"");
    terminal.enter("");
    terminal.wait_for("'0123456789abcdefghi\nj日本語'\n>>>");
    terminal.keys("[1, 2, 3]");
    terminal.resize(12, 40);
    terminal.keys(&format!(" + [4, 5, 6, 7, 8, 9]{ENTER}"));
    terminal.wait_for(">>> [1, 2, 3] + [4, 5, 6, 7, 8, 9]\n[1, 2, 3, 4, 5, 6, 7, 8, 9]\n>>>");
}

#[test]
fn a_with_block_over_several_lines_is_one_input_and_functions_come_after_methods() {
    let terminal = Setting::prompt().open();
    terminal.enter("let lock = Lock()");
    terminal.enter("with lock {");
    terminal.wait_for_row("...", 8);
    terminal.enter("print([\"held\", lock.locked()])");
    terminal.enter("}");
    terminal.wait_for("\n['held', True]\n");
    terminal.enter("let q = Queue()");
    terminal.enter("q.put(7)");
    terminal.enter("fn get() { 42 }");
    terminal.enter("[q.get(), get(), lock.locked()]");
    terminal.wait_for("\n[7, 42, False]\n");
}
