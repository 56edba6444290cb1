//! How a host is shown the progress of its scripts.

use super::Builder;
use crate::script::sinks::progress::{Drawing, ProgressReport};

impl Builder {
    /// Sets a function that receives how far the long work of scripts has come: what goes through `progress(…)`.
    ///
    /// It is called by the thread that works, at the beginning and the end of each piece of work, and at most ten times a second in
    /// between. Nothing is drawn. Children do not report, nor does an [isolated](Self::isolated) runtime.
    ///
    /// # Example
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// let seen = Arc::new(Mutex::new(Vec::new()));
    /// let notes = seen.clone();
    /// let runtime = procscript::Runtime::builder()
    ///     .on_progress(move |report| notes.lock().unwrap().push((report.done, report.total)))
    ///     .build()?;
    /// runtime.run_main(procscript::Script::from_text("count", "for i in progress(range(3)) { }"));
    /// let seen = seen.lock().unwrap();
    /// assert_eq!((seen[0], seen[seen.len() - 1]), ((0, Some(3)), (3, Some(3))));
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn on_progress(self, watch: impl Fn(&ProgressReport<'_>) + Send + Sync + 'static) -> Self {
        self.progress.watch_by(Box::new(watch));
        self
    }

    /// Sets a function that draws progress on the terminal of this process, as the `procscript` command does.
    #[doc(hidden)]
    pub fn draw_progress(
        self,
        draw: impl Fn(&ProgressReport<'_>) -> Option<Drawing> + Send + Sync + 'static,
    ) -> Self {
        self.progress.draw_by(Box::new(draw));
        self
    }
}
