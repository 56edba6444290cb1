//! `procscript ps --watch`: the table, shown anew every second.

use std::io::{IsTerminal, Write, stdin, stdout};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use procscript::inspect::{FindError, Order, families, family_of};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

use super::super::output;
use super::tables;

const PERIOD: Duration = Duration::from_secs(1);

/// Ctrl-C and Ctrl-D, where the terminal does not make signals of them.
const QUIT: [u8; 4] = [b'q', b'Q', 3, 4];

/// Shows the table until the user quits or the program has ended.
pub(super) fn watch(pid: Option<u32>) -> Result<u8> {
    let text = |order| -> Result<String, FindError> {
        let found = match pid {
            Some(pid) => family_of(pid)?,
            None => families().into_iter().flatten().collect(),
        };
        Ok(tables(&found, order))
    };
    // A process that is not there is an error; one that ends is the end.
    let first = text(Order::Process)?;
    if !stdin().is_terminal() || !stdout().is_terminal() {
        return print_on(first, || text(Order::Process));
    }
    let screen = Screen::enter().context("cannot use the terminal")?;
    let mut order = Order::Process;
    while let Ok(text) = text(order) {
        screen.show(&text, order)?;
        match screen.key(PERIOD) {
            Some(key) if QUIT.contains(&key) => break,
            Some(b's' | b'S') => order = after(order),
            _ => (),
        }
    }
    Ok(0)
}

/// Prints one table after the other where there is no terminal, until the program has ended or nobody reads on.
fn print_on(first: String, next: impl Fn() -> Result<String, FindError>) -> Result<u8> {
    output::print(&first)?;
    loop {
        std::thread::sleep(PERIOD);
        let Ok(text) = next() else { return Ok(0) };
        let mut out = stdout().lock();
        if out
            .write_all(format!("\n{text}").as_bytes())
            .and_then(|()| out.flush())
            .is_err()
        {
            return Ok(0);
        }
    }
}

fn after(order: Order) -> Order {
    match order {
        Order::Process => Order::Since,
        Order::Since => Order::Wait,
        _ => Order::Process,
    }
}

fn name(order: Order) -> &'static str {
    match order {
        Order::Since => "longest wait first",
        Order::Wait => "by what they wait for",
        _ => "by process",
    }
}

/// The terminal's second screen, on which keys come at once; the first comes back when it is dropped.
struct Screen {
    before: Termios,
}

impl Screen {
    fn enter() -> rustix::io::Result<Self> {
        let before = tcgetattr(stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(stdin(), OptionalActions::Now, &raw)?;
        let screen = Self { before };
        write("\x1b[?1049h\x1b[?25l");
        Ok(screen)
    }

    /// Shows as much of the text as the window has room for.
    fn show(&self, text: &str, order: Order) -> Result<()> {
        let size = tcgetwinsize(stdout()).context("cannot read the size of the terminal")?;
        let (rows, columns) = (usize::from(size.ws_row), usize::from(size.ws_col));
        let status = format!("{}; s: another order, q: quit", name(order));
        let lines = text.lines().take(rows.saturating_sub(2));
        let lines: Vec<String> = lines
            .chain(["", &status])
            .map(|line| line.chars().take(columns).collect())
            .collect();
        write(&format!("\x1b[H\x1b[2J{}", lines.join("\r\n")));
        Ok(())
    }

    /// Returns the key that is pressed within this time. The end of input counts as quitting.
    fn key(&self, within: Duration) -> Option<u8> {
        let end = Instant::now() + within;
        let input = stdin();
        let mut ready = [PollFd::new(&input, PollFlags::IN)];
        let left = end.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).ok()?;
        if poll(&mut ready, Some(&left)).unwrap_or(0) == 0 {
            return None;
        }
        let mut key = [0];
        match rustix::io::read(&input, &mut key) {
            Ok(1) => Some(key[0]),
            Ok(_) => Some(QUIT[0]),
            Err(_) => None,
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        write("\x1b[?25h\x1b[?1049l");
        let _ = tcsetattr(stdin(), OptionalActions::Now, &self.before);
    }
}

/// Writes to the terminal; if that has gone, there is nobody to show anything to.
fn write(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
