//! Random numeric programs. They always end, in a value or in an error, and print nothing but what they compute.

mod expressions;
mod statements;

use std::fmt::Write;

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// The deepest nesting of expressions, of statements, and of loops.
const EXPRESSIONS: u32 = 3;
const STATEMENTS: u32 = 3;
const LOOPS: u32 = 2;

/// How long a list becomes by appending.
const LONGEST: usize = 100;

/// Types as the generator intends them. One time in fifty it writes another on purpose.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Int,
    Float,
    Bool,
    Ints,
    Floats,
    Bools,
    Rows,
}

const SCALARS: [Kind; 3] = [Kind::Int, Kind::Float, Kind::Bool];
const LISTS: [Kind; 3] = [Kind::Ints, Kind::Floats, Kind::Bools];
const ALL_LISTS: [Kind; 4] = [Kind::Ints, Kind::Floats, Kind::Bools, Kind::Rows];

#[derive(Debug, Clone)]
struct Function {
    name: String,
    params: Vec<Kind>,
    result: Kind,
}

/// Writes one program.
pub(super) struct Generator {
    rng: SmallRng,
    text: String,
    indent: usize,
    /// Variables in scope, with whether they may be assigned to.
    variables: Vec<(String, Kind, bool)>,
    functions: Vec<Function>,
    /// What a `return` gives here.
    result: Option<Kind>,
    loops: u32,
    /// Makes names different in each program and in each place.
    prefix: String,
    names: usize,
}

/// Returns the program of this seed. Its names begin with `prefix`, so that several can follow each other in one runtime.
pub(crate) fn program(seed: u64, prefix: &str) -> String {
    let mut generator = Generator {
        rng: SmallRng::seed_from_u64(seed),
        text: String::new(),
        indent: 0,
        variables: Vec::new(),
        functions: Vec::new(),
        result: None,
        loops: 0,
        prefix: prefix.into(),
        names: 0,
    };
    generator.program();
    generator.text
}

impl Generator {
    fn program(&mut self) {
        for _ in 0..self.rng.random_range(0..=3) {
            self.function();
        }
        let _ = writeln!(
            self.text,
            "random.seed({});",
            self.rng.random_range(0..1000)
        );
        let in_block = self.one_in(3);
        if in_block {
            self.line("{");
            self.indent += 1;
        }
        for _ in 0..self.rng.random_range(2..=6) {
            self.declaration();
        }
        // An error that is not caught is compared with its place, and one that is caught leaves the variables to compare.
        let is_caught = !self.one_in(3);
        if is_caught {
            self.line("try {");
            self.indent += 1;
        }
        let declared = self.variables.len();
        for _ in 0..self.rng.random_range(1..=4) {
            self.statement(STATEMENTS);
        }
        if self.one_in(4) {
            self.closures();
        }
        self.calls();
        if is_caught {
            self.variables.truncate(declared);
            self.indent -= 1;
            let name = self.name("e");
            self.line(&format!(
                "}} catch ({name}) {{ print({name}.type, {name}.message); }}"
            ));
        }
        let all: Vec<_> = self.variables.iter().map(|v| v.0.clone()).collect();
        let all = all.join(", ");
        self.line(&format!("print(repr([{all}, random.random()]));"));
        if in_block {
            self.indent -= 1;
            self.line("}");
        }
    }

    fn function(&mut self) {
        let count = self.rng.random_range(1..=3);
        let params: Vec<Kind> = (0..count)
            .map(|_| {
                if self.one_in(3) {
                    self.pick(&ALL_LISTS)
                } else {
                    self.pick(&SCALARS)
                }
            })
            .collect();
        let result = if self.one_in(3) {
            self.pick(&ALL_LISTS)
        } else {
            self.pick(&SCALARS)
        };
        let name = self.name("f");
        self.variables = params
            .iter()
            .map(|kind| (self.name("p"), *kind, true))
            .collect();
        let names: Vec<_> = self.variables.iter().map(|v| v.0.clone()).collect();
        self.line(&format!("fn {name}({}) {{", names.join(", ")));
        self.indent += 1;
        self.result = Some(result);
        if params[0] == Kind::Int && self.one_in(3) && SCALARS.contains(&result) {
            self.recursion(&name, &names, result);
        }
        for _ in 0..self.rng.random_range(0..=5) {
            self.statement(STATEMENTS - 1);
        }
        let value = self.value(result, EXPRESSIONS);
        self.line(&value);
        self.indent -= 1;
        self.line("}");
        self.result = None;
        self.variables.clear();
        self.functions.push(Function {
            name,
            params,
            result,
        });
    }

