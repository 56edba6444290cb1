//! What stays from line to line.

use super::prompt::{Test, under_both};

pub(crate) const TESTS: &[Test] = &[("everything_stays_from_line_to_line", everything_stays)];

fn everything_stays() {
    under_both(|prompt| {
        prompt.enter_all(&[
            "let x = 5;",
            "fn f(a) { a * 2 }",
            "let c = |k| x + k",
            "const Z = 9",
            "fn g() { global::Z }",
            "import \"os\" as o",
            "fn pid() { o::getpid() }",
        ]);
        assert_eq!(prompt.enter("f(x)"), "value 10");
        assert_eq!(prompt.enter("c.call(1)"), "value 6");
        prompt.enter("x += 10");
        assert_eq!(prompt.enter("c.call(1)"), "value 16");
        assert_eq!(prompt.enter("g() + Z"), "value 18");
        assert_eq!(prompt.enter("pid() == os.getpid()"), "value True");
        assert_eq!(
            prompt.enter(
                "let q = Queue(); let p = Process(|| q.put(f(x) + g())); p.start(); q.get()"
            ),
            "value 39"
        );
    });
}
