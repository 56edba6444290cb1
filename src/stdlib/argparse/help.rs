//! The whole help of a parser: usage, description, groups of arguments, epilog.

use rhai::{Dynamic, Map};

use super::invocation::{heading, with_prog};
use super::model::{Action, Argument, Count, Model};
use super::usage::usage;
use crate::script::{Call, Failure};
use crate::stdlib::builtins::text_failure;
use crate::sys::stdio::{Stream, terminal_size};
use crate::text::{self, Wrapping};

/// The names of layouts: descriptions as they are; all texts as they are; with defaults.
pub(super) const RAW_DESCRIPTION: &str = "RawDescriptionHelpFormatter";
pub(super) const RAW_TEXT: &str = "RawTextHelpFormatter";
pub(super) const DEFAULTS: &str = "ArgumentDefaultsHelpFormatter";

/// The column at which the help of arguments begins, unless their headings are shorter.
const HELP_COLUMN: usize = 24;

/// The width of a help that nobody has said.
const COLUMNS: usize = 80;

/// The least width of the help of arguments, and of other texts.
const WIDTH_MIN: usize = 11;

/// Returns how wide a help may be.
pub(super) fn width() -> usize {
    let set = std::env::var("COLUMNS").ok();
    let set = set.and_then(|columns| columns.parse::<usize>().ok());
    let columns = set
        .filter(|columns| *columns > 0)
        .or_else(|| terminal_size(Stream::Out).map(|(columns, _)| columns.into()));
    columns.unwrap_or(COLUMNS).saturating_sub(2)
}

/// Returns the usage alone.
///
/// # Errors
/// As [`whole`].
pub(super) fn usage_of(call: &Call<'_>, model: &Model) -> Result<String, Failure> {
    let all: Vec<usize> = (0..model.arguments.len()).collect();
    let usage = usage(call, model, &all, "usage: ", width())?;
    Ok(usage.trim_end_matches('\n').to_string() + "\n")
}

/// Returns a text as a paragraph of its own.
///
/// # Errors
/// As [`whole`].
pub(super) fn paragraph(call: &Call<'_>, model: &Model, text: &str) -> Result<String, Failure> {
    let layout = Layout::of(call, model);
    let text = layout.described(text, 0)?;
    Ok(text.trim_end_matches('\n').to_string() + "\n")
}

/// Returns the help.
///
/// # Errors
/// A text that the script has given is no valid format.
pub(super) fn whole(call: &Call<'_>, model: &Model) -> Result<String, Failure> {
    let layout = Layout::of(call, model);
    let all: Vec<usize> = (0..model.arguments.len()).collect();
    let mut help = usage(call, model, &all, "usage: ", layout.width)?;
    if let Some(description) = &model.description {
        help.push_str(&layout.described(description, 0)?);
    }
    for group in &model.groups {
        let mut inside = String::new();
        if let Some(description) = &group.description {
            inside.push_str(&layout.described(description, 2)?);
        }
        for place in &group.members {
            inside.push_str(&layout.argument(&model.arguments[*place])?);
        }
        if inside.is_empty() {
            continue;
        }
        help.push('\n');
        if let Some(title) = &group.title {
            help.push_str(&format!("{title}:\n"));
        }
        help.push_str(&inside);
        help.push('\n');
    }
    if let Some(epilog) = &model.epilog {
        help.push_str(&layout.described(epilog, 0)?);
    }
    while help.contains("\n\n\n") {
        help = help.replace("\n\n\n", "\n\n");
    }
    Ok(help.trim_matches('\n').to_string() + "\n")
}

/// How the texts of a help are laid out.
struct Layout<'a> {
    call: &'a Call<'a>,
    model: &'a Model,
    width: usize,
    /// The column at which the help of arguments begins.
    column: usize,
}

impl<'a> Layout<'a> {
    fn of(call: &'a Call<'a>, model: &'a Model) -> Self {
        let width = width();
        let most = HELP_COLUMN.min(width.saturating_sub(20).max(4));
        let shown = model.groups.iter().flat_map(|group| &group.members);
        let shown = shown.map(|place| &model.arguments[*place]);
        let longest = shown
            .filter(|argument| !argument.is_hidden)
            .flat_map(|argument| {
                let commands = match &argument.action {
                    Action::Parsers(commands) => commands.shown.as_slice(),
                    _ => &[],
                };
                let commands = commands.iter().map(|(name, _)| name.chars().count());
                let own = heading(call, argument).chars().count();
                std::iter::once(own).chain(commands).collect::<Vec<_>>()
            })
            .max();
        Self {
            call,
            model,
            width,
            column: most.min(longest.unwrap_or(0) + 4),
        }
    }

