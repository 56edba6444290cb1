//! Positions of a program's functions and lines, and how reports show them.

use std::path::Path;

use rhai::{FnAccess, Position, ScriptFuncDef};

use super::bodies::uses_this;
use super::frame::Frame;
use super::source::{Program, Source};
use crate::syntax::pieces;
use crate::text::to_path;

impl Program {
    /// Returns how reports show the file that Rhai calls `name`.
    pub(crate) fn shown(&self, name: &str) -> String {
        let parts = self.parts();
        if let Some(input) = parts.input(name) {
            return input.source.shown.clone();
        }
        let path = to_path(name);
        let relative = path.strip_prefix(&self.start_dir).unwrap_or(&path);
        relative.display().to_string()
    }

    /// Returns the file that reports show as `shown`.
    pub(crate) fn source_shown(&self, shown: &str) -> Option<Source> {
        let parts = self.parts();
        let mut newest_first = parts.sources.iter().rev();
        newest_first.find(|source| source.shown == shown).cloned()
    }

    /// Returns whether a file of the program may import something under this name.
    #[cfg(feature = "compile")]
    pub(crate) fn may_import_as(&self, name: &str) -> bool {
        let parts = self.parts();
        parts.sources.iter().any(|source| {
            let mut words = source.text.split_whitespace();
            std::iter::from_fn(|| words.find(|word| *word == "as").and_then(|_| words.next()))
                .any(|word| word.trim_end_matches(';') == name)
        })
    }

    /// Returns the functions of this name, except those of modules: signature and position.
    pub(crate) fn definitions(&self, name: &str) -> Vec<(String, Frame)> {
        let inputs = self.inputs();
        let functions = inputs.iter().rev().flat_map(|input| {
            let rows = input.functions.iter_script_fn_info();
            rows.map(|(.., definition)| (&input.source.name, definition))
        });
        let mut found: Vec<(String, Frame)> = functions
            .filter(|(_, function)| function.name == name)
            .map(|(file, function)| {
                let place = self.frame(file, function.body.start_position(), name);
                (signature(function), place)
            })
            .collect();
        found.sort_by_key(|(_, place)| place.line);
        found
    }

    /// Returns the public functions of the imported file `stem.rhai`: names and signatures.
    pub(crate) fn functions_of_module(&self, stem: &str) -> Vec<(String, String)> {
        let parts = self.parts();
        let is_it = |name: &str| Path::new(name).file_stem().is_some_and(|s| s == stem);
        let modules = parts.modules.values().filter(|m| is_it(&m.source.name));
        let functions = modules.flat_map(|module| module.functions.iter_script_fn_info());
        functions
            .filter(|(.., f)| f.access == FnAccess::Public && !f.name.contains('$'))
            .map(|(.., f)| (f.name.to_string(), signature(f)))
            .collect()
    }

    /// Returns where the function of this name is defined; reports show it as `shown`.
    pub(crate) fn definition(&self, name: &str, shown: &str) -> Option<Frame> {
        let (file, position) = {
            let parts = self.parts();
            let (source, definition) = parts.definitions().find(|(_, f)| f.name == name)?;
            (source.name.clone(), definition.body.start_position())
        };
        Some(self.frame(&file, position, shown)).filter(|frame| frame.line > 0)
    }

    /// Returns whether a function of the script may use `this`: others do the same wherever they are called.
    pub(crate) fn may_use_this(&self, name: &str) -> bool {
        let parts = self.parts();
        let mut forms = parts.definitions().filter(|(_, form)| form.name == name);
        forms.any(|(source, form)| {
            let start = source.before(form.body.start_position());
            let end = source.before(form.body.end_position());
            let body = start
                .zip(end)
                .and_then(|(start, end)| end.get(start.len()..));
            body.is_none_or(|body| body.is_empty() || body.contains("this"))
        })
    }

