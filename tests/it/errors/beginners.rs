//! What people write in their first hour: scripts with their whole reports are in `beginners.txt` next to this file.

use super::{cases, compare, fails};

#[test]
fn each_report_explains_the_mistake() {
    compare("tests/it/errors/beginners.txt", |script| script);
}

#[test]
fn each_report_says_what_to_write() {
    let cases = cases(include_str!("beginners.txt"));
    assert!(cases.len() > 80, "{}", cases.len());
    for (code, report) in cases {
        assert!(report.contains("\nhelp: "), "{code}");
        assert!(report.contains("\n  --> main.rhai:"), "{code}");
    }
}

#[test]
fn names_of_the_library_are_not_taken_for_misspelt_ones() {
    for (code, report) in cases(include_str!("beginners.txt")) {
        if report.contains("is not available here") {
            assert!(!report.contains("did you mean"), "{code}");
        }
    }
}

#[test]
fn a_closure_that_uses_its_list_is_found_where_it_is_called() {
    fails(
        "
        let xs = [3, 1, 2];
        let f = |x| xs.push(x);
        xs.for_each(f);
        ",
        "
        DataRaceError: captured variable 'xs' is in use by the call that the closure runs in
          --> main.rhai:3:4
             |
           3 | xs.for_each(f);
             |    ^
        help: the closure is called by a method of 'xs' itself: let it use a copy (let copy = xs;), or, if 'xs' is an object, \
        use this in it (me.run = || this.x)
        ",
    );
}
