//! Expressions of a given type.

use rand::RngExt;
use rand::seq::IndexedRandom;

use super::{ALL_LISTS, Generator, Kind, LISTS, SCALARS, item_of};

impl Generator {
    pub(super) fn list(&mut self, kind: Kind) -> String {
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

    /// A list of literals, or of rows of them.
    pub(super) fn literal_list(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Rows => format!("[{}]", self.list(Kind::Floats)),
            _ => self.list(kind),
        }
    }

    /// An expression that makes or copies a list.
    pub(super) fn list_expression(&mut self, kind: Kind, depth: u32) -> String {
        let kind = match kind {
            Kind::Rows if self.one_in(60) => self.pick(&ALL_LISTS),
            // Never rows: a loop that adds rows that hold rows would soon fill the memory.
            Kind::Ints | Kind::Floats | Kind::Bools if self.one_in(60) => self.pick(&LISTS),
            kind => kind,
        };
        let variable = self.variable_of(kind, false);
        match self.rng.random_range(0..12) {
            0..=2 if variable.is_some() => variable.unwrap_or_default(),
            3 if kind == Kind::Floats
                && let Some(rows) = self.variable_of(Kind::Rows, false) =>
            {
                format!("{rows}[{}]", self.index())
            }
            4 | 5
                if depth > 0
                    && let Some(call) = self.call(kind, depth - 1) =>
            {
                call
            }
            6 if depth > 0 => {
                // Not two variables: a loop would soon fill the memory.
                let one = self.list_expression(kind, depth - 1);
                let other = self.literal_list(kind);
                format!("({one} + {other})")
            }
            7 if depth > 0 => {
                let (list, count) = match self.one_in(2) {
                    true => (self.literal_list(kind), self.pick(&["2", "3"])),
                    false => (
                        self.list_expression(kind, depth - 1),
                        self.pick(&["0", "1", "-1"]),
                    ),
                };
                if self.one_in(3) {
                    format!("{count} * {list}")
                } else {
                    format!("{list} * {count}")
                }
            }
            8 if depth > 0 => {
                let condition = self.expression(Kind::Bool, 1);
                let (yes, no) = (
                    self.list_expression(kind, depth - 1),
                    self.list_expression(kind, depth - 1),
                );
                format!("(if {condition} {{ {yes} }} else {{ {no} }})")
            }
            9 if self.one_in(2) => "[]".into(),
            10 => {
                let item = self.item_expression(kind, depth);
                let count = match self.variable_of(Kind::Int, false) {
                    Some(name) if self.one_in(3) => format!("({name} % 5)"),
                    _ => self.rng.random_range(0..=6).to_string(),
                };
                format!("[{item}] * {count}")
            }
            _ => {
                let items: Vec<_> = (0..self.rng.random_range(1..=3))
                    .map(|_| self.item_expression(kind, depth))
                    .collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    /// A row of a list of rows. It is not made of several rows: a loop that adds such ones would soon fill the memory.
    pub(super) fn row(&mut self) -> String {
        self.list_expression(Kind::Floats, 0)
    }

    /// An item of a list that is made.
    fn item_expression(&mut self, kind: Kind, depth: u32) -> String {
        match kind {
            Kind::Rows => self.row(),
            _ => self.expression(item_of(kind), depth.min(1)),
        }
    }

    pub(super) fn expression(&mut self, kind: Kind, depth: u32) -> String {
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

    pub(super) fn operation(&mut self, kind: Kind, depth: u32) -> String {
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

    pub(super) fn native(&mut self, kind: Kind, depth: u32) -> String {
        let int = |me: &mut Self| me.expression(Kind::Int, depth);
        match kind {
            Kind::Int => match self.rng.random_range(0..7) {
                6 => format!("round({})", self.expression(Kind::Float, depth)),
                0 => format!("abs({})", int(self)),
                1 => format!("min({}, {})", int(self), int(self)),
                2 => format!("max({}, {})", int(self), int(self)),
                3 => format!("int({})", self.expression(Kind::Float, depth)),
                4 => format!("(-({}))", int(self)),
                _ => {
                    let kind = self.pick(&ALL_LISTS);
                    match self.variable_of(kind, false) {
                        Some(rows) if kind == Kind::Rows && self.one_in(2) => {
                            format!("{rows}[{}].len()", self.index())
                        }
                        Some(list) if self.one_in(2) => format!("len({list})"),
                        Some(list) => format!("{list}.len()"),
                        None => int(self),
                    }
                }
            },
            Kind::Float => {
                let float = self.expression(Kind::Float, depth);
                match self.rng.random_range(0..10) {
                    9 => format!("min({float}, {})", self.expression(Kind::Float, depth)),
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

    pub(super) fn call(&mut self, kind: Kind, depth: u32) -> Option<String> {
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
                list if ALL_LISTS.contains(list) => match self.variable_of(*list, false) {
                    Some(name) if !self.one_in(4) => name,
                    _ => self.list_expression(*list, depth.min(1)),
                },
                scalar => self.expression(*scalar, depth),
            });
        }
        Some(format!("{}({})", function.name, args.join(", ")))
    }

    pub(super) fn item(&mut self, kind: Kind) -> Option<String> {
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
    pub(super) fn index(&mut self) -> String {
        match self.variable_of(Kind::Int, false) {
            Some(name) if self.one_in(3) => format!("{name} % 2"),
            Some(name) if self.one_in(4) => name,
            _ => self
                .pick(&["0", "0", "0", "1", "-1", "2", "-2", "5"])
                .to_string(),
        }
    }

    pub(super) fn leaf(&mut self, kind: Kind) -> String {
        match self.variable_of(kind, false) {
            Some(name) if !self.one_in(3) => name,
            _ => self.literal(kind),
        }
    }

    pub(super) fn literal(&mut self, kind: Kind) -> String {
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
}
