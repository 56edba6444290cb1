//! Which variables a script has at which place, as far as its text tells.

use super::outline::Outline;

/// A name that a script declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Declared<'t> {
    pub name: &'t str,
    pub is_constant: bool,
}

/// What can be named at a place.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Visible<'t> {
    /// Variables and constants, arguments included.
    pub inside: Vec<Declared<'t>>,
    /// Those of the top level, when the place is inside a function, which does not see them.
    pub outside: Vec<Declared<'t>>,
}

/// What can be named at piece `at` of a text.
pub(crate) fn visible<'t>(outline: &Outline<'t>, at: usize) -> Visible<'t> {
    let mut walk = Walk::new(outline);
    let mut inside = None;
    let mut is_in_function = false;
    for index in 0..outline.len() {
        if index == at {
            inside = Some(walk.names());
            is_in_function = walk.scopes.iter().any(|scope| scope.is_function);
        }
        walk.step(index);
    }
    Visible {
        inside: inside.unwrap_or_else(|| walk.names()),
        outside: if is_in_function { walk.top } else { Vec::new() },
    }
}

/// How far the end of a list of arguments is looked for, in pieces.
const ARGUMENTS_MAX: usize = 64;

/// What ends the life of the names declared in it.
#[derive(Default)]
struct Scope<'t> {
    names: Vec<Declared<'t>>,
    /// A function sees nothing from outside.
    is_function: bool,
    /// The body of a closure without a block: it ends with the argument or the statement around it.
    is_expression: bool,
    /// How many brackets were open where it began.
    depth: usize,
}

/// A walk through a text that keeps account of what is declared.
struct Walk<'o, 't> {
    outline: &'o Outline<'t>,
    scopes: Vec<Scope<'t>>,
    /// Open brackets.
    depth: usize,
    /// What the next block declares: the arguments of a function, the variables of `for` and `catch`.
    next: Scope<'t>,
    /// The arguments of a closure whose block is next.
    closure: Option<Scope<'t>>,
    /// Names whose statement has not ended: they cannot be used in it. With the brackets open around it.
    fresh: Vec<(Declared<'t>, usize)>,
    /// The first piece behind the arguments of a closure.
    resume: usize,
    /// Everything declared at the top level.
    top: Vec<Declared<'t>>,
}

impl<'o, 't> Walk<'o, 't> {
    fn new(outline: &'o Outline<'t>) -> Self {
        Self {
            outline,
            scopes: vec![Scope::default()],
            depth: 0,
            next: Scope::default(),
            closure: None,
            fresh: Vec::new(),
            resume: 0,
            top: Vec::new(),
        }
    }

    /// The names that can be seen from here.
    fn names(&self) -> Vec<Declared<'t>> {
        let own = self.scopes.iter().rposition(|scope| scope.is_function);
        let scopes = &self.scopes[own.unwrap_or(0)..];
        scopes
            .iter()
            .flat_map(|scope| scope.names.clone())
            .collect()
    }

    fn step(&mut self, at: usize) {
        if at < self.resume {
            return;
        }
        match self.outline.piece(at) {
            "fn" => self.next = self.arguments(at),
            "for" => self.next.names = self.words(at + 1, "in"),
            "catch" if self.outline.is_called(at) => self.next.names = self.words(at + 2, ")"),
            "with" => self.next.names = self.named_items(at + 1),
            "let" => self.declare(at + 1, false),
            "const" => self.declare(at + 1, true),
            "|" if self.begins_value(at) => self.closure(at),
            "(" | "[" => self.depth += 1,
            "{" | "#{" => self.open(at),
            ")" | "]" => {
                self.end_expressions();
                self.depth = self.depth.saturating_sub(1);
            }
            "}" => self.close(),
            "," => self.end_expressions(),
            ";" => {
                self.end_expressions();
                self.settle();
            }
            _ => (),
        }
    }

