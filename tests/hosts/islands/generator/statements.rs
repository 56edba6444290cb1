//! Statements and loops.

use rand::RngExt;

use super::{ALL_LISTS, EXPRESSIONS, Generator, Kind, LISTS, LONGEST, LOOPS, SCALARS, item_of};

impl Generator {
    pub(super) fn statement(&mut self, depth: u32) {
        match self.rng.random_range(0..22) {
            0..=4 => self.assignment(),
            5 => self.list_assignment(),
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
                let value = self.value(kind, 2);
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
            20 => self.list_declaration(),
            21 => self.row_append(),
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
    pub(super) fn declaration_here(&mut self) {
        let kind = self.pick(&SCALARS);
        let value = self.expression(kind, 2);
        // Sometimes it hides another.
        let hidden = self.variable_of(kind, false).filter(|_| self.one_in(4));
        let name = hidden.unwrap_or_else(|| self.name("v"));
        self.line(&format!("let {name} = {value};"));
        self.variables.push((name, kind, true));
    }

    fn list_declaration(&mut self) {
        let kind = self.pick(&ALL_LISTS);
        let is_constant = self.one_in(10);
        let value = match self.one_in(4) {
            true => "[]".into(),
            false if is_constant => self.literal_list(kind),
            false => self.list_expression(kind, 2),
        };
        let hidden = self.variable_of(kind, false).filter(|_| self.one_in(4));
        let name = hidden.unwrap_or_else(|| self.name("v"));
        let word = if is_constant { "const" } else { "let" };
        self.line(&format!("{word} {name} = {value};"));
        if !is_constant {
            self.line(&format!("if {name}.len() > {LONGEST} {{ {name} = []; }}"));
        }
        self.variables.push((name, kind, !is_constant));
    }

    fn list_assignment(&mut self) {
        let kind = self.pick(&ALL_LISTS);
        let Some(name) = self.variable_of(kind, true) else {
            return self.list_declaration();
        };
        let value = self.list_expression(kind, 2);
        self.line(&format!(
            "if {name}.len() < {LONGEST} {{ {name} = {value}; }}"
        ));
    }

    fn row_append(&mut self) {
        let Some(rows) = self.variable_of(Kind::Rows, true) else {
            return self.list_declaration();
        };
        let word = self.pick(&["append", "push"]);
        let row = self.row();
        self.line(&format!(
            "if {rows}.len() < {LONGEST} {{ {rows}.{word}({row}); }}"
        ));
    }

    pub(super) fn assignment(&mut self) {
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

    pub(super) fn store(&mut self) {
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
            // A loop over a list that appends to it would double it each time.
            return self.line(&format!(
                "if {list}.len() < {LONGEST} {{ {list}.{word}({value}); }}"
            ));
        }
        let index = self.index();
        let operator = match kind {
            Kind::Bools => "=",
            _ => self.pick(&["=", "=", "+=", "-=", "*="]),
        };
        self.line(&format!("{list}[{index}] {operator} {value};"));
    }

    pub(super) fn choice(&mut self, depth: u32) {
        let condition = self.expression(Kind::Bool, 2);
        self.line(&format!("if {condition} {{"));
        self.block(depth - 1);
        if self.one_in(2) {
            self.line("} else {");
            self.block(depth - 1);
        }
        self.line("}");
    }

    pub(super) fn guarded(&mut self, depth: u32) {
        self.line("try {");
        self.block(depth - 1);
        let name = self.name("e");
        self.line(&format!("}} catch ({name}) {{ print({name}.type); }}"));
    }

    pub(super) fn loop_over(&mut self, depth: u32) {
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
                let kind = self.pick(&ALL_LISTS);
                let list = match self.variable_of(kind, false) {
                    Some(list) if !self.one_in(3) => list,
                    _ => self.list_expression(kind, 1),
                };
                let item = self.name("x");
                self.line(&format!("for {item} in {list} {{"));
                let of = match kind {
                    Kind::Rows => Kind::Floats,
                    kind => item_of(kind),
                };
                self.looping(depth, &[(item, of, true)]);
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

    pub(super) fn range(&mut self, passes: i64) -> String {
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
    pub(super) fn looping(&mut self, depth: u32, variables: &[(String, Kind, bool)]) {
        let before = self.variables.len();
        self.variables.extend_from_slice(variables);
        self.loops += 1;
        self.block(depth - 1);
        self.loops -= 1;
        self.variables.truncate(before);
        self.line("}");
    }

    pub(super) fn block(&mut self, depth: u32) {
        let before = self.variables.len();
        self.indent += 1;
        for _ in 0..self.rng.random_range(1..=3) {
            self.statement(depth);
        }
        self.indent -= 1;
        self.variables.truncate(before);
    }
}
