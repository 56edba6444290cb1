//! The tokens of texts, right ones and wrong ones, and texts made to take long.

mod cursor;
mod hostile;
mod lexer;
