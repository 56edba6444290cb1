//! Programs that embed the crate: those in `examples/`. What needs a closer look is in `driver/`.

mod examples;
