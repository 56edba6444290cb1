//! The README's script does what the README says.

use crate::examples::every_example_does_what_is_said;

#[test]
fn the_script_of_the_readme_prints_what_it_says() {
    every_example_does_what_is_said("README.md");
}