    /// The words from `at` up to `end`, on a short way.
    fn words(&self, at: usize, end: &str) -> Vec<Declared<'t>> {
        let last = self.outline.len().min(at + ARGUMENTS_MAX);
        let before_end = (at..last).take_while(|at| self.outline.piece(*at) != end);
        let words = before_end.filter(|at| self.outline.is_word(*at));
        words
            .map(|at| Declared {
                name: self.outline.piece(at),
                is_constant: false,
            })
            .collect()
    }

    /// The names of the items of a `with` statement from `at` on.
    fn named_items(&self, at: usize) -> Vec<Declared<'t>> {
        let last = self.outline.len().min(at + ARGUMENTS_MAX);
        let head = (at..last).take_while(|at| self.outline.piece(*at) != "{");
        let names = head.filter(|at| self.outline.piece(at - 1) == "as");
        names
            .map(|at| Declared {
                name: self.outline.piece(at),
                is_constant: false,
            })
            .collect()
    }

    /// The arguments of the function whose `fn` is at `at`.
    fn arguments(&self, at: usize) -> Scope<'t> {
        let open = (at + 1..at + 6).find(|at| self.outline.piece(*at) == "(");
        Scope {
            names: open.map_or_else(Vec::new, |open| self.words(open + 1, ")")),
            is_function: true,
            ..Scope::default()
        }
    }

    fn declare(&mut self, at: usize, is_constant: bool) {
        if !self.outline.is_word(at) {
            return;
        }
        let declared = Declared {
            name: self.outline.piece(at),
            is_constant,
        };
        self.fresh.push((declared, self.depth));
    }

    /// The statement has ended: what it declares can be used.
    fn settle(&mut self) {
        let depth = self.depth;
        while let Some((declared, _)) = self.fresh.pop_if(|fresh| fresh.1 >= depth) {
            if let [_] = self.scopes.as_slice() {
                self.top.push(declared);
            }
            if let Some(scope) = self.scopes.last_mut() {
                scope.names.push(declared);
            }
        }
    }

    /// Whether a value begins at `at`: there `|` begins a closure.
    fn begins_value(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else {
            return true;
        };
        match self.outline.piece(before) {
            ")" | "]" | "}" => false,
            "return" | "throw" | "in" | "else" => true,
            _ => self.outline.is_symbol(before),
        }
    }

    fn closure(&mut self, at: usize) {
        let names = self.words(at + 1, "|");
        let last = self.outline.len().min(at + ARGUMENTS_MAX);
        let end = (at + 1..last).find(|at| self.outline.piece(*at) == "|");
        self.resume = end.map_or(last, |end| end + 1);
        let scope = Scope {
            names,
            ..Scope::default()
        };
        if self.outline.piece(self.resume) == "{" {
            self.closure = Some(scope);
        } else {
            self.scopes.push(Scope {
                is_expression: true,
                depth: self.depth,
                ..scope
            });
        }
    }

    fn open(&mut self, at: usize) {
        self.depth += 1;
        let scope = match self.outline.piece(at) {
            "{" => match self.closure.take() {
                Some(closure) => closure,
                None => std::mem::take(&mut self.next),
            },
            _ => Scope::default(),
        };
        self.scopes.push(Scope {
            depth: self.depth,
            ..scope
        });
    }

    fn close(&mut self) {
        self.end_expressions();
        if self.scopes.len() > 1 {
            self.scopes.pop();
        }
        let depth = self.depth;
        while self.fresh.pop_if(|fresh| fresh.1 >= depth).is_some() {}
        self.depth = self.depth.saturating_sub(1);
    }

    /// Ends the closures without a block that end here.
    fn end_expressions(&mut self) {
        let depth = self.depth;
        let ends = |scope: &Scope<'_>| scope.is_expression && scope.depth >= depth;
        while self.scopes.last().is_some_and(ends) {
            self.scopes.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names visible at `@`, and those outside.
    fn names(text: &str) -> (Vec<String>, Vec<String>) {
        let (before, _) = text.split_once('@').unwrap();
        let line = before.matches('\n').count() + 1;
        let column = before.lines().last().unwrap_or_default().chars().count() + 1;
        let text = text.replace('@', "here");
        let outline = Outline::of(&text);
        let visible = visible(&outline, outline.at(line, column).unwrap());
        let list = |all: Vec<Declared<'_>>| all.iter().map(|d| d.name.to_string()).collect();
        (list(visible.inside), list(visible.outside))
    }

    fn inside(text: &str) -> Vec<String> {
        names(text).0
    }

    #[test]
    fn what_is_declared_before_is_seen_and_what_has_ended_is_not() {
        assert_eq!(
            inside("let a = 1; { let b = 2; } const c = 3; @; let d = 4;"),
            ["a", "c"]
        );
        assert_eq!(inside("for i in range(3) { let x = i; @ }"), ["i", "x"]);
        assert_eq!(inside("for (x, i) in xs { @ }"), ["x", "i"]);
        assert_eq!(inside("for i in xs { } @"), [""; 0]);
        assert_eq!(inside("try { let a = 1; } catch (e) { @ }"), ["e"]);
        assert_eq!(inside("let m = #{ a: 1, b: [2] }; @"), ["m"]);
        assert_eq!(inside("with l, f(1) as a, g as b { @ }"), ["a", "b"]);
        assert_eq!(inside("with l as a { } @"), [""; 0]);
    }

    #[test]
    fn a_function_sees_its_arguments_only() {
        let text = "let a = 1;\nconst K = 2;\nfn f(x, y) {\n  let z = 1;\n  @\n}\nlet b = 3;";
        let (inside, outside) = names(text);
        assert_eq!(inside, ["x", "y", "z"]);
        assert_eq!(outside, ["a", "K", "b"]);
        assert_eq!(names("fn f(x) { x } @").0, [""; 0]);
    }

    #[test]
    fn a_closure_sees_what_is_around_it() {
        assert_eq!(inside("let a = 1; let b = @;"), ["a"]);
        assert_eq!(inside("let f = || { let a = 1; a }; @"), ["f"]);
        assert_eq!(inside("let a = 1; let f = |x, y| x + @;"), ["a", "x", "y"]);
        assert_eq!(
            inside("let a = 1; g(|x| { let b = x; @ });"),
            ["a", "x", "b"]
        );
        assert_eq!(inside("g(|x| x + 1, @);"), [""; 0]);
        assert_eq!(inside("let f = |x| [x, |y| y, @];"), ["x"]);
        assert_eq!(inside("let a = 1; let d = b | @ | c;"), ["a"]);
        assert_eq!(inside("let a = 1; let f = || @;"), ["a"]);
    }

    #[test]
    fn no_text_makes_it_fail() {
        for text in [
            "@",
            "}}})@",
            "|@",
            "fn @",
            "for @",
            "let @",
            "{{{(((@",
            "fn f(a, |x @",
            "`${@",
            "\"@",
        ] {
            names(text);
        }
    }
}
