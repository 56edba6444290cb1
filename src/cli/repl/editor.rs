//! Reading an input with rustyline, and where what is printed goes meanwhile.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use procscript::prompt::Interactive;
use rustyline::config::{BellStyle, Config};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Behavior, ColorMode, CompletionType, Editor};

use super::helper::Helper;
use super::highlight::Colours;
use super::history::{self, Keeper};
use super::keys::{self, Flags};
use super::outlet::Outlet;
use super::plain::Line;
use super::session::Session;
use super::signals::Endings;

/// rustyline waits with select(2), which takes no larger numbers.
const DESCRIPTORS_MAX: i32 = 1000;

/// A line editor on the terminal.
pub(crate) struct Lines {
    editor: Editor<Helper, FileHistory>,
    keeper: Keeper,
    outlet: Arc<Outlet>,
    endings: Arc<Endings>,
    flags: Arc<Flags>,
}

impl Lines {
    /// # Errors
    /// When rustyline cannot be had.
    pub(crate) fn new(
        session: Session,
        outlet: Arc<Outlet>,
        endings: Arc<Endings>,
        colours: Colours,
    ) -> rustyline::Result<Self> {
        let config = Config::builder()
            .behavior(Behavior::PreferTerm)
            // The highlighter is asked in any case: it shows what was printed, and knows about colours itself.
            .color_mode(ColorMode::Forced)
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .bell_style(BellStyle::None)
            .history_ignore_space(true)
            .history_ignore_dups(true)?
            .max_history_size(history::LENGTH)?
            .indent_size(4)
            .build();
        let mut editor = Editor::with_config(config)?;
        let flags = Arc::new(Flags::default());
        let helper = Helper::new(session, outlet.clone(), flags.clone(), colours);
        editor.set_helper(Some(helper));
        keys::bind(&mut editor, &outlet, &flags);
        outlet.set_bell(Box::new(editor.create_external_printer()?));
        let keeper = Keeper::open(&mut editor);
        Ok(Self {
            editor,
            keeper,
            outlet,
            endings,
            flags,
        })
    }

    /// Reads one line; `before` are the lines of the unfinished input it goes on with.
    pub(crate) fn read_line(&mut self, prompt: &str, before: &str) -> io::Result<Line> {
        // The descriptors rustyline opens now will have the lowest numbers that are free.
        let free = rustix::io::dup(rustix::stdio::stdin())?;
        if std::os::fd::AsRawFd::as_raw_fd(&free) > DESCRIPTORS_MAX {
            return Err(io::Error::other("too many open files"));
        }
        drop(free);
        if let Some(helper) = self.editor.helper_mut() {
            helper.goes_on_with(before);
        }
        let indentation = keys::LEVEL.repeat(Interactive::indentation(before));
        let noting = self.endings.note();
        self.outlet.begin_editing();
        let read = self
            .editor
            .readline_with_initial(prompt, (&indentation, ""));
        self.outlet.end_editing();
        let line = match read {
            _ if self.endings.came().is_some() => Line::End,
            Ok(text) if self.flags.to_editor.swap(false, Ordering::Relaxed) => Line::Edit(text),
            Ok(text) => Line::Text(text),
            Err(ReadlineError::Interrupted) => Line::Interrupted,
            // Bytes that are no UTF-8: the line is lost, the prompt is not.
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                Line::Interrupted
            }
            Err(_) => Line::End,
        };
        if matches!(line, Line::End) {
            noting.go_on();
        }
        Ok(line)
    }

    /// Returns the inputs that contain a text, oldest first.
    pub(crate) fn remembered(&self, text: &str) -> Vec<String> {
        let all = self.editor.history().iter();
        let inputs = all.filter(|input| !input.starts_with(':'));
        inputs
            .filter(|input| input.contains(text))
            .cloned()
            .collect()
    }

    /// Keeps an input for this prompt and later ones.
    pub(crate) fn remember(&mut self, text: &str) {
        self.keeper.add(self.editor.history_mut(), text);
    }
}
