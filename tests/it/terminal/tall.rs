//! Inputs that are taller than the window.

use crate::support::pty::{ALT_ENTER, BACKSPACE, CTRL_C, END, ENTER, HOME, Setting, Terminal, UP};

const WINDOW: (u16, u16) = (8, 40);

/// A prompt in a small window, with a function of 23 lines in its history, of which line `n` is `    let vn = n;`.
fn with_a_tall_function() -> Terminal {
    let terminal = Setting::prompt().size(WINDOW.0, WINDOW.1).open();
    let lines: Vec<_> = (1..=20).map(|n| format!("    let v{n} = {n};")).collect();
    let text = format!("fn tall() {{\n{}\n    v20\n}}", lines.join("\n"));
    let before = terminal.prompts();
    terminal.keys(&format!("\x1b[200~{text}\x1b[201~"));
    terminal.wait_for("    v20\n}");
    terminal.keys(ENTER);
    terminal.wait_for_prompt(before);
    terminal
}

/// The rows from `let v… = …` to another.
fn rows(numbers: std::ops::RangeInclusive<u32>) -> String {
    let rows = numbers.map(|n| format!("    let v{n} = {n};"));
    rows.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_rows_around_the_cursor_are_shown() {
    let terminal = with_a_tall_function();
    terminal.keys(UP);
    terminal.wait_for_end(&format!("{}\n    v20\n}}", rows(15..=20)));
    // The last rows stay as long as the cursor is in them.
    terminal.keys(&UP.repeat(7));
    terminal.wait_for_row("    let v15 = 15;", 1);
    assert_eq!(terminal.text(), format!("{}\n    v20\n}}", rows(15..=20)));
    terminal.keys(&UP.repeat(7));
    terminal.wait_for_row("    let v8 = 8;", 1);
    assert_eq!(terminal.text(), rows(8..=15));
    terminal.keys(&format!("{}{END}", UP.repeat(8)));
    terminal.wait_for_row(">>> fn tall() {", 15);
    assert_eq!(
        terminal.text(),
        format!(">>> fn tall() {{\n{}", rows(1..=7))
    );
    terminal.keys(&format!("{}{END}", "\x1b[B".repeat(9)));
    terminal.wait_for_row("    let v9 = 9;", 15);
}

#[test]
fn a_row_that_had_scrolled_away_is_edited() {
    let terminal = with_a_tall_function();
    terminal.keys(&UP.repeat(13));
    terminal.wait_for_row("    let v10 = 10;", 1);
    terminal.keys(&format!("{END}{BACKSPACE}{BACKSPACE}{BACKSPACE}42;"));
    terminal.wait_for_row("    let v10 = 42;", 17);
    terminal.keys(&format!("{ENTER}print(v10);"));
    terminal.wait_for_row("    print(v10);", 15);
    terminal.press(ALT_ENTER);
    terminal.enter("tall()");
    terminal.wait_for_end(">>> tall()\n42\n20\n>>>");
}

#[test]
fn the_whole_input_is_left_on_the_terminal_when_it_is_entered() {
    let terminal = with_a_tall_function();
    terminal.keys(&UP.repeat(13));
    terminal.wait_for_row("    let v10 = 10;", 1);
    terminal.resize(60, WINDOW.1);
    terminal.press(ALT_ENTER);
    let wanted = format!(">>> fn tall() {{\n{}\n    v20\n}}\n>>>", rows(1..=20));
    terminal.wait_for_end(&wanted);
}

#[test]
fn what_children_print_appears_above_a_tall_input() {
    let terminal = with_a_tall_function();
    terminal
        .enter("let p = Process(|| { time.sleep(0.3); print(\"from the child\") }); p.start();");
    terminal.keys(&UP.repeat(9));
    terminal.wait_until("the child lives", || terminal.others().is_empty());
    terminal.keys(HOME);
    let shown = || terminal.raw().contains("from the child");
    terminal.wait_until("its line is not shown", shown);
    terminal.press(CTRL_C);
    terminal.enter("6 * 7");
    terminal.wait_for_end("\n>>> 6 * 7\n42\n>>>");
}

#[test]
fn a_long_line_without_breaks_is_edited_too() {
    let terminal = Setting::prompt().size(4, 20).open();
    let text: String = (0..150).map(|n| char::from(b'a' + n % 26)).collect();
    terminal.keys(&format!("\"{text}\""));
    terminal.wait_for_row(&format!("{}\"", &text[135..]), 16);
    terminal.keys("\x01");
    terminal.wait_for_row(&format!(">>> \"{}", &text[..15]), 4);
    terminal.keys("1 + ");
    terminal.wait_for_row(&format!(">>> 1 + \"{}", &text[..11]), 8);
}
