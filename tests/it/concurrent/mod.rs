//! `concurrent.futures`, a file for each subject.

mod callbacks; // add_done_callback
mod cancelling; // what no worker has begun
mod endings; // shutdown, the end of the program, workers that die
mod process_executor; // ProcessPoolExecutor
mod results; // map
mod thread_executor; // ThreadPoolExecutor
mod waiting; // wait and as_completed
