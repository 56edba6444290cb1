//! The terminal as the prompt uses it: a line editor where it can be had, plain lines elsewhere.

use std::env;
use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use nix::sys::signal::Signal;
use procscript::{Builder, ForkHooks};

use super::descriptors::Descriptors;
use super::editor::Lines;
use super::highlight::Colours;
use super::outlet::{Outlet, window};
use super::plain::{Line, Plain};
use super::relay::Relay;
use super::session::Session;
use super::signals::Endings;
use super::view::Window;

/// Terminals that can only show lines.
const PLAIN: &[&str] = &["", "dumb", "cons25", "emacs"];

/// What the prompt shows and where it reads.
pub(crate) struct Screen {
    endings: Arc<Endings>,
    plain: Plain,
    wire: Option<Wire>,
    lines: Option<Lines>,
    pub(crate) colours: Colours,
}

/// The way of everything that is printed.
#[derive(Clone)]
struct Wire {
    outlet: Arc<Outlet>,
    relay: Arc<Relay>,
    descriptors: Arc<Descriptors>,
}

impl Wire {
    fn lay(endings: &Arc<Endings>) -> std::io::Result<Self> {
        let (descriptors, pipe, terminal) = Descriptors::redirect()?;
        let outlet = Arc::new(Outlet::new(pipe, terminal));
        let relay = Relay::new(outlet.clone(), endings.clone()).inspect_err(|_| {
            descriptors.restore();
        })?;
        Ok(Self {
            outlet,
            relay: Arc::new(relay),
            descriptors: Arc::new(descriptors),
        })
    }
}

impl Screen {
    /// Makes what is printed go through the prompt, where there is a terminal for it.
    ///
    /// # Errors
    /// When descriptors run out.
    pub(crate) fn new() -> std::io::Result<Self> {
        let endings = Arc::new(Endings::new()?);
        let term = env::var("TERM").unwrap_or_default().to_lowercase();
        let can_edit = !PLAIN.contains(&term.as_str());
        let wire = can_edit.then(|| Wire::lay(&endings).ok()).flatten();
        let colours = match wire {
            Some(_) => Colours::from_environment(),
            None => Colours::NONE,
        };
        Ok(Self {
            plain: Plain::new(endings.clone()),
            endings,
            wire,
            lines: None,
            colours,
        })
    }

    /// Has the runtime lay the relay down around a fork.
    pub(crate) fn around_fork(&self, builder: Builder) -> Builder {
        let Some(wire) = &self.wire else {
            return builder;
        };
        let (before, parent, child) = (wire.clone(), wire.clone(), wire.clone());
        let hooks = ForkHooks::new()
            .before(move || before.relay.lay_down())
            .in_parent(move || parent.relay.start())
            .in_child(move || child.outlet.forsake());
        builder.around_fork(hooks)
    }

    /// From now on lines can be read.
    pub(crate) fn begin(&mut self, session: &Session) {
        let Some(wire) = &self.wire else { return };
        let lines = Lines::new(
            session.clone(),
            wire.outlet.clone(),
            self.endings.clone(),
            self.colours,
        );
        self.lines = lines.ok();
        wire.relay.start();
    }

    /// Reads a line; `before` are the lines of the unfinished input it goes on with.
    pub(crate) fn read_line(&mut self, prompt: &str, before: &str) -> Line {
        if let Some(lines) = &mut self.lines
            && let Ok(line) = lines.read_line(prompt, before)
        {
            return line;
        }
        self.plain.read_line(prompt)
    }

    /// Keeps an input in the history.
    pub(crate) fn remember(&mut self, text: &str) {
        if let Some(lines) = &mut self.lines {
            lines.remember(text);
        }
    }

    /// Shows a text after what the terminal itself has shown of a key: `^C`.
    pub(crate) fn say_after_key(&self, text: &str) {
        match &self.wire {
            Some(wire) => wire.outlet.key_was_shown(),
            None => {
                let _ = std::io::stdout().write_all(b"\n");
            }
        }
        self.say(text);
    }

    /// Shows a text on lines of its own.
    pub(crate) fn say(&self, text: &str) {
        let mut text = text.trim_end_matches('\n').to_string();
        text.push('\n');
        match &self.wire {
            Some(wire) => wire.outlet.say(&text),
            None => {
                let _ = std::io::stdout().write_all(text.as_bytes());
            }
        }
    }

    /// Whether more than lines can be shown.
    pub(crate) fn can_edit(&self) -> bool {
        self.wire.is_some()
    }

    /// Lets `f` have the terminal. What is printed meanwhile is shown afterwards.
    pub(crate) fn lend<T>(
        &self,
        f: impl FnOnce(File, &Endings) -> std::io::Result<T>,
    ) -> std::io::Result<T> {
        let Some(wire) = &self.wire else {
            let terminal = rustix::io::dup(std::io::stdout())?;
            return f(terminal.into(), &self.endings);
        };
        let terminal = wire.outlet.terminal()?;
        wire.outlet.begin_editing();
        let result = f(terminal, &self.endings);
        wire.outlet.end_editing();
        result
    }

    /// Returns the inputs of this and earlier prompts that contain a text, oldest first.
    pub(crate) fn remembered(&self, text: &str) -> Vec<String> {
        let lines = self.lines.as_ref();
        lines.map_or_else(Vec::new, |lines| lines.remembered(text))
    }

    /// The size of the terminal.
    pub(crate) fn window(&self) -> Window {
        window(&std::io::stdin())
    }

    /// No more lines are read.
    pub(crate) fn stop_reading(&mut self) {
        self.lines = None;
    }

    /// The signal that has ended the prompt. A terminal that is gone counts as one.
    pub(crate) fn ended_by(&self) -> Option<Signal> {
        let gone = || rustix::termios::tcgetattr(std::io::stdin()).is_err();
        self.endings
            .came()
            .or_else(|| gone().then_some(Signal::SIGHUP))
    }

    /// Gives the terminal back; everything that was printed is shown.
    pub(crate) fn end(&self) {
        if let Some(wire) = &self.wire {
            wire.relay.lay_down();
            wire.outlet.flush();
            wire.descriptors.restore();
        }
    }
}
