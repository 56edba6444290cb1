//! What is known of the text that is being compiled.

use rhai::Position;

use crate::program::compiling::{Compiled, SOURCE, underscore_is_name};

#[test]
fn an_underscore_before_an_arrow_is_all_other_cases() {
    let arrows = [
        "_ => 1",
        "_=>1",
        "_ /* a /* b */ c */ => 1",
        "_ // =\n => 1",
    ];
    let names = ["_", "_ /* => */", "_ + 1", "_ == 1", "_ // => 1"];
    let is_name = |text: &str| {
        SOURCE.set(Some(Compiled::new(text.into())));
        underscore_is_name(Position::new(1, 1))
    };
    assert!(!arrows.into_iter().any(is_name));
    assert!(names.into_iter().all(is_name));
    SOURCE.set(None);
    assert!(!underscore_is_name(Position::new(1, 1)));
}

#[test]
fn positions_are_found_in_every_order() {
    SOURCE.set(Some(Compiled::new("_ => é _\n_\n  _ => 1".into())));
    let places = [
        (1, 1, false),
        (1, 8, true),
        (2, 1, true),
        (3, 3, false),
        (1, 8, true),
        (1, 1, false),
        (9, 9, true),
        (3, 3, false),
    ];
    for (line, column, is_name) in places {
        let found = underscore_is_name(Position::new(line, column));
        assert_eq!(found, is_name, "{line}:{column}");
    }
    SOURCE.set(None);
}