    /// Returns the comment before the function of this name, whose lines begin with `///`.
    pub(crate) fn comment_of(&self, name: &str) -> Option<String> {
        let parts = self.parts();
        let (source, definition) = parts.definitions().find(|(_, f)| f.name == name)?;
        if name.starts_with("anon$") {
            return None;
        }
        let lines = comment_above(&source.text, definition);
        let texts = lines.iter().map(|line| {
            let line = line.trim_end();
            line.strip_prefix(' ').unwrap_or(line)
        });
        (!lines.is_empty()).then(|| texts.collect::<Vec<_>>().join("\n"))
    }

    /// Returns whether a function of the script uses `this`.
    pub(crate) fn uses_this(&self, name: &str) -> bool {
        let parts = self.parts();
        let mut forms = parts.definitions().filter(|(_, form)| form.name == name);
        forms.any(|(_, form)| uses_this(form))
    }

    /// Returns the source of the file that Rhai calls `name`, up to a position.
    pub(crate) fn text_before(&self, name: &str, position: Position) -> Option<String> {
        let parts = self.parts();
        let source = parts.sources.iter().find(|source| source.name == name)?;
        Some(source.before(position)?.to_string())
    }

    /// Returns the last character before a position of the file that Rhai calls `name`, white space aside.
    pub(crate) fn mark_before(&self, name: &str, position: Position) -> Option<char> {
        let parts = self.parts();
        let source = parts.sources.iter().find(|source| source.name == name)?;
        source.before(position)?.trim_end().chars().next_back()
    }

    /// Returns whether `["x"]` is at a position of the file that Rhai calls `name`, not `.x`; `None` if neither is: the position is that of
    /// another text, as of one that is evaluated.
    pub(crate) fn is_item_at(&self, name: &str, position: Position, member: &str) -> Option<bool> {
        let parts = self.parts();
        let source = parts.sources.iter().find(|source| source.name == name)?;
        let start = source.before(position)?.len();
        let from = source.text[start..].trim_start_matches('?');
        match from.strip_prefix('.') {
            Some(rest) => rest.trim_start().starts_with(member).then_some(false),
            None => from.starts_with('[').then_some(true),
        }
    }

    /// Returns a position in the file that Rhai calls `name`, in `function`.
    pub(crate) fn frame(&self, name: &str, position: Position, function: &str) -> Frame {
        let line = position.line().unwrap_or(0);
        let code = {
            let parts = self.parts();
            let source = parts.sources.iter().find(|source| source.name == name);
            source.and_then(|source| Some(source.line(line)?.to_string()))
        };
        Frame {
            file: self.shown(name),
            line,
            column: position.position().unwrap_or(0),
            function: function.into(),
            code: code.unwrap_or_default(),
            times: 1,
        }
    }
}

/// Returns the signature of a script's function: `f(a, b)`.
fn signature(function: &ScriptFuncDef) -> String {
    let params: Vec<&str> = function.params.iter().map(|name| name.as_str()).collect();
    format!("{}({})", function.name, params.join(", "))
}

/// Returns the lines of the comment above a function that is not a closure, each without its `///`.
pub(crate) fn comment_above<'t>(text: &'t str, function: &ScriptFuncDef) -> Vec<&'t str> {
    let body = function.body.start_position();
    let body = (body.line().unwrap_or(0), body.position().unwrap_or(0));
    let (code, comments) = pieces(text);
    let end = code.partition_point(|piece| (piece.line, piece.column) < body);
    // Functions are not inside others, so the last `fn` before the body is its own.
    let head = code[..end].iter().rfind(|piece| piece.text == "fn");
    let head = head.map_or(0, |piece| piece.line);
    let above = comments.iter().rev().skip_while(|piece| piece.line >= head);
    let lines = above.zip((0..head).rev());
    let mut lines: Vec<&str> = lines
        .take_while(|(piece, line)| piece.line == *line)
        .map_while(|(piece, _)| piece.text.strip_prefix("///"))
        .collect();
    lines.reverse();
    lines
}
