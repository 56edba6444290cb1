//! The lexer, the parser, `check` and the advice about errors; what the prompt asks about unfinished input.
#![no_main]

procscript_fuzz::target!(check);
