//! Every example of the manual does what the manual says.

use crate::examples::every_example_does_what_is_said;

#[test]
fn multiprocessing() {
    every_example_does_what_is_said("docs/modules/multiprocessing.md");
}
