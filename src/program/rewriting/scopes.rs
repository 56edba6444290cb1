//! Which variables are visible at a place of a tree.

use rhai::ImmutableString;

/// The variables of the functions around a place.
pub(super) struct Scopes<'o> {
    /// Whether the text begins with a variable of this name.
    is_outside: &'o dyn Fn(&str) -> bool,
    /// The innermost last. The first is the top level, or a function with a name.
    frames: Vec<Frame>,
}

/// The variables of a function, or of the top level.
#[derive(Default)]
struct Frame {
    /// The newest last.
    variables: Vec<ImmutableString>,
    /// Those of the surroundings that a closure has to capture besides what it does.
    captured: Vec<ImmutableString>,
    /// Nothing outside of it is visible, not even what is outside of the text.
    is_alone: bool,
}

impl<'o> Scopes<'o> {
    /// Returns the scopes at the beginning of a text.
    pub(super) fn new(is_outside: &'o dyn Fn(&str) -> bool) -> Self {
        Self {
            is_outside,
            frames: vec![Frame::default()],
        }
    }

    pub(super) fn declare(&mut self, name: &ImmutableString) {
        if let Some(frame) = self.frames.last_mut() {
            frame.variables.push(name.clone());
        }
    }

    /// Returns how many variables there are, for [`end_block`](Self::end_block).
    pub(super) fn begin_block(&self) -> usize {
        self.frames.last().map_or(0, |frame| frame.variables.len())
    }

    pub(super) fn end_block(&mut self, before: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.variables.truncate(before);
        }
    }

    pub(super) fn begin_function(&mut self, params: &[ImmutableString], is_closure: bool) {
        self.frames.push(Frame {
            variables: params.to_vec(),
            captured: Vec::new(),
            is_alone: !is_closure,
        });
    }

    /// Returns what the function has to capture.
    pub(super) fn end_function(&mut self) -> Vec<ImmutableString> {
        let ended = self.frames.pop();
        ended.map_or_else(Vec::new, |frame| frame.captured)
    }

    /// Returns whether a variable of this name is visible, and lets closures capture it.
    pub(super) fn find(&mut self, name: &ImmutableString) -> bool {
        let Some(owner) = self.owner(name) else {
            return false;
        };
        for closure in &mut self.frames[owner + 1..] {
            closure.captured.push(name.clone());
            closure.variables.insert(0, name.clone());
        }
        true
    }

    /// Returns whether a variable of this name is visible.
    pub(super) fn has(&self, name: &str) -> bool {
        self.owner(name).is_some()
    }

    /// Returns the frame that has the variable.
    fn owner(&self, name: &str) -> Option<usize> {
        for (at, frame) in self.frames.iter().enumerate().rev() {
            if frame.variables.iter().any(|known| known == name)
                || at == 0 && (self.is_outside)(name)
            {
                return Some(at);
            }
            if frame.is_alone {
                return None;
            }
        }
        None
    }
}
