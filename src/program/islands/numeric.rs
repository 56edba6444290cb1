//! The natives that machine code has, under the names that scripts call them by.

/// The meaning of a name in numeric code. Types decide the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numeric {
    /// `abs(x)`.
    Abs,
    /// `min(a, b)` of two integers or two floats.
    Min,
    Max,
    /// Functions of one float.
    Sqrt,
    Floor,
    Ceiling,
    Sin,
    Cos,
    Tan,
    Exp,
    Ln,
    Log10,
    /// To an integer: the nearest one, halves to the even one.
    Round,
    /// To an integer, towards zero.
    ToInt,
    ToFloat,
    /// Of two integers.
    Pow,
    Len,
    /// `list.append(x)`.
    Append,
    Pi,
    E,
    /// `range(…)`, where a loop goes through it.
    Range,
    /// `random.random()`.
    Random,
}

/// Returns what a function or method of this name is, called with this many arguments, the receiver included.
pub(crate) fn of(name: &str, args: usize) -> Option<Numeric> {
    Some(match (name, args) {
        ("abs", 1) => Numeric::Abs,
        ("min", 2) => Numeric::Min,
        ("max", 2) => Numeric::Max,
        ("sqrt", 1) => Numeric::Sqrt,
        ("floor", 1) => Numeric::Floor,
        ("ceiling", 1) => Numeric::Ceiling,
        ("sin", 1) => Numeric::Sin,
        ("cos", 1) => Numeric::Cos,
        ("tan", 1) => Numeric::Tan,
        ("exp", 1) => Numeric::Exp,
        ("ln", 1) => Numeric::Ln,
        ("log", 1) => Numeric::Log10,
        ("round", 1) => Numeric::Round,
        ("int" | "to_int", 1) => Numeric::ToInt,
        ("float" | "to_float", 1) => Numeric::ToFloat,
        ("pow", 2) => Numeric::Pow,
        ("len", 1) => Numeric::Len,
        ("append" | "push", 2) => Numeric::Append,
        ("PI", 0) => Numeric::Pi,
        ("E", 0) => Numeric::E,
        ("range", 1..=3) => Numeric::Range,
        ("random", 1) => Numeric::Random,
        _ => return None,
    })
}

/// Returns what a function of the script module `math` is, called with this many arguments.
pub(crate) fn of_math(name: &str, args: usize) -> Option<Numeric> {
    Some(match (name, args) {
        ("sqrt", 1) => Numeric::Sqrt,
        ("floor", 1) => Numeric::Floor,
        ("ceil", 1) => Numeric::Ceiling,
        ("fabs", 1) => Numeric::Abs,
        ("sin", 1) => Numeric::Sin,
        ("cos", 1) => Numeric::Cos,
        ("tan", 1) => Numeric::Tan,
        ("exp", 1) => Numeric::Exp,
        ("log", 1) => Numeric::Ln,
        ("log10", 1) => Numeric::Log10,
        _ => return None,
    })
}

/// Returns `math.pi` and others, by their names.
pub(crate) fn math_constant(name: &str) -> Option<f64> {
    use std::f64::consts::{E, PI, TAU};
    match name {
        "pi" => Some(PI),
        "e" => Some(E),
        "tau" => Some(TAU),
        _ => None,
    }
}
