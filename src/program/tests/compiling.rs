//! What is known of the text that is being compiled.

use rhai::Position;

use crate::program::compiling::{TEXT, underscore_is_name};

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
        TEXT.set(Some(text.into()));
        underscore_is_name(Position::new(1, 1))
    };
    assert!(!arrows.into_iter().any(is_name));
    assert!(names.into_iter().all(is_name));
    TEXT.set(None);
    assert!(!underscore_is_name(Position::new(1, 1)));
}
