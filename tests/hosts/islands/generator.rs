//! Random numeric programs. They always end, in a value or in an error, and print nothing but what they compute.

use std::fmt::Write;

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// The deepest nesting of expressions, of statements, and of loops.
const EXPRESSIONS: u32 = 3;
const STATEMENTS: u32 = 3;
const LOOPS: u32 = 2;

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
pub(super) fn program(seed: u64, prefix: &str) -> String {
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
        for _ in 0..self.rng.random_range(0..=2) {
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
                if self.one_in(4) {
                    self.pick(&LISTS)
                } else {
                    self.pick(&SCALARS)
                }
            })
            .collect();
        let result = self.pick(&SCALARS);
        let name = self.name("f");
        self.variables = params
            .iter()
            .map(|kind| (self.name("p"), *kind, true))
            .collect();
        let names: Vec<_> = self.variables.iter().map(|v| v.0.clone()).collect();
        self.line(&format!("fn {name}({}) {{", names.join(", ")));
        self.indent += 1;
        self.result = Some(result);
        if params[0] == Kind::Int && self.one_in(3) {
            self.recursion(&name, &names, result);
        }
        for _ in 0..self.rng.random_range(0..=3) {
            self.statement(STATEMENTS - 1);
        }
        let value = self.expression(result, EXPRESSIONS);
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

    fn list(&mut self, kind: Kind) -> String {
        let item = item_of(kind);
        match self.rng.random_range(0..4) {
            0 => {
                let (value, count) = (self.literal(item), self.rng.random_range(1..=12));
                format!("[{value}] * {count}")
            }
            1 if self.one_in(2) => "[]".into(),
            _ => {
                let items: Vec<_> = (0..self.rng.random_range(1..=6))
                    .map(|_| self.literal(item))
                    .collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    fn statement(&mut self, depth: u32) {
        match self.rng.random_range(0..20) {
            0..=5 => self.assignment(),
            6..=8 => self.store(),
            9 => self.declaration_here(),
            10 | 11 if depth > 0 => self.choice(depth),
            12..=15 if depth > 0 && self.loops < LOOPS => self.loop_over(depth),
            16 if self.loops > 0 => {
                let condition = self.expression(Kind::Bool, 1);
                let word = self.pick(&["break", "continue"]);
                self.line(&format!("if {condition} {{ {word}; }}"));
            }
            17 if self.result.is_some() && self.one_in(2) => {
                let condition = self.expression(Kind::Bool, 1);
                let kind = self.result.unwrap_or(Kind::Int);
                let value = self.expression(kind, 2);
                self.line(&format!("if {condition} {{ return {value}; }}"));
            }
            18 if self.one_in(2) && !self.functions.is_empty() => {
                let kind = self.functions[0].result;
                let target = self.variable_of(kind, true);
                match (target, self.call(kind, 1)) {
                    (Some(name), Some(call)) => self.line(&format!("{name} = {call};")),
                    (None, Some(call)) => self.line(&format!("{call};")),
                    _ => self.assignment(),
                }
            }
            18 if depth > 0 && self.one_in(3) => self.guarded(depth),
            19 if self.one_in(12) => {
                let value = self.expression(Kind::Int, 1);
                self.line(&format!(
                    "if {value} == 7 {{ throw ValueError(\"seven\"); }}"
                ));
            }
            _ => self.assignment(),
        }
    }

    /// Declares a variable that lasts as long as the block does.
    fn declaration_here(&mut self) {
        let kind = self.pick(&SCALARS);
        let value = self.expression(kind, 2);
        // Sometimes it hides another.
        let hidden = self.variable_of(kind, false).filter(|_| self.one_in(4));
        let name = hidden.unwrap_or_else(|| self.name("v"));
        self.line(&format!("let {name} = {value};"));
        self.variables.push((name, kind, true));
    }

    fn assignment(&mut self) {
        let kind = self.pick(&SCALARS);
        let Some(name) = self.variable_of(kind, true) else {
            return self.declaration_here();
        };
        // Now and then of another type.
        let given = if self.one_in(50) {
            self.pick(&SCALARS)
        } else {
            kind
        };
        let value = self.expression(given, EXPRESSIONS);
        let operator = match kind {
            Kind::Int => self.pick(&[
                "=", "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=",
            ]),
            Kind::Float => self.pick(&["=", "=", "+=", "-=", "*=", "/=", "%="]),
            _ => self.pick(&["=", "=", "&=", "|=", "^="]),
        };
        self.line(&format!("{name} {operator} {value};"));
    }

    fn store(&mut self) {
        if self.one_in(5)
            && let Some(rows) = self.variable_of(Kind::Rows, true)
        {
            let (i, j) = (self.index(), self.index());
            let value = self.expression(Kind::Float, 2);
            let operator = self.pick(&["=", "+=", "*="]);
            return self.line(&format!("{rows}[{i}][{j}] {operator} {value};"));
        }
        let kind = self.pick(&LISTS);
        let Some(list) = self.variable_of(kind, true) else {
            return self.assignment();
        };
        let given = if self.one_in(50) {
            self.pick(&SCALARS)
        } else {
            item_of(kind)
        };
        let value = self.expression(given, 2);
        if self.one_in(4) {
            let word = self.pick(&["append", "push"]);
            return self.line(&format!("{list}.{word}({value});"));
        }
        let index = self.index();
        let operator = match kind {
            Kind::Bools => "=",
            _ => self.pick(&["=", "=", "+=", "-=", "*="]),
        };
        self.line(&format!("{list}[{index}] {operator} {value};"));
    }

    fn choice(&mut self, depth: u32) {
        let condition = self.expression(Kind::Bool, 2);
        self.line(&format!("if {condition} {{"));
        self.block(depth - 1);
        if self.one_in(2) {
            self.line("} else {");
            self.block(depth - 1);
        }
        self.line("}");
    }

    fn guarded(&mut self, depth: u32) {
        self.line("try {");
        self.block(depth - 1);
        let name = self.name("e");
        self.line(&format!("}} catch ({name}) {{ print({name}.type); }}"));
    }

    fn loop_over(&mut self, depth: u32) {
        let passes = self.rng.random_range(2..=30);
        match self.rng.random_range(0..6) {
            0 | 1 => {
                let fuel = self.name("w");
                let condition = self.expression(Kind::Bool, 2);
                self.line(&format!("let {fuel} = 0;"));
                self.line(&format!("while {fuel} < {passes} && {condition} {{"));
                self.line(&format!("    {fuel} += 1;"));
                self.looping(depth, &[(fuel.clone(), Kind::Int, false)]);
                self.variables.push((fuel, Kind::Int, false));
            }
            2 => {
                let fuel = self.name("w");
                self.line(&format!("let {fuel} = 0;"));
                self.line("loop {");
                self.line(&format!(
                    "    {fuel} += 1; if {fuel} > {passes} {{ break; }}"
                ));
                self.looping(depth, &[(fuel.clone(), Kind::Int, false)]);
                self.variables.push((fuel, Kind::Int, false));
            }
            3 => {
                let kind = self.pick(&LISTS);
                let Some(list) = self.variable_of(kind, false) else {
                    return;
                };
                let item = self.name("x");
                self.line(&format!("for {item} in {list} {{"));
                self.looping(depth, &[(item, item_of(kind), true)]);
            }
            4 => {
                let (item, counter) = (self.name("i"), self.name("n"));
                let range = self.range(passes);
                self.line(&format!("for ({item}, {counter}) in {range} {{"));
                self.looping(
                    depth,
                    &[(item, Kind::Int, true), (counter, Kind::Int, true)],
                );
            }
            _ => {
                let item = self.name("i");
                let range = self.range(passes);
                self.line(&format!("for {item} in {range} {{"));
                self.looping(depth, &[(item, Kind::Int, true)]);
            }
        }
    }

    fn range(&mut self, passes: i64) -> String {
        let from = self.rng.random_range(-5..=5);
        match self.rng.random_range(0..5) {
            0 => format!("{from}..{}", from + passes),
            1 => format!("{from}..={}", from + passes),
            2 => format!("range({passes})"),
            3 => format!(
                "range({from}, {}, {})",
                from + 2 * passes,
                self.pick(&["1", "2", "3"])
            ),
            _ => format!(
                "range({}, {from}, {})",
                from + passes,
                self.pick(&["-1", "-2", "-7"])
            ),
        }
    }

    /// The body of a loop, in which these variables exist, and its end.
    fn looping(&mut self, depth: u32, variables: &[(String, Kind, bool)]) {
        let before = self.variables.len();
        self.variables.extend_from_slice(variables);
        self.loops += 1;
        self.block(depth - 1);
        self.loops -= 1;
        self.variables.truncate(before);
        self.line("}");
    }

    fn block(&mut self, depth: u32) {
        let before = self.variables.len();
        self.indent += 1;
        for _ in 0..self.rng.random_range(1..=3) {
            self.statement(depth);
        }
        self.indent -= 1;
        self.variables.truncate(before);
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

    fn expression(&mut self, kind: Kind, depth: u32) -> String {
        let kind = if self.one_in(200) {
            self.pick(&SCALARS)
        } else {
            kind
        };
        if depth == 0 || self.one_in(4) {
            return self.leaf(kind);
        }
        let depth = depth - 1;
        match self.rng.random_range(0..12) {
            0 => {
                let condition = self.expression(Kind::Bool, depth);
                let (yes, no) = (self.expression(kind, depth), self.expression(kind, depth));
                format!("(if {condition} {{ {yes} }} else {{ {no} }})")
            }
            1 => match self.call(kind, depth) {
                Some(call) => call,
                None => self.leaf(kind),
            },
            2 | 3 => self.native(kind, depth),
            4 => match self.item(kind) {
                Some(item) => item,
                None => self.leaf(kind),
            },
            _ => self.operation(kind, depth),
        }
    }

    fn operation(&mut self, kind: Kind, depth: u32) -> String {
        match kind {
            Kind::Bool if self.one_in(3) => {
                let operator = self.pick(&["&&", "||", "==", "!=", "&", "|", "^"]);
                let (a, b) = (
                    self.expression(Kind::Bool, depth),
                    self.expression(Kind::Bool, depth),
                );
                format!("({a} {operator} {b})")
            }
            Kind::Bool => {
                let sides = self.pick(&[Kind::Int, Kind::Float]);
                let operator = self.pick(&["<", "<=", ">", ">=", "==", "!="]);
                let (a, b) = (self.expression(sides, depth), self.expression(sides, depth));
                format!("({a} {operator} {b})")
            }
            Kind::Float => {
                let operator = self.pick(&["+", "-", "*", "/", "%", "**"]);
                let other = if self.one_in(5) {
                    Kind::Int
                } else {
                    Kind::Float
                };
                let (a, b) = (
                    self.expression(Kind::Float, depth),
                    self.expression(other, depth),
                );
                format!("({a} {operator} {b})")
            }
            _ => {
                let operator = self.pick(&[
                    "+", "-", "*", "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "**",
                ]);
                let (a, b) = (
                    self.expression(Kind::Int, depth),
                    self.expression(Kind::Int, depth),
                );
                format!("({a} {operator} {b})")
            }
        }
    }

    fn native(&mut self, kind: Kind, depth: u32) -> String {
        let int = |me: &mut Self| me.expression(Kind::Int, depth);
        match kind {
            Kind::Int => match self.rng.random_range(0..6) {
                0 => format!("abs({})", int(self)),
                1 => format!("min({}, {})", int(self), int(self)),
                2 => format!("max({}, {})", int(self), int(self)),
                3 => format!("int({})", self.expression(Kind::Float, depth)),
                4 => format!("(-({}))", int(self)),
                _ => {
                    let kind = self.pick(&LISTS);
                    match self.variable_of(kind, false) {
                        Some(list) if self.one_in(2) => format!("len({list})"),
                        Some(list) => format!("{list}.len()"),
                        None => int(self),
                    }
                }
            },
            Kind::Float => {
                let float = self.expression(Kind::Float, depth);
                match self.rng.random_range(0..9) {
                    0 => format!("sqrt({float})"),
                    1 => format!("abs({float})"),
                    2 => format!("float({})", int(self)),
                    3 => format!("sin({float})"),
                    4 => format!("floor({float})"),
                    5 => "random.random()".into(),
                    6 => format!("max({float}, {})", self.expression(Kind::Float, depth)),
                    7 => format!("exp({float})"),
                    _ => format!("(-({float}))"),
                }
            }
            _ => format!("(!{})", self.expression(Kind::Bool, depth)),
        }
    }

    fn call(&mut self, kind: Kind, depth: u32) -> Option<String> {
        let known: Vec<_> = self
            .functions
            .iter()
            .filter(|f| f.result == kind)
            .cloned()
            .collect();
        let function = known.choose(&mut self.rng)?.clone();
        let mut args = Vec::new();
        for param in &function.params {
            args.push(match param {
                list if LISTS.contains(list) => self.variable_of(*list, false)?,
                scalar => self.expression(*scalar, depth),
            });
        }
        Some(format!("{}({})", function.name, args.join(", ")))
    }

    fn item(&mut self, kind: Kind) -> Option<String> {
        if kind == Kind::Float
            && let Some(rows) = self
                .variable_of(Kind::Rows, false)
                .filter(|_| self.one_in(2))
        {
            return Some(format!("{rows}[{}][{}]", self.index(), self.index()));
        }
        let list = LISTS.into_iter().find(|list| item_of(*list) == kind)?;
        let list = self.variable_of(list, false)?;
        Some(format!("{list}[{}]", self.index()))
    }

    /// An index that is often in the list: the remainder of a variable, or a small number.
    fn index(&mut self) -> String {
        match self.variable_of(Kind::Int, false) {
            Some(name) if self.one_in(3) => format!("{name} % 2"),
            Some(name) if self.one_in(4) => name,
            _ => self
                .pick(&["0", "0", "0", "1", "-1", "2", "-2", "5"])
                .to_string(),
        }
    }

    fn leaf(&mut self, kind: Kind) -> String {
        match self.variable_of(kind, false) {
            Some(name) if !self.one_in(3) => name,
            _ => self.literal(kind),
        }
    }

    fn literal(&mut self, kind: Kind) -> String {
        let edges: &[&str] = match kind {
            Kind::Float => &[
                "0.0",
                "1.0",
                "-1.0",
                "0.5",
                "1e300",
                "-1e300",
                "1e-300",
                "3.0",
                "1.0000000000000002",
                "0.1",
                "0.30000000000000004",
                "9007199254740993.0",
                "(1.0 / 0.0)",
                "2.5",
            ],
            Kind::Bool => &["true", "false", "True", "False"],
            _ => &[
                "0",
                "1",
                "-1",
                "2",
                "3",
                "7",
                "10",
                "63",
                "64",
                "-64",
                "9223372036854775807",
                "(-9223372036854775807 - 1)",
                "4611686018427387904",
                "9007199254740993",
                "3037000500",
            ],
        };
        // Mostly small numbers: at the edges everything overflows.
        match kind {
            Kind::Int if !self.one_in(5) => self.rng.random_range(-9..=20).to_string(),
            Kind::Float if !self.one_in(3) => {
                format!("{:.1}", f64::from(self.rng.random_range(-40..=90)) / 10.0)
            }
            _ => self.pick(edges).to_string(),
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
