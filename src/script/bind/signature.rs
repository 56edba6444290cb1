//! The signature of a native function, as it is declared.

/// The most arguments a variadic function takes directly; for more, scripts pass an array.
pub(crate) const VARIADIC_MAX: usize = 8;

/// The parameters of a function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signature {
    /// Its name in error messages: `put`, `Process`.
    pub name: &'static str,
    /// The parameters in order, as declared.
    pub params: &'static [&'static str],
    pub required: usize,
    pub variadic: bool,
    /// A trailing object map is an argument, never keywords.
    pub positional_only: bool,
    /// A single object map always holds keywords, because no required argument can be a map.
    pub keywords_alone: bool,
}

impl Signature {
    pub(super) fn new(name: &'static str, params: &'static [&'static str]) -> Self {
        let (params, positional_only) = match params {
            [params @ .., "/"] => (params, true),
            _ => (params, false),
        };
        let (params, keywords_alone) = match params {
            ["#", params @ ..] => (params, true),
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
            keywords_alone,
        }
    }

    /// Returns the smallest number of arguments that a call may have.
    pub(crate) fn least(&self) -> usize {
        if self.keywords_alone {
            self.required.min(1)
        } else {
            self.required
        }
    }

    /// Returns the largest number of arguments that a call may have.
    pub(crate) fn most(&self) -> usize {
        if self.variadic {
            VARIADIC_MAX
        } else {
            self.params.len()
        }
    }

    /// Returns the parameter names that may be given as keywords, without their marks; of two for one parameter the first.
    pub(crate) fn keywords(&self) -> impl Iterator<Item = &'static str> {
        self.params.iter().filter_map(|p| names(p).next())
    }

    /// Returns whether an object map that is the last of `given` arguments holds keywords, all of which have to be known.
    pub(crate) fn reads_keywords(&self, given: usize) -> bool {
        let before = given.saturating_sub(1);
        let is_complete = before >= self.required || self.keywords_alone && before == 0;
        let has_optional = self.params.len() > self.required || self.keywords_alone;
        !self.positional_only && !self.variadic && has_optional && is_complete
    }

    /// Returns the message for a keyword that it does not have.
    pub(crate) fn unknown_keyword(&self, key: &str) -> String {
        let known: Vec<_> = self.keywords().collect();
        let (name, known) = (self.name, known.join(", "));
        format!("{name}() got an unexpected keyword argument '{key}' (it takes {known})")
    }

    /// Returns its form in messages: `put(item, [block, timeout])`.
    pub(crate) fn text(&self) -> String {
        let name = |param: &&'static str| match param.strip_prefix('*') {
            Some(rest) => format!("*{rest}"),
            None => names(param).next().unwrap_or_default().to_string(),
        };
        let (needed, optional) = self.params.split_at(self.required.min(self.params.len()));
        let mut parts: Vec<String> = needed.iter().map(name).collect();
        let optional: Vec<String> = optional.iter().map(name).collect();
        if !optional.is_empty() {
            parts.push(format!("[{}]", optional.join(", ")));
        }
        format!("{}({})", self.name, parts.join(", "))
    }

    /// Returns the parameter that a keyword means, and the name of it that was used.
    pub(crate) fn parameter(&self, keyword: &str) -> Option<(usize, &'static str)> {
        let named = |p| names(p).find(|name| *name == keyword);
        let places = self.params.iter().enumerate();
        places
            .filter_map(|(index, p)| Some((index, named(p)?)))
            .next()
    }
}

/// Returns the names of a parameter as declared, without its marks: `block|blocking?` has two.
fn names(param: &'static str) -> impl Iterator<Item = &'static str> {
    let bare = param.trim_end_matches('?').trim_start_matches('*');
    bare.split('|')
}
