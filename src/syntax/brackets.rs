//! Which bracket closes which.

/// The brackets of a text that has been cut into pieces, each known by its index.
#[derive(Debug, Default)]
pub(crate) struct Brackets {
    /// For each bracket the one that closes or opens it.
    partner: Vec<Option<usize>>,
    /// For each piece the bracket around it.
    around: Vec<Option<usize>>,
    /// Brackets without a partner, in the order of the text.
    lonely: Vec<usize>,
    /// Those that are open at the end, outermost first.
    open: Vec<usize>,
}

impl Brackets {
    /// Matches the brackets among `symbols`; what is none is anything else, such as an empty string.
    ///
    /// A bracket closes the last one of its kind that is open. Those between have been forgotten: they have no partner.
    pub(crate) fn of<'t>(symbols: impl IntoIterator<Item = &'t str>) -> Self {
        let mut found = Self::default();
        // How many of each kind are open: without this count, finding no partner would take a look at all of them.
        let mut counts = [0_usize; KINDS];
        let mut kinds = Vec::new();
        for (index, symbol) in symbols.into_iter().enumerate() {
            found.partner.push(None);
            if let Some(kind) = closing(symbol) {
                if counts[kind] == 0 {
                    found.lonely.push(index);
                }
                while counts[kind] > 0
                    && let Some((open, other)) = found.open.pop().zip(kinds.pop())
                {
                    counts[other] -= 1;
                    if other == kind {
                        found.partner[index] = Some(open);
                        found.partner[open] = Some(index);
                        break;
                    }
                    found.lonely.push(open);
                }
            }
            found.around.push(found.open.last().copied());
            if let Some(kind) = opening(symbol) {
                counts[kind] += 1;
                kinds.push(kind);
                found.open.push(index);
            }
        }
        found.lonely.extend(&found.open);
        found.lonely.sort_unstable();
        found
    }

    /// The bracket that closes or opens this one.
    pub(crate) fn partner(&self, index: usize) -> Option<usize> {
        self.partner.get(index).copied().flatten()
    }

    /// The innermost bracket around a piece.
    pub(crate) fn around(&self, index: usize) -> Option<usize> {
        self.around.get(index).copied().flatten()
    }

    /// Brackets without a partner, in the order of the text.
    pub(crate) fn lonely(&self) -> &[usize] {
        &self.lonely
    }

    /// The brackets that are open at the end, outermost first.
    pub(crate) fn open(&self) -> &[usize] {
        &self.open
    }
}

/// Round, square, curly.
const KINDS: usize = 3;

fn opening(symbol: &str) -> Option<usize> {
    match symbol {
        "(" => Some(0),
        "[" => Some(1),
        "{" | "#{" | "${" => Some(2),
        _ => None,
    }
}

fn closing(symbol: &str) -> Option<usize> {
    match symbol {
        ")" => Some(0),
        "]" => Some(1),
        "}" => Some(2),
        _ => None,
    }
}

/// Whether a symbol opens a bracket.
pub(crate) fn is_opening(symbol: &str) -> bool {
    opening(symbol).is_some()
}
