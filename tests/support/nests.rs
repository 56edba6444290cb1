//! Texts that nest, or repeat, without end: for everything that reads source text.

/// Opening text, innermost text, closing text: Rhai's ways to nest, and Python's.
const KINDS: &[[&str; 3]] = &[
    ["(", "1", ")"],
    ["[", "1", "]"],
    ["{", "1", "}"],
    ["#{a: ", "1", "}"],
    ["{'a': ", "1", "}"],
    ["(1, ", "1", ")"],
    ["x[", "1", "]"],
    ["x[1:", "1", "]"],
    ["f(", "1", ")"],
    ["f(a=", "1", ")"],
    ["a.b(", "1", ")"],
    ["print#{a:", "1", "}"],
    ["a and (", "1", ")"],
    ["a && (", "1", ")"],
    ["[x for x in ", "1", "]"],
    ["|x| ", "1", ""],
    ["|x| { ", "1", " }"],
    ["lambda x: ", "1", ""],
    ["if x { ", "1", " }"],
    ["if x { 1 } else ", "{ 1 }", ""],
    ["if x: ", "1", ""],
    ["elif x:\n", "1", ""],
    ["while x { ", "1", " }"],
    ["loop { ", "1", " }"],
    ["do { ", "1", " } while x"],
    ["for x in y { ", "1", " }"],
    ["for x in ", "1", " { }"],
    ["try { ", "1", " } catch { }"],
    ["switch x { 1 => ", "1", " }"],
    ["switch x { _ if ", "1", " => 1 }"],
    ["fn f() { ", "1", " }"],
    ["{ let a = ", "1", "; }"],
    ["`${", "1", "}`"],
    ["`${|x| ", "1", "}`"],
    ["/*", "1", "*/"],
    ["!", "true", ""],
    ["-", "x", ""],
    ["not ", "x", ""],
    ["a ? b : ", "1", ""],
    ["1 if ", "1", " else 2"],
    ["async ", "x", ""],
    ["a.", "b", ""],
    ["a?.", "b", ""],
    ["a::", "b", ""],
    ["", "a", ".b()"],
    ["", "a", "[1]"],
    ["1 + ", "1", ""],
    ["1 ** ", "1", ""],
    ["a ?? return ", "1", ""],
    // What does not nest, but may be read more than once.
    ["let = ;\n", "", ""],
    ["let = ; ", "", ""],
    ["}\n", "", ""],
    ["print(1);\n", "(", ""],
    ["_;\n", "1", ""],
    ["'", "", ""],
    ["\"\"\"\n", "", ""],
    ["#\"", "", ""],
];

/// How deep the texts nest: about as deep as is allowed, far deeper, and as deep as a few pages of text.
pub(crate) const DEPTHS: [usize; 6] = [20, 60, 120, 250, 300, 6000];

/// Deeper: beyond every stack. Only for readers in this process, since there is much to read.
pub(crate) const DEEPEST: [usize; 2] = [60_000, 200_000];

/// The texts, closed and left open, except the longest.
pub(crate) fn texts(depths: &[usize]) -> impl Iterator<Item = String> {
    KINDS.iter().flat_map(move |[open, inside, close]| {
        let fits = move |depth: &&usize| *depth * (open.len() + close.len()) <= 400_000;
        depths.iter().filter(fits).flat_map(move |depth| {
            let opened = format!("{}{inside}", open.repeat(*depth));
            [format!("{opened}{}", close.repeat(*depth)), opened]
        })
    })
}
