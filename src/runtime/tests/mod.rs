//! Tests of the room, by subject.

mod dialects;
mod forged;
mod manual;
mod permissions;
mod pieces;
mod reports;
mod tokens;
