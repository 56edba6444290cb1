//! Permissions: what a script may not do outside itself, and the ways it tries all the same.

mod breaking_out; // what the others do not try
mod children; // what a child may, and how many there are
mod complete; // every function is classified
mod denied; // what is denied, in whichever way a script comes to it
mod files; // paths, links, moving, modules
mod forging; // bytes that look like messages
mod helps; // what a refusal and the options say
mod outside; // what is outside does not show
mod strangers; // signals to processes that are no children
