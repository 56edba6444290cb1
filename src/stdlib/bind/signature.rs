//! What a function takes, as it is declared.

/// The most arguments a variadic function takes directly; for more, scripts pass an array.
pub(crate) const VARIADIC_MAX: usize = 8;

/// What a function takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signature {
    /// What error messages call it: `put`, `Process`.
    pub name: &'static str,
    /// The parameters in order, as declared.
    pub params: &'static [&'static str],
    pub required: usize,
    pub variadic: bool,
    /// A trailing object map is an argument, never keywords.
    pub positional_only: bool,
}

impl Signature {
    pub(super) fn new(name: &'static str, params: &'static [&'static str]) -> Self {
        let (params, positional_only) = match params {
            [params @ .., "/"] => (params, true),
            _ => (params, false),
        };
        let variadic = params.last().is_some_and(|p| p.starts_with('*'));
        let required = params
            .iter()
            .filter(|p| !p.ends_with('?') && !p.starts_with('*'))
            .count();
        Self {
            name,
            params,
            required,
            variadic,
            positional_only,
        }
    }

    /// The largest number of arguments it can be called with.
    pub(crate) fn most(&self) -> usize {
        if self.variadic {
            VARIADIC_MAX
        } else {
            self.params.len()
        }
    }

    /// The parameter names that may be given as keywords, without their marks.
    pub(crate) fn keywords(&self) -> impl Iterator<Item = &'static str> {
        self.params
            .iter()
            .map(|p| p.trim_end_matches('?').trim_start_matches('*'))
    }
}
