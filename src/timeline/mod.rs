//! What every process and thread of a script did, and when: recorded while it runs, and shown in a browser.
//!
//! `procscript run --timeline FILE` does it for the command, a [`Recording`] for a host. The page opens without a network; a trace opens
//! on <https://ui.perfetto.dev>.

// `trace` writes, this room reads: `read`, `processes`, `sources` and `objects` know what was recorded, `build`, `flows`, `signals` and `counters` make the
// `model` of it, `summary` and `words` say it in words, and `html` and `perfetto` write it.

mod build;
mod counters;
mod error;
mod flows;
mod html;
mod json;
mod model;
mod objects;
mod perfetto;
mod processes;
mod read;
mod recording;
mod signals;
mod sources;
mod summary;
mod words;

pub use error::TimelineError;
pub(crate) use recording::keep_script;
pub use recording::{Recording, assemble, left_behind};