    /// A call of the function itself, with a first argument that falls until it is small.
    fn recursion(&mut self, name: &str, names: &[String], result: Kind) {
        let end = self.expression(result, 1);
        let first = &names[0];
        let mut args = vec![format!("{first} - {}", self.rng.random_range(1..=3))];
        args.extend(names[1..].iter().cloned());
        let call = format!("{name}({})", args.join(", "));
        self.line(&format!("if {first} > 30 {{ {first} = 30; }}"));
        self.line(&format!("if {first} < 2 {{ return {end}; }}"));
        let more = if result == Kind::Bool {
            format!("!{call}")
        } else {
            let operator = self.pick(&["+", "-", "*"]);
            let other = self.expression(result, 1);
            format!("{call} {operator} {other}")
        };
        self.line(&format!("if {first} % 2 == 0 {{ return {more}; }}"));
    }

    fn declaration(&mut self) {
        let kind = match self.rng.random_range(0..8) {
            0..=2 => Kind::Int,
            3 | 4 => Kind::Float,
            5 => Kind::Bool,
            6 => self.pick(&LISTS),
            _ => Kind::Rows,
        };
        let value = match kind {
            Kind::Rows => {
                let rows: Vec<_> = (0..self.rng.random_range(1..=3))
                    .map(|_| self.list(Kind::Floats))
                    .collect();
                format!("[{}]", rows.join(", "))
            }
            list if LISTS.contains(&list) => self.list(list),
            scalar => self.literal(scalar),
        };
        let name = self.name("v");
        let is_constant = self.one_in(10) && SCALARS.contains(&kind);
        let word = if is_constant { "const" } else { "let" };
        self.line(&format!("{word} {name} = {value};"));
        self.variables.push((name, kind, !is_constant));
    }

    /// Calls of the functions, by the interpreter.
    fn calls(&mut self) {
        for kind in self.functions.iter().map(|f| f.result).collect::<Vec<_>>() {
            if let Some(call) = self.call(kind, 1) {
                let name = self.name("e");
                self.line(&format!(
                    "try {{ print(repr({call})); }} catch ({name}) {{ print({name}.type, {name}.message, {name}.line); }}"
                ));
            }
        }
    }

    /// Functions as values, which Rust calls.
    fn closures(&mut self) {
        let kind = self.pick(&[Kind::Ints, Kind::Floats]);
        let Some(list) = self.variable_of(kind, false) else {
            return;
        };
        let item = self.name("c");
        let before = self.variables.len();
        // A closure that uses other variables captures them, and shares them from then on.
        let outer = if self.one_in(4) {
            Vec::new()
        } else {
            std::mem::take(&mut self.variables)
        };
        self.variables.push((item.clone(), item_of(kind), true));
        let value = self.expression(item_of(kind), 2);
        let condition = self.expression(Kind::Bool, 2);
        if outer.is_empty() {
            self.variables.truncate(before);
        } else {
            self.variables = outer;
        }
        self.line(&format!("print({list}.map(|{item}| {value}));"));
        self.line(&format!("print({list}.filter(|{item}| {condition}));"));
    }

    /// An expression of any kind.
    fn value(&mut self, kind: Kind, depth: u32) -> String {
        match ALL_LISTS.contains(&kind) {
            true => self.list_expression(kind, depth.min(2)),
            false => self.expression(kind, depth),
        }
    }

    fn variable_of(&mut self, kind: Kind, to_assign: bool) -> Option<String> {
        let fits: Vec<_> = self
            .variables
            .iter()
            .filter(|(_, its, free)| *its == kind && (*free || !to_assign))
            .map(|(name, ..)| name.clone())
            .collect();
        fits.choose(&mut self.rng).cloned()
    }

    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{}{kind}{}", self.prefix, self.names)
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.rng.random_range(0..n) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.rng.random_range(0..from.len())]
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{:indent$}{line}", "", indent = 4 * self.indent);
    }
}

fn item_of(kind: Kind) -> Kind {
    match kind {
        Kind::Floats | Kind::Rows => Kind::Float,
        Kind::Bools => Kind::Bool,
        _ => Kind::Int,
    }
}
