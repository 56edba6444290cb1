//! Permissions: what a script may not do outside itself, and the ways it tries all the same.

mod children; // what a child may, and how many there are
mod files; // paths, links, moving, modules
