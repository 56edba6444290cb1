//! `multiprocessing`, a file for each subject.
//!
//! `case_NNN_…` repeats that case of the collection in `docs/differences.md`, which is made of CPython's own tests.

mod array; // Array and RawArray
mod barrier; // Barrier
mod condition; // Condition
mod context; // get_context and dummy
mod corners; // scripts that refer to themselves, run out of things, or look like something else
mod event; // Event
mod exit_codes; // every way to end, and what the parent learns of it
mod family; // who waits for whom, who dies with whom
mod lifecycle; // start, join, close
mod listener; // Listener and Client
mod lock; // Lock
mod managed_containers; // a Manager's dict and list
mod manager; // Manager
mod output; // what comes out of many processes at once, tracebacks
mod pipe; // Pipe
mod pipe_ends; // who holds which end of a pipe
mod pool; // Pool
mod pool_deaths; // … whose workers die, hang or cannot begin
mod pool_lists; // … with lists in variables
mod pool_numbers; // … whose tasks and results are numbers
mod process; // a Process's identity, attributes and arguments
mod program_file; // the program that children run, without /proc or its file
mod queue; // Queue and JoinableQueue
mod remains; // what ended processes leave: no descriptors, their names in warnings
mod rlock; // RLock
mod seed; // children that are copies of a seed
mod seed_descriptors; // … and what they inherit
mod semaphore; // Semaphore and BoundedSemaphore
mod session_memory;
mod shared_memory; // memory that was given back
mod signals; // Ctrl-C and SIGTERM
mod simple_queue; // SimpleQueue
mod small_stacks; // `ulimit -s`
mod start_methods; // fork and spawn show a child the same
mod thread_pool; // ThreadPool
mod value; // Value and RawValue
mod wait; // wait
mod waiting; // what waits cost
