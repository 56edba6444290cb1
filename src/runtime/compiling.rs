//! How a host decides what becomes machine code.

use super::Builder;
use crate::script::settings::Compile;

impl Builder {
    /// Sets whether numeric functions and loops of scripts become machine code while they run, in this process and in children. They do by
    /// default, where the crate's feature `compile` is on and the processor is known. Scripts cannot tell, except by their speed.
    ///
    /// Without it, scripts run on Rhai's interpreter alone: loops over strings, lists and dicts take no shortcuts either.
    ///
    /// Nothing is compiled under a limit of operations, which the interpreter counts one by one, and nothing in a
    /// [package](Self::package).
    ///
    /// # Example
    /// ```
    /// let mut runtime = procscript::Runtime::builder().compile(false).build()?;
    /// assert_eq!(runtime.eval::<i64>("let sum = 0; for i in range(1000) { sum += i; } sum")?, 499_500);
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn compile(mut self, compile: bool) -> Self {
        self.settings.compile = match compile {
            true => Compile::WhenItPays,
            false => Compile::Never,
        };
        self
    }

    /// Compiles everything as soon as possible, so that tests reach machine code with short programs.
    #[doc(hidden)]
    pub fn compile_at_once(mut self) -> Self {
        self.settings.compile = Compile::AtOnce;
        self
    }

    /// Compiles loops as soon as possible, and functions with them once the interpreter has begun them.
    #[doc(hidden)]
    pub fn compile_at_loops(mut self) -> Self {
        self.settings.compile = Compile::AtLoops;
        self
    }

    /// Prints what was compiled, and why the rest was not, to standard error at the end of
    /// [`Runtime::run_main`](super::Runtime::run_main). Children are not listed.
    pub fn explain_compile(mut self) -> Self {
        self.settings.explain_compile = true;
        self
    }
}
