//! A parser: its arguments, and how they are grouped.

use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic, FnPtr, Map};

use crate::sys::lock::locked;

/// In place of a help or a default: there is none, and nothing is shown or set.
pub(super) const SUPPRESS: &str = "==SUPPRESS==";

/// A parser, shared by reference.
#[derive(Debug, Clone)]
pub(super) struct Parser(Arc<Mutex<Model>>);

impl Parser {
    pub(super) fn new(model: Model) -> Self {
        Self(Arc::new(Mutex::new(model)))
    }

    /// Reads or changes the parser. Nothing of a script runs meanwhile.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Model) -> T) -> T {
        look(&mut locked(&self.0))
    }

    /// Returns the parser as it is now, for work that runs functions of the script.
    pub(super) fn model(&self) -> Model {
        self.with(|model| model.clone())
    }

    pub(super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

/// A parser and its arguments, which are known by their places.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub prog: String,
    pub usage: Option<String>,
    pub description: Option<String>,
    pub epilog: Option<String>,
    /// How the help is laid out.
    pub formatter: String,
    /// The default of arguments that have none.
    pub argument_default: Option<Fallback>,
    pub abbreviates: bool,
    pub exits_on_error: bool,
    pub arguments: Vec<Argument>,
    pub groups: Vec<Group>,
    pub exclusive: Vec<Exclusive>,
    /// What `set_defaults` has set.
    pub defaults: Map,
}

/// The group of arguments without a hyphen, and that of the others.
pub(super) const POSITIONALS: usize = 0;
pub(super) const OPTIONALS: usize = 1;

/// A group of arguments in the help.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub title: Option<String>,
    pub description: Option<String>,
    pub members: Vec<usize>,
}

/// Arguments of which a command line has at most one.
#[derive(Debug, Clone)]
pub(super) struct Exclusive {
    pub is_required: bool,
    pub members: Vec<usize>,
}

/// The value of an argument that is not given: `None` for one that is not set at all.
pub(super) type Fallback = Option<Dynamic>;

/// An argument.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    /// `-v`, `--verbose`; none for an argument by position.
    pub options: Vec<String>,
    /// The attribute that gets the value; `None` if none does.
    pub dest: Option<String>,
    pub action: Action,
    pub count: Count,
    pub constant: Dynamic,
    pub default: Fallback,
    pub convert: Option<FnPtr>,
    pub choices: Option<Array>,
    pub is_required: bool,
    /// It is left out of the help.
    pub is_hidden: bool,
    pub help: Option<String>,
    pub metavar: Option<Metavar>,
}

/// The names of an argument's values in the help.
#[derive(Debug, Clone)]
pub(super) enum Metavar {
    One(String),
    /// One for each value.
    Each(Vec<String>),
}

/// How many words an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// One, whose value is not in a list.
    One,
    Exactly(usize),
    /// `?`
    Optional,
    /// `*`
    Any,
    /// `+`
    Some,
    /// All that follow.
    Remainder,
    /// The name of a parser, and all that follow.
    Parser,
}

/// What an argument does with its values.
#[derive(Debug, Clone)]
pub(super) enum Action {
    Store,
    /// The constant of `store_true` and `store_false` is known.
    StoreConstant {
        is: Option<bool>,
    },
    Append,
    AppendConstant,
    Extend,
    Count,
    Boolean,
    Help,
    Version(Option<String>),
    Parsers(Commands),
}

/// The parsers of sub-commands.
#[derive(Debug, Clone)]
pub(super) struct Commands {
    /// What their names follow.
    pub prog: String,
    /// By name and alias.
    pub parsers: Vec<(String, Parser)>,
    /// The commands in the help: names, and help.
    pub shown: Vec<(String, String)>,
}

impl Argument {
    pub(super) fn is_option(&self) -> bool {
        !self.options.is_empty()
    }

    /// Returns whether it takes no words.
    pub(super) fn is_flag(&self) -> bool {
        self.count == Count::Exactly(0)
    }

    /// Returns the name of the argument in messages; `None` if it has none.
    pub(super) fn name(&self) -> Option<String> {
        if self.is_option() {
            return Some(self.options.join("/"));
        }
        match (&self.metavar, &self.dest, self.choices.as_deref()) {
            (Some(Metavar::One(name)), ..) => Some(name.clone()),
            (Some(Metavar::Each(names)), ..) => Some(names.join(", ")),
            (None, Some(dest), _) => Some(dest.clone()),
            (None, None, Some(choices)) => {
                let names: Vec<_> = choices.iter().map(ToString::to_string).collect();
                Some(format!("{{{}}}", names.join(",")))
            }
            (None, None, None) => None,
        }
    }
}

impl Model {
    /// Returns the places of the arguments without a hyphen.
    pub(super) fn positionals(&self) -> Vec<usize> {
        self.places(|argument| !argument.is_option())
    }

    pub(super) fn places(&self, is_meant: impl Fn(&Argument) -> bool) -> Vec<usize> {
        let all = self.arguments.iter().enumerate();
        let meant = all.filter(|(_, argument)| is_meant(argument));
        meant.map(|(place, _)| place).collect()
    }

    /// Returns the argument that has this option.
    pub(super) fn option(&self, word: &str) -> Option<usize> {
        // Of two the later counts.
        let has_it = |argument: &Argument| argument.options.iter().any(|option| option == word);
        self.arguments.iter().rposition(has_it)
    }

    /// Adds an argument to a group, and to a group of arguments that exclude each other.
    pub(super) fn add(
        &mut self,
        argument: Argument,
        group: Option<usize>,
        exclusive: Option<usize>,
    ) {
        let place = self.arguments.len();
        let usual = match argument.is_option() {
            true => OPTIONALS,
            false => POSITIONALS,
        };
        self.groups[group.unwrap_or(usual)].members.push(place);
        if let Some(exclusive) = exclusive {
            self.exclusive[exclusive].members.push(place);
        }
        self.arguments.push(argument);
    }
}
