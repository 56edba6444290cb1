//! The function around a position, which a line of a log names.

use std::collections::HashMap;

use rhai::Position;

use super::frame::{TOP_LEVEL, function_name};
use super::source::{Enclosing, Place, Program};
use super::traceback::render;
use crate::syntax::{Brackets, pieces};

impl Program {
    /// Returns the name of the function around a position of the file that Rhai calls `file`, as tracebacks show it.
    pub(crate) fn function_around(&self, file: &str, position: Position) -> String {
        let (Some(line), Some(column)) = (position.line(), position.position()) else {
            return TOP_LEVEL.into();
        };
        let at = (line, column);
        let known = |known: &Enclosing| known.get(file)?.get(&at).cloned();
        if let Some(name) = known(&self.parts().enclosing) {
            return name;
        }
        let name = self.find_around(file, at);
        let name = name.unwrap_or_else(|| TOP_LEVEL.into());
        let mut parts = self.parts();
        let of_file = parts.enclosing.entry(file.into()).or_default();
        of_file.insert(at, name.clone());
        name
    }

    /// Returns the place of a call as Python shows the stack: only the innermost call is known.
    pub(crate) fn stack_at(&self, file: &str, position: Position) -> String {
        let function = self.function_around(file, position);
        let shown = render(&[self.frame(file, position, &function)]);
        shown.replacen("Traceback", "Stack", 1).trim_end().into()
    }

    fn find_around(&self, file: &str, at: Place) -> Option<String> {
        let parts = self.parts();
        let own = parts
            .definitions()
            .filter(|(source, _)| source.name == file);
        let bodies: HashMap<Place, String> = own
            .filter_map(|(_, definition)| {
                let start = definition.body.start_position();
                let start = (start.line()?, start.position()?);
                Some((start, function_name(&definition.name)))
            })
            .collect();
        let source = parts.sources.iter().find(|source| source.name == file)?;
        innermost(&source.text, &bodies, at)
    }
}

/// Returns the name of the innermost body around a place. Bodies are known by where they begin: a block at its bracket, and an expression,
/// the body of a closure, at its first piece.
fn innermost(text: &str, bodies: &HashMap<Place, String>, at: Place) -> Option<String> {
    let pieces = pieces(text).0;
    let brackets = Brackets::of(pieces.iter().map(|piece| piece.text));
    let mut next = pieces
        .partition_point(|piece| piece.place() <= at)
        .checked_sub(1);
    while let Some(inside) = next {
        let around = brackets.around(inside);
        // Back to the beginning of the argument or the statement.
        let beginning = (0..=inside)
            .rev()
            .take_while(|index| Some(*index) != around)
            .filter(|index| brackets.around(*index) == around)
            .take_while(|index| !matches!(pieces[*index].text, "," | ";"));
        for index in beginning {
            let is_block = pieces[index].text == "{";
            let found = bodies.get(&pieces[index].place());
            if let Some(name) = found.filter(|_| !is_block || index == inside) {
                return Some(name.clone());
            }
        }
        next = around;
    }
    None
}
