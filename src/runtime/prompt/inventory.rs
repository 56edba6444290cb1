//! The variables and functions of a program at the prompt.

use super::Interactive;
use super::display::Display;
use super::enter::LAST;
use crate::program::lookup::comment_above;
use crate::script::values::type_name;

/// A variable or constant.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The Python name of the type of its value: `int`, `list`, `Queue`.
    pub type_name: String,
    /// The `repr` of its value, cut to about [`Variable::REPR_MAX`] characters.
    pub repr: String,
    /// Whether it was declared by `const`.
    pub is_constant: bool,
}

impl Variable {
    /// The longest `repr`, in characters.
    pub const REPR_MAX: usize = 200;
}

/// A function of the program.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The names of its parameters.
    pub params: Vec<String>,
    /// The lines of the `///` comment above it, without the slashes.
    pub comments: Vec<String>,
}

impl Interactive {
    /// Returns the variables and constants, sorted by name.
    pub fn variables(&self) -> Vec<Variable> {
        let visible = self
            .runtime
            .state
            .scope
            .iter_raw()
            .filter(|(name, ..)| *name != LAST);
        let brief = Display {
            characters: Some(Variable::REPR_MAX),
            ..Display::default()
        };
        let mut all: Vec<_> = visible
            .map(|(name, is_constant, value)| Variable {
                name: name.into(),
                type_name: type_name(value),
                repr: self.shown(value, brief),
                is_constant,
            })
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// Returns the functions that were defined, sorted by name.
    pub fn functions(&self) -> Vec<Function> {
        let mut all: Vec<Function> = Vec::new();
        for input in self.runtime.interp.program.inputs().into_iter().rev() {
            for (.., name, _, definition) in input.functions.iter_script_fn_info() {
                let is_own = !name.starts_with("anon$") && !name.starts_with("__");
                let params: Vec<_> = definition.params.iter().map(ToString::to_string).collect();
                let known = |f: &Function| f.name == name && f.params.len() == params.len();
                if is_own && !all.iter().any(known) {
                    all.push(Function {
                        name: name.into(),
                        params,
                        comments: comment_above(&input.source.text, definition)
                            .into_iter()
                            .map(|line| line.trim().to_string())
                            .collect(),
                    });
                }
            }
        }
        all.sort_by(|a, b| (&a.name, a.params.len()).cmp(&(&b.name, b.params.len())));
        all
    }
}
