//! Threads, and what lies between them.

mod captured; // variables that threads share
mod endings; // errors, exits, daemons, Ctrl-C
mod processes; // threads and processes together
mod queues; // the module queue
mod thread; // Thread and the functions of threading
