//! Pieces of a program that the host runs one after another, and what it gives them.

use std::path::Path;

use rhai::Dynamic;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::runtime::objects::Values;
use crate::runtime::{Error, Runtime, Script};
use crate::sys::deep_stack::on_deep_stack;

impl Runtime {
    /// Runs a source and returns the value of its last expression.
    ///
    /// Functions, variables, constants and imports of its top level stay for later evaluations. Children and threads that
    /// it has started continue. `T` is whatever serde can read: `i64`, `u32`, `String`, `Vec<Option<f64>>`, a struct of the host; or
    /// [`Dynamic`] for any value, functions included. `()` discards the value. A value of a type of the host arrives as itself, without serde. Messages call the source `<eval N>`.
    ///
    /// # Errors
    /// See [`Error`]. After [`Error::Stopped`] and [`Error::Limit`] the script's threads and children have been ended. The runtime
    /// can be used for further evaluations after every error.
    ///
    /// # Example
    /// ```
    /// let mut runtime = procscript::Runtime::builder().build()?;
    /// runtime.eval::<()>("fn double(x) { x * 2 } let n = 21;")?;
    /// assert_eq!(runtime.eval::<i64>("double(n)")?, 42);
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn eval<T: DeserializeOwned + 'static>(&mut self, text: &str) -> Result<T, Error> {
        self.evaluations += 1;
        let name = format!("<eval {}>", self.evaluations);
        let script = Script::from_text(&name, text);
        let value = self.run_script(&script)?;
        self.converted(value)
    }

    /// Runs a file as [`eval`](Self::eval) runs a string. Modules that it imports are searched for in its directory.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn run_file(&mut self, path: impl AsRef<Path>) -> Result<Dynamic, Error> {
        self.run_script(&Script::read(path.as_ref())?)
    }

    /// Runs a script as [`eval`](Self::eval) runs a string.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn run_script(&mut self, script: &Script) -> Result<Dynamic, Error> {
        if let Some(isolated) = &self.isolated {
            return self.run_isolated(isolated, script);
        }
        let source = self.interp.program.as_input(script.source());
        let ast = self.compile(&source).map_err(Error::Syntax)?;
        let value = self.guarded(
            |runtime| runtime.run_piece(&source, &ast),
            |runtime, result| runtime.ending(&source, result),
        );
        on_deep_stack(|| self.state.tidy_up());
        self.interp.program.forget_spent_inputs();
        value
    }

    /// Defines a constant for every script of this runtime. Functions and children see it too. `value` is whatever serde can write, a value
    /// of a type that a [`Setup`](crate::Setup) makes sendable, a shared object, or a [`Dynamic`].
    ///
    /// A child gets the value of the moment when it starts, if the value can be sent to it. A variable of the script with the same name hides it.
    ///
    /// # Errors
    /// [`Error::Conversion`]: a part of the value has no form in scripts.
    ///
    /// # Example
    /// ```
    /// let mut runtime = procscript::Runtime::builder().build()?;
    /// runtime.set("sizes", vec![Some(10_u32), None])?;
    /// assert!(runtime.eval::<bool>("fn fits(n) { n <= sizes[0] } fits(7)")?);
    /// # Ok::<(), procscript::Error>(())
    /// ```
    pub fn set<T: Serialize>(&mut self, name: &str, value: T) -> Result<(), Error> {
        let value = Values::of(&self.interp).value(&value, name)?;
        self.interp.given.set(name, value);
        if let Some(isolated) = &self.isolated {
            isolated.note_given(name);
        }
        Ok(())
    }
}