    /// Returns a description, with an empty line behind it.
    fn described(&self, text: &str, indent: usize) -> Result<String, Failure> {
        let text = match text.contains("%(prog)") {
            true => with_prog(self.call, text, &self.model.prog)?,
            false => text.into(),
        };
        let indent = " ".repeat(indent);
        let lines: Vec<String> = match self.model.formatter.as_str() {
            RAW_DESCRIPTION | RAW_TEXT => {
                let lines = text.split_inclusive('\n');
                let lines = lines.map(|line| format!("{indent}{line}"));
                return Ok(lines.collect::<String>() + "\n\n");
            }
            _ => {
                let width = self.width.saturating_sub(indent.len()).max(WIDTH_MIN);
                let wrapping = Wrapping::new(width).indented(&indent, &indent);
                wrapping.lines(&single_spaced(&text))
            }
        };
        Ok(lines.join("\n") + "\n\n")
    }

    /// Returns the lines of an argument, and those of sub-commands.
    fn argument(&self, argument: &Argument) -> Result<String, Failure> {
        if argument.is_hidden {
            return Ok(String::new());
        }
        let help = self.help_of(argument)?;
        let mut lines = self.entry(&heading(self.call, argument), &help, 2);
        if let Action::Parsers(commands) = &argument.action {
            for (name, help) in &commands.shown {
                let help = self.filled(help, None)?;
                lines.push_str(&self.entry(name, &help, 4));
            }
        }
        Ok(lines)
    }

    /// Returns a heading with its help to the right, or below if the heading is long.
    fn entry(&self, heading: &str, help: &str, indent: usize) -> String {
        let space = " ".repeat(indent);
        let room = self.column.saturating_sub(indent + 2);
        let length = heading.chars().count();
        if help.trim().is_empty() {
            return format!("{space}{heading}\n");
        }
        let lines = self.help_lines(help);
        let mut lines = lines.iter();
        let column = " ".repeat(self.column);
        let mut all = match length <= room {
            true => {
                let first = lines.next().map_or("", String::as_str);
                format!("{space}{heading:room$}  {first}\n")
            }
            false => format!("{space}{heading}\n"),
        };
        for line in lines {
            all.push_str(&format!("{column}{line}\n"));
        }
        all
    }

    fn help_lines(&self, help: &str) -> Vec<String> {
        if self.model.formatter == RAW_TEXT {
            return help.lines().map(Into::into).collect();
        }
        let width = self.width.saturating_sub(self.column).max(WIDTH_MIN);
        Wrapping::new(width).lines(&single_spaced(help))
    }

    /// Returns the help of an argument with its values filled in.
    fn help_of(&self, argument: &Argument) -> Result<String, Failure> {
        let mut help = argument.help.clone().unwrap_or_default();
        let may_be_missing =
            argument.is_option() || matches!(argument.count, Count::Optional | Count::Any);
        if self.model.formatter == DEFAULTS
            && !help.contains("%(default)")
            && argument.default.is_some()
            && may_be_missing
            && argument.help.is_some()
        {
            help.push_str(" (default: %(default)s)");
        }
        self.filled(&help, Some(argument))
    }

    fn filled(&self, help: &str, argument: Option<&Argument>) -> Result<String, Failure> {
        if !help.contains('%') {
            return Ok(help.into());
        }
        let mut values = Map::new();
        values.insert("prog".into(), self.model.prog.clone().into());
        if let Some(argument) = argument {
            values.extend(self.values_of(argument));
        }
        let custom = |value: &Dynamic| Some(self.call.str(value));
        text::percent(help, &values.into(), &custom).map_err(text_failure)
    }

    /// Returns the values that the help of an argument may name.
    fn values_of(&self, argument: &Argument) -> Map {
        let mut values = Map::new();
        let mut set = |name: &str, value: Dynamic| values.insert(name.into(), value);
        let optional = |text: &Option<String>| text.clone().map_or(Dynamic::UNIT, Dynamic::from);
        if let Some(default) = &argument.default {
            set("default", default.clone());
        }
        set("dest", optional(&argument.dest));
        set("help", optional(&argument.help));
        set("const", argument.constant.clone());
        set("required", argument.is_required.into());
        set(
            "type",
            argument.convert.as_ref().map_or(Dynamic::UNIT, |function| {
                text::function_name(function).to_string().into()
            }),
        );
        set(
            "choices",
            argument.choices.as_ref().map_or(Dynamic::UNIT, |choices| {
                let all: Vec<_> = choices.iter().map(|one| self.call.str(one)).collect();
                all.join(", ").into()
            }),
        );
        set(
            "nargs",
            match argument.count {
                Count::One | Count::Parser | Count::Remainder => Dynamic::UNIT,
                Count::Exactly(count) => Dynamic::from_int(count as i64),
                Count::Optional => "?".into(),
                Count::Any => "*".into(),
                Count::Some => "+".into(),
            },
        );
        set("metavar", heading(self.call, argument).into());
        values
    }
}

/// Returns the words of a text with single spaces between them.
fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
