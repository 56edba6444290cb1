//! What crosses unchanged, what is refused and with which words, and that no bytes can do harm.

mod crossing;
mod generator;
mod hostile;
mod refusals;
mod typed;
mod world;
